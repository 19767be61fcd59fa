//! How many times faster than real time a song is made, request to encoded files, in one process.
//!
//! `cargo bench --bench song` (optionally `-- --seconds 60 --stems --only Pop`). Needs the assets
//! (`catbird assets fetch`). Figures are ratios: seconds of music per second of wall time, and per
//! second of processor time; below them each step's wall and processor seconds, and what memory was
//! resident when it ended.
#![expect(clippy::print_stdout, reason = "a bench reports on standard output")]

use std::{fmt::Write as _, fs, ops::ControlFlow, sync::Mutex, time::Instant};

use anyhow::{Context, Result};
use catbird_assets::Assets;
use catbird_engine::{Maker, MakerFiles};
use catbird_score::{Brief, VoiceWish, Wish, WishKind};
use catbird_sound::Stems;

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

/// Peak resident memory of this process, or what is resident now (`VmHWM`, `VmRSS`), MiB.
fn resident_mib(which: &str) -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find(|l| l.starts_with(which))
        .context("status has memory")?;
    let kib: f64 = line
        .split_whitespace()
        .nth(1)
        .and_then(|t| t.parse().ok())
        .unwrap_or(0.0);
    Ok(kib / 1024.0)
}

/// What each step of a song took.
#[derive(Default)]
struct Steps {
    /// Its name, and wall clock and processor time when it began.
    now: Option<(String, Instant, f64)>,
    /// Those that are over: seconds of wall time / of processor time, MiB resident at the end.
    told: String,
}

impl Steps {
    fn enter(&mut self, step: &str) {
        if self.now.as_ref().is_some_and(|now| now.0 == step) {
            return;
        }
        let cpu = cpu_seconds().unwrap_or_default();
        if let Some((name, wall, before)) = self.now.take() {
            let (wall, cpu) = (wall.elapsed().as_secs_f64(), cpu - before);
            let mib = resident_mib("VmRSS:").unwrap_or_default();
            let _ = write!(self.told, "{name} {wall:.2}/{cpu:.2} ({mib:.0})  ");
        }
        self.now = Some((step.to_owned(), Instant::now(), cpu));
    }
}

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().collect();
    let seconds = args.iter().skip_while(|a| *a != "--seconds").nth(1);
    let seconds: f64 = seconds.map_or(Ok(180.0), |s| s.parse())?;
    let stems = if args.iter().any(|a| a == "--stems") {
        Stems::All
    } else {
        Stems::None
    };
    let only = args.iter().skip_while(|a| *a != "--only").nth(1);
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
        "{:<24} {:>8} {:>8} {:>8} {:>10} {:>10} {:>6}",
        "song", "music s", "wall s", "cpu s", "x real", "x cpu", "stems"
    );
    for (name, brief) in cases {
        if only.is_some_and(|only| !name.contains(only.as_str()) && !name.starts_with("load")) {
            continue;
        }
        let (wall, cpu) = (Instant::now(), cpu_seconds()?);
        let steps = Mutex::new(Steps::default());
        let progress = |step: &str, _: f32| {
            if let Ok(mut steps) = steps.lock() {
                steps.enter(step);
            }
            ControlFlow::Continue(())
        };
        let made = maker.make(&brief, stems, &progress)?;
        if let Ok(mut steps) = steps.lock() {
            steps.enter("files");
        }
        let dir = tempfile::tempdir()?;
        made.write_all(dir.path(), &maker.font()?)?;
        let (wall, cpu) = (wall.elapsed().as_secs_f64(), cpu_seconds()? - cpu);
        let music = made.score.seconds;
        println!(
            "{name:<24} {music:>8.1} {wall:>8.2} {cpu:>8.2} {:>10.1} {:>10.1} {:>6}",
            music / wall,
            music / cpu,
            made.rendering.stems.len()
        );
        if let Ok(mut steps) = steps.lock() {
            steps.enter("");
            println!("    {}", steps.told);
        }
    }
    println!("peak memory {:.0} MiB", resident_mib("VmHWM:")?);
    Ok(())
}
