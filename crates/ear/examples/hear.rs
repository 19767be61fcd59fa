//! Hears a WAV file: `hear SEPARATION_VOICE SEPARATION_BAND BASIC_PITCH SWIFT_F0 FILE.wav`. Tells what the
//! score says and how long it took; with a sixth argument the melody is written there (seconds, MIDI, velocity).

use std::{io::Write, ops::ControlFlow, path::PathBuf, time::Instant};

use catbird_ear::{Ear, EarFiles};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [voice, band, notes, pitch, file, rest @ ..] = &args[..] else {
        return Err("hear SEPARATION_VOICE SEPARATION_BAND BASIC_PITCH SWIFT_F0 FILE.wav [MELODY.txt]".into());
    };
    let mut reader = hound::WavReader::open(file)?;
    let channels = usize::from(reader.spec().channels);
    let samples: Vec<f32> = reader
        .samples::<i16>()
        .map(|s| s.map(|s| f32::from(s) / 32_768.0))
        .collect::<Result<_, _>>()?;
    let side = |c: usize| -> Vec<f32> { samples.chunks_exact(channels).map(|f| f[c.min(channels - 1)]).collect() };
    let (left, right) = (side(0), side(1));
    drop(samples);
    let ear = Ear::new(EarFiles {
        separation: [PathBuf::from(voice), PathBuf::from(band)],
        notes: PathBuf::from(notes),
        pitch: PathBuf::from(pitch),
    });
    let start = Instant::now();
    let score = ear.hear(&left, &right, &|_: &str, _: f32| ControlFlow::Continue(()))?;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{:.1} s heard in {:.1} s",
        score.seconds,
        start.elapsed().as_secs_f64()
    )?;
    writeln!(
        out,
        "{} {} {:?} {:.2} BPM, first bar at {:.3} s, style {}, {:?}",
        score.key.name(),
        score.sections.len(),
        score.meter,
        score.tempo.bpm_at(0),
        score.tempo.lead_seconds,
        score.style,
        score.labels
    )?;
    writeln!(out, "{:?}", score.heard)?;
    for part in &score.parts {
        writeln!(out, "{}: {} notes", part.id, part.notes.len())?;
    }
    let chords: Vec<&str> = score.chords.iter().map(|c| c.roman.as_str()).collect();
    writeln!(out, "{}", chords.join(" "))?;
    if let [path] = rest {
        let text: Vec<String> = score.parts[0]
            .notes
            .iter()
            .map(|n| {
                let from = score.tempo.seconds(n.onset());
                let to = score.tempo.at(n.start + n.length);
                format!("{from} {to} {} {}", n.pitch, n.velocity)
            })
            .collect();
        std::fs::write(path, text.join("\n"))?;
    }
    Ok(())
}
