//! New lines into a span of a piece that is not to become longer.

use catbird_score::{Role, Tick};

use super::{
    PlacedLine, Slot, clock,
    setting::{self, Setting},
    song,
};
use crate::{compose::ComposeError, direction::Direction, words::PreparedSection};

/// Sets the lines of `lyrics` between two ticks, at the pace nearest to the style's that fits, spread
/// over the span. The lines' sections are left to the caller.
///
/// # Errors
/// [`ComposeError::TooLong`] when the words cannot be sung in that time.
pub(crate) fn infill(
    direction: &Direction,
    lyrics: &[PreparedSection],
    from: Tick,
    to: Tick,
) -> Result<Vec<PlacedLine>, ComposeError> {
    let sections: Vec<PreparedSection> = lyrics.iter().filter(|s| !s.lines.is_empty()).cloned().collect();
    let one = PreparedSection {
        name: "Verse".into(),
        role: Role::Verse,
        lines: sections.iter().flat_map(|s| s.lines.clone()).collect(),
    };
    let how = |pace: f64, tight: bool| Setting {
        pace,
        bpm: direction.bpm,
        even: false,
        tight,
    };
    let room = to - from;
    let length = |slots: &[Slot]| slots.last().map_or(0, |s| s.offset + s.length);
    let all = std::slice::from_ref(&one);
    let paced = (0..26).map(|n| 0.5 * 1.08f64.powi(n));
    let set = paced
        .filter_map(|pace| setting::set(direction, all, how(pace, false)))
        .chain(setting::set(direction, all, how(1.0, true)))
        .filter_map(|mut set| Some(set.pop()?.slots))
        .find(|slots| length(slots) <= room);
    let Some(slots) = set else {
        let seconds = clock::quarters(room) * 60.0 / direction.bpm;
        let tight = setting::set(direction, all, how(1.0, true)).and_then(|mut set| Some(length(&set.pop()?.slots)));
        let needed = clock::quarters(tight.unwrap_or(2 * room)) * 60.0 / direction.bpm;
        return Err(song::too_long(lyrics, seconds, needed));
    };
    // What is left over stands between the lines, in whole bars where there are enough.
    let bar = direction.meter.bar();
    let spare = room - length(&slots);
    let pauses = slots.len() as Tick;
    let pause = spare.checked_div(pauses).unwrap_or(0) / bar * bar;
    Ok(slots
        .into_iter()
        .enumerate()
        .map(|(i, slot)| PlacedLine {
            section: 0,
            text: slot.text,
            words: slot.words,
            start: from + slot.offset + pause * i as Tick,
            length: slot.length,
            pattern: 20_000 + i as u32,
            language: slot.language,
            sings: slot.sings,
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::tests::{direction, lyric};

    #[test]
    fn lines_fit_the_span_or_are_refused_with_the_time_they_need() {
        let d = direction(100.0, 4, 4);
        let bar = d.meter.bar();
        for (lines, bars) in [
            (vec![7, 8], 4),
            (vec![7, 8], 8),
            (vec![6], 1),
            (vec![9, 9, 9, 9], 8),
            (vec![12, 12], 4),
        ] {
            let placed = infill(&d, &[lyric(Role::Chorus, &lines)], 3 * bar, (3 + bars) * bar).unwrap();
            assert_eq!(placed.len(), lines.len());
            let mut last = 3 * bar;
            for line in &placed {
                assert!(line.start >= last);
                last = line.start + line.length;
            }
            assert!(last <= (3 + bars) * bar);
        }
        let Err(ComposeError::TooLong {
            syllables: 80,
            seconds: 5,
            needed,
        }) = infill(&d, &[lyric(Role::Verse, &[20; 4])], 0, 2 * bar)
        else {
            panic!("not refused")
        };
        assert!((10..30).contains(&needed), "{needed}");
    }
}
