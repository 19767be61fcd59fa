//! Held vowels under a chorus: two voices on the chords, a breath every two bars.

use catbird_score::{
    Chorister, Delivery, Language, Note, Score, Singer, SungLine, SungWord, Syllable, Tick, Touch, Vocal,
};

use super::{
    duet::into,
    person::{self, Part},
    place,
};

/// Rest before the next breath, seconds.
const BREATH: f64 = 0.35;
/// Bars on one breath.
const BARS: Tick = 2;
/// How far below the middle of the lead's tune the two lie, semitones.
const DEPTHS: [i32; 2] = [2, 7];
/// How loud.
const VELOCITY: u8 = 62;

/// The vowel they hold; every language has it.
const VOWEL: (&str, &str) = ("ooh", "ˈu");

/// Two voices on the chords of a section, within `span`.
pub(super) fn pads(
    score: &Score,
    vocal: &Vocal,
    section: usize,
    span: (Tick, Tick),
    lead: &[&SungLine],
) -> Vec<Chorister> {
    let mut pitches: Vec<u8> = lead.iter().flat_map(|l| l.notes()).map(|n| n.pitch).collect();
    pitches.sort_unstable();
    let middle = pitches.get(pitches.len() / 2).copied().unwrap_or(60);
    let language = lead.first().map_or(Language::English, |l| l.language);
    let mut taken: Vec<Vec<u8>> = Vec::new();
    [
        (Part::PadHigh, "high pad", DEPTHS[0]),
        (Part::PadLow, "low pad", DEPTHS[1]),
    ]
    .into_iter()
    .filter_map(|(part, name, depth)| {
        let singer = person::backing(&vocal.singer, part, score.seed);
        let start = into(i32::from(middle) - depth, &singer);
        let lines = lines(score, section, span, start, &singer, language, &mut taken);
        (!lines.is_empty()).then(|| Chorister {
            name: name.to_owned(),
            singer,
            channel: place(vocal.channel, part),
            lines,
        })
    })
    .collect()
}

fn lines(
    score: &Score,
    section: usize,
    (from, to): (Tick, Tick),
    near: u8,
    singer: &Singer,
    language: Language,
    taken: &mut Vec<Vec<u8>>,
) -> Vec<SungLine> {
    let breath = BARS * score.meter.bar();
    let last = score.chords.last().map_or(to, |c| c.start);
    let mut at = near;
    let mut out = Vec::new();
    let mut used = Vec::new();
    let mut start = from;
    while start < to.min(last) {
        let end = (start + breath).min(to).min(last.max(start + 1));
        let until = score.tempo.tick_at(score.tempo.at(end) - BREATH).max(0.0) as Tick;
        let mut notes: Vec<Note> = Vec::new();
        for span in score
            .chords
            .iter()
            .filter(|c| c.start < end && c.start + c.length > start)
        {
            let (begin, stop) = (span.start.max(start), (span.start + span.length).min(until));
            if stop <= begin + score.meter.beat() / 2 {
                continue;
            }
            // The nearest chord tone that the other voice leaves.
            let others: Vec<u8> = taken.iter().filter_map(|t| t.get(used.len())).copied().collect();
            let distance = |p: u8| i32::from(p).abs_diff(i32::from(at)) * 2 + i32::from(p).abs_diff(i32::from(near));
            let pitch = (singer.low..=singer.high)
                .filter(|p| span.chord.contains(*p) && !others.contains(p))
                .min_by_key(|p| (distance(*p), *p));
            used.push(pitch.unwrap_or(at));
            let Some(pitch) = pitch else { continue };
            at = pitch;
            match notes.last_mut() {
                Some(held) if held.pitch == pitch && held.start + held.length == begin => {
                    held.length = stop - held.start;
                }
                _ => notes.push(Note {
                    start: begin,
                    length: stop - begin,
                    pitch,
                    velocity: VELOCITY,
                    nudge: 0,
                    touch: Touch::Plain,
                }),
            }
        }
        if !notes.is_empty() {
            // A word for each tone, so that a cut at a bar line leaves the tones behind it.
            let word = |note: Note| SungWord {
                text: VOWEL.0.to_owned(),
                syllables: vec![Syllable {
                    phonemes: VOWEL.1.to_owned(),
                    stress: 2,
                    notes: vec![note],
                }],
            };
            out.push(SungLine {
                section,
                text: vec![VOWEL.0; notes.len()].join(" "),
                words: notes.into_iter().map(word).collect(),
                language,
                delivery: Delivery::Sung,
                ..SungLine::default()
            });
        }
        start = end.max(start + 1);
    }
    taken.push(used);
    out
}
