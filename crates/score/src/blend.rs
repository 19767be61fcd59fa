//! Who sings, as a point in the space that the house voices span.

use serde::{Deserialize, Serialize};

use crate::brief::Gender;

/// A voice of the house. The voice net knows it by its place in [`HOUSE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HouseVoice {
    /// Its name.
    pub name: &'static str,
    /// Whose voice.
    pub gender: Gender,
    /// What a listener would call it.
    pub character: &'static str,
    /// Lowest and highest comfortable MIDI pitch.
    pub range: [u8; 2],
}

/// The house voices, in the order in which the net learned them (`tools/voices/voices.json`).
pub const HOUSE: [HouseVoice; 11] = [
    voice("lark", Gender::Female, "soprano, bright", 58, 79),
    voice("wren", Gender::Female, "soprano, clear", 58, 79),
    voice("linnet", Gender::Female, "mezzo-soprano, warm", 55, 76),
    voice("dove", Gender::Female, "mezzo-soprano, airy", 55, 75),
    voice("thrush", Gender::Female, "alto, dark", 52, 72),
    voice("finch", Gender::Male, "tenor, bright", 47, 69),
    voice("robin", Gender::Male, "tenor, soft", 45, 67),
    voice("starling", Gender::Male, "baritone, clear", 43, 65),
    voice("crane", Gender::Male, "baritone, edgy", 42, 64),
    voice("raven", Gender::Male, "bass, dark", 38, 60),
    voice("siskin", Gender::Female, "soprano, light and young", 60, 81),
];

const fn voice(name: &'static str, gender: Gender, character: &'static str, low: u8, high: u8) -> HouseVoice {
    HouseVoice {
        name,
        gender,
        character,
        range: [low, high],
    }
}

/// A house voice and how much of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// Its name in [`HOUSE`].
    pub voice: String,
    /// Its weight, > 0; only the ratios count.
    pub share: f32,
}

/// A point in voice space: a mixture of house voices. Empty means the first voice of the singer's
/// gender, which is what scores written before there were house voices meant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Blend(pub Vec<Share>);

impl Blend {
    /// One house voice alone.
    pub fn of(voice: &str) -> Self {
        Self(vec![Share {
            voice: voice.to_owned(),
            share: 1.0,
        }])
    }

    /// The weight of each house voice, summing to 1. Unknown names and weights that are no positive
    /// numbers count as nothing; if nothing is left, the gender's usual voice sings.
    pub fn weights(&self, gender: Gender) -> [f32; HOUSE.len()] {
        let mut out = [0.0; HOUSE.len()];
        for Share { voice, share } in &self.0 {
            if let Some(i) = HOUSE.iter().position(|h| h.name == voice)
                && share.is_finite()
                && *share > 0.0
            {
                out[i] += share;
            }
        }
        let sum: f32 = out.iter().sum();
        if sum <= 0.0 {
            let usual = match gender {
                Gender::Female => "linnet",
                Gender::Male => "starling",
            };
            return Self::of(usual).weights(gender);
        }
        out.map(|w| w / sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_sum_to_one_whatever_was_asked() {
        let odd = Blend(vec![
            Share {
                voice: "lark".into(),
                share: 3.0,
            },
            Share {
                voice: "raven".into(),
                share: 1.0,
            },
            Share {
                voice: "nobody".into(),
                share: 5.0,
            },
            Share {
                voice: "wren".into(),
                share: f32::NAN,
            },
        ]);
        let weights = odd.weights(Gender::Female);
        assert!((weights[0] - 0.75).abs() < 1e-6 && (weights[9] - 0.25).abs() < 1e-6 && weights[1] == 0.0);
        assert_eq!(Blend::default().weights(Gender::Female)[2], 1.0);
        assert_eq!(Blend::of("nobody").weights(Gender::Male)[7], 1.0);
    }
}
