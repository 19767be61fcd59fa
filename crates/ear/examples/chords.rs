//! Writes the chords of WAV files: a line each with beginning, end, symbol and confidence.
//!
//! ```sh
//! cargo run --release -p catbird-ear --example chords -- OUT FILE.wav...
//! ```

use std::{fmt::Write as _, ops::ControlFlow, path::Path};

use catbird_ear::chords::Chords;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("where to?")?;
    let chords = Chords::load()?;
    for file in arguments {
        let mut reader = hound::WavReader::open(&file)?;
        let spec = reader.spec();
        let all: Vec<f32> = match spec.sample_format {
            hound::SampleFormat::Float => reader.samples::<f32>().collect::<Result<_, _>>()?,
            hound::SampleFormat::Int => {
                let full = (1_i64 << (spec.bits_per_sample - 1)) as f32;
                let samples = reader.samples::<i32>();
                samples.map(|s| s.map(|s| s as f32 / full)).collect::<Result<_, _>>()?
            }
        };
        let channels = usize::from(spec.channels);
        let mono: Vec<f32> = all
            .chunks_exact(channels)
            .map(|frame| frame.iter().sum::<f32>() / channels as f32)
            .collect();
        let heard = chords.hear(&mono, &|_, _| ControlFlow::Continue(()))?;
        let mut text = String::new();
        for span in heard {
            let symbol = span.chord.map_or_else(|| "N".to_owned(), catbird_score::Chord::symbol);
            writeln!(text, "{:.6} {:.6} {symbol} {:.3}", span.from, span.to, span.confidence)?;
        }
        let stem = Path::new(&file)
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        std::fs::write(Path::new(&out).join(format!("{stem}.chords")), text)?;
    }
    Ok(())
}
