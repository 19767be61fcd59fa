//! `SoundFont` modulators, baked. The synthesiser ignores the modulators of a `SoundFont`, but some banks
//! keep a preset's brightness in nothing else: their pianos would play through a closed filter. So
//! before loading, the contribution of velocity and key to the filter is added to the generators, as
//! it is for a note of velocity 100 (or the nearest its zone plays) around middle C.
//!
//! Format and formulas: *`SoundFont` Technical Specification 2.04*, sections 7 (the hydra), 8.2 and 9.5
//! (modulators and their sources).

pub(super) mod subset;

/// Generators: filter corner, modulation envelope to filter corner, ranges, and what ends a zone.
const FILTER: u16 = 8;
const ENVELOPE_TO_FILTER: u16 = 11;
const INSTRUMENT: u16 = 41;
const KEY_RANGE: u16 = 43;
const VELOCITY_RANGE: u16 = 44;
const SAMPLE: u16 = 53;

/// Where a note is taken to be.
const VELOCITY: u8 = 100;
const KEY: u8 = 60;

/// The corner of a filter that is open, and the lowest allowed, cents above 8.176 Hz.
const OPEN_CENTS: i32 = 13_500;
const LOWEST_CENTS: i32 = 1_500;

#[derive(Clone, Copy)]
struct Generator {
    id: u16,
    value: u16,
}

#[derive(Clone, Copy)]
struct Modulator {
    source: u16,
    target: u16,
    amount: i16,
    scale: u16,
    transform: u16,
}

struct Zone {
    generators: Vec<Generator>,
    modulators: Vec<Modulator>,
}

/// The file with its modulators baked; `None` when it is not laid out as expected.
pub(super) fn bake(file: &[u8]) -> Option<Vec<u8>> {
    if file.get(..4)? != b"RIFF" || file.get(8..12)? != b"sfbk" {
        return None;
    }
    let mut out = file[..12].to_vec();
    let mut baked = false;
    for Chunk { id, body, pad } in chunks(file.get(12..)?)? {
        if id == *b"LIST" && body.get(..4) == Some(b"pdta") {
            push(&mut out, id, &hydra(body)?, false);
            baked = true;
        } else {
            push(&mut out, id, body, pad);
        }
    }
    let size = u32::try_from(out.len() - 8).ok()?;
    out[4..8].copy_from_slice(&size.to_le_bytes());
    baked.then_some(out)
}

/// A chunk of a RIFF list.
struct Chunk<'a> {
    id: [u8; 4],
    body: &'a [u8],
    /// Whether a zero follows an odd length, as RIFF asks; banks in the wild leave it out.
    pad: bool,
}

fn chunks(mut bytes: &[u8]) -> Option<Vec<Chunk<'_>>> {
    let mut out = Vec::new();
    while bytes.len() >= 8 {
        let id = bytes[..4].try_into().ok()?;
        let size = u32::from_le_bytes(bytes[4..8].try_into().ok()?) as usize;
        let body = bytes.get(8..8 + size)?;
        let pad = size % 2 == 1 && bytes.get(8 + size) == Some(&0);
        out.push(Chunk { id, body, pad });
        bytes = &bytes[8 + size + usize::from(pad)..];
    }
    Some(out)
}

fn push(out: &mut Vec<u8>, id: [u8; 4], body: &[u8], pad: bool) {
    out.extend_from_slice(&id);
    out.extend_from_slice(&(body.len() as u32).to_le_bytes());
    out.extend_from_slice(body);
    if pad {
        out.push(0);
    }
}

/// The preset data list with new generators and bags.
fn hydra(body: &[u8]) -> Option<Vec<u8>> {
    let parts = chunks(body.get(4..)?)?;
    let part = |id: &[u8; 4]| parts.iter().find(|c| c.id == *id).map(|c| c.body);
    // Bag indices stand at the end of a preset's or instrument's record.
    let (presets, preset_generators) = bake_level(
        part(b"phdr")?,
        38,
        24,
        part(b"pbag")?,
        part(b"pgen")?,
        part(b"pmod")?,
        INSTRUMENT,
    )?;
    let (instruments, instrument_generators) = bake_level(
        part(b"inst")?,
        22,
        20,
        part(b"ibag")?,
        part(b"igen")?,
        part(b"imod")?,
        SAMPLE,
    )?;
    let mut out = body[..4].to_vec();
    for Chunk { id, body: old, pad } in &parts {
        let new: &[u8] = match id {
            b"pbag" => &presets,
            b"pgen" => &preset_generators,
            b"ibag" => &instruments,
            b"igen" => &instrument_generators,
            _ => old,
        };
        push(&mut out, *id, new, *pad);
    }
    Some(out)
}

/// New bags and generators of presets (`end` = instrument) or instruments (`end` = sample). A record of
/// `size` bytes has its first bag's index at `bag_at`.
fn bake_level(
    records: &[u8],
    size: usize,
    bag_at: usize,
    bags: &[u8],
    generators: &[u8],
    modulators: &[u8],
    end: u16,
) -> Option<(Vec<u8>, Vec<u8>)> {
    let firsts: Vec<usize> = records
        .chunks_exact(size)
        .map(|r| word(r, bag_at).map(usize::from))
        .collect::<Option<_>>()?;
    let (mut new_bags, mut new_generators) = (Vec::new(), Vec::new());
    let emit = |zone: &[Generator], modulator_index: u16, bags: &mut Vec<u8>, all: &mut Vec<u8>| -> Option<()> {
        bags.extend_from_slice(&u16::try_from(all.len() / 4).ok()?.to_le_bytes());
        bags.extend_from_slice(&modulator_index.to_le_bytes());
        for g in zone {
            all.extend_from_slice(&g.id.to_le_bytes());
            all.extend_from_slice(&g.value.to_le_bytes());
        }
        Some(())
    };
    for pair in firsts.windows(2) {
        let mut global: Option<Zone> = None;
        for bag in pair[0]..pair[1] {
            let mut zone = read(bags, generators, modulators, bag)?;
            let is_whole = zone.generators.iter().any(|g| g.id == end);
            if is_whole {
                lay(&mut zone, global.as_ref(), end == SAMPLE);
            }
            emit(
                &zone.generators,
                word(bags, bag * 4 + 2)?,
                &mut new_bags,
                &mut new_generators,
            )?;
            if !is_whole && bag == pair[0] {
                global = Some(zone);
            }
        }
    }
    // The terminal bag and generator.
    let last = *firsts.last()?;
    emit(
        &[Generator { id: 0, value: 0 }],
        word(bags, last * 4 + 2)?,
        &mut new_bags,
        &mut new_generators,
    )?;
    Some((new_bags, new_generators))
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn read(bags: &[u8], generators: &[u8], modulators: &[u8], bag: usize) -> Option<Zone> {
    let range =
        |field: usize| Some(usize::from(word(bags, bag * 4 + field)?)..usize::from(word(bags, bag * 4 + 4 + field)?));
    let generators = range(0)?
        .map(|i| {
            Some(Generator {
                id: word(generators, i * 4)?,
                value: word(generators, i * 4 + 2)?,
            })
        })
        .collect::<Option<_>>()?;
    let modulators = range(2)?
        .map(|i| {
            let field = |k: usize| word(modulators, i * 10 + 2 * k);
            Some(Modulator {
                source: field(0)?,
                target: field(1)?,
                amount: field(2)? as i16,
                scale: field(3)?,
                transform: field(4)?,
            })
        })
        .collect::<Option<_>>()?;
    Some(Zone { generators, modulators })
}

/// Adds what the modulators of a zone (and of its global zone, unless restated) contribute.
fn lay(zone: &mut Zone, global: Option<&Zone>, is_instrument: bool) {
    let same = |a: &Modulator, b: &Modulator| {
        (a.source, a.target, a.scale, a.transform) == (b.source, b.target, b.scale, b.transform)
    };
    let inherited = global
        .iter()
        .flat_map(|g| &g.modulators)
        .filter(|m| !zone.modulators.iter().any(|own| same(own, m)));
    let all: Vec<Modulator> = inherited.chain(&zone.modulators).copied().collect();
    let find = |id: u16| {
        zone.generators
            .iter()
            .chain(global.iter().flat_map(|g| &g.generators))
            .find(|g| g.id == id)
            .map(|g| g.value)
    };
    // The nearest to the wish inside the zone's range (low byte to high byte).
    let within = |id: u16, wish: u8| {
        find(id).map_or(wish, |r| {
            wish.clamp(
                (r & 0xFF) as u8 & 127,
                ((r >> 8) as u8 & 127).max((r & 0xFF) as u8 & 127),
            )
        })
    };
    let note = (within(VELOCITY_RANGE, VELOCITY), within(KEY_RANGE, KEY));
    let mut changes = Vec::new();
    for target in [FILTER, ENVELOPE_TO_FILTER] {
        let sum: f32 = all
            .iter()
            .filter(|m| m.target == target && m.source & 0x7F != 0)
            .map(|m| {
                f32::from(m.amount) * source(m.source, note) * if m.scale == 0 { 1.0 } else { source(m.scale, note) }
            })
            .sum();
        if sum.abs() >= 1.0 {
            let default = if is_instrument && target == FILTER {
                OPEN_CENTS
            } else {
                0
            };
            let now = find(target).map_or(default, |v| i32::from(v as i16)) + sum as i32;
            let limits = if is_instrument && target == FILTER {
                (LOWEST_CENTS, OPEN_CENTS)
            } else {
                (-12_000, OPEN_CENTS)
            };
            changes.push((target, now.clamp(limits.0, limits.1) as i16 as u16));
        }
    }
    for (id, value) in changes {
        match zone.generators.iter_mut().find(|g| g.id == id) {
            Some(g) => g.value = value,
            // Before the last, which must stay last; ranges must stay first.
            None => zone
                .generators
                .insert(zone.generators.len() - 1, Generator { id, value }),
        }
    }
}

/// A modulator source's value for (velocity, key); controllers are at rest.
fn source(code: u16, (velocity, key): (u8, u8)) -> f32 {
    let raw = match code & 0xFF {
        2 => velocity,
        3 => key,
        _ => return 0.0,
    };
    let v = f32::from(if code & 0x100 == 0 { raw } else { 127 - raw });
    let concave = |v: f32| (-40.0 / 96.0 * ((127.0 - v) / 127.0).max(1e-4).log10()).clamp(0.0, 1.0);
    let x = match code >> 10 {
        0 => v / 127.0,
        1 => concave(v),
        2 => 1.0 - concave(127.0 - v),
        _ => f32::from(v >= 64.0),
    };
    if code & 0x200 == 0 { x } else { 2.0 * x - 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_follow_the_specification() {
        // Linear, reversed, bipolar, concave reversed (the default attenuation: 0 at full velocity).
        assert!((source(0x002, (127, 60)) - 1.0).abs() < 1e-6);
        assert!((source(0x102, (127, 60))).abs() < 1e-6);
        assert!((source(0x203, (100, 127)) - 1.0).abs() < 1e-6);
        assert!(source(0x502, (127, 60)).abs() < 1e-6 && source(0x502, (1, 60)) > 0.8);
    }

    #[test]
    fn a_zones_modulators_open_its_filter() {
        let velocity_to = |target, amount| Modulator {
            source: 2,
            target,
            amount,
            scale: 0,
            transform: 0,
        };
        let global = Zone {
            generators: Vec::new(),
            modulators: vec![velocity_to(ENVELOPE_TO_FILTER, 6_350), velocity_to(FILTER, 1_270)],
        };
        let mut zone = Zone {
            generators: vec![
                Generator {
                    id: VELOCITY_RANGE,
                    value: 0x500a,
                },
                Generator {
                    id: ENVELOPE_TO_FILTER,
                    value: (-2_000i16) as u16,
                },
                Generator {
                    id: INSTRUMENT,
                    value: 7,
                },
            ],
            // Restated: the global one does not count.
            modulators: vec![velocity_to(FILTER, 0)],
        };
        lay(&mut zone, Some(&global), false);
        let values: Vec<(u16, i16)> = zone.generators.iter().map(|g| (g.id, g.value as i16)).collect();
        // Velocity 80 is the nearest to 100 that the zone plays: 80/127 of 6350 is 4000.
        assert_eq!(values[1..], [(ENVELOPE_TO_FILTER, 2_000), (INSTRUMENT, 7)]);
    }

    #[test]
    fn anything_else_is_not_touched() {
        assert!(bake(b"not a SoundFont").is_none());
        assert!(bake(b"RIFF\0\0\0\0sfbkLIST\xff\xff\xff\xffpdta").is_none());
    }
}
