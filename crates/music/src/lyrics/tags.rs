//! Section tags: `[chorus]`, `[Verse 2: softly]`, `(Bridge)` or `Chorus:` alone on a row.

use catbird_score::Role;

use super::sings::{self, Sings};

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
    /// Raw text, in stretches by who sings it.
    pub text: Vec<(Sings, String)>,
}

impl Piece {
    fn new(tag: Option<Tag>, sings: Sings) -> Self {
        Self {
            tag,
            text: vec![(sings, String::new())],
        }
    }

    /// Who sings what comes next.
    fn sings(&self) -> Sings {
        self.text.last().map_or(Sings::default(), |t| t.0)
    }
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

/// Cuts `text` at its tags. Bracketed text that names neither a section nor a singer is a stage direction
/// when short and is sung when long.
pub fn split(text: &str) -> Vec<Piece> {
    let mut pieces = vec![Piece::new(None, Sings::default())];
    for (i, row) in text.split('\n').enumerate() {
        if i > 0 {
            push(&mut pieces, "\n");
        }
        match bare_row(row) {
            Some(Bare::Section(tag, asked)) => {
                open(&mut pieces, tag, asked);
                continue;
            }
            Some(Bare::Singer(sings)) => {
                hand_over(&mut pieces, sings);
                continue;
            }
            None => {}
        }
        if let Some((sings, rest)) = sings::prefix(row) {
            let before = pieces.last().map_or(Sings::default(), Piece::sings);
            hand_over(&mut pieces, sings);
            push(&mut pieces, rest);
            push(&mut pieces, "\n");
            hand_over(&mut pieces, before);
            continue;
        }
        let mut rest = row;
        while let Some((before, inside, after)) = bracket(rest) {
            push(&mut pieces, before);
            if let Some(tag) = tag(inside) {
                open(&mut pieces, tag, sings::of_section(inside));
            } else if let Some(sings) = sings::of(inside) {
                hand_over(&mut pieces, sings);
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

/// A new section. `[Male]` right before `[Verse]` means the verse.
fn open(pieces: &mut Vec<Piece>, tag: Tag, asked: Option<Sings>) {
    let waiting = pieces
        .last()
        .and_then(|p| p.text.last())
        .filter(|(_, text)| text.trim().is_empty())
        .map(|(sings, _)| *sings)
        .filter(|_| pieces.last().is_some_and(|p| p.text.len() > 1));
    pieces.push(Piece::new(Some(tag), asked.or(waiting).unwrap_or_default()));
}

/// Somebody else sings from here on, within the section.
fn hand_over(pieces: &mut [Piece], sings: Sings) {
    if let Some(last) = pieces.last_mut() {
        last.text.push((sings, String::new()));
    }
}

fn push(pieces: &mut [Piece], text: &str) {
    if let Some((_, last)) = pieces.last_mut().and_then(|p| p.text.last_mut()) {
        last.push_str(text);
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

/// What a row without brackets that holds nothing to sing says.
enum Bare {
    Section(Tag, Option<Sings>),
    Singer(Sings),
}

/// A row that is only `(Chorus)`, `Chorus:`, `**Verse 2**` or `Male:`.
fn bare_row(row: &str) -> Option<Bare> {
    let row = row.trim();
    let called = row.strip_suffix(':');
    let inside = row
        .strip_prefix('(')
        .and_then(|r| r.strip_suffix(')'))
        .or(called)
        .or_else(|| row.strip_prefix("**").and_then(|r| r.strip_suffix("**")))
        .or_else(|| row.strip_prefix('#'))?;
    // "(together)" may be an echo to sing, "Together:" is not.
    let singer = if called.is_some() {
        sings::of(inside)
    } else {
        sings::plainly(inside)
    };
    if let Some(sings) = singer {
        return Some(Bare::Singer(sings));
    }
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
        tag(&words.join(" ")).map(|tag| Bare::Section(tag, None))
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
        let text = |t: &str| {
            split(t)
                .into_iter()
                .flat_map(|p| p.text)
                .map(|t| t.1)
                .collect::<String>()
        };
        assert_eq!(text("a ] b [ c"), "a ] b [ c");
        assert_eq!(text("a ] b [x2] c"), "a ] b   c");
    }
}
