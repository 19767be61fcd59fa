//! Two singers: who sings what, in which octave.

use catbird_music::compose;
use catbird_score::{By, Gender, Role, SungLine};

use crate::{DUET, LYRICS, brief, sane, song, vocal};

fn seconds(vocal: &catbird_score::Vocal) -> Vec<&SungLine> {
    vocal
        .backing
        .iter()
        .filter(|c| c.name == "partner")
        .flat_map(|c| &c.lines)
        .collect()
}

#[test]
fn tags_hand_out_the_lines() {
    for seed in 0..12 {
        let score = song("pop", DUET, seed);
        sane(&score, &format!("duet {seed}"));
        let vocal = vocal(&score);
        assert_eq!(vocal.singer.gender, Gender::Female, "the first one named leads");
        assert_eq!(vocal.partner.as_ref().unwrap().gender, Gender::Male);
        for line in &vocal.lines {
            let theirs = ["The city", "A silver", "If you"]
                .iter()
                .any(|t| line.text.starts_with(t));
            assert_eq!(line.by == By::Partner, theirs, "{}", line.text);
        }
        let both = seconds(vocal);
        assert_eq!(both.len(), 4);
        for line in both {
            let lead = crate::beside(vocal, line).expect("both sing at once");
            assert!(lead.text.starts_with("Carry"));
            for (a, b) in lead.notes().zip(line.notes()) {
                let apart = i32::from(a.pitch) - i32::from(b.pitch);
                assert!(apart % 12 == 0 && (a.start, a.length) == (b.start, b.length), "{apart}");
            }
        }
        let words: Vec<&str> = vocal
            .lines
            .iter()
            .flat_map(|l| &l.words)
            .map(|w| w.text.as_str())
            .collect();
        assert!(!words.contains(&"Male") && !words.contains(&"Both"));
    }
}

#[test]
fn whoever_is_asked_for_leads() {
    let mut wish = brief("pop", DUET, 4);
    wish.voice.gender = Some(Gender::Male);
    let score = compose(&wish, None).unwrap();
    let vocal = vocal(&score);
    assert_eq!(vocal.singer.gender, Gender::Male);
    for line in vocal.lines.iter().filter(|l| l.text.starts_with("The kettle")) {
        assert_eq!(line.by, By::Partner, "the woman's line");
    }
    sane(&score, "a man leads");
}

#[test]
fn one_gender_named_throughout_is_no_duet() {
    let lyrics = LYRICS
        .replace("[Verse 1]", "[Verse 1: Male]")
        .replace("[Verse 2]", "[Verse 2: Male]");
    let score = song("pop", &lyrics, 1);
    assert_eq!(vocal(&score).singer.gender, Gender::Male);
    assert!(vocal(&score).partner.is_none() && seconds(vocal(&score)).is_empty());
    let plain = song("pop", LYRICS, 1);
    assert!(vocal(&plain).partner.is_none());
}

#[test]
fn a_duet_without_names_takes_turns() {
    for seed in 0..10 {
        let score = song("duet, pop ballad", LYRICS, seed);
        sane(&score, &format!("turns {seed}"));
        let vocal = vocal(&score);
        let by = |section: usize| -> Vec<By> {
            vocal
                .lines
                .iter()
                .filter(|l| l.section == section)
                .map(|l| l.by)
                .collect()
        };
        let verses: Vec<usize> = (0..score.sections.len())
            .filter(|i| score.sections[*i].role == Role::Verse && !by(*i).is_empty())
            .collect();
        let singing: Vec<Option<By>> = {
            let mut turns = Vec::new();
            for verse in &verses {
                let who = by(*verse)[0];
                assert!(by(*verse).iter().all(|b| *b == who), "a verse is one person's");
                if turns.last() != Some(&Some(who)) {
                    turns.push(Some(who));
                }
            }
            turns
        };
        assert_eq!(singing, [Some(By::Lead), Some(By::Partner)]);
        let choruses = vocal
            .lines
            .iter()
            .filter(|l| score.sections[l.section].role == Role::Chorus)
            .count();
        assert_eq!(seconds(vocal).len(), choruses, "both sing the choruses");
    }
}
