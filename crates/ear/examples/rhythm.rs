//! What the ear hears of the pulse, the key and the form of WAV files (44.1 kHz), without networks:
//! `cargo run --release -p catbird-ear --example rhythm -- song.wav …`

use std::{io::Write, ops::ControlFlow};

use catbird_ear::{RATE, chroma::Chroma, key, loudness, rhythm, sections};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    for path in std::env::args().skip(1) {
        let mut reader = hound::WavReader::open(&path)?;
        let spec = reader.spec();
        if spec.sample_rate != RATE {
            return Err(format!("{path}: {} samples a second, not {RATE}", spec.sample_rate).into());
        }
        let samples: Vec<f32> = match spec.sample_format {
            hound::SampleFormat::Float => reader.samples::<f32>().collect::<Result<_, _>>()?,
            hound::SampleFormat::Int => {
                let scale = 1.0 / (1_i64 << (spec.bits_per_sample - 1)) as f32;
                reader
                    .samples::<i32>()
                    .map(|s| s.map(|s| s as f32 * scale))
                    .collect::<Result<_, _>>()?
            }
        };
        let channels = usize::from(spec.channels);
        let channel = |c: usize| -> Vec<f32> { samples.iter().skip(c).step_by(channels).copied().collect() };
        let (left, right) = (channel(0), channel(channels - 1));
        let mono: Vec<f32> = left.iter().zip(&right).map(|(l, r)| 0.5 * (l + r)).collect();
        let (lufs, peak) = loudness::of(&left, &right);
        let rhythm = rhythm::hear(&mono, &|_, _| ControlFlow::Continue(()))?;
        let (key, key_sure) = key::hear(&Chroma::of(&mono), &[]);
        let (sections, form_sure) = sections::hear(&mono, None, &rhythm);
        writeln!(
            out,
            "{path}: {:.2} bpm{} from {:.3} s, {}/{} (sure {:.2}, {:.2}); {} ({key_sure:.2}); percussive {:.2}, half below {:.0} Hz; {lufs:.1} LUFS, {peak:.1} dBTP",
            rhythm.tempo.marks[0].bpm,
            if rhythm.steady { "" } else { " drifting" },
            rhythm.tempo.lead_seconds,
            rhythm.meter.beats,
            rhythm.meter.unit,
            rhythm.tempo_confidence,
            rhythm.meter_confidence,
            key.name(),
            rhythm.percussive,
            loudness::brightness_hz(&mono),
        )?;
        for section in &sections {
            writeln!(
                out,
                "  {:7.2} s  {:3} bars  {:.2}  {}",
                rhythm.tempo.at(section.start),
                section.length / rhythm.meter.bar(),
                section.energy,
                section.name
            )?;
        }
        writeln!(out, "  form sure {form_sure:.2}")?;
    }
    Ok(())
}
