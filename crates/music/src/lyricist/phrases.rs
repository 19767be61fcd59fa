//! The phrases of a description that can be sung about, from its words and their parts of speech.

use super::{
    library::Library,
    sound::Sound,
    theme::{Article, Sort, Theme},
};

/// A word of the description.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub text: String,
    pub lower: String,
    pub tag: String,
}

impl Token {
    pub(super) fn new(text: &str, tag: &str) -> Self {
        Self {
            text: text.to_owned(),
            lower: text.to_lowercase(),
            tag: tag.to_owned(),
        }
    }

    fn is(&self, words: &[&str]) -> bool {
        words.contains(&self.lower.as_str())
    }

    fn noun(&self) -> bool {
        self.tag.starts_with("NN")
    }

    fn finite(&self) -> bool {
        matches!(self.tag.as_str(), "VBD" | "VBZ" | "VBP" | "MD")
    }
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// The most important first.
    pub themes: Vec<Theme>,
    pub places: Vec<String>,
    /// `for my sister`
    pub spoken_to: bool,
}

/// Longest phrase, in syllables.
const LONGEST: usize = 8;

/// Finds the phrases.
pub(super) fn find(tokens: &[Token], library: &Library) -> Found {
    let about = tokens.iter().position(|t| t.is(&["about"]));
    let topic = about.map_or(tokens, |i| &tokens[i + 1..]);
    let mut found = Found::default();
    for (n, segment) in topic.split(|t| t.lower == ",").enumerate() {
        let segment = ask_apart(segment, library, about.is_none() || n > 0);
        let styled =
            |t: &Token| library.is("style", &t.lower) || library.is("meta", &t.lower) || library.is("ask", &t.lower);
        if segment.iter().all(styled) && !(about.is_some() && n == 0) {
            continue;
        }
        Reader {
            segment,
            library,
            about: about.is_some(),
        }
        .read(&mut found);
    }
    if found.themes.is_empty()
        && let Some(i) = about
    {
        Reader {
            segment: ask_apart(&tokens[..i], library, true),
            library,
            about: false,
        }
        .read(&mut found);
    }
    // A sentence or a doing says more than a noun; a noun with company more than a lone one.
    found.themes.dedup_by(|a, b| a.bare == b.bare);
    found.themes.truncate(4);
    found
}

/// The segment without `write me a sad song for …` before it.
fn ask_apart<'a>(segment: &'a [Token], library: &Library, strip: bool) -> &'a [Token] {
    if !strip {
        return segment;
    }
    let known = |t: &Token| ["ask", "style", "meta"].iter().any(|list| library.is(list, &t.lower));
    let run = segment.iter().take_while(|t| known(t)).count();
    let meta = segment[..run].iter().rposition(|t| library.is("meta", &t.lower));
    let from = meta.map_or(0, |m| m + 1);
    let skip = segment[from..]
        .iter()
        .take_while(|t| t.is(&["for", "of", "on", "that", "with", "to"]))
        .count();
    if skip == 1 && segment[from].is(&["for", "to"]) {
        return &segment[from..];
    }
    &segment[from + skip..]
}

struct Reader<'a> {
    segment: &'a [Token],
    library: &'a Library,
    /// Behind an `about`, where words of style are meant.
    about: bool,
}

impl Reader<'_> {
    fn read(&self, found: &mut Found) {
        let s = self.segment;
        let mut i = 0;
        while i < s.len() {
            let token = &s[i];
            if token.is(&["for", "to"])
                && let Some((theme, next)) = self.noun(i + 1)
            {
                found.spoken_to |= theme.sort == Sort::Person;
                found.themes.push(theme);
                i = next;
            } else if token.is(&[
                "in", "on", "at", "under", "by", "near", "beside", "across", "over", "behind", "through", "along",
            ]) && let Some((theme, next)) = self.noun(i + 1)
            {
                let words: Vec<&str> = s[i..next].iter().map(|t| t.text.as_str()).collect();
                found.places.push(words.join(" "));
                if theme.sort != Sort::Time {
                    found.themes.push(Theme {
                        sort: if theme.sort == Sort::Thing {
                            Sort::Thing
                        } else {
                            theme.sort
                        },
                        ..theme
                    });
                }
                i = next;
            } else if token.tag == "VBG" || (token.tag == "VB" && (i == 0 || s[i - 1].is(&["to"]))) {
                if let Some(theme) = self.doing(i) {
                    found.themes.push(theme);
                }
                i += 1;
            } else if token.tag == "PRP" && s.get(i + 1).is_some_and(|t| t.finite() || t.tag == "RB") {
                let end = self.clause_end(i);
                found.themes.extend(self.sentence(i, end));
                i = end.max(i + 1);
            } else if let Some((theme, next)) = self.noun(i) {
                if s.get(next).is_some_and(Token::finite) && !(i > 0 && s[i - 1].is(&["of"])) {
                    let end = self.clause_end(i);
                    if let Some(sentence) = self.sentence(i, end) {
                        found.themes.push(sentence);
                        found.themes.push(theme);
                        i = end;
                        continue;
                    }
                }
                found.themes.push(theme);
                i = next;
                if s.get(i).is_some_and(|t| t.is(&["who", "that", "which", "whose"])) {
                    i = self.clause_end(i).max(i + 1);
                }
            } else {
                i += 1;
            }
        }
    }

    /// Where a clause that begins at `from` ends.
    fn clause_end(&self, from: usize) -> usize {
        let stop = |t: &Token| {
            t.tag == "CC"
                || t.is(&[
                    "because", "when", "while", "until", "so", "if", "then", "after", "before",
                ])
        };
        (from + 1..self.segment.len())
            .find(|&i| stop(&self.segment[i]))
            .unwrap_or(self.segment.len())
    }

    fn text(&self, from: usize, to: usize) -> String {
        self.segment[from..to]
            .iter()
            .map(|t| t.text.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn sentence(&self, from: usize, to: usize) -> Option<Theme> {
        let text = self.text(from, to);
        let length = Sound::of(&text).stress.len();
        let last = self.segment.get(to.checked_sub(1)?)?;
        let open = last.tag == "IN" || last.tag == "DT" || last.finite() && to - from < 2;
        ((3..=LONGEST + 2).contains(&length) && to - from >= 2 && !open).then(|| Theme::plain(Sort::Sentence, &text))
    }

    /// `missing the last bus home`; `to swim` becomes `swimming`.
    fn doing(&self, from: usize) -> Option<Theme> {
        let s = self.segment;
        let stop = |t: &Token| {
            t.tag == "CC" || t.finite() || t.tag.starts_with('W') || t.is(&["while", "because", "until", "if"])
        };
        let mut to = (from + 1..s.len()).find(|&i| stop(&s[i])).unwrap_or(s.len());
        let verb = if s[from].tag == "VBG" {
            s[from].text.clone()
        } else {
            gerund(&s[from].lower)?
        };
        if self.library.is("style", &s[from].lower) && !self.about || self.library.is("ask", &s[from].lower) {
            return None;
        }
        loop {
            let rest = self.text(from + 1, to);
            let text = format!("{verb} {rest}").trim().to_owned();
            let hanging =
                s[to - 1].tag == "IN" && to > from + 2 || matches!(s[to - 1].tag.as_str(), "DT" | "PRP$" | "TO" | "JJ");
            if !hanging && Sound::of(&text).stress.len() <= LONGEST {
                return Some(Theme::plain(Sort::Doing, &text));
            }
            // Too long: the last phrase that hangs on a preposition goes.
            let cut = (from + 1..to)
                .rev()
                .find(|&i| matches!(s[i].tag.as_str(), "IN" | "TO"))?;
            to = cut;
            if to <= from + 1 {
                return Some(Theme::plain(Sort::Doing, &verb)).filter(|_| verb.len() > 4);
            }
        }
    }

    /// The noun phrase at `from` and where it ends.
    fn noun(&self, from: usize) -> Option<(Theme, usize)> {
        let s = self.segment;
        let mut i = from;
        let mut article = None;
        while let Some(t) = s.get(i).filter(|t| matches!(t.tag.as_str(), "DT" | "PRP$" | "PDT")) {
            article = Some(t.lower.clone());
            i += 1;
        }
        let begin = i;
        let mut last = None;
        while let Some(t) = s.get(i) {
            if t.noun() {
                last = Some(i);
            } else {
                let describes = matches!(t.tag.as_str(), "JJ" | "JJR" | "JJS" | "VBN" | "CD" | "POS");
                let acts = t.tag == "VBG" && article.is_some() && s.get(i + 1).is_some_and(Token::noun);
                if !describes && !acts {
                    break;
                }
            }
            i += 1;
        }
        let last = last?;
        let mut end = last + 1;
        // `the smell of bread`, `the summer we never slept`
        if s.get(end).is_some_and(|t| t.is(&["of"]))
            && let Some((_, next)) = self.noun(end + 1)
        {
            end = next;
        } else if s.get(end).is_some_and(|t| t.is(&["we", "i", "you", "they"])) {
            end = self.clause_end(end);
        }
        let mut begin = begin;
        if !self.about {
            while begin < last
                && (self.library.is("style", &s[begin].lower) || self.library.is("meta", &s[begin].lower))
            {
                begin += 1;
            }
        }
        let head = &s[last];
        if self.library.is("meta", &head.lower) && !(self.about && end - begin > 0)
            || !self.about && article.is_none() && self.library.is("style", &head.lower)
        {
            return None;
        }
        let length = |from: usize, to: usize| Sound::of(&self.text(from, to)).stress.len();
        if length(begin, end) > LONGEST {
            end = last + 1;
        }
        while begin < last && length(begin, end) > LONGEST {
            begin += 1;
        }
        let theme = self.theme(begin, last, end, article.as_deref());
        Some((theme, end))
    }

    fn theme(&self, begin: usize, last: usize, end: usize, article: Option<&str>) -> Theme {
        let library = self.library;
        // `the last bus home` is a bus.
        let adverb =
            last > begin && library.is("adverbial", &self.segment[last].lower) && self.segment[last - 1].noun();
        let head = &self.segment[if adverb { last - 1 } else { last }];
        let word = head.lower.as_str();
        let single = word.strip_suffix('s').filter(|w| w.len() > 2).unwrap_or(word);
        let is = |list: &str| library.is(list, word) || library.is(list, single);
        let plural = head.tag.ends_with('S');
        let name = is("names") || head.tag.starts_with("NNP") && head.text.starts_with(char::is_uppercase);
        let person = is("person")
            || !is("person_not")
                && !is("place")
                && !is("mass")
                && single.len() > 4
                && library.ends("person_end", single)
                && !name;
        let place = is("place") || (is("on") || is("at")) && !is("vehicle");
        let before = begin.checked_sub(1).and_then(|i| self.segment.get(i));
        let placed = before.is_some_and(|t| t.is(&["in", "to", "from", "at"]));
        let sort = if person {
            Sort::Person
        } else if place || name && placed {
            Sort::Place
        } else if is("time") {
            Sort::Time
        } else {
            Sort::Thing
        };
        let ends_mass = library.ends("abstract_end", word) && !library.is("time", word) && !place;
        let fixed = matches!(
            article,
            Some("every" | "each" | "this" | "that" | "these" | "those" | "some" | "no" | "any" | "all")
        ) || sort == Sort::Time
            && self.segment[begin].is(&[
                "last",
                "next",
                "christmas",
                "halloween",
                "tonight",
                "tomorrow",
                "yesterday",
            ])
            && article.is_none();
        let article = match article {
            Some(own @ ("my" | "your" | "our" | "his" | "her" | "their" | "its")) => Article::Own(own.to_owned()),
            _ if fixed || name => Article::Bare,
            None if !plural && library.is("mass", word) => Article::Mass,
            None if !plural && (library.is("abstract", word) || ends_mass) => Article::Bare,
            _ => Article::The,
        };
        let text = self.text(begin, end);
        Theme {
            sort,
            bare: text,
            article,
            plural,
            preposition: if is("on") {
                "on"
            } else if is("at") {
                "at"
            } else {
                "in"
            },
        }
    }
}

/// `swim` → `swimming`, `dance` → `dancing`.
fn gerund(verb: &str) -> Option<String> {
    if verb.len() < 3 || matches!(verb, "have" | "must") {
        return None;
    }
    let b = verb.as_bytes();
    let vowel = |c: u8| b"aeiou".contains(&c);
    let [.., x, y, z] = b else { return None };
    Some(if let Some(stem) = verb.strip_suffix("ie") {
        format!("{stem}ying")
    } else if *z == b'e' && !vowel(*y) {
        format!("{}ing", &verb[..verb.len() - 1])
    } else if verb.len() <= 4 && !vowel(*x) && vowel(*y) && !vowel(*z) && !matches!(*z, b'w' | b'x' | b'y') {
        format!("{verb}{}ing", *z as char)
    } else {
        format!("{verb}ing")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_become_doings() {
        for (verb, ing) in [
            ("swim", "swimming"),
            ("dance", "dancing"),
            ("walk", "walking"),
            ("lie", "lying"),
            ("see", "seeing"),
            ("play", "playing"),
        ] {
            assert_eq!(gerund(verb).as_deref(), Some(ing));
        }
    }
}
