//! What is left for voice and band where recordings sound.

use std::borrow::Cow;

use catbird_score::{Note, Reel, Score, TempoMap, Track};

use super::of_kind;

/// A note this little before an edge belongs to what comes after it: edges are bar lines, and so are
/// the notes that begin on them, but for rounding.
const EDGE_SECONDS: f64 = 0.01;

/// The score as it is to be played: without the notes that begin where a recording sounds in their
/// place, and without the parts that have nothing left to play. Not a score to store: words may be
/// missing in it.
pub(crate) fn played(score: &Score) -> Cow<'_, Score> {
    if score.reels.is_empty() {
        return Cow::Borrowed(score);
    }
    let mut score = score.clone();
    let reels = std::mem::take(&mut score.reels);
    let tempo = score.tempo.clone();
    let band = Silence::of(&reels, Track::Band);
    for part in &mut score.parts {
        part.notes.retain(|n| !band.covers(&tempo, n));
        for note in &mut part.notes {
            band.hold_back(&tempo, note);
        }
    }
    score.parts.retain(|p| !p.notes.is_empty());
    let voice = Silence::of(&reels, Track::Voice);
    if let Some(vocal) = &mut score.vocal {
        let backing = vocal.backing.iter_mut().map(|chorister| &mut chorister.lines);
        for lines in std::iter::once(&mut vocal.lines).chain(backing) {
            for line in lines.iter_mut() {
                // Half a word is worse than none.
                line.words.retain(|word| {
                    let first = word.syllables.iter().find_map(|s| s.notes.first());
                    first.is_some_and(|n| !voice.covers(&tempo, n))
                });
            }
            lines.retain(|l| !l.words.is_empty());
        }
    }
    Cow::Owned(score)
}

/// Whether nothing is left to play, and no recording enters the mix.
pub(crate) fn is_silent(played: &Score, reels: &[Reel]) -> bool {
    let sung = played
        .vocal
        .iter()
        .any(|v| !v.lines.is_empty() || v.backing.iter().any(|c| !c.lines.is_empty()));
    !sung && played.parts.is_empty() && reels.iter().all(|r| r.track == Track::Whole)
}

/// Where somebody does not play.
struct Silence<'a>(Vec<&'a Reel>);

impl<'a> Silence<'a> {
    /// Under whole recordings and under those of `track`.
    fn of(reels: &'a [Reel], track: Track) -> Self {
        Self(of_kind(reels, Track::Whole).chain(of_kind(reels, track)).collect())
    }

    fn at(&self, second: f64) -> bool {
        self.0.iter().any(|r| r.covers(second))
    }

    /// Whether `note` begins in it: as it is written, since a player who is early plays the same note.
    fn covers(&self, tempo: &TempoMap, note: &Note) -> bool {
        self.at(tempo.at(note.start) + EDGE_SECONDS)
    }

    /// Lets a note that would begin a moment too early begin at the edge, attack and all.
    fn hold_back(&self, tempo: &TempoMap, note: &mut Note) {
        let onset = tempo.seconds(note.onset());
        let Some(reel) = self.0.iter().find(|r| r.covers(onset)) else {
            return;
        };
        let late = (tempo.tick_at(reel.to) - note.onset()).ceil();
        if (0.0..=480.0).contains(&late) {
            note.nudge = note.nudge.saturating_add(late as i16);
        }
    }
}

#[cfg(test)]
mod tests {
    use catbird_score::{Channel, Gender, Part, PartRole, Singer, Sound, SungLine, SungWord, Syllable, Touch, Vocal};

    use super::*;
    use crate::calibrate::bare_score;

    fn note(start: u32, nudge: i16) -> Note {
        Note {
            start,
            length: 240,
            pitch: 60,
            velocity: 90,
            nudge,
            touch: Touch::Plain,
        }
    }

    /// A note each half second; at 120 a minute a beat is half a second.
    fn score(reels: Vec<Reel>) -> Score {
        let mut score = bare_score();
        score.tempo = TempoMap::steady(120.0, 0.0);
        score.seconds = 10.0;
        let part = |id: &str, notes| Part {
            id: id.into(),
            name: id.into(),
            role: PartRole::Comp,
            sound: Sound::Sampled { bank: 0, program: 0 },
            channel: Channel::default(),
            notes,
        };
        score.parts = vec![
            part("piano", (0..20).map(|i| note(i * 480, -20)).collect()),
            part("end", vec![note(18 * 480, 0)]),
        ];
        let word = |start| SungWord {
            text: "word".into(),
            syllables: vec![Syllable {
                phonemes: "lˈIt".into(),
                stress: 1,
                notes: vec![note(start, 0)],
            }],
        };
        score.vocal = Some(Vocal {
            partner: None,
            backing: Vec::new(),
            singer: Singer {
                name: "test".into(),
                gender: Gender::Female,
                low: 57,
                high: 74,
                warp: 1.0,
                tilt_db: 0.0,
                breath: 0.0,
                vibrato_cents: 0.0,
                vibrato_hz: 5.0,
                glide_ms: 50.0,
                drive: 0.0,
                electric: 0.0,
                density: 0.0,
                ..Singer::default()
            },
            channel: Channel::default(),
            lines: vec![SungLine {
                section: 0,
                text: "a line".into(),
                words: (0..20).map(|i| word(i * 480)).collect(),
                ..SungLine::default()
            }],
        });
        score.reels = reels;
        score
    }

    fn counts(score: &Score) -> (Vec<usize>, usize) {
        let played = played(score);
        let words = played.vocal.iter().flat_map(|v| &v.lines).map(|l| l.words.len()).sum();
        (played.parts.iter().map(|p| p.notes.len()).collect(), words)
    }

    #[test]
    fn each_kind_of_recording_silences_its_own() {
        let reel = |track| vec![Reel::plain("a", track, 2.0, 5.0, 0.0)];
        assert_eq!(counts(&score(Vec::new())), (vec![20, 1], 20));
        assert_eq!(counts(&score(reel(Track::Whole))), (vec![14, 1], 14));
        assert_eq!(counts(&score(reel(Track::Band))), (vec![14, 1], 20));
        assert_eq!(counts(&score(reel(Track::Voice))), (vec![20, 1], 14));
        assert_eq!(counts(&score(reel(Track::Beside))), (vec![20, 1], 20));
        let all = score(vec![Reel::plain("a", Track::Whole, 0.0, 10.0, 0.0)]);
        assert_eq!(counts(&all), (Vec::new(), 0));
        assert!(is_silent(&played(&all), &all.reels));
    }

    #[test]
    fn an_early_player_s_first_note_begins_at_the_edge() {
        let score = score(vec![Reel::plain("a", Track::Whole, 0.0, 5.0, 0.0)]);
        let played = played(&score);
        let first = &played.parts[0].notes[0];
        assert_eq!(first.start, 10 * 480);
        let onset = played.tempo.seconds(first.onset());
        assert!((0.0..0.003).contains(&(onset - 5.0)), "{onset}");
        assert_eq!(played.parts[0].notes[1].nudge, -20);
    }
}
