//! Whole-program stories: the real binary, real sounds, real HTTP. One test program, so that there is
//! one thing to link; stories that measure or fill the machine take turns.

#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]
#![expect(
    clippy::print_stdout,
    reason = "stories tell what they measured and what they skipped"
)]
#![expect(
    clippy::await_holding_lock,
    reason = "every story has a thread and a runtime of its own; waiting for a turn holds up nobody else"
)]

mod accounts;
mod bad_days;
mod browser;
mod composing;
mod crowd;
mod first_song;
mod page;
mod pictures;
mod program;
mod rooms;
mod sdk;
mod sonic;
mod upkeep;
