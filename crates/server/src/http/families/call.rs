//! One POST of a family: who calls, with what, and the two ways it can end: an order that is polled
//! for, or an answer at once.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequest, FromRequestParts as _, Request};
use catbird_score::Work;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::{producer, riffusion, studio, suno};
use crate::app::Core;
use crate::clock;
use crate::credits::ledger;
use crate::engine::Fault;
use crate::http::accepted::Accepted;
use crate::http::caller::Caller;
use crate::http::codes::Code;
use crate::http::fields::Fields;
use crate::http::idempotency::IdempotencyKey;
use crate::http::json::Object;
use crate::http::links::Links;
use crate::http::problem::Problem;
use crate::http::webhook;
use crate::store::Tx;
use crate::store::personas::{self, Persona};
use crate::tasks::submit::{self, Answer, Idempotency, Order, Refusal};

/// A POST.
pub struct Call {
    /// What all requests share.
    pub core: Arc<Core>,
    /// Whose account it is.
    pub account_id: String,
    /// The base of links.
    pub links: Links,
    /// The family of the path; `sonic` is suno's other name.
    pub family: &'static str,
    key: IdempotencyKey,
    body: Object,
}

impl FromRequest<Arc<Core>> for Call {
    type Rejection = Problem;

    async fn from_request(request: Request, core: &Arc<Core>) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let family = family(parts.uri.path());
        let caller = Caller::from_request_parts(&mut parts, core).await?;
        let Ok(links) = Links::from_request_parts(&mut parts, core).await;
        let key = IdempotencyKey::from_request_parts(&mut parts, core).await?;
        let body = Object::from_request(Request::from_parts(parts, body), core).await?;
        Ok(Self {
            core: Arc::clone(core),
            account_id: caller.account_id,
            links,
            family,
            key,
            body,
        })
    }
}

/// What is ordered.
#[derive(Debug)]
pub struct Ordered {
    /// The work; its brief gets the seed.
    pub work: Work,
    /// How many takes.
    pub takes: u32,
    /// Credits.
    pub price: u32,
    /// What polls show of the request, as small JSON.
    pub shown: String,
    /// As sent; chance when absent.
    pub seed: Option<u64>,
}

/// What is answered at once.
#[derive(Debug, Default)]
pub struct Kept<'a> {
    /// What was done.
    pub operation: &'static str,
    /// Credits.
    pub price: u32,
    /// The id that the answer is kept under; any when absent.
    pub id: Option<String>,
    /// What is kept beside the answer, as JSON.
    pub shown: String,
    /// A persona that comes to be with it.
    pub persona: Option<&'a Persona>,
    /// It is kept although it was free and the caller named no key.
    pub always: bool,
}

/// The family that a path belongs to.
fn family(path: &str) -> &'static str {
    match path.strip_prefix("/api/v1/").and_then(|rest| rest.split('/').next()) {
        Some(riffusion::FAMILY) => riffusion::FAMILY,
        Some(producer::FAMILY) => producer::FAMILY,
        Some(studio::FAMILY) => studio::FAMILY,
        _ => suno::view::FAMILY,
    }
}

impl Call {
    /// The members of the body.
    pub fn fields(&self) -> Fields<'_> {
        Fields::new(&self.body.members)
    }

    /// Takes an order: charged, queued, answered with its task.
    pub async fn order(&self, ordered: Ordered) -> Result<Json<Accepted>, Problem> {
        Ok(Json(Accepted::new(self.submit(ordered).await?)))
    }

    /// The same; only the task's id.
    pub async fn submit(&self, ordered: Ordered) -> Result<String, Problem> {
        let order = self.order_of(ordered, self.same())?;
        let task_id = submit::submit(&self.core.db, &order, self.core.config.queue_limit).await?;
        self.core.ring.notify_one();
        Ok(task_id)
    }

    /// The caller's idempotency key with what it stands for.
    pub fn same(&self) -> Option<Idempotency> {
        self.key.clone().of(&self.body.hash)
    }

    /// What is ordered, as the queue takes it.
    pub fn order_of(&self, mut ordered: Ordered, idempotency: Option<Idempotency>) -> Result<Order, Problem> {
        let seed = ordered.seed.unwrap_or_else(clock::random_seed);
        if let Some(brief) = ordered.work.brief_mut() {
            brief.seed = seed;
        }
        Ok(Order {
            account_id: self.account_id.clone(),
            family: self.family,
            work: ordered.work,
            seed,
            takes: ordered.takes,
            shown: ordered.shown,
            price: ordered.price,
            idempotency,
            webhook: webhook::read(self.fields(), self.core.config.allow_private_urls)?,
            base_url: self.links.base().to_owned(),
        })
    }

    /// What the same request was answered before, and whether there are credits for a new answer.
    /// To be asked before the work is done.
    pub async fn before(&self, price: u32) -> Result<Option<Json<Value>>, Problem> {
        if let Some(same) = self.same()
            && let Some(result) = submit::replay(&self.core.db, &self.account_id, &same).await?
        {
            return Ok(Some(answered(&result)?));
        }
        let has = ledger::credits(self.core.db.read(), &self.account_id).await?;
        if has.balance + has.extra < i64::from(price) {
            return Err(Refusal::Credits.into());
        }
        Ok(None)
    }

    /// Charges for an answer and keeps it; what is then to be told: this answer, or that of the same
    /// request which was a moment faster.
    pub async fn answer<T: Serialize>(&self, kept: Kept<'_>, answer: &T) -> Result<Json<Value>, Problem> {
        let idempotency = self.same();
        let value = serde_json::to_value(answer).expect("an answer is plain data");
        if kept.price == 0 && idempotency.is_none() && kept.persona.is_none() && !kept.always {
            return Ok(Json(value));
        }
        let id = kept.id.unwrap_or_else(|| Uuid::new_v4().to_string());
        let mut tx: Tx = self.core.db.begin().await?;
        let record = Answer {
            id: &id,
            account_id: &self.account_id,
            family: self.family,
            operation: kept.operation,
            shown: if kept.shown.is_empty() {
                "{}".to_owned()
            } else {
                kept.shown
            },
            result: value.to_string(),
            price: kept.price,
            idempotency,
        };
        let recorded = submit::record(&mut tx, &record).await?;
        if recorded != id {
            drop(tx);
            let before = submit::result(&self.core.db, &self.account_id, &recorded).await?;
            let (_, result) = before.ok_or(Refusal::OtherRequest)?;
            return answered(&result);
        }
        if let Some(persona) = kept.persona {
            personas::add(&mut tx, persona).await?;
        }
        tx.commit().await?;
        Ok(Json(value))
    }
}

/// An answer that was kept.
pub fn answered(result: &str) -> Result<Json<Value>, Problem> {
    serde_json::from_str(result).map(Json).map_err(|error| {
        tracing::error!(%error, "a kept answer cannot be read");
        Code::Api.into()
    })
}

/// A fault of the engine as an answer to the caller who waits for it.
pub fn fault(fault: Fault) -> Problem {
    match fault {
        Fault::Rejected { code, message } => Problem::new(code, message),
        Fault::Busy { after } => Problem::from(Code::Unavailable).retry_after(after.as_secs().max(1)),
        Fault::Broken(error) => broken(&error),
    }
}

/// Something that is broken here.
pub fn broken(error: &anyhow::Error) -> Problem {
    tracing::error!(error = format!("{error:#}"), "an answer could not be made");
    Code::Api.into()
}
