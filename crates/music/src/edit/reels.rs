//! Reels under the scissors: what of a piece's recordings sounds in a span, later, elsewhere, or at
//! another speed.

use catbird_score::{Reel, Tick};

/// Spans shorter than this are nothing, seconds (less than half a sample).
const NOTHING: f64 = 1e-5;

/// What sounds between two seconds, where it is.
pub fn cut(reels: &[Reel], from: f64, to: f64) -> Vec<Reel> {
    reels
        .iter()
        .filter_map(|r| {
            let (from, to) = (r.from.max(from), r.to.min(to));
            (to - from > NOTHING).then(|| Reel { from, to, ..r.clone() })
        })
        .collect()
}

/// What sounds outside a span, where it is: a reel over the span becomes two.
pub fn without(reels: &[Reel], from: f64, to: f64) -> Vec<Reel> {
    let mut out = Vec::with_capacity(reels.len() + 1);
    for reel in reels {
        let one = std::slice::from_ref(reel);
        out.extend(cut(one, 0.0, from));
        out.extend(cut(one, to, f64::INFINITY));
    }
    out
}

/// The same `by` seconds later (what would sound before the piece begins is dropped).
pub fn shifted(reels: &[Reel], by: f64) -> Vec<Reel> {
    let moved: Vec<Reel> = reels
        .iter()
        .map(|r| Reel {
            from: r.from + by,
            to: r.to + by,
            anchors: r.anchors.iter().map(|[at, of]| [at + by, *of]).collect(),
            ..r.clone()
        })
        .collect();
    cut(&moved, 0.0, f64::INFINITY)
}

/// The reels of an old piece along the clock of a new one. `clock` pairs seconds of the new piece with
/// seconds of the old one, both rising; only what lies between the first and the last pair is taken.
/// A clock that runs 1:1 throughout moves the samples as they are.
pub fn along(reels: &[Reel], clock: &[[f64; 2]]) -> Vec<Reel> {
    let (Some(first), Some(last)) = (clock.first(), clock.last()) else {
        return Vec::new();
    };
    let even = clock
        .iter()
        .all(|[new, old]| (new - old - (first[0] - first[1])).abs() < 1e-9);
    if even {
        return shifted(&cut(reels, first[1], last[1]), first[0] - first[1]);
    }
    let back: Vec<[f64; 2]> = clock.iter().map(|[new, old]| [*old, *new]).collect();
    let mut out = Vec::new();
    for reel in cut(reels, first[1], last[1]) {
        // Every bend of either clock is a pair of the new one.
        let mut bends: Vec<f64> = vec![reel.from, reel.to];
        bends.extend(reel.anchors.iter().map(|a| a[0]).filter(|t| reel.covers(*t)));
        bends.extend(clock.iter().map(|c| c[1]).filter(|t| reel.covers(*t)));
        bends.sort_by(f64::total_cmp);
        bends.dedup_by(|b, a| *b - *a < NOTHING);
        let anchors: Vec<[f64; 2]> = bends.iter().map(|old| [read(&back, *old), reel.source(*old)]).collect();
        out.push(Reel {
            from: read(&back, reel.from),
            to: read(&back, reel.to),
            anchors,
            ..reel
        });
    }
    out
}

/// Reads a clock at a second of its first column; outside it runs 1:1.
pub fn read(clock: &[[f64; 2]], second: f64) -> f64 {
    let after = clock.partition_point(|c| c[0] <= second);
    match (after.checked_sub(1).map(|i| clock[i]), clock.get(after)) {
        (Some(a), Some(b)) => a[1] + (second - a[0]) * (b[1] - a[1]) / (b[0] - a[0]),
        (Some(a), None) => a[1] + second - a[0],
        (None, Some(b)) => b[1] + second - b[0],
        (None, None) => second,
    }
}

/// The clock that lays a beat of one piece on a beat of another: pairs of ticks (new, old), read in
/// seconds by `new` and `old`.
pub fn clock(ticks: &[(Tick, Tick)], new: impl Fn(Tick) -> f64, old: impl Fn(Tick) -> f64) -> Vec<[f64; 2]> {
    ticks.iter().map(|(a, b)| [new(*a), old(*b)]).collect()
}

#[cfg(test)]
mod tests {
    use catbird_score::Track;

    use super::*;

    fn whole() -> Vec<Reel> {
        vec![Reel::plain("a", Track::Whole, 0.0, 20.0, 0.5)]
    }

    #[test]
    fn what_is_left_of_a_cut_sounds_where_it_did() {
        let left = without(&whole(), 6.0, 9.0);
        assert_eq!(
            left.iter().map(|r| (r.from, r.to)).collect::<Vec<_>>(),
            [(0.0, 6.0), (9.0, 20.0)]
        );
        for second in [0.0, 5.9, 9.0, 19.0] {
            let reel = left.iter().find(|r| r.covers(second)).unwrap();
            assert!((reel.source(second) - second - 0.5).abs() < 1e-12);
        }
        assert_eq!(without(&whole(), 0.0, 20.0), []);
        let later = shifted(&cut(&whole(), 4.0, 8.0), 10.0);
        assert_eq!((later[0].from, later[0].to), (14.0, 18.0));
        assert!((later[0].source(15.0) - 5.5).abs() < 1e-12);
        assert_eq!(shifted(&whole(), -15.0)[0].to, 5.0);
    }

    #[test]
    fn another_clock_lays_beats_on_beats() {
        let clock = [[1.0, 4.0], [2.0, 5.2], [3.0, 6.0]];
        let laid = along(&whole(), &clock);
        assert_eq!((laid[0].from, laid[0].to), (1.0, 3.0));
        for [new, old] in clock {
            assert!((laid[0].source(new) - old - 0.5).abs() < 1e-9);
        }
        assert!((laid[0].source(1.5) - 5.1).abs() < 1e-9);
        // A second time, along the clock of what came out of the first.
        let again = along(&laid, &[[0.0, 1.0], [4.0, 3.0]]);
        assert!((again[0].source(2.0) - 5.7).abs() < 1e-9);
        let plain = along(&whole(), &[[1.0, 4.0], [3.0, 6.0]]);
        assert_eq!(plain[0].anchors.len(), 1, "1:1 stays 1:1");
    }
}
