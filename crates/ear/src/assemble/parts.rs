//! What was heard, as three parts: the melody, the bass, and the harmony between.

use catbird_score::{Channel, Note, Part, PartRole, Sound};

use crate::{grid::Grid, notes::HeardNote};

/// A bass note lies under this key, MIDI (G3).
const BASS_TOP: f32 = 55.0;
/// Notes of the harmony quieter than this are noise.
const FAINT: u8 = 38;
/// General MIDI programs that stand for what was heard: flute, fingered bass, grand piano.
const PROGRAMS: [u8; 3] = [73, 33, 0];

/// Melody, bass and harmony on the grid.
pub fn of(melody: &[HeardNote], notes: &[HeardNote], grid: &Grid) -> Vec<Part> {
    let rest: Vec<HeardNote> = notes.iter().filter(|n| !belongs(n, melody)).copied().collect();
    let lowest = bass(&rest);
    let harmony: Vec<HeardNote> = rest
        .iter()
        .filter(|n| n.velocity >= FAINT && !lowest.contains(n))
        .copied()
        .collect();
    let part = |id: &str, name: &str, role, program, channel, notes: Vec<Note>| Part {
        id: id.into(),
        name: name.into(),
        role,
        sound: Sound::Sampled { bank: 0, program },
        channel,
        notes,
    };
    let [flute, bass_guitar, piano] = PROGRAMS;
    let quiet = |gain_db| Channel {
        gain_db,
        ..Channel::default()
    };
    vec![
        part(
            "melody",
            "Melody",
            PartRole::Lead,
            flute,
            quiet(0.0),
            grid.place(melody, true),
        ),
        part(
            "bass",
            "Bass",
            PartRole::Bass,
            bass_guitar,
            quiet(-3.0),
            grid.place(&lowest, true),
        ),
        part(
            "harmony",
            "Harmony",
            PartRole::Comp,
            piano,
            quiet(-6.0),
            grid.place(&harmony, false),
        ),
    ]
}

/// Whether a note of the mix is one of the melody's (or its octave: an overtone).
fn belongs(note: &HeardNote, melody: &[HeardNote]) -> bool {
    let after = melody.partition_point(|m| m.from < note.to);
    melody[..after]
        .iter()
        .rev()
        .take_while(|m| m.to > note.from - 8.0)
        .any(|m| {
            let both = m.to.min(note.to) - m.from.max(note.from);
            let off = (m.pitch - note.pitch).abs();
            let octave = (off - 12.0).abs() < 0.6 && note.pitch > m.pitch;
            (off < 1.1 || octave) && both > 0.5 * note.seconds()
        })
}

/// The lowest line: of the notes under [`BASS_TOP`] those with nothing lower under most of them, one at a
/// time.
fn bass(notes: &[HeardNote]) -> Vec<HeardNote> {
    let low: Vec<&HeardNote> = notes.iter().filter(|n| n.pitch < BASS_TOP).collect();
    let mut line: Vec<HeardNote> = Vec::new();
    for (i, note) in low.iter().enumerate() {
        let reach = 40;
        let near = low[i.saturating_sub(reach)..(i + reach).min(low.len())].iter();
        let under: f64 = near
            .filter(|n| n.pitch < note.pitch - 0.5)
            .map(|n| (n.to.min(note.to) - n.from.max(note.from)).max(0.0))
            .fold(0.0, f64::max);
        if under > 0.4 * note.seconds() {
            continue;
        }
        if line.last().is_some_and(|last| note.from < last.from + 0.05) {
            continue;
        }
        line.push(**note);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use catbird_score::TempoMap;

    fn note(from: f64, to: f64, pitch: f32, velocity: u8) -> HeardNote {
        HeardNote {
            from,
            to,
            pitch,
            velocity,
            confidence: 0.8,
        }
    }

    #[test]
    fn each_note_has_one_part() {
        let melody = [note(0.0, 0.5, 72.0, 100), note(0.5, 1.0, 74.0, 100)];
        let mix = [
            note(0.0, 1.0, 36.0, 90),
            note(0.0, 1.0, 48.0, 80),
            note(0.0, 1.0, 64.0, 70),
            note(0.01, 0.5, 72.0, 90),
            note(0.01, 0.5, 84.0, 40),
            note(0.3, 0.4, 66.0, 20),
            note(0.5, 1.0, 74.0, 95),
        ];
        let tempo = TempoMap::steady(120.0, 0.0);
        let parts = of(&melody, &mix, &Grid::fit(&tempo, 480, 1_920, &mix));
        let keys: Vec<Vec<u8>> = parts
            .iter()
            .map(|p| p.notes.iter().map(|n| n.pitch).collect())
            .collect();
        assert_eq!(keys, [vec![72, 74], vec![36], vec![48, 64]]);
    }
}
