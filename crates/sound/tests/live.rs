//! What a listener hears while a song is made, and what becomes of songs that were edited. On the real
//! voice and instruments of our own; what is missing of the assets is fetched.

use std::{
    ops::ControlFlow,
    sync::{Mutex, OnceLock},
};

use catbird_score::{
    Brief, Channel, Chorister, DrumKit, Gender, Key, Labels, Master, Meter, Mode, Note, Part, PartRole, Patch, Role,
    Score, Section, Singer, Sound, SungLine, SungWord, Syllable, SynthPatch, TempoMap, Touch, Vocal,
};
use catbird_sound::{
    Live, Rendering, SoundError, Stems, Step, Stereo, Studio, Want,
    loudness::{self, Loudness},
    stems,
};

/// One bar of 4/4 at 120 a minute: two seconds.
const BAR: u32 = 1_920;
const BARS: u32 = 9;

fn note(start: u32, length: u32, pitch: u8) -> Note {
    Note {
        start,
        length,
        pitch,
        velocity: 96,
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

/// Drums, bass and keys for 18 seconds.
fn band() -> Score {
    let beats = || (0..BARS * 4).map(|b| b * 480);
    let synth = |patch| Sound::Synth { patch };
    Score {
        version: catbird_score::score::VERSION,
        seed: 11,
        title: "Test".into(),
        style: "test".into(),
        labels: Labels::default(),
        meter: Meter::COMMON,
        tempo: TempoMap::steady(120.0, 0.25),
        key: Key {
            tonic: 0,
            mode: Mode::Major,
        },
        modulations: Vec::new(),
        seconds: f64::from(BARS) * 2.0 + 1.25,
        sections: vec![Section {
            name: "Verse".into(),
            role: Role::Verse,
            start: 0,
            length: BARS * BAR,
            energy: 0.5,
        }],
        chords: Vec::new(),
        vocal: None,
        parts: vec![
            part(
                "drums",
                Sound::Machine { kit: DrumKit::House },
                Channel::default(),
                beats()
                    .map(|at| note(at, 200, if at % 960 == 0 { 36 } else { 38 }))
                    .collect(),
            ),
            part(
                "bass",
                synth(SynthPatch::SawBass),
                Channel {
                    duck_db: 6.0,
                    ..Channel::default()
                },
                beats().map(|at| note(at, 400, 36 + (at / BAR % 4 * 2) as u8)).collect(),
            ),
            part(
                "keys",
                synth(SynthPatch::FmKeys),
                Channel {
                    reverb: 0.5,
                    delay: 0.3,
                    ..Channel::default()
                },
                beats()
                    .flat_map(|at| [60, 64, 67].map(|p| note(at, 440, p + (at / BAR % 4 * 2) as u8)))
                    .collect(),
            ),
        ],
        master: Master::default(),
        brief: Brief::default(),
        patch: None,
        joins: None,
        reels: Vec::new(),
        heard: None,
    }
}

/// The same with four sung lines, a bar of rest before each; somebody sings along from the third on.
fn song() -> Score {
    let words = ["hˈOld", "ðə", "lˈIt", "kˈʌmz"];
    let lines = (0..4u32).map(|line| SungLine {
        section: 0,
        text: "Hold the light comes".into(),
        words: words
            .iter()
            .zip(0..)
            .map(|(phonemes, i)| SungWord {
                text: "word".into(),
                syllables: vec![Syllable {
                    phonemes: (*phonemes).into(),
                    stress: 1,
                    notes: vec![note((2 * line + 1) * BAR + i * 480, 420, 60 + (i * 2) as u8)],
                }],
            })
            .collect(),
        ..SungLine::default()
    });
    let lines: Vec<SungLine> = lines.collect();
    let mut above = lines[2..].to_vec();
    for syllable in above
        .iter_mut()
        .flat_map(|l| &mut l.words)
        .flat_map(|w| &mut w.syllables)
    {
        syllable.notes.iter_mut().for_each(|n| n.pitch += 4);
    }
    let mut score = band();
    score.vocal = Some(Vocal {
        partner: None,
        backing: vec![Chorister {
            name: "third above".into(),
            singer: Singer {
                name: "male".into(),
                gender: Gender::Male,
                ..Singer::default()
            },
            channel: Channel {
                gain_db: -7.0,
                pan: -0.5,
                ..Channel::default()
            },
            lines: above,
        }],
        singer: Singer {
            name: "female".into(),
            gender: Gender::Female,
            low: 55,
            high: 76,
            warp: 1.0,
            tilt_db: 0.0,
            breath: 0.02,
            vibrato_cents: 45.0,
            vibrato_hz: 5.6,
            glide_ms: 90.0,
            drive: 0.0,
            electric: 0.0,
            density: 0.0,
            ..Singer::default()
        },
        channel: Channel {
            reverb: 0.3,
            delay: 0.15,
            ..Channel::default()
        },
        lines,
    });
    score
}

fn studio() -> &'static Studio {
    static STUDIO: OnceLock<Studio> = OnceLock::new();
    STUDIO.get_or_init(|| Studio::new("no-bank.sf3"))
}

fn render(score: &Score, stems: bool, live: Option<&Live<'_>>) -> Rendering {
    keep(score, if stems { Stems::All } else { Stems::None }, live)
}

fn keep(score: &Score, stems: Stems, live: Option<&Live<'_>>) -> Rendering {
    let go_on = |_, _| ControlFlow::Continue(());
    studio()
        .render(
            score,
            Want {
                stems,
                live,
                recordings: None,
            },
            &go_on,
        )
        .expect("renders")
}

fn listened(score: &Score) -> (Rendering, Stereo) {
    let heard = Mutex::new(Stereo::default());
    let live = |left: &[f32], right: &[f32]| {
        assert_eq!(left.len(), right.len());
        let mut heard = heard.lock().expect("not poisoned");
        heard.left.extend_from_slice(left);
        heard.right.extend_from_slice(right);
    };
    let rendering = render(score, false, Some(&live));
    (rendering, heard.into_inner().expect("not poisoned"))
}

fn same(a: &[f32], b: &[f32]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits())
}

fn lufs(audio: &Stereo) -> f64 {
    let Loudness { integrated_lufs, .. } = loudness::measure(audio);
    integrated_lufs.expect("long enough")
}

/// Level of each tenth of a second, dB.
fn levels(x: &[f32]) -> Vec<f32> {
    x.chunks_exact(4_410)
        .map(|w| 10.0 * (w.iter().map(|x| x * x).sum::<f32>() / w.len() as f32 + 1e-9).log10())
        .collect()
}

fn slice(audio: &Stereo, from: usize, to: usize) -> Stereo {
    Stereo {
        left: audio.left[from..to].to_vec(),
        right: audio.right[from..to].to_vec(),
    }
}

#[test]
fn a_listener_hears_the_same_performance_and_changes_nothing() {
    let mut edited = song();
    edited.patch = Some(Box::new(Patch {
        base: song(),
        from: 6.25,
        to: 10.25,
    }));
    edited.parts[2].notes.iter_mut().for_each(|n| n.pitch += 5);
    for score in [band(), song(), edited] {
        let unheard = render(&score, false, None);
        let (rendering, heard) = listened(&score);
        assert!(same(&unheard.master.left, &rendering.master.left));
        assert!(same(&unheard.master.right, &rendering.master.right));
        assert_eq!(heard.frames(), rendering.master.frames());
        let off = lufs(&heard) - lufs(&rendering.master);
        // A few held notes are told worse than songs are: sixteen of them, one a style, lay within 1.0 LU.
        assert!(off.abs() < 1.75, "{off:.2} LU from the file");
        assert!(heard.peak() < 0.95, "peak {}", heard.peak());
        // Neither gap nor jump: every tenth of a second is about as loud as in the file.
        for (i, (live, file)) in levels(&heard.left)
            .iter()
            .zip(levels(&rendering.master.left))
            .enumerate()
        {
            let off = live - file - off as f32;
            assert!(
                off.abs() < 3.0 || file < -50.0,
                "{off:.1} dB off at {} s",
                i as f32 / 10.0
            );
        }
        // The same waves at the same time.
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
        let (a, b) = (&heard.left, &rendering.master.left);
        let alike = dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
        assert!(alike > 0.9, "{alike:.3}");
    }
}

#[test]
fn breaking_off_stops_singer_band_and_listener() {
    for when in [Step::Singing, Step::Playing, Step::Mixing] {
        let heard = Mutex::new(0);
        let live = |left: &[f32], _: &[f32]| *heard.lock().expect("not poisoned") += left.len();
        let want = Want {
            stems: Stems::None,
            live: Some(&live),
            recordings: None,
        };
        let score = song();
        let result = studio().render(&score, want, &|step, done| {
            if step == when && done > 0.2 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        assert!(matches!(result, Err(SoundError::Cancelled)), "{when:?}");
        let heard = heard.into_inner().expect("not poisoned");
        assert!(heard <= (score.seconds * 44_100.0) as usize);
    }
}

#[test]
fn an_edit_leaves_everything_outside_its_span_alone() {
    let base = song();
    let (from, to) = (6.25, 10.25);
    let mut edited = base.clone();
    // Other chords, other words' pitches, no bass and a new part: only the span may tell.
    edited.parts[2].notes.iter_mut().for_each(|n| n.pitch += 5);
    edited.parts.remove(1);
    let pluck = Sound::Synth {
        patch: SynthPatch::Pluck,
    };
    let plucked = (0..BARS * 8).map(|i| note(i * 240, 200, 72)).collect();
    edited.parts.push(part("pluck", pluck, Channel::default(), plucked));
    for line in edited.vocal.iter_mut().flat_map(|v| &mut v.lines) {
        for syllable in line.words.iter_mut().flat_map(|w| &mut w.syllables) {
            syllable.notes.iter_mut().for_each(|n| n.pitch += 4);
        }
    }
    let plain = edited.clone();
    edited.patch = Some(Box::new(Patch {
        base: base.clone(),
        from,
        to,
    }));

    let [old, new, patched] = [&base, &plain, &edited].map(|s| render(s, true, None));
    let [mix_old, mix_new, mix] = [&old, &new, &patched].map(|r| r.mix.as_ref().expect("wanted"));
    let (first, last) = ((from * 44_100.0) as usize, (to * 44_100.0) as usize);
    let inside = first + 400..last - 2_800;
    for (out, old, new) in [
        (&mix.left, &mix_old.left, &mix_new.left),
        (&mix.right, &mix_old.right, &mix_new.right),
    ] {
        assert!(same(&out[..first], &old[..first]) && same(&out[last..], &old[last..]));
        assert!(same(&out[inside.clone()], &new[inside.clone()]));
    }
    let ids: Vec<&str> = patched.stems.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(
        ids,
        ["drums", "keys", "pluck", "bass", "vocals", "backing_vocals", "fx"]
    );
    for stem in &patched.stems {
        let silence = Stereo::silence(mix.frames());
        let of = |made: &Rendering| {
            let found = made.stems.iter().find(|s| s.id == stem.id);
            found.map_or_else(|| silence.clone(), |s| s.audio.stereo())
        };
        let (before, here, after) = (of(&old), of(&patched), of(&new));
        assert!(same(&here.left[..first], &before.left[..first]), "{}", stem.id);
        assert!(same(&here.left[last..], &before.left[last..]), "{}", stem.id);
        assert!(
            same(&here.left[inside.clone()], &after.left[inside.clone()]),
            "{}",
            stem.id
        );
    }
    let [dry_old, dry] = [&old, &patched].map(|r| r.vocals_dry.as_ref().expect("sung"));
    assert!(same(&dry[..first], &dry_old[..first]) && same(&dry[last..], &dry_old[last..]));
    let alone = studio()
        .vocals(&edited, None, &|_, _| ControlFlow::Continue(()))
        .expect("sings");
    assert!(same(dry, &alone));

    // Across each edge the mix is as loud as the two pieces themselves are there, and nothing clicks.
    for (edge, before, after) in [(first, mix_old, mix_new), (last, mix_new, mix_old)] {
        let second = 44_100;
        let step = |a: &Stereo, b: &Stereo| lufs(&slice(b, edge, edge + second)) - lufs(&slice(a, edge - second, edge));
        let jump = step(mix, mix) - step(before, after);
        assert!(jump.abs() < 1.5, "{jump:.2} LU");
        let steepest = |x: &Stereo, from: usize, to: usize| {
            let steps = x.left[from..to].windows(2).map(|w| (w[1] - w[0]).abs());
            steps.fold(0.0, f32::max)
        };
        let around = steepest(mix, edge - 4_000, edge + 4_000);
        let usual = steepest(mix_old, 0, mix.frames()).max(steepest(mix_new, 0, mix.frames()));
        assert!(around <= usual, "{around} against {usual}");
    }
}

#[test]
fn tracks_of_a_song_sum_to_its_mix() {
    let made = render(&song(), true, None);
    let mix = made.mix.as_ref().expect("wanted");
    let tracks: Vec<&catbird_sound::Track> = made.stems.iter().map(|s| &s.audio).collect();
    let exact = stems::exact(&tracks, mix);
    let all = 0..mix.frames();
    let whole = exact.mix(all.clone());
    let mut left = vec![0; mix.frames()];
    for (track, floats) in exact.tracks(all.clone()).iter().zip(&tracks) {
        let floats = floats.stereo();
        for (i, [x, _]) in track.iter().enumerate() {
            left[i] += x;
            let off = f64::from(*x) - f64::from(floats.left[i]) * f64::from(exact.gain) * 8_388_608.0;
            assert!(off.abs() <= 2.0, "{off} steps");
        }
    }
    assert!(whole.iter().map(|[x, _]| *x).eq(left));

    assert!(made.voice_and_band().is_none(), "nobody asked for halves");
    let made = keep(&song(), Stems::Halves, None);
    assert!(made.mix.as_ref() == Some(mix));
    let [voice, band] = made.voice_and_band().expect("halves were wanted");
    assert_eq!([voice.id.as_str(), band.id.as_str()], ["vocals", "instrumental"]);
    let halves = stems::exact(&[&voice.audio, &band.audio], mix);
    let mut right = vec![0; mix.frames()];
    for track in halves.tracks(all.clone()) {
        for (sum, [_, x]) in right.iter_mut().zip(&track) {
            *sum += x;
        }
    }
    assert!(halves.mix(all).iter().map(|[_, x]| *x).eq(right));
    // The first line begins at 2.25 s; before it there is no voice, after it its echoes are the voice's.
    let power = |x: &[f32]| x.iter().map(|x| x * x).sum::<f32>();
    let sung = voice.audio.stereo().left;
    assert!(power(&sung[..44_100]) < 1e-6 && power(&sung[110_000..150_000]) > 1.0);
    assert!(
        keep(&band_only(), Stems::Halves, None)
            .voice_and_band()
            .expect("wanted")[0]
            .audio
            .peak()
            == 0.0
    );
}

fn band_only() -> Score {
    let mut score = band();
    score.seconds = 4.0;
    score.sections[0].length = BAR;
    for part in &mut score.parts {
        part.notes.retain(|n| n.start < BAR);
    }
    score
}
