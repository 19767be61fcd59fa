//! The languages with letter-to-sound rules: words, lines, numbers, and that nothing is ever left out.

use catbird_score::{
    Language::{self, English, French, German, Italian, Portuguese, Spanish},
    phoneme::{Class, class},
};
use catbird_speech::{Aids, Pronunciations, SpeechError, read, spelling};
use proptest::prelude::*;

fn said_with(line: &str, language: Language, pronunciations: &Pronunciations) -> String {
    let aids = Aids {
        unknown: None,
        pronunciations,
    };
    let words = read(line, language, &aids).unwrap_or_else(|e| panic!("{line}: {e}"));
    let words: Vec<String> = words
        .iter()
        .map(|w| {
            let parts: Vec<&str> = w.syllables.iter().map(|s| s.phonemes.as_str()).collect();
            parts.join(".")
        })
        .collect();
    words.join(" ")
}

fn said(line: &str, language: Language) -> String {
    said_with(line, language, &Pronunciations::default())
}

fn syllables(line: &str, language: Language) -> usize {
    said(line, language).split([' ', '.']).count()
}

#[test]
fn words_sound_as_their_language_wants() {
    let mut wrong = Vec::new();
    for (language, word, want) in [
        (Spanish, "corazón", "kˌo.ɾa.sˈon"),
        (Spanish, "guitarra", "ɡi.tˈa.ra"),
        (Spanish, "vergüenza", "beɾ.ɣwˈɛn.sa"),
        (Spanish, "lluvia", "ʝˈu.βja"),
        (Spanish, "aire", "ˈI.ɾe"),
        (Spanish, "país", "pa.ˈis"),
        (Spanish, "México", "mˈɛ.xi.ko"),
        (Spanish, "exacto", "ek.sˈak.to"),
        (Spanish, "construir", "kons.tɾwˈiɾ"),
        (Italian, "gli", "ʎɪ"),
        (Italian, "notte", "nˈɔ.tːe"),
        (Italian, "cuore", "kwˈɔ.re"),
        (Italian, "parlano", "pˈar.la.no"),
        (Italian, "lontano", "lon.tˈa.no"),
        (Italian, "felicità", "fe.lˌi.ʧi.tˈa"),
        (Italian, "l'acqua", "lˈa.kːwa"),
        (Italian, "sciogliere", "ʃˈɔ.ʎe.re"),
        (Portuguese, "coração", "ko.ɾa.sˈɐ\u{303}ʊ\u{303}"),
        (Portuguese, "tarde", "tˈaɾ.ʤy"),
        (Portuguese, "noite", "nˈoɪ.ʧy"),
        (Portuguese, "Brasil", "bra.zˈiʊ"),
        (Portuguese, "filho", "fˈi.ljʊ"),
        (Portuguese, "gente", "ʒˈAŋ.ʧy"),
        (Portuguese, "exame", "e.zˈɐ\u{303}.my"),
        (German, "Mädchen", "mˈɛːt.çən"),
        (German, "Nacht", "nˈaxt"),
        (German, "König", "kˈøː.nɪç"),
        (German, "verstehen", "fɛɾ.ʃtˈeː.ən"),
        (German, "Haustür", "hˈWs.tˌyːɾ"),
        (German, "Freundschaft", "fɾˈYnt.ʃˌaft"),
        (German, "Sternenhimmel", "ʃtˈɛɾ.nən.hˌɪ.məl"),
        (German, "Kinder", "kˈɪn.dɐ"),
        (French, "amour", "a.mˈuʁ"),
        (French, "enfant", "ɑ\u{303}.fˈɑ\u{303}"),
        (French, "soleil", "so.lˈɛj"),
        (French, "l'été", "le.tˈe"),
        (French, "bonheur", "bɔ.nˈœʁ"),
        (French, "nuit", "nɥˈi"),
        (French, "désert", "de.zˈɛʁ"),
        (French, "chanter", "ʃɑ\u{303}.tˈe"),
        (French, "aujourd'hui", "o.ʒuʁ.dɥˈi"),
    ] {
        if said(word, language) != want {
            wrong.push(format!("{word}: {}, not {want}", said(word, language)));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn a_line_has_as_many_syllables_as_a_singer_counts() {
    for (language, line, want) in [
        (Spanish, "Quiero bailar contigo toda la noche", 12),
        (Spanish, "La calle está vacía", 8),
        (Spanish, "Cada día más", 5),
        (Italian, "Volare nel blu dipinto di blu", 10),
        (Italian, "Buongiorno, amore mio", 8),
        (Italian, "Guardami negli occhi", 7),
        (Portuguese, "A saudade bate no meu peito", 10),
        (Portuguese, "As mãos e os corações", 7),
        (Portuguese, "Eu não quero mais chorar", 7),
        (German, "Ich liebe dich so sehr", 6),
        (German, "Schmetterlinge im Bauch", 6),
        (German, "Feuer und Wasser", 5),
        // The e of une, petite and fille is sung, that of danse at the end of the line is not.
        (French, "Une petite fille danse", 8),
        // … and none is sung before a vowel.
        (French, "Elle aime une étoile", 5),
        (French, "La vie en rose", 4),
    ] {
        assert_eq!(syllables(line, language), want, "{line}: {}", said(line, language));
    }
}

#[test]
fn words_bind_to_their_neighbours() {
    assert_eq!(said("les amis", French), "le za.mˈi");
    assert_eq!(said("les héros", French), "le e.ʁˈo");
    assert_eq!(said("un petit oiseau", French), "œ\u{303} pə.tˈi twa.zˈo");
    assert_eq!(said("nous, amis", French), "nu a.mˈi");
    assert_eq!(said("de dónde", Spanish), "de ðˈon.de");
    assert_eq!(said("un beso", Spanish), "ˈum bˈe.so");
    assert_eq!(said("os olhos", Portuguese), "ʊz ˈɔ.ljʊs");
}

#[test]
fn numbers_and_signs_are_spoken_out() {
    for (language, line, as_words) in [
        (Spanish, "1999", "mil novecientos noventa y nueve"),
        (Spanish, "100% de $5", "cien por ciento de cinco dólares"),
        (Spanish, "a las 7:30", "a las siete y media"),
        (Spanish, "el Sr. García & 21", "el señor García y veintiuno"),
        (French, "80 à 7:15", "quatre vingts à sept heures quinze"),
        (French, "Mme Duval, 3,5 €", "madame Duval, trois virgule cinq euros"),
        (German, "1999", "neunzehn hundert neun und neunzig"),
        (German, "um 7:30", "um sieben uhr dreißig"),
        (German, "die 80er", "die achtziger"),
        (Italian, "1.000.000 di stelle", "un milione di stelle"),
        (Italian, "28 %", "ventotto per cento"),
        (Portuguese, "2024", "dois mil e vinte e quatro"),
        (Portuguese, "o 1º dia", "o primeiro dia"),
    ] {
        let flat = |line: &str| said(line, language).replace([' ', '.'], "");
        assert_eq!(flat(line), flat(as_words), "{line}");
    }
    assert_eq!(syllables("DJ", German), 2);
}

#[test]
fn english_words_stay_english_and_no_script_is_mumbled() {
    assert!(said("baby, te quiero tonight", Spanish).ends_with("tə.nˈIt"));
    let aids = Aids {
        unknown: None,
        pronunciations: &Pronunciations::default(),
    };
    assert!(matches!(
        read("te quiero Маша", Spanish, &aids),
        Err(SpeechError::Script(_))
    ));
}

#[test]
fn the_user_has_the_last_word() {
    let user = Pronunciations::parse([
        "Catbird = KAT-burd",
        "Nguyen = /wˈɪn/",
        "Zaire = za-i-re",
        "xylo = ksi-LO",
    ])
    .unwrap();
    assert_eq!(said_with("my catbird", English, &user), "mI kˈæt.bɜɹd");
    assert_eq!(said_with("Señor Nguyen", Spanish, &user), "se.ɲˈoɾ wˈɪn");
    assert_eq!(said_with("Zaire", Spanish, &user), "sa.ˈi.re");
    assert_eq!(said_with("xylo", German, &user), "ksiː.lˈoː");
    for (bad, why) in [
        ("Catbird KAT", "no “=”"),
        ("= KAT", "no word"),
        ("Catbird =", "nothing stands"),
        ("Catbird = /q8/", "no phoneme “8”"),
        ("Catbird = /kt/", "no vowel"),
        ("Catbird = /kæt", "missing"),
        ("Catbird = k4t", "“4” is no letter"),
    ] {
        let error = Pronunciations::parse([bad]).unwrap_err().to_string();
        assert!(error.contains(why), "{bad}: {error}");
    }
}

fn letters() -> impl Strategy<Value = String> {
    "([a-zA-Zñáéíóúüàèìòùâêôãõçäößœæ0-9'’.,&$%€:º -]|\\PC){0,60}"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn every_written_word_is_sung(line in letters(), which in 0..5usize) {
        let language = [Spanish, French, German, Italian, Portuguese][which];
        let user = Pronunciations::default();
        let aids = Aids { unknown: None, pronunciations: &user };
        let words = match read(&line, language, &aids) {
            Ok(words) => words,
            Err(error) => {
                prop_assert!(matches!(error, SpeechError::Script(_)), "{}", error);
                return Ok(());
            }
        };
        let texts: Vec<String> = words.iter().map(|w| w.text.clone()).collect();
        prop_assert_eq!(texts, spelling::written(&line).into_iter().map(|w| w.text).collect::<Vec<_>>());
        for word in &words {
            prop_assert!(!word.syllables.is_empty(), "{:?}", word);
            for s in &word.syllables {
                let classes: Vec<Class> = s.phonemes.chars().map(class).collect();
                prop_assert!(!classes.contains(&Class::Other), "{:?}", word);
                // One nucleus: its vowel symbols stand together, marks between them.
                let sounds: Vec<bool> = s
                    .phonemes
                    .chars()
                    .filter(|c| class(*c) != Class::Mark)
                    .map(|c| class(c) == Class::Vowel)
                    .collect();
                let runs = sounds.chunk_by(|a, b| a == b).filter(|r| r[0]).count();
                prop_assert_eq!(runs, 1, "{:?}", word);
                let longest = sounds.iter().filter(|v| **v).count();
                prop_assert!(longest <= 2, "{:?}", word);
            }
        }
    }
}
