//! Which language a line and a song are in. The script decides where it can; among Latin letters the
//! common words do, then spellings that betray a language, then the English dictionary.

mod hints;
mod vocables;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use catbird_score::Language;

use crate::{
    SpeechError,
    english::dictionary,
    script::{Letters, letters},
    spelling,
};
use hints::hints;
use vocables::is_vocable;

/// The languages in Latin letters, in the order of [`Evidence`].
const LATIN: [Language; 6] = [
    Language::English,
    Language::Spanish,
    Language::French,
    Language::German,
    Language::Italian,
    Language::Portuguese,
];

/// How much speaks for each language of [`LATIN`].
type Evidence = [f64; LATIN.len()];

/// What the song's own language is worth in each of its lines, in words.
const AT_HOME: f64 = 0.6;

/// Bit `i` is set where the word is a common one of `LATIN[i]`.
static COMMON: LazyLock<BTreeMap<&'static str, u8>> = LazyLock::new(|| {
    let mut out = BTreeMap::new();
    let lists = [
        include_str!("../data/en/common.txt"),
        include_str!("../data/es/common.txt"),
        include_str!("../data/fr/common.txt"),
        include_str!("../data/de/common.txt"),
        include_str!("../data/it/common.txt"),
        include_str!("../data/pt/common.txt"),
    ];
    for (i, list) in lists.iter().enumerate() {
        let lines = list.lines().filter(|l| !l.starts_with('#'));
        for word in lines.flat_map(str::split_whitespace) {
            *out.entry(word).or_default() |= 1 << i;
        }
    }
    out
});

/// Languages that nobody sings, with words that are theirs alone.
static OTHERS: LazyLock<Vec<(&'static str, Vec<&'static str>)>> = LazyLock::new(|| {
    include_str!("../data/other.txt")
        .lines()
        .filter(|l| !l.starts_with('#'))
        .filter_map(|l| l.split_once('\t'))
        .map(|(name, words)| (name, words.split(' ').collect()))
        .collect()
});

/// The language of one line of a song that is mostly in `song`: what most of its words speak.
/// Vocables, numbers and names leave it where the song is.
pub fn language_of(line: &str, song: Language) -> Language {
    let (kana, han) = cjk(line);
    if kana > 0 {
        return Language::Japanese;
    }
    if han > 0 {
        return if song == Language::Japanese {
            song
        } else {
            Language::Mandarin
        };
    }
    let mut evidence = Evidence::default();
    for word in words(line) {
        add(&mut evidence, &word);
    }
    // A Latin line inside a Japanese or Chinese song is English unless it says otherwise.
    let home = LATIN.iter().position(|l| *l == song).unwrap_or(0);
    if let Some(e) = evidence.get_mut(home) {
        *e += AT_HOME;
    }
    if evidence.iter().all(|e| *e <= AT_HOME) && evidence[home] == AT_HOME {
        // Nothing tells: vocables are sung as the song sings.
        return song;
    }
    LATIN[best(&evidence, home)]
}

/// The language of a song: that of most of its words.
///
/// # Errors
/// [`SpeechError::Script`] or [`SpeechError::Language`] where something in it cannot be sung.
pub fn language_of_song<'a>(lines: impl IntoIterator<Item = &'a str>) -> Result<Language, SpeechError> {
    let (mut kana, mut han) = (0, 0);
    let mut all = Vec::new();
    for line in lines {
        for c in line.chars() {
            if let Letters::Foreign(script) = letters(c) {
                return Err(SpeechError::Script(script));
            }
        }
        let (k, h) = cjk(line);
        kana += k;
        han += h;
        all.extend(words(line));
    }
    let mut evidence = Evidence::default();
    for word in &all {
        add(&mut evidence, word);
    }
    // Two hanzi, or three kana, say about as much as a Latin word.
    let asian = kana as f64 / 3.0 + han as f64 / 2.0;
    if asian > 0.0 && asian >= evidence.iter().copied().fold(0.0, f64::max) {
        // A song in Japanese has kana in nearly every line; a few in a Chinese one are a quotation.
        return Ok(if kana * 6 >= han {
            Language::Japanese
        } else {
            Language::Mandarin
        });
    }
    refuse(&all, &evidence)?;
    Ok(LATIN[best(&evidence, 0)])
}

/// How many kana and how many hanzi stand in a line.
fn cjk(line: &str) -> (usize, usize) {
    let count = |want| line.chars().filter(|c| letters(*c) == want).count();
    (count(Letters::Kana), count(Letters::Han))
}

/// The language with most evidence; `home` wins draws.
fn best(evidence: &Evidence, home: usize) -> usize {
    let mut best = home;
    for (i, e) in evidence.iter().enumerate() {
        if *e > evidence[best] + 1e-9 {
            best = i;
        }
    }
    best
}

/// Songs in Latin letters that no voice sings: words of another language prevail, or hardly any word
/// is common in a language that is sung and most are in no dictionary.
fn refuse(words: &[String], evidence: &Evidence) -> Result<(), SpeechError> {
    let total = words.len() as f64;
    let known = evidence.iter().copied().fold(0.0, f64::max);
    let most = OTHERS
        .iter()
        .map(|(name, list)| (words.iter().filter(|w| list.contains(&w.as_str())).count(), name))
        .max_by_key(|(n, _)| *n);
    if let Some((n, name)) = most
        && n as f64 > known
        && (n >= 2 || total <= 3.0 && n >= 1)
    {
        return Err(SpeechError::Language(name));
    }
    if total >= 5.0 && known / total < 0.2 {
        let unknown = words.iter().filter(|w| !dictionary::knows(w)).count();
        if unknown as f64 / total > 0.5 {
            return Err(SpeechError::Language("the language of these words"));
        }
    }
    Ok(())
}

/// The words of a line that can tell a language, in lower case with straight apostrophes.
fn words(line: &str) -> Vec<String> {
    let mut out = Vec::new();
    let units: Vec<String> = spelling::written(line)
        .into_iter()
        .flat_map(|w| w.units)
        .map(|u| u.to_lowercase())
        .collect();
    for (i, unit) in units.iter().enumerate() {
        // la la la: short words that come twice in a row are sounds, whatever they mean elsewhere.
        let again = |k: Option<usize>| k.and_then(|k| units.get(k)).is_some_and(|u| u == unit);
        let sound = unit.chars().count() <= 3 && (again(i.checked_sub(1)) || again(Some(i + 1)));
        if !sound && unit.chars().any(char::is_alphabetic) && !is_vocable(unit) && letters_only_latin(unit) {
            out.push(unit.clone());
        }
    }
    out
}

fn letters_only_latin(word: &str) -> bool {
    word.chars()
        .all(|c| matches!(letters(c), Letters::Latin | Letters::None))
}

/// Adds what one word says.
fn add(evidence: &mut Evidence, word: &str) {
    let mut own = Evidence::default();
    let listed = |w: &str| COMMON.get(w).copied().unwrap_or_default();
    let mut mask = listed(word);
    // l'amour, d'amore, dell'anima: the article speaks for French or Italian, the rest for itself.
    if let Some((article, rest)) = word.split_once('\'')
        && rest.chars().count() > 1
    {
        let french = matches!(
            article,
            "d" | "l" | "j" | "qu" | "c" | "n" | "s" | "t" | "m" | "jusqu" | "lorsqu" | "puisqu"
        );
        let italian = matches!(
            article,
            "d" | "l"
                | "c"
                | "m"
                | "t"
                | "s"
                | "v"
                | "un"
                | "dell"
                | "nell"
                | "all"
                | "dall"
                | "sull"
                | "quell"
                | "quest"
                | "com"
                | "dov"
        );
        if !matches!(rest, "re" | "ll" | "ve" | "am" | "em" | "all") {
            let by_rest = listed(rest);
            for (i, is) in [(2, french), (4, italian)] {
                if is {
                    own[i] += if by_rest & (1 << i) != 0 { 1.4 } else { 0.8 };
                }
            }
        }
    }
    if word.chars().count() == 1 {
        // a, e, o, y are words of nearly everybody.
        mask = if word == "y" { mask & 0b10 } else { 0 };
        own.iter_mut()
            .enumerate()
            .for_each(|(i, o)| *o += if mask & (1 << i) != 0 { 0.5 } else { 0.0 });
    } else if mask != 0 {
        // A word of several languages says less for each.
        let share = if mask.is_power_of_two() { 1.0 } else { 0.8 };
        for (i, o) in own.iter_mut().enumerate() {
            *o += if mask & (1 << i) != 0 { share } else { 0.0 };
        }
    } else {
        for (i, hint) in hints(word).into_iter().enumerate() {
            own[i] += hint;
        }
        if word.is_ascii() && dictionary::knows_lower(word) {
            own[0] += 0.55;
        }
    }
    for (sum, o) in evidence.iter_mut().zip(own) {
        *sum += o.min(1.4);
    }
}

/// Whether a word is a common one of English that `home` does not have.
pub(crate) fn common_english(word: &str, home: Language) -> bool {
    let mask = COMMON.get(word).copied().unwrap_or_default();
    let own = LATIN.iter().position(|l| *l == home).map_or(0, |i| 1 << i);
    mask & 1 != 0 && mask & own == 0
}

/// Whether a word is in the English dictionary, on no list of another language, and written as `home` never
/// writes.
pub(crate) fn looks_english(word: &str, home: Language) -> bool {
    let never: &[&str] = match home {
        Language::German => &["wh", "ght", "ough"],
        _ => &["w", "sh", "ck", "ght"],
    };
    let mask = COMMON.get(word).copied().unwrap_or_default();
    never.iter().any(|n| word.contains(n)) && mask & !1 == 0 && word.is_ascii() && dictionary::knows_lower(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{English, French, German, Italian, Japanese, Mandarin, Portuguese, Spanish};

    #[test]
    fn english_names_vocables_and_numbers_are_english() {
        for text in [
            "Hold the light until the morning comes",
            "la la la, sha-na-na, oh oh oh, mmm",
            "1999",
            "",
            "C'est la vie, my darling, we said goodbye in Paris",
            "Señorita, I love it when you dance with me, mi amor",
            "I'm gonna ride my Cadillac to Albuquerque with José and Chloë",
            "Neon skyline burning, chrome heart turning",
            "Yo yo skrrt skrrt, drippin in designer, brr brr",
            "Jolene",
        ] {
            assert_eq!(language_of_song([text]), Ok(English), "{text}");
        }
    }

    #[test]
    fn each_language_is_known_by_a_line() {
        for (text, want) in [
            ("我爱你", Mandarin),
            ("きみがすき", Japanese),
            ("I love you so 我爱你 我的宝贝 每一天都想你 every day", Mandarin),
            ("君の名は", Japanese),
            ("Te quiero mucho, mi corazón, no puedo vivir sin ti", Spanish),
            ("Bésame mucho", Spanish),
            ("Caminando bajo la lluvia", Spanish),
            ("Je ne sais pas pourquoi je t'aime encore", French),
            ("Sous le ciel de Paris s'envole une chanson", French),
            ("Ich liebe dich und du liebst mich nicht", German),
            ("Schmetterlinge im Bauch", German),
            (
                "Volare nel blu dipinto, felice di stare con te che sei la mia vita",
                Italian,
            ),
            ("Nel silenzio della sera", Italian),
            ("Você não sabe o quanto eu quero o teu amor", Portuguese),
            ("A saudade bate no meu peito", Portuguese),
        ] {
            assert_eq!(language_of_song([text]), Ok(want), "{text}");
            assert_eq!(language_of(text, want), want, "{text}");
        }
    }

    #[test]
    fn a_line_may_leave_the_language_of_its_song() {
        for (line, song, want) in [
            ("Baby I want you tonight", Spanish, English),
            ("Baby, te quiero tanto", Spanish, Spanish),
            ("la la la", Spanish, Spanish),
            ("Oh oh oh 1999", French, French),
            ("Dale a tu cuerpo alegría", English, Spanish),
            ("Don't stop the music", Mandarin, English),
            ("Je t'aime, mon amour", English, French),
            ("La vida loca", English, Spanish),
            ("桜舞散", Japanese, Japanese),
            ("夜空", English, Mandarin),
            ("I love you, forever", Japanese, English),
        ] {
            assert_eq!(language_of(line, song), want, "{line}");
        }
    }

    #[test]
    fn what_nobody_sings_is_refused_by_name() {
        for (text, named) in [
            ("사랑해", "Korean"),
            ("Я тебя люблю", "Cyrillic"),
            ("أحبك", "Arabic"),
            ("I love you, σ' αγαπώ", "Greek"),
            ("Ik hou van jou en jij houdt niet van mij", "Dutch"),
            (
                "watashi wa anata ga suki desu kono sora no shita de",
                "Japanese in Latin letters",
            ),
            ("Seni seviyorum gözlerin bana bakarken kalbim duruyor", "Turkish"),
            ("Jag vill inte gå härifrån, det är för sent att vända", "Swedish"),
        ] {
            let error = language_of_song([text]).expect_err(text).to_string();
            assert!(error.contains(named), "{text}: {error}");
        }
    }
}
