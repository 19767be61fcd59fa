//! Finds lines: every allowed beginning with every ending it takes, weighed for metre, theme,
//! freshness and chance; rhyming lines are chosen as pairs.

use std::collections::{BTreeMap, BTreeSet};

use catbird_score::Dice;

use super::{
    fragment::{Fragment, Kind, compatible, content, says},
    library::library,
    sound::{Sound, agreement, roughness},
    subject::Subject,
};

/// A finished line.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub text: String,
    pub sound: Sound,
    says: u32,
    words: Vec<u64>,
    pieces: Vec<String>,
}

impl Line {
    /// The line of a beginning and perhaps an ending.
    fn of(head: &Fragment, tail: Option<&Fragment>) -> Self {
        let mut line = Self {
            text: head.text.clone(),
            sound: head.sound.clone(),
            says: head.says,
            words: head.words.clone(),
            pieces: vec![head.text.clone()],
        };
        if let Some(tail) = tail {
            let clause = ["and ", "but ", "now ", "that's ", "for "]
                .iter()
                .any(|w| tail.text.starts_with(w));
            line.text
                .push_str(if clause && tail.kind == Kind::Clause { ", " } else { " " });
            line.text.push_str(&tail.text);
            line.sound = head.sound.then(&tail.sound);
            line.says |= tail.says;
            line.words.extend(&tail.words);
            line.pieces.push(tail.text.clone());
        }
        line
    }
}

/// What a line shall be.
#[derive(Clone, Debug)]
pub(super) struct Slot<'a> {
    /// Beginnings with how welcome each is.
    pub heads: Vec<(&'a Fragment, f64)>,
    /// Syllables; one more or less is allowed.
    pub syllables: usize,
    /// The stresses of the line sung on the same melody.
    pub model: Option<Vec<u8>>,
    /// About the theme: the last to give way where no rhyme is found.
    pub theme: bool,
}

#[derive(Clone, Copy)]
struct Candidate<'a> {
    score: f64,
    head: &'a Fragment,
    tail: Option<&'a Fragment>,
}

impl<'a> Candidate<'a> {
    fn end(&self) -> &'a Sound {
        self.tail.map_or(&self.head.sound, |t| &t.sound)
    }

    fn shares_words_with(&self, other: &Self) -> bool {
        let words = |c: &Self| {
            c.head
                .words
                .iter()
                .chain(c.tail.iter().flat_map(|t| &t.words))
                .copied()
                .collect::<Vec<_>>()
        };
        let (a, b) = (words(self), words(other));
        a.iter().any(|w| b.contains(w))
    }
}

/// What the song holds already.
#[derive(Clone, Debug, Default)]
struct Used {
    pieces: BTreeSet<String>,
    ends: BTreeSet<String>,
    words: BTreeMap<u64, u32>,
    rhymes: BTreeMap<String, u32>,
    climate: u32,
    hours: u32,
    /// Endings of a kind, so that no kind wears out.
    kinds: BTreeMap<u8, u32>,
}

/// A row of more words would be sung as two lines.
const MOST_WORDS: usize = 10;

/// Candidates kept for each rhyme.
const KEPT: usize = 6;

/// Writes the lines of one song.
pub(super) struct Writer<'a> {
    subject: &'a Subject,
    dice: Dice,
    tails: Vec<&'a Fragment>,
    own_tails: usize,
    theme_words: BTreeSet<u64>,
    used: Used,
}

impl<'a> Writer<'a> {
    /// `own` are endings of the description's own.
    pub(super) fn new(subject: &'a Subject, own: &'a [Fragment], dice: Dice) -> Self {
        let mut tails: Vec<&Fragment> = own.iter().collect();
        tails.extend(library().tails.iter().filter(|t| allowed(subject, t)));
        let theme_words = subject
            .themes
            .iter()
            .flat_map(|t| t.bare.split(' '))
            .filter_map(|w| content(&w.to_lowercase()))
            .collect();
        Self {
            subject,
            dice,
            own_tails: own.len(),
            tails,
            theme_words,
            used: Used {
                climate: subject.climate,
                ..Used::default()
            },
        }
    }

    /// A section begins: another hour may have struck.
    pub(super) fn turn_page(&mut self) {
        self.used.hours = self.subject.climate & says::HOURS;
    }

    /// The best line by itself.
    pub(super) fn single(&mut self, slot: &Slot<'a>) -> Option<Line> {
        let all = self.candidates(slot);
        let best = all.into_iter().max_by(|a, b| a.score.total_cmp(&b.score))?;
        Some(self.take(best))
    }

    /// The best line that rhymes with `sound`.
    pub(super) fn partner(&mut self, slot: &Slot<'a>, sound: &Sound) -> Option<Line> {
        let all = self.candidates(slot);
        let best = all
            .into_iter()
            .filter(|c| c.end().rhymes_with(sound))
            .max_by(|a, b| a.score.total_cmp(&b.score))?;
        Some(self.take(best))
    }

    /// The best two lines that rhyme with each other.
    pub(super) fn pair(&mut self, first: &Slot<'a>, second: &Slot<'a>) -> Option<(Line, Line)> {
        let (a, b) = (by_rhyme(self.candidates(first)), by_rhyme(self.candidates(second)));
        let mut best: Option<(f64, Candidate, Candidate)> = None;
        for (rhyme, firsts) in &a {
            let worn = self.used.rhymes.get(*rhyme).copied().unwrap_or(0);
            for x in firsts {
                for y in b.get(rhyme).into_iter().flatten() {
                    let twice = std::ptr::eq(x.head, y.head) || x.head.text == y.head.text;
                    if twice || !x.end().rhymes_with(y.end()) || !compatible(says_of(x), says_of(y)) {
                        continue;
                    }
                    let mut score = x.score + y.score - 2.0 * f64::from(worn);
                    if x.shares_words_with(y) {
                        score -= 2.0;
                    }
                    // Both lines on "and I …" jingle.
                    if x.tail.zip(y.tail).is_some_and(|(s, t)| s.kind == t.kind) {
                        score -= 0.6;
                    }
                    if best.as_ref().is_none_or(|(s, ..)| score > *s) {
                        best = Some((score, *x, *y));
                    }
                }
            }
        }
        let (_, x, y) = best?;
        Some((self.take(x), self.take(y)))
    }

    /// A line that is given.
    pub(super) fn fixed(&mut self, piece: &Fragment) -> Line {
        let line = Line::of(piece, None);
        self.note(&line);
        line
    }

    fn note(&mut self, line: &Line) {
        self.used.pieces.extend(line.pieces.iter().cloned());
        self.used.ends.insert(line.sound.last.clone());
        *self.used.rhymes.entry(line.sound.rhyme.clone()).or_default() += 1;
        for word in line.words.iter().filter(|w| !self.theme_words.contains(w)) {
            *self.used.words.entry(*word).or_default() += 1;
        }
        self.used.climate |= line.says & (says::CLIMATE[0] | says::CLIMATE[1]);
        self.used.hours |= line.says & says::HOURS;
    }

    fn take(&mut self, chosen: Candidate) -> Line {
        let line = Line::of(chosen.head, chosen.tail);
        if let Some(tail) = chosen.tail {
            *self.used.kinds.entry(tail.kind as u8).or_default() += 1;
        }
        self.note(&line);
        line
    }

    fn candidates(&mut self, slot: &Slot<'a>) -> Vec<Candidate<'a>> {
        let mut out = Vec::new();
        let range = slot.syllables.saturating_sub(1)..=slot.syllables + 1;
        let tails = std::mem::take(&mut self.tails);
        let tail_worth: Vec<f64> = tails.iter().enumerate().map(|(i, t)| self.tail_worth(i, t)).collect();
        for &(head, welcome) in &slot.heads {
            if self.used.pieces.contains(&head.text) || !allowed(self.subject, head) || !self.fits(head.says) {
                continue;
            }
            let own = welcome - self.staleness(&head.words) + self.dice.normal() * 0.7;
            let n = head.sound.stress.len();
            let room = MOST_WORDS.saturating_sub(count(head));
            if count(head) <= MOST_WORDS && range.contains(&n) && !self.used.ends.contains(&head.sound.last) {
                out.push(Candidate {
                    score: own + 2.0 + metre(&head.sound.stress, slot) + 0.3 * self.dice.normal(),
                    head,
                    tail: None,
                });
            }
            if head.closed || n + 2 > *range.end() {
                continue;
            }
            let mut stress = head.sound.stress.clone();
            for (tail, worth) in tails.iter().copied().zip(&tail_worth) {
                if count(tail) > room
                    || !range.contains(&(n + tail.sound.stress.len()))
                    || *worth < -50.0
                    || !head.takes(tail)
                {
                    continue;
                }
                stress.truncate(n);
                stress.extend(&tail.sound.stress);
                out.push(Candidate {
                    score: own + worth + metre(&stress, slot),
                    head,
                    tail: Some(tail),
                });
            }
        }
        self.tails = tails;
        out
    }

    /// How welcome an ending is just now; hopeless below −50.
    fn tail_worth(&mut self, i: usize, tail: &Fragment) -> f64 {
        let chance = self.dice.normal() * 0.8;
        if self.used.pieces.contains(&tail.text) || self.used.ends.contains(&tail.sound.last) || !self.fits(tail.says) {
            return -100.0;
        }
        let worn = self.used.kinds.get(&(tail.kind as u8)).copied().unwrap_or(0);
        let own = if i < self.own_tails { 2.5 } else { 0.0 };
        let clause = if tail.kind == Kind::Clause { 0.4 } else { 0.0 };
        own + chance - clause - 0.12 * f64::from(worn) - self.staleness(&tail.words)
    }

    fn fits(&self, said: u32) -> bool {
        compatible(said, self.used.climate) && compatible(said & says::HOURS, self.used.hours)
    }

    fn staleness(&self, words: &[u64]) -> f64 {
        let worn = |w: &u64| self.used.words.get(w).map_or(0.0, |n| 1.2 * f64::from(*n));
        words.iter().map(worn).sum()
    }
}

fn count(piece: &Fragment) -> usize {
    piece.text.split(' ').count()
}

fn says_of(c: &Candidate) -> u32 {
    c.head.says | c.tail.map_or(0, |t| t.says)
}

fn by_rhyme(mut all: Vec<Candidate<'_>>) -> BTreeMap<&str, Vec<Candidate<'_>>> {
    all.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut out: BTreeMap<&str, Vec<Candidate>> = BTreeMap::new();
    for candidate in all {
        let list = out.entry(candidate.end().rhyme.as_str()).or_default();
        if list.len() < KEPT {
            list.push(candidate);
        }
    }
    out
}

/// Whether the song's mood and persons allow a piece.
pub(super) fn allowed(subject: &Subject, piece: &Fragment) -> bool {
    piece.tone.fits(subject.tone)
        && (subject.you || piece.says & says::YOU == 0)
        && (subject.we || piece.says & says::WE == 0)
}

fn metre(stress: &[u8], slot: &Slot) -> f64 {
    let off = if stress.len() == slot.syllables { 0.0 } else { 0.5 };
    let alike = slot.model.as_ref().map_or(0.0, |m| 2.0 * agreement(stress, m));
    let weak_end = if stress.last() == Some(&0) { 0.2 } else { 0.0 };
    alike - off - roughness(stress) - weak_end
}
