//! `catbird serve`: the API and its workers, until it is told to stop.

use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use tokio::runtime::{Builder, Runtime};

use super::{band, logs::Logs, settings::Settings, terminal};
use crate::builtin::Builtin;

/// Run the API and its workers.
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    logs: Logs,
}

impl Serve {
    /// Serves until Ctrl-C or SIGTERM, then lets running work end or hands it back.
    pub fn run(self) -> anyhow::Result<()> {
        self.logs.start()?;
        let config = self.settings.config()?;
        let maker = band::ready(catbird_assets::Parts::All)?;
        runtime()?.block_on(async {
            let mut running = catbird_server::start(config, Arc::new(Builtin(Arc::new(maker)))).await?;
            terminal::print(&format!("listening on {}", running.url()))?;
            tokio::select! {
                () = stop() => {}
                ended = running.wait() => return ended,
            }
            running.shutdown().await
        })
    }
}

/// The runtime of every command that talks to the server or the database.
pub fn runtime() -> anyhow::Result<Runtime> {
    Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")
}

/// Waits for Ctrl-C or SIGTERM.
pub async fn stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without a handler for signals the system ends the program by itself.
    if interrupt.await.is_err() {
        std::future::pending::<()>().await;
    }
}
