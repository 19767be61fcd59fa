//! Sounds that belong to no language.

/// Sounds sung in every language: la, na, oh, hey, sha-la, doo, mmm.
pub(super) fn is_vocable(word: &str) -> bool {
    let mut letters: Vec<char> = word.chars().collect();
    letters.dedup();
    let short: String = letters.into_iter().collect();
    VOCABLES.contains(&short.as_str())
}

/// Vocables with doubled letters taken out. What is a function word of a language (la, lo, le, da, di)
/// is one only where nothing else tells, and so it is none here unless doubled.
const VOCABLES: [&str; 52] = [
    "na", "ba", "pa", "ya", "ha", "ah", "oh", "uh", "hey", "ey", "ay", "yo", "wo", "woh", "woah", "whoa", "m", "hm",
    "dum", "sha", "shalala", "lalala", "nanana", "lala", "nana", "ra", "tra", "tralala", "bop", "shop", "wop", "yeah",
    "yea", "aiya", "ahaha", "haha", "hahaha", "uhoh", "dida", "bam", "bom", "bum", "dam", "hu", "ho", "bada", "dada",
    "sh", "doo", "ooh", "dibi", "duba",
];
