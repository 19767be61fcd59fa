//! What the ear would make of our own songs: a score as it is heard, not written. The truth is known, so
//! edits of recordings can be judged note by note.

use catbird_score::{
    ChordSpan, Dice, Gender, Heard, Labels, Note, PPQ, Part, PartRole, Quality, Reel, Role, Score, Section, Sound,
    SungLine, TempoMap, TempoMark, Tick, Track,
};

/// The clip that heard pieces come from.
pub const CLIP: &str = "recording";

/// `score` as the ear hears its recording: one melody of notes without words, a bass, the other notes in a
/// heap; plain triads; a mark per beat that drifts by a percent; sections that are called after what can be
/// heard; sound that comes from the clip [`CLIP`].
pub fn heard(score: &Score) -> Score {
    let mut dice = Dice::new(score.seed, "heard");
    let tempo = drifting(score, &mut dice);
    let last = score.chords.last().map_or(0, |c| c.start);
    let ring = score.seconds - score.tempo.at(last);
    let seconds = tempo.at(last) + ring;
    let gender = score.vocal.as_ref().map(|v| v.singer.gender);
    let melody = melody(score, &mut dice);
    let mut pitches: Vec<u8> = melody.iter().map(|n| n.pitch).collect();
    pitches.sort_unstable();
    let middle = pitches.get(pitches.len() / 2).map_or(0.0, |p| f32::from(*p));
    let of = |roles: &[PartRole]| -> Vec<Note> {
        let parts = score
            .parts
            .iter()
            .filter(|p| roles.contains(&p.role) && !p.sound.is_drums());
        let mut notes: Vec<Note> = parts.flat_map(|p| p.notes.iter().copied()).collect();
        notes.sort_by_key(|n| (n.start, n.pitch));
        notes.dedup_by_key(|n| (n.start, n.pitch));
        notes
    };
    let mut parts = vec![
        part("melody", "Melody", PartRole::Lead, melody),
        part("bass", "Bass", PartRole::Bass, of(&[PartRole::Bass])),
        part(
            "harmony",
            "Harmony",
            PartRole::Comp,
            of(&[PartRole::Comp, PartRole::Pad]),
        ),
    ];
    parts.retain(|p| !p.notes.is_empty());
    Score {
        title: "Recording".into(),
        labels: Labels {
            gender: match gender {
                Some(Gender::Female) => "Female".into(),
                Some(Gender::Male) => "Male".into(),
                None => String::new(),
            },
            ..Labels::default()
        },
        tempo,
        seconds,
        sections: sections(score, &mut dice),
        chords: triads(score),
        vocal: None,
        parts,
        master: catbird_score::Master::default(),
        brief: catbird_score::Brief::default(),
        patch: None,
        joins: None,
        reels: vec![Reel::plain(CLIP, Track::Whole, 0.0, seconds, 0.0)],
        heard: Some(Heard {
            lufs: -14.0,
            peak_dbtp: -1.0,
            voice: if gender.is_some() { 0.35 } else { 0.02 },
            voice_pitch: if gender.is_some() { middle } else { 0.0 },
            percussive: 0.2,
            brightness_hz: 1500.0,
            tempo: 0.9,
            meter: 0.8,
            key: 0.8,
            chords: 0.9,
            sections: 0.6,
            melody: 0.8,
        }),
        ..score.clone()
    }
}

/// A mark per beat; the tempo wanders as a band does that plays without a click.
fn drifting(score: &Score, dice: &mut Dice) -> TempoMap {
    let beat = score.meter.beat();
    let mut wander = 0.0_f64;
    let marks = (0..score.end().div_ceil(beat))
        .map(|i| {
            wander = 0.9 * wander + 0.003 * dice.normal();
            TempoMark {
                tick: i * beat,
                bpm: score.tempo.bpm_at(i * beat) * (1.0 + wander.clamp(-0.02, 0.02)),
            }
        })
        .collect();
    TempoMap {
        lead_seconds: score.tempo.lead_seconds + 0.37,
        marks,
    }
}

/// The leading line: what is sung, else what leads. Onsets tremble, a note in forty is missed, and a repeated
/// note that was struck softly runs on.
fn melody(score: &Score, dice: &mut Dice) -> Vec<Note> {
    let mut notes: Vec<Note> = if let Some(vocal) = &score.vocal {
        vocal.lines.iter().flat_map(SungLine::notes).copied().collect()
    } else {
        let leads = score.parts.iter().filter(|p| p.role == PartRole::Lead);
        leads.flat_map(|p| p.notes.iter().copied()).collect()
    };
    notes.sort_by_key(|n| (n.start, std::cmp::Reverse(n.pitch)));
    notes.dedup_by_key(|n| n.start);
    let mut out: Vec<Note> = Vec::new();
    for note in notes {
        if dice.chance(0.025) {
            continue;
        }
        if let Some(last) = out.last_mut() {
            last.length = last.length.min(note.start - last.start);
            if last.pitch == note.pitch && last.start + last.length == note.start && dice.chance(0.05) {
                last.length += note.length;
                continue;
            }
        }
        out.push(Note {
            nudge: (12.0 * dice.normal()).round().clamp(-40.0, 40.0) as i16,
            velocity: 60 + dice.below(50) as u8,
            length: note.length.max(30),
            ..note
        });
    }
    out.first_mut().into_iter().for_each(|n| n.nudge = n.nudge.max(0));
    out
}

/// Roots and thirds are heard, colours and basses are not.
fn triads(score: &Score) -> Vec<ChordSpan> {
    score
        .chords
        .iter()
        .cloned()
        .map(|mut span| {
            let minor = span.chord.quality.intervals().get(1) == Some(&3);
            span.chord.quality = if minor { Quality::Minor } else { Quality::Major };
            span.chord.bass = span.chord.root;
            span
        })
        .collect()
}

/// What comes back louder is a chorus, everything else that is sung a verse.
fn sections(score: &Score, dice: &mut Dice) -> Vec<Section> {
    let mut verses = 0;
    let section = |s: &Section| {
        let role = match s.role {
            Role::PreChorus | Role::Bridge => Role::Verse,
            other => other,
        };
        verses += u32::from(role == Role::Verse);
        let name = match role {
            Role::Intro => "Intro".to_owned(),
            Role::Chorus => "Chorus".to_owned(),
            Role::Inst => "Interlude".to_owned(),
            Role::Outro => "Outro".to_owned(),
            _ => format!("Verse {verses}"),
        };
        Section {
            name,
            role,
            energy: (s.energy + 0.05 * dice.normal() as f32).clamp(0.05, 1.0),
            ..s.clone()
        }
    };
    score.sections.iter().map(section).collect()
}

fn part(id: &str, name: &str, role: PartRole, notes: Vec<Note>) -> Part {
    Part {
        id: id.into(),
        name: name.into(),
        role,
        sound: Sound::Sampled { bank: 0, program: 0 },
        channel: catbird_score::Channel::default(),
        notes,
    }
}

#[test]
fn a_heard_song_is_a_score() {
    for (style, seed) in [("Pop", 1), ("Rock", 2), ("Jazz", 3)] {
        for source in [super::song(style, seed), super::tune(style, seed)] {
            let heard = heard(&source);
            super::whole(&heard);
            assert!(heard.vocal.is_none() && heard.heard.is_some());
            assert!(heard.tempo.marks.len() as Tick > heard.end() / PPQ / 2);
            assert!((heard.seconds - source.seconds).abs() < 6.0);
            assert_eq!(heard.reels[0].track, Track::Whole);
        }
    }
}
