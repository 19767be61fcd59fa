//! What the benches of edits measure at a seam.

use anyhow::Result;
use catbird_score::{PartRole, Score};
use catbird_sound::{RATE, Rendering, Stereo};
use ebur128::{EbuR128, Mode};

/// Seconds on each side of a bar line.
pub const SIDE: f64 = 1.5;

/// Loudness of a stretch, LUFS.
pub fn loudness(audio: &Stereo, from: f64, to: f64) -> Result<f64> {
    let frame = |s: f64| ((s * f64::from(RATE)).max(0.0) as usize).min(audio.frames());
    // The meter's filter settles before the window begins.
    let (start, end) = (frame(from - 0.2), frame(to));
    let window = ((to - from) * 1000.0) as u32;
    let mut meter = EbuR128::new(2, RATE, Mode::M)?;
    meter.set_max_window(window)?;
    meter.add_frames_planar_f32(&[&audio.left[start..end], &audio.right[start..end]])?;
    Ok(meter.loudness_window(window)?)
}

/// How much louder it is after `at` than before, LU.
pub fn jump(audio: &Stereo, at: f64) -> Result<f64> {
    Ok(loudness(audio, at, at + SIDE)? - loudness(audio, at - SIDE, at)?)
}

/// How late the kit is heard, ms: for every hit that stands free, the steepest rise of its stem near the
/// note. `None` without enough of them.
pub fn lateness(score: &Score, rendering: &Rendering, from: f64, to: f64) -> Option<f64> {
    let part = score.parts.iter().find(|p| p.role == PartRole::Drums)?;
    let stem = rendering.stems.iter().find(|s| s.id == part.id)?;
    let audio = stem.audio.stereo();
    let mono: Vec<f32> = audio.left.iter().zip(&audio.right).map(|(l, r)| l + r).collect();
    let mut times: Vec<f64> = part.notes.iter().map(|n| score.tempo.seconds(n.onset())).collect();
    times.sort_by(f64::total_cmp);
    let ms = RATE as usize / 1000;
    let energy = |i: usize| {
        let window = mono.get(i..i + 2 * ms).unwrap_or_default();
        window.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() + 1e-7
    };
    let mut late: Vec<f64> = Vec::new();
    for (i, t) in times.iter().enumerate() {
        let free = i == 0 || t - times[i - 1] > 0.09;
        if !free || *t < from || *t >= to {
            continue;
        }
        let centre = (t * f64::from(RATE)) as usize;
        let steepest = (0..60)
            .map(|k| (centre + k * ms / 2).saturating_sub(15 * ms))
            .map(|at| (at, energy(at + 2 * ms) / energy(at)))
            .max_by(|a, b| a.1.total_cmp(&b.1))?;
        if steepest.1 > 4.0 {
            late.push(((steepest.0 + 2 * ms) as f64 / f64::from(RATE) - t) * 1000.0);
        }
    }
    late.sort_by(f64::total_cmp);
    (late.len() >= 4).then(|| late[late.len() / 2])
}

/// Frames of two pieces that differ outside a span, and frames compared.
pub fn touched(a: &Stereo, b: &Stereo, from: f64, to: f64) -> (usize, usize) {
    let frame = |s: f64| (s * f64::from(RATE)).round() as usize;
    let outside = (0..a.frames()).filter(|i| *i < frame(from) || *i >= frame(to));
    let differs = |i: &usize| a.left[*i] != b.left[*i] || a.right[*i] != b.right[*i];
    (outside.clone().filter(differs).count(), outside.count())
}

/// A figure of a table, or a dash.
pub fn number(x: Option<f64>) -> String {
    x.map_or_else(|| "–".to_owned(), |x| format!("{x:+.1}"))
}
