//! The built-in engine behind the server's `Engine` seam: the one place that knows both.

use std::{ops::ControlFlow, sync::Arc};

use anyhow::anyhow;
use catbird_engine::{MakeError, Maker};
use catbird_music::ComposeError;
use catbird_score::{Brief, Work};
use catbird_server::engine::{Code, Engine, Fault, Job, Take, TakeFile, View, Written, async_trait};
use catbird_sound::SoundError;

/// Makes songs on this machine's processors.
pub struct Builtin(pub Arc<Maker>);

impl Builtin {
    /// The blocking part: one take in the job's scratch folder.
    fn make(maker: &Maker, brief: &Brief, job: &Job) -> Result<Vec<Take>, Fault> {
        let progress = |step: &str, done: f32| {
            job.step(step, done);
            if job.is_cancelled() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let made = maker.make(brief, false, &progress).map_err(fault)?;
        job.step("encoding", 0.97);
        let views = made.write_views(job.scratch()).map_err(|e| Fault::Broken(e.into()))?;
        let score = &made.score;
        let coverage = score.coverage();
        let details = serde_json::json!({
            "coverage": coverage,
            "bpm": score.tempo.bpm_at(0),
            "key": score.key.name(),
            "style": score.style,
            "loudness": made.rendering.loudness,
        });
        let files = views
            .into_iter()
            .map(|view| TakeFile {
                role: view.role.into(),
                media_type: view.media_type.into(),
                extension: view.extension.into(),
                path: view.path,
            })
            .collect();
        let seconds = made.rendering.master.left.len() as f64 / f64::from(catbird_engine::views::SAMPLE_RATE);
        Ok(vec![Take {
            title: score.title.clone(),
            lyrics: brief.lyrics.clone().unwrap_or_else(|| "[Instrumental]".to_owned()),
            tags: brief.tags.clone(),
            parent: None,
            seconds,
            labels: score.labels.clone(),
            details,
            files,
        }])
    }
}

/// Whose fault it was decides whether the task is refused or tried again.
fn fault(error: MakeError) -> Fault {
    match error {
        MakeError::Brief(ComposeError::Language) => Fault::language(),
        MakeError::Brief(error) => Fault::Rejected {
            code: Code::BadRequest,
            message: error.to_string(),
        },
        MakeError::Sound(SoundError::Cancelled) => Fault::Broken(anyhow!("cancelled")),
        MakeError::Sound(error) => Fault::Broken(error.into()),
        MakeError::Pronouncer(error) => Fault::Broken(error.into()),
    }
}

#[async_trait]
impl Engine for Builtin {
    fn name(&self) -> &'static str {
        "builtin"
    }

    async fn run(&self, work: &Work, take: u32, job: &Job) -> Result<Vec<Take>, Fault> {
        let Work::Compose { brief } = work else {
            return Err(Fault::Broken(anyhow!("not yet")));
        };
        let (maker, brief, job) = (Arc::clone(&self.0), brief.clone(), job.clone());
        tokio::task::spawn_blocking(move || {
            let brief = Brief {
                seed: job.seed(),
                take,
                ..brief
            };
            Self::make(&maker, &brief, &job)
        })
        .await
        .unwrap_or_else(|panic| Err(Fault::Broken(anyhow!("the engine panicked: {panic}"))))
    }

    async fn lyrics(&self, _: &str, _: u64) -> Result<Written, Fault> {
        Err(Fault::Broken(anyhow!("not yet")))
    }

    async fn upsample_tags(&self, _: &str, _: u64) -> Result<String, Fault> {
        Err(Fault::Broken(anyhow!("not yet")))
    }

    async fn view(&self, _: &View, _: &Job) -> Result<TakeFile, Fault> {
        Err(Fault::Broken(anyhow!("not yet")))
    }
}
