//! The built-in engine behind the server's `Engine` seam: the one place that knows both.

use std::{ops::ControlFlow, path::Path, sync::Arc};

use anyhow::{Context as _, anyhow};
use catbird_engine::{AdmitError, EarError, Made, MakeError, Maker, recordings, shelf, stems, views, works};
use catbird_media::wav;
use catbird_music::{lyricist, tags};
use catbird_score::{Brief, Joins, Labels, Score, Singer, Work, timings::timed_lines};
use catbird_server::engine::{Code, Engine, Fault, Job, Take, TakeFile, View, Written, async_trait};
use catbird_sound::{SoundError, Stems, Stereo};
use tokio::runtime::Handle;

/// Makes songs on this machine's processors.
pub struct Builtin(pub Arc<Maker>);

impl Builtin {
    /// The blocking part: the pieces of one take, in the job's scratch folder.
    fn make(maker: &Maker, work: &Work, sources: &[Score], take: u32, job: &Job) -> Result<Vec<Take>, Fault> {
        let progress = |step: &str, done: f32| {
            job.step(step, done);
            if job.is_cancelled() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        if progress("composing", 0.01).is_break() {
            return Err(fault(SoundError::Cancelled.into()));
        }
        if let (Work::Stems { full, .. }, [source]) = (work, sources) {
            return tracks(maker, work, source, *full, job, &progress);
        }
        let open = opener(job);
        let scores = maker.write(work, sources, job.seed(), take).map_err(fault)?;
        let count = scores.len() as f32;
        let mut takes = Vec::with_capacity(scores.len());
        for (index, score) in scores.into_iter().enumerate() {
            let share = |step: &str, done: f32| progress(step, (index as f32 + done) / count);
            let live = job.live().filter(|_| index == 0);
            let hear = |bytes: &[u8]| {
                if let Some(live) = &live {
                    live.write(bytes);
                }
            };
            let rendering = maker
                .play(&score, Stems::None, Some(&hear), &open, &share)
                .map_err(|error| fault(error.into()))?;
            let folder = job.scratch().join(format!("take-{take}-{index}"));
            std::fs::create_dir_all(&folder).context("no folder for a take")?;
            takes.push(finish(maker, &Made { score, rendering }, work, &folder)?);
        }
        Ok(takes)
    }
}

/// A made piece with its files.
fn finish(maker: &Maker, made: &Made, work: &Work, folder: &Path) -> Result<Take, Fault> {
    let score = &made.score;
    let font = maker.font().context("the font cannot be read")?;
    let views = made.write_views(folder, &font).map_err(|e| Fault::Broken(e.into()))?;
    let files = views.into_iter().map(file).collect();
    let brief = work.brief();
    let lyrics = match (work, brief.and_then(|b| b.lyrics.as_ref())) {
        // A piece in which these words are only a part.
        (Work::Replace { .. }, _) if score.joins.is_none() => works::sung_lyrics(score),
        (Work::AddVocals { .. }, _) if score.patch.is_some() || !score.reels.is_empty() => works::sung_lyrics(score),
        // Words that were given come back as they were given.
        (_, Some(given)) if score.vocal.is_some() => given.clone(),
        _ => works::sung_lyrics(score),
    };
    let tags = match brief.map(|b| b.tags.trim()) {
        Some(tags) if !tags.is_empty() => tags.to_owned(),
        _ => style_words(&score.labels),
    };
    let parent = match (work, &score.joins) {
        (_, None) => None,
        (work, Some(_)) => work.sources().first().map(|clip| (*clip).to_owned()),
    };
    let joins_at = match &score.joins {
        Some(Joins::After { seconds, .. }) => Some(*seconds),
        _ => None,
    };
    let replaced = score.patch.as_ref().map(|patch| [patch.from, patch.to]);
    Ok(Take {
        title: score.title.clone(),
        lyrics,
        tags,
        seconds: made.rendering.master.left.len() as f64 / f64::from(views::SAMPLE_RATE),
        labels: score.labels.clone(),
        parent,
        details: serde_json::json!({
            "coverage": score.coverage(),
            "bpm": score.tempo.bpm_at(0),
            "key": score.key.name(),
            "style": score.style,
            "singer": score.vocal.as_ref().map(|v| &v.singer),
            "loudness": made.rendering.loudness,
            "continues_at": joins_at,
            "replaced": replaced,
            "words": words(score),
        }),
        files,
    })
}

/// When each word is sung, seconds of the file.
fn words(score: &Score) -> Vec<serde_json::Value> {
    let round = |seconds: f64| (seconds * 1000.0).round() / 1000.0;
    timed_lines(score)
        .into_iter()
        .flat_map(|line| line.words)
        .map(|word| serde_json::json!({"word": word.word, "start": round(word.start), "end": round(word.end)}))
        .collect()
}

/// Brings the recordings that a piece sounds from; for threads that may block.
fn opener(job: &Job) -> impl Fn(&str) -> Result<Stereo, String> + Sync + use<> {
    let (runtime, job) = (Handle::current(), job.clone());
    move |clip| {
        let path = runtime.block_on(job.source(clip, "wav"));
        recordings::open(&path.map_err(|error| format!("{error:#}"))?).map_err(|error| error.to_string())
    }
}

/// The tracks of a piece, each as a clip of its own.
fn tracks(
    maker: &Maker,
    work: &Work,
    source: &Score,
    full: bool,
    job: &Job,
    progress: &(dyn Fn(&str, f32) -> ControlFlow<()> + Sync),
) -> Result<Vec<Take>, Fault> {
    let keep = if full { Stems::All } else { Stems::Halves };
    let rendering = maker
        .play(source, keep, None, &opener(job), progress)
        .map_err(|error| fault(error.into()))?;
    let seconds = rendering.master.left.len() as f64 / f64::from(views::SAMPLE_RATE);
    let tracks = stems::write_tracks(&rendering, job.scratch()).map_err(|e| Fault::Broken(e.into()))?;
    let parent = work.sources().first().map(|clip| (*clip).to_owned());
    Ok(tracks
        .into_iter()
        .map(|track| Take {
            title: format!("{} ({})", source.title, track.name),
            lyrics: if track.id == "vocals" {
                works::sung_lyrics(source)
            } else {
                "[Instrumental]".to_owned()
            },
            tags: track.name.to_lowercase(),
            seconds,
            labels: source.labels.clone(),
            parent: parent.clone(),
            details: serde_json::json!({ "stem": track.id }),
            files: vec![file(track.file)],
        })
        .collect())
}

fn file(view: views::View) -> TakeFile {
    TakeFile {
        role: view.role.into(),
        media_type: view.media_type.into(),
        extension: view.extension.into(),
        path: view.path,
    }
}

fn style_words(labels: &Labels) -> String {
    let words = [&labels.genre, &labels.mood, &labels.gender, &labels.timbre];
    let words: Vec<String> = words
        .into_iter()
        .filter(|word| !word.is_empty())
        .map(|word| word.trim_end_matches("_AUDIO_TIMBRE").to_lowercase())
        .collect();
    words.join(", ")
}

/// Whose fault it was decides whether the task is refused or tried again.
fn fault(error: MakeError) -> Fault {
    match error {
        MakeError::Brief(error) => Fault::Rejected {
            code: Code::BadRequest,
            message: error.to_string(),
        },
        // There is nothing in the recording that could be worked on.
        MakeError::Ear(EarError::Nothing(message)) => Fault::Rejected {
            code: Code::BadRequest,
            message,
        },
        MakeError::Ear(EarError::Cancelled) | MakeError::Sound(SoundError::Cancelled) => {
            Fault::Broken(anyhow!("cancelled"))
        }
        error => Fault::Broken(error.into()),
    }
}

async fn score(job: &Job, clip: &str) -> Result<Score, Fault> {
    let path = job.source(clip, "score").await?;
    let clip = clip.to_owned();
    let read = move || -> anyhow::Result<Score> {
        let mut score = serde_json::from_slice(&std::fs::read(path)?)?;
        shelf::claim(&mut score, &clip);
        Ok(score)
    };
    Ok(blocking(read).await?)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> anyhow::Result<T> + Send + 'static) -> anyhow::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|panic| anyhow!("the engine panicked: {panic}"))?
}

/// The stretch of a voice that is asked for, with 5 ms fades; frames of 44.1 kHz.
fn stretch(dry: &[f32], from: Option<f64>, to: Option<f64>) -> Vec<f32> {
    let frame = |seconds: f64| (seconds.max(0.0) * f64::from(views::SAMPLE_RATE)) as usize;
    let end = to.map_or(dry.len(), frame).min(dry.len());
    let mut cut = dry[from.map_or(0, frame).min(end)..end].to_vec();
    let fade = (views::SAMPLE_RATE as usize / 200).min(cut.len() / 2);
    let length = cut.len();
    for i in 0..fade {
        let gain = i as f32 / fade as f32;
        cut[i] *= gain;
        cut[length - 1 - i] *= gain;
    }
    cut
}

fn admit(maker: &Maker, file: &Path, brief: &Brief, folder: &Path) -> Result<Take, Fault> {
    let admitted = match maker.admit(file, brief, folder) {
        Ok(admitted) => admitted,
        Err(AdmitError::Decode(error)) => {
            return Err(Fault::Rejected {
                code: Code::BadRequest,
                message: error.to_string(),
            });
        }
        Err(error) => return Err(Fault::Broken(error.into())),
    };
    Ok(Take {
        title: admitted.title,
        lyrics: brief.lyrics.clone().unwrap_or_default(),
        tags: brief.tags.clone(),
        seconds: admitted.seconds,
        labels: Labels::default(),
        parent: None,
        details: serde_json::json!({
            "codec": admitted.format.codec,
            "sample_rate": admitted.format.rate,
            "channels": admitted.format.channels,
        }),
        files: admitted.files.into_iter().map(self::file).collect(),
    })
}

/// What is heard in a recording, as a file of JSON.
async fn hearing(maker: Arc<Maker>, clip: &str, lyrics: Option<String>, job: &Job) -> Result<TakeFile, Fault> {
    let (job, open, clip) = (job.clone(), opener(job), clip.to_owned());
    let path = job.scratch().join("score.json");
    let heard = tokio::task::spawn_blocking(move || {
        let recording = open(&clip).map_err(|error| Fault::Broken(anyhow!(error)))?;
        let progress = |step: &str, done: f32| {
            job.step(step, done);
            if job.is_cancelled() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let score = maker.hear(&recording, lyrics.as_deref(), &progress).map_err(fault)?;
        let json = serde_json::to_vec(&score).expect("a score has string keys and finite numbers");
        std::fs::write(&path, json).context("the score cannot be written")?;
        Ok(path)
    });
    let path = heard
        .await
        .unwrap_or_else(|panic| Err(Fault::Broken(anyhow!("the ear panicked: {panic}"))))?;
    Ok(TakeFile {
        role: "score".into(),
        media_type: "application/json".into(),
        extension: "json".into(),
        path,
    })
}

#[async_trait]
impl Engine for Builtin {
    fn name(&self) -> &'static str {
        "builtin"
    }

    async fn run(&self, work: &Work, take: u32, job: &Job) -> Result<Vec<Take>, Fault> {
        let mut sources = Vec::new();
        for clip in work.sources() {
            sources.push(score(job, clip).await?);
        }
        let (maker, work, job) = (Arc::clone(&self.0), work.clone(), job.clone());
        tokio::task::spawn_blocking(move || Self::make(&maker, &work, &sources, take, &job))
            .await
            .unwrap_or_else(|panic| Err(Fault::Broken(anyhow!("the engine panicked: {panic}"))))
    }

    async fn lyrics(&self, description: &str, seed: u64) -> Result<Written, Fault> {
        let description = description.to_owned();
        let written = blocking(move || Ok(lyricist::write(&description, seed))).await?;
        Ok(Written {
            title: written.title,
            tags: written.tags,
            lyrics: written.lyrics,
        })
    }

    async fn upsample_tags(&self, words: &str, seed: u64) -> Result<String, Fault> {
        let words = words.to_owned();
        Ok(blocking(move || Ok(tags::upsample(&words, seed))).await?)
    }

    async fn admit(&self, file: &Path, brief: &Brief, job: &Job) -> Result<Take, Fault> {
        let (maker, file, brief) = (Arc::clone(&self.0), file.to_owned(), brief.clone());
        let folder = job.scratch().to_owned();
        let admitted = tokio::task::spawn_blocking(move || admit(&maker, &file, &brief, &folder));
        admitted
            .await
            .unwrap_or_else(|panic| Err(Fault::Broken(anyhow!("the decoder panicked: {panic}"))))
    }

    async fn singer(&self, clip: &str, job: &Job) -> Result<Singer, Fault> {
        let score = score(job, clip).await?;
        let (maker, open, clip) = (Arc::clone(&self.0), opener(job), clip.to_owned());
        let learnt = tokio::task::spawn_blocking(move || {
            let recording = open(&clip).map_err(|error| Fault::Broken(anyhow!(error)))?;
            maker.singer(&score, &recording).map_err(fault)
        });
        learnt
            .await
            .unwrap_or_else(|panic| Err(Fault::Broken(anyhow!("the engine panicked: {panic}"))))
    }

    async fn view(&self, view: &View, job: &Job) -> Result<TakeFile, Fault> {
        match view {
            View::Hearing { clip, lyrics } => hearing(Arc::clone(&self.0), clip, lyrics.clone(), job).await,
            View::Vocals { clip, span } => {
                let (score, span) = (score(job, clip).await?, *span);
                let open = opener(job);
                let (maker, path) = (Arc::clone(&self.0), job.scratch().join("vocals.wav"));
                let made = blocking(move || {
                    let dry = maker.vocals(&score, Some(&open))?;
                    let cut = stretch(&dry, span.from, span.to);
                    std::fs::write(&path, wav::encode_mono(&cut, views::SAMPLE_RATE))?;
                    Ok(path)
                });
                Ok(TakeFile {
                    role: "vocals".into(),
                    media_type: "audio/wav".into(),
                    extension: "wav".into(),
                    path: made.await?,
                })
            }
            View::Video { clip } => {
                let score = score(job, clip).await?;
                let (mp3, cover) = (job.source(clip, "mp3").await?, job.source(clip, "cover").await?);
                let (maker, path) = (Arc::clone(&self.0), job.scratch().join("video.mp4"));
                let made = blocking(move || {
                    let (mp3, cover) = (std::fs::read(mp3)?, std::fs::read(cover)?);
                    let video = views::lyric_video(&score, &mp3, &cover, &maker.font()?)?;
                    std::fs::write(&path, video)?;
                    Ok(path)
                });
                Ok(TakeFile {
                    role: "video".into(),
                    media_type: "video/mp4".into(),
                    extension: "mp4".into(),
                    path: made.await?,
                })
            }
        }
    }
}
