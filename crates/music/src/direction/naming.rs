//! What a listener would call the song: what was asked for verbatim, else what was told from the words.

use catbird_score::{Brief, Labels, Singer, WishKind};

use super::voice::{Cast, gender_label, plain};
use crate::{
    style::Style,
    vocabulary::{self, Facet, Wants},
};

/// The vocal lists' own spelling of a word, if they have it, else the word with capitals.
fn spelt(list: &[&str], name: &str) -> String {
    let same = |label: &&&str| vocabulary::compact(plain(label).as_str()) == vocabulary::compact(name);
    list.iter().find(same).map_or_else(|| titled(name), |l| (*l).to_owned())
}

/// `city pop` → `City Pop`; `808` and `r&b` → `808`, `R&B`.
fn titled(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut start = true;
    for c in name.chars() {
        if start {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
        start = matches!(c, ' ' | '-' | '/' | '&');
    }
    out
}

/// The genres of songs.
pub const GENRES: [&str; 23] = [
    "Folk",
    "Pop",
    "Rock",
    "Chinese Style",
    "Hip Hop/Rap",
    "R&B/Soul",
    "Punk",
    "Electronic",
    "Jazz",
    "Reggae",
    "DJ",
    "Pop Punk",
    "Disco",
    "Future Bass",
    "Pop Rap",
    "Trap Rap",
    "R&B Rap",
    "Chinoiserie Electronic",
    "GuFeng Music",
    "Pop Rock",
    "Jazz Pop",
    "Bossa Nova",
    "Contemporary R&B",
];

const TIMBRES: [&str; 9] = [
    "Warm",
    "Bright",
    "Husky",
    "Electrified voice",
    "Sweet_AUDIO_TIMBRE",
    "Cute_AUDIO_TIMBRE",
    "Loud and sonorous",
    "Powerful",
    "Sexy/Lazy",
];

/// The voice that tags name.
pub(super) fn timbre(wants: &Wants) -> Option<String> {
    let colours = |f: &&vocabulary::Found| f.known && !f.refused && f.facet == Facet::Voice && f.touch.voice.is_some();
    wants.tags.found.iter().find(colours).map(|f| spelt(&TIMBRES, &f.name))
}

/// The timbre in a singer's own name (`female husky`).
pub(super) fn timbre_of(singer: &Singer) -> Option<String> {
    let name = singer.name.to_lowercase();
    TIMBRES
        .iter()
        .find(|t| name.ends_with(&plain(t)))
        .map(|t| (*t).to_owned())
}

/// The four labels.
pub(super) fn labels(
    brief: &Brief,
    predicted: &Labels,
    wants: &Wants,
    leader: &Style,
    said_style: bool,
    cast: &Cast,
    instrumental: bool,
) -> Labels {
    let requested = |kind| brief.words(kind).next().map(str::to_owned);
    let tagged = |facet, list: &[&str]| wants.named(facet).map(|f| spelt(list, &f.name));
    let genre = requested(WishKind::Genre)
        .or_else(|| tagged(Facet::Genre, &GENRES))
        .unwrap_or_else(|| {
            if said_style || predicted.genre.is_empty() {
                leader.label.clone()
            } else {
                predicted.genre.clone()
            }
        });
    let mood = requested(WishKind::Mood)
        .or_else(|| tagged(Facet::Mood, &[]))
        .unwrap_or_else(|| {
            if predicted.mood.is_empty() {
                "Chill".to_owned()
            } else {
                predicted.mood.clone()
            }
        });
    let voiced = |text: String| if instrumental { String::new() } else { text };
    Labels {
        genre,
        mood,
        gender: voiced(gender_label(cast.gender).to_owned()),
        timbre: voiced(cast.timbre.clone()),
    }
}
