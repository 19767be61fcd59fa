//! What the readers of Spanish, French, German, Italian and Portuguese share: a line is cut into
//! pieces (letters, numbers, signs), each piece is spelt out in the language and sounded by its
//! rules, then the line is joined (liaison, lenition) and cut into syllables.

use catbird_score::{
    Language, SungWord,
    phoneme::{Class, class},
};

use crate::{
    Aids, SpeechError, english,
    french::French,
    german::German,
    italian::Italian,
    language::{common_english, looks_english},
    piece::{self, Piece},
    portuguese::Portuguese,
    script::{Letters, letters},
    sounds,
    spanish::Spanish,
    spelling,
};

/// A language with letter-to-sound rules.
pub(crate) trait Tongue: Sync {
    /// The sound of one word by itself, in the notation of [`sounds`]. `letters` is in lower case and
    /// may hold apostrophes.
    fn word(&self, letters: &str) -> String;

    /// The letters of a piece as the rules want them; German tells *Weg* from *weg* by the capital.
    fn letters(&self, written: &str) -> String {
        written.to_lowercase()
    }

    /// How a number below 10⁹ is spelt.
    fn cardinal(&self, n: u32) -> String;

    /// How a year is spelt, where it differs from a number.
    fn year(&self, n: u32) -> String {
        self.cardinal(n)
    }

    /// How the ordinal written with the ending `ending` (`º`, `ème`, `er`) is spelt, if it is one.
    fn ordinal(&self, n: u32, ending: &str) -> Option<String>;

    /// How hours and minutes are spelt.
    fn time(&self, hours: u32, minutes: u32) -> String;

    /// What stands between a number and its decimals.
    fn point(&self) -> &'static str;

    /// How a sign (`&`, `%`, `$` …) is said.
    fn sign(&self, sign: char) -> Option<&'static str>;

    /// What a letter is called.
    fn letter(&self, letter: char) -> Option<&'static str>;

    /// What an abbreviation stands for.
    fn abbreviation(&self, lower: &str) -> Option<&'static str>;

    /// Changes that sounds make to their neighbours in a line.
    fn join(&self, _line: &mut [Spoken]) {}
}

/// A spoken word of a line.
#[derive(Clone, Debug)]
pub(crate) struct Spoken {
    /// Its letters, lower case.
    pub spelling: String,
    /// Its sound, in the notation of [`sounds`].
    pub sound: String,
    /// Read as an English word: the rules of the line's language keep off.
    pub english: bool,
    /// The written word it belongs to.
    pub owner: usize,
    /// Whether a comma or the line's beginning stands before it.
    pub pause: bool,
    /// Whether it is the last of its line or a comma follows.
    pub last: bool,
}

/// The rules of a language, if it has rules of this kind.
pub(crate) fn of(language: Language) -> Option<&'static dyn Tongue> {
    Some(match language {
        Language::Spanish => &Spanish,
        Language::French => &French,
        Language::German => &German,
        Language::Italian => &Italian,
        Language::Portuguese => &Portuguese,
        Language::English | Language::Japanese | Language::Mandarin => return None,
    })
}

/// Signs at which a voice stops.
const PAUSES: [char; 14] = [',', '.', ';', ':', '!', '?', '…', '—', '–', '(', ')', '¿', '¡', '"'];

/// The words of a line in a language with rules.
pub(crate) fn read(
    line: &str,
    language: Language,
    tongue: &dyn Tongue,
    aids: &Aids,
) -> Result<Vec<SungWord>, SpeechError> {
    if let Some(script) = line.chars().find_map(|c| match letters(c) {
        Letters::Foreign(script) => Some(script),
        _ => None,
    }) {
        return Err(SpeechError::Script(script));
    }
    let written = spelling::written(line);
    let mut spoken = Vec::new();
    let mut at = 0;
    let mut abbreviated = false;
    for (owner, word) in written.iter().enumerate() {
        let found = line[at..].find(&word.text).map_or(at, |skip| at + skip);
        // The full stop of an abbreviation is no end of a sentence.
        let gap = line[at..found].trim_start_matches(if abbreviated { "." } else { "\0" });
        let pause = at == 0 || gap.contains(PAUSES);
        at = found + word.text.len();
        let dotted = line[at..].starts_with('.');
        abbreviated = dotted && tongue.abbreviation(&piece::plain(&word.text).to_lowercase()).is_some();
        let first = spoken.len();
        for spelling in said(&word.text, dotted, tongue) {
            spoken.push(Spoken {
                spelling,
                sound: String::new(),
                english: false,
                owner,
                pause: false,
                last: false,
            });
        }
        if let Some(s) = spoken.get_mut(first) {
            s.pause = pause;
        }
    }
    for i in 0..spoken.len() {
        let english = |k: Option<usize>| {
            let word = k.and_then(|k| spoken.get(k)).map(|s| s.spelling.as_str());
            word.map_or((false, false), |w| {
                (common_english(w, language), looks_english(w, language))
            })
        };
        let (common, looks) = english(Some(i));
        // but, not, see are words of others too: they are English beside another English word.
        let beside = [i.checked_sub(1), Some(i + 1)]
            .into_iter()
            .any(|k| english(k) != (false, false));
        spoken[i].english = looks || common && beside;
        spoken[i].sound = if spoken[i].english {
            borrowed(&spoken[i].spelling)
        } else {
            tongue.word(&spoken[i].spelling)
        };
    }
    for i in 0..spoken.len() {
        spoken[i].last = spoken.get(i + 1).is_none_or(|next| next.pause);
    }
    tongue.join(&mut spoken);
    let mut words: Vec<SungWord> = written
        .into_iter()
        .map(|w| SungWord {
            text: w.text,
            syllables: Vec::new(),
        })
        .collect();
    for s in &spoken {
        words[s.owner].syllables.extend(sounds::syllables(&s.sound, language));
    }
    for word in &mut words {
        if word.syllables.is_empty() {
            word.syllables = sounds::syllables("ə", language);
        }
    }
    aids.pronunciations.apply(&mut words, language);
    Ok(words)
}

/// An English word in a line of another language, sung as English.
fn borrowed(word: &str) -> String {
    let parts: Vec<String> = english::alone(word).into_iter().map(|s| s.phonemes).collect();
    parts.join(".")
}

/// The words that are said for one written word.
fn said(text: &str, dotted: bool, tongue: &dyn Tongue) -> Vec<String> {
    let whole = piece::plain(text).to_lowercase();
    if let Some(long) = tongue.abbreviation(&whole)
        && (dotted || whole.chars().count() < 4)
    {
        return long.split(' ').map(str::to_owned).collect();
    }
    let mut out = Vec::new();
    let mut say = |text: &str| out.extend(text.split([' ', '-']).filter(|w| !w.is_empty()).map(str::to_owned));
    let pieces = piece::pieces(text);
    let mut i = 0;
    while i < pieces.len() {
        match &pieces[i] {
            Piece::Letters(letters) => {
                if let Some(spelt) = spelt(letters, tongue) {
                    say(&spelt);
                } else {
                    say(&unstretched(&tongue.letters(letters)));
                }
            }
            Piece::Sign(sign) => say(tongue.sign(*sign).unwrap_or_default()),
            Piece::Time(hours, minutes) => say(&tongue.time(*hours, *minutes)),
            Piece::Number { whole, decimals, year } => {
                if let Some(Piece::Letters(ending)) = pieces.get(i + 1)
                    && let Some(ordinal) = tongue.ordinal(*whole, &ending.to_lowercase())
                {
                    say(&ordinal);
                    i += 2;
                    continue;
                }
                say(&if *year {
                    tongue.year(*whole)
                } else {
                    tongue.cardinal(*whole)
                });
                if let Some(decimals) = decimals {
                    say(tongue.point());
                    for digit in decimals.chars().filter_map(|c| c.to_digit(10)) {
                        say(&tongue.cardinal(digit));
                    }
                }
            }
        }
        i += 1;
    }
    out
}

/// The letters' names where letters cannot be a word: `DJ`, `SMS`.
fn spelt(letters: &str, tongue: &dyn Tongue) -> Option<String> {
    let lower = letters.to_lowercase();
    let n = lower.chars().count();
    let vowel = lower.chars().any(|c| class(piece::base(c)) == Class::Vowel);
    let shouted = (2..=5).contains(&n) && letters.chars().all(char::is_uppercase);
    if vowel || !shouted {
        return None;
    }
    let names: Option<Vec<&str>> = lower.chars().map(|c| tongue.letter(c)).collect();
    names.map(|n| n.join(" "))
}

/// `nooooo` is *no*: a letter that stands three times or more stands once.
fn unstretched(word: &str) -> String {
    let chars: Vec<char> = word.chars().collect();
    let mut out = String::new();
    let mut i = 0;
    while i < chars.len() {
        let run = chars[i..].iter().take_while(|c| **c == chars[i]).count();
        out.extend(std::iter::repeat_n(chars[i], if run >= 3 { 1 } else { run }));
        i += run;
    }
    out
}
