//! Lyrics the way the service gives them back: one tag a row, the text of a section on the rows
//! below it. Intro, inst and outro carry no text; a pre-chorus is a bridge; commas and round brackets
//! go; the outro is the last row. What comes out goes in unchanged.

/// A section of a song, in the family's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    Intro,
    Verse,
    Chorus,
    Bridge,
    Inst,
    Outro,
}

impl Tag {
    /// Reads what stands in square brackets, also `Verse 2`, `CHORUS x2` or `Chorus: all`. Unknown
    /// ones (`[softly]`) are stage directions.
    fn read(text: &str) -> Option<Self> {
        let text = text.to_lowercase().replace(['-', '_'], " ");
        let mut words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
        let (first, second) = (words.next()?, words.next());
        match (first, second) {
            ("final" | "last" | "first" | "second" | "third", Some(word)) => Self::read(word),
            ("intro" | "introduction", _) => Some(Self::Intro),
            ("verse", _) => Some(Self::Verse),
            ("chorus" | "hook" | "refrain" | "drop", _) | ("post", Some("chorus")) => Some(Self::Chorus),
            ("bridge" | "prechorus", _) | ("pre", Some("chorus" | "hook")) => Some(Self::Bridge),
            ("inst" | "instrumental" | "interlude" | "solo" | "break", _)
            | ("guitar" | "piano" | "sax" | "drum", Some("solo" | "break" | "interlude")) => Some(Self::Inst),
            ("outro" | "ending" | "end" | "coda", _) => Some(Self::Outro),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Intro => "intro",
            Self::Verse => "verse",
            Self::Chorus => "chorus",
            Self::Bridge => "bridge",
            Self::Inst => "inst",
            Self::Outro => "outro",
        }
    }

    fn carries_text(self) -> bool {
        matches!(self, Self::Verse | Self::Chorus | Self::Bridge)
    }
}

struct Section {
    tag: Tag,
    rows: Vec<String>,
    /// Made to hold the text of an intro, inst or outro.
    moved: bool,
}

/// The normal form of lyrics.
pub fn normalise(lyrics: &str) -> String {
    let mut sections: Vec<Section> = Vec::new();
    let mut has_outro = false;
    for section in carriers(read(lyrics)) {
        if section.tag == Tag::Outro {
            has_outro = true;
            continue;
        }
        match sections.last_mut() {
            // Text that was moved into a verse and the verse beside it are one.
            Some(last) if last.tag == Tag::Verse && section.tag == Tag::Verse => {
                last.rows.extend(section.rows);
                last.moved &= section.moved;
            }
            _ => sections.push(section),
        }
    }
    let mut rows: Vec<String> = Vec::new();
    for section in sections
        .into_iter()
        .filter(|section| !(section.moved && section.rows.is_empty()))
    {
        rows.push(format!("[{}]", section.tag.name()));
        rows.extend(section.rows);
    }
    if has_outro {
        rows.push("[outro]".to_owned());
    }
    rows.join("\n")
}

/// Whether there is anything to sing in normal lyrics.
pub fn has_words(normal: &str) -> bool {
    normal
        .lines()
        .filter(|row| !row.starts_with('['))
        .any(|row| row.chars().any(char::is_alphanumeric))
}

/// Sections as they were written, text under any tag. Text before the first tag is a verse.
fn read(lyrics: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut text = String::new();
    let mut rest = lyrics;
    while let Some(open) = rest.find('[') {
        text.push_str(&rest[..open]);
        rest = &rest[open + 1..];
        // A tag ends in its own row; a bracket that does not is only a bracket.
        let close = rest
            .find([']', '[', '\n', '\r'])
            .filter(|at| rest[*at..].starts_with(']'));
        let Some(close) = close else {
            text.push(' ');
            continue;
        };
        if let Some(tag) = Tag::read(&rest[..close]) {
            put(&mut sections, &text);
            text.clear();
            sections.push(Section {
                tag,
                rows: Vec::new(),
                moved: false,
            });
        } else {
            text.push(' ');
        }
        rest = &rest[close + 1..];
    }
    text.push_str(rest);
    put(&mut sections, &text);
    sections
}

fn put(sections: &mut Vec<Section>, text: &str) {
    let rows: Vec<String> = text.lines().map(clean).filter(|row| !row.is_empty()).collect();
    match sections.last_mut() {
        Some(section) => section.rows.extend(rows),
        None if rows.is_empty() => {}
        None => sections.push(Section {
            tag: Tag::Verse,
            rows,
            moved: false,
        }),
    }
}

/// Gives text that stands under intro, inst and outro a verse of its own after the tag.
fn carriers(sections: Vec<Section>) -> Vec<Section> {
    let mut carried = Vec::with_capacity(sections.len());
    for mut section in sections {
        if section.tag.carries_text() {
            carried.push(section);
        } else {
            let rows = std::mem::take(&mut section.rows);
            carried.push(section);
            carried.push(Section {
                tag: Tag::Verse,
                rows,
                moved: true,
            });
        }
    }
    // An empty carrier between two sections must not keep them apart, nor join them.
    carried.retain(|section| !(section.moved && section.rows.is_empty()));
    carried
}

/// A row without commas and brackets, blanks single. A comma between digits (`1,000`) leaves nothing
/// behind, elsewhere a blank.
fn clean(row: &str) -> String {
    let chars: Vec<char> = row.chars().collect();
    let digit = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(char::is_ascii_digit);
    let mut out = String::with_capacity(row.len());
    for (at, &c) in chars.iter().enumerate() {
        match c {
            ',' if digit(at.checked_sub(1)) && digit(Some(at + 1)) => {}
            ',' | '(' | ')' | '[' | ']' | '，' | '、' | '（' | '）' => out.push(' '),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(lyrics: &str, expected: &str) {
        assert_eq!(normalise(lyrics), expected, "{lyrics:?}");
    }

    #[test]
    fn one_row_with_tags_in_between() {
        check(
            "[intro] [verse] Paper boats, on a gutter stream [pre-chorus] (Hold on) to the rail [chorus] Count to ten [inst] [outro]",
            "[intro]\n[verse]\nPaper boats on a gutter stream\n[bridge]\nHold on to the rail\n[chorus]\nCount to ten\n[inst]\n[outro]",
        );
    }

    #[test]
    fn text_under_intro_inst_and_outro_moves_to_a_verse() {
        check("[intro] text A [verse] text B", "[intro]\n[verse]\ntext A\ntext B");
        check(
            "[chorus]\nla\n[inst]\nmore words\n[chorus]\nla",
            "[chorus]\nla\n[inst]\n[verse]\nmore words\n[chorus]\nla",
        );
        check(
            "[chorus]\nla\n[outro]\nbye now",
            "[chorus]\nla\n[verse]\nbye now\n[outro]",
        );
        check("[verse] a [outro] b", "[verse]\na\nb\n[outro]");
    }

    #[test]
    fn the_outro_is_the_last_row_and_alone() {
        check("[outro]\n[verse]\na", "[verse]\na\n[outro]");
        check(
            "[verse]\na\n[outro]\n[chorus]\nb\n[outro]",
            "[verse]\na\n[chorus]\nb\n[outro]",
        );
    }

    #[test]
    fn neighbouring_verses_are_one_and_other_neighbours_are_not() {
        check("[verse]\na\n[verse]\nb", "[verse]\na\nb");
        check(
            "[verse 1]\na\n[chorus]\nb\n[Verse 2]\nc",
            "[verse]\na\n[chorus]\nb\n[verse]\nc",
        );
        check("[chorus]\na\n[chorus]\nb", "[chorus]\na\n[chorus]\nb");
        check("[verse]\na\n[inst]\n[verse]\nb", "[verse]\na\n[inst]\n[verse]\nb");
    }

    #[test]
    fn commas_and_brackets_go_apostrophes_and_quotes_stay() {
        check(
            "Don't say \"never\", (oh), my,love",
            "[verse]\nDon't say \"never\" oh my love",
        );
        check("1,000 miles, and 5, 6, 7", "[verse]\n1000 miles and 5 6 7");
        check("你好，世界（回声）", "[verse]\n你好 世界 回声");
    }

    #[test]
    fn rows_are_kept_and_blank_ones_are_not() {
        check("  first   row \r\n\r\n\tsecond row\n", "[verse]\nfirst row\nsecond row");
    }

    #[test]
    fn tags_in_other_spellings_and_stage_directions() {
        check(
            "[VERSE]\na\n[Hook]\nb\n[Pre Chorus]\nc\n[Guitar Solo]\n[End]",
            "[verse]\na\n[chorus]\nb\n[bridge]\nc\n[inst]\n[outro]",
        );
        check("[verse]\na [softly] b\n[x2]\nc", "[verse]\na b\nc");
        check("[verse\nno end", "[verse]\nverse\nno end");
        check("[Final Chorus]\na", "[chorus]\na");
    }

    #[test]
    fn nothing_to_sing() {
        for lyrics in ["", "  ", "[verse]", "[intro][outro]", "...", "(,)", "[verse]\n!?"] {
            assert!(!has_words(&normalise(lyrics)), "{lyrics:?}");
        }
        assert!(has_words(&normalise("1999")));
        assert!(has_words(&normalise("[intro] oh")));
    }

    #[test]
    fn an_empty_section_that_was_asked_for_stays() {
        check("[intro]\n[verse]\na\n[chorus]", "[intro]\n[verse]\na\n[chorus]");
    }

    proptest! {
        #[test]
        fn normal_lyrics_stay_as_they_are(lyrics in lyrics(true)) {
            let normal = normalise(&lyrics);
            prop_assert_eq!(normalise(&normal), normal);
        }

        #[test]
        fn rules_hold_and_no_word_is_lost(lyrics in lyrics(false)) {
            let normal = normalise(&lyrics);
            let rows: Vec<&str> = normal.lines().collect();
            for pair in rows.windows(2) {
                let bare = ["[intro]", "[inst]", "[outro]"].contains(&pair[0]);
                prop_assert!(!bare || pair[1].starts_with('['), "{}", normal);
            }
            if let Some(at) = rows.iter().position(|row| *row == "[outro]") {
                prop_assert_eq!(at, rows.len() - 1);
            }
            prop_assert!(!normal.contains(',') && !normal.contains('(') && !normal.contains("pre-chorus"));
            for word in ["alpha", "beta", "gamma"] {
                prop_assert_eq!(lyrics.matches(word).count(), normal.matches(word).count(), "{}", normal);
            }
        }
    }

    /// With stray brackets a word may become a stage direction, which is not sung.
    fn lyrics(stray_brackets: bool) -> impl Strategy<Value = String> {
        let mut pieces = vec![
            "alpha",
            "beta",
            "gamma",
            ",",
            "(",
            ")",
            " ",
            " ",
            "\n",
            "\n",
            "[intro]",
            "[verse]",
            "[pre-chorus]",
            "[chorus]",
            "[bridge]",
            "[inst]",
            "[outro]",
            "[softly]",
            "'",
            "é",
        ];
        if stray_brackets {
            pieces.extend(["[", "]"]);
        }
        let piece = prop::sample::select(pieces);
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }
}
