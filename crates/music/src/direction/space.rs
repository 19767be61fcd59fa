//! The voice space: who sings as a mixture of the house voices ([`HOUSE`]). Words pull towards the voices
//! they name, the seed chooses the person among those that are left.

use std::collections::BTreeMap;

use catbird_score::{
    Blend, Dice, Gender,
    blend::{HOUSE, Share},
};

/// How usual each house voice is where nothing speaks for or against it.
const USUAL: [f32; HOUSE.len()] = [1.0, 2.0, 3.0, 2.0, 1.5, 2.0, 2.0, 3.0, 2.0, 1.0, 0.7];
/// The person's own share beside that of the words, at least.
const OWN: f32 = 0.45;
/// Shares below this are not heard and only cost time.
const LEAST: f32 = 0.04;

/// What words say about the point: a weight for each house voice, negative against it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Pull([f32; HOUSE.len()]);

impl Pull {
    /// A word's voices with its weight. Of a word that names voices of both genders those of the singer's count,
    /// unless it means the mixture.
    pub(super) fn add(&mut self, voices: &BTreeMap<String, f32>, weight: f32, gender: Gender, mixed: bool) {
        for (name, share) in voices {
            if let Some(i) = HOUSE.iter().position(|h| h.name == name)
                && (mixed || HOUSE[i].gender == gender)
            {
                self.0[i] += share * weight;
            }
        }
    }

    /// The point: a person drawn among the voices of `gender` that the words like best, moved towards all
    /// of those the words name.
    pub(super) fn point(&self, gender: Gender, dice: &mut Dice) -> Blend {
        let most = self.0.iter().copied().fold(0.0, f32::max);
        // What is only hinted at leaves the choice open.
        let sure = (most / 0.6).min(1.0);
        let liking: Vec<f64> = (0..HOUSE.len())
            .map(|i| {
                if HOUSE[i].gender != gender {
                    return 0.0;
                }
                let said = if self.0[i] < 0.0 {
                    0.02
                } else if most > 0.0 {
                    1.0 - sure + sure * (0.06 + self.0[i] / most)
                } else {
                    1.0
                };
                f64::from(USUAL[i] * said)
            })
            .collect();
        let person = dice.weighted(&liking);
        let beside = dice.weighted(&liking);
        let share = dice.between(0.1, 0.4) as f32;
        let mut weights = self.0.map(|w| w.max(0.0));
        let spoken: f32 = weights.iter().sum();
        let own = (1.0 - spoken).max(OWN * spoken.max(1.0));
        weights[person] += own * (1.0 - share);
        weights[beside] += own * share;
        blend(&weights)
    }
}

/// A blend of the weights, in hundredths so that it reads well, the strongest first.
pub(super) fn blend(weights: &[f32; HOUSE.len()]) -> Blend {
    let sum: f32 = weights.iter().sum();
    let mut shares: Vec<(usize, f32)> = weights
        .iter()
        .map(|w| w / sum.max(f32::MIN_POSITIVE))
        .enumerate()
        .filter(|(_, w)| *w >= LEAST)
        .collect();
    shares.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    Blend(
        shares
            .into_iter()
            .map(|(i, w)| Share {
                voice: HOUSE[i].name.to_owned(),
                share: (w * 100.0).round() / 100.0,
            })
            .collect(),
    )
}

/// The comfortable range of a blend: the mean of its voices' ranges.
pub(super) fn range(blend: &Blend, gender: Gender) -> [u8; 2] {
    let weights = blend.weights(gender);
    [0, 1].map(|end| {
        let mean: f32 = HOUSE
            .iter()
            .zip(weights)
            .map(|(h, w)| f32::from(h.range[end]) * w)
            .sum();
        mean.round() as u8
    })
}

/// The house voice of this name.
pub(super) fn house(name: &str) -> Option<&'static catbird_score::blend::HouseVoice> {
    HOUSE.iter().find(|h| h.name.eq_ignore_ascii_case(name.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_pull_and_seeds_choose_the_person() {
        let husky: BTreeMap<String, f32> = [("crane", 1.0), ("thrush", 0.8)].map(|(n, w)| (n.to_owned(), w)).into();
        let mut pull = Pull::default();
        pull.add(&husky, 1.0, Gender::Male, false);
        for seed in 0..20 {
            let blend = pull.point(Gender::Male, &mut Dice::new(seed, "singer"));
            let weights = blend.weights(Gender::Male);
            assert!(weights[8] > 0.6, "{blend:?}");
            assert!(
                HOUSE
                    .iter()
                    .zip(weights)
                    .all(|(h, w)| h.gender == Gender::Male || w == 0.0)
            );
        }
        let people: std::collections::BTreeSet<String> = (0..40)
            .map(|seed| {
                format!(
                    "{:?}",
                    Pull::default().point(Gender::Female, &mut Dice::new(seed, "singer"))
                )
            })
            .collect();
        assert!(people.len() > 20, "{}", people.len());
    }

    #[test]
    fn refused_voices_do_not_sing() {
        let deep: BTreeMap<String, f32> = [("raven".to_owned(), 1.0)].into();
        let mut pull = Pull::default();
        pull.add(&deep, -0.9, Gender::Male, false);
        let often = (0..200)
            .filter(|seed| {
                pull.point(Gender::Male, &mut Dice::new(*seed, "singer"))
                    .weights(Gender::Male)[9]
                    > 0.3
            })
            .count();
        assert!(often < 4, "{often}");
    }

    #[test]
    fn ranges_are_those_of_the_voices() {
        assert_eq!(range(&Blend::of("raven"), Gender::Male), [38, 60]);
        assert_eq!(range(&Blend::default(), Gender::Female), [55, 76]);
        let half = blend(&std::array::from_fn(|i| {
            f32::from(u8::from(["thrush", "raven"].contains(&HOUSE[i].name)))
        }));
        assert_eq!(range(&half, Gender::Male), [45, 66]);
    }
}
