//! The planner: which natural frame sounds at which moment of the song. Consonants get the length their
//! delivery asks for (`diction`) and stand before the beat, the nucleus begins on the note and is held at its
//! steadiest spot; everything else of the vowel is played as it was spoken.
//! Times are frames (80 a second) from the phrase's origin.

use catbird_score::phoneme::Class;

use super::{
    diction::Diction,
    unit::{Kind, Unit},
};

/// Frames a second.
pub const RATE: f64 = 80.0;
/// A consonant after the last vowel may sound this long past the note's end.
const OVERHANG: f64 = 4.0;
/// A held vowel moves through its spot on a path of two layers of chance, so many frames apart.
const PATHS: [f64; 2] = [37.0, 17.0];
/// A vowel that is let go softly begins to fade this share of its length before its end, frames.
const LET_GO: (f64, f64, f64) = (0.16, 3.0, 14.0);
/// What holding a vowel a whole vowel's length off its centre costs, dB.
const OFF_CENTRE_DB: f64 = 14.0;
/// Frames over which the first sound of a breath comes.
const ATTACK: f64 = 4.0;
/// Frames that the second half of a diphthong has at least, where the note is long enough.
const GLIDE: f64 = 8.0;
/// A consonant before a silence is over where it is so much quieter than at its loudest, dB.
const OVER_DB: f32 = 20.0;
/// Frames kept after the last sound.
const TAIL: f64 = 16.0;

/// When a syllable is sung.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// The nucleus begins.
    pub start: f64,
    /// The last of its notes ends.
    pub end: f64,
}

/// A stretch of the song and the natural frames it is made from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Piece {
    /// What sounds; its `a` and `b` are the natural frames.
    pub unit: Unit,
    /// Begins.
    pub from: f64,
    /// Ends.
    pub to: f64,
    /// Where a nucleus is held, natural frames; `None` where it is stretched as it is, like speech.
    pub hold: Option<f64>,
    /// Its number: what names the path through the held spot.
    pub number: u64,
}

/// A stretch sung on one breath.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Breath {
    /// The first sound begins.
    pub from: f64,
    /// The voice begins to fade.
    pub fade: f64,
    /// It is silent.
    pub to: f64,
    /// Frames over which it begins.
    pub attack: f64,
}

/// The whole phrase on the sung time line.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Gapless from 0.
    pub pieces: Vec<Piece>,
    /// In order.
    pub breaths: Vec<Breath>,
}

/// Lays the units of a phrase on its spans (one a syllable, rising).
pub fn plan(units: &[Unit], spans: &[Span], diction: Diction) -> Plan {
    let nuclei: Vec<usize> = (0..units.len()).filter(|&i| units[i].kind == Kind::Nucleus).collect();
    debug_assert_eq!(nuclei.len(), spans.len(), "one nucleus a syllable");
    let mut line = Layer {
        diction,
        pieces: Vec::new(),
        at: 0.0,
    };
    let total = |units: &[Unit]| diction.total(units);
    let mut breaths = Vec::new();

    let head = &units[1..nuclei[0]];
    let first = spans[0].start;
    let mut breath_from = first - fit(total(head), first - 2.0);
    line.put(units[0], breath_from);
    line.put_all(head, first);

    for (i, span) in spans.iter().enumerate() {
        let nucleus = units[nuclei[i]];
        let end_of_tail = nuclei.get(i + 1).copied().unwrap_or(units.len() - 1);
        let tail = &units[nuclei[i] + 1..end_of_tail];
        let next = spans.get(i + 1);
        if let Some(next) = next.filter(|n| n.start - span.end <= diction.bridge) {
            let length = next.start - span.start;
            let rest = fit(total(tail), diction.room(length));
            line.put(nucleus, next.start - rest);
            line.put_all(tail, next.start);
            continue;
        }
        let coda_end = tail.iter().position(|u| u.kind != Kind::Coda).unwrap_or(tail.len());
        let onset_from = tail.iter().position(|u| u.kind == Kind::Onset).unwrap_or(tail.len());
        let (coda, silence, onset) = (&tail[..coda_end], &tail[coda_end..onset_from], &tail[onset_from..]);
        let end = span.end + OVERHANG;
        line.put(nucleus, end - fit(total(coda), diction.room(end - span.start)));
        line.put_all(coda, end);
        let hissing = coda
            .last()
            .is_some_and(|u| matches!(u.class, Class::Unvoiced | Class::VoicedObstruent));
        let (fade, to) = if hissing {
            (end, end + 8.0)
        } else {
            let (share, least, most) = LET_GO;
            let soft = (share * (span.end - span.start)).clamp(least, most);
            if coda.is_empty() {
                (span.end - soft, end + 0.3 * soft)
            } else {
                // A last consonant has to be heard: it is let go itself, not with the vowel.
                (end - (0.4 * total(coda)).min(4.0), end + 3.0)
            }
        };
        breaths.push(Breath {
            from: breath_from,
            fade,
            to,
            attack: ATTACK,
        });
        let after = line.pieces[line.pieces.len() - 1].unit.b;
        let mut quiet = silence.first().copied().unwrap_or(Unit {
            kind: Kind::Gap,
            class: Class::Other,
            a: after,
            b: after,
            ..nucleus
        });
        if let Some(next) = next {
            quiet.b = silence.last().map_or(after, |u| u.b);
            breath_from = next.start - fit(total(onset), 0.6 * (next.start - end));
            line.put(quiet, breath_from);
            line.put_all(onset, next.start);
        } else {
            quiet.b = units[units.len() - 1].b;
            quiet.kind = Kind::After;
            line.put(quiet, end + TAIL);
        }
    }
    Plan {
        pieces: line.pieces,
        breaths,
    }
}

impl Plan {
    /// Takes the silence out of consonants that stand before one, given each natural frame's level, dB. The net gives a
    /// pause to the sound before it, so that of 400 ms of a last "s" 300 are silent: pressed into a coda's 150 ms, it was
    /// no longer heard. (Vowels keep theirs: they are held, and without the way they die away "porto" was heard "porta".)
    pub fn sounding(&mut self, level_db: &[f32]) {
        for k in 1..self.pieces.len() {
            let before = matches!(self.pieces[k].unit.kind, Kind::Gap | Kind::After);
            let unit = &mut self.pieces[k - 1].unit;
            if !before || unit.kind != Kind::Coda {
                continue;
            }
            let from = (unit.a as usize).min(level_db.len());
            let levels = &level_db[from..(unit.b as usize).clamp(from, level_db.len())];
            let loudest = levels.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            if let Some(last) = levels.iter().rposition(|l| *l > loudest - OVER_DB) {
                unit.b = unit.b.min((from + last + 1) as f64);
            }
        }
    }

    /// Chooses where each vowel is held, given how good each natural frame is to hold, dB.
    pub fn hold(&mut self, quality: &[f32]) {
        for piece in self.pieces.iter_mut().filter(|p| p.unit.kind == Kind::Nucleus) {
            piece.hold = piece.hold.map(|_| steady(&piece.unit, quality));
        }
    }

    /// As speech has it: no vowel is held at one spot, and breaths begin hard.
    pub fn speak(&mut self) {
        for piece in &mut self.pieces {
            piece.hold = None;
        }
        for breath in &mut self.breaths {
            breath.attack = 0.4 * ATTACK;
        }
    }

    /// Frames of the phrase.
    pub fn frames(&self) -> usize {
        self.pieces.last().map_or(0, |p| p.to.ceil() as usize)
    }

    /// For each frame its piece's unit and the natural frame it is made from.
    pub fn map(&self) -> Vec<(Unit, f64)> {
        let mut piece = 0;
        (0..self.frames())
            .map(|k| {
                let x = k as f64 + 0.5;
                while piece + 1 < self.pieces.len() && self.pieces[piece].to <= x {
                    piece += 1;
                }
                (self.pieces[piece].unit, self.pieces[piece].source(x))
            })
            .collect()
    }

    /// Loudness factor at frame `k`: 1 while a breath lasts, fading at its ends.
    pub fn gain(&self, k: usize) -> f64 {
        let x = k as f64 + 0.5;
        let half_cosine = |u: f64| 0.5 - 0.5 * (std::f64::consts::PI * u.clamp(0.0, 1.0)).cos();
        let gain = |b: &Breath| {
            half_cosine((x - b.from + b.attack) / b.attack) * (1.0 - half_cosine((x - b.fade) / (b.to - b.fade)))
        };
        self.breaths.iter().map(gain).fold(0.0, f64::max)
    }

    /// How far a breath's last vowel is let go at frame `k`, 0–1.
    pub fn leaving(&self, k: usize) -> f64 {
        let x = k as f64 + 0.5;
        let leaving = |b: &Breath| ((x - b.fade) / (b.to - b.fade)).clamp(0.0, 1.0);
        let now = self.breaths.iter().find(|b| x < b.to);
        now.map_or(0.0, leaving)
    }
}

impl Piece {
    /// The natural frame that sounds at `x`.
    fn source(&self, x: f64) -> f64 {
        let Unit { a, b, kind, .. } = self.unit;
        let (natural, sung) = (b - a, self.to - self.from);
        let i = x - self.from;
        match kind {
            Kind::Before => b - (self.to - x),
            Kind::After => a + i.min(natural - 0.5),
            Kind::Gap if sung > natural => {
                if i < 0.5 * natural {
                    a + i
                } else {
                    (b - (self.to - x)).max(a + 0.5 * natural)
                }
            }
            Kind::Nucleus if sung > natural && self.hold.is_some() => {
                let hold = self.hold.unwrap_or(0.5 * (a + b));
                let width = (0.15 * natural).min(1.5);
                let (h0, h1) = ((hold - width).max(a + 0.3), (hold + width).min(b - 0.3));
                let (attack, release) = (h0 - a, b - h1);
                let pace = (sung * 0.8 / (attack + release)).min(1.0);
                let attack = attack * pace;
                // The second half of "my" has to be heard, however short it was when spoken.
                let least = if self.unit.diphthong {
                    GLIDE.min(0.35 * sung)
                } else {
                    0.0
                };
                let leaving = (release * pace).max(least);
                if i < attack {
                    a + i / pace
                } else if i > sung - leaving {
                    b - (sung - i) * release / leaving
                } else {
                    // From one end of the spot to the other, on a way without a period: a held vowel
                    // stays alive.
                    let held = (sung - attack - leaving).max(1e-6);
                    let (u, since) = ((i - attack) / held, i - attack);
                    let way = 0.7 * path(self.number, since / PATHS[0]) + 0.3 * path(!self.number, since / PATHS[1]);
                    // It has to be at the ends in time.
                    let free = (since / 10.0).min((held - since) / 10.0).clamp(0.0, 1.0);
                    h0 + (h1 - h0) * (u + free * (way - u))
                }
            }
            _ => a + i * natural / sung.max(1e-6),
        }
    }
}

/// A smooth path through chance, 0–1, a throw for each whole `x`. The throws are `SplitMix64`'s
/// (Steele, Lea & Flood 2014) of the number and `x`, so that a plan needs no dice.
fn path(number: u64, x: f64) -> f64 {
    let throw = |knot: u64| {
        let mut z = number.wrapping_mul(0xA076_1D64_78BD_642F) ^ knot.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    };
    let (knot, w) = (x.max(0.0) as u64, x.max(0.0).fract());
    let smooth = w * w * (3.0 - 2.0 * w);
    throw(knot) + smooth * (throw(knot + 1) - throw(knot))
}

/// Puts pieces one after the other.
struct Layer {
    diction: Diction,
    pieces: Vec<Piece>,
    at: f64,
}

impl Layer {
    /// The unit from here to `to`.
    fn put(&mut self, unit: Unit, to: f64) {
        if to > self.at {
            self.pieces.push(Piece {
                unit,
                from: self.at,
                to,
                hold: Some(unit.a + centre(&unit) * unit.length()),
                number: self.pieces.len() as u64,
            });
            self.at = to;
        }
    }

    /// The units from here to `to`, each in proportion to its wanted length.
    fn put_all(&mut self, units: &[Unit], to: f64) {
        let scale = (to - self.at) / self.diction.total(units).max(1e-9);
        for unit in units {
            let end = self.at + self.diction.wanted(unit) * scale;
            self.put(*unit, end);
        }
    }
}

/// `wanted`, squeezed into `room`.
fn fit(wanted: f64, room: f64) -> f64 {
    wanted.min(room.max(0.0))
}

/// Where a vowel is expected to be steady, a share of its length: a diphthong is held on its first vowel.
fn centre(unit: &Unit) -> f64 {
    if unit.diphthong { 0.35 } else { 0.5 }
}

/// The best spot to hold a vowel: of high quality and near its centre.
fn steady(unit: &Unit, quality: &[f32]) -> f64 {
    let natural = unit.length();
    let centre = unit.a + centre(unit) * natural;
    let low = (unit.a + 0.15 * natural).floor().max(0.0);
    let high = if unit.diphthong {
        (unit.a + 0.55 * natural).ceil()
    } else {
        (unit.b - 0.1 * natural).ceil()
    }
    .max(low + 1.0);
    let score = |q: usize| f64::from(quality[q]) - OFF_CENTRE_DB * (q as f64 + 0.5 - centre).abs() / natural;
    (low as usize..(high as usize).min(quality.len()))
        .max_by(|&a, &b| score(a).total_cmp(&score(b)))
        .map_or(centre, |q| q as f64 + 0.5)
}

#[cfg(test)]
mod tests {
    use catbird_score::Delivery;

    use super::*;

    fn unit(kind: Kind, syllable: usize, class: Class, a: f64, b: f64) -> Unit {
        Unit {
            kind,
            syllable,
            class,
            diphthong: false,
            double: false,
            short: false,
            a,
            b,
        }
    }

    /// `^ s a t _ m o $` with a spoken length of 10 frames each.
    fn units() -> Vec<Unit> {
        let kinds = [
            (Kind::Before, 0, Class::Other),
            (Kind::Onset, 0, Class::Unvoiced),
            (Kind::Nucleus, 0, Class::Vowel),
            (Kind::Coda, 0, Class::Unvoiced),
            (Kind::Gap, 0, Class::Other),
            (Kind::Onset, 1, Class::Sonorant),
            (Kind::Nucleus, 1, Class::Vowel),
            (Kind::After, 0, Class::Other),
        ];
        kinds
            .iter()
            .enumerate()
            .map(|(i, &(k, s, c))| unit(k, s, c, 10.0 * i as f64, 10.0 * (i + 1) as f64))
            .collect()
    }

    fn planned(spans: &[Span]) -> Plan {
        plan(&units(), spans, Diction::of(Delivery::Sung))
    }

    fn nuclei(plan: &Plan) -> Vec<Piece> {
        plan.pieces
            .iter()
            .filter(|p| p.unit.kind == Kind::Nucleus)
            .copied()
            .collect()
    }

    #[test]
    fn vowels_begin_on_their_notes_and_nothing_is_left_out() {
        let plan = planned(&[
            Span { start: 40.0, end: 79.5 },
            Span {
                start: 80.25,
                end: 140.0,
            },
        ]);
        assert_eq!(nuclei(&plan).iter().map(|p| p.from).collect::<Vec<_>>(), [40.0, 80.25]);
        assert!(plan.pieces.windows(2).all(|w| w[0].to == w[1].from));
        assert_eq!(plan.frames(), 160);
        let map = plan.map();
        assert!(
            map.windows(2).all(|w| w[1].1 >= w[0].1 - 0.35),
            "only a held spot is read backwards, slowly"
        );
        let skips = map.windows(2).filter(|w| w[1].1 - w[0].1 > 2.5).count();
        assert!(skips <= 2, "only the silence between words is skipped");
        assert_eq!(plan.breaths.len(), 1);
    }

    #[test]
    fn a_rest_is_silent_and_a_short_gap_is_not() {
        let rest = planned(&[
            Span { start: 40.0, end: 70.0 },
            Span {
                start: 120.0,
                end: 160.0,
            },
        ]);
        assert_eq!(rest.breaths.len(), 2);
        assert!(rest.gain(95) == 0.0 && rest.gain(60) > 0.99 && rest.gain(125) > 0.99);
        assert_eq!(nuclei(&rest)[1].from, 120.0);
        let bridged = planned(&[
            Span { start: 40.0, end: 70.0 },
            Span {
                start: 82.0,
                end: 160.0,
            },
        ]);
        assert!((45..147).all(|k| bridged.gain(k) > 0.99));
    }

    #[test]
    fn fast_syllables_keep_their_vowel_and_all_their_consonants() {
        let plan = planned(&[Span { start: 40.0, end: 47.2 }, Span { start: 47.2, end: 54.4 }]);
        let vowels = nuclei(&plan);
        assert!(vowels[0].to - vowels[0].from >= 3.9, "{vowels:?}");
        let kinds: Vec<Kind> = plan.pieces.iter().map(|p| p.unit.kind).collect();
        assert!(kinds.contains(&Kind::Coda) && kinds.iter().filter(|&&k| k == Kind::Onset).count() == 2);
    }

    #[test]
    fn a_long_vowel_is_held_near_one_spot() {
        let plan = planned(&[
            Span {
                start: 40.0,
                end: 240.0,
            },
            Span {
                start: 240.0,
                end: 300.0,
            },
        ]);
        let map = plan.map();
        let held = (60..210).map(|k| map[k].1);
        let (low, high) = held.fold((f64::MAX, f64::MIN), |(l, h), x| (l.min(x), h.max(x)));
        assert!(high - low <= 3.01 && low > 22.0 && high < 28.0, "{low} {high}");
    }

    #[test]
    fn the_way_through_a_held_spot_has_no_period() {
        let plan = planned(&[
            Span {
                start: 40.0,
                end: 400.0,
            },
            Span {
                start: 400.0,
                end: 440.0,
            },
        ]);
        let held: Vec<f64> = plan.map()[60..365].iter().map(|m| m.1).collect();
        let mean = held.iter().sum::<f64>() / held.len() as f64;
        let like = |lag: usize| {
            let pairs = held.iter().zip(&held[lag..]);
            pairs.map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>() / (held.len() - lag) as f64
        };
        let again = (15..160).map(|lag| like(lag) / like(0)).fold(0.0, f64::max);
        assert!(again < 0.8, "{again}");
        assert!(held.windows(2).all(|w| (w[1] - w[0]).abs() < 0.4), "no jumps");
    }

    #[test]
    fn speech_does_not_hold_and_a_long_vowel_is_let_go_softly() {
        let spans = [
            Span { start: 40.0, end: 70.0 },
            Span {
                start: 71.0,
                end: 151.0,
            },
        ];
        let mut plan = planned(&spans);
        let before = plan.leaving(100);
        assert!(before == 0.0 && plan.leaving(145) > 0.0 && plan.leaving(157) > 0.5);
        plan.speak();
        let steps: Vec<f64> = plan.map()[42..49].windows(2).map(|w| w[1].1 - w[0].1).collect();
        assert!(
            steps.iter().all(|s| (s - steps[0]).abs() < 1e-9 && *s > 0.2),
            "{steps:?}"
        );
    }

    #[test]
    fn the_second_half_of_a_short_diphthong_is_heard() {
        let piece = |diphthong| Piece {
            unit: Unit {
                diphthong,
                ..unit(Kind::Nucleus, 0, Class::Vowel, 10.0, 16.0)
            },
            from: 0.0,
            to: 30.0,
            hold: Some(12.0),
            number: 1,
        };
        let past = |p: &Piece| (0..30).filter(|k| p.source(f64::from(*k) + 0.5) > 13.0).count();
        assert!(past(&piece(false)) <= 3, "as it was spoken");
        assert!((7..=8).contains(&past(&piece(true))), "100 ms, {}", past(&piece(true)));
    }

    #[test]
    fn the_silence_that_belongs_to_a_last_sound_is_not_sung() {
        let mut plan = planned(&[
            Span { start: 40.0, end: 70.0 },
            Span {
                start: 120.0,
                end: 160.0,
            },
        ]);
        // "t" sounds for 4 of its 10 frames.
        let silent = |q: usize| (34..40).contains(&q);
        let levels: Vec<f32> = (0..80).map(|q| if silent(q) { -60.0 } else { -20.0 }).collect();
        plan.sounding(&levels);
        let read = |from: f64, to: f64| plan.map().iter().filter(|m| m.1 >= from && m.1 < to).count();
        assert_eq!(read(34.0, 40.0), 0);
        assert!(read(30.0, 34.0) >= 8, "the whole coda is heard");
        assert!(
            read(0.0, 10.0) > 0 && read(40.0, 50.0) > 0 && read(69.0, 70.0) > 0,
            "silence stays silence, a vowel is whole"
        );
    }

    #[test]
    fn a_vowel_is_held_where_it_is_good() {
        let mut plan = planned(&[
            Span {
                start: 40.0,
                end: 240.0,
            },
            Span {
                start: 240.0,
                end: 300.0,
            },
        ]);
        let quality: Vec<f32> = (0..80).map(|q| if q == 27 { 0.0 } else { -20.0 }).collect();
        plan.hold(&quality);
        assert_eq!(nuclei(&plan)[0].hold, Some(27.5));
    }
}
