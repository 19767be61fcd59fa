//! A score understood again: the form, harmony, direction and band behind its notes, so that more can
//! be written for it. Works from the score alone, edited ones included; its brief is asked only for
//! the style.

use catbird_score::{By, Labels, Part, Role, Score, SungLine, Tick};

use super::{cut, remaster};
use crate::{
    arrange::{
        band::{self, Player},
        stage::Stage,
    },
    choir::duet,
    compose,
    direction::Direction,
    form::{Form, PlacedLine},
    harmony::Harmony,
    lyrics::Sings,
};

/// The decisions behind a score.
pub struct Origin<'a> {
    /// The piece.
    pub score: &'a Score,
    /// Its direction: tempo fixed, key, singer, channel and master as in the score.
    pub direction: Direction,
    /// Its form; lines with their estimated slots.
    pub form: Form,
    /// Its chords and keys.
    pub harmony: Harmony,
}

impl<'a> Origin<'a> {
    /// Reads a score.
    pub fn read(score: &'a Score) -> Self {
        let mut direction = compose::direct(&score.brief);
        score.style.clone_into(&mut direction.style);
        if crate::style::find(&direction.style).is_none() {
            direction.style.clone_from(&crate::style::all()[0].id);
        }
        direction.labels = Labels::clone(&score.labels);
        direction.bpm = score.tempo.bpm_at(0);
        direction.bpm_fixed = true;
        direction.meter = score.meter;
        direction.key = score.key;
        direction.master = score.master;
        if let Some(vocal) = &score.vocal {
            direction.singer = vocal.singer.clone();
            direction.vocal_channel = vocal.channel;
            if let Some(partner) = &vocal.partner {
                direction.partner = partner.clone();
            }
        } else if let Some(singer) = &score.brief.voice.singer {
            direction.singer = singer.clone();
        }
        Self {
            score,
            direction,
            form: form(score),
            harmony: harmony(score),
        }
    }

    /// Its sung lines; none for instrumentals.
    pub fn lines(&self) -> &[SungLine] {
        self.score.vocal.as_ref().map_or(&[], |v| &v.lines)
    }

    /// The players of the score's own parts, in its order, with the parts they play. Parts that nobody
    /// of the style plays (a sampled loop, a band changed by hand) have no player.
    pub fn band(&self) -> Vec<(Option<Player>, &'a Part)> {
        let stage = Stage::new(
            &self.form,
            &self.direction,
            &self.harmony,
            self.lines(),
            self.score.seed,
        );
        let mut hired = band::hire(&stage);
        self.score
            .parts
            .iter()
            .map(|part| {
                let same = |p: &Player| p.plan.id == part.id && p.instrument.sound == part.sound;
                let player = hired.iter().position(same).map(|i| hired.remove(i)).or_else(|| {
                    // A remaster put another instrument of the family in the player's hands.
                    let i = hired.iter().position(|p| p.plan.id == part.id)?;
                    let (key, instrument) = remaster::relative(&hired[i].key, part)?;
                    let mut player = hired.remove(i);
                    key.clone_into(&mut player.key);
                    player.instrument = instrument;
                    Some(player)
                });
                (player, part)
            })
            .collect()
    }
}

/// The form of a score; slots of the lines as far as the notes tell them.
pub fn form(score: &Score) -> Form {
    Form {
        meter: score.meter,
        tempo: score.tempo.clone(),
        seconds: score.seconds,
        sections: score.sections.clone(),
        lines: lines(score),
        last_chord: cut::last_chord(score),
    }
}

/// The harmony of a score.
pub fn harmony(score: &Score) -> Harmony {
    Harmony {
        chords: score.chords.clone(),
        key: score.key,
        modulations: score.modulations.clone(),
    }
}

/// The slot of each sung line: from the bar line (or half bar, where the line before is in the way) at
/// which it begins to the next slot. Lines at the same place of same-named sections share a pattern.
fn lines(score: &Score) -> Vec<PlacedLine> {
    let lines: &[SungLine] = score.vocal.as_ref().map_or(&[], |v| &v.lines);
    let both = score.vocal.as_ref().map(duet::shared).unwrap_or_default();
    let bar = score.meter.bar();
    let beat = score.meter.beat();
    let half = if score.meter.beats.is_multiple_of(2) {
        bar / 2
    } else {
        bar
    };
    let mut starts: Vec<(Tick, Tick)> = Vec::with_capacity(lines.len());
    let mut taken = 0;
    for line in lines {
        let (from, to) = cut::extent(line).unwrap_or((taken, taken));
        let section = score.sections.get(line.section).map_or(0, |s| s.start);
        let floor = section.max(taken);
        let start = [bar, half, beat, 1]
            .into_iter()
            .map(|grid| from / grid * grid)
            .find(|t| *t >= floor)
            .unwrap_or(from);
        starts.push((start, to));
        taken = to;
    }
    let mut place = 0;
    lines
        .iter()
        .enumerate()
        .map(|(i, line)| {
            let (start, to) = starts[i];
            let section = score.sections.get(line.section);
            place = if i > 0 && lines[i - 1].section == line.section {
                place + 1
            } else {
                0
            };
            let next = lines.get(i + 1).filter(|n| n.section == line.section);
            let end = if next.is_some() {
                starts[i + 1].0
            } else {
                // The last line of a section: as long as the one before it, if that is long enough.
                let usual = i
                    .checked_sub(1)
                    .filter(|_| place > 0)
                    .map_or(0, |p| start - starts[p].0);
                let least = (to - start).next_multiple_of(half);
                start + least.max(usual)
            };
            let limit = section.map_or(end, catbird_score::Section::end);
            PlacedLine {
                section: line.section,
                text: line.text.clone(),
                words: line.words.clone(),
                start,
                length: end.min(limit.max(to)).max(to) - start,
                pattern: pattern(section.map_or(Role::Verse, |s| s.role), place),
                language: line.language,
                sings: match line.by {
                    By::Partner => Sings::Partner,
                    By::Lead if line.notes().next().is_some_and(|n| both.contains(&n.start)) => Sings::Both,
                    By::Lead => Sings::Lead,
                },
            }
        })
        .collect()
}

/// The number that lines at the same place of same-named sections share.
pub fn pattern(role: Role, place: usize) -> u32 {
    role as u32 * 100 + place as u32
}
