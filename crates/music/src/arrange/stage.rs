//! The stage: everything a player can see — form, harmony, the sung line, how intense each section is.

use catbird_score::{Dice, Note, Role, Section, SungLine, Tick};

use crate::{direction::Direction, form::Form, harmony::Harmony, style::role_key};

/// What the players share.
pub struct Stage<'a> {
    /// The form.
    pub form: &'a Form,
    /// The decisions.
    pub direction: &'a Direction,
    /// Chords and keys.
    pub harmony: &'a Harmony,
    /// Spans in which the voice sounds, in order.
    pub sung: Vec<(Tick, Tick)>,
    /// Intensity of each section, 0–1: what the layers listen to.
    pub intensity: Vec<f32>,
    /// Spans in which everybody stops, in order.
    pub stops: Vec<(Tick, Tick)>,
    /// The song's seed.
    pub seed: u64,
}

impl<'a> Stage<'a> {
    /// Sets the stage.
    pub fn new(form: &'a Form, direction: &'a Direction, harmony: &'a Harmony, vocal: &[SungLine], seed: u64) -> Self {
        let sung = vocal
            .iter()
            .filter_map(|line| {
                let first = line.notes().next()?;
                let last = line.notes().last()?;
                Some((first.start, last.start + last.length))
            })
            .collect();
        let intensity = intensities(form, direction);
        Self {
            form,
            direction,
            harmony,
            sung,
            stops: stops(form, direction, &intensity, seed),
            intensity,
            seed,
        }
    }

    /// Takes out of a part what would sound while everybody stops.
    pub fn silence(&self, notes: &mut Vec<Note>) {
        silence(&self.stops, notes);
    }

    /// A stream of chance of this song.
    pub fn dice(&self, name: &str) -> Dice {
        Dice::new(self.seed, name)
    }

    /// Ticks of a bar.
    pub fn bar(&self) -> Tick {
        self.form.meter.bar()
    }

    /// A figure in the metre of the piece. Figures are written for four beats a bar, `per_bar` steps each;
    /// three quarters leave out the third beat (down, up, up), and six eighths are half of such a bar, each
    /// beat in three.
    pub fn in_metre(&self, figure: Vec<char>, per_bar: usize) -> (Vec<char>, usize) {
        let (meter, beat) = (self.form.meter, per_bar / 4);
        if !per_bar.is_multiple_of(4) || beat == 0 {
            return (figure, per_bar);
        }
        let kept = |keep: &dyn Fn(usize) -> bool| -> Vec<char> {
            let steps = figure.iter().enumerate();
            steps.filter(|(i, _)| keep(i % per_bar)).map(|(_, c)| *c).collect()
        };
        match (meter.beats, meter.unit) {
            (3, 4) => (kept(&|i| i / beat != 2), 3 * beat),
            (6, 8) if beat == 3 => (figure, 6),
            (6, 8) if beat == 4 => (kept(&|i| i % 4 != 3), 6),
            _ => (figure, per_bar),
        }
    }

    /// Where the last chord is struck: every figure stops here.
    pub fn stop(&self) -> Tick {
        self.form.last_chord
    }

    /// Sections with their index and intensity, as far as anything is played in them.
    pub fn sections(&self) -> impl Iterator<Item = (usize, &Section, f32)> {
        let stop = self.stop();
        self.form
            .sections
            .iter()
            .zip(&self.intensity)
            .enumerate()
            .map(|(i, (s, e))| (i, s, *e))
            .filter(move |(_, s, _)| s.start < stop)
    }

    /// How often the role of section `index` has come before it.
    pub fn occurrence(&self, index: usize) -> usize {
        let role = self.form.sections[index].role;
        self.form.sections[..index].iter().filter(|s| s.role == role).count()
    }

    /// Whether the voice sounds anywhere in a span.
    pub fn is_sung(&self, from: Tick, to: Tick) -> bool {
        self.sung.iter().any(|(a, b)| *a < to && *b > from)
    }

    /// The stretches of `from..to` in which the voice rests.
    pub fn gaps(&self, from: Tick, to: Tick) -> Vec<(Tick, Tick)> {
        let mut gaps = Vec::new();
        let mut at = from;
        for (a, b) in self.sung.iter().filter(|(a, b)| *a < to && *b > from) {
            if *a > at {
                gaps.push((at, *a));
            }
            at = at.max(*b);
        }
        if at < to {
            gaps.push((at, to));
        }
        gaps
    }

    /// Ticks of `ms` milliseconds at `tick`.
    pub fn ticks(&self, ms: f64, tick: Tick) -> f64 {
        ms / 1000.0 * self.form.tempo.bpm_at(tick) / 60.0 * f64::from(catbird_score::PPQ)
    }

    /// Ticks from the last chord to the end of the file.
    pub fn ring(&self) -> Tick {
        let end = self.form.tempo.tick_at(self.form.seconds);
        (end - f64::from(self.stop())).max(120.0) as Tick
    }
}

fn silence(stops: &[(Tick, Tick)], notes: &mut Vec<Note>) {
    for (from, to) in stops {
        notes.retain(|n| n.start < *from || n.start >= *to);
        for note in notes.iter_mut().filter(|n| n.start < *from) {
            note.length = note.length.min(from - note.start);
        }
    }
}

/// How far intensities follow an energy that is not the style's own.
const ASKED: f32 = 0.35;

/// A stop is the last one or two beats before a section that is this much more intense.
const RISE: f32 = 0.08;

/// The last beats before some of the louder sections. Seams between the same two roles are alike.
fn stops(form: &Form, direction: &Direction, intensity: &[f32], seed: u64) -> Vec<(Tick, Tick)> {
    let beat = form.meter.bar() / Tick::from(form.meter.beats.max(1));
    let seams = form.sections.windows(2).zip(intensity.windows(2));
    seams
        .filter_map(|(sections, intensity)| {
            let [before, after] = [&sections[0], &sections[1]];
            let long = before.length >= 4 * form.meter.bar();
            let name = format!("stop {} {}", role_key(before.role), role_key(after.role));
            let mut dice = Dice::new(seed, &name);
            let stops = dice.chance(direction.leader().stops);
            let beats = if dice.chance(0.35) { 2 } else { 1 };
            let rises = intensity[1] > intensity[0] + RISE && intensity[1] > 0.5;
            (stops && long && rises).then(|| (before.end() - beats * beat, before.end()))
        })
        .collect()
}

/// Section energies, stretched over the range of the song so that layers come and go, and pulled by the
/// overall energy; a section that returns is a little stronger.
fn intensities(form: &Form, direction: &Direction) -> Vec<f32> {
    let low = form.sections.iter().map(|s| s.energy).fold(1.0, f32::min);
    let high = form.sections.iter().map(|s| s.energy).fold(0.0, f32::max);
    form.sections
        .iter()
        .enumerate()
        .map(|(i, s)| {
            let relative = if high - low > 0.05 {
                0.15 + 0.75 * (s.energy - low) / (high - low)
            } else {
                match s.role {
                    Role::Chorus => 0.75,
                    Role::Inst => 0.65,
                    Role::Intro | Role::Outro => 0.35,
                    _ => 0.5,
                }
            };
            let again = form.sections[..i].iter().filter(|p| p.role == s.role).count().min(2) as f32;
            // What is asked for beyond the style's own energy moves everything, not the contrast of sections only.
            let asked = direction.asked_energy();
            (0.5 * relative
                + 0.3 * s.energy
                + 0.2 * direction.energy
                + 0.05 * again
                + 0.25 * direction.density
                + ASKED * asked)
                .clamp(0.05, 1.0)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_cuts_what_sounds_into_it_and_takes_out_what_begins_in_it() {
        let note = |start, length| Note {
            start,
            length,
            pitch: 60,
            velocity: 90,
            nudge: 0,
            touch: catbird_score::Touch::Plain,
        };
        let mut notes = vec![note(0, 480), note(480, 2_000), note(1_500, 100), note(1_920, 480)];
        silence(&[(1_440, 1_920)], &mut notes);
        let left: Vec<(Tick, Tick)> = notes.iter().map(|n| (n.start, n.length)).collect();
        assert_eq!(left, [(0, 480), (480, 960), (1_920, 480)]);
    }
}
