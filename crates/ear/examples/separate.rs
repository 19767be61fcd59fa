//! Parts WAV files into `NAME.voice.wav` and `NAME.band.wav` (32 bit floats), and says how long it took.
//!
//! ```sh
//! cargo run --release -p catbird-ear --example separate -- OUT FILE.wav...
//! ```

use std::{ops::ControlFlow, path::Path};

use catbird_assets::{Assets, Parts};
use catbird_ear::separation::Separation;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("where to?")?;
    let assets = Assets::open()?;
    assets.ensure(Parts::All, &|_, _, _| {})?;
    let separation = Separation::load(&["spleeter-voice.ckpt", "spleeter-band.ckpt"].map(|n| assets.path(n)))?;
    for file in arguments {
        let mut reader = hound::WavReader::open(&file)?;
        let spec = reader.spec();
        let all: Vec<f32> = match spec.sample_format {
            hound::SampleFormat::Float => reader.samples::<f32>().collect::<Result<_, _>>()?,
            hound::SampleFormat::Int => {
                let full = (1_i64 << (spec.bits_per_sample - 1)) as f32;
                reader
                    .samples::<i32>()
                    .map(|s| s.map(|s| s as f32 / full))
                    .collect::<Result<_, _>>()?
            }
        };
        let channels = usize::from(spec.channels);
        let side = |at: usize| all.iter().skip(at).step_by(channels).copied().collect::<Vec<f32>>();
        let (left, right) = (side(0), side(channels - 1));
        let parted = separation.separate(&left, &right, &|_, _| ControlFlow::Continue(()))?;
        let stem = Path::new(&file)
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        for (what, sound) in [("voice", &parted.voice), ("band", &parted.band)] {
            let path = Path::new(&out).join(format!("{stem}.{what}.wav"));
            let spec = hound::WavSpec {
                channels: 2,
                sample_rate: 44_100,
                bits_per_sample: 32,
                sample_format: hound::SampleFormat::Float,
            };
            let mut writer = hound::WavWriter::create(path, spec)?;
            for (l, r) in sound[0].iter().zip(&sound[1]) {
                writer.write_sample(*l)?;
                writer.write_sample(*r)?;
            }
            writer.finalize()?;
        }
        eprintln!("{stem}: {:.3} of the energy is singing", parted.share());
    }
    Ok(())
}
