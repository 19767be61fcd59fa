use std::ops::ControlFlow;

use catbird_score::{Channel, DrumKit, Gender, Note, Part, PartRole, Role, Section, Singer, Sound, SynthPatch, Vocal};

use super::*;
use crate::calibrate::bare_score;

fn note(beat: u32, length: u32, pitch: u8) -> Note {
    Note {
        start: beat * 480,
        length,
        pitch,
        velocity: 100,
        nudge: 0,
    }
}

fn part(id: &str, sound: Sound, channel: Channel, notes: Vec<Note>) -> Part {
    Part {
        id: id.into(),
        name: id.into(),
        role: PartRole::Comp,
        sound,
        channel,
        notes,
    }
}

/// Four seconds of own instruments.
fn score() -> Score {
    let mut score = bare_score();
    score.seconds = 4.0;
    score.sections.push(Section {
        name: "Verse".into(),
        role: Role::Verse,
        start: 0,
        length: 6 * 480,
        energy: 0.5,
    });
    let beats = |pitch: u8| (0..6).map(|b| note(b, 400, pitch)).collect::<Vec<_>>();
    score.parts = vec![
        part(
            "drums",
            Sound::Machine { kit: DrumKit::House },
            Channel::default(),
            beats(36),
        ),
        part(
            "bass",
            Sound::Synth {
                patch: SynthPatch::SawBass,
            },
            Channel {
                duck_db: 9.0,
                ..Channel::default()
            },
            beats(36),
        ),
        part(
            "saws",
            Sound::Synth {
                patch: SynthPatch::SuperSaw,
            },
            Channel {
                delay: 0.4,
                pan: -0.4,
                width: 1.5,
                ..Channel::default()
            },
            beats(64),
        ),
    ];
    score
}

fn sung() -> (Score, Vec<f32>) {
    let mut score = score();
    let singer = Singer {
        name: "test".into(),
        gender: Gender::Female,
        low: 57,
        high: 74,
        warp: 1.0,
        tilt_db: 0.0,
        breath: 0.0,
        vibrato_cents: 0.0,
        vibrato_hz: 5.0,
        glide_ms: 50.0,
        drive: 0.0,
        electric: 0.0,
        density: 0.0,
        ..Singer::default()
    };
    score.vocal = Some(Vocal {
        partner: None,
        backing: Vec::new(),
        singer,
        channel: Channel::default(),
        lines: Vec::new(),
    });
    let dry = (0..4 * 44_100)
        .map(|i| {
            if (44_100..110_250).contains(&i) {
                0.2 * (i as f32 * 0.09).sin() + 0.1 * (i as f32 * 0.18).sin()
            } else {
                0.0
            }
        })
        .collect();
    (score, dry)
}

fn play(score: &Score, dry: Option<&[f32]>, stems: bool) -> Mix {
    mix(
        score,
        4 * 44_100,
        None,
        dry,
        &Guests::default(),
        stems,
        &|_, _| ControlFlow::Continue(()),
        &mut |_, _| {},
    )
    .expect("nothing cancels")
}

fn power(x: &[f32]) -> f32 {
    x.iter().map(|v| v * v).sum::<f32>() / x.len() as f32
}

#[test]
fn stems_sum_to_the_mix_and_wanting_them_changes_nothing() {
    let (score, dry) = sung();
    let with = play(&score, Some(&dry), true);
    let ids: Vec<&str> = with.stems.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(ids, ["drums", "bass", "saws", "vocals", "fx"]);
    for stem in &with.stems {
        assert_eq!(stem.audio.frames(), 4 * 44_100);
        assert!(power(&stem.audio.left) > 1e-7, "{} is silent", stem.id);
    }
    let mut sum = Stereo::silence(4 * 44_100);
    for stem in &with.stems {
        sum.add(0, &stem.audio.left, &stem.audio.right);
    }
    for (a, b) in sum
        .left
        .iter()
        .chain(&sum.right)
        .zip(with.audio.left.iter().chain(&with.audio.right))
    {
        assert!((a - b).abs() < 1e-5);
    }
    assert!(play(&score, Some(&dry), false).audio == with.audio);
}

#[test]
fn threads_do_not_change_a_bit() {
    let (score, dry) = sung();
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("a pool");
        pool.install(|| play(&score, Some(&dry), false).audio)
    };
    let one = on(1);
    assert!(one == on(2) && one == on(3));
}

#[test]
fn the_end_is_silence_and_the_beginning_is_not_a_click() {
    let audio = play(&score(), None, false).audio;
    assert_eq!(audio.left.last().copied().map(f32::abs), Some(0.0));
    assert!(audio.left[0].abs() < 1e-6);
    // The form ends at 3 s; the ring-out falls through the last one.
    let level = |from: usize| power(&audio.left[from..from + 4_410]);
    assert!(level(44_100 * 7 / 2) < level(44_100 * 5 / 2));
    assert!(level(4 * 44_100 - 4_410) < 1e-6);
}

#[test]
fn the_kick_pushes_what_asks_for_it() {
    let stems = play(&score(), None, true).stems;
    let mut free = score();
    free.parts[1].channel.duck_db = 0.0;
    let undisturbed = play(&free, None, true).stems;
    let ratio =
        |at: usize| power(&stems[1].audio.left[at..at + 1_000]) / power(&undisturbed[1].audio.left[at..at + 1_000]);
    // Just after the kick at 1 s, and well before the next.
    assert!(ratio(44_100 + 500) < 0.2, "{}", ratio(44_100 + 500));
    assert!(ratio(44_100 + 16_000) > 0.9);
}

#[test]
fn the_voice_stands_just_above_the_band_it_sings_with() {
    let (score, dry) = sung();
    let stems = play(&score, Some(&dry), true).stems;
    let in_band = |x: &[f32]| {
        let mut x = x.to_vec();
        biquad::Biquad::high_pass(300.0, 0.707).run(&mut biquad::Memory::default(), &mut x);
        biquad::Biquad::low_pass(4_000.0, 0.707).run(&mut biquad::Memory::default(), &mut x);
        power(&x[50_000..105_000])
    };
    let mut band = vec![0.0; 4 * 44_100];
    for stem in stems.iter().filter(|s| s.id != "vocals") {
        crate::audio::add(&mut band, &stem.audio.left);
    }
    let voice = &stems.iter().find(|s| s.id == "vocals").expect("a voice").audio.left;
    let over = 10.0 * (in_band(voice) / in_band(&band)).log10();
    assert!((0.0..4.5).contains(&over), "{over:.1} dB");
}

#[test]
fn a_break_stops_at_once() {
    let stop = |_, done| {
        if done > 0.3 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let result = mix(
        &score(),
        4 * 44_100,
        None,
        None,
        &Guests::default(),
        false,
        &stop,
        &mut |_, _| {},
    );
    assert!(matches!(result, Err(SoundError::Cancelled)));
}
