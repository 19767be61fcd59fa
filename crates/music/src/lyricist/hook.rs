//! The hook: the line that names the theme, and the title inside it.

use catbird_score::Dice;

use super::{
    fragment::{Fragment, Kind},
    library::library,
    subject::Subject,
    theme::Sort,
    writer::allowed,
};

/// A hook.
#[derive(Clone, Debug)]
pub(super) struct Hook {
    pub line: Fragment,
    pub title: String,
}

/// Longest hook, in syllables.
const LONGEST: usize = 10;

/// Draws a hook. `description` is what the title must not simply repeat.
pub(super) fn draw(subject: &Subject, description: &str, dice: &mut Dice) -> Hook {
    let mut all: Vec<(f64, Hook)> = Vec::new();
    for (place, theme) in subject.themes.iter().enumerate() {
        let kinds = theme.sort.kinds();
        for template in library()
            .templates
            .iter()
            .filter(|t| t.place == "hook" && t.tone.fits(subject.tone))
        {
            let Some(kind) = kinds.iter().position(|k| *k == template.kind) else {
                continue;
            };
            let Some(text) = theme.fill(template.text) else {
                continue;
            };
            let title = text.split('*').nth(1).unwrap_or_default().to_owned();
            let line = Fragment::new(Kind::Claim, template.tone, &text.replace('*', ""));
            if !allowed(subject, &line) || line.text.split(' ').count() > LONGEST {
                continue;
            }
            let long = line.sound.stress.len();
            let said = same(&title, description);
            let mut score = dice.normal() - 1.4 * place as f64 - 0.4 * kind as f64;
            score -= if long > LONGEST { 3.0 + long as f64 } else { 0.0 };
            score -= if said { 4.0 } else { 0.0 };
            score += if matches!(theme.sort, Sort::Doing | Sort::Sentence) && place < 2 {
                0.8
            } else {
                0.0
            };
            score += if (5..=8).contains(&long) { 0.5 } else { 0.0 };
            all.push((
                score,
                Hook {
                    line,
                    title: cased(&title),
                },
            ));
        }
    }
    let best = all.into_iter().max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, h)| h);
    best.unwrap_or_else(|| Hook {
        line: Fragment::new(
            Kind::Claim,
            super::library::Tone::Either,
            "sing it for me one more time",
        ),
        title: "One More Time".to_owned(),
    })
}

fn same(title: &str, description: &str) -> bool {
    let letters = |t: &str| {
        t.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect::<String>()
    };
    letters(title) == letters(description)
}

/// `here I am, missing the last bus` → `Here I Am, Missing the Last Bus`.
fn cased(title: &str) -> String {
    const SMALL: [&str; 16] = [
        "a", "an", "the", "of", "in", "on", "at", "to", "for", "and", "but", "or", "by", "with", "from", "is",
    ];
    let words: Vec<&str> = title.split_whitespace().collect();
    let last = words.len().saturating_sub(1);
    let word = |(i, w): (usize, &&str)| {
        if SMALL.contains(w) && i > 0 && i < last {
            return (*w).to_owned();
        }
        let mut chars = w.chars();
        chars
            .next()
            .map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
    };
    words
        .iter()
        .enumerate()
        .map(word)
        .collect::<Vec<_>>()
        .join(" ")
        .trim_matches([',', ' '])
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_written_as_titles() {
        assert_eq!(cased("the sound of a paper boat,"), "The Sound of a Paper Boat");
        assert_eq!(cased("here I am"), "Here I Am");
    }
}
