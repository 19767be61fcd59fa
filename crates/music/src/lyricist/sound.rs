//! How a line sounds: its stresses, and what its end rhymes with.

use catbird_score::phoneme::{PRIMARY, SECONDARY};

use crate::words::{self, phonemes::is_vowel};

/// The sound of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sound {
    /// A stress for each syllable: 0 none, 1 secondary, 2 primary.
    pub stress: Vec<u8>,
    /// The last word from its last stressed vowel to its end.
    pub rhyme: String,
    /// The consonants before that vowel.
    pub onset: String,
    /// The last word, lower case.
    pub last: String,
}

impl Sound {
    /// Reads a text aloud.
    pub(super) fn of(text: &str) -> Self {
        let mut out = Self::default();
        for word in text.split_whitespace() {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '\'');
            let syllables = words::alone(word);
            if syllables.is_empty() {
                continue;
            }
            let weak = syllables.len() == 1 && is_weak(&word.to_lowercase());
            out.stress
                .extend(syllables.iter().map(|s| if weak { 0 } else { s.stress }));
            let from = syllables
                .iter()
                .rposition(|s| s.stress > 0)
                .unwrap_or(syllables.len() - 1);
            let tail: Vec<char> = syllables[from..]
                .iter()
                .flat_map(|s| s.phonemes.chars())
                .filter(|c| !matches!(*c, PRIMARY | SECONDARY))
                .map(plain)
                .collect();
            let vowel = tail.iter().position(|c| is_vowel(*c)).unwrap_or(0);
            out.onset = tail[..vowel].iter().collect();
            out.rhyme = tail[vowel..].iter().collect();
            out.last = word.to_lowercase();
        }
        out
    }

    /// The sound of this followed by `next`.
    pub(super) fn then(&self, next: &Self) -> Self {
        let mut stress = self.stress.clone();
        stress.extend(&next.stress);
        Self { stress, ..next.clone() }
    }

    /// Whether the ends make a perfect rhyme: the same from the stressed vowel on, different before
    /// it, and not the same word.
    pub(super) fn rhymes_with(&self, other: &Self) -> bool {
        self.rhyme == other.rhyme && self.onset != other.onset && self.last != other.last
    }
}

/// Flaps and the vowels of weak syllables are the same to the ear at a line's end.
fn plain(c: char) -> char {
    match c {
        'T' => 't',
        'ᵊ' | 'ᵻ' => 'ə',
        c => c,
    }
}

/// How badly a run of stresses scans: neighbouring stresses and long weak runs, 0 is best.
pub(super) fn roughness(stress: &[u8]) -> f64 {
    let clashes = stress.windows(2).filter(|w| w[0] == 2 && w[1] == 2).count() as f64;
    let lulls = stress.windows(3).filter(|w| w.iter().all(|s| *s == 0)).count() as f64;
    0.5 * clashes + 0.6 * lulls
}

/// How well two lines sung on one melody agree, 0 – 1.
pub(super) fn agreement(a: &[u8], b: &[u8]) -> f64 {
    let n = a.len().min(b.len());
    let same = |x: &u8, y: &u8| (*x > 0) == (*y > 0);
    if a.len() == b.len() {
        return a.iter().zip(b).filter(|(x, y)| same(x, y)).count() as f64 / n.max(1) as f64;
    }
    let matched = a.iter().rev().zip(b.iter().rev()).filter(|(x, y)| same(x, y)).count();
    matched as f64 / (n + 1) as f64
}

/// Words of one syllable that carry no beat.
fn is_weak(word: &str) -> bool {
    const WEAK: &str = " the a an of to in on at and or but for with from by as is are was were be am been it its it's \
        that than if my your his her our their we you he she they i i'm i'll i'd i've you're we're they're he's she's \
        me him them us do does did can will would could should have has had so there this just when till while what \
        who some no not nor you'll we'll there's that's let's like ";
    WEAK.contains(&format!(" {word} "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perfect_rhymes_only() {
        let rhyme = |a: &str, b: &str| Sound::of(a).rhymes_with(&Sound::of(b));
        assert!(rhyme("in the rain", "on the train"));
        assert!(rhyme("a stone", "on my own"));
        assert!(rhyme("water", "my daughter"));
        assert!(!rhyme("night", "tonight"), "the same onset is no rhyme");
        assert!(!rhyme("the sea", "the see"));
        assert!(!rhyme("home", "alone"));
        assert!(!rhyme("my name", "your name"));
    }

    #[test]
    fn stresses_are_counted() {
        assert_eq!(Sound::of("the kettle sings its one good note").stress.len(), 8);
        assert_eq!(Sound::of("it's the end of the day").stress, [0, 0, 2, 0, 0, 2]);
        assert!(roughness(&[0, 2, 0, 2]) < roughness(&[2, 2, 0, 0, 0, 2]));
        assert_eq!(agreement(&[0, 2, 0], &[0, 2, 0]), 1.0);
    }
}
