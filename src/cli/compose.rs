//! `catbird compose`: the engine without the server.

use std::{
    io::Read,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use catbird_music::lyricist;
use catbird_score::{Brief, Gender, VoiceWish};
use catbird_sound::Stems;
use clap::Args;

use super::{band, progress::Line, terminal};

/// Longest song, seconds.
const LONGEST: f64 = 600.0;
/// More than the longest lyrics of any endpoint; a larger file is a mistake.
const MOST_LYRICS: u64 = 64 * 1024;

/// Make a song without the server.
#[derive(Args)]
pub struct Compose {
    /// What the music should be like
    #[arg(default_value = "")]
    description: String,
    /// Words to sing, with [verse], [chorus] … tags (`-` = standard input)
    #[arg(long, value_name = "FILE")]
    lyrics: Option<PathBuf>,
    /// Style words, separated by commas
    #[arg(long, default_value = "")]
    tags: String,
    /// What should not be heard
    #[arg(long, default_value = "")]
    negative_tags: String,
    /// How strictly the style words are followed, 0 to 1
    #[arg(long, value_name = "N", value_parser = weight)]
    style_weight: Option<f32>,
    /// How unusual the piece may be, 0 to 1
    #[arg(long, value_name = "N", value_parser = weight)]
    weirdness: Option<f32>,
    /// Which take of the request, from 0
    #[arg(long, value_name = "N", default_value_t = 0)]
    take: u32,
    /// The title
    #[arg(long)]
    title: Option<String>,
    /// No voice
    #[arg(long, conflicts_with_all = ["lyrics", "voice"])]
    instrumental: bool,
    /// Exact length in seconds
    #[arg(long, value_name = "N", value_parser = seconds)]
    seconds: Option<f64>,
    /// Beats (quarter notes) a minute
    #[arg(long, value_name = "N", value_parser = bpm)]
    bpm: Option<f64>,
    /// Tonic and mode, such as "A minor"
    #[arg(long)]
    key: Option<String>,
    /// Same request and seed, same bytes; drawn and told when absent
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// `female`, `male` or a voice's name
    #[arg(long, value_name = "V")]
    voice: Option<String>,
    /// The singer without the band, dry; needs nothing that is fetched
    #[arg(long, conflicts_with = "instrumental")]
    voice_only: bool,
    /// The folder the files are written to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

fn seconds(text: &str) -> Result<f64, String> {
    within(text, 1.0, LONGEST, "seconds")
}

fn weight(text: &str) -> Result<f32, String> {
    within(text, 0.0, 1.0, "as a weight").map(|weight| weight as f32)
}

fn bpm(text: &str) -> Result<f64, String> {
    within(text, 40.0, 240.0, "beats a minute")
}

fn within(text: &str, least: f64, most: f64, unit: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(format!("{least} to {most} {unit}")),
    }
}

impl Compose {
    /// Makes the song and writes its files.
    pub fn run(self) -> anyhow::Result<()> {
        let brief = self.brief()?;
        let existed = self.out.exists();
        std::fs::create_dir_all(&self.out).with_context(|| format!("cannot make the folder {}", self.out.display()))?;
        let outcome = self.make(&brief);
        if outcome.is_err() && !existed {
            // Only ever an empty folder: what was written already stays.
            let _ = std::fs::remove_dir(&self.out);
        }
        outcome
    }

    fn make(&self, brief: &Brief) -> anyhow::Result<()> {
        let maker = if self.voice_only {
            band::unready()?
        } else {
            band::ready(catbird_assets::Parts::Song)?
        };
        if self.seed.is_none() {
            terminal::note(&format!(
                "seed {} (give it with --seed to get the same song again)",
                brief.seed
            ));
        }
        if self.voice_only {
            let (score, voice) = maker.sing(brief)?;
            ensure!(score.vocal.is_some(), "there are no words to sing");
            for path in catbird_engine::views::write_voice(&score, &voice, &self.out)? {
                terminal::print(&path.display().to_string())?;
            }
            return Ok(());
        }
        let line = Line::steps();
        let made = maker.make(brief, Stems::All, &|step, done| {
            line.show(step, (done * 100.0) as u64, 100);
            ControlFlow::Continue(())
        })?;
        line.show("encoding", 97, 100);
        let paths = made.write_all(&self.out, &maker.font()?)?;
        line.clear();
        for path in paths {
            terminal::print(&path.display().to_string())?;
        }
        Ok(())
    }

    fn brief(&self) -> anyhow::Result<Brief> {
        let seed = self.seed.unwrap_or_else(any_seed);
        let mut lyrics = self.lyrics.as_deref().map(read_lyrics).transpose()?;
        let (mut title, mut tags) = (self.title.clone(), self.tags.trim().to_owned());
        let description = self.description.trim();
        if lyrics.is_none() && !self.instrumental {
            let about = if description.is_empty() { &tags } else { description };
            ensure!(
                !about.is_empty(),
                "nothing to compose: give a description, --tags or --lyrics FILE (or --instrumental for any music)"
            );
            let written = lyricist::write(about, seed);
            terminal::note(&format!(
                "no --lyrics, so these were written (--instrumental for none):\n\n{}\n\n{}\n",
                written.title, written.lyrics
            ));
            lyrics = Some(written.lyrics);
            title = title.or(Some(written.title));
            if tags.is_empty() {
                tags = written.tags;
            }
        }
        let voice = match self.voice.as_deref() {
            Some("female") => VoiceWish {
                gender: Some(Gender::Female),
                ..VoiceWish::default()
            },
            Some("male") => VoiceWish {
                gender: Some(Gender::Male),
                ..VoiceWish::default()
            },
            preset => VoiceWish {
                preset: preset.map(str::to_owned),
                ..VoiceWish::default()
            },
        };
        Ok(Brief {
            title,
            lyrics,
            description: description.to_owned(),
            tags,
            negative_tags: self.negative_tags.clone(),
            style_weight: self.style_weight,
            weirdness: self.weirdness,
            voice,
            seconds: self.seconds,
            bpm: self.bpm,
            key: self.key.clone(),
            seed,
            take: self.take,
            ..Brief::default()
        })
    }
}

/// A seed nobody chose, short enough to type again.
pub(super) fn any_seed() -> u64 {
    uuid::Uuid::new_v4().as_u64_pair().0 >> 40
}

pub(super) fn read_lyrics(path: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    let name = path.display();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(MOST_LYRICS + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(MOST_LYRICS + 1).read_to_end(&mut bytes))
    };
    read.with_context(|| format!("cannot read the lyrics from {name}"))?;
    ensure!(
        bytes.len() as u64 <= MOST_LYRICS,
        "{name} is larger than {} kB: is it lyrics?",
        MOST_LYRICS / 1024
    );
    let Ok(text) = String::from_utf8(bytes) else {
        bail!("{name} is not UTF-8 text")
    };
    ensure!(!text.trim().is_empty(), "{name} holds no words");
    Ok(text)
}
