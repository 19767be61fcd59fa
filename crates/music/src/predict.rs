//! Labels that were not given, told from the words. Word lists over the vocal vocabulary are counted
//! (`data/words/labels.toml`); a word of the description weighs as much as several of the lyrics.
//! Where nothing tells, the seed draws, so that two songs without labels are not alike.

use std::sync::LazyLock;

use catbird_score::{Dice, Gender};
use serde::Deserialize;

use crate::words::spelling;

/// Predicted labels in the vocal vocabulary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prediction {
    /// Genre (`Pop`).
    pub genre: &'static str,
    /// Mood (`Chill`).
    pub mood: &'static str,
    /// Whose voice.
    pub gender: Gender,
    /// Timbre of the voice (`Warm`).
    pub timbre: &'static str,
}

#[derive(Deserialize)]
struct Label {
    #[serde(rename = "label")]
    name: String,
    share: f64,
    words: Vec<String>,
}

#[derive(Deserialize)]
struct Lists {
    genre: Vec<Label>,
    mood: Vec<Label>,
    timbre: Vec<Label>,
    gender: Vec<Label>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    toml::from_str(include_str!("../data/words/labels.toml")).expect("labels.toml is checked by a test")
});

/// Words of the lyrics for one word of the description.
const DESCRIPTION_WEIGHT: f64 = 6.0;

/// What `lyrics` and `description` suggest; ties are broken by `seed`.
pub fn predict(lyrics: &str, description: &str, seed: u64) -> Prediction {
    let words = |text: &str| -> Vec<String> {
        spelling::written(text)
            .into_iter()
            .map(|w| w.text.to_lowercase())
            .collect()
    };
    let (sung, said) = (words(lyrics), words(description));
    let mut dice = Dice::new(seed, "labels");
    let mut best = |labels: &'static [Label]| -> &'static str {
        let total_share: f64 = labels.iter().map(|l| l.share).sum();
        let scores: Vec<f64> = labels
            .iter()
            .map(|label| {
                let hits = |words: &[String]| {
                    words
                        .iter()
                        .filter(|w| label.words.iter().any(|p| matches(p, w)))
                        .count() as f64
                };
                // The label's own words in the description settle it.
                let named = label
                    .name
                    .to_lowercase()
                    .split(['/', ' ', '_'])
                    .filter(|p| p.len() > 2 && *p != "audio" && *p != "timbre")
                    .any(|p| said.iter().any(|w| w == p));
                // A chorus repeats its words: what counts is that they are there, less how often.
                hits(&sung).sqrt() + DESCRIPTION_WEIGHT * (hits(&said) + f64::from(u8::from(named)))
            })
            .collect();
        let chance = dice.unit();
        let top = scores.iter().copied().fold(0.0, f64::max);
        // Labels about as well supported share the chance, by how usual they are.
        let near: Vec<usize> = (0..labels.len())
            .filter(|&i| scores[i] >= top * 0.85 || top < 1.0)
            .collect();
        let share = |i: usize| labels[i].share / total_share * (1.0 + scores[i]);
        let sum: f64 = near.iter().map(|&i| share(i)).sum();
        let mut left = chance * sum;
        for &i in &near {
            left -= share(i);
            if left < 0.0 {
                return labels[i].name.as_str();
            }
        }
        near.last().map_or("", |&i| labels[i].name.as_str())
    };
    let lists: &'static Lists = &LISTS;
    let (genre, mood, timbre) = (best(&lists.genre), best(&lists.mood), best(&lists.timbre));
    let gender = if best(&lists.gender) == "Male" {
        Gender::Male
    } else {
        Gender::Female
    };
    Prediction {
        genre,
        mood,
        gender,
        timbre,
    }
}

/// Whether `word` is the listed one; `shin*` stands for any ending.
fn matches(listed: &str, word: &str) -> bool {
    listed
        .strip_suffix('*')
        .map_or(listed == word, |stem| word.starts_with(stem))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_lists_cover_the_vocabulary() {
        assert_eq!(LISTS.genre.len(), 23);
        assert_eq!(LISTS.mood.len(), 13);
        assert_eq!(LISTS.timbre.len(), 9);
        assert!(
            LISTS
                .genre
                .iter()
                .chain(&LISTS.mood)
                .chain(&LISTS.timbre)
                .all(|l| l.share > 0.0 && !l.words.is_empty())
        );
    }

    #[test]
    fn words_tell_the_mood() {
        for seed in 0..8 {
            assert_eq!(
                predict("I cry my tears, so sad, broken and lost, goodbye", "", seed).mood,
                "Sorrow/Sad"
            );
            assert_eq!(
                predict("I miss you, gone so far, waiting without you, missing you", "", seed).mood,
                "Miss"
            );
            let p = predict("la la la", "a sultry jazz ballad for a female singer", seed);
            assert_eq!((p.genre, p.gender), ("Jazz", Gender::Female));
            assert_eq!(predict("la", "reggae, male vocals", seed).gender, Gender::Male);
        }
    }

    #[test]
    fn without_a_hint_the_seed_decides_and_repeats() {
        let all: Vec<Prediction> = (0..40).map(|seed| predict("la la la", "", seed)).collect();
        assert_eq!(
            all,
            (0..40).map(|seed| predict("la la la", "", seed)).collect::<Vec<_>>()
        );
        assert!(all.iter().map(|p| p.genre).collect::<BTreeSet<_>>().len() >= 6);
        assert!(all.iter().filter(|p| p.genre == "Pop").count() >= 4);
    }
}
