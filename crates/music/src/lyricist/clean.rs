//! Words that never reach a song.

use std::sync::LazyLock;

use super::library::Pattern;

static BLOCKED: LazyLock<Vec<Pattern>> = LazyLock::new(|| Pattern::list(include_str!("../../data/lyricist/clean.txt")));

/// Whether `word` is rude, or a mangled spelling such as `sh1t` or `f*ck`.
pub(super) fn is_rude(word: &str) -> bool {
    let lower = word.to_lowercase();
    let bare: String = lower
        .chars()
        .filter_map(|c| match c {
            '1' | '!' => Some('i'),
            '0' => Some('o'),
            '3' => Some('e'),
            '4' | '@' => Some('a'),
            '5' | '$' => Some('s'),
            '7' => Some('t'),
            c if c.is_alphabetic() => Some(c),
            _ => None,
        })
        .collect();
    let censored = lower
        .char_indices()
        .any(|(i, c)| matches!(c, '*' | '#') && i > 0 && lower[i + c.len_utf8()..].starts_with(char::is_alphabetic));
    censored
        || BLOCKED
            .iter()
            .any(|p| p.matches(&bare) || bare.strip_suffix('s').is_some_and(|b| p.matches(b)))
}

/// The text without its rude words.
pub(super) fn cleaned(text: &str) -> String {
    text.split_inclusive(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | '-' | '/'))
        .filter(|piece| !is_rude(piece.trim_end_matches(|c: char| c.is_whitespace() || c.is_ascii_punctuation())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rude_words_go_and_their_neighbours_stay() {
        assert_eq!(
            cleaned("a fucking sh1t day, f*ck it in the cocktail bar"),
            "a day, it in the cocktail bar"
        );
        assert!(!is_rude("analog") && !is_rude("spice") && !is_rude("class") && !is_rude("method"));
    }
}
