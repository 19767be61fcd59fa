//! What a description asks for: themes, mood, manner, the fields of meaning it touches.

use catbird_score::Dice;

use super::{
    clean,
    fragment::{Fragment, Kind, says},
    library::{Library, Tone, library},
    phrases::{self, Token},
    theme::{Article, Sort, Theme},
};
use crate::words::dictionary;

/// How the lines are to be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    Plain,
    /// Long dense lines.
    Rap,
    /// Few short ones.
    Spare,
    /// Short ones.
    Short,
    /// Longer ones.
    Wide,
}

/// A description, read.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    /// The most important first; never empty.
    pub themes: Vec<Theme>,
    /// Phrases of place from the description: `on a gutter stream`.
    pub places: Vec<String>,
    pub tone: Tone,
    pub manner: Manner,
    /// Fields it touches, the nearest first; then company for them.
    pub fields: Vec<usize>,
    /// What is said of weather, season and hour.
    pub climate: u32,
    /// Whether somebody is spoken to; whether the singer is one of several.
    pub you: bool,
    pub we: bool,
}

/// Reads a description; `tags` decide the mood where neither its words nor its theme tell.
pub(super) fn read(description: &str, tags: &str, dice: &mut Dice) -> Subject {
    let library = library();
    let text = plain(description);
    let tokens: Vec<Token> = if text.is_empty() {
        Vec::new()
    } else {
        dictionary::tagged(&text)
            .into_iter()
            .map(|(text, tag)| Token::new(&text, &tag))
            .collect()
    };
    let mut found = phrases::find(&tokens, library);
    let words: Vec<&str> = tokens.iter().map(|t| t.lower.as_str()).collect();
    let mut tone = tone(&words, library);
    let mut fields = touched(&found, &words, description, library);
    if tone == Tone::Either {
        tone = fields.first().map_or(Tone::Either, |&f| library.fields[f].tone);
    }
    if tone == Tone::Either {
        let lower = tags.to_lowercase();
        tone = self::tone(&lower.split([',', ' ']).collect::<Vec<_>>(), library);
    }
    if tone == Tone::Either {
        tone = if dice.chance(0.6) { Tone::Bright } else { Tone::Dark };
    }
    if found.themes.is_empty() {
        found.themes.push(default_theme(&fields, library, dice));
        let heads: Vec<String> = found.themes[0].bare.split(' ').map(str::to_lowercase).collect();
        let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
        fields.extend(touched(&found, &heads, "", library));
    }
    let touched = fields.len();
    company(&mut fields, tone, library, dice);
    let has = |list: &[&str]| words.iter().any(|w| list.contains(w));
    let near = [
        "love",
        "heartbreak",
        "longing",
        "friendship",
        "parents",
        "baby",
        "dog",
        "cat",
        "grief",
        "wedding",
    ];
    let spoken_to = fields[..touched.min(1)]
        .iter()
        .any(|&f| near.contains(&library.fields[f].id));
    let style = |list: &str| words.iter().any(|w| library.is(list, w));
    Subject {
        tone,
        manner: if style("rap") {
            Manner::Rap
        } else if style("spare") {
            Manner::Spare
        } else if style("short") {
            Manner::Short
        } else if style("wide") {
            Manner::Wide
        } else {
            Manner::Plain
        },
        climate: Fragment::new(Kind::Claim, Tone::Either, &words.join(" ")).says
            & (says::CLIMATE[0] | says::CLIMATE[1] | says::HOURS),
        you: spoken_to || found.spoken_to || has(&["you", "your"]) || dice.chance(0.4),
        we: has(&["we", "us", "our", "together", "friends"]) || spoken_to || dice.chance(0.5),
        themes: found.themes,
        places: found.places,
        fields,
    }
}

/// Letters, apostrophes and simple stops only; shouting and headline capitals undone; no rude words.
fn plain(description: &str) -> String {
    let mut text = String::new();
    for c in description.chars().take(super::LONGEST) {
        match c {
            '’' | '‘' | '\'' => text.push('\''),
            c if c.is_alphanumeric() || matches!(c, '*' | '#' | '@' | '$' | '&') => text.push(c),
            ',' | '.' | ';' | ':' | '!' | '?' | '(' | ')' | '\n' | '|' | '—' | '–' | '"' | '“' | '”' => {
                text.push_str(" , ");
            }
            _ => text.push(' '),
        }
    }
    let text = clean::cleaned(&text).replace('&', " and ");
    let words: Vec<&str> = text.split_whitespace().filter(|w| *w == "," || readable(w)).collect();
    let letters = |w: &&&str| w.chars().any(char::is_alphabetic);
    let capitals = words
        .iter()
        .filter(letters)
        .filter(|w| w.starts_with(char::is_uppercase))
        .count();
    let headline = capitals * 2 > words.iter().filter(letters).count();
    let mut out = String::new();
    let mut fresh = true;
    for word in words {
        let lower = word.to_lowercase();
        let shouted = word.len() > 1 && !word.chars().any(char::is_lowercase);
        let tame = headline || shouted || fresh;
        let stem = lower.strip_suffix("'s").unwrap_or(&lower);
        let common = dictionary::knows_lower(stem)
            || stem.strip_suffix('s').is_some_and(dictionary::knows_lower)
            || ["ing", "ed", "es"].iter().any(|e| stem.ends_with(e));
        let name = library().is("names", &lower) || !common && dictionary::knows(&lower);
        let spelt = match () {
            () if lower == "i" || lower.starts_with("i'") => format!("I{}", &lower[1..]),
            () if name => capitalised(&lower),
            () if tame => lower.clone(),
            () => word.to_owned(),
        };
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&spelt);
        fresh = word == ",";
    }
    out.trim_matches([' ', ',']).to_owned()
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars
        .next()
        .map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// Whether an English singer can read it: ASCII letters with a vowel, not too long, or a short number.
fn readable(word: &str) -> bool {
    let letters = word.trim_matches('\'');
    (1..=16).contains(&letters.len())
        && letters.chars().all(|c| c.is_ascii_alphabetic() || c == '\'')
        && letters.to_lowercase().contains(['a', 'e', 'i', 'o', 'u', 'y'])
}

/// Bright or dark words, whichever are more; a *not* before turns them over.
fn tone(words: &[&str], library: &Library) -> Tone {
    let mut sum = 0;
    for (i, word) in words.iter().enumerate() {
        let turned = i > 0 && matches!(words[i - 1], "not" | "no" | "never" | "without");
        let sign = if turned { -1 } else { 1 };
        sum += sign * i32::from(library.is("bright", word));
        sum -= sign * i32::from(library.is("dark", word));
    }
    match sum {
        1.. => Tone::Bright,
        0 => Tone::Either,
        _ => Tone::Dark,
    }
}

/// The fields the words lead to, the strongest first.
fn touched(found: &phrases::Found, words: &[&str], description: &str, library: &Library) -> Vec<usize> {
    let theme_words: Vec<(String, f64)> = found
        .themes
        .iter()
        .enumerate()
        .flat_map(|(place, theme)| {
            let worth = if place == 0 { 2.0 } else { 1.0 };
            theme.bare.split(' ').map(move |w| (w.to_lowercase(), worth))
        })
        .chain(
            found
                .places
                .iter()
                .flat_map(|p| p.split(' ').map(|w| (w.to_lowercase(), 0.6))),
        )
        .collect();
    let style_only = theme_words.is_empty();
    let mut scores: Vec<(usize, f64)> = library
        .fields
        .iter()
        .enumerate()
        .map(|(i, field)| {
            let themes: f64 = theme_words
                .iter()
                .map(|(w, worth)| field.weight(w) * worth * if library.is("faint", w) { 0.4 } else { 1.0 })
                .sum();
            let rest: f64 = words
                .iter()
                .filter(|w| style_only || !(library.is("style", w) || library.is("meta", w) || library.is("ask", w)))
                .map(|w| field.weight(w) * 0.5)
                .sum();
            let foreign = if field.is_inside(description) { 1.0 } else { 0.0 };
            (i, themes + rest + foreign)
        })
        .filter(|(_, score)| *score > 0.0)
        .collect();
    scores.sort_by(|a, b| b.1.total_cmp(&a.1));
    scores.truncate(2);
    scores.into_iter().map(|(i, _)| i).collect()
}

/// A theme where the description names none: what its field is called, or a song's eternal themes.
fn default_theme(fields: &[usize], library: &Library, dice: &mut Dice) -> Theme {
    let own = fields.first().map(|&f| library.fields[f].id);
    let text = match own {
        Some("love") => "love",
        Some("party") => "the dance floor",
        Some("sea") => "the sea",
        Some("rain") => "the rain",
        Some("moon") => "the moonlight",
        Some("summer") => "the summer sun",
        Some("winter") => "the winter snow",
        Some("christmas") => "Christmas",
        Some("heartbreak") => "goodbye",
        _ => dice.pick(&library.defaults).copied().unwrap_or("the road"),
    };
    let bare = text.trim_start_matches("the ").trim_start_matches("a ");
    Theme {
        article: if bare == text { Article::Bare } else { Article::The },
        plural: bare.ends_with("lights") || bare.ends_with("stars"),
        ..Theme::plain(Sort::Thing, bare)
    }
}

/// Fields that go with the ones touched, so that verses have where to wander.
fn company(fields: &mut Vec<usize>, tone: Tone, library: &Library, dice: &mut Dice) {
    let usual: &[&str] = match tone {
        Tone::Dark => &[
            "lonely", "moon", "road", "longing", "home", "time", "city", "truth", "train",
        ],
        _ => &[
            "beauty",
            "freedom",
            "home",
            "city",
            "road",
            "morning",
            "friendship",
            "radio",
            "peace",
        ],
    };
    while fields.len() < 3 {
        let Some(&id) = dice.pick(usual) else { return };
        if let Some(i) = library
            .fields
            .iter()
            .position(|f| f.id == id)
            .filter(|i| !fields.contains(i))
        {
            fields.push(i);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(text: &str) -> Subject {
        read(text, "", &mut Dice::new(1, "test"))
    }

    fn first(text: &str) -> String {
        subject(text).themes[0].fill("{the}").unwrap_or_default()
    }

    #[test]
    fn themes_are_kept_whole() {
        assert_eq!(
            first("a song about missing the last bus home"),
            "missing the last bus home"
        );
        assert_eq!(first("paper boats on a gutter stream"), "the paper boats");
        assert_eq!(subject("paper boats on a gutter stream").places, ["on a gutter stream"]);
        assert_eq!(
            first("upbeat pop about a lonely astronaut drinking coffee"),
            "the astronaut drinking coffee"
        );
        assert_eq!(
            first("my grandmother's kitchen at midnight"),
            "my grandmother's kitchen"
        );
        assert_eq!(
            first("A melancholic indie folk ballad, acoustic guitar, about leaving home; female vocals"),
            "leaving home"
        );
        assert_eq!(
            first("Write me a song about how coffee saves my life"),
            "coffee saves my life"
        );
        assert_eq!(first("TWO NEIGHBOURS SHARING ONE UMBRELLA"), "the two neighbours");
        assert_eq!(first("a sad love song about rain in Tokyo"), "the rain");
    }

    #[test]
    fn mood_and_manner_are_heard() {
        assert_eq!(subject("happy summer pop").tone, Tone::Bright);
        assert_eq!(subject("a sad song about my dog").tone, Tone::Dark);
        assert_eq!(subject("hip hop about the corner store").manner, Manner::Rap);
        assert!(subject("a song for my sister").you);
    }

    #[test]
    fn whatever_comes_there_is_a_theme() {
        for text in [
            "",
            "🎵🔥",
            "12345",
            "日本の夏",
            "una canción de amor",
            "f*ck sh1t",
            "....",
            &"x".repeat(100_000),
        ] {
            assert!(!subject(text).themes.is_empty(), "{text}");
            assert!(subject(text).fields.len() >= 3);
        }
    }
}
