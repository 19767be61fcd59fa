use proptest::prelude::*;

use crate::{Aids, Pronunciations, SpeechError, japanese, script::Script};
use catbird_score::{
    Language, SungWord,
    phoneme::{Class, class},
};

fn read(line: &str) -> Result<Vec<SungWord>, SpeechError> {
    japanese::read(
        line,
        &Aids {
            unknown: None,
            pronunciations: &Pronunciations::default(),
        },
    )
}

/// Words as `text:mora.mora`.
fn said(line: &str) -> String {
    let word = |w: &SungWord| {
        let morae: Vec<&str> = w.syllables.iter().map(|s| s.phonemes.as_str()).collect();
        format!("{}:{}", w.text, morae.join("."))
    };
    read(line).unwrap().iter().map(word).collect::<Vec<_>>().join(" ")
}

/// The morae of a line alone.
fn morae(line: &str) -> String {
    let words = read(line).unwrap();
    let all: Vec<String> = words
        .into_iter()
        .flat_map(|w| w.syllables)
        .map(|s| s.phonemes)
        .collect();
    all.join(" ")
}

#[test]
fn particles_and_usual_readings() {
    assert_eq!(
        said("今日は空がとても青い"),
        "今日:kʲo.o は:βa 空:so.ɾa が:ɡa とても:to.te.mo 青い:a.o.i"
    );
    for (line, want) in [
        ("私は海へ行った", "βa ta ɕi βa ɯ mʲi e iʔ ta"),
        ("母は花の歯ブラシ", "ha ha βa ha na no ha bɯ ɾa ɕi"),
        ("一人の夜空", "çi to ɾʲi no jo ʣo ɾa"),
        ("君と明日を待つ", "kʲi mʲi to a ɕi ta o ma ʦɨ"),
        ("部屋の中で", "he ja no na ka de"),
        ("世界中の人々", "se ka i ʥɨ ɨ no çi to bʲi to"),
        ("こんにちは", "ko ɲ ɲi ʨi βa"),
        ("歌を上手に歌えない", "ɯ ta o ʥo o zɨ ɲi ɯ ta e na i"),
    ] {
        assert_eq!(morae(line), want, "{line}");
    }
}

#[test]
fn every_mora_has_its_note_and_the_small_tsu_has_none() {
    assert_eq!(
        said("ずっと待っていたよ"),
        "ずっと:zɨʔ.to 待って:maʔ.te いた:i.ta よ:jo"
    );
    assert_eq!(said("好きって言って"), "好きって:sɨ.kʲiʔ.te 言って:iʔ.te");
    assert_eq!(said("飛んだ"), "飛んだ:to.n.da");
    assert_eq!(said("ハーモニー"), "ハーモニー:ha.a.mo.ɲi.i");
    assert_eq!(said("ららららら"), "ららららら:ɾa.ɾa.ɾa.ɾa.ɾa");
    assert_eq!(said("あ〜"), "あー:a.a");
    assert_eq!(said("ﾗﾌﾞｿﾝｸﾞ"), "ラブ:ɾa.bɯ ソング:so.ŋ.ɡɯ");
    assert_eq!(said("こゝろ"), "こころ:ko.ko.ɾo");
}

#[test]
fn readings_in_brackets_win() {
    assert_eq!(said("運命(さだめ)を生きる"), "運命:sa.da.me を:o 生きる:i.kʲi.ɾɯ");
    assert_eq!(said("本気《マジ》で走(はし)る"), "本気:ma.ʥi で:de 走る:ha.ɕi.ɾɯ");
    assert_eq!(said("｜あの場所《ここ》へ"), "あの場所:ko.ko へ:e");
    // 明日 is アシタ unless the lyricist says so.
    assert_eq!(said("明日(あす)"), "明日:a.sɨ");
    assert_eq!(said("鬱鬮(うた)"), "鬱鬮:ɯ.ta");
}

#[test]
fn numbers_take_their_counters_along() {
    assert_eq!(said("3時に1人で"), "3時:sa.ɲ.ʥi に:ɲi 1人:çi.to.ɾʲi で:de");
    assert_eq!(said("2024年の夏"), "2024年:ɲi.se.ɲ.ɲi.ʥɨ.ɨ.jo.ne.ɴ の:no 夏:na.ʦɨ");
    assert_eq!(said("百回"), "百回:çaʔ.ka.i");
    assert_eq!(said("１００％"), "100%:ça.kɯ.pa.a.se.n.to");
}

#[test]
fn latin_words_are_handed_over() {
    let words = read("君を love you 2回").unwrap();
    let texts: Vec<&str> = words.iter().map(|w| w.text.as_str()).collect();
    assert_eq!(texts, ["君", "を", "love", "you", "2回"]);
    assert!(words[2].syllables[0].phonemes.contains('ʌ'), "{words:?}");
}

#[test]
fn the_user_has_the_last_word() {
    let own = Pronunciations::parse(["永遠 = /to.wa/"]).unwrap();
    let aids = Aids {
        unknown: None,
        pronunciations: &own,
    };
    let words = japanese::read("永遠に君へ", &aids).unwrap();
    assert_eq!(words[0].text, "永遠");
    let morae: Vec<&str> = words[0].syllables.iter().map(|s| s.phonemes.as_str()).collect();
    assert_eq!(morae, ["to", "wa"]);
    assert_eq!(words.len(), 4);
}

#[test]
fn kana_are_read_for_the_users_dictionary() {
    let said =
        |text: &str| japanese::kana(text).map(|s| s.iter().map(|s| s.phonemes.clone()).collect::<Vec<_>>().join("."));
    assert_eq!(said("とわ").as_deref(), Some("to.βa"));
    assert_eq!(said("永遠"), None);
    assert_eq!(said(""), None);
}

#[test]
fn what_cannot_be_read_is_named() {
    assert_eq!(
        read("君と𰻝"),
        Err(SpeechError::Character {
            character: '𰻝',
            language: Language::Japanese
        })
    );
    assert_eq!(read("君と사랑"), Err(SpeechError::Script(Script::Hangul)));
    assert_eq!(read("…♪ 「」").unwrap(), []);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn any_kana_have_one_nucleus_a_mora(line in "[ぁ-ゖァ-ヺー0-9、 ]{0,30}") {
        for word in read(&line).unwrap() {
            prop_assert!(!word.syllables.is_empty());
            for s in &word.syllables {
                let vowels = s.phonemes.chars().filter(|c| class(*c) == Class::Vowel).count();
                let hummed = s.phonemes.chars().filter(|c| class(*c) == Class::Sonorant).count();
                prop_assert!(vowels == 1 || vowels == 0 && hummed == 1, "{:?}", word);
            }
        }
    }

    #[test]
    fn any_kanji_are_read_or_refused(line in "[一-龥々ぁ-んァ-ン（）《》｜]{0,20}") {
        match read(&line) {
            Ok(words) => prop_assert!(words.iter().all(|w| !w.syllables.is_empty())),
            Err(SpeechError::Character { character, .. }) => prop_assert!(line.contains(character)),
            Err(other) => prop_assert!(false, "{other}"),
        }
    }

    #[test]
    fn nothing_panics(line in "\\PC{0,40}") {
        let _ = read(&line);
    }
}
