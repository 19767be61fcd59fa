//! Spectral envelopes: the network's three branches folded into one level a bin for voiced sound and
//! one for noise, then read along the sung time line, warped and tilted.
//! Levels are natural logarithms of energy density.

use catbird_score::Singer;

use super::hibari::{BINS, Spectra};

/// Quietest level.
const FLOOR: f32 = 1e-10;
/// Largest exponent the network's branches may have (as in its own synthesis).
const TOP: f32 = 7.0;
/// dB per neper of energy: 10 / ln 10.
pub const DB: f32 = 4.342_945;

/// The envelopes of natural speech, a row of [`BINS`] a frame.
pub struct Natural {
    /// Frames.
    pub frames: usize,
    /// All sound, as if harmonic.
    voiced: Vec<f32>,
    /// Noise alone.
    noise: Vec<f32>,
    /// Level of the voiced row's mean energy, dB.
    level_db: Vec<f32>,
}

impl Natural {
    /// Folds the branches: stretched, the free-phase branch would turn to noise, though it carries
    /// vowel onsets; so its energy is counted as harmonic: e = e^{2lh}·30/f0 + e^{2lr} + e^{2ln}/4.
    /// 30 Hz is the noise bandwidth of the Hann window, which relates a harmonic to a density; the
    /// quarter is what random phases lose in a transform whose frames overlap four times.
    pub fn fold(spectra: &Spectra, f0: &[f32]) -> Self {
        let energy = |x: f32| (2.0 * x.min(TOP)).exp();
        let mut voiced = Vec::with_capacity(spectra.harmonic.len());
        let mut noise = Vec::with_capacity(spectra.harmonic.len());
        let mut level_db = Vec::with_capacity(spectra.frames);
        for (frame, f) in f0.iter().enumerate().take(spectra.frames) {
            let density = if *f > 60.0 { 30.0 / f } else { 1e-6 };
            let mut sum = 0.0;
            for i in frame * BINS..(frame + 1) * BINS {
                let rest = energy(spectra.residual[i]) + 0.25 * energy(spectra.noise[i]);
                let all = energy(spectra.harmonic[i]) * density + rest;
                sum += all;
                voiced.push((all + FLOOR).ln());
                noise.push((rest + FLOOR).ln());
            }
            level_db.push(DB * (sum / BINS as f32 + FLOOR).ln());
        }
        Self {
            frames: spectra.frames,
            voiced,
            noise,
            level_db,
        }
    }

    /// Level at a natural frame (frame i is centred on i + ½), dB.
    pub fn level_db(&self, at: f64) -> f32 {
        let (i, j, w) = self.between(at);
        self.level_db[i] * (1.0 - w) + self.level_db[j] * w
    }

    /// How good each frame is to hold, dB: loud in the voice's own band, alike its neighbours, voiced, and
    /// not the breath of a consonant (which is loud above 4 kHz).
    pub fn quality(&self, f0: &[f32]) -> Vec<f32> {
        let band = |frame: usize, low: usize, high: usize| {
            let row = &self.voiced[frame * BINS + low..frame * BINS + high];
            DB * (row.iter().map(|x| x.exp()).sum::<f32>() / row.len() as f32 + FLOOR).ln()
        };
        (0..self.frames)
            .map(|q| {
                let (l, r) = (q.saturating_sub(1), (q + 1).min(self.frames - 1));
                let (left, right) = (
                    &self.voiced[l * BINS + 5..l * BINS + 225],
                    &self.voiced[r * BINS + 5..r * BINS + 225],
                );
                let change = DB * left.iter().zip(right).map(|(a, b)| (a - b).abs()).sum::<f32>() / 220.0;
                let (voice, breath) = (band(q, 5, 175), band(q, 200, BINS));
                let silent = if f0[q] > 60.0 { 0.0 } else { 12.0 };
                voice - change - (breath - voice + 12.0).max(0.0) - silent
            })
            .collect()
    }

    /// Reads both envelopes at a natural frame along the map `source` of bins, adding `tilt` nepers.
    pub fn read(&self, at: f64, shape: &Shape, voiced: &mut [f32], noise: &mut [f32]) {
        let (i, j, w) = self.between(at);
        let row = |table: &[f32], bin: usize| table[i * BINS + bin] * (1.0 - w) + table[j * BINS + bin] * w;
        for (k, &(bin, part, tilt)) in shape.0.iter().enumerate() {
            let next = (bin + 1).min(BINS - 1);
            let mix = |table: &[f32]| row(table, bin) * (1.0 - part) + row(table, next) * part;
            voiced[k] = mix(&self.voiced) + tilt;
            // Half the tilt: consonants must stay clear in a dark voice.
            noise[k] = mix(&self.noise) + 0.5 * tilt;
        }
    }

    fn between(&self, at: f64) -> (usize, usize, f32) {
        let x = (at - 0.5).clamp(0.0, (self.frames - 1) as f64);
        let i = x as usize;
        (i, (i + 1).min(self.frames - 1), (x - i as f64) as f32)
    }
}

/// How a singer's head and brightness reshape the envelope: for each bin the bin it reads, the
/// share of the next one, and the gain in nepers of energy.
pub struct Shape(Vec<(usize, f32, f32)>);

impl Shape {
    /// Formants move by `singer.warp` up to 5 kHz; above, the axis is bent so that 12 kHz stays 12 kHz
    /// (piecewise linear warp, as in vocal tract length normalisation). Tilt pivots at 1 kHz.
    pub fn new(singer: &Singer) -> Self {
        let warp = f64::from(singer.warp).clamp(0.5, 2.0);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn natural(peak: usize) -> Natural {
        let row = |k: usize| -((k as f32 - peak as f32) / 10.0).powi(2) - 1.0;
        let harmonic: Vec<f32> = (0..3 * BINS).map(|i| row(i % BINS)).collect();
        let quiet = vec![-20.0; 3 * BINS];
        Natural::fold(
            &Spectra {
                frames: 3,
                harmonic,
                noise: quiet.clone(),
                residual: quiet,
            },
            &[200.0; 3],
        )
    }

    fn peak(singer: &Singer) -> usize {
        let (mut voiced, mut noise) = (vec![0.0; BINS], vec![0.0; BINS]);
        natural(100).read(1.3, &Shape::new(singer), &mut voiced, &mut noise);
        (0..BINS).max_by(|&a, &b| voiced[a].total_cmp(&voiced[b])).unwrap()
    }

    #[test]
    fn warp_moves_formants() {
        let singer = super::super::tests::singer();
        assert_eq!(peak(&singer), 100);
        assert_eq!(
            peak(&Singer {
                warp: 0.86,
                ..singer.clone()
            }),
            86
        );
        assert_eq!(peak(&Singer { warp: 1.2, ..singer }), 120);
    }

    #[test]
    fn the_level_is_the_mean_energy() {
        let n = natural(100);
        let mean: f32 = n.voiced[..BINS].iter().map(|x| x.exp()).sum::<f32>() / BINS as f32;
        assert!((n.level_db(1.0) - 10.0 * mean.log10()).abs() < 0.01);
    }
}
