//! Which tracks of the recordings behind a piece go on sounding when its voice or its band is replaced.

use catbird_score::{Master, Reel, Score, Track};

use super::{reels, span::Bars};

/// Whether somebody sings in a piece: in its notes, or in the recording it was heard from.
pub(super) fn sings(source: &Score) -> bool {
    let written = source.vocal.as_ref().is_some_and(|v| !v.lines.is_empty());
    written || !source.labels.gender.is_empty() || source.heard.as_ref().is_some_and(catbird_score::Heard::sings)
}

/// The singing of the recordings alone.
pub(super) fn voice(reels: &[Reel]) -> Vec<Reel> {
    turned(reels, |track| match track {
        Track::Whole | Track::Voice => Some(Track::Voice),
        Track::Band | Track::Beside => None,
    })
}

/// The recordings without their singing. A loop that is heard beside what plays belongs to the band.
pub(super) fn band(reels: &[Reel]) -> Vec<Reel> {
    turned(reels, |track| match track {
        Track::Whole | Track::Band => Some(Track::Band),
        Track::Beside => Some(Track::Beside),
        Track::Voice => None,
    })
}

fn turned(reels: &[Reel], to: impl Fn(Track) -> Option<Track>) -> Vec<Reel> {
    let turn = |reel: &Reel| {
        Some(Reel {
            track: to(reel.track)?,
            ..reel.clone()
        })
    };
    reels.iter().filter_map(turn).collect()
}

/// The reels of a piece with those of some bars turned; outside they sound as before.
pub(super) fn in_bars(source: &Score, bars: Bars, turn: fn(&[Reel]) -> Vec<Reel>) -> Vec<Reel> {
    let from = if bars.from == 0 {
        0.0
    } else {
        source.tempo.at(bars.from)
    };
    let to = if bars.to >= source.end() {
        source.seconds
    } else {
        source.tempo.at(bars.to)
    };
    let mut out = reels::without(&source.reels, from, to);
    out.extend(turn(&reels::cut(&source.reels, from, to)));
    out.sort_by(|a, b| a.from.total_cmp(&b.from));
    out
}

/// A master that leaves what sounds next to a recording as loud as that.
pub(super) fn master(source: &Score) -> Master {
    let mut master = source.master;
    if let Some(heard) = source.heard.as_ref().filter(|h| h.lufs > -50.0) {
        master.lufs = heard.lufs.clamp(-32.0, -7.0);
        master.ceiling_dbtp = master.ceiling_dbtp.max(heard.peak_dbtp.min(-0.1));
    }
    master
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voice_and_band_are_all_of_a_recording() {
        let reels = [
            Reel::plain("a", Track::Whole, 0.0, 5.0, 0.0),
            Reel::plain("a", Track::Voice, 5.0, 9.0, 0.0),
            Reel::plain("b", Track::Band, 9.0, 12.0, 0.0),
            Reel::plain("b", Track::Beside, 12.0, 14.0, 0.0),
        ];
        let spans = |r: &[Reel]| r.iter().map(|r| (r.track, r.from)).collect::<Vec<_>>();
        assert_eq!(spans(&voice(&reels)), [(Track::Voice, 0.0), (Track::Voice, 5.0)]);
        assert_eq!(
            spans(&band(&reels)),
            [(Track::Band, 0.0), (Track::Band, 9.0), (Track::Beside, 12.0)]
        );
    }
}
