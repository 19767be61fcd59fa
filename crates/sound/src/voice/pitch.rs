//! The sung pitch: notes joined by glides, with vibrato, a little drift and a scoop into each
//! breath. One value a frame (80 a second).

use catbird_score::{Dice, Singer};

use super::{
    phrase::{BRIDGE, Tone},
    plan::RATE,
};

/// Peak of the slow wander, cents.
const DRIFT_CENTS: f64 = 6.0;
/// Fast unsteadiness of a healthy voice, cents; a driven voice has more.
const JITTER_CENTS: f64 = 2.0;
/// How far under the note a breath begins, cents.
const SCOOP_CENTS: f64 = 80.0;
/// Vibrato starts this late, seconds, and only on notes longer than [`VIBRATO_FROM`].
const VIBRATO_DELAY: f64 = 0.3;
const VIBRATO_FROM: f64 = 0.45;

/// MIDI pitch a frame; frame `k` is the instant `origin + k / 80` seconds.
pub fn curve(tones: &[Tone], singer: &Singer, origin: f64, frames: usize, dice: &mut Dice) -> Vec<f64> {
    // An electrified voice has none of the things that make a pitch human.
    let human = 1.0 - f64::from(singer.electric).clamp(0.0, 1.0);
    let time = |k: usize| origin + k as f64 / RATE;
    let mut out = vec![tones[0].pitch; frames];

    for pair in tones.windows(2) {
        let step = pair[1].pitch - pair[0].pitch;
        let shortest = (pair[0].end - pair[0].start).min(pair[1].end - pair[1].start);
        let wanted = (0.001 * f64::from(singer.glide_ms) * human).max(0.006) * (1.0 + 0.05 * step.abs());
        let width = wanted.min(0.6 * shortest);
        let centre = pair[1].start - 0.25 * width;
        for (k, m) in out.iter_mut().enumerate() {
            *m += step * ease((time(k) - centre) / width + 0.5);
        }
    }
    let drift = wander(frames, dice);
    let jitter = wander_fast(frames, dice);
    for ((m, slow), fast) in out.iter_mut().zip(drift).zip(jitter) {
        *m += 0.01 * human * (DRIFT_CENTS * slow + (JITTER_CENTS + 14.0 * f64::from(singer.drive)) * fast);
    }
    for (i, tone) in tones.iter().enumerate() {
        let length = tone.end - tone.start;
        if i == 0 || tone.start - tones[i - 1].end > BRIDGE {
            let reach = 0.12_f64.min(0.3 * length);
            for (k, m) in out.iter_mut().enumerate() {
                let t = time(k) - tone.start;
                if t > -0.15 && t < reach {
                    *m -= 0.01 * SCOOP_CENTS * human * (1.0 - ((t + 0.03) / reach).clamp(0.0, 1.0));
                }
            }
        }
        if length >= VIBRATO_FROM {
            let depth = 0.01 * f64::from(singer.vibrato_cents) * human * dice.between(0.85, 1.15);
            let rate = f64::from(singer.vibrato_hz) * dice.between(0.96, 1.04);
            let delay = VIBRATO_DELAY * length.min(1.0);
            for (k, m) in out.iter_mut().enumerate() {
                let t = time(k) - tone.start;
                let ramp = ((t - delay) / 0.25).clamp(0.0, 1.0) * ((length - t) / 0.08).clamp(0.0, 1.0);
                *m += depth * ramp * (std::f64::consts::TAU * rate * (t - delay)).sin();
            }
        }
    }
    out
}

/// Hz of a MIDI pitch, A4 = 440.
pub fn hz(midi: f64) -> f64 {
    440.0 * 2f64.powf((midi - 69.0) / 12.0)
}

/// Half a cosine from 0 to 1.
fn ease(x: f64) -> f64 {
    0.5 - 0.5 * (std::f64::consts::PI * x.clamp(0.0, 1.0)).cos()
}

/// Noise smoothed over a second, of about unit spread.
fn wander(frames: usize, dice: &mut Dice) -> Vec<f64> {
    smooth_noise(frames, 81, dice)
}

/// Noise smoothed over 50 ms: the roughness of a driven voice.
fn wander_fast(frames: usize, dice: &mut Dice) -> Vec<f64> {
    smooth_noise(frames, 3, dice)
}

fn smooth_noise(frames: usize, width: usize, dice: &mut Dice) -> Vec<f64> {
    let noise: Vec<f64> = (0..frames + width).map(|_| dice.normal()).collect();
    let hann: Vec<f64> = (0..width)
        .map(|i| (std::f64::consts::PI * (i as f64 + 0.5) / width as f64).sin().powi(2))
        .collect();
    let norm = hann.iter().map(|w| w * w).sum::<f64>().sqrt();
    (0..frames)
        .map(|k| noise[k..].iter().zip(&hann).map(|(x, w)| x * w).sum::<f64>() / norm)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use catbird_score::Gender;

    fn singer() -> Singer {
        Singer {
            name: "test".into(),
            gender: Gender::Female,
            low: 55,
            high: 76,
            warp: 1.0,
            tilt_db: 0.0,
            breath: 0.02,
            vibrato_cents: 45.0,
            vibrato_hz: 5.6,
            glide_ms: 90.0,
            drive: 0.0,
            electric: 0.0,
            density: 0.0,
            ..Singer::default()
        }
    }

    fn tones() -> Vec<Tone> {
        let tone = |start, end, pitch| Tone {
            start,
            end,
            pitch,
            velocity: 90.0,
        };
        vec![
            tone(1.0, 1.3, 60.0),
            tone(1.3, 1.42, 64.0),
            tone(1.42, 3.0, 62.0),
            tone(4.0, 5.0, 67.0),
        ]
    }

    #[test]
    fn notes_are_in_tune_at_their_centres() {
        let curve = curve(&tones(), &singer(), 0.5, 400, &mut Dice::new(3, "pitch"));
        for tone in tones() {
            let at = |t: f64| curve[((t - 0.5) * RATE) as usize];
            let middle: Vec<f64> = (30..=80)
                .map(|p| at(tone.start + f64::from(p) / 100.0 * (tone.end - tone.start)))
                .collect();
            let mean = middle.iter().sum::<f64>() / middle.len() as f64;
            assert!((mean - tone.pitch).abs() < 0.2, "{mean} for {}", tone.pitch);
        }
    }

    #[test]
    fn vibrato_has_its_depth_and_an_electric_voice_none() {
        let spread = |singer: &Singer| {
            let curve = curve(&tones(), singer, 0.5, 400, &mut Dice::new(3, "pitch"));
            let held = &curve[130..190];
            held.iter().fold(f64::MIN, |a, &b| a.max(b)) - held.iter().fold(f64::MAX, |a, &b| a.min(b))
        };
        assert!((0.7..1.3).contains(&spread(&singer())), "{}", spread(&singer()));
        assert!(
            spread(&Singer {
                electric: 1.0,
                ..singer()
            }) < 1e-9
        );
    }

    #[test]
    fn a_semitone_above_a4_is_466_hz() {
        assert!((hz(70.0) - 466.163_761_5).abs() < 1e-6);
    }
}
