//! The living mouth: what moves a voice's spectrum while a vowel is held. Formants and bands wander, each on
//! its own path; effort opens the spectrum and the jaw; the first formant is never left under the pitch, or
//! high notes would lose their strongest partial (formant tuning: J. Sundberg, *The Science of the Singing
//! Voice*, 1987).

use catbird_score::Dice;

use super::{character::Character, envelope::BINS, smooth::Wander};

/// Hz a bin.
const BIN_HZ: f32 = 20.0;
/// Nepers of energy a dB.
const NEPERS: f32 = 0.230_258_5;

/// Where each formant's wander has its full effect, Hz; between them it passes over, above the last
/// it fades until [`STILL_HZ`].
const ANCHORS: [f32; 3] = [900.0, 1_700.0, 3_000.0];
const STILL_HZ: f32 = 8_000.0;

/// Nodes of the gain curve, Hz.
const NODES: [f32; 12] = [
    0.0, 250.0, 450.0, 750.0, 1_100.0, 1_600.0, 2_200.0, 2_900.0, 3_700.0, 5_000.0, 7_000.0, 12_000.0,
];

/// dB an octave that full effort adds above [`PIVOT_HZ`], and that none takes away.
const LOUD_TILT: f32 = 2.8;
const SOFT_TILT: f32 = 3.2;
const PIVOT_HZ: f32 = 900.0;
/// Octaves above the pivot after which it is not more.
const TILT_OCTAVES: f32 = 2.6;
/// What effort does to the first formant, a share.
const OPEN: f32 = 0.03;
/// What belting does to it, and to the ring of the voice at 2.9 kHz, dB.
const BELT_OPEN: f32 = 0.06;
const BELT_RING_DB: f32 = 3.5;
/// What the head voice loses above its second partial, dB an octave.
const HEAD_TILT: f32 = 5.0;

/// From this pitch on the first formant is looked after, Hz.
const TUNE_FROM_HZ: f32 = 330.0;
/// It is brought this far over the pitch, and not more than this far from home.
const TUNE_OVER: f32 = 1.03;
const TUNE_MOST: f32 = 1.8;

/// How a frame is sung.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner {
    /// See [`super::effort::Effort`].
    pub force: f32,
    /// See there.
    pub head: f32,
    /// See there.
    pub belt: f32,
    /// Pitch, Hz.
    pub hz: f32,
    /// Whether it is a vowel: a nose cannot be tuned.
    pub vowel: bool,
}

/// A mouth in a phrase.
pub struct Mouth {
    drift: f32,
    band_db: f32,
    formants: [[Wander; 2]; 3],
    bands: Vec<Wander>,
    /// For each bin the anchor under it and the share of the next.
    anchors: Vec<(u8, f32)>,
    /// For each bin the node under it and the share of the next.
    nodes: Vec<(u8, f32)>,
    row: Vec<f32>,
    tuned: f32,
}

impl Mouth {
    /// For a singer.
    pub fn new(character: &Character, dice: &mut Dice) -> Self {
        let between = |points: &[f32]| -> Vec<(u8, f32)> {
            (0..BINS)
                .map(|k| {
                    let hz = BIN_HZ * k as f32;
                    let after = points.partition_point(|p| *p <= hz);
                    match after.checked_sub(1) {
                        None => (0, 0.0),
                        Some(i) if after == points.len() => (i as u8, 0.0),
                        Some(i) => (i as u8, (hz - points[i]) / (points[after] - points[i])),
                    }
                })
                .collect()
        };
        Self {
            drift: character.formant_drift,
            band_db: character.band_drift_db,
            formants: std::array::from_fn(|_| [Wander::new(0.16, dice), Wander::new(0.04, dice)]),
            bands: (0..NODES.len()).map(|_| Wander::new(0.09, dice)).collect(),
            anchors: between(&[ANCHORS[0], ANCHORS[1], ANCHORS[2], STILL_HZ]),
            nodes: between(&NODES),
            row: vec![0.0; BINS],
            tuned: 1.0,
        }
    }

    /// Time goes on by a frame, sung or not; shapes a voiced frame's log energies in place.
    pub fn shape(&mut self, manner: &Manner, voiced: Option<&mut [f32]>, dice: &mut Dice) {
        let mut drift = [0.0f32; 4];
        for (d, [slow, fast]) in drift.iter_mut().zip(&mut self.formants) {
            let x = 0.9 * slow.next(dice) + 0.4 * fast.next(dice);
            *d = (self.drift * x as f32).clamp(-0.022, 0.022);
        }
        let mut gain = [0.0f32; NODES.len()];
        for (g, band) in gain.iter_mut().zip(&mut self.bands) {
            *g = NEPERS * (self.band_db * band.next(dice) as f32).clamp(-3.5, 3.5);
        }
        let Some(voiced) = voiced else { return };
        for (g, hz) in gain.iter_mut().zip(NODES) {
            *g += NEPERS * colour_db(manner, hz);
        }
        // A jaw moves within some 60 ms.
        let tune = tuning(manner, voiced);
        self.tuned += 0.25 * (tune - self.tuned);
        let open = (1.0 + OPEN * manner.force + BELT_OPEN * manner.belt) * self.tuned;
        let warp = [open * (1.0 + drift[0]), 1.0 + drift[1], 1.0 + drift[2], 1.0];
        let back = warp.map(|w| 1.0 / w);
        self.row.copy_from_slice(voiced);
        let last = (BINS - 1) as f32;
        for (k, ((v, &(a, part)), &(n, share))) in voiced.iter_mut().zip(&self.anchors).zip(&self.nodes).enumerate() {
            let (a, n) = (usize::from(a), usize::from(n));
            let stretch = back[a] + part * (back[(a + 1).min(3)] - back[a]);
            let x = (k as f32 * stretch).min(last);
            let (i, w) = (x as usize, x.fract());
            let level = self.row[i] + w * (self.row[(i + 1).min(BINS - 1)] - self.row[i]);
            *v = level + gain[n] + share * (gain[(n + 1).min(NODES.len() - 1)] - gain[n]);
        }
    }
}

/// How far the first formant has to go up.
fn tuning(manner: &Manner, voiced: &[f32]) -> f32 {
    if !manner.vowel || manner.hz < TUNE_FROM_HZ {
        return 1.0;
    }
    let wanted = TUNE_OVER * manner.hz;
    (wanted / first_formant(voiced)).clamp(1.0, TUNE_MOST)
}

/// Gain of a frequency, dB, for the colour of a frame.
fn colour_db(manner: &Manner, hz: f32) -> f32 {
    let octaves = (hz.max(1.0) / PIVOT_HZ).log2().clamp(0.0, TILT_OCTAVES);
    let tilt = if manner.force > 0.0 { LOUD_TILT } else { SOFT_TILT };
    let ring = (-((hz - 2_900.0) / 900.0).powi(2)).exp();
    // Chest voice leans on the second partial, head voice on the first.
    let second = (hz.max(1.0) / (1.5 * manner.hz.max(60.0))).log2().clamp(0.0, 3.0);
    manner.force * tilt * octaves + BELT_RING_DB * manner.belt * ring - HEAD_TILT * manner.head * second
}

/// The first formant of log energies, Hz: the first peak from 240 Hz up that is not far below the
/// highest one under 1.1 kHz.
fn first_formant(voiced: &[f32]) -> f32 {
    let smooth = |k: usize| voiced[k - 3..=k + 3].iter().sum::<f32>() / 7.0;
    let (from, to) = (12, 55);
    let top = (from..to).map(smooth).fold(f32::MIN, f32::max);
    let mut before = f32::MIN;
    for k in from..to {
        let here = smooth(k);
        if here >= before && here > smooth(k + 1) && here > top - 1.4 {
            return BIN_HZ * k as f32;
        }
        before = here;
    }
    BIN_HZ * from as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voice::tests::singer;

    /// Two formants on a slope.
    fn vowel(f1: f32, f2: f32) -> Vec<f32> {
        (0..BINS)
            .map(|k| {
                let hz = BIN_HZ * k as f32;
                let peak = |f: f32, height: f32| height * (-((hz - f) / 90.0).powi(2)).exp();
                -hz / 1_500.0 + peak(f1, 4.0) + peak(f2, 3.0)
            })
            .collect()
    }

    fn character(human: f32) -> Character {
        Character::of(&catbird_score::Singer {
            electric: 1.0 - human,
            ..singer()
        })
    }

    fn settled(manner: Manner, row: &[f32]) -> Vec<f32> {
        let mut dice = Dice::new(1, "mouth");
        let mut mouth = Mouth::new(&character(0.0), &mut dice);
        let mut out = row.to_vec();
        for _ in 0..60 {
            out.copy_from_slice(row);
            mouth.shape(&manner, Some(&mut out), &mut dice);
        }
        out
    }

    #[test]
    fn a_quiet_mouth_of_a_machine_changes_nothing() {
        let row = vowel(500.0, 1_500.0);
        let out = settled(
            Manner {
                hz: 200.0,
                ..Manner::default()
            },
            &row,
        );
        assert!(row.iter().zip(&out).all(|(a, b)| (a - b).abs() < 1e-4));
    }

    #[test]
    fn formants_of_a_held_vowel_wander_by_a_percent_or_two() {
        let row = vowel(500.0, 1_500.0);
        let mut dice = Dice::new(1, "mouth");
        let mut mouth = Mouth::new(&character(1.0), &mut dice);
        let mut peaks = Vec::new();
        for _ in 0..800 {
            let mut out = row.clone();
            mouth.shape(
                &Manner {
                    hz: 200.0,
                    ..Manner::default()
                },
                Some(&mut out),
                &mut dice,
            );
            // Centre of gravity around the second formant.
            let (mut sum, mut weight) = (0.0, 0.0);
            for (k, x) in out.iter().enumerate().take(90).skip(60) {
                let w = (2.0 * x).exp();
                sum += w * k as f32;
                weight += w;
            }
            peaks.push(BIN_HZ * sum / weight);
        }
        let mean = peaks.iter().sum::<f32>() / peaks.len() as f32;
        let spread = (peaks.iter().map(|p| (p - mean).powi(2)).sum::<f32>() / peaks.len() as f32).sqrt();
        assert!((0.004..0.02).contains(&(spread / mean)), "{}", spread / mean);
    }

    #[test]
    fn effort_flattens_the_slope_and_softness_steepens_it() {
        let row = vowel(500.0, 1_500.0);
        let slope = |force| {
            let out = settled(
                Manner {
                    force,
                    hz: 200.0,
                    ..Manner::default()
                },
                &row,
            );
            (out[200] - out[100] - (row[200] - row[100])) / NEPERS
        };
        assert!((2.2..3.4).contains(&slope(1.0)), "{}", slope(1.0));
        assert!((-3.9..-2.5).contains(&slope(-1.0)), "{}", slope(-1.0));
    }

    #[test]
    fn the_first_formant_is_not_left_under_a_high_pitch() {
        let row = vowel(320.0, 2_200.0);
        for hz in [523.0f32, 587.0] {
            let out = settled(
                Manner {
                    hz,
                    vowel: true,
                    ..Manner::default()
                },
                &row,
            );
            let bin = (hz / BIN_HZ).round() as usize;
            assert!((out[bin] - row[bin]) / NEPERS > 8.0, "the first partial at {hz} Hz");
            assert!(first_formant(&out) >= 0.97 * hz, "{}", first_formant(&out));
            assert!((out[150] - row[150]).abs() < 0.3, "the second formant stays");
        }
    }
}
