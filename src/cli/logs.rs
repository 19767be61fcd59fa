//! Logs: to standard error, as text or as JSON lines.

use clap::{Args, ValueEnum};
use tracing_subscriber::{EnvFilter, fmt};

/// How logs look and what is logged.
#[derive(Args, Clone, Debug)]
pub struct Logs {
    /// What is logged: a level, or levels by module (`info,catbird_server=debug`)
    #[arg(long, value_name = "FILTER", env = "CATBIRD_LOG", default_value = Logs::DEFAULT)]
    pub log: String,
    /// How logs look
    #[arg(long, value_name = "FORMAT", env = "CATBIRD_LOG_FORMAT", value_enum, default_value_t = Format::Text)]
    pub log_format: Format,
}

/// How logs look.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Format {
    /// Lines for people
    Text,
    /// One JSON object a line
    Json,
}

impl Logs {
    /// What is logged when nobody says otherwise.
    pub const DEFAULT: &str = "info,sqlx=warn";

    /// Starts logging; once a process.
    pub fn start(&self) -> anyhow::Result<()> {
        let filter = EnvFilter::try_new(&self.log)
            .map_err(|e| anyhow::anyhow!("the log filter {:?} cannot be read: {e}", self.log))?;
        let logs = fmt().with_env_filter(filter).with_writer(std::io::stderr);
        match self.log_format {
            Format::Text => logs
                .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
                .init(),
            Format::Json => logs.json().flatten_event(true).init(),
        }
        Ok(())
    }
}
