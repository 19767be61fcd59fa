//! Section tags: `[chorus]`, `[Verse 2: softly]`, `(Bridge)` or `Chorus:` alone on a row.

use catbird_score::Role;

/// What a tag says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The section's duty.
    pub role: Role,
    /// The section's name.
    pub name: String,
}

/// A tag and the text behind it, up to the next tag.
#[derive(Clone, Debug)]
pub struct Piece {
    /// `None` for text before the first tag.
    pub tag: Option<Tag>,
    /// Raw text.
    pub text: String,
}

/// Words that name sections, longest first where one contains another.
const NAMES: [(&str, Role, &str); 33] = [
    ("pre chorus", Role::PreChorus, "Pre-Chorus"),
    ("prechorus", Role::PreChorus, "Pre-Chorus"),
    ("post chorus", Role::Chorus, "Post-Chorus"),
    ("build up", Role::PreChorus, "Pre-Chorus"),
    ("buildup", Role::PreChorus, "Pre-Chorus"),
    ("chorus", Role::Chorus, "Chorus"),
    ("refrain", Role::Chorus, "Chorus"),
    ("hook", Role::Chorus, "Hook"),
    ("bridge", Role::Bridge, "Bridge"),
    ("middle eight", Role::Bridge, "Bridge"),
    ("middle 8", Role::Bridge, "Bridge"),
    ("fade out", Role::Outro, "Outro"),
    ("fadeout", Role::Outro, "Outro"),
    ("outro", Role::Outro, "Outro"),
    ("ending", Role::Outro, "Outro"),
    ("end", Role::Outro, "Outro"),
    ("coda", Role::Outro, "Outro"),
    ("intro", Role::Intro, "Intro"),
    ("opening", Role::Intro, "Intro"),
    ("interlude", Role::Inst, "Interlude"),
    ("instrumental", Role::Inst, "Inst"),
    ("inst", Role::Inst, "Inst"),
    ("solo", Role::Inst, "Solo"),
    ("break", Role::Inst, "Break"),
    ("breakdown", Role::Inst, "Break"),
    ("drop", Role::Inst, "Drop"),
    ("verse", Role::Verse, "Verse"),
    ("strophe", Role::Verse, "Verse"),
    ("stanza", Role::Verse, "Verse"),
    ("rap", Role::Verse, "Verse"),
    ("spoken", Role::Verse, "Verse"),
    ("spoken word", Role::Verse, "Verse"),
    ("vamp", Role::Chorus, "Chorus"),
];

/// Longest text between brackets that is still a direction rather than words to sing.
const LONGEST_DIRECTION: usize = 6;

/// Reads the inside of a tag.
pub fn tag(inside: &str) -> Option<Tag> {
    // What stands behind a colon is a comment: who sings, how.
    let head = inside.split([':', '|', '–', '—', ',']).next().unwrap_or(inside);
    let words: String = head
        .chars()
        .map(|c| {
            if c.is_alphanumeric() {
                c.to_lowercase().next().unwrap_or(c)
            } else {
                ' '
            }
        })
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let padded = format!(
        " {} ",
        words
            .replace(|c: char| c.is_ascii_digit(), " ")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    );
    let numbered = format!(" {words} ");
    let (_, role, name) = NAMES.iter().find(|(word, _, _)| {
        padded.contains(&format!(" {word} ")) || numbered.contains(&format!(" {word} ")) || glued(&padded, word)
    })?;
    Some(Tag {
        role: *role,
        name: (*name).to_owned(),
    })
}

/// `verse1`, `verses`: digits are gone already, a plural may remain.
fn glued(padded: &str, word: &str) -> bool {
    padded.trim().strip_prefix(word) == Some("s")
}

/// Cuts `text` at its tags. Bracketed text that names no section is a stage direction when short and
/// is sung when long.
pub fn split(text: &str) -> Vec<Piece> {
    let mut pieces = vec![Piece {
        tag: None,
        text: String::new(),
    }];
    for (i, row) in text.split('\n').enumerate() {
        if i > 0 {
            push(&mut pieces, "\n");
        }
        if let Some(tag) = bare_row(row) {
            pieces.push(Piece {
                tag: Some(tag),
                text: String::new(),
            });
            continue;
        }
        let mut rest = row;
        while let Some((before, inside, after)) = bracket(rest) {
            push(&mut pieces, before);
            if let Some(tag) = tag(inside) {
                pieces.push(Piece {
                    tag: Some(tag),
                    text: String::new(),
                });
            } else if inside.split_whitespace().count() > LONGEST_DIRECTION {
                push(&mut pieces, " ");
                push(&mut pieces, inside);
                push(&mut pieces, " ");
            } else {
                push(&mut pieces, " ");
            }
            rest = after;
        }
        push(&mut pieces, rest);
    }
    pieces
}

fn push(pieces: &mut [Piece], text: &str) {
    if let Some(last) = pieces.last_mut() {
        last.text.push_str(text);
    }
}

/// The first complete bracket of a row: before, inside, after.
fn bracket(row: &str) -> Option<(&str, &str, &str)> {
    let close = row.find([']', '】'])?;
    let Some(open) = row[..close].rfind(['[', '【']) else {
        // A stray closing bracket: look behind it.
        let after = close + row[close..].chars().next().map_or(1, char::len_utf8);
        return bracket(&row[after..]).map(|(b, i, a)| (&row[..after + b.len()], i, a));
    };
    let wide = |at: usize| row[at..].chars().next().map_or(1, char::len_utf8);
    Some((
        &row[..open],
        &row[open + wide(open)..close],
        &row[close + wide(close)..],
    ))
}

/// A row that is only `(Chorus)`, `Chorus:` or `**Verse 2**`.
fn bare_row(row: &str) -> Option<Tag> {
    let row = row.trim();
    let inside = row
        .strip_prefix('(')
        .and_then(|r| r.strip_suffix(')'))
        .or_else(|| row.strip_suffix(':'))
        .or_else(|| row.strip_prefix("**").and_then(|r| r.strip_suffix("**")))
        .or_else(|| row.strip_prefix('#'))?;
    let words: Vec<String> = inside
        .trim_matches(['#', '*', ' ', ':'])
        .split_whitespace()
        .map(str::to_lowercase)
        .collect();
    // "(End)" or "Intro:" alone; "(at the end of the break)" is a line to sing.
    let plain = words.iter().all(|w| {
        w.chars().all(|c| c.is_ascii_digit())
            || NAMES
                .iter()
                .any(|(n, _, _)| n.split(' ').any(|p| p == w) || *n == w.replace('-', " "))
    });
    if words.is_empty() || words.len() > 3 || !plain {
        None
    } else {
        tag(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_in_any_dress() {
        let role = |t: &str| tag(t).map(|t| t.role);
        assert_eq!(role("VERSE 2"), Some(Role::Verse));
        assert_eq!(role("Verse1"), Some(Role::Verse));
        assert_eq!(role("Pre-Chorus"), Some(Role::PreChorus));
        assert_eq!(role("Final Chorus: big drums"), Some(Role::Chorus));
        assert_eq!(role("Sax Solo"), Some(Role::Inst));
        assert_eq!(role("Fade Out"), Some(Role::Outro));
        assert_eq!(role("softly"), None);
        assert_eq!(role("weekend"), None);
    }

    #[test]
    fn brackets_that_do_not_match_are_punctuation() {
        let text = |t: &str| split(t).into_iter().map(|p| p.text).collect::<String>();
        assert_eq!(text("a ] b [ c"), "a ] b [ c");
        assert_eq!(text("a ] b [x2] c"), "a ] b   c");
    }
}
