//! Another band under the voice of a piece: the whole of it, in another style.

use catbird_score::{Brief, Score, Span};

use super::{add_instrumental, tracks};
use crate::compose::ComposeError;

/// How close the chords stay to those of the piece when the brief does not say.
const CHORDS: f32 = 0.9;

/// `source` with another band in the style of `brief`: every sung note, the tempo map, key and form stay. The
/// singing of a recording sounds as it is, and the band follows its beats.
///
/// # Errors
/// [`ComposeError::Invalid`] for a piece in which nobody sings.
pub fn swap_sound(source: &Score, brief: &Brief) -> Result<Score, ComposeError> {
    if !tracks::sings(source) {
        return Err(ComposeError::Invalid(
            "Nobody sings in this piece, so there is no voice to put a new sound around; cover it instead.".into(),
        ));
    }
    let mut brief = brief.clone();
    brief.audio_weight = brief.audio_weight.or(Some(CHORDS));
    add_instrumental(source, Span::default(), &brief)
}
