use std::ops::ControlFlow;

use catbird_score::{
    Channel, DrumKit, Gender, Note, Part, PartRole, Role, Section, Singer, Sound, SynthPatch, Touch, Vocal,
};

use super::*;
use crate::calibrate::bare_score;

fn note(beat: u32, length: u32, pitch: u8) -> Note {
    Note {
        start: beat * 480,
        length,
        pitch,
        velocity: 100,
        nudge: 0,
        touch: Touch::Plain,
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

fn all(stems: bool) -> Stems {
    if stems { Stems::All } else { Stems::None }
}

fn play(score: &Score, dry: Option<&[f32]>, stems: bool) -> Mix {
    mix(
        score,
        4 * 44_100,
        &Samples::default(),
        singing(dry).as_ref(),
        &Guests::default(),
        all(stems),
        &|_, _| ControlFlow::Continue(()),
        &mut |_, _| {},
    )
    .expect("nothing cancels")
}

fn singing(dry: Option<&[f32]>) -> Option<Singing> {
    dry.map(|dry| Singing {
        front: dry.to_vec(),
        choir: Vec::new(),
    })
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
        assert!(power(&stem.audio.stereo().left) > 1e-7, "{} is silent", stem.id);
    }
    let mut sum = Stereo::silence(4 * 44_100);
    for stem in &with.stems {
        let stem = stem.audio.stereo();
        sum.add(0, &stem.left, &stem.right);
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
    let bass = |score: &Score| play(score, None, true).stems[1].audio.stereo().left;
    let pushed = bass(&score());
    let mut free = score();
    free.parts[1].channel.duck_db = 0.0;
    let undisturbed = bass(&free);
    let ratio = |at: usize| power(&pushed[at..at + 1_000]) / power(&undisturbed[at..at + 1_000]);
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
        crate::audio::add(&mut band, &stem.audio.stereo().left);
    }
    let voice = stems.iter().find(|s| s.id == "vocals").expect("a voice");
    let over = 10.0 * (in_band(&voice.audio.stereo().left) / in_band(&band)).log10();
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
        &Samples::default(),
        None,
        &Guests::default(),
        Stems::None,
        &stop,
        &mut |_, _| {},
    );
    assert!(matches!(result, Err(SoundError::Cancelled)));
}

/// Two backing singers, one at each side; phrases of half a second.
fn with_choir() -> (Score, Singing) {
    let (mut score, dry) = sung();
    let vocal = score.vocal.as_mut().expect("it is sung");
    for (name, pan) in [("left", -0.7), ("right", 0.7)] {
        vocal.backing.push(catbird_score::Chorister {
            name: name.into(),
            singer: vocal.singer.clone(),
            channel: Channel {
                pan,
                gain_db: -6.0,
                ..Channel::default()
            },
            lines: Vec::new(),
        });
    }
    let phrase = |at: i64, turn: f32| {
        let samples = (0..22_050).map(|i| 0.05 * (i as f32 * turn).sin()).collect();
        Arc::new(crate::voice::Rendered { at, samples })
    };
    let choir = vec![
        vec![phrase(-2_000, 0.08), phrase(66_150, 0.08)],
        vec![phrase(120_000, 0.11)],
    ];
    (score, Singing { front: dry, choir })
}

fn play_all(score: &Score, sung: &Singing, stems: bool) -> Mix {
    let go_on = |_, _| ControlFlow::Continue(());
    let tap = &mut |_: &[f32], _: &[f32]| {};
    mix(
        score,
        4 * 44_100,
        &Samples::default(),
        Some(sung),
        &Guests::default(),
        all(stems),
        &go_on,
        tap,
    )
    .expect("nothing cancels")
}

#[test]
fn backing_singers_have_a_track_of_their_own_at_their_sides_under_the_lead() {
    let (score, sung) = with_choir();
    let with = play_all(&score, &sung, true);
    let ids: Vec<&str> = with.stems.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(ids, ["drums", "bass", "saws", "vocals", "backing_vocals", "fx"]);
    let mut sum = Stereo::silence(4 * 44_100);
    for stem in &with.stems {
        let stem = stem.audio.stereo();
        sum.add(0, &stem.left, &stem.right);
    }
    for (a, b) in sum.left.iter().zip(&with.audio.left) {
        assert!((a - b).abs() < 1e-5);
    }
    assert!(play_all(&score, &sung, false).audio == with.audio);
    let [vocals, backing] = [3, 4].map(|i| with.stems[i].audio.stereo());
    let level = |x: &[f32], from: usize| 10.0 * power(&x[from..from + 8_000]).max(1e-12).log10();
    let (left, right) = (level(&backing.left, 72_000), level(&backing.right, 72_000));
    assert!(left - right > 6.0, "the one at the left: {left} {right}");
    let lead = level(&vocals.left, 72_000);
    assert!((3.0..14.0).contains(&(lead - left)), "{lead} over {left}");
    assert!(level(&backing.left, 40_000) < -80.0, "nobody sings there");
    assert!(level(&backing.right, 125_000) > -40.0, "alone too");
    // The lead and the band do not care.
    let alone = play_all(
        &score,
        &Singing {
            choir: Vec::new(),
            ..with_choir().1
        },
        true,
    );
    for ((id, a), b) in ids.iter().zip(&alone.stems).zip(&with.stems).take(4) {
        assert!(a.audio == b.audio, "{id}");
    }
}

#[test]
fn backing_singers_without_a_lead_stand_where_a_lead_would() {
    let (score, mut sung) = with_choir();
    sung.front.fill(0.0);
    let with = play_all(&score, &sung, true);
    let backing = with.stems.iter().find(|s| s.id == "backing_vocals").expect("they sing");
    let db = 10.0 * power(&backing.audio.stereo().left[72_000..80_000]).log10();
    assert!((-36.0..-12.0).contains(&db), "{db}");
    assert!(with.audio.peak() < 4.0);
}
