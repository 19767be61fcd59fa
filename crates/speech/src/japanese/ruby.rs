//! Readings that the lyricist wrote behind the kanji: 運命(さだめ), 運命《さだめ》, ｜今日《いま》.

use crate::script::{Letters, letters};

use super::kana;

/// Part of a line whose reading is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruby {
    /// The first character.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// Its reading as it sounds, in katakana.
    pub sound: String,
}

/// The line without its readings, and the readings.
pub fn part(line: &[char]) -> (Vec<char>, Vec<Ruby>) {
    let mut text = Vec::with_capacity(line.len());
    let mut rubies: Vec<Ruby> = Vec::new();
    // Where a base that is marked with a bar begins.
    let mut bar = None;
    let mut i = 0;
    while i < line.len() {
        let c = line[i];
        if matches!(c, '｜' | '|') {
            bar = Some(text.len());
        } else if let Some(close) = closing(c)
            && let Some(n) = line[i + 1..].iter().position(|&d| d == close)
            && let Some(sound) = sound(&line[i + 1..i + 1 + n])
        {
            let kanji = text.iter().rev().take_while(|&&d| is_kanji(d)).count();
            let start = bar.take().unwrap_or(text.len() - kanji);
            let free = rubies.last().is_none_or(|r| r.end <= start);
            if start < text.len() && free {
                rubies.push(Ruby {
                    start,
                    end: text.len(),
                    sound,
                });
                i += n + 2;
                continue;
            }
            text.push(c);
        } else {
            text.push(c);
        }
        i += 1;
    }
    (text, rubies)
}

fn closing(open: char) -> Option<char> {
    Some(match open {
        '(' => ')',
        '（' => '）',
        '《' => '》',
        '[' => ']',
        '〔' => '〕',
        _ => return None,
    })
}

fn is_kanji(c: char) -> bool {
    letters(c) == Letters::Han
}

/// A reading in kana as it sounds: おう and えい inside it are long vowels, as they are in nearly every
/// reading of kanji.
fn sound(reading: &[char]) -> Option<String> {
    let mut out = String::new();
    for &c in reading.iter().filter(|c| **c != ' ' && **c != '・') {
        if letters(c) != Letters::Kana {
            return None;
        }
        out.push(kana::katakana(c));
    }
    let long = super::long_vowels(&out);
    (!long.is_empty()).then_some(long)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parted(line: &str) -> (String, Vec<(usize, usize, String)>) {
        let (text, rubies) = part(&line.chars().collect::<Vec<_>>());
        let rubies = rubies.into_iter().map(|r| (r.start, r.end, r.sound)).collect();
        (text.into_iter().collect(), rubies)
    }

    #[test]
    fn readings_are_found_behind_their_kanji() {
        assert_eq!(
            parted("この運命(さだめ)を生きる"),
            ("この運命を生きる".into(), vec![(2, 4, "サダメ".into())])
        );
        assert_eq!(
            parted("東京《とうきょう》へ"),
            ("東京へ".into(), vec![(0, 2, "トーキョー".into())])
        );
        assert_eq!(
            parted("ああ｜今日という日《いま》"),
            ("ああ今日という日".into(), vec![(2, 8, "イマ".into())])
        );
        // Sung in brackets, not read from them.
        assert_eq!(parted("そうさ(そうさ)"), ("そうさ(そうさ)".into(), vec![]));
        assert_eq!(parted("夢(dream)"), ("夢(dream)".into(), vec![]));
        assert_eq!(parted("夢(ゆめ"), ("夢(ゆめ".into(), vec![]));
        assert_eq!(parted("(ゆめ)"), ("(ゆめ)".into(), vec![]));
    }
}
