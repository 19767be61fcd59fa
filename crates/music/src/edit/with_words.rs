//! The words of a recording that somebody knows, on the melody that was heard in it.

use catbird_score::{Brief, Gender, Note, Score, SungLine, Vocal, VoiceWish};

use super::{casting, frame, recorded, setting};
use crate::{compose::ComposeError, words::UnknownWords};

/// Below this pitch a voice nobody has named is taken for a man's (F♯3).
const MAN: u8 = 54;

/// `source` with `lyrics` on its melody, at the pitch that was heard, by a singer like the one who was heard.
/// Everything else stays: its reels, too, so the recording is what sounds.
///
/// # Errors
/// [`ComposeError::Invalid`] without words or without a melody, [`ComposeError::Language`],
/// [`ComposeError::TooLong`] for more words than the melody has room for.
pub fn with_words(source: &Score, lyrics: &str, unknown: Option<&dyn UnknownWords>) -> Result<Score, ComposeError> {
    let prepared = setting::read(lyrics, unknown)?;
    let mut set = setting::set(source, &prepared)?;
    setting::settle(&mut set.lines);
    let notes: Vec<Note> = set.lines.iter().flat_map(SungLine::notes).copied().collect();
    let gender = frame::heard_gender(source).unwrap_or_else(|| {
        let mut pitches: Vec<u8> = notes.iter().map(|n| n.pitch).collect();
        pitches.sort_unstable();
        if pitches.get(pitches.len() / 2).is_some_and(|p| *p < MAN) {
            Gender::Male
        } else {
            Gender::Female
        }
    });
    let mut brief = frame::inherit(&Brief::default(), source);
    brief.lyrics = Some(lyrics.to_owned());
    brief.voice = VoiceWish {
        gender: Some(gender),
        ..VoiceWish::default()
    };
    let direction = casting::cast(&brief, &notes, None);
    let mut out = source.clone();
    out.parts = unsung(source, &set.left);
    out.vocal = Some(Vocal {
        partner: None,
        backing: Vec::new(),
        singer: direction.singer,
        channel: direction.vocal_channel,
        lines: set.lines,
    });
    out.brief.lyrics = Some(lyrics.to_owned());
    debug_assert_eq!(out.check(), Ok(()), "known words keep the score's rules");
    Ok(out)
}

/// The parts of a piece whose heard melody is sung now, all but `left`.
pub(super) fn unsung(source: &Score, left: &[Note]) -> Vec<catbird_score::Part> {
    let mut parts = source.parts.clone();
    for part in parts.iter_mut().filter(|p| recorded::is_heard(p) && p.id == "melody") {
        part.notes = left.to_vec();
        part.notes.sort_by_key(|n| n.start);
    }
    parts.retain(|p| !p.notes.is_empty());
    parts
}
