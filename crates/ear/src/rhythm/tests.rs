use std::{f32::consts::TAU, ops::ControlFlow};

use catbird_score::Dice;

use super::*;

/// Sound that is put together by seconds.
struct Tape(Vec<f32>);

impl Tape {
    fn new(seconds: f64) -> Self {
        Self(vec![0.0; (seconds * f64::from(RATE)) as usize])
    }

    fn put(&mut self, second: f64, length: f64, sound: impl Fn(f32) -> f32) {
        let at = (second * f64::from(RATE)).round() as usize;
        for i in 0..(length * f64::from(RATE)) as usize {
            if let Some(s) = self.0.get_mut(at + i) {
                *s += sound(i as f32 / RATE as f32);
            }
        }
    }

    fn kick(&mut self, second: f64) {
        self.put(second, 0.15, |t| 0.5 * (-t * 25.0).exp() * (TAU * 60.0 * t).sin());
    }

    fn snare(&mut self, second: f64) {
        let mut dice = Dice::new(1, "snare");
        let noise: Vec<f32> = (0..RATE).map(|_| dice.between(-1.0, 1.0) as f32).collect();
        self.put(second, 0.12, |t| {
            0.3 * (-t * 30.0).exp() * noise[(t * RATE as f32) as usize]
        });
    }

    fn hat(&mut self, second: f64) {
        self.put(second, 0.04, |t| {
            0.25 * (-t * 90.0).exp() * (TAU * 9000.0 * t).sin() * (TAU * 7130.0 * t).cos()
        });
    }

    fn chord(&mut self, second: f64, length: f64, pitches: &[u8]) {
        for pitch in pitches {
            let hz = 440.0 * 2.0_f32.powf((f32::from(*pitch) - 69.0) / 12.0);
            self.put(second, length, |t| {
                0.06 * (t * 200.0).min(1.0) * ((TAU * hz * t).sin() + 0.4 * (TAU * 2.0 * hz * t).sin())
            });
        }
    }

    fn hear(&self) -> Rhythm {
        hear(&self.0, &|_, _| ControlFlow::Continue(())).unwrap()
    }
}

const CHORDS: [[u8; 4]; 4] = [[48, 60, 64, 67], [45, 60, 64, 69], [41, 60, 65, 69], [43, 59, 62, 67]];

/// Bars of kick, snare, a chord a bar and hats off the beat, beats at the given seconds.
fn band(beats: &[f64], per_bar: usize, seconds: f64) -> Tape {
    let mut tape = Tape::new(seconds);
    for (i, w) in beats.windows(2).enumerate() {
        let gap = w[1] - w[0];
        match i % per_bar {
            0 => {
                tape.kick(w[0]);
                tape.chord(w[0], gap * per_bar as f64 * 0.97, &CHORDS[i / per_bar % 4]);
            }
            2 if per_bar == 4 => tape.kick(w[0]),
            _ => tape.snare(w[0]),
        }
        // Louder than anything on the beat in their register.
        tape.hat(w[0] + gap / 2.0);
    }
    tape
}

fn steady(bpm: f64, first: f64, seconds: f64) -> Vec<f64> {
    let step = 60.0 / bpm;
    let count = ((seconds - first) / step).ceil() as usize;
    (0..count).map(|k| first + k as f64 * step).collect()
}

/// Share of `beats` that have a beat of the rhythm within so many seconds.
fn hit(rhythm: &Rhythm, beats: &[f64], within: f64) -> f64 {
    let near = |b: &f64| rhythm.beats.iter().any(|r| (r - b).abs() < within);
    beats.iter().filter(|b| near(b)).count() as f64 / beats.len() as f64
}

#[test]
fn a_machine_gets_one_tempo_and_offbeat_hats_do_not_flip_it() {
    for (bpm, first) in [(84.0, 0.4), (97.3, 0.21), (128.0, 1.3)] {
        let beats = steady(bpm, first, 40.0);
        let rhythm = band(&beats, 4, 40.0).hear();
        assert!(rhythm.steady, "{bpm}");
        let heard = rhythm.tempo.marks[0].bpm;
        assert!((heard / bpm - 1.0).abs() < 0.001, "{bpm} heard as {heard}");
        assert_eq!(rhythm.meter.beats, 4);
        assert!(hit(&rhythm, &beats, 0.02) > 0.99, "{bpm}");
        // The bar line is where the chords change.
        let bar = 4.0 * 60.0 / bpm;
        let off = (rhythm.tempo.lead_seconds - first).rem_euclid(bar);
        assert!(off.min(bar - off) < 0.02, "{bpm}: bar lines are {off} s off");
        assert!((0.0..bar).contains(&rhythm.tempo.lead_seconds));
        assert!(rhythm.tempo_confidence > 0.5);
    }
}

#[test]
fn three_beats_a_bar_are_heard() {
    let beats = steady(132.0, 0.6, 45.0);
    let rhythm = band(&beats, 3, 45.0).hear();
    assert_eq!(rhythm.meter.beats, 3);
    let bar = 3.0 * 60.0 / 132.0;
    let off = (rhythm.tempo.lead_seconds - 0.6).rem_euclid(bar);
    assert!(off.min(bar - off) < 0.02, "{off}");
}

#[test]
fn a_live_band_is_followed_and_every_beat_lies_on_its_tick() {
    let mut beats = vec![0.5];
    while beats[beats.len() - 1] < 60.0 {
        let k = beats.len() as f64;
        let bpm = 100.0 * (1.0 + 0.04 * (k / 15.0).sin());
        beats.push(beats[beats.len() - 1] + 60.0 / bpm);
    }
    let rhythm = band(&beats, 4, 60.0).hear();
    assert!(!rhythm.steady);
    assert!(hit(&rhythm, &beats[..beats.len() - 2], 0.04) > 0.95);
    for (i, beat) in rhythm.beats.iter().enumerate() {
        let tick = i as u32 * catbird_score::PPQ;
        assert!((rhythm.tempo.at(tick) - beat).abs() < 0.005);
    }
    assert!(rhythm.downbeats.iter().enumerate().all(|(bar, i)| *i == bar * 4));
}

#[test]
fn what_has_no_beat_gets_a_grid_that_says_so() {
    let mut tape = Tape::new(20.0);
    let mut dice = Dice::new(7, "noise");
    for s in &mut tape.0 {
        *s = 0.1 * dice.between(-1.0, 1.0) as f32;
    }
    let rhythm = tape.hear();
    assert!(rhythm.tempo_confidence < 0.3, "{}", rhythm.tempo_confidence);
    assert!(rhythm.beats.len() > 10 && rhythm.tempo.lead_seconds >= 0.0);
    assert!(rhythm.percussive > 0.2);
    // A single sound a little longer than the shortest that is taken.
    let mut short = Tape::new(0.7);
    short.kick(0.1);
    let rhythm = short.hear();
    assert!(!rhythm.beats.is_empty() && rhythm.tempo.marks[0].bpm > 20.0);
}

#[test]
fn silence_and_cancelling_are_errors() {
    let nothing = hear(&vec![0.0; 88_200], &|_, _| ControlFlow::Continue(()));
    assert!(matches!(nothing, Err(EarError::Nothing(_))));
    let cancelled = hear(&vec![0.1; 88_200], &|_, _| ControlFlow::Break(()));
    assert!(matches!(cancelled, Err(EarError::Cancelled)));
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let beats = steady(110.0, 0.3, 15.0);
    let tape = band(&beats, 4, 15.0);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| tape.hear())
    };
    assert_eq!(on(1), on(3));
}
