//! `catbird credits`: who has how many, and what calls cost.

use catbird_server::admin::{self, Pool};
use clap::{Args, Subcommand};

use super::{serve::runtime, settings::Settings, terminal};

/// Grant and show credits, show prices.
#[derive(Args)]
pub struct Credits {
    #[command(subcommand)]
    act: Act,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Subcommand)]
enum Act {
    /// Give an account credits
    Grant {
        /// The account
        name: String,
        /// How many
        #[arg(value_parser = clap::value_parser!(u32).range(1..))]
        amount: u32,
        /// As one-time credits, which are used first
        #[arg(long)]
        extra: bool,
    },
    /// What accounts have
    Show {
        /// Only this account
        name: Option<String>,
    },
    /// What calls cost
    Price,
}

impl Credits {
    /// Does it.
    pub fn run(self) -> anyhow::Result<()> {
        let config = self.settings.config()?;
        runtime()?.block_on(async {
            match self.act {
                Act::Grant { name, amount, extra } => {
                    let pool = if extra { Pool::Extra } else { Pool::Subscription };
                    let has = admin::grant_credits(&config, &name, amount, pool).await?;
                    terminal::print(&shown(&name, has))
                }
                Act::Show { name } => {
                    for account in admin::show_credits(&config, name.as_deref()).await? {
                        terminal::print(&shown(&account.name, account.credits))?;
                    }
                    Ok(())
                }
                Act::Price => {
                    for (call, price) in admin::prices(&config) {
                        terminal::print(&format!("{price:>4}  {call}"))?;
                    }
                    Ok(())
                }
            }
        })
    }
}

fn shown(name: &str, has: admin::Credits) -> String {
    format!("{name}: {} credits, {} extra", has.balance, has.extra)
}
