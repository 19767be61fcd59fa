//! Where one section gives way to the next: novelty of sound (J. Foote, "Automatic audio segmentation
//! using a measure of audio novelty", 2000) and of what is repeated elsewhere (J. Serrà et al.,
//! "Unsupervised music structure annotation by time series structure features", 2014), on bar lines, in
//! lengths songs have.

use super::bars::Bars;

/// Bars on each side that are compared.
const REACH: usize = 4;
/// The longest section, bars.
const LONGEST: usize = 32;

/// What a seam must be worth to be one; a good one is worth 1.
const SEAM: f32 = 0.45;

/// The bars at which sections begin, 0 first, and how clear those seams are, 0–1.
pub fn find(bars: &Bars) -> (Vec<usize>, f32) {
    let all = bars.level.len();
    let (first, count) = bars.audible();
    let novelty = novelty(bars);
    // On the piece's own scale: what a seam must be worth does not depend on how lively the music is,
    // and one silence does not hide the seams beside it.
    let mut sorted = novelty[first..count].to_vec();
    sorted.sort_by(f32::total_cmp);
    let at = |part: f32| sorted[((sorted.len() - 1) as f32 * part) as usize];
    let (usual, high) = (at(0.5), at(0.9));
    let worth: Vec<f32> = (0..count)
        .map(|i| {
            let value = (novelty[i] - usual) / (high - usual).max(0.05);
            // The seam is where novelty peaks, not beside it.
            let peak = novelty[i.saturating_sub(1)..(i + 2).min(all)]
                .iter()
                .all(|n| *n <= novelty[i]);
            (value - if peak { 0.0 } else { 0.4 }).clamp(-1.0, 2.0)
        })
        .collect();
    // best[i]: the best division of the first i bars; from[i]: where its last section begins.
    let mut best = vec![f32::NEG_INFINITY; count + 1];
    let mut from = vec![0; count + 1];
    best[first] = 0.0;
    for end in first + 1..=count {
        for start in end.saturating_sub(LONGEST).max(first)..end {
            let seam = if start == first { 0.0 } else { worth[start] - SEAM };
            let total = best[start] + seam + length(end - start, end == count || start == first);
            if total > best[end] {
                (best[end], from[end]) = (total, start);
            }
        }
    }
    let mut starts = Vec::new();
    let mut end = count;
    while end > first {
        end = from[end];
        starts.push(end);
    }
    starts.reverse();
    // Silence in front belongs to the first section.
    starts[0] = 0;
    let seams: Vec<f32> = starts[1..].iter().map(|&s| worth[s]).collect();
    let clear = seams.iter().sum::<f32>() / seams.len().max(1) as f32;
    (starts, (clear / 1.5).clamp(0.0, 1.0))
}

/// What a length of so many bars is worth: eight is usual, four and sixteen are common, odd ones rare.
/// The first and the last section may be anything.
fn length(bars: usize, edge: bool) -> f32 {
    let usual: f32 = match bars {
        8 => 0.3,
        4 => 0.05,
        16 | 6 | 12 => 0.0,
        10 => -0.3,
        2 | 5 | 7 | 9 | 14 | 20 | 24 => -0.5,
        1 | 3 => -0.8,
        32 => -0.9,
        _ => -0.6 - 0.02 * bars as f32,
    };
    if edge && bars > 1 {
        (usual + 0.2).max(-0.4)
    } else {
        usual
    }
}

/// How much changes at the beginning of each bar.
fn novelty(bars: &Bars) -> Vec<f32> {
    let count = bars.level.len();
    // Repetition: how alike two spans of four bars are, bar by bar.
    let mut spans = vec![vec![0.0_f32; count]; count];
    for (a, row) in spans.iter_mut().enumerate() {
        for (b, value) in row.iter_mut().enumerate() {
            let length = REACH.min(count - a.max(b));
            *value = (0..length).map(|k| bars.alike(a + k, b + k)).sum::<f32>() / REACH as f32;
        }
    }
    (0..count)
        .map(|i| {
            if i == 0 {
                return 0.0;
            }
            let before = i.saturating_sub(REACH)..i;
            let after = i..(i + REACH).min(count);
            let (mut across, mut within) = (0.0, 0.0);
            let mut pairs = 0.0_f32;
            for a in before.clone() {
                for b in after.clone() {
                    across += bars.timbral(a, b);
                    pairs += 1.0;
                }
            }
            let mut same = 0.0_f32;
            for span in [before.clone(), after.clone()] {
                for a in span.clone() {
                    for b in a + 1..span.end {
                        within += bars.timbral(a, b);
                        same += 1.0;
                    }
                }
            }
            let sound = within / same.max(1.0) - across / pairs.max(1.0);
            let level = |span: std::ops::Range<usize>| {
                let length = span.len().max(1) as f32;
                bars.level[span].iter().sum::<f32>() / length
            };
            let louder = ((level(after.clone()) - level(before.clone())).abs() / 6.0).min(1.0);
            let sung = bars.voice.as_ref().map_or(0.0, |voice| {
                let sings = |span: std::ops::Range<usize>| {
                    let length = span.len().max(1) as f32;
                    voice[span].iter().filter(|v| **v > -15.0).count() as f32 / length
                };
                (sings(after.clone()) - sings(before.clone())).abs()
            });
            // A stretch that comes back begins here: it was like another one from here on, not before.
            let begins = (0..count)
                .filter(|&b| b.abs_diff(i) >= REACH)
                .map(|b| {
                    let here = spans[i][b];
                    let earlier = if b > 0 { bars.alike(i - 1, b - 1) } else { 0.0 };
                    here * (here - earlier).max(0.0)
                })
                .fold(0.0, f32::max);
            // Or the stretch before ends here.
            let ends = (0..count)
                .filter(|&b| b.abs_diff(i) >= REACH && b >= REACH && i >= REACH)
                .map(|b| {
                    let there = spans[i - REACH][b - REACH];
                    there * (there - bars.alike(i, b)).max(0.0)
                })
                .fold(0.0, f32::max);
            sound + 0.5 * louder + 0.5 * sung + 0.25 * begins + 0.25 * ends
        })
        .collect()
}
