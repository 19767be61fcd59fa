//! A remaster: the same words and melody in better sound. Each strength does all that the weaker ones
//! do: tone, loudness and glue of the master; then balance, space and the hands of the players; then
//! other instruments of the same family and other fills.

mod recording;

use std::collections::BTreeMap;

use catbird_score::{Brief, Channel, Dice, Note, Part, PartRole, Score, Strength, SungLine};

use super::{frame, origin::Origin, recorded};
use crate::{
    arrange::{self, stage::Stage},
    compose::ComposeError,
    instruments::{self, Instrument},
};

/// Loudest master that is made, LUFS.
const LOUDEST: f32 = -10.5;
/// Shares of a second by which hands wander (standard deviation), seconds.
const HANDS: f64 = 0.006;

/// Instruments that can stand in for each other, by catalogue key.
const FAMILIES: [&[&str]; 27] = [
    &["piano", "upright piano"],
    &["electric piano", "fm keys"],
    &["celesta", "glockenspiel", "music box", "bell"],
    &["vibraphone", "marimba", "kalimba"],
    &["organ", "rock organ"],
    &["accordion", "harmonica"],
    &["nylon guitar", "acoustic guitar", "twelve-string guitar"],
    &["jazz guitar", "clean guitar", "electric guitar"],
    &["muted guitar", "funk guitar"],
    &["crunch guitar", "distortion guitar", "lead guitar"],
    &["mandolin", "banjo", "ukulele"],
    &["koto", "shamisen", "dulcimer"],
    &["upright bass", "fretless bass"],
    &["bass guitar", "picked bass"],
    &["sub bass", "saw bass"],
    &["violin", "fiddle", "erhu"],
    &["strings", "slow strings", "synth strings"],
    &["choir", "oohs"],
    &["trumpet", "muted trumpet"],
    &["trombone", "french horn"],
    &["saxophone", "alto saxophone"],
    &["oboe", "clarinet"],
    &["flute", "pan flute", "recorder"],
    &["warm pad", "halo pad", "atmosphere", "space voice"],
    &["standard kit", "room kit", "power kit"],
    &["jazz kit", "brush kit"],
    &["house machine", "drum machine", "electronic kit"],
];

/// `source` in better sound. `brief` may name a title and tags that tell which way the tone shall go;
/// words, pitches, form and harmony never change.
///
/// A recording passes through our master: as it is, or (from normal strength on, where somebody sings) as
/// voice and band, a little nearer to how we would balance them.
///
/// # Errors
/// None today; an edit's result is the same type everywhere.
pub fn remaster(source: &Score, strength: Strength, brief: &Brief) -> Result<Score, ComposeError> {
    let mut out = source.clone();
    if let Some(title) = brief.title.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
        title.clone_into(&mut out.title);
    }
    // A piece cut out of another is a piece of its own now; what is spliced at its seams before the
    // master stays as long as only the master changes.
    if !matches!(out.joins, Some(catbird_score::Joins::After { .. })) {
        out.joins = None;
    }
    if recorded::is_recorded(source) {
        recording::bring_in(&mut out, source, strength, brief);
    }
    master(&mut out, source, brief);
    if strength == Strength::Subtle {
        return Ok(out);
    }
    out.patch = None;
    let wide = if strength == Strength::High { 1.6 } else { 1.0 };
    for part in out.parts.iter_mut().filter(|p| !recorded::is_heard(p)) {
        let mut dice = frame::dice(brief, &format!("remaster {}", part.id));
        balance(&mut part.channel, wide, &mut dice);
    }
    if let Some(vocal) = &mut out.vocal {
        let mut dice = frame::dice(brief, "remaster voice");
        let before = vocal.channel;
        let channel = &mut vocal.channel;
        channel.gain_db += dice.between(0.2, 0.8) as f32 * wide;
        channel.reverb = (channel.reverb * dice.between(0.75, 1.3) as f32).clamp(0.02, 0.6);
        channel.delay = (channel.delay * dice.between(0.7, 1.4) as f32).clamp(0.0, 0.5);
        channel.tilt_db += dice.between(-0.3, 0.8) as f32 * wide;
        let lead = *channel;
        for chorister in &mut vocal.backing {
            // Those who sing along stay as far behind the lead.
            chorister.channel.gain_db += lead.gain_db - before.gain_db;
            chorister.channel.tilt_db += lead.tilt_db - before.tilt_db;
            chorister.channel.reverb = (chorister.channel.reverb + lead.reverb - before.reverb).clamp(0.02, 0.6);
            chorister.channel.delay = lead.delay;
        }
    }
    out.master.reverb_seconds *= frame::dice(brief, "remaster room").between(0.85, 1.25) as f32;
    if strength == Strength::High {
        fills(&mut out, source, brief);
        sounds(&mut out, brief);
    }
    perform(&mut out, brief, f64::from(wide));
    debug_assert_eq!(out.check(), Ok(()), "a remaster keeps the score's rules");
    Ok(out)
}

/// The instrument that plays `part`, if it is of one family with the instrument `key`.
pub(super) fn relative(key: &str, part: &Part) -> Option<(&'static str, &'static Instrument)> {
    let family = FAMILIES.iter().find(|f| f.contains(&key))?;
    family
        .iter()
        .filter_map(|k| Some((*k, instruments::find(k)?)))
        .find(|(_, i)| i.sound == part.sound && i.name == part.name)
}

/// Tone, loudness and glue; tags lead the tone where they name one.
fn master(out: &mut Score, source: &Score, brief: &Brief) {
    let mut dice = frame::dice(brief, "remaster master");
    // First takes open the top, second ones fill the bottom.
    let bright = if brief.take.is_multiple_of(2) { 1.0 } else { 0.25 };
    let m = &mut out.master;
    m.lufs = (m.lufs + dice.between(0.8, 1.8) as f32).min(LOUDEST.max(m.lufs));
    m.high_db += (0.4 + 0.9 * bright) * dice.between(0.8, 1.2) as f32;
    m.low_db += (1.2 - 0.9 * bright) * dice.between(0.8, 1.2) as f32;
    m.glue = (m.glue + dice.between(0.06, 0.14) as f32).min(0.85);
    m.drive = (m.drive + dice.between(0.01, 0.05) as f32).min(0.6);
    m.width = (m.width * dice.between(1.03, 1.1) as f32).min(1.4);
    if brief.tags.trim().is_empty() && brief.wishes.is_empty() && brief.description.trim().is_empty() {
        return;
    }
    let plain = frame::direct(&source.brief).master;
    let mut asked = source.brief.clone();
    asked.tags = format!("{}, {}", asked.tags, brief.tags);
    asked.description = format!("{} {}", asked.description, brief.description);
    asked.wishes.extend(brief.wishes.iter().cloned());
    let told = frame::direct(&asked).master;
    let toward = |now: f32, plain: f32, told: f32, reach: f32| now + (told - plain).clamp(-reach, reach);
    m.high_db = toward(m.high_db, plain.high_db, told.high_db, 3.0).clamp(-6.0, 6.0);
    m.low_db = toward(m.low_db, plain.low_db, told.low_db, 3.0).clamp(-6.0, 6.0);
    m.glue = toward(m.glue, plain.glue, told.glue, 0.3).clamp(0.0, 1.0);
    m.drive = toward(m.drive, plain.drive, told.drive, 0.3).clamp(0.0, 1.0);
    m.width = toward(m.width, plain.width, told.width, 0.3).clamp(0.5, 1.5);
    m.lofi = toward(m.lofi, plain.lofi, told.lofi, 0.6).clamp(0.0, 1.0);
}

/// Another balance and more space around a part.
fn balance(channel: &mut Channel, wide: f32, dice: &mut Dice) {
    channel.gain_db += (0.8 * dice.normal().clamp(-1.6, 1.6)) as f32 * wide;
    channel.pan = (channel.pan * (1.0 + 0.15 * wide) + 0.04 * wide * dice.normal() as f32).clamp(-0.85, 0.85);
    channel.width = (channel.width * dice.between(0.95, 1.15) as f32).clamp(0.0, 1.6);
    channel.reverb = (channel.reverb * dice.between(0.75, 1.3) as f32).clamp(0.0, 0.7);
    channel.tilt_db += dice.between(-0.7, 1.0) as f32 * wide;
}

/// The players' hands: time and touch of every note anew, a little, and each line of the voice as one.
fn perform(out: &mut Score, brief: &Brief, wide: f64) {
    let tempo = out.tempo.clone();
    let stop = out.chords.last().map_or(out.end(), |c| c.start);
    for part in &mut out.parts {
        let mut dice = frame::dice(brief, &format!("remaster hands {}", part.id));
        let loose = if matches!(
            part.sound,
            catbird_score::Sound::Machine { .. } | catbird_score::Sound::Synth { .. }
        ) {
            0.3
        } else {
            1.0
        };
        let (mut drift, mut at) = (0.0, None);
        for note in &mut part.notes {
            if at != Some(note.start) {
                drift = 0.8 * drift + 0.6 * dice.normal();
                at = Some(note.start);
            }
            let ticks = drift * HANDS * wide * loose * tempo.bpm_at(note.start) / 60.0 * 480.0;
            // The last stroke stays together, and nothing sounds before the first beat.
            let floor = if note.start >= stop {
                0.0
            } else {
                -f64::from(note.start)
            };
            let nudge = f64::from(note.nudge) + if note.start >= stop { ticks.abs() * 0.3 } else { ticks };
            note.nudge = nudge.round().max(floor.min(f64::from(note.nudge))).clamp(-200.0, 400.0) as i16;
            let touch = 1.0 + 0.05 * wide * dice.normal().clamp(-2.0, 2.0);
            note.velocity = (f64::from(note.velocity) * touch).round().clamp(1.0, 127.0) as u8;
        }
    }
    let mut dice = frame::dice(brief, "remaster phrasing");
    let mut moved = BTreeMap::new();
    for line in out.vocal.iter_mut().flat_map(|v| &mut v.lines) {
        let start = line.notes().next().map(|n| n.start);
        let ticks = (4.0 * wide * dice.normal().clamp(-2.0, 2.0)).round();
        let touch = 1.0 + 0.04 * wide * dice.normal().clamp(-2.0, 2.0);
        for note in super::phrasing::notes_mut(std::slice::from_mut(line)) {
            let nudge = f64::from(note.nudge) + ticks;
            note.nudge = if note.start < 30 { nudge.max(0.0) } else { nudge } as i16;
            note.velocity = (f64::from(note.velocity) * touch).round().clamp(30.0, 122.0) as u8;
        }
        moved.insert(start, ticks);
    }
    // Who sings the same line goes with it.
    for line in out
        .vocal
        .iter_mut()
        .flat_map(|v| &mut v.backing)
        .flat_map(|c| &mut c.lines)
    {
        let start = line.notes().next().map(|n| n.start);
        let Some(ticks) = moved.get(&start) else { continue };
        for note in super::phrasing::notes_mut(std::slice::from_mut(line)) {
            let nudge = f64::from(note.nudge) + ticks;
            note.nudge = if note.start < 30 { nudge.max(0.0) } else { nudge } as i16;
        }
    }
}

/// Other fills: what the drummer would have played with other luck in the last bar of each section.
fn fills(out: &mut Score, source: &Score, brief: &Brief) {
    let origin = Origin::read(source);
    let lines: &[SungLine] = origin.lines();
    let seed = frame::dice(brief, "remaster fills").seed();
    let stage = Stage::new(&origin.form, &origin.direction, &origin.harmony, lines, seed);
    let bar = source.meter.bar();
    for ((player, part), now) in origin.band().into_iter().zip(&mut out.parts) {
        let Some(player) = player.filter(|p| p.plan.role == PartRole::Drums) else {
            continue;
        };
        let other = arrange::play(&stage, std::slice::from_ref(&player));
        let fresh = other.first().map_or(&[][..], |p: &Part| &p.notes);
        // Where this part plays a whole bar before a seam, another ending of that bar.
        let seams: Vec<(u32, u32)> = source
            .sections
            .iter()
            .map(|s| (s.end().saturating_sub(bar).max(s.start), s.end()))
            .filter(|&(from, to)| {
                let plays = |notes: &[Note]| notes.iter().any(|n| from <= n.start && n.start < to);
                to < source.end() && plays(&part.notes) && plays(fresh)
            })
            .collect();
        let inside = |n: &Note| seams.iter().any(|&(from, to)| from <= n.start && n.start < to);
        now.notes.retain(|n| !inside(n));
        now.notes.extend(fresh.iter().filter(|n| inside(n)));
        now.notes.sort_by_key(|n| (n.start, n.pitch));
    }
}

/// Other instruments of the same family, where they can play what is written.
fn sounds(out: &mut Score, brief: &Brief) {
    for part in &mut out.parts {
        let held = instruments::all()
            .iter()
            .find(|(_, i)| i.sound == part.sound && i.name == part.name);
        let Some((key, held)) = held else { continue };
        let Some(family) = FAMILIES.iter().find(|f| f.contains(&key.as_str())) else {
            continue;
        };
        let (low, high) = super::phrasing::range(part.notes.iter()).unwrap_or((0, 127));
        let plays = |i: &Instrument| {
            i.sound.is_drums() && held.sound.is_drums()
                || !i.sound.is_drums() && i.range[0] <= low.saturating_add(2) && i.range[1] + 2 >= high
        };
        let others: Vec<&Instrument> = family
            .iter()
            .filter(|k| *k != key)
            .filter_map(|k| instruments::find(k))
            .filter(|i| plays(i))
            .collect();
        if let Some(other) = frame::dice(brief, &format!("remaster sound {}", part.id)).pick(&others) {
            part.sound = other.sound;
            part.name.clone_from(&other.name);
            part.channel.gain_db += other.gain_db - held.gain_db;
            part.channel.low_cut_hz = other.low_cut_hz;
            part.channel.tilt_db += other.tilt_db - held.tilt_db;
        }
    }
}
