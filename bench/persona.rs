//! Whether a persona is recognised: a song is made, its singer is kept, and the same words in another
//! style are sung by that persona and by every preset. The persona's dry voice must be nearer to its
//! source than any preset's.
//!
//! `cargo bench --bench persona`: for each of some source voices the distance of its long-term
//! spectral envelope to the persona's and to the presets', dB (root mean square over quarter octaves
//! from 200 Hz to 8 kHz, levels aligned). The words differ between source and persona, so the
//! persona's distance is what other words make of one voice.
#![expect(clippy::print_stdout, reason = "a bench reports on standard output")]

use anyhow::{Context as _, Result};
use catbird_assets::Assets;
use catbird_engine::{Maker, MakerFiles};
use catbird_score::{Brief, Singer, VoiceWish};
use realfft::RealFftPlanner;

const RATE: f64 = 44_100.0;
const FRAME: usize = 2048;
/// Quarter octaves from 200 Hz to 8 kHz.
const BANDS: usize = 21;
/// Melodies a voice is heard in.
const SONGS: u64 = 5;
const SOURCE: &str = "[verse]\nThe kettle hums at half past five\nThe window keeps a coin of light\n\
    I count the boats that still arrive\nAnd fold the letters of the night\n[chorus]\n\
    Carry the morning over the hill\nCarry the morning, carry it still";
const OTHER: &str = "[verse]\nSalt on the railings, gulls in the gate\nNobody told us that we were late\n\
    Paper and thunder, ribbon and rust\nSomebody wrote our names in the dust\n[chorus]\n\
    Hold me like water, hold me like snow\nHold me a moment and then let me go";
const PRESETS: [&str; 6] = ["female", "male", "alto", "soprano", "tenor", "baritone"];

fn main() -> Result<()> {
    let assets = Assets::open()?;
    assets.ensure(catbird_assets::Parts::Song, &|_, _, _| {})?;
    let maker = Maker::new(MakerFiles::named(|name| assets.path(name)));
    println!("| source | persona | nearest preset | all presets, dB |\n|---|---|---|---|");
    for (name, tags, seed) in [
        ("husky male", "folk, husky male baritone", 11),
        ("airy female", "dream pop, airy female", 12),
        ("bright soprano", "dance pop, bright soprano", 13),
        ("powerful tenor", "rock, powerful male tenor", 14),
    ] {
        let (_, singer) = sing(&maker, SOURCE, tags, VoiceWish::default(), seed)?;
        let kept = VoiceWish {
            singer: Some(singer.clone()),
            ..VoiceWish::default()
        };
        let (_, again) = sing(&maker, OTHER, "acoustic ballad", kept.clone(), seed + 100)?;
        anyhow::ensure!(again == singer, "the persona's settings are the source's");
        let source = voice_of(&maker, SOURCE, tags, &kept, seed)?;
        let persona = voice_of(&maker, OTHER, "acoustic ballad", &kept, seed + 100)?;
        let mut distances = Vec::new();
        for preset in PRESETS {
            let wish = VoiceWish {
                preset: Some(preset.to_owned()),
                ..VoiceWish::default()
            };
            let other = voice_of(&maker, OTHER, "acoustic ballad", &wish, seed + 100)?;
            distances.push((distance(&source, &other), preset));
        }
        let nearest = distances.iter().copied().min_by(|a, b| a.0.total_cmp(&b.0));
        let (least, preset) = nearest.context("there are presets")?;
        let all: Vec<String> = distances.iter().map(|(d, p)| format!("{p} {d:.1}")).collect();
        println!(
            "| {name} | {:.1} dB | {least:.1} dB ({preset}) | {} |",
            distance(&source, &persona),
            all.join(", ")
        );
    }
    Ok(())
}

/// The envelope over several melodies: one melody's height would move it by a decibel.
fn voice_of(maker: &Maker, lyrics: &str, tags: &str, voice: &VoiceWish, seed: u64) -> Result<[f64; BANDS]> {
    let mut mean = [0.0; BANDS];
    for song in 0..SONGS {
        let (envelope, _) = sing(maker, lyrics, tags, voice.clone(), seed + 1000 * song)?;
        for (mean, level) in mean.iter_mut().zip(envelope) {
            *mean += level / SONGS as f64;
        }
    }
    Ok(mean)
}

/// The dry voice's envelope, and who sings.
fn sing(maker: &Maker, lyrics: &str, tags: &str, voice: VoiceWish, seed: u64) -> Result<([f64; BANDS], Singer)> {
    let score = maker.compose(&Brief {
        lyrics: Some(lyrics.to_owned()),
        tags: tags.to_owned(),
        voice,
        seed,
        ..Brief::default()
    })?;
    let dry = maker.vocals(&score, None)?;
    let singer = score.vocal.context("it has words")?.singer;
    Ok((envelope(&dry)?, singer))
}

/// Mean level of each band over the frames that are sung, dB, with their mean taken off.
fn envelope(dry: &[f32]) -> Result<[f64; BANDS]> {
    let fft = RealFftPlanner::<f32>::new().plan_fft_forward(FRAME);
    let mut out = fft.make_output_vec();
    let (mut sums, mut frames) = ([0.0; BANDS], 0.0);
    for frame in dry.chunks_exact(FRAME) {
        let power: f32 = frame.iter().map(|x| x * x).sum::<f32>() / FRAME as f32;
        if power < 1e-4 {
            continue;
        }
        let window = |i: usize| 0.5 - 0.5 * (std::f32::consts::TAU * i as f32 / FRAME as f32).cos();
        let mut windowed: Vec<f32> = frame.iter().enumerate().map(|(i, x)| x * window(i)).collect();
        fft.process(&mut windowed, &mut out)?;
        let mut bands = [1e-9; BANDS];
        for (bin, value) in out.iter().enumerate().skip(1) {
            let place = (bin as f64 * RATE / FRAME as f64 / 200.0).log2() * 4.0;
            if (0.0..BANDS as f64).contains(&place) {
                bands[place as usize] += f64::from(value.norm_sqr());
            }
        }
        for (sum, band) in sums.iter_mut().zip(bands) {
            *sum += 10.0 * band.log10();
        }
        frames += 1.0;
    }
    anyhow::ensure!(frames > 0.0, "nobody sings");
    let mean = sums.iter().sum::<f64>() / BANDS as f64;
    Ok(sums.map(|sum| (sum - mean) / frames))
}

fn distance(a: &[f64; BANDS], b: &[f64; BANDS]) -> f64 {
    (a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>() / BANDS as f64).sqrt()
}
