//! Settings of uploads.

use std::time::Duration;

use serde::Deserialize;

use crate::net::download::Limits;

/// How recordings are brought in.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config.default.toml is the documentation of every field")]
pub struct Uploads {
    pub max_bytes: u64,
    pub timeout_seconds: f64,
    pub idle_seconds: f64,
    pub at_once: usize,
    pub listen: bool,
}

impl Uploads {
    /// What a download may take.
    pub fn limits(&self) -> Limits {
        Limits {
            bytes: self.max_bytes,
            total: Duration::from_secs_f64(self.timeout_seconds),
            idle: Duration::from_secs_f64(self.idle_seconds),
        }
    }

    pub(super) fn check(&self) -> anyhow::Result<()> {
        anyhow::ensure!(self.max_bytes >= 1, "uploads.max_bytes is 0, at least 1");
        anyhow::ensure!(
            (1..=64).contains(&self.at_once),
            "uploads.at_once is {}, but must be from 1 to 64",
            self.at_once
        );
        for (name, seconds) in [("timeout", self.timeout_seconds), ("idle", self.idle_seconds)] {
            anyhow::ensure!(
                seconds > 0.0 && seconds <= 3600.0,
                "uploads.{name}_seconds is {seconds}, but must be above 0 and at most 3600"
            );
        }
        Ok(())
    }
}
