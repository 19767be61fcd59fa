//! Breathing in: where the music rests, as deep as the next phrase is long and as loud as it is sung.

use catbird_score::{Dice, Singer};

use super::{
    envelope::BINS,
    plan::{Breath, Plan, RATE},
};

/// Shortest rest of the score that is breathed in, seconds.
pub const REST: f64 = 0.35;
/// What of such a rest the last release and the next consonants take, frames.
const TAKEN: f64 = 12.0;
/// Level of a usual breath under a sung vowel's noise of the same energy, dB.
const UNDER_DB: f64 = 19.0;

/// The breaths of a phrase.
pub struct Inhales {
    all: Vec<Inhale>,
    /// Frequency scale of the singer's head.
    warp: f32,
}

/// A breath in, frames.
struct Inhale {
    from: f64,
    to: f64,
    /// Amplitude.
    gain: f64,
    /// How hissing its end is.
    edge: f64,
}

/// What of a breath sounds in a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Air {
    /// Amplitude.
    pub gain: f32,
    /// How far the breath has come, 0–1: the mouth opens on the way.
    pub done: f32,
}

impl Inhales {
    /// Where `plan` leaves room. `rest` is the silence before the phrase, seconds; `force` the effort a
    /// frame; `level` the amplitude of a vowel.
    pub fn new(plan: &Plan, rest: f64, force: &[f32], level: f64, singer: &Singer, dice: &mut Dice) -> Self {
        let mut all = Vec::new();
        let mut free_from = plan.breaths.first().map_or(0.0, |first| {
            // The last phrase's end is somewhere before our first frame, or after it.
            (first.from - (rest * RATE - TAKEN).max(0.0)).max(1.0)
        });
        for breath in &plan.breaths {
            let room = breath.from - free_from;
            if room >= REST * RATE - TAKEN {
                all.push(Inhale::new(breath, room, force, level, dice));
            }
            free_from = breath.to;
        }
        Self {
            all,
            warp: singer.warp.clamp(0.7, 1.3),
        }
    }

    /// The breath in frame `k`.
    pub fn at(&self, k: usize) -> Option<Air> {
        let x = k as f64 + 0.5;
        let inhale = self.all.iter().find(|i| (i.from..i.to).contains(&x))?;
        let u = (x - inhale.from) / (inhale.to - inhale.from);
        // Rises slowly, ends quickly.
        let shape = (std::f64::consts::PI * u.powf(inhale.edge)).sin().powi(2);
        Some(Air {
            gain: (inhale.gain * shape) as f32,
            done: u as f32,
        })
    }

    /// Amplitude of a breath a bin: the broad resonances of a mouth that opens as it draws air.
    pub fn add(&self, air: Air, frame_gain: f32, hiss: &mut [f32]) {
        let open = self.warp * (0.93 + 0.14 * air.done);
        let bump = |hz: f32, centre: f32, width: f32| (-((hz - centre) / width).powi(2)).exp();
        for (k, n) in hiss.iter_mut().enumerate() {
            let hz = 20.0 * k as f32 / open;
            let colour = 0.25 * bump(hz, 650.0, 250.0)
                + bump(hz, 1_550.0, 420.0)
                + 0.75 * bump(hz, 2_800.0, 650.0)
                + 0.55 * bump(hz, 4_400.0, 1_400.0)
                + 0.2 * bump(hz, 7_500.0, 2_500.0);
            *n = (n.exp() * frame_gain + air.gain * colour).max(1e-9).ln();
        }
        debug_assert_eq!(hiss.len(), BINS);
    }
}

impl Inhale {
    fn new(breath: &Breath, room: f64, force: &[f32], level: f64, dice: &mut Dice) -> Self {
        let seconds = (breath.to - breath.from) / RATE;
        let deep = (seconds / 4.0).min(1.0);
        let wanted = RATE * (0.2 + 0.28 * deep) * dice.between(0.85, 1.2);
        let length = wanted.min(0.8 * room);
        let to = breath.from - dice.between(2.0, 5.0).min(0.12 * room);
        let (a, b) = (breath.from.max(0.0) as usize, (breath.to as usize).min(force.len()));
        let mean = force
            .get(a..b)
            .map_or(0.0, |f| f.iter().sum::<f32>() / f.len().max(1) as f32);
        // Little time for much air is heard.
        let haste = 2.5 * (1.0 - length / wanted);
        let db = 3.0 * (deep - 0.5) + 2.5 * f64::from(mean) + haste - UNDER_DB + dice.between(-1.5, 1.5);
        Self {
            from: to - length,
            to,
            gain: level * 10f64.powf(db / 20.0),
            edge: dice.between(1.4, 1.9),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voice::tests::singer;

    fn plan(breaths: &[(f64, f64)]) -> Plan {
        Plan {
            pieces: Vec::new(),
            breaths: breaths
                .iter()
                .map(|&(from, to)| Breath {
                    from,
                    fade: to - 4.0,
                    to,
                    attack: 4.0,
                })
                .collect(),
        }
    }

    fn power(plan: &Plan, rest: f64, force: f32) -> Vec<f64> {
        let force = vec![force; 600];
        let inhales = Inhales::new(plan, rest, &force, 1.0, &singer(), &mut Dice::new(1, "breath"));
        (0..600)
            .map(|k| inhales.at(k).map_or(0.0, |a| f64::from(a.gain).powi(2)))
            .collect()
    }

    #[test]
    fn rests_are_breathed_in_and_nothing_else() {
        let plan = plan(&[(50.0, 200.0), (212.0, 300.0), (345.0, 590.0)]);
        let p = power(&plan, 2.0, 0.0);
        assert!(p[5..50].iter().sum::<f64>() > 1e-3, "before the phrase");
        assert!(p[50..300].iter().all(|x| *x == 0.0), "a gap of 150 ms is too short");
        assert!(p[300..345].iter().sum::<f64>() > 1e-3, "in its rest");
        assert!(p[345..].iter().all(|x| *x == 0.0));
        assert!(
            power(&plan, 0.2, 0.0)[..50].iter().all(|x| *x == 0.0),
            "no rest, no breath"
        );
    }

    #[test]
    fn long_and_loud_phrases_need_more_air() {
        let sum = |p: Vec<f64>| p.iter().sum::<f64>();
        let (short, long) = (plan(&[(60.0, 110.0)]), plan(&[(60.0, 420.0)]));
        assert!(sum(power(&long, 2.0, 0.0)) > 2.0 * sum(power(&short, 2.0, 0.0)));
        assert!(sum(power(&long, 2.0, 0.8)) > 1.4 * sum(power(&long, 2.0, 0.0)));
    }
}
