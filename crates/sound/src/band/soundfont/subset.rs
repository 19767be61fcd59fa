//! Some keys of one preset out of a bank: a bank of its own with the instruments and samples they need and
//! nothing else. Decoding a whole General MIDI bank takes a second and 200 MB (its grand piano alone 100 MB),
//! most of it for sounds a song does not have.

use std::ops::Range;

use super::{INSTRUMENT, KEY_RANGE, SAMPLE, chunks, push, word};

/// Keys that are played, one bit each: bit 60 is middle C.
pub(in crate::band) type Keys = u128;

/// Sizes of the hydra's records, bytes, and where presets and instruments keep their first bag.
const PRESET: (usize, usize) = (38, 24);
const INSTRUMENT_RECORD: (usize, usize) = (22, 20);
const BAG: usize = 4;
const GENERATOR: usize = 4;
const MODULATOR: usize = 10;
const HEADER: usize = 46;

/// The bank that percussion lies in.
pub(in crate::band) const PERCUSSION: u16 = 128;

/// Silent frames that the specification asks for behind a sample.
const GUARD: usize = 46;

/// The bank with only the preset that a synthesiser would take for this bank and program (the exact one, else
/// the General MIDI one, else the first), and of its instruments only the zones of `keys`. `None` when the
/// file is not laid out as expected.
pub(in crate::band) fn subset(file: &[u8], (bank, program): (u16, u16), keys: Keys) -> Option<Vec<u8>> {
    if file.get(..4)? != b"RIFF" || file.get(8..12)? != b"sfbk" {
        return None;
    }
    let lists = chunks(file.get(12..)?)?;
    let list = |kind: &[u8; 4]| {
        let found = lists.iter().find(|c| c.id == *b"LIST" && c.body.starts_with(kind))?;
        found.body.get(4..)
    };
    let hydra = chunks(list(b"pdta")?)?;
    let part = |id: &[u8; 4]| hydra.iter().find(|c| c.id == *id).map(|c| c.body);

    let presets = part(b"phdr")?;
    let mut instruments = Vec::new();
    let preset = Level {
        record: PRESET,
        records: presets,
        bags: part(b"pbag")?,
        generators: part(b"pgen")?,
        modulators: part(b"pmod")?,
        link: INSTRUMENT,
    }
    .keep(&[find(presets, bank, program)?], Keys::MAX, &mut instruments)?;
    let mut samples = Vec::new();
    let instrument = Level {
        record: INSTRUMENT_RECORD,
        records: part(b"inst")?,
        bags: part(b"ibag")?,
        generators: part(b"igen")?,
        modulators: part(b"imod")?,
        link: SAMPLE,
    }
    .keep(&instruments, keys, &mut samples)?;
    let sound = chunks(list(b"sdta")?)?;
    let pool = sound.iter().find(|c| c.id == *b"smpl")?.body;
    let (pool, headers) = cut(pool, part(b"shdr")?, &samples)?;

    let mut out = file[..12].to_vec();
    let mut info = b"INFO".to_vec();
    info.extend_from_slice(list(b"INFO")?);
    push(&mut out, *b"LIST", &info, false);
    let mut sound = b"sdta".to_vec();
    push(&mut sound, *b"smpl", &pool, pool.len() % 2 == 1);
    push(&mut out, *b"LIST", &sound, false);
    let mut data = b"pdta".to_vec();
    for (ids, level) in [
        ([b"phdr", b"pbag", b"pmod", b"pgen"], preset),
        ([b"inst", b"ibag", b"imod", b"igen"], instrument),
    ] {
        for (id, body) in ids.into_iter().zip(level) {
            push(&mut data, *id, &body, false);
        }
    }
    push(&mut data, *b"shdr", &headers, false);
    push(&mut out, *b"LIST", &data, false);
    let size = u32::try_from(out.len() - 8).ok()?;
    out[4..8].copy_from_slice(&size.to_le_bytes());
    Some(out)
}

/// The index of the preset that is played for a bank and a program.
fn find(presets: &[u8], bank: u16, program: u16) -> Option<usize> {
    let count = (presets.len() / PRESET.0).checked_sub(1)?;
    let number = |i: usize| Some((word(presets, i * PRESET.0 + 22)?, word(presets, i * PRESET.0 + 20)?));
    let numbers: Vec<(u16, u16)> = (0..count).map(number).collect::<Option<_>>()?;
    let general = if bank < PERCUSSION {
        (0, program)
    } else {
        (PERCUSSION, 0)
    };
    // Of presets with one number the last one counts, as in the synthesiser.
    let at = |wanted| numbers.iter().rposition(|n| *n == wanted);
    at((bank, program))
        .or_else(|| at(general))
        .or_else(|| at(*numbers.iter().min()?))
}

/// The presets or the instruments of a bank.
struct Level<'a> {
    /// Size of a record, and where it keeps the index of its first bag.
    record: (usize, usize),
    records: &'a [u8],
    bags: &'a [u8],
    generators: &'a [u8],
    modulators: &'a [u8],
    /// The generator that names what lies a level below.
    link: u16,
}

impl Level<'_> {
    /// Records, bags, modulators and generators of `kept` alone, without the zones that have none of `keys`
    /// (but one remains, since nothing may be empty). What they name below is numbered anew, in the order of
    /// `below`, which is filled with the old numbers.
    fn keep(&self, kept: &[usize], keys: Keys, below: &mut Vec<usize>) -> Option<[Vec<u8>; 4]> {
        let (size, bag_at) = self.record;
        let [mut records, mut bags, mut modulators, mut generators] = <[Vec<u8>; 4]>::default();
        let mark = |bags: &mut Vec<u8>, generators: &[u8], modulators: &[u8]| -> Option<()> {
            for count in [generators.len() / GENERATOR, modulators.len() / MODULATOR] {
                bags.extend_from_slice(&u16::try_from(count).ok()?.to_le_bytes());
            }
            Some(())
        };
        // The list ends with a record that has no bags of its own.
        let last = (self.records.len() / size).checked_sub(1)?;
        for index in kept.iter().copied().chain([last]) {
            let mut record = self.records.get(index * size..(index + 1) * size)?.to_vec();
            let first = usize::from(word(&record, bag_at)?);
            record[bag_at..bag_at + 2].copy_from_slice(&u16::try_from(bags.len() / BAG).ok()?.to_le_bytes());
            records.extend_from_slice(&record);
            if index == last {
                break;
            }
            let end = usize::from(word(self.records, (index + 1) * size + bag_at)?);
            let named = |bag| self.generator(bag, self.link).is_some();
            let mut spare = !(first..end).any(|bag| named(bag) && self.plays(bag, keys));
            for bag in first..end {
                if named(bag) && !self.plays(bag, keys) && !std::mem::take(&mut spare) {
                    continue;
                }
                mark(&mut bags, &generators, &modulators)?;
                for i in self.range(bag, 0)? {
                    let (id, mut value) = (
                        word(self.generators, i * GENERATOR)?,
                        word(self.generators, i * GENERATOR + 2)?,
                    );
                    if id == self.link {
                        let old = usize::from(value);
                        let new = below.iter().position(|b| *b == old).unwrap_or_else(|| {
                            below.push(old);
                            below.len() - 1
                        });
                        value = u16::try_from(new).ok()?;
                    }
                    generators.extend_from_slice(&id.to_le_bytes());
                    generators.extend_from_slice(&value.to_le_bytes());
                }
                let range = self.range(bag, 2)?;
                modulators.extend_from_slice(self.modulators.get(range.start * MODULATOR..range.end * MODULATOR)?);
            }
        }
        mark(&mut bags, &generators, &modulators)?;
        generators.extend_from_slice(&[0; GENERATOR]);
        modulators.extend_from_slice(&[0; MODULATOR]);
        Some([records, bags, modulators, generators])
    }

    /// Indices of a zone's generators (`field` 0) or modulators (2).
    fn range(&self, bag: usize, field: usize) -> Option<Range<usize>> {
        let from = usize::from(word(self.bags, bag * BAG + field)?);
        Some(from..usize::from(word(self.bags, (bag + 1) * BAG + field)?))
    }

    /// What a zone says of a generator, if anything.
    fn generator(&self, bag: usize, id: u16) -> Option<u16> {
        let at = self
            .range(bag, 0)?
            .find(|i| word(self.generators, i * GENERATOR) == Some(id))?;
        word(self.generators, at * GENERATOR + 2)
    }

    /// Whether a zone plays any of `keys`.
    fn plays(&self, bag: usize, keys: Keys) -> bool {
        let [low, high] = self.generator(bag, KEY_RANGE).map_or([0, 127], u16::to_le_bytes);
        (low..=high.min(127)).any(|key| keys >> key & 1 == 1)
    }
}

/// The samples `kept` and their headers. Compressed ones are streams that their headers delimit in bytes,
/// their loops counted from the sample's own beginning; others are 16-bit frames, and all counts are the
/// pool's.
fn cut(pool: &[u8], headers: &[u8], kept: &[usize]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (unit, guard, relative) = if pool.starts_with(b"OggS") {
        (1, 0, true)
    } else {
        (2, GUARD, false)
    };
    let (mut out, mut out_headers) = (Vec::new(), Vec::new());
    for index in kept {
        let mut header = headers.get(index * HEADER..(index + 1) * HEADER)?.to_vec();
        let field = |header: &[u8], i: usize| {
            let bytes = header.get(20 + 4 * i..24 + 4 * i)?;
            Some(u32::from_le_bytes(bytes.try_into().ok()?))
        };
        let (start, end) = (field(&header, 0)?, field(&header, 1)?);
        let shift = u32::try_from(out.len() / unit).ok()?.wrapping_sub(start);
        for i in 0..if relative { 2 } else { 4 } {
            let moved = field(&header, i)?.wrapping_add(shift);
            header[20 + 4 * i..24 + 4 * i].copy_from_slice(&moved.to_le_bytes());
        }
        // The other side of a stereo pair may not be here; nobody asks for it.
        header[42..44].copy_from_slice(&[0, 0]);
        out_headers.extend_from_slice(&header);
        let (start, end) = (start as usize * unit, end as usize * unit);
        out.extend_from_slice(pool.get(start..end)?);
        out.extend(pool.iter().skip(end).take(guard * unit));
    }
    // The terminal record.
    let last = (headers.len() / HEADER).checked_sub(1)?;
    out_headers.extend_from_slice(headers.get(last * HEADER..(last + 1) * HEADER)?);
    Some((out, out_headers))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::band::soundfont::chunks;

    fn list(kind: [u8; 4], parts: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
        let mut body = kind.to_vec();
        for (id, part) in parts {
            push(&mut body, **id, part, part.len() % 2 == 1);
        }
        body
    }

    fn words(values: &[u16]) -> Vec<u8> {
        values.iter().flat_map(|v| v.to_le_bytes()).collect()
    }

    fn record(size: usize, fields: &[(usize, u16)]) -> Vec<u8> {
        let mut record = vec![0; size];
        for (at, value) in fields {
            record[*at..at + 2].copy_from_slice(&value.to_le_bytes());
        }
        record
    }

    /// Two presets (0:5 and 128:0), each with an instrument of its own, each with a sample of its own.
    fn bank() -> Vec<u8> {
        let header = |start: u16, end: u16| record(HEADER, &[(20, start), (24, end), (28, start + 1), (32, end - 1)]);
        let pool: Vec<u8> = (0..200u16).flat_map(u16::to_le_bytes).collect();
        let mut file = b"RIFF\0\0\0\0sfbk".to_vec();
        push(&mut file, *b"LIST", &list(*b"INFO", &[]), false);
        push(&mut file, *b"LIST", &list(*b"sdta", &[(b"smpl", pool)]), false);
        let hydra = list(
            *b"pdta",
            &[
                (
                    b"phdr",
                    [
                        record(38, &[(20, 5), (22, 0), (24, 0)]),
                        record(38, &[(20, 0), (22, 128), (24, 1)]),
                        record(38, &[(24, 2)]),
                    ]
                    .concat(),
                ),
                (b"pbag", words(&[0, 0, 1, 1, 2, 1])),
                (b"pmod", vec![7; 20]),
                (b"pgen", words(&[INSTRUMENT, 0, INSTRUMENT, 1, 0, 0])),
                (
                    b"inst",
                    [record(22, &[(20, 0)]), record(22, &[(20, 1)]), record(22, &[(20, 2)])].concat(),
                ),
                (b"ibag", words(&[0, 0, 1, 0, 3, 0])),
                (b"imod", vec![0; 10]),
                (b"igen", words(&[SAMPLE, 0, FILTERED, 9, SAMPLE, 1, 0, 0])),
                (b"shdr", [header(2, 40), header(100, 140), record(46, &[])].concat()),
            ],
        );
        push(&mut file, *b"LIST", &hydra, false);
        file
    }

    const FILTERED: u16 = 8;

    #[test]
    fn a_preset_keeps_its_own_and_is_numbered_anew() {
        let out = subset(&bank(), (PERCUSSION, 0), Keys::MAX).expect("a bank");
        let lists = chunks(&out[12..]).expect("lists");
        let sound = chunks(&lists[1].body[4..]).expect("samples");
        // Frames 100–139 and the guard.
        assert_eq!(sound[0].body.len(), 2 * (40 + GUARD));
        assert_eq!(word(sound[0].body, 0), Some(100));
        let hydra = chunks(&lists[2].body[4..]).expect("a hydra");
        let part = |id: &[u8; 4]| hydra.iter().find(|c| c.id == *id).expect("there").body;
        assert_eq!(part(b"phdr").len(), 2 * 38);
        assert_eq!(part(b"pgen"), words(&[INSTRUMENT, 0, 0, 0]));
        assert_eq!(part(b"pmod").len(), 10, "the first preset's modulator stayed behind");
        assert_eq!(part(b"igen"), words(&[FILTERED, 9, SAMPLE, 0, 0, 0]));
        assert_eq!(part(b"ibag"), words(&[0, 0, 2, 0]));
        let header = part(b"shdr");
        let fields: Vec<_> = [20, 24, 28, 32].iter().map(|at| word(header, *at)).collect();
        assert_eq!(fields, [Some(0), Some(40), Some(1), Some(39)]);
    }

    #[test]
    fn zones_of_other_keys_stay_behind() {
        let zone = |low: u8, high: u8, sample: u16| [KEY_RANGE, u16::from_le_bytes([low, high]), SAMPLE, sample];
        let generators: Vec<u16> = [zone(0, 59, 7), zone(60, 71, 8), zone(72, 127, 9)].concat();
        let level = Level {
            record: INSTRUMENT_RECORD,
            records: &[record(22, &[(20, 0)]), record(22, &[(20, 3)])].concat(),
            bags: &words(&[0, 0, 2, 0, 4, 0, 6, 0]),
            generators: &words(&generators),
            modulators: &[0; 10],
            link: SAMPLE,
        };
        for (keys, kept) in [
            (1 << 60 | 1 << 72, vec![8, 9]),
            (1 << 59, vec![7]),
            (Keys::MAX, vec![7, 8, 9]),
            (0, vec![7]),
        ] {
            let mut samples = Vec::new();
            let [_, bags, _, _] = level.keep(&[0], keys, &mut samples).expect("a level");
            assert_eq!(samples, kept);
            assert_eq!(bags.len(), (kept.len() + 1) * BAG);
        }
    }

    #[test]
    fn what_a_bank_lacks_is_played_as_the_synthesiser_would() {
        let file = bank();
        let number = |bank, program| {
            let out = subset(&file, (bank, program), Keys::MAX).expect("a bank");
            let lists = chunks(&out[12..]).expect("lists");
            let hydra = chunks(&lists[2].body[4..]).expect("a hydra");
            (word(hydra[0].body, 22), word(hydra[0].body, 20))
        };
        assert_eq!(number(8, 5), (Some(0), Some(5)));
        assert_eq!(number(PERCUSSION, 24), (Some(PERCUSSION), Some(0)));
        assert_eq!(number(0, 99), (Some(0), Some(5)));
    }

    #[test]
    fn broken_files_are_refused() {
        let whole = bank();
        for length in (0..whole.len()).step_by(7) {
            assert!(subset(&whole[..length], (0, 5), Keys::MAX).is_none(), "{length} bytes");
        }
    }
}
