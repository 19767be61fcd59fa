//! The vocabulary is sound, and free text is understood.

use super::*;
use crate::{instruments, style};

#[test]
fn every_entry_names_things_that_exist() {
    for volume in &book().volumes {
        let kind = volume.facet;
        for (word, t) in &volume.list {
            let names = t.add.iter().chain(&t.lead).chain(&t.without);
            assert!(
                names.clone().all(|k| instruments::find(k).is_some()),
                "{kind:?} {word}: {:?}",
                names.collect::<Vec<_>>()
            );
            assert!(
                t.styles.keys().all(|s| style::find(s).is_some()),
                "{kind:?} {word}: {:?}",
                t.styles
            );
            for o in &t.ornaments {
                assert!(
                    style::extras().ornament.iter().any(|p| p.id == *o),
                    "{kind:?} {word}: ornament {o}"
                );
            }
            if let Some(g) = &t.groove {
                let own = style::all().iter().any(|s| s.groove.iter().any(|x| x.name == *g));
                assert!(
                    own || style::extras().groove.iter().any(|x| x.name == *g),
                    "{kind:?} {word}: groove {g}"
                );
            }
        }
    }
}

#[test]
fn no_word_of_the_tag_lists_is_hidden_by_another() {
    for volume in book().volumes.iter().filter(|v| !v.labels) {
        for (word, touch) in &volume.list {
            assert_eq!(entry(word).map(|e| e.name), Some(word.as_str()), "{word} is hidden");
            for spelling in &touch.also {
                assert!(entry(spelling).is_some(), "{spelling}");
            }
        }
    }
}

#[test]
fn free_text_is_read() {
    let r = read(
        "A slow jazz ballad in F# minor with piano and brushed drums, 92 bpm, no saxophone",
        Depth::Prose,
    );
    let touches = || r.found.iter().map(|f| &f.touch);
    assert_eq!(r.bpm, Some(92.0));
    assert_eq!(r.key, Some((6, Some(Mode::Minor))));
    assert!(touches().any(|t| t.styles.contains_key("jazz")));
    assert!(touches().any(|t| t.add.contains(&"piano".to_owned())));
    assert!(touches().any(|t| t.groove.as_deref() == Some("brushes")));
    assert!(touches().any(|t| t.without.contains(&"saxophone".to_owned())));
    assert!(touches().all(|t| !t.add.contains(&"saxophone".to_owned())));
    assert_eq!(read("120bpm", Depth::Prose).bpm, Some(120.0));
    assert_eq!(read("room 120", Depth::Prose).bpm, None);
    assert_eq!(
        read("female vocals", Depth::Prose).found[0].touch.gender,
        Some(Gender::Female)
    );
    assert!(read("nothing known here at all", Depth::Prose).found.is_empty());
    assert_eq!(key("Bb"), Some((10, None)));
    assert_eq!(key("Am"), Some((9, Some(Mode::Minor))));
    assert_eq!(key("H major"), None);
}

#[test]
fn tags_are_read_whatever_their_shape() {
    let names = |text: &str| -> Vec<String> { read(text, Depth::Tags).found.into_iter().map(|f| f.name).collect() };
    for text in [
        "shoegaze",
        "Shoe-Gaze",
        "SHOEGAZE",
        "shoe gaze",
        "shoegaze music",
        "a shoegaze song",
        "shoegase",
    ] {
        assert_eq!(names(text), ["shoegaze"], "{text}");
    }
    for text in ["r&b", "R & B", "RnB", "r'n'b"] {
        assert_eq!(names(text).len(), 1, "{text}");
    }
    assert_eq!(names("1980s"), names("80's"));
    assert_eq!(names("husky male baritone"), ["husky", "baritone"]);
    for (text, bpm) in [
        ("90 bpm", 90.0),
        ("bpm: 90", 90.0),
        ("BPM 90", 90.0),
        ("90BPM, dark", 90.0),
        ("tempo: 90", 90.0),
        ("80-100 bpm", 90.0),
        ("90 beats per minute", 90.0),
    ] {
        assert_eq!(read(text, Depth::Tags).bpm, Some(bpm), "{text}");
    }
    for (text, key) in [
        ("A minor", (9, Some(Mode::Minor))),
        ("in F# major", (6, Some(Mode::Major))),
        ("sad, Cm", (0, Some(Mode::Minor))),
        ("key of D", (2, None)),
        ("key: Gm", (7, Some(Mode::Minor))),
        ("C sharp minor", (1, Some(Mode::Minor))),
        ("B flat major", (10, Some(Mode::Major))),
    ] {
        assert_eq!(read(text, Depth::Tags).key, Some(key), "{text}");
    }
    let r = read("rock, no drums, without guitar or piano", Depth::Tags);
    let without: Vec<&String> = r.found.iter().flat_map(|f| &f.touch.without).collect();
    for key in ["crunch guitar", "acoustic guitar", "piano"] {
        assert!(without.iter().any(|w| *w == key), "{key}");
    }
    assert!(r.found.iter().any(|f| f.refused && f.touch.drums == Some(0.0)));
    for text in [
        "instrumental",
        "no vocals",
        "without vocals",
        "no singing",
        "purely instrumental",
    ] {
        assert!(read(text, Depth::Tags).voiceless, "{text}");
    }
    assert!(!read("instrumental break, vocals, rock", Depth::Tags).voiceless);
    for odd in [
        "",
        ",,,;",
        "😀😀",
        "\u{202e}abc",
        "猫",
        "9999999999 bpm",
        "0 bpm",
        "no",
        "without",
        "###",
        "a minor",
        "not",
    ] {
        let _ = read(odd, Depth::Tags);
    }
}
