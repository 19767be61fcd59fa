//! How unusual a piece is (`weirdness`): guests that nobody expects in this style, forms of uneven lengths,
//! richer harmony. Each thing has a threshold drawn by the seed, so that a weirder piece has every oddity
//! of a tamer one and more. `harmony`, `melody` and `arrange` read [`super::Direction::oddity`], too.

use catbird_score::{Dice, PartRole, Role};

use crate::{instruments, style::Style};

/// `weirdness` 0 – 1 as −1 … 1, 0 when absent.
pub(super) fn of(weirdness: Option<f32>) -> f32 {
    (2.0 * weirdness.unwrap_or(0.5) - 1.0).clamp(-1.0, 1.0)
}

/// More sevenths and ninths.
pub(super) fn colour(oddity: f32) -> f32 {
    if oddity > 0.0 { 0.35 * oddity } else { 0.15 * oddity }
}

/// Instruments that hardly any song has.
const GUESTS: [&str; 16] = [
    "sitar",
    "kalimba",
    "harpsichord",
    "shamisen",
    "steel drums",
    "goblin pad",
    "space voice",
    "celesta",
    "koto",
    "church organ",
    "dulcimer",
    "erhu",
    "accordion",
    "theremin",
    "marimba",
    "music box",
];

/// Up to three guests join; in an instrumental an odd one leads.
pub(super) fn guests(
    oddity: f32,
    seed: u64,
    leader: &Style,
    without: &[String],
    asked: &mut Vec<String>,
    leads: &mut Vec<String>,
    instrumental: bool,
) {
    if oddity <= 0.0 {
        return;
    }
    let mut dice = Dice::new(seed, "guests");
    let at_home = |k: &str| leader.part.iter().any(|p| p.instruments.iter().any(|i| i == k));
    let mut strangers: Vec<&str> = GUESTS
        .into_iter()
        .filter(|k| instruments::find(k).is_some() && !at_home(k))
        .filter(|k| !without.iter().any(|w| w == k) && !asked.iter().any(|a| a == k))
        .collect();
    let mut order = Vec::new();
    while order.len() < 3 && !strangers.is_empty() {
        order.push(strangers.remove(dice.below(strangers.len())));
    }
    let count = (3.0 * oddity).round() as usize;
    for key in order.into_iter().take(count) {
        let leads_well = instruments::find(key).is_some_and(|i| i.can(PartRole::Lead));
        if instrumental && oddity > 0.7 && leads_well && leads.is_empty() {
            leads.push(key.to_owned());
        }
        asked.push(key.to_owned());
    }
}

/// Sections of uneven length; far out, sections change places.
pub(super) fn bend(plan: &mut [(Role, u32)], oddity: f32, seed: u64) {
    let mut dice = Dice::new(seed, "odd form");
    for (_, bars) in plan.iter_mut() {
        let (threshold, longer) = (dice.unit() as f32, dice.chance(0.5));
        if oddity > 0.0 && threshold < 0.7 * oddity && *bars >= 4 {
            *bars = if longer { *bars + 1 } else { *bars - 1 };
        }
    }
    let (swap, at) = (dice.unit() as f32, dice.below(plan.len().saturating_sub(3)));
    if oddity > 0.6 && swap < oddity && plan.len() >= 4 {
        plan.swap(at + 1, at + 2);
    }
}
