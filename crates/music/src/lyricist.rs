//! The built-in lyricist: from a description to title, style words and lyrics, offline.
//!
//! ```text
//! description ─► subject (themes, mood, manner, fields of meaning) ─► hook (and title)
//!                                                   └──────► lines: beginnings × endings,
//!                                                            weighed for metre, rhyme, freshness
//! ```
//!
//! Every piece is written by hand for this program; chance and search only choose and join them,
//! so that the grammar holds. A line is a beginning (a scene, a deed, a feeling of a field of
//! meaning, or a phrase about the theme) and perhaps an ending it may take.

mod clean;
mod fragment;
mod hook;
mod library;
mod phrases;
mod song;
mod sound;
mod subject;
mod theme;
mod writer;

use catbird_score::Dice;

/// More characters of a description than this are not read.
const LONGEST: usize = 500;

/// A song in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The title.
    pub title: String,
    /// Style words, comma-separated.
    pub tags: String,
    /// The lyrics with `[Verse]`, `[Pre-Chorus]`, `[Chorus]`, `[Bridge]`, `[Outro]`.
    pub lyrics: String,
}

/// Two lines of [`Draft::lyrics`] that shall rhyme, by section and line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rhyme {
    /// The earlier line.
    pub first: String,
    /// The later one.
    pub second: String,
    /// Whether they make a perfect rhyme.
    pub perfect: bool,
}

/// Writes a song about `description`, whatever that is. The same description and seed give the same
/// song; another seed another one.
pub fn write(description: &str, seed: u64) -> Written {
    let (written, _) = draft(description, seed);
    written
}

/// The song with the rhymes its scheme asks for, for measuring.
pub fn draft(description: &str, seed: u64) -> (Written, Vec<Rhyme>) {
    let mut dice = Dice::new(
        seed,
        &format!("lyrics {}", description.chars().take(LONGEST).collect::<String>()),
    );
    let head: String = description.chars().take(LONGEST).collect();
    let tags = crate::tags::suggest(&head, seed);
    let subject = subject::read(description, &tags, &mut dice);
    let hook = hook::draw(&subject, description, &mut dice);
    let sections = song::compose(&subject, &hook, &mut dice);
    let mut rhymes = Vec::new();
    let mut lyrics = String::new();
    for section in &sections {
        if !lyrics.is_empty() {
            lyrics.push('\n');
        }
        lyrics.extend(["[", section.tag, "]\n"]);
        for line in &section.lines {
            lyrics.push_str(&sentence(&line.text));
            lyrics.push('\n');
        }
        for &(a, b) in &section.rhymes {
            if let (Some(a), Some(b)) = (section.lines.get(a), section.lines.get(b)) {
                rhymes.push(Rhyme {
                    first: sentence(&a.text),
                    second: sentence(&b.text),
                    perfect: a.sound.rhymes_with(&b.sound),
                });
            }
        }
    }
    let written = Written {
        title: hook.title,
        tags,
        lyrics: lyrics.trim_end().to_owned(),
    };
    (written, rhymes)
}

/// A line as it is printed.
fn sentence(line: &str) -> String {
    let mut chars = line.chars();
    chars
        .next()
        .map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}
