//! Who sings: a persona exactly, or a person of the house coloured by words. Another take has another
//! singer.

use catbird_score::{Blend, Brief, Dice, Gender, Labels, Singer};

use super::space::{self, Pull};
use crate::{
    lyrics::Lyrics,
    vocabulary::{self, Depth, Facet, Said, Source, Touch, Wants},
};

/// The singer chosen, and what to call the voice.
#[derive(Clone, Debug)]
pub(super) struct Cast {
    pub singer: Singer,
    /// Who would sing the other part of a duet.
    pub partner: Singer,
    pub gender: Gender,
    pub timbre: String,
}

/// Formants move by at most this much: voices differ by themselves.
const WARP: f32 = 0.06;
/// … those of children by this much.
const CHILD_WARP: f32 = 0.12;
/// What a timbre that is told from the lyrics counts in the choice of the person.
const HINT: f32 = 0.4;
/// Words move a range by at most this, semitones.
const SHIFT: i8 = 4;
/// Nobody sings lower or higher (C2, A5).
const LOWEST: u8 = 36;
const HIGHEST: u8 = 81;
/// Nobody's range is narrower, semitones.
const NARROWEST: u8 = 14;

/// A person among those the words leave; another take's is one that is heard to be another.
fn person(brief: &Brief, pull: &Pull, gender: Gender, dice: &mut Dice) -> Blend {
    let mut point = pull.point(gender, dice);
    if brief.take == 0 {
        return point;
    }
    let first = Brief {
        take: 0,
        ..brief.clone()
    };
    let first = pull
        .point(gender, &mut Dice::new(first.take_seed(), "singer"))
        .weights(gender);
    for _ in 0..12 {
        let apart: f32 = point
            .weights(gender)
            .iter()
            .zip(first)
            .map(|(a, b)| (a - b).abs())
            .sum();
        if apart > 0.7 {
            break;
        }
        point = pull.point(gender, dice);
    }
    point
}

/// Chooses the singer.
pub(super) fn cast(
    brief: &Brief,
    predicted: &Labels,
    said: &[Said],
    requested: Option<&String>,
    wants: &Wants,
    seed: u64,
) -> Cast {
    let timbre = requested
        .cloned()
        .or_else(|| super::naming::timbre(wants))
        .unwrap_or_else(|| predicted.timbre.clone());
    if let Some(singer) = &brief.voice.singer {
        return Cast {
            gender: singer.gender,
            timbre: requested
                .cloned()
                .or_else(|| super::naming::timbre_of(singer))
                .unwrap_or(timbre),
            singer: singer.clone(),
            partner: partner(singer.gender, said, seed),
        };
    }
    let preset = Preset::of(brief.voice.preset.as_deref());
    let asked = brief
        .voice
        .gender
        .or(preset.gender)
        .or_else(|| said.iter().find_map(|s| s.touch.gender))
        .or_else(|| Lyrics::parse(brief.lyrics.as_deref()?).lead());
    let guessed = match predicted.gender.as_str() {
        "Male" => Some(Gender::Male),
        "Female" => Some(Gender::Female),
        _ => None,
    };
    let mut dice = Dice::new(seed, "singer");
    let another = brief.take > 0;
    let gender = asked.unwrap_or_else(|| {
        let gender = guessed.unwrap_or(Gender::Female);
        // Nobody asked for this one: the other take may as well be the other.
        if another && dice.chance(0.5) {
            other(gender)
        } else {
            gender
        }
    });
    let words: Vec<(f32, &Touch)> = preset
        .words
        .iter()
        .filter(|_| preset.gender.is_none_or(|g| g == gender))
        .map(|t| (1.0, t))
        .chain(said.iter().map(|s| (s.weight as f32, &s.touch)))
        .collect();
    // What is told from the lyrics alone colours a voice, but hardly chooses whose it is.
    let told: Vec<(f32, &Touch)> = words
        .iter()
        .zip(
            std::iter::repeat_n(false, words.len() - said.len())
                .chain(said.iter().map(|s| s.source == Source::Predicted)),
        )
        .map(|((weight, touch), hint)| (if hint { HINT * weight } else { *weight }, *touch))
        .collect();
    let house = preset.house.filter(|h| h.gender == gender);
    let point = match house {
        Some(voice) => Blend::of(voice.name),
        None => person(brief, &pull(&told, gender), gender, &mut dice),
    };
    let name = house
        .map(|h| h.name.to_owned())
        .or(preset.name.filter(|_| preset.gender == Some(gender)))
        .unwrap_or_else(|| gender_label(gender).to_lowercase());
    let mut singer = singer(&format!("{name} {}", plain(&timbre)), gender, point, &words);
    // Another person within what the words ask: brightness, vibrato, how she moves.
    let spread = if another { 1.0 } else { 0.4 };
    singer.warp *= 1.0 + spread * dice.between(-0.012, 0.012) as f32;
    singer.tilt_db += spread * ([-0.7, 0.7][dice.below(2)] + dice.between(-0.2, 0.2) as f32);
    singer.breath *= 1.0 + spread * (dice.between(0.7, 1.4) as f32 - 1.0);
    singer.vibrato_cents *= 1.0 + spread * (dice.between(0.7, 1.35) as f32 - 1.0);
    singer.vibrato_hz += spread * dice.between(-0.5, 0.5) as f32;
    singer.glide_ms *= 1.0 + spread * (dice.between(0.75, 1.4) as f32 - 1.0);
    limit(&mut singer, &words);
    Cast {
        partner: partner(gender, said, seed),
        singer,
        gender,
        timbre,
    }
}

/// Where nobody names the other voice of a duet, the words without a gender hold for both.
fn partner(lead: Gender, said: &[Said], seed: u64) -> Singer {
    let gender = other(lead);
    let words: Vec<(f32, &Touch)> = said
        .iter()
        .filter(|s| s.source != Source::Predicted && s.touch.gender.is_none_or(|g| g == gender))
        .map(|s| (s.weight as f32, &s.touch))
        .collect();
    let point = pull(&words, gender).point(gender, &mut Dice::new(seed, "partner"));
    let mut singer = singer(gender_label(gender), gender, point, &words);
    singer.name = singer.name.to_lowercase();
    limit(&mut singer, &words);
    singer
}

fn pull(words: &[(f32, &Touch)], gender: Gender) -> Pull {
    let mut pull = Pull::default();
    for (weight, voice) in words.iter().filter_map(|(w, t)| Some((*w, t.voice.as_ref()?))) {
        pull.add(&voice.blend, weight, gender, voice.mixed);
    }
    pull
}

/// A voice asked for by name: one of the house, a kind of voice, or any words that describe one.
#[derive(Clone, Debug, Default)]
struct Preset {
    house: Option<&'static catbird_score::blend::HouseVoice>,
    gender: Option<Gender>,
    name: Option<String>,
    words: Vec<Touch>,
}

impl Preset {
    fn of(text: Option<&str>) -> Self {
        let Some(text) = text.map(str::trim).filter(|t| !t.is_empty()) else {
            return Self::default();
        };
        if let Some(voice) = space::house(text) {
            return Self {
                house: Some(voice),
                gender: Some(voice.gender),
                ..Self::default()
            };
        }
        // Alone, the word means the voice, not the instrument.
        let text = if text.eq_ignore_ascii_case("bass") {
            "bass voice"
        } else {
            text
        };
        let words: Vec<Touch> = vocabulary::read(text, Depth::Tags)
            .found
            .into_iter()
            .filter(|f| f.known && !f.refused && (f.facet == Facet::Voice || f.touch.voice.is_some()))
            .map(|f| f.touch)
            .collect();
        let gender = words.iter().find_map(|t| t.gender);
        Self {
            house: None,
            gender,
            name: (!words.is_empty()).then(|| text.to_lowercase()),
            words,
        }
    }
}

/// Whether a preset names somebody who can sing.
pub(crate) fn is_voice(preset: &str) -> bool {
    let preset = Preset::of(Some(preset));
    preset.house.is_some() || !preset.words.is_empty()
}

fn other(gender: Gender) -> Gender {
    match gender {
        Gender::Female => Gender::Male,
        Gender::Male => Gender::Female,
    }
}

/// `Female` or `Male`.
pub(super) fn gender_label(gender: Gender) -> &'static str {
    match gender {
        Gender::Female => "Female",
        Gender::Male => "Male",
    }
}

/// The person at a point of the voice space, with what the words ask beyond it.
fn singer(name: &str, gender: Gender, point: Blend, words: &[(f32, &Touch)]) -> Singer {
    let [low, high] = space::range(&point, gender);
    let mut singer = Singer {
        name: name.trim().to_owned(),
        gender,
        low,
        high,
        warp: 1.0,
        tilt_db: 0.0,
        breath: 0.05,
        vibrato_cents: 40.0,
        vibrato_hz: 5.6,
        glide_ms: 90.0,
        drive: 0.0,
        electric: 0.0,
        density: 0.25,
        blend: point,
    };
    let mut shift = 0.0;
    for (weight, v) in words.iter().filter_map(|(w, t)| Some((*w, t.voice.as_ref()?))) {
        if v.warp > 0.0 {
            singer.warp *= 1.0 + (v.warp - 1.0) * weight;
        }
        if v.vibrato > 0.0 {
            singer.vibrato_cents *= 1.0 + (v.vibrato - 1.0) * weight;
        }
        singer.tilt_db += v.tilt_db * weight;
        singer.breath = if v.breath >= 0.0 {
            singer.breath.max(v.breath * weight)
        } else {
            singer.breath + v.breath * weight
        };
        singer.glide_ms += v.glide_ms * weight;
        // A voice refused as rough or robotic is at most nothing of it.
        singer.drive = if v.drive >= 0.0 {
            singer.drive.max(v.drive * weight)
        } else {
            0.0
        };
        singer.electric = if v.electric >= 0.0 {
            singer.electric.max(v.electric * weight)
        } else {
            0.0
        };
        singer.density += v.density * weight;
        shift += f32::from(v.range) * weight;
    }
    let shift = (shift.round() as i8).clamp(-SHIFT, SHIFT);
    singer.low = singer.low.saturating_add_signed(shift);
    singer.high = singer.high.saturating_add_signed(shift);
    limit(&mut singer, words);
    singer
}

/// Within what the voice can do.
fn limit(singer: &mut Singer, words: &[(f32, &Touch)]) {
    let child = words
        .iter()
        .any(|(w, t)| *w > 0.0 && t.voice.as_ref().is_some_and(|v| v.warp > 1.0 + WARP));
    singer.warp = singer
        .warp
        .clamp(1.0 - WARP, 1.0 + if child { CHILD_WARP } else { WARP });
    singer.tilt_db = singer.tilt_db.clamp(-4.0, 4.0);
    singer.breath = singer.breath.clamp(0.02, 0.4);
    singer.vibrato_cents = singer.vibrato_cents.clamp(0.0, 80.0);
    singer.vibrato_hz = singer.vibrato_hz.clamp(4.5, 6.8);
    singer.glide_ms = singer.glide_ms.clamp(30.0, 220.0);
    singer.drive = singer.drive.clamp(0.0, 1.0);
    singer.electric = singer.electric.clamp(0.0, 1.0);
    singer.density = singer.density.clamp(0.0, 1.0);
    singer.low = singer.low.clamp(LOWEST, HIGHEST - NARROWEST);
    singer.high = singer.high.clamp(singer.low + NARROWEST, HIGHEST);
}

/// `Sweet_AUDIO_TIMBRE` → `sweet`.
pub(super) fn plain(timbre: &str) -> String {
    timbre.trim_end_matches("_AUDIO_TIMBRE").to_lowercase()
}
