//! Writes a score (JSON) and its MIDI for looking and listening without the renderer.
//!
//! ```sh
//! cargo run --release -p catbird-music --example compose -- OUT [description=… lyrics=FILE seconds=N seed=N
//!   bpm=N key='A minor' gender=f genre=Rock mood=… timbre=… instrument=… theme=… tag=… segment=verse:20 …]
//! ```

use std::{error::Error, fs};

use catbird_score::{Brief, Gender, Role, Segment, Wish, WishKind, midi};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let out = args.next().ok_or("usage: compose OUT [key=value …]")?;
    let mut brief = Brief::default();
    for arg in args {
        let (key, value) = arg.split_once('=').ok_or_else(|| format!("{arg}: write key=value"))?;
        let wish = |kind| Wish::new(kind, value);
        match key {
            "description" => value.clone_into(&mut brief.description),
            "lyrics" => brief.lyrics = Some(fs::read_to_string(value)?),
            "title" => brief.title = Some(value.to_owned()),
            "seconds" => brief.seconds = Some(value.parse()?),
            "seed" => brief.seed = value.parse()?,
            "bpm" => brief.bpm = Some(value.parse()?),
            "key" => brief.key = Some(value.to_owned()),
            "gender" => {
                brief.voice.gender = Some(if value.starts_with(['f', 'F']) {
                    Gender::Female
                } else {
                    Gender::Male
                });
            }
            "voice" => brief.voice.preset = Some(value.to_owned()),
            "genre" => brief.wishes.push(wish(WishKind::Genre)),
            "mood" => brief.wishes.push(wish(WishKind::Mood)),
            "timbre" => brief.wishes.push(wish(WishKind::Timbre)),
            "instrument" => brief.wishes.push(wish(WishKind::Instrument)),
            "theme" => brief.wishes.push(wish(WishKind::Theme)),
            "tag" => brief.wishes.push(wish(WishKind::Tag)),
            "segment" => {
                let (role, seconds) = value.split_once(':').ok_or("segment=ROLE:SECONDS")?;
                let role: Role = serde_json::from_value(role.into())?;
                brief.segments.push(Segment {
                    role,
                    seconds: seconds.parse()?,
                });
            }
            _ => return Err(format!("unknown key {key}").into()),
        }
    }
    let score = catbird_music::compose(&brief, None)?;
    score.check()?;
    fs::write(format!("{out}.json"), serde_json::to_vec_pretty(&score)?)?;
    fs::write(format!("{out}.mid"), midi::midi(&score))?;
    Ok(())
}
