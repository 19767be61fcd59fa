//! Partner and backing go through every edit: cut, moved and transposed with their sections.

use catbird_music::edit;
use catbird_score::{Brief, By, Score, Span, Strength, SungLine, Tick, VoiceWish};

use crate::{DUET, LYRICS, brief, sane, song, vocal, with_words};

/// Every line of the backing that sings words goes with a line of the lead, in the same section.
fn aligned(score: &Score, what: &str) {
    sane(score, what);
    let vocal = vocal(score);
    for line in with_words(vocal).flat_map(|c| &c.lines) {
        let start = line.notes().next().unwrap().start;
        let lead = vocal
            .lines
            .iter()
            .find(|l| l.notes().any(|n| n.start == start))
            .unwrap_or_else(|| panic!("{what}: “{}” goes with nothing", line.text));
        assert_eq!(lead.section, line.section, "{what}");
        let nudge = |l: &SungLine| l.notes().find(|n| n.start == start).map(|n| n.nudge);
        assert_eq!(nudge(lead), nudge(line), "{what}: “{}” drifts apart", line.text);
    }
}

fn sources() -> Vec<(String, Score)> {
    let mut out = Vec::new();
    for seed in 0..2 {
        for tags in ["pop", "gospel"] {
            out.push((format!("{tags} {seed}"), song(tags, LYRICS, seed)));
        }
        out.push((format!("duet {seed}"), song("pop", DUET, seed)));
        out.push((format!("turns {seed}"), song("duet, soul", LYRICS, seed)));
    }
    out
}

fn sung(score: &Score) -> Vec<(String, Tick, u8)> {
    vocal(score)
        .backing
        .iter()
        .flat_map(|c| {
            c.lines
                .iter()
                .flat_map(SungLine::notes)
                .map(|n| (c.name.clone(), n.start, n.pitch))
        })
        .collect()
}

#[test]
fn cutting_and_joining_gives_the_backing_back() {
    for (what, score) in sources() {
        aligned(&score, &what);
        let bar = score.meter.bar();
        for n in (1 + bar % 2..score.end() / bar).step_by(3) {
            let at = n * bar;
            // A word that is sung across the cut ends there.
            let across = crate::voices(vocal(&score))
                .iter()
                .flat_map(|(_, l)| &l.words)
                .any(|w| {
                    let mut notes = w.syllables.iter().flat_map(|s| &s.notes);
                    notes.next().is_some_and(|n| n.start < at) && notes.any(|n| n.start >= at)
                });
            if across {
                continue;
            }
            let (head, tail) = (
                edit::cut::window(&score, 0, at),
                edit::cut::window(&score, at, score.end()),
            );
            aligned(&head, &format!("{what}, head {n}"));
            aligned(&tail, &format!("{what}, tail {n}"));
            let back = edit::cut::append(&score, at, &tail);
            aligned(&back, &format!("{what}, back {n}"));
            let (mut a, mut b) = (sung(&back), sung(&score));
            a.sort();
            b.sort();
            assert_eq!(a, b, "{what} {n}");
            assert_eq!(vocal(&back).partner, vocal(&score).partner);
            let by = |s: &Score| {
                vocal(s)
                    .lines
                    .iter()
                    .filter(|l| l.by == By::Partner)
                    .flat_map(catbird_score::SungLine::notes)
                    .count()
            };
            assert_eq!(by(&back), by(&score));
        }
    }
}

#[test]
fn extensions_and_concatenations_carry_it_on() {
    for (what, score) in sources() {
        let more = brief(
            "",
            "[verse]\nThe lamp is low, the book is read\n[chorus]\nCarry the morning over the hill",
            5,
        );
        let next = edit::extend(&score, None, &more, None).unwrap();
        aligned(&next, &format!("{what}, extension"));
        let whole = edit::join(&[score.clone(), next]).unwrap();
        aligned(&whole, &format!("{what}, joined"));
        let chain = edit::concat(&[score.clone(), score.clone()], false).unwrap();
        aligned(&chain, &format!("{what}, twice"));
        assert_eq!(sung(&chain).len(), 2 * sung(&score).len());
    }
}

#[test]
fn a_replaced_section_leaves_the_rest() {
    for (what, score) in sources() {
        let (from, to) = (score.seconds * 0.35, score.seconds * 0.6);
        for text in [None, Some("[chorus]\nEvery window opens wide".to_owned())] {
            let wish = Brief {
                lyrics: text,
                seed: 3,
                ..Brief::default()
            };
            let Ok(made) = edit::replace(&score, from, to, &wish, None) else {
                continue;
            };
            aligned(&made, &format!("{what}, replaced"));
            let (a, b) = (score.tempo.tick_at(from) as Tick, score.tempo.tick_at(to) as Tick);
            let bar = score.meter.bar();
            let around = |s: &Score| -> Vec<(String, Tick, u8)> {
                let mut all = sung(s);
                all.retain(|(_, t, _)| *t + 2 * bar < a || *t > b + bar);
                all.sort();
                all
            };
            // A backing line may begin before the span and end in it; those well outside are untouched.
            let (old, new) = (around(&score), around(&made));
            assert!(new.iter().all(|n| old.contains(n)), "{what}: something new outside");
            assert!(
                new.len() * 10 >= old.len() * 8,
                "{what}: {} of {}",
                new.len(),
                old.len()
            );
        }
    }
}

#[test]
fn new_voices_and_new_styles_bring_their_own() {
    for (what, score) in sources() {
        for (tags, name) in [
            ("folk", "folk cover"),
            ("gospel", "gospel cover"),
            ("rock, male vocals", "rock cover"),
        ] {
            let wish = Brief {
                tags: tags.into(),
                seed: 9,
                ..Brief::default()
            };
            let made = edit::cover(&score, &wish, None).unwrap();
            // A cover keeps its melody even where that goes a little beyond the new singer.
            let vocal = vocal(&made);
            assert_eq!(
                vocal.partner.is_some(),
                crate::vocal(&score).partner.is_some(),
                "{what}, {name}"
            );
            for line in with_words(vocal).flat_map(|c| &c.lines) {
                assert!(crate::beside(vocal, line).is_some(), "{what}, {name}: “{}”", line.text);
            }
        }
        let swapped = edit::swap_vocals(
            &score,
            &Brief {
                seed: 4,
                ..Brief::default()
            },
            None,
        )
        .unwrap();
        let (old, new) = (vocal(&score), vocal(&swapped));
        assert_ne!(old.singer.gender, new.singer.gender, "{what}");
        let by = |v: &catbird_score::Vocal| v.lines.iter().map(|l| l.by).collect::<Vec<_>>();
        assert_eq!(by(old), by(new), "{what}: everybody's lines stay");
        if let Some(partner) = &new.partner {
            assert_ne!(partner.gender, new.singer.gender);
        }
        let bright = edit::remaster(&score, Strength::High, &Brief::default()).unwrap();
        aligned(&bright, &format!("{what}, remastered"));
        assert_eq!(sung(&bright).len(), sung(&score).len());
    }
}

#[test]
fn who_does_not_sing_brings_nobody() {
    let score = song("gospel", LYRICS, 2);
    assert!(!vocal(&score).backing.is_empty());
    let played = edit::cover_instrumental(&score, &Brief::default()).unwrap();
    assert!(played.vocal.is_none());
}

#[test]
fn mash_ups_and_added_voices_sing_along() {
    for seed in 0..3 {
        let (a, b) = (song("pop", DUET, seed), song("gospel", LYRICS, seed + 7));
        let wish = Brief {
            seed,
            ..Brief::default()
        };
        let made = edit::mashup(&a, &b, &wish, None).unwrap();
        let vocal_ = vocal(&made);
        assert!(
            vocal_
                .lines
                .iter()
                .all(|l| l.by == By::Lead || vocal_.partner.is_some())
        );
        for line in with_words(vocal_).flat_map(|c| &c.lines) {
            assert!(crate::beside(vocal_, line).is_some(), "mash-up {seed}: “{}”", line.text);
        }
        let wish = Brief {
            lyrics: Some(DUET.to_owned()),
            voice: VoiceWish::default(),
            seed,
            ..Brief::default()
        };
        let added = edit::add_vocals(&b, Span::default(), &wish, None).unwrap();
        aligned(&added, &format!("added {seed}"));
        assert!(vocal(&added).partner.is_some());
        let bars = Span {
            from: Some(0.0),
            to: Some(b.seconds * 0.5),
        };
        let wish = Brief {
            lyrics: Some("[verse]\nSay it again".into()),
            seed,
            ..Brief::default()
        };
        aligned(
            &edit::add_vocals(&b, bars, &wish, None).unwrap(),
            &format!("half {seed}"),
        );
    }
}

#[test]
fn the_words_of_a_duet_remember_who_sings_them() {
    let score = song("pop", DUET, 1);
    let cover = edit::cover(
        &score,
        &Brief {
            seed: 2,
            ..Brief::default()
        },
        None,
    )
    .unwrap();
    let text = cover.brief.lyrics.unwrap();
    let again = catbird_music::Lyrics::parse(&text);
    let words: Vec<String> = again.words().collect();
    assert_eq!(
        words.len(),
        vocal(&score).lines.iter().map(|l| l.words.len()).sum::<usize>()
    );
    let sings: Vec<_> = again.sections.iter().flat_map(|s| s.sings.clone()).collect();
    assert_eq!(
        sings.iter().map(|s| s.gender()).collect::<Vec<_>>().len(),
        vocal(&score).lines.len()
    );
    assert!(sings.iter().any(|s| s.gender() == Some(catbird_score::Gender::Male)));
}
