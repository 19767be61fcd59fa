//! Mandarin lines to syllables: one hanzi is one [`SungWord`] of one syllable. Two things differ: a
//! number is one word of as many syllables as it has hanzi, and the colloquial 儿 of 这儿 or 一会儿
//! falls into the syllable before it (in 花儿, 月儿 it is sung).

mod numerals;
pub(crate) mod pinyin;
mod readings;

use catbird_score::{Language, SungWord, Syllable};

use crate::{
    Aids, SpeechError, english, japanese,
    mixture::{characters, latin},
    script::{Letters, letters},
};

/// Words whose 儿 has no note of its own.
const COLLOQUIAL: [&str; 22] = [
    "这儿", "那儿", "哪儿", "这兒", "那兒", "哪兒", "点儿", "點兒", "会儿", "會兒", "玩儿", "玩兒", "事儿", "事兒",
    "劲儿", "勁兒", "味儿", "味兒", "块儿", "塊兒", "今儿", "明儿",
];

/// The longest entry of the user's own dictionary that is looked for, in hanzi.
const LONGEST_ENTRY: usize = 8;

/// The words of a Mandarin line, simplified or traditional; notes are empty. Latin words are read as
/// English, kana as Japanese.
///
/// # Errors
/// A hanzi that is in no dictionary, or a script that nobody sings.
pub fn read(line: &str, aids: &Aids) -> Result<Vec<SungWord>, SpeechError> {
    let line = characters(line);
    let mut out = Vec::new();
    let mut at = 0;
    while at < line.len() {
        let run = |test: &dyn Fn(char) -> bool| at + line[at..].iter().take_while(|&&c| test(c)).count();
        if let Some(end) = latin(&line, at) {
            let text: String = line[at..end].iter().collect();
            out.extend(english::read(&text, aids.unknown));
            at = end;
        } else if let Some(found) = numerals::numeral(&line, at) {
            let end = at + found.length;
            let syllables = hanzi(&found.spoken.chars().collect::<Vec<_>>())?;
            out.push(SungWord {
                text: line[at..end].iter().collect(),
                syllables,
            });
            at = end;
        } else {
            let end = match letters(line[at]) {
                Letters::Han => {
                    let end = run(&is_hanzi);
                    words(&line[at..end], aids, &mut out)?;
                    end
                }
                Letters::Kana => {
                    let end = run(&|c| letters(c) == Letters::Kana);
                    let text: String = line[at..end].iter().collect();
                    out.extend(japanese::read(&text, aids)?);
                    end
                }
                Letters::Foreign(script) => return Err(SpeechError::Script(script)),
                Letters::Latin | Letters::None => at + 1,
            };
            at = end;
        }
    }
    Ok(out)
}

/// The syllables of words written in pinyin, for the user's own dictionary: tone numbers and marks are
/// ignored, syllables are parted by blanks, hyphens or apostrophes. `None` if it is no pinyin.
pub fn pinyin(text: &str) -> Option<Vec<Syllable>> {
    let plain: String = text.to_lowercase().chars().filter_map(toneless).collect();
    let out: Option<Vec<_>> = plain
        .split([' ', '-', '\'', '’'])
        .filter(|s| !s.is_empty())
        .map(|s| pinyin::phonemes(s).map(syllable))
        .collect();
    out.filter(|o| !o.is_empty())
}

/// A hanzi run as words.
fn words(run: &[char], aids: &Aids, out: &mut Vec<SungWord>) -> Result<(), SpeechError> {
    let mut rest = 0;
    let mut at = 0;
    while at < run.len() {
        let Some((n, syllables)) = entry(&run[at..], aids) else {
            at += 1;
            continue;
        };
        plain_words(&run[rest..at], out)?;
        if syllables.len() == n {
            // Still one hanzi to the note.
            out.extend(run[at..at + n].iter().zip(syllables).map(|(c, s)| word(&[*c], s)));
        } else {
            out.push(SungWord {
                text: run[at..at + n].iter().collect(),
                syllables,
            });
        }
        at += n;
        rest = at;
    }
    plain_words(&run[rest..], out)
}

/// The user's own pronunciation of the hanzi that `run` begins with.
fn entry(run: &[char], aids: &Aids) -> Option<(usize, Vec<Syllable>)> {
    if aids.pronunciations.is_empty() {
        return None;
    }
    (1..=LONGEST_ENTRY.min(run.len())).rev().find_map(|n| {
        let text: String = run[..n].iter().collect();
        let said = aids.pronunciations.of(&text, Language::Mandarin)?;
        (!said.is_empty()).then_some((n, said))
    })
}

fn plain_words(run: &[char], out: &mut Vec<SungWord>) -> Result<(), SpeechError> {
    for (i, syllable) in hanzi(run)?.into_iter().enumerate() {
        let pair: String = run[i.saturating_sub(1)..=i].iter().collect();
        if COLLOQUIAL.contains(&pair.as_str())
            && let Some(last) = out.last_mut()
        {
            last.text.push(run[i]);
            if let Some(before) = last.syllables.last_mut() {
                before.phonemes.push_str(&syllable.phonemes);
            }
        } else {
            out.push(word(&run[i..=i], syllable));
        }
    }
    Ok(())
}

/// A syllable for each hanzi.
fn hanzi(run: &[char]) -> Result<Vec<Syllable>, SpeechError> {
    let unknown = |character| SpeechError::Character {
        character,
        language: Language::Mandarin,
    };
    let said = readings::readings(run).map_err(unknown)?;
    said.iter()
        .zip(run)
        .map(|(s, c)| pinyin::phonemes(s).map(syllable).ok_or(unknown(*c)))
        .collect()
}

fn word(text: &[char], syllable: Syllable) -> SungWord {
    SungWord {
        text: text.iter().collect(),
        syllables: vec![syllable],
    }
}

fn syllable(phonemes: String) -> Syllable {
    Syllable {
        phonemes,
        stress: 0,
        notes: Vec::new(),
    }
}

/// Hanzi, and the sign that repeats one.
fn is_hanzi(c: char) -> bool {
    letters(c) == Letters::Han
}

/// A letter of pinyin without its tone; nothing for tone numbers and combining marks.
fn toneless(c: char) -> Option<char> {
    Some(match c {
        'ā' | 'á' | 'ǎ' | 'à' => 'a',
        'ē' | 'é' | 'ě' | 'è' => 'e',
        'ī' | 'í' | 'ǐ' | 'ì' => 'i',
        'ō' | 'ó' | 'ǒ' | 'ò' => 'o',
        'ū' | 'ú' | 'ǔ' | 'ù' => 'u',
        'ü' | 'ǖ' | 'ǘ' | 'ǚ' | 'ǜ' => 'v',
        '1'..='5' | '\u{300}' | '\u{301}' | '\u{304}' | '\u{30c}' => return None,
        _ => c,
    })
}

#[cfg(test)]
mod tests;
