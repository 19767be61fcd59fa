//! A loop of one piece under another.

use catbird_music::{ComposeError, edit};
use catbird_score::{Brief, PartRole, Role, Wish, WishKind};

use super::{MORE, ask, song, whole};

#[test]
fn a_sampled_piece_is_built_on_the_loop() {
    for (i, style) in ["Hip-hop", "Electronic", "Jazz", "Pop"].into_iter().enumerate() {
        let source = song("R&B/Soul", 6 + i as u64);
        let bar = source.meter.bar();
        let first = source.sections.iter().find(|s| s.role == Role::Verse).unwrap().start;
        let (from, to) = (source.tempo.at(first), source.tempo.at(first + 5 * bar));
        let brief = |lyrics: Option<&str>, take| Brief {
            wishes: vec![Wish::new(WishKind::Genre, style)],
            ..ask(lyrics, take)
        };
        for lyrics in [None, Some(MORE)] {
            let new = edit::sample(&source, from, to, &brief(lyrics, 0), None).unwrap();
            whole(&new);
            assert_eq!(new.vocal.is_some(), lyrics.is_some());
            assert_eq!(new.tempo.bpm_at(0), source.tempo.bpm_at(first));
            assert_eq!(new.key, source.key_at(first));
            assert!(new.parts.iter().any(|p| p.role == PartRole::Drums));
            // The four bars are heard, note for note, in the first full round.
            let loops: Vec<_> = new.parts.iter().filter(|p| p.id.starts_with("sample_")).collect();
            assert!(!loops.is_empty(), "{style}");
            for part in loops.iter().filter(|p| p.id != "sample_voice") {
                let id = part.id.trim_start_matches("sample_");
                let old = source
                    .parts
                    .iter()
                    .find(|p| p.id == id && p.sound == part.sound)
                    .unwrap();
                let notes = |p: &catbird_score::Part, at: u32| -> Vec<(u32, u8)> {
                    p.notes
                        .iter()
                        .filter(|n| (at..at + 4 * bar).contains(&n.start))
                        .map(|n| (n.start - at, n.pitch))
                        .collect()
                };
                let long = new
                    .sections
                    .iter()
                    .filter(|s| s.length >= 4 * bar && s.role == Role::Verse || s.role == Role::Chorus);
                assert!(
                    long.clone().any(|s| notes(part, s.start) == notes(old, first)),
                    "{style}: {}",
                    part.id
                );
            }
            let other = edit::sample(&source, from, to, &brief(lyrics, 1), None).unwrap();
            assert_ne!(new.parts, other.parts);
        }
    }
    assert!(matches!(
        edit::sample(&song("Pop", 1), 5.0, 4.0, &ask(None, 0), None),
        Err(ComposeError::Invalid(_))
    ));
}
