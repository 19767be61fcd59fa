//! `catbird assets`: the sounds and voices from outside.

use catbird_assets::{Assets as Cache, Parts, State};
use clap::{Args, Subcommand};

use super::{progress::Line, terminal};

/// List, fetch and verify the sounds and voices.
#[derive(Args)]
pub struct Assets {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Each file with its origin, licence and state
    List,
    /// Fetch what is missing or wrong
    Fetch,
    /// Check every byte
    Verify,
}

impl Assets {
    /// Does it.
    pub fn run(self) -> anyhow::Result<()> {
        let cache = Cache::open()?;
        match self.act {
            Act::List => list(&cache),
            Act::Fetch => {
                let line = Line::bytes();
                cache.fetch(Parts::All, &|step, done, total| line.show(step, done, total))?;
                line.clear();
                terminal::note(&format!("all sounds are in {}", cache.folder().display()));
                Ok(())
            }
            Act::Verify => {
                cache.verify(Parts::All)?;
                terminal::note(&format!("all sounds in {} are as pinned", cache.folder().display()));
                Ok(())
            }
        }
    }
}

fn list(cache: &Cache) -> anyhow::Result<()> {
    let mut last = String::new();
    for (package, file, state) in cache.states(Parts::All)? {
        let spec = package.spec();
        if spec != last {
            terminal::print(&format!("{spec}  {}  {}", package.licence, package.purpose))?;
            last = spec;
        }
        let state = match state {
            State::Good => "good",
            State::Missing => "missing",
            State::Wrong(_) => "wrong",
        };
        terminal::print(&format!(
            "  {state:8} {:>9}  {}",
            file.size,
            cache.path(&file.name).display()
        ))?;
    }
    Ok(())
}
