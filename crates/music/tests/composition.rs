//! Many briefs make sound scores: rules kept, notes playable, melodies that fit their chords, chance from
//! the seed alone.
#![expect(clippy::unwrap_used, reason = "a test may")]

use catbird_music::{compose, style};
use catbird_score::{Brief, PartRole, Role, Score, Segment, Wish, WishKind};

fn brief(tag: &str, seconds: f64, seed: u64) -> Brief {
    Brief {
        description: tag.to_owned(),
        seconds: Some(seconds),
        seed,
        ..Brief::default()
    }
}

fn sound(score: &Score) {
    assert_eq!(score.check(), Ok(()));
    let stop = score.chords.last().unwrap().start;
    let ids: std::collections::BTreeSet<&str> = score.parts.iter().map(|p| p.id.as_str()).collect();
    assert_eq!(ids.len(), score.parts.len(), "part ids are unique");
    let mut at = 0;
    for c in &score.chords {
        assert_eq!(c.start, at, "the harmony is gapless");
        at = c.start + c.length;
    }
    assert_eq!(at, score.end());
    for part in &score.parts {
        for n in &part.notes {
            assert!(n.start <= stop, "{} starts after the last chord", part.id);
            let end = score.tempo.seconds(n.onset() + f64::from(n.length));
            assert!(
                n.onset() >= 0.0 && end <= score.seconds + 0.35,
                "{}: {n:?} ends at {end} of {}",
                part.id,
                score.seconds
            );
            if !part.sound.is_drums() {
                assert!((24..=108).contains(&n.pitch), "{}: pitch {}", part.id, n.pitch);
            }
        }
        let chords = part
            .notes
            .chunk_by(|a, b| a.start == b.start)
            .map(<[_]>::len)
            .max()
            .unwrap_or(0);
        assert!(chords <= 8, "{}: {chords} notes at once", part.id);
    }
    // The last chord is the tonic and somebody plays it.
    let last = score.chords.last().unwrap();
    assert_eq!(last.chord.root, score.key_at(stop).tonic);
    assert!(
        score.parts.iter().any(|p| p.notes.iter().any(|n| n.start == stop)),
        "nobody ends the piece"
    );
}

fn styled(id: &str, seconds: f64, seed: u64) -> Score {
    let word = match id {
        "house" => "house",
        "hip_hop" => "hip-hop",
        "bossa" => "bossa nova",
        "future_bass" => "future bass",
        "rnb" => "r&b",
        "gufeng" => "chinese",
        other => other,
    };
    let mut b = brief("", seconds, seed);
    b.wishes.push(Wish::new(WishKind::Tag, word));
    let score = compose(&b, None).unwrap();
    assert_eq!(score.style, id, "{word}");
    score
}

#[test]
fn every_style_composes_with_many_seeds() {
    for s in style::all() {
        for seed in 0..6 {
            let score = styled(&s.id, 75.0, seed);
            sound(&score);
            assert!((score.seconds - 75.0).abs() < 0.05);
            assert!(
                (3..=14).contains(&score.parts.len()),
                "{} seed {seed}: {} parts",
                s.id,
                score.parts.len()
            );
            let lead = score
                .parts
                .iter()
                .find(|p| p.role == PartRole::Lead)
                .expect("somebody leads");
            assert!(
                lead.notes.len() >= 12,
                "{} seed {seed}: a lead of {} notes",
                s.id,
                lead.notes.len()
            );
        }
    }
}

#[test]
fn every_length_from_one_second_to_four_minutes() {
    for seconds in [
        1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 120.0, 240.0,
    ] {
        for (tag, seed) in [("", 1), ("rock", 2), ("ambient", 3), ("jazz", 4)] {
            let score = compose(&brief(tag, seconds, seed), None).unwrap();
            sound(&score);
            assert!((score.seconds - seconds).abs() < 0.05, "{seconds}");
        }
    }
}

#[test]
fn segments_are_kept() {
    let mut b = brief("hopeful strings over a walking beat", 0.0, 5);
    b.seconds = None;
    let part = |role, seconds| Segment { role, seconds };
    b.segments = vec![
        part(Role::Intro, 10.0),
        part(Role::Chorus, 40.0),
        part(Role::Outro, 10.0),
    ];
    let score = compose(&b, None).unwrap();
    sound(&score);
    assert!((score.seconds - 60.0).abs() < 0.05);
    assert_eq!(
        score.sections.iter().map(|s| s.role).collect::<Vec<_>>(),
        [Role::Intro, Role::Chorus, Role::Outro]
    );
}

#[test]
fn same_seed_same_score_other_seed_other_song() {
    let make = |seed| compose(&brief("an easy-going surf tune", 60.0, seed), None).unwrap();
    assert_eq!(make(3), make(3));
    let songs: Vec<Score> = (0..8).map(make).collect();
    let lead = |s: &Score| -> Vec<u8> {
        s.parts
            .iter()
            .filter(|p| p.role == PartRole::Lead)
            .flat_map(|p| p.notes.iter().map(|n| n.pitch))
            .collect()
    };
    for i in 0..songs.len() {
        for j in 0..i {
            assert_ne!(lead(&songs[i]), lead(&songs[j]), "seeds {i} and {j}");
        }
    }
}

#[test]
fn long_lead_notes_are_chord_tones_and_tunes_move_by_step() {
    let (mut long, mut fitting, mut steps, mut intervals) = (0, 0, 0, 0);
    for s in style::all() {
        for seed in 20..24 {
            let score = styled(&s.id, 60.0, seed);
            let Some(lead) = score.parts.iter().find(|p| p.role == PartRole::Lead) else {
                continue;
            };
            for n in lead.notes.iter().filter(|n| n.length >= 400) {
                long += 1;
                fitting += usize::from(score.chord_at(n.start).is_some_and(|c| c.chord.contains(n.pitch)));
            }
            for w in lead.notes.windows(2) {
                intervals += 1;
                steps += usize::from((1..=2).contains(&w[0].pitch.abs_diff(w[1].pitch)));
            }
        }
    }
    assert!(long > 300);
    let share = fitting as f64 / long as f64;
    assert!(share > 0.9, "{share:.3} of long notes are chord tones");
    let stepwise = steps as f64 / intervals as f64;
    assert!(
        (0.38..0.85).contains(&stepwise),
        "{stepwise:.3} of the intervals are steps"
    );
}

#[test]
fn choruses_share_their_tune_and_are_fuller_than_verses() {
    let (mut shared, mut fuller, mut pairs) = (0, 0, 0);
    for seed in 0..10 {
        let score = styled("pop", 150.0, seed);
        let choruses: Vec<_> = score
            .sections
            .iter()
            .filter(|s| s.role == Role::Chorus && s.length >= 4 * 1920)
            .collect();
        let verse = score.sections.iter().find(|s| s.role == Role::Verse).unwrap();
        if choruses.len() < 2 {
            continue;
        }
        pairs += 1;
        let rhythm = |from: u32| -> Vec<u32> {
            let lead = score.parts.iter().find(|p| p.role == PartRole::Lead).unwrap();
            lead.notes
                .iter()
                .filter(|n| n.start >= from && n.start < from + 4 * 1920)
                .map(|n| n.start - from)
                .collect()
        };
        shared += usize::from(
            rhythm(choruses[0].start) == rhythm(choruses[1].start) && !rhythm(choruses[0].start).is_empty(),
        );
        let density = |s: &catbird_score::Section| {
            let sum: u32 = score
                .parts
                .iter()
                .flat_map(|p| &p.notes)
                .filter(|n| n.start >= s.start && n.start < s.end())
                .map(|n| u32::from(n.velocity))
                .sum();
            f64::from(sum) / f64::from(s.length)
        };
        fuller += usize::from(density(choruses[1]) > 1.1 * density(verse));
    }
    assert!(
        pairs >= 5 && shared == pairs,
        "{shared} of {pairs} songs repeat the chorus rhythm"
    );
    assert!(
        fuller * 10 >= pairs * 8,
        "{fuller} of {pairs} choruses are fuller than the verse"
    );
}

#[test]
fn bad_numbers_are_refused() {
    let bad = |f: &dyn Fn(&mut Brief)| {
        let mut b = brief("pop", 30.0, 1);
        f(&mut b);
        compose(&b, None).is_err()
    };
    assert!(bad(&|b| b.seconds = Some(f64::NAN)));
    assert!(bad(&|b| b.seconds = Some(-3.0)));
    assert!(bad(&|b| b.bpm = Some(5000.0)));
    assert!(bad(&|b| b.key = Some("H flat".into())));
    assert!(bad(&|b| b.segments = vec![Segment {
        role: Role::Verse,
        seconds: -1.0
    }]));
    assert!(!bad(&|b| b.key = Some("F# minor".into())));
}

/// Beats in which some part other than an effect begins a note.
fn busy(score: &Score, from: u32, to: u32) -> bool {
    let sounds = |p: &&catbird_score::Part| p.role != PartRole::Effect;
    let begins = |p: &catbird_score::Part| p.notes.iter().any(|n| (from..to).contains(&n.start));
    score.parts.iter().filter(sounds).any(begins)
}

#[test]
fn everybody_stops_before_some_louder_sections_and_nobody_else_does() {
    let mut stops = 0;
    for seed in 0..12 {
        let score = styled("k_pop", 90.0, seed);
        for pair in score.sections.windows(2) {
            let silent = !busy(&score, pair[0].end() - 480, pair[0].end());
            let louder = pair[1].energy > pair[0].energy;
            assert!(!silent || louder, "seed {seed}: {} is led to by silence", pair[1].name);
            assert!(
                busy(&score, pair[0].end() - 4 * 480, pair[0].end() - 2 * 480),
                "a hole of a bar"
            );
            stops += usize::from(silent);
        }
    }
    assert!(stops >= 8, "{stops} stops in twelve songs of a style that stops often");
}

#[test]
fn choruses_are_made_of_the_rhythms_of_their_style() {
    let hooks = &style::find("latin").unwrap().hooks;
    assert!(hooks.len() >= 4);
    let onsets = |cell: &str| -> Vec<u32> {
        let at = cell.chars().enumerate().filter(|(_, c)| *c == 'x');
        at.map(|(i, _)| i as u32 * 120).collect()
    };
    let (mut own, mut bars) = (0, 0);
    for seed in 0..8 {
        let score = styled("latin", 90.0, seed);
        let lead = score.parts.iter().find(|p| p.role == PartRole::Lead).unwrap();
        for chorus in score.sections.iter().filter(|s| s.role == Role::Chorus) {
            // Units are two bars; the second closes the phrase.
            for start in (chorus.start..chorus.end()).step_by(2 * 1_920) {
                let played: Vec<u32> = lead
                    .notes
                    .iter()
                    .filter(|n| (start..start + 1_920).contains(&n.start))
                    .map(|n| n.start - start)
                    .collect();
                own += usize::from(hooks.iter().any(|h| onsets(h) == played));
                bars += 1;
            }
        }
    }
    assert!(own * 2 > bars, "{own} of {bars} opening bars");
}

#[test]
fn instruments_slide_bend_and_fall_as_they_invite_to() {
    use catbird_score::Touch;
    let (mut touched, mut muted, mut plain_piano) = (0, 0, true);
    for seed in 0..6 {
        for part in styled("blues", 60.0, seed)
            .parts
            .iter()
            .filter(|p| p.role == PartRole::Lead)
        {
            touched += part.notes.iter().filter(|n| !n.touch.is_plain()).count();
            for pair in part.notes.windows(2).filter(|w| w[1].touch == Touch::Slide) {
                assert!(pair[0].pitch.abs_diff(pair[1].pitch) <= 5, "a slide over {pair:?}");
            }
        }
        for part in &styled("metal", 60.0, seed).parts {
            muted += part.notes.iter().filter(|n| n.touch == Touch::Muted).count();
        }
        for part in styled("ballad", 60.0, seed)
            .parts
            .iter()
            .filter(|p| p.name == "Grand piano")
        {
            plain_piano &= part.notes.iter().all(|n| n.touch.is_plain());
        }
    }
    assert!(
        touched > 20 && muted > 300 && plain_piano,
        "{touched} touched, {muted} muted"
    );
}

#[test]
fn answers_are_given_in_the_rests_of_whoever_leads() {
    let mut answers = 0;
    for seed in 0..6 {
        let score = styled("country", 90.0, seed);
        let lead = score.parts.iter().find(|p| p.role == PartRole::Lead).unwrap();
        let stop = score.chords.last().unwrap().start;
        for n in score.parts.iter().filter(|p| p.id == "steel").flat_map(|p| &p.notes) {
            if n.start >= stop {
                continue;
            }
            answers += 1;
            // A tune's note is answered from its second beat on.
            let over = lead
                .notes
                .iter()
                .any(|l| n.start >= l.start && n.start < l.start + l.length.min(480));
            assert!(!over, "seed {seed}: an answer at {} speaks over the tune", n.start);
        }
    }
    assert!(answers > 20, "{answers} notes of answers");
}
