//! Which style leads, and which lends.

use std::collections::BTreeMap;

use catbird_score::PartRole;

use crate::{
    style::{self, Style},
    vocabulary::{Said, Source, stand_in as substitute},
};

/// The least vote that counts.
const HEARD: f64 = 0.15;

/// Votes below this withdraw a style whatever else is said; milder refusals are of one of its kinds.
const WITHDRAWN: f64 = -5.0;

/// Votes for and against a style.
#[derive(Default)]
struct Votes {
    /// By what was said.
    asked: f64,
    /// By what was told from the lyrics.
    predicted: f64,
    /// Against one of its kinds.
    mild: f64,
    /// Against the style itself.
    hard: f64,
}

fn count<'a>(said: impl Iterator<Item = &'a Said>) -> Vec<(&'a str, f64)> {
    let mut votes: BTreeMap<&str, Votes> = BTreeMap::new();
    for s in said {
        for (id, share) in &s.touch.styles {
            let style = votes.entry(id.as_str()).or_default();
            let vote = s.vote * share;
            *match (vote < WITHDRAWN, vote < 0.0, s.source) {
                (true, ..) => &mut style.hard,
                (_, true, _) => &mut style.mild,
                (.., Source::Predicted) => &mut style.predicted,
                _ => &mut style.asked,
            } += vote;
        }
    }
    let mut ranked: Vec<(&str, f64)> = votes
        .into_iter()
        .filter(|(id, _)| style::find(id).is_some())
        .map(|(id, v)| {
            // "indie rock" without "metal" is rock still; only a guess gives way to such a refusal.
            let guess = (v.predicted + v.mild).min(v.predicted);
            let total = v.asked + guess.max(-0.5 * v.asked - if v.asked > 0.0 { 0.0 } else { 9.0 }) + v.hard;
            (id, total)
        })
        .collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
    ranked
}

/// The style with most votes leads; a strong second lends. Followed to the letter (`strict` 1) tags want
/// their style pure, loosely (0) they leave room to the style the song would have had.
pub(super) fn blend(said: &[Said], tagged: bool, strict: f64, oddity: f32) -> (&'static Style, Option<&'static Style>) {
    let all = count(said.iter());
    let refused = |id: &str| all.iter().any(|(i, v)| *i == id && *v < 0.0);
    let spoken = if tagged {
        count(said.iter().filter(|s| s.source != Source::Predicted))
    } else {
        all.clone()
    };
    let leader = spoken
        .first()
        .or(all.first())
        .filter(|(_, v)| *v >= HEARD)
        .and_then(|(id, _)| style::find(id))
        .or_else(|| style::all().iter().find(|s| !refused(&s.id)))
        .unwrap_or(&style::all()[0]);
    // The style nobody asked for, for whoever asks only loosely: what was predicted, else pop.
    let mut ranked = if strict < 0.5 { all } else { spoken };
    if tagged && strict < 0.35 && ranked.len() < 2 && leader.id != "pop" {
        ranked.push(("pop", 0.5));
    }
    let top = ranked.first().map_or(0.0, |r| r.1);
    let share = 0.3 + if tagged { 0.8 * (strict - 0.5).max(0.0) } else { 0.0 } + f64::from((-0.6 * oddity).max(0.0));
    let lender = ranked
        .iter()
        .find(|(id, v)| *id != leader.id && *v >= HEARD && *v >= top * share)
        .and_then(|(id, _)| style::find(id));
    (leader, lender)
}

/// A chord player when every one of the style's was refused and nobody else was asked for.
pub(super) fn stand_in(leader: &Style, without: &[String], asked: &[String]) -> Option<String> {
    let chords = |p: &style::PartPlan| matches!(p.role, PartRole::Comp | PartRole::Pad);
    let left = leader
        .part
        .iter()
        .filter(|p| chords(p))
        .any(|p| p.chance >= 0.9 && p.instruments.iter().any(|i| !without.contains(i)));
    if left || !asked.is_empty() {
        None
    } else {
        substitute(without)
    }
}
