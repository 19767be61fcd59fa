//! The score: the one truth of a song. Serialisable, versioned, stored next to every clip.

use serde::{Deserialize, Serialize};

use crate::{
    brief::Brief,
    chord::ChordSpan,
    instrument::Part,
    key::{Key, Mode},
    reel::{Heard, Reel},
    section::Section,
    time::{Meter, TempoMap, Tick},
    vocal::Vocal,
};

/// The format written today.
pub const VERSION: u32 = 1;

/// The four labels a listener would give the song: as requested, or as predicted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labels {
    /// Genre in the vocal vocabulary (`Pop`).
    pub genre: String,
    /// Mood (`Chill`).
    pub mood: String,
    /// `Female` or `Male`; empty for instrumentals.
    pub gender: String,
    /// Timbre of the voice; empty for instrumentals.
    pub timbre: String,
}

/// What the whole mix aims at.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Master {
    /// Integrated loudness, LUFS (ITU-R BS.1770).
    pub lufs: f32,
    /// True-peak ceiling, dBTP.
    pub ceiling_dbtp: f32,
    /// Reverb decay (RT60), seconds.
    pub reverb_seconds: f32,
    /// Reverb return level, dB.
    pub reverb_db: f32,
    /// Delay time in beats (0.75 = dotted eighth).
    pub delay_beats: f32,
    /// Stereo width of the mix, 0.5 narrow – 1.5 wide.
    pub width: f32,
    /// Low-shelf gain at 100 Hz, dB.
    pub low_db: f32,
    /// High-shelf gain at 8 kHz, dB.
    pub high_db: f32,
    /// Bus compression, 0 none – 1 heavy (loudness range shrinks).
    pub glue: f32,
    /// Bus saturation, 0 – 1.
    pub drive: f32,
    /// Tape and record character (wow, dulled highs), 0 – 1.
    pub lofi: f32,
}

impl Default for Master {
    fn default() -> Self {
        Self {
            lufs: -14.0,
            ceiling_dbtp: -1.0,
            reverb_seconds: 1.6,
            reverb_db: 0.0,
            delay_beats: 0.75,
            width: 1.0,
            low_db: 0.0,
            high_db: 0.0,
            glue: 0.3,
            drive: 0.0,
            lofi: 0.0,
        }
    }
}

/// A piece of music: form, harmony, every note and every syllable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Format version, [`VERSION`].
    pub version: u32,
    /// The seed it was composed with; also seeds noise and timing when it is played.
    pub seed: u64,
    /// Title.
    pub title: String,
    /// Id of the style it was written in.
    pub style: String,
    /// What a listener would call it.
    pub labels: Labels,
    /// Metre.
    pub meter: Meter,
    /// Ticks to seconds.
    pub tempo: TempoMap,
    /// The key at the beginning.
    pub key: Key,
    /// Later keys, by rising tick.
    pub modulations: Vec<(Tick, Key)>,
    /// Exact length of the file in seconds, ring-out included.
    pub seconds: f64,
    /// The form, gapless from tick 0.
    pub sections: Vec<Section>,
    /// The harmony, gapless.
    pub chords: Vec<ChordSpan>,
    /// The sung part; `None` for instrumentals.
    pub vocal: Option<Vocal>,
    /// The band.
    pub parts: Vec<Part>,
    /// Master settings.
    pub master: Master,
    /// What it was composed from: the direction of an edit is resolved from it, so that band, singer
    /// and mix stay those of the piece.
    #[serde(default)]
    pub brief: Brief,
    /// Set where an edit changed a span only: outside it the samples before the master are those of
    /// the piece as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch: Option<Box<Patch>>,
    /// Set when this is only a part of a longer piece.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joins: Option<Joins>,
    /// Where a recording sounds instead of the notes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reels: Vec<Reel>,
    /// Set when the score is not written but heard: of a recording that was brought in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard: Option<Heard>,
}

/// The piece as it was before a span of it was changed. Both are equally long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Patch {
    /// The piece before; it may itself be patched.
    pub base: Score,
    /// Where the new sound begins, seconds from the beginning of the file.
    pub from: f64,
    /// Where it has given way to the old one again, seconds.
    pub to: f64,
}

/// How a part belongs to the longer piece.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Joins {
    /// It continues another piece from here (a bar line of that piece).
    After {
        /// The bar line, in ticks of the earlier piece.
        tick: Tick,
        /// The same in seconds of the earlier piece's file.
        seconds: f64,
    },
    /// It is a section cut out of this piece.
    Inside {
        /// The whole.
        whole: Box<Score>,
    },
}

/// How much of the lyrics is sung.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Words in the lyrics.
    pub words: usize,
    /// Words with at least one note on every syllable.
    pub sung: usize,
}

/// A score that breaks its own rules; always a bug of whoever wrote it.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("invalid score: {0}")]
pub struct ScoreError(pub String);

/// What sums of seconds may be off, seconds.
const ROUNDING: f64 = 1e-6;

impl Score {
    /// A piece in which nothing is written yet: no form, no notes; 120 quarter notes a minute.
    pub fn empty(title: impl Into<String>, seconds: f64) -> Self {
        Self {
            version: VERSION,
            seed: 0,
            title: title.into(),
            style: String::new(),
            labels: Labels::default(),
            meter: Meter::COMMON,
            tempo: TempoMap::steady(120.0, 0.0),
            key: Key {
                tonic: 0,
                mode: Mode::Major,
            },
            modulations: Vec::new(),
            seconds,
            sections: Vec::new(),
            chords: Vec::new(),
            vocal: None,
            parts: Vec::new(),
            master: Master::default(),
            brief: Brief::default(),
            patch: None,
            joins: None,
            reels: Vec::new(),
            heard: None,
        }
    }

    /// The chord that sounds at `tick`, if any.
    pub fn chord_at(&self, tick: Tick) -> Option<&ChordSpan> {
        let after = self.chords.partition_point(|c| c.start <= tick);
        self.chords
            .get(after.checked_sub(1)?)
            .filter(|c| tick < c.start + c.length)
    }

    /// The section at `tick`, if any.
    pub fn section_at(&self, tick: Tick) -> Option<&Section> {
        self.sections.iter().find(|s| s.start <= tick && tick < s.end())
    }

    /// The key at `tick`.
    pub fn key_at(&self, tick: Tick) -> Key {
        self.modulations
            .iter()
            .rev()
            .find(|(t, _)| *t <= tick)
            .map_or(self.key, |(_, k)| *k)
    }

    /// The first tick after the last section.
    pub fn end(&self) -> Tick {
        self.sections.last().map_or(0, Section::end)
    }

    /// Words written against words sung.
    pub fn coverage(&self) -> Coverage {
        let words = self.vocal.iter().flat_map(|v| &v.lines).flat_map(|l| &l.words);
        let (mut total, mut sung) = (0, 0);
        for word in words {
            total += 1;
            sung += usize::from(!word.syllables.is_empty() && word.syllables.iter().all(|s| !s.notes.is_empty()));
        }
        Coverage { words: total, sung }
    }

    /// Checks what every reader relies on.
    ///
    /// # Errors
    /// The first rule that is broken, in words.
    pub fn check(&self) -> Result<(), ScoreError> {
        let fail = |text: String| Err(ScoreError(text));
        if self.version != VERSION {
            return fail(format!("version {} (this program reads {VERSION})", self.version));
        }
        if !(self.seconds.is_finite() && self.seconds > 0.0) {
            return fail(format!("length {} s", self.seconds));
        }
        let mut at = 0;
        for section in &self.sections {
            if section.start != at {
                return fail(format!(
                    "section {} starts at {} instead of {at}",
                    section.name, section.start
                ));
            }
            at = section.end();
        }
        if self.tempo.marks.first().is_none_or(|m| m.tick != 0) || self.tempo.marks.iter().any(|m| m.bpm <= 0.0) {
            return fail("tempo map".into());
        }
        for part in &self.parts {
            if part.notes.windows(2).any(|w| w[1].start < w[0].start) {
                return fail(format!("notes of {} out of order", part.id));
            }
            if let Some(n) = part
                .notes
                .iter()
                .find(|n| n.pitch > 127 || n.velocity == 0 || n.velocity > 127 || n.length == 0)
            {
                return fail(format!("note {n:?} of {}", part.id));
            }
        }
        let mut last = 0;
        for line in self.vocal.iter().flat_map(|v| &v.lines) {
            if line.section >= self.sections.len() {
                return fail(format!("line “{}” has no section", line.text));
            }
            for note in line.notes() {
                if note.start < last {
                    return fail(format!("two syllables at once in “{}”", line.text));
                }
                last = note.start + note.length;
            }
        }
        for chorister in self.vocal.iter().flat_map(|v| &v.backing) {
            let mut until = 0;
            for line in &chorister.lines {
                if line.section >= self.sections.len() {
                    return fail(format!("“{}” of {} has no section", line.text, chorister.name));
                }
                for note in line.notes() {
                    if note.start < until {
                        return fail(format!("{} sings two notes at once in “{}”", chorister.name, line.text));
                    }
                    until = note.start + note.length;
                }
            }
            if self.tempo.at(until) > self.seconds + ROUNDING {
                return fail(format!("{} sings after the end of the file", chorister.name));
            }
        }
        let Coverage { words, sung } = self.coverage();
        if words != sung {
            return fail(format!("{sung} of {words} words are sung"));
        }
        if self.tempo.at(last) > self.seconds + ROUNDING {
            return fail("the last word ends after the file".into());
        }
        for reel in &self.reels {
            let rising = reel.anchors.windows(2).all(|w| w[0][0] < w[1][0] && w[0][1] < w[1][1]);
            let inside = 0.0 <= reel.from && reel.from < reel.to && reel.to <= self.seconds + 1e-6;
            if reel.anchors.is_empty() || !rising || !inside {
                return fail(format!("reel {} to {} s of {}", reel.from, reel.to, reel.clip));
            }
        }
        if let Some(patch) = &self.patch {
            if patch.base.seconds != self.seconds || !(0.0 <= patch.from && patch.from < patch.to) {
                return fail(format!("patch {} to {} s", patch.from, patch.to));
            }
            patch.base.check()?;
        }
        Ok(())
    }
}
