//! Suggested and enriched style words fit, repeat by seed, and read back as the style they were made for.

use super::*;
use crate::style;

const SHORT: [&str; 26] = [
    "surf rock",
    "synthwave",
    "sad piano ballad",
    "k-pop",
    "drill, dark",
    "lo-fi hip hop",
    "bossa nova",
    "shoegaze",
    "epic orchestral",
    "country",
    "reggae",
    "deep house, 122 bpm",
    "jazz, female vocals",
    "punk",
    "phonk",
    "gospel",
    "folk, no drums",
    "disco",
    "ambient",
    "gufeng",
    "future bass",
    "funk, without guitar",
    "metal, male screaming",
    "90 bpm, A minor",
    "instrumental, cinematic",
    "nobody knows these wurbles",
];

#[test]
fn every_style_has_details_that_lead_to_it() {
    for s in style::all() {
        let d = details(&s.id);
        let lists = [&d.kin, &d.players, &d.moods, &d.finish, &d.voices];
        assert!(lists.iter().all(|l| l.len() > 2), "{} lacks details", s.id);
        assert!(
            d.kin.iter().any(|k| style_of(k) == s.id),
            "no kind of {} leads to it",
            s.id
        );
        for phrase in lists.into_iter().flatten() {
            let found = vocabulary::read(phrase, Depth::Tags).found;
            assert!(found.iter().any(|f| f.known), "{}: “{phrase}” is not understood", s.id);
        }
    }
}

#[test]
fn richer_tags_keep_the_words_and_the_style() {
    for tags in SHORT {
        let mut texts = std::collections::BTreeSet::new();
        for seed in 0..6 {
            let rich = upsample(tags, seed);
            assert_eq!(rich, upsample(tags, seed));
            assert!(rich.starts_with(tags), "{rich}");
            assert!(
                rich.chars().count() <= LONGEST && rich.len() > tags.len() + 40,
                "{rich}"
            );
            assert_eq!(lead(&rich, seed).style, lead(tags, seed).style, "{rich}");
            texts.insert(rich);
        }
        assert!(texts.len() >= 5, "{tags}: {texts:?}");
    }
    let rich = upsample("folk, no drums, without guitar, instrumental", 3);
    let r = vocabulary::read(&rich, Depth::Tags);
    assert!(
        r.found
            .iter()
            .all(|f| !f.touch.add.iter().any(|a| a.contains("guitar"))),
        "{rich}"
    );
    assert!(
        !rich.contains("vocals") && !rich.contains("drums,") || rich.contains("no drums,"),
        "{rich}"
    );
    let long = "metal, ".repeat(200);
    assert_eq!(upsample(&long, 1), long.trim_end_matches(", "));
    assert!(upsample("", 5).len() > 40);
}

#[test]
fn suggestions_name_what_the_description_names() {
    for (description, wanted) in [
        (
            "an easy-going surf tune about missing the last bus",
            &["surf rock", "easy-going"][..],
        ),
        ("a sad piano ballad for a male singer", &["sad", "piano", "male vocals"]),
        (
            "Upbeat disco track with horns about dancing all night",
            &["disco", "upbeat"],
        ),
        (
            "dark trap beat, no vocals, about winter",
            &["trap", "dark", "instrumental"],
        ),
        ("a lullaby for my daughter", &["lullaby"]),
        ("slow jazz in a smoky bar", &["jazz", "slow"]),
    ] {
        for seed in 0..8 {
            let text = suggest(description, seed);
            for word in wanted {
                assert!(text.contains(word), "{description} → {text}: no {word}");
            }
        }
    }
    for description in [
        "",
        "the bureaucracy of love",
        "Taylor Swift meets Bach",
        "rain on a tin roof",
        "😀",
        "my dog ate my homework",
    ] {
        let mut all = std::collections::BTreeSet::new();
        for seed in 0..20 {
            let text = suggest(description, seed);
            assert_eq!(text, suggest(description, seed));
            let count = text.split(", ").count();
            assert!((3..=6).contains(&count), "{description} → {text}");
            assert!(
                !text.to_lowercase().contains("swift") && !text.contains("Bach"),
                "{text}"
            );
            all.insert(text);
        }
        assert!(all.len() >= 6, "{description}: {all:?}");
    }
}
