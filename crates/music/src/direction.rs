//! The direction: everything decided before the first note — style, tempo, key, energy, who sings,
//! what plays, how it is mixed. Labels and words meet the styles here.
//!
//! Two dials turn all of it: `style_weight` (how far tags pull: 0.5 as a label would, 1 to the letter) and
//! `weirdness` (here [`Direction::oddity`], 0 at its middle). At their middles both do nothing.

mod blend;
mod mix;
mod naming;
mod oddity;
mod pace;
mod pull;
mod space;
mod tonality;
pub(crate) mod voice;

use catbird_score::{Brief, Channel, Dice, Key, Labels, Master, Meter, Role, Singer, WishKind};

use crate::{
    instruments,
    style::{self, Style},
    vocabulary::{self, Facet, Said, Source},
};
pub(crate) use naming::GENRES;
use pull::{collect, mean, pull};

/// The musical decisions a brief leads to.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a decision of its own")]
pub struct Direction {
    /// Id of the style.
    pub style: String,
    /// What a listener would call it; requested labels verbatim, the others predicted.
    pub labels: Labels,
    /// Quarter notes a minute wished for; the form may bend it by a few percent to hit a length.
    pub bpm: f64,
    /// Whether the caller fixed the tempo (then lengths are met by bars and ring-out alone).
    pub bpm_fixed: bool,
    /// Metre.
    pub meter: Meter,
    /// Share of a beat the first of two swung eighths takes: 0.5 straight – 0.67 triplet.
    pub swing: f32,
    /// Key and mode.
    pub key: Key,
    /// Overall energy 0–1.
    pub energy: f32,
    /// Notes a beat the sung line is written in: 1 ballad – 2 pop – 4 rap.
    pub syllables_per_beat: f32,
    /// Whether words are rapped: narrow range, sixteenth grid.
    pub rap: bool,
    /// Who sings.
    pub singer: Singer,
    /// Who sings the other part where there are two.
    pub partner: Singer,
    /// Two singers share lyrics that do not say who sings what.
    pub duet: bool,
    /// More (+) or fewer (−) backing voices than the style has.
    pub backing: f32,
    /// How likely a held syllable is turned around, 0 – 1.
    pub melisma: f32,
    /// Whether choruses are sung where verses are rapped.
    pub sung_hook: bool,
    /// The voice's place in the mix.
    pub vocal_channel: Channel,
    /// Master settings.
    pub master: Master,
    /// Which notes swing: 8 eighths, 16 sixteenths.
    pub swing_unit: u8,
    /// A second style that lends melodic players and chord charts.
    pub lender: Option<String>,
    /// The forms an instrumental of this style likes, the one it would rather have first: roles and bars.
    pub plans: Vec<Vec<(Role, u32)>>,
    /// Harmony colour: −1 power chords – 0 as written – 1 ninths.
    pub colour: f32,
    /// Fewer (−) or more (+) notes.
    pub density: f32,
    /// Share of the drums, 0 – 1.
    pub drums: f32,
    /// A groove asked for by name.
    pub groove: Option<String>,
    /// Catalogue keys of instruments that must play, most wanted first.
    pub asked: Vec<String>,
    /// Catalogue keys of instruments that may lead.
    pub leads: Vec<String>,
    /// Catalogue keys of instruments that must not play.
    pub without: Vec<String>,
    /// Ornaments by name.
    pub ornaments: Vec<String>,
    /// Longer (+) or shorter (−) notes.
    pub legato: f32,
    /// Lead register, semitones.
    pub register: i8,
    /// Whether nobody sings.
    pub instrumental: bool,
    /// How unusual: −1 by the book – 0 as the style does – 1 experimental.
    pub oddity: f32,
}

impl Direction {
    /// The style it names.
    ///
    /// # Panics
    /// Never for a direction made by [`resolve`], which names styles that exist.
    pub fn leader(&self) -> &'static Style {
        style::find(&self.style).expect("a direction names a style that exists")
    }

    /// Energy that was asked for beyond the style's own, −1 to 1.
    pub fn asked_energy(&self) -> f32 {
        self.energy - self.leader().energy
    }

    /// The lending style, if any.
    pub fn lending(&self) -> Option<&'static Style> {
        style::find(self.lender.as_deref()?)
    }
}

/// Weight of what nobody said but the lyrics suggest.
const PREDICTED: f64 = 0.6;

/// Decides. `predicted` stands in for labels the caller left open (all empty for instrumentals).
pub fn resolve(brief: &Brief, predicted: &Labels) -> Direction {
    let wants = vocabulary::of_brief(brief);
    let instrumental = brief.lyrics.is_none() || wants.tags.voiceless;
    let strict = f64::from(brief.style_weight.unwrap_or(0.5).clamp(0.0, 1.0));
    let oddity = oddity::of(brief.weirdness);
    let mut said = wants.said.clone();
    let requested = |kind| brief.words(kind).next().map(str::to_owned);
    // What tags speak of is not predicted; where they only pull loosely, some of it comes through.
    let loose = (1.0 - 2.0 * strict).max(0.0);
    let named = |facet| wants.named(facet).is_some();
    let mut predict = |kind, label: &str, spoken: bool| {
        let weight = PREDICTED * if spoken { loose } else { 1.0 };
        if requested(kind).is_none()
            && weight > 0.0
            && let Some(touch) = vocabulary::look_up(kind, label)
        {
            said.push(Said {
                weight,
                vote: PREDICTED,
                source: Source::Predicted,
                touch: touch.clone(),
            });
        }
    };
    let strong = |s: &Said| {
        s.touch
            .styles
            .values()
            .any(|w| *w >= if s.source == Source::Tags { 0.4 } else { 0.8 })
    };
    let said_style = wants.said.iter().any(strong);
    let style_in_tags = wants.said.iter().any(|s| s.source == Source::Tags && strong(s));
    if !said_style || style_in_tags {
        predict(WishKind::Genre, &predicted.genre, style_in_tags);
    }
    predict(WishKind::Mood, &predicted.mood, named(Facet::Mood));
    let said_voice = wants.description.found.iter().any(|f| f.touch.voice.is_some());
    let voice_in_tags = wants.tags.found.iter().any(|f| f.touch.voice.is_some() && !f.refused);
    if (!said_voice || voice_in_tags) && !instrumental {
        predict(WishKind::Timbre, &predicted.timbre, voice_in_tags);
    }

    let (leader, lender) = blend::blend(&said, style_in_tags, strict, oddity);
    let seed = brief.take_seed();
    let cast = voice::cast(
        brief,
        predicted,
        &said,
        requested(WishKind::Timbre).as_ref(),
        &wants,
        seed,
    );
    let labels = naming::labels(brief, predicted, &wants, leader, said_style, &cast, instrumental);

    let energy = (leader.energy + pull(&said, |t| t.energy)).clamp(0.05, 1.0);
    let (bpm, bpm_fixed) = match brief.bpm.or(wants.bpm()) {
        Some(bpm) => (bpm.clamp(40.0, 220.0), true),
        None => (pace::tempo(leader, &said, strict, oddity, seed), false),
    };
    let asked_key = brief
        .key
        .as_deref()
        .and_then(vocabulary::key)
        .or(wants.tags.key)
        .or(wants.description.key);
    let key = tonality::choose(leader, lender, asked_key, &said, &cast.singer, instrumental, seed);
    let without = collect(&said, |t| &t.without);
    let keep = |list: Vec<String>| -> Vec<String> {
        list.into_iter()
            .filter(|i| !without.contains(i) && instruments::find(i).is_some())
            .collect()
    };
    let mut asked = keep(collect(&said, |t| &t.add));
    if !without.is_empty()
        && let Some(key) = blend::stand_in(leader, &without, &asked)
    {
        asked.push(key);
    }
    let plain = collect(&said, |t| &t.plain);
    let mut ornaments: Vec<String> = pull::in_part(&said, strict, |t| &t.ornaments);
    ornaments.retain(|o| !plain.contains(o));
    let mut leads = keep(pull::in_part(&said, strict, |t| &t.lead));
    oddity::guests(oddity, seed, leader, &without, &mut asked, &mut leads, instrumental);
    let plans = plans(leader, oddity, seed);
    let rap = said
        .iter()
        .rev()
        .filter(|s| s.source == Source::Tags)
        .find_map(|s| s.touch.rap.filter(|r| !r))
        .or_else(|| said.iter().find_map(|s| s.touch.rap))
        .unwrap_or(leader.rap);
    let syllables = pace::towards(1.0, mean(&said, |t| t.syllables.map(f64::from)), strict, style_in_tags) as f32;
    Direction {
        style: leader.id.clone(),
        labels,
        bpm,
        bpm_fixed,
        meter: Meter::COMMON,
        swing: (pace::towards(
            f64::from(leader.swing),
            mean(&said, |t| t.swing.map(f64::from)),
            strict,
            style_in_tags,
        ) as f32)
            .clamp(0.5, 0.68),
        swing_unit: leader.swing_unit,
        key,
        energy,
        syllables_per_beat: (leader.syllables_per_beat * syllables * if rap && !leader.rap { 1.8 } else { 1.0 })
            .clamp(0.8, 4.0),
        rap,
        vocal_channel: mix::vocal_channel(leader, &said),
        master: mix::master(leader, &said, energy),
        lender: lender.map(|s| s.id.clone()),
        plans,
        colour: (leader.colour + pull(&said, |t| t.colour) + oddity::colour(oddity)).clamp(-1.0, 1.0),
        density: pull(&said, |t| t.density).clamp(-0.6, 0.6),
        drums: drums(&said, &wants),
        groove: groove(&said, strict),
        asked,
        leads,
        without,
        ornaments,
        legato: pull(&said, |t| t.legato).clamp(-0.6, 0.8),
        register: pull(&said, |t| f32::from(t.register)).round().clamp(-12.0, 12.0) as i8,
        partner: cast.partner,
        duet: said.iter().any(|s| s.touch.duet && s.weight > 0.0),
        backing: pull(&said, |t| t.backing).clamp(-1.5, 1.0),
        melisma: (leader.melisma + pull(&said, |t| t.voice.as_ref().map_or(0.0, |v| v.melisma))).clamp(0.0, 0.9),
        sung_hook: !leader.rap || Dice::new(seed, "hook").chance(leader.sung_hook),
        singer: cast.singer,
        instrumental,
        oddity,
    }
}

/// Share of the drums. "No drums" from a mood yields to a list that asks for drums, never to "no drums".
fn drums(said: &[Said], wants: &vocabulary::Wants) -> f32 {
    let refused = wants
        .tags
        .found
        .iter()
        .chain(&wants.description.found)
        .any(|f| f.touch.drums == Some(0.0));
    let voted = said
        .iter()
        .filter_map(|s| s.touch.drums)
        .fold(None, |a: Option<f32>, d| {
            Some(a.map_or(d, |a| if a.max(d) >= 0.95 { a.max(d) } else { a.min(d) }))
        });
    if refused { 0.0 } else { voted.unwrap_or(1.0) }
}

/// The groove asked for first; a word's own pattern is left out where tags pull only loosely.
fn groove(said: &[Said], strict: f64) -> Option<String> {
    said.iter()
        .filter(|s| s.source != Source::Tags || strict >= 0.25)
        .find_map(|s| s.touch.groove.clone())
}

/// The style's forms in an order of the seed's, bent as far as the piece is odd.
fn plans(leader: &Style, oddity: f32, seed: u64) -> Vec<Vec<(Role, u32)>> {
    let mut dice = Dice::new(seed, "plan");
    let mut left: Vec<&String> = leader.forms.iter().collect();
    let mut out = Vec::new();
    while !left.is_empty() {
        let mut plan = style::form(left.remove(dice.below(left.len())));
        oddity::bend(&mut plan, oddity, seed);
        out.push(plan);
    }
    out
}
