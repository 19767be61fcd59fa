//! Recordings through our master: as they are, or as voice and band that are balanced anew.

use catbird_score::{Brief, Reel, Score, Strength, Track};

use super::super::{colour, frame, recorded, tracks};

/// The fader of what is heard but must not be played, dB.
const MUTED: f32 = -120.0;
/// How loud our own bands come to the master, LUFS: where a recording has to be next to them.
const DESK_LUFS: f32 = -14.5;

/// Brings the recordings of `out` into the mix, and sets a master that does little to what is mastered
/// already. Nothing but the recordings sounds where they did.
pub(super) fn bring_in(out: &mut Score, source: &Score, strength: Strength, brief: &Brief) {
    // What is played beside it keeps its level to it.
    let gain_db = match &source.heard {
        Some(_) => 0.0,
        None => DESK_LUFS - source.master.lufs,
    };
    let apart = strength != Strength::Subtle && tracks::sings(source);
    let wide = if strength == Strength::High { 1.6 } else { 1.0 };
    let mut dice = frame::dice(brief, "remaster balance");
    let voice_db = dice.between(0.2, 0.8) as f32 * wide;
    let band_db = -(dice.between(0.0, 0.4) as f32) * wide;
    let mut beside = false;
    let mut reels: Vec<Reel> = Vec::with_capacity(2 * out.reels.len());
    for reel in out.reels.drain(..) {
        let on = |track, db: f32| Reel {
            track,
            gain_db: reel.gain_db + db,
            ..reel.clone()
        };
        match reel.track {
            Track::Whole if apart => reels.extend([on(Track::Voice, voice_db), on(Track::Band, band_db)]),
            Track::Whole => {
                beside = true;
                reels.push(on(Track::Beside, gain_db));
            }
            Track::Voice if apart => reels.push(on(Track::Voice, voice_db)),
            _ => reels.push(reel),
        }
    }
    out.reels = reels;
    if beside {
        for part in out.parts.iter_mut().filter(|p| recorded::is_heard(p)) {
            part.channel.gain_db = MUTED;
        }
        if let Some(vocal) = out.vocal.as_mut().filter(|_| source.heard.is_some()) {
            vocal.channel.gain_db = MUTED;
            for chorister in &mut vocal.backing {
                chorister.channel.gain_db = MUTED;
            }
        }
    }
    let Some(heard) = &source.heard else { return };
    let mut wish = frame::inherit(brief, source);
    wish.lyrics = None;
    let plain = frame::direct(&wish).master;
    // A quiet recording comes up to the style's loudness, a loud one stays.
    out.master.lufs = plain.lufs.max(heard.lufs.min(-8.0));
    out.master.ceiling_dbtp = plain.ceiling_dbtp;
    (out.master.glue, out.master.drive, out.master.lofi) = (0.12, 0.0, 0.0);
    (out.master.low_db, out.master.high_db, out.master.width) = (0.0, 0.0, 1.0);
    if strength != Strength::Subtle && colour::speaks(brief) {
        out.master.low_db = plain.low_db.clamp(-3.0, 3.0);
        out.master.high_db = plain.high_db.clamp(-3.0, 3.0);
        out.master.width = plain.width.clamp(0.8, 1.2);
        out.master.lofi = plain.lofi;
    }
    out.heard = None;
}
