use catbird_score::{Dice, Meter, Mode, TempoMap, TempoMark};

use super::*;

fn rhythm(tempo: TempoMap, meter: Meter) -> Rhythm {
    Rhythm {
        tempo,
        meter,
        beats: Vec::new(),
        downbeats: Vec::new(),
        steady: false,
        tempo_confidence: 0.5,
        meter_confidence: 0.5,
        percussive: 0.2,
    }
}

fn found<'a>(seconds: f64, rhythm: &'a Rhythm, notes: &'a [HeardNote], chords: &'a [HeardChord]) -> Findings<'a> {
    Findings {
        seconds,
        rhythm,
        key: (
            Key {
                tonic: 2,
                mode: Mode::Minor,
            },
            0.5,
        ),
        sections: (Vec::new(), 0.0),
        chords,
        melody: notes,
        notes,
        loudness: (-70.0, -70.0),
        voice: 0.0,
        voice_pitch: 0.0,
        brightness_hz: 300.0,
    }
}

#[test]
fn a_recording_in_which_nothing_was_heard_is_a_score() {
    let rhythm = rhythm(TempoMap::steady(120.0, 0.4), Meter::COMMON);
    let score = score(found(6.0, &rhythm, &[], &[])).unwrap();
    assert_eq!(score.end(), 3 * 1_920);
    assert_eq!(score.chords.len(), 1);
    assert_eq!((score.chords[0].start, score.chords[0].length), (0, 5_760));
    assert_eq!(score.reels, [Reel::plain("", Track::Whole, 0.0, 6.0, 0.0)]);
    assert_eq!(score.labels.gender, "");
}

#[test]
fn whatever_was_heard_is_a_valid_score() {
    for seed in 0..200 {
        let mut dice = Dice::new(seed, "odd recordings");
        let mut unit = || dice.unit();
        let seconds = 0.5 + 30.0 * unit();
        let meter = Meter {
            beats: 2 + (unit() * 5.0) as u8,
            unit: 4,
        };
        let marks = (0..=(unit() * 40.0) as u32)
            .map(|i| TempoMark {
                tick: i * 480,
                bpm: 40.0 + 200.0 * unit(),
            })
            .collect();
        let tempo = TempoMap {
            lead_seconds: seconds.min(2.0) * unit(),
            marks,
        };
        let mut notes: Vec<HeardNote> = (0..(unit() * 300.0) as usize)
            .map(|_| {
                let from = -0.5 + seconds * 1.1 * unit();
                HeardNote {
                    from,
                    to: from + 3.0 * unit() * unit(),
                    pitch: 20.0 + 100.0 * unit() as f32,
                    velocity: (unit() * 127.0) as u8,
                    confidence: unit() as f32,
                }
            })
            .collect();
        notes.sort_by(|a, b| a.from.total_cmp(&b.from));
        let rhythm = rhythm(tempo, meter);
        let score = score(found(seconds, &rhythm, &notes, &[])).unwrap();
        score.check().unwrap();
        let melody = &score.parts[0].notes;
        assert!(melody.windows(2).all(|w| w[0].start + w[0].length <= w[1].start));
        assert_eq!(score.chords.last().map(|c| c.start + c.length), Some(score.end()));
        for part in &score.parts {
            assert!(
                part.notes
                    .iter()
                    .all(|n| score.tempo.seconds(n.onset()) < seconds + 0.1)
            );
        }
    }
}

#[test]
fn confidences_are_shares() {
    let read: Vec<u32> = [-0.0, -0.3, f32::NAN, 0.25, 7.0].map(|x| unit(x).to_bits()).to_vec();
    assert_eq!(read, [0.0f32, 0.0, 0.0, 0.25, 1.0].map(f32::to_bits));
}

#[test]
fn sections_are_made_gapless() {
    let section = |start, length| Section {
        name: "Verse".into(),
        role: Role::Verse,
        start,
        length,
        energy: 0.5,
    };
    let fixed = gapless(vec![section(1_920, 1_920), section(0, 1_900)], 7_680);
    let read: Vec<(u32, u32)> = fixed.iter().map(|s| (s.start, s.length)).collect();
    assert_eq!(read, [(0, 1_900), (1_900, 5_780)]);
}
