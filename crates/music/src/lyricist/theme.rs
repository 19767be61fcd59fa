//! A theme: what the song is about, as a phrase that can stand in a line with the right article,
//! number and verb.

use crate::words::{self, phonemes::is_vowel};

/// What sort of phrase a theme is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Thing,
    Person,
    Place,
    Time,
    /// `missing the last bus`
    Doing,
    /// `coffee saves my life`
    Sentence,
}

impl Sort {
    /// The kinds of templates it may fill, the most fitting first.
    pub(super) fn kinds(self) -> &'static [&'static str] {
        match self {
            Self::Thing => &["np"],
            Self::Person => &["person", "np"],
            Self::Place => &["place", "np"],
            Self::Time => &["time", "np"],
            Self::Doing => &["vp"],
            Self::Sentence => &["clause"],
        }
    }
}

/// How the noun is introduced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Article {
    /// `the`, or `a` where it is unspecific.
    The,
    /// Never one: names, abstractions, `every morning`.
    Bare,
    /// `the rain`, but `I believe in rain`.
    Mass,
    /// `my`, `your` …
    Own(String),
}

/// A phrase of the description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Theme {
    pub sort: Sort,
    /// Without its article.
    pub bare: String,
    pub article: Article,
    pub plural: bool,
    /// `in`, `on`, `at`.
    pub preposition: &'static str,
}

impl Theme {
    /// A phrase that needs no article.
    pub(super) fn plain(sort: Sort, text: &str) -> Self {
        Self {
            sort,
            bare: text.to_owned(),
            article: Article::Bare,
            plural: false,
            preposition: "in",
        }
    }

    fn the(&self) -> String {
        match &self.article {
            Article::The | Article::Mass => format!("the {}", self.bare),
            Article::Bare => self.bare.clone(),
            Article::Own(whose) => format!("{whose} {}", self.bare),
        }
    }

    fn unspecific(&self) -> Option<String> {
        match &self.article {
            Article::The if self.plural => Some(self.bare.clone()),
            Article::The => {
                let vowel = words::alone(self.bare.split(' ').next().unwrap_or_default())
                    .first()
                    .and_then(|s| s.phonemes.chars().find(|c| !matches!(c, 'ˈ' | 'ˌ')))
                    .is_some_and(is_vowel);
                Some(format!("{} {}", if vowel { "an" } else { "a" }, self.bare))
            }
            Article::Mass => Some(self.bare.clone()),
            Article::Bare | Article::Own(_) => None,
        }
    }

    fn general(&self) -> String {
        match &self.article {
            Article::The if !self.plural => format!("the {}", self.bare),
            Article::Own(whose) => format!("{whose} {}", self.bare),
            _ => self.bare.clone(),
        }
    }

    /// The template with its slots filled; `None` where the theme has no such form.
    pub(super) fn fill(&self, template: &str) -> Option<String> {
        let mut out = String::with_capacity(template.len() + 32);
        let mut rest = template;
        while let Some(at) = rest.find(['{', '[']) {
            out.push_str(&rest[..at]);
            let close = at + rest[at..].find(['}', ']'])?;
            let inside = &rest[at + 1..close];
            match inside {
                "the" => out.push_str(&self.the()),
                "a" => out.push_str(&self.unspecific()?),
                "gen" => out.push_str(&self.general()),
                "bare" | "voc" | "vp" | "clause" => out.push_str(&self.bare),
                "in" => out.push_str(self.preposition),
                _ => {
                    let (one, many) = inside.split_once('|')?;
                    out.push_str(if self.plural { many } else { one });
                }
            }
            rest = &rest[close + 1..];
        }
        out.push_str(rest);
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn theme(bare: &str, article: Article, plural: bool) -> Theme {
        Theme {
            article,
            plural,
            ..Theme::plain(Sort::Thing, bare)
        }
    }

    #[test]
    fn articles_and_verbs_agree() {
        let say = |t: &Theme, text: &str| t.fill(text).unwrap_or_default();
        let boats = theme("paper boats", Article::The, true);
        assert_eq!(
            say(&boats, "{the} [is|are] here, I like {gen}"),
            "the paper boats are here, I like paper boats"
        );
        let hour = theme("hour", Article::The, false);
        assert_eq!(
            say(&hour, "there's {a}, {gen} [is|are] late"),
            "there's an hour, the hour is late"
        );
        let rain = theme("rain", Article::Mass, false);
        assert_eq!(say(&rain, "{the}, {gen}, {a}"), "the rain, rain, rain");
        let mine = theme("sister", Article::Own("my".into()), false);
        assert_eq!(say(&mine, "{the} and {gen}; {voc}"), "my sister and my sister; sister");
        assert_eq!(mine.fill("there's {a}"), None);
    }
}
