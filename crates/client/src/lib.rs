//! A typed client of Catbird's HTTP API: what the demo and the tests speak, and what a Rust program
//! may use. Plain HTTP only for now: it talks to servers on this machine or behind your own proxy.
//!
//! ```no_run
//! # async fn song() -> Result<(), catbird_client::ClientError> {
//! use catbird_client::{Client, nuro::Vocal};
//!
//! let client = Client::new("http://127.0.0.1:8080", "cb_your_key")?;
//! let id = client.create_vocal(&Vocal { lyrics: "[verse]\nMorning opens slow".into(), ..Vocal::default() }).await?;
//! let song = loop {
//!     let song = client.nuro_task(&id).await?;
//!     if song.is_finished() {
//!         break song;
//!     }
//!     tokio::time::sleep(std::time::Duration::from_secs(1)).await;
//! };
//! client.download(&song.audio_url, "song.wav".as_ref(), |_, _| ()).await?;
//! # Ok(())
//! # }
//! ```

mod download;
mod error;
pub mod nuro;
pub mod tasks;

use std::time::Duration;

use reqwest::{RequestBuilder, Response};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

pub use error::{ClientError, Problem};

/// How long an answer may take; songs are polled for, so no answer takes long.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is left on the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credits {
    /// Subscription credits.
    pub credits: i64,
    /// One-time credits; used first.
    pub extra_credits: i64,
}

/// The answer to every accepted task.
#[derive(Clone, Debug, Deserialize)]
struct Accepted {
    task_id: String,
}

/// A server and a key (and no `Debug`: keys stay out of logs).
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    key: String,
}

impl Client {
    /// A client of the server at `base` (`http://host:port`) that shows `key`.
    pub fn new(base: &str, key: &str) -> Result<Self, ClientError> {
        let url: reqwest::Url = base.parse().map_err(|_| ClientError::Address(base.into()))?;
        if url.scheme() != "http" || url.host_str().is_none() {
            return Err(ClientError::Address(base.into()));
        }
        // No total timeout: it would also cut long downloads. Each read must make progress instead.
        let http = reqwest::Client::builder()
            .connect_timeout(PATIENCE)
            .read_timeout(PATIENCE)
            .build()?;
        Ok(Self {
            http,
            base: base.trim_end_matches('/').to_owned(),
            key: key.to_owned(),
        })
    }

    /// The server's address, without a slash at the end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// `GET /api/v1/get-credits`
    pub async fn credits(&self) -> Result<Credits, ClientError> {
        self.get("/api/v1/get-credits").await
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        read(self.send(self.http.get(self.url(path))).await?).await
    }

    /// Posts a request for a task and answers with the task's id. `idempotency_key`, when given,
    /// makes a repeat of the same request the same task.
    async fn submit(
        &self,
        path: &str,
        body: &impl Serialize,
        idempotency_key: Option<&str>,
    ) -> Result<String, ClientError> {
        let mut request = self.http.post(self.url(path)).json(body);
        if let Some(key) = idempotency_key {
            request = request.header("Idempotency-Key", key);
        }
        Ok(read::<Accepted>(self.send(request).await?).await?.task_id)
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, ClientError> {
        let answer = request.bearer_auth(&self.key).send().await?;
        if answer.status().is_success() {
            Ok(answer)
        } else {
            Err(error::refusal(answer).await)
        }
    }

    /// Absolute addresses are taken as they are: the server names its files with whole URLs.
    fn url(&self, path: &str) -> String {
        if path.contains("://") {
            path.to_owned()
        } else {
            format!("{}{path}", self.base)
        }
    }
}

async fn read<T: DeserializeOwned>(answer: Response) -> Result<T, ClientError> {
    let bytes = answer.bytes().await?;
    serde_json::from_slice(&bytes).map_err(|e| ClientError::Unexpected(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_http_addresses_are_taken() {
        assert_eq!(
            Client::new("http://127.0.0.1:8080/", "k").unwrap().base(),
            "http://127.0.0.1:8080"
        );
        for bad in ["", "127.0.0.1:8080", "https://example.org", "ftp://example.org"] {
            assert!(matches!(Client::new(bad, "k"), Err(ClientError::Address(_))), "{bad}");
        }
    }
}
