//! Pieces in which recordings sound, through the public door. The recordings are synthetic; the band is of
//! our own instruments, and nobody sings here but the recording.

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    sync::{Arc, Mutex},
};

use catbird_score::{
    Channel, Dice, DrumKit, Key, Labels, Master, Meter, Mode, Note, Part, PartRole, Patch, Reel, Score, Sound,
    SynthPatch, TempoMap, Touch, Track,
};
use catbird_sound::{
    RATE, Recordings, Rendering, SoundError, Stems, Stereo, Studio, Want, audio::amplitude, loudness, stems,
};

/// Clips with a voice and a band each; the whole is their sum, as after a separation.
#[derive(Default)]
struct Shelf {
    clips: BTreeMap<String, [Arc<Stereo>; 3]>,
    asked: Mutex<Vec<Track>>,
}

impl Recordings for Shelf {
    fn track(&self, clip: &str, track: Track) -> Result<Arc<Stereo>, SoundError> {
        self.asked.lock().expect("not poisoned").push(track);
        let [whole, voice, band] = self.clips.get(clip).ok_or_else(|| SoundError::Recording {
            clip: clip.into(),
            reason: "there is no such clip".into(),
        })?;
        Ok(Arc::clone(match track {
            Track::Whole | Track::Beside => whole,
            Track::Voice => voice,
            Track::Band => band,
        }))
    }
}

impl Shelf {
    /// A recording of so many seconds at this loudness.
    fn with(mut self, clip: &str, seconds: f64, lufs: f32) -> Self {
        let frames = (seconds * f64::from(RATE)).round() as usize;
        let mut dice = Dice::new(7, clip);
        let mut voice = Stereo::default();
        let mut band = Stereo::default();
        for i in 0..frames {
            let t = i as f32 / RATE as f32;
            let beat = t % 0.5;
            let hit = (-30.0 * beat).exp() * (dice.unit() as f32 - 0.5);
            let bass = 0.2 * (t * 55.0 * std::f32::consts::TAU).sin();
            let sings = if t % 4.0 < 3.0 { 0.25 } else { 0.0 };
            let tone =
                sings * ((t * 330.0 * std::f32::consts::TAU).sin() + 0.4 * (t * 990.0 * std::f32::consts::TAU).sin());
            band.left.push(hit + bass);
            band.right.push(0.8 * hit + bass);
            voice.left.push(tone);
            voice.right.push(tone);
        }
        let sum = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a + b).collect();
        let mut whole = Stereo {
            left: sum(&band.left, &voice.left),
            right: sum(&band.right, &voice.right),
        };
        let gain = amplitude(lufs - lufs_of(&whole));
        voice.scale(gain);
        whole.scale(gain);
        // Sixteen bits, as recordings are.
        for x in whole.left.iter_mut().chain(&mut whole.right) {
            *x = (*x * 32_768.0).round().clamp(-32_768.0, 32_767.0) / 32_768.0;
        }
        let less = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a - b).collect();
        let band = Stereo {
            left: less(&whole.left, &voice.left),
            right: less(&whole.right, &voice.right),
        };
        self.clips.insert(clip.into(), [whole, voice, band].map(Arc::new));
        self
    }

    fn whole(&self, clip: &str) -> &Stereo {
        &self.clips[clip][0]
    }
}

fn lufs_of(audio: &Stereo) -> f32 {
    loudness::measure(audio)
        .integrated_lufs
        .expect("long enough and loud enough") as f32
}

fn part(id: &str, sound: Sound, notes: impl Iterator<Item = (u32, u8)>) -> Part {
    Part {
        id: id.into(),
        name: id.into(),
        role: PartRole::Comp,
        sound,
        channel: Channel::default(),
        notes: notes
            .map(|(start, pitch)| Note {
                start,
                length: 440,
                pitch,
                velocity: 100,
                nudge: 0,
                touch: Touch::Plain,
            })
            .collect(),
    }
}

/// Drums and keys on every beat, half a second each.
fn piece(seconds: f64, reels: Vec<Reel>) -> Score {
    let beats = || (0..(seconds * 2.0) as u32 - 1).map(|i| i * 480);
    Score {
        version: catbird_score::score::VERSION,
        seed: 5,
        title: "Test".into(),
        style: "test".into(),
        labels: Labels::default(),
        meter: Meter::COMMON,
        tempo: TempoMap::steady(120.0, 0.0),
        key: Key {
            tonic: 0,
            mode: Mode::Major,
        },
        modulations: Vec::new(),
        seconds,
        sections: Vec::new(),
        chords: Vec::new(),
        vocal: None,
        parts: vec![
            part(
                "drums",
                Sound::Machine { kit: DrumKit::House },
                beats().map(|t| (t, if t % 960 == 0 { 36 } else { 38 })),
            ),
            part(
                "keys",
                Sound::Synth {
                    patch: SynthPatch::FmKeys,
                },
                beats().map(|t| (t, 60 + (t / 480 % 7) as u8)),
            ),
        ],
        master: Master {
            lufs: -12.0,
            ..Master::default()
        },
        brief: catbird_score::Brief::default(),
        patch: None,
        joins: None,
        reels,
        heard: None,
    }
}

fn studio() -> Studio {
    Studio::new("no-bank.sf3")
}

fn go_on(_: catbird_sound::Step, _: f32) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn render(score: &Score, shelf: &Shelf, stems: bool) -> Rendering {
    keep(score, shelf, if stems { Stems::All } else { Stems::None })
}

fn keep(score: &Score, shelf: &Shelf, stems: Stems) -> Rendering {
    let want = Want {
        stems,
        live: None,
        recordings: Some(shelf),
    };
    studio().render(score, want, &go_on).expect("renders")
}

fn same(a: &[f32], b: &[f32]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits())
}

fn slice(audio: &Stereo, from: f64, to: f64) -> Stereo {
    let at = |s: f64| ((s * f64::from(RATE)).round() as usize).min(audio.frames());
    Stereo {
        left: audio.left[at(from)..at(to)].to_vec(),
        right: audio.right[at(from)..at(to)].to_vec(),
    }
}

fn difference(a: &Stereo, b: &Stereo) -> f32 {
    let side = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    side(&a.left, &b.left).max(side(&a.right, &b.right))
}

/// A recording whose seconds from 12 to 20 are played anew.
fn replaced() -> Score {
    piece(
        30.0,
        vec![
            Reel::plain("a", Track::Whole, 0.0, 12.0, 0.0),
            Reel::plain("a", Track::Whole, 20.0, 30.0, 20.0),
        ],
    )
}

#[test]
fn a_recording_by_itself_is_its_samples_and_needs_nobody() {
    let shelf = Shelf::default().with("a", 10.0, -9.0);
    let mut score = piece(10.0, vec![Reel::plain("a", Track::Whole, 0.0, 10.0, 0.0)]);
    // Neither bank nor singer is there; nobody must ask for them.
    score.parts[1].sound = Sound::Sampled { bank: 0, program: 0 };
    let made = render(&score, &shelf, false);
    assert!(same(&made.master.left, &shelf.whole("a").left));
    assert!(same(&made.master.right, &shelf.whole("a").right));
    assert!((made.loudness.integrated_lufs.expect("sounds") + 9.0).abs() < 0.1);
    assert_eq!(
        *shelf.asked.lock().expect("not poisoned"),
        [Track::Whole],
        "nothing is separated"
    );

    let voice = studio().vocals(&score, Some(&shelf), &go_on).expect("sings");
    assert!(same(&voice, &shelf.clips["a"][1].left));
    let made = render(&score, &shelf, true);
    assert!(same(made.vocals_dry.as_ref().expect("sings"), &voice));
    let ids: Vec<&str> = made.stems.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(ids, ["recording", "vocals"]);
    assert!(difference(&made.stems[1].audio.stereo(), &shelf.clips["a"][1]) <= 0.5 * catbird_sound::STEP);
    assert!(difference(&made.stems[0].audio.stereo(), &shelf.clips["a"][2]) <= 0.5 * catbird_sound::STEP);
}

#[test]
fn outside_a_replaced_span_every_sample_is_the_recording_s() {
    let shelf = Shelf::default().with("a", 30.0, -12.0);
    let made = render(&replaced(), &shelf, false);
    let (from, to) = (12 * RATE as usize, 20 * RATE as usize);
    for (out, was) in [
        (&made.master.left, &shelf.whole("a").left),
        (&made.master.right, &shelf.whole("a").right),
    ] {
        assert!(same(&out[..from], &was[..from]) && same(&out[to..], &was[to..]));
        let changed = out[from..to].iter().zip(&was[from..to]).filter(|(a, b)| a != b).count();
        assert!(changed > (to - from) * 9 / 10, "the span is another one");
    }
    // The first drum hits with all its attack.
    assert!(slice(&made.master, 12.005, 12.1).peak() > 0.2);
}

#[test]
fn a_seam_steps_no_more_than_the_recording_does() {
    for (seconds_on, lufs, asked) in [(20.0, -12.0f32, -12.0f32), (14.5, -9.0, -11.0), (28.0, -17.0, -14.0)] {
        let shelf = Shelf::default().with("a", 30.0, lufs);
        let mut score = piece(
            30.0,
            vec![
                Reel::plain("a", Track::Whole, 0.0, 12.0, 0.0),
                Reel::plain("a", Track::Whole, seconds_on, 30.0, seconds_on),
            ],
        );
        score.master.lufs = asked;
        let made = render(&score, &shelf, false);
        let was = shelf.whole("a");
        for seam in [12.0, seconds_on] {
            let window = ((seconds_on - 12.0) / 2.5f64).min(3.0);
            let step = |x: &Stereo| lufs_of(&slice(x, seam, seam + window)) - lufs_of(&slice(x, seam - window, seam));
            let beyond = (step(&made.master) - step(was)).abs();
            assert!(beyond < 1.5, "{beyond:.2} LU at {seam} of {seconds_on}, {lufs} LUFS");
        }
        assert!(
            made.loudness.true_peak_dbtp.expect("sounds")
                <= loudness::measure(was).true_peak_dbtp.expect("sounds").max(-1.0) + 0.1
        );
    }
}

#[test]
fn nobody_plays_where_a_recording_does() {
    let shelf = Shelf::default().with("a", 20.0, -14.0);
    // The backing of a recording for five seconds, its singing for another five.
    let score = piece(
        20.0,
        vec![
            Reel::plain("a", Track::Band, 5.0, 10.0, 5.0),
            Reel::plain("a", Track::Voice, 12.0, 17.0, 12.0),
        ],
    );
    let made = render(&score, &shelf, true);
    let stem = |id: &str| made.stems.iter().find(|s| s.id == id).expect("wanted").audio.stereo();
    // A second lets the last notes ring out.
    for id in ["drums", "keys"] {
        assert!(slice(&stem(id), 6.0, 9.9).peak() < 1e-3, "{id}");
        assert!(slice(&stem(id), 12.0, 17.0).peak() > 0.01, "{id}");
    }
    let power = |x: &Stereo| x.left.iter().map(|x| x * x).sum::<f32>() / x.frames() as f32;
    assert!(slice(&stem("recording"), 0.0, 4.99).peak() < 1e-12 && slice(&stem("recording"), 10.3, 20.0).peak() < 1e-4);
    assert!(power(&slice(&stem("recording"), 5.1, 9.9)) > 1e-4);
    assert!(slice(&stem("vocals"), 0.0, 11.99).peak() < 1e-12 && slice(&stem("vocals"), 17.1, 20.0).peak() < 1e-4);
    assert!(power(&slice(&stem("vocals"), 12.1, 14.9)) > 1e-4);
    // The backing is as loud as the band around it.
    let mix = made.mix.as_ref().expect("wanted");
    let step = lufs_of(&slice(mix, 5.5, 9.5)) - lufs_of(&slice(mix, 0.5, 4.5));
    assert!(step.abs() < 2.0, "{step:.1} LU");
    // The singing is a little above the band, as ours is.
    let dry = made.vocals_dry.as_ref().expect("a recording sings");
    assert!(dry[..12 * 44_100 - 300].iter().all(|x| *x == 0.0) && dry[13 * 44_100] != 0.0);
    assert!(same(
        dry,
        &studio().vocals(&score, Some(&shelf), &go_on).expect("sings")
    ));
}

#[test]
fn a_recording_that_passes_the_master_is_mastered() {
    let shelf = Shelf::default().with("a", 12.0, -23.0);
    let mut score = piece(12.0, vec![Reel::plain("a", Track::Beside, 0.0, 12.0, 0.0)]);
    score.parts.clear();
    let made = render(&score, &shelf, true);
    let heard = made.loudness.integrated_lufs.expect("sounds");
    assert!((heard + 12.0).abs() < 0.5, "{heard}");
    let mix = made.mix.as_ref().expect("wanted");
    assert!(difference(mix, shelf.whole("a")) < 1e-12, "unity before the master");
    let ids: Vec<&str> = made.stems.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(ids, ["recording", "vocals", "fx"]);
    // Notes that are kept and cannot be heard are no band whose loudness counts.
    let mut kept = piece(12.0, vec![Reel::plain("a", Track::Beside, 0.0, 12.0, 0.0)]);
    for part in &mut kept.parts {
        part.channel.gain_db = -120.0;
    }
    let kept = render(&kept, &shelf, true).mix.expect("wanted");
    assert!(difference(&kept, mix) < 1e-3, "{}", difference(&kept, mix));
}

#[test]
fn tracks_sum_to_the_mix_whatever_sounds() {
    let shelf = Shelf::default().with("a", 30.0, -12.0).with("b", 20.0, -16.0);
    let mut reels = replaced().reels;
    reels.push(Reel::plain("b", Track::Beside, 13.0, 16.0, 2.0));
    reels.push(Reel::plain("b", Track::Voice, 14.0, 19.0, 4.0));
    reels[1].anchors = vec![[20.0, 20.0], [30.0, 29.0]];
    let score = piece(30.0, reels);
    let made = render(&score, &shelf, true);
    let mix = made.mix.as_ref().expect("wanted");
    let mut sum = Stereo::silence(mix.frames());
    for stem in &made.stems {
        let stem = stem.audio.stereo();
        sum.add(0, &stem.left, &stem.right);
    }
    assert!(difference(&sum, mix) < 1e-5, "{}", difference(&sum, mix));
    assert!(same(&mix.left[..12 * 44_100], &shelf.whole("a").left[..12 * 44_100]));
    let tracks: Vec<&catbird_sound::Track> = made.stems.iter().map(|s| &s.audio).collect();
    let exact = stems::exact(&tracks, mix);
    let mut left = vec![0; mix.frames()];
    for track in exact.tracks(0..mix.frames()) {
        left.iter_mut().zip(&track).for_each(|(sum, [x, _])| *sum += x);
    }
    assert!(exact.mix(0..mix.frames()).iter().map(|[x, _]| *x).eq(left));
    let halves = keep(&score, &shelf, Stems::Halves);
    assert!(same(&halves.master.left, &made.master.left));
    let [voice, band] = halves.voice_and_band().expect("wanted");
    let halves = [voice, band].map(|stem| stem.audio.stereo());
    let both = halves[0].left.iter().zip(&halves[1].left).zip(&mix.left);
    assert!(both.map(|((v, b), m)| (v + b - m).abs()).fold(0.0, f32::max) < 1e-6);
    assert!(difference(&slice(&halves[0], 0.0, 11.9), &slice(&shelf.clips["a"][1], 0.0, 11.9)) < 1e-6);
}

#[test]
fn the_same_score_gives_the_same_samples_on_any_number_of_threads() {
    let shelf = Shelf::default().with("a", 30.0, -12.0);
    let mut score = replaced();
    score.reels.push(Reel {
        anchors: vec![[13.0, 3.0], [18.0, 9.0]],
        semitones: 2.0,
        gain_db: -3.0,
        ..Reel::plain("a", Track::Voice, 13.0, 18.0, 0.0)
    });
    let one = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .expect("a pool")
        .install(|| render(&score, &shelf, false));
    let many = render(&score, &shelf, false);
    assert!(same(&one.master.left, &many.master.left) && same(&one.master.right, &many.master.right));
}

#[test]
fn a_missing_recording_is_told() {
    let score = replaced();
    let shelf = Shelf::default().with("b", 3.0, -12.0);
    let error = |recordings| {
        let want = Want {
            recordings,
            ..Want::default()
        };
        studio()
            .render(&score, want, &go_on)
            .expect_err("there is none")
            .to_string()
    };
    assert!(error(Some(&shelf)).contains("there is no such clip"));
    assert!(error(None).contains("the recording a"));
    assert!(matches!(
        studio().vocals(&score, None, &go_on),
        Err(SoundError::Recording { .. })
    ));
    let mut fast = piece(10.0, vec![Reel::plain("b", Track::Beside, 0.0, 2.0, 0.0)]);
    fast.reels[0].anchors = vec![[0.0, 0.0], [1.0, 3.0]];
    let want = Want {
        recordings: Some(&shelf),
        ..Want::default()
    };
    assert!(matches!(
        studio().render(&fast, want, &go_on),
        Err(SoundError::Stretch(_))
    ));
}

#[test]
fn a_listener_hears_the_recording_at_once_and_the_rest_as_it_is_in_the_file() {
    let shelf = Shelf::default().with("a", 30.0, -12.0);
    let heard = Mutex::new((Stereo::default(), Vec::new()));
    let played = Mutex::new(false);
    let live = |left: &[f32], right: &[f32]| {
        let mut heard = heard.lock().expect("not poisoned");
        heard.0.left.extend_from_slice(left);
        heard.0.right.extend_from_slice(right);
        let late = *played.lock().expect("not poisoned");
        heard.1.push(late);
    };
    let want = Want {
        live: Some(&live),
        recordings: Some(&shelf),
        ..Want::default()
    };
    let made = studio()
        .render(&replaced(), want, &|_, _| {
            *played.lock().expect("not poisoned") = true;
            ControlFlow::Continue(())
        })
        .expect("renders");
    let (audio, late) = heard.into_inner().expect("not poisoned");
    assert!(same(&audio.left, &made.master.left) && same(&audio.right, &made.master.right));
    let early = late.iter().filter(|l| !**l).count();
    assert_eq!(early, (12 * RATE as usize).div_ceil(16_384));
}

#[test]
fn a_span_of_a_piece_with_a_recording_may_be_changed_again() {
    let shelf = Shelf::default().with("a", 30.0, -12.0);
    let base = replaced();
    let mut edited = piece(30.0, Vec::new());
    edited.parts[1].notes.iter_mut().for_each(|n| n.pitch += 5);
    edited.patch = Some(Box::new(Patch {
        base: base.clone(),
        from: 24.0,
        to: 27.0,
    }));
    let [before, after] = [&base, &edited].map(|s| render(s, &shelf, true));
    let at = |s: usize| s * RATE as usize;
    let was = &shelf.whole("a").left;
    assert!(same(&after.master.left[..at(12)], &was[..at(12)]));
    assert!(same(&after.master.left[at(20)..at(24)], &was[at(20)..at(24)]));
    assert!(same(&after.master.left[at(27)..], &was[at(27)..]));
    assert!(!same(&after.master.left[at(24)..at(27)], &was[at(24)..at(27)]));
    let keys = |r: &Rendering| r.stems.iter().find(|s| s.id == "keys").expect("wanted").audio.stereo();
    let (old, new) = (slice(&keys(&before), 13.0, 19.0), slice(&keys(&after), 13.0, 19.0));
    // The same playing; only the level before the master may be another.
    let ratio = new.peak() / old.peak();
    let mut scaled = old;
    scaled.scale(ratio);
    assert!(difference(&scaled, &new) < 1e-4 * new.peak());
    assert!(slice(&keys(&after), 24.1, 26.9).peak() > 0.01);
}
