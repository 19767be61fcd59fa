//! The plan of a melody before its notes: which line is modelled on which, where the line should lie
//! and which way it should go.

use std::collections::BTreeMap;

use catbird_score::{Dice, PPQ, Role, Tick};

use crate::{direction::Direction, form::Form};

/// The shape of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Contour {
    Arch,
    Fall,
    Rise,
    Wave,
    Level,
}

impl Contour {
    /// Height at `x` (0 beginning – 1 end), about −1 … 1.
    pub(super) fn at(self, x: f64) -> f64 {
        match self {
            Self::Arch => (x * std::f64::consts::PI).sin() * 1.6 - 0.8,
            Self::Fall => 1.0 - 1.8 * x,
            Self::Rise => 1.7 * x - 0.8,
            Self::Wave => (x * std::f64::consts::TAU * 0.9 + 0.4).sin() * 0.8,
            Self::Level => 0.15 - 0.4 * x,
        }
    }
}

/// What a line's melody should be like.
#[derive(Clone, Debug)]
pub(super) struct LinePlan {
    /// An earlier line it takes after.
    pub model: Option<usize>,
    /// Same words' place in a same-named section: as alike as the words allow. Otherwise a variation.
    pub faithful: bool,
    /// Mean pitch aimed at.
    pub center: f64,
    /// Semitones the contour goes up and down.
    pub reach: f64,
    pub contour: Contour,
    /// The section's last line: ends at rest.
    pub closes: bool,
    /// Neighbour steps sung before a held tone near the end, in scale steps; empty = none.
    turns: Vec<i8>,
    /// Its words are rapped.
    pub rap: bool,
    /// Sound of the line's end, for rhymes.
    pub rhyme: String,
}

impl LinePlan {
    /// The melisma of a tone of this length whose turns are `short`, if it leaves something to hold.
    pub(super) fn melisma(&self, length: Tick, short: Tick) -> &[i8] {
        let turns = self.turns.len() as Tick;
        if turns > 0 && length >= short * (turns + 2) {
            &self.turns
        } else {
            &[]
        }
    }
}

/// Semitones from the lowest note in which a tune lies; what a voice has above is for its highest moments,
/// since words blur there.
const TESSITURA: f64 = 17.0;

/// Most syllables a beat of a hook that is sung.
const HOOK: f64 = 2.6;

/// Motif plans by line: the number is the line modelled on (itself = new).
const MOTIFS: [[usize; 4]; 4] = [[0, 1, 0, 1], [0, 0, 2, 0], [0, 1, 0, 3], [0, 0, 2, 2]];

/// A plan for every line.
pub(super) fn plans(direction: &Direction, form: &Form, dice: &mut Dice) -> Vec<LinePlan> {
    let (low, high) = (f64::from(direction.singer.low), f64::from(direction.singer.high));
    let range = (high - low).min(TESSITURA);
    let mut motif_of: BTreeMap<u8, [usize; 4]> = BTreeMap::new();
    let mut contour_of: BTreeMap<(u8, usize), Contour> = BTreeMap::new();
    let mut turns_of: BTreeMap<u32, Vec<i8>> = BTreeMap::new();
    let mut first_of_section = 0;
    let mut out: Vec<LinePlan> = Vec::with_capacity(form.lines.len());
    for (i, line) in form.lines.iter().enumerate() {
        if i == 0 || form.lines[i - 1].section != line.section {
            first_of_section = i;
        }
        let role = form.sections[line.section].role;
        let place = i - first_of_section;
        let motif = *motif_of
            .entry(role as u8)
            .or_insert_with(|| MOTIFS[dice.weighted(&[3.0, 2.0, 2.0, 1.0])]);
        let origin = motif[place % 4];
        let group = first_of_section + place / 4 * 4;
        let same_pattern = form.lines[..i]
            .iter()
            .position(|l| l.pattern == line.pattern && l.length == line.length);
        let in_section = (group + origin < i)
            .then_some(group + origin)
            .filter(|&m| m >= first_of_section && form.lines[m].length == line.length);
        let model = same_pattern.or(in_section);
        // A hook is sung where it leaves time to sing.
        let beats = f64::from(line.length) / f64::from(PPQ);
        let hook = direction.sung_hook && role == Role::Chorus && line.syllables() as f64 <= HOOK * beats;
        let rap = direction.rap && !hook;
        let (height, reach): (f64, f64) = match role {
            Role::Verse => (0.36, 2.6),
            Role::PreChorus => (0.46, 3.0),
            Role::Chorus => (0.6, 3.2),
            Role::Bridge => (0.53, 3.4),
            Role::Intro | Role::Inst | Role::Outro => (0.42, 2.4),
        };
        let contour = *contour_of
            .entry((role as u8, origin))
            .or_insert_with(|| draw_contour(role, dice));
        let turns = turns_of.entry(line.pattern).or_insert_with(|| {
            let likely = if rap { 0.0 } else { direction.melisma };
            if dice.chance(f64::from(likely)) {
                [vec![1], vec![-1], vec![2, 1], vec![1, -1], vec![1, 0]][dice.weighted(&[3.0, 1.0, 2.0, 1.0, 1.0])]
                    .clone()
            } else {
                Vec::new()
            }
        });
        let closes = form.lines.get(i + 1).is_none_or(|next| next.section != line.section);
        // The section climbs a little until its last line.
        let climb = if closes { 0.0 } else { (place % 4) as f64 * 0.5 };
        let lift = f64::from(form.sections[line.section].energy - 0.5) * 1.5;
        out.push(LinePlan {
            model,
            faithful: same_pattern.is_some(),
            center: low + range * height + climb + lift,
            reach: reach.min(range / 4.0),
            contour,
            closes,
            turns: turns.clone(),
            rap,
            rhyme: rhyme(line),
        });
    }
    out
}

fn draw_contour(role: Role, dice: &mut Dice) -> Contour {
    use Contour::{Arch, Fall, Level, Rise, Wave};
    let (shapes, weights): ([Contour; 4], [f64; 4]) = match role {
        Role::PreChorus => ([Rise, Arch, Wave, Rise], [3.0, 1.0, 1.0, 1.0]),
        Role::Chorus => ([Fall, Arch, Wave, Rise], [3.0, 3.0, 1.5, 1.0]),
        Role::Bridge => ([Rise, Wave, Arch, Fall], [2.0, 2.0, 1.0, 1.0]),
        _ => ([Arch, Level, Wave, Fall], [3.0, 2.0, 1.5, 1.5]),
    };
    shapes[dice.weighted(&weights)]
}

/// From the last stressed vowel to the end.
fn rhyme(line: &crate::form::PlacedLine) -> String {
    let Some(word) = line.words.last() else {
        return String::new();
    };
    let from = word
        .syllables
        .iter()
        .rposition(|s| s.stress > 0)
        .unwrap_or(word.syllables.len().saturating_sub(1));
    let tail: String = word.syllables[from..].iter().map(|s| s.phonemes.as_str()).collect();
    tail.chars()
        .skip_while(|c| !crate::words::phonemes::is_vowel(*c))
        .filter(|c| !matches!(c, 'ˈ' | 'ˌ'))
        .collect()
}
