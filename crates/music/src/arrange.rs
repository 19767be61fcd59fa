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

use catbird_score::{Part, PartRole};

use stage::Stage;

/// Writes all parts.
pub fn arrange(stage: &Stage) -> Vec<Part> {
    let band = band::hire(stage);
    let kicks = drums::kicks(stage, &band);
    let mut parts = Vec::new();
    for player in &band {
        let mut part = player.part();
        part.notes = match player.plan.role {
            PartRole::Drums => drums::play(stage, player),
            PartRole::Percussion => drums::percussion(stage, player),
            PartRole::Bass => bass::play(stage, player, &kicks),
            PartRole::Comp | PartRole::Pad => comp::play(stage, player),
            PartRole::Lead => lead::play(stage, player),
            PartRole::Counter => counter::play(stage, player),
            PartRole::Effect => effects::play(stage, player),
        };
        part.notes.retain(|n| n.start < stage.stop());
        for note in &mut part.notes {
            note.length = note.length.min(stage.stop() - note.start).max(20);
        }
        ending::close(stage, player, &mut part.notes);
        performance::perform(stage, player, &mut part.notes);
        if !part.notes.is_empty() {
            parts.push(part);
        }
    }
    parts
}
