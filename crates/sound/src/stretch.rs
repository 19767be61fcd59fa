//! Recordings played slower, faster, higher or lower.
//!
//! Time is stretched by the `timestretch` crate's phase vocoder, which leaves pitch and formants where
//! they are; when the pitch is moved, formants move with it, so a voice that is moved by more than
//! about three semitones sounds like somebody else.

use timestretch::{Backend, Parameters, PitchRatio, RatioConstraint, SessionConfig, TempoRate};

use crate::{
    audio::{RATE, Stereo},
    reels::rise,
};

/// Farthest from a recording's own speed, seconds of the piece to seconds of the recording.
pub const RATIOS: (f64, f64) = (0.5, 2.0);

/// Farthest from a recording's own pitch, semitones up or down.
pub const MOST_SEMITONES: f32 = 12.0;

/// Why a recording cannot be stretched.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum StretchError {
    /// Too slow or too fast.
    #[error("a recording can be played between 0.5 and 2 times its length, not {0:.2} times")]
    Ratio(f64),
    /// Too high or too low.
    #[error("a recording can be moved by at most 12 semitones, not {0}")]
    Semitones(f32),
    /// The stretcher refused.
    #[error("the recording cannot be stretched: {0}")]
    Refused(String),
}

/// The sound between two seconds of a piece, `round(to · 44100) − round(from · 44100)` frames: where
/// `anchors` say (pairs of second of the piece, second of the recording; see
/// [`catbird_score::Reel::anchors`]), moved by `semitones`. Silence where the recording has not begun
/// or is over. Where time runs 1:1 and nothing is moved, every sample is the recording's.
pub fn stretch(
    audio: &Stereo,
    anchors: &[[f64; 2]],
    from: f64,
    to: f64,
    semitones: f32,
) -> Result<Stereo, StretchError> {
    if !semitones.is_finite() || semitones.abs() > MOST_SEMITONES {
        return Err(StretchError::Semitones(semitones));
    }
    let (first, last) = (frame(from), frame(to));
    let mut out = Stereo::silence(usize::try_from(last - first).unwrap_or(0));
    let segments = segments(anchors, from, to)?;
    for (i, segment) in segments.iter().enumerate() {
        let range = frame(segment.from)..frame(segment.to);
        let neighbours = (i > 0, i + 1 < segments.len());
        segment.lay(audio, semitones, range, first, neighbours, &mut out)?;
    }
    Ok(out)
}

/// Frame of a second, which may lie before the piece.
fn frame(seconds: f64) -> i64 {
    (seconds * f64::from(RATE)).round() as i64
}

/// A span of the piece in which the recording's time runs evenly.
#[derive(Clone, Debug, PartialEq)]
struct Segment {
    from: f64,
    to: f64,
    /// Second of the recording at `from`.
    source: f64,
    /// Seconds of the recording a second of the piece.
    tempo: f64,
}

/// Speeds closer to 1 than this are 1: 0.02 s an hour.
const EVEN: f64 = 5e-6;

/// Cuts a span at the anchors; neighbours of one speed are one.
fn segments(anchors: &[[f64; 2]], from: f64, to: f64) -> Result<Vec<Segment>, StretchError> {
    let mut segments: Vec<Segment> = Vec::new();
    let mut put = |start: f64, end: f64, anchor: [f64; 2], tempo: f64| {
        let (start, end) = (start.max(from), end.min(to));
        if start >= end {
            return;
        }
        let source = anchor[1] + (start - anchor[0]) * tempo;
        match segments.last_mut() {
            Some(last) if (last.tempo - tempo).abs() < EVEN => last.to = end,
            _ => segments.push(Segment {
                from: start,
                to: end,
                source,
                tempo,
            }),
        }
    };
    let (Some(first), Some(last)) = (anchors.first(), anchors.last()) else {
        put(from, to, [from, from], 1.0);
        return Ok(segments);
    };
    put(f64::NEG_INFINITY, first[0], *first, 1.0);
    for pair in anchors.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let tempo = (b[1] - a[1]) / (b[0] - a[0]);
        let tempo = if (tempo - 1.0).abs() < EVEN { 1.0 } else { tempo };
        put(a[0], b[0], a, tempo);
    }
    put(last[0], f64::INFINITY, *last, 1.0);
    match segments
        .iter()
        .map(|s| 1.0 / s.tempo)
        .find(|r| !(RATIOS.0 - 1e-9..=RATIOS.1 + 1e-9).contains(r))
    {
        Some(ratio) => Err(StretchError::Ratio(ratio)),
        None => Ok(segments),
    }
}

/// Frames over which a segment passes into the next, around the anchor: 12 ms.
const JOIN: usize = 529;

/// The second segment of two may begin this much earlier or later, so that waves meet in phase: 4 ms.
const SLIDE: usize = 176;

/// Frames of the recording that the stretcher hears before and after what is wanted: its windows are
/// full there.
const RUN_UP: i64 = 8_192;

impl Segment {
    /// Lays its sound over `range` of the piece into `out`, which begins at frame `first`; at a
    /// neighbour the two pass into each other, the earlier one is there already.
    fn lay(
        &self,
        audio: &Stereo,
        semitones: f32,
        range: std::ops::Range<i64>,
        first: i64,
        (before, after): (bool, bool),
        out: &mut Stereo,
    ) -> Result<(), StretchError> {
        if range.is_empty() {
            return Ok(());
        }
        let plain = self.tempo == 1.0 && semitones == 0.0;
        let lead = if before { (JOIN / 2) as i64 } else { 0 };
        let tail = if after { (JOIN - JOIN / 2) as i64 } else { 0 };
        // Untouched samples do not slide, stretched ones look for their place.
        let slack = if before && !plain { SLIDE } else { 0 };
        let (begin, end) = (range.start - lead - slack as i64, range.end + tail + slack as i64);
        let sound = if plain {
            let offset = frame(self.source) - range.start;
            cut(audio, begin + offset, end + offset)
        } else {
            self.play(audio, semitones, begin, end)?
        };
        let at = usize::try_from(begin + slack as i64 - first).unwrap_or(0);
        let length = usize::try_from(range.end + tail - (range.start - lead)).unwrap_or(0);
        let join = if before { JOIN.min(length) } else { 0 };
        let shift = best_shift(out, &sound, at, join, slack);
        for (old, new) in [(&mut out.left, &sound.left), (&mut out.right, &sound.right)] {
            for (i, x) in new[shift..].iter().take(length).enumerate() {
                let Some(old) = old.get_mut(at + i) else { break };
                *old = if i < join {
                    let share = rise(i, join);
                    *old + share * (x - *old)
                } else {
                    *x
                };
            }
        }
        Ok(())
    }

    /// Stretched from frame to frame of the piece.
    fn play(&self, audio: &Stereo, semitones: f32, begin: i64, end: i64) -> Result<Stereo, StretchError> {
        let rate = f64::from(RATE);
        let source = |frame: i64| (self.source + (frame as f64 / rate - self.from) * self.tempo) * rate;
        let first = source(begin).floor() as i64 - RUN_UP;
        let last = source(end).ceil() as i64 + RUN_UP;
        let cut = cut(audio, first, last);
        let interleaved: Vec<f32> = cut.left.iter().zip(&cut.right).flat_map(|(l, r)| [*l, *r]).collect();
        let refused = |e: timestretch::SessionError| StretchError::Refused(e.to_string());
        let config = SessionConfig {
            source_sample_rate: RATE,
            output_sample_rate: RATE,
            channels: 2,
            // The same bytes on every machine.
            backend: Backend::Portable,
            parameters: Parameters {
                tempo: TempoRate::new(self.tempo).map_err(refused)?,
                pitch: PitchRatio::from_semitones(f64::from(semitones)).map_err(refused)?,
                // A pitch that is a cent off is not heard, a beat that drifts is.
                constraint: RatioConstraint::PreserveDuration,
            },
            ..SessionConfig::default()
        };
        let played = timestretch::render(&interleaved, config).map_err(refused)?;
        let ratio = played.report.parameters.achieved_stretch;
        let skip = ((source(begin) - first as f64) * ratio).round() as usize;
        let wanted = usize::try_from(end - begin).unwrap_or(0);
        let side = |offset: usize| -> Vec<f32> {
            let samples = played.samples[offset..].iter().step_by(2).skip(skip).copied();
            samples.chain(std::iter::repeat(0.0)).take(wanted).collect()
        };
        Ok(Stereo {
            left: side(0),
            right: side(1),
        })
    }
}

/// Frames of a recording, with silence around it.
fn cut(audio: &Stereo, from: i64, to: i64) -> Stereo {
    let frames = audio.frames() as i64;
    let (first, last) = (from.clamp(0, frames), to.clamp(0, frames));
    let side = |x: &[f32]| {
        let mut out = vec![0.0; usize::try_from(to - from).unwrap_or(0)];
        if first < last {
            let at = (first - from) as usize;
            out[at..at + (last - first) as usize].copy_from_slice(&x[first as usize..last as usize]);
        }
        out
    };
    Stereo {
        left: side(&audio.left),
        right: side(&audio.right),
    }
}

/// Where in its slack a sound fits best to what is there already: the highest correlation over the
/// join, both channels.
fn best_shift(out: &Stereo, sound: &Stereo, at: usize, join: usize, slack: usize) -> usize {
    if slack == 0 {
        return 0;
    }
    let end = (at + join).min(out.frames());
    let mono = |s: &Stereo, i: usize| s.left[i] + s.right[i];
    let old: Vec<f32> = (at.min(end)..end).map(|i| mono(out, i)).collect();
    let fit = |shift: usize| {
        let (mut dot, mut power) = (0.0f64, 1e-9f64);
        for (i, old) in old.iter().enumerate() {
            let new = mono(sound, shift + i);
            dot += f64::from(old * new);
            power += f64::from(new * new);
        }
        dot / power.sqrt()
    };
    // Nothing to fit to: no move.
    let usual = (fit(slack), slack);
    (0..=2 * slack)
        .map(|shift| (fit(shift), shift))
        .fold(usual, |best, now| if now.0 > best.0 + 1e-12 { now } else { best })
        .1
}

#[cfg(test)]
mod tests {
    use catbird_score::Dice;

    use super::*;

    fn sine(hz: f32, seconds: usize) -> Stereo {
        let step = std::f32::consts::TAU * hz / RATE as f32;
        Stereo::from_mono(
            (0..seconds * RATE as usize)
                .map(|i| 0.3 * (step * i as f32).sin())
                .collect(),
        )
    }

    /// Rising zero crossings a second.
    fn pitch(x: &[f32]) -> f32 {
        let rising = x.windows(2).filter(|w| w[0] < 0.0 && w[1] >= 0.0).count();
        rising as f32 * RATE as f32 / x.len() as f32
    }

    #[test]
    fn one_to_one_is_the_recording_bit_by_bit() {
        let mut dice = Dice::new(1, "noise");
        let mut side = || (0..88_200).map(|_| dice.unit() as f32 - 0.5).collect::<Vec<f32>>();
        let audio = Stereo {
            left: side(),
            right: side(),
        };
        for anchors in [vec![[1.0, 1.5]], vec![[0.2, 0.7], [0.5, 1.0], [3.0, 3.5]]] {
            let out = stretch(&audio, &anchors, 0.25, 2.0, 0.0).expect("1:1");
            assert_eq!(out.frames(), 77_175);
            assert_eq!(out.left[..55_125], audio.left[33_075..]);
            assert_eq!(out.right[..55_125], audio.right[33_075..]);
            assert!(out.left[55_125..].iter().all(|x| *x == 0.0), "the recording is over");
        }
    }

    #[test]
    fn length_is_exact_and_pitch_stays_or_moves_as_asked() {
        let audio = sine(440.0, 8);
        for (tempo, semitones) in [(0.8, 0.0), (1.25, 0.0), (1.003, 0.0), (1.0, 3.0), (0.9, -2.0)] {
            let to = 5.123;
            let out = stretch(&audio, &[[0.0, 1.0], [to, 1.0 + to * tempo]], 0.0, to, semitones).expect("in range");
            assert_eq!(out.frames(), (to * 44_100.0).round() as usize);
            let wanted = 440.0 * 2f32.powf(semitones / 12.0);
            let cents = 1_200.0 * (pitch(&out.left[10_000..200_000]) / wanted).log2();
            assert!(cents.abs() < 6.0, "{cents:.1} cents at {tempo}, {semitones}");
        }
    }

    #[test]
    fn clicks_stand_where_the_anchors_say_and_joins_are_smooth() {
        // A hum with a burst each second, played slower, as it is, and faster.
        let mut audio = sine(220.0, 10);
        for second in 1..10 {
            for i in 0..400 {
                let x = if i % 20 < 10 { 0.6 } else { -0.6 };
                audio.left[second * RATE as usize + i] += x;
            }
        }
        let anchors = [[0.0, 0.0], [2.5, 2.0], [4.5, 4.0], [6.1, 6.0], [12.0, 11.9]];
        let out = stretch(&audio, &anchors, 0.0, 8.0, 0.0).expect("in range");
        for (piece, recording) in [(1.25, 1.0), (3.5, 3.0), (5.3, 5.0), (7.1, 7.0)] {
            let at = (piece * f64::from(RATE)) as usize;
            let loud = |x: &[f32]| x.iter().map(|x| x * x).sum::<f32>();
            let best = (at - 2_205..at + 2_205)
                .step_by(50)
                .max_by(|a, b| loud(&out.left[*a..*a + 400]).total_cmp(&loud(&out.left[*b..*b + 400])));
            let off = best.expect("a window") as f64 / f64::from(RATE) - piece;
            assert!(off.abs() < 0.015, "{:.1} ms at second {recording}", 1_000.0 * off);
        }
        for join in [2.5, 4.5, 6.1] {
            let at = (join * f64::from(RATE)) as usize;
            let steepest = out.right[at - 2_000..at + 2_000]
                .windows(2)
                .map(|w| (w[1] - w[0]).abs())
                .fold(0.0, f32::max);
            assert!(steepest < 0.02, "{steepest} at {join} s");
            let level = out.right[at - 600..at + 600]
                .iter()
                .map(|x| x.abs())
                .fold(0.0, f32::max);
            assert!(level > 0.2, "{level} at {join} s");
        }
    }

    #[test]
    fn what_is_out_of_range_is_told() {
        let audio = sine(440.0, 1);
        for tempo in [0.4, 2.5] {
            let error = stretch(&audio, &[[0.0, 0.0], [1.0, tempo]], 0.0, 1.0, 0.0);
            assert!(matches!(error, Err(StretchError::Ratio(_))));
        }
        assert_eq!(
            stretch(&audio, &[[0.0, 0.0]], 0.0, 1.0, 13.0),
            Err(StretchError::Semitones(13.0))
        );
        assert!(stretch(&audio, &[[0.0, 0.0]], 0.0, 1.0, f32::NAN).is_err());
    }
}
