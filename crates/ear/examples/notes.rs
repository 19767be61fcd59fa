//! Tells the notes and the pitch curve of a WAV file: `notes BASIC_PITCH SWIFT_F0 FILE.wav`.

use std::{io::Write, ops::ControlFlow, path::Path, time::Instant};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [notes, pitch, file] = &args[..] else {
        return Err("notes BASIC_PITCH SWIFT_F0 FILE.wav".into());
    };
    let mut reader = hound::WavReader::open(file)?;
    let channels = usize::from(reader.spec().channels);
    let samples: Vec<f32> = reader
        .samples::<i16>()
        .map(|s| s.map(|s| f32::from(s) / 32_768.0))
        .collect::<Result<_, _>>()?;
    let mono: Vec<f32> = samples
        .chunks(channels)
        .map(|f| f.iter().sum::<f32>() / channels as f32)
        .collect();
    let progress = |_: &str, _: f32| ControlFlow::Continue(());
    let mut out = std::io::stdout().lock();
    let t = Instant::now();
    let heard = catbird_ear::notes::Notes::load(Path::new(notes))?.hear(&mono, &progress)?;
    writeln!(std::io::stderr(), "notes {:?}", t.elapsed())?;
    let t = Instant::now();
    let curve = catbird_ear::pitch::Pitch::load(Path::new(pitch))?.hear(&mono, &progress)?;
    writeln!(std::io::stderr(), "pitch {:?}", t.elapsed())?;
    for n in heard {
        writeln!(
            out,
            "n {:.4} {:.4} {} {} {:.3}",
            n.from, n.to, n.pitch, n.velocity, n.confidence
        )?;
    }
    for (f, (hz, c)) in curve.hz.iter().zip(&curve.confidence).enumerate() {
        writeln!(out, "p {:.3} {hz:.2} {c:.3}", f as f64 * curve.hop_seconds)?;
    }
    Ok(())
}
