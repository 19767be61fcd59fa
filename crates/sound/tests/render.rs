//! Whole renderings through the public door.

use std::{ops::ControlFlow, path::PathBuf, sync::Mutex};

use catbird_score::{
    Channel, DrumKit, Guitar, Key, Labels, Master, Meter, Mode, Note, Part, PartRole, Registration, Score, Sound,
    SynthPatch, TempoMap, Touch,
};
use catbird_sound::{RATE, Rendering, SoundError, Stems, Step, Studio, Want};

fn score(seconds: f64, parts: Vec<Part>) -> Score {
    Score {
        version: catbird_score::score::VERSION,
        seed: 5,
        title: "Test".into(),
        style: "test".into(),
        labels: Labels::default(),
        meter: Meter::COMMON,
        tempo: TempoMap::steady(120.0, 0.05),
        key: Key {
            tonic: 0,
            mode: Mode::Major,
        },
        modulations: Vec::new(),
        seconds,
        sections: Vec::new(),
        chords: Vec::new(),
        vocal: None,
        parts,
        master: Master::default(),
        brief: catbird_score::Brief::default(),
        patch: None,
        joins: None,
        reels: Vec::new(),
        heard: None,
    }
}

fn part(id: &str, sound: Sound, pitches: &[u8]) -> Part {
    let notes = pitches.iter().enumerate().map(|(i, &pitch)| Note {
        start: i as u32 * 240,
        length: 220,
        pitch,
        velocity: 100,
        nudge: 0,
        touch: Touch::Plain,
    });
    Part {
        id: id.into(),
        name: id.into(),
        role: PartRole::Comp,
        sound,
        channel: Channel::default(),
        notes: notes.collect(),
    }
}

fn own_band() -> Vec<Part> {
    vec![
        part(
            "drums",
            Sound::Machine { kit: DrumKit::HipHop },
            &[36, 42, 38, 42, 36, 46, 38, 42].repeat(2),
        ),
        part(
            "keys",
            Sound::Synth {
                patch: SynthPatch::FmKeys,
            },
            &[60, 64, 67, 71, 69, 65, 62, 59].repeat(2),
        ),
    ]
}

/// Guitars, an organ and a ladder bass: everything that is computed and keeps a state of its own.
fn computed_band() -> Vec<Part> {
    let mut lead = part(
        "lead",
        Sound::Strung {
            guitar: Guitar::Humbucker,
            drive: 0.8,
        },
        &[64, 67, 69, 67, 72, 71, 69, 64],
    );
    lead.role = PartRole::Lead;
    let touches = [Touch::Plain, Touch::Slide, Touch::Bend, Touch::Fall, Touch::Muted];
    for (note, touch) in lead.notes.iter_mut().zip(touches.iter().cycle()) {
        note.touch = *touch;
    }
    let strung = |guitar, drive| Sound::Strung { guitar, drive };
    let mut swept = part(
        "organ",
        Sound::Organ {
            registration: Registration::Gospel,
        },
        &[60, 64, 67, 60, 64, 67],
    );
    swept.channel.sweep = 0.8;
    vec![
        lead,
        swept,
        part(
            "riff",
            strung(Guitar::Humbucker, 0.9),
            &[40, 40, 43, 40, 45, 43, 40, 38],
        ),
        part("strum", strung(Guitar::Steel, 0.0), &[52, 59, 64, 68, 64, 59, 52, 47]),
        part(
            "bass",
            Sound::Synth {
                patch: SynthPatch::Acid,
            },
            &[33, 33, 45, 36, 33, 40, 33, 31],
        ),
    ]
}

/// The band's SoundFont; fetched when it is missing.
fn soundfont() -> PathBuf {
    let assets = catbird_assets::Assets::open().expect("a cache folder");
    assets
        .ensure(catbird_assets::Parts::Song, &|_, _, _| {})
        .expect("the assets can be fetched");
    assets.path("MuseScore_General_Lite.sf3")
}

fn studio(soundfont: PathBuf) -> Studio {
    Studio::new(soundfont)
}

fn render(studio: &Studio, score: &Score) -> Result<Rendering, SoundError> {
    studio.render(score, Want::default(), &|_, _| ControlFlow::Continue(()))
}

#[test]
fn computed_instruments_play_the_same_on_one_thread_and_on_two() {
    let score = score(3.0, computed_band());
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let stems = Want {
            stems: Stems::All,
            ..Want::default()
        };
        pool.expect("threads").install(|| {
            studio("none.sf3".into())
                .render(&score, stems, &|_, _| ControlFlow::Continue(()))
                .expect("renders without samples")
        })
    };
    let (one, two) = (on(1), on(2));
    assert_eq!(one.master, two.master);
    for stem in one.stems.iter().filter(|s| s.id != "fx") {
        let peak = stem.audio.peak();
        assert!((0.02..4.0).contains(&peak), "{}: peak {peak}", stem.id);
    }
}

/// The click of a metal kick is the machine's: samples alone hardly have one.
#[test]
fn a_layered_kit_has_the_click_of_its_machine() {
    let studio = studio(soundfont());
    let click = |sound| {
        let made = render(&studio, &score(3.0, vec![part("drums", sound, &[36; 8])])).expect("renders");
        // The first 20 ms of the third stroke, against the first 100.
        let at = (f64::from(RATE) * 0.55) as usize;
        let rough = |x: &[f32]| x.windows(2).map(|w| f64::from(w[1] - w[0]).powi(2)).sum::<f64>();
        let power = |x: &[f32]| x.iter().map(|v| f64::from(v * v)).sum::<f64>();
        let x = &made.master.left[at..at + RATE as usize / 10];
        rough(&x[..RATE as usize / 50]) / power(x)
    };
    let samples = click(Sound::Kit { program: 16 });
    let layered = click(Sound::Layered {
        program: 16,
        kit: DrumKit::Metal,
    });
    assert!(layered > 1.1 * samples, "{layered} and {samples}");
}

#[test]
fn a_song_has_its_exact_length_its_loudness_and_no_over() {
    let studio = studio("none.sf3".into());
    for (seconds, lufs) in [(5.0, -14.0), (4.321, -10.0), (6.0, -20.0)] {
        let mut score = score(seconds, own_band());
        score.master.lufs = lufs;
        score.master.drive = 0.3;
        let made = render(&studio, &score).expect("renders");
        assert_eq!(made.master.frames(), (seconds * f64::from(RATE)).round() as usize);
        let heard = made.loudness.integrated_lufs.expect("long enough");
        assert!((heard - f64::from(lufs)).abs() <= 0.5, "{heard} instead of {lufs}");
        assert!(made.loudness.true_peak_dbtp.expect("sounds") <= -1.0);
        let mean = made.master.left.iter().map(|x| f64::from(*x)).sum::<f64>() / made.master.frames() as f64;
        // A few seconds of kick drum have a mean of their own.
        assert!(mean.abs() < 3e-4, "offset {mean}");
        assert!(made.stems.is_empty() && made.vocals_dry.is_none());
    }
}

#[test]
fn silence_and_a_blink_are_songs_too() {
    let studio = studio("none.sf3".into());
    let silent = render(&studio, &score(2.0, Vec::new())).expect("renders");
    assert_eq!(silent.master.frames(), 88_200);
    assert_eq!(silent.master.peak(), 0.0);
    assert_eq!(silent.loudness.integrated_lufs, None);
    let blink = render(&studio, &score(0.3, own_band())).expect("renders");
    assert_eq!(blink.master.frames(), 13_230);
    assert!((0.05..0.9).contains(&blink.master.peak()), "{}", blink.master.peak());
}

#[test]
fn steps_come_in_order_and_a_break_cancels() {
    let studio = studio("none.sf3".into());
    let score = score(3.0, own_band());
    let heard = Mutex::new(Vec::new());
    let made = studio.render(
        &score,
        Want {
            stems: Stems::All,
            live: None,
            recordings: None,
        },
        &|step, done| {
            heard.lock().expect("not poisoned").push((step, done));
            ControlFlow::Continue(())
        },
    );
    assert_eq!(
        made.expect("renders")
            .stems
            .iter()
            .map(|s| s.id.clone())
            .collect::<Vec<_>>(),
        ["drums", "keys", "fx"]
    );
    let heard = heard.into_inner().expect("not poisoned");
    assert!(
        heard
            .windows(2)
            .all(|w| w[0].0 < w[1].0 || (w[0].0 == w[1].0 && w[0].1 <= w[1].1)),
        "{heard:?}"
    );
    let stopped = studio.render(&score, Want::default(), &|step, _| {
        if step == Step::Mastering {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    assert!(matches!(stopped, Err(SoundError::Cancelled)));
}

#[test]
fn a_missing_soundfont_is_told_in_words_and_found_later() {
    let folder = std::env::temp_dir().join(format!("catbird-sound-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a scratch folder");
    let path = folder.join("bank.sf3");
    let studio = studio(path.clone());
    let piano = || vec![part("piano", Sound::Sampled { bank: 0, program: 0 }, &[60, 64, 67, 72])];
    let error = render(&studio, &score(2.0, piano())).expect_err("no such file");
    assert!(error.to_string().contains("bank.sf3"), "{error}");
    std::fs::write(&path, b"not a SoundFont at all").expect("writes");
    assert!(matches!(
        render(&studio, &score(2.0, piano())),
        Err(SoundError::SoundFont { .. })
    ));

    std::fs::copy(soundfont(), &path).expect("copies the SoundFont");
    let made = render(&studio, &score(2.0, piano())).expect("the same studio finds it now");
    assert!(made.master.peak() > 0.1);
    std::fs::remove_dir_all(&folder).expect("removes its scratch folder");
}

#[test]
fn sampled_sounds_are_equally_loud_at_velocity_100() {
    let studio = studio(soundfont());
    // Piano, vibraphone, organ, nylon guitar, strings, trumpet, saw lead; and one of our own.
    let mut sounds: Vec<Sound> = [0, 11, 16, 24, 48, 56, 81]
        .map(|program| Sound::Sampled { bank: 0, program })
        .to_vec();
    sounds.push(Sound::Synth {
        patch: SynthPatch::Lead,
    });
    let mut levels = Vec::new();
    for sound in sounds {
        let mut held = part("x", sound, &[64]);
        held.notes[0].length = 1_440;
        held.channel.reverb = 0.0;
        let mut score = score(5.0, vec![held]);
        // The stem, not the master: the master levels everything.
        score.tempo.lead_seconds = 0.0;
        let made = studio
            .render(
                &score,
                Want {
                    stems: Stems::All,
                    live: None,
                    recordings: None,
                },
                &|_, _| ControlFlow::Continue(()),
            )
            .expect("renders");
        let left = &made.stems[0].audio.stereo().left[2_000..22_050];
        levels.push(10.0 * (left.iter().map(|x| x * x).sum::<f32>() / left.len() as f32).log10());
    }
    let spread = levels.iter().fold(f32::MIN, |a, b| a.max(*b)) - levels.iter().fold(f32::MAX, |a, b| a.min(*b));
    assert!(spread < 12.0, "{levels:?}");
}
