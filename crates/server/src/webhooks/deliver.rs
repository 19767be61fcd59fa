//! Sends deliveries, several at a time: a receiver that is slow or dead takes one sender for a few
//! seconds, and no song waits for any of this.

use std::sync::Arc;
use std::time::Duration;

use hyper::body::Bytes;
use tokio::task::JoinSet;

use super::queue::{self, Claim, Met};
use super::{payload, sign};
use crate::app::Core;
use crate::clock;
use crate::tasks::worker::Signals;

/// A loop that heard no ring looks this often.
const LOOK: Duration = Duration::from_millis(500);
/// Beyond the time an attempt may take, before another claims its delivery.
const SPARE: Duration = Duration::from_secs(20);

/// Sends until told to stop; then what is on its way may arrive until it is told to hand back.
pub async fn run(core: Arc<Core>, signals: Signals) {
    let settings = &core.config.webhooks;
    let lease_ms = (settings.timeout() + SPARE).as_millis() as i64;
    // A quarter each: four accounts with dead receivers are needed to take all senders.
    let most = settings.senders.div_ceil(4) as i64;
    let mut sending = JoinSet::new();
    while !signals.stop.is_cancelled() {
        while sending.try_join_next().is_some() {}
        if sending.len() < settings.senders {
            match queue::claim(&core.db, lease_ms, most).await {
                Ok(Some(claim)) => {
                    sending.spawn(attempt(Arc::clone(&core), claim, signals.clone()));
                    continue;
                }
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "no delivery could be claimed"),
            }
        }
        tokio::select! {
            () = signals.stop.cancelled() => {}
            () = core.bell.notified() => {}
            Some(_) = sending.join_next() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
    while sending.join_next().await.is_some() {}
}

async fn attempt(core: Arc<Core>, claim: Claim, signals: Signals) {
    let settled = tokio::select! {
        met = send(&core, &claim) => settle(&core, &claim, met).await,
        () = signals.hand_back.cancelled() => queue::hand_back(&core.db, &claim).await,
    };
    if let Err(error) = settled {
        // The lease runs out, and it is sent again with the same id.
        tracing::error!(delivery = claim.id, %error, "the end of a delivery could not be stored");
    }
}

async fn send(core: &Core, claim: &Claim) -> Met {
    let problem = |error: String| Met {
        status: None,
        error: Some(error),
    };
    let body = match body(core, claim).await {
        Ok(body) => Bytes::from(body),
        Err(error) => {
            tracing::error!(
                delivery = claim.id,
                error = format!("{error:#}"),
                "no body for a delivery"
            );
            return problem("the body could not be made".to_owned());
        }
    };
    // Again: the settings may have changed since it was asked for.
    let url = match core.outside.reach().check(&claim.url) {
        Ok(url) => url,
        Err(refused) => return problem(format!("the webhook_url {refused}")),
    };
    let secret = claim.secret.as_deref().unwrap_or(&core.webhook_secret);
    let headers = sign::headers(&claim.id, &claim.event, secret, clock::now_ms() / 1000, &body);
    let timeout = core.config.webhooks.timeout();
    match core.outside.post(&url, headers, body, 0, timeout).await {
        Ok(reply) => Met {
            status: Some(i64::from(reply.status)),
            error: (!(200..300).contains(&reply.status)).then(|| format!("the receiver answered {}", reply.status)),
        },
        Err(error) => problem(error.to_string()),
    }
}

async fn body(core: &Core, claim: &Claim) -> anyhow::Result<String> {
    if let Some(body) = &claim.body {
        return Ok(body.clone());
    }
    let body = payload::body(core, claim).await?;
    anyhow::ensure!(
        queue::keep(&core.db, claim, &body).await?,
        "another sender has taken the delivery over"
    );
    Ok(body)
}

async fn settle(core: &Core, claim: &Claim, met: Met) -> sqlx::Result<()> {
    let (delivery, task, event) = (&claim.id, &claim.task_id, &claim.event);
    let retry = core.config.webhooks.retry_after(claim.attempt);
    let (outcome, ours) = match (&met.error, retry) {
        (None, _) => ("delivered", queue::delivered(&core.db, claim, &met).await?),
        (Some(error), Some(delay)) => {
            tracing::info!(delivery, task, event, error, "a webhook is tried again in {delay:?}");
            let delay_ms = delay.as_millis() as i64;
            ("retried", queue::postpone(&core.db, claim, &met, delay_ms).await?)
        }
        (Some(error), None) => {
            tracing::warn!(delivery, task, event, error, "a webhook is given up");
            ("failed", queue::give_up(&core.db, claim, &met).await?)
        }
    };
    if ours {
        core.metrics.webhook(event, outcome);
    }
    Ok(())
}
