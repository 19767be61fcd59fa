//! The notes of one voice. Its pitch curve is read by a hidden Markov model over semitones and silence
//! (the idea of Ryynänen and Klapuri, 2008, and of the Tony note tracker, Mauch and others, 2015); a pitch
//! that goes on is divided where the voice dips.

use super::Voice;
use crate::{RATE, notes::HeardNote, pitch::PitchCurve};

/// Keys the model knows, MIDI.
const LOW: u8 = 33;
const STATES: usize = 60;
/// How far a voice strays from its note, semitones.
const SPREAD: f32 = 0.55;
/// Worst cost of a voiced frame: a slide or a wrong octave does not break a note.
const STRAY: f32 = 5.0;
/// Cost of a pitch change, of starting or stopping, and of a frame that is voiced where the model is
/// silent or silent where it sings.
const CHANGE: f32 = 7.0;
const TURN: f32 = 3.0;
const WRONG: f32 = 1.6;
/// The shortest note, seconds.
const SHORTEST: f64 = 0.08;
/// A dip of the level by so many dB divides a held pitch.
const DIP_DB: f32 = 7.0;
/// Syllables on one pitch are no shorter than this, seconds.
const SYLLABLE: f64 = 0.15;
/// A shorter note that leads into its neighbour within so many semitones is a scoop or a fall, seconds.
const SCOOP: f64 = 0.13;
const SCOOP_REACH: f32 = 3.5;
/// A note this far from those around it is a wrong octave, semitones.
const ASTRAY: f32 = 13.0;
/// A frame this far below the loud ones of the stem is silence, dB.
const GATE_DB: f32 = -38.0;

/// The voice's notes, by rising onset.
pub fn line(voice: &Voice) -> Vec<HeardNote> {
    let curve = voice.curve;
    let levels = levels(voice.sound, curve);
    let mut loud = levels.clone();
    loud.sort_by(f32::total_cmp);
    let top = loud.get(loud.len() * 19 / 20).copied().unwrap_or(-120.0);
    let pitches: Vec<Option<f32>> = (0..curve.hz.len())
        .map(|f| curve.midi(f).filter(|_| levels[f] > top + GATE_DB))
        .collect();
    let tuning = tuning(&pitches);
    let states = track(&pitches, tuning);
    let mut notes = Vec::new();
    let mut from = 0;
    for frame in 1..=states.len() {
        if frame < states.len() && states[frame] == states[from] {
            continue;
        }
        if let Some(key) = states[from] {
            for (a, b) in divided(voice, &levels, from, frame) {
                notes.extend(note(curve, &pitches, &levels, top, (a, b), key, tuning));
            }
        }
        from = frame;
    }
    joined(settled(&notes))
}

/// Without notes far from all around them.
fn settled(notes: &[HeardNote]) -> Vec<HeardNote> {
    let around = |i: usize| {
        let near = &notes[i.saturating_sub(4)..(i + 5).min(notes.len())];
        let mut pitches: Vec<f32> = near.iter().map(|n| n.pitch).collect();
        pitches.sort_by(f32::total_cmp);
        pitches[pitches.len() / 2]
    };
    (0..notes.len())
        .filter(|i| (notes[*i].pitch - around(*i)).abs() < ASTRAY)
        .map(|i| notes[i])
        .collect()
}

/// Scoops into a note begin it, falls from a note end it.
fn joined(notes: Vec<HeardNote>) -> Vec<HeardNote> {
    let mut out: Vec<HeardNote> = Vec::with_capacity(notes.len());
    for note in notes {
        if let Some(last) = out.last_mut() {
            let touches = note.from - last.to < 0.03 && (note.pitch - last.pitch).abs() < SCOOP_REACH;
            if touches && last.seconds() < SCOOP {
                *last = HeardNote {
                    from: last.from,
                    ..note
                };
                continue;
            }
            if touches && note.seconds() < SCOOP {
                last.to = note.to;
                continue;
            }
        }
        out.push(note);
    }
    out
}

/// Level of each frame of the curve, dB.
fn levels(sound: &[f32], curve: &PitchCurve) -> Vec<f32> {
    let hop = (curve.hop_seconds * f64::from(RATE)).max(1.0);
    (0..curve.hz.len())
        .map(|f| {
            let at = (f as f64 * hop) as usize;
            let span = sound.get(at..(at + hop as usize).min(sound.len())).unwrap_or(&[]);
            let power = span.iter().map(|x| x * x).sum::<f32>() / span.len().max(1) as f32;
            10.0 * (power + 1e-12).log10()
        })
        .collect()
}

/// How far the voice is tuned above A = 440 Hz, −0.5–0.5 semitones: the circular mean of what is left
/// after rounding.
fn tuning(pitches: &[Option<f32>]) -> f32 {
    let (mut x, mut y) = (0.0f32, 0.0f32);
    for pitch in pitches.iter().flatten() {
        let angle = pitch.fract() * std::f32::consts::TAU;
        x += angle.cos();
        y += angle.sin();
    }
    if x == 0.0 && y == 0.0 {
        return 0.0;
    }
    y.atan2(x) / std::f32::consts::TAU
}

/// The key of each frame, `None` for silence: the cheapest path.
fn track(pitches: &[Option<f32>], tuning: f32) -> Vec<Option<u8>> {
    let silence = STATES;
    let mut cost = vec![0.0f32; STATES + 1];
    let mut back: Vec<u8> = Vec::with_capacity(pitches.len() * (STATES + 1));
    for pitch in pitches {
        let best = (0..STATES).min_by(|a, b| cost[*a].total_cmp(&cost[*b])).unwrap_or(0);
        let mut next = vec![0.0; STATES + 1];
        for (state, slot) in next.iter_mut().enumerate() {
            let (from, way) = if state == silence {
                let stop = cost[best] + TURN;
                if stop < cost[silence] {
                    (best, stop)
                } else {
                    (silence, cost[silence])
                }
            } else {
                let options = [
                    (state, cost[state]),
                    (best, cost[best] + CHANGE),
                    (silence, cost[silence] + TURN),
                ];
                options
                    .into_iter()
                    .min_by(|a, b| a.1.total_cmp(&b.1))
                    .unwrap_or((state, 0.0))
            };
            let here = match (pitch, state == silence) {
                (None, true) => 0.0,
                (None, false) | (Some(_), true) => WRONG,
                (Some(p), false) => {
                    let off = p - tuning - f32::from(LOW) - state as f32;
                    (0.5 * (off / SPREAD).powi(2)).min(STRAY)
                }
            };
            *slot = way + here;
            back.push(from as u8);
        }
        // Only differences matter: keep the numbers small over many minutes.
        let least = next.iter().copied().fold(f32::INFINITY, f32::min);
        cost = next.into_iter().map(|c| c - least).collect();
    }
    let mut state = (0..=STATES)
        .min_by(|a, b| cost[*a].total_cmp(&cost[*b]))
        .unwrap_or(silence);
    let mut path = vec![None; pitches.len()];
    for frame in (0..pitches.len()).rev() {
        path[frame] = (state != silence).then_some(LOW + state as u8);
        state = usize::from(back[frame * (STATES + 1) + state]);
    }
    path
}

/// A held pitch, divided after dips of the level: there a new syllable begins.
fn divided(voice: &Voice, levels: &[f32], from: usize, to: usize) -> Vec<(usize, usize)> {
    let curve = voice.curve;
    let least = (SYLLABLE / curve.hop_seconds).round() as usize;
    let dip = |frame: usize| {
        let before = levels[frame.saturating_sub(8).max(from)..frame]
            .iter()
            .copied()
            .fold(-120.0, f32::max);
        let after = levels[frame..(frame + 8).min(to)]
            .iter()
            .copied()
            .fold(-120.0, f32::max);
        before.min(after) - levels[frame]
    };
    let mut cuts = vec![from];
    let mut frame = from + least;
    while frame + least <= to {
        let valley = dip(frame) > DIP_DB && levels[frame] <= levels[frame - 1] && levels[frame] <= levels[frame + 1];
        if valley {
            // After a dip the syllable begins where the level rises again.
            cuts.push(frame + 1);
            frame += least;
        } else {
            frame += 1;
        }
    }
    cuts.push(to);
    cuts.windows(2).map(|w| (w[0], w[1])).collect()
}

fn note(
    curve: &PitchCurve,
    pitches: &[Option<f32>],
    levels: &[f32],
    top: f32,
    (from, to): (usize, usize),
    key: u8,
    tuning: f32,
) -> Option<HeardNote> {
    let seconds = |f: usize| f as f64 * curve.hop_seconds;
    if seconds(to) - seconds(from) < SHORTEST {
        return None;
    }
    let mut inside: Vec<f32> = pitches[from..to].iter().flatten().copied().collect();
    if inside.is_empty() {
        return None;
    }
    inside.sort_by(f32::total_cmp);
    let pitch = inside[inside.len() / 2] - tuning;
    let level = levels[from..to].iter().copied().fold(-120.0, f32::max);
    let sure = curve.confidence[from..to].iter().sum::<f32>() / (to - from) as f32;
    Some(HeardNote {
        from: seconds(from),
        to: seconds(to),
        pitch: if (pitch - f32::from(key)).abs() < 0.5 {
            pitch
        } else {
            f32::from(key)
        },
        velocity: (100.0 + 2.0 * (level - top)).clamp(20.0, 120.0) as u8,
        confidence: sure.clamp(0.0, 1.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pitch::PitchCurve;

    /// A curve of (MIDI or 0, frames).
    fn curve(steps: &[(f32, usize)]) -> PitchCurve {
        let mut c = PitchCurve {
            hop_seconds: 0.016,
            ..PitchCurve::default()
        };
        for &(midi, frames) in steps {
            for _ in 0..frames {
                // A vibrato of a third of a semitone.
                let sway = 0.3 * (c.hz.len() as f32 * 0.6).sin();
                c.hz.push(440.0 * 2f32.powf((midi + sway - 69.0) / 12.0));
                c.confidence.push(if midi > 0.0 { 0.9 } else { 0.1 });
            }
        }
        c
    }

    fn heard(curve: &PitchCurve, sound: &[f32]) -> Vec<(u8, usize, usize)> {
        let voice = Voice { sound, curve };
        let frame = |s: f64| (s / 0.016).round() as usize;
        line(&voice)
            .iter()
            .map(|n| (n.key(), frame(n.from), frame(n.to)))
            .collect()
    }

    #[test]
    fn vibrato_is_one_note_and_a_step_is_two() {
        let c = curve(&[(0.0, 20), (60.2, 30), (62.2, 30), (0.0, 10), (55.2, 20), (0.0, 10)]);
        let sound = vec![0.3; c.hz.len() * 706];
        assert_eq!(heard(&c, &sound), [(60, 20, 50), (62, 50, 80), (55, 90, 110)]);
    }

    #[test]
    fn a_dip_divides_a_repeated_pitch() {
        let c = curve(&[(0.0, 10), (64.0, 60), (0.0, 10)]);
        let mut sound = vec![0.3; c.hz.len() * 706];
        sound[40 * 706..42 * 706].fill(0.03);
        let notes = heard(&c, &sound);
        assert_eq!(notes.len(), 2, "{notes:?}");
        assert!(notes[1].1.abs_diff(41) <= 2);
    }

    #[test]
    fn silence_sings_nothing() {
        let c = curve(&[(0.0, 50)]);
        assert!(heard(&c, &vec![0.0; 40_000]).is_empty());
        assert!(heard(&PitchCurve::default(), &[]).is_empty());
    }
}
