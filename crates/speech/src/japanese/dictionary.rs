//! The dictionary of Japanese and its word model: how words sound, how likely they are, and how likely
//! it is that one kind of word follows another. Derived from `UniDic` by `tools/speech/japanese.py`,
//! which describes the file.

use std::{io::Read, sync::LazyLock};

use flate2::read::ZlibDecoder;

use super::kana::katakana;

/// Costs are stored with this added.
const COST_BIAS: i32 = 32;
/// The first katakana of sounds.
const FIRST_KANA: u32 = 0x30a1;
/// The code of ー in sounds.
const LENGTH_MARK: u8 = 90;

static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| {
    let mut bytes = Vec::new();
    ZlibDecoder::new(include_bytes!("../../data/ja/words.bin").as_slice())
        .read_to_end(&mut bytes)
        .expect("words.bin is a zlib stream");
    decode(&bytes).expect("words.bin is what tools/speech/japanese.py writes")
});

/// A way to read a surface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// How it sounds, in katakana; ー lengthens.
    pub sound: String,
    /// What kind of word it is; 0 is the end of a line.
    pub class: u16,
    /// −700 ln p, in steps of 64.
    pub cost: i32,
}

struct Dictionary {
    classes: usize,
    /// Steps of cost of a class (row) after another (column).
    after: Vec<i8>,
    /// Whether て and た go on with a word of the class.
    joining: Vec<bool>,
    /// Surfaces, sorted by code points, one behind the other.
    surfaces: Vec<char>,
    /// Where each surface begins in `surfaces`, and the end.
    starts: Vec<u32>,
    /// Index of each surface's first entry, and the end.
    firsts: Vec<u32>,
    /// Where the sound of each entry begins in `sounds`.
    sound_starts: Vec<u32>,
    /// How many characters the surface ends with as it sounds, how many kana stand before, these kana.
    sounds: Vec<u8>,
    kinds: Vec<u16>,
    costs: Vec<u8>,
}

/// What it costs that a word of class `next` follows one of class `before`.
pub fn joint(before: u16, next: u16) -> i32 {
    let d = &*DICTIONARY;
    i32::from(d.after[usize::from(next) * d.classes + usize::from(before)])
}

/// Whether words of a class are continued by て and た: verbs and adjectives in that form.
pub fn joins(class: u16) -> bool {
    DICTIONARY.joining.get(usize::from(class)).copied().unwrap_or(false)
}

/// All the words that `text` begins with: their length in characters and ways to read them.
pub fn words(text: &[char]) -> Vec<(usize, Vec<Word>)> {
    let d = &*DICTIONARY;
    let (mut low, mut high) = (0, d.starts.len() - 1);
    let mut out = Vec::new();
    for n in 1..=text.len() {
        let prefix = &text[..n];
        let first = |test: &dyn Fn(&[char]) -> bool| {
            let (mut from, mut to) = (low, high);
            while from < to {
                let middle = usize::midpoint(from, to);
                if test(d.surface(middle)) {
                    to = middle;
                } else {
                    from = middle + 1;
                }
            }
            from
        };
        let begin = first(&|s| s >= prefix);
        let end = first(&|s| s[..s.len().min(n)] > *prefix);
        (low, high) = (begin, end);
        if low >= high {
            break;
        }
        if d.surface(low) == prefix {
            out.push((n, d.entries(low)));
        }
    }
    out
}

/// The class of common nouns, for words that are not listed.
pub fn noun() -> u16 {
    static NOUN: LazyLock<u16> = LazyLock::new(|| {
        let listed = words(&['夜', '空']).pop().expect("夜空 is listed");
        listed.1[0].class
    });
    *NOUN
}

impl Dictionary {
    fn surface(&self, i: usize) -> &[char] {
        &self.surfaces[self.starts[i] as usize..self.starts[i + 1] as usize]
    }

    fn entries(&self, surface: usize) -> Vec<Word> {
        let written = self.surface(surface);
        (self.firsts[surface] as usize..self.firsts[surface + 1] as usize)
            .map(|e| {
                let at = self.sound_starts[e] as usize;
                let (tail, head) = (usize::from(self.sounds[at]), usize::from(self.sounds[at + 1]));
                let mut sound: String = self.sounds[at + 2..at + 2 + head]
                    .iter()
                    .filter_map(|&c| kana(c))
                    .collect();
                sound.extend(written[written.len() - tail..].iter().map(|&c| katakana(c)));
                Word {
                    sound,
                    class: self.kinds[e],
                    cost: i32::from(self.costs[e]) - COST_BIAS,
                }
            })
            .collect()
    }
}

fn kana(code: u8) -> Option<char> {
    if code == LENGTH_MARK {
        Some('ー')
    } else {
        char::from_u32(FIRST_KANA + u32::from(code))
    }
}

/// `None` if the bytes end early or do not fit each other.
fn decode(bytes: &[u8]) -> Option<Dictionary> {
    let mut rest = bytes;
    let mut take = |n: usize| {
        let (head, tail) = rest.split_at_checked(n)?;
        rest = tail;
        Some(head)
    };
    let mut number = || Some(u32::from_le_bytes(take(4)?.try_into().ok()?) as usize);
    let (classes, surfaces, entries) = (number()?, number()?, number()?);
    let mut d = Dictionary {
        classes,
        after: take(classes * classes)?.iter().map(|b| b.cast_signed()).collect(),
        joining: take(classes)?.iter().map(|&b| b != 0).collect(),
        surfaces: Vec::new(),
        starts: vec![0],
        firsts: vec![0],
        sound_starts: Vec::with_capacity(entries),
        sounds: Vec::new(),
        kinds: Vec::new(),
        costs: Vec::new(),
    };
    let mut before = 0;
    for _ in 0..surfaces {
        let [shared, own] = *take(2)? else { return None };
        let start = d.surfaces.len();
        for i in before..before + usize::from(shared) {
            d.surfaces.push(*d.surfaces.get(i)?);
        }
        for unit in take(2 * usize::from(own))?.chunks_exact(2) {
            d.surfaces
                .push(char::from_u32(u32::from(unit[0]) << 8 | u32::from(unit[1]))?);
        }
        before = start;
        d.starts.push(u32::try_from(d.surfaces.len()).ok()?);
    }
    for &count in take(surfaces)? {
        d.firsts.push(d.firsts.last()? + u32::from(count));
    }
    for _ in 0..entries {
        d.sound_starts.push(u32::try_from(d.sounds.len()).ok()?);
        let [tail, head] = *take(2)? else { return None };
        d.sounds.extend([tail, head]);
        d.sounds.extend(take(usize::from(head))?);
    }
    let (low, high) = (take(entries)?, take(entries)?);
    d.kinds = low
        .iter()
        .zip(high)
        .map(|(&l, &h)| u16::from_le_bytes([l, h]))
        .collect();
    d.costs = take(entries)?.to_vec();
    (rest.is_empty() && *d.firsts.last()? as usize == entries && d.kinds.iter().all(|&k| usize::from(k) < classes))
        .then_some(d)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sounds(surface: &str) -> Vec<String> {
        let text: Vec<char> = surface.chars().collect();
        let listed = words(&text).into_iter().find(|(n, _)| *n == text.len());
        listed.map_or(Vec::new(), |(_, words)| words.into_iter().map(|w| w.sound).collect())
    }

    #[test]
    fn common_words_are_listed_with_their_usual_reading_first() {
        for (surface, sound) in [
            ("今日", "キョー"),
            ("明日", "アシタ"),
            ("私", "ワタシ"),
            ("夜空", "ヨゾラ"),
            ("は", "ワ"),
            ("へ", "エ"),
            ("走っ", "ハシッ"),
            ("一人", "ヒトリ"),
        ] {
            assert_eq!(sounds(surface).first().map(String::as_str), Some(sound), "{surface}");
        }
        assert!(sounds("夜空鬱").is_empty());
    }

    #[test]
    fn all_words_at_a_place_are_found() {
        let text: Vec<char> = "夜空に".chars().collect();
        let lengths: Vec<usize> = words(&text).iter().map(|(n, _)| *n).collect();
        assert_eq!(lengths, [1, 2]);
        assert!(words(&[]).is_empty());
    }
}
