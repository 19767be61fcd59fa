//! Riding the voice's fader: over each second the voice should be [`OVER_DB`] above the band where
//! words live, however loud the band plays there.

use super::{
    biquad::{Biquad, Memory},
    curve::{Curve, STRIDE},
};
use crate::audio::{Stereo, amplitude};

/// Voice over band between 300 Hz and 4 kHz while it sings, at the channel's 0 dB.
pub(crate) const OVER_DB: f32 = 2.0;

/// The fader moves at most this far from its average, dB.
pub(crate) const RIDE_DB: (f32, f32) = (-3.0, 4.0);

/// How quickly it moves: long enough that nobody hears it.
pub(crate) const RIDE_SECONDS: f32 = 1.4;

/// A band quieter than this does not pull the voice down with it (power; the voice's own level is
/// about 10⁻²).
pub(crate) const BAND_FLOOR: f32 = 1.5e-3;

/// A polished voice's power between 300 Hz and 4 kHz while it sings, dB: median of 17 songs, one a
/// style (−26.2 … −26.0).
pub(crate) const VOICE_DB: f32 = -26.1;

/// How the voice's presence follows it, and how far ahead it looks (half of the last), seconds.
pub(crate) const PRESENCE_ATTACK: f32 = 0.01;
pub(crate) const PRESENCE_RELEASE: f32 = 0.25;
pub(crate) const PRESENCE_SECONDS: f32 = 0.12;

/// How much a voice of this power is there, beside its usual amplitude.
pub(crate) fn there(power: f32, reference: f32) -> f32 {
    (power.sqrt() / (0.3 * reference)).min(1.0)
}

/// Listens between 300 Hz and 4 kHz.
struct Ear {
    filters: [(Biquad, Memory); 2],
}

impl Default for Ear {
    fn default() -> Self {
        Self {
            filters: [
                (Biquad::high_pass(300.0, 0.707), Memory::default()),
                (Biquad::low_pass(4_000.0, 0.707), Memory::default()),
            ],
        }
    }
}

impl Ear {
    #[inline]
    fn power(&mut self, x: f32) -> f32 {
        self.filters.iter_mut().fold(x, |x, (f, m)| f.step(m, x)).powi(2)
    }
}

/// The band's power in the voice's range, one value a stride, collected block by block.
#[derive(Default)]
pub(crate) struct Band {
    ears: [Ear; 2],
    /// One value a stride.
    pub power: Curve,
    sum: f32,
    count: usize,
}

impl Band {
    pub fn hear(&mut self, left: &[f32], right: &[f32]) {
        for (l, r) in left.iter().zip(right) {
            self.sum += self.ears[0].power(*l) + self.ears[1].power(*r);
            self.count += 1;
            if self.count == STRIDE {
                self.power.values.push(self.sum / (2 * STRIDE) as f32);
                (self.sum, self.count) = (0.0, 0);
            }
        }
    }
}

fn power(lead: &Stereo) -> Curve {
    let mut band = Band::default();
    band.hear(&lead.left, &lead.right);
    band.power
}

/// How much the voice is there, 0–1: rises a moment before each phrase, falls gently after it.
pub(super) fn presence(lead: &Stereo) -> Curve {
    let mut curve = power(lead);
    let mut loud: Vec<f32> = curve.values.iter().copied().filter(|p| *p > 1e-7).collect();
    loud.sort_by(f32::total_cmp);
    let reference = loud.get(loud.len() * 7 / 10).copied().unwrap_or(1.0).sqrt();
    for p in &mut curve.values {
        *p = there(*p, reference);
    }
    curve.follow(PRESENCE_ATTACK, PRESENCE_RELEASE);
    curve.smooth(PRESENCE_SECONDS);
    curve
}

/// The fader's gain over time.
pub(super) fn gain(lead: &Stereo, presence: &Curve, band: &Band, channel_db: f32) -> Curve {
    let mut voice = power(lead);
    let mut back = band.power.clone();
    let mut weight = presence.clone();
    let n = voice.values.len().min(back.values.len()).min(weight.values.len());
    let total = |c: &Curve| c.values[..n].iter().map(|v| f64::from(*v)).sum::<f64>();
    let back_of_all = total(&back);
    for i in 0..n {
        voice.values[i] *= weight.values[i];
        back.values[i] *= weight.values[i];
    }
    let sung = total(&weight).max(1e-9);
    let db = |x: f64| 10.0 * x.max(1e-12).log10();
    let floor = f64::from(BAND_FLOOR);
    let power = total(&voice) / sung;
    let average = if power > 1e-9 {
        OVER_DB + (db((total(&back) / sung).max(floor)) - db(power)) as f32
    } else {
        // Nobody sings in front: the fader stands where a usual voice would need it.
        let band = back_of_all / n.max(1) as f64;
        OVER_DB + db(band.max(floor)) as f32 - VOICE_DB
    };

    for curve in [&mut voice, &mut back, &mut weight] {
        curve.smooth(RIDE_SECONDS);
    }
    let mut out = Curve { values: vec![0.0; n] };
    for i in 0..n {
        let w = f64::from(weight.values[i]);
        let wanted = if w > 0.02 {
            OVER_DB + (db((f64::from(back.values[i]) / w).max(floor)) - db(f64::from(voice.values[i]) / w)) as f32
        } else {
            average
        };
        out.values[i] = (wanted - average).clamp(RIDE_DB.0, RIDE_DB.1);
    }
    out.smooth(RIDE_SECONDS);
    for v in &mut out.values {
        *v = amplitude((average + *v).clamp(-30.0, 30.0) + channel_db);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(level: f32, frames: usize, from: usize, to: usize) -> Stereo {
        Stereo::from_mono(
            (0..frames)
                .map(|i| {
                    if (from..to).contains(&i) {
                        level * (i as f32 * 0.14).sin()
                    } else {
                        0.0
                    }
                })
                .collect(),
        )
    }

    #[test]
    fn the_voice_ends_up_just_above_the_band() {
        let frames = 44_100 * 8;
        for band_level in [0.1, 0.3] {
            let lead = tone(0.15, frames, 44_100, 44_100 * 6);
            let presence = presence(&lead);
            let mut band = Band::default();
            let backing = tone(band_level, frames, 0, frames);
            band.hear(&backing.left, &backing.right);
            let gain = gain(&lead, &presence, &band, 0.0);
            let middle = gain.values[44_100 * 3 / STRIDE];
            let over = 20.0 * (0.15 * middle / band_level).log10();
            assert!((1.0..3.0).contains(&over), "{over:.2} dB over a band at {band_level}");
        }
    }

    #[test]
    fn presence_leads_the_voice_and_outlasts_it() {
        let lead = tone(0.15, 44_100 * 3, 44_100, 88_200);
        let curve = presence(&lead);
        assert!(curve.values[20_000 / STRIDE] < 0.01);
        assert!(curve.values[44_100 / STRIDE] > 0.2);
        assert!(curve.values[66_150 / STRIDE] > 0.95);
        assert!(curve.values[90_000 / STRIDE] > 0.5);
        assert!(curve.values[130_000 / STRIDE] < 0.2);
    }
}
