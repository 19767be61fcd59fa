//! How alike two takes of one brief are: for each of some two dozen briefs, the share of 8-note melodic
//! figures (seven intervals in a row) that the two melodies have in common, and the share of the band's
//! pitched notes.
//!
//! ```sh
//! cargo run --release -p catbird-music --example takes
//! ```

use std::{collections::BTreeSet, error::Error};

use catbird_music::{compose, style};
use catbird_score::{Brief, PartRole, Score, SungLine};

const LYRICS: [&str; 2] = [
    "[verse]\nThe kettle hums at half past five\nA coin of light is on the floor\nI count the ways to stay alive\nAnd leave my coat behind the door\n\
     [chorus]\nCarry the morning over the hill\nCarry it slowly, carry it still\n\
     [verse]\nThe tram goes singing through the square\nA paper bag is taking flight\nThere's always someone on the stair\nWho hums the song I heard last night\n\
     [chorus]\nCarry the morning over the hill\nCarry it slowly, carry it still",
    "[verse]\nWe drew a map on the back of a bill\nThirty-one miles to the sea\nYou drove with your elbow out over the sill\nAnd sang every station to me\n\
     [pre-chorus]\nOh how the road went on and on\n\
     [chorus]\nSalt in the air, salt in the air\nNobody knows us and nobody cares\nSalt in the air, salt in the air\n\
     [bridge]\nIf the engine dies we can walk from here\n\
     [chorus]\nSalt in the air, salt in the air\nNobody knows us and nobody cares",
];

/// The melody: what is sung, or what the leads play, line by line.
fn melody(score: &Score) -> Vec<u8> {
    if let Some(vocal) = &score.vocal {
        return vocal.lines.iter().flat_map(SungLine::notes).map(|n| n.pitch).collect();
    }
    let leads = score.parts.iter().filter(|p| p.role == PartRole::Lead);
    leads.flat_map(|p| p.notes.iter().map(|n| n.pitch)).collect()
}

/// All runs of seven intervals.
fn figures(score: &Score) -> BTreeSet<Vec<i16>> {
    let pitches = melody(score);
    let steps: Vec<i16> = pitches.windows(2).map(|w| i16::from(w[1]) - i16::from(w[0])).collect();
    steps.windows(7).map(<[i16]>::to_vec).collect()
}

fn band(score: &Score) -> BTreeSet<(&str, u32, u8)> {
    let parts = score.parts.iter().filter(|p| !p.sound.is_drums());
    parts
        .flat_map(|p| p.notes.iter().map(|n| (p.name.as_str(), n.start, n.pitch)))
        .collect()
}

/// The share of the smaller set that is in the other, too.
fn common<T: Ord>(a: &BTreeSet<T>, b: &BTreeSet<T>) -> f64 {
    a.intersection(b).count() as f64 / a.len().min(b.len()).max(1) as f64
}

fn main() -> Result<(), Box<dyn Error>> {
    let (mut worst, mut worst_band, mut count) = (0.0f64, 0.0f64, 0);
    for (i, style) in style::all().iter().enumerate() {
        let name = match style.id.as_str() {
            "hip_hop" => "hip-hop",
            "bossa" => "bossa nova",
            "future_bass" => "future bass",
            "rnb" => "r&b",
            "gufeng" => "chinese",
            other => other,
        };
        for lyrics in [Some(LYRICS[i % 2]), None] {
            let mut brief = Brief {
                description: name.to_owned(),
                lyrics: lyrics.map(str::to_owned),
                seed: 1000 + i as u64,
                ..Brief::default()
            };
            let first = compose(&brief, None)?;
            brief.take = 1;
            let second = compose(&brief, None)?;
            let tunes = common(&figures(&first), &figures(&second));
            let bands = common(&band(&first), &band(&second));
            let voices = [&first, &second].map(|s| s.vocal.as_ref().map_or("-", |v| v.singer.name.as_str()));
            #[expect(clippy::print_stdout, reason = "an example reports on the terminal")]
            {
                println!(
                    "{:12} {:12} figures in common {:5.1} %   band notes {:5.1} %   {:6.1} / {:6.1} bpm   {} / {}",
                    style.id,
                    if lyrics.is_some() { "song" } else { "instrumental" },
                    100.0 * tunes,
                    100.0 * bands,
                    first.tempo.bpm_at(0),
                    second.tempo.bpm_at(0),
                    voices[0],
                    voices[1],
                );
            }
            worst = worst.max(tunes);
            worst_band = worst_band.max(bands);
            count += 1;
        }
    }
    #[expect(clippy::print_stdout, reason = "an example reports on the terminal")]
    {
        println!(
            "{count} briefs: at most {:.1} % of the 8-note figures and {:.1} % of the band's notes in common",
            100.0 * worst,
            100.0 * worst_band
        );
    }
    Ok(())
}
