//! What edits do to the sound: the seam of an extension, of a joined chain, the edges of a replaced
//! section.
//!
//! `cargo bench --bench edits`, with `-- OUT_DIR` to keep the joined and edited files. Loudness is
//! ITU-R BS.1770 over the 1.5 s before and after a bar line; since music may get louder where a section
//! begins, a jump counts as far as it is another one than the source makes at the same bar line (an
//! extension goes on there with a section of the same role). Beat phase: where the kit is heard in its
//! stem against where its notes stand in the score. Untouched: frames of the mix before the master that
//! are equal bit for bit.
#![expect(clippy::print_stdout, reason = "a bench reports on standard output")]

mod seams;

use std::{ops::ControlFlow, path::PathBuf};

use anyhow::{Context, Result};
use catbird_assets::Assets;
use catbird_engine::{Maker, MakerFiles, shelf::none};
use catbird_media::wav;
use catbird_music::edit;
use catbird_score::{Brief, Joins, Role, Score, Wish, WishKind};
use catbird_sound::{RATE, Rendering, Stems};

use seams::{SIDE, jump, lateness, loudness, number, touched};

const SONG: &str = "[verse]\nThe kettle hums at half past five\nThe window keeps a coin of light\n\
    I count the boats that still arrive\nAnd fold the letters of the night\n[chorus]\n\
    Carry the morning over the hill\nCarry the morning, carry it still\n[verse]\nThe harbour bell is slow to wake\n\
    A gull is walking on the wall\nThe bread is warm enough to break\nThe day is hardly here at all\n[chorus]\n\
    Carry the morning over the hill\nCarry the morning, carry it still";
const MORE: &str = "[verse]\nThe lamps go out along the pier\nThe tide has taken back the sand\n\
    I tell you what I could not hear\nAnd hold the silence in my hand\n[chorus]\n\
    Carry the evening down to the sea\nCarry the evening, carry it free";
const INFILL: &str = "The rain is walking down the lane\nAnd every window knows my name";

struct Bench {
    maker: Maker,
    keep: Option<PathBuf>,
}

impl Bench {
    fn play(&self, score: &Score, name: &str) -> Result<Rendering> {
        let rendering = self
            .maker
            .play(score, Stems::All, None, &none, &|_, _| ControlFlow::Continue(()))?;
        if let Some(dir) = &self.keep {
            std::fs::create_dir_all(dir)?;
            let audio = &rendering.master;
            wav::write(&dir.join(format!("{name}.wav")), &audio.left, &audio.right, RATE)?;
        }
        Ok(rendering)
    }

    fn song(&self, style: &str, seed: u64) -> Result<()> {
        let source = self.maker.compose(&Brief {
            lyrics: Some(SONG.into()),
            wishes: vec![Wish::new(WishKind::Genre, style)],
            seed,
            ..Brief::default()
        })?;
        let ask = |lyrics: &str| Brief {
            lyrics: Some(lyrics.into()),
            seed: seed + 1,
            ..Brief::default()
        };
        let file = style.to_lowercase().replace([' ', '/', '&'], "_");
        let before = self.play(&source, &format!("{file}_source"))?;
        let name = format!("{style} {:.0} bpm", source.tempo.bpm_at(0));

        // The extension begins where the source has its second verse, with a verse.
        let mut verses = source.sections.iter().filter(|s| s.role == Role::Verse);
        let verse = verses.next_back().context("two verses")?;
        let at = source.tempo.at(verse.start);
        let new = edit::extend(&source, Some(at), &ask(MORE), None)?;
        let Some(Joins::After { tick, seconds }) = new.joins else {
            anyhow::bail!("an extension knows what it continues");
        };
        anyhow::ensure!(tick == verse.start, "cut at the bar line asked");
        let alone = self.play(&new, &format!("{file}_extension"))?;
        let joined = edit::join(&[source.clone(), new.clone()])?;
        let whole = self.play(&joined, &format!("{file}_joined"))?;
        let own = jump(&before.master, seconds)?;
        let concat = jump(&whole.master, seconds)?;
        let lead = new.tempo.lead_seconds;
        let extend = loudness(&alone.master, lead, lead + SIDE)? - loudness(&before.master, seconds - SIDE, seconds)?;
        let phase = |from: f64, to: f64| lateness(&joined, &whole, from, to);
        let (early, late) = (phase(seconds - 12.0, seconds), phase(seconds, seconds + 12.0));
        println!(
            "| {name} | extend | {extend:+.2} | {own:+.2} | {:.2} | {} | {} | {} | |",
            (extend - own).abs(),
            number(early),
            number(lateness(&new, &alone, lead, lead + 12.0)),
            number(early.zip(lateness(&new, &alone, lead, lead + 12.0)).map(|(a, b)| b - a)),
        );
        println!(
            "| {name} | concat | {concat:+.2} | {own:+.2} | {:.2} | {} | {} | {} | |",
            (concat - own).abs(),
            number(early),
            number(late),
            number(early.zip(late).map(|(a, b)| b - a)),
        );

        // The first chorus, with other words, then with its own.
        let chorus = source
            .sections
            .iter()
            .find(|s| s.role == Role::Chorus)
            .context("a chorus")?;
        let (from, to) = (source.tempo.at(chorus.start), source.tempo.at(chorus.end()));
        for (what, brief) in [
            ("replace, new words", ask(INFILL)),
            (
                "replace, same words",
                Brief {
                    lyrics: None,
                    ..ask("")
                },
            ),
        ] {
            let edited = edit::replace(&source, from, to, &brief, None)?;
            let after = self.play(&edited, &format!("{file}_{}", what.replace([' ', ','], "_")))?;
            let (mix, old) = (
                after.mix.as_ref().context("a mix")?,
                before.mix.as_ref().context("a mix")?,
            );
            let patch = edited.patch.as_ref().context("a patch")?;
            let (differing, compared) = touched(old, mix, patch.from, patch.to);
            for (edge, at) in [("in", patch.from), ("out", patch.to)] {
                let (now, was) = (jump(&after.master, at)?, jump(&before.master, at)?);
                let (early, late) = (
                    lateness(&edited, &after, at - 8.0, at),
                    lateness(&edited, &after, at, at + 8.0),
                );
                println!(
                    "| {name} | {what}: {edge} | {now:+.2} | {was:+.2} | {:.2} | {} | {} | {} | {differing} of {compared} |",
                    (now - was).abs(),
                    number(early),
                    number(late),
                    number(early.zip(late).map(|(a, b)| b - a)),
                );
            }
        }
        Ok(())
    }
}

fn main() -> Result<()> {
    let assets = Assets::open()?;
    assets.ensure(catbird_assets::Parts::Song, &|_, _, _| {})?;
    let bench = Bench {
        maker: Maker::new(MakerFiles::named(|name| assets.path(name))),
        keep: std::env::args()
            .skip(1)
            .find(|a| !a.starts_with('-'))
            .map(PathBuf::from),
    };
    println!(
        "| song | seam | jump LU | source's there LU | excess LU (goal < 1.5) | kit before ms | after ms | phase error ms (goal < 15) | frames changed outside |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for (style, seed) in [("Pop", 3), ("Rock", 5), ("R&B/Soul", 4), ("Electronic", 8)] {
        bench.song(style, seed)?;
    }
    Ok(())
}
