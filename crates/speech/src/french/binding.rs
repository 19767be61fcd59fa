//! What French words do to each other in a line: the mute e, and the consonants that only sound
//! before vowels (liaison). A binding consonant opens the syllable of the next word: *le.za.mi*.

use super::MUTE;
use crate::tongue::Spoken;

/// Words that bind to the next one: determiners, pronouns, prepositions, short adverbs and the
/// adjectives that stand before nouns.
const BINDING: [(&str, char); 83] = [
    ("les", 'z'),
    ("des", 'z'),
    ("ces", 'z'),
    ("mes", 'z'),
    ("tes", 'z'),
    ("ses", 'z'),
    ("nos", 'z'),
    ("vos", 'z'),
    ("leurs", 'z'),
    ("aux", 'z'),
    ("quels", 'z'),
    ("quelles", 'z'),
    ("quelques", 'z'),
    ("plusieurs", 'z'),
    ("certains", 'z'),
    ("deux", 'z'),
    ("trois", 'z'),
    ("six", 'z'),
    ("dix", 'z'),
    ("nous", 'z'),
    ("vous", 'z'),
    ("ils", 'z'),
    ("elles", 'z'),
    ("dans", 'z'),
    ("sans", 'z'),
    ("sous", 'z'),
    ("chez", 'z'),
    ("très", 'z'),
    ("plus", 'z'),
    ("moins", 'z'),
    ("jamais", 'z'),
    ("pas", 'z'),
    ("depuis", 'z'),
    ("toujours", 'z'),
    ("petits", 'z'),
    ("petites", 'z'),
    ("grands", 'z'),
    ("grandes", 'z'),
    ("gros", 'z'),
    ("beaux", 'z'),
    ("belles", 'z'),
    ("vieux", 'z'),
    ("bons", 'z'),
    ("bonnes", 'z'),
    ("longs", 'z'),
    ("longues", 'z'),
    ("mauvais", 'z'),
    ("premiers", 'z'),
    ("autres", 'z'),
    ("nouveaux", 'z'),
    ("doux", 'z'),
    ("êtes", 'z'),
    ("sommes", 'z'),
    ("suis", 'z'),
    ("étais", 'z'),
    ("allez", 'z'),
    ("fois", 'z'),
    ("un", 'n'),
    ("on", 'n'),
    ("en", 'n'),
    ("mon", 'n'),
    ("ton", 'n'),
    ("son", 'n'),
    ("aucun", 'n'),
    ("bien", 'n'),
    ("rien", 'n'),
    ("bon", 'n'),
    ("est", 't'),
    ("sont", 't'),
    ("ont", 't'),
    ("était", 't'),
    ("fait", 't'),
    ("tout", 't'),
    ("petit", 't'),
    ("grand", 't'),
    ("quand", 't'),
    ("dont", 't'),
    ("cent", 't'),
    ("vingt", 't'),
    ("second", 't'),
    ("saint", 't'),
    ("trop", 'p'),
    ("beaucoup", 'p'),
];

/// Words with an h that is not heard and yet lets nothing bind, and others that bind like consonants.
const ASPIRATED: [&str; 52] = [
    "hache",
    "haie",
    "haine",
    "haïr",
    "hais",
    "hait",
    "hall",
    "halte",
    "hamac",
    "hameau",
    "hanche",
    "handicap",
    "hangar",
    "hanter",
    "hante",
    "hantée",
    "hanté",
    "harceler",
    "hardi",
    "harem",
    "hareng",
    "haricot",
    "haricots",
    "harpe",
    "hasard",
    "hâte",
    "hausse",
    "haut",
    "haute",
    "hauts",
    "hautes",
    "hauteur",
    "héros",
    "hérisson",
    "heurter",
    "heurte",
    "hibou",
    "hiérarchie",
    "hippie",
    "hisser",
    "hockey",
    "hollande",
    "honte",
    "honteux",
    "hors",
    "housse",
    "huit",
    "hurler",
    "hurle",
    "hurlent",
    "onze",
    "oui",
];

/// Whether the word begins with a vowel that others bind to.
fn opens(spelling: &str) -> bool {
    let mut letters = spelling.chars();
    let first = letters.next().unwrap_or(' ');
    let aspirated = ASPIRATED.contains(&spelling) || spelling.starts_with("hurl");
    match first {
        'y' => matches!(spelling, "y" | "yeux" | "yvonne"),
        'w' => false,
        'h' => !aspirated,
        c => !aspirated && matches!(crate::piece::base(c), 'a' | 'e' | 'i' | 'o' | 'u' | 'œ' | 'æ'),
    }
}

/// Sings or drops the last e of every word and lets consonants bind.
pub(super) fn bind(line: &mut [Spoken]) {
    for i in 0..line.len() {
        let next_opens = line.get(i + 1).is_some_and(|n| !n.pause && opens(&n.spelling));
        let word = &mut line[i];
        if word.sound.ends_with(MUTE) {
            let sung = !word.last && !next_opens;
            word.sound = word.sound.replace(MUTE, if sung { "ə" } else { "" });
        }
        if word.last || !next_opens {
            continue;
        }
        let consonant = liaison(&word.spelling);
        if let Some(consonant) = consonant {
            // bon ami, but mon ami keeps its nasal.
            if word.spelling == "bon" {
                "bɔ".clone_into(&mut word.sound);
            }
            line[i + 1].sound.insert(0, consonant);
        }
    }
}

fn liaison(spelling: &str) -> Option<char> {
    let bare = spelling.rsplit('\'').next().unwrap_or(spelling);
    BINDING.iter().find(|(w, _)| *w == bare).map(|(_, c)| *c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_aspirated_h_lets_nothing_bind() {
        assert!(opens("hiver") && opens("amis") && opens("œil") && opens("yeux"));
        assert!(!opens("haine") && !opens("onze") && !opens("hurlement") && !opens("mer"));
        assert_eq!(liaison("c'est"), Some('t'));
    }
}
