//! A modest guess at the style of what was heard: the composer plays new parts of an edit in it. A wish
//! of the caller always goes before it.

use catbird_score::{Key, Labels};

use crate::chords::HeardChord;

/// What the guess rests on.
pub struct Signs<'a> {
    /// Quarter notes a minute.
    pub bpm: f64,
    /// Share of the energy that is percussive, 0–1.
    pub percussive: f32,
    /// Where half of the energy lies below, Hz.
    pub brightness_hz: f32,
    /// The chords.
    pub chords: &'a [HeardChord],
    /// The key.
    pub key: Key,
}

/// The id of a style of crates/music, and the genre and mood a listener would say.
pub fn guess(signs: &Signs) -> (&'static str, Labels) {
    let coloured = coloured(signs.chords);
    let minor = signs.key.mode.is_minor();
    let (style, genre) = match (signs.percussive, signs.bpm) {
        _ if coloured > 0.6 => ("jazz", "Jazz"),
        (p, bpm) if p < 0.08 && bpm < 92.0 && signs.brightness_hz < 250.0 => ("ambient", "Electronic"),
        (p, _) if p < 0.08 => ("folk", "Folk"),
        (p, bpm) if p > 0.3 && (116.0..=134.0).contains(&bpm) => ("house", "Electronic"),
        (p, bpm) if p > 0.3 && bpm < 100.0 && signs.brightness_hz < 200.0 => ("hip_hop", "Hip Hop/Rap"),
        (p, bpm) if p > 0.2 && bpm > 134.0 && signs.brightness_hz > 350.0 => ("rock", "Rock"),
        _ => ("pop", "Pop"),
    };
    let mood = match (minor, signs.bpm) {
        (true, bpm) if bpm < 92.0 => "Sentimental/Melancholic/Lonely",
        (false, bpm) if bpm < 92.0 => "Calm/Relaxing",
        (_, bpm) if bpm > 124.0 && signs.percussive > 0.15 => "Dynamic/Energetic",
        (false, _) => "Happy",
        (true, _) => "Nostalgic/Memory",
    };
    let labels = Labels {
        genre: genre.into(),
        mood: mood.into(),
        ..Labels::default()
    };
    (style, labels)
}

/// Share of the time whose chord has more than three notes.
fn coloured(chords: &[HeardChord]) -> f64 {
    let (mut all, mut rich) = (0.0, 0.0);
    for span in chords {
        if let Some(chord) = span.chord {
            all += span.to - span.from;
            if chord.quality.intervals().len() > 3 {
                rich += span.to - span.from;
            }
        }
    }
    if all > 0.0 { rich / all } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use catbird_score::{Chord, Mode, Quality};

    #[test]
    fn signs_point_at_styles() {
        let key = Key {
            tonic: 0,
            mode: Mode::Minor,
        };
        let seventh = [HeardChord {
            from: 0.0,
            to: 10.0,
            chord: Some(Chord::new(0, Quality::MajorSeven)),
            confidence: 0.9,
        }];
        let style = |bpm, percussive, brightness_hz, chords| {
            guess(&Signs {
                bpm,
                percussive,
                brightness_hz,
                chords,
                key,
            })
            .0
        };
        assert_eq!(style(126.0, 0.5, 300.0, &[]), "house");
        assert_eq!(style(80.0, 0.01, 100.0, &[]), "ambient");
        assert_eq!(style(110.0, 0.1, 300.0, &[]), "pop");
        assert_eq!(style(126.0, 0.5, 300.0, &seventh), "jazz");
    }
}
