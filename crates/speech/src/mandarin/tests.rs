use proptest::prelude::*;

use crate::{Aids, Pronunciations, SpeechError, mandarin, script::Script};
use catbird_score::{
    Language, SungWord,
    phoneme::{Class, class},
};

fn read(line: &str) -> Result<Vec<SungWord>, SpeechError> {
    mandarin::read(
        line,
        &Aids {
            unknown: None,
            pronunciations: &Pronunciations::default(),
        },
    )
}

/// Words as `text:syllable.syllable`.
fn said(line: &str) -> String {
    spell(&read(line).unwrap())
}

fn spell(words: &[SungWord]) -> String {
    let word = |w: &SungWord| {
        let syllables: Vec<&str> = w.syllables.iter().map(|s| s.phonemes.as_str()).collect();
        format!("{}:{}", w.text, syllables.join("."))
    };
    words.iter().map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn one_hanzi_is_one_word_of_one_syllable() {
    assert_eq!(
        said("月亮慢慢爬上屋顶，"),
        "月:ɥe 亮:ljaŋ 慢:man 慢:man 爬:pʰa 上:ʂaŋ 屋:u 顶:tiŋ"
    );
    assert_eq!(said("女儿、月儿"), "女:ny 儿:ɚ 月:ɥe 儿:ɚ");
    for line in [
        "春天来了，花都开了。",
        "「請你原諒我」",
        "爱——爱！",
        "遠方的燈塔忽明忽暗",
    ] {
        for word in read(line).unwrap() {
            assert_eq!((word.text.chars().count(), word.syllables.len()), (1, 1), "{line}");
        }
    }
    assert_eq!(said("人们々"), "人:ɻən 们:mən 々:mən");
}

#[test]
fn the_colloquial_er_falls_into_its_syllable() {
    assert_eq!(said("你在哪儿"), "你:ni 在:ʦai 哪儿:naɚ");
    assert_eq!(said("一会儿"), "一:i 会儿:xweiɚ");
    assert_eq!(said("儿"), "儿:ɚ");
}

#[test]
fn numbers_are_one_word_each() {
    assert_eq!(said("2024年"), "2024:ɚ.liŋ.ɚ.sɨ 年:njɛn");
    assert_eq!(said("有50%的爱"), "有:jou 50%:pai.fən.ꭧɨ.u.ʂɨ 的:tɤ 爱:ai");
    assert_eq!(said("２个人"), "2:ljaŋ 个:kɤ 人:ɻən");
}

#[test]
fn latin_words_and_kana_are_handed_over() {
    let words = read("我 love you 到1999の夜").unwrap();
    let texts: Vec<&str> = words.iter().map(|w| w.text.as_str()).collect();
    assert_eq!(texts, ["我", "love", "you", "到", "1999", "の", "夜"]);
    assert!(words[1].syllables[0].phonemes.contains('ʌ'), "{words:?}");
    assert_eq!(words[5].syllables[0].phonemes, "no");
}

#[test]
fn the_user_has_the_last_word() {
    let own = Pronunciations::parse(["银行 = /in.ɕiŋ/"]).unwrap();
    let aids = Aids {
        unknown: None,
        pronunciations: &own,
    };
    let words = mandarin::read("去银行吧", &aids).unwrap();
    assert_eq!(spell(&words), "去:ʨʰy 银:in 行:ɕiŋ 吧:pa");
}

#[test]
fn pinyin_is_read_with_or_without_tones() {
    let said =
        |text: &str| mandarin::pinyin(text).map(|s| s.iter().map(|s| s.phonemes.clone()).collect::<Vec<_>>().join("."));
    assert_eq!(said("nǐ hǎo").as_deref(), Some("ni.xau"));
    assert_eq!(said("lü4-se4").as_deref(), Some("ly.sɤ"));
    assert_eq!(said("hello"), None);
    assert_eq!(said(""), None);
}

#[test]
fn what_cannot_be_read_is_named() {
    assert_eq!(
        read("我爱𰻝"),
        Err(SpeechError::Character {
            character: '𰻝',
            language: Language::Mandarin
        })
    );
    assert_eq!(read("我爱사랑"), Err(SpeechError::Script(Script::Hangul)));
    assert_eq!(read("…… ♪ ——").unwrap(), []);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn any_hanzi_have_one_nucleus_each(line in "[\u{4e00}-\u{9fa5}，。 0-9%.:/]{0,30}") {
        // A few of the block are Japanese units of weight, which nobody reads in Chinese.
        let words = match read(&line) {
            Ok(words) => words,
            Err(SpeechError::Character { character, .. }) => {
                prop_assert!(line.contains(character));
                return Ok(());
            }
            Err(other) => return Err(TestCaseError::fail(other.to_string())),
        };
        for word in words {
            prop_assert!(!word.syllables.is_empty());
            for s in &word.syllables {
                // One run of vowels, or a hummed consonant; nothing the voice does not know.
                let vowel: Vec<bool> = s.phonemes.chars().map(|c| class(c) == Class::Vowel).collect();
                let runs = vowel.chunk_by(|a, b| a == b).filter(|run| run[0]).count();
                prop_assert!(runs == 1 || runs == 0 && s.phonemes.chars().any(|c| class(c) == Class::Sonorant), "{}", s.phonemes);
                prop_assert!(s.notes.is_empty());
            }
        }
    }

    #[test]
    fn nothing_panics(line in "\\PC{0,40}") {
        let _ = read(&line);
    }
}
