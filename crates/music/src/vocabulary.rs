//! The vocabulary: what every label and word means in musical settings. The entries are data
//! (`data/vocabulary/*.toml`); this file reads them and finds them, `reading` finds them in free text,
//! `nearest` stands in for words that no list has, and `wishes` gathers what a brief asks for.

mod family;
mod nearest;
mod numbers;
mod reading;
mod wishes;

use std::{collections::BTreeMap, sync::OnceLock};

use catbird_score::{Gender, Mode, WishKind};
use serde::Deserialize;

use crate::style;

pub(crate) use family::stand_in;
pub use numbers::key;
pub use reading::{Depth, Found, Reading, read};
pub use wishes::{Said, Source, Wants, of_brief, voiceless};

/// What a word speaks of: decides which label it gives the song and what refusing it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Facet {
    /// A musical style.
    Genre,
    /// A feeling.
    Mood,
    /// The singer.
    Voice,
    /// Who plays what.
    Instrument,
    /// How fast.
    Tempo,
    /// Tonic and scale.
    Key,
    /// From when.
    Era,
    /// How it is recorded.
    Production,
    /// What it is about or for.
    Theme,
}

/// What a word does to the music. Every field is optional; numbers are added to or multiplied with
/// what the style says.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Touch {
    /// This word means the same as another of the same file.
    pub same: Option<String>,
    /// Other spellings of this word.
    pub also: Vec<String>,
    /// What the word speaks of, where its list does not tell.
    pub kind: Option<Facet>,
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
    /// Ornaments that must not play.
    #[serde(skip)]
    pub plain: Vec<String>,
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
    /// Two singers share the lines.
    pub duet: bool,
    /// More (+) or fewer (−) backing voices: 1 is what a style of many has more than one of few.
    pub backing: f32,
    /// Factor on syllables a beat.
    pub syllables: Option<f32>,
    /// What it does to the singer.
    pub voice: Option<VoiceTouch>,
    /// Nothing is sung.
    pub instrumental: bool,
}

/// What a word does to the singer's settings.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct VoiceTouch {
    /// House voices it sounds like, with weights; those of the singer's gender count.
    pub blend: BTreeMap<String, f32>,
    /// Voices of both genders count.
    pub mixed: bool,
    /// More (+) or fewer (−) turns on held syllables.
    pub melisma: f32,
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

/// A list of the vocabulary.
struct Volume {
    kind: WishKind,
    facet: Facet,
    /// Whether labels of `kind` are looked up in it, too; the others serve free text alone.
    labels: bool,
    list: List,
}

/// A word of the vocabulary, however it was spelt.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The name it goes by.
    pub name: &'static str,
    /// What it speaks of.
    pub facet: Facet,
    /// What it does.
    pub touch: &'static Touch,
}

struct Book {
    /// In order of precedence.
    volumes: Vec<Volume>,
}

/// What the styles say that they are called.
fn named_styles() -> List {
    let named = |style: &style::Style| {
        let touch = Touch {
            styles: BTreeMap::from([(style.id.clone(), 1.0)]),
            ..Touch::default()
        };
        style.tags.clone().into_iter().map(move |tag| (tag, touch.clone()))
    };
    style::all().iter().flat_map(named).collect()
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
        let volume = |kind, facet, labels, text| Volume {
            kind,
            facet,
            labels,
            list: read(text),
        };
        macro_rules! file {
            ($name:literal) => {
                include_str!(concat!("../data/vocabulary/", $name, ".toml"))
            };
        }
        Book {
            volumes: vec![
                Volume {
                    kind: WishKind::Tag,
                    facet: Facet::Genre,
                    labels: false,
                    list: named_styles(),
                },
                volume(WishKind::Tag, Facet::Theme, true, file!("words")),
                volume(WishKind::Genre, Facet::Genre, true, file!("vocal_genre")),
                volume(WishKind::Genre, Facet::Genre, true, file!("bgm_genre")),
                volume(WishKind::Instrument, Facet::Instrument, true, file!("bgm_instrument")),
                volume(WishKind::Mood, Facet::Mood, true, file!("vocal_mood")),
                volume(WishKind::Mood, Facet::Mood, true, file!("bgm_mood")),
                volume(WishKind::Theme, Facet::Theme, true, file!("bgm_theme")),
                volume(WishKind::Timbre, Facet::Voice, true, file!("timbre")),
                volume(WishKind::Tag, Facet::Genre, false, file!("genres")),
                volume(WishKind::Tag, Facet::Voice, false, file!("voices")),
                volume(WishKind::Tag, Facet::Instrument, false, file!("players")),
                volume(WishKind::Tag, Facet::Mood, false, file!("feelings")),
                volume(WishKind::Tag, Facet::Production, false, file!("production")),
            ],
        }
    })
}

/// What a label of one list means: exact spelling first, then any case.
pub fn look_up(kind: WishKind, word: &str) -> Option<&'static Touch> {
    let lists = || {
        book()
            .volumes
            .iter()
            .filter(move |v| v.kind == kind && v.labels)
            .map(|v| &v.list)
    };
    lists().find_map(|list| list.get(word)).or_else(|| {
        let lower = word.to_lowercase();
        lists().find_map(|list| list.iter().find(|(key, _)| key.to_lowercase() == lower).map(|(_, t)| t))
    })
}

/// Whether the list has an entry of its own for the word.
pub fn known(kind: WishKind, word: &str) -> bool {
    look_up(kind, word).is_some()
}

/// A spelling without case, blanks, hyphens, accents: `R & B`, `r&b` and `RandB` are one.
pub(crate) fn compact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            '&' | '+' => out.push_str("and"),
            'à'..='å' => out.push('a'),
            'è'..='ë' => out.push('e'),
            'ì'..='ï' => out.push('i'),
            'ò'..='ö' | 'ø' => out.push('o'),
            'ù'..='ü' => out.push('u'),
            'ç' => out.push('c'),
            'ñ' => out.push('n'),
            '♯' => out.push('#'),
            c if c.is_alphanumeric() || c == '#' => out.push(c),
            _ => {}
        }
    }
    out
}

/// The first words of `words.toml` speak of many things; what one does tells which.
fn facet_of(volume: &Volume, touch: &Touch) -> Facet {
    if let Some(kind) = touch.kind {
        return kind;
    }
    if volume.kind != WishKind::Tag || !volume.labels {
        return volume.facet;
    }
    if touch.voice.is_some() || touch.gender.is_some() || touch.instrumental {
        Facet::Voice
    } else if touch.styles.values().any(|w| *w >= 0.5) {
        Facet::Genre
    } else if !touch.add.is_empty() || !touch.lead.is_empty() {
        Facet::Instrument
    } else {
        volume.facet
    }
}

/// All spellings that free text may use; of two that look the same the earlier list's counts.
fn index() -> &'static BTreeMap<String, Entry> {
    static INDEX: OnceLock<BTreeMap<String, Entry>> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut index: BTreeMap<String, Entry> = BTreeMap::new();
        let mut add = |spelling: &str, entry: Entry| {
            let key = compact(spelling.trim_end_matches("_AUDIO_TIMBRE"));
            index.entry(key).or_insert(entry);
        };
        for volume in &book().volumes {
            for (word, touch) in &volume.list {
                let facet = facet_of(volume, touch);
                add(
                    word,
                    Entry {
                        name: word,
                        facet,
                        touch,
                    },
                );
            }
        }
        // Other spellings give way to every list's own words.
        for volume in &book().volumes {
            for (word, touch) in &volume.list {
                let facet = facet_of(volume, touch);
                for spelling in &touch.also {
                    add(
                        spelling,
                        Entry {
                            name: word,
                            facet,
                            touch,
                        },
                    );
                }
            }
        }
        let catalogue = CATALOGUE.get_or_init(|| {
            let own = |key: &String| Touch {
                add: vec![key.clone()],
                lead: vec![key.clone()],
                ..Touch::default()
            };
            crate::instruments::all()
                .keys()
                .map(|key| (key.clone(), own(key)))
                .collect()
        });
        for (name, touch) in catalogue {
            add(
                name,
                Entry {
                    name,
                    facet: Facet::Instrument,
                    touch,
                },
            );
        }
        index
    })
}

/// The entry a spelling names, plural endings tolerated.
pub fn entry(spelling: &str) -> Option<Entry> {
    let key = compact(spelling);
    let index = index();
    let singular = || {
        let stem = key.strip_suffix("ies").map(|s| format!("{s}y"));
        let short = key.strip_suffix("es").filter(|s| s.len() > 3).map(str::to_owned);
        let plain = key.strip_suffix('s').filter(|s| s.len() > 2).map(str::to_owned);
        [plain, short, stem].into_iter().flatten().find_map(|s| index.get(&s))
    };
    index.get(&key).or_else(singular).copied()
}

/// Whether free text meant the plain old words only would know this spelling: descriptions are prose, in
/// which many a genre's name is an everyday word.
fn of_prose(entry: &Entry, spelling: &str) -> bool {
    let old = || {
        book()
            .volumes
            .iter()
            .filter(|v| v.labels && v.kind != WishKind::Timbre)
            .any(|v| v.list.contains_key(entry.name))
            || crate::instruments::find(entry.name).is_some()
    };
    let genre =
        entry.facet == Facet::Genre && (spelling.contains(' ') || spelling.len() >= 4) && !EVERYDAY.contains(&spelling);
    genre || old()
}

/// Names of genres that prose uses for other things.
const EVERYDAY: [&str; 111] = [
    "acid",
    "action",
    "african",
    "alpine",
    "arcade",
    "aria",
    "asian",
    "banda",
    "bard",
    "bolero",
    "bounce",
    "brazil",
    "brazilian",
    "breaks",
    "bumpy",
    "chant",
    "chill",
    "chorale",
    "christian",
    "circus",
    "clown",
    "comedy",
    "concerto",
    "cosmic",
    "cowboy",
    "creepy",
    "cuban",
    "cyber",
    "deep",
    "detective",
    "doom",
    "drill",
    "drums",
    "fairy",
    "french",
    "fusion",
    "futuristic",
    "gaming",
    "glitch",
    "goth",
    "gothic",
    "greek",
    "grime",
    "haunted",
    "healing",
    "horror",
    "hotel",
    "hymn",
    "indian",
    "irish",
    "italian",
    "japanese",
    "jingle",
    "juke",
    "jungle",
    "lounge",
    "magical",
    "march",
    "mexican",
    "military",
    "minimal",
    "musical",
    "narration",
    "nautical",
    "news",
    "ninja",
    "noise",
    "norse",
    "novelty",
    "nursery",
    "oldies",
    "oriental",
    "pagan",
    "parade",
    "political",
    "portuguese",
    "praise",
    "rage",
    "rave",
    "reel",
    "requiem",
    "roots",
    "russian",
    "sacred",
    "samurai",
    "scary",
    "score",
    "scottish",
    "slavic",
    "slowed",
    "sludge",
    "sonata",
    "space-age",
    "spanish",
    "spellbound",
    "spiritual",
    "spoken",
    "sufi",
    "swamp",
    "talking",
    "tavern",
    "thriller",
    "trad",
    "tribal",
    "tropical",
    "turkish",
    "urbano",
    "viking",
    "wave",
    "wonky",
    "worship",
];

/// The instruments of the catalogue as words.
static CATALOGUE: OnceLock<List> = OnceLock::new();

#[cfg(test)]
mod tests;
