//! Reading what a language model wrote. It was asked for one JSON object; it may put text around it,
//! a code fence, other spellings of the names, arrays of lines, markdown. What remains is cleaned and
//! limited to what the engine and the API take.

use anyhow::{Context as _, ensure};
use serde_json::{Map, Value};

use crate::engine::Written;

/// The limits of the API's own fields, so that the words can be sent back to it.
const TITLE_LIMIT: usize = 80;
const TAGS_LIMIT: usize = 200;
const LYRICS_LIMIT: usize = 3000;
const LINES_LIMIT: usize = 80;
/// A line that nobody could sing in one breath is no line of a song.
const LINE_LIMIT: usize = 160;
/// Fewer sung lines are no song.
const LEAST_LINES: usize = 4;

/// The title, tags and lyrics in an answer.
pub fn read(text: &str) -> anyhow::Result<Written> {
    let object = object(text).context("there is no JSON object in it")?;
    let lyrics = words(&object, &["lyrics", "lyric", "text", "song"], "\n").context("it has no lyrics")?;
    let lyrics = lyrics_of(&lyrics)?;
    let title = words(&object, &["title", "name"], " ").map(|title| title_of(&title));
    let title = title.filter(|title| !title.is_empty());
    let tags = words(&object, &["tags", "style", "styles", "genre"], ", ").unwrap_or_default();
    Ok(Written {
        title: title.unwrap_or_else(|| first_line(&lyrics)),
        tags: tags_of(&tags),
        lyrics,
    })
}

/// The first JSON object with lyrics in a text. A model that reasons may show drafts in braces before.
fn object(text: &str) -> Option<Map<String, Value>> {
    text.match_indices('{').find_map(|(at, _)| {
        let mut values = serde_json::Deserializer::from_str(&text[at..]).into_iter::<Value>();
        match values.next() {
            Some(Ok(Value::Object(object))) => Some(object),
            _ => None,
        }
        .filter(|object| words(object, &["lyrics", "lyric", "text", "song"], "\n").is_some())
    })
}

/// A text, or a list of texts, under the first of these names (in any case) that has one.
fn words(object: &Map<String, Value>, names: &[&str], between: &str) -> Option<String> {
    names.iter().find_map(|name| {
        let value = object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?.1;
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Array(parts) => {
                let parts: Option<Vec<&str>> = parts.iter().map(Value::as_str).collect();
                parts?.join(between)
            }
            _ => return None,
        };
        (!text.trim().is_empty()).then_some(text)
    })
}

fn lyrics_of(text: &str) -> anyhow::Result<String> {
    let mut lines: Vec<String> = Vec::new();
    let (mut sung, mut length) = (0, 0);
    for line in text.replace("\\n", "\n").lines() {
        let line = clean(line);
        if line.is_empty() {
            continue;
        }
        let tag = tag(&line);
        ensure!(
            tag.is_some() || line.chars().count() <= LINE_LIMIT,
            "a line of it is {} characters long",
            line.chars().count()
        );
        if tag.is_none() && lines.is_empty() {
            length += "[Verse]\n".len();
            lines.push("[Verse]".to_owned());
        }
        sung += usize::from(tag.is_none() && line.chars().any(char::is_alphabetic));
        let line = tag.unwrap_or(line);
        length += line.chars().count() + 1;
        if length > LYRICS_LIMIT || lines.len() == LINES_LIMIT {
            break;
        }
        lines.push(line);
    }
    while lines.last().is_some_and(|line| line.starts_with('[')) {
        lines.pop();
    }
    ensure!(
        sung >= LEAST_LINES,
        "it has {sung} lines to sing, at least {LEAST_LINES}"
    );
    Ok(lines.join("\n"))
}

/// A line without control characters, markdown and numbering, single spaces between its words.
fn clean(line: &str) -> String {
    let plain: String = line
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|c| {
            !matches!(
                c,
                '*' | '_' | '`' | '#' | '{' | '}' | '<' | '>' | '\u{feff}' | '\u{200b}'
            )
        })
        .collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let line = words.join(" ");
    line.trim_start_matches("- ").to_owned()
}

/// `[Verse 1]`, `Verse 1:`, `(Chorus)` and the like as a tag.
fn tag(line: &str) -> Option<String> {
    const SECTIONS: [&str; 12] = [
        "verse",
        "chorus",
        "pre-chorus",
        "prechorus",
        "bridge",
        "intro",
        "outro",
        "hook",
        "refrain",
        "interlude",
        "instrumental",
        "final",
    ];
    if let Some(inner) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return (!inner.contains(['[', ']']) && inner.chars().count() <= 40).then(|| line.to_owned());
    }
    let bracketed = line.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let inner = bracketed.or_else(|| line.strip_suffix(':'))?.trim();
    let first = inner.split_whitespace().next()?.to_ascii_lowercase();
    let known = SECTIONS.contains(&first.as_str()) && inner.split_whitespace().count() <= 3;
    known.then(|| format!("[{inner}]"))
}

fn title_of(text: &str) -> String {
    let text = clean(text);
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '“' | '”' | '\''));
    cut(text, TITLE_LIMIT)
}

fn tags_of(text: &str) -> String {
    let mut tags = String::new();
    for tag in text.split([',', ';', '\n', '/', '|']).map(clean) {
        let tag = tag.trim_matches(['"', '[', ']', '.', ' ']);
        let more = tag.chars().count() + 2;
        if !tag.is_empty() && tags.chars().count() + more <= TAGS_LIMIT {
            if !tags.is_empty() {
                tags.push_str(", ");
            }
            tags.push_str(tag);
        }
    }
    tags
}

fn first_line(lyrics: &str) -> String {
    let sung = lyrics.lines().find(|line| !line.starts_with('['));
    cut(sung.unwrap_or_default().trim_end_matches([',', '.', ';']), TITLE_LIMIT)
}

/// At most `limit` characters, whole words where there are some.
fn cut(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let part: String = text.chars().take(limit).collect();
    part.rsplit_once(' ')
        .map_or(part.as_str(), |(words, _)| words)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const LYRICS: &str = "[Verse 1]\nRain on the roof\nall through the night\nhere is the proof\nnothing is right";

    #[test]
    fn a_plain_answer() {
        let text = json!({"title": "Rain", "tags": "folk, slow", "lyrics": LYRICS}).to_string();
        let expected = Written {
            title: "Rain".into(),
            tags: "folk, slow".into(),
            lyrics: LYRICS.into(),
        };
        assert_eq!(read(&text).unwrap(), expected);
        for around in [
            format!("```json\n{text}\n```"),
            format!("Sure! Here it is:\n\n{text}\n\nDo you like it? {{smile}}"),
            format!("<think>maybe {{\"title\": 1}} or {{this}}</think>\n{text}"),
        ] {
            assert_eq!(read(&around).unwrap(), expected, "{around}");
        }
    }

    #[test]
    fn odd_shapes_are_read() {
        let text = json!({
            "Title": "**\"Rain\"**",
            "Style": ["folk", "slow; warm"],
            "LYRICS": ["Verse 1:", "- Rain  on the\troof", "*all* through", "(Chorus)", "", "here is", "it\u{7}", "[Outro]"],
        });
        let read = read(&text.to_string()).unwrap();
        assert_eq!(read.title, "Rain");
        assert_eq!(read.tags, "folk, slow, warm");
        assert_eq!(
            read.lyrics,
            "[Verse 1]\nRain on the roof\nall through\n[Chorus]\nhere is\nit"
        );
    }

    #[test]
    fn what_is_missing_is_made_up_for() {
        let read = read(&json!({"lyrics": "Rain on the roof,\nall night\nand day\nand night"}).to_string()).unwrap();
        assert_eq!((read.title.as_str(), read.tags.as_str()), ("Rain on the roof", ""));
        assert!(read.lyrics.starts_with("[Verse]\nRain"));
    }

    #[test]
    fn junk_is_refused() {
        for junk in [
            "",
            "I cannot help with that.",
            "{}",
            "{\"lyrics\": \"\"}",
            "{\"lyrics\": \"[Verse]\\n[Chorus]\"}",
            "{\"lyrics\": \"one line\\nanother\"}",
            "{\"lyrics\": 7}",
            "{\"lyrics\": \"cut off in the midd",
        ] {
            assert!(read(junk).is_err(), "{junk}");
        }
        let endless = json!({"lyrics": "word ".repeat(400)}).to_string();
        assert!(read(&endless).is_err());
    }

    #[test]
    fn too_much_is_cut() {
        let long = (0..400).fold(String::new(), |all, n| all + &format!("this is the line number {n}\n"));
        let text = json!({"title": "so many words ".repeat(20), "tags": "folk music, ".repeat(60), "lyrics": long});
        let read = read(&text.to_string()).unwrap();
        assert!(read.title.chars().count() <= TITLE_LIMIT && read.title.ends_with(" so many"));
        assert!(read.tags.chars().count() <= TAGS_LIMIT && read.tags.ends_with("music"));
        assert!(read.lyrics.chars().count() <= LYRICS_LIMIT && read.lyrics.lines().count() <= LINES_LIMIT);
        assert!(read.lyrics.lines().last().unwrap().starts_with("this is"));
    }

    proptest! {
        #[test]
        fn no_answer_is_too_odd(text in "[{}\"\\[\\]:,a-z\\\\\n ]{0,200}") {
            let _ = read(&text);
        }

        #[test]
        fn limits_hold_for_any_words(title in ".{0,200}", tags in ".{0,400}", lyrics in "(.{0,80}\n){0,120}") {
            let text = json!({"title": title, "tags": tags, "lyrics": lyrics}).to_string();
            if let Ok(written) = read(&text) {
                prop_assert!(written.title.chars().count() <= TITLE_LIMIT);
                prop_assert!(written.tags.chars().count() <= TAGS_LIMIT);
                prop_assert!(written.lyrics.chars().count() <= LYRICS_LIMIT);
            }
        }
    }
}
