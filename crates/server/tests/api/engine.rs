//! An engine for tests: a short sine as a real WAV, a real small score, and misbehaviour on demand by
//! words in the lyrics or the description.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use catbird_score::{Brief, Heard, Joins, Score, Singer, Work};
use catbird_server::engine::{Code, Engine, Fault, Job, Take, TakeFile, View, Written, async_trait};
use serde_json::{Value, json};

use crate::recording::{self, Crowd};
use crate::score;

/// How many pieces "please stream" writes, one each tenth of a second.
pub const STREAMED: usize = 10;

/// One of these pieces.
pub fn streamed(chunk: usize) -> Vec<u8> {
    format!("chunk {chunk} ").repeat(500).into_bytes()
}

/// What it was asked, and how often.
#[derive(Default)]
pub struct TestEngine {
    pub briefs: Mutex<Vec<(Brief, u64)>>,
    pub works: Mutex<Vec<Work>>,
    pub runs: AtomicUsize,
    /// Files made on demand.
    pub views: AtomicUsize,
    /// Recordings brought in, and how many of them at once at most.
    pub admitted: AtomicUsize,
    pub crowd: Crowd,
    /// Recordings listened to.
    pub heard: AtomicUsize,
    /// Hung runs that saw that they were cancelled.
    pub cancelled: Arc<AtomicUsize>,
}

impl TestEngine {
    pub fn runs(&self) -> usize {
        self.runs.load(Ordering::SeqCst)
    }

    pub fn last_brief(&self) -> (Brief, u64) {
        self.briefs.lock().unwrap().last().expect("the engine ran").clone()
    }
}

impl TestEngine {
    pub fn last_work(&self) -> Work {
        self.works.lock().unwrap().last().expect("the engine ran").clone()
    }
}

#[async_trait]
impl Engine for TestEngine {
    fn name(&self) -> &'static str {
        "test"
    }

    async fn run(&self, work: &Work, take: u32, job: &Job) -> Result<Vec<Take>, Fault> {
        let brief = &work.brief().cloned().unwrap_or_default();
        let run = self.runs.fetch_add(1, Ordering::SeqCst) + 1;
        self.briefs.lock().unwrap().push((brief.clone(), job.seed()));
        self.works.lock().unwrap().push(work.clone());
        let words = format!("{} {}", brief.lyrics.as_deref().unwrap_or(""), brief.description);
        job.step("melody", 0.3);
        if words.contains("please reject") {
            return Err(Fault::language());
        }
        if words.contains("please break") || (words.contains("please stumble") && run == 1) {
            return Err(Fault::Broken(anyhow::anyhow!("a secret cause")));
        }
        assert!(!words.contains("please panic"), "a secret panic");
        if words.contains("please wait") && run == 1 {
            return Err(Fault::Busy {
                after: Duration::from_millis(100),
            });
        }
        if words.contains("please hang") && !(words.contains("once") && run > 1) {
            job.step("mix", 0.6);
            let (job, cancelled) = (job.clone(), Arc::clone(&self.cancelled));
            let hang = move || {
                // Not for ever, or a failing test would not end.
                for _ in 0..1500 {
                    if job.is_cancelled() {
                        cancelled.fetch_add(1, Ordering::SeqCst);
                        return;
                    }
                    std::thread::sleep(Duration::from_millis(10));
                }
            };
            tokio::task::spawn_blocking(hang).await.expect("hanging does not panic");
            return Err(Fault::Broken(anyhow::anyhow!("cancelled")));
        }
        if words.contains("please dawdle") {
            for percent in 0..10 {
                job.step(if percent < 5 { "melody" } else { "mix" }, percent as f32 / 10.0);
                tokio::time::sleep(Duration::from_millis(120)).await;
            }
        }
        if words.contains("please fail the second") && take == 1 {
            return Err(Fault::language());
        }
        if words.contains("please stream")
            && let Some(live) = job.live()
        {
            for chunk in 0..STREAMED {
                live.write(&streamed(chunk));
                tokio::time::sleep(Duration::from_millis(100)).await;
                if words.contains("and break") && chunk == 2 {
                    return Err(Fault::Broken(anyhow::anyhow!("a string snapped")));
                }
            }
        } else if let Some(live) = job.live() {
            live.write(b"first sound");
        }
        if words.contains("please play slowly") {
            tokio::time::sleep(Duration::from_millis(600)).await;
        }
        job.step("mix", 0.8);
        let mut sources = Vec::new();
        for clip in work.sources() {
            let path = job.source(clip, "score").await?;
            let text = std::fs::read(path).expect("a source can be read");
            let score: Score = serde_json::from_slice(&text).expect("a source is a score");
            sources.push(score);
        }
        let pieces = pieces(work, &sources, brief, take, job);
        let count = pieces.len();
        let mut takes = Vec::with_capacity(count);
        for (index, piece) in pieces.into_iter().enumerate() {
            let folder = job.scratch().join(format!("take-{take}-{index}"));
            std::fs::create_dir_all(&folder).expect("scratch can be written");
            let mut made = finish(work, brief, piece, job.seed() + u64::from(take), &folder);
            if words.contains("please lose") {
                let nowhere = Path::new("/nowhere/score.json");
                made.files.push(file("lost", "application/json", "lost.json", nowhere));
            }
            takes.push(made);
        }
        Ok(takes)
    }

    async fn lyrics(&self, description: &str, seed: u64) -> Result<Written, Fault> {
        Ok(Written {
            title: format!("About {description}"),
            tags: "folk, warm".into(),
            lyrics: format!("[Verse]\n{description} number {seed}"),
        })
    }

    async fn upsample_tags(&self, tags: &str, _: u64) -> Result<String, Fault> {
        Ok(format!("{tags}, with feeling"))
    }

    async fn admit(&self, file: &Path, brief: &Brief, job: &Job) -> Result<Take, Fault> {
        self.admitted.fetch_add(1, Ordering::SeqCst);
        let _one = self.crowd.enter();
        let title = brief.title.as_deref().unwrap_or_default();
        if title.contains("please break") {
            return Err(Fault::Broken(anyhow::anyhow!("a secret cause")));
        }
        if title.contains("please dawdle") {
            for _ in 0..50 {
                if job.is_cancelled() {
                    self.cancelled.fetch_add(1, Ordering::SeqCst);
                    return Err(Fault::Broken(anyhow::anyhow!("cancelled")));
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        recording::take(file, brief, job)
    }

    async fn singer(&self, clip: &str, job: &Job) -> Result<Singer, Fault> {
        let score = recording::score_at(&job.source(clip, "score").await?);
        assert!(job.source(clip, "wav").await?.is_file(), "its sound is there, too");
        if !score.heard.as_ref().is_some_and(Heard::sings) {
            return Err(Fault::Rejected {
                code: Code::BadRequest,
                message: "Nobody sings in this recording.".into(),
            });
        }
        Ok(score::singer(7, &Brief::default()))
    }

    async fn view(&self, view: &View, job: &Job) -> Result<TakeFile, Fault> {
        if let View::Hearing { clip, lyrics } = view {
            let wav = job.source(clip, "wav").await?;
            tokio::time::sleep(Duration::from_millis(200)).await;
            self.heard.fetch_add(1, Ordering::SeqCst);
            let path = job.scratch().join("heard.json");
            let score = recording::heard(&wav, lyrics.as_deref());
            std::fs::write(&path, serde_json::to_vec(&score).expect("plain data")).expect("scratch can be written");
            return Ok(file("score", "application/json", "json", &path));
        }
        let (role, media_type, extension) = match view {
            View::Video { .. } => ("video", "video/mp4", "mp4"),
            View::Vocals { .. } => ("vocals", "audio/wav", "vocals.wav"),
            View::Hearing { .. } => unreachable!("answered before"),
        };
        self.views.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(200)).await;
        let path = job.scratch().join(format!("view.{extension}"));
        std::fs::write(&path, format!("{view:?}")).expect("scratch can be written");
        Ok(file(role, media_type, extension, &path))
    }
}

/// What an operation makes, and how it belongs to its source.
struct Piece {
    score: Score,
    name: Option<String>,
}

impl From<Score> for Piece {
    fn from(score: Score) -> Self {
        Self { score, name: None }
    }
}

fn pieces(work: &Work, sources: &[Score], brief: &Brief, take: u32, job: &Job) -> Vec<Piece> {
    let seconds = brief.seconds.unwrap_or(2.0).min(2.0);
    let lyrics = brief.lyrics.as_deref().filter(|_| !brief.instrumental);
    let title = brief.title.clone().unwrap_or_else(|| "Test Song".into());
    let new = || score::of(&title, lyrics, seconds, job.seed() + u64::from(take), brief);
    match (work, sources) {
        (Work::Extend { at, .. }, [source]) => {
            let mut part = new();
            let seconds = at.unwrap_or(source.seconds);
            part.joins = Some(Joins::After { tick: 1920, seconds });
            vec![part.into()]
        }
        (Work::Join { .. }, pieces) => {
            let mut whole = pieces[0].clone();
            whole.seconds = pieces.iter().map(|piece| piece.seconds).sum();
            whole.title = title;
            whole.joins = None;
            vec![whole.into()]
        }
        (
            Work::Replace {
                from,
                to,
                whole,
                section: alone,
                ..
            },
            [source],
        ) => {
            let mut section = score::of(&title, lyrics, to - from, job.seed(), brief);
            section.joins = Some(Joins::Inside {
                whole: Box::new(source.clone()),
            });
            let whole = whole.then(|| source.clone().into());
            whole.into_iter().chain(alone.then(|| section.into())).collect()
        }
        (Work::Stems { full, .. }, [source]) => {
            let mut names: Vec<String> = source.vocal.iter().map(|_| "Vocals".to_owned()).collect();
            if *full {
                names.extend(source.parts.iter().map(|part| part.name.clone()));
            } else {
                names.push("Instrumental".into());
            }
            let track = |name| Piece {
                score: source.clone(),
                name: Some(name),
            };
            names.into_iter().map(track).collect()
        }
        (Work::Cover { .. } | Work::Remaster { .. }, [source]) if lyrics.is_none() => {
            let mut score = source.clone();
            score.title = title;
            vec![score.into()]
        }
        _ => vec![new().into()],
    }
}

fn finish(work: &Work, brief: &Brief, piece: Piece, seed: u64, folder: &Path) -> Take {
    let score = &piece.score;
    let frames = (score.seconds * 44_100.0) as usize;
    let wav = folder.join("song.wav");
    write_wav(&wav, frames, seed);
    let mut files = vec![file("wav", "audio/wav", "wav", &wav)];
    if piece.name.is_none() {
        let json = serde_json::to_vec(score).expect("a score is plain data");
        for (role, media_type, extension, bytes) in [
            ("mp3", "audio/mpeg", "mp3", format!("mp3 of {seed}").into_bytes()),
            ("midi", "audio/midi", "mid", catbird_score::midi::midi(score)),
            (
                "lrc",
                "text/plain; charset=utf-8",
                "lrc",
                catbird_score::lrc::lrc(score).into_bytes(),
            ),
            ("score", "application/json", "json", json),
            (
                "cover",
                "image/jpeg",
                "jpg",
                format!("\u{ff}cover of {seed}").into_bytes(),
            ),
        ] {
            let path = folder.join(format!("song.{extension}"));
            std::fs::write(&path, bytes).expect("scratch can be written");
            files.push(file(role, media_type, extension, &path));
        }
    }
    let words = score.vocal.as_ref().map(|vocal| {
        let lines: Vec<&str> = vocal.lines.iter().map(|line| line.text.as_str()).collect();
        lines.join("\n")
    });
    let lyrics = brief
        .lyrics
        .clone()
        .or(words)
        .unwrap_or_else(|| "[Instrumental]".into());
    let sources = work.sources();
    let parent = sources
        .first()
        .filter(|_| score.joins.is_some() || piece.name.is_some());
    Take {
        title: piece
            .name
            .map_or_else(|| score.title.clone(), |name| format!("{} ({name})", score.title)),
        lyrics: if score.vocal.is_some() {
            lyrics
        } else {
            "[Instrumental]".into()
        },
        tags: if brief.tags.is_empty() {
            "plain".into()
        } else {
            brief.tags.clone()
        },
        parent: parent.map(|clip| (*clip).to_owned()),
        seconds: frames as f64 / 44_100.0,
        labels: score.labels.clone(),
        details: json!({
            "coverage": {"words": 4, "sung": 4},
            "continues_at": match &score.joins {
                Some(Joins::After { seconds, .. }) => Value::from(*seconds),
                _ => Value::Null,
            },
        }),
        files,
    }
}

pub fn file(role: &str, media_type: &str, extension: &str, path: &Path) -> TakeFile {
    TakeFile {
        role: role.into(),
        media_type: media_type.into(),
        extension: extension.into(),
        path: path.to_owned(),
    }
}

fn write_wav(path: &Path, frames: usize, seed: u64) {
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: 44_100,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(path, spec).expect("scratch can be written");
    let step = (200.0 + (seed % 400) as f64) * std::f64::consts::TAU / 44_100.0;
    for frame in 0..frames {
        let sample = ((frame as f64 * step).sin() * 8000.0) as i16;
        writer.write_sample(sample).expect("scratch can be written");
        writer.write_sample(sample).expect("scratch can be written");
    }
    writer.finalize().expect("scratch can be written");
}
