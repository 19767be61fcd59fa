//! The sung pitch: notes joined by glides, with vibrato, a little drift, a scoop into each breath and a
//! fall out of it; and the spoken pitch of rapped lines. One value a frame (80 a second).

use std::f64::consts::{PI, TAU};

use catbird_score::{Delivery, Dice, Singer, phoneme::Class};

use super::{
    character::Character,
    phrase::{BRIDGE, Tone},
    plan::{Plan, RATE},
    smooth::Wander,
    unit::Kind,
};

/// Fast unsteadiness of a healthy voice, cents; a driven voice has more.
const JITTER_CENTS: f64 = 2.0;
const DRIVEN_CENTS: f64 = 14.0;
/// Vibrato only on notes longer than this, seconds.
const VIBRATO_FROM: f64 = 0.42;
/// A glide shoots past its note by this share of the step, at most so many cents, and is back after
/// so many seconds.
const OVERSHOOT: f64 = 0.035;
const OVERSHOOT_MOST: f64 = 14.0;
const OVERSHOOT_SECONDS: f64 = 0.13;
/// A phrase's last note falls over its last moments, seconds, if it is longer than this.
const FALL_SECONDS: f64 = 0.1;
const FALL_FROM: f64 = 0.35;
/// A voiced obstruent holds the air back: the pitch dips by this much, cents.
const DIP_CENTS: f64 = 32.0;
/// After a voiceless one it begins higher by this much, cents, for some 40 ms.
const RAISE_CENTS: f64 = 14.0;
/// A rapped syllable begins this far over its note and ends this far under it, semitones; a line sinks
/// by as much from its first to its last.
const RAP_OVER: f64 = 0.9;
const RAP_UNDER: f64 = 1.3;
const RAP_LINE: f64 = 0.8;

/// The pitch of a phrase.
pub struct Melody {
    /// MIDI pitch a frame.
    pub midi: Vec<f64>,
    /// What vibrato does to the loudness, dB a frame.
    pub tremble_db: Vec<f32>,
}

/// Who sings a phrase, and how.
#[derive(Clone, Copy)]
pub struct Manner<'a> {
    /// The singer.
    pub singer: &'a Singer,
    /// The singer's habits.
    pub character: &'a Character,
    /// Sung or rapped.
    pub delivery: Delivery,
    /// Whether this is a second take of somebody's words: farther from the note's middle, as second
    /// takes are.
    pub backing: bool,
}

/// The pitch of `syllables`; frame `k` is the instant `origin + k / 80` seconds.
pub fn melody(syllables: &[Vec<Tone>], manner: Manner<'_>, origin: f64, frames: usize, dice: &mut Dice) -> Melody {
    let tones: Vec<Tone> = syllables.iter().flatten().copied().collect();
    let mut out = Melody {
        midi: vec![tones[0].pitch; frames],
        tremble_db: vec![0.0; frames],
    };
    let time = Time { origin, frames };
    let character = manner.character;
    if manner.delivery == Delivery::Rapped {
        speak(&mut out.midi, syllables, character, &time, dice);
    } else {
        glide(&mut out.midi, &tones, manner.singer, character, &time);
        for (i, tone) in tones.iter().enumerate() {
            if i == 0 || tone.start - tones[i - 1].end > BRIDGE {
                scoop(
                    &mut out.midi,
                    tone,
                    character.scoop_cents * dice.between(0.5, 1.2),
                    &time,
                );
            }
            if tones.get(i + 1).is_none_or(|next| next.start - tone.end > BRIDGE) {
                fall(
                    &mut out.midi,
                    tone,
                    character.fall_cents * dice.between(0.4, 1.2),
                    &time,
                );
            }
        }
        for tone in tones.iter().filter(|t| t.end - t.start >= VIBRATO_FROM) {
            vibrate(&mut out, tone, character, &time, dice);
        }
    }
    let spread = character.drift_cents + if manner.backing { 3.0 * character.human } else { 0.0 };
    let mut slow = Wander::new(0.25, dice);
    let mut fast = Wander::new(0.02, dice);
    let jitter = JITTER_CENTS + DRIVEN_CENTS * f64::from(manner.singer.drive);
    for m in &mut out.midi {
        let slow = slow.next(dice).clamp(-2.2, 2.2);
        *m += 0.01 * (spread * slow + character.human * jitter * fast.next(dice));
    }
    out
}

/// What the consonants of a plan do to the pitch: a dip at voiced obstruents, a raised beginning after
/// voiceless ones.
pub fn consonants(midi: &mut [f64], plan: &Plan, character: &Character) {
    let bump = |midi: &mut [f64], from: f64, to: f64, cents: f64, shape: &dyn Fn(f64) -> f64| {
        for k in (from.max(0.0) as usize)..(to.ceil().max(0.0) as usize).min(midi.len()) {
            let u = (k as f64 + 0.5 - from) / (to - from);
            if (0.0..1.0).contains(&u) {
                midi[k] += 0.01 * cents * character.human * shape(u);
            }
        }
    };
    for pair in plan.pieces.windows(2) {
        let (here, next) = (&pair[0], &pair[1]);
        match here.unit.class {
            Class::VoicedObstruent => bump(midi, here.from - 1.5, here.to + 2.0, -DIP_CENTS, &|u| (PI * u).sin()),
            Class::Unvoiced if next.unit.kind == Kind::Nucleus => {
                bump(midi, next.from - 1.0, next.from + 4.0, RAISE_CENTS, &|u| 1.0 - u);
            }
            _ => {}
        }
    }
}

/// Hz of a MIDI pitch, A4 = 440.
pub fn hz(midi: f64) -> f64 {
    440.0 * 2f64.powf((midi - 69.0) / 12.0)
}

/// Where the frames stand in the song.
struct Time {
    origin: f64,
    frames: usize,
}

impl Time {
    fn of(&self, frame: usize) -> f64 {
        self.origin + frame as f64 / RATE
    }

    /// The frames from second to second.
    fn span(&self, from: f64, to: f64) -> std::ops::Range<usize> {
        let frame = |t: f64| ((t - self.origin) * RATE).ceil().max(0.0) as usize;
        frame(from).min(self.frames)..frame(to).min(self.frames)
    }
}

/// From note to note: wide steps take longer, quick notes less. Half a cosine, mostly before the note, and
/// a little too far.
fn glide(midi: &mut [f64], tones: &[Tone], singer: &Singer, character: &Character, time: &Time) {
    for pair in tones.windows(2) {
        let step = pair[1].pitch - pair[0].pitch;
        if step == 0.0 {
            continue;
        }
        let shortest = (pair[0].end - pair[0].start).min(pair[1].end - pair[1].start);
        let wanted =
            (0.001 * f64::from(singer.glide_ms) * character.human).max(0.006) * (1.0 + 0.05 * step.abs()).min(1.6);
        let width = wanted.min(0.55 * shortest);
        let from = pair[1].start - 0.75 * width;
        let over = time.span(from, from + width);
        for k in over.clone() {
            midi[k] += step * ease((time.of(k) - from) / width);
        }
        for m in &mut midi[over.end..] {
            *m += step;
        }
        let cents = (100.0 * OVERSHOOT * step.abs()).min(OVERSHOOT_MOST) * character.human;
        let back = OVERSHOOT_SECONDS.min(0.22 * (pair[1].end - pair[1].start));
        for k in time.span(from + 0.85 * width, from + 0.85 * width + back) {
            let u = (time.of(k) - from - 0.85 * width) / back;
            midi[k] += 0.01 * cents * step.signum() * (PI * u).sin();
        }
    }
}

/// Up into a phrase's first note.
fn scoop(midi: &mut [f64], tone: &Tone, cents: f64, time: &Time) {
    let reach = 0.11_f64.min(0.25 * (tone.end - tone.start));
    for k in time.span(tone.start - 0.15, tone.start + reach) {
        let u = ((time.of(k) - tone.start + 0.03) / reach).clamp(0.0, 1.0);
        midi[k] -= 0.01 * cents * (1.0 - ease(u));
    }
}

/// Down as a phrase's last note is let go.
fn fall(midi: &mut [f64], tone: &Tone, cents: f64, time: &Time) {
    if tone.end - tone.start < FALL_FROM {
        return;
    }
    for k in time.span(tone.end - FALL_SECONDS, tone.end + 0.2) {
        let u = (time.of(k) - tone.end + FALL_SECONDS) / FALL_SECONDS;
        midi[k] -= 0.01 * cents * u.min(1.5).powi(2);
    }
}

/// No two vibrati are alike: each has its own delay, depth and speed, and gets a little faster.
fn vibrate(out: &mut Melody, tone: &Tone, character: &Character, time: &Time, dice: &mut Dice) {
    let length = tone.end - tone.start;
    let depth = 0.01 * character.vibrato_cents * dice.between(0.75, 1.15) * (0.55 + 0.45 * (length / 1.2).min(1.0));
    let rate = character.vibrato_hz * dice.between(0.95, 1.05);
    let delay = character.vibrato_delay * dice.between(0.7, 1.25) * length.min(1.0);
    let side = if dice.chance(0.5) { 0.0 } else { 0.5 };
    let mut sway = Wander::new(0.12, dice);
    let mut turns = side;
    let begin = tone.start + delay;
    for k in time.span(begin, tone.end) {
        let since = time.of(k) - begin;
        let grown = ease(since / character.vibrato_rise);
        let ramp = grown * ((tone.end - time.of(k)) / 0.08).clamp(0.0, 1.0);
        let sway = sway.next(dice).clamp(-2.0, 2.0);
        turns += rate * (1.0 + 0.03 * sway + 0.02 * since.min(2.0)) / RATE;
        let size = ramp * (1.0 + 0.12 * sway);
        out.midi[k] += depth * size * (TAU * turns).sin();
        let loud = (TAU * (turns - character.tremble_turn)).sin();
        out.tremble_db[k] += (character.tremble_db * size * loud) as f32;
    }
}

/// The pitch of speech around the notes: each syllable begins above its note and sinks through it, the
/// line sinks as a whole, and nothing stands still.
fn speak(midi: &mut [f64], syllables: &[Vec<Tone>], character: &Character, time: &Time, dice: &mut Dice) {
    let mut points: Vec<(f64, f64)> = Vec::with_capacity(3 * syllables.len());
    let count = syllables.len().max(2) as f64 - 1.0;
    for (i, tones) in syllables.iter().enumerate() {
        let sunk = RAP_LINE * (0.5 - i as f64 / count);
        let strong = tones.iter().map(|t| t.velocity).fold(0.0, f64::max) > 95.0;
        let over = (RAP_OVER + if strong { 0.5 } else { 0.0 }) * dice.between(0.5, 1.1);
        let under = RAP_UNDER * dice.between(0.5, 1.1) * if i + 1 == syllables.len() { 1.3 } else { 1.0 };
        let (last, first) = (tones.len() - 1, tones[0]);
        for (j, tone) in tones.iter().enumerate() {
            let share = |part: f64| (over * (1.0 - part) - under * part) * (0.4 + 0.6 * character.human) + sunk;
            let (from, to) = (j as f64 / tones.len() as f64, (j + 1) as f64 / tones.len() as f64);
            let spoken = (tone.end - tone.start).min(0.4);
            points.push((tone.start + 0.15 * spoken, tone.pitch + share(from)));
            points.push((tone.start + 0.85 * spoken, tone.pitch + share(to)));
        }
        debug_assert!(tones[last].end > first.start, "tones take time");
    }
    let mut at = 0;
    for (k, m) in midi.iter_mut().enumerate() {
        let t = time.of(k);
        while at + 1 < points.len() && points[at + 1].0 <= t {
            at += 1;
        }
        let (from, value) = points[at];
        *m = match points.get(at + 1) {
            Some(&(to, next)) if t > from => value + (next - value) * ease((t - from) / (to - from).max(1e-3)),
            _ => value,
        };
    }
}

/// Half a cosine from 0 to 1.
fn ease(x: f64) -> f64 {
    0.5 - 0.5 * (PI * x.clamp(0.0, 1.0)).cos()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voice::tests::singer;

    fn syllables() -> Vec<Vec<Tone>> {
        let tone = |start, end, pitch| Tone {
            start,
            end,
            pitch,
            velocity: 90.0,
        };
        vec![
            vec![tone(1.0, 1.3, 60.0)],
            vec![tone(1.3, 1.42, 64.0)],
            vec![tone(1.42, 3.0, 62.0)],
            vec![tone(4.0, 5.0, 67.0)],
        ]
    }

    fn curve(singer: &Singer, delivery: Delivery, backing: bool, seed: u64) -> Vec<f64> {
        let manner = Manner {
            singer,
            character: &Character::of(singer),
            delivery,
            backing,
        };
        melody(&syllables(), manner, 0.5, 400, &mut Dice::new(seed, "pitch")).midi
    }

    fn sung(singer: &Singer) -> Vec<f64> {
        curve(singer, Delivery::Sung, false, 3)
    }

    /// The values between two shares of a note.
    fn part(curve: &[f64], tone: &Tone, from: f64, to: f64) -> Vec<f64> {
        let at = |share: f64| ((tone.start + share * (tone.end - tone.start) - 0.5) * RATE) as usize;
        curve[at(from)..at(to)].to_vec()
    }

    fn mean(x: &[f64]) -> f64 {
        x.iter().sum::<f64>() / x.len() as f64
    }

    #[test]
    fn notes_are_in_tune_at_their_centres() {
        for seed in 0..8 {
            let curve = curve(&singer(), Delivery::Sung, false, seed);
            for tone in syllables().concat() {
                let middle = mean(&part(&curve, &tone, 0.25, 0.85));
                assert!((middle - tone.pitch).abs() < 0.2, "{middle} for {}", tone.pitch);
            }
        }
    }

    #[test]
    fn vibrato_has_its_depth_and_an_electric_voice_none() {
        let spread = |singer: &Singer| {
            let held = sung(singer)[130..190].to_vec();
            held.iter().fold(f64::MIN, |a, &b| a.max(b)) - held.iter().fold(f64::MAX, |a, &b| a.min(b))
        };
        assert!((0.55..1.4).contains(&spread(&singer())), "{}", spread(&singer()));
        assert!(
            spread(&Singer {
                electric: 1.0,
                ..singer()
            }) < 1e-9
        );
    }

    #[test]
    fn a_phrase_is_entered_from_below_and_left_downwards() {
        let curve = sung(&singer());
        let notes = syllables().concat();
        assert!(part(&curve, &notes[3], 0.0, 0.05)[0] < 66.9);
        let end = part(&curve, &notes[3], 0.97, 1.0);
        assert!(mean(&end) < 66.95, "{}", mean(&end));
    }

    #[test]
    fn two_takes_differ_by_some_cents() {
        let takes: Vec<Vec<f64>> = (0..12)
            .map(|seed| curve(&singer(), Delivery::Sung, true, seed))
            .collect();
        let mut apart = Vec::new();
        for pair in takes.windows(2) {
            // Before the vibrato.
            let tone = syllables()[2][0];
            apart.push(100.0 * (mean(&part(&pair[0], &tone, 0.1, 0.2)) - mean(&part(&pair[1], &tone, 0.1, 0.2))).abs());
        }
        let mean = mean(&apart);
        assert!((3.0..20.0).contains(&mean), "{mean} cents");
    }

    #[test]
    fn rapped_syllables_sink_through_their_notes() {
        let curve = curve(&singer(), Delivery::Rapped, false, 3);
        for tone in syllables().concat() {
            let length = (tone.end - tone.start).min(0.4);
            let spoken = Tone {
                end: tone.start + length,
                ..tone
            };
            let (first, last) = (
                mean(&part(&curve, &spoken, 0.1, 0.3)),
                mean(&part(&curve, &spoken, 0.7, 0.95)),
            );
            assert!(first - last > 0.3, "{first} to {last}");
            let middle = mean(&part(&curve, &spoken, 0.2, 0.8));
            assert!((middle - tone.pitch).abs() < 1.5, "{middle} for {}", tone.pitch);
        }
    }

    #[test]
    fn a_semitone_above_a4_is_466_hz() {
        assert!((hz(70.0) - 466.163_761_5).abs() < 1e-6);
    }
}
