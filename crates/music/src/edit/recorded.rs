//! Recordings as sources of edits: what a band of ours would play with them. A heard score tells form,
//! harmony and melody, but nobody in it can play on; so a band is set on it as if the piece were ours,
//! and edits read that.

use catbird_score::{
    Brief, ChordSpan, Dice, Gender, Labels, Master, Note, Part, Role, Score, Section, SungLine, SungWord, Syllable,
    Tick, Vocal, VoiceWish,
};

use super::{colour, cut, frame, origin::Origin, underlay};
use crate::{
    arrange::{self, stage::Stage},
    compose, direction,
    harmony::roman,
    lyrics::Lyrics,
};

/// Silence before the first beat of a piece of ours, seconds.
pub(super) const LEAD: f64 = 0.1;
/// How many bars tell the tempo at a place.
const PACE_BARS: Tick = 8;
/// The parts an ear hears, by id and name: nobody of ours plays them.
const HEARD: [(&str, &str); 3] = [("melody", "Melody"), ("bass", "Bass"), ("harmony", "Harmony")];

/// Whether any of a piece's sound comes from a recording.
pub fn is_recorded(score: &Score) -> bool {
    score.heard.is_some() || !score.reels.is_empty()
}

/// Whether a part was heard in a recording rather than written.
pub fn is_heard(part: &Part) -> bool {
    HEARD.contains(&(part.id.as_str(), part.name.as_str()))
}

/// A recording in which nobody heard a form or a chord (silence, speech, a drone) as a piece of one section
/// on its tonic; `None` where there is a form.
pub(super) fn formed(score: &Score) -> Option<Score> {
    if !score.sections.is_empty() && !score.chords.is_empty() || !is_recorded(score) {
        return None;
    }
    let mut out = score.clone();
    let bar = score.meter.bar();
    if out.sections.is_empty() {
        let bars = (score.tempo.tick_at(score.seconds) / f64::from(bar)).ceil().max(1.0);
        out.sections.push(Section {
            name: "Verse 1".into(),
            role: Role::Verse,
            start: 0,
            length: bars as Tick * bar,
            energy: 0.5,
        });
    }
    let numeral = if score.key.mode.is_minor() { "i" } else { "I" };
    out.chords = vec![ChordSpan {
        start: 0,
        length: out.end(),
        roman: numeral.into(),
        chord: roman::chord(numeral, score.key),
    }];
    Some(out)
}

/// Where a piece can stop at the latest: the bar line of its last chord, where it ends with one that
/// rings for most of a bar, else the last bar line of the file; never before the first bar's end.
pub(super) fn stop(score: &Score) -> Tick {
    let bar = score.meter.bar();
    let full = (score.tempo.tick_at(score.seconds + 0.02).max(0.0) / f64::from(bar)).floor() as Tick * bar;
    let last = full.min(score.end() / bar * bar).max(bar);
    let sung = score.vocal.iter().flat_map(|v| &v.lines).flat_map(SungLine::notes);
    let onset = score
        .parts
        .iter()
        .flat_map(|p| &p.notes)
        .chain(sung)
        .map(|n| n.start)
        .max();
    // A last stroke on (or just after) a bar line that rings on alone.
    let Some(onset) = onset else { return last };
    let line = cut::nearest_bar(score, f64::from(onset));
    let rings = score.seconds - score.tempo.at(line) > 0.8 * (score.tempo.at(line + bar) - score.tempo.at(line));
    if line >= bar && line <= last && onset < line + bar / 8 && rings {
        line
    } else {
        last
    }
}

/// The steady tempo that comes nearest to how a piece moves before `tick`: the mean of up to eight bars,
/// none of them before the last place where a recording ended.
pub(super) fn pace(score: &Score, tick: Tick) -> f64 {
    let (bar, tick) = (score.meter.bar(), tick.max(score.meter.bar()));
    let second = score.tempo.at(tick - bar) + 0.01;
    let seams = score.reels.iter().map(|r| r.to).filter(|to| *to <= second);
    let seam = seams.fold(0.0, f64::max);
    let seam = if seam > 0.0 {
        score.tempo.tick_at(seam).round().max(0.0) as Tick
    } else {
        0
    };
    pace_between(
        score,
        tick.saturating_sub(PACE_BARS * bar).max(seam).min(tick - bar),
        tick,
    )
}

/// The mean tempo between two ticks, quarter notes a minute.
pub(super) fn pace_between(score: &Score, from: Tick, to: Tick) -> f64 {
    let seconds = score.tempo.at(to) - score.tempo.at(from);
    f64::from(to - from) / f64::from(catbird_score::PPQ) * 60.0 / seconds
}

/// Our master for what sounds next to a recording: as loud as that.
fn master(plain: Master, source: &Score) -> Master {
    let Some(heard) = &source.heard else {
        return source.master;
    };
    let lufs = if heard.lufs > -50.0 {
        heard.lufs.clamp(-32.0, -7.0)
    } else {
        plain.lufs
    };
    Master {
        lufs,
        ceiling_dbtp: plain.ceiling_dbtp.max(heard.peak_dbtp.min(-0.1)),
        ..plain
    }
}

/// The style words of an edit of a recording: the brief's, or those of the piece so far.
fn wish(source: &Score, brief: &Brief, sung: bool) -> Brief {
    let mut wish = if source.heard.is_none() {
        source.brief.clone()
    } else if colour::speaks(brief) {
        brief.clone()
    } else {
        frame::inherit(brief, source)
    };
    wish.lyrics = brief
        .lyrics
        .clone()
        .filter(|_| sung)
        .or(wish.lyrics.filter(|_| source.heard.is_none()));
    wish.seed = brief.seed;
    wish.take = brief.take;
    wish.voice = if brief.voice == VoiceWish::default() {
        wish.voice
    } else {
        brief.voice.clone()
    };
    (wish.bpm, wish.key, wish.seconds) = (None, None, None);
    wish.segments = Vec::new();
    (wish.title, wish.write_lyrics) = (None, None);
    same_gender(&mut wish, &source.labels);
    wish
}

/// Who sings is like who is heard where neither voice nor style words say it.
fn same_gender(brief: &mut Brief, heard: &Labels) {
    let told = |gender: &str| {
        let labels = Labels {
            gender: gender.to_owned(),
            ..Labels::default()
        };
        direction::resolve(brief, &labels).singer.gender
    };
    let said = brief.voice != VoiceWish::default() || told("Male") == told("Female");
    let gender = match heard.gender.as_str() {
        "Female" => Gender::Female,
        "Male" => Gender::Male,
        _ => return,
    };
    if !said {
        brief.voice.gender = Some(gender);
    }
}

/// `source` as if our band played all of it, in the style of `brief`, or else of the piece: its form,
/// tempo, keys and chords, the last of which begins where the piece can stop. The heard melody is sung in
/// it without words, phrase by phrase, in our singer's octave, next to the words that are known.
/// It is there to be read: nothing of it has to sound.
pub(super) fn ours(source: &Score, brief: &Brief, sung: bool) -> Score {
    let wish = wish(source, brief, sung);
    let direct = compose::direct(&wish);
    let known = crate::style::find(&source.style).is_some();
    let styled = source.heard.is_none() || !colour::speaks(brief);
    let stop = stop(source);
    let seed = if source.heard.is_some() {
        Dice::new(brief.take_seed(), "band of a recording").seed()
    } else {
        source.seed
    };
    let singer = match (&brief.voice.singer, &source.vocal) {
        (Some(singer), _) => singer.clone(),
        (None, Some(vocal)) if source.heard.is_none() => vocal.singer.clone(),
        _ => direct.singer.clone(),
    };
    let title = if source.title.trim().is_empty() {
        compose::title(brief, brief.lyrics.as_deref().map(Lyrics::parse).as_ref())
    } else {
        source.title.clone()
    };
    let mut shell = Score {
        seed,
        title,
        style: if styled && known {
            source.style.clone()
        } else {
            direct.style.clone()
        },
        labels: direct.labels.clone(),
        chords: ending(
            &source.chords,
            stop.min(source.end().saturating_sub(source.meter.bar())),
        ),
        vocal: None,
        parts: Vec::new(),
        master: master(direct.master, source),
        brief: wish,
        patch: None,
        reels: Vec::new(),
        heard: None,
        ..source.clone()
    };
    if source.labels.gender.is_empty() && !sung && source.vocal.is_none() {
        shell.labels.gender.clear();
        shell.labels.timbre.clear();
    }
    let mut lines = source.vocal.as_ref().map_or_else(Vec::new, |v| v.lines.clone());
    lines.extend(hummed(source, [singer.low, singer.high]));
    lines.sort_by_key(|l| l.notes().next().map_or(0, |n| n.start));
    shell.vocal = (!lines.is_empty()).then_some(Vocal {
        partner: source.vocal.as_ref().and_then(|v| v.partner.clone()),
        backing: source.vocal.as_ref().map_or_else(Vec::new, |v| v.backing.clone()),
        singer,
        channel: direct.vocal_channel,
        lines,
    });
    let origin = Origin::read(&shell);
    let stage = Stage::new(&origin.form, &origin.direction, &origin.harmony, origin.lines(), seed);
    let parts = arrange::arrange(&stage);
    Score { parts, ..shell }
}

/// Whether a line is heard melody without its words.
pub(super) fn is_hummed(line: &SungLine) -> bool {
    line.words.iter().all(|w| w.text.is_empty())
}

/// The heard melody as lines, a syllable without a sound for each note, where no words are known.
pub(super) fn hummed(source: &Score, range: [u8; 2]) -> Vec<SungLine> {
    let known: Vec<(Tick, Tick)> = source
        .vocal
        .iter()
        .flat_map(|v| &v.lines)
        .filter_map(cut::extent)
        .collect();
    let mut tune = melody(source);
    tune.retain(|n| {
        !known
            .iter()
            .any(|(from, to)| n.start < *to && n.start + n.length > *from)
    });
    frame::into_range(&mut tune, range);
    let word = |note: &Note| SungWord {
        text: String::new(),
        syllables: vec![Syllable {
            phonemes: String::new(),
            stress: 0,
            notes: vec![*note],
        }],
    };
    underlay::phrases(&tune, &source.sections, source.meter.bar())
        .iter()
        .map(|strain| SungLine {
            section: strain.section,
            text: String::new(),
            words: strain.notes().map(word).collect(),
            ..SungLine::default()
        })
        .collect()
}

/// The heard melody, one note at a time.
pub(super) fn melody(source: &Score) -> Vec<Note> {
    let heard = source.parts.iter().find(|p| is_heard(p) && p.id == "melody");
    let mut notes = frame::single(heard.map_or_else(Vec::new, |p| p.notes.clone()));
    notes.retain(|n| n.length > 0 && n.start < source.end());
    notes
}

/// The harmony with a chord that begins at `stop` as its last: nobody of ours starts anything after it, so it
/// must not be a long one that begins much earlier.
fn ending(chords: &[ChordSpan], stop: Tick) -> Vec<ChordSpan> {
    let mut out: Vec<ChordSpan> = chords.iter().filter(|c| c.start <= stop).cloned().collect();
    let end = chords.last().map_or(stop, |c| c.start + c.length);
    if let Some(last) = out.last_mut() {
        if last.start < stop && stop < end {
            last.length = stop - last.start;
            let mut rest = last.clone();
            (rest.start, rest.length) = (stop, end - stop);
            out.push(rest);
        } else {
            last.length = end - last.start;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_player_of_ours_is_taken_for_a_heard_part() {
        for instrument in crate::instruments::all().values() {
            assert!(
                HEARD.iter().all(|(_, name)| instrument.name != *name),
                "{}",
                instrument.name
            );
        }
    }
}
