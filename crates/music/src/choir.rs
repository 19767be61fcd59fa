//! Who sings along: the other voice of a duet, doubles, harmonies, held vowels and calls. Written after the
//! lead, from the lead's lines and the chords; how much of it there is, is the style's affair, then the
//! section's energy and what tags ask.

mod call;
pub(crate) mod duet;
mod pad;
mod person;
mod second;
mod span;

use catbird_score::{By, Channel, Chorister, Delivery, Dice, Role, Score, Singer, SungLine, SungWord, Tick, Vocal};

use crate::{direction::Direction, style::BackingLine};
use duet::PARTNER;
use person::Part;
use second::Side;
pub(crate) use span::{merge, outside, shifted, within};

/// How far one step of `Direction::backing` moves the thresholds of intensity.
const WISH: f32 = 0.35;
/// Below this overall energy, or this tempo, a piece is calm enough for held vowels.
const CALM: f32 = 0.5;
const CALM_BPM: f64 = 82.0;
/// How much softer those who sing along sing, as a share of the lead's velocity.
const SOFTER: f32 = 0.88;
/// How many words at the end of a rapped line are doubled.
const PUNCH: usize = 2;

/// Writes the backing of the lead's lines that begin in `span` (of all of them without one) and leaves the
/// rest of it as it is.
pub(crate) fn join(score: &mut Score, direction: &Direction, span: Option<(Tick, Tick)>) {
    let Some(mut vocal) = score.vocal.take() else { return };
    let (from, to) = span.unwrap_or((0, Tick::MAX));
    for chorister in vocal.backing.iter_mut().filter(|c| c.name != PARTNER) {
        chorister
            .lines
            .retain(|l| span::begins(l).is_none_or(|start| !(from..to).contains(&start)));
    }
    vocal.backing.retain(|c| !c.lines.is_empty());
    let new = Choir {
        score,
        direction,
        vocal: &vocal,
        shared: duet::shared(&vocal),
        from,
        to,
    }
    .write();
    // Around a span everybody goes on as before.
    let new = if span.is_some() { within(&new, from, to) } else { new };
    merge(&mut vocal.backing, new);
    for chorister in &mut vocal.backing {
        chorister.lines.sort_by_key(span::begins);
    }
    score.vocal = Some(vocal);
}

/// What the backing is written from.
struct Choir<'a> {
    score: &'a Score,
    direction: &'a Direction,
    vocal: &'a Vocal,
    shared: std::collections::BTreeSet<Tick>,
    from: Tick,
    to: Tick,
}

impl Choir<'_> {
    fn write(&self) -> Vec<Chorister> {
        let style = self.direction.leader();
        let backing = &style.backing;
        let wish = self.direction.backing;
        let mut out: Vec<Chorister> = Vec::new();
        let calm = self.direction.energy < CALM || self.direction.bpm < CALM_BPM;
        let hums = calm && Dice::new(self.score.seed, "pads").chance(backing.pads * (1.0 + f64::from(wish)));
        for (index, section) in self.score.sections.iter().enumerate() {
            let sung = match section.role {
                Role::Chorus => true,
                Role::Bridge => backing.bridge || wish > 0.5,
                _ => false,
            };
            let lines: Vec<&SungLine> = self
                .vocal
                .lines
                .iter()
                .filter(|l| l.section == index)
                .filter(|l| span::begins(l).is_some_and(|start| (self.from..self.to).contains(&start)))
                .collect();
            if !sung || lines.is_empty() {
                continue;
            }
            let heat = section.energy + WISH * wish;
            if heat >= backing.doubles {
                self.double(&mut out, &lines);
            }
            let mut voices: Vec<BackingLine> = backing
                .voices
                .iter()
                .filter(|(least, _)| heat >= *least)
                .map(|(_, line)| *line)
                .collect();
            // Who asks for harmonies gets them in any style.
            if voices.is_empty() && wish >= 0.5 {
                voices.push(BackingLine::Above);
            }
            if hums && !voices.is_empty() {
                let span = (section.start.max(self.from), section.end().min(self.to));
                for chorister in pad::pads(self.score, self.vocal, index, span, &lines) {
                    merge(&mut out, vec![chorister]);
                }
                continue;
            }
            for voice in voices {
                self.voice(&mut out, &lines, voice);
            }
        }
        if backing.calls > 0.0 && wish > -0.5 {
            let chance = backing.calls * (1.0 + 0.5 * f64::from(wish));
            merge(
                &mut out,
                call::calls(self.score, self.vocal, chance, (self.from, self.to)),
            );
        }
        out
    }

    /// The lead's own voice once more, left and right; of what is rapped the last words.
    fn double(&self, out: &mut Vec<Chorister>, lines: &[&SungLine]) {
        let alone =
            |l: &&&SungLine| l.by == By::Lead && !span::begins(l).is_some_and(|start| self.shared.contains(&start));
        let doubled: Vec<SungLine> = lines
            .iter()
            .filter(alone)
            .map(|l| {
                softer(if l.delivery == Delivery::Rapped {
                    punch(l)
                } else {
                    (*l).clone()
                })
            })
            .collect();
        if doubled.is_empty() {
            return;
        }
        for (part, name) in [(Part::Left, "double left"), (Part::Right, "double right")] {
            let singer = person::double(&self.vocal.singer, part);
            self.admit(out, name, singer, part, doubled.clone());
        }
    }

    fn voice(&self, out: &mut Vec<Chorister>, lines: &[&SungLine], voice: BackingLine) {
        let lead = &self.vocal.singer;
        let seed = self.score.seed;
        let sung: Vec<&SungLine> = lines.iter().copied().filter(|l| l.delivery == Delivery::Sung).collect();
        match voice {
            BackingLine::Above | BackingLine::Below => {
                let (part, side) = match voice {
                    BackingLine::Above => (Part::Above, Side::Above),
                    _ => (Part::Below, Side::Below),
                };
                let singer = person::backing(lead, part, seed);
                let other = match side {
                    Side::Above => Side::Below,
                    Side::Below => Side::Above,
                };
                // The whole section on one side, the other one where the range ends.
                let of = |side: Side| -> Vec<Option<SungLine>> {
                    sung.iter()
                        .map(|l| second::line(self.score, l, &singer, side))
                        .collect()
                };
                let mut found = of(side);
                if found.iter().any(Option::is_none) {
                    let turned = of(other);
                    if turned.iter().flatten().count() > found.iter().flatten().count() {
                        found = turned;
                    }
                }
                let found: Vec<SungLine> = found.into_iter().flatten().map(softer).collect();
                let name = if part == Part::Above {
                    "high harmony"
                } else {
                    "low harmony"
                };
                self.admit(out, name, singer, part, found);
            }
            BackingLine::Octave => {
                let singer = person::backing(lead, Part::Octave, seed);
                let found = sung
                    .iter()
                    .filter_map(|l| in_octave(l, &singer, false))
                    .map(softer)
                    .collect();
                self.admit(out, "octave", singer, Part::Octave, found);
            }
            BackingLine::Gang => {
                for (n, part) in [Part::GangLeft, Part::GangMiddle, Part::GangRight]
                    .into_iter()
                    .enumerate()
                {
                    let singer = person::backing(lead, part, seed);
                    let found = sung
                        .iter()
                        .filter_map(|l| in_octave(l, &singer, true))
                        .map(softer)
                        .collect();
                    self.admit(out, &format!("gang {}", n + 1), singer, part, found);
                }
            }
        }
    }

    fn admit(&self, out: &mut Vec<Chorister>, name: &str, singer: Singer, part: Part, lines: Vec<SungLine>) {
        if lines.is_empty() {
            return;
        }
        let chorister = Chorister {
            name: name.to_owned(),
            singer,
            channel: place(self.vocal.channel, part),
            lines,
        };
        merge(out, vec![chorister]);
    }
}

/// Where a part stands: softer than the lead, to the side, further back.
fn place(lead: Channel, part: Part) -> Channel {
    let (gain_db, pan) = match part {
        Part::Left => (-11.0, -0.6),
        Part::Right => (-11.0, 0.6),
        Part::Above => (-10.0, -0.4),
        Part::Below => (-10.5, 0.4),
        Part::Octave => (-11.0, 0.3),
        Part::GangLeft => (-12.0, -0.65),
        Part::GangMiddle => (-13.0, 0.3),
        Part::GangRight => (-12.0, 0.65),
        Part::PadHigh => (-12.5, -0.5),
        Part::PadLow => (-12.5, 0.5),
        Part::Caller => (-9.5, 0.45),
    };
    Channel {
        gain_db: lead.gain_db + gain_db,
        pan,
        width: 1.0,
        reverb: (lead.reverb + 0.08).min(0.6),
        delay: lead.delay,
        low_cut_hz: lead.low_cut_hz.max(140.0),
        ..lead
    }
}

/// A line as somebody sings it who does not lead.
fn softer(mut line: SungLine) -> SungLine {
    line.by = By::Lead;
    for note in span::notes_mut(&mut line) {
        note.velocity = (f32::from(note.velocity) * SOFTER).round().clamp(1.0, 127.0) as u8;
    }
    line
}

/// The last words of a line.
fn punch(line: &SungLine) -> SungLine {
    let words: Vec<SungWord> = line.words[line.words.len().saturating_sub(PUNCH)..].to_vec();
    SungLine {
        text: words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" "),
        words,
        ..line.clone()
    }
}

/// The same tune in an octave that lies in a singer's range: the lead's own only where `unison` is meant.
fn in_octave(line: &SungLine, singer: &Singer, unison: bool) -> Option<SungLine> {
    let (low, high) = line
        .notes()
        .fold((127, 0), |(low, high), n| (n.pitch.min(low), n.pitch.max(high)));
    let fits = |by: i32| i32::from(low) + by >= i32::from(singer.low) && i32::from(high) + by <= i32::from(singer.high);
    let ways: &[i32] = if unison { &[0, -12, 12] } else { &[-12, 12] };
    let by = ways.iter().copied().find(|by| fits(*by))?;
    let mut line = line.clone();
    for note in span::notes_mut(&mut line) {
        note.pitch = (i32::from(note.pitch) + by) as u8;
    }
    Some(line)
}
