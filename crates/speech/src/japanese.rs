//! Japanese lines to syllables: a mora is a syllable. Words are found with a dictionary, so that は, へ
//! and kanji are read by what stands around them; readings in brackets behind kanji win over it.

mod counters;
mod dictionary;
mod kana;
mod lattice;
mod numerals;
mod ruby;

use catbird_score::{SungWord, Syllable};

use crate::{
    Aids, SpeechError, english,
    mixture::{characters, latin},
    script::{Letters, letters},
};

use lattice::{Piece, Sound};

/// The words of a Japanese line; notes are empty. Latin words are read as English.
///
/// # Errors
/// A kanji without a reading in the dictionary, or a script that nobody sings.
pub fn read(line: &str, aids: &Aids) -> Result<Vec<SungWord>, SpeechError> {
    let (text, rubies) = ruby::part(&settled(&characters(line)));
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if let Some(end) = latin(&text, at) {
            let words: String = text[at..end].iter().collect();
            out.extend(english::read(&words, aids.unknown));
            at = end;
            continue;
        }
        let mut end = at;
        while let Some(n) = readable(&text, end) {
            end += n;
        }
        if end > at {
            let pieces = lattice::cut(&text, (at, end), &rubies, aids)?;
            words(&text, pieces, &mut out);
            at = end;
            continue;
        }
        if let Letters::Foreign(script) = letters(text[at]) {
            return Err(SpeechError::Script(script));
        }
        at += 1;
    }
    Ok(out)
}

/// The syllables of a word written in kana, for the user's own dictionary. `None` if it is not.
pub fn kana(text: &str) -> Option<Vec<Syllable>> {
    let text = characters(text);
    let all = text
        .iter()
        .all(|&c| letters(c) == Letters::Kana || matches!(c, ' ' | '-' | '・'));
    let morae = kana::morae(
        &text
            .into_iter()
            .filter(|&c| letters(c) == Letters::Kana)
            .collect::<String>(),
    );
    (all && !morae.is_empty()).then(|| morae.into_iter().map(syllable).collect())
}

/// A reading in katakana with its long vowels marked: とう is to-o, けい ke-e, くう ku-u.
fn long_vowels(kana: &str) -> String {
    let mut out = String::with_capacity(kana.len());
    let mut before = None;
    for c in kana.chars() {
        let own = kana::vowel(c);
        let long = matches!((c, before), ('ウ', Some(2 | 4)) | ('イ', Some(3)));
        out.push(if long { 'ー' } else { c });
        // あおう: the vowel before a length mark counts on.
        before = if c == 'ー' || long { None } else { own };
    }
    out
}

/// How many characters from `at` on belong to a run of words: a kana or kanji, a number in digits.
fn readable(text: &[char], at: usize) -> Option<usize> {
    let c = *text.get(at)?;
    if matches!(letters(c), Letters::Han | Letters::Kana) {
        return Some(1);
    }
    if latin(text, at).is_some() {
        return None;
    }
    numerals::digits(text, at).map(|n| n.length)
}

/// Repetition marks of kana spelt out, and waves that lengthen a kana.
fn settled(line: &[char]) -> Vec<char> {
    let mut out: Vec<char> = Vec::with_capacity(line.len());
    for &c in line {
        let before = out.last().copied();
        let after_kana = before.filter(|b| letters(*b) == Letters::Kana);
        out.push(match (c, after_kana) {
            ('ゝ' | 'ヽ', Some(b)) => b,
            ('ゞ' | 'ヾ', Some(b)) => characters(&format!("{b}\u{3099}")).first().copied().unwrap_or(b),
            ('〜' | '～' | '~', Some(_)) => 'ー',
            _ => c,
        });
    }
    out
}

/// What a verb goes on with.
const ENDINGS: [&str; 16] = [
    "て", "で", "た", "だ", "たら", "だら", "たり", "だり", "ちゃ", "じゃ", "てる", "でる", "てた", "でた", "てく",
    "でく",
];

/// Pieces as words. What is said in one go is one word: 書い and て, 好き and って, あ and ー.
fn words(text: &[char], pieces: Vec<Piece>, out: &mut Vec<SungWord>) {
    let mut open: Option<(String, String)> = None;
    let mut joins = false;
    let close = |open: &mut Option<(String, String)>, out: &mut Vec<SungWord>| {
        let Some((text, sound)) = open.take() else { return };
        let morae = kana::morae(&sound);
        if !morae.is_empty() {
            out.push(SungWord {
                text,
                syllables: morae.into_iter().map(syllable).collect(),
            });
        }
    };
    for piece in pieces {
        let written: String = text[piece.start..piece.end].iter().collect();
        match piece.sound {
            Sound::Said(syllables) => {
                close(&mut open, out);
                out.push(SungWord {
                    text: written,
                    syllables,
                });
            }
            Sound::Kana(sound) => match &mut open {
                Some((text, before))
                    if before.ends_with('ッ')
                        || sound.starts_with(['ッ', 'ー'])
                        || joins && ENDINGS.contains(&written.as_str()) =>
                {
                    text.push_str(&written);
                    before.push_str(&sound);
                }
                _ => {
                    close(&mut open, out);
                    open = Some((written, sound));
                }
            },
        }
        joins = piece.joins;
    }
    close(&mut open, out);
}

fn syllable(phonemes: String) -> Syllable {
    Syllable {
        phonemes,
        stress: 0,
        notes: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
