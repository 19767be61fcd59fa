//! Prints songs of the built-in lyricist, or measures it over the descriptions beside this file.
//!
//! ```sh
//! cargo run --release -p catbird-music --example lyricist                                # the report
//! cargo run --release -p catbird-music --example lyricist -- "paper boats" [seed]        # one song
//! cargo run --release -p catbird-music --example lyricist -- --every 7 [seed]            # each 7th description
//! ```

mod report;

use std::{
    error::Error,
    io::{Write, stdout},
};

use catbird_music::lyricist;

/// A line each; an empty one is a description too.
const DESCRIPTIONS: &str = include_str!("descriptions.txt");

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let mut out = stdout().lock();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let seed = |at: usize| words.get(at).map_or(Ok(1), |s| s.parse::<u64>());
    match words.as_slice() {
        [] => write!(out, "{}", report::report(DESCRIPTIONS)?)?,
        ["--every", n, ..] => {
            let seed = seed(2)?;
            for description in DESCRIPTIONS.lines().step_by(n.parse()?) {
                song(&mut out, description, seed)?;
            }
        }
        [description, ..] => song(&mut out, description, seed(1)?)?,
    }
    Ok(())
}

fn song(out: &mut impl Write, description: &str, seed: u64) -> std::io::Result<()> {
    let song = lyricist::write(description, seed);
    writeln!(
        out,
        "=== {description}\n# {} ({})\n{}\n",
        song.title, song.tags, song.lyrics
    )
}
