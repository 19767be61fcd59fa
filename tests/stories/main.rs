//! Whole-program stories: the real binary, real sounds, real HTTP. One test program, so that there is
//! one thing to link; stories that measure or fill the machine take turns.

mod accounts;
mod bad_days;
mod browser;
mod composing;
mod crowd;
mod first_song;
mod page;
mod program;
mod rooms;
mod upkeep;
