//! The two dials, `style_weight` and `weirdness`, turn what is heard, always the same way; unknown words,
//! refusals, personas and takes are heard, too.

use std::collections::BTreeSet;

use catbird_music::{compose, direction, vocabulary};
use catbird_score::{Brief, Gender, Labels, PartRole, Role, Score, Singer, Sound};

const LYRICS: &str = "[verse]\nPaper boats on a gutter stream\nCarry the names that we used to dream\nWindows open to let it in\nTell me again where the roads begin\n[chorus]\nCount to ten and wake the dream\nHold the light and let it gleam\nCount to ten and let me go\nHold the light so I can know\n";
const DIALS: [f32; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

fn brief(tags: &str, seed: u64) -> Brief {
    Brief {
        tags: tags.into(),
        seconds: Some(60.0),
        seed,
        ..Brief::default()
    }
}

fn song(tags: &str, seed: u64) -> Brief {
    Brief {
        lyrics: Some(LYRICS.into()),
        seconds: None,
        ..brief(tags, seed)
    }
}

fn instruments(s: &Score) -> BTreeSet<String> {
    s.parts
        .iter()
        .filter(|p| !p.notes.is_empty())
        .map(|p| p.name.clone())
        .collect()
}

/// How far apart two directions are: tempo, energy, density, mix, voice and band, each in units of a clear
/// difference.
fn distance(a: &direction::Direction, b: &direction::Direction) -> f64 {
    let d = |x: f32, y: f32, unit: f32| f64::from(((x - y) / unit).abs());
    let (m, n) = (&a.master, &b.master);
    let (s, t) = (&a.singer, &b.singer);
    let band = |x: &[String], y: &[String]| x.iter().filter(|k| !y.contains(k)).count() as f64;
    (a.bpm / b.bpm).ln().abs() / 0.1
        + d(a.energy, b.energy, 0.1)
        + d(a.density, b.density, 0.1)
        + d(a.colour, b.colour, 0.2)
        + d(a.swing, b.swing, 0.05)
        + d(m.reverb_seconds, n.reverb_seconds, 0.5)
        + d(m.reverb_db, n.reverb_db, 2.0)
        + d(m.width, n.width, 0.1)
        + d(m.high_db, n.high_db, 1.0)
        + d(m.low_db, n.low_db, 1.0)
        + d(m.drive, n.drive, 0.1)
        + d(m.lofi, n.lofi, 0.1)
        + d(m.glue, n.glue, 0.1)
        + d(s.breath, t.breath, 0.05)
        + d(s.tilt_db, t.tilt_db, 0.5)
        + d(s.warp, t.warp, 0.03)
        + d(s.drive, t.drive, 0.1)
        + d(s.electric, t.electric, 0.1)
        + band(&a.ornaments, &b.ornaments)
        + band(&a.leads, &b.leads)
        + band(&a.asked, &b.asked)
}

#[test]
fn style_weight_pulls_further_from_the_plain_song() {
    for tags in [
        "synthwave, airy female vocals",
        "slow sad piano ballad, husky male baritone",
        "fast aggressive punk, shouted",
        "lo-fi hip hop, dusty, mellow",
        "shoegaze, dreamy",
        "bright happy k-pop",
        "deep reverb, dark, jazz, smoky",
    ] {
        for seed in [1, 2, 3, 4] {
            let plain = direction::resolve(&song("", seed), &Labels::default());
            let far: Vec<f64> = DIALS
                .iter()
                .map(|w| {
                    let b = Brief {
                        style_weight: Some(*w),
                        ..song(tags, seed)
                    };
                    // The style is the tags' own at any weight.
                    let d = direction::resolve(&b, &Labels::default());
                    assert_eq!(d.style, direction::resolve(&song(tags, seed), &Labels::default()).style);
                    distance(&d, &plain)
                })
                .collect();
            for w in far.windows(2) {
                assert!(w[1] > w[0] - 0.35, "{tags} {seed}: {far:?}");
            }
            assert!(
                far[2] > far[0] * 1.15 && far[4] > far[2] * 1.08,
                "{tags} {seed}: {far:?}"
            );
        }
    }
}

/// How surprising a piece is: foreign chord tones, rich chords, leaps, off-beats, guests, odd section lengths.
fn surprise(s: &Score) -> f64 {
    let foreign = s
        .chords
        .iter()
        .filter(|c| (60..72).any(|p| c.chord.contains(p) && !s.key_at(c.start).contains(p)))
        .count() as f64
        / s.chords.len() as f64;
    let rich = s
        .chords
        .iter()
        .map(|c| c.chord.quality.intervals().len() as f64 - 3.0)
        .sum::<f64>()
        / s.chords.len() as f64;
    let mut pitches: Vec<(u32, u8)> = s
        .vocal
        .iter()
        .flat_map(|v| &v.lines)
        .flat_map(catbird_score::SungLine::notes)
        .map(|n| (n.start, n.pitch))
        .collect();
    if pitches.is_empty() {
        let lead = s
            .parts
            .iter()
            .filter(|p| p.role == PartRole::Lead)
            .flat_map(|p| &p.notes);
        pitches = lead.map(|n| (n.start, n.pitch)).collect();
    }
    let steps: Vec<f64> = pitches
        .windows(2)
        .map(|w| (f64::from(w[1].1) - f64::from(w[0].1)).abs())
        .collect();
    let leaps = steps.iter().sum::<f64>() / steps.len().max(1) as f64;
    let off = pitches.iter().filter(|(t, _)| t % 480 != 0).count() as f64 / pitches.len().max(1) as f64;
    let odd = s
        .sections
        .iter()
        .filter(|x| x.role != Role::Outro && (x.length / s.meter.bar()) % 2 == 1)
        .count() as f64
        / s.sections.len() as f64;
    let players = instruments(s).len() as f64;
    2.0 * foreign + 0.7 * rich + 0.35 * leaps + off + 0.3 * odd + 0.08 * players
}

#[test]
fn weirdness_surprises_more_and_more() {
    for tags in ["pop", "rock, energetic", "jazz, smooth", "folk, acoustic", "house"] {
        for sung in [false, true] {
            let mean = |w: Option<f32>| -> f64 {
                let seeds = 1..=8u64;
                let n = seeds.clone().count() as f64;
                seeds
                    .map(|seed| {
                        let b = if sung { song(tags, seed) } else { brief(tags, seed) };
                        let s = compose(&Brief { weirdness: w, ..b }, None).unwrap();
                        assert_eq!(s.check(), Ok(()));
                        surprise(&s)
                    })
                    .sum::<f64>()
                    / n
            };
            let far: Vec<f64> = DIALS.iter().map(|w| mean(Some(*w))).collect();
            println!("{tags} sung {sung}: {far:.2?}");
            for w in far.windows(2) {
                assert!(w[1] > w[0] - 0.03, "{tags} sung {sung}: {far:?}");
            }
            assert!(
                far[4] > far[2] + 0.2 && far[2] > far[0] + 0.05,
                "{tags} sung {sung}: {far:?}"
            );
        }
    }
}

#[test]
fn dials_at_their_middle_do_nothing() {
    for tags in ["", "synthwave, husky", "weird unknown wurbles"] {
        let open = compose(&song(tags, 5), None).unwrap();
        let middle = Brief {
            style_weight: Some(0.5),
            weirdness: Some(0.5),
            audio_weight: Some(0.5),
            ..song(tags, 5)
        };
        let mut set = compose(&middle, None).unwrap();
        set.brief = open.brief.clone();
        assert!(open == set, "{tags}");
    }
}

#[test]
fn unknown_words_move_the_music_and_refusals_are_kept() {
    let bare = |tags: &str| {
        let mut s = compose(&brief(tags, 9), None).unwrap();
        s.brief = Brief::default();
        s.labels = Labels::default();
        s
    };
    let plain = bare("pop");
    let words = [
        "kestrel",
        "bureaucracy",
        "rain",
        "zirconium",
        "Beyoncé",
        "warzone",
        "猫",
        "snowflake",
    ];
    let made: Vec<Score> = words.iter().map(|w| bare(&format!("pop, {w}"))).collect();
    for (i, s) in made.iter().enumerate() {
        assert!(*s != plain, "{} changes nothing", words[i]);
        assert!(made[..i].iter().all(|m| m != s), "{} sounds like another", words[i]);
    }
    for (tags, refused, gone) in [
        ("rock", "guitar", "guitar"),
        ("rock, no guitar", "", "guitar"),
        ("jazz with piano", "piano", "grand"),
        ("disco", "strings, brass", "trings"),
        ("house", "synth", "Saw"),
    ] {
        for seed in 0..4 {
            let b = Brief {
                negative_tags: refused.into(),
                ..brief(tags, seed)
            };
            let s = compose(&b, None).unwrap();
            let band = instruments(&s);
            assert!(
                !band.iter().any(|i| i.to_lowercase().contains(&gone.to_lowercase())),
                "{tags} − {refused}: {band:?}"
            );
            assert!(band.len() >= 3, "{tags} − {refused}: {band:?}");
        }
    }
    let without = |tags: &str, refused: &str| {
        let b = Brief {
            negative_tags: refused.into(),
            ..song(tags, 3)
        };
        compose(&b, None).unwrap()
    };
    let drums = |s: &Score| {
        s.parts
            .iter()
            .filter(|p| p.sound.is_drums())
            .map(|p| p.notes.len())
            .sum::<usize>()
    };
    assert!(drums(&without("rock", "")) > 100 && drums(&without("rock", "drums")) == 0);
    assert_ne!(without("rock, pop", "rock").style, "rock");
    assert_eq!(without("indie rock", "metal, screamo").style, "rock");
    assert_eq!(without("pop", "female vocals").labels.gender, "Male");
    assert!(without("pop", "vocals").vocal.is_none() && without("pop, instrumental", "").vocal.is_none());
    assert!(without("pop, husky", "husky").vocal.unwrap().singer.breath < 0.2);
    assert!(without("pop", "sad").master.high_db > without("pop", "bright").master.high_db);
}

/// Mean velocity of the notes of some parts, and how many there are a second.
fn effort(s: &Score, is_wanted: impl Fn(PartRole) -> bool) -> (f64, f64) {
    let notes = s.parts.iter().filter(|p| is_wanted(p.role)).flat_map(|p| &p.notes);
    let (count, sum) = notes.fold((0.0, 0.0), |(n, sum), note| (n + 1.0, sum + f64::from(note.velocity)));
    (sum / f64::max(count, 1.0), count / s.seconds)
}

/// How far the loudest amplifier is turned.
fn drive(s: &Score) -> f32 {
    let drives = s.parts.iter().filter_map(|p| match p.sound {
        Sound::Strung { drive, .. } | Sound::Amped { drive, .. } => Some(drive),
        _ => None,
    });
    drives.fold(0.0, f32::max)
}

#[test]
fn energy_that_is_asked_for_moves_tempo_touch_drums_and_amplifiers() {
    for style in ["pop", "rock", "jazz", "folk", "lofi", "edm", "metal"] {
        for seed in 1..=3 {
            let of = |word: &str| compose(&brief(&format!("{style}, {word}"), seed), None).expect("a song");
            let (calm, energetic) = (of("calm"), of("energetic"));
            let bpm = |s: &Score| s.tempo.bpm_at(0);
            assert!(
                bpm(&energetic) > 1.2 * bpm(&calm),
                "{style} {seed}: {} and {}",
                bpm(&calm),
                bpm(&energetic)
            );
            let ((soft, _), (hard, _)) = (effort(&calm, |_| true), effort(&energetic, |_| true));
            assert!(hard > soft + 4.0, "{style} {seed}: velocities {soft} and {hard}");
            let drums = |s| effort(s, |role| role == PartRole::Drums).1;
            assert!(drums(&energetic) > 1.5 * drums(&calm), "{style} {seed}: drums");
            if matches!(style, "rock" | "metal") {
                assert!(
                    drive(&calm) < 0.6 * drive(&energetic),
                    "{style} {seed}: drive {} and {}",
                    drive(&calm),
                    drive(&energetic)
                );
            }
        }
    }
    // As far as a style's own range goes.
    let jazz = compose(&brief("jazz, calm", 1), None).expect("a song");
    assert!(jazz.tempo.bpm_at(0) < 105.0, "{}", jazz.tempo.bpm_at(0));
}

/// How many notes the drum kit plays, and what it is.
fn kit(tags: &str, seed: u64) -> (usize, String) {
    let score = compose(&brief(tags, seed), None).expect("a song");
    let kit = score.parts.iter().find(|p| p.role == PartRole::Drums);
    kit.map_or((0, String::new()), |p| (p.notes.len(), p.name.clone()))
}

#[test]
fn a_calm_song_of_a_style_that_lives_by_its_beat_keeps_its_drums() {
    for style in ["reggae", "hip hop", "funk", "house"] {
        for seed in 1..5 {
            let tags = format!("{style}, calm");
            assert!(kit(&tags, seed).0 > 40, "{tags} {seed}: {:?}", kit(&tags, seed));
        }
    }
}

#[test]
fn the_kit_that_is_asked_for_is_the_one_that_plays() {
    for seed in 1..4 {
        assert_eq!(kit("boom bap", seed).1, "Dusty sampled kit");
        assert_eq!(kit("rock, drum machine", seed).1, "Drum machine");
        let machines = ["Trap drum machine", "Hip-hop drum machine", "Drum machine"];
        let kept = kit("hip hop, drum machine", seed).1;
        assert!(machines.contains(&kept.as_str()), "{kept}");
        let live = kit("house, live drums", seed).1;
        assert_eq!(live, "Room kit");
        // Drums as such are whatever the style's drummer plays.
        let jazz = kit("jazz, drums", seed).1;
        assert!(matches!(jazz.as_str(), "Jazz kit" | "Brushes"), "{jazz}");
    }
}

#[test]
fn labels_and_singers_are_what_was_asked() {
    let s = compose(
        &song(
            "husky male baritone, melancholic city pop, 90 bpm, A minor, no drums",
            2,
        ),
        None,
    )
    .unwrap();
    assert_eq!(
        (
            s.labels.timbre.as_str(),
            s.labels.genre.as_str(),
            s.labels.gender.as_str()
        ),
        ("Husky", "City Pop", "Male")
    );
    assert_eq!(s.labels.mood, "Melancholic");
    assert_eq!(s.key.name(), "A minor");
    assert!((s.tempo.bpm_at(0) - 90.0).abs() < 0.5);
    let singer = s.vocal.unwrap().singer;
    let low: f32 = singer.blend.weights(singer.gender)[7..].iter().sum();
    assert!(singer.breath > 0.2 && low > 0.6 && singer.high <= 66, "{singer:?}");

    let persona = Singer {
        name: "someone".into(),
        warp: 0.913,
        low: 46,
        high: 63,
        ..singer
    };
    let mut b = song("airy female pop", 2);
    b.voice.singer = Some(persona.clone());
    for take in 0..2 {
        let s = compose(&Brief { take, ..b.clone() }, None).unwrap();
        assert_eq!(s.vocal.unwrap().singer, persona);
        assert_eq!(s.labels.gender, "Male");
    }
}

/// How different two voices are, in units of a difference that is heard at once.
fn apart(s: &Singer, t: &Singer) -> f32 {
    let (x, y) = (s.blend.weights(s.gender), t.blend.weights(t.gender));
    x.iter().zip(y).map(|(x, y)| (x - y).abs()).sum::<f32>() / 0.5
        + (s.warp - t.warp).abs() / 0.03
        + (s.tilt_db - t.tilt_db).abs() / 0.8
        + (s.breath - t.breath).abs() / 0.08
        + (s.vibrato_cents - t.vibrato_cents).abs() / 20.0
        + f32::from(s.low.abs_diff(t.low)) / 3.0
}

#[test]
fn the_other_take_has_another_singer_and_another_arrangement() {
    let mut genders = BTreeSet::new();
    for seed in 0..12 {
        let of = |tags: &str, take| {
            compose(
                &Brief {
                    take,
                    ..song(tags, seed)
                },
                None,
            )
            .unwrap()
        };
        for tags in ["pop, female vocals", "rock, male vocals", "folk"] {
            let (a, b) = (of(tags, 0), of(tags, 1));
            let (s, t) = (
                a.vocal.as_ref().unwrap().singer.clone(),
                b.vocal.as_ref().unwrap().singer.clone(),
            );
            assert!(apart(&s, &t) > 2.0, "{tags} {seed}: {s:?} and {t:?}");
            if tags == "folk" {
                genders.insert((format!("{:?}", s.gender), format!("{:?}", t.gender)));
            } else {
                assert_eq!(s.gender, t.gender);
                assert_eq!(
                    t.gender,
                    if tags.contains("female") {
                        Gender::Female
                    } else {
                        Gender::Male
                    }
                );
            }
            assert!(a.parts != b.parts);
            assert_eq!(a.style, b.style);
        }
        let fixed = "pop, 100 bpm, D minor, accordion";
        let (a, b) = (of(fixed, 0), of(fixed, 1));
        assert_eq!((a.key, a.tempo.bpm_at(0).round()), (b.key, b.tempo.bpm_at(0).round()));
        for s in [&a, &b] {
            assert!(instruments(s).iter().any(|i| i.contains("ccordion")));
        }
    }
    assert!(genders.len() >= 3, "{genders:?}");
}

#[test]
fn a_hundred_kilobytes_and_nonsense_are_tags_like_any() {
    let long = "very strange endless tags ".repeat(4000);
    for tags in [
        "😀😀😀",
        "\u{202e}\u{0}\u{7}",
        "no no no no",
        ", , ,",
        "9999 bpm",
        long.as_str(),
        "no no vocals no",
        "-",
        "'''",
    ] {
        let s = compose(&brief(tags, 1), None).unwrap();
        assert_eq!(s.check(), Ok(()));
    }
    let _ = vocabulary::read(&long, vocabulary::Depth::Tags);
}
