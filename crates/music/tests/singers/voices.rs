//! Voices chosen by words, names, genders and seeds.

use std::collections::BTreeSet;

use catbird_music::compose;
use catbird_score::{Brief, Gender, HOUSE, Singer, VoiceWish, Wish, WishKind};

use crate::{LYRICS, brief, song, vocal};

fn singer(tags: &str, seed: u64) -> Singer {
    vocal(&song(tags, LYRICS, seed)).singer.clone()
}

/// The weight of house voices in a singer.
fn share(singer: &Singer, names: &[&str]) -> f32 {
    let weights = singer.blend.weights(singer.gender);
    HOUSE
        .iter()
        .zip(weights)
        .filter(|(h, _)| names.contains(&h.name))
        .map(|(_, w)| w)
        .sum()
}

#[test]
fn words_choose_the_voice() {
    for seed in 0..4 {
        for (tags, gender, names, least) in [
            (
                "husky male baritone, pop",
                Gender::Male,
                &["starling", "crane", "raven"][..],
                0.7,
            ),
            ("airy female, dream pop", Gender::Female, &["dove"], 0.5),
            ("deep voice, male vocals, folk", Gender::Male, &["raven"], 0.5),
            (
                "soprano, classical crossover",
                Gender::Female,
                &["siskin", "lark", "wren"],
                0.7,
            ),
            ("tenor, pop", Gender::Male, &["finch", "robin"], 0.7),
            ("male bass, gospel", Gender::Male, &["raven"], 0.5),
            ("alto, jazz", Gender::Female, &["thrush", "linnet"], 0.6),
            ("raspy, male vocals, rock", Gender::Male, &["crane"], 0.5),
            (
                "bright vocals, female vocals, pop",
                Gender::Female,
                &["lark", "wren"],
                0.5,
            ),
            ("childlike, pop", Gender::Female, &["siskin", "lark", "wren"], 0.6),
        ] {
            let singer = singer(tags, seed);
            assert_eq!(singer.gender, gender, "{tags}");
            assert!(share(&singer, names) >= least, "{tags} {seed}: {:?}", singer.blend);
            let of_gender: Vec<&str> = HOUSE.iter().filter(|h| h.gender == gender).map(|h| h.name).collect();
            assert!(share(&singer, &of_gender) > 0.999, "{tags} {seed}: {:?}", singer.blend);
            let child = tags.contains("child");
            assert!(
                (singer.warp - 1.0).abs() <= if child { 0.1201 } else { 0.0601 },
                "{tags} {seed}: warp {}",
                singer.warp
            );
        }
        let (soprano, alto) = (singer("soprano, pop", seed), singer("alto, pop", seed));
        let (tenor, bass) = (singer("tenor, pop", seed), singer("male bass, pop", seed));
        assert!(
            soprano.low > alto.low && alto.low > tenor.low && tenor.low > bass.low,
            "{seed}"
        );
        assert!(
            soprano.high > alto.high && alto.high > tenor.high && tenor.high > bass.high,
            "{seed}"
        );
    }
}

#[test]
fn seeds_and_takes_are_people() {
    for gender in [Gender::Female, Gender::Male] {
        let of = |seed, take| {
            let wish = Brief {
                voice: VoiceWish {
                    gender: Some(gender),
                    ..VoiceWish::default()
                },
                take,
                ..brief("pop", LYRICS, seed)
            };
            vocal(&compose(&wish, None).unwrap()).singer.clone()
        };
        let mut people = BTreeSet::new();
        let mut mains = BTreeSet::new();
        for seed in 0..10 {
            let (a, b) = (of(seed, 0), of(seed, 1));
            assert_eq!((a.gender, b.gender), (gender, gender));
            assert_ne!(a, b, "{seed}");
            assert_eq!(a, of(seed, 0));
            mains.insert(a.blend.0[0].voice.clone());
            people.insert(format!("{:?}", a.blend));
        }
        assert!(people.len() >= 7 && mains.len() >= 3, "{people:?}");
    }
}

#[test]
fn a_voice_has_a_name() {
    let named = |preset: &str| {
        let wish = Brief {
            voice: VoiceWish {
                preset: Some(preset.to_owned()),
                ..VoiceWish::default()
            },
            ..brief("pop", LYRICS, 3)
        };
        compose(&wish, None).map(|s| vocal(&s).singer.clone())
    };
    for voice in HOUSE {
        let singer = named(voice.name).unwrap();
        assert_eq!((singer.gender, share(&singer, &[voice.name])), (voice.gender, 1.0));
        assert!(singer.low.abs_diff(voice.range[0]) <= 4 && singer.high.abs_diff(voice.range[1]) <= 4);
    }
    assert_eq!(named("Raven").unwrap().gender, Gender::Male);
    assert!(share(&named("bass").unwrap(), &["raven"]) > 0.5);
    assert!(share(&named("husky baritone").unwrap(), &["starling", "crane"]) > 0.6);
    assert_eq!(named("male").unwrap().gender, Gender::Male);
    let refused = named("ostrich").unwrap_err().to_string();
    assert!(refused.contains("ostrich") && refused.contains("raven"), "{refused}");
}

#[test]
fn a_persona_keeps_its_singer_and_finds_a_partner() {
    let persona = Singer {
        name: "someone".into(),
        warp: 0.913,
        low: 46,
        high: 63,
        gender: Gender::Male,
        ..Singer::default()
    };
    let mut wish = brief("pop", crate::DUET, 2);
    wish.voice.singer = Some(persona.clone());
    let score = compose(&wish, None).unwrap();
    assert_eq!(vocal(&score).singer, persona);
    assert_eq!(vocal(&score).partner.as_ref().unwrap().gender, Gender::Female);
    crate::sane(&score, "persona");
}

#[test]
fn the_nine_timbres_are_nine_points() {
    let names = [
        "Warm",
        "Bright",
        "Husky",
        "Electrified voice",
        "Sweet_AUDIO_TIMBRE",
        "Cute_AUDIO_TIMBRE",
        "Loud and sonorous",
        "Powerful",
        "Sexy/Lazy",
    ];
    for gender in [Gender::Female, Gender::Male] {
        let singers: Vec<Singer> = names
            .iter()
            .map(|name| {
                let mut wish = brief("", LYRICS, 5);
                wish.wishes = vec![Wish::new(WishKind::Timbre, *name), Wish::new(WishKind::Genre, "Pop")];
                wish.voice.gender = Some(gender);
                vocal(&compose(&wish, None).unwrap()).singer.clone()
            })
            .collect();
        for (i, a) in singers.iter().enumerate() {
            for (j, b) in singers.iter().enumerate().skip(i + 1) {
                let (x, y) = (a.blend.weights(gender), b.blend.weights(gender));
                let blend: f32 = x.iter().zip(y).map(|(x, y)| (x - y).abs()).sum();
                let colour =
                    (a.tilt_db - b.tilt_db).abs() + 4.0 * (a.breath - b.breath).abs() + (a.electric - b.electric).abs();
                assert!(blend + colour > 0.35, "{} and {}", names[i], names[j]);
            }
        }
    }
}
