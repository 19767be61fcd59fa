//! Renders a score: `render_score SCORE.json OUT_DIR [--stems]`. Writes `song.wav` and `stems/*.wav`.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::{error::Error, fs, ops::ControlFlow, path::Path, sync::Mutex, time::Instant};

use catbird_assets::Assets;
use catbird_score::Score;
use catbird_sound::{RATE, Step, Stereo, Studio, StudioFiles, Want};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [score, out, rest @ ..] = args.as_slice() else {
        return Err("usage: render_score SCORE.json OUT_DIR [--stems]".into());
    };
    let stems = rest.iter().any(|a| a == "--stems");
    let score: Score = serde_json::from_slice(&fs::read(score)?)?;
    let assets = Assets::open()?;
    assets.ensure(&|_, _, _| {})?;
    let studio = Studio::new(StudioFiles {
        soundfont: assets.path("MuseScore_General_Lite.sf3"),
        hibari: assets.path("hibari.onnx"),
    });

    let begun = Instant::now();
    let step: Mutex<Option<Step>> = Mutex::new(None);
    let progress = |now: Step, _done: f32| {
        if let Ok(mut last) = step.lock()
            && last.replace(now) != Some(now)
        {
            println!("{:6.2} s  {now:?}", begun.elapsed().as_secs_f32());
        }
        ControlFlow::Continue(())
    };
    let rendering = studio.render(&score, Want { stems, live: None }, &progress)?;
    println!(
        "{:6.2} s  done: {:.1} s of music, {:?}",
        begun.elapsed().as_secs_f32(),
        score.seconds,
        rendering.loudness
    );

    let out = Path::new(out);
    fs::create_dir_all(out.join("stems"))?;
    write(&out.join("song.wav"), &rendering.master)?;
    for stem in &rendering.stems {
        write(&out.join("stems").join(format!("{}.wav", stem.id)), &stem.audio)?;
    }
    if let Some(dry) = rendering.vocals_dry {
        write(
            &out.join("stems").join("vocals_dry.wav"),
            &Stereo {
                right: dry.clone(),
                left: dry,
            },
        )?;
    }
    Ok(())
}

/// 32-bit float, so that stems above full scale survive.
fn write(path: &Path, audio: &Stereo) -> Result<(), hound::Error> {
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: RATE,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::create(path, spec)?;
    for (l, r) in audio.left.iter().zip(&audio.right) {
        writer.write_sample(*l)?;
        writer.write_sample(*r)?;
    }
    writer.finalize()
}
