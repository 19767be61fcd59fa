//! What edits of recordings do to the sound: where a band of ours goes on after a recording, and where it
//! plays instead of a span of one.
//!
//! `cargo bench --bench recordings`, with `-- OUT_DIR` to keep the files. Songs of our own are played,
//! written as WAV, read again and heard by the ear, which knows nothing of their scores; so the truth is
//! at hand. A jump in loudness (ITU-R BS.1770, 1.5 s before and after) counts as far as it is another one
//! than the recording makes at the same place. Beat phase: how late the new kit is heard against the true
//! beats of the recording, less how late the recording's own kit is. Step: the largest difference of
//! neighbouring samples within 2 ms of the seam, as a share of the 99.99 % quantile of the recording's
//! own. Changed: frames outside the new part that are not the recording's, bit for bit.
#![expect(clippy::print_stdout, reason = "a bench reports on standard output")]

mod seams;

use std::{ops::ControlFlow, path::PathBuf, time::Instant};

use anyhow::{Context, Result};
use catbird_assets::Assets;
use catbird_engine::{Maker, MakerFiles, shelf};
use catbird_media::{
    decode::{self, Limits},
    wav,
};
use catbird_music::edit;
use catbird_score::{Brief, Joins, Score, Wish, WishKind};
use catbird_sound::{RATE, Rendering, Stems, Stereo};

use seams::{jump, lateness, number, touched};

const SONG: &str = "[verse]\nThe kettle hums at half past five\nThe window keeps a coin of light\n\
    I count the boats that still arrive\nAnd fold the letters of the night\n[chorus]\n\
    Carry the morning over the hill\nCarry the morning, carry it still";
const MORE: &str = "[verse]\nThe lamps go out along the pier\nThe tide has taken back the sand\n\
    I tell you what I could not hear\nAnd hold the silence in my hand";
const INFILL: &str = "The rain is walking down the lane\nAnd every window knows my name";

/// Largest difference of neighbouring samples within 2 ms of a second.
fn step(audio: &Stereo, at: f64) -> f32 {
    let frame = |s: f64| ((s * f64::from(RATE)) as usize).clamp(1, audio.frames());
    let largest = |x: &[f32]| x.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max);
    let (from, to) = (frame(at - 0.002), frame(at + 0.002));
    largest(&audio.left[from..to]).max(largest(&audio.right[from..to]))
}

/// The 99.99 % quantile of such differences over the whole of it.
fn usual_step(audio: &Stereo) -> f32 {
    let steps = |x: &[f32]| x.windows(2).map(|w| (w[1] - w[0]).abs()).collect::<Vec<f32>>();
    let mut all = steps(&audio.left);
    all.extend(steps(&audio.right));
    all.sort_by(f32::total_cmp);
    all[(all.len() as f64 * 0.9999) as usize]
}

/// The new beats against the true ones from `from` to `to`, ms: the median distance to the nearest one.
fn beats_late(new: &Score, truth: &Score, from: f64, to: f64) -> Option<f64> {
    let beats = |score: &Score| -> Vec<f64> {
        let beat = score.meter.beat();
        let all = (0..=(score.end() / beat) * 2).map(|k| score.tempo.at(k * beat));
        all.filter(|s| *s > from - 2.0 && *s < to + 2.0).collect()
    };
    let truth = beats(truth);
    let mut late: Vec<f64> = beats(new)
        .into_iter()
        .filter(|s| *s >= from - 0.05 && *s < to)
        .filter_map(|s| {
            truth
                .iter()
                .map(|t| (s - t) * 1000.0)
                .min_by(|a, b| a.abs().total_cmp(&b.abs()))
        })
        .collect();
    late.sort_by(f64::total_cmp);
    (!late.is_empty()).then(|| late[late.len() / 2])
}

/// A song of ours, as a recording.
struct Recorded {
    name: String,
    truth: Score,
    /// As it was played; only its kit is looked at.
    played: Rendering,
    sound: Stereo,
    heard: Score,
    usual_step: f32,
}

struct Bench {
    maker: Maker,
    keep: Option<PathBuf>,
}

impl Bench {
    fn play(&self, score: &Score, sound: Option<&Stereo>) -> Result<Rendering> {
        let open = |_: &str| sound.cloned().ok_or_else(|| "no recording".to_owned());
        Ok(self
            .maker
            .play(score, Stems::All, None, &open, &|_, _| ControlFlow::Continue(()))?)
    }

    fn record(&self, style: &str, seed: u64) -> Result<Recorded> {
        let truth = self.maker.compose(&Brief {
            lyrics: Some(SONG.into()),
            wishes: vec![Wish::new(WishKind::Genre, style)],
            seed,
            ..Brief::default()
        })?;
        let played = self.play(&truth, None)?;
        let file = wav::encode_exact(&played.master.left, &played.master.right, RATE);
        let decoded = decode::decode(&file, &Limits::default())?;
        let sound = Stereo {
            left: decoded.left,
            right: decoded.right,
        };
        let began = Instant::now();
        let mut heard = self.maker.hear(&sound, None, &|_, _| ControlFlow::Continue(()))?;
        shelf::claim(&mut heard, "recording");
        let name = format!(
            "{style}, {:.1} bpm, heard {:.1} in {:.0} s",
            truth.tempo.bpm_at(0),
            heard.tempo.bpm_at(0),
            began.elapsed().as_secs_f64()
        );
        Ok(Recorded {
            name,
            usual_step: usual_step(&sound),
            truth,
            played,
            sound,
            heard,
        })
    }

    fn keep(&self, song: &Recorded, what: &str, audio: &Stereo) -> Result<()> {
        let Some(dir) = &self.keep else { return Ok(()) };
        std::fs::create_dir_all(dir)?;
        let style: String = song.name.chars().take_while(|c| *c != ',').collect();
        let name = format!("{style}_{what}.wav").replace(['/', '&', ' '], "_");
        wav::write(&dir.join(name), &audio.left, &audio.right, RATE)?;
        Ok(())
    }

    /// One line of the table: a seam at `at`, the new part beside it from `from` to `to`.
    fn report(
        song: &Recorded,
        (what, edited, after): (&str, &Score, &Rendering),
        at: f64,
        (from, to): (f64, f64),
        changed: (usize, usize),
    ) -> Result<()> {
        let (now, was) = (jump(&after.master, at)?, jump(&song.sound, at)?);
        let grid = beats_late(edited, &song.truth, from, to);
        let own = lateness(&song.truth, &song.played, at - 8.0, at + 8.0);
        let new = lateness(edited, after, from, to);
        let phase = grid.zip(own.zip(new)).map(|(grid, (own, new))| grid + new - own);
        println!(
            "| {} | {what} | {now:+.2} | {was:+.2} | {:.2} | {} | {} | {:.2} | {} of {} |",
            song.name,
            (now - was).abs(),
            number(grid),
            number(phase),
            step(&after.master, at) / song.usual_step,
            changed.0,
            changed.1,
        );
        Ok(())
    }

    fn extend(&self, song: &Recorded) -> Result<()> {
        // Cut at the heard bar line nearest to two thirds of it.
        let brief = Brief {
            lyrics: Some(MORE.into()),
            seed: 11,
            ..Brief::default()
        };
        let new = edit::extend(&song.heard, Some(song.heard.seconds * 0.66), &brief, None)?;
        let Some(Joins::After { seconds, .. }) = new.joins else {
            anyhow::bail!("an extension knows what it continues");
        };
        let joined = edit::join(&[song.heard.clone(), new])?;
        let after = self.play(&joined, Some(&song.sound))?;
        self.keep(song, "joined", &after.master)?;
        let kept = touched(&song.sound, &after.master, seconds, f64::MAX);
        let new = (seconds, seconds + 8.0);
        Self::report(song, ("extend and join", &joined, &after), seconds, new, kept)
    }

    fn replace(&self, song: &Recorded) -> Result<()> {
        let brief = Brief {
            lyrics: Some(INFILL.into()),
            seed: 12,
            ..Brief::default()
        };
        let middle = song.heard.seconds * 0.4;
        let edited = edit::replace(&song.heard, middle, middle + 12.0, &brief, None)?;
        let after = self.play(&edited, Some(&song.sound))?;
        self.keep(song, "replaced", &after.master)?;
        let [before, behind] = edited.reels.as_slice() else {
            anyhow::bail!("the recording sounds before and behind the span");
        };
        let span = (before.to, behind.from);
        let kept = touched(&song.sound, &after.master, span.0, span.1);
        for (what, at) in [("replace: in", span.0), ("replace: out", span.1)] {
            Self::report(song, (what, &edited, &after), at, span, kept)?;
        }
        Ok(())
    }
}

fn main() -> Result<()> {
    let assets = Assets::open()?;
    assets.ensure(catbird_assets::Parts::All, &|_, _, _| {})?;
    let bench = Bench {
        maker: Maker::new(MakerFiles::named(|name| assets.path(name))),
        keep: std::env::args()
            .skip(1)
            .find(|a| !a.starts_with('-'))
            .map(PathBuf::from),
    };
    println!(
        "| recording | seam | jump LU | recording's there LU | excess LU (goal < 1.5) | beats off ms | kit off ms (goal < 15) | step / usual (goal <= 1) | frames changed outside (goal 0) |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for (style, seed) in [("Pop", 3), ("Rock", 5), ("R&B/Soul", 4), ("Electronic", 8)] {
        let song = bench.record(style, seed).with_context(|| style.to_owned())?;
        bench.extend(&song)?;
        bench.replace(&song)?;
    }
    Ok(())
}
