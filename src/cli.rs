//! The command line: what may be typed, and which file does it. Standard output carries results
//! alone; everything said to the person at the keyboard goes to standard error.

mod assets;
mod band;
mod compose;
mod credits;
mod demo;
mod disk;
mod doctor;
mod edit;
mod hear;
mod keys;
mod logs;
mod progress;
mod serve;
mod settings;
mod terminal;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use settings::Settings;

/// A self-hosted AI music API that makes the music itself, on a CPU.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
struct Cli {
    /// A folder of style files (TOML) beside the built-in ones; see docs/styles.md
    #[arg(long, global = true, value_name = "DIR", env = "CATBIRD_STYLES")]
    styles: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Hear a song: fetch the sounds, start the server, ask it for a song, save song.wav here
    Demo(demo::Demo),
    /// Run the API and its workers
    Serve(serve::Serve),
    /// Make a song without the server
    Compose(compose::Compose),
    /// Change songs and recordings: extend, join, cover, replace a section …
    Edit(edit::Edit),
    /// Tell what is heard in a recording: tempo, key, chords, sections, melody, loudness
    Hear(hear::Hear),
    /// Make, list and revoke API keys
    Keys(keys::Keys),
    /// Grant and show credits, show prices
    Credits(credits::Credits),
    /// List, fetch and verify the sounds and voices
    Assets(assets::Assets),
    /// Check whether everything Catbird needs is in place
    Doctor(Settings),
    /// Print the description of the API (`OpenAPI` 3.1, JSON)
    Openapi,
    /// Bring the database up to this version's tables, then stop
    Migrate(Settings),
}

/// Reads the command line and does what it says; any failure is one sentence on standard error.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    if let Some(folder) = &cli.styles
        && let Err(error) = catbird_music::style::add(folder)
    {
        terminal::complain(&error.into());
        return ExitCode::FAILURE;
    }
    let outcome = match cli.command {
        Command::Demo(demo) => demo.run(),
        Command::Serve(serve) => serve.run(),
        Command::Compose(compose) => compose.run(),
        Command::Edit(edit) => edit.run(),
        Command::Hear(hear) => hear.run(),
        Command::Keys(keys) => keys.run(),
        Command::Credits(credits) => credits.run(),
        Command::Assets(assets) => assets.run(),
        Command::Doctor(settings) => return doctor::run(&settings),
        Command::Openapi => openapi(),
        Command::Migrate(settings) => migrate(&settings),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn openapi() -> anyhow::Result<()> {
    terminal::print(catbird_server::admin::openapi().trim_end())
}

fn migrate(settings: &Settings) -> anyhow::Result<()> {
    let config = settings.config()?;
    serve::runtime()?.block_on(catbird_server::admin::migrate(&config))?;
    terminal::note("the database is up to date");
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn contradictions_are_refused() {
        assert!(Cli::try_parse_from(["catbird", "compose", "--out", "o", "--lyrics", "f", "--instrumental"]).is_err());
        assert!(
            Cli::try_parse_from(["catbird", "compose", "x"]).is_err(),
            "--out is needed"
        );
        assert!(Cli::try_parse_from(["catbird", "compose", "x", "--out", "o", "--seconds", "0"]).is_err());
        assert!(Cli::try_parse_from(["catbird", "compose", "x", "--out", "o", "--bpm", "nan"]).is_err());
    }
}
