//! Who sings a melody that is there already: the singer the brief names, else of the house voices the one in
//! whose range it lies best.

use catbird_score::{Brief, HOUSE, Note, Singer};

use super::{frame, setting};
use crate::direction::Direction;

/// What the words for a voice are worth against a range that suits better, semitones.
const WORDS: f64 = 0.4;

/// How much of a melody lies outside a singer's range when it may only be moved by octaves: semitones,
/// weighted by length.
fn strain(notes: &[Note], singer: &Singer) -> f64 {
    let by = setting::octaves(&notes.iter(), singer);
    let weight: f64 = notes.iter().map(|n| f64::from(n.length)).sum();
    let outside: f64 = notes
        .iter()
        .map(|n| {
            let pitch = i32::from(n.pitch) + by;
            let out = (pitch - i32::from(singer.high)).max(0) + (i32::from(singer.low) - pitch).max(0);
            f64::from(out) * f64::from(n.length)
        })
        .sum();
    outside / weight.max(1.0) + 0.015 * f64::from(by.abs())
}

/// The direction of `brief` with the singer of its gender whom `notes` suit best, never `except`. Another
/// take may have another singer who is nearly as well suited.
pub(super) fn cast(brief: &Brief, notes: &[Note], except: Option<&Singer>) -> Direction {
    let named = brief.voice.singer.is_some() || brief.voice.preset.is_some();
    let direction = frame::direct(brief);
    if named {
        return direction;
    }
    let mut suited: Vec<(f64, Direction)> = HOUSE
        .iter()
        .filter(|voice| voice.gender == direction.singer.gender)
        .map(|voice| {
            let mut wish = brief.clone();
            wish.voice.preset = Some(voice.name.to_owned());
            let direction = frame::direct(&wish);
            (strain(notes, &direction.singer), direction)
        })
        // The one whom the words describe, a little before those who just suit.
        .chain([(strain(notes, &direction.singer) - WORDS, direction.clone())])
        .filter(|(_, d)| except.is_none_or(|e| alike(e, &d.singer) < 3))
        .collect();
    suited.sort_by(|a, b| a.0.total_cmp(&b.0));
    let least = suited.first().map_or(0.0, |s| s.0);
    suited.retain(|s| s.0 <= least + 0.6);
    let count = suited.len();
    if count == 0 {
        return direction;
    }
    suited.swap_remove(brief.take as usize % count).1
}

/// How much two singers have in common: range and timbre, 0 nothing – 3 all.
fn alike(a: &Singer, b: &Singer) -> u8 {
    let (x, y) = (a.blend.weights(a.gender), b.blend.weights(b.gender));
    let apart: f32 = x.iter().zip(y).map(|(x, y)| (x - y).abs()).sum();
    u8::from(a.low == b.low) + u8::from(a.high == b.high) + u8::from(apart < 0.6)
}
