//! Before the first bar line of a recording: a new band comes in there, instead of waiting in silence
//! under the singing.

use catbird_score::{Note, PartRole, Score};

/// A note that begins this much before the file begins with it, seconds.
const SLACK: f64 = 0.02;

/// Lets the band play the beats that lie before tick 0 in the file, as it plays the end of its first bar.
/// The first bar's fills and melodies are not anticipated.
pub(super) fn play(score: &mut Score) {
    let (bar, beat) = (score.meter.bar(), score.meter.beat());
    let length = score.tempo.at(beat) - score.tempo.at(0);
    let beats = ((score.tempo.lead_seconds + SLACK) / length).floor() as u32;
    let cut = bar - (beats * beat).min(bar);
    if cut == bar {
        return;
    }
    for part in &mut score.parts {
        let struck = match part.role {
            PartRole::Drums | PartRole::Percussion => true,
            PartRole::Bass | PartRole::Comp | PartRole::Pad => false,
            _ => continue,
        };
        let early = part.notes.iter().filter(|n| n.start < bar).filter_map(|n| {
            let (from, to) = (n.start.max(cut), (n.start + n.length).min(bar));
            // What rings on is struck again where the band comes in.
            let sounds = n.start >= cut || (!struck && to >= cut + beat / 2);
            let nudge = if n.start >= cut { n.nudge.max(0) } else { 0 };
            (sounds && from < to).then(|| Note {
                start: 0,
                length: to - from,
                nudge: nudge - (bar - from) as i16,
                ..*n
            })
        });
        let early: Vec<Note> = early.collect();
        part.notes.splice(0..0, early);
    }
}

#[cfg(test)]
mod tests {
    use catbird_score::{Brief, TempoMap};

    use super::*;
    use crate::compose::compose;

    #[test]
    fn the_band_does_not_wait_for_the_bar_line() {
        let mut score = compose(
            &Brief {
                tags: "pop".into(),
                instrumental: true,
                seed: 3,
                ..Brief::default()
            },
            None,
        )
        .expect("a song");
        score.sections.retain(|s| s.start == 0);
        let bpm = score.tempo.bpm_at(0);
        score.tempo = TempoMap::steady(bpm, 2.5 * 60.0 / bpm);
        // Every bar as the first one that all play in.
        let bar = score.meter.bar();
        let shift = 8 * bar;
        for part in &mut score.parts {
            part.notes.retain(|n| n.start >= shift);
            part.notes.iter_mut().for_each(|n| n.start -= shift);
        }
        let before: Vec<usize> = score.parts.iter().map(|p| p.notes.len()).collect();
        play(&mut score);
        let early = |p: &catbird_score::Part| p.notes.iter().filter(|n| n.onset() < -60.0).count();
        assert!(score.parts.iter().any(|p| p.role == PartRole::Drums && early(p) > 2));
        assert!(score.parts.iter().any(|p| p.role == PartRole::Bass && early(p) > 0));
        for (part, before) in score.parts.iter().zip(before) {
            assert!(part.notes.len() >= before);
            assert!(part.notes.is_sorted_by_key(|n| n.start));
            let beat = f64::from(score.meter.beat());
            assert!(part.notes.iter().all(|n| n.onset() >= -2.0 * beat - 60.0));
        }

        score.tempo.lead_seconds = 0.1;
        let same = score.clone();
        play(&mut score);
        assert_eq!(score.parts, same.parts);
    }
}
