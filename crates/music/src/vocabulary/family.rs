//! Families of instruments: what is refused together, and refusing a word altogether.

use std::{collections::BTreeMap, sync::OnceLock};

use catbird_score::{Gender, Mode};

use super::{Facet, Touch, VoiceTouch};
use crate::{instruments, style};

/// The instruments a general name refuses.
fn family(name: &str) -> &'static [String] {
    static FAMILIES: OnceLock<BTreeMap<String, Vec<String>>> = OnceLock::new();
    FAMILIES
        .get_or_init(|| {
            toml::from_str(include_str!("../../data/vocabulary/families.toml")).expect("families.toml is tested")
        })
        .get(name)
        .map_or(&[], Vec::as_slice)
}

/// The opposite of a word: instruments and ornaments do not play, styles lose their votes, feelings and
/// voices turn round, a refused gender is the other one.
pub(super) fn negate(name: &str, facet: Facet, touch: &Touch) -> Touch {
    let mut out = Touch {
        plain: touch.ornaments.clone(),
        ..Touch::default()
    };
    if touch.drums.is_some_and(|d| d > 0.0) && (facet == Facet::Instrument || facet == Facet::Production) {
        out.drums = Some(0.0);
    }
    if touch.drums == Some(0.0) && facet == Facet::Instrument {
        out.drums = Some(1.0);
    }
    match facet {
        Facet::Instrument => {
            let mut refused: Vec<String> = family(name).to_vec();
            for key in touch.add.iter().chain(&touch.lead) {
                if !refused.contains(key) {
                    refused.push(key.clone());
                }
            }
            // The ornaments that only refused hands could play.
            for ornament in &style::extras().ornament {
                if ornament.instruments.iter().all(|k| refused.contains(k)) && !out.plain.contains(&ornament.id) {
                    out.plain.push(ornament.id.clone());
                }
            }
            out.without = refused;
            out.low_db = -touch.low_db;
            return out;
        }
        Facet::Genre => {
            let all = style::all()
                .iter()
                .any(|s| s.id.replace('_', " ") == name || s.label.eq_ignore_ascii_case(name))
                || matches!(
                    name,
                    "rap"
                        | "hip hop"
                        | "hip-hop"
                        | "electronic"
                        | "edm"
                        | "r&b"
                        | "soul"
                        | "bossa nova"
                        | "cinematic"
                        | "orchestral"
                );
            for (id, share) in &touch.styles {
                if *share >= 0.5 {
                    // The style by its own name goes altogether, one of its kinds takes most of a vote.
                    out.styles.insert(id.clone(), if all { -9.0 } else { -0.7 * share });
                }
            }
            out.rap = touch.rap.map(|r| !r);
        }
        Facet::Key => {}
        _ => {
            for (id, share) in &touch.styles {
                out.styles.insert(id.clone(), -0.5 * share);
            }
        }
    }
    out.mode = touch.mode.map(opposite).filter(|_| facet != Facet::Genre);
    out.gender = touch.gender.map(|g| match g {
        Gender::Female => Gender::Male,
        Gender::Male => Gender::Female,
    });
    out.tempo = touch.tempo.map(|t| 1.0 / t);
    out.colour = -touch.colour;
    out.energy = -touch.energy;
    out.density = -touch.density;
    out.swing = touch.swing.map(|_| 0.5);
    out.high_db = -touch.high_db;
    out.low_db = -touch.low_db;
    out.reverb = -touch.reverb;
    out.wet_db = -touch.wet_db;
    out.width = -touch.width;
    out.glue = -touch.glue;
    out.drive = -touch.drive;
    out.lofi = -touch.lofi;
    out.legato = -touch.legato;
    out.register = -touch.register;
    out.syllables = touch.syllables.map(|s| 1.0 / s);
    out.backing = -touch.backing;
    out.voice = touch.voice.as_ref().map(inverted);
    out
}

fn opposite(mode: Mode) -> Mode {
    if mode.is_minor() { Mode::Major } else { Mode::Minor }
}

/// A voice that is the contrary: clear for husky, plain for robotic.
fn inverted(v: &VoiceTouch) -> VoiceTouch {
    let factor = |f: f32| if f > 0.0 { (2.0 - f).clamp(0.5, 1.5) } else { 0.0 };
    VoiceTouch {
        blend: v.blend.iter().map(|(name, share)| (name.clone(), -share)).collect(),
        mixed: v.mixed,
        melisma: -v.melisma,
        warp: factor(v.warp),
        tilt_db: -v.tilt_db,
        breath: -v.breath,
        vibrato: factor(v.vibrato),
        glide_ms: -v.glide_ms,
        // Saturation, robot: at most nothing.
        drive: -v.drive,
        electric: -v.electric,
        density: -v.density,
        range: -v.range,
        reverb: -v.reverb,
        delay: -v.delay,
        gain_db: -v.gain_db,
    }
}

/// Something to play chords on when every chord player of a style was refused.
pub(crate) fn stand_in(refused: &[String]) -> Option<String> {
    [
        "piano",
        "electric piano",
        "acoustic guitar",
        "organ",
        "strings",
        "marimba",
        "warm pad",
        "harp",
    ]
    .into_iter()
    .find(|k| !refused.iter().any(|r| r == k) && instruments::find(k).is_some())
    .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_name_instruments_that_exist() {
        let guitars = family("guitar");
        assert!(guitars.len() > 8);
        let text: BTreeMap<String, Vec<String>> =
            toml::from_str(include_str!("../../data/vocabulary/families.toml")).expect("families.toml parses");
        for (name, members) in text {
            assert!(super::super::entry(&name).is_some(), "{name} is a word");
            for key in members {
                assert!(instruments::find(&key).is_some(), "{name}: {key}");
            }
        }
    }
}
