//! Lists of words that the rules of a language would get wrong.

use std::collections::BTreeMap;

/// Reads `word TAB sound` lines; `#` begins a comment.
pub(crate) fn irregular(text: &'static str) -> BTreeMap<&'static str, &'static str> {
    text.lines()
        .filter(|l| !l.starts_with('#'))
        .filter_map(|l| l.split_once('\t'))
        .collect()
}

/// The name of a letter from the 26 names of the alphabet.
pub(crate) fn letter(letter: char, names: &[&'static str; 26]) -> Option<&'static str> {
    let at = (letter.is_ascii_lowercase()).then(|| letter as usize - 'a' as usize)?;
    Some(names[at])
}
