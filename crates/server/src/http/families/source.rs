//! The clips that an operation works on: finished ones of the caller's own account, of any family.
//! Another account's is as unknown as one that never was.

use serde::Deserialize;
use serde_json::Value;

use super::call::{self, Call};
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::tasks::look::{self, Clip};
use crate::uploads::admit::Brought;
use crate::uploads::{PATIENCE, hearing};

/// A chain longer than this is no song.
const LONGEST_CHAIN: usize = 64;

/// A clip with what was asked for it.
#[derive(Debug)]
pub struct Source {
    /// The clip.
    pub clip: Clip,
    /// Its task.
    pub task_id: String,
    /// What its task did.
    pub operation: String,
    /// The model it was made by; none if another family made it, or it was brought in.
    pub mv: Option<String>,
    /// The style words it goes by.
    pub tags: String,
}

/// What all families keep of a request that their polls show.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    mv: String,
    tags: String,
    inherits_tags: bool,
}

/// The id of a clip in a member that must be there.
pub fn id(fields: Fields<'_>, name: &str) -> Result<String, Problem> {
    let id = fields.string(name)?.filter(|id| !id.trim().is_empty());
    id.ok_or_else(|| fields.required(name))
}

/// A clip of the caller's.
pub async fn find(call: &Call, id: &str) -> Result<Source, Problem> {
    let found = look::clip(&call.core.db, &call.account_id, id).await?;
    let (clip, task_id) = found.ok_or_else(unknown)?;
    let task = call.core.recent.look(&call.core.db, &task_id).await?;
    let operation = task.as_ref().map(|task| task.operation.clone()).unwrap_or_default();
    let asked: Asked = task
        .filter(|task| task.family == call.family)
        .and_then(|task| serde_json::from_str(&task.shown).ok())
        .unwrap_or_default();
    Ok(Source {
        task_id,
        operation,
        mv: Some(asked.mv).filter(|mv| !mv.is_empty()),
        tags: if asked.inherits_tags {
            asked.tags
        } else {
            clip.tags.clone()
        },
        clip,
    })
}

/// A clip of the caller's that has a score, or gets one when somebody listens to it: what is edited is
/// the score.
pub async fn piece(call: &Call, id: &str) -> Result<Source, Problem> {
    let source = find(call, id).await?;
    if !source.clip.is_piece() {
        let sentence = "This clip is a single track of a song; name the song's own clip.";
        return Err(Problem::bad_request(sentence));
    }
    Ok(source)
}

/// The same clip after somebody has listened to it, if it is a recording: then it is known who sings in
/// it. Where that takes too long to wait for, it stays unknown ([`Source::is_silent`]), and the engine
/// decides.
pub async fn heard(call: &Call, source: Source) -> Result<Source, Problem> {
    if !source.is_recording() || source.clip.file("score").is_some() {
        return Ok(source);
    }
    match tokio::time::timeout(PATIENCE, hearing::ensure(&call.core, &source.clip.id)).await {
        Err(_) => Ok(source),
        Ok(heard) => {
            heard.map_err(call::fault)?;
            find(call, &source.clip.id).await
        }
    }
}

/// A clip in which somebody sings, as far as it is known: a recording that was just brought in is listened
/// to first. Else a refusal with this sentence.
pub async fn singing(call: &Call, source: Source, sentence: &str) -> Result<Source, Problem> {
    let source = heard(call, source).await?;
    if source.is_silent() {
        return Err(Problem::bad_request(sentence));
    }
    Ok(source)
}

fn unknown() -> Problem {
    Problem::bad_request("clip not found.")
}

impl Source {
    /// Whether somebody sings in it.
    pub fn sings(&self) -> bool {
        !self.clip.gender.is_empty()
    }

    /// Whether it was brought in.
    pub fn is_recording(&self) -> bool {
        self.clip.is_recording()
    }

    /// Whether it is known that nobody sings in it. Of a recording that nobody has listened to yet (see
    /// [`heard`]) nothing is known.
    pub fn is_silent(&self) -> bool {
        let unheard = self.is_recording() && self.clip.file("score").is_none();
        !self.sings() && !unheard
    }

    /// A clip that was just brought in and is not yet in the store.
    pub fn brought(brought: &Brought) -> Self {
        let clip = &brought.clip;
        Self {
            task_id: brought.task_id.clone(),
            operation: "upload".to_owned(),
            mv: None,
            tags: clip.tags.clone(),
            clip: Clip {
                id: brought.clip_id.clone(),
                position: clip.position,
                state: "succeeded".to_owned(),
                title: clip.title.clone(),
                lyrics: clip.lyrics.clone(),
                tags: clip.tags.clone(),
                seconds: clip.seconds,
                genre: clip.labels.genre.clone(),
                mood: clip.labels.mood.clone(),
                gender: clip.labels.gender.clone(),
                timbre: clip.labels.timbre.clone(),
                details: clip.details.clone(),
                parent_id: None,
                audible: 0,
                created_at: 0,
                files: clip.files.iter().map(|f| (f.role.clone(), f.name.clone())).collect(),
            },
        }
    }

    /// A point in it.
    pub fn check_within(&self, name: &str, seconds: f64) -> Result<(), Problem> {
        // Clients round the length they were told.
        if seconds > self.clip.seconds + 0.01 {
            return Err(Problem::bad_request(format!(
                "The '{name}' field should be within the clip, which is {:.2} seconds long.",
                self.clip.seconds
            )));
        }
        Ok(())
    }

    /// A stretch of it: `from` before `to`, both within.
    pub fn check_stretch(&self, names: [&str; 2], from: f64, to: f64) -> Result<(), Problem> {
        if from >= to {
            return Err(backwards(names));
        }
        self.check_within(names[1], to)
    }
}

/// A stretch that ends before it begins.
pub fn backwards([from, to]: [&str; 2]) -> Problem {
    Problem::bad_request(format!("The '{to}' field should be greater than '{from}'."))
}

/// The pieces that a clip continues, first to last: each extension's parent is the clip it was made
/// from. A section that was cut out of its song stands alone: it knows its whole.
pub async fn chain(call: &Call, last: Source) -> Result<Vec<Source>, Problem> {
    if last.clip.parent_id.is_none() {
        let sentence = "This clip continues no other clip; concat_music needs the clip id of an extension.";
        return Err(Problem::bad_request(sentence));
    }
    let mut before = predecessor(call, &last).await?;
    let mut chain = vec![last];
    while let Some(parent) = before {
        if chain.len() >= LONGEST_CHAIN {
            let sentence = format!("A song of more than {LONGEST_CHAIN} parts cannot be joined.");
            return Err(Problem::bad_request(sentence));
        }
        let parent = piece(call, &parent).await?;
        before = predecessor(call, &parent).await?;
        chain.push(parent);
    }
    chain.reverse();
    Ok(chain)
}

/// The clip that this one goes on from; none for a first part and for a section that was cut out. Of
/// another version of an extension (a remaster, say) it is the one that the extension goes on from.
async fn predecessor(call: &Call, source: &Source) -> Result<Option<String>, Problem> {
    let mut clip = source.clip.clone();
    let mut operation = source.operation.clone();
    for _ in 0..LONGEST_CHAIN {
        let details: Value = serde_json::from_str(&clip.details).unwrap_or_default();
        let Some(parent) = clip.parent_id.filter(|_| details["continues_at"].is_number()) else {
            return Ok(None);
        };
        if operation == "extend" {
            return Ok(Some(parent));
        }
        let version = piece(call, &parent).await?;
        (clip, operation) = (version.clip, version.operation);
    }
    Ok(None)
}
