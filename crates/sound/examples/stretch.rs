//! How much a stretched recording differs from the same piece played anew at that tempo, or in that key.
//!
//! `cargo run --release -p catbird-sound --example stretch -- [--keep DIR] SCORE.json ...`, with scores of
//! `catbird compose`. Each is played as it is, 1.25 times slower, and three semitones higher (all but the
//! drums, which have no key); the first rendering is stretched and compared with the others, before the
//! master. Log-mel distance: mean absolute difference of 64 mel bands from 50 Hz to 12 kHz (windows of
//! 46 ms), after the best common gain, over what lies less than 60 dB below the loudest. Onset
//! correlation: of the mel bands' summed rises, frame by frame. Speed: seconds of music a second of one
//! thread.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::{error::Error, fs, ops::ControlFlow, path::Path, time::Instant};

use catbird_assets::{Assets, Parts};
use catbird_score::Score;
use catbird_sound::{RATE, Stems, Stereo, Studio, Want, stretch::stretch};
use realfft::RealFftPlanner;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const SLOWER: f64 = 1.25;
const SEMITONES: u8 = 3;

const WINDOW: usize = 2_048;
const HOP: usize = 512;
const BANDS: usize = 64;
const RANGE_HZ: (f32, f32) = (50.0, 12_000.0);
const FLOOR_DB: f32 = 60.0;

/// Frames of mel bands, dB.
fn mel(audio: &Stereo) -> Result<Vec<[f32; BANDS]>> {
    let scale = |hz: f32| 2_595.0 * (1.0 + hz / 700.0).log10();
    let (low, high) = (scale(RANGE_HZ.0), scale(RANGE_HZ.1));
    let hz = |mel: f32| 700.0 * (10f32.powf(mel / 2_595.0) - 1.0);
    let edge = |i: usize| hz(low + (high - low) * i as f32 / (BANDS + 1) as f32);
    let fft = RealFftPlanner::<f32>::new().plan_fft_forward(WINDOW);
    let (mut input, mut output) = (fft.make_input_vec(), fft.make_output_vec());
    let mono: Vec<f32> = audio.left.iter().zip(&audio.right).map(|(l, r)| l + r).collect();
    let mut frames = Vec::new();
    for window in mono.windows(WINDOW).step_by(HOP) {
        for (i, (x, w)) in input.iter_mut().zip(window).enumerate() {
            *x = w * (0.5 - 0.5 * (std::f32::consts::TAU * i as f32 / WINDOW as f32).cos());
        }
        fft.process(&mut input, &mut output)?;
        let mut bands = [0.0; BANDS];
        for (b, band) in bands.iter_mut().enumerate() {
            let (left, centre, right) = (edge(b), edge(b + 1), edge(b + 2));
            let power: f32 = output
                .iter()
                .enumerate()
                .map(|(bin, c)| (bin as f32 * RATE as f32 / WINDOW as f32, c.norm_sqr()))
                .filter(|(f, _)| *f > left && *f < right)
                .map(|(f, p)| {
                    p * if f < centre {
                        (f - left) / (centre - left)
                    } else {
                        (right - f) / (right - centre)
                    }
                })
                .sum();
            *band = 10.0 * (power + 1e-10).log10();
        }
        frames.push(bands);
    }
    Ok(frames)
}

/// Log-mel distance in dB and onset correlation.
fn compare(made: &Stereo, wanted: &Stereo) -> Result<(f32, f32)> {
    let (a, b) = (mel(made)?, mel(wanted)?);
    let loudest = b.iter().flatten().copied().fold(f32::MIN, f32::max);
    let floor = loudest - FLOOR_DB;
    let pairs = || {
        a.iter()
            .zip(&b)
            .flat_map(|(a, b)| a.iter().zip(b))
            .filter(move |(_, b)| **b > floor)
    };
    let count = pairs().count().max(1) as f32;
    let gain = pairs().map(|(a, b)| b - a).sum::<f32>() / count;
    let distance = pairs().map(|(a, b)| (a + gain - b).abs()).sum::<f32>() / count;
    let rises = |x: &[[f32; BANDS]], gain: f32| -> Vec<f32> {
        x.windows(2)
            .map(|w| {
                let pair = w[0].iter().zip(&w[1]);
                pair.map(|(a, b)| ((b + gain).max(floor) - (a + gain).max(floor)).max(0.0))
                    .sum()
            })
            .collect()
    };
    let (x, y) = (rises(&a, gain), rises(&b, 0.0));
    let n = x.len().min(y.len());
    let mean = |v: &[f32]| v[..n].iter().sum::<f32>() / n as f32;
    let (mx, my) = (mean(&x), mean(&y));
    let dot = |p: &[f32], mp: f32, q: &[f32], mq: f32| -> f32 {
        p[..n].iter().zip(&q[..n]).map(|(a, b)| (a - mp) * (b - mq)).sum()
    };
    Ok((
        distance,
        dot(&x, mx, &y, my) / (dot(&x, mx, &x, mx) * dot(&y, my, &y, my)).sqrt(),
    ))
}

/// The same piece slower.
fn slower(score: &Score) -> Score {
    let mut score = score.clone();
    score.seconds *= SLOWER;
    score.tempo.lead_seconds *= SLOWER;
    score.tempo.marks.iter_mut().for_each(|m| m.bpm /= SLOWER);
    score
}

/// The same piece higher.
fn higher(score: &Score) -> Score {
    let mut score = score.clone();
    for part in score.parts.iter_mut().filter(|p| !p.sound.is_drums()) {
        part.notes.iter_mut().for_each(|n| n.pitch += SEMITONES);
    }
    for line in score.vocal.iter_mut().flat_map(|v| &mut v.lines) {
        for syllable in line.words.iter_mut().flat_map(|w| &mut w.syllables) {
            syllable.notes.iter_mut().for_each(|n| n.pitch += SEMITONES);
        }
    }
    score
}

/// Writes a file of 16 bits at half the level: a mix before the master may pass full scale.
fn save(path: &Path, audio: &Stereo) -> Result<()> {
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: RATE,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = hound::WavWriter::create(path, spec)?;
    for (l, r) in audio.left.iter().zip(&audio.right) {
        for x in [l, r] {
            file.write_sample((x * 16_384.0).clamp(-32_768.0, 32_767.0) as i16)?;
        }
    }
    Ok(file.finalize()?)
}

fn main() -> Result<()> {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let keep = args.iter().position(|a| a == "--keep").map(|i| {
        args.remove(i);
        args.remove(i)
    });
    if args.is_empty() {
        return Err("usage: stretch [--keep DIR] SCORE.json ...".into());
    }
    let assets = Assets::open()?;
    assets.ensure(Parts::Song, &|_, _, _| {})?;
    let studio = Studio::new(assets.path("MuseScore_General_Lite.sf3"));
    let play = |score: &Score| -> Result<Stereo> {
        let want = Want {
            stems: Stems::All,
            ..Want::default()
        };
        let made = studio.render(score, want, &|_, _| ControlFlow::Continue(()))?;
        Ok(made.mix.expect("stems were wanted"))
    };
    println!("| song | change | log-mel dB (goal ≤ 2.5, ≤ 4.5) | onset correlation (goal ≥ .96, ≥ .97) | speed |");
    println!("|---|---|---|---|---|");
    for path in &args {
        let score: Score = serde_json::from_slice(&fs::read(path)?)?;
        let source = play(&score)?;
        let (seconds, end) = (score.seconds, score.seconds * SLOWER);
        let song = format!("{} {:.0} bpm", score.style, score.tempo.bpm_at(0));
        let slow = [[0.0, 0.0], [end, seconds]];
        let even = [[0.0, 0.0]];
        for (name, anchors, to, semitones, wanted) in [
            ("slower", &slow[..], end, 0.0, slower(&score)),
            ("higher", &even[..], seconds, f32::from(SEMITONES), higher(&score)),
        ] {
            let began = Instant::now();
            let made = stretch(&source, anchors, 0.0, to, semitones)?;
            let speed = to / began.elapsed().as_secs_f64();
            let wanted = play(&wanted)?;
            let (distance, onsets) = compare(&made, &wanted)?;
            println!("| {song} | {name} | {distance:.2} | {onsets:.3} | {speed:.0} |");
            if let Some(dir) = &keep {
                let at = |kind: &str| Path::new(dir).join(format!("{}_{name}_{kind}.wav", score.style));
                save(&at("stretched"), &made)?;
                save(&at("played"), &wanted)?;
            }
        }
    }
    Ok(())
}
