//! Cutting a run of Japanese into words: the likeliest path through all the words that could stand
//! there (Viterbi, over costs of words and of one kind after another).

use catbird_score::{Language, Syllable};

use crate::{
    Aids, SpeechError,
    script::{Letters, letters},
};

use super::{dictionary, kana, numerals, ruby::Ruby};

/// The longest entry of the user's own dictionary that is looked for, in characters.
const LONGEST_ENTRY: usize = 10;
// Costs of what is in no dictionary, in its steps.
const KATAKANA: i32 = 130;
const HIRAGANA: i32 = 170;
const REPEATED: i32 = 150;
const VOCABLE: i32 = 60;
const COUNTED: i32 = 70;
/// What a common word costs at most.
const COMMON: i32 = 118;
const GIVEN: i32 = 140;
/// What makes a word win whose reading the lyricist gave.
const CERTAIN: i32 = -2000;

/// How a word is said.
#[derive(Clone, Debug, PartialEq)]
pub enum Sound {
    /// In katakana, ー for length.
    Kana(String),
    /// As the user wants it.
    Said(Vec<Syllable>),
}

/// A word of the run.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// Its first character.
    pub start: usize,
    /// One past its last.
    pub end: usize,
    /// How it is said.
    pub sound: Sound,
    /// Whether て and た go on with it.
    pub joins: bool,
}

struct Node {
    piece: Piece,
    class: u16,
    cost: i32,
    /// The likeliest path here: its cost and the node before.
    best: Option<(i32, Option<usize>)>,
}

/// The words of `text[from..to]`, which has no blanks or punctuation.
///
/// # Errors
/// A kanji without a reading.
pub fn cut(text: &[char], (from, to): (usize, usize), rubies: &[Ruby], aids: &Aids) -> Result<Vec<Piece>, SpeechError> {
    let rubies: Vec<&Ruby> = rubies.iter().filter(|r| from <= r.start && r.end <= to).collect();
    let mut nodes: Vec<Node> = Vec::new();
    // Nodes that end at each place.
    let mut ending: Vec<Vec<usize>> = vec![Vec::new(); to - from + 1];
    for at in from..to {
        let reached = at == from || !ending[at - from].is_empty();
        if !reached {
            continue;
        }
        let first = nodes.len();
        candidates(text, at, to, aids, &mut nodes);
        constrain(&mut nodes, first, at, &rubies);
        for i in first..nodes.len() {
            let (class, cost) = (nodes[i].class, nodes[i].cost);
            let before = &ending[at - from];
            nodes[i].best = if at == from {
                Some((dictionary::joint(0, class) + cost, None))
            } else {
                before
                    .iter()
                    .filter_map(|&b| {
                        let so_far = nodes[b].best?.0;
                        Some((so_far + dictionary::joint(nodes[b].class, class) + cost, Some(b)))
                    })
                    .min()
            };
            if nodes[i].best.is_some() {
                ending[nodes[i].piece.end - from].push(i);
            }
        }
    }
    let last = ending[to - from]
        .iter()
        .filter_map(|&i| Some((nodes[i].best?.0 + dictionary::joint(nodes[i].class, 0), i)))
        .min();
    let Some((_, mut at)) = last else {
        return Err(unread(text, (from, to), &ending));
    };
    let mut path = vec![at];
    while let Some((_, Some(before))) = nodes[at].best {
        at = before;
        path.push(at);
    }
    Ok(path.iter().rev().map(|&i| nodes[i].piece.clone()).collect())
}

/// The first kanji that no path gets over.
fn unread(text: &[char], (from, to): (usize, usize), ending: &[Vec<usize>]) -> SpeechError {
    let stuck = (from..to)
        .rev()
        .find(|at| *at == from || !ending[at - from].is_empty())
        .unwrap_or(from);
    let character = text[stuck..to].iter().copied().find(|&c| letters(c) == Letters::Han);
    SpeechError::Character {
        character: character.unwrap_or(text[stuck]),
        language: Language::Japanese,
    }
}

/// Every word that could begin at `at`.
fn candidates(text: &[char], at: usize, to: usize, aids: &Aids, nodes: &mut Vec<Node>) {
    let mut add = |end: usize, sound: Sound, class: u16, cost: i32| {
        nodes.push(Node {
            piece: Piece {
                start: at,
                end,
                sound,
                joins: dictionary::joins(class),
            },
            class,
            cost,
            best: None,
        });
    };
    let rest = &text[at..to];
    let noun = dictionary::noun();
    if !aids.pronunciations.is_empty() {
        for n in 1..=LONGEST_ENTRY.min(rest.len()) {
            let word: String = rest[..n].iter().collect();
            if let Some(said) = aids
                .pronunciations
                .of(&word, Language::Japanese)
                .filter(|s| !s.is_empty())
            {
                add(at + n, Sound::Said(said), noun, CERTAIN * n as i32);
            }
        }
    }
    let listed = dictionary::words(rest);
    // 十分 is enough before it is ten minutes; 五月 is May before it is a name.
    let common = |n: usize| {
        listed
            .iter()
            .any(|(m, words)| *m == n && words.iter().any(|w| w.cost < COMMON))
    };
    let counted = numerals::kanji(&text[..to], at).filter(|n| !common(n.length));
    for (n, words) in &listed {
        for word in words {
            add(at + n, Sound::Kana(word.sound.clone()), word.class, word.cost);
        }
    }
    if let Some(n) = numerals::digits(&text[..to], at).or(counted) {
        add(at + n.length, Sound::Kana(n.sound), noun, COUNTED);
    }
    let run = |test: &dyn Fn(char) -> bool| rest.iter().take_while(|&&c| test(c)).count();
    match rest[0] {
        c @ ('ァ'..='ヺ' | 'ー') => {
            let n = run(&|c| matches!(c, 'ァ'..='ヺ' | 'ー'));
            if n > 1 {
                add(at + n, kana_of(&rest[..n]), noun, KATAKANA + 2 * n as i32);
            }
            add(at + 1, kana_of(&[c]), noun, HIRAGANA);
        }
        c @ 'ぁ'..='ゖ' => {
            // ラララ in hiragana is no grammar.
            let n = run(&|d| d == c);
            if n > 2 {
                add(at + n, kana_of(&rest[..n]), noun, VOCABLE);
            }
            add(at + 1, kana_of(&[c]), noun, HIRAGANA);
        }
        _ if rest.get(1) == Some(&'々') => {
            // A repetition that is not listed: the reading of the one, twice.
            for word in listed.iter().filter(|(n, _)| *n == 1).flat_map(|(_, w)| w) {
                add(
                    at + 2,
                    Sound::Kana(word.sound.repeat(2)),
                    word.class,
                    word.cost + REPEATED,
                );
            }
        }
        _ => {}
    }
}

fn kana_of(run: &[char]) -> Sound {
    Sound::Kana(run.iter().map(|&c| kana::katakana(c)).collect())
}

/// Takes out the words from `first` on that contradict a reading that the lyricist gave, and adds one
/// that does not.
fn constrain(nodes: &mut Vec<Node>, first: usize, at: usize, rubies: &[&Ruby]) {
    let mut i = first;
    while i < nodes.len() {
        let Piece { start, end, sound, .. } = &nodes[i].piece;
        let fits = rubies.iter().filter(|r| r.start < *end && *start < r.end).all(|r| {
            let read = match sound {
                Sound::Kana(sound) => sound,
                Sound::Said(_) => return *start <= r.start && r.end <= *end,
            };
            let (read, given) = (plain(read), plain(&r.sound));
            // 走(はし)る: the dictionary's word may go on.
            *start == r.start
                && if *end == r.end {
                    read == given
                } else {
                    *end > r.end && read.starts_with(&given)
                }
        });
        if fits {
            i += 1;
        } else {
            nodes.swap_remove(i);
        }
    }
    for ruby in rubies.iter().filter(|r| r.start == at) {
        nodes.push(Node {
            piece: Piece {
                start: at,
                end: ruby.end,
                sound: Sound::Kana(ruby.sound.clone()),
                joins: false,
            },
            class: dictionary::noun(),
            cost: GIVEN,
            best: None,
        });
    }
}

/// A reading as vowels and consonants alone, so that とう and トー are the same.
fn plain(sound: &str) -> String {
    kana::morae(&super::long_vowels(sound)).concat().replace('ʔ', "")
}
