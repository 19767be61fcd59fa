//! Which bars of a voice are sung over which bars of a band.

use catbird_score::{Note, Role, Score, Tick};

use super::super::recorded;

/// Bars between the end of a voice and its coming back.
const PAUSE: Tick = 4;
/// So many bars of band alone at the end are no reason for the voice to come back.
const ALONE: Tick = 12;

/// A stretch of voice over a stretch of band.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Where it begins in the band's piece, a bar line.
    pub band: Tick,
    /// Where it begins in the voice's piece, a bar line.
    pub voice: Tick,
    /// Its length in ticks of the band's piece.
    pub length: Tick,
}

/// The voice's piece with its melody, counted in the band's time.
pub(super) struct Sung<'a> {
    pub score: &'a Score,
    pub tune: &'a [Note],
    /// Ticks of it for a tick of the band, as a fraction.
    pub count: (Tick, Tick),
}

impl Sung<'_> {
    /// Ticks of the voice for ticks of the band.
    pub(super) fn ticks(&self, band: Tick) -> Tick {
        band * self.count.0 / self.count.1
    }

    /// Ticks of the band for ticks of the voice.
    pub(super) fn band(&self, ticks: Tick) -> Tick {
        ticks * self.count.1 / self.count.0
    }

    /// The bar line at which a phrase that begins at `tick` is counted: an upbeat belongs to the next bar.
    fn line(&self, tick: Tick) -> Tick {
        let bar = self.score.meter.bar();
        (tick + bar / 4) / bar * bar
    }

    /// Where it is first sung, and the bar line after the last note.
    fn extent(&self) -> (Tick, Tick) {
        let bar = self.score.meter.bar();
        let first = self.tune.first().map_or(0, |n| self.line(n.start));
        let last = self.tune.iter().map(|n| n.start + n.length).max().unwrap_or(0);
        let stop = recorded::stop(self.score).max(bar);
        (first, last.next_multiple_of(bar).clamp(bar, stop.max(first + bar)))
    }

    fn is_sung(&self, from: Tick, to: Tick) -> bool {
        self.tune.iter().filter(|n| from <= n.start && n.start < to).count() >= 3
    }
}

/// The voice from its beginning to its end, as it was sung, from where the band's song begins; again from
/// its chorus where much of the band's piece is left.
pub(super) fn in_order(voice: &Sung, band: &Score) -> Vec<Place> {
    let bar = band.meter.bar();
    let stop = recorded::stop(band);
    let (first, end) = voice.extent();
    let chorus = voice
        .score
        .sections
        .iter()
        .find(|s| s.role == Role::Chorus && s.start > first && voice.is_sung(s.start, s.end()));
    let mut out = Vec::new();
    let (mut at, mut from) = (entry(band), first);
    while at < stop && from < end {
        let length = voice.band(end - from).min(stop - at) / bar * bar;
        if length == 0 {
            break;
        }
        out.push(Place {
            band: at,
            voice: from,
            length,
        });
        at += length + PAUSE * bar;
        from = chorus.map_or(first, |c| c.start);
        if at + ALONE * bar > stop {
            break;
        }
    }
    out
}

/// Section on section: choruses over choruses, verses over verses, in their order, and again from the
/// first where the band has more of them.
pub(super) fn by_section(voice: &Sung, band: &Score) -> Vec<Place> {
    let bar = band.meter.bar();
    let stop = recorded::stop(band);
    let sung: Vec<usize> = (0..voice.score.sections.len())
        .filter(|i| {
            let s = &voice.score.sections[*i];
            voice.is_sung(s.start, s.end())
        })
        .collect();
    let kind = |role: Role| match role {
        Role::Chorus => 1,
        Role::Verse | Role::PreChorus | Role::Bridge => 0,
        _ => 2,
    };
    let mut used = [0_usize; 3];
    let mut out: Vec<Place> = Vec::new();
    let spare = band.sections.iter().all(|s| kind(s.role) == 2);
    for section in &band.sections {
        let end = section.end().min(stop);
        let wanted = kind(section.role);
        if wanted == 2 && !spare || section.start + bar > end {
            continue;
        }
        let alike: Vec<usize> = sung
            .iter()
            .copied()
            .filter(|i| kind(voice.score.sections[*i].role) == wanted)
            .collect();
        let pool = if alike.is_empty() { &sung } else { &alike };
        if pool.is_empty() {
            continue;
        }
        let mut at = section.start;
        // A long section of the band takes several of the voice.
        while at + bar <= end {
            let chosen = &voice.score.sections[pool[used[wanted] % pool.len()]];
            used[wanted] += 1;
            let until = chosen.end().min(recorded::stop(voice.score).max(chosen.start + bar));
            let length = voice.band(until - chosen.start).min(end - at) / bar * bar;
            if length == 0 {
                break;
            }
            out.push(Place {
                band: at,
                voice: chosen.start,
                length,
            });
            at += length;
        }
    }
    out
}

/// Where the voice comes in: after the introduction, or after four bars where there is none in a long piece.
fn entry(band: &Score) -> Tick {
    let bar = band.meter.bar();
    let stop = recorded::stop(band);
    match band.sections.iter().find(|s| s.role != Role::Intro) {
        Some(s) if s.start > 0 && s.start < stop => s.start,
        _ if stop >= 24 * bar => 4 * bar,
        _ => 0,
    }
}
