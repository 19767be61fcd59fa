//! Renders a score: `render_score SCORE.json OUT_DIR [--stems] [--live] [--warm]`. Writes `song.wav`,
//! `stems/*.wav`, and what a listener heard meanwhile as `live.wav`; `--warm` loads the instruments first.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::{error::Error, fs, ops::ControlFlow, path::Path, sync::Mutex, time::Instant};

use catbird_assets::Assets;
use catbird_score::Score;
use catbird_sound::{RATE, Stems, Step, Stereo, Studio, Want};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [score, out, rest @ ..] = args.as_slice() else {
        return Err("usage: render_score SCORE.json OUT_DIR [--stems] [--live] [--warm]".into());
    };
    let asked = |option: &str| rest.iter().any(|a| a == option);
    let stems = asked("--stems");
    let score: Score = serde_json::from_slice(&fs::read(score)?)?;
    let assets = Assets::open()?;
    assets.ensure(catbird_assets::Parts::Song, &|_, _, _| {})?;
    let studio = Studio::new(assets.path("MuseScore_General_Lite.sf3"));

    if asked("--warm") {
        let mut short = score.clone();
        short.patch = None;
        studio.render(&short, Want::default(), &|_, _| ControlFlow::Continue(()))?;
    }
    let begun = Instant::now();
    let heard = Mutex::new(Heard::default());
    let live = |left: &[f32], right: &[f32]| {
        if let Ok(mut heard) = heard.lock() {
            heard.hear(begun.elapsed().as_secs_f64(), left, right);
        }
    };
    let step: Mutex<Option<Step>> = Mutex::new(None);
    let progress = |now: Step, _done: f32| {
        if let Ok(mut last) = step.lock()
            && last.replace(now) != Some(now)
        {
            println!("{:6.2} s  {now:?}", begun.elapsed().as_secs_f32());
        }
        ControlFlow::Continue(())
    };
    let want = Want {
        stems: if stems { Stems::All } else { Stems::None },
        live: asked("--live").then_some(&live),
        recordings: None,
    };
    let rendering = studio.render(&score, want, &progress)?;
    println!(
        "{:6.2} s  done: {:.1} s of music, {:?}",
        begun.elapsed().as_secs_f32(),
        score.seconds,
        rendering.loudness
    );

    let out = Path::new(out);
    fs::create_dir_all(out.join("stems"))?;
    write(&out.join("song.wav"), &rendering.master)?;
    let heard = heard.into_inner()?;
    if let Some(first) = heard.first {
        println!(
            "live: first sound {first:.2} s, at worst {:.1} s ahead of the listener, last sound {:.2} s; {:?}",
            heard.ahead,
            heard.last,
            catbird_sound::loudness::measure(&heard.audio),
        );
        write(&out.join("live.wav"), &heard.audio)?;
    }
    for stem in &rendering.stems {
        write(
            &out.join("stems").join(format!("{}.wav", stem.id)),
            &stem.audio.stereo(),
        )?;
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

/// What a listener got, and when.
#[derive(Default)]
struct Heard {
    audio: Stereo,
    first: Option<f64>,
    last: f64,
    /// Least seconds in the listener's buffer when a block came, who plays since the first.
    ahead: f64,
}

impl Heard {
    fn hear(&mut self, now: f64, left: &[f32], right: &[f32]) {
        let seconds = self.audio.frames() as f64 / f64::from(RATE);
        match self.first {
            None => {
                self.first = Some(now);
                self.ahead = f64::INFINITY;
            }
            Some(first) => self.ahead = self.ahead.min(seconds - (now - first)),
        }
        self.last = now;
        self.audio.left.extend_from_slice(left);
        self.audio.right.extend_from_slice(right);
    }
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
