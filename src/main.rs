//! The `catbird` program: see [`cli`] for its commands.

mod builtin;
mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
