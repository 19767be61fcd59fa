//! Who sings: a persona exactly, or a preset coloured by words. Another take has another singer.

use catbird_score::{Brief, Dice, Gender, Labels, Singer};

use crate::vocabulary::{Said, Wants};

/// The singer chosen, and what to call the voice.
#[derive(Clone, Debug)]
pub(super) struct Cast {
    pub singer: Singer,
    pub gender: Gender,
    pub timbre: String,
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
        };
    }
    let preset = brief.voice.preset.as_deref();
    let asked = brief
        .voice
        .gender
        .or_else(|| preset_gender(preset))
        .or_else(|| said.iter().find_map(|s| s.touch.gender));
    let told = match predicted.gender.as_str() {
        "Male" => Some(Gender::Male),
        "Female" => Some(Gender::Female),
        _ => None,
    };
    let mut dice = Dice::new(seed, "singer");
    let another = brief.take > 0;
    let gender = asked.unwrap_or_else(|| {
        let gender = told.unwrap_or(Gender::Female);
        // Nobody asked for this one: the other take may as well be the other.
        if another && dice.chance(0.5) {
            other(gender)
        } else {
            gender
        }
    });
    let kin: [&str; 2] = match gender {
        Gender::Female => ["alto", "soprano"],
        Gender::Male => ["tenor", "baritone"],
    };
    let drawn = kin[dice.below(2)];
    let preset = preset.or(another.then_some(drawn));
    let mut singer = singer(gender, preset, &timbre, said);
    if another {
        // Another person within what the words ask: size of the head, brightness, vibrato, how she moves.
        singer.warp *= 1.0 + dice.between(-0.015, 0.015) as f32;
        singer.tilt_db += [-0.7, 0.7][dice.below(2)] + dice.between(-0.2, 0.2) as f32;
        singer.breath *= dice.between(0.7, 1.4) as f32;
        singer.vibrato_cents *= dice.between(0.7, 1.35) as f32;
        singer.vibrato_hz += dice.between(-0.5, 0.5) as f32;
        singer.glide_ms *= dice.between(0.75, 1.4) as f32;
        limit(&mut singer);
    }
    Cast { singer, gender, timbre }
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

fn preset_gender(preset: Option<&str>) -> Option<Gender> {
    match preset?.to_lowercase().as_str() {
        "female" | "alto" | "soprano" => Some(Gender::Female),
        "male" | "tenor" | "baritone" => Some(Gender::Male),
        _ => None,
    }
}

/// The presets: formant warp and range. Tops are moderate: words blur above C5.
fn singer(gender: Gender, preset: Option<&str>, timbre: &str, said: &[Said]) -> Singer {
    let preset = preset
        .map(str::to_lowercase)
        .filter(|p| preset_gender(Some(p)) == Some(gender));
    let default = gender_label(gender).to_lowercase();
    let (name, warp, low, high) = match preset.as_deref() {
        Some("alto") => ("alto", 0.97, 55, 70),
        Some("soprano") => ("soprano", 1.05, 60, 76),
        Some("tenor") => ("tenor", 0.88, 48, 64),
        Some("baritone") => ("baritone", 0.82, 43, 58),
        _ if gender == Gender::Female => ("female", 1.0, 57, 74),
        _ => ("male", 0.86, 45, 62),
    };
    let mut singer = Singer {
        name: format!(
            "{} {}",
            if name == default { default.as_str() } else { name },
            plain(timbre)
        )
        .trim()
        .to_owned(),
        gender,
        low,
        high,
        warp,
        tilt_db: 0.0,
        breath: 0.05,
        vibrato_cents: 40.0,
        vibrato_hz: 5.6,
        glide_ms: 90.0,
        drive: 0.0,
        electric: 0.0,
        density: 0.25,
        ..Singer::default()
    };
    for (weight, v) in said.iter().filter_map(|s| Some((s.weight as f32, s.touch.voice?))) {
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
        let shift = (f32::from(v.range) * weight).round() as i8;
        singer.low = singer.low.saturating_add_signed(shift);
        singer.high = singer.high.saturating_add_signed(shift);
    }
    limit(&mut singer);
    singer
}

/// Within what the voice can do.
fn limit(singer: &mut Singer) {
    singer.warp = singer.warp.clamp(0.76, 1.2);
    singer.tilt_db = singer.tilt_db.clamp(-4.0, 4.0);
    singer.breath = singer.breath.clamp(0.02, 0.4);
    singer.vibrato_cents = singer.vibrato_cents.clamp(0.0, 80.0);
    singer.glide_ms = singer.glide_ms.clamp(30.0, 220.0);
    singer.drive = singer.drive.clamp(0.0, 1.0);
    singer.electric = singer.electric.clamp(0.0, 1.0);
    singer.density = singer.density.clamp(0.0, 1.0);
    singer.high = singer.high.min(77);
}

/// `Sweet_AUDIO_TIMBRE` → `sweet`.
pub(super) fn plain(timbre: &str) -> String {
    timbre.trim_end_matches("_AUDIO_TIMBRE").to_lowercase()
}
