//! The two streams: results on standard output, words for people on standard error.

use std::io::{self, ErrorKind, Write};

use anyhow::Context;

/// Prints a line of results. A reader that went away (`catbird openapi | head`) is no failure.
pub fn print(line: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.context("cannot write to standard output"),
    }
}

/// Says a line to the person at the keyboard.
pub fn note(line: &str) {
    // When nobody can be told, there is nobody to tell that either.
    let _ = writeln!(io::stderr(), "{line}");
}

/// Says why a command failed: the error and its causes in one line, without repeating itself.
pub fn complain(error: &anyhow::Error) {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        // Some libraries put their source's text into their own.
        if text.contains(&cause) {
            continue;
        }
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(cause.trim_end_matches('.'));
    }
    note(&format!("catbird: {}", text.replace('\n', " ")));
}
