//! Words that a brief leaves open: lyrics, title and tags are written before the first take, and kept
//! with the task, so that every take and every later attempt sings the same.

use catbird_score::Work;

use super::state::{self, Claim};
use crate::app::Core;
use crate::engine::{Fault, Job};
use crate::lyricist;

/// Writes what is open and stores it.
pub async fn complete(core: &Core, claim: &Claim, work: &mut Work, job: &Job) -> Result<(), Fault> {
    let Some(brief) = work.brief_mut() else { return Ok(()) };
    let Some(description) = brief.write_lyrics.take() else {
        return Ok(());
    };
    job.step("writing", 0.0);
    let written = lyricist::write(core, &description, job.seed()).await?;
    if !brief.instrumental {
        brief.lyrics = Some(match brief.seconds {
            Some(seconds) => fitted(&written.lyrics, seconds),
            None => written.lyrics,
        });
    }
    if brief.title.as_deref().is_none_or(|title| title.trim().is_empty()) {
        brief.title = Some(written.title);
    }
    if brief.tags.trim().is_empty() {
        brief.tags = if brief.instrumental {
            without_voices(&written.tags)
        } else {
            written.tags
        };
    }
    if brief.description.trim().is_empty() {
        brief.description = description;
    }
    let title = brief.title.clone().unwrap_or_default();
    let (tags, lyrics) = (brief.tags.clone(), brief.lyrics.clone().unwrap_or_default());
    let json = serde_json::to_string(work).expect("work is plain data");
    let stored = async {
        let ours = state::decide(&core.db, claim, &json).await?;
        state::announce(&core.db, claim, &title, &tags, &lyrics).await?;
        Ok::<_, sqlx::Error>(ours)
    };
    match stored.await {
        Ok(true) => Ok(()),
        // Whoever has the task now decides on words of its own; ours must not be sung.
        Ok(false) => Err(Fault::Broken(anyhow::anyhow!("another worker has taken the task over"))),
        Err(error) => Err(Fault::Broken(error.into())),
    }
}

/// Whole words only: trap is no rap.
const VOICES: [&str; 9] = [
    "vocal", "vocals", "voice", "voices", "singer", "singers", "singing", "choir", "rap",
];

/// Whether a description of a sound asks for somebody who sings.
pub fn speaks_of_a_voice(sound: &str) -> bool {
    let sound = sound.to_lowercase();
    let mut words = sound.split(|c: char| !c.is_alphanumeric());
    words.any(|word| VOICES.contains(&word))
}

/// Nobody sings: words about a voice would be wrong.
fn without_voices(tags: &str) -> String {
    let words = tags.split(',').map(str::trim);
    let kept: Vec<&str> = words.filter(|words| !speaks_of_a_voice(words)).collect();
    kept.join(", ")
}

/// What a sung line takes with its breath, and what a piece needs around the words, seconds.
const LINE_SECONDS: f64 = 3.4;
const AROUND_SECONDS: f64 = 5.0;

/// As many sections as a piece of that length can hold: the first verse and chorus before all others,
/// in the order they were written.
fn fitted(lyrics: &str, seconds: f64) -> String {
    let most = (((seconds - AROUND_SECONDS) / LINE_SECONDS) as usize).max(2);
    let mut sections: Vec<Vec<&str>> = Vec::new();
    for line in lyrics.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if line.starts_with('[') || sections.is_empty() {
            sections.push(Vec::new());
        }
        sections.last_mut().expect("one was pushed").push(line);
    }
    let sung = |section: &[&str]| section.iter().filter(|line| !line.starts_with('[')).count();
    if sections.iter().map(|s| sung(s)).sum::<usize>() <= most {
        return lyrics.to_owned();
    }
    let is = |section: &[&str], role: &str| section[0].to_lowercase().starts_with(role);
    let mut order: Vec<usize> = ["[verse", "[chorus"]
        .iter()
        .filter_map(|role| sections.iter().position(|s| is(s, role)))
        .collect();
    order.extend((0..sections.len()).filter(|i| !order.contains(i)).collect::<Vec<_>>());
    let (mut left, mut kept) = (most, Vec::new());
    for index in order {
        let lines = sung(&sections[index]);
        if lines <= left {
            left -= lines;
            kept.push(index);
        } else if kept.is_empty() {
            // Not even one section fits: as many of its lines as do.
            sections[index].truncate(left + 1);
            left = 0;
            kept.push(index);
        }
    }
    kept.sort_unstable();
    let texts: Vec<String> = kept.iter().map(|i| sections[*i].join("\n")).collect();
    texts.join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SONG: &str =
        "[Verse]\none\ntwo\nthree\nfour\n\n[Chorus]\nfive\nsix\n\n[Verse]\nseven\neight\n\n[Outro]\nnine";

    #[test]
    fn lyrics_fit_the_time_verse_and_chorus_first() {
        assert_eq!(fitted(SONG, 120.0), SONG);
        assert_eq!(
            fitted(SONG, 27.0),
            "[Verse]\none\ntwo\nthree\nfour\n\n[Chorus]\nfive\nsix"
        );
        assert_eq!(fitted(SONG, 10.0), "[Verse]\none\ntwo");
        assert_eq!(fitted("no tags\nat all", 300.0), "no tags\nat all");
    }

    #[test]
    fn an_instrumental_has_no_words_about_voices() {
        assert_eq!(
            without_voices("swing, slow, piano, crooning male vocals"),
            "swing, slow, piano"
        );
        assert_eq!(
            without_voices("dark trap, rapid hats, air-choir, Rap"),
            "dark trap, rapid hats"
        );
    }
}
