//! How hard the singer works at each moment, and in which register.

use catbird_score::Singer;

use super::{phrase::Tone, plan::RATE, smooth::hann_nine};

/// Velocity of usual effort, and how much more is full effort.
const USUAL: f64 = 88.0;
const FULL: f64 = 28.0;

/// What each frame is sung with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effort {
    /// −1 whispered soft … 1 full voice.
    pub force: Vec<f32>,
    /// 0 chest voice … 1 head voice or falsetto: soft notes above the comfortable range.
    pub head: Vec<f32>,
    /// 0 … 1 belted: loud notes near the top of the range.
    pub belt: Vec<f32>,
}

impl Effort {
    /// The effort of a phrase; frame `k` is the instant `origin + k / 80` seconds.
    pub fn new(tones: &[Tone], singer: &Singer, origin: f64, frames: usize) -> Self {
        let high = f64::from(singer.high);
        let mut now = 0;
        let (mut force, mut head, mut belt) = (Vec::new(), Vec::new(), Vec::new());
        for k in 0..frames {
            let t = origin + k as f64 / RATE + 0.03;
            while now + 1 < tones.len() && tones[now + 1].start <= t {
                now += 1;
            }
            let Tone { pitch, velocity, .. } = tones[now];
            let asked = ((velocity - USUAL) / FULL).clamp(-1.0, 1.0);
            let above = ((pitch - (high - 1.0)) / 3.0).clamp(0.0, 1.0);
            let near = ((pitch - (high - 6.0)) / 5.0).clamp(0.0, 1.0);
            let soft = ((0.45 - asked) / 0.6).clamp(0.0, 1.0);
            let loud = ((asked - 0.1) / 0.6).clamp(0.0, 1.0);
            head.push((above * soft) as f32);
            belt.push((near * loud) as f32);
            // High notes cost more, unless the register changes.
            force.push((asked + 0.25 * near * (1.0 - above * soft)).clamp(-1.0, 1.0) as f32);
        }
        Self {
            force: hann_nine(&force),
            head: hann_nine(&head),
            belt: hann_nine(&belt),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voice::tests::singer;

    fn sung(pitch: f64, velocity: f64) -> [f32; 3] {
        let tone = Tone {
            start: 0.0,
            end: 2.0,
            pitch,
            velocity,
        };
        let effort = Effort::new(&[tone], &singer(), 0.0, 160);
        [effort.force[80], effort.head[80], effort.belt[80]]
    }

    #[test]
    fn loudness_and_height_decide_the_register() {
        let [force, head, belt] = sung(64.0, 88.0);
        assert!(force.abs() < 1e-6 && head == 0.0 && belt == 0.0);
        let [soft, ..] = sung(64.0, 64.0);
        assert!(soft < -0.8);
        let [_, head, belt] = sung(78.0, 70.0);
        assert!(head > 0.9 && belt == 0.0);
        let [force, head, belt] = sung(75.0, 112.0);
        assert!(force > 0.9 && head == 0.0 && belt > 0.9);
    }
}
