//! Another singer on a piece whose band plays on as it did.

use catbird_score::{Brief, Gender, Joins, Note, Score, SungLine, Vocal, VoiceWish};

use super::{casting, cover, frame, phrasing, recorded, setting, tracks, underlay, with_words};
use crate::{
    choir::{self, duet},
    compose::ComposeError,
    direction::Direction,
    style,
    words::UnknownWords,
};

/// `source` sung by the singer of `brief`, else by one of the other gender: the same melody in the singer's
/// octave, the words those of `brief` if it has any. The band is the same note for note; that of a recording
/// is the recording without its singing (or all of it, where nobody sings).
///
/// # Errors
/// [`ComposeError::Invalid`] for a recording without words and for a piece without a melody to sing;
/// [`ComposeError::Language`]; [`ComposeError::TooLong`].
pub fn swap_vocals(source: &Score, brief: &Brief, unknown: Option<&dyn UnknownWords>) -> Result<Score, ComposeError> {
    let text = brief.lyrics.as_deref().filter(|t| !t.trim().is_empty());
    let recorded = recorded::is_recorded(source);
    let vocal = source.vocal.as_ref().filter(|v| !v.lines.is_empty());
    let mut left: Vec<Note> = Vec::new();
    let mut lines: Vec<SungLine> = match (vocal, text) {
        (Some(vocal), None) => duet::united(vocal),
        (Some(vocal), Some(text)) if cover::same_words(text, vocal) => duet::united(vocal),
        (Some(vocal), Some(text)) if !recorded => cover::relay(source, &underlay::strains(vocal), text, unknown)?.0,
        (_, Some(text)) if recorded => {
            let mut set = setting::set(source, &setting::read(text, unknown)?)?;
            setting::settle(&mut set.lines);
            left = set.left;
            set.lines
        }
        (None, None) if recorded => {
            return Err(ComposeError::Invalid(
                "The words of this recording are not known: give the lyrics that shall be sung.".into(),
            ));
        }
        _ => {
            return Err(ComposeError::Invalid(
                "Nobody sings in this piece; choose one that is sung, or add vocals to it.".into(),
            ));
        }
    };

    let mut wish = frame::inherit(brief, source);
    wish.lyrics = text
        .map(str::to_owned)
        .or_else(|| source.brief.lyrics.clone())
        .or_else(|| Some(frame::words(source)));
    let before = source.vocal.as_ref().map(|v| &v.singer);
    let was = before.map(|s| s.gender).or_else(|| frame::heard_gender(source));
    another(&mut wish, brief, was);
    let notes: Vec<Note> = lines.iter().flat_map(SungLine::notes).copied().collect();
    let direction = casting::cast(&wish, &notes, before);
    phrasing::transpose(&mut lines, setting::octaves(&notes.iter(), &direction.singer));
    if recorded {
        setting::fold(&mut lines, &direction.singer);
    }

    let mut out = source.clone();
    if recorded {
        out.parts = with_words::unsung(source, &left);
        out.reels = tracks::band(&source.reels);
        out.master = tracks::master(source);
        out.heard = None;
    }
    let mut sung = Vocal {
        partner: None,
        backing: Vec::new(),
        channel: source.vocal.as_ref().map_or(direction.vocal_channel, |v| v.channel),
        singer: direction.singer.clone(),
        lines,
    };
    let both = source.vocal.as_ref().map(duet::shared).unwrap_or_default();
    duet::divide(&mut sung, &both, &direction.partner);
    out.vocal = Some(sung);
    // The band's style is the piece's own, and so is what is sung along in it.
    let style = style::find(&out.style).map_or_else(|| direction.style.clone(), |s| s.id.clone());
    choir::join(
        &mut out,
        &Direction {
            style,
            ..direction.clone()
        },
        None,
    );
    out.labels.gender.clone_from(&direction.labels.gender);
    out.labels.timbre.clone_from(&direction.labels.timbre);
    if recorded {
        out.labels.genre.clone_from(&direction.labels.genre);
        out.labels.mood.clone_from(&direction.labels.mood);
    }
    if let Some(title) = brief.title.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
        title.clone_into(&mut out.title);
    }
    out.patch = None;
    out.joins = out.joins.filter(|j| matches!(j, Joins::After { .. }));
    // The band is still the one that the source's brief and seed hired.
    let mut stored = if source.heard.is_some() {
        wish
    } else {
        source.brief.clone()
    };
    stored.title = Some(out.title.clone());
    stored.voice = VoiceWish::default();
    out.brief = frame::remember(&stored, &out);
    debug_assert_eq!(out.check(), Ok(()), "another singer keeps the score's rules");
    Ok(out)
}

/// Where the brief does not say who, it is somebody else: of the other gender first, in the other take a
/// person of the same.
fn another(wish: &mut Brief, brief: &Brief, was: Option<Gender>) {
    let voice = &brief.voice;
    if voice.singer.is_some() || voice.preset.is_some() || voice.gender.is_some() {
        return;
    }
    wish.voice = VoiceWish::default();
    let Some(was) = was else { return };
    if frame::says_gender(brief) {
        return;
    }
    let other = match was {
        Gender::Female => Gender::Male,
        Gender::Male => Gender::Female,
    };
    wish.voice.gender = Some(if brief.take.is_multiple_of(2) { other } else { was });
}
