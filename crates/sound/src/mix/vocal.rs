//! The voice before it meets the band: low cut, even loudness, de-essing, presence, air, and two
//! quiet doubles at the sides. The level itself is [`super::ride`]'s.

use catbird_score::{Channel, Gender, Vocal};

use super::{
    biquad::{Biquad, Memory},
    compressor::{Compressor, Settings},
    strip::Strip,
};
use crate::{
    audio::{RATE_F, Stereo, amplitude, one_pole},
    loudness,
};

/// What the chain expects and delivers, LUFS over the sung time.
const LEVEL_LUFS: f64 = -20.0;

/// Sibilants lie above; vowels do not reach.
const ESS_HZ: f32 = 5_500.0;

/// The polished voice, centred, `frames` long.
pub(super) fn polish(dry: &[f32], vocal: &Vocal, frames: usize) -> Stereo {
    let mut voice: Vec<f32> = dry.iter().copied().chain(std::iter::repeat(0.0)).take(frames).collect();
    let low_cut: f32 = if vocal.singer.gender == Gender::Male {
        75.0
    } else {
        110.0
    };
    let corner = low_cut.max(vocal.channel.low_cut_hz);
    for q in [0.541, 1.307] {
        // Two of these are a fourth-order Butterworth.
        Biquad::high_pass(corner, q).run(&mut Memory::default(), &mut voice);
    }
    level(&mut voice);
    compress(&mut voice);
    de_ess(&mut voice);
    for shape in [
        Biquad::bell(260.0, 0.8, -1.5),
        Biquad::bell(3_200.0, 0.8, 2.0),
        Biquad::high_shelf(10_000.0, 2.0),
    ] {
        shape.run(&mut Memory::default(), &mut voice);
    }
    level(&mut voice);

    let mut out = doubled(voice);
    let channel = Channel {
        gain_db: 0.0,
        duck_db: 0.0,
        low_cut_hz: 0.0,
        ..vocal.channel
    };
    let mut strip = Strip::new(&channel, 0.0);
    strip.run(0, &mut out.left, &mut out.right, &super::curve::Curve::default(), None);
    out
}

fn level(voice: &mut [f32]) {
    if let Some(lufs) = loudness::lufs(voice, voice) {
        let gain = amplitude((LEVEL_LUFS - lufs).clamp(-40.0, 40.0) as f32);
        for x in voice {
            *x *= gain;
        }
    }
}

/// A slow leveller, then a fast one for the peaks: gentler than one doing both.
fn compress(voice: &mut [f32]) {
    let mut slow = Compressor::new(Settings {
        threshold_db: -22.0,
        ratio: 2.5,
        knee_db: 10.0,
        attack_seconds: 0.02,
        release_seconds: 0.25,
    });
    let mut fast = Compressor::new(Settings {
        threshold_db: -11.0,
        ratio: 4.0,
        knee_db: 6.0,
        attack_seconds: 0.002,
        release_seconds: 0.06,
    });
    let fall = one_pole(0.01);
    let mut envelope = 0.0f32;
    for x in voice {
        envelope = x.abs().max(envelope * fall);
        *x *= slow.gain(envelope);
        *x *= fast.gain(x.abs());
    }
}

/// Takes the band above [`ESS_HZ`] down while it outweighs the rest.
fn de_ess(voice: &mut [f32]) {
    let high = Biquad::high_pass(ESS_HZ, 0.707);
    let (mut memory, mut ess, mut all) = (Memory::default(), 0.0f32, 0.0f32);
    let (fast, slow) = (one_pole(0.004), one_pole(0.03));
    let mut reduction = 0.0f32;
    for x in voice {
        let top = high.step(&mut memory, *x);
        ess = top * top + fast * (ess - top * top);
        all = *x * *x + slow * (all - *x * *x);
        // Above −5 dB of the whole it hisses; up to 8 dB are taken.
        let share = ess / (all + 1e-7);
        let wanted = if all < 1e-6 {
            0.0
        } else {
            (1.0 - (0.3 / share.max(1e-3)).sqrt()).clamp(0.0, 0.6)
        };
        reduction = wanted + fast * (reduction - wanted);
        *x -= reduction * top;
    }
}

/// Two copies, a little later and a few cents off, far to the sides and 15 dB down: width without
/// moving the voice from the middle.
fn doubled(voice: Vec<f32>) -> Stereo {
    let double = |delay_ms: f32, depth_ms: f32, hz: f32| -> Vec<f32> {
        let gain = amplitude(-15.0);
        (0..voice.len())
            .map(|i| {
                let sway = (std::f32::consts::TAU * hz * i as f32 / RATE_F).sin();
                let at = i as f32 - (delay_ms + depth_ms * sway) * RATE_F / 1_000.0;
                if at < 1.0 {
                    return 0.0;
                }
                let (k, part) = (at as usize, at.fract());
                gain * (voice[k] + (voice[(k + 1).min(voice.len() - 1)] - voice[k]) * part)
            })
            .collect()
    };
    let (left, right) = rayon::join(|| double(13.0, 1.6, 0.53), || double(21.0, 1.9, 0.41));
    let mut out = Stereo::from_mono(voice);
    crate::audio::add(&mut out.left, &left);
    crate::audio::add(&mut out.right, &right);
    out
}

#[cfg(test)]
mod tests {
    use catbird_score::Dice;

    use super::*;

    #[test]
    fn hiss_is_tamed_and_vowels_are_not() {
        let mut dice = Dice::new(1, "ess");
        let rms = |x: &[f32]| (x.iter().map(|v| v * v).sum::<f32>() / x.len() as f32).sqrt();
        let vowel: Vec<f32> = (0..44_100).map(|i| 0.2 * (i as f32 * 0.06).sin()).collect();
        let mut hiss: Vec<f32> = (0..44_100).map(|_| 0.2 * (dice.unit() as f32 - 0.5)).collect();
        for _ in 0..2 {
            Biquad::high_pass(6_000.0, 0.7).run(&mut Memory::default(), &mut hiss);
        }
        let (mut v, mut h) = (vowel.clone(), hiss.clone());
        de_ess(&mut v);
        de_ess(&mut h);
        assert!(rms(&v) / rms(&vowel) > 0.98);
        assert!(rms(&h) / rms(&hiss) < 0.7, "{}", rms(&h) / rms(&hiss));
    }
}
