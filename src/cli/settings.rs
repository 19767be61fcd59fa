//! The settings every server command takes; they lie over file and environment.

use std::{net::SocketAddr, path::PathBuf};

use catbird_server::Config;
use clap::Args;

/// Flags that change settings.
#[derive(Args, Clone, Debug, Default)]
pub struct Settings {
    /// A settings file (TOML); see config.default.toml
    #[arg(long, global = true, value_name = "FILE", env = "CATBIRD_CONFIG")]
    pub config: Option<PathBuf>,
    /// The folder for the database and the songs
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The address to listen on
    #[arg(long, global = true, value_name = "HOST:PORT")]
    pub listen: Option<SocketAddr>,
}

impl Settings {
    /// All layers put together.
    pub fn config(&self) -> anyhow::Result<Config> {
        let mut config = Config::load(self.config.as_deref())?;
        if let Some(data) = &self.data {
            config.data.clone_from(data);
        }
        if let Some(listen) = self.listen {
            config.listen = listen;
        }
        Ok(config)
    }
}
