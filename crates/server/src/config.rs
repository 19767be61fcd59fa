//! Settings: the commented `config.default.toml` is compiled in and is default, documentation and
//! template at once; a file, `CATBIRD_*` variables and the command line lie over it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use figment::Figment;
use figment::providers::{Env, Format as _, Toml};
use serde::Deserialize;

use crate::net::public::Reach;

pub mod uploads;

pub use uploads::Uploads;

/// The settings as shipped, with comments.
pub const DEFAULTS: &str = include_str!("../../../config.default.toml");

/// All settings; each is described in `config.default.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config.default.toml is the documentation of every field")]
pub struct Config {
    pub listen: SocketAddr,
    pub data: PathBuf,
    pub database_url: String,
    pub objects_url: String,
    pub public_url: String,
    pub bootstrap_key: String,
    pub bootstrap_credits: u32,
    pub rate_limit: RateLimit,
    pub body_limit: usize,
    pub allow_private_urls: bool,
    pub workers: usize,
    pub max_attempts: u32,
    pub lease_seconds: u32,
    pub task_timeout_seconds: u32,
    pub queue_limit: u32,
    pub queue_seconds: u32,
    pub drain_seconds: u32,
    pub prices: Prices,
    pub nuro: Nuro,
    pub webhooks: Webhooks,
    pub lyricist: Lyricist,
    pub suno: Suno,
    pub uploads: Uploads,
}

/// Credits for one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// `POST /api/v1/nuro/create`.
    pub nuro: u32,
    /// Every suno/sonic call that makes music and has no price of its own.
    pub suno: u32,
    /// `concat_music`.
    pub concat: u32,
    /// `POST /api/v1/sonic/persona`.
    pub persona: u32,
    /// Two versions of lyrics.
    pub lyrics: u32,
    /// The link of a WAV.
    pub wav: u32,
    /// The notes.
    pub midi: u32,
    /// The voice of a stretch alone.
    pub vox: u32,
    /// Voice and band as two tracks.
    pub stems_basic: u32,
    /// Every part as a track.
    pub stems_full: u32,
    /// When each word is sung.
    pub aligned_lyrics: u32,
    /// The tempo.
    pub bpm: u32,
    /// A richer style text.
    pub upsample_tags: u32,
    /// Every riffusion call that makes music: two songs.
    pub riffusion: u32,
    /// Every producer call that makes music: one song.
    pub producer: u32,
    /// `POST /api/v1/producer/download`.
    pub download: u32,
    /// `POST /api/v1/studio/create`.
    pub studio: u32,
    /// A recording that is brought in.
    pub upload: u32,
    /// A recording that is brought in as a voice.
    pub voice: u32,
}

/// Settings of the nuro family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nuro {
    /// How a failed task is polled.
    pub failed: Failed,
}

/// Settings of the suno/sonic family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suno {
    /// How a task is polled that has something to hear but is not over.
    pub partial: Partial,
    /// Whether `create-voice` asks for the singer's consent.
    pub voice_consent: VoiceConsent,
}

/// Whether `create-voice` asks for the singer's consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoiceConsent {
    /// The request must say `consent: true`.
    Asked,
    /// The operator has it from all callers, by contract.
    Agreed,
}

/// How a task is polled that has something to hear but is not over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Partial {
    /// HTTP 202 with `type: "not_ready"`, and the clips beside it.
    NotReady,
    /// HTTP 200 with clips in mixed states.
    Success,
}

/// How webhooks are sent.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config.default.toml is the documentation of every field")]
pub struct Webhooks {
    pub secret: String,
    pub senders: usize,
    pub timeout_seconds: f64,
    pub retry_seconds: Vec<f64>,
}

impl Webhooks {
    /// How long an attempt may take.
    pub fn timeout(&self) -> Duration {
        Duration::from_secs_f64(self.timeout_seconds)
    }

    /// How long after the failed attempt `attempt` (from 1) the next one is made; none: no more.
    pub fn retry_after(&self, attempt: i64) -> Option<Duration> {
        let index = usize::try_from(attempt - 1).unwrap_or_default();
        self.retry_seconds.get(index).copied().map(Duration::from_secs_f64)
    }

    fn check(&self) -> anyhow::Result<()> {
        const YEAR: f64 = 365.0 * 86_400.0;
        anyhow::ensure!(self.senders >= 1, "webhooks.senders is 0, at least 1");
        let timeout = self.timeout_seconds;
        anyhow::ensure!(
            timeout > 0.0 && timeout <= 600.0,
            "webhooks.timeout_seconds is {timeout}, but must be above 0 and at most 600"
        );
        for wait in &self.retry_seconds {
            anyhow::ensure!(
                (0.0..=YEAR).contains(wait),
                "webhooks.retry_seconds holds {wait}, but must be 0 or more, and at most a year"
            );
        }
        Ok(())
    }
}

/// Who writes lyrics instead of the engine.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config.default.toml is the documentation of every field")]
pub struct Lyricist {
    pub url: String,
    pub model: String,
    pub api_key: String,
    pub timeout_seconds: f64,
}

/// Without the key: settings may be printed.
impl std::fmt::Debug for Lyricist {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lyricist")
            .field("url", &self.url)
            .field("model", &self.model)
            .finish_non_exhaustive()
    }
}

impl Lyricist {
    /// How long one request may take.
    pub fn timeout(&self) -> Duration {
        Duration::from_secs_f64(self.timeout_seconds)
    }

    fn check(&self) -> anyhow::Result<()> {
        let timeout = self.timeout_seconds;
        anyhow::ensure!(
            timeout > 0.0 && timeout <= 600.0,
            "lyricist.timeout_seconds is {timeout}, but must be above 0 and at most 600"
        );
        if self.url.is_empty() {
            return Ok(());
        }
        anyhow::ensure!(
            !self.model.is_empty(),
            "lyricist.url is given, so lyricist.model must be, too"
        );
        let url = &self.url;
        Reach::Anywhere
            .check(url)
            .map_err(|refused| anyhow::anyhow!("lyricist.url is {url:?}, but {refused}"))?;
        Ok(())
    }
}

/// How a failed task is polled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failed {
    /// The error body with its HTTP status.
    Error,
    /// HTTP 200 with `status: "failed"`.
    Status,
}

/// At most `burst` requests in `window`, refilled evenly; none = unlimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct RateLimit(pub Option<(u32, Duration)>);

impl TryFrom<String> for RateLimit {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.trim() == "off" {
            return Ok(Self(None));
        }
        let words: Vec<&str> = text.split_whitespace().collect();
        if let [count, "per", seconds, "s"] = words[..]
            && let (Ok(count), Ok(seconds)) = (count.parse(), seconds.parse())
            && count > 0
            && seconds > 0
        {
            return Ok(Self(Some((count, Duration::from_secs(seconds)))));
        }
        Err(format!(
            "a rate limit is \"off\" or such as \"1 per 3 s\", not {text:?}"
        ))
    }
}

impl Config {
    /// The layers put together: compiled defaults, then `file`, then `CATBIRD_*`.
    pub fn load(file: Option<&Path>) -> anyhow::Result<Self> {
        let mut layers = Figment::from(Toml::string(DEFAULTS));
        if let Some(file) = file {
            anyhow::ensure!(file.is_file(), "the settings file {} does not exist", file.display());
            layers = layers.merge(Toml::file_exact(file));
        }
        let config: Self = layers.merge(environment()).extract().context("a setting is wrong")?;
        config.check().context("a setting is wrong")?;
        Ok(config)
    }

    /// The layers below file and environment.
    ///
    /// # Panics
    /// Never: a test keeps the compiled-in file fitting.
    pub fn defaults() -> Self {
        Figment::from(Toml::string(DEFAULTS))
            .extract()
            .expect("config.default.toml fits Config")
    }

    /// The database's address.
    pub fn database_url(&self) -> anyhow::Result<String> {
        if !self.database_url.is_empty() {
            return Ok(self.database_url.clone());
        }
        let path = std::path::absolute(self.data.join("catbird.db"))?;
        let path = path.to_str().context("the data folder's name is not UTF-8")?;
        // The address ends at ? and #, and % begins an escape.
        let path = path.replace('%', "%25").replace('?', "%3F").replace('#', "%23");
        Ok(format!("sqlite://{path}"))
    }

    /// The folder that holds finished files.
    pub fn objects_folder(&self) -> anyhow::Result<PathBuf> {
        if self.objects_url.is_empty() {
            return Ok(std::path::absolute(self.data.join("objects"))?);
        }
        let path = self.objects_url.strip_prefix("file:").with_context(|| {
            format!(
                "objects_url is {:?}, but this build keeps files under file: only",
                self.objects_url
            )
        })?;
        let path = path.strip_prefix("//").unwrap_or(path);
        Ok(std::path::absolute(path)?)
    }

    fn check(&self) -> anyhow::Result<()> {
        anyhow::ensure!(self.workers <= 64, "workers is {}, at most 64", self.workers);
        for (name, value) in [
            ("max_attempts", self.max_attempts),
            ("lease_seconds", self.lease_seconds),
            ("task_timeout_seconds", self.task_timeout_seconds),
        ] {
            anyhow::ensure!(value >= 1, "{name} is 0, at least 1");
        }
        self.webhooks.check()?;
        self.lyricist.check()?;
        self.uploads.check()?;
        let url = &self.public_url;
        anyhow::ensure!(
            url.is_empty() || url.starts_with("http://") || url.starts_with("https://"),
            "public_url is {url:?}, but must begin with http:// or https://"
        );
        Ok(())
    }
}

/// `CATBIRD_*`, as far as it names a setting: other parts of the program have variables too.
fn environment() -> Env {
    let known = top_level_names();
    Env::prefixed("CATBIRD_")
        .filter(move |key| {
            let name = key.as_str().to_ascii_lowercase();
            let top = name.split("__").next().unwrap_or_default();
            known.iter().any(|k| k == top)
        })
        .split("__")
}

fn top_level_names() -> Vec<String> {
    DEFAULTS
        .lines()
        .filter_map(|line| {
            let table = line.strip_prefix('[').and_then(|l| l.strip_suffix(']'));
            table.or_else(|| line.split_once(" = ").map(|(name, _)| name))
        })
        .filter(|name| !name.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_complete() {
        let config = Config::defaults();
        config.check().unwrap();
        assert_eq!(config.prices.nuro, 10);
        assert_eq!(config.rate_limit, RateLimit(Some((1, Duration::from_secs(3)))));
        assert_eq!(config.bootstrap_credits, 1000);
    }

    #[test]
    fn a_file_changes_what_it_names_and_a_typing_error_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("catbird.toml");
        std::fs::write(&file, "workers = 3\n[prices]\nnuro = 4\n").unwrap();
        let config = Config::load(Some(&file)).unwrap();
        assert_eq!((config.workers, config.prices.nuro, config.max_attempts), (3, 4, 3));
        std::fs::write(&file, "wokers = 3\n").unwrap();
        let error = format!("{:#}", Config::load(Some(&file)).unwrap_err());
        assert!(error.contains("wokers") && error.contains("catbird.toml"), "{error}");
        std::fs::write(&file, "rate_limit = \"often\"\n").unwrap();
        let error = format!("{:#}", Config::load(Some(&file)).unwrap_err());
        assert!(error.contains("1 per 3 s"), "{error}");
    }

    #[test]
    fn names_in_the_environment_are_the_file_s() {
        let names = top_level_names();
        for name in ["listen", "data", "public_url", "prices", "nuro", "rate_limit"] {
            assert!(names.iter().any(|n| n == name), "{name}");
        }
        assert!(!names.iter().any(|n| n == "assets"));
    }

    #[test]
    fn odd_characters_of_the_data_folder_are_escaped() {
        let mut config = Config::defaults();
        config.data = PathBuf::from("/tmp/a?b#c%d");
        assert_eq!(config.database_url().unwrap(), "sqlite:///tmp/a%3Fb%23c%25d/catbird.db");
    }
}
