//! Tonic and mode.

use catbird_score::{Dice, Key, Mode, Singer};

use crate::{style::Style, vocabulary::Said};

/// The key: as asked, else by the votes of words, else drawn from what style and singer like.
pub(super) fn choose(
    leader: &Style,
    lender: Option<&Style>,
    asked: Option<(u8, Option<Mode>)>,
    said: &[Said],
    singer: &Singer,
    instrumental: bool,
    seed: u64,
) -> Key {
    let mut dice = Dice::new(seed, "key");
    let mut votes: Vec<(Mode, f64)> = Vec::new();
    for (weight, mode) in said.iter().filter_map(|s| Some((s.weight, s.touch.mode?))) {
        match votes.iter_mut().find(|(m, _)| *m == mode) {
            Some((_, total)) => *total += weight,
            None => votes.push((mode, weight)),
        }
    }
    let drawn = {
        // A lender with a scale of its own (pentatonic) gives the piece its colour.
        let modes = match lender {
            Some(l) if l.modes.iter().all(|(m, _)| m.steps().len() == 5) => &l.modes,
            _ => &leader.modes,
        };
        let weights: Vec<f64> = modes.iter().map(|m| m.1).collect();
        modes[dice.weighted(&weights)].0
    };
    // The strongest vote; of equals the one named first.
    let voted = votes.iter().rev().max_by(|a, b| a.1.total_cmp(&b.1)).map(|v| v.0);
    let mode = asked.and_then(|a| a.1).or(voted).unwrap_or(drawn);
    let tonic = asked.map_or_else(
        || {
            let weights: Vec<f64> = (0..12u8)
                .map(|pc| {
                    let liked = leader.tonics.is_empty() || leader.tonics.contains(&pc);
                    // A sung line lives between the fourth below and the sixth above a tonic that
                    // lies in the lower half of the singer's range.
                    let fits = instrumental || (singer.low + 3..=singer.low + 9).any(|p| p % 12 == pc);
                    (if liked { 1.0 } else { 0.12 }) * (if fits { 1.0 } else { 0.08 })
                })
                .collect();
            dice.weighted(&weights) as u8
        },
        |a| a.0,
    );
    Key { tonic, mode }
}
