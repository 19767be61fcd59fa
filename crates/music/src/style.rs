//! Styles: authored musical knowledge, one TOML file each under `data/styles/`.
//!
//! ```toml
//! id = "pop"                       # stable id, kept in the score
//! label = "Pop"                    # the vocal genre a listener would call it
//! tempo = [92, 112, 132]           # lowest, usual, highest quarter notes a minute
//! swing = 0.5                      # share of the first of two; 0.5 straight
//! swing_unit = 8                   # which notes swing: 8 or 16
//! modes = [["major", 3], ["minor", 1]]
//! colour = 0.1                     # −1 power chords, 0 as written, 1 ninths everywhere
//! forms = ["intro:4 verse:8 chorus:8 …"]      # role:bars, for instrumentals
//! [progressions.major]             # by mode family and section role; bars separated by |, chords
//! verse = ["I | V | vi | IV"]      # inside a bar by a space; a leading "2:" is a weight
//! [[groove]]                       # drums: one string a piece, 16 steps a bar (12 if triplet)
//! roles = ["verse"]  from = 0.0  to = 0.6  kick = "9…"    # digits = velocity, a b c = 25 50 75 % soft, A B C loud
//! [[fill]]                         # beats = 1, 2 or 4; 4 steps a beat
//! [[part]]                         # a player; figures by intensity: [[0.0, "x---x---"], [0.6, "x-x-x-x-"]]
//! ```
//! A figure's alphabet depends on the role; see `arrange/comp.rs` and `arrange/bass.rs`. `t:` before a
//! figure means twelve steps a bar.

mod check;
mod library;

use std::collections::BTreeMap;

use catbird_score::{Mode, PartRole, Role};
use serde::Deserialize;

pub use library::{StyleError, add, all, extras, find};

/// A player of a style: what it may hold in hand and what it plays when.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartPlan {
    /// Unique in the style.
    pub id: String,
    /// What it does.
    pub role: PartRole,
    /// Catalogue keys; one is drawn for each song.
    pub instruments: Vec<String>,
    /// Intensity from which it plays.
    #[serde(default)]
    pub enter: f32,
    /// Intensity from which it rests again.
    #[serde(default = "beyond")]
    pub leave: f32,
    /// Section roles it plays in; empty = all.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// Probability that the player is hired at all.
    #[serde(default = "one")]
    pub chance: f64,
    /// MIDI pitches it stays within (clipped to the instrument).
    #[serde(default)]
    pub register: Option<[u8; 2]>,
    /// Notes in its chords.
    #[serde(default = "three")]
    pub voices: usize,
    /// Figures, each from an intensity upwards.
    #[serde(default)]
    pub figures: Vec<(f32, String)>,
    /// Percussion lines (key name → grid).
    #[serde(default)]
    pub lines: BTreeMap<String, String>,
    /// Musical balance, dB.
    #[serde(default)]
    pub gain_db: f32,
    /// −1 left … 1 right.
    #[serde(default)]
    pub pan: f32,
    /// Stereo width factor.
    #[serde(default = "unit")]
    pub width: f32,
    /// Reverb send; the instrument's usual one when absent.
    #[serde(default)]
    pub reverb: Option<f32>,
    /// Delay send.
    #[serde(default)]
    pub delay: f32,
    /// Side-chain from the kick, dB.
    #[serde(default)]
    pub duck_db: f32,
    /// How far a low-pass closes in quiet sections and opens towards louder ones, 0–1.
    #[serde(default)]
    pub sweep: f32,
    /// Share of the step a note sounds, 1 = until the next.
    #[serde(default = "unit")]
    pub gate: f32,
    /// Plays in an intro from its first bar on instead of waiting for its middle.
    #[serde(default)]
    pub opens: bool,
    /// Keeps to its figures: without it every player is a little busier or calmer, higher or lower than written.
    #[serde(default)]
    pub steady: bool,
    /// An effect's occasion: `rise` (before louder sections), `land` (on them), `loop`. A lead's `double` keeps it
    /// silent while the voice sings, a counter's `answer` lets it speak in the rests of whoever leads.
    #[serde(default)]
    pub on: Option<String>,
}

fn one() -> f64 {
    1.0
}
fn unit() -> f32 {
    1.0
}
fn beyond() -> f32 {
    2.0
}
fn three() -> usize {
    3
}

/// A drum pattern.
#[derive(Clone, Debug, Deserialize)]
pub struct Groove {
    /// A name labels can ask for.
    #[serde(default)]
    pub name: String,
    /// Sections it suits; empty = any.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// Lowest intensity it suits.
    #[serde(default)]
    pub from: f32,
    /// Intensity it no longer suits.
    #[serde(default = "beyond")]
    pub to: f32,
    /// How often it is chosen.
    #[serde(default = "one")]
    pub weight: f64,
    /// Twelve steps a bar instead of sixteen.
    #[serde(default)]
    pub triplet: bool,
    /// Key name → grid.
    #[serde(flatten)]
    pub lines: BTreeMap<String, String>,
}

/// A drum fill.
#[derive(Clone, Debug, Deserialize)]
pub struct Fill {
    /// Its length, 1, 2 or 4 beats.
    pub beats: u32,
    /// Lowest intensity it suits.
    #[serde(default)]
    pub from: f32,
    /// Intensity it no longer suits.
    #[serde(default = "beyond")]
    pub to: f32,
    /// Key name → grid of four steps a beat.
    #[serde(flatten)]
    pub lines: BTreeMap<String, String>,
}

/// How a style is mixed.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mix {
    /// Reverb decay, seconds.
    pub reverb_seconds: f32,
    /// Reverb return, dB.
    pub reverb_db: f32,
    /// Delay in beats.
    pub delay_beats: f32,
    /// Stereo width.
    pub width: f32,
    /// Low shelf, dB.
    pub low_db: f32,
    /// High shelf, dB.
    pub high_db: f32,
    /// Bus compression.
    pub glue: f32,
    /// Saturation.
    pub drive: f32,
    /// Tape character.
    pub lofi: f32,
    /// The voice's reverb send.
    pub vocal_reverb: f32,
    /// The voice's delay send.
    pub vocal_delay: f32,
    /// The voice's fader, dB.
    pub vocal_db: f32,
}

impl Default for Mix {
    fn default() -> Self {
        Self {
            reverb_seconds: 1.6,
            reverb_db: 0.0,
            delay_beats: 0.75,
            width: 1.0,
            low_db: 0.0,
            high_db: 0.0,
            glue: 0.3,
            drive: 0.0,
            lofi: 0.0,
            vocal_reverb: 0.2,
            vocal_delay: 0.1,
            vocal_db: 1.0,
        }
    }
}

/// How a backing voice follows the lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackingLine {
    /// Thirds and fourths above.
    Above,
    /// Thirds to sixths below.
    Below,
    /// The same an octave lower or higher.
    Octave,
    /// The same, by a crowd.
    Gang,
}

/// Who sings along in a style: in choruses, from an intensity upwards.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Backing {
    /// Intensity from which the lead is doubled left and right; above 1 never.
    pub doubles: f32,
    /// Other voices, each from an intensity upwards.
    pub voices: Vec<(f32, BackingLine)>,
    /// How often the other voices hold vowels in calm pieces instead of singing the words.
    pub pads: f64,
    /// Share of the rests that are answered by a call.
    pub calls: f64,
    /// Whether bridges have backing, too.
    pub bridge: bool,
}

impl Default for Backing {
    fn default() -> Self {
        Self {
            doubles: 2.0,
            voices: Vec::new(),
            pads: 0.0,
            calls: 0.0,
            bridge: false,
        }
    }
}

/// How an instrumental melody moves in a style.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tune {
    /// Notes a beat in a verse.
    pub density: f32,
    /// 0 on the beat – 1 syncopated.
    pub syncopation: f32,
    /// Share of chromatic approach notes.
    pub chromatic: f32,
}

impl Default for Tune {
    fn default() -> Self {
        Self {
            density: 1.2,
            syncopation: 0.3,
            chromatic: 0.0,
        }
    }
}

/// A style.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Style {
    /// Stable id.
    pub id: String,
    /// The vocal genre label nearest to it.
    pub label: String,
    /// Words that mean this style and nothing else; they win over the vocabulary's.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What a musician would add to its name.
    #[serde(default)]
    pub details: Details,
    /// Lowest, usual and highest tempo.
    pub tempo: [f64; 3],
    /// Share of the first of two swung notes.
    #[serde(default = "straight")]
    pub swing: f32,
    /// Which notes swing, 8 or 16.
    #[serde(default = "eighths")]
    pub swing_unit: u8,
    /// Modes it likes, with weights.
    pub modes: Vec<(Mode, f64)>,
    /// Harmony colour.
    #[serde(default)]
    pub colour: f32,
    /// Natural energy.
    pub energy: f32,
    /// Tonics it likes, in sharps and flats of its players; empty = any.
    #[serde(default)]
    pub tonics: Vec<u8>,
    /// Forms for instrumentals.
    pub forms: Vec<String>,
    /// Probability that the last chorus is lifted.
    #[serde(default)]
    pub lift: f64,
    /// Probability that the drums drop out at the start of a bridge.
    #[serde(default)]
    pub breakdown: f64,
    /// Probability that everybody stops for the last beats before a louder section.
    #[serde(default)]
    pub stops: f64,
    /// One-bar rhythms (sixteenths: `x` onset, `-` held, `.` rest) its hooks are made of, beside the common ones.
    #[serde(default)]
    pub hooks: Vec<String>,
    /// Syllables a beat of sung lines.
    pub syllables_per_beat: f32,
    /// Whether words are rapped.
    #[serde(default)]
    pub rap: bool,
    /// Of a style that is rapped: how often its choruses are sung.
    #[serde(default)]
    pub sung_hook: f64,
    /// How likely a held syllable is turned around.
    #[serde(default)]
    pub melisma: f32,
    /// Who sings along.
    #[serde(default)]
    pub backing: Backing,
    /// Chord charts.
    pub progressions: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// The chord before the last one, by mode family (`major`, `minor`).
    #[serde(default)]
    pub cadence: BTreeMap<String, Vec<String>>,
    /// How late the snare sits and how loose the band plays, milliseconds.
    #[serde(default)]
    pub backbeat_ms: f32,
    /// Spread of onsets, milliseconds.
    #[serde(default = "tight")]
    pub loose_ms: f32,
    /// Instrumental melody.
    #[serde(default)]
    pub tune: Tune,
    /// Mix.
    #[serde(default)]
    pub mix: Mix,
    /// Drum patterns.
    #[serde(default)]
    pub groove: Vec<Groove>,
    /// Drum fills.
    #[serde(default)]
    pub fill: Vec<Fill>,
    /// The players.
    pub part: Vec<PartPlan>,
}

fn straight() -> f32 {
    0.5
}
fn eighths() -> u8 {
    8
}
fn tight() -> f32 {
    6.0
}

/// What goes with a style's name in a list of style words.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Details {
    /// Kinds of it.
    pub kin: Vec<String>,
    /// Who plays.
    pub players: Vec<String>,
    /// How it feels.
    pub moods: Vec<String>,
    /// How it is recorded.
    pub finish: Vec<String>,
    /// Who sings.
    pub voices: Vec<String>,
}

/// Grooves and players that labels can add to any style.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extras {
    /// Named grooves.
    pub groove: Vec<Groove>,
    /// Fills for styles without their own.
    pub fill: Vec<Fill>,
    /// Ornaments: players by name.
    pub ornament: Vec<PartPlan>,
    /// Progressions of modes that a style has none for.
    pub progressions: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

/// A chord chart with its weight: `2: I | IV` → (2, "I | IV"); a weight that is no number is none.
pub fn weighted(chart: &str) -> (f64, &str) {
    match chart.split_once(':') {
        Some((w, rest)) => (w.trim().parse().unwrap_or(f64::NAN), rest.trim()),
        None => (1.0, chart.trim()),
    }
}

/// A form recipe: `intro:4 verse:8` → roles and bars.
pub fn form(recipe: &str) -> Vec<(Role, u32)> {
    recipe
        .split_whitespace()
        .filter_map(|word| {
            let (role, bars) = word.split_once(':')?;
            Some((role_named(role)?, bars.parse().ok()?))
        })
        .collect()
}

/// The key of a role in the style files.
pub fn role_key(role: Role) -> &'static str {
    match role {
        Role::Intro => "intro",
        Role::Verse => "verse",
        Role::PreChorus => "pre_chorus",
        Role::Chorus => "chorus",
        Role::Bridge => "bridge",
        Role::Inst => "inst",
        Role::Outro => "outro",
    }
}

fn role_named(name: &str) -> Option<Role> {
    [
        Role::Intro,
        Role::Verse,
        Role::PreChorus,
        Role::Chorus,
        Role::Bridge,
        Role::Inst,
        Role::Outro,
    ]
    .into_iter()
    .find(|r| role_key(*r) == name)
}

#[cfg(test)]
mod tests;
