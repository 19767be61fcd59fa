//! Bringing a recording in, as every family does it: at once, as a task, or as the first step of an
//! operation. Charged when it is there; what goes wrong before costs nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use catbird_score::{Brief, Consent, Work};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use super::call::{self, Call, Ordered};
use super::source::Source;
use super::suno::song::has_words;
use crate::app::Core;
use crate::engine::Fault;
use crate::http::codes::Code;
use crate::http::fields::{Fields, check_length};
use crate::http::problem::Problem;
use crate::http::webhook;
use crate::net::public::Refused;
use crate::tasks::submit::{self, Answer, Idempotency, Order, Refusal};
use crate::uploads::Wanted;
use crate::uploads::admit::{self, Brought};

/// What is done, in tasks.
const OPERATION: &str = "upload";
const URL_LIMIT: usize = 4096;
const TITLE_LIMIT: usize = 80;
const TAGS_LIMIT: usize = 1000;
const LYRICS_LIMIT: usize = 5000;

/// The recording that a member of the request names, without further words about it.
pub fn wanted(call: &Call, member: &str) -> Result<Wanted, Problem> {
    let text = call.fields().string(member)?.filter(|url| !url.trim().is_empty());
    let text = text.ok_or_else(|| call.fields().required(member))?;
    let url = if text.len() > URL_LIMIT {
        Err(Refused::NoUrl)
    } else {
        call.core.outside.reach().check(text.trim())
    };
    let url = url.map_err(|refused| Problem::bad_request(admit::refused(refused)))?;
    Ok(Wanted {
        url,
        brief: Brief::default(),
    })
}

/// The same with what the request tells of the recording: `title`, `tags`, `lyrics` (additions of ours).
pub fn described(call: &Call, member: &str) -> Result<Wanted, Problem> {
    Ok(Wanted {
        brief: brief(call.fields())?,
        ..wanted(call, member)?
    })
}

/// What is told of a recording.
pub fn brief(fields: Fields<'_>) -> Result<Brief, Problem> {
    let text = |name: &str, limit| -> Result<Option<String>, Problem> {
        let text = fields.string(name)?;
        check_length(name, text.as_deref().unwrap_or_default(), limit)?;
        Ok(text.filter(|text| !text.trim().is_empty()))
    };
    Ok(Brief {
        title: text("title", TITLE_LIMIT)?.map(|title| title.trim().to_owned()),
        tags: text("tags", TAGS_LIMIT)?.unwrap_or_default(),
        // `[Instrumental]` are no words.
        lyrics: text("lyrics", LYRICS_LIMIT)?.filter(|lyrics| has_words(lyrics)),
        ..Brief::default()
    })
}

/// The upload as a task of its own, for a worker. `voice`: its clip is also a
/// persona, and this is the singer's consent.
pub fn later(call: &Call, wanted: Wanted, voice: Option<Consent>) -> Ordered {
    let prices = &call.core.config.prices;
    // The same URL gets the same cover.
    let hash: [u8; 32] = Sha256::digest(wanted.url.as_str()).into();
    let seed = u64::from_le_bytes(hash[..8].try_into().expect("eight bytes")) >> 11;
    Ordered {
        takes: 1,
        price: if voice.is_some() { prices.voice } else { prices.upload },
        shown: shown(&wanted.brief),
        seed: Some(seed),
        work: Work::Upload {
            url: wanted.url.into(),
            voice: voice.is_some(),
            consent: voice,
            brief: wanted.brief,
        },
    }
}

/// What polls show of a recording that is not there yet.
pub fn shown(brief: &Brief) -> String {
    let lyrics = brief.lyrics.as_deref().unwrap_or_default();
    json!({"title": brief.title.as_deref().unwrap_or_default(), "tags": brief.tags, "lyrics": lyrics}).to_string()
}

/// The answer of an upload that is waited for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Uploaded {
    /// 200
    #[schema(example = 200)]
    pub code: u16,
    /// For all calls that take a clip.
    #[schema(example = "0b8f7f7e-0f5e-4a6a-a2d7-7d6e12b90c55")]
    pub clip_id: String,
    /// `success`
    #[schema(example = "success")]
    pub message: &'static str,
}

/// Fetches the recording and answers when it is there.
pub async fn at_once(call: &Call, wanted: Wanted) -> Result<Json<Value>, Problem> {
    let price = call.core.config.prices.upload;
    if let Some(before) = call.before(price).await? {
        return Ok(before);
    }
    let told = shown(&wanted.brief);
    let brought = admit::from_url(&call.core, &wanted).await.map_err(call::fault)?;
    let answer = Uploaded {
        code: 200,
        clip_id: brought.clip_id.clone(),
        message: "success",
    };
    keep(&Place::of(call), &brought, told, None, |_| json!(answer)).await
}

/// Where a recording is kept: whose it is, and how it came.
pub struct Place<'a> {
    /// What all requests share.
    pub core: &'a Arc<Core>,
    /// Whose it is.
    pub account_id: &'a str,
    /// The family it came through.
    pub family: &'static str,
    /// The caller's idempotency key.
    pub same: Option<Idempotency>,
}

impl<'a> Place<'a> {
    /// That of a call.
    pub fn of(call: &'a Call) -> Self {
        Self {
            core: &call.core,
            account_id: &call.account_id,
            family: call.family,
            same: call.same(),
        }
    }
}

/// Makes the clip visible, charges for it, and takes the order that follows it: all or nothing. What is
/// then to be told: `answer` of the order's task, or what the same request was answered a moment before.
pub async fn keep(
    place: &Place<'_>,
    brought: &Brought,
    shown: String,
    order: Option<&Order>,
    answer: impl FnOnce(Option<String>) -> Value,
) -> Result<Json<Value>, Problem> {
    let core = place.core;
    let mut tx = core.db.begin().await?;
    let task_id = match order {
        Some(order) => Some(submit::submit_with(&mut tx, order, core.config.queue_limit).await?),
        None => None,
    };
    let value = answer(task_id);
    let record = Answer {
        id: &brought.task_id,
        account_id: place.account_id,
        family: place.family,
        operation: OPERATION,
        shown,
        result: value.to_string(),
        price: core.config.prices.upload,
        idempotency: place.same.clone(),
    };
    let recorded = submit::deliver(&mut tx, &record, (&brought.clip_id, &brought.clip)).await?;
    if recorded != brought.task_id {
        drop(tx);
        let before = submit::result(&core.db, place.account_id, &recorded).await?;
        let (_, result) = before.ok_or(Refusal::OtherRequest)?;
        return call::answered(&result);
    }
    tx.commit().await?;
    if order.is_some() {
        core.ring.notify_one();
    }
    core.uploads.listen_later(&brought.clip_id);
    Ok(Json(value))
}

/// How an operation went that begins with an upload. A step that failed is told here with HTTP 200, as a
/// failed task is: the vendor's client throws away the body of any other status.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepsAnswer {
    /// `success`, or what went wrong.
    #[schema(example = "success")]
    pub message: String,
    /// 200; 400 when a step failed.
    #[schema(example = 200)]
    pub code: u16,
    /// For `task/{task_id}`; none when a step failed.
    pub task_id: Option<String>,
    /// Which step failed, if one did.
    pub failed_step: Option<&'static str>,
    /// By name, as far as they were tried.
    pub steps: BTreeMap<&'static str, Step>,
}

/// How a step went.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Step {
    /// Whether it did.
    pub success: bool,
    /// The clip that was brought in, or worked on.
    pub clip_id: Option<String>,
    /// Its task.
    pub task_id: Option<String>,
    /// What went wrong.
    pub error: Option<String>,
}

impl Step {
    /// It went well.
    pub fn done(clip_id: &str, task_id: &str) -> Self {
        Self {
            success: true,
            clip_id: Some(clip_id.to_owned()),
            task_id: Some(task_id.to_owned()),
            error: None,
        }
    }

    fn failed(error: &str) -> Self {
        Self {
            error: Some(error.to_owned()),
            ..Self::default()
        }
    }
}

impl StepsAnswer {
    /// All went well.
    pub fn success(task_id: String, steps: impl IntoIterator<Item = (&'static str, Step)>) -> Self {
        Self {
            message: "success".to_owned(),
            code: 200,
            task_id: Some(task_id),
            failed_step: None,
            steps: steps.into_iter().collect(),
        }
    }

    fn failed(step: &'static str, error: &str, before: Option<(&'static str, Step)>) -> Self {
        let steps = before.into_iter().chain([(step, Step::failed(error))]).collect();
        Self {
            message: error.to_owned(),
            code: Code::BadRequest.status(),
            task_id: None,
            failed_step: Some(step),
            steps,
        }
    }
}

/// Brings a recording in and orders `operation` on it, both in one. When the upload fails nothing is
/// charged. When only the operation cannot be ordered, because of what the recording is (its length), the
/// upload stays, is charged, and its clip is told.
pub async fn then(
    call: &Call,
    wanted: Wanted,
    step: &'static str,
    price: u32,
    operation: impl FnOnce(Source) -> Result<Ordered, Problem>,
) -> Result<Json<Value>, Problem> {
    webhook::read(call.fields(), call.core.config.allow_private_urls)?;
    if let Some(before) = call.before(call.core.config.prices.upload + price).await? {
        return Ok(before);
    }
    let told = shown(&wanted.brief);
    let brought = match admit::from_url(&call.core, &wanted).await {
        Ok(brought) => brought,
        Err(Fault::Rejected { message, .. }) => {
            return Ok(Json(json!(StepsAnswer::failed(OPERATION, &message, None))));
        }
        Err(fault) => return Err(call::fault(fault)),
    };
    let clip_id = &brought.clip_id;
    let uploaded = (OPERATION, Step::done(clip_id, &brought.task_id));
    let place = Place::of(call);
    match operation(Source::brought(&brought)) {
        Ok(ordered) => {
            let order = call.order_of(ordered, None)?;
            keep(&place, &brought, told, Some(&order), |task_id| {
                let task_id = task_id.unwrap_or_default();
                let steps = [uploaded, (step, Step::done(clip_id, &task_id))];
                json!(StepsAnswer::success(task_id, steps))
            })
            .await
        }
        Err(problem) => {
            let answer = StepsAnswer::failed(step, problem.message(), Some(uploaded));
            keep(&place, &brought, told, None, |_| json!(answer)).await
        }
    }
}
