//! Sound effects on occasions: `rise` before a louder section, `land` where one begins, `loop` throughout.

use catbird_score::{Note, Tick, Touch};

use crate::arrange::{band::Player, stage::Stage};

/// The effect's part.
pub fn play(stage: &Stage, player: &Player) -> Vec<Note> {
    let mut out = Vec::new();
    let pitch = player.instrument.range[0];
    let bar = stage.bar();
    let sections: Vec<_> = stage.sections().collect();
    let mut push = |start: Tick, length: Tick, velocity: u8| {
        out.push(Note {
            start,
            length,
            pitch,
            velocity,
            nudge: 0,
            touch: Touch::Plain,
        });
    };
    for (n, (_, section, intensity)) in sections.iter().copied().enumerate() {
        let end = section.end().min(stage.stop());
        let next = sections.get(n + 1).map(|(_, _, e)| *e);
        match player.plan.on.as_deref() {
            Some("rise") => {
                let louder = next.is_some_and(|e| e > intensity + 0.06) || (next.is_none() && intensity > 0.75);
                let length = (if end - section.start >= 8 * bar { 2 * bar } else { bar }).min(end - section.start);
                if louder && length > 0 {
                    push(end - length, length, (70.0 + 40.0 * next.unwrap_or(intensity)) as u8);
                }
            }
            Some("land") => {
                if intensity >= player.plan.enter.max(0.3) && (n > 0 || intensity > 0.7) {
                    push(
                        section.start,
                        bar.min(end - section.start),
                        (70.0 + 45.0 * intensity) as u8,
                    );
                }
            }
            _ => {
                let mut at = section.start;
                while at < end {
                    let length = (4 * bar).min(end - at);
                    push(at, length, 84);
                    at += length;
                }
            }
        }
    }
    out
}
