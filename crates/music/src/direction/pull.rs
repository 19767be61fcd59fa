//! Several words at one knob: how they add up.

use crate::vocabulary::{Said, Source, Touch};

/// Several words pull at one knob: opposite ones cancel, many alike do not overshoot.
pub(super) fn pull(said: &[Said], knob: impl Fn(&Touch) -> f32) -> f32 {
    let (mut sum, mut count) = (0.0, 0.0_f32);
    for s in said {
        let value = knob(&s.touch);
        if value != 0.0 {
            sum += value * s.weight as f32;
            count += 1.0;
        }
    }
    if count > 0.0 { sum / count.powf(0.6) } else { 0.0 }
}

/// The weighted mean of the values given.
pub(super) fn mean(said: &[Said], knob: impl Fn(&Touch) -> Option<f64>) -> Option<f64> {
    let (mut sum, mut weights) = (0.0, 0.0);
    for s in said {
        if let Some(value) = knob(&s.touch) {
            sum += value * s.weight;
            weights += s.weight;
        }
    }
    (weights > 0.0).then(|| sum / weights)
}

/// Every name of a list, once.
pub(super) fn collect(said: &[Said], list: impl Fn(&Touch) -> &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in said.iter().flat_map(|s| list(&s.touch)) {
        if !out.contains(word) {
            out.push(word.clone());
        }
    }
    out
}

/// The same where tags pull only loosely: they bring some of what they stand for, all from the middle on.
pub(super) fn in_part(said: &[Said], strict: f64, list: impl Fn(&Touch) -> &[String]) -> Vec<String> {
    let share = (0.34 + 1.32 * strict).min(1.0);
    let mut out: Vec<String> = Vec::new();
    for s in said {
        let all = list(&s.touch);
        let count = if s.source == Source::Tags {
            (all.len() as f64 * share).round() as usize
        } else {
            all.len()
        };
        for word in &all[..count.min(all.len())] {
            if !out.contains(word) {
                out.push(word.clone());
            }
        }
    }
    out
}
