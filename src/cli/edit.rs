//! `catbird edit`: the operations of the API on files: the `score.json` of a song, or a recording.

use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use catbird_assets::Parts;
use catbird_engine::{Made, Maker, recordings, shelf};
use catbird_score::{Brief, Gender, Score, Span, Strength, VoiceWish, Work};
use catbird_sound::Stems;
use clap::{Args, Subcommand, ValueEnum};

use super::{band, compose, hear, progress::Line, terminal};

/// Change songs and recordings: extend, join, cover, replace a section …
#[derive(Args)]
pub struct Edit {
    #[command(subcommand)]
    operation: Operation,
}

#[derive(Subcommand)]
enum Operation {
    /// Go on after a song: only the new part
    Extend {
        /// A score.json, the folder it lies in, or a recording
        source: PathBuf,
        /// Seconds of the song after which it goes on; its end when absent
        #[arg(long)]
        at: Option<f64>,
        #[command(flatten)]
        asked: Asked,
    },
    /// A song and its extensions as one; or any songs and recordings in a row
    Concat {
        /// The pieces in order
        #[arg(required = true)]
        sources: Vec<PathBuf>,
        /// Bring all of them to the tempo, key and loudness of the first
        #[arg(long = "match")]
        matched: bool,
        #[command(flatten)]
        asked: Asked,
    },
    /// The same melody and words in another style
    Cover {
        /// A score.json, the folder it lies in, or a recording
        source: PathBuf,
        #[command(flatten)]
        asked: Asked,
    },
    /// The same song in better sound
    Remaster {
        /// A score.json, the folder it lies in, or a recording
        source: PathBuf,
        /// How far it may go
        #[arg(long, value_enum, default_value_t = Far::Normal)]
        strength: Far,
        #[command(flatten)]
        asked: Asked,
    },
    /// Another section in place of a span
    Replace {
        /// A score.json, the folder it lies in, or a recording
        source: PathBuf,
        /// Where the span begins, seconds
        #[arg(long)]
        from: f64,
        /// Where it ends, seconds
        #[arg(long)]
        to: f64,
        #[command(flatten)]
        asked: Asked,
    },
    /// A voice over a song's band
    AddVocals {
        /// A score.json, the folder it lies in, or a recording
        source: PathBuf,
        #[command(flatten)]
        asked: Asked,
    },
    /// A new band under a song's voice
    AddInstrumental {
        /// A score.json, the folder it lies in, or a recording
        source: PathBuf,
        #[command(flatten)]
        asked: Asked,
    },
    /// The voice of a song, as it is, over a new band
    SwapSound {
        /// A score.json, the folder it lies in, or a recording
        source: PathBuf,
        #[command(flatten)]
        asked: Asked,
    },
    /// The band of a song, as it is, under another singer
    SwapVocals {
        /// A score.json, the folder it lies in, or a recording
        source: PathBuf,
        #[command(flatten)]
        asked: Asked,
    },
    /// Voice and band, or every part, as tracks of their own
    Stems {
        /// A score.json, the folder it lies in, or a recording
        source: PathBuf,
        #[command(flatten)]
        asked: Asked,
    },
    /// Two songs as one
    Mashup {
        /// The first
        first: PathBuf,
        /// The second
        second: PathBuf,
        #[command(flatten)]
        asked: Asked,
    },
    /// A new song over a loop cut from another
    Sample {
        /// A score.json, the folder it lies in, or a recording
        source: PathBuf,
        /// Where the loop begins, seconds
        #[arg(long)]
        from: f64,
        /// Where it ends, seconds
        #[arg(long)]
        to: f64,
        #[command(flatten)]
        asked: Asked,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Far {
    Subtle,
    Normal,
    High,
}

/// What every edit may be asked.
#[derive(Args)]
struct Asked {
    /// Words to sing, with [verse], [chorus] … tags (`-` = standard input)
    #[arg(long, value_name = "FILE")]
    lyrics: Option<PathBuf>,
    /// Style words, separated by commas
    #[arg(long, default_value = "")]
    tags: String,
    /// What should not be heard
    #[arg(long, default_value = "")]
    negative_tags: String,
    /// The title
    #[arg(long)]
    title: Option<String>,
    /// `female` or `male`
    #[arg(long, value_name = "V")]
    voice: Option<String>,
    /// How close to the source, 0 to 1
    #[arg(long, value_name = "N")]
    audio_weight: Option<f32>,
    /// Which take, from 0
    #[arg(long, default_value_t = 0)]
    take: u32,
    /// Same request and seed, same bytes; drawn and told when absent
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// The folder the files are written to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Asked {
    fn brief(&self) -> anyhow::Result<Brief> {
        let gender = match self.voice.as_deref() {
            None => None,
            Some("female") => Some(Gender::Female),
            Some("male") => Some(Gender::Male),
            Some(other) => bail!("--voice is female or male, not {other}"),
        };
        Ok(Brief {
            title: self.title.clone(),
            lyrics: self.lyrics.as_deref().map(compose::read_lyrics).transpose()?,
            tags: self.tags.clone(),
            negative_tags: self.negative_tags.clone(),
            audio_weight: self.audio_weight,
            voice: VoiceWish {
                gender,
                ..VoiceWish::default()
            },
            ..Brief::default()
        })
    }
}

impl Edit {
    /// Makes the piece and writes its files.
    pub fn run(self) -> anyhow::Result<()> {
        // The files are named by path; the work only has to tell how many there are.
        let name = |path: &Path| path.display().to_string();
        let (work, paths, asked) = match self.operation {
            Operation::Extend { source, at, asked } => (
                Work::Extend {
                    source: name(&source),
                    at,
                    brief: asked.brief()?,
                },
                vec![source],
                asked,
            ),
            Operation::Concat {
                sources,
                matched,
                asked,
            } if matched || !is_chain(&sources) => return in_a_row(&sources, matched, &asked),
            Operation::Concat { sources, asked, .. } => (
                Work::Join {
                    chain: sources.iter().map(|s| name(s)).collect(),
                    brief: asked.brief()?,
                },
                sources,
                asked,
            ),
            Operation::Cover { source, asked } => (
                Work::Cover {
                    source: name(&source),
                    brief: asked.brief()?,
                },
                vec![source],
                asked,
            ),
            Operation::Remaster {
                source,
                strength,
                asked,
            } => (
                Work::Remaster {
                    source: name(&source),
                    strength: match strength {
                        Far::Subtle => Strength::Subtle,
                        Far::Normal => Strength::Normal,
                        Far::High => Strength::High,
                    },
                    brief: asked.brief()?,
                },
                vec![source],
                asked,
            ),
            Operation::Replace {
                source,
                from,
                to,
                asked,
            } => (
                Work::Replace {
                    source: name(&source),
                    from,
                    to,
                    whole: true,
                    section: false,
                    brief: asked.brief()?,
                },
                vec![source],
                asked,
            ),
            Operation::AddVocals { source, asked } => (
                Work::AddVocals {
                    source: name(&source),
                    span: Span::default(),
                    brief: asked.brief()?,
                },
                vec![source],
                asked,
            ),
            Operation::AddInstrumental { source, asked } => (
                Work::AddInstrumental {
                    source: name(&source),
                    span: Span::default(),
                    brief: asked.brief()?,
                },
                vec![source],
                asked,
            ),
            Operation::SwapSound { source, asked } => (
                Work::SwapSound {
                    source: name(&source),
                    brief: asked.brief()?,
                },
                vec![source],
                asked,
            ),
            Operation::SwapVocals { source, asked } => (
                Work::SwapVocals {
                    source: name(&source),
                    brief: asked.brief()?,
                },
                vec![source],
                asked,
            ),
            Operation::Stems { source, asked } => (
                Work::Stems {
                    source: name(&source),
                    full: true,
                },
                vec![source],
                asked,
            ),
            Operation::Mashup { first, second, asked } => (
                Work::Mashup {
                    sources: [name(&first), name(&second)],
                    brief: asked.brief()?,
                },
                vec![first, second],
                asked,
            ),
            Operation::Sample {
                source,
                from,
                to,
                asked,
            } => (
                Work::Sample {
                    source: name(&source),
                    from,
                    to,
                    brief: asked.brief()?,
                },
                vec![source],
                asked,
            ),
        };
        make(&work, &paths, &asked)
    }
}

/// Whether every piece but the first continues the one before it, or a single one knows its whole.
fn is_chain(paths: &[PathBuf]) -> bool {
    let joins = |path: &PathBuf| is_score(path) && read_score(path).is_ok_and(|score| score.joins.is_some());
    match paths {
        [one] => joins(one),
        [_, later @ ..] => later.iter().all(joins),
        [] => false,
    }
}

fn in_a_row(paths: &[PathBuf], matched: bool, asked: &Asked) -> anyhow::Result<()> {
    let (maker, sources) = sources(paths)?;
    let mut score = catbird_music::edit::concat(&sources, matched)?;
    if let Some(title) = &asked.title {
        title.clone_into(&mut score.title);
    }
    play(&maker, score, asked)
}

fn make(work: &Work, paths: &[PathBuf], asked: &Asked) -> anyhow::Result<()> {
    let (maker, sources) = sources(paths)?;
    let seed = asked.seed.unwrap_or_else(compose::any_seed);
    if asked.seed.is_none() {
        terminal::note(&format!("seed {seed} (give it with --seed to get the same song again)"));
    }
    // The first piece is the whole one.
    let score = maker
        .write(work, &sources, seed, asked.take)?
        .into_iter()
        .next()
        .context("the edit gave no piece")?;
    play(&maker, score, asked)
}

/// The pieces, and what plays them. The ear is only fetched for recordings.
fn sources(paths: &[PathBuf]) -> anyhow::Result<(Maker, Vec<Score>)> {
    let read = |path: &PathBuf| is_score(path).then(|| read_score(path)).transpose();
    let written: Vec<Option<Score>> = paths.iter().map(read).collect::<anyhow::Result<_>>()?;
    let played = |score: &Option<Score>| score.as_ref().is_some_and(|s| shelf::clips(s).is_empty());
    let parts = if written.iter().all(played) {
        Parts::Song
    } else {
        Parts::All
    };
    let maker = band::ready(parts)?;
    let read = |(path, score): (&PathBuf, Option<Score>)| match score {
        Some(score) => Ok(score),
        None => hear::listen(&maker, path, None),
    };
    let sources = paths.iter().zip(written).map(read).collect::<anyhow::Result<_>>()?;
    Ok((maker, sources))
}

fn play(maker: &Maker, score: Score, asked: &Asked) -> anyhow::Result<()> {
    std::fs::create_dir_all(&asked.out).with_context(|| format!("cannot make the folder {}", asked.out.display()))?;
    let open = |file: &str| recordings::open(Path::new(file)).map_err(|error| error.to_string());
    let line = Line::steps();
    let rendering = maker.play(&score, Stems::All, None, &open, &|step, done| {
        line.show(step, (done * 100.0) as u64, 100);
        ControlFlow::Continue(())
    })?;
    line.show("encoding", 97, 100);
    let paths = Made { score, rendering }.write_all(&asked.out, &maker.font()?)?;
    line.clear();
    for path in paths {
        terminal::print(&path.display().to_string())?;
    }
    Ok(())
}

/// A song of ours, and not a recording.
fn is_score(path: &Path) -> bool {
    path.is_dir() || path.extension().is_some_and(|extension| extension == "json")
}

fn read_score(path: &Path) -> anyhow::Result<Score> {
    let file = if path.is_dir() {
        path.join("score.json")
    } else {
        path.to_owned()
    };
    let name = file.display();
    let bytes = std::fs::read(&file).with_context(|| format!("cannot read the score {name}"))?;
    let score: Score = serde_json::from_slice(&bytes).with_context(|| format!("{name} is not a score of Catbird's"))?;
    score.check().with_context(|| format!("{name} is broken"))?;
    Ok(score)
}
