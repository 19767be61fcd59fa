//! `catbird keys`: API keys. They work at once, also with a server that is running.

use catbird_server::admin;
use clap::{Args, Subcommand};

use super::{serve::runtime, settings::Settings, terminal};

/// Make, list and revoke API keys.
#[derive(Args)]
pub struct Keys {
    #[command(subcommand)]
    act: Act,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Subcommand)]
enum Act {
    /// Make a key; it is printed once and cannot be shown again
    Create {
        /// The account it belongs to; made when missing
        #[arg(long)]
        name: String,
        /// Credits to grant the account
        #[arg(long, default_value_t = 0, value_name = "K")]
        credits: u32,
    },
    /// All keys, oldest first
    List,
    /// Revoke a key, named by its id, itself, or its first characters
    Revoke {
        /// Which one
        key: String,
    },
}

impl Keys {
    /// Does it.
    pub fn run(self) -> anyhow::Result<()> {
        let config = self.settings.config()?;
        runtime()?.block_on(async {
            match self.act {
                Act::Create { name, credits } => terminal::print(&admin::create_key(&config, &name, credits).await?),
                Act::List => {
                    for key in admin::list_keys(&config).await? {
                        let state = key
                            .revoked_at
                            .map_or_else(|| "good".to_owned(), |at| format!("revoked {at}"));
                        let line = format!(
                            "{}  {}…  {}  made {}  {state}",
                            key.id, key.prefix, key.account, key.created_at
                        );
                        terminal::print(&line)?;
                    }
                    Ok(())
                }
                Act::Revoke { key } => {
                    let key = admin::revoke_key(&config, &key).await?;
                    terminal::note(&format!("the key {}… of {} is revoked", key.prefix, key.account));
                    Ok(())
                }
            }
        })
    }
}
