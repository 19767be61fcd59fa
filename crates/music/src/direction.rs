//! The direction: everything decided before the first note — style, tempo, key, energy, who sings,
//! what plays, how it is mixed. Labels and words meet the styles here.

use std::collections::BTreeMap;

use catbird_score::{Brief, Channel, Dice, Gender, Key, Labels, Master, Meter, Mode, Role, Singer, WishKind};

use crate::{
    instruments,
    style::{self, Style},
    vocabulary::{self, Touch},
};

/// The musical decisions a brief leads to.
#[derive(Clone, Debug)]
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
    /// The voice's place in the mix.
    pub vocal_channel: Channel,
    /// Master settings.
    pub master: Master,
    /// Which notes swing: 8 eighths, 16 sixteenths.
    pub swing_unit: u8,
    /// A second style that lends melodic players and chord charts.
    pub lender: Option<String>,
    /// The form an instrumental of this style likes: roles and bars.
    pub plan: Vec<(Role, u32)>,
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
}

impl Direction {
    /// The style it names.
    ///
    /// # Panics
    /// Never for a direction made by [`resolve`], which names styles that exist.
    pub fn leader(&self) -> &'static Style {
        style::find(&self.style).expect("a direction names a style that exists")
    }

    /// The lending style, if any.
    pub fn lending(&self) -> Option<&'static Style> {
        style::find(self.lender.as_deref()?)
    }
}

/// Several words pull at one knob: opposite ones cancel, many alike do not overshoot.
fn pull(touches: &[(f64, Touch)], knob: impl Fn(&Touch) -> f32) -> f32 {
    let (mut sum, mut count) = (0.0, 0.0_f32);
    for (weight, touch) in touches {
        let value = knob(touch);
        if value != 0.0 {
            sum += value * *weight as f32;
            count += 1.0;
        }
    }
    if count > 0.0 { sum / count.powf(0.6) } else { 0.0 }
}

fn mean(touches: &[(f64, Touch)], knob: impl Fn(&Touch) -> Option<f64>) -> Option<f64> {
    let (mut sum, mut weights) = (0.0, 0.0);
    for (weight, touch) in touches {
        if let Some(value) = knob(touch) {
            sum += value * weight;
            weights += weight;
        }
    }
    (weights > 0.0).then(|| sum / weights)
}

fn collect(touches: &[(f64, Touch)], list: impl Fn(&Touch) -> &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in touches.iter().flat_map(|(_, t)| list(t)) {
        if !out.contains(word) {
            out.push(word.clone());
        }
    }
    out
}

/// Decides. `predicted` stands in for labels the caller left open (all empty for instrumentals).
pub fn resolve(brief: &Brief, predicted: &Labels) -> Direction {
    let instrumental = brief.lyrics.is_none();
    let (mut touches, reading) = vocabulary::of_brief(brief);
    let requested = |kind| brief.words(kind).next().map(str::to_owned);
    let predict = |kind, label: &str, touches: &mut Vec<(f64, Touch)>| {
        if requested(kind).is_none()
            && let Some(touch) = vocabulary::look_up(kind, label)
        {
            touches.push((0.6, touch.clone()));
        }
    };
    let said_style = touches.iter().any(|(_, t)| t.styles.values().any(|w| *w >= 0.8));
    if !said_style {
        predict(WishKind::Genre, &predicted.genre, &mut touches);
    }
    predict(WishKind::Mood, &predicted.mood, &mut touches);
    let said_voice = reading.touches.iter().any(|t| t.voice.is_some());
    if !said_voice && !instrumental {
        predict(WishKind::Timbre, &predicted.timbre, &mut touches);
    }

    let (leader, lender) = blend(&touches);
    let gender = brief
        .voice
        .gender
        .or_else(|| preset_gender(brief.voice.preset.as_deref()))
        .or_else(|| touches.iter().find_map(|(_, t)| t.gender))
        .or(match predicted.gender.as_str() {
            "Male" => Some(Gender::Male),
            "Female" => Some(Gender::Female),
            _ => None,
        })
        .unwrap_or(Gender::Female);
    let timbre = requested(WishKind::Timbre).unwrap_or_else(|| predicted.timbre.clone());
    let singer = singer(gender, brief.voice.preset.as_deref(), &timbre, &touches);
    let labels = Labels {
        genre: requested(WishKind::Genre).unwrap_or_else(|| {
            if said_style || predicted.genre.is_empty() {
                leader.label.clone()
            } else {
                predicted.genre.clone()
            }
        }),
        mood: requested(WishKind::Mood).unwrap_or_else(|| {
            if predicted.mood.is_empty() {
                "Chill".to_owned()
            } else {
                predicted.mood.clone()
            }
        }),
        gender: if instrumental {
            String::new()
        } else {
            gender_label(gender).to_owned()
        },
        timbre: if instrumental { String::new() } else { timbre },
    };

    let seed = brief.take_seed();
    let energy = (leader.energy + pull(&touches, |t| t.energy)).clamp(0.05, 1.0);
    let (bpm, bpm_fixed) = match brief.bpm.or(reading.bpm) {
        Some(bpm) => (bpm.clamp(40.0, 220.0), true),
        None => (tempo(leader, &touches, &mut Dice::new(seed, "tempo")), false),
    };
    let asked_key = brief.key.as_deref().and_then(vocabulary::key).or(reading.key);
    let key = choose_key(leader, lender, asked_key, &touches, &singer, instrumental, seed);
    let without = collect(&touches, |t| &t.without);
    let keep = |list: Vec<String>| -> Vec<String> {
        list.into_iter()
            .filter(|i| !without.contains(i) && instruments::find(i).is_some())
            .collect()
    };
    let swing = mean(&touches, |t| t.swing.map(f64::from))
        .map_or(leader.swing, |s| s as f32)
        .clamp(0.5, 0.68);
    let recipes: Vec<&String> = leader.forms.iter().collect();
    let plan = Dice::new(seed, "plan")
        .pick(&recipes)
        .map_or_else(Vec::new, |r| style::form(r));
    let rap = touches.iter().find_map(|(_, t)| t.rap).unwrap_or(leader.rap);
    let syllables = mean(&touches, |t| t.syllables.map(f64::from)).unwrap_or(1.0) as f32;
    let drums = touches
        .iter()
        .filter_map(|(_, t)| t.drums)
        .fold(None, |a: Option<f32>, d| {
            // "No drums" from a mood yields to an instrument list that asks for drums.
            Some(a.map_or(d, |a| if a.max(d) >= 0.95 { a.max(d) } else { a.min(d) }))
        });
    let drums = if reading.touches.iter().any(|t| t.drums == Some(0.0)) {
        Some(0.0)
    } else {
        drums
    };
    Direction {
        style: leader.id.clone(),
        labels,
        bpm,
        bpm_fixed,
        meter: Meter::COMMON,
        swing,
        swing_unit: leader.swing_unit,
        key,
        energy,
        syllables_per_beat: (leader.syllables_per_beat * syllables * if rap && !leader.rap { 1.8 } else { 1.0 })
            .clamp(0.8, 4.0),
        rap,
        vocal_channel: vocal_channel(leader, &touches),
        master: master(leader, &touches, energy),
        lender: lender.map(|s| s.id.clone()),
        plan,
        colour: (leader.colour + pull(&touches, |t| t.colour)).clamp(-1.0, 1.0),
        density: pull(&touches, |t| t.density).clamp(-0.6, 0.6),
        drums: drums.unwrap_or(1.0),
        groove: touches.iter().find_map(|(_, t)| t.groove.clone()),
        asked: keep(collect(&touches, |t| &t.add)),
        leads: keep(collect(&touches, |t| &t.lead)),
        without: without.clone(),
        ornaments: collect(&touches, |t| &t.ornaments),
        legato: pull(&touches, |t| t.legato).clamp(-0.6, 0.8),
        register: pull(&touches, |t| f32::from(t.register)).round().clamp(-12.0, 12.0) as i8,
        singer,
        instrumental,
    }
}

/// The style with most votes leads; a strong second lends.
fn blend(touches: &[(f64, Touch)]) -> (&'static Style, Option<&'static Style>) {
    let mut votes: BTreeMap<&str, f64> = BTreeMap::new();
    for (weight, touch) in touches {
        for (id, share) in &touch.styles {
            *votes.entry(id.as_str()).or_default() += weight * share;
        }
    }
    let mut ranked: Vec<(&str, f64)> = votes.into_iter().filter(|(id, _)| style::find(id).is_some()).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
    let pop = &style::all()[0];
    let leader = ranked
        .first()
        .filter(|(_, v)| *v >= 0.15)
        .and_then(|(id, _)| style::find(id))
        .unwrap_or(pop);
    let lender = ranked
        .iter()
        .find(|(id, v)| *id != leader.id && *v >= 0.15 && *v >= ranked[0].1 * 0.3)
        .and_then(|(id, _)| style::find(id));
    (leader, lender)
}

fn tempo(style: &Style, touches: &[(f64, Touch)], dice: &mut Dice) -> f64 {
    let [low, usual, high] = style.tempo;
    let base = mean(touches, |t| t.bpm).unwrap_or(usual);
    let factor = f64::from(1.0 + pull(touches, |t| t.tempo.map_or(0.0, |f| f as f32 - 1.0)));
    let drawn = base * (1.0 + 0.035 * dice.normal().clamp(-2.0, 2.0));
    (drawn * factor).clamp(low * 0.72, high * 1.25).round()
}

fn choose_key(
    leader: &Style,
    lender: Option<&Style>,
    asked: Option<(u8, Option<Mode>)>,
    touches: &[(f64, Touch)],
    singer: &Singer,
    instrumental: bool,
    seed: u64,
) -> Key {
    let mut dice = Dice::new(seed, "key");
    let mut votes: Vec<(Mode, f64)> = Vec::new();
    for (weight, mode) in touches.iter().filter_map(|(w, t)| Some((*w, t.mode?))) {
        match votes.iter_mut().find(|(m, _)| *m == mode) {
            Some((_, total)) => *total += weight,
            None => votes.push((mode, weight)),
        }
    }
    let drawn = {
        // A lender with a scale of its own (pentatonic) gives the piece its colour.
        let modes = match lender {
            Some(l) if l.modes.iter().all(|(m, _)| m.steps().len() == 5) => &l.modes,
            _ => &leader.modes,
        };
        let weights: Vec<f64> = modes.iter().map(|m| m.1).collect();
        modes[dice.weighted(&weights)].0
    };
    // The strongest vote; of equals the one named first.
    let voted = votes.iter().rev().max_by(|a, b| a.1.total_cmp(&b.1)).map(|v| v.0);
    let mode = asked.and_then(|a| a.1).or(voted).unwrap_or(drawn);
    let tonic = asked.map_or_else(
        || {
            let weights: Vec<f64> = (0..12u8)
                .map(|pc| {
                    let liked = leader.tonics.is_empty() || leader.tonics.contains(&pc);
                    // A sung line lives between the fourth below and the sixth above a tonic that
                    // lies in the lower half of the singer's range.
                    let fits = instrumental || (singer.low + 3..=singer.low + 9).any(|p| p % 12 == pc);
                    (if liked { 1.0 } else { 0.12 }) * (if fits { 1.0 } else { 0.08 })
                })
                .collect();
            dice.weighted(&weights) as u8
        },
        |a| a.0,
    );
    Key { tonic, mode }
}

fn master(style: &Style, touches: &[(f64, Touch)], energy: f32) -> Master {
    let mix = style.mix;
    Master {
        lufs: -14.0,
        ceiling_dbtp: -1.0,
        reverb_seconds: (mix.reverb_seconds + pull(touches, |t| t.reverb)).clamp(0.3, 5.0),
        reverb_db: (mix.reverb_db + pull(touches, |t| t.wet_db)).clamp(-12.0, 8.0),
        delay_beats: mix.delay_beats,
        width: (mix.width + pull(touches, |t| t.width)).clamp(0.6, 1.45),
        low_db: (mix.low_db + pull(touches, |t| t.low_db)).clamp(-6.0, 6.0),
        high_db: (mix.high_db + pull(touches, |t| t.high_db)).clamp(-8.0, 6.0),
        glue: (mix.glue + 0.25 * (energy - style.energy) + pull(touches, |t| t.glue)).clamp(0.0, 0.9),
        drive: (mix.drive + pull(touches, |t| t.drive)).clamp(0.0, 0.8),
        lofi: (mix.lofi + pull(touches, |t| t.lofi)).clamp(0.0, 1.0),
    }
}

fn vocal_channel(style: &Style, touches: &[(f64, Touch)]) -> Channel {
    let mix = style.mix;
    let voice = |knob: fn(&vocabulary::VoiceTouch) -> f32| pull(touches, |t| t.voice.as_ref().map_or(0.0, knob));
    Channel {
        gain_db: mix.vocal_db + voice(|v| v.gain_db),
        pan: 0.0,
        width: 1.0,
        reverb: (mix.vocal_reverb + voice(|v| v.reverb) + 0.03 * pull(touches, |t| t.wet_db)).clamp(0.0, 0.6),
        delay: (mix.vocal_delay + voice(|v| v.delay)).clamp(0.0, 0.5),
        low_cut_hz: 90.0,
        tilt_db: 0.0,
        duck_db: 0.0,
    }
}

fn gender_label(gender: Gender) -> &'static str {
    match gender {
        Gender::Female => "Female",
        Gender::Male => "Male",
    }
}

fn preset_gender(preset: Option<&str>) -> Option<Gender> {
    match preset?.to_lowercase().as_str() {
        "female" | "alto" | "soprano" => Some(Gender::Female),
        "male" | "tenor" | "baritone" => Some(Gender::Male),
        _ => None,
    }
}

/// The presets: formant warp and range. Tops are moderate: words blur above C5.
fn singer(gender: Gender, preset: Option<&str>, timbre: &str, touches: &[(f64, Touch)]) -> Singer {
    let preset = preset
        .map(str::to_lowercase)
        .filter(|p| preset_gender(Some(p)) == Some(gender));
    let default = gender_label(gender).to_lowercase();
    let (name, warp, low, high) = match preset.as_deref() {
        Some("alto") => ("alto", 0.97, 55, 70),
        Some("soprano") => ("soprano", 1.05, 60, 76),
        Some("tenor") => ("tenor", 0.88, 48, 64),
        Some("baritone") => ("baritone", 0.82, 43, 58),
        _ if gender == Gender::Female => ("female", 1.0, 57, 74),
        _ => ("male", 0.86, 45, 62),
    };
    let mut singer = Singer {
        name: format!(
            "{} {}",
            if name == default { default.as_str() } else { name },
            plain(timbre)
        )
        .trim()
        .to_owned(),
        gender,
        low,
        high,
        warp,
        tilt_db: 0.0,
        breath: 0.05,
        vibrato_cents: 40.0,
        vibrato_hz: 5.6,
        glide_ms: 90.0,
        drive: 0.0,
        electric: 0.0,
        density: 0.25,
    };
    for (weight, v) in touches.iter().filter_map(|(w, t)| Some((*w as f32, t.voice?))) {
        if v.warp > 0.0 {
            singer.warp *= 1.0 + (v.warp - 1.0) * weight;
        }
        if v.vibrato > 0.0 {
            singer.vibrato_cents *= 1.0 + (v.vibrato - 1.0) * weight;
        }
        singer.tilt_db += v.tilt_db * weight;
        singer.breath = if v.breath >= 0.0 {
            singer.breath.max(v.breath * weight)
        } else {
            singer.breath + v.breath * weight
        };
        singer.glide_ms += v.glide_ms * weight;
        singer.drive = singer.drive.max(v.drive * weight);
        singer.electric = singer.electric.max(v.electric * weight);
        singer.density += v.density * weight;
        let shift = (f32::from(v.range) * weight).round() as i8;
        singer.low = singer.low.saturating_add_signed(shift);
        singer.high = singer.high.saturating_add_signed(shift);
    }
    singer.warp = singer.warp.clamp(0.76, 1.2);
    singer.tilt_db = singer.tilt_db.clamp(-4.0, 4.0);
    singer.breath = singer.breath.clamp(0.02, 0.4);
    singer.vibrato_cents = singer.vibrato_cents.clamp(0.0, 80.0);
    singer.glide_ms = singer.glide_ms.clamp(30.0, 220.0);
    singer.density = singer.density.clamp(0.0, 1.0);
    singer.high = singer.high.min(77);
    singer
}

/// `Sweet_AUDIO_TIMBRE` → `sweet`.
fn plain(timbre: &str) -> String {
    timbre.trim_end_matches("_AUDIO_TIMBRE").to_lowercase()
}
