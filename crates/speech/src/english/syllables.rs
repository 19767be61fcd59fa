//! Phonemes to syllables: one vowel each, the longest legal onset to the right (maximal onset
//! principle). The stress mark keeps its place before the vowel, as in the voice's training text.

use catbird_score::{
    Syllable,
    phoneme::{PRIMARY, SECONDARY},
};

use super::phonemes::is_vowel;

/// Consonant clusters that may begin an English syllable inside a word.
const ONSETS: [&str; 49] = [
    "pl", "pɹ", "pj", "bl", "bɹ", "bj", "tɹ", "tw", "tj", "dɹ", "dw", "dj", "kl", "kɹ", "kw", "kj", "ɡl", "ɡɹ", "ɡw",
    "fl", "fɹ", "fj", "θɹ", "θw", "ʃɹ", "sp", "st", "sk", "sm", "sn", "sl", "sw", "sf", "vj", "mj", "nj", "hj", "hw",
    "lj", "spl", "spɹ", "spj", "stɹ", "skɹ", "skw", "skj", "stj", "vl", "ʃw",
];

/// The syllables of one word. A word without a vowel gets one.
pub fn syllables(phonemes: &str) -> Vec<Syllable> {
    let mut out = Vec::new();
    for part in phonemes.split(' ').filter(|p| !p.is_empty()) {
        one_word(part, &mut out);
    }
    out
}

/// A consonant, or a vowel with its stress (0, 1, 2).
#[derive(Clone, Copy)]
enum Sound {
    Consonant(char),
    Vowel(char, u8),
}

fn one_word(part: &str, out: &mut Vec<Syllable>) {
    let mut sounds = Vec::new();
    let mut stress = 0;
    for c in part.chars() {
        match c {
            PRIMARY => stress = 2,
            SECONDARY => stress = stress.max(1),
            c if is_vowel(c) => {
                sounds.push(Sound::Vowel(c, stress));
                stress = 0;
            }
            c => sounds.push(Sound::Consonant(c)),
        }
    }
    if sounds.is_empty() {
        return;
    }
    if !sounds.iter().any(|s| matches!(s, Sound::Vowel(..))) {
        // "hm", "shh", a stray plural s: sung on a neutral vowel behind the first consonant.
        sounds.insert(1, Sound::Vowel('ə', stress));
    }
    let vowels: Vec<usize> = (0..sounds.len())
        .filter(|&i| matches!(sounds[i], Sound::Vowel(..)))
        .collect();
    let mut begin = 0;
    for (k, &v) in vowels.iter().enumerate() {
        let end = vowels.get(k + 1).map_or(sounds.len(), |&next| onset(&sounds, v, next));
        let mut phonemes = String::new();
        let mut level = 0;
        for sound in &sounds[begin..end] {
            match *sound {
                Sound::Consonant(c) => phonemes.push(c),
                Sound::Vowel(c, stress) => {
                    level = stress;
                    match stress {
                        2 => phonemes.push(PRIMARY),
                        1 => phonemes.push(SECONDARY),
                        _ => {}
                    }
                    phonemes.push(c);
                }
            }
        }
        out.push(Syllable {
            phonemes,
            stress: level,
            notes: Vec::new(),
        });
        begin = end;
    }
}

/// Where the onset of the vowel at `next` begins, behind the vowel at `vowel`.
fn onset(sounds: &[Sound], vowel: usize, next: usize) -> usize {
    let letter = |i: usize| match sounds[i] {
        Sound::Consonant(c) | Sound::Vowel(c, _) => c,
    };
    let mut begin = next;
    while begin > vowel + 1 {
        let cluster: String = (begin - 1..next).map(letter).collect();
        let legal = match cluster.chars().count() {
            1 => cluster != "ŋ",
            _ => ONSETS.contains(&cluster.as_str()),
        };
        if !legal {
            break;
        }
        begin -= 1;
    }
    // A flap closes nothing and a lone ɹ after a vowel belongs to it only when another follows.
    begin
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(phonemes: &str) -> String {
        syllables(phonemes)
            .iter()
            .map(|s| s.phonemes.clone())
            .collect::<Vec<_>>()
            .join(".")
    }

    #[test]
    fn onsets_are_as_long_as_the_language_allows() {
        assert_eq!(split("ɛkstɹˈɔɹdənˌɛɹi"), "ɛk.stɹˈɔɹ.də.nˌɛ.ɹi");
        assert_eq!(split("sˈɪŋɪŋ"), "sˈɪŋ.ɪŋ");
        assert_eq!(split("lˈɪTᵊl"), "lˈɪ.Tᵊl");
        assert_eq!(split("ɹˈɪðəm"), "ɹˈɪ.ðəm");
        assert_eq!(split("hm"), "həm");
        assert_eq!(split("nˈIntin nˈIndi"), "nˈIn.tin.nˈIn.di");
        assert_eq!(
            syllables("ˌʌndəɹstˈænd").iter().map(|s| s.stress).collect::<Vec<_>>(),
            [1, 0, 2]
        );
    }
}
