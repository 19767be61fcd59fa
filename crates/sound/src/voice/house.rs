//! The house voices: a net of 2.4 M parameters that knows eleven singers and eight languages, trained by
//! `tools/voices` on what an Apache-2.0 teacher says, compiled in (2.7 MB, int8) and run by rten.
//! Text → durations, → what each 12.5 ms sounds like at the pitch to be sung.
//! Time runs in frames of 12.5 ms (80 a second), durations in pairs of frames. `tools/voices/student.py`
//! is the same net in training; both agree on [`places`].

use std::sync::{Arc, LazyLock};

use catbird_score::{HOUSE, Language};
use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool, Value, ValueOrView};
use rten_tensor::{NdTensor, Tensor, prelude::*};

/// Bands of an envelope, evenly spaced in mel from [`LOWEST_HZ`] to [`HIGHEST_HZ`].
pub const BANDS: usize = 72;
/// Breathiness is known at 3, 6 and 9 kHz.
pub const AIR: usize = 3;
/// Centre of the first band.
pub const LOWEST_HZ: f32 = 40.0;
/// Centre of the last band.
pub const HIGHEST_HZ: f32 = 12_000.0;
/// Envelope, voicing, breathiness.
const ROW: usize = BANDS + 1 + AIR;
/// dB a unit of the net's levels.
const SCALE: f32 = 10.0;
/// A token sounds this many pairs of frames before its boundary; the net was taught so.
const LAG: i64 = 2;
/// The pitch that is octave 0 to the net, Hz.
const MIDDLE_HZ: f64 = 200.0;

/// Behind the house voices the net knows one speaker more, from whom alone it learned German. Sung lines of our own voices
/// are misheard half as often where that speaker reads with them (docs/voices.md).
const ROWS: usize = HOUSE.len() + 1;
/// The speaker's share of how a German line is read, and of how it sounds.
const LENT: [f32; 2] = [0.5, 0.25];

/// What the net could not do; a bug, since it is compiled in.
#[derive(Debug, thiserror::Error)]
#[error("the singing voice failed: {0}")]
pub struct HouseError(String);

/// Names of the values that go in and out.
const NAMES: [&str; 8] = [
    "ids",
    "language",
    "shares",
    "owner",
    "where",
    "text",
    "durations",
    "rows",
];

/// The loaded net.
pub struct House {
    model: Model,
    nodes: [NodeId; NAMES.len()],
}

/// What the net makes of a phoneme string.
pub struct Text {
    /// Length of each token, both pads included, in pairs of frames, at least 1.
    pub durations: Vec<u16>,
    shares: [f32; ROWS],
    inner: Value,
}

impl Text {
    /// How many pairs of frames it takes.
    pub fn pairs(&self) -> usize {
        self.durations.iter().map(|d| usize::from(*d)).sum()
    }
}

/// What is said, a row a frame.
pub struct Said {
    /// Number of frames.
    pub frames: usize,
    /// dB of power density (white noise of unit variance is 0 dB), [`BANDS`] a frame.
    pub envelope: Vec<f32>,
    /// How sure the net is that the frame is voiced, 0 – 1.
    pub voicing: Vec<f32>,
    /// Share of noise in a voiced frame's amplitude at 3, 6 and 9 kHz, dB, [`AIR`] a frame.
    pub air: Vec<f32>,
}

/// The net that is compiled in, loaded at the first song.
pub fn house() -> Result<&'static House, HouseError> {
    static LOADED: LazyLock<Result<House, String>> = LazyLock::new(|| House::load().map_err(|e| e.to_string()));
    LOADED.as_ref().map_err(|e| HouseError(e.clone()))
}

impl House {
    fn load() -> Result<Self, HouseError> {
        let fail = |e: &dyn std::fmt::Display| HouseError(e.to_string());
        let model = ModelOptions::with_all_ops()
            .prepack_weights(true)
            .load_static_slice(include_bytes!("../../data/house.onnx"))
            .map_err(|e| fail(&e))?;
        let nodes = NAMES
            .iter()
            .map(|name| model.node_id(name))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|e| fail(&e))?;
        let nodes = nodes.try_into().map_err(|_| fail(&"wrong number of values"))?;
        Ok(Self { model, nodes })
    }

    /// Reads tokens (ids of `alphabet`, pads included) as a mixture of the house voices would say them.
    /// A speed under 1 lengthens every token.
    pub fn read(
        &self,
        ids: &[i32],
        language: Language,
        shares: [f32; HOUSE.len()],
        speed: f32,
        pool: &Arc<ThreadPool>,
    ) -> Result<Text, HouseError> {
        let [n_ids, n_language, n_shares, _, _, n_text, n_durations, _] = self.nodes;
        let [reads, sounds] = LENT.map(|share| lent(shares, language, share));
        let language = Language::ALL.iter().position(|l| *l == language).unwrap_or(0);
        let inputs = vec![
            (n_ids, NdTensor::from_data([1, ids.len()], ids.to_vec()).into()),
            (n_language, NdTensor::from_data([1], vec![language as i32]).into()),
            (n_shares, tensor(reads)),
        ];
        let [inner, durations] = self.run(inputs, [n_text, n_durations], pool)?;
        let durations: Vec<u16> = numbers(durations)?
            .into_iter()
            .map(|log| (log.clamp(0.0, 5.0).exp() / speed).round().max(1.0) as u16)
            .collect();
        if durations.len() != ids.len() {
            return Err(HouseError(format!(
                "{} durations for {} phonemes",
                durations.len(),
                ids.len()
            )));
        }
        Ok(Text {
            durations,
            shares: sounds,
            inner,
        })
    }

    /// Says it at the pitch `hz`: a value a frame, without gaps.
    pub fn say(&self, text: &Text, hz: &[f64], pool: &Arc<ThreadPool>) -> Result<Said, HouseError> {
        let [_, _, n_shares, n_owner, n_where, n_text, _, n_rows] = self.nodes;
        let (owner, places) = places(&text.durations, hz);
        let pairs = owner.len();
        let inputs = vec![
            (n_shares, tensor(text.shares)),
            (n_text, (&text.inner).into()),
            (n_owner, NdTensor::from_data([pairs], owner).into()),
            (n_where, NdTensor::from_data([1, pairs, 6], places).into()),
        ];
        let [rows] = self.run(inputs, [n_rows], pool)?;
        let rows = numbers(rows)?;
        let frames = 2 * pairs;
        if rows.len() != frames * ROW {
            return Err(HouseError(format!("{} numbers for {frames} frames", rows.len())));
        }
        let mut said = Said {
            frames,
            envelope: Vec::with_capacity(frames * BANDS),
            voicing: Vec::with_capacity(frames),
            air: Vec::with_capacity(frames * AIR),
        };
        for row in rows.chunks_exact(ROW) {
            said.envelope.extend(row[..BANDS].iter().map(|x| SCALE * x));
            said.voicing.push(1.0 / (1.0 + (-row[BANDS]).exp()));
            said.air.extend(row[BANDS + 1..].iter().map(|x| SCALE * x));
        }
        Ok(said)
    }

    fn run<const N: usize>(
        &self,
        inputs: Vec<(NodeId, ValueOrView)>,
        outputs: [NodeId; N],
        pool: &Arc<ThreadPool>,
    ) -> Result<[Value; N], HouseError> {
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(pool)));
        self.model
            .run_n(inputs, outputs, Some(options))
            .map_err(|e| HouseError(e.to_string()))
    }
}

/// A singer of whom a German line takes `share` from the speaker behind the house voices.
fn lent(shares: [f32; HOUSE.len()], language: Language, share: f32) -> [f32; ROWS] {
    let share = if language == Language::German { share } else { 0.0 };
    let mut out = [share; ROWS];
    for (out, own) in out.iter_mut().zip(shares) {
        *out = (1.0 - share) * own;
    }
    out
}

fn tensor(shares: [f32; ROWS]) -> ValueOrView<'static> {
    NdTensor::from_data([1, shares.len()], shares.to_vec()).into()
}

/// A float tensor's numbers in order.
fn numbers(value: Value) -> Result<Vec<f32>, HouseError> {
    let tensor: Tensor<f32> = value
        .try_into()
        .map_err(|_| HouseError("a stage returned no floats".into()))?;
    Ok(tensor.iter().copied().collect())
}

/// For each pair of frames its token, and where it stands: how far through the token, pairs since its
/// beginning and to its end (at most 12, over 6), the token's log length over 3, and the octaves above
/// 200 Hz of both frames.
fn places(durations: &[u16], hz: &[f64]) -> (Vec<i32>, Vec<f32>) {
    let mut edges = vec![0i64];
    for d in durations {
        edges.push(edges[edges.len() - 1] + i64::from(*d));
    }
    let last = edges.len() - 1;
    for edge in &mut edges[1..last] {
        *edge = (*edge - LAG).max(1);
    }
    for k in 1..=last {
        edges[k] = edges[k].max(edges[k - 1]);
    }
    let (mut owner, mut places) = (Vec::new(), Vec::new());
    for (token, edge) in edges.windows(2).enumerate() {
        let length = (edge[1] - edge[0]) as f32;
        for i in 0..edge[1] - edge[0] {
            let at = i as f32 + 0.5;
            let octave = |frame: usize| {
                let f = hz.get(frame).or(hz.last()).copied().unwrap_or(MIDDLE_HZ);
                (f / MIDDLE_HZ).log2() as f32
            };
            let frame = 2 * owner.len();
            owner.push(token as i32);
            places.extend([
                at / length,
                at.min(12.0) / 6.0,
                (length - at).min(12.0) / 6.0,
                length.ln() / 3.0,
                octave(frame),
                octave(frame + 1),
            ]);
        }
    }
    (owner, places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_german_is_lent() {
        let mut shares = [0.0; HOUSE.len()];
        (shares[1], shares[4]) = (0.75, 0.25);
        let german = lent(shares, Language::German, 0.5);
        assert_eq!((german[1], german[4], german[HOUSE.len()]), (0.375, 0.125, 0.5));
        let french = lent(shares, Language::French, 0.5);
        assert_eq!(french[..HOUSE.len()], shares);
        assert_eq!(french[HOUSE.len()], 0.0);
    }

    #[test]
    fn places_are_those_the_net_was_taught() {
        // The numbers tools/voices/student.py gives for the same durations and pitch.
        let (owner, places) = places(&[4, 1, 3, 2], &[200.0; 20]);
        assert_eq!(owner, [0, 0, 1, 2, 2, 2, 3, 3, 3, 3]);
        assert_eq!(places.len(), 60);
        let row = |k: usize| &places[6 * k..6 * k + 6];
        assert_eq!(row(0), [0.25, 0.5 / 6.0, 1.5 / 6.0, 2f32.ln() / 3.0, 0.0, 0.0]);
        assert_eq!(row(9)[0], 0.875);
    }
}
