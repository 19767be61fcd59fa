//! Lyrics as written: sections and singable lines. Tags in square brackets may stand anywhere, all
//! on one row too; text without tags is cut into stanzas. Nothing that is a word is ever lost: the
//! words of the lines are the words of the text outside the brackets, in order.

mod lines;
mod pronounced;
mod sings;
mod tags;

use catbird_score::{Gender, Role};

use crate::words::spelling;
pub use sings::Sings;
use tags::Tag;

/// One section of the lyrics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LyricSection {
    /// The name shown (`Verse 2`).
    pub name: String,
    /// What it does in the form.
    pub role: Role,
    /// Its lines, each one breath; empty for instrumental sections.
    pub lines: Vec<String>,
    /// Who sings each of them.
    pub sings: Vec<Sings>,
}

/// Lyrics in sections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lyrics {
    /// In the order they are sung.
    pub sections: Vec<LyricSection>,
    /// Whether the sections come from `[tags]` rather than from blank lines.
    pub tagged: bool,
    /// What `[pron: word = respelling]` tags say: `word = respelling`, in order.
    pub pronunciations: Vec<String>,
}

impl Lyrics {
    /// Reads lyrics. `[intro]`, `[inst]` and `[outro]` carry no words: text behind them moves into
    /// a verse that follows (a verse that precedes, for `[outro]`).
    pub fn parse(text: &str) -> Self {
        let (text, pronunciations) = pronounced::take_out(&clean(text));
        let pieces = tags::split(&text);
        let tagged = pieces.iter().any(|p| p.tag.is_some());
        let mut sections = Vec::new();
        if tagged {
            for piece in pieces {
                let sung = piece
                    .text
                    .iter()
                    .flat_map(|(sings, text)| lines::lines(text).into_iter().map(|line| (*sings, line)))
                    .collect();
                place(&mut sections, piece.tag, sung);
            }
        } else {
            stanzas(&pieces, &mut sections);
        }
        number_verses(&mut sections);
        Self {
            sections,
            tagged,
            pronunciations,
        }
    }

    /// The words in order, as written.
    pub fn words(&self) -> impl Iterator<Item = String> {
        self.sections
            .iter()
            .flat_map(|s| &s.lines)
            .flat_map(|l| spelling::written(l))
            .map(|w| w.text)
    }

    /// The gender of the first singer who is named: the lead's, where nobody says another.
    pub fn lead(&self) -> Option<Gender> {
        self.sections.iter().flat_map(|s| &s.sings).find_map(|s| s.gender())
    }

    /// Whether there is nothing to sing.
    pub fn is_empty(&self) -> bool {
        self.words().next().is_none()
    }
}

/// One kind of line end, no control characters.
fn clean(text: &str) -> String {
    let text = text
        .replace("\r\n", "\n")
        .replace(['\r', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}'], "\n");
    text.chars()
        .map(|c| if c.is_control() && c != '\n' { ' ' } else { c })
        .collect()
}

fn section(name: impl Into<String>, role: Role, lines: Vec<(Sings, String)>) -> LyricSection {
    let (sings, lines) = lines.into_iter().unzip();
    LyricSection {
        name: name.into(),
        role,
        lines,
        sings,
    }
}

/// Appends the section a tag opens, obeying the rule that intro, inst and outro carry no words.
fn place(sections: &mut Vec<LyricSection>, tag: Option<Tag>, lines: Vec<(Sings, String)>) {
    let Some(Tag { role, name }) = tag else {
        if !lines.is_empty() {
            sections.push(section("Verse", Role::Verse, lines));
        }
        return;
    };
    match role {
        Role::Intro | Role::Inst | Role::Outro => {
            let last = sections.last().map(|s| s.role);
            if role == Role::Outro && !lines.is_empty() {
                sections.push(section("Verse", Role::Verse, lines));
                sections.push(section(name, role, Vec::new()));
            } else {
                if last != Some(role) {
                    sections.push(section(name, role, Vec::new()));
                }
                if !lines.is_empty() {
                    sections.push(section("Verse", Role::Verse, lines));
                }
            }
        }
        _ => sections.push(section(name, role, lines)),
    }
    merge_moved_verse(sections);
}

/// `[intro] A [verse] B` is one verse of A and B.
fn merge_moved_verse(sections: &mut Vec<LyricSection>) {
    let n = sections.len();
    if n < 3 {
        return;
    }
    let moved = matches!(sections[n - 3].role, Role::Intro | Role::Inst)
        && sections[n - 2].name == "Verse"
        && sections[n - 2].role == Role::Verse
        && sections[n - 1].role == Role::Verse
        && sections[n - 2].lines.len() <= 2;
    if moved {
        let later = sections.remove(n - 1);
        sections[n - 2].lines.extend(later.lines);
        sections[n - 2].sings.extend(later.sings);
        sections[n - 2].name = later.name;
    }
}

/// Text without sections: stanzas between blank lines; those that come back are choruses. Without blank
/// lines, a long text is cut into fours.
fn stanzas(pieces: &[tags::Piece], sections: &mut Vec<LyricSection>) {
    let mut blocks: Vec<Vec<(Sings, String)>> = vec![Vec::new()];
    for (sings, text) in pieces.iter().flat_map(|p| &p.text) {
        for (i, block) in text.split("\n\n").flat_map(|b| b.split("\n \n")).enumerate() {
            if i > 0 {
                blocks.push(Vec::new());
            }
            if let Some(last) = blocks.last_mut() {
                last.extend(lines::lines(block).into_iter().map(|line| (*sings, line)));
            }
        }
    }
    blocks.retain(|b| !b.is_empty());
    if blocks.len() == 1 && blocks[0].len() > 6 {
        let all = blocks.remove(0);
        // Fours, but no lonely last line or two.
        let mut rest = all.as_slice();
        while !rest.is_empty() {
            let take = if rest.len() <= 6 { rest.len() } else { 4 };
            blocks.push(rest[..take].to_vec());
            rest = &rest[take..];
        }
    }
    let key = |block: &[(Sings, String)]| -> String {
        block
            .iter()
            .flat_map(|(_, l)| spelling::written(l))
            .map(|w| w.text.to_lowercase() + " ")
            .collect()
    };
    let keys: Vec<String> = blocks.iter().map(|b| key(b)).collect();
    let first_lines: Vec<String> = blocks.iter().map(|b| key(&b[..1])).collect();
    let any_back = (0..blocks.len()).any(|i| comes_back(&keys, &first_lines, i));
    let n = blocks.len();
    for (i, lines) in blocks.into_iter().enumerate() {
        let chorus = if any_back {
            comes_back(&keys, &first_lines, i)
        } else {
            second_of_two(i, n)
        };
        let bridge = if any_back {
            i + 2 == n && n >= 5 && !chorus
        } else {
            n >= 5 && i + 2 == n
        };
        sections.push(match (bridge, chorus) {
            (true, _) => section("Bridge", Role::Bridge, lines),
            (false, true) => section("Chorus", Role::Chorus, lines),
            (false, false) => section("Verse", Role::Verse, lines),
        });
    }
}

/// Whether another stanza is the same, or at least begins with the same line.
fn comes_back(keys: &[String], first_lines: &[String], i: usize) -> bool {
    (0..keys.len()).any(|j| j != i && (keys[j] == keys[i] || first_lines[j] == first_lines[i]))
}

/// Nothing repeats: verse and chorus in turn, ending on a chorus.
fn second_of_two(i: usize, n: usize) -> bool {
    match n {
        1 => false,
        3 => i == 2,
        _ => i % 2 == 1 || i + 1 == n,
    }
}

/// `Verse 1`, `Verse 2` … when there are several and the tags did not number them.
fn number_verses(sections: &mut [LyricSection]) {
    if sections.iter().filter(|s| s.role == Role::Verse).count() < 2 {
        return;
    }
    let mut n = 0;
    for s in sections.iter_mut().filter(|s| s.role == Role::Verse) {
        n += 1;
        s.name = format!("Verse {n}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shape(text: &str) -> Vec<(String, usize)> {
        Lyrics::parse(text)
            .sections
            .into_iter()
            .map(|s| (s.name, s.lines.len()))
            .collect()
    }

    fn expect(want: &[(&str, usize)]) -> Vec<(String, usize)> {
        want.iter().map(|(n, l)| ((*n).to_owned(), *l)).collect()
    }

    #[test]
    fn tags_on_one_row_move_their_text() {
        let text = "[intro] Paper boats are on the stream today [verse] Count to ten, and wake the sleeping dream \
                    [pre-chorus] Hold on [chorus] Oh (oh) we sail away [inst] [outro]";
        assert_eq!(
            shape(text),
            expect(&[
                ("Intro", 0),
                ("Verse", 2),
                ("Pre-Chorus", 1),
                ("Chorus", 1),
                ("Inst", 0),
                ("Outro", 0)
            ])
        );
    }

    #[test]
    fn other_spellings_of_tags_are_understood() {
        let text =
            "[Verse 1: Ann]\na b c\n[HOOK]\nd e f\n[Guitar Solo]\n[Middle 8]\ng h\n(Chorus)\nd e f\nOutro:\n[End]";
        let roles: Vec<Role> = Lyrics::parse(text).sections.iter().map(|s| s.role).collect();
        assert_eq!(
            roles,
            [
                Role::Verse,
                Role::Chorus,
                Role::Inst,
                Role::Bridge,
                Role::Chorus,
                Role::Outro
            ]
        );
    }

    #[test]
    fn singers_are_heard_and_never_sung() {
        let text = "[Verse 1: Female]\nI saw the light\n[Male]\nI saw it too\n[Verse 2 - Male]\nThe road is long\nFemale: And I am near\nSo walk with me\n[Both]\n[Chorus]\nWe are the morning\n[Bridge]\n(Male) Wait for me\n[Outro]";
        let lyrics = Lyrics::parse(text);
        let sings: Vec<Vec<Sings>> = lyrics.sections.iter().map(|s| s.sings.clone()).collect();
        assert_eq!(
            sings,
            [
                vec![Sings::Woman, Sings::Man],
                vec![Sings::Man, Sings::Woman, Sings::Man],
                vec![Sings::Both],
                vec![Sings::Man],
                vec![],
            ]
        );
        assert_eq!(lyrics.lead(), Some(Gender::Female));
        let words: Vec<String> = lyrics.words().collect();
        assert!(
            !words.iter().any(|w| ["Male", "Female", "Both"].contains(&w.as_str())),
            "{words:?}"
        );
        let plain = Lyrics::parse("Male:\nOne day I went out walking\n\nFemale:\nAlong the river shore");
        assert_eq!(
            plain.sections.iter().map(|s| s.sings.clone()).collect::<Vec<_>>(),
            [[Sings::Man], [Sings::Woman]]
        );
    }

    #[test]
    fn untagged_stanzas_become_sections() {
        let text = "One day I went out walking\nAlong the river shore\n\nOh sing it\nSing it loud\n\nTwo birds began their talking\nAs never once before\n\nOh sing it\nSing it loud";
        assert_eq!(
            shape(text),
            expect(&[("Verse 1", 2), ("Chorus", 2), ("Verse 2", 2), ("Chorus", 2)])
        );
    }

    #[test]
    fn one_long_row_becomes_singable_lines() {
        let text = "[verse] Hold the light until the morning comes and we are dancing in the summer rain tonight Carry me over the silver sea where nothing can stop us when we sing together";
        for line in &Lyrics::parse(text).sections[0].lines {
            let n = spelling::written(line).len();
            assert!((3..=10).contains(&n), "{n} words in {line}");
        }
    }

    #[test]
    fn nothing_but_tags_numbers_or_noise_is_survived() {
        assert!(Lyrics::parse("[verse][chorus][outro]").is_empty());
        assert!(Lyrics::parse("🎵🎶 \u{0}\u{7} …").is_empty());
        assert_eq!(Lyrics::parse("1 2 3 [").words().count(), 3);
        assert_eq!(Lyrics::parse(&"love me ".repeat(12_500)).words().count(), 25_000);
    }

    proptest! {
        #[test]
        fn every_word_is_in_exactly_one_line(text in "([a-zA-Z0-9'’,.!?()\\-\n &%é❤️日ж]|\\[verse\\]|\\[intro\\]|\\[Outro\\]|\\[inst\\]){0,200}") {
            let bare = clean(&text).replace("[verse]", "\n").replace("[intro]", "\n").replace("[Outro]", "\n").replace("[inst]", "\n");
            let want: Vec<String> = bare.lines().flat_map(spelling::written).map(|w| w.text).collect();
            prop_assert_eq!(Lyrics::parse(&text).words().collect::<Vec<_>>(), want);
        }

        #[test]
        fn any_text_is_survived(text in "\\PC{0,300}") {
            let _ = Lyrics::parse(&text);
        }
    }
}
