//! Words on a melody that was heard. Nobody knows where its lines begin or which notes belong to one
//! syllable, so both are found together: the melody is cut into breaths, lines of lyrics meet breaths by a
//! shortest path (verses on verses, choruses on choruses), and what a meeting costs is how well the
//! syllables sit on the notes: stresses on strong and long notes, few splits, slurs over small steps.

mod breaths;
mod fit;
mod longer;
mod matching;
mod register;
mod spare;
mod tidy;

use catbird_score::{Meter, Note, Score, SungLine, TempoMap, Tick};

pub(super) use register::{fold, octaves};

use super::{recorded, underlay::Strain};
use crate::{
    compose::ComposeError,
    lyrics::Lyrics,
    words::{self, PreparedSection, UnknownWords},
};

/// A piece is not made longer than this, seconds.
const LONGEST: f64 = 480.0;
/// Silence kept at the end of the file, seconds.
const END: f64 = 0.05;
/// Most syllables a second of a line whose notes had to be split, as in the form.
const FASTEST: f64 = 7.0;

/// What became of words and melody.
#[derive(Clone, Debug, Default)]
pub(super) struct Setting {
    /// Every word on its notes, in order.
    pub lines: Vec<SungLine>,
    /// Melody for which there were no words.
    pub left: Vec<Note>,
    /// How many lines share a breath with another.
    crowded: usize,
}

impl Setting {
    /// Whether many lines had to be squeezed in.
    fn is_crowded(&self) -> bool {
        4 * self.crowded > self.lines.len()
    }
}

/// Time as a setting reads it.
#[derive(Clone, Copy, Debug)]
struct Clock<'a> {
    tempo: &'a TempoMap,
    meter: Meter,
    /// After this nothing is sung.
    end: Tick,
}

impl Clock<'_> {
    fn seconds(&self, from: Tick, to: Tick) -> f64 {
        self.tempo.at(to) - self.tempo.at(from)
    }

    /// How strong a place in the bar is, 0–1.
    fn strength(&self, at: Tick) -> f64 {
        let (bar, beat) = (self.meter.bar(), self.meter.beat());
        let within = at % bar;
        let halves = self.meter.beats.is_multiple_of(2) && within == bar / 2;
        match within {
            0 => 1.0,
            _ if halves => 0.8,
            t if t % beat == 0 => 0.6,
            t if t % (beat / 2) == 0 => 0.3,
            _ => 0.0,
        }
    }
}

/// Lets every note end where the next one is struck, small deviations included.
pub(super) fn settle(lines: &mut [SungLine]) {
    let mut next: Option<(f64, Tick)> = None;
    let notes: Vec<&mut Note> = super::phrasing::notes_mut(lines).collect();
    for note in notes.into_iter().rev() {
        if note.start < 30 {
            note.nudge = note.nudge.max(0);
        }
        if let Some((onset, start)) = next {
            let room = (onset - note.onset()).max(1.0) as Tick;
            note.length = note.length.min(room).min(start - note.start).max(1);
        }
        next = Some((note.onset(), note.start));
    }
}

/// Reads lyrics for a setting.
///
/// # Errors
/// [`ComposeError::Invalid`] when there is no word in them, [`ComposeError::Language`].
pub(super) fn read(text: &str, unknown: Option<&dyn UnknownWords>) -> Result<Vec<PreparedSection>, ComposeError> {
    let lyrics = Lyrics::parse(text);
    if lyrics.is_empty() {
        return Err(ComposeError::Invalid("There are no words in the lyrics.".into()));
    }
    words::prepare(&lyrics, unknown)
}

/// The breaths of a heard melody.
fn strains(source: &Score, tune: &[Note], end: Tick) -> Vec<Strain> {
    let mut notes = tidy::tidy(tune.to_vec(), &source.tempo);
    notes.retain(|n| n.start < end);
    for note in &mut notes {
        note.length = note.length.min(end - note.start);
    }
    breaths::breaths(&notes, &source.sections, source.meter)
}

/// The melody of a piece, one note at a time: what is sung in it with what was heard; what leads it where
/// there is neither.
pub(super) fn tune(source: &Score) -> Vec<Note> {
    let sung = source.vocal.iter().flat_map(|v| &v.lines).flat_map(SungLine::notes);
    let mut notes: Vec<Note> = sung.copied().chain(recorded::melody(source)).collect();
    if notes.is_empty() {
        notes = super::frame::tune(source);
    }
    super::frame::single(notes)
}

/// The melody as somebody would play it.
pub(super) fn tidy_tune(source: &Score) -> Vec<Note> {
    tidy::tidy(tune(source), &source.tempo)
}

/// The same as [`set`] for a piece that may become longer: where the words would be crowded, its last verse and chorus
/// come once more, and the longer piece is returned, too.
///
/// # Errors
/// As [`set`].
pub(super) fn set_at_length(
    source: &Score,
    lyrics: &[PreparedSection],
) -> Result<(Setting, Option<Score>), ComposeError> {
    let first = match set(source, lyrics) {
        Ok(set) if !set.is_crowded() => return Ok((set, None)),
        Err(error) if !matches!(error, ComposeError::TooLong { .. }) => return Err(error),
        other => other,
    };
    let mut piece = source.clone();
    let mut best = None;
    while let Some(longer) = longer::longer(&piece).filter(|p| p.seconds <= LONGEST) {
        if let Ok(set) = set(&longer, lyrics) {
            if !set.is_crowded() {
                return Ok((set, Some(longer)));
            }
            best = best.or(Some((set, Some(longer.clone()))));
        }
        piece = longer;
    }
    match (first, best) {
        (Ok(set), _) => Ok((set, None)),
        (Err(_), Some(best)) => Ok(best),
        (Err(error), None) => Err(error),
    }
}

/// Sets the lyrics on the melody of `source`. Where they are longer than it, phrases of it come back where
/// nobody sings; where they are shorter, melody is left.
///
/// # Errors
/// [`ComposeError::Invalid`] without a melody, [`ComposeError::TooLong`] when it has no room for the words.
pub(super) fn set(source: &Score, lyrics: &[PreparedSection]) -> Result<Setting, ComposeError> {
    let clock = Clock {
        tempo: &source.tempo,
        meter: source.meter,
        end: source.tempo.tick_at(source.seconds - END).max(1.0) as Tick,
    };
    let strains = strains(source, &tune(source), clock.end);
    if strains.is_empty() {
        return Err(ComposeError::Invalid(
            "This piece has no melody to sing the lyrics on.".into(),
        ));
    }
    let lines = matching::lines(lyrics);
    // Roles that are guesses count less.
    let sure = source.heard.as_ref().map_or(1.0, |h| f64::from(h.sections));
    let own = matching::Melody::new(strains.clone(), Vec::new(), &source.sections, clock, 0.4 + 0.6 * sure);
    let first = own.meet(&lines);
    if let Some(met) = first.as_ref().filter(|m| m.is_easy()) {
        return Ok(own.lay(&lines, met));
    }
    let spare = spare::spare(source, &strains);
    if !spare.is_empty() {
        let more = matching::Melody::new(strains, spare, &source.sections, clock, 0.4 + 0.6 * sure);
        if let Some(met) = more
            .meet(&lines)
            .filter(|m| first.as_ref().is_none_or(|f| m.cost < f.cost))
        {
            return Ok(more.lay(&lines, &met));
        }
    }
    match first {
        Some(met) => Ok(own.lay(&lines, &met)),
        None => Err(own.too_long(&lines)),
    }
}
