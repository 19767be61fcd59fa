//! A cover: the same melody, words and form in another style, with another band and, as a rule, another
//! voice. How close it stays is the caller's: at 0 tempo and chords are the new style's, at 1 those of
//! the source.

use catbird_score::{Brief, Note, PartRole, Score, Singer, SungLine, Tick, Vocal, VoiceWish};

use super::{
    cut,
    frame::{self, Frame},
    phrasing, pulse, recorded, setting,
    underlay::{self, Strain},
};
use crate::{
    arrange::band,
    choir::{self, duet},
    compose::ComposeError,
    direction::Direction,
    harmony::fitting,
    instruments,
    lyrics::Lyrics,
    style,
    words::{self, UnknownWords},
};

/// A cover is at most this much slower or faster than its source.
const SLOWEST: f64 = 0.68;
const FASTEST: f64 = 1.45;
/// From this closeness on the singer stays unless another voice is asked for.
const SAME_SINGER: f64 = 0.7;
/// From this closeness on a loose style breathes with a recording.
const BREATHES: f64 = 0.9;
/// Milliseconds of looseness from which on a style can breathe.
const LOOSE: f32 = 5.0;
/// Semitones that a singer goes beyond the comfortable range rather than change the key of a recording.
const STRETCH: i32 = 2;
/// Most syllables a second, as in the form.
const SYLLABLES: f64 = 7.0;

/// `source` in the style of `brief`: every sung note and word in order (moved by one interval where
/// another singer needs it), form and section boundaries kept. Lyrics in `brief` replace the words;
/// melody for which they have none is played. Instrumental pieces keep their leads in new instruments.
///
/// # Errors
/// [`ComposeError`] when new lyrics cannot be read or sung.
pub fn cover(source: &Score, brief: &Brief, unknown: Option<&dyn UnknownWords>) -> Result<Score, ComposeError> {
    let mut brief = frame::inherit(brief, source);
    let mut lines: Vec<SungLine> = Vec::new();
    let played: Vec<Note>;
    let new_words = brief.lyrics.as_deref().filter(|text| !Lyrics::parse(text).is_empty());
    let recorded = recorded::is_recorded(source);
    let mut longer = None;
    match (&source.vocal, new_words) {
        (known, Some(text)) if recorded && known.as_ref().is_none_or(|v| !same_words(text, v)) => {
            let prepared = setting::read(text, unknown)?;
            let (set, piece) = setting::set_at_length(source, &prepared)?;
            (lines, played) = (set.lines, set.left);
            longer = piece;
        }
        (Some(vocal), Some(text)) if !same_words(text, vocal) => {
            (lines, played) = relay(source, &underlay::strains(vocal), text, unknown)?;
        }
        (Some(vocal), _) => {
            lines = duet::united(vocal);
            // What an instrument played in the recording is no word's.
            played = recorded::melody(source);
        }
        (None, Some(text)) => {
            let bar = source.meter.bar();
            let strains = underlay::phrases(&frame::tune(source), &source.sections, bar);
            if strains.is_empty() {
                return Err(ComposeError::Invalid(
                    "This piece has no melody to sing the lyrics on.".into(),
                ));
            }
            (lines, played) = relay(source, &strains, text, unknown)?;
        }
        (None, None) => played = tune(source),
    }
    let source = longer.as_ref().unwrap_or(source);
    brief.lyrics = (!lines.is_empty()).then(|| match new_words {
        Some(text) => text.to_owned(),
        None => source.brief.lyrics.clone().unwrap_or_else(|| frame::words(source)),
    });
    frame::same_gender(&mut brief, source);
    Ok(dress(source, &brief, lines, played))
}

/// The same for a song whose melody an instrument shall play: nobody sings.
///
/// # Errors
/// None today; an edit's result is the same type everywhere.
pub fn cover_instrumental(source: &Score, brief: &Brief) -> Result<Score, ComposeError> {
    let mut brief = frame::inherit(brief, source);
    brief.lyrics = None;
    brief.voice = VoiceWish::default();
    let played = match &source.vocal {
        Some(vocal) => duet::united(vocal).iter().flat_map(SungLine::notes).copied().collect(),
        None => tune(source),
    };
    Ok(dress(source, &brief, Vec::new(), played))
}

/// What is played where nobody sings.
fn tune(source: &Score) -> Vec<Note> {
    if recorded::is_recorded(source) {
        setting::tidy_tune(source)
    } else {
        frame::tune(source)
    }
}

/// Whether the lyrics are the words that are sung already.
pub(super) fn same_words(text: &str, vocal: &Vocal) -> bool {
    let sung = vocal.lines.iter().flat_map(|l| &l.words).map(|w| w.text.to_lowercase());
    sung.eq(Lyrics::parse(text).words().map(|w| w.to_lowercase()))
}

/// New words on old strains: the sung lines, and the notes that are left over.
pub(super) fn relay(
    source: &Score,
    strains: &[Strain],
    text: &str,
    unknown: Option<&dyn UnknownWords>,
) -> Result<(Vec<SungLine>, Vec<Note>), ComposeError> {
    let prepared = words::prepare(&Lyrics::parse(text), unknown)?;
    let laid = underlay::underlay(strains, &source.sections, &prepared, &source.tempo)?;
    debug_assert_eq!(
        laid.lines.iter().map(|l| l.words.len()).sum::<usize>(),
        Lyrics::parse(text).words().count(),
        "no word is lost"
    );
    let left = laid.left.iter().flat_map(Strain::notes).copied().collect();
    Ok((laid.lines, left))
}

/// Puts voice and tune into the new style.
fn dress(source: &Score, brief: &Brief, mut lines: Vec<SungLine>, mut played: Vec<Note>) -> Score {
    let closeness = frame::closeness(brief);
    let mut direction = frame::direct(brief);
    let mut ground = Frame::of(source);
    direction.meter = source.meter;
    let recorded = recorded::is_recorded(source);
    if recorded {
        on_our_clock(&mut ground, source, &direction, closeness);
    }
    if let Some(vocal) = &source.vocal
        && keeps_singer(brief, &direction, &vocal.singer, closeness)
        && !lines.is_empty()
    {
        direction.singer = vocal.singer.clone();
        direction.partner = vocal.partner.clone().unwrap_or(direction.partner);
    }

    let asked = brief.key.as_deref().and_then(crate::vocabulary::key);
    let asked = asked.map(|(tonic, _)| (i32::from(tonic) - i32::from(source.key.tonic)).rem_euclid(12));
    let by = match phrasing::range(lines.iter().flat_map(SungLine::notes)) {
        Some(_) if recorded => heard_interval(&lines, &direction.singer, asked),
        Some((low, high)) => interval(low, high, &direction.singer, asked),
        None => asked.map_or(0, |t| if t > 6 { t - 12 } else { t }),
    };
    ground.transpose(by);
    phrasing::transpose(&mut lines, by);
    if recorded {
        setting::fold(&mut lines, &direction.singer);
    }
    for note in &mut played {
        note.pitch = (i32::from(note.pitch) + by).clamp(0, 127) as u8;
    }
    ground.hasten(haste(source, &direction, &lines, closeness));
    direction.bpm = frame::main_tempo(&ground.form.tempo, ground.form.end());
    direction.key = ground.harmony.key;

    let was = match style::find(&source.style) {
        Some(style) if source.heard.is_some() => style.energy,
        _ => frame::direct(&source.brief).energy,
    };
    let energy = direction.energy - was;
    for section in &mut ground.form.sections {
        section.energy = (section.energy + 0.5 * energy).clamp(0.08, 1.0);
    }
    let melody: Vec<Note> = if lines.is_empty() {
        played.clone()
    } else {
        lines.iter().flat_map(SungLine::notes).copied().collect()
    };
    let seed = brief.take_seed();
    ground.harmony = fitting::refit(&ground.form, &direction, &ground.harmony, &melody, closeness, seed);
    phrasing::rephrase(&mut lines, &direction, &mut frame::dice(brief, "cover phrasing"));

    let mut score = Score {
        seed,
        style: direction.style.clone(),
        labels: direction.labels.clone(),
        title: brief.title.clone().unwrap_or_else(|| source.title.clone()),
        master: direction.master,
        vocal: None,
        parts: Vec::new(),
        patch: None,
        joins: None,
        reels: Vec::new(),
        heard: None,
        ..source.clone()
    };
    // Where a tune is played the band leaves room for it as for a voice.
    let stand_in = underlay::stand_ins(&played, &ground.form.sections, source.meter.bar());
    let mut heard: Vec<SungLine> = lines.iter().chain(&stand_in).cloned().collect();
    heard.sort_by_key(|l| l.notes().next().map_or(0, |n| n.start));
    score.parts = ground.parts(&direction, &heard, seed);
    if !played.is_empty() {
        lead(&mut score, &direction, &played, ground.form.last_chord, brief);
    }
    if recorded && let Some(last) = lines.iter().filter_map(cut::extent).map(|(_, to)| to).max() {
        ground.form.seconds = ground.form.seconds.max(ground.form.tempo.at(last) + 0.5);
    }
    ground.into_score(&mut score);
    if !lines.is_empty() {
        let mut vocal = Vocal {
            partner: None,
            backing: Vec::new(),
            singer: direction.singer.clone(),
            channel: direction.vocal_channel,
            lines,
        };
        let both = source.vocal.as_ref().map(duet::shared).unwrap_or_default();
        duet::divide(&mut vocal, &both, &direction.partner);
        score.vocal = Some(vocal);
        choir::join(&mut score, &direction, None);
    }
    score.brief = frame::remember(brief, &score);
    debug_assert_eq!(score.check(), Ok(()), "a cover keeps the score's rules");
    score
}

/// A recording in the time of a band of ours: steady as most styles are, breathing with the recording where
/// the cover is close and the style loose; the last stroke on a bar line.
fn on_our_clock(ground: &mut Frame, source: &Score, direction: &Direction, closeness: f64) {
    let free = closeness >= BREATHES && direction.leader().loose_ms >= LOOSE;
    ground.form.last_chord = recorded::stop(source).min(source.end().saturating_sub(1));
    let ring = source.seconds - source.tempo.at(ground.form.last_chord);
    if source.tempo.marks.len() > frame::MARKS {
        ground.form.tempo = if free {
            pulse::followed(source)
        } else {
            pulse::steady(source)
        };
    } else {
        ground.form.tempo.lead_seconds = recorded::LEAD;
    }
    ground.form.seconds = ground.form.tempo.at(ground.form.last_chord) + ring.clamp(1.5, 6.0);
}

/// The interval of [`interval`] for a melody that was heard: octaves unless the singer needs another key, and
/// strays do not count.
fn heard_interval(lines: &[SungLine], singer: &Singer, asked: Option<i32>) -> i32 {
    let mut pitches: Vec<u8> = lines.iter().flat_map(SungLine::notes).map(|n| n.pitch).collect();
    pitches.sort_unstable();
    let stray = pitches.len() / 30;
    let (Some(low), Some(high)) = (pitches.get(stray), pitches.get(pitches.len() - 1 - stray)) else {
        return 0;
    };
    let octave = interval(*low, *high, singer, asked.or(Some(0)));
    let outside = |by: i32| {
        let above = i32::from(*high) + by - i32::from(singer.high);
        let below = i32::from(singer.low) - i32::from(*low) - by;
        above.max(0) + below.max(0)
    };
    let free = interval(*low, *high, singer, asked);
    if outside(octave) > outside(free) + STRETCH {
        free
    } else {
        octave
    }
}

/// The source's singer stays in a close cover, unless the brief names another voice.
fn keeps_singer(brief: &Brief, direction: &Direction, singer: &Singer, closeness: f64) -> bool {
    let voice = &brief.voice;
    let named = voice.singer.is_some() || voice.gender.is_some_and(|g| g != singer.gender) || voice.preset.is_some();
    !named && closeness >= SAME_SINGER && direction.singer.gender == singer.gender
}

/// The semitones by which a melody from `low` to `high` is moved for a singer: as few as will do.
/// `asked` fixes the pitch class of the interval.
fn interval(low: u8, high: u8, singer: &Singer, asked: Option<i32>) -> i32 {
    let (low, high) = (f64::from(low), f64::from(high));
    let (floor, top) = (f64::from(singer.low), f64::from(singer.high));
    let cost = |by: i32| {
        let by_f = f64::from(by);
        let out = (high + by_f - top).max(0.0) * 3.0 + (floor - low - by_f).max(0.0) * 2.2;
        let centre = (f64::midpoint(low, high) + by_f - f64::midpoint(floor, top)).abs();
        out + 0.12 * centre + 0.2 * by_f.abs()
    };
    (-19..=19)
        .filter(|by: &i32| asked.is_none_or(|a| by.rem_euclid(12) == a))
        .min_by(|a, b| cost(*a).total_cmp(&cost(*b)))
        .unwrap_or(0)
}

/// The factor from the source's tempo to the cover's.
fn haste(source: &Score, direction: &Direction, lines: &[SungLine], closeness: f64) -> f64 {
    let was = frame::main_tempo(&source.tempo, source.end());
    // Half and double time feel alike: the nearest reading of the wish.
    let wish = [0.5, 1.0, 2.0]
        .map(|f| direction.bpm * f / was)
        .into_iter()
        .min_by(|a, b| a.ln().abs().total_cmp(&b.ln().abs()))
        .unwrap_or(1.0);
    let wish = wish.clamp(SLOWEST, FASTEST);
    let factor = if direction.bpm_fixed {
        wish
    } else {
        wish.powf(1.0 - closeness)
    };
    let fastest = lines
        .iter()
        .filter_map(|line| {
            let (from, to) = cut::extent(line)?;
            let seconds = source.tempo.at(to) - source.tempo.at(from);
            Some(line.syllables().count() as f64 / seconds.max(0.2))
        })
        .fold(0.0, f64::max);
    if fastest > 0.0 {
        factor.min((SYLLABLES / fastest).max(1.0))
    } else {
        factor
    }
}

/// Gives the tune to the band's lead, or hires one for it. What the lead had of its own stays in the
/// gaps of the tune.
fn lead(score: &mut Score, direction: &Direction, played: &[Note], stop: Tick, brief: &Brief) {
    let mut tune: Vec<Note> = frame::single(played.to_vec());
    tune.retain(|n| n.start < stop);
    for note in &mut tune {
        note.length = note.length.min(stop - note.start);
        note.nudge = note.nudge.clamp(-30, 60);
        note.velocity = note.velocity.clamp(76, 118);
    }
    let index = score
        .parts
        .iter()
        .position(|p| p.role == PartRole::Lead)
        .unwrap_or_else(|| {
            let keys: Vec<&String> = instruments::all()
                .iter()
                .filter(|(k, i)| i.can(PartRole::Lead) && !i.sound.is_drums() && !direction.without.contains(k))
                .map(|(k, _)| k)
                .collect();
            let key = direction
                .leads
                .first()
                .or_else(|| frame::dice(brief, "cover lead").pick(&keys).copied());
            let key = key.map_or("piano", String::as_str);
            let mut part = band::soloist(key);
            part.id = cut::free_id(&score.parts, &part.id);
            score.parts.push(part);
            score.parts.len() - 1
        });
    let part = &mut score.parts[index];
    let range = instruments::all()
        .values()
        .find(|i| i.sound == part.sound && i.name == part.name)
        .map_or([36, 96], |i| i.range);
    frame::into_range(&mut tune, range);
    let clear = |n: &Note| {
        n.start >= stop
            || !tune
                .iter()
                .any(|t| t.start < n.start + n.length + 120 && n.start < t.start + t.length + 120)
    };
    let mut notes: Vec<Note> = part.notes.iter().filter(|n| clear(n)).copied().collect();
    notes.extend(tune.iter().copied());
    notes.sort_by_key(|n| (n.start, n.pitch));
    part.notes = notes;
    // The tune is what the piece is known by.
    part.channel.gain_db = part.channel.gain_db.max(-3.0);
}
