//! Which onsets are the beat: the best path of periods through the onset curve, and the constant grid
//! that replaces it when a machine kept the time.
//!
//! The path is the semi-Markov form of the bar pointer model (F. Krebs, S. Böck, G. Widmer, "An
//! efficient state-space model for joint tempo and meter tracking", 2015) with additive rewards, as in
//! D. Ellis, "Beat tracking by dynamic programming", 2007.

use super::{onsets::Onsets, spectrum::FPS};

/// How far the tempo may wander from the pulse, as a ratio.
const RANGE: f64 = 1.2;
/// Cost of a changed period, by the square of the logarithm of the ratio.
const STIFFNESS: f32 = 400.0;
/// Steps of time a frame: periods of fast music need more than 10 ms.
const FINE: usize = 2;
/// How far the beats may lie from a constant tempo for it to be believed, seconds (rms, smoothed).
const STEADY: f64 = 0.012;

/// The part of the path's reward that a constant tempo must earn to be believed.
const LOSS: f32 = 0.9;

/// Beats found.
#[derive(Clone, Debug)]
pub struct Beats {
    /// Seconds, rising.
    pub seconds: Vec<f64>,
    /// The constant period in seconds, when there is one.
    pub constant: Option<f64>,
    /// Mean reward a beat.
    pub score: f32,
}

/// Follows a pulse of `period` frames through `reward` (one value a frame).
pub fn track(reward: &[f32], period: f64) -> Beats {
    let mut path = path(reward, period);
    refine(&mut path, reward);
    if let Some((start, step)) = constant(&path, reward) {
        // The grid covers the recording from its first moment on.
        let end = reward.len() as f64 / FPS;
        let first = start - (start / step).floor() * step;
        let seconds = even(first, step, end);
        let score = score(&seconds, reward);
        return Beats {
            seconds,
            constant: Some(step),
            score,
        };
    }
    let seconds = smooth(&path);
    let score = score(&seconds, reward);
    Beats {
        seconds,
        constant: None,
        score,
    }
}

/// The mean reward within 20 ms of the given times.
pub fn score(seconds: &[f64], reward: &[f32]) -> f32 {
    let sum: f32 = seconds.iter().map(|&s| near(reward, s)).sum();
    sum / seconds.len().max(1) as f32
}

/// The reward near a second.
pub fn near(reward: &[f32], second: f64) -> f32 {
    let frame = Onsets::frame(second).round().max(0.0) as usize;
    (frame.saturating_sub(2)..=frame + 2)
        .filter_map(|i| reward.get(i))
        .copied()
        .fold(0.0, f32::max)
}

/// Periods to each side that a pulse may change to from beat to beat.
const REACH: usize = 4;

fn path(reward: &[f32], period: f64) -> Vec<f64> {
    let steps = reward.len() * FINE;
    let fine = |step: usize| {
        let (frame, odd) = (step / FINE, step % FINE == 1);
        let now = reward[frame];
        if odd {
            0.5 * (now + reward.get(frame + 1).copied().unwrap_or(0.0))
        } else {
            now
        }
    };
    let centre = period * FINE as f64;
    let shortest = ((centre / RANGE).floor() as usize).max(2);
    let longest = (centre * RANGE).ceil() as usize;
    let count = longest - shortest + 1;
    let wander = |ratio: f64| -> f32 {
        let log = ratio.ln() as f32;
        STIFFNESS * log * log
    };
    // Leaving the pulse itself costs a little at every beat.
    let home: Vec<f32> = (0..count)
        .map(|p| 0.01 * wander((shortest + p) as f64 / centre))
        .collect();
    let change: Vec<[f32; 2 * REACH + 1]> = (0..count)
        .map(|p| {
            std::array::from_fn(|i| {
                let from = (shortest + p + i).saturating_sub(REACH).max(1);
                wander((shortest + p) as f64 / from as f64)
            })
        })
        .collect();
    // best[step][p]: the best path whose last beat is here and that goes on with period p;
    // came[step][p]: the period (index) by which it came here.
    let mut best = vec![0.0_f32; steps * count];
    let mut came = vec![u16::MAX; steps * count];
    let mut arrived = vec![0.0_f32; count];
    for step in 0..steps {
        let value = fine(step);
        for (p, arrival) in arrived.iter_mut().enumerate() {
            let length = shortest + p;
            *arrival = value
                + if step >= length {
                    best[(step - length) * count + p] - home[p]
                } else {
                    0.0
                };
        }
        for p in 0..count {
            let low = p.saturating_sub(REACH);
            let high = (p + REACH).min(count - 1);
            let (mut top, mut by) = (f32::NEG_INFINITY, 0);
            for from in low..=high {
                let total = arrived[from] - change[p][from + REACH - p];
                if total > top {
                    (top, by) = (total, from);
                }
            }
            best[step * count + p] = top;
            came[step * count + p] = by as u16;
        }
    }
    // The last beat lies within one period of the end.
    let mut here = (steps.saturating_sub(longest)..steps)
        .flat_map(|step| (0..count).map(move |p| (step, p)))
        .max_by(|a, b| best[a.0 * count + a.1].total_cmp(&best[b.0 * count + b.1]));
    let mut beats = Vec::new();
    while let Some((step, p)) = here {
        beats.push(Onsets::second(step as f64 / FINE as f64));
        let by = usize::from(came[step * count + p]);
        here = step.checked_sub(shortest + by).map(|earlier| (earlier, by));
    }
    beats.reverse();
    beats.retain(|b| *b >= 0.0);
    beats
}

/// Moves beats onto the onsets they mean, by at most 30 ms, finer than the frames.
fn refine(beats: &mut [f64], reward: &[f32]) {
    for beat in beats.iter_mut() {
        let frame = Onsets::frame(*beat).round() as isize;
        let (mut top, mut at) = (0.6, None);
        for i in (frame - 3).max(1)..(frame + 4).min(reward.len() as isize - 1) {
            let i = i as usize;
            if reward[i] > top && reward[i] >= reward[i - 1] && reward[i] >= reward[i + 1] {
                (top, at) = (reward[i], Some(i));
            }
        }
        if let Some(i) = at {
            let (l, c, r) = (reward[i - 1], reward[i], reward[i + 1]);
            let curve = l - 2.0 * c + r;
            let shift = if curve < -1e-6 { 0.5 * (l - r) / curve } else { 0.0 };
            *beat = Onsets::second(i as f64 + f64::from(shift.clamp(-0.5, 0.5)));
        }
    }
}

/// The constant grid (a beat, the period), if one explains the beats. Slips of the path in quiet places
/// do not matter: the period is that of the whole onset curve's spectrum.
fn constant(beats: &[f64], reward: &[f32]) -> Option<(f64, f64)> {
    if beats.len() < 8 {
        return None;
    }
    let mut gaps: Vec<f64> = beats.windows(2).map(|w| w[1] - w[0]).collect();
    gaps.sort_by(f64::total_cmp);
    // The mean of the middle half: the median is quantised by the path's steps.
    let middle = &gaps[gaps.len() / 4..(gaps.len() * 3 / 4).max(gaps.len() / 4 + 1)];
    let rough = middle.iter().sum::<f64>() / middle.len() as f64;
    // Peaks alone: the search below visits each of them hundreds of times.
    let onsets: Vec<(f64, f64)> = (1..reward.len().saturating_sub(1))
        .filter(|&i| reward[i] > 0.5 && reward[i] >= reward[i - 1] && reward[i] > reward[i + 1])
        .map(|i| (Onsets::second(i as f64), f64::from(reward[i])))
        .collect();
    let span = beats[beats.len() - 1] - beats[0];
    let step_by = (0.012 * rough / span).min(0.002);
    let reach = (0.025 / step_by) as i32;
    let period = (-reach..=reach)
        .map(|k| rough * (1.0 + f64::from(k) * step_by))
        .map(|period| {
            // Of the beat and of its half: even eighths alone would cancel the beat's own.
            let (mut one, mut two) = ((0.0, 0.0), (0.0, 0.0));
            for (t, w) in &onsets {
                let (s, c) = (std::f64::consts::TAU * t / period).sin_cos();
                one = (one.0 + w * c, one.1 + w * s);
                two = (two.0 + w * (c * c - s * s), two.1 + w * 2.0 * s * c);
            }
            (one.0.hypot(one.1) + two.0.hypot(two.1), period)
        })
        .max_by(|a, b| a.0.total_cmp(&b.0))?
        .1;
    // The phase most of the beats have.
    let (mut re, mut im) = (0.0, 0.0);
    for b in beats {
        let (s, c) = (std::f64::consts::TAU * b / period).sin_cos();
        let weight = f64::from(near(reward, *b)) + 0.1;
        re += weight * c;
        im += weight * s;
    }
    let mut grid = (im.atan2(re) / std::f64::consts::TAU * period, period);
    let deviation = |grid: (f64, f64), b: f64| {
        let k = ((b - grid.0) / grid.1).round();
        (k, b - grid.0 - k * grid.1)
    };
    for _ in 0..4 {
        // Least squares over the beats that lie near the grid.
        let inliers: Vec<(f64, f64, f64)> = beats
            .iter()
            .map(|b| {
                let (k, d) = deviation(grid, *b);
                (
                    k,
                    *b,
                    if d.abs() < 0.035 {
                        f64::from(near(reward, *b)).min(3.0)
                    } else {
                        0.0
                    },
                )
            })
            .filter(|x| x.2 > 0.0)
            .collect();
        grid = line(&inliers)?;
    }
    let deviations: Vec<f64> = beats.iter().map(|b| deviation(grid, *b).1).collect();
    // Drift is what neighbours share; a single player's looseness is not.
    let mut shared: Vec<f64> = deviations
        .windows(9.min(deviations.len()))
        .map(|w| {
            let mut w = w.to_vec();
            w.sort_by(f64::total_cmp);
            w[w.len() / 2].abs()
        })
        .collect();
    shared.sort_by(f64::total_cmp);
    let kept = &shared[..shared.len() * 17 / 20];
    let rms = (kept.iter().map(|d| d * d).sum::<f64>() / kept.len().max(1) as f64).sqrt();
    if rms < STEADY {
        return Some(grid);
    }
    // A path that slips between readings of the same grid is worse than the grid: with the freedom to
    // wander it earned hardly more.
    let phases = (period * FPS).round() as usize;
    let best = (0..phases)
        .map(|i| {
            let start = i as f64 / FPS;
            let grid = even(start, period, beats[beats.len() - 1]);
            (score(&grid, reward), start)
        })
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 > LOSS * score(beats, reward)).then_some((best.1, period))
}

/// The weighted least-squares line through (index, second, weight): intercept and slope.
fn line(points: &[(f64, f64, f64)]) -> Option<(f64, f64)> {
    let weight: f64 = points.iter().map(|p| p.2).sum();
    if points.len() < 6 || weight <= 0.0 {
        return None;
    }
    let x = points.iter().map(|p| p.0 * p.2).sum::<f64>() / weight;
    let y = points.iter().map(|p| p.1 * p.2).sum::<f64>() / weight;
    let xx: f64 = points.iter().map(|p| p.2 * (p.0 - x).powi(2)).sum();
    let xy: f64 = points.iter().map(|p| p.2 * (p.0 - x) * (p.1 - y)).sum();
    let slope = xy / xx;
    (xx > 0.0 && slope > 0.0).then_some((y - slope * x, slope))
}

/// Local lines through nine beats: the pulse that players share, without each one's looseness.
fn smooth(beats: &[f64]) -> Vec<f64> {
    const REACH: usize = 4;
    let mut smoothed: Vec<f64> = (0..beats.len())
        .map(|i| {
            let (from, to) = (i.saturating_sub(REACH), (i + REACH + 1).min(beats.len()));
            let points: Vec<(f64, f64, f64)> = (from..to)
                .map(|j| {
                    let x = j as f64 - i as f64;
                    (x, beats[j], 1.0 - x.abs() / (REACH as f64 + 1.0))
                })
                .collect();
            line(&points).map_or(beats[i], |l| l.0.clamp(beats[i] - 0.02, beats[i] + 0.02))
        })
        .collect();
    for i in 1..smoothed.len() {
        smoothed[i] = smoothed[i].max(smoothed[i - 1] + 0.1);
    }
    smoothed
}

/// Times from `first` on, `step` apart, before `end`.
fn even(first: f64, step: f64, end: f64) -> Vec<f64> {
    let count = ((end - first) / step).ceil().max(0.0) as usize;
    let times = (0..count).map(|k| first + k as f64 * step);
    times.filter(|t| *t < end).collect()
}
