//! Work → scores: which edit an operation is. No sound yet.

use catbird_music::{ComposeError, UnknownWords, edit};
use catbird_score::{Brief, Score, Work};

use crate::{MakeError, Maker};

impl Maker {
    /// The pieces of a work, without sound: one score, or for a replaced section of a whole piece two
    /// (the piece, then the section alone). `sources` are the scores of [`Work::sources`] in order;
    /// `seed` and `take` go into the brief. Stems have no new score: the source itself comes back.
    ///
    /// # Errors
    /// The brief's fault or ours, see [`MakeError`]; missing sources are ours.
    pub fn write(&self, work: &Work, sources: &[Score], seed: u64, take: u32) -> Result<Vec<Score>, MakeError> {
        if sources.len() != work.sources().len() {
            return Err(MakeError::Sources {
                needed: work.sources().len(),
                given: sources.len(),
            });
        }
        let mut brief = work.brief().cloned().unwrap_or_default();
        brief.seed = seed;
        brief.take = take;
        if brief.instrumental {
            brief.lyrics = None;
        }
        let brief = &brief;
        // A network that does not load is an error: spelling rules in its place would change the song.
        let unknown: Option<&dyn UnknownWords> = match &brief.lyrics {
            Some(_) => Some(self.pronouncer()?),
            None => None,
        };
        let one = |score: Result<Score, ComposeError>| Ok(vec![score?]);
        match (work, sources) {
            (Work::Compose { .. }, _) => one(catbird_music::compose(brief, unknown)),
            (Work::Extend { at, .. }, [source]) => one(edit::extend(source, *at, brief, unknown)),
            (Work::Join { .. }, pieces) => {
                let mut whole = edit::join(pieces)?;
                if let Some(title) = named(brief) {
                    whole.title = title;
                }
                Ok(vec![whole])
            }
            (Work::Cover { .. }, [source]) if brief.instrumental && source.vocal.is_some() => {
                one(edit::cover_instrumental(source, brief))
            }
            (Work::Cover { .. }, [source]) => one(edit::cover(source, brief, unknown)),
            (Work::Remaster { strength, .. }, [source]) => one(edit::remaster(source, *strength, brief)),
            (Work::AddVocals { span, .. }, [source]) => one(edit::add_vocals(source, *span, brief, unknown)),
            (Work::AddInstrumental { span, .. }, [source]) => one(edit::add_instrumental(source, *span, brief)),
            (Work::SwapSound { .. }, [source]) => one(edit::swap_sound(source, brief)),
            (Work::SwapVocals { .. }, [source]) => one(edit::swap_vocals(source, brief, unknown)),
            (Work::Mashup { .. }, [first, second]) => one(edit::mashup(first, second, brief, unknown)),
            (
                Work::Replace {
                    from,
                    to,
                    whole,
                    section,
                    ..
                },
                [source],
            ) => {
                let edited = edit::replace(source, *from, *to, brief, unknown)?;
                let alone = section
                    .then(|| edit::section(source, &edited, *from, *to))
                    .transpose()?;
                Ok(whole.then_some(edited).into_iter().chain(alone).collect())
            }
            (Work::Sample { from, to, .. }, [source]) => one(edit::sample(source, *from, *to, brief, unknown)),
            (Work::Stems { .. }, sources) => Ok(sources.to_vec()),
            (Work::Upload { .. } | Work::Download { .. }, _) => {
                unreachable!("the server does these without an engine's pieces")
            }
            _ => unreachable!("as many sources as the work names"),
        }
    }
}

fn named(brief: &Brief) -> Option<String> {
    let title = brief.title.as_deref()?.trim();
    (!title.is_empty()).then(|| title.to_owned())
}

/// The lyrics as they are sung, with the sections' names in brackets; `[Instrumental]` where nobody
/// sings.
pub fn sung_lyrics(score: &Score) -> String {
    let Some(vocal) = score.vocal.as_ref().filter(|v| !v.lines.is_empty()) else {
        return "[Instrumental]".to_owned();
    };
    let mut out = String::new();
    let mut section = usize::MAX;
    for line in &vocal.lines {
        if line.section != section {
            section = line.section;
            if !out.is_empty() {
                out.push('\n');
            }
            out.push('[');
            out.push_str(&score.sections[section].name);
            out.push_str("]\n");
        }
        out.push_str(&line.text);
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out
}
