//! Posteriors read as notes. Struck notes first, from the last to the first: a note begins at a peak of
//! its key's onset posterior and lasts until its note posterior has been low for a while. What is left
//! over then (soft attacks) becomes notes around its strongest frames.

use super::{HeardNote, KEYS, LOWEST, Posteriors};

/// Where a posterior counts.
#[derive(Clone, Copy, Debug)]
pub struct Thresholds {
    /// A peak of the onset posterior this high strikes a note.
    pub onset: f32,
    /// A note sounds while its posterior is this high.
    pub note: f32,
    /// The shortest note, frames.
    pub shortest: usize,
    /// Frames a note may be low before it has ended.
    pub patience: usize,
}

impl Default for Thresholds {
    /// The authors' values, but notes of 80 ms count (theirs: 128 ms).
    fn default() -> Self {
        Self {
            onset: 0.5,
            note: 0.3,
            shortest: 7,
            patience: 11,
        }
    }
}

/// The notes in `heard`, by rising onset.
pub fn read(heard: &Posteriors, at: &Thresholds) -> Vec<HeardNote> {
    let frames = heard.frames();
    if frames < 3 {
        return Vec::new();
    }
    let onsets = sharpened(heard);
    let mut left = heard.note.clone();
    let mut notes = Vec::new();
    for frame in (1..frames - 1).rev() {
        for key in (0..KEYS).rev() {
            let i = frame * KEYS + key;
            let peak = onsets[i] >= at.onset && onsets[i] > onsets[i - KEYS] && onsets[i] > onsets[i + KEYS];
            if !peak {
                continue;
            }
            let end = forward(&left, frame, key, frames, at);
            if end - frame > at.shortest {
                clear(&mut left, frame, end, key);
                notes.push(note(heard, key, frame, end, onsets[i]));
            }
        }
    }
    // Strongest first; a stable sort, so equal frames keep their order in time.
    let mut rest: Vec<usize> = (0..left.len()).filter(|i| left[*i] > at.note).collect();
    rest.sort_by(|a, b| left[*b].total_cmp(&left[*a]));
    for i in rest {
        let (middle, key) = (i / KEYS, i % KEYS);
        if left[i] <= at.note {
            continue;
        }
        let end = forward(&left, middle, key, frames, at);
        let start = backward(&left, middle, key, at);
        clear(&mut left, start, end.max(middle + 1), key);
        if end > start + at.shortest {
            notes.push(note(heard, key, start, end, 0.0));
        }
    }
    notes.sort_by(|a, b| a.from.total_cmp(&b.from).then(a.pitch.total_cmp(&b.pitch)));
    notes
}

/// The onset posteriors, raised where a note posterior jumps over two frames (scaled so that the largest
/// jump weighs as much as the largest onset).
fn sharpened(heard: &Posteriors) -> Vec<f32> {
    let note = &heard.note;
    let jump = |i: usize| {
        if i < 2 * KEYS {
            return 0.0;
        }
        (note[i] - note[i - KEYS]).min(note[i] - note[i - 2 * KEYS]).max(0.0)
    };
    let top = heard.onset.iter().copied().fold(0.0, f32::max);
    let largest = (0..note.len()).map(jump).fold(0.0, f32::max);
    let scale = if largest > 0.0 { top / largest } else { 0.0 };
    heard
        .onset
        .iter()
        .enumerate()
        .map(|(i, o)| o.max(scale * jump(i)))
        .collect()
}

/// The first frame after `frame` at which the key has ended.
fn forward(left: &[f32], frame: usize, key: usize, frames: usize, at: &Thresholds) -> usize {
    let (mut i, mut low) = (frame + 1, 0);
    while i < frames - 1 && low < at.patience {
        low = if left[i * KEYS + key] < at.note { low + 1 } else { 0 };
        i += 1;
    }
    i - low
}

/// The frame at which a key that sounds at `frame` has begun.
fn backward(left: &[f32], frame: usize, key: usize, at: &Thresholds) -> usize {
    let (mut i, mut low) = (frame, 0);
    while i > 0 && low < at.patience {
        i -= 1;
        low = if left[i * KEYS + key] < at.note { low + 1 } else { 0 };
    }
    i + low
}

/// A note takes its neighbours' energy with it: vibrato and leakage are not notes.
fn clear(left: &mut [f32], from: usize, to: usize, key: usize) {
    for frame in from..to {
        for k in key.saturating_sub(1)..=(key + 1).min(KEYS - 1) {
            left[frame * KEYS + k] = 0.0;
        }
    }
}

fn note(heard: &Posteriors, key: usize, from: usize, to: usize, onset: f32) -> HeardNote {
    let midi = (key + LOWEST) as u8;
    let strength = heard.mean(midi, from..to).clamp(0.0, 1.0);
    HeardNote {
        from: Posteriors::seconds(from),
        to: Posteriors::seconds(to),
        pitch: f32::from(midi),
        velocity: (127.0 * strength).round().clamp(1.0, 127.0) as u8,
        // A note that was struck is surer than one that was only found to sound.
        confidence: strength.max(0.5 * (strength + onset)).clamp(0.0, 1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(frames: usize, notes: &[(usize, usize, usize, bool)]) -> Posteriors {
        let mut p = Posteriors {
            note: vec![0.02; frames * KEYS],
            onset: vec![0.01; frames * KEYS],
        };
        for &(key, from, to, struck) in notes {
            for f in from..to {
                p.note[f * KEYS + key] = 0.8;
            }
            if struck {
                p.onset[from * KEYS + key] = 0.9;
            }
        }
        p
    }

    #[test]
    fn struck_repeated_and_soft_notes_are_read() {
        let p = heard(
            200,
            &[
                (40, 10, 40, true),
                (40, 41, 70, true),
                (47, 20, 60, false),
                (30, 100, 104, true),
            ],
        );
        let notes: Vec<(u8, usize, usize)> = read(&p, &Thresholds::default())
            .iter()
            .map(|n| (n.key(), Posteriors::frame(n.from), Posteriors::frame(n.to)))
            .collect();
        assert_eq!(notes, [(61, 10, 40), (68, 20, 60), (61, 41, 70)]);
    }

    #[test]
    fn silence_holds_no_notes() {
        assert!(read(&heard(100, &[]), &Thresholds::default()).is_empty());
        assert!(read(&heard(0, &[]), &Thresholds::default()).is_empty());
    }
}
