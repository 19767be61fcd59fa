//! Wires everything together; the only file that knows all parts.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::serve::ListenerExt as _;
use object_store::ObjectStore;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::assets;
use crate::assets::demand::Making;
use crate::assets::live::Previews;
use crate::assets::open::Clips;
use crate::config::Config;
use crate::credits::ledger::{self, Credits};
use crate::data::DataFolder;
use crate::engine::Engine;
use crate::http::caller::KnownKeys;
use crate::http::limits::Limiter;
use crate::http::metrics::Metrics;
use crate::http::router;
use crate::net::client::Client;
use crate::net::public::Reach;
use crate::store::{Db, accounts};
use crate::tasks::look::Recent;
use crate::tasks::state::{self, Lost};
use crate::tasks::sweep;
use crate::tasks::worker::{self, Signals};
use crate::uploads::{Uploads, hearing};
use crate::webhooks::{deliver, secret};

/// What all requests and workers share.
pub struct Core {
    /// Settings.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// Finished files.
    pub objects: Arc<dyn ObjectStore>,
    /// The data folder.
    pub data: DataFolder,
    /// What makes the music.
    pub engine: Arc<dyn Engine>,
    /// Tells a waiting worker that there may be work. A lost ring only costs a second.
    pub ring: Notify,
    /// The same for whoever sends webhooks.
    pub bell: Notify,
    /// Calls where callers want us to call.
    pub outside: Client,
    /// Calls where the operator wants us to call.
    pub operators: Client,
    /// Signs webhooks whose request named no secret.
    pub webhook_secret: String,
    /// Cancelled when the server shuts down: streams that would go on end.
    pub closing: CancellationToken,
    /// Cancelled when workers and callers are done: what is made on demand stops.
    pub ended: CancellationToken,
    /// What limits uploads.
    pub uploads: Uploads,
    /// Counters.
    pub metrics: Metrics,
    /// Keys seen lately.
    pub known_keys: KnownKeys,
    /// Tasks looked at lately.
    pub recent: Recent,
    /// Songs that can be heard while they are made.
    pub previews: Arc<Previews>,
    /// Files that are being made on demand.
    pub making: Making,
    /// POSTs a key.
    pub limiter: Option<Limiter>,
    /// Where the API listens.
    pub addr: SocketAddr,
}

impl Core {
    /// The clips in the store.
    pub fn clips(&self) -> Clips {
        Clips::new(self.db.clone(), Arc::clone(&self.objects))
    }
}

/// A running server.
pub struct Running {
    core: Arc<Core>,
    signals: Signals,
    close_http: CancellationToken,
    http: JoinHandle<std::io::Result<()>>,
    workers: Vec<JoinHandle<()>>,
    sweep: JoinHandle<()>,
    post: JoinHandle<()>,
    ear: JoinHandle<()>,
}

/// Opens the store, binds the address, starts workers and sweep. An error is one clear sentence (with
/// its causes behind it).
pub async fn start(config: Config, engine: Arc<dyn Engine>) -> anyhow::Result<Running> {
    let data = DataFolder::hold(&config.data)?;
    let objects = Arc::new(assets::open(&config.objects_folder()?)?);
    let db = Db::open(&config.database_url()?).await?;
    bootstrap(&db, &config).await?;
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("the address {} cannot be listened on", config.listen))?;
    let addr = listener.local_addr()?;

    let swept = state::sweep(&db, Lost::OfNode(data.node()), i64::from(config.max_attempts)).await?;
    let signals = Signals::default();
    let reach = if config.allow_private_urls {
        Reach::Anywhere
    } else {
        Reach::Public
    };
    let (uploads, to_hear) = Uploads::new(&config.uploads);
    let core = Arc::new(Core {
        ended: CancellationToken::new(),
        uploads,
        limiter: Limiter::new(config.rate_limit),
        outside: Client::new(reach),
        operators: Client::new(Reach::Anywhere),
        webhook_secret: secret::of_service(&config)?,
        closing: signals.stop.clone(),
        bell: Notify::new(),
        config,
        db,
        objects,
        data,
        engine,
        ring: Notify::new(),
        metrics: Metrics::default(),
        known_keys: KnownKeys::default(),
        recent: Recent::default(),
        previews: Arc::default(),
        making: Making::default(),
        addr,
    });
    sweep::settle(&core, swept);

    let workers = (0..core.config.workers)
        .map(|_| tokio::spawn(worker::run(Arc::clone(&core), signals.clone())))
        .collect();
    let sweep = tokio::spawn(sweep::run(Arc::clone(&core), signals.stop.clone()));
    let ear = tokio::spawn(hearing::run(Arc::clone(&core), to_hear, signals.stop.clone()));
    let post = tokio::spawn(deliver::run(Arc::clone(&core), signals.clone()));
    let close_http = CancellationToken::new();
    let closed = close_http.clone().cancelled_owned();
    let app = router::router(Arc::clone(&core));
    // A poll's answer is one small packet: it should not wait for another.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its delay");
        }
    });
    let http = tokio::spawn(async move { axum::serve(listener, app).with_graceful_shutdown(closed).await });
    tracing::info!(%addr, engine = core.engine.name(), workers = core.config.workers, "server started");
    Ok(Running {
        core,
        signals,
        close_http,
        http,
        workers,
        sweep,
        post,
        ear,
    })
}

/// The key of the settings, at the first start only: later starts find it and grant nothing.
async fn bootstrap(db: &Db, config: &Config) -> anyhow::Result<()> {
    if config.bootstrap_key.is_empty() {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    let account = accounts::account(&mut tx, "bootstrap").await?;
    if accounts::add_key(&mut tx, &account, &config.bootstrap_key).await? {
        let credits = Credits {
            balance: i64::from(config.bootstrap_credits),
            extra: 0,
        };
        ledger::grant(&mut tx, &account, credits).await?;
    }
    tx.commit().await?;
    Ok(())
}

impl Running {
    /// Where it listens (the real port, also when 0 was asked).
    pub fn addr(&self) -> SocketAddr {
        self.core.addr
    }

    /// Its address for clients on this machine.
    pub fn url(&self) -> String {
        let mut addr = self.core.addr;
        if addr.ip().is_unspecified() {
            addr.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
        }
        format!("http://{addr}")
    }

    /// Waits until the server ends by itself, which it does only when something is broken.
    pub async fn wait(&mut self) -> anyhow::Result<()> {
        (&mut self.http).await?.context("the server ended")
    }

    /// Stops claiming, lets running songs and requests go on for `drain_seconds`, hands the rest back
    /// to the queue (without counting the attempt), and closes the store.
    pub async fn shutdown(mut self) -> anyhow::Result<()> {
        let drain = Duration::from_secs(u64::from(self.core.config.drain_seconds));
        let deadline = tokio::time::Instant::now() + drain;
        self.signals.stop.cancel();
        self.close_http.cancel();
        let workers = async {
            for worker in &mut self.workers {
                if let Err(error) = worker.await {
                    tracing::error!(%error, "a worker ended badly");
                }
            }
        };
        tokio::pin!(workers);
        if tokio::time::timeout_at(deadline, &mut workers).await.is_err() {
            self.signals.hand_back.cancel();
            workers.await;
        }
        if tokio::time::timeout_at(deadline, &mut self.post).await.is_err() {
            self.signals.hand_back.cancel();
            if let Err(error) = self.post.await {
                tracing::error!(%error, "the sender of webhooks ended badly");
            }
        }
        if !self.http.is_finished() && tokio::time::timeout_at(deadline, &mut self.http).await.is_err() {
            self.http.abort();
        }
        self.sweep.abort();
        self.core.ended.cancel();
        if let Err(error) = self.ear.await {
            tracing::error!(%error, "who listens to recordings ended badly");
        }
        self.core.db.close().await;
        self.core.data.release();
        tracing::info!("server stopped");
        Ok(())
    }
}
