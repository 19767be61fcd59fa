//! All that was heard, as one score: notes and chords on the beat grid, the form, the confidences.

pub mod harmony;
mod parts;
pub mod roman;
mod style;

use catbird_score::{Brief, Heard, Key, Labels, Master, Reel, Role, Score, Section, Track, score::VERSION};

use crate::{EarError, chords::HeardChord, grid::Grid, notes::HeardNote, rhythm::Rhythm};

/// Above this median pitch a singer is taken for a woman, MIDI (B3: between the middles of the ranges in
/// which men and women sing popular songs).
const GENDER: f32 = 59.0;

/// Everything the ear knows of a recording.
pub struct Findings<'a> {
    /// Its length, seconds.
    pub seconds: f64,
    /// Beats and bars.
    pub rhythm: &'a Rhythm,
    /// The key, and how sure.
    pub key: (Key, f32),
    /// The form, and how sure.
    pub sections: (Vec<Section>, f32),
    /// The chords.
    pub chords: &'a [HeardChord],
    /// The leading line.
    pub melody: &'a [HeardNote],
    /// All notes (of the band, when somebody sings).
    pub notes: &'a [HeardNote],
    /// Integrated loudness, LUFS, and true peak, dBTP.
    pub loudness: (f32, f32),
    /// Share of the energy that is singing, 0–1.
    pub voice: f32,
    /// Median pitch of the singing, MIDI; 0 where nobody sings.
    pub voice_pitch: f32,
    /// Where half of the energy lies below, Hz.
    pub brightness_hz: f32,
}

/// The score of a recording.
///
/// # Errors
/// [`EarError::Nothing`] for a recording without length.
pub fn score(found: Findings) -> Result<Score, EarError> {
    if found.seconds <= 0.0 {
        return Err(EarError::Nothing("There is nothing in this recording.".into()));
    }
    let rhythm = found.rhythm;
    let (beat, bar) = (rhythm.meter.beat(), rhythm.meter.bar());
    let last = rhythm.tempo.tick_at(found.seconds).max(1.0).ceil() as u32;
    let bars = last.div_ceil(bar).max(1);
    let sections = gapless(found.sections.0, bars * bar);
    let end = sections.last().map_or(bars * bar, Section::end);
    let (key, key_sure) = found.key;
    let heard: Vec<HeardNote> = found.melody.iter().chain(found.notes).copied().collect();
    let grid = Grid::fit(&rhythm.tempo, beat, last.min(end), &heard);
    let parts = parts::of(found.melody, found.notes, &grid);
    let chords = harmony::spans(found.chords, &rhythm.tempo, beat, end, key);
    let (style, labels) = style::guess(&style::Signs {
        bpm: rhythm.tempo.bpm_at(last / 2),
        percussive: rhythm.percussive,
        brightness_hz: found.brightness_hz,
        chords: found.chords,
        key,
    });
    let gender = match found.voice_pitch {
        p if p <= 0.0 => "",
        p if p < GENDER => "Male",
        _ => "Female",
    };
    let score = Score {
        version: VERSION,
        seed: 0,
        title: String::new(),
        style: style.into(),
        labels: Labels {
            gender: gender.into(),
            ..labels
        },
        meter: rhythm.meter,
        tempo: rhythm.tempo.clone(),
        key,
        modulations: Vec::new(),
        seconds: found.seconds,
        sections,
        chords,
        vocal: None,
        parts,
        master: Master {
            lufs: found.loudness.0,
            ..Master::default()
        },
        brief: Brief::default(),
        patch: None,
        joins: None,
        reels: vec![Reel::plain("", Track::Whole, 0.0, found.seconds, 0.0)],
        heard: Some(Heard {
            lufs: found.loudness.0,
            peak_dbtp: found.loudness.1,
            voice: found.voice,
            voice_pitch: found.voice_pitch,
            percussive: rhythm.percussive,
            brightness_hz: found.brightness_hz,
            tempo: unit(rhythm.tempo_confidence),
            meter: unit(rhythm.meter_confidence),
            key: unit(key_sure),
            chords: mean(found.chords.iter().map(|c| (c.confidence, c.to - c.from))),
            sections: unit(found.sections.1),
            melody: mean(found.melody.iter().map(|n| (n.confidence, n.seconds()))),
        }),
    };
    score.check().map_err(|e| EarError::Run {
        name: "the assembly",
        cause: e.to_string(),
    })?;
    Ok(score)
}

/// The sections without gaps from tick 0, to the end of the recording at least.
fn gapless(mut sections: Vec<Section>, end: u32) -> Vec<Section> {
    sections.retain(|s| s.length > 0);
    sections.sort_by_key(|s| s.start);
    let mut at = 0;
    for section in &mut sections {
        let stop = section.end().max(at + 1);
        section.start = at;
        section.length = stop - at;
        at = stop;
    }
    match sections.last_mut() {
        Some(last) if last.end() < end => last.length = end - last.start,
        Some(_) => {}
        None => sections.push(Section {
            name: "Verse".into(),
            role: Role::Verse,
            start: 0,
            length: end,
            energy: 0.5,
        }),
    }
    sections
}

/// A confidence as a number 0–1; what is no number and minus nought are nought.
fn unit(sure: f32) -> f32 {
    if sure > 0.0 { sure.min(1.0) } else { 0.0 }
}

/// Weighted mean, 0 of nothing.
fn mean(values: impl Iterator<Item = (f32, f64)>) -> f32 {
    let (mut sum, mut weight) = (0.0, 0.0);
    for (value, w) in values {
        sum += f64::from(value) * w;
        weight += w;
    }
    if weight > 0.0 { unit((sum / weight) as f32) } else { 0.0 }
}

#[cfg(test)]
mod tests;
