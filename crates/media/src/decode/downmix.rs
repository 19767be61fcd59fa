//! Any number of channels to two, by where the channels are.
//!
//! The gains are those of ITU-R BS.775-3, annex 4, table 2 (5.1 to stereo): centre and surrounds at
//! −3 dB, one rear centre at −6 dB on each side, the low-frequency channel left out. Mono goes to
//! both sides at full level, because that is how a player plays it.

use symphonia::core::audio::{ChannelLabel, Channels, Position};

use super::DecodeError;

const HALF_POWER: f32 = std::f32::consts::FRAC_1_SQRT_2;
/// More than eight channels are not a speaker layout that anybody sends.
const MAX_CHANNELS: usize = 8;

const LEFT: [f32; 2] = [1.0, 0.0];
const RIGHT: [f32; 2] = [0.0, 1.0];
const CENTRE: [f32; 2] = [HALF_POWER, HALF_POWER];
const LOW: [f32; 2] = [0.0, 0.0];
const SIDE_LEFT: [f32; 2] = [HALF_POWER, 0.0];
const SIDE_RIGHT: [f32; 2] = [0.0, HALF_POWER];
const REAR: [f32; 2] = [0.5, 0.5];

/// The gains of each channel to left and right.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Downmix(Vec<[f32; 2]>);

impl Downmix {
    /// The gains for these channels, in the order in which they are decoded.
    pub(super) fn new(channels: &Channels) -> Result<Self, DecodeError> {
        let count = channels.count();
        if count == 0 || count > MAX_CHANNELS {
            return Err(DecodeError::Channels { count });
        }
        Ok(Self(match (count, channels) {
            // Whatever one or two channels are called.
            (1 | 2, _) => by_count(count),
            // The first positions in a row: nobody said where the channels are, but their number
            // has a usual meaning, which is another one for 4, 5 and 7.
            (4 | 5 | 7, Channels::Positioned(at)) if Position::from_count(count as u32) == Some(*at) => by_count(count),
            (_, Channels::Positioned(at)) => at.iter().map(gains).collect(),
            (_, Channels::Custom(labels)) => labels
                .iter()
                .enumerate()
                .map(|(i, label)| match label {
                    ChannelLabel::Positioned(at) => gains(*at),
                    _ => by_count(count)[i],
                })
                .collect(),
            (_, Channels::Ambisonic(_)) => {
                return Err(DecodeError::Unsupported {
                    codec: "Ambisonic sound",
                });
            }
            _ => by_count(count),
        }))
    }

    /// Appends the stereo of `planes` (one for each channel) to `out`.
    pub(super) fn mix(&self, planes: &[Vec<f32>], out: &mut [Vec<f32>; 2]) {
        let frames = planes.iter().map(Vec::len).min().unwrap_or(0);
        for (side, out) in out.iter_mut().enumerate() {
            let start = out.len();
            let mut heard = self.0.iter().zip(planes).filter(|(g, _)| g[side] != 0.0);
            // A single channel at full level is copied, so that it stays exact.
            match heard.next() {
                Some((gain, plane)) if gain[side] == 1.0 => out.extend(plane[..frames].iter().map(|&x| sane(x))),
                Some((gain, plane)) => out.extend(plane[..frames].iter().map(|&x| sane(x) * gain[side])),
                None => out.resize(start + frames, 0.0),
            }
            for (gain, plane) in heard {
                for (y, &x) in out[start..].iter_mut().zip(plane) {
                    *y += sane(x) * gain[side];
                }
            }
        }
    }
}

/// The usual meaning of a number of channels (the order of WAVE and FLAC).
fn by_count(count: usize) -> Vec<[f32; 2]> {
    match count {
        1 => vec![[1.0, 1.0]],
        2 => vec![LEFT, RIGHT],
        3 => vec![LEFT, RIGHT, CENTRE],
        4 => vec![LEFT, RIGHT, SIDE_LEFT, SIDE_RIGHT],
        5 => vec![LEFT, RIGHT, CENTRE, SIDE_LEFT, SIDE_RIGHT],
        6 => vec![LEFT, RIGHT, CENTRE, LOW, SIDE_LEFT, SIDE_RIGHT],
        7 => vec![LEFT, RIGHT, CENTRE, LOW, REAR, SIDE_LEFT, SIDE_RIGHT],
        _ => vec![LEFT, RIGHT, CENTRE, LOW, SIDE_LEFT, SIDE_RIGHT, SIDE_LEFT, SIDE_RIGHT],
    }
}

fn gains(at: Position) -> [f32; 2] {
    const TABLE: [(Position, [f32; 2]); 8] = [
        (Position::FRONT_LEFT, LEFT),
        (Position::FRONT_RIGHT, RIGHT),
        (Position::FRONT_LEFT_WIDE, LEFT),
        (Position::FRONT_RIGHT_WIDE, RIGHT),
        (Position::LFE1, LOW),
        (Position::LFE2, LOW),
        (Position::REAR_CENTER, REAR),
        (Position::TOP_REAR_CENTER, REAR),
    ];
    let lefts = Position::REAR_LEFT
        | Position::SIDE_LEFT
        | Position::FRONT_LEFT_CENTER
        | Position::TOP_FRONT_LEFT
        | Position::TOP_REAR_LEFT
        | Position::TOP_SIDE_LEFT
        | Position::BOTTOM_FRONT_LEFT;
    let rights = Position::REAR_RIGHT
        | Position::SIDE_RIGHT
        | Position::FRONT_RIGHT_CENTER
        | Position::TOP_FRONT_RIGHT
        | Position::TOP_REAR_RIGHT
        | Position::TOP_SIDE_RIGHT
        | Position::BOTTOM_FRONT_RIGHT;
    if let Some((_, gains)) = TABLE.iter().find(|(position, _)| *position == at) {
        *gains
    } else if lefts.contains(at) {
        SIDE_LEFT
    } else if rights.contains(at) {
        SIDE_RIGHT
    } else {
        CENTRE
    }
}

/// A float file can hold anything; 18 dB over full scale is more than any overshoot.
fn sane(x: f32) -> f32 {
    if x.is_finite() { x.clamp(-8.0, 8.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use symphonia::core::audio::layouts;

    use super::*;

    fn stereo(channels: &Channels, frame: &[f32]) -> [f32; 2] {
        let planes: Vec<Vec<f32>> = frame.iter().map(|&x| vec![x]).collect();
        let mut out = [Vec::new(), Vec::new()];
        Downmix::new(channels).expect("a usual layout").mix(&planes, &mut out);
        [out[0][0], out[1][0]]
    }

    #[test]
    fn the_table_of_the_recommendation_holds() {
        let five_one = layouts::CHANNEL_LAYOUT_5P1;
        assert_eq!(
            stereo(&five_one, &[0.5, 0.25, 0.0, 0.9, 0.0, 0.0]),
            [0.5, 0.25],
            "no LFE"
        );
        let [l, r] = stereo(&five_one, &[0.0, 0.0, 1.0, 0.0, 0.5, 0.0]);
        assert!((l - 1.5 * HALF_POWER).abs() < 1e-6 && (r - HALF_POWER).abs() < 1e-6);
        assert_eq!(stereo(&layouts::CHANNEL_LAYOUT_MONO, &[0.7]), [0.7, 0.7]);
        assert_eq!(stereo(&Channels::Discrete(2), &[0.1, 0.2]), [0.1, 0.2]);
        let four = Channels::Positioned(Position::from_count(4).expect("four"));
        assert_eq!(stereo(&four, &[0.0, 0.0, 0.0, 1.0]), [0.0, HALF_POWER], "quad, not 3.1");
    }

    #[test]
    fn what_is_no_layout_is_refused_and_no_number_is_poison() {
        assert_eq!(Downmix::new(&Channels::None), Err(DecodeError::Channels { count: 0 }));
        assert_eq!(
            Downmix::new(&Channels::Discrete(64)),
            Err(DecodeError::Channels { count: 64 })
        );
        for count in 1..=8 {
            let planes: Vec<Vec<f32>> = (0..count).map(|_| vec![f32::NAN, f32::INFINITY, 1e30]).collect();
            let mut out = [Vec::new(), Vec::new()];
            Downmix::new(&Channels::Discrete(count))
                .expect("up to eight")
                .mix(&planes, &mut out);
            assert!(out.iter().flatten().all(|x| x.is_finite() && x.abs() < 40.0));
        }
    }
}
