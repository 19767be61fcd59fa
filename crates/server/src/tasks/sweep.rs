//! The sweep: takes tasks back from dead workers, gives up on those that waited too long, and
//! throws away files nobody refers to. Idempotent, so every node may run it.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::state::{self, Lost, Swept};
use crate::app::Core;
use crate::assets::collect;
use crate::clock;

const EVERY: Duration = Duration::from_secs(2);
/// The collection of garbage reads the whole store, so it is rare: each 1800 rounds is an hour.
const COLLECT_ROUNDS: u64 = 1800;

/// Sweeps until told to stop.
pub async fn run(core: Arc<Core>, stop: CancellationToken) {
    for round in 0_u64.. {
        let oldest = clock::now_ms() - i64::from(core.config.queue_seconds) * 1000;
        for lost in [Lost::Expired, Lost::WaitingSince(oldest)] {
            match state::sweep(&core.db, lost, i64::from(core.config.max_attempts)).await {
                Ok(swept) => settle(&core, swept),
                Err(error) => tracing::error!(%error, "the sweep failed"),
            }
        }
        if round % COLLECT_ROUNDS == 0
            && let Err(error) = collect::collect(&core.db, &*core.objects, clock::now_ms()).await
        {
            tracing::error!(error = format!("{error:#}"), "the collection of unused files failed");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Reports a sweep and wakes a worker for what came back.
pub fn settle(core: &Core, swept: Swept) {
    if swept != Swept::default() {
        tracing::warn!(swept.requeued, swept.failed, "swept tasks of dead workers");
    }
    if swept.failed > 0 {
        core.bell.notify_one();
    }
    if swept.requeued > 0 {
        core.ring.notify_one();
    }
}
