//! Bars to seconds: the tempo, the ring of the last chord, and the exact end.

use catbird_score::{Section, TempoMap, TempoMark, Tick};

use super::{Block, Form, PlacedLine, energies};
use crate::direction::Direction;

/// Silence of the file before tick 0, seconds: room for a consonant sung on the first beat.
pub(super) fn lead(seconds: Option<f64>, sung: bool) -> f64 {
    let wish = if sung { 0.1 } else { 0.05 };
    seconds.map_or(wish, |s| f64::min(wish, 0.03 * s))
}

/// Shortest and longest ring of the last chord in a piece of `seconds`.
pub(super) fn ring(seconds: f64) -> (f64, f64) {
    ((0.2 * seconds).clamp(0.1, 1.5), (0.45 * seconds).clamp(0.4, 3.5))
}

/// Quarter notes of a span of ticks.
pub(super) fn quarters(ticks: Tick) -> f64 {
    f64::from(ticks) / f64::from(catbird_score::PPQ)
}

/// The tempo nearest to `wish` at which `before` ticks and a ring within its range fill `span` seconds.
pub(super) fn fit(before: Tick, span: f64, wish: f64, (shortest, longest): (f64, f64)) -> f64 {
    let beats = quarters(before);
    if beats <= 0.0 {
        return wish;
    }
    let slowest = beats * 60.0 / (span - shortest).max(0.05);
    let fastest = beats * 60.0 / (span - longest).max(0.05);
    wish.clamp(slowest.min(fastest), fastest.max(slowest))
}

/// How a plan is made sound.
pub(super) struct Timing {
    /// Tempo at the beginning of each block, quarter notes a minute.
    pub bpm: Vec<f64>,
    /// Silence before tick 0.
    pub lead: f64,
    /// Ticks from the start of the last block to the last chord.
    pub last_chord: Tick,
    /// Length of the file; `None` = when the last chord has rung.
    pub seconds: Option<f64>,
}

/// Puts blocks one after the other.
pub(super) fn assemble(direction: &Direction, blocks: Vec<Block>, timing: &Timing) -> Form {
    let bar = direction.meter.bar();
    let energies = energies(&blocks, direction.energy);
    let mut tempo = TempoMap {
        lead_seconds: timing.lead,
        marks: Vec::new(),
    };
    let (mut sections, mut lines) = (Vec::new(), Vec::new());
    let mut at = 0;
    for (i, block) in blocks.into_iter().enumerate() {
        let bpm = timing.bpm[i.min(timing.bpm.len() - 1)];
        if tempo.marks.last().is_none_or(|m| (m.bpm - bpm).abs() > 1e-9) {
            tempo.marks.push(TempoMark { tick: at, bpm });
        }
        for slot in block.slots {
            lines.push(PlacedLine {
                section: i,
                text: slot.text,
                words: slot.words,
                start: at + slot.offset,
                length: slot.length,
                pattern: slot.pattern,
                language: slot.language,
                sings: slot.sings,
            });
        }
        let length = block.bars.max(1) * bar;
        sections.push(Section {
            name: block.name,
            role: block.role,
            start: at,
            length,
            energy: energies[i],
        });
        at += length;
    }
    let last_chord = sections.last().map_or(0, |s| s.start) + timing.last_chord;
    let seconds = timing.seconds.unwrap_or_else(|| {
        // As long as a held chord rings naturally: about a bar, within the usual bounds.
        let bar_seconds = quarters(bar) * 60.0 / tempo.bpm_at(last_chord);
        tempo.at(last_chord) + bar_seconds.clamp(2.2, 3.4)
    });
    Form {
        meter: direction.meter,
        tempo,
        seconds,
        sections,
        lines,
        last_chord,
    }
}
