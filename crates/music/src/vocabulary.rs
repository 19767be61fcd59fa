//! The vocabulary: what every label and word means in musical settings. The entries are data
//! (`data/vocabulary/*.toml`); this file reads them and finds them in lists and in free text.

use std::{collections::BTreeMap, sync::OnceLock};

use catbird_score::{Brief, Gender, Mode, WishKind};
use serde::Deserialize;

/// What a word does to the music. Every field is optional; numbers are added to or multiplied with
/// what the style says.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Touch {
    /// This word means the same as another of the same file.
    pub same: Option<String>,
    /// Styles it speaks for, with weights.
    pub styles: BTreeMap<String, f64>,
    /// A tempo it means, quarter notes a minute.
    pub bpm: Option<f64>,
    /// Tempo factor.
    pub tempo: Option<f64>,
    /// A mode it means.
    pub mode: Option<Mode>,
    /// More (+) or fewer (−) sevenths and ninths.
    pub colour: f32,
    /// Louder, fuller (+) or quieter (−).
    pub energy: f32,
    /// More or fewer notes.
    pub density: f32,
    /// Swing ratio it means.
    pub swing: Option<f32>,
    /// Share of the drums: 0 none – 0.5 light – 1 full.
    pub drums: Option<f32>,
    /// A groove by name (`extras.toml` or the style's own).
    pub groove: Option<String>,
    /// Instruments that must play.
    pub add: Vec<String>,
    /// Instruments that lead when the choice is free.
    pub lead: Vec<String>,
    /// Instruments that must not play.
    pub without: Vec<String>,
    /// Ornaments by name (`extras.toml`).
    pub ornaments: Vec<String>,
    /// High shelf of the master, dB.
    pub high_db: f32,
    /// Low shelf of the master, dB.
    pub low_db: f32,
    /// Reverb decay, seconds more.
    pub reverb: f32,
    /// Reverb return, dB more.
    pub wet_db: f32,
    /// Stereo width more.
    pub width: f32,
    /// Compression more (loudness range shrinks).
    pub glue: f32,
    /// Saturation more.
    pub drive: f32,
    /// Tape character more.
    pub lofi: f32,
    /// Longer (+) or shorter (−) notes.
    pub legato: f32,
    /// Lead register, semitones.
    pub register: i8,
    /// Whose voice.
    pub gender: Option<Gender>,
    /// Whether words are rapped.
    pub rap: Option<bool>,
    /// Factor on syllables a beat.
    pub syllables: Option<f32>,
    /// What it does to the singer.
    pub voice: Option<VoiceTouch>,
    /// Nothing is sung.
    pub instrumental: bool,
}

/// What a word does to the singer's settings.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct VoiceTouch {
    /// Factor on the formant warp (0 = leave).
    pub warp: f32,
    /// Tilt more, dB per octave.
    pub tilt_db: f32,
    /// Breath: at least this much, or, negative, that much less.
    pub breath: f32,
    /// Vibrato depth factor (0 = leave).
    pub vibrato: f32,
    /// Glide, ms more.
    pub glide_ms: f32,
    /// Saturation, at least.
    pub drive: f32,
    /// Robot, at least.
    pub electric: f32,
    /// Compression more.
    pub density: f32,
    /// Range shift, semitones.
    pub range: i8,
    /// Reverb send more.
    pub reverb: f32,
    /// Delay send more.
    pub delay: f32,
    /// Fader more, dB.
    pub gain_db: f32,
}

type List = BTreeMap<String, Touch>;

struct Book {
    /// In order of precedence.
    lists: Vec<(WishKind, List)>,
}

fn book() -> &'static Book {
    static BOOK: OnceLock<Book> = OnceLock::new();
    BOOK.get_or_init(|| {
        let read = |text: &str| -> List {
            let list: List = toml::from_str(text).unwrap_or_else(|e| panic!("vocabulary files are tested: {e}"));
            let resolved: Vec<(String, Touch)> = list
                .iter()
                .filter_map(|(word, touch)| {
                    let target = list
                        .get(touch.same.as_ref()?)
                        .unwrap_or_else(|| panic!("{word}: `same` names nothing"));
                    Some((word.clone(), target.clone()))
                })
                .collect();
            let mut list = list;
            list.extend(resolved);
            list
        };
        Book {
            lists: vec![
                (
                    WishKind::Genre,
                    read(include_str!("../data/vocabulary/vocal_genre.toml")),
                ),
                (WishKind::Mood, read(include_str!("../data/vocabulary/vocal_mood.toml"))),
                (WishKind::Timbre, read(include_str!("../data/vocabulary/timbre.toml"))),
                (WishKind::Genre, read(include_str!("../data/vocabulary/bgm_genre.toml"))),
                (WishKind::Mood, read(include_str!("../data/vocabulary/bgm_mood.toml"))),
                (
                    WishKind::Instrument,
                    read(include_str!("../data/vocabulary/bgm_instrument.toml")),
                ),
                (WishKind::Theme, read(include_str!("../data/vocabulary/bgm_theme.toml"))),
                (WishKind::Tag, read(include_str!("../data/vocabulary/words.toml"))),
            ],
        }
    })
}

/// What a label of one list means: exact spelling first, then any case.
pub fn look_up(kind: WishKind, word: &str) -> Option<&'static Touch> {
    let lists = || book().lists.iter().filter(move |(k, _)| *k == kind);
    lists().find_map(|(_, list)| list.get(word)).or_else(|| {
        let lower = word.to_lowercase();
        lists().find_map(|(_, list)| list.iter().find(|(key, _)| key.to_lowercase() == lower).map(|(_, t)| t))
    })
}

/// Whether the list has an entry of its own for the word.
pub fn known(kind: WishKind, word: &str) -> bool {
    look_up(kind, word).is_some()
}

/// What a free word means: synonyms first, then any list. A catalogue instrument asks for itself.
pub fn free(word: &str) -> Option<Touch> {
    let lower = word.to_lowercase();
    let order = [
        WishKind::Tag,
        WishKind::Genre,
        WishKind::Instrument,
        WishKind::Mood,
        WishKind::Theme,
    ];
    order
        .into_iter()
        .find_map(|kind| look_up(kind, &lower))
        .cloned()
        .or_else(|| {
            crate::instruments::find(&lower).map(|_| Touch {
                add: vec![lower.clone()],
                lead: vec![lower],
                ..Touch::default()
            })
        })
}

/// What free text asks for.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// The touches found, in order.
    pub touches: Vec<Touch>,
    /// A tempo given in numbers.
    pub bpm: Option<f64>,
    /// A key given by name.
    pub key: Option<(u8, Option<Mode>)>,
}

/// Reads known words and phrases (up to four words) out of free text, longest first.
pub fn read(text: &str) -> Reading {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !(c.is_alphanumeric() || "#&'/-".contains(c)))
        .map(|w| w.trim_matches(|c: char| "-/'".contains(c)))
        .filter(|w| !w.is_empty())
        .collect();
    let mut reading = Reading {
        bpm: tempo_in(&words),
        key: None,
        touches: Vec::new(),
    };
    reading.key = words.windows(2).find_map(|w| key_named(w[0], w[1]));
    let mut at = 0;
    while at < words.len() {
        let negated = at > 0 && matches!(words[at - 1], "no" | "without" | "not");
        let hit = (1..=4.min(words.len() - at)).rev().find_map(|n| {
            let phrase = words[at..at + n].join(" ");
            free(&phrase)
                .or_else(|| free(phrase.strip_suffix('s')?))
                .map(|t| (n, t))
        });
        if let Some((n, touch)) = hit {
            reading.touches.push(if negated { negate(&touch) } else { touch });
            at += n;
        } else {
            at += 1;
        }
    }
    reading
}

/// "no drums", "without piano": only instruments and drums can be refused.
fn negate(touch: &Touch) -> Touch {
    let mut out = Touch {
        without: touch.add.clone(),
        ..Touch::default()
    };
    if touch.drums.is_some_and(|d| d > 0.0) {
        out.drums = Some(0.0);
    }
    if touch.instrumental || touch.gender.is_some() {
        out.instrumental = true;
    }
    out
}

/// "120 bpm", "120bpm", "tempo 96".
fn tempo_in(words: &[&str]) -> Option<f64> {
    let valid = |n: f64| (40.0..=220.0).contains(&n).then_some(n);
    words.iter().enumerate().find_map(|(i, w)| {
        if let Some(n) = w.strip_suffix("bpm").and_then(|n| n.parse().ok()) {
            return valid(n);
        }
        let n: f64 = w.parse().ok()?;
        let named = words.get(i + 1) == Some(&"bpm") || (i > 0 && matches!(words[i - 1], "bpm" | "tempo"));
        if named { valid(n) } else { None }
    })
}

fn key_named(tonic: &str, mode: &str) -> Option<(u8, Option<Mode>)> {
    let mode = match mode {
        "major" | "maj" => Mode::Major,
        "minor" | "min" => Mode::Minor,
        "dorian" => Mode::Dorian,
        "phrygian" => Mode::Phrygian,
        "lydian" => Mode::Lydian,
        "mixolydian" => Mode::Mixolydian,
        _ => return None,
    };
    Some((tonic_named(tonic)?, Some(mode)))
}

fn tonic_named(name: &str) -> Option<u8> {
    let mut chars = name.chars();
    let base = match chars.next()?.to_ascii_lowercase() {
        'c' => 0,
        'd' => 2,
        'e' => 4,
        'f' => 5,
        'g' => 7,
        'a' => 9,
        'b' => 11,
        _ => return None,
    };
    match chars.as_str() {
        "" => Some(base),
        "#" | "♯" | "-sharp" => Some((base + 1) % 12),
        "b" | "♭" | "-flat" => Some((base + 11) % 12),
        _ => None,
    }
}

/// A key as a caller writes it: `A minor`, `F# major`, `Bb`.
pub fn key(text: &str) -> Option<(u8, Option<Mode>)> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    match words.as_slice() {
        [tonic] => tonic_named(tonic)
            .map(|t| (t, None))
            .or_else(|| Some((tonic_named(tonic.strip_suffix('m')?)?, Some(Mode::Minor)))),
        [tonic, mode] => key_named(tonic, mode),
        _ => None,
    }
}

/// Everything a brief asks for in words: labels count fully, free text a little less.
pub fn of_brief(brief: &Brief) -> (Vec<(f64, Touch)>, Reading) {
    let mut touches = Vec::new();
    for wish in &brief.wishes {
        if wish.kind == WishKind::Tag {
            continue;
        }
        match look_up(wish.kind, &wish.word) {
            Some(touch) => touches.push((1.0, touch.clone())),
            None => touches.extend(read(&wish.word).touches.into_iter().map(|t| (0.9, t))),
        }
    }
    let mut reading = Reading::default();
    for text in brief
        .words(WishKind::Tag)
        .chain(std::iter::once(brief.description.as_str()))
    {
        let found = read(text);
        touches.extend(found.touches.iter().map(|t| (0.8, t.clone())));
        reading.touches.extend(found.touches);
        reading.bpm = reading.bpm.or(found.bpm);
        reading.key = reading.key.or(found.key);
    }
    (touches, reading)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{instruments, style};

    #[test]
    fn every_entry_names_things_that_exist() {
        for (kind, list) in &book().lists {
            for (word, t) in list {
                let names = t.add.iter().chain(&t.lead).chain(&t.without);
                assert!(
                    names.clone().all(|k| instruments::find(k).is_some()),
                    "{kind:?} {word}: {:?}",
                    names.collect::<Vec<_>>()
                );
                assert!(
                    t.styles.keys().all(|s| style::find(s).is_some()),
                    "{kind:?} {word}: {:?}",
                    t.styles
                );
                for o in &t.ornaments {
                    assert!(
                        style::extras().ornament.iter().any(|p| p.id == *o),
                        "{kind:?} {word}: ornament {o}"
                    );
                }
                if let Some(g) = &t.groove {
                    let own = style::all().iter().any(|s| s.groove.iter().any(|x| x.name == *g));
                    assert!(
                        own || style::extras().groove.iter().any(|x| x.name == *g),
                        "{kind:?} {word}: groove {g}"
                    );
                }
            }
        }
    }

    #[test]
    fn free_text_is_read() {
        let r = read("A slow jazz ballad in F# minor with piano and brushed drums, 92 bpm, no saxophone");
        assert_eq!(r.bpm, Some(92.0));
        assert_eq!(r.key, Some((6, Some(Mode::Minor))));
        assert!(r.touches.iter().any(|t| t.styles.contains_key("jazz")));
        assert!(r.touches.iter().any(|t| t.add.contains(&"piano".to_owned())));
        assert!(r.touches.iter().any(|t| t.groove.as_deref() == Some("brushes")));
        assert!(r.touches.iter().any(|t| t.without.contains(&"saxophone".to_owned())));
        assert!(r.touches.iter().all(|t| !t.add.contains(&"saxophone".to_owned())));
        assert_eq!(read("120bpm").bpm, Some(120.0));
        assert_eq!(read("room 120").bpm, None);
        assert_eq!(read("female vocals").touches[0].gender, Some(Gender::Female));
        assert!(read("nothing known here at all").touches.is_empty());
        assert_eq!(key("Bb"), Some((10, None)));
        assert_eq!(key("Am"), Some((9, Some(Mode::Minor))));
        assert_eq!(key("H major"), None);
    }
}
