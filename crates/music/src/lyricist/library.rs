//! What the lyricist has in store, read once from the data files: fields of meaning, line beginnings
//! and endings, lines about a theme, and what it knows of single words.

use std::{collections::BTreeMap, sync::LazyLock};

use super::fragment::{Fragment, Kind};

/// How a text feels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// Fits everywhere.
    Either,
    Bright,
    Dark,
}

impl Tone {
    fn read(mark: &str) -> Self {
        match mark {
            "+" => Self::Bright,
            "-" => Self::Dark,
            _ => Self::Either,
        }
    }

    /// Whether a piece of this tone may stand in a song of `song`'s.
    pub(super) fn fits(self, song: Self) -> bool {
        self == Self::Either || song == Self::Either || self == song
    }
}

/// A word, or the beginning of words.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    stem: String,
    open: bool,
}

impl Pattern {
    fn new(text: &str) -> Self {
        let open = text.ends_with('*');
        Self {
            stem: text.trim_end_matches('*').to_owned(),
            open,
        }
    }

    /// The patterns of a data file, comments left out.
    pub(super) fn list(text: &str) -> Vec<Self> {
        text.lines()
            .filter(|l| !l.starts_with('#'))
            .flat_map(str::split_whitespace)
            .map(Self::new)
            .collect()
    }

    /// Whether the lower-case `word` is meant.
    pub(super) fn matches(&self, word: &str) -> bool {
        if self.open {
            word.starts_with(&self.stem)
        } else {
            word == self.stem
        }
    }
}

/// A field of meaning.
pub(super) struct Field {
    pub id: &'static str,
    pub tone: Tone,
    words: Vec<Pattern>,
    /// Words of scripts without spaces.
    inside: Vec<String>,
    pub heads: Vec<Fragment>,
}

impl Field {
    /// How strongly the lower-case `word` leads here.
    pub(super) fn weight(&self, word: &str) -> f64 {
        let single = word.strip_suffix('s').filter(|w| w.len() > 2).unwrap_or(word);
        self.words
            .iter()
            .position(|p| p.matches(word) || p.matches(single))
            // The first words of a field are nearest to it.
            .map_or(0.0, |place| if place < 4 { 1.5 } else { 1.0 })
    }

    /// Whether `text` holds a word of a script without spaces that leads here.
    pub(super) fn is_inside(&self, text: &str) -> bool {
        self.inside.iter().any(|w| text.contains(w.as_str()))
    }
}

/// A line about the theme, its slots still open.
pub(super) struct Template {
    /// Section: `verse`, `hook` …
    pub place: &'static str,
    /// Kind of theme: `np`, `person` …
    pub kind: &'static str,
    pub tone: Tone,
    pub text: &'static str,
}

/// Everything.
pub(super) struct Library {
    pub fields: Vec<Field>,
    /// Beginnings by section: `pre`, `claim`, `bridge`, `outro`, `rap`.
    pub lines: BTreeMap<&'static str, Vec<Fragment>>,
    pub tails: Vec<Fragment>,
    pub templates: Vec<Template>,
    lists: BTreeMap<&'static str, Vec<Pattern>>,
    /// Themes for descriptions that have none.
    pub defaults: Vec<&'static str>,
}

static LIBRARY: LazyLock<Library> = LazyLock::new(Library::read);

/// The one library.
pub(super) fn library() -> &'static Library {
    &LIBRARY
}

fn rows(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|l| !l.is_empty() && !l.starts_with('#'))
}

impl Library {
    fn read() -> Self {
        let mut tails = Vec::new();
        for (mark, text) in rows(include_str!("../../data/lyricist/tails.txt")).filter_map(|r| r.split_once(' ')) {
            let (kind, tone) = mark.split_at(1);
            tails.push(Fragment::new(Kind::tail(kind), Tone::read(tone), text));
        }
        let mut lines: BTreeMap<_, Vec<Fragment>> = BTreeMap::new();
        for (mark, text) in rows(include_str!("../../data/lyricist/lines.txt")).filter_map(|r| r.split_once(' ')) {
            let (place, tone) = mark.split_at(mark.len() - 1);
            lines
                .entry(place)
                .or_default()
                .push(Fragment::new(Kind::Claim, Tone::read(tone), text));
        }
        let templates = rows(include_str!("../../data/lyricist/themes.txt"))
            .filter_map(|row| {
                let mut parts = row.splitn(4, ' ');
                Some(Template {
                    place: parts.next()?,
                    kind: parts.next()?,
                    tone: Tone::read(parts.next()?),
                    text: parts.next()?,
                })
            })
            .collect();
        let mut lists = BTreeMap::new();
        let mut defaults = Vec::new();
        for (name, words) in rows(include_str!("../../data/lyricist/nouns.txt")).filter_map(|r| r.split_once(": ")) {
            if name == "default" {
                defaults = words.split('|').collect();
            }
            lists.insert(name, words.split_whitespace().map(Pattern::new).collect());
        }
        Self {
            fields: fields(),
            lines,
            tails,
            templates,
            lists,
            defaults,
        }
    }

    /// Whether the lower-case `word` (or its singular) is in the list `name`.
    pub(super) fn is(&self, name: &str, word: &str) -> bool {
        self.lists
            .get(name)
            .is_some_and(|list| list.iter().any(|p| p.matches(word)))
    }

    /// Whether the lower-case `word` ends as the list `name` says.
    pub(super) fn ends(&self, name: &str, word: &str) -> bool {
        self.lists.get(name).is_some_and(|list| {
            list.iter()
                .any(|p| word.len() > p.stem.len() + 2 && word.ends_with(&p.stem))
        })
    }
}

fn fields() -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    let text = include_str!("../../data/lyricist/fields.txt");
    // The first three rows are the file's own comment.
    for row in text.lines().skip(3).filter(|r| !r.is_empty()) {
        if let Some(head) = row.strip_prefix("# ") {
            let mut parts = head.split(" | ");
            let id = parts.next().unwrap_or_default();
            let tone = Tone::read(parts.next().unwrap_or_default());
            let words = parts.next().unwrap_or_default();
            let (inside, words): (Vec<&str>, Vec<&str>) = words
                .split_whitespace()
                .partition(|w| w.chars().any(|c| ('\u{2e80}'..'\u{fb00}').contains(&c)));
            fields.push(Field {
                id,
                tone,
                words: words.into_iter().map(Pattern::new).collect(),
                inside: inside.into_iter().map(str::to_owned).collect(),
                heads: Vec::new(),
            });
        } else if let (Some(field), Some((kind, text))) = (fields.last_mut(), row.split_once(' ')) {
            field.heads.push(Fragment::new(Kind::head(kind), Tone::Either, text));
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_is_rich_and_clean() {
        let l = library();
        assert!(l.fields.len() >= 60, "{} fields", l.fields.len());
        for field in &l.fields {
            assert!(field.heads.len() >= 11, "{}: {}", field.id, field.heads.len());
            assert!(field.words.len() >= 4, "{}", field.id);
        }
        assert!(l.tails.len() >= 450 && l.templates.len() >= 150);
        let all = l
            .fields
            .iter()
            .flat_map(|f| &f.heads)
            .chain(&l.tails)
            .chain(l.lines.values().flatten());
        for fragment in all {
            assert!((1..=14).contains(&fragment.sound.stress.len()), "{}", fragment.text);
            for word in fragment.text.split(' ') {
                assert!(!crate::lyricist::clean::is_rude(word), "{}", fragment.text);
            }
        }
    }

    #[test]
    fn tails_rhyme_with_each_other() {
        let mut by_rhyme: BTreeMap<&str, usize> = BTreeMap::new();
        for tail in &library().tails {
            *by_rhyme.entry(&tail.sound.rhyme).or_default() += 1;
        }
        let alone = by_rhyme.values().filter(|n| **n == 1).count();
        assert!(alone * 20 < library().tails.len(), "{alone} endings rhyme with none");
    }
}
