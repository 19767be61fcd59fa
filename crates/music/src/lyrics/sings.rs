//! Who of a duet sings a line: `[Male]`, `[Verse 2 - Female]`, `[Chorus: Both]`, `Male:` before a line.

use catbird_score::Gender;

/// Who sings a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sings {
    /// Nobody in particular: the lead.
    #[default]
    Lead,
    /// The man of the two.
    Man,
    /// The woman of the two.
    Woman,
    /// The one who does not lead.
    Partner,
    /// Both together.
    Both,
}

impl Sings {
    /// The person of this gender.
    pub fn of_gender(gender: Gender) -> Self {
        match gender {
            Gender::Female => Self::Woman,
            Gender::Male => Self::Man,
        }
    }

    /// The gender asked for, if one is.
    pub fn gender(self) -> Option<Gender> {
        match self {
            Self::Man => Some(Gender::Male),
            Self::Woman => Some(Gender::Female),
            Self::Lead | Self::Partner | Self::Both => None,
        }
    }

    /// Whether it is the partner of a lead of this gender who sings (alone).
    pub fn is_partner(self, lead: Gender) -> bool {
        self == Self::Partner || self.gender().is_some_and(|g| g != lead)
    }
}

/// Words that name a singer in any tag.
const MEN: [&str; 3] = ["male", "man", "men"];
const WOMEN: [&str; 3] = ["female", "woman", "women"];
const BOTH: [&str; 2] = ["both", "duet"];
/// Words that do only where nothing else is said.
const ALSO_MEN: [&str; 6] = ["guy", "boy", "boys", "him", "he", "gentleman"];
const ALSO_WOMEN: [&str; 6] = ["girl", "girls", "lady", "her", "she", "ladies"];
const ALSO_BOTH: [&str; 5] = ["together", "all", "unison", "everyone", "everybody"];
/// Words that may stand beside them.
const BESIDE: [&str; 16] = [
    "vocal", "vocals", "voice", "voices", "singer", "singers", "lead", "solo", "only", "and", "sings", "sing",
    "singing", "part", "vocalist", "with",
];

fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect()
}

fn said(words: &[String], loosely: bool) -> Option<Sings> {
    let any = |sure: &[&str], also: &[&str]| {
        words
            .iter()
            .any(|w| sure.contains(&w.as_str()) || (loosely && also.contains(&w.as_str())))
    };
    let (men, women) = (any(&MEN, &ALSO_MEN), any(&WOMEN, &ALSO_WOMEN));
    if men && women || any(&BOTH, &ALSO_BOTH) {
        Some(Sings::Both)
    } else if men {
        Some(Sings::Man)
    } else if women {
        Some(Sings::Woman)
    } else {
        None
    }
}

/// Who a text that speaks of nothing else means.
pub(super) fn of(text: &str) -> Option<Sings> {
    alone(text, true)
}

/// The same for the few words that cannot mean anything else.
pub(super) fn plainly(text: &str) -> Option<Sings> {
    alone(text, false)
}

fn alone(text: &str, loosely: bool) -> Option<Sings> {
    let words = words(text);
    let known = |w: &String| {
        let w = w.as_str();
        let sure = MEN.iter().chain(&WOMEN).chain(&BOTH).chain(&BESIDE);
        let also = ALSO_MEN.iter().chain(&ALSO_WOMEN).chain(&ALSO_BOTH);
        sure.clone().any(|k| *k == w) || loosely && also.clone().any(|k| *k == w)
    };
    // A tag, not a sentence.
    if words.len() > 5 || !words.iter().all(known) {
        return None;
    }
    said(&words, loosely)
}

/// Who the tag of a section means: what stands behind its name, or a plain word anywhere in it.
pub(super) fn of_section(inside: &str) -> Option<Sings> {
    let behind = inside
        .split_once([':', '-', '|', '–', '—', ',', '(', '/'])
        .and_then(|(_, rest)| of(rest));
    behind.or_else(|| said(&words(inside), false))
}

/// A row that says who sings it before its words: `Male: …`, `(Both:) …`, `(Female) …`.
pub(super) fn prefix(row: &str) -> Option<(Sings, &str)> {
    let row = row.trim_start();
    if let Some(inner) = row.strip_prefix('(') {
        let (inside, rest) = inner.split_once(')')?;
        let called = inside.trim_end().strip_suffix(':');
        let sings = called.map_or_else(|| plainly(inside), of)?;
        return (!rest.trim().is_empty()).then(|| (sings, rest.trim_start_matches([':', ' '])));
    }
    let (head, rest) = row.split_once(':')?;
    if rest.trim().is_empty() || head.contains(['[', '【']) {
        return None;
    }
    Some((of(head.trim_matches(['*', ' ']))?, rest.trim_start_matches(['*', ' '])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn singers_are_read_in_any_dress() {
        for (text, who) in [
            ("Male", Sings::Man),
            ("FEMALE VOCALS", Sings::Woman),
            ("Both", Sings::Both),
            ("male & female", Sings::Both),
            ("Together", Sings::Both),
            ("She", Sings::Woman),
        ] {
            assert_eq!(of(text), Some(who), "{text}");
        }
        for text in ["softly", "the man in the moon", "male choir hums", "3x", ""] {
            assert_eq!(of(text), None, "{text}");
        }
        assert_eq!(of_section("Verse 2 - Male"), Some(Sings::Man));
        assert_eq!(of_section("Chorus: Both"), Some(Sings::Both));
        assert_eq!(of_section("Verse 1 (Female Vocal)"), Some(Sings::Woman));
        assert_eq!(of_section("Verse 1: Ann"), None);
        assert_eq!(of_section("Final Chorus"), None);
    }

    #[test]
    fn a_prefix_is_not_sung_and_a_sentence_is_no_prefix() {
        assert_eq!(
            prefix("Male: I waited all night"),
            Some((Sings::Man, "I waited all night"))
        );
        assert_eq!(prefix("(Both:) Come home"), Some((Sings::Both, "Come home")));
        assert_eq!(prefix("(female) Come home"), Some((Sings::Woman, "Come home")));
        assert_eq!(prefix("(she) loves you"), None);
        assert_eq!(prefix("One more thing: stay"), None);
        assert_eq!(prefix("Men and women of the town"), None);
    }
}
