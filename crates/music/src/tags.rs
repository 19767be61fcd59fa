//! Style words for people: some for a description, more for a few. Everything is made of the vocabulary
//! and of what a musician would add to a style (the `[details]` of its file), so no name of an artist is
//! ever suggested, and every text made here reads back as the style it was made for.

use catbird_score::{Brief, Dice, Gender, Labels};

use crate::{
    direction::{self, Direction},
    predict,
    style::{self, Details},
    vocabulary::{self, Depth, Facet, Reading, compact},
};

/// Longest text that [`upsample`] writes, unless the given words alone are longer, characters.
pub const LONGEST: usize = 1000;

fn details(style: &str) -> &'static Details {
    let style = style::find(style).or_else(|| style::find("pop"));
    &style.expect("pop is built in").details
}

/// Where a text of style words leads.
fn lead(tags: &str, seed: u64) -> Direction {
    let brief = Brief {
        tags: tags.to_owned(),
        seed,
        ..Brief::default()
    };
    direction::resolve(&brief, &Labels::default())
}

/// Words joined by commas, each once, as long as they keep the style.
struct Draft {
    words: Vec<String>,
    style: String,
    seed: u64,
}

impl Draft {
    fn text(&self) -> String {
        self.words.join(", ")
    }

    /// Adds a phrase if it is new, fits and does not lead elsewhere.
    fn add(&mut self, phrase: &str) -> bool {
        let key = compact(phrase);
        let text = self.text();
        let there = self.words.iter().any(|w| {
            let have = compact(w);
            have == key || have.contains(&key) || key.contains(&have) && have.len() > 3
        });
        if there || key.is_empty() || text.chars().count() + phrase.chars().count() + 2 > LONGEST {
            return false;
        }
        self.words.push(phrase.to_owned());
        if lead(&self.text(), self.seed).style == self.style {
            return true;
        }
        self.words.pop();
        false
    }

    /// Adds `count` of `phrases`, drawn.
    fn some(&mut self, phrases: &[String], count: usize, dice: &mut Dice) {
        let mut left: Vec<&String> = phrases.iter().collect();
        let mut added = 0;
        while added < count && !left.is_empty() {
            let phrase = left.remove(dice.below(left.len()));
            added += usize::from(self.add(phrase));
        }
    }
}

fn said(reading: &Reading, facet: Facet) -> impl Iterator<Item = &vocabulary::Found> {
    reading
        .found
        .iter()
        .filter(move |f| f.known && !f.refused && f.facet == facet)
}

fn refused(reading: &Reading, phrase: &str) -> bool {
    let mine = vocabulary::read(phrase, Depth::Tags);
    let without: Vec<&String> = reading.found.iter().flat_map(|f| &f.touch.without).collect();
    let silent = reading.found.iter().any(|f| f.refused && f.touch.drums == Some(0.0));
    mine.found.iter().any(|m| {
        m.touch.add.iter().any(|a| without.contains(&a))
            || silent && m.touch.drums.is_some_and(|d| d > 0.0)
            || reading.found.iter().any(|f| f.refused && f.name == m.name)
    })
}

/// Whose voice, in words.
fn gender(of: Gender) -> &'static str {
    match of {
        Gender::Female => "female",
        Gender::Male => "male",
    }
}

/// Three to six style words for what a song should be like, separated by commas: the genre, mood, tempo,
/// instruments and voice that `description` names or implies. Same seed, same words.
pub fn suggest(description: &str, seed: u64) -> String {
    let mut dice = Dice::new(seed, "suggested tags");
    let reading = vocabulary::read(description, Depth::Prose);
    let asked = Brief {
        description: description.to_owned(),
        seed,
        ..Brief::default()
    };
    // What the words alone would predict stands in for a genre and a mood that nobody named.
    let predicted = predict::predict("", description, seed);
    let style_named = said(&reading, Facet::Genre).next().is_some() || styled(&reading);
    let labels = Labels {
        genre: if style_named {
            String::new()
        } else {
            predicted.genre.to_owned()
        },
        ..Labels::default()
    };
    let style = direction::resolve(&asked, &labels).style;
    let details = details(&style);
    let mut draft = Draft {
        words: Vec::new(),
        style: style.clone(),
        seed,
    };
    let mut first: Vec<String> = said(&reading, Facet::Genre).map(|f| f.name.to_lowercase()).collect();
    first.dedup();
    if first.is_empty() {
        first.push(kin_of(&style, &mut dice, seed));
    }
    for name in first.into_iter().take(2) {
        if draft.words.is_empty() && lead(&name, seed).style != style {
            // The named genre alone leads elsewhere (several were named): the style's own name comes first.
            let own = kin_of(&style, &mut dice, seed);
            draft.words.push(own);
        }
        draft.add(&name);
        if draft.words.is_empty() {
            draft.words.push(name);
        }
    }
    for facet in [Facet::Era, Facet::Mood, Facet::Tempo] {
        for found in said(&reading, facet).take(2) {
            draft.add(&found.name.to_lowercase());
        }
    }
    for found in said(&reading, Facet::Instrument).take(2) {
        draft.add(&found.name);
    }
    if draft.words.len() < 4 && said(&reading, Facet::Mood).next().is_none() {
        let mood = simple(predicted.mood);
        if !draft.add(&mood) {
            draft.some(&details.moods, 1, &mut dice);
        }
    }
    if said(&reading, Facet::Instrument).next().is_none() && draft.words.len() < 4 {
        let playing: Vec<String> = details
            .players
            .iter()
            .filter(|p| !refused(&reading, p))
            .cloned()
            .collect();
        draft.some(&playing, 1, &mut dice);
    }
    draft.words.truncate(5);
    if reading.voiceless {
        draft.add("instrumental");
    } else {
        let asked = reading.found.iter().filter(|f| !f.refused).find_map(|f| f.touch.gender);
        let whose = gender(asked.unwrap_or(predicted.gender));
        let colour = said(&reading, Facet::Voice)
            .find(|f| f.touch.voice.is_some() && f.touch.gender.is_none())
            .map(|f| f.name.to_lowercase());
        let colour = colour
            .or_else(|| dice.pick(&details.voices).cloned())
            .unwrap_or_default();
        let colour = colour.trim_end_matches(" vocals").trim_end_matches(" voice").to_owned();
        if !draft.add(&format!("{colour} {whose} vocals")) {
            draft.add(&format!("{whose} vocals"));
        }
    }
    draft.some(&details.moods, 3usize.saturating_sub(draft.words.len()), &mut dice);
    draft.text()
}

/// Whether the words speak strongly for a style without naming one.
fn styled(reading: &Reading) -> bool {
    reading.found.iter().any(|f| f.touch.styles.values().any(|w| *w >= 0.8))
}

/// A kind of a style that leads to it when it stands alone.
fn kin_of(style: &str, dice: &mut Dice, seed: u64) -> String {
    let fitting: Vec<&String> = details(style)
        .kin
        .iter()
        .filter(|k| lead(k, seed).style == style)
        .collect();
    dice.pick(&fitting)
        .map_or_else(|| style.replace('_', " "), |k| (*k).clone())
}

/// A vocal mood label in one everyday word: `Sorrow/Sad` → `sad`.
fn simple(mood: &str) -> String {
    match mood {
        "Dynamic/Energetic" => "energetic".to_owned(),
        "Sentimental/Melancholic/Lonely" => "melancholic".to_owned(),
        "Inspirational/Hopeful" => "hopeful".to_owned(),
        "Nostalgic/Memory" => "nostalgic".to_owned(),
        "Excited" => "joyful".to_owned(),
        "Sorrow/Sad" => "sad".to_owned(),
        "Miss" => "longing".to_owned(),
        "Groovy/Funky" => "groovy".to_owned(),
        "Dreamy/Ethereal" => "dreamy".to_owned(),
        "Calm/Relaxing" => "calm".to_owned(),
        other => other.to_lowercase(),
    }
}

/// A richer style text: every given word, then kinds of the style, instruments, mood, tempo, voice and
/// sound that suit it and that the words do not refuse; at most [`LONGEST`] characters. Other seeds write
/// other texts, all of the same style.
pub fn upsample(tags: &str, seed: u64) -> String {
    let given = tags.trim().trim_end_matches([',', ';', '.']).trim_end().to_owned();
    let mut dice = Dice::new(seed, "richer tags");
    let reading = vocabulary::read(&given, Depth::Tags);
    let resolved = lead(&given, seed);
    let details = details(&resolved.style);
    let mut draft = Draft {
        words: if given.is_empty() { Vec::new() } else { vec![given] },
        style: resolved.style.clone(),
        seed,
    };
    let allowed = |list: &[String]| -> Vec<String> { list.iter().filter(|p| !refused(&reading, p)).cloned().collect() };
    let genres = said(&reading, Facet::Genre).count();
    draft.some(
        &allowed(&details.kin),
        if genres == 0 { 1 } else { usize::from(genres < 2) },
        &mut dice,
    );
    let moods = said(&reading, Facet::Mood).count();
    draft.some(
        &allowed(&details.moods),
        2usize.saturating_sub(moods).max(usize::from(moods < 3)),
        &mut dice,
    );
    // What the words bring into the band is said by name.
    let band: Vec<String> = resolved.asked.iter().chain(&resolved.leads).take(3).cloned().collect();
    draft.some(&allowed(&band), 1, &mut dice);
    draft.some(&allowed(&details.players), 3, &mut dice);
    if !reading.voiceless {
        let asked = reading.found.iter().filter(|f| !f.refused).find_map(|f| f.touch.gender);
        let coloured = reading.found.iter().any(|f| !f.refused && f.touch.voice.is_some());
        let whose = gender(asked.unwrap_or(if dice.chance(0.5) { Gender::Female } else { Gender::Male }));
        let voices = allowed(&details.voices);
        match (asked, coloured, dice.pick(&voices)) {
            (None, true, _) | (None, _, None) => {
                draft.add(&format!("{whose} vocals"));
            }
            (_, false, Some(colour)) => {
                let colour = colour.trim_end_matches(" vocals").trim_end_matches(" voice");
                draft.add(&format!("{colour} {whose} vocals"));
            }
            _ => {}
        }
    }
    draft.some(&allowed(&details.finish), 2, &mut dice);
    if reading.bpm.is_none() {
        draft.add(&format!("{:.0} bpm", resolved.bpm));
    }
    if reading.key.is_none() && dice.chance(0.5) {
        draft.add(&format!(
            "{} key",
            if resolved.key.mode.is_minor() { "minor" } else { "major" }
        ));
    }
    draft.text()
}

/// The style that tags lead to, for whoever shows it.
pub fn style_of(tags: &str) -> String {
    lead(tags, 0).style
}

#[cfg(test)]
mod tests;
