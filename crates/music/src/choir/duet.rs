//! Two singers: who sings which line, and the same melody in the other one's octave.

use std::collections::BTreeSet;

use catbird_score::{By, Channel, Chorister, Role, Singer, SungLine, Tick, Vocal};

use crate::{direction::Direction, lyrics::Sings, words::PreparedSection};

/// The chorister who sings along where both sing.
pub(crate) const PARTNER: &str = "partner";
/// How much softer the second voice of both is, dB.
const SECOND_DB: f32 = -1.5;
/// How far from the middle the two stand.
const APART: f32 = 0.14;

/// By how many semitones (whole octaves) the partner sings what is written for the lead, so that they share
/// as many tones as possible.
fn octaves(lead: &Singer, partner: &Singer) -> i32 {
    let shared = |by: i32| {
        let low = i32::from(lead.low).max(i32::from(partner.low) - by);
        let high = i32::from(lead.high).min(i32::from(partner.high) - by);
        high - low
    };
    [0, -12, 12, -24, 24]
        .into_iter()
        .rev()
        // Two octaves apart is a last resort.
        .max_by_key(|by| (3 * shared(*by) - by.abs(), -by.abs()))
        .unwrap_or(0)
}

/// The lead with the range in which the partner can sing the same, an octave (or none) apart.
pub(crate) fn within_both(lead: &Singer, partner: &Singer) -> Singer {
    let by = octaves(lead, partner);
    let bound = |pitch: u8| (i32::from(pitch) - by).clamp(0, 127) as u8;
    let (low, high) = (lead.low.max(bound(partner.low)), lead.high.min(bound(partner.high)));
    if low + 9 > high {
        return lead.clone();
    }
    Singer {
        low,
        high,
        ..lead.clone()
    }
}

/// Moves a line written for the lead to the partner; what is still outside the range by octaves of its own.
fn moved(mut line: SungLine, by: i32, singer: &Singer) -> SungLine {
    for note in line
        .words
        .iter_mut()
        .flat_map(|w| &mut w.syllables)
        .flat_map(|s| &mut s.notes)
    {
        note.pitch = into(i32::from(note.pitch) + by, singer);
    }
    line
}

/// The nearest octave of a pitch that a singer has; a pitch inside the range stays.
pub(super) fn into(mut pitch: i32, singer: &Singer) -> u8 {
    let (low, high) = (i32::from(singer.low), i32::from(singer.high));
    while pitch > high && pitch - 12 >= low {
        pitch -= 12;
    }
    while pitch < low && pitch + 12 <= high {
        pitch += 12;
    }
    pitch.clamp(low.min(high), high) as u8
}

/// Gives each line with a `Some` to who shall sing it; all of them are written for the lead.
pub(crate) fn share(vocal: &mut Vocal, sings: &[Option<Sings>], partner: &Singer) {
    let lead = vocal.singer.gender;
    let theirs: Vec<bool> = sings.iter().map(|s| s.is_some_and(|s| s.is_partner(lead))).collect();
    let both: Vec<bool> = sings.iter().map(|s| *s == Some(Sings::Both)).collect();
    hand_out(vocal, &theirs, &both, partner);
}

fn hand_out(vocal: &mut Vocal, theirs: &[bool], both: &[bool], partner: &Singer) {
    let by = octaves(&vocal.singer, partner);
    let mut second = Vec::new();
    for (i, line) in vocal.lines.iter_mut().enumerate() {
        if theirs.get(i) == Some(&true) {
            *line = moved(line.clone(), by, partner);
            line.by = By::Partner;
        } else if both.get(i) == Some(&true) {
            line.by = By::Lead;
            second.push(moved(line.clone(), by, partner));
        }
    }
    let two = !second.is_empty() || vocal.lines.iter().any(|l| l.by == By::Partner);
    vocal.partner = two.then(|| partner.clone());
    vocal.backing.retain(|c| c.name != PARTNER);
    if !second.is_empty() {
        vocal.backing.insert(0, second_voice(vocal.channel, partner, second));
    }
}

fn second_voice(channel: Channel, partner: &Singer, lines: Vec<SungLine>) -> Chorister {
    Chorister {
        name: PARTNER.to_owned(),
        singer: partner.clone(),
        channel: Channel {
            gain_db: channel.gain_db + SECOND_DB,
            pan: APART,
            ..channel
        },
        lines,
    }
}

/// When a line begins.
fn start(line: &SungLine) -> Option<Tick> {
    line.notes().next().map(|n| n.start)
}

/// Where lines begin that both sing.
pub(crate) fn shared(vocal: &Vocal) -> BTreeSet<Tick> {
    let seconds = vocal.backing.iter().filter(|c| c.name == PARTNER);
    seconds.flat_map(|c| &c.lines).filter_map(start).collect()
}

/// All lines as the lead alone would sing them: the partner's in the lead's octave.
pub(crate) fn united(vocal: &Vocal) -> Vec<SungLine> {
    let mut lines = vocal.lines.clone();
    if let Some(partner) = &vocal.partner {
        let by = octaves(&vocal.singer, partner);
        for line in lines.iter_mut().filter(|l| l.by == By::Partner) {
            *line = moved(line.clone(), -by, &vocal.singer);
            line.by = By::Partner;
        }
    }
    lines
}

/// The contrary of [`united`] for another pair: the lines of the partner, still marked so but written for the
/// lead, and those that both sing go to `partner`.
pub(crate) fn divide(vocal: &mut Vocal, shared: &BTreeSet<Tick>, partner: &Singer) {
    let theirs: Vec<bool> = vocal.lines.iter().map(|l| l.by == By::Partner).collect();
    let both: Vec<bool> = vocal
        .lines
        .iter()
        .map(|l| start(l).is_some_and(|s| shared.contains(&s)))
        .collect();
    hand_out(vocal, &theirs, &both, partner);
}

/// Lyrics of a duet that do not say who sings what: verses in turn (a single one half and half), choruses
/// together, the bridge in halves.
pub(crate) fn share_out(sections: &mut [PreparedSection], direction: &Direction) {
    let said = sections.iter().flat_map(|s| &s.lines).any(|l| l.sings != Sings::Lead);
    if !direction.duet || said {
        return;
    }
    let sung = |role: Role| {
        sections
            .iter()
            .filter(|s| s.role == role && !s.lines.is_empty())
            .count()
    };
    let alone = sung(Role::Verse) == 1;
    let mut turn = Sings::Partner;
    for section in sections.iter_mut() {
        let half = section.lines.len().div_ceil(2);
        if section.role == Role::Verse && !section.lines.is_empty() {
            turn = match turn {
                Sings::Lead => Sings::Partner,
                _ => Sings::Lead,
            };
        }
        for (i, line) in section.lines.iter_mut().enumerate() {
            let later = if i < half { Sings::Lead } else { Sings::Partner };
            line.sings = match section.role {
                Role::Chorus => Sings::Both,
                Role::Verse if !alone => turn,
                // Who did not sing the verse leads to the chorus.
                Role::PreChorus if turn == Sings::Lead && !alone => Sings::Partner,
                Role::PreChorus => Sings::Lead,
                _ => later,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use catbird_score::Gender;

    use super::*;

    fn singer(gender: Gender, low: u8, high: u8) -> Singer {
        Singer {
            gender,
            low,
            high,
            ..Singer::default()
        }
    }

    #[test]
    fn two_share_the_tones_that_both_have() {
        let (lark, raven) = (singer(Gender::Female, 58, 79), singer(Gender::Male, 38, 60));
        let both = within_both(&lark, &raven);
        assert_eq!(octaves(&lark, &raven), -12);
        assert_eq!((both.low, both.high), (58, 72));
        let (linnet, starling) = (singer(Gender::Female, 55, 76), singer(Gender::Male, 43, 65));
        let both = within_both(&starling, &linnet);
        assert_eq!((octaves(&starling, &linnet), both.low, both.high), (12, 43, 64));
    }

    #[test]
    fn a_pitch_comes_into_a_range_by_octaves() {
        let man = singer(Gender::Male, 43, 65);
        assert_eq!([60, 70, 76, 40, 30].map(|p| into(p, &man)), [60, 58, 64, 52, 54]);
    }
}
