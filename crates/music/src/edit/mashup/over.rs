//! The singing of one piece over the band of another, where recordings are among them.

use std::collections::BTreeSet;

use catbird_score::{
    Brief, Dice, Labels, Note, Part, PartRole, Reel, Score, Section, SungLine, Tick, Track, Vocal, VoiceWish,
};

use super::{
    super::{cut, frame, moved, phrasing, recorded, reels, setting, tracks, underlay},
    both, places,
    places::{Place, Sung},
    title,
};
use crate::{
    arrange,
    choir::{self, duet},
    compose::{self, ComposeError},
    direction::Direction,
    lyrics::Lyrics,
    words::UnknownWords,
};

/// How loud a recording comes to the mix where it is not a voice or a backing, LUFS.
const DESK_LUFS: f32 = -16.5;

/// One of the two as the voice over the other as the band.
pub(super) fn mashup(
    a: &Score,
    b: &Score,
    brief: &Brief,
    unknown: Option<&dyn UnknownWords>,
) -> Result<Score, ComposeError> {
    compose::validate(brief)?;
    let formed = [a, b].map(recorded::formed);
    let a = formed[0].as_ref().unwrap_or(a);
    let b = formed[1].as_ref().unwrap_or(b);
    let odd = !brief.take.is_multiple_of(2);
    let (first, second) = (tracks::sings(a), tracks::sings(b));
    let undecided = first == second;
    let (voice, band) = match (first, second) {
        (true, false) => (a, b),
        (false, true) => (b, a),
        _ if odd => (b, a),
        _ => (a, b),
    };
    // Takes that do not change the roles change the order.
    let in_order = (if undecided { brief.take / 2 } else { brief.take }).is_multiple_of(2);
    let text = brief
        .lyrics
        .as_deref()
        .filter(|t| !brief.instrumental && !Lyrics::parse(t).is_empty());
    let sings = text.is_some() || tracks::sings(voice);
    let wish = wish(voice, band, brief, sings);
    let direction = frame::direct(&wish);

    let tune = setting::tune(voice);
    let own = |s: &Score| recorded::pace_between(s, 0, recorded::stop(s));
    let (count, rate) = moved::counted(own(band), own(voice));
    // A recorded voice is not pulled out of shape: the band comes to meet it.
    let pulled = tracks::voice(&voice.reels).is_empty() || text.is_some();
    let factor = if pulled {
        1.0
    } else {
        rate.clamp(moved::RATES.0, moved::RATES.1) / rate
    };
    let mut band_ = if (factor - 1.0).abs() > 1e-9 {
        moved::moved(band, moved::hastened(&band.tempo, factor), 0)
    } else {
        band.clone()
    };
    band_.joins = None;
    band_.patch = None;
    let sung = Sung {
        score: voice,
        tune: &tune,
        count,
    };
    let mut places = if in_order {
        places::in_order(&sung, &band_)
    } else {
        places::by_section(&sung, &band_)
    };
    if places.is_empty() {
        places = places::in_order(&sung, &band_);
    }
    let Some(opening) = places.first() else {
        return Err(ComposeError::Invalid(
            "The two pieces cannot be played as one: one of them is shorter than a bar.".into(),
        ));
    };
    let by = moved::interval(voice.key_at(opening.voice), band_.key_at(opening.band));
    let laid = Laid {
        sung: &sung,
        band: &band_,
        places: &places,
        by,
    };
    let mut out = Score {
        seed: brief.take_seed(),
        title: title(a, b, brief),
        vocal: None,
        heard: None,
        ..band_.clone()
    };
    backing(&mut out, band, &direction, brief);
    laid.sing(&mut out, voice, &direction, sings, text, unknown)?;
    if tracks::voice(&voice.reels).is_empty() || text.is_some() {
        choir::join(&mut out, &direction, None);
    }
    out.parts.retain(|p| !p.notes.is_empty());
    out.reels
        .sort_by(|x, y| x.from.total_cmp(&y.from).then(x.track.cmp(&y.track)));
    out.labels = labels(&out, band, voice, &direction, sings);
    out.brief = frame::remember(&wish, &out);
    debug_assert_eq!(out.check(), Ok(()), "a mash-up keeps the score's rules");
    Ok(out)
}

/// The brief for both: the band's style, the voice's singer.
fn wish(voice: &Score, band: &Score, brief: &Brief, sings: bool) -> Brief {
    let mut wish = both(band, voice, brief);
    wish.lyrics = match (&brief.lyrics, sings) {
        (Some(text), true) => Some(text.clone()),
        (None, true) => Some(frame::words(voice)).filter(|w| !w.is_empty()),
        _ => None,
    };
    if brief.voice == VoiceWish::default() {
        let vocal = voice.vocal.as_ref().filter(|_| voice.heard.is_none());
        wish.voice.singer = vocal.map(|v| v.singer.clone());
        wish.voice.gender = vocal.map(|v| v.singer.gender).or_else(|| frame::heard_gender(voice));
    }
    (wish.bpm, wish.key) = (None, None);
    wish
}

fn labels(out: &Score, band: &Score, voice: &Score, direction: &Direction, sings: bool) -> Labels {
    let or = |first: &str, second: &str| {
        if first.is_empty() {
            second.to_owned()
        } else {
            first.to_owned()
        }
    };
    let gender = match &out.vocal {
        _ if !sings => String::new(),
        Some(_) if voice.labels.gender.is_empty() => direction.labels.gender.clone(),
        _ => or(&voice.labels.gender, &direction.labels.gender),
    };
    Labels {
        genre: or(&band.labels.genre, &direction.labels.genre),
        mood: or(&band.labels.mood, &direction.labels.mood),
        gender,
        timbre: if sings {
            voice.labels.timbre.clone()
        } else {
            String::new()
        },
    }
}

/// The band's piece without its voice.
fn backing(out: &mut Score, band: &Score, direction: &Direction, brief: &Brief) {
    out.reels = tracks::band(&out.reels);
    // The heard melody of a singer is not the band's.
    let sung = tracks::sings(band);
    out.parts
        .retain(|p| !(sung && recorded::is_heard(p) && p.id == "melody"));
    if band.heard.is_some() {
        out.style.clone_from(&direction.style);
        out.master = direction.master;
    }
    if !super::silent(brief) {
        out.master = direction.master;
    }
}

/// A voice on its way over a band.
struct Laid<'a> {
    sung: &'a Sung<'a>,
    band: &'a Score,
    places: &'a [Place],
    /// Semitones.
    by: i32,
}

impl Laid<'_> {
    /// Puts the voice into `out`: its recording, its words on its melody, other words on it, or its tune
    /// alone.
    fn sing(
        &self,
        out: &mut Score,
        voice: &Score,
        direction: &Direction,
        sings: bool,
        text: Option<&str>,
        unknown: Option<&dyn UnknownWords>,
    ) -> Result<(), ComposeError> {
        let recording = tracks::voice(&voice.reels);
        let range = [direction.singer.low, direction.singer.high];
        let vocal = |lines: Vec<SungLine>| {
            (!lines.is_empty()).then(|| {
                let mut vocal = Vocal {
                    partner: None,
                    backing: Vec::new(),
                    singer: direction.singer.clone(),
                    channel: direction.vocal_channel,
                    lines,
                };
                duet::divide(&mut vocal, &BTreeSet::new(), &direction.partner);
                vocal
            })
        };
        let mut tune = self.tune();
        if let Some(text) = text {
            frame::into_range(&mut tune, range);
            hush(out, &tune);
            let stage = Score {
                parts: vec![heard_melody(tune)],
                vocal: None,
                heard: None,
                ..out.clone()
            };
            let mut set = setting::set(&stage, &setting::read(text, unknown)?)?;
            setting::settle(&mut set.lines);
            out.vocal = vocal(set.lines);
            return Ok(());
        }
        if !sings {
            self.play(out, voice, tune);
            return Ok(());
        }
        hush(out, &tune);
        let mut lines = self.lines();
        if recording.is_empty() {
            let mut notes: Vec<Note> = lines.iter().flat_map(SungLine::notes).copied().collect();
            let before = notes.first().map_or(0, |n| i32::from(n.pitch));
            frame::into_range(&mut notes, range);
            let after = notes.first().map_or(0, |n| i32::from(n.pitch));
            phrasing::transpose(&mut lines, (after - before) / 12 * 12);
            if !recorded::is_recorded(self.band) {
                phrasing::rephrase(&mut lines, direction, &mut Dice::new(out.seed, "mashup phrasing"));
            }
        } else {
            out.reels.extend(self.reels(&recording));
        }
        setting::settle(&mut lines);
        out.vocal = vocal(lines);
        Ok(())
    }

    /// Nobody sings: the tune is led by an instrument, or the recording sounds beside the band.
    fn play(&self, out: &mut Score, voice: &Score, tune: Vec<Note>) {
        if voice.reels.is_empty() {
            // Over a backing nobody of ours plays: the recording sounds beside it.
            let lufs = self.band.heard.as_ref().map_or(self.band.master.lufs, |h| h.lufs);
            for reel in out.reels.iter_mut().filter(|r| r.track == Track::Band) {
                reel.track = Track::Beside;
                reel.gain_db += (DESK_LUFS - lufs).clamp(-18.0, 18.0);
            }
            out.parts.retain(|p| !recorded::is_heard(p));
            let lead = voice
                .parts
                .iter()
                .find(|p| p.role == PartRole::Lead && !p.sound.is_drums());
            let part = lead.cloned().unwrap_or_else(|| arrange::band::soloist("piano"));
            cut::admit(&mut out.parts, &part, tune);
        } else {
            let lufs = voice.heard.as_ref().map_or(voice.master.lufs, |h| h.lufs);
            let loops: Vec<Reel> = voice
                .reels
                .iter()
                .filter(|r| r.track != Track::Voice)
                .map(|r| Reel {
                    track: Track::Beside,
                    gain_db: r.gain_db + (DESK_LUFS - lufs).clamp(-18.0, 18.0),
                    ..r.clone()
                })
                .collect();
            out.reels.extend(self.reels(&loops));
            // Two bands are one too many: ours keeps to rhythm and ground.
            out.parts.retain(|p| {
                matches!(p.role, PartRole::Drums | PartRole::Percussion | PartRole::Bass) || recorded::is_heard(p)
            });
        }
        for part in &mut out.parts {
            part.notes.sort_by_key(|n| (n.start, n.pitch));
        }
    }

    /// A note of the voice in the band's time.
    fn note(&self, note: &Note, place: Place) -> Note {
        let start = place.band + self.sung.band(note.start - place.voice);
        let end = (place.band + place.length).min(self.limit());
        Note {
            start,
            length: self.sung.band(note.length).clamp(1, end.saturating_sub(start).max(1)),
            pitch: (i32::from(note.pitch) + self.by).clamp(0, 127) as u8,
            ..*note
        }
    }

    /// After this nothing is sung.
    fn limit(&self) -> Tick {
        self.band.tempo.tick_at(self.band.seconds - 0.05).max(0.0) as Tick
    }

    /// The melody, one note at a time, where it is placed.
    fn tune(&self) -> Vec<Note> {
        let mut out = Vec::new();
        for place in self.places {
            let until = place.voice + self.sung.ticks(place.length);
            let notes = self
                .sung
                .tune
                .iter()
                .filter(|n| place.voice <= n.start && n.start < until);
            out.extend(notes.map(|n| self.note(n, *place)));
        }
        frame::single(out)
    }

    /// The sung lines where they are placed.
    fn lines(&self) -> Vec<SungLine> {
        let mut out = Vec::new();
        for place in self.places {
            let until = place.voice + self.sung.ticks(place.length);
            for line in self.sung.score.vocal.iter().flat_map(|v| &v.lines) {
                let Some(mut line) = cut::sung_between(line, place.voice, until) else {
                    continue;
                };
                for note in phrasing::notes_mut(std::slice::from_mut(&mut line)) {
                    *note = self.note(note, *place);
                }
                let start = line.notes().next().map_or(0, |n| n.start);
                line.section = section(&self.band.sections, start);
                out.push(line);
            }
        }
        out
    }

    /// Recordings of the voice's piece on the band's beats.
    fn reels(&self, of: &[Reel]) -> Vec<Reel> {
        let mut out = Vec::new();
        let step = (self.band.meter.beat() * self.sung.count.1.max(1) / self.sung.count.0.max(1))
            .clamp(self.band.meter.beat() / 2, self.band.meter.beat() * 2);
        for (i, place) in self.places.iter().enumerate() {
            // An upbeat of half a bar comes along where nothing else is sung.
            let before = i
                .checked_sub(1)
                .map_or(0, |p| self.places[p].band + self.places[p].length);
            let room = place.band - before.min(place.band);
            let early = (self.band.meter.bar() / 2).min(room).min(self.sung.band(place.voice)) / step * step;
            let ticks: Vec<_> = (0..=(place.length + early) / step)
                .map(|k| {
                    (
                        place.band - early + k * step,
                        place.voice - self.sung.ticks(early) + self.sung.ticks(k * step),
                    )
                })
                .collect();
            let mut clock = reels::clock(&ticks, |t| self.band.tempo.at(t), |t| self.sung.score.tempo.at(t));
            clock.retain(|c| c[1] <= self.sung.score.seconds + 1e-6 && c[0] <= self.band.seconds + 1e-6);
            out.extend(reels::along(of, &clock).into_iter().map(|r| Reel {
                semitones: r.semitones + self.by as f32,
                ..r
            }));
        }
        out
    }
}

/// Leads of the band rest while the voice sings.
fn hush(out: &mut Score, tune: &[Note]) {
    let bar = out.meter.bar();
    let phrases: Vec<_> = underlay::stand_ins(tune, &out.sections, bar)
        .iter()
        .filter_map(cut::extent)
        .collect();
    let sung = |n: &Note| phrases.iter().any(|(from, to)| *from <= n.start && n.start < *to);
    for part in out.parts.iter_mut().filter(|p| p.role == PartRole::Lead) {
        part.notes.retain(|n| !sung(n));
    }
}

fn section(sections: &[Section], tick: Tick) -> usize {
    sections
        .partition_point(|s| s.end() <= tick)
        .min(sections.len().saturating_sub(1))
}

/// A melody as the ear writes it down.
fn heard_melody(notes: Vec<Note>) -> Part {
    Part {
        id: "melody".into(),
        name: "Melody".into(),
        role: PartRole::Lead,
        notes,
        ..arrange::band::soloist("piano")
    }
}
