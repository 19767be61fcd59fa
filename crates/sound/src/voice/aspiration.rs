//! Breath in the voice: how the energy of a voiced frame is parted between harmonics and noise.

use super::{envelope::BINS, house::AIR};

/// Where the shares are reckoned, Hz; between them their logarithms go straight.
const NODES: [f32; 10] = [
    0.0, 500.0, 1_000.0, 1_500.0, 3_000.0, 4_500.0, 6_000.0, 7_500.0, 9_000.0, 12_000.0,
];
/// Hz a bin.
const BIN_HZ: f32 = 20.0;
/// Noise share at 1.5 kHz and above for a breath of 1; air in a narrow gap hisses, it does not hum, so
/// there is less below.
const FLOOR: f32 = 0.5;
const HUM_HZ: f32 = 1_500.0;
/// A sung voice is clearer than a spoken one: the most of its own noise that is left at the bottom, and
/// at 12 kHz.
const CLEAR: (f32, f32) = (0.03, 0.5);

/// Log energies of a frame in, log amplitudes of harmonics and noise out. `air` is the noise share that
/// the voice has by itself at 3, 6 and 9 kHz, which consonants (`buzzing`) keep; `breath` what is added, 0.02 for a clear voice, 0.4 for a
/// husky one.
pub fn part(voiced: &mut [f32], hiss: &mut [f32], hz: f32, air: [f32; AIR], buzzing: bool, breath: f32) {
    let breath = breath.clamp(0.0, 0.6);
    let shares = NODES.map(|node| {
        let most = if buzzing {
            1.0
        } else {
            CLEAR.0 + (CLEAR.1 - CLEAR.0) * node / 12_000.0
        };
        let own = own(air, node).min(most);
        let ramp = ((node - 3_000.0) / 6_000.0).clamp(0.0, 1.0);
        // Nothing is heard under the voice's own pitch.
        let under = (node / hz).min(1.0).powi(2);
        let hiss = FLOOR * breath * (0.06 + 0.94 * (node / HUM_HZ).min(1.0).powi(2));
        let share = ((own + breath * ramp).max(hiss) * under).clamp(1e-5, 0.9);
        ((1.0 - share).ln(), share.ln())
    });
    // A harmonic stands for the density of a stripe as wide as the pitch is high; 30 Hz is the noise
    // bandwidth of the window.
    let density = (hz / 30.0).ln();
    let mut node = 0;
    for (k, (v, n)) in voiced.iter_mut().zip(hiss).enumerate() {
        let here = BIN_HZ * k as f32;
        while node + 2 < NODES.len() && NODES[node + 1] <= here {
            node += 1;
        }
        let w = (here - NODES[node]) / (NODES[node + 1] - NODES[node]);
        let (low, high) = (shares[node], shares[node + 1]);
        *n = 0.5 * (*v + low.1 + w * (high.1 - low.1));
        *v = 0.5 * (*v + low.0 + w * (high.0 - low.0) + density);
    }
    debug_assert_eq!(voiced.len(), BINS);
}

/// The voice's own noise at a frequency: known at three, less and less below the first.
fn own(air: [f32; AIR], hz: f32) -> f32 {
    let x = hz / 3_000.0;
    if x <= 1.0 {
        air[0] * x * x
    } else if x < 3.0 {
        let i = x as usize;
        air[i - 1] + (x - i as f32) * (air[i] - air[i - 1])
    } else {
        air[2]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise over harmonics, dB, at a bin.
    fn noise_db(breath: f32, bin: usize) -> f32 {
        let (mut voiced, mut hiss) = (vec![0.0; BINS], vec![0.0; BINS]);
        part(&mut voiced, &mut hiss, 30.0, [0.01, 0.1, 0.3], false, breath);
        8.686 * (hiss[bin] - voiced[bin])
    }

    #[test]
    fn breath_raises_the_noise_and_the_highs_have_most_of_it() {
        assert!(
            noise_db(0.02, 50) < -18.0 && noise_db(0.2, 10) < noise_db(0.2, 100) - 8.0 && noise_db(0.02, 450) > -6.0
        );
        let mut last = f32::MIN;
        for breath in [0.01, 0.03, 0.08, 0.2, 0.4, 0.6] {
            let now = noise_db(breath, 75);
            assert!(now > last, "{breath}");
            last = now;
        }
        assert!((noise_db(0.4, 75) - 10.0 * (0.2f32 / 0.8).log10()).abs() < 0.3);
    }
}
