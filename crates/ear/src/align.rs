//! Two performances of the same sung words laid over each other: dynamic time warping in a band around
//! the diagonal (H. Sakoe, S. Chiba, 1978, symmetric form with slopes from 1/2 to 2), over features that
//! do not care who sings.

mod features;

use features::{Features, HOP};

use crate::RATE;

/// Seconds from one anchor to the next, at least.
const SPACING: f64 = 0.4;
/// The path is smoothed over this many frames to each side (60 ms).
const SMOOTH: usize = 6;
/// What leaving the diagonal costs: silence against silence must not wander.
const LEAVE: f32 = 0.15;
/// How fast one performance may run against the other between two anchors.
const SLOPES: [f64; 2] = [0.5, 2.0];

/// Pairs (second of `reference`, second of `recording`), both rising, at least one: where the second
/// performance sings what the first does. Both are mono at 44.1 kHz and begin together within `band`
/// seconds; nothing is ever moved by more than that.
pub fn align(reference: &[f32], recording: &[f32], band: f64) -> Vec<[f64; 2]> {
    let (a, b) = rayon::join(|| Features::of(reference), || Features::of(recording));
    let reach = ((band * f64::from(RATE) / HOP as f64).round() as usize).max(4);
    let path = path(&a, &b, reach);
    let anchors = anchors(&path, &a, &b);
    if anchors.is_empty() { vec![[0.0, 0.0]] } else { anchors }
}

/// The cheapest way through both, as the frame of `b` for each frame of `a` (`None` off the ends).
fn path(a: &Features, b: &Features, reach: usize) -> Vec<Option<f64>> {
    let (n, m) = (a.frames(), b.frames());
    let mut out = vec![None; n];
    if n == 0 || m == 0 {
        return out;
    }
    let width = 2 * reach + 1;
    // Column c of row i is frame j = i + c − reach of `b`.
    let frame = |i: usize, c: usize| (i + c).checked_sub(reach).filter(|j| *j < m);
    let none = f32::INFINITY;
    let mut ways = vec![0u8; n * width];
    let (mut sums, mut near) = ([vec![none; width], vec![none; width]], vec![none; width]);
    // (end cost per step, row, column)
    let mut best: (f32, usize, usize) = (none, 0, 0);
    for i in 0..n {
        let here: Vec<f32> = (0..width)
            .map(|c| frame(i, c).map_or(none, |j| a.distance(i, b, j)))
            .collect();
        let mut row = vec![none; width];
        for c in 0..width {
            let Some(j) = frame(i, c) else { continue };
            // It may begin anywhere in the first row or column.
            let start = if i == 0 || j == 0 { 2.0 * here[c] } else { none };
            // (i−1, j−1); (i−1, j−2) through (i, j−1); (i−2, j−1) through (i−1, j).
            let even = sums[0][c] + 2.0 * here[c];
            let fast = match c.checked_sub(1) {
                Some(k) => sums[0][k] + 2.0 * here[k] + here[c] + LEAVE,
                None => none,
            };
            let slow = match c + 1 {
                k if k < width => sums[1][k] + 2.0 * near[k] + here[c] + LEAVE,
                _ => none,
            };
            let options = [(start, 0u8), (even, 1), (fast, 2), (slow, 3)];
            let (sum, way) = options
                .into_iter()
                .min_by(|x, y| x.0.total_cmp(&y.0))
                .unwrap_or((none, 0));
            row[c] = sum;
            ways[i * width + c] = way;
            if (i + 1 == n || j + 1 == m) && sum.is_finite() {
                // Ends are compared by their cost a frame: a short way is not a good way.
                let cost = sum / (i + j + 2) as f32;
                if cost < best.0 {
                    best = (cost, i, c);
                }
            }
        }
        sums.swap(0, 1);
        sums[0] = row;
        near = here;
    }
    let (_, mut i, mut c) = best;
    while let Some(j) = frame(i, c) {
        out[i] = Some(j as f64);
        match ways[i * width + c] {
            1 if i >= 1 => i -= 1,
            2 if i >= 1 && c >= 1 => (i, c) = (i - 1, c - 1),
            3 if i >= 2 => {
                out[i - 1] = Some(j as f64 - 0.5);
                (i, c) = (i - 2, c + 1);
            }
            _ => break,
        }
    }
    out
}

/// Anchors along the path, where both sing, with slopes a stretcher can follow.
fn anchors(path: &[Option<f64>], a: &Features, b: &Features) -> Vec<[f64; 2]> {
    let second = HOP as f64 / f64::from(RATE);
    let mut out: Vec<[f64; 2]> = Vec::new();
    for i in 0..path.len() {
        let Some(j) = path[i] else { continue };
        let both = a.sounds[i] && b.sounds.get(j.max(0.0) as usize).copied().unwrap_or(false);
        if !both {
            continue;
        }
        let near = &path[i.saturating_sub(SMOOTH)..(i + SMOOTH + 1).min(path.len())];
        let first = i.saturating_sub(SMOOTH);
        let (sum, count) = near
            .iter()
            .enumerate()
            .filter_map(|(k, j)| Some(j.as_ref()? - (first + k) as f64))
            .fold((0.0, 0.0), |(s, n), off| (s + off, n + 1.0));
        let x = i as f64 * second;
        let y = (i as f64 + sum / f64::max(count, 1.0)) * second;
        match out.last() {
            Some(last) if x - last[0] < SPACING => {}
            Some(last) => {
                let run = x - last[0];
                out.push([x, last[1] + (y - last[1]).clamp(SLOPES[0] * run, SLOPES[1] * run)]);
            }
            None if y >= 0.0 => out.push([x, y]),
            None => {}
        }
    }
    out
}

#[cfg(test)]
mod tests;
