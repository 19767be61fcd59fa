//! What a label changes: the same request and seed with one label more, three of each list, measured.
//!
//! `cargo bench --bench labels`: tempo, key, spectral centroid of the master (power-weighted, Hz),
//! loudness range (EBU R 128, LU), density (notes a second of the band), and who plays. For timbres
//! the dry voice is measured: centroid, median sung pitch, share of energy above 4 kHz.
#![expect(clippy::print_stdout, reason = "a bench reports on standard output")]

use std::ops::ControlFlow;

use anyhow::Result;
use catbird_assets::Assets;
use catbird_engine::{Made, Maker, MakerFiles};
use catbird_score::{Brief, Gender, VoiceWish, Wish, WishKind};
use catbird_sound::Stems;
use realfft::RealFftPlanner;

const RATE: f64 = 44_100.0;
const FRAME: usize = 4096;
const SEED: u64 = 3;
const LYRICS: &str = "[verse]\nThe kettle hums at half past five\nThe window keeps a coin of light\n\
    I count the boats that still arrive\nAnd fold the letters of the night\n[chorus]\n\
    Carry the morning over the hill\nCarry the morning, carry it still";

/// Mean power spectrum, one value a bin.
fn spectrum(signal: &[f32]) -> Result<Vec<f64>> {
    let fft = RealFftPlanner::<f32>::new().plan_fft_forward(FRAME);
    let mut power = vec![0.0; FRAME / 2 + 1];
    let mut out = fft.make_output_vec();
    for frame in signal.chunks_exact(FRAME) {
        let window = |i: usize| 0.5 - 0.5 * (std::f32::consts::TAU * i as f32 / FRAME as f32).cos();
        let mut windowed: Vec<f32> = frame.iter().enumerate().map(|(i, x)| x * window(i)).collect();
        fft.process(&mut windowed, &mut out)?;
        for (sum, value) in power.iter_mut().zip(&out) {
            *sum += f64::from(value.norm_sqr());
        }
    }
    Ok(power)
}

fn hz(bin: usize) -> f64 {
    bin as f64 * RATE / FRAME as f64
}

fn centroid(power: &[f64]) -> f64 {
    let total: f64 = power.iter().sum();
    power.iter().enumerate().map(|(i, p)| hz(i) * p).sum::<f64>() / total.max(1e-30)
}

fn share_above(power: &[f64], limit: f64) -> f64 {
    let high: f64 = power
        .iter()
        .enumerate()
        .filter(|(i, _)| hz(*i) > limit)
        .map(|(_, p)| p)
        .sum();
    100.0 * high / power.iter().sum::<f64>().max(1e-30)
}

fn band_row(name: &str, made: &Made) -> Result<()> {
    let score = &made.score;
    let mono: Vec<f32> = made
        .rendering
        .master
        .left
        .iter()
        .zip(&made.rendering.master.right)
        .map(|(l, r)| l + r)
        .collect();
    let notes: usize = score.parts.iter().map(|p| p.notes.len()).sum();
    let parts: Vec<&str> = score.parts.iter().map(|p| p.name.as_str()).collect();
    println!(
        "| {name} | {:.0} | {} | {:.0} | {:.1} | {:.1} | {} |",
        score.tempo.bpm_at(0),
        score.key.name(),
        centroid(&spectrum(&mono)?),
        made.rendering.loudness.range_lu.unwrap_or_default(),
        notes as f64 / score.seconds,
        parts.join(", "),
    );
    Ok(())
}

fn voice_row(name: &str, made: &Made) -> Result<()> {
    let (Some(dry), Some(vocal)) = (&made.rendering.vocals_dry, &made.score.vocal) else {
        return Ok(());
    };
    let power = spectrum(dry)?;
    let mut pitches: Vec<u8> = vocal
        .lines
        .iter()
        .flat_map(catbird_score::SungLine::notes)
        .map(|n| n.pitch)
        .collect();
    pitches.sort_unstable();
    let singer = &vocal.singer;
    println!(
        "| {name} | {} | {:.0} | {:.1} % | {:.2} | {:+.1} | {:.2} | {:.2} | {:.1} | {:.2} |",
        pitches.get(pitches.len() / 2).copied().unwrap_or_default(),
        centroid(&power),
        share_above(&power, 4000.0),
        singer.warp,
        singer.tilt_db,
        singer.breath,
        singer.drive,
        singer.electric,
        singer.density,
    );
    Ok(())
}

fn main() -> Result<()> {
    let assets = Assets::open()?;
    assets.ensure(catbird_assets::Parts::Song, &|_, _, _| {})?;
    let maker = Maker::new(MakerFiles::named(|name| assets.path(name)));
    let make = |brief: &Brief| maker.make(brief, Stems::All, &|_, _| ControlFlow::Continue(()));
    let sung = |wishes: Vec<Wish>, gender| Brief {
        lyrics: Some(LYRICS.into()),
        wishes,
        voice: VoiceWish {
            gender: Some(gender),
            ..VoiceWish::default()
        },
        seconds: Some(40.0),
        seed: SEED,
        ..Brief::default()
    };
    let played = |wishes| Brief {
        wishes,
        seconds: Some(40.0),
        seed: SEED,
        ..Brief::default()
    };
    let pop = || Wish::new(WishKind::Genre, "Pop");
    let happy = || Wish::new(WishKind::Mood, "Happy");

    println!("| vocal label | bpm | key | centroid Hz | LRA LU | notes/s | parts |\n|---|---|---|---|---|---|---|");
    for word in ["Pop", "Rock", "Bossa Nova", "Electronic"] {
        band_row(
            &format!("genre {word}"),
            &make(&sung(vec![Wish::new(WishKind::Genre, word), happy()], Gender::Female))?,
        )?;
    }
    for word in ["Happy", "Sorrow/Sad", "Dynamic/Energetic", "Calm/Relaxing"] {
        band_row(
            &format!("mood {word}"),
            &make(&sung(vec![pop(), Wish::new(WishKind::Mood, word)], Gender::Female))?,
        )?;
    }
    println!(
        "\n| voice label | median pitch | centroid Hz | > 4 kHz | warp | tilt | breath | drive | electric | density |\n|---|---|---|---|---|---|---|---|---|---|"
    );
    for (name, gender) in [("gender Female", Gender::Female), ("gender Male", Gender::Male)] {
        voice_row(
            name,
            &make(&sung(vec![pop(), happy(), Wish::new(WishKind::Timbre, "Warm")], gender))?,
        )?;
    }
    for word in [
        "Warm",
        "Bright",
        "Husky",
        "Electrified voice",
        "Sweet_AUDIO_TIMBRE",
        "Cute_AUDIO_TIMBRE",
        "Loud and sonorous",
        "Powerful",
        "Sexy/Lazy",
    ] {
        let wishes = vec![pop(), happy(), Wish::new(WishKind::Timbre, word)];
        voice_row(&format!("timbre {word}"), &make(&sung(wishes, Gender::Female))?)?;
    }
    println!("\n| bgm label | bpm | key | centroid Hz | LRA LU | notes/s | parts |\n|---|---|---|---|---|---|---|");
    band_row("(none)", &make(&played(vec![]))?)?;
    let lists = [
        (WishKind::Genre, "genre", ["dark", "orchestral", "dance/edm"]),
        (WishKind::Mood, "mood", ["calm", "energetic", "sad"]),
        (WishKind::Instrument, "instrument", ["ukulele", "brass", "marimba"]),
        (WishKind::Theme, "theme", ["meditation", "christmas", "training"]),
    ];
    for (kind, list, words) in lists {
        for word in words {
            band_row(&format!("{list} {word}"), &make(&played(vec![Wish::new(kind, word)]))?)?;
        }
    }
    Ok(())
}
