//! Who sings what: the phrases of every singer of a score in the order in which they are needed.
//!
//! A second take of the same words never falls together with the first: each backing singer comes a
//! little early or late, now more, now less, and every phrase has chance of its own.

use std::sync::Arc;

use catbird_score::{By, Chorister, Dice, Score, Singer, SungLine};

use super::{
    envelope::Shape,
    phrase::{self, Phrase, PhraseError},
    render,
};

/// How far a backing singer strays from the beat, seconds: what doubles of one singer show.
const STRAY_SECONDS: f64 = 0.012;
/// How long it takes to stray from one side to the other, seconds.
const STRAY_EVERY: f64 = 1.9;

/// Whose track a phrase belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Seat {
    /// In front: the lead and the partner.
    Front,
    /// The backing singer of this number.
    Choir(usize),
}

/// Which singers are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// Those in front.
    Front,
    /// The backing singers as well.
    Everybody,
}

/// A phrase, who sings it and with which chance.
pub(crate) struct Cue<'a> {
    /// What is sung.
    pub phrase: Phrase,
    /// By whom.
    pub singer: &'a Singer,
    /// The singer's envelope.
    pub shape: Arc<Shape>,
    /// Where it is heard.
    pub seat: Seat,
    /// Name of its stream of chance.
    pub stream: String,
}

impl Cue<'_> {
    /// Where its samples begin in the file.
    pub fn entry(&self) -> i64 {
        render::entry(&self.phrase)
    }
}

/// All phrases by their entry; of two that enter together the one in front comes first.
pub(crate) fn cast(score: &Score, who: Who) -> Result<Vec<Cue<'_>>, PhraseError> {
    let Some(vocal) = &score.vocal else {
        return Ok(Vec::new());
    };
    let mut cues = Vec::new();
    let by = |line: &&SungLine| match vocal.partner {
        Some(_) => line.by,
        None => By::Lead,
    };
    for (singer, part) in [(Some(&vocal.singer), By::Lead), (vocal.partner.as_ref(), By::Partner)] {
        let Some(singer) = singer else { continue };
        let lines: Vec<&SungLine> = vocal.lines.iter().filter(|l| by(l) == part).collect();
        let phrases = phrase::phrases(score, &lines)?;
        cues.extend(together(phrases, singer, Seat::Front));
    }
    cues.sort_by(|a, b| a.phrase.start().total_cmp(&b.phrase.start()));
    for (i, cue) in cues.iter_mut().enumerate() {
        cue.stream = format!("voice {i}");
    }
    if who == Who::Everybody {
        for (number, chorister) in vocal.backing.iter().enumerate() {
            cues.extend(backing(score, number, chorister)?);
        }
        cues.sort_by_key(|cue| (cue.entry(), cue.seat));
    }
    Ok(cues)
}

fn together(phrases: Vec<Phrase>, singer: &Singer, seat: Seat) -> impl Iterator<Item = Cue<'_>> {
    let shape = Arc::new(Shape::new(singer));
    phrases.into_iter().map(move |phrase| Cue {
        phrase,
        singer,
        shape: Arc::clone(&shape),
        seat,
        stream: String::new(),
    })
}

fn backing<'a>(score: &Score, number: usize, chorister: &'a Chorister) -> Result<Vec<Cue<'a>>, PhraseError> {
    let lines: Vec<&SungLine> = chorister.lines.iter().collect();
    let mut phrases = phrase::phrases(score, &lines)?;
    let stray = Stray::new(score, number);
    for phrase in &mut phrases {
        stray.lead_astray(phrase);
    }
    let mut cues: Vec<Cue> = together(phrases, &chorister.singer, Seat::Choir(number)).collect();
    for (i, cue) in cues.iter_mut().enumerate() {
        cue.stream = format!("chorister {number} {i}");
    }
    Ok(cues)
}

/// How early or late a backing singer is over the song: a smooth path through dice a few seconds apart.
struct Stray(Vec<f64>);

impl Stray {
    fn new(score: &Score, number: usize) -> Self {
        let mut dice = Dice::new(score.seed, &format!("chorister {number} strays"));
        let count = (score.seconds.max(0.0) / STRAY_EVERY) as usize + 3;
        Self((0..count).map(|_| dice.between(-1.0, 1.0)).collect())
    }

    /// Seconds late at a time of the song.
    fn at(&self, seconds: f64) -> f64 {
        let x = (seconds / STRAY_EVERY).clamp(0.0, (self.0.len() - 2) as f64);
        let (i, u) = (x as usize, x.fract());
        let smooth = u * u * (3.0 - 2.0 * u);
        STRAY_SECONDS * (self.0[i] + smooth * (self.0[i + 1] - self.0[i]))
    }

    /// The path is so slow (at most 12 ms in a second) that notes keep their order.
    fn lead_astray(&self, phrase: &mut Phrase) {
        for tone in phrase.syllables.iter_mut().flatten() {
            tone.start += self.at(tone.start);
            tone.end += self.at(tone.end);
        }
        phrase.latest_end += if phrase.latest_end.is_finite() {
            self.at(phrase.latest_end)
        } else {
            0.0
        };
    }
}

#[cfg(test)]
mod tests {
    use catbird_score::{Channel, Syllable, Vocal};

    use super::*;
    use crate::voice::tests::{Sung, score, singer};

    fn starts(cues: &[Cue], seat: Seat) -> Vec<f64> {
        cues.iter()
            .filter(|c| c.seat == seat)
            .flat_map(|c| c.phrase.syllables.iter().flatten().map(|t| t.start))
            .collect()
    }

    fn vocal(score: &mut Score) -> &mut Vocal {
        score.vocal.as_mut().unwrap()
    }

    #[test]
    fn every_singer_has_the_own_lines_and_doubles_stray_a_little() {
        let words: Vec<Vec<Sung>> = (0..8)
            .map(|_| vec![("lˈA", &[(0, 400, 60)][..]), ("dˈi", &[(480, 400, 62)][..])])
            .collect();
        let lines: Vec<&[_]> = words.iter().map(Vec::as_slice).collect();
        let mut score = score(&lines, 40.0);
        for (i, line) in vocal(&mut score).lines.iter_mut().enumerate() {
            for note in line
                .words
                .iter_mut()
                .flat_map(|w| &mut w.syllables)
                .flat_map(|s: &mut Syllable| &mut s.notes)
            {
                note.start += 3_840 * i as u32;
            }
        }
        let doubled = vocal(&mut score).lines.clone();
        vocal(&mut score).lines[1].by = By::Partner;
        for name in ["left", "right"] {
            vocal(&mut score).backing.push(Chorister {
                name: name.into(),
                singer: singer(),
                channel: Channel::default(),
                lines: doubled.clone(),
            });
        }
        assert_eq!(
            cast(&score, Who::Front).unwrap().len(),
            8,
            "a partner's line without a partner is the lead's"
        );
        vocal(&mut score).partner = Some(Singer {
            name: "partner".into(),
            ..singer()
        });
        let cues = cast(&score, Who::Everybody).unwrap();
        assert_eq!(cues.len(), 24);
        assert!(cues.windows(2).all(|w| w[0].entry() <= w[1].entry()));
        let partner: Vec<&Cue> = cues.iter().filter(|c| c.singer.name == "partner").collect();
        assert_eq!(partner.len(), 1);
        let streams: std::collections::BTreeSet<&str> = cues.iter().map(|c| c.stream.as_str()).collect();
        assert_eq!(streams.len(), 24);
        let front = starts(&cues, Seat::Front);
        let doubles = [0, 1].map(|n| starts(&cues, Seat::Choir(n)));
        for double in &doubles {
            let late: Vec<f64> = double.iter().zip(&front).map(|(d, f)| d - f).collect();
            assert!(late.iter().all(|x| x.abs() <= STRAY_SECONDS + 1e-9), "{late:?}");
            let (low, high) = late
                .iter()
                .fold((f64::MAX, f64::MIN), |(l, h), x| (l.min(*x), h.max(*x)));
            assert!(high - low > 0.006, "{late:?}");
        }
        assert_ne!(doubles[0], doubles[1]);
    }
}
