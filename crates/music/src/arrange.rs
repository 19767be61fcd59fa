//! The arrangement: from form and harmony to what everybody plays.

pub mod band;
pub mod bass;
pub mod comp;
pub mod counter;
pub mod drums;
pub mod effects;
pub mod ending;
pub mod lead;
pub mod performance;
pub mod stage;

use catbird_score::{Note, Part, PartRole};

use band::Player;
use stage::Stage;

/// Hires a band and writes all parts; players who never play are sent home.
pub fn arrange(stage: &Stage) -> Vec<Part> {
    let mut parts = play(stage, &band::hire(stage));
    parts.retain(|p| !p.notes.is_empty());
    parts
}

/// What each of these players plays, in their order; some may have no notes.
pub fn play(stage: &Stage, band: &[Player]) -> Vec<Part> {
    let kicks = drums::kicks(stage, band);
    // Whoever leads goes first: others answer.
    let led: Vec<Option<Vec<Note>>> = band
        .iter()
        .map(|p| (p.plan.role == PartRole::Lead).then(|| lead::play(stage, p)))
        .collect();
    let tune: Vec<Note> = led.iter().flatten().flatten().copied().collect();
    let mut parts = Vec::with_capacity(band.len());
    for (player, led) in band.iter().zip(led) {
        let mut part = player.part();
        part.notes = match player.plan.role {
            PartRole::Drums => drums::play(stage, player),
            PartRole::Percussion => drums::percussion(stage, player),
            PartRole::Bass => bass::play(stage, player, &kicks),
            PartRole::Comp | PartRole::Pad => comp::play(stage, player),
            PartRole::Lead => led.unwrap_or_default(),
            PartRole::Counter => counter::play(stage, player, &tune),
            PartRole::Effect => effects::play(stage, player),
        };
        if player.plan.role != PartRole::Effect {
            stage.silence(&mut part.notes);
        }
        part.notes.retain(|n| n.start < stage.stop());
        for note in &mut part.notes {
            note.length = note.length.min(stage.stop() - note.start).max(20);
        }
        ending::close(stage, player, &mut part.notes);
        performance::perform(stage, player, &mut part.notes);
        parts.push(part);
    }
    parts
}
