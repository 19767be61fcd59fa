//! A tune unlike those there were: the section's old one and those of the takes before.

use std::collections::BTreeSet;

use catbird_score::{Brief, Dice, SungLine, Tick, Vocal};

/// Intervals of a figure.
const FIGURE: usize = 5;
/// Tunes that share no more than this of their figures are different tunes.
const DIFFERENT: f64 = 0.3;
/// So many takes before are looked at.
const LOOK_BACK: u32 = 3;
/// So often a tune is drawn.
const TRIES: usize = 8;

type Figures = BTreeSet<Vec<i16>>;

fn figures(lines: &[SungLine], (start, end): (Tick, Tick)) -> Figures {
    let notes = lines.iter().flat_map(SungLine::notes);
    let pitches: Vec<i16> = notes
        .filter(|n| start <= n.start && n.start < end)
        .map(|n| i16::from(n.pitch))
        .collect();
    let steps: Vec<i16> = pitches.windows(2).map(|w| w[1] - w[0]).collect();
    steps.windows(FIGURE).map(<[i16]>::to_vec).collect()
}

fn shared(tune: &Figures, other: &Figures) -> f64 {
    tune.intersection(other).count() as f64 / tune.len().max(1) as f64
}

/// The voice of `brief`'s take as `sing` sings it from a seed: the first tune drawn that differs from `old`'s
/// between the ticks and from the earlier takes', or the one that differs most.
pub fn voice(brief: &Brief, old: &[SungLine], ticks: (Tick, Tick), sing: impl Fn(u64) -> Vocal) -> Vocal {
    let mut known = vec![figures(old, ticks)];
    let mut take = brief.take.saturating_sub(LOOK_BACK);
    loop {
        let mut dice = Dice::new(Brief { take, ..brief.clone() }.take_seed(), "replace");
        let mut best: Option<(f64, Figures, Vocal)> = None;
        for _ in 0..TRIES {
            let vocal = sing(dice.seed());
            let tune = figures(&vocal.lines, ticks);
            let most = known.iter().map(|k| shared(&tune, k)).fold(0.0, f64::max);
            if best.as_ref().is_none_or(|(least, ..)| most < *least) {
                best = Some((most, tune, vocal));
            }
            if most <= DIFFERENT {
                break;
            }
        }
        let (_, tune, vocal) = best.expect("a tune was drawn");
        if take == brief.take {
            return vocal;
        }
        known.push(tune);
        take += 1;
    }
}
