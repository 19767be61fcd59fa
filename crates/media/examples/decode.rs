//! Decodes files and says what they are and how fast that went:
//! `cargo run --release -p catbird-media --example decode -- FILE…`
#![expect(clippy::print_stdout, reason = "an example talks to a terminal")]

use std::{env, fs, time::Instant};

use catbird_media::decode::{Limits, decode};

fn main() -> Result<(), std::io::Error> {
    for path in env::args_os().skip(1) {
        let bytes = fs::read(&path)?;
        let begun = Instant::now();
        let decoded = decode(&bytes, &Limits::default());
        let took = begun.elapsed().as_secs_f64();
        match decoded {
            Ok(recording) => println!(
                "{}: {recording:?}, {took:.3} s, {:.0} times real time",
                path.display(),
                recording.seconds() / took
            ),
            Err(error) => println!("{}: {error}", path.display()),
        }
    }
    Ok(())
}
