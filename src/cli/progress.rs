//! Progress on standard error: a bar on a terminal, one line a step elsewhere.

use std::{
    io::{IsTerminal, stderr},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::terminal;

/// Where a long piece of work stands.
pub struct Line {
    bar: ProgressBar,
    /// The step last said, when there is no terminal to draw a bar on.
    said: Option<Mutex<String>>,
}

impl Line {
    /// For work measured in percent, with named steps.
    pub fn steps() -> Self {
        Self::with(
            "{spinner} {wide_msg} {bar:30.cyan/dim} {percent:>3} % {elapsed:>4}",
            100,
        )
    }

    /// For bytes.
    pub fn bytes() -> Self {
        Self::with(
            "{spinner} {wide_msg} {bar:30.cyan/dim} {bytes:>10} of {total_bytes:<10}",
            0,
        )
    }

    fn with(template: &str, length: u64) -> Self {
        let style = ProgressStyle::with_template(template).expect("our templates are well-formed");
        let drawn = stderr().is_terminal();
        let target = if drawn {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(length), target).with_style(style);
        if drawn {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        Self {
            bar,
            said: (!drawn).then(Mutex::default),
        }
    }

    /// Shows the step's name and how much of `total` is done.
    pub fn show(&self, step: &str, done: u64, total: u64) {
        self.bar.set_length(total.max(done));
        self.bar.set_position(done);
        if let Some(said) = &self.said {
            let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
            if *said != step {
                terminal::note(step);
                step.clone_into(&mut said);
            }
        } else {
            self.bar.set_message(step.to_owned());
        }
    }

    /// Takes the bar off the terminal.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.clear();
    }
}
