//! An engine for tests: a short sine as a real WAV, and misbehaviour on demand by words in the
//! lyrics or the description.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use catbird_score::{Brief, Labels, Work};
use catbird_server::engine::{Engine, Fault, Job, Take, TakeFile, View, Written, async_trait};
use serde_json::json;

/// What it was asked, and how often.
#[derive(Default)]
pub struct TestEngine {
    pub briefs: Mutex<Vec<(Brief, u64)>>,
    pub runs: AtomicUsize,
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

#[async_trait]
impl Engine for TestEngine {
    fn name(&self) -> &'static str {
        "test"
    }

    async fn run(&self, work: &Work, take: u32, job: &Job) -> Result<Vec<Take>, Fault> {
        let brief = &work.brief().cloned().unwrap_or_default();
        let run = self.runs.fetch_add(1, Ordering::SeqCst) + 1;
        self.briefs.lock().unwrap().push((brief.clone(), job.seed()));
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
        if let Some(live) = job.live() {
            live.write(b"first sound");
        }
        job.step("mix", 0.8);
        let seconds = brief.seconds.unwrap_or(2.0).min(2.0);
        let frames = (seconds * 44_100.0) as usize;
        let wav = job.scratch().join("song.wav");
        write_wav(&wav, frames, job.seed() + u64::from(take));
        let mut files = vec![file("wav", "audio/wav", "wav", &wav)];
        for (role, media_type, extension) in [
            ("mp3", "audio/mpeg", "mp3"),
            ("midi", "audio/midi", "mid"),
            ("lrc", "text/plain; charset=utf-8", "lrc"),
        ] {
            let path = job.scratch().join(format!("song.{extension}"));
            std::fs::write(&path, format!("{role} of {}", job.task_id())).expect("scratch can be written");
            files.push(file(role, media_type, extension, &path));
        }
        if words.contains("please lose") {
            files.push(file(
                "score",
                "application/json",
                "json",
                Path::new("/nowhere/score.json"),
            ));
        }
        let labels = Labels {
            genre: "Folk".into(),
            mood: "Calm/Relaxing".into(),
            gender: if brief.lyrics.is_some() {
                "Female".into()
            } else {
                String::new()
            },
            timbre: if brief.lyrics.is_some() {
                "Warm".into()
            } else {
                String::new()
            },
        };
        Ok(vec![Take {
            title: brief.title.clone().unwrap_or_else(|| "Test Song".into()),
            lyrics: brief.lyrics.clone().unwrap_or_else(|| "[Instrumental]".into()),
            tags: brief.tags.clone(),
            parent: work.sources().first().map(|clip| (*clip).to_owned()),
            seconds: frames as f64 / 44_100.0,
            labels,
            details: json!({"coverage": {"words": 4, "sung": 4}}),
            files,
        }])
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

    async fn view(&self, view: &View, job: &Job) -> Result<TakeFile, Fault> {
        let (role, media_type, extension) = match view {
            View::Video { .. } => ("video", "video/mp4", "mp4"),
            View::Vocals { .. } => ("vocals", "audio/wav", "vocals.wav"),
        };
        let path = job.scratch().join(format!("view.{extension}"));
        std::fs::write(&path, format!("{view:?}")).expect("scratch can be written");
        Ok(file(role, media_type, extension, &path))
    }
}

fn file(role: &str, media_type: &str, extension: &str, path: &Path) -> TakeFile {
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
