//! The form of a recording: sections on bar lines, named by what comes back, how loud it is and whether
//! somebody sings.

mod bars;
mod boundaries;

use catbird_score::{Role, Section};

use self::bars::Bars;
use crate::rhythm::Rhythm;

/// Two sections as alike as this are the same one again.
const SAME: f32 = 0.5;

/// A section before it has a name.
struct Block {
    from: usize,
    to: usize,
    /// Which blocks are the same again.
    group: usize,
    level: f32,
    /// Share of its bars in which somebody sings; `None` where that is not known.
    sung: Option<f32>,
}

/// The sections of a mono recording, gapless from tick 0 to its end, and how clear they are, 0–1.
/// `voice` is the singing alone, where it has been separated: it tells verses from interludes.
pub fn hear(mono: &[f32], voice: Option<&[f32]>, rhythm: &Rhythm) -> (Vec<Section>, f32) {
    let bars = Bars::of(mono, rhythm, voice);
    let (starts, confidence) = boundaries::find(&bars);
    let (blocks, roles) = merge(blocks(&bars, &starts));
    let names = names(&roles);
    let bar = rhythm.meter.bar();
    let (low, high) = bars
        .level
        .iter()
        .fold((f32::MAX, f32::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
    // Less than 12 dB between the quietest and the loudest bar is no whole range of energies.
    let range = (high - low.max(high - 24.0)).max(12.0);
    let sections = blocks
        .iter()
        .zip(roles.iter().zip(names))
        .map(|(block, (&role, name))| Section {
            name,
            role,
            start: block.from as u32 * bar,
            length: (block.to - block.from) as u32 * bar,
            energy: (0.95 - 0.75 * (high - block.level) / range).clamp(0.1, 0.95),
        })
        .collect();
    (sections, confidence)
}

fn blocks(bars: &Bars, starts: &[usize]) -> Vec<Block> {
    let ends = starts[1..].iter().copied().chain([bars.level.len()]);
    let mut blocks: Vec<Block> = Vec::new();
    for (&from, to) in starts.iter().zip(ends) {
        // Silence before and after the music belongs to its first and last section, not to their level.
        let (first, past) = bars.audible();
        let heard = from.max(first).min(to - 1)..to.min(past).max(from + 1);
        let level = bars.level[heard.clone()].iter().sum::<f32>() / heard.len() as f32;
        let length = (to - from) as f32;
        let sung = bars
            .voice
            .as_ref()
            .map(|v| v[from..to].iter().filter(|v| **v > -15.0).count() as f32 / length);
        // The most alike of the earlier ones, if alike enough; else the first of its own group.
        let twin = blocks
            .iter()
            .map(|other| (alike(bars, (other.from, other.to), (from, to)), other.group))
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .filter(|t| t.0 > SAME);
        let fresh = blocks.iter().map(|b| b.group + 1).max().unwrap_or(0);
        blocks.push(Block {
            from,
            to,
            group: twin.map_or(fresh, |t| t.1),
            level,
            sung,
        });
    }
    blocks
}

/// How alike two stretches are, bar by bar, at the best of a few offsets; much shorter is not the same.
fn alike(bars: &Bars, a: (usize, usize), b: (usize, usize)) -> f32 {
    let (short, long) = if a.1 - a.0 <= b.1 - b.0 { (a, b) } else { (b, a) };
    let (length, room) = (short.1 - short.0, long.1 - long.0);
    (0..=room - length)
        .map(|offset| {
            (0..length)
                .map(|k| bars.alike(short.0 + k, long.0 + offset + k))
                .sum::<f32>()
                / length as f32
        })
        .fold(0.0, f32::max)
        - 0.15 * (1.0 - length as f32 / room as f32)
}

/// What each block does: the loudest group that comes back is the chorus.
fn roles(blocks: &[Block]) -> Vec<Role> {
    let count = blocks.len();
    if count == 1 {
        return vec![Role::Verse];
    }
    let sings = |b: &Block| b.sung.is_none_or(|s| s >= 0.4);
    let loudest = blocks.iter().map(|b| b.level).fold(f32::MIN, f32::max);
    let quiet = |b: &Block| b.level < loudest - 4.0;
    let bars = blocks[count - 1].to;
    // The ends first: what stands outside the song proper.
    let mut roles: Vec<Option<Role>> = vec![None; count];
    let is_short = |b: &Block| (b.to - b.from) * 6 <= bars.max(24);
    let alone = |i: usize| blocks.iter().filter(|b| b.group == blocks[i].group).count() == 1;
    let first = &blocks[0];
    if count > 2 && is_short(first) && (!sings(first) || (first.sung.is_none() && (alone(0) || quiet(first)))) {
        roles[0] = Some(Role::Intro);
    }
    let last = &blocks[count - 1];
    if count > 2 && is_short(last) && (!sings(last) || (last.sung.is_none() && (alone(count - 1) || quiet(last)))) {
        roles[count - 1] = Some(Role::Outro);
    }
    for (role, block) in roles.iter_mut().zip(blocks) {
        if role.is_none() && !sings(block) {
            *role = Some(Role::Inst);
        }
    }
    let open = |roles: &[Option<Role>], group: usize| -> Vec<usize> {
        (0..count)
            .filter(|&i| roles[i].is_none() && blocks[i].group == group)
            .collect()
    };
    let groups = blocks.iter().map(|b| b.group + 1).max().unwrap_or(0);
    let mean = |members: &[usize]| members.iter().map(|&i| blocks[i].level).sum::<f32>() / members.len().max(1) as f32;
    // Loud, often, and not what the song begins with.
    let chorus = (0..groups)
        .map(|group| (open(&roles, group), group))
        .filter(|(members, _)| members.len() >= 2)
        .map(|(members, group)| {
            let opens = (0..count).find(|&i| roles[i].is_none()) == members.first().copied();
            let value = mean(&members) + 0.7 * members.len().min(4) as f32 - if opens { 1.5 } else { 0.0 };
            (value, group)
        })
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|c| c.1);
    if let Some(chorus) = chorus {
        for i in open(&roles, chorus) {
            roles[i] = Some(Role::Chorus);
        }
    }
    for i in 0..count {
        if roles[i].is_some() {
            continue;
        }
        let single = open(&roles, blocks[i].group).len() == 1 && alone(i);
        let late = blocks[i].from * 2 >= bars;
        let after_chorus = roles[..i].contains(&Some(Role::Chorus));
        roles[i] = Some(if single && late && after_chorus {
            Role::Bridge
        } else {
            Role::Verse
        });
    }
    // What trails after the last chorus ends the piece.
    if let Some(last) = roles.iter().rposition(|r| *r == Some(Role::Chorus)) {
        let tail = bars - blocks[last].to;
        let falls = blocks[last + 1..].iter().all(|b| b.level < blocks[last].level - 0.7);
        if falls && tail * 4 <= bars {
            roles[last + 1..].fill(Some(Role::Outro));
        }
    }
    // One or two bars between the introduction and the song are its end.
    if count > 2 && roles[0] == Some(Role::Intro) && blocks[1].to <= 4 {
        roles[1] = Some(Role::Intro);
    }
    roles.into_iter().map(|r| r.unwrap_or(Role::Verse)).collect()
}

/// Joins neighbours that are one section: pieces of an introduction or an ending, and halves of eight or
/// twelve bars.
fn merge(blocks: Vec<Block>) -> (Vec<Block>, Vec<Role>) {
    let roles = roles(&blocks);
    let mut merged: Vec<(Block, Role)> = Vec::new();
    for (block, role) in blocks.into_iter().zip(roles) {
        if let Some((last, same)) = merged.last_mut().filter(|m| m.1 == role) {
            let (a, b) = (last.to - last.from, block.to - block.from);
            let outside = matches!(*same, Role::Intro | Role::Outro);
            if outside || (a.min(b) <= 4 && a + b <= 12) {
                last.level = (last.level * a as f32 + block.level * b as f32) / (a + b) as f32;
                last.to = block.to;
                continue;
            }
        }
        merged.push((block, role));
    }
    merged.into_iter().unzip()
}

/// The names scores have: verses are numbered when there are several, other roles are not.
fn names(roles: &[Role]) -> Vec<String> {
    let verses = roles.iter().filter(|r| **r == Role::Verse).count();
    let mut verse = 0;
    roles
        .iter()
        .map(|role| match role {
            Role::Intro => "Intro".to_owned(),
            Role::Verse if verses > 1 => {
                verse += 1;
                format!("Verse {verse}")
            }
            Role::Verse => "Verse".to_owned(),
            Role::PreChorus => "Pre-Chorus".to_owned(),
            Role::Chorus => "Chorus".to_owned(),
            Role::Bridge => "Bridge".to_owned(),
            Role::Inst => "Interlude".to_owned(),
            Role::Outro => "Outro".to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use catbird_score::{Meter, TempoMap};

    use super::*;
    use crate::RATE;

    /// Bars of two seconds: one chord each, with partials and at a level that belong to the section.
    fn play(form: &[(&[[u8; 3]], usize, f32, f32)]) -> Vec<f32> {
        let mut sound = Vec::new();
        for (chords, bars, level, bright) in form {
            for bar in 0..*bars {
                for i in 0..RATE * 2 {
                    let t = i as f32 / RATE as f32;
                    let tone = |pitch: u8| {
                        let hz = 440.0 * 2.0_f32.powf((f32::from(pitch) - 69.0) / 12.0);
                        (1..8)
                            .map(|h| bright.powi(h - 1) * (TAU * hz * h as f32 * t).sin())
                            .sum::<f32>()
                    };
                    let chord = chords[bar % chords.len()];
                    sound.push(level * chord.iter().map(|p| tone(*p)).sum::<f32>());
                }
            }
        }
        sound
    }

    fn rhythm(seconds: f64) -> Rhythm {
        Rhythm {
            tempo: TempoMap::steady(120.0, 0.0),
            meter: Meter::COMMON,
            beats: (0..(seconds * 2.0) as usize).map(|i| i as f64 / 2.0).collect(),
            downbeats: Vec::new(),
            steady: true,
            tempo_confidence: 1.0,
            meter_confidence: 1.0,
            percussive: 0.0,
        }
    }

    const VERSE: &[[u8; 3]] = &[[57, 60, 64], [53, 57, 60], [57, 60, 64], [52, 55, 59]];
    const CHORUS: &[[u8; 3]] = &[[60, 64, 67], [55, 59, 62], [53, 57, 60], [55, 59, 62]];
    const BRIDGE: &[[u8; 3]] = &[[50, 53, 57], [58, 62, 65]];
    const INTRO: &[[u8; 3]] = &[[57, 60, 64]];

    #[test]
    fn a_song_is_divided_where_it_changes_and_what_returns_louder_is_the_chorus() {
        let sound = play(&[
            (INTRO, 4, 0.01, 0.3),
            (VERSE, 8, 0.03, 0.4),
            (CHORUS, 8, 0.05, 0.7),
            (VERSE, 8, 0.03, 0.4),
            (CHORUS, 8, 0.05, 0.7),
            (BRIDGE, 4, 0.03, 0.5),
            (CHORUS, 8, 0.05, 0.7),
        ]);
        let (sections, sure) = hear(&sound, None, &rhythm(sound.len() as f64 / f64::from(RATE)));
        let form: Vec<(&str, u32)> = sections.iter().map(|s| (s.name.as_str(), s.length / 1920)).collect();
        let expected = [
            ("Intro", 4),
            ("Verse 1", 8),
            ("Chorus", 8),
            ("Verse 2", 8),
            ("Chorus", 8),
            ("Bridge", 4),
            ("Chorus", 8),
        ];
        assert_eq!(form, expected);
        assert!(sure > 0.4, "{sure}");
        assert!(sections[2].energy > sections[1].energy && sections[1].energy > sections[0].energy);
    }

    #[test]
    fn sections_are_gapless_to_the_end_whatever_is_heard() {
        for seconds in [1_usize, 3, 9, 61] {
            let sound = vec![0.01; seconds * RATE as usize];
            let (sections, _) = hear(&sound, None, &rhythm(seconds as f64));
            let mut tick = 0;
            for section in &sections {
                assert_eq!(section.start, tick);
                assert!(section.length > 0 && section.length % 1920 == 0);
                tick = section.end();
            }
            assert!(f64::from(tick) / 960.0 >= seconds as f64 - 0.25);
        }
    }

    #[test]
    fn where_nobody_sings_between_verses_is_an_interlude() {
        let sound = play(&[
            (VERSE, 8, 0.03, 0.4),
            (CHORUS, 8, 0.05, 0.7),
            (BRIDGE, 8, 0.03, 0.5),
            (VERSE, 8, 0.03, 0.4),
            (CHORUS, 8, 0.05, 0.7),
        ]);
        let mut voice = sound.clone();
        let bar = RATE as usize * 2;
        voice[16 * bar..24 * bar].fill(0.0);
        let (sections, _) = hear(&sound, Some(&voice), &rhythm(sound.len() as f64 / f64::from(RATE)));
        let names: Vec<&str> = sections.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["Verse 1", "Chorus", "Interlude", "Verse 2", "Chorus"]);
    }
}
