//! What the style words of an edit change in the band of a piece: how intense it plays, who rests, who
//! joins. The players, their sounds and the style stay those of the piece.

use catbird_score::{Brief, Part, PartRole, Score};

use super::{cut, origin::Origin};
use crate::{
    arrange::{self, band::Player, stage::Stage},
    compose,
    direction::Direction,
};

/// A band with its instructions for the new bars.
pub struct Colour<'a> {
    /// The piece's direction with the words' density, drums, legato and energy.
    pub direction: Direction,
    /// How much more (less) intense than the piece.
    pub lift: f32,
    /// Whether the brief says anything about style that the piece's own does not.
    pub spoken: bool,
    /// The piece's parts in its order; those that nobody can play anew have no player.
    band: Vec<(Option<Player>, &'a Part)>,
    /// Players that the words ask for and the piece does not have.
    guests: Vec<Player>,
}

impl<'a> Colour<'a> {
    /// Reads the style words of `brief` against the piece.
    pub fn of(origin: &Origin<'a>, brief: &Brief) -> Self {
        let mut band = origin.band();
        let mut direction = origin.direction.clone();
        if !adds(&origin.score.brief, brief) {
            return Self {
                direction,
                lift: 0.0,
                spoken: false,
                band,
                guests: Vec::new(),
            };
        }
        let before = compose::direct(&origin.score.brief);
        let words = compose::direct(&both(&origin.score.brief, brief));
        direction.density = words.density;
        direction.drums = words.drums;
        direction.legato = words.legato;
        direction.groove.clone_from(&words.groove);
        let lift = (words.energy - before.energy).clamp(-0.45, 0.45);
        direction.energy = (direction.energy + lift).clamp(0.05, 1.0);
        let asked = |key: &String| {
            let now = words.asked.contains(key) || words.leads.contains(key);
            now && !before.asked.contains(key) && !before.leads.contains(key)
        };
        let stage_direction = Direction {
            asked: words.asked.clone(),
            leads: words.leads.clone(),
            ornaments: words.ornaments.clone(),
            without: words.without.clone(),
            ..direction.clone()
        };
        let stage = Stage::new(
            &origin.form,
            &stage_direction,
            &origin.harmony,
            origin.lines(),
            origin.score.seed,
        );
        let mut guests: Vec<Player> = Vec::new();
        for player in arrange::band::hire(&stage) {
            let new = origin.score.parts.iter().all(|p| p.sound != player.instrument.sound);
            if new && asked(&player.key) && guests.len() < 2 {
                guests.push(player);
            }
        }
        // A guest who leads takes over from the piece's own lead.
        let led = guests.iter().any(|g| g.plan.role == PartRole::Lead);
        for (player, part) in &mut band {
            let drums = matches!(part.role, PartRole::Drums | PartRole::Percussion);
            let rests = player
                .as_ref()
                .is_some_and(|p| words.without.contains(&p.key) && !before.without.contains(&p.key))
                || drums && words.drums < 0.2 && before.drums >= 0.2
                || led && part.role == PartRole::Lead;
            if rests {
                *player = player.take().map(|mut p| {
                    p.plan.enter = f32::INFINITY;
                    p
                });
            }
        }
        Self {
            direction,
            lift,
            spoken: true,
            band,
            guests,
        }
    }

    /// Plays the stage: a part for each part of the piece (same id, sound and place in the mix), in its
    /// order, then the guests'. Parts without a player have no notes.
    pub fn play(&self, stage: &Stage) -> Vec<Part> {
        let at_work: Vec<Player> = self
            .band
            .iter()
            .filter_map(|(p, _)| p.clone())
            .chain(self.guests.iter().cloned())
            .collect();
        let mut played = arrange::play(stage, &at_work).into_iter();
        let mut out: Vec<Part> = Vec::with_capacity(self.band.len() + self.guests.len());
        for (player, part) in &self.band {
            let notes = player
                .as_ref()
                .and_then(|_| played.next())
                .map_or_else(Vec::new, |p| p.notes);
            let rests = player.as_ref().is_some_and(|p| p.plan.enter.is_infinite());
            out.push(Part {
                notes: if rests { Vec::new() } else { notes },
                ..(*part).clone()
            });
        }
        for guest in played {
            let id = cut::free_id(&out, &guest.id);
            out.push(Part { id, ..guest });
        }
        out
    }

    /// Whether part number `i` of [`Self::play`] has a player who can play anything new.
    pub fn has_player(&self, i: usize) -> bool {
        self.band.get(i).is_none_or(|(p, _)| p.is_some())
    }
}

/// Whether a brief says anything about style.
pub fn speaks(brief: &Brief) -> bool {
    !brief.wishes.is_empty()
        || [&brief.tags, &brief.negative_tags, &brief.description]
            .iter()
            .any(|t| !t.trim().is_empty())
}

/// Whether a brief says anything about style that the piece's own does not say.
fn adds(piece: &Brief, edit: &Brief) -> bool {
    !added(&piece.tags, &edit.tags).is_empty()
        || !added(&piece.negative_tags, &edit.negative_tags).is_empty()
        || !edit.description.trim().is_empty() && edit.description != piece.description
        || edit.wishes.iter().any(|w| !piece.wishes.contains(w))
}

/// The phrases of `edit` that `piece` does not have: clients send the tags of a song again and again,
/// and a word that is said twice must not weigh twice.
fn added(piece: &str, edit: &str) -> String {
    let known: Vec<String> = phrases(piece).map(str::to_lowercase).collect();
    let new: Vec<&str> = phrases(edit).filter(|p| !known.contains(&p.to_lowercase())).collect();
    new.join(", ")
}

fn phrases(tags: &str) -> impl Iterator<Item = &str> {
    tags.split([',', ';', '\n']).map(str::trim).filter(|p| !p.is_empty())
}

/// The piece's brief with the words of the edit's added.
pub fn both(piece: &Brief, edit: &Brief) -> Brief {
    let with = |a: &str, b: &str, between: &str| -> String {
        let given: Vec<&str> = [a.trim(), b.trim()].into_iter().filter(|t| !t.is_empty()).collect();
        given.join(between)
    };
    let described = edit.description != piece.description;
    let new_wishes = edit.wishes.iter().filter(|w| !piece.wishes.contains(w));
    Brief {
        tags: with(&piece.tags, &added(&piece.tags, &edit.tags), ", "),
        negative_tags: with(
            &piece.negative_tags,
            &added(&piece.negative_tags, &edit.negative_tags),
            ", ",
        ),
        description: with(&piece.description, if described { &edit.description } else { "" }, " "),
        wishes: piece.wishes.iter().chain(new_wishes).cloned().collect(),
        style_weight: edit.style_weight.or(piece.style_weight),
        weirdness: edit.weirdness.or(piece.weirdness),
        ..piece.clone()
    }
}

/// Who sings where nobody sang before.
pub fn voice(direction: &mut Direction, source: &Score, brief: &Brief) {
    let sung = compose::direct(&Brief {
        lyrics: brief.lyrics.clone(),
        voice: brief.voice.clone(),
        ..both(&source.brief, brief)
    });
    direction.singer = brief.voice.singer.clone().unwrap_or(sung.singer);
    direction.partner = sung.partner;
    direction.vocal_channel = sung.vocal_channel;
    direction.labels = sung.labels;
}
