//! Every label of every list is known, changes the music, and changes it the way its word says.
#![expect(clippy::unwrap_used, reason = "a test may")]

use catbird_music::{compose, vocabulary};
use catbird_score::{Brief, Gender, Mode, Part, PartRole, Score, Sound, Wish, WishKind};

const VOCAL_GENRES: [&str; 23] = [
    "Folk",
    "Pop",
    "Rock",
    "Chinese Style",
    "Hip Hop/Rap",
    "R&B/Soul",
    "Punk",
    "Electronic",
    "Jazz",
    "Reggae",
    "DJ",
    "Pop Punk",
    "Disco",
    "Future Bass",
    "Pop Rap",
    "Trap Rap",
    "R&B Rap",
    "Chinoiserie Electronic",
    "GuFeng Music",
    "Pop Rock",
    "Jazz Pop",
    "Bossa Nova",
    "Contemporary R&B",
];
const VOCAL_MOODS: [&str; 13] = [
    "Happy",
    "Dynamic/Energetic",
    "Sentimental/Melancholic/Lonely",
    "Inspirational/Hopeful",
    "Nostalgic/Memory",
    "Excited",
    "Sorrow/Sad",
    "Chill",
    "Romantic",
    "Miss",
    "Groovy/Funky",
    "Dreamy/Ethereal",
    "Calm/Relaxing",
];
const TIMBRES: [&str; 9] = [
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
const GENRES: [&str; 47] = [
    "corporate",
    "dance/edm",
    "orchestral",
    "chill out",
    "rock",
    "hip hop",
    "folk",
    "funk",
    "ambient",
    "holiday",
    "jazz",
    "kids",
    "world",
    "travel",
    "commercial",
    "advertising",
    "driving",
    "cinematic",
    "upbeat",
    "epic",
    "inspiring",
    "business",
    "video game",
    "dark",
    "pop",
    "trailer",
    "modern",
    "electronic",
    "documentary",
    "soundtrack",
    "fashion",
    "acoustic",
    "movie",
    "tv",
    "high tech",
    "industrial",
    "dance",
    "video",
    "vlog",
    "marketing",
    "game",
    "radio",
    "promotional",
    "sports",
    "party",
    "summer",
    "beauty",
];
const MOODS: [&str; 52] = [
    "positive",
    "uplifting",
    "energetic",
    "happy",
    "bright",
    "optimistic",
    "hopeful",
    "cool",
    "dreamy",
    "fun",
    "light",
    "powerful",
    "calm",
    "confident",
    "joyful",
    "dramatic",
    "peaceful",
    "playful",
    "soft",
    "groovy",
    "reflective",
    "easy",
    "relaxed",
    "lively",
    "smooth",
    "romantic",
    "intense",
    "elegant",
    "mellow",
    "emotional",
    "sentimental",
    "cheerful happy",
    "contemplative",
    "soothing",
    "proud",
    "passionate",
    "sweet",
    "mystical",
    "tranquil",
    "cheerful",
    "casual",
    "beautiful",
    "ethereal",
    "melancholy",
    "sad",
    "aggressive",
    "haunting",
    "adventure",
    "serene",
    "sincere",
    "funky",
    "funny",
];
const INSTRUMENTS: [&str; 25] = [
    "piano",
    "drums",
    "guitar",
    "percussion",
    "synth",
    "electric guitar",
    "acoustic guitar",
    "bass guitar",
    "brass",
    "violin",
    "cello",
    "flute",
    "organ",
    "trumpet",
    "ukulele",
    "saxophone",
    "double bass",
    "harp",
    "glockenspiel",
    "synthesizer",
    "keyboard",
    "marimba",
    "bass",
    "banjo",
    "strings",
];
const THEMES: [&str; 28] = [
    "inspirational",
    "motivational",
    "achievement",
    "discovery",
    "every day",
    "love",
    "technology",
    "lifestyle",
    "journey",
    "meditation",
    "drama",
    "children",
    "hope",
    "fantasy",
    "holiday",
    "health",
    "family",
    "real estate",
    "media",
    "kids",
    "science",
    "education",
    "progress",
    "world",
    "vacation",
    "training",
    "christmas",
    "sales",
];
const LYRICS: &str = "[verse]\nPaper boats on a gutter stream\nCarry the names that we used to dream\n[chorus]\nCount to ten and wake the dream\nHold the light and let it gleam\n";

fn instrumental(wishes: &[(WishKind, &str)]) -> Score {
    let wishes = wishes.iter().map(|(k, w)| Wish::new(*k, *w)).collect();
    compose(
        &Brief {
            wishes,
            seconds: Some(40.0),
            seed: 11,
            ..Brief::default()
        },
        None,
    )
    .unwrap()
}

fn song(wishes: &[(WishKind, &str)], gender: Option<Gender>) -> Score {
    let mut wishes: Vec<Wish> = wishes.iter().map(|(k, w)| Wish::new(*k, *w)).collect();
    // What is not under test stays fixed, so that it is not predicted.
    for (kind, word) in [
        (WishKind::Genre, "Pop"),
        (WishKind::Mood, "Romantic"),
        (WishKind::Timbre, "Warm"),
    ] {
        if !wishes.iter().any(|w| w.kind == kind) {
            wishes.push(Wish::new(kind, word));
        }
    }
    let mut brief = Brief {
        lyrics: Some(LYRICS.into()),
        wishes,
        seed: 11,
        ..Brief::default()
    };
    brief.voice.gender = Some(gender.unwrap_or(Gender::Female));
    compose(&brief, None).unwrap()
}

/// What a listener could hear, without the label texts.
fn audible(mut score: Score) -> Score {
    score.labels = catbird_score::Labels::default();
    if let Some(v) = &mut score.vocal {
        v.singer.name.clear();
    }
    score
}

fn bpm(s: &Score) -> f64 {
    s.tempo.bpm_at(0)
}

fn has_program(s: &Score, wanted: u8) -> bool {
    s.parts
        .iter()
        .any(|p| matches!(p.sound, Sound::Sampled { program, .. } if program == wanted) && !p.notes.is_empty())
}

fn notes(s: &Score, role: PartRole) -> usize {
    s.parts.iter().filter(|p| p.role == role).map(|p| p.notes.len()).sum()
}

fn plays_key(s: &Score, key: u8) -> bool {
    s.parts
        .iter()
        .any(|p: &Part| p.sound.is_drums() && p.notes.iter().any(|n| n.pitch == key))
}

#[test]
fn every_label_has_an_entry() {
    let lists: [(WishKind, &[&str]); 7] = [
        (WishKind::Genre, &VOCAL_GENRES),
        (WishKind::Mood, &VOCAL_MOODS),
        (WishKind::Timbre, &TIMBRES),
        (WishKind::Genre, &GENRES),
        (WishKind::Mood, &MOODS),
        (WishKind::Instrument, &INSTRUMENTS),
        (WishKind::Theme, &THEMES),
    ];
    for (kind, list) in lists {
        for word in list {
            assert!(vocabulary::known(kind, word), "{kind:?} {word}");
        }
    }
    assert!(!vocabulary::known(WishKind::Genre, "polka from the moon"));
}

#[test]
fn every_background_label_changes_the_music_and_no_two_of_a_list_agree() {
    let neutral = audible(instrumental(&[]));
    let lists: [(WishKind, &[&str]); 4] = [
        (WishKind::Genre, &GENRES),
        (WishKind::Mood, &MOODS),
        (WishKind::Instrument, &INSTRUMENTS),
        (WishKind::Theme, &THEMES),
    ];
    for (kind, list) in lists {
        let made: Vec<Score> = list.iter().map(|w| audible(instrumental(&[(kind, w)]))).collect();
        for (i, score) in made.iter().enumerate() {
            assert!(*score != neutral, "{kind:?} {} changes nothing", list[i]);
            for j in 0..i {
                assert!(
                    *score != made[j],
                    "{kind:?}: {} and {} sound the same",
                    list[i],
                    list[j]
                );
            }
        }
    }
}

#[test]
fn every_song_label_changes_the_song() {
    let lists: [(WishKind, &[&str]); 3] = [
        (WishKind::Genre, &VOCAL_GENRES),
        (WishKind::Mood, &VOCAL_MOODS),
        (WishKind::Timbre, &TIMBRES),
    ];
    for (kind, list) in lists {
        let made: Vec<Score> = list.iter().map(|w| audible(song(&[(kind, w)], None))).collect();
        for i in 0..made.len() {
            for j in 0..i {
                assert!(
                    made[i] != made[j],
                    "{kind:?}: {} and {} sound the same",
                    list[i],
                    list[j]
                );
            }
        }
    }
    let (f, m) = (song(&[], Some(Gender::Female)), song(&[], Some(Gender::Male)));
    let singer = |s: &Score| s.vocal.clone().unwrap().singer;
    let women = |s: &Score| -> f32 {
        let weights = singer(s).blend.weights(singer(s).gender);
        let all = catbird_score::HOUSE.iter().zip(weights);
        all.filter(|(h, _)| h.gender == Gender::Female).map(|(_, w)| w).sum()
    };
    assert!(singer(&f).low > singer(&m).low && women(&f) > 0.99 && women(&m) < 0.01);
    assert_eq!((f.labels.gender.as_str(), m.labels.gender.as_str()), ("Female", "Male"));
}

#[test]
fn requested_labels_stay_verbatim() {
    let s = song(
        &[
            (WishKind::Genre, "Chinoiserie Electronic"),
            (WishKind::Mood, "Miss"),
            (WishKind::Timbre, "Cute_AUDIO_TIMBRE"),
        ],
        None,
    );
    assert_eq!(s.labels.genre, "Chinoiserie Electronic");
    assert_eq!(s.labels.mood, "Miss");
    assert_eq!(s.labels.timbre, "Cute_AUDIO_TIMBRE");
}

#[test]
fn background_labels_mean_what_they_say() {
    use WishKind::{Genre, Instrument, Mood, Theme};
    let of = |k, w| instrumental(&[(k, w)]);
    let neutral = of(Mood, "sincere");

    // Tempo.
    assert!(bpm(&of(Mood, "energetic")) > bpm(&of(Mood, "calm")) * 1.2);
    assert!(bpm(&of(Theme, "meditation")) < 75.0);
    assert!(bpm(&of(Mood, "lively")) > bpm(&of(Mood, "contemplative")) * 1.3);
    // Mode.
    for (kind, word) in [
        (Mood, "sad"),
        (Mood, "melancholy"),
        (Mood, "dramatic"),
        (Genre, "dark"),
        (Genre, "trailer"),
        (Mood, "haunting"),
    ] {
        assert!(of(kind, word).key.mode.is_minor(), "{word}");
    }
    for (kind, word) in [
        (Mood, "happy"),
        (Mood, "joyful"),
        (Theme, "christmas"),
        (Genre, "kids"),
        (Mood, "uplifting"),
    ] {
        assert!(!of(kind, word).key.mode.is_minor(), "{word}");
    }
    assert_eq!(of(Mood, "dreamy").key.mode, Mode::Lydian);
    // Brightness.
    assert!(of(Mood, "bright").master.high_db > of(Mood, "mellow").master.high_db + 3.0);
    assert!(of(Genre, "dark").master.high_db < -2.0);
    // Space and width.
    assert!(of(Mood, "ethereal").master.reverb_seconds > of(Mood, "sincere").master.reverb_seconds + 1.0);
    // Drums.
    for (kind, word) in [
        (Theme, "meditation"),
        (Mood, "peaceful"),
        (Genre, "ambient"),
        (Mood, "serene"),
    ] {
        assert_eq!(notes(&of(kind, word), PartRole::Drums), 0, "{word}");
    }
    assert!(notes(&of(Mood, "aggressive"), PartRole::Drums) > notes(&neutral, PartRole::Drums));
    // Dynamics: energy compresses, drama breathes.
    assert!(of(Mood, "energetic").master.glue > of(Mood, "dramatic").master.glue + 0.1);
    // Instruments.
    for (word, program) in [
        ("piano", 0),
        ("violin", 40),
        ("cello", 42),
        ("flute", 73),
        ("trumpet", 56),
        ("ukulele", 24),
        ("saxophone", 66),
        ("double bass", 32),
        ("harp", 46),
        ("glockenspiel", 9),
        ("marimba", 12),
        ("banjo", 105),
        ("strings", 48),
        ("organ", 16),
        ("brass", 61),
        ("keyboard", 4),
        ("acoustic guitar", 25),
        ("bass guitar", 33),
    ] {
        assert!(has_program(&of(Instrument, word), program), "{word}");
    }
    assert!(notes(&of(Instrument, "percussion"), PartRole::Percussion) > 50);
    assert!(
        of(Instrument, "electric guitar")
            .parts
            .iter()
            .any(|p| matches!(p.sound, Sound::Amped { .. }) && p.role == PartRole::Lead)
    );
    let ukulele = of(Instrument, "ukulele");
    assert!(
        ukulele
            .parts
            .iter()
            .any(|p| p.role == PartRole::Lead && matches!(p.sound, Sound::Sampled { program: 24, bank: 8 })),
        "a ukulele leads"
    );
    // Ornaments.
    let christmas = of(Theme, "christmas");
    assert!(
        plays_key(&christmas, 83) && has_program(&christmas, 9),
        "sleigh bells and glockenspiel"
    );
    let trailer = of(Genre, "trailer");
    let effects = notes(&trailer, PartRole::Effect);
    assert!(
        has_program(&trailer, 116) && has_program(&trailer, 61) && effects > 0,
        "drums, brass, risers"
    );
    assert!(
        of(Genre, "rock")
            .parts
            .iter()
            .any(|p| matches!(p.sound, Sound::Amped { .. }))
    );
    assert!(
        of(Genre, "electronic")
            .parts
            .iter()
            .any(|p| matches!(p.sound, Sound::Machine { .. }))
    );
    assert!(
        of(Genre, "jazz")
            .parts
            .iter()
            .any(|p| matches!(p.sound, Sound::Sampled { program: 32, .. }))
    );
}

#[test]
fn song_labels_mean_what_they_say() {
    use WishKind::{Genre, Mood, Timbre};
    let of = |k, w| song(&[(k, w)], None);
    let singer = |s: Score| s.vocal.unwrap().singer;
    assert!(bpm(&of(Genre, "Punk")) > 140.0);
    assert!(bpm(&of(Genre, "Reggae")) < 100.0);
    assert_eq!(of(Genre, "GuFeng Music").key.mode.steps().len(), 5);
    assert!(
        of(Genre, "Chinoiserie Electronic")
            .parts
            .iter()
            .any(|p| matches!(p.sound, Sound::Sampled { program: 107, .. }))
    );
    assert!(
        of(Genre, "Rock")
            .parts
            .iter()
            .any(|p| matches!(p.sound, Sound::Amped { .. }))
    );
    assert!(of(Genre, "Trap Rap").key.mode.is_minor());
    assert!(
        of(Mood, "Sorrow/Sad").key.mode.is_minor() && bpm(&of(Mood, "Sorrow/Sad")) < bpm(&of(Mood, "Excited")) * 0.8
    );
    assert!(!of(Mood, "Happy").key.mode.is_minor());
    let plain = singer(of(Timbre, "Warm"));
    assert!(singer(of(Timbre, "Electrified voice")).electric >= 0.7);
    assert!(singer(of(Timbre, "Husky")).breath >= 0.25);
    assert!(singer(of(Timbre, "Bright")).tilt_db > plain.tilt_db + 2.0);
    assert!(singer(of(Timbre, "Cute_AUDIO_TIMBRE")).warp > 1.05);
    assert!(singer(of(Timbre, "Powerful")).density > plain.density + 0.3);
    assert!(singer(of(Timbre, "Sexy/Lazy")).glide_ms > plain.glide_ms + 30.0);
}

#[test]
fn five_labels_of_every_kind_all_count() {
    use WishKind::{Genre, Instrument, Mood, Theme};
    let full: Vec<(WishKind, &str)> = ["acoustic", "vlog", "travel", "corporate", "folk"]
        .iter()
        .map(|w| (Genre, *w))
        .chain(
            ["calm", "bright", "happy", "soft", "sincere"]
                .iter()
                .map(|w| (Mood, *w)),
        )
        .chain(
            ["ukulele", "glockenspiel", "violin", "double bass", "marimba"]
                .iter()
                .map(|w| (Instrument, *w)),
        )
        .chain(
            ["journey", "hope", "discovery", "love", "world"]
                .iter()
                .map(|w| (Theme, *w)),
        )
        .collect();
    let all = instrumental(&full);
    for program in [24, 9, 40, 32, 12] {
        assert!(has_program(&all, program), "program {program} of five instruments");
    }
    assert!(all.parts.len() <= 16, "{} parts", all.parts.len());
    let all = audible(all);
    for i in 0..full.len() {
        let mut without = full.clone();
        let left_out = without.remove(i);
        assert!(audible(instrumental(&without)) != all, "{left_out:?} has no influence");
    }
}
