//! `catbird hear`: what the ear hears in a recording.

use std::{
    fmt::Write as _,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use catbird_assets::Parts;
use catbird_engine::{Maker, recordings};
use catbird_score::{Heard, Score};
use clap::Args;

use super::{band, compose, progress::Line, terminal};

/// Tell what is heard in a recording: tempo, key, chords, sections, melody, loudness.
#[derive(Args)]
pub struct Hear {
    /// MP3, WAV, FLAC, OGG, M4A, AAC or AIFF; 6 seconds to 8 minutes
    file: PathBuf,
    /// The words that are sung in it: each is found (`-` = standard input)
    #[arg(long, value_name = "FILE")]
    lyrics: Option<PathBuf>,
    /// Also write the score, with every beat, chord and note
    #[arg(long, value_name = "FILE.json")]
    out: Option<PathBuf>,
}

impl Hear {
    /// Listens and tells.
    pub fn run(self) -> anyhow::Result<()> {
        let lyrics = self.lyrics.as_deref().map(compose::read_lyrics).transpose()?;
        let maker = band::ready(Parts::All)?;
        let score = listen(&maker, &self.file, lyrics.as_deref())?;
        if let Some(out) = &self.out {
            let json = serde_json::to_vec_pretty(&score)?;
            std::fs::write(out, json).with_context(|| format!("cannot write {}", out.display()))?;
        }
        terminal::print(told(&score).trim_end())
    }
}

/// The score of a recording, with the file as the clip that it sounds from.
pub fn listen(maker: &Maker, file: &Path, lyrics: Option<&str>) -> anyhow::Result<Score> {
    let recording = recordings::open_new(file)?;
    let line = Line::steps();
    let heard = maker.hear(&recording, lyrics, &|step, done| {
        line.show(step, (done * 100.0) as u64, 100);
        ControlFlow::Continue(())
    });
    line.clear();
    let mut score = heard?;
    if score.title.is_empty() {
        score.title = file
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
    }
    let name = file
        .canonicalize()
        .with_context(|| format!("cannot find {}", file.display()))?;
    catbird_engine::shelf::claim(&mut score, &name.display().to_string());
    Ok(score)
}

fn told(score: &Score) -> String {
    let heard = score.heard.clone().unwrap_or_default();
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "{name:<10} {value}");
    };
    line("length", format!("{:.2} s", score.seconds));
    line(
        "loudness",
        format!("{:.1} LUFS, peak {:.1} dBTP", heard.lufs, heard.peak_dbtp),
    );
    line("tempo", tempo(score, &heard));
    line(
        "metre",
        format!(
            "{}/{}, first bar at {:.2} s{}",
            score.meter.beats,
            score.meter.unit,
            score.tempo.lead_seconds,
            sure(heard.meter)
        ),
    );
    line("key", format!("{}{}", score.key.name(), sure(heard.key)));
    line(
        "voice",
        if heard.sings() {
            let part = 100.0 * heard.voice;
            format!("{part:.0} % of the sound, {}", score.labels.gender.to_lowercase())
        } else {
            "nobody sings".to_owned()
        },
    );
    for part in &score.parts {
        line(&part.name.to_lowercase(), format!("{} notes", part.notes.len()));
    }
    let words = score.coverage().words;
    if words > 0 {
        line("words", format!("{words}"));
    }
    let _ = writeln!(text, "\nsections{}", sure(heard.sections));
    for section in &score.sections {
        let (from, to) = (score.tempo.at(section.start), score.tempo.at(section.end()));
        let chords: Vec<String> = score
            .chords
            .iter()
            .filter(|c| section.start <= c.start && c.start < section.end())
            .map(|c| c.chord.symbol())
            .collect();
        let _ = writeln!(
            text,
            "  {from:7.2} – {:7.2} s  {:<12} {}",
            to.min(score.seconds),
            section.name,
            chords.join(" ")
        );
    }
    text
}

fn tempo(score: &Score, heard: &Heard) -> String {
    let bpm = score.tempo.marks.iter().map(|mark| mark.bpm);
    let (least, most) = bpm.fold((f64::MAX, 0.0_f64), |(least, most), bpm| {
        (least.min(bpm), most.max(bpm))
    });
    let range = if most - least < 0.05 {
        format!("{most:.2} bpm, steady")
    } else {
        format!("{least:.1} to {most:.1} bpm")
    };
    format!("{range}{}", sure(heard.tempo))
}

fn sure(confidence: f32) -> String {
    format!(" ({:.0} % sure)", 100.0 * confidence)
}
