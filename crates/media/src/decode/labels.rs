//! Title and artist from a file's tags (ID3, Vorbis comments, MP4, RIFF), fit to be shown.

use symphonia::core::{
    formats::FormatReader,
    meta::{MetadataRevision, StandardTag},
};

/// Longer titles are cut, characters.
const MAX_CHARACTERS: usize = 200;

/// What the tags say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Labels {
    pub(super) title: Option<String>,
    pub(super) artist: Option<String>,
    /// Apple's gapless note, as it stands.
    pub(super) gapless: Option<String>,
}

impl Labels {
    /// Everything the reader has found so far. Later tags win: version 2 of ID3 comes after version 1, which cuts
    /// at 30 characters.
    pub(super) fn read(reader: &mut dyn FormatReader) -> Self {
        let mut labels = Self::default();
        let mut log = reader.metadata();
        while let Some(revision) = log.current() {
            labels.take(revision);
            if log.pop().is_none() {
                break;
            }
        }
        labels
    }

    fn take(&mut self, revision: &MetadataRevision) {
        let per_track = revision.per_track.iter().flat_map(|t| &t.metadata.tags);
        for tag in revision.media.tags.iter().chain(per_track) {
            match &tag.std {
                Some(StandardTag::TrackTitle(text)) => put(&mut self.title, text),
                Some(StandardTag::Artist(text)) => put(&mut self.artist, text),
                _ if tag.raw.key.contains("iTunSMPB") => self.gapless = Some(tag.raw.value.to_string()),
                _ => {}
            }
        }
    }
}

fn put(place: &mut Option<String>, text: &str) {
    if let Some(text) = clean(text) {
        *place = Some(text);
    }
}

/// One line without control characters and without marks that turn the direction of writing.
fn clean(text: &str) -> Option<String> {
    let hidden = |c: char| matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFFD}');
    let visible: String = text
        .chars()
        .filter(|&c| !hidden(c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let words: Vec<&str> = visible.split_whitespace().collect();
    let line: String = words.join(" ").chars().take(MAX_CHARACTERS).collect();
    (!line.is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_one_clean_line() {
        assert_eq!(clean("  Night\u{7}\n\u{202E}Train \0"), Some("Night Train".to_owned()));
        assert_eq!(clean("\0\u{1}\u{FEFF} "), None);
        assert_eq!(clean(&"x".repeat(5_000)).map(|t| t.len()), Some(MAX_CHARACTERS));
    }
}
