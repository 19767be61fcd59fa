//! A line of the score as the voice reads it: tokens for the network and tones in seconds.

use catbird_score::{
    Delivery, Language, Score, SungLine,
    phoneme::{self, Class},
};

use super::alphabet;

/// Notes closer than this (seconds) are sung on one breath; farther apart there is a rest.
pub const BRIDGE: f64 = 0.2;
/// The longest phoneme string the network reads at once; longer lines are cut between words.
const LONGEST: usize = 180;

/// A note in seconds of the file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tone {
    /// Begins.
    pub start: f64,
    /// Ends.
    pub end: f64,
    /// MIDI pitch.
    pub pitch: f64,
    /// MIDI velocity.
    pub velocity: f64,
}

/// A token's part in its syllable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Before the nucleus.
    Onset,
    /// The nucleus with its stress and length marks.
    Nucleus,
    /// After the nucleus.
    Coda,
    /// Between words.
    Gap,
}

/// One symbol the network reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// The symbol.
    pub symbol: char,
    /// Index of its syllable in the phrase (of the one before it for gaps).
    pub syllable: usize,
    /// Its part in the syllable.
    pub place: Place,
}

/// Words sung in one go.
#[derive(Clone, Debug, PartialEq)]
pub struct Phrase {
    /// What the network reads, pads excluded.
    pub tokens: Vec<Token>,
    /// The tones of each syllable, at least one each.
    pub syllables: Vec<Vec<Tone>>,
    /// Seconds of silence before the first note (infinite before the first phrase).
    pub rest_before: f64,
    /// Latest end of the last note in seconds: room for the next phrase's first consonants.
    pub latest_end: f64,
    /// In which language.
    pub language: Language,
    /// Sung or rapped.
    pub delivery: Delivery,
}

/// A line the voice cannot read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PhraseError {
    /// A symbol outside the alphabet.
    #[error("“{word}” has the phoneme “{symbol}”, which the voice does not know")]
    Symbol {
        /// The word as written.
        word: String,
        /// The symbol.
        symbol: char,
    },
    /// A syllable with nothing to sing.
    #[error("“{0}” has a syllable without phonemes")]
    Empty(String),
    /// A syllable without a note.
    #[error("“{0}” has a syllable without a note")]
    NoNote(String),
}

impl Phrase {
    /// Seconds at which the first note begins.
    pub fn start(&self) -> f64 {
        self.syllables[0][0].start
    }

    /// The ids the network reads, pads included.
    pub fn ids(&self) -> Vec<i32> {
        let inner = self
            .tokens
            .iter()
            .map(|t| alphabet::id(t.symbol).expect("tokens are made of known symbols"));
        std::iter::once(0).chain(inner).chain(std::iter::once(0)).collect()
    }
}

/// The phrases of one singer's lines, in order.
pub fn phrases(score: &Score, lines: &[&SungLine]) -> Result<Vec<Phrase>, PhraseError> {
    let mut out: Vec<Phrase> = Vec::new();
    for &line in lines {
        for words in cut(line) {
            if let Some(phrase) = phrase(score, line, words)? {
                out.push(phrase);
            }
        }
    }
    let mut last_end = f64::NEG_INFINITY;
    for i in 0..out.len() {
        out[i].rest_before = out[i].start() - last_end;
        last_end = out[i]
            .syllables
            .last()
            .and_then(|s| s.last())
            .map_or(last_end, |t| t.end);
        if let Some(next) = out.get(i + 1) {
            // About 80 ms a consonant are needed before the next vowel.
            let onset = next.tokens.iter().take_while(|t| t.place == Place::Onset).count();
            out[i].latest_end = next.start() - 0.02 - 0.08 * onset as f64;
        }
    }
    Ok(out)
}

/// Word ranges of a line, each short enough for the network: halved at the widest rest.
fn cut(line: &SungLine) -> Vec<std::ops::Range<usize>> {
    let size = |i: usize| {
        1 + line.words[i]
            .syllables
            .iter()
            .map(|s| s.phonemes.chars().count())
            .sum::<usize>()
    };
    let mut done = Vec::new();
    let mut open = Vec::from([(0, line.words.len())]);
    while let Some((from, to)) = open.pop() {
        let range = from..to;
        let total: usize = range.clone().map(size).sum();
        if total <= LONGEST || range.len() < 2 {
            done.push(range);
            continue;
        }
        let rest = |i: usize| {
            let end = line.words[i - 1]
                .syllables
                .last()
                .and_then(|s| s.notes.last())
                .map_or(0, |n| n.start + n.length);
            line.words[i]
                .syllables
                .first()
                .and_then(|s| s.notes.first())
                .map_or(0, |n| n.start.saturating_sub(end))
        };
        let middle = range.start + range.len() / 2;
        let at = (range.start + 1..range.end)
            .min_by_key(|&i| (std::cmp::Reverse(rest(i)), i.abs_diff(middle)))
            .expect("two words have one boundary");
        open.push((at, to));
        open.push((from, at));
    }
    done
}

fn phrase(score: &Score, line: &SungLine, words: std::ops::Range<usize>) -> Result<Option<Phrase>, PhraseError> {
    let mut tokens = Vec::new();
    let mut syllables: Vec<Vec<Tone>> = Vec::new();
    for word in &line.words[words] {
        for (i, syllable) in word.syllables.iter().enumerate() {
            let tones: Vec<Tone> = syllable
                .notes
                .iter()
                .map(|n| Tone {
                    start: score.tempo.seconds(n.onset()),
                    end: score.tempo.seconds(n.onset() + f64::from(n.length)),
                    pitch: f64::from(n.pitch),
                    velocity: f64::from(n.velocity),
                })
                .collect();
            let Some(first) = tones.first() else {
                return Err(PhraseError::NoNote(word.text.clone()));
            };
            if i == 0
                && let Some(before) = syllables.last().and_then(|s| s.last())
            {
                // A comma makes the network close the phrase as a speaker would.
                let gap = if first.start - before.end > BRIDGE { ", " } else { " " };
                let syllable = syllables.len() - 1;
                tokens.extend(gap.chars().map(|symbol| Token {
                    symbol,
                    syllable,
                    place: Place::Gap,
                }));
            }
            tokens.extend(spell(&syllable.phonemes, syllables.len(), &word.text)?);
            syllables.push(tones);
        }
    }
    if syllables.is_empty() {
        return Ok(None);
    }
    // Micro-timing may make neighbours overlap by a few milliseconds: the later one is right.
    let starts: Vec<f64> = syllables.iter().flatten().map(|t| t.start).collect();
    for (i, tone) in syllables.iter_mut().flatten().enumerate() {
        if let Some(next) = starts.get(i + 1) {
            tone.end = tone.end.min(*next);
        }
        tone.end = tone.end.max(tone.start + 0.02);
    }
    tokens.push(Token {
        symbol: '.',
        syllable: syllables.len() - 1,
        place: Place::Gap,
    });
    Ok(Some(Phrase {
        tokens,
        syllables,
        rest_before: f64::INFINITY,
        latest_end: f64::INFINITY,
        language: line.language,
        delivery: line.delivery,
    }))
}

/// The tokens of one syllable. Stress marks go right before the nucleus, where the network was
/// trained to find them. Without a vowel the first sonorant (or the last sound) is held.
fn spell(phonemes: &str, syllable: usize, word: &str) -> Result<Vec<Token>, PhraseError> {
    let is_stress = |c: char| c == phoneme::PRIMARY || c == phoneme::SECONDARY;
    let sounds: Vec<char> = phonemes.chars().filter(|&c| !is_stress(c)).collect();
    if let Some(&symbol) = sounds
        .iter()
        .find(|&&c| alphabet::id(c).is_none() || phoneme::class(c) == Class::Other)
    {
        return Err(PhraseError::Symbol {
            word: word.into(),
            symbol,
        });
    }
    let find = |class| sounds.iter().position(|&c| phoneme::class(c) == class);
    let last = sounds.iter().rposition(|&c| phoneme::class(c) != Class::Mark);
    let nucleus = find(Class::Vowel)
        .or_else(|| find(Class::Sonorant))
        .or(last)
        .ok_or_else(|| PhraseError::Empty(word.into()))?;
    let held = |c: char| matches!(phoneme::class(c), Class::Vowel | Class::Mark);
    let coda = (nucleus + 1..sounds.len())
        .find(|&i| !held(sounds[i]))
        .unwrap_or(sounds.len());
    let mut out = Vec::with_capacity(sounds.len() + 1);
    for (i, &symbol) in sounds.iter().enumerate() {
        let place = if i < nucleus {
            Place::Onset
        } else if i < coda {
            Place::Nucleus
        } else {
            Place::Coda
        };
        if i == nucleus {
            out.extend(phonemes.chars().find(|&c| is_stress(c)).map(|symbol| Token {
                symbol,
                syllable,
                place,
            }));
        }
        out.push(Token {
            symbol,
            syllable,
            place,
        });
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(phonemes: &str) -> String {
        let letter = |t: &Token| match t.place {
            Place::Onset => 'o',
            Place::Nucleus => 'n',
            Place::Coda => 'c',
            Place::Gap => '_',
        };
        spell(phonemes, 0, "word").unwrap().iter().map(letter).collect()
    }

    #[test]
    fn a_syllable_has_onset_nucleus_and_coda() {
        assert_eq!(places("stɹˈAts"), "ooonncc");
        assert_eq!(places("ə"), "n");
        assert_eq!(places("bˈɜɹn"), "onncc");
        assert_eq!(places("ɑːm"), "nnc");
        assert_eq!(places("hm"), "on");
        assert_eq!(places("ʃ"), "n");
    }

    #[test]
    fn stress_stands_before_the_nucleus() {
        let text: String = spell("ˈstɑɹ", 0, "star").unwrap().iter().map(|t| t.symbol).collect();
        assert_eq!(text, "stˈɑɹ");
    }

    #[test]
    fn unknown_symbols_and_empty_syllables_are_errors() {
        assert_eq!(
            spell("a❓", 0, "x"),
            Err(PhraseError::Symbol {
                word: "x".into(),
                symbol: '❓'
            })
        );
        assert_eq!(spell("ˈ", 0, "x"), Err(PhraseError::Empty("x".into())));
    }
}
