//! Spectral envelopes: the net's bands as bins, read along the sung time line, warped and tilted.
//! Levels are natural logarithms of energy density.

use catbird_score::{Gender, Singer};

use super::house::{AIR, BANDS, HIGHEST_HZ, LOWEST_HZ, Said};

/// Bins of a spectrum: 0 – 12 kHz in steps of 20 Hz.
pub const BINS: usize = 601;
/// Quietest level.
const FLOOR: f32 = 1e-10;
/// Power density of white noise of unit variance in the transforms of [`super::tract`]: the sum of the
/// squares of a 1200-point Hann window, in nepers: ln 450.
const DENSITY: f32 = 6.109_248;
/// dB per neper of energy: 10 / ln 10.
pub const DB: f32 = 4.342_945;

/// The envelopes of natural speech, a row of [`BINS`] a frame.
pub struct Natural {
    /// Frames.
    pub frames: usize,
    /// How sure the net is that a frame is voiced, 0 – 1.
    pub voicing: Vec<f32>,
    /// All sound: power density.
    rows: Vec<f32>,
    /// Level of the row's mean energy, dB.
    level_db: Vec<f32>,
    /// Share of noise in a voiced frame's energy at 3, 6 and 9 kHz, 0 – 1.
    air: Vec<[f32; AIR]>,
}

impl Natural {
    /// Reads the net's bands, evenly spaced in mel, as bins, evenly spaced in Hz.
    pub fn of(said: Said) -> Self {
        let bands = bands();
        let mut rows = Vec::with_capacity(said.frames * BINS);
        let mut level_db = Vec::with_capacity(said.frames);
        for row in said.envelope.chunks_exact(BANDS) {
            let mut sum = 0.0;
            for &(band, part) in &bands {
                let db = row[band] * (1.0 - part) + row[(band + 1).min(BANDS - 1)] * part;
                let level = (db / DB + DENSITY).max(FLOOR.ln());
                sum += level.exp();
                rows.push(level);
            }
            level_db.push(DB * (sum / BINS as f32 + FLOOR).ln());
        }
        let share = |db: &f32| 10f32.powf(db.min(0.0) / 10.0);
        let air = said.air.chunks_exact(AIR);
        Self {
            frames: said.frames,
            voicing: said.voicing,
            rows,
            level_db,
            air: air.map(|a| std::array::from_fn(|i| share(&a[i]))).collect(),
        }
    }

    /// Share of noise in a voiced frame's energy at 3, 6 and 9 kHz, 0 – 1.
    pub fn air(&self, at: f64) -> [f32; AIR] {
        let (i, j, w) = self.between(at);
        std::array::from_fn(|k| self.air[i][k] * (1.0 - w) + self.air[j][k] * w)
    }

    /// Level of each natural frame, dB.
    pub fn levels_db(&self) -> &[f32] {
        &self.level_db
    }

    /// Level at a natural frame (frame i is centred on i + ½), dB.
    pub fn level_db(&self, at: f64) -> f32 {
        let (i, j, w) = self.between(at);
        self.level_db[i] * (1.0 - w) + self.level_db[j] * w
    }

    /// How good each frame is to hold, dB: loud in the voice's own band, alike its neighbours, voiced, and
    /// not the breath of a consonant (which is loud above 4 kHz).
    pub fn quality(&self) -> Vec<f32> {
        let band = |frame: usize, low: usize, high: usize| {
            let row = &self.rows[frame * BINS + low..frame * BINS + high];
            DB * (row.iter().map(|x| x.exp()).sum::<f32>() / row.len() as f32 + FLOOR).ln()
        };
        (0..self.frames)
            .map(|q| {
                let (l, r) = (q.saturating_sub(1), (q + 1).min(self.frames - 1));
                let (left, right) = (
                    &self.rows[l * BINS + 5..l * BINS + 225],
                    &self.rows[r * BINS + 5..r * BINS + 225],
                );
                let change = DB * left.iter().zip(right).map(|(a, b)| (a - b).abs()).sum::<f32>() / 220.0;
                let (voice, breath) = (band(q, 5, 175), band(q, 200, BINS));
                let silent = 12.0 * (1.0 - self.voicing[q]);
                voice - change - (breath - voice + 12.0).max(0.0) - silent
            })
            .collect()
    }

    /// Reads the envelope at a natural frame as its singer shapes it, for voiced sound and for noise.
    pub fn read(&self, at: f64, shape: &Shape, voiced: &mut [f32], noise: &mut [f32]) {
        let (i, j, w) = self.between(at);
        let row = |bin: usize| self.rows[i * BINS + bin] * (1.0 - w) + self.rows[j * BINS + bin] * w;
        for (k, &(bin, part, tilt)) in shape.0.iter().enumerate() {
            let level = row(bin) * (1.0 - part) + row((bin + 1).min(BINS - 1)) * part;
            voiced[k] = level + tilt;
            // Half the tilt: consonants must stay clear in a dark voice.
            noise[k] = level + 0.5 * tilt;
        }
    }

    fn between(&self, at: f64) -> (usize, usize, f32) {
        let x = (at - 0.5).clamp(0.0, (self.frames - 1) as f64);
        let i = x as usize;
        (i, (i + 1).min(self.frames - 1), (x - i as f64) as f32)
    }
}

/// For each bin the band below it and the share of the next one. Mel as in `tools/voices/dump.py`:
/// 2595 · log10(1 + f / 700) (O'Shaughnessy, "Speech Communication", 1987).
fn bands() -> Vec<(usize, f32)> {
    let mel = |hz: f32| 2595.0 * (1.0 + hz / 700.0).log10();
    let step = (mel(HIGHEST_HZ) - mel(LOWEST_HZ)) / (BANDS - 1) as f32;
    (0..BINS)
        .map(|k| {
            let at = ((mel(20.0 * k as f32) - mel(LOWEST_HZ)) / step).clamp(0.0, (BANDS - 1) as f32);
            (at as usize, at - at.floor())
        })
        .collect()
}

/// How a singer's head and brightness reshape the envelope: for each bin the bin it reads, the
/// share of the next one, and the gain in nepers of energy.
pub struct Shape(Vec<(usize, f32, f32)>);

impl Shape {
    /// Formants move by `singer.warp` up to 5 kHz; above, the axis is bent so that 12 kHz stays 12 kHz
    /// (piecewise linear warp, as in vocal tract length normalisation). Tilt pivots at 1 kHz.
    pub fn new(singer: &Singer) -> Self {
        let warp = f64::from(singer.warp) / f64::from(written_for(singer));
        let warp = warp.clamp(0.5, 2.0);
        let top = (BINS - 1) as f64;
        let knee = 250.0 * warp.min(1.0 / warp).min(1.0) * warp;
        let bin = |k: usize| {
            let x = k as f64;
            let source = if x <= knee {
                x / warp
            } else {
                knee / warp + (x - knee) * (top - knee / warp) / (top - knee)
            };
            let source = source.clamp(0.0, top);
            let octaves = ((20 * k).max(200) as f32 / 1000.0).log2();
            (
                source as usize,
                (source - source.floor()) as f32,
                singer.tilt_db * octaves / DB,
            )
        };
        Self((0..BINS).map(bin).collect())
    }
}

/// The warp that stood for nothing when the singer was written: scores without a blend made men of a
/// woman's voice by 0.86.
fn written_for(singer: &Singer) -> f32 {
    match singer.gender {
        Gender::Male if singer.blend.0.is_empty() => 0.86,
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn natural(peak_hz: f32) -> Natural {
        let mel = |hz: f32| 2595.0 * (1.0 + hz / 700.0).log10();
        let (low, high) = (mel(LOWEST_HZ), mel(HIGHEST_HZ));
        let hz = |k: usize| 700.0 * (10f32.powf((low + (high - low) * k as f32 / 71.0) / 2595.0) - 1.0);
        let row = |k: usize| -30.0 - ((hz(k) - peak_hz) / 60.0).powi(2);
        Natural::of(Said {
            frames: 3,
            envelope: (0..3 * BANDS).map(|i| row(i % BANDS)).collect(),
            voicing: vec![1.0; 3],
            air: vec![-20.0; 3 * AIR],
        })
    }

    fn peak(singer: &Singer) -> usize {
        let (mut voiced, mut noise) = (vec![0.0; BINS], vec![0.0; BINS]);
        natural(2000.0).read(1.3, &Shape::new(singer), &mut voiced, &mut noise);
        (0..BINS).max_by(|&a, &b| voiced[a].total_cmp(&voiced[b])).unwrap()
    }

    #[test]
    fn warp_moves_formants() {
        let singer = super::super::tests::singer();
        let plain = peak(&singer) as f32;
        assert!((plain - 100.0).abs() < 5.0, "{plain}");
        for warp in [0.86, 1.2] {
            let moved = peak(&Singer { warp, ..singer.clone() }) as f32;
            assert!((moved / plain / warp - 1.0).abs() < 0.02, "{warp}: {plain} to {moved}");
        }
    }

    #[test]
    fn the_level_is_the_mean_energy() {
        let n = natural(2000.0);
        let mean: f32 = n.rows[..BINS].iter().map(|x| x.exp()).sum::<f32>() / BINS as f32;
        assert!((n.level_db(1.0) - 10.0 * mean.log10()).abs() < 0.01);
    }
}
