//! How many times faster than real time a song is made, request to encoded files, in one process.
//!
//! `cargo bench --bench song` (optionally `-- --seconds 60`). Needs the assets
//! (`catbird assets fetch`). Figures are ratios: seconds of music per second of wall time, and per
//! second of processor time.
#![expect(clippy::print_stdout, reason = "a bench reports on standard output")]

use std::{fs, ops::ControlFlow, time::Instant};

use anyhow::{Context, Result};
use catbird_assets::Assets;
use catbird_engine::{Maker, MakerFiles};
use catbird_score::{Brief, VoiceWish, Wish, WishKind};

const LYRICS: &str = include_str!("lyrics.txt");

/// User + system time of this process, seconds (Linux: fields 14 and 15 of stat, in 1/100 s).
fn cpu_seconds() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let after = stat.rsplit_once(')').context("stat has a command name")?.1;
    let ticks = |i: usize| {
        after
            .split_whitespace()
            .nth(i)
            .and_then(|t| t.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    Ok((ticks(11) + ticks(12)) / 100.0)
}

/// Peak resident memory of this process, MiB.
fn peak_mib() -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find(|l| l.starts_with("VmHWM:"))
        .context("status has VmHWM")?;
    let kib: f64 = line
        .split_whitespace()
        .nth(1)
        .and_then(|t| t.parse().ok())
        .unwrap_or(0.0);
    Ok(kib / 1024.0)
}

fn main() -> Result<()> {
    let mut args = std::env::args().skip_while(|a| a != "--seconds").skip(1);
    let seconds: f64 = args.next().map_or(Ok(180.0), |s| s.parse())?;
    let assets = Assets::open()?;
    assets.ensure(catbird_assets::Parts::Song, &|_, _, _| {})?;
    let maker = Maker::new(MakerFiles::named(|name| assets.path(name)));
    let genre = |word: &str| vec![Wish::new(WishKind::Genre, word)];
    let vocal = |word| Brief {
        lyrics: Some(LYRICS.into()),
        wishes: genre(word),
        voice: VoiceWish::default(),
        seconds: Some(seconds),
        ..Brief::default()
    };
    let band = |word: &str| Brief {
        description: word.into(),
        wishes: genre(word),
        seconds: Some(seconds),
        ..Brief::default()
    };
    let cases = [
        (
            "load + 10 s warm-up",
            Brief {
                seconds: Some(10.0),
                ..band("pop")
            },
        ),
        ("vocal Pop", vocal("Pop")),
        ("vocal Rock", vocal("Rock")),
        ("vocal Electronic", vocal("Electronic")),
        ("instrumental pop", band("pop")),
        ("instrumental jazz", band("jazz")),
        ("instrumental dance/edm", band("dance/edm")),
    ];
    println!(
        "{:<24} {:>8} {:>8} {:>8} {:>10} {:>10}",
        "song", "music s", "wall s", "cpu s", "x real", "x cpu"
    );
    for (name, brief) in cases {
        let (wall, cpu) = (Instant::now(), cpu_seconds()?);
        let last = std::sync::Mutex::new((String::new(), Instant::now(), String::new()));
        let steps = |step: &str, _: f32| {
            if let Ok(mut last) = last.lock()
                && last.0 != step
            {
                let took = last.1.elapsed().as_secs_f64();
                let done = format!("{} {took:.2}  ", last.0);
                last.2.push_str(&done);
                (last.0, last.1) = (step.to_owned(), Instant::now());
            }
            ControlFlow::Continue(())
        };
        let made = maker.make(&brief, false, &steps)?;
        let dir = tempfile::tempdir()?;
        made.write_views(dir.path(), &maker.font()?)?;
        let (wall, cpu) = (wall.elapsed().as_secs_f64(), cpu_seconds()? - cpu);
        let music = made.score.seconds;
        println!(
            "{name:<24} {music:>8.1} {wall:>8.2} {cpu:>8.2} {:>10.1} {:>10.1}",
            music / wall,
            music / cpu
        );
        if let Ok(last) = last.lock() {
            println!(
                "    steps:{} {} and files {:.2}",
                last.2,
                last.0,
                last.1.elapsed().as_secs_f64()
            );
        }
    }
    println!("peak memory {:.0} MiB", peak_mib()?);
    Ok(())
}
