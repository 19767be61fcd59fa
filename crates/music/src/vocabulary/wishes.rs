//! Everything a brief asks for in words, gathered: labels, description, tags and what is refused.

use catbird_score::{Brief, WishKind};

use super::{Depth, Facet, Found, Reading, Touch, look_up, read};

/// Where a touch comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A label or the description.
    Asked,
    /// Tags: they follow `style_weight`.
    Tags,
    /// Nobody said it: told from the lyrics.
    Predicted,
}

/// A touch and how much it counts.
#[derive(Clone, Debug)]
pub struct Said {
    /// How far it pulls.
    pub weight: f64,
    /// What its styles' votes count.
    pub vote: f64,
    /// Where it comes from.
    pub source: Source,
    /// What it does.
    pub touch: Touch,
}

/// Everything asked for.
#[derive(Clone, Debug, Default)]
pub struct Wants {
    /// In the order of weight: labels, tags, description.
    pub said: Vec<Said>,
    /// What the tags say.
    pub tags: Reading,
    /// What the description says.
    pub description: Reading,
}

impl Wants {
    /// Whether the tags name something of this facet.
    pub fn named(&self, facet: Facet) -> Option<&Found> {
        self.tags
            .found
            .iter()
            .find(|f| f.known && !f.refused && f.facet == facet)
    }

    /// A tempo in numbers.
    pub fn bpm(&self) -> Option<f64> {
        self.tags.bpm.or(self.description.bpm)
    }
}

/// The tags as one text: the free text and the words that came one by one.
fn tag_text(brief: &Brief) -> String {
    let mut text = brief.tags.clone();
    for word in brief.words(WishKind::Tag) {
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(word);
    }
    text
}

/// Everything a brief asks for: labels count fully, tags by `style_weight` (1 at its middle), free text a
/// little less. What is refused comes last and counts in full.
pub fn of_brief(brief: &Brief) -> Wants {
    let mut wants = Wants::default();
    let mut say = |weight: f64, vote: f64, source, touch| {
        wants.said.push(Said {
            weight,
            vote,
            source,
            touch,
        });
    };
    for wish in brief.wishes.iter().filter(|w| w.kind != WishKind::Tag) {
        match look_up(wish.kind, &wish.word) {
            Some(touch) => say(1.0, 1.0, Source::Asked, touch.clone()),
            None => {
                for found in read(&wish.word, Depth::Prose).found {
                    say(0.9, 0.9, Source::Asked, found.touch);
                }
            }
        }
    }
    let mut tags = read(&tag_text(brief), Depth::Tags);
    let refused = read(&brief.negative_tags, Depth::Tags);
    // What is asked and refused at once is refused.
    tags.found
        .retain(|f| !refused.found.iter().any(|r| r.name == f.name && !r.refused && f.known));
    tags.voiceless |= refused.found.iter().any(|r| !r.refused && r.name == "vocals");
    let pull = gain(brief.style_weight);
    for found in &tags.found {
        let share = if found.known { 1.0 } else { 0.9 };
        say(0.9 * pull * share, 0.9 * share, Source::Tags, found.touch.clone());
    }
    let description = read(&brief.description, Depth::Prose);
    for found in &description.found {
        say(0.8, 0.8, Source::Asked, found.touch.clone());
    }
    for found in refused.found {
        let touch = if found.refused {
            continue;
        } else {
            super::family::negate(&found.name, found.facet, &found.touch)
        };
        say(0.9, 1.0, Source::Tags, touch.clone());
        tags.found.push(Found {
            touch,
            refused: true,
            ..found
        });
    }
    wants.tags = tags;
    wants.description = description;
    wants
}

/// How far tags pull: 0.4 loosely, 1 as usual, 1.6 to the letter.
fn gain(style_weight: Option<f32>) -> f64 {
    0.4 + 1.2 * f64::from(style_weight.unwrap_or(0.5).clamp(0.0, 1.0))
}

/// Whether the words say that nobody sings, lyrics or not.
pub fn voiceless(brief: &Brief) -> bool {
    of_brief(brief).tags.voiceless
}
