//! Phrasing: breaths, held syllables, turns, dynamics.

use catbird_score::{Delivery, Role, Score, SungLine, Syllable};

use crate::{LYRICS, song, vocal};

const STYLES: [&str; 10] = [
    "pop",
    "rock",
    "r&b",
    "folk",
    "ballad",
    "house",
    "punk",
    "gospel",
    "bossa nova",
    "soul",
];

fn murmured(s: &Syllable) -> bool {
    s.phonemes.chars().any(|c| matches!(c, 'ə' | 'ɚ' | 'ᵊ' | 'ᵻ')) || s.stress == 0
}

fn songs() -> Vec<Score> {
    STYLES
        .iter()
        .flat_map(|tags| (0..2).map(move |seed| song(tags, LYRICS, seed)))
        .collect()
}

#[test]
fn there_is_time_to_breathe_between_lines() {
    let (mut all, mut short) = (0, 0);
    for score in songs() {
        let lines = &vocal(&score).lines;
        for pair in lines.windows(2) {
            let (a, b) = (pair[0].notes().last().unwrap(), pair[1].notes().next().unwrap());
            let end = score.tempo.seconds(a.onset() + f64::from(a.length));
            let gap = score.tempo.seconds(b.onset()) - end;
            all += 1;
            if gap < 0.249 {
                short += 1;
                // Only where the last syllable would vanish.
                let held = end - score.tempo.seconds(a.onset());
                assert!(
                    held < 0.2,
                    "{gap} s of rest although {held} s are held in “{}”",
                    pair[0].text
                );
            }
        }
    }
    assert!(short * 50 <= all, "{short} of {all} rests are short");
}

#[test]
fn turns_are_sung_on_full_vowels_and_where_the_style_wants_them() {
    let count = |tags: &str| -> usize {
        (0..8)
            .map(|seed| {
                let score = song(tags, LYRICS, seed);
                let lines = vocal(&score).lines.iter().filter(|l| l.delivery == Delivery::Sung);
                let turned: Vec<&Syllable> = lines
                    .flat_map(SungLine::syllables)
                    .filter(|s| s.notes.len() > 1)
                    .collect();
                for s in &turned {
                    assert!(!murmured(s), "{tags} {seed}: a turn on “{}”", s.phonemes);
                    assert!(s.notes.len() <= 3);
                    assert!(s.notes.windows(2).all(|w| w[0].start + w[0].length <= w[1].start + 1));
                }
                turned.len()
            })
            .sum()
    };
    let (soul, pop, punk) = (count("gospel"), count("pop"), count("punk"));
    assert!(soul > 2 * pop && pop >= punk && soul > 25, "{soul} {pop} {punk}");
    assert_eq!(punk, 0);
}

#[test]
fn long_notes_go_to_stressed_syllables() {
    let (mut long, mut weak) = (0, 0);
    for score in songs() {
        for line in &vocal(&score).lines {
            let all: Vec<&Syllable> = line.syllables().collect();
            for (i, s) in all.iter().enumerate() {
                let (a, b) = (s.notes[0], s.notes[s.notes.len() - 1]);
                let seconds = score.tempo.at(b.start + b.length) - score.tempo.at(a.start);
                if seconds >= 0.8 {
                    long += 1;
                    weak += usize::from(murmured(s));
                    assert!(
                        i + 1 == all.len() || !murmured(s),
                        "a long murmur inside “{}”",
                        line.text
                    );
                }
            }
        }
    }
    assert!(long > 150 && weak * 100 <= long * 6, "{weak} of {long}");
}

#[test]
fn dynamics_follow_metre_and_energy() {
    let (mut strong, mut light) = ((0.0, 0.0), (0.0, 0.0));
    let (mut verse, mut chorus) = ((0.0, 0.0), (0.0, 0.0));
    for score in songs() {
        for line in &vocal(&score).lines {
            for note in line.notes() {
                let at = note.start % score.meter.bar();
                let sum = if at == 0 {
                    &mut strong
                } else if at % score.meter.beat() != 0 {
                    &mut light
                } else {
                    continue;
                };
                sum.0 += f64::from(note.velocity);
                sum.1 += 1.0;
                let sum = match score.sections[line.section].role {
                    Role::Verse => &mut verse,
                    Role::Chorus => &mut chorus,
                    _ => continue,
                };
                sum.0 += f64::from(note.velocity);
                sum.1 += 1.0;
            }
        }
    }
    let mean = |(sum, n): (f64, f64)| sum / n;
    assert!(mean(strong) > mean(light) + 6.0, "{} {}", mean(strong), mean(light));
    assert!(mean(chorus) > mean(verse) + 4.0, "{} {}", mean(chorus), mean(verse));
}
