//! Rap: in rhythm, with the melody of speech.

use catbird_score::{Delivery, Role, SungLine};

use crate::{sane, song, vocal};

pub const RAP: &str = "[Verse]\nI came up from the bottom with a pocket full of dust\nEvery brother that I trusted turned the metal into rust\nNow I'm moving in the morning while the city is asleep\nI was digging for the treasure and the water running deep\n[Chorus]\nKeep it rolling, keep it steady\nTell the people we are ready\n[Verse]\nGot a letter from my mother and she told me not to fold\nSaid the winters that you're walking in are never really cold\nSo I'm counting every blessing on the fingers of my hand\nDid you ever build a castle on the water and the sand?\n[Chorus]\nKeep it rolling, keep it steady\nTell the people we are ready";

#[test]
fn verses_speak_on_the_beat() {
    let (mut falls, mut lines_, mut rhymes, mut on_beat) = (0, 0, 0, 0);
    let mut asked = Vec::new();
    for tags in ["hip hop", "trap", "drill", "rap", "boom bap, male vocals"] {
        for seed in 0..5 {
            let what = format!("{tags} {seed}");
            let score = song(tags, RAP, seed);
            sane(&score, &what);
            let vocal = vocal(&score);
            for line in &vocal.lines {
                let role = score.sections[line.section].role;
                assert!(
                    line.delivery == Delivery::Rapped || role == Role::Chorus,
                    "{what}: {}",
                    line.text
                );
                if line.delivery != Delivery::Rapped {
                    continue;
                }
                let notes: Vec<_> = line.notes().copied().collect();
                assert_eq!(notes.len(), line.syllables().count(), "no melisma in speech");
                let pitches: Vec<i32> = notes.iter().map(|n| i32::from(n.pitch)).collect();
                let (low, high) = (*pitches.iter().min().unwrap(), *pitches.iter().max().unwrap());
                assert!(high - low <= 9, "{what}: {low} to {high}");
                let middle = i32::from(vocal.singer.low) + i32::from(vocal.singer.high - vocal.singer.low) / 2;
                assert!(
                    pitches.iter().sum::<i32>() / pitches.len() as i32 <= middle,
                    "{what}: speech lies low"
                );
                // Speech melody: stress is higher than what surrounds it.
                lines_ += 1;
                let third = pitches.len() / 3;
                let mean = |p: &[i32]| p.iter().sum::<i32>() as f64 / p.len() as f64;
                falls += usize::from(mean(&pitches[..third]) > mean(&pitches[pitches.len() - third..]));
                if line.text.ends_with('?') {
                    asked.push(pitches[pitches.len() - 1] - pitches[pitches.len() - 2].min(pitches[pitches.len() - 1]));
                }
                let rhyme = line
                    .syllables()
                    .filter(|s| s.stress > 0)
                    .last()
                    .map(|s| s.notes[0].start);
                rhymes += 1;
                on_beat += usize::from(rhyme.is_some_and(|t| t % score.meter.beat() == 0));
            }
        }
    }
    assert!(lines_ > 150, "{lines_}");
    assert!(falls * 100 >= lines_ * 70, "{falls} of {lines_} lines sink");
    assert!(on_beat * 100 >= rhymes * 80, "{on_beat} of {rhymes} rhymes on a beat");
    assert!(!asked.is_empty());
}

#[test]
fn stress_is_higher_than_what_surrounds_it() {
    let (mut up, mut all) = (0, 0);
    for seed in 0..10 {
        let score = song("hip hop", RAP, seed);
        for line in vocal(&score).lines.iter().filter(|l| l.delivery == Delivery::Rapped) {
            let syllables: Vec<(u8, u8)> = line.syllables().map(|s| (s.stress, s.notes[0].pitch)).collect();
            for pair in syllables[..syllables.len().saturating_sub(2)].windows(2) {
                if pair[0].0 == 0 && pair[1].0 == 2 {
                    all += 1;
                    up += usize::from(pair[1].1 > pair[0].1);
                }
            }
        }
    }
    assert!(up * 100 >= all * 75, "{up} of {all}");
}

#[test]
fn some_hooks_are_sung_and_songs_without_rap_are() {
    let hooks = |tags: &str| -> (usize, usize) {
        let mut sung = 0;
        for seed in 0..16 {
            let score = song(tags, RAP, seed);
            let hook = vocal(&score)
                .lines
                .iter()
                .find(|l| score.sections[l.section].role == Role::Chorus);
            sung += usize::from(hook.is_some_and(|l| l.delivery == Delivery::Sung));
        }
        (sung, 16)
    };
    let (sung, of) = hooks("trap");
    assert!((2..of).contains(&sung), "{sung} of {of}");
    let score = song("pop", crate::LYRICS, 1);
    assert!(
        vocal(&score)
            .lines
            .iter()
            .all(|l: &SungLine| l.delivery == Delivery::Sung)
    );
}
