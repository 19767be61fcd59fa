//! Pieces that are made of recordings: loops, mash-ups, pieces in a row, remasters.

use catbird_music::{ComposeError, edit};
use catbird_score::{Brief, PartRole, Reel, Score, Strength, Track, Wish, WishKind};

use super::{
    MORE, ask,
    heard::{CLIP, heard},
    song, tune, whole,
};

fn of(score: &Score, track: Track) -> Vec<&Reel> {
    score.reels.iter().filter(|r| r.track == track).collect()
}

fn styled(style: &str, lyrics: Option<&str>, take: u32) -> Brief {
    Brief {
        wishes: vec![Wish::new(WishKind::Genre, style)],
        ..ask(lyrics, take)
    }
}

/// How fast a reel runs at its slowest and fastest, in steps of a tenth of a second.
fn rates(reel: &Reel) -> (f64, f64) {
    let steps = ((reel.to - reel.from) / 0.5) as usize;
    (0..steps.max(1))
        .map(|i| reel.from + 0.5 * i as f64)
        .fold((9.0, 0.0), |(low, high), t| {
            let next = (t + 0.5).min(reel.to);
            let rate = (reel.source(next) - reel.source(t)) / (next - t);
            (f64::min(low, rate), f64::max(high, rate))
        })
}

#[test]
fn a_loop_of_a_recording_begins_on_every_bar_it_should() {
    for (i, style) in ["Hip-hop", "Electronic", "Jazz"].into_iter().enumerate() {
        let source = heard(&song("R&B/Soul", 6 + i as u64));
        let bar = source.meter.bar();
        let (first, last) = (source.tempo.at(8 * bar), source.tempo.at(12 * bar));
        for (lyrics, slack) in [(None, 0.3), (Some(MORE), -0.2)] {
            let new = edit::sample(&source, first + slack, last - slack, &styled(style, lyrics, 0), None).unwrap();
            whole(&new);
            assert_eq!(new.vocal.is_some(), lyrics.is_some());
            assert!(new.heard.is_none() && new.patch.is_none());
            assert_eq!(new.key, source.key_at(8 * bar));
            let mean = 16.0 * 60.0 / (last - first);
            assert!(
                (new.tempo.bpm_at(0) - mean).abs() < 0.01 * mean,
                "{} for {mean}",
                new.tempo.bpm_at(0)
            );
            let loops = of(&new, Track::Beside);
            assert_eq!(loops.len(), new.reels.len());
            assert!(loops.len() >= 3 && loops.iter().all(|r| r.clip == CLIP));
            for reel in &loops {
                // Each round begins with the loop's first bar, on a bar, and stays on its beats.
                assert!((reel.source(reel.from) - first).abs() < 1e-6);
                let tick = new.tempo.tick_at(reel.from);
                assert!((tick / f64::from(bar) - (tick / f64::from(bar)).round()).abs() < 1e-6);
                let beats = ((reel.to - reel.from) / 60.0 * new.tempo.bpm_at(0) + 1e-6) as u32;
                for beat in 0..beats {
                    let second = new.tempo.seconds(tick + f64::from(beat * 480));
                    let there = source.tempo.at(8 * bar + beat * 480);
                    assert!((reel.source(second) - there).abs() < 0.016, "{beat}");
                }
                assert!(reel.source(reel.to) <= last + 1e-6);
                let (low, high) = rates(reel);
                assert!(low > 0.9 && high < 1.1, "{low} {high}");
            }
            // Dropped somewhere, and there the band has chords of its own.
            let silent = |s: &&catbird_score::Section| {
                let middle = new.tempo.at(s.start + s.length / 2);
                !loops.iter().any(|r| r.covers(middle))
            };
            let rests: Vec<_> = new.sections.iter().filter(silent).collect();
            assert!(rests.len() <= 2, "{rests:?}");
            assert!(
                new.parts
                    .iter()
                    .any(|p| matches!(p.role, PartRole::Drums | PartRole::Percussion | PartRole::Bass))
            );
            assert!(new.parts.iter().all(|p| !edit::recorded::is_heard(p)));
            let other = edit::sample(&source, first, last, &styled(style, lyrics, 1), None).unwrap();
            assert_ne!(new.parts, other.parts);
        }
        // Less than a bar is taken exactly; less than a beat is not taken.
        let beat = source.tempo.at(8 * bar + 480) - first;
        let short = edit::sample(
            &source,
            first + 0.2,
            first + 0.2 + 1.97 * beat,
            &styled(style, None, 0),
            None,
        )
        .unwrap();
        whole(&short);
        let reel = of(&short, Track::Beside)[0];
        assert!((reel.source(reel.from) - first - 0.2).abs() < 1e-9);
        assert!((reel.to - reel.from - 1.97 * beat).abs() < 1e-6);
        for (from, to) in [(5.0, 5.1), (8.0, 3.0), (0.0, source.seconds + 9.0)] {
            let refused = edit::sample(&source, from, to, &ask(None, 0), None);
            assert!(matches!(refused, Err(ComposeError::Invalid(_))), "{from} {to}");
        }
        // What was made can be continued.
        let more = edit::extend(&short, None, &ask(None, 0), None).unwrap();
        whole(&edit::join(&[short, more]).unwrap());
    }
}

#[test]
fn a_recorded_voice_lies_on_the_beats_of_another_band() {
    for (i, (style, other)) in [("Pop", "Electronic"), ("Folk", "Rock"), ("Rock", "Hip-hop")]
        .into_iter()
        .enumerate()
    {
        let voice = heard(&song(style, 3 + i as u64));
        for recorded in [false, true] {
            let own = tune(other, 9 + i as u64);
            let band = if recorded {
                let mut band = heard(&own);
                band.reels[0].clip = "band".into();
                band
            } else {
                own
            };
            for take in [0, 1] {
                for (a, b) in [(&voice, &band), (&band, &voice)] {
                    let new = edit::mashup(a, b, &ask(None, take), None).unwrap();
                    whole(&new);
                    assert_eq!(
                        (new.key, new.meter, &new.sections),
                        (band.key, band.meter, &band.sections)
                    );
                    let voices = of(&new, Track::Voice);
                    assert!(!voices.is_empty() && voices.iter().all(|r| r.clip == CLIP));
                    assert_eq!(of(&new, Track::Band).len(), usize::from(recorded));
                    let sung: f64 = voices.iter().map(|r| r.to - r.from).sum();
                    assert!(sung > 0.3 * new.seconds, "{sung} of {}", new.seconds);
                    for reel in &voices {
                        assert!(reel.semitones.abs() <= 6.0);
                        let (low, high) = rates(reel);
                        assert!(low > 0.70 && high < 1.42, "{low} {high}");
                        // Beats of the voice on beats of the band.
                        for [at, from] in &reel.anchors {
                            let (band, voice) = (new.tempo.tick_at(*at) / 240.0, voice.tempo.tick_at(*from) / 240.0);
                            let off = |x: f64| (x - x.round()).abs();
                            assert!(off(band) < 1e-3 && off(voice) < 1e-3, "{band} {voice}");
                        }
                    }
                    assert!(
                        voices.windows(2).all(|w| w[0].to <= w[1].from + 1e-6),
                        "one voice at a time"
                    );
                }
            }
            let takes = [0, 1].map(|t| edit::mashup(&voice, &band, &ask(None, t), None).unwrap());
            assert_ne!(takes[0].reels, takes[1].reels);
            // Other words are sung by us on its melody.
            let new = edit::mashup(&voice, &band, &ask(Some(MORE), 0), None).unwrap();
            whole(&new);
            assert!(of(&new, Track::Voice).is_empty());
            assert_eq!(new.vocal.as_ref().unwrap().lines.len(), 8);
        }
    }
}

#[test]
fn our_singer_sings_over_a_recorded_band() {
    for (i, style) in ["Pop", "Jazz"].into_iter().enumerate() {
        let voice = song(style, 4 + i as u64);
        let band = heard(&tune("rock", 3));
        for take in [0, 1] {
            let new = edit::mashup(&voice, &band, &ask(None, take), None).unwrap();
            whole(&new);
            assert_eq!(of(&new, Track::Band).len(), 1);
            let vocal = new.vocal.as_ref().unwrap();
            assert!(vocal.lines.len() >= 8, "{}", vocal.lines.len());
            assert_eq!(new.seconds, band.seconds);
            let low = vocal
                .lines
                .iter()
                .flat_map(catbird_score::SungLine::notes)
                .map(|n| n.pitch)
                .min()
                .unwrap();
            assert!(low + 5 >= vocal.singer.low, "{low}");
        }
        // Nobody sings in either, and both sing.
        let tunes = edit::mashup(&tune("jazz", 2), &band, &ask(None, 0), None).unwrap();
        whole(&tunes);
        assert!(tunes.vocal.is_none() && !of(&tunes, Track::Beside).is_empty());
        let beside = edit::mashup(&band, &tune("jazz", 2), &ask(None, 0), None).unwrap();
        whole(&beside);
        assert!(!of(&beside, Track::Beside).is_empty() && !beside.parts.is_empty());
        let both = [0, 1].map(|t| edit::mashup(&heard(&voice), &song("Rock", 1), &ask(None, t), None).unwrap());
        both.iter().for_each(whole);
        assert!(of(&both[0], Track::Voice).len() + of(&both[1], Track::Voice).len() > 0);
        assert!(
            both.iter().any(|s| !of(s, Track::Band).is_empty()),
            "in the other take the other band plays"
        );
    }
}

#[test]
fn pieces_in_a_row_can_be_brought_together() {
    let (a, mut b) = (heard(&song("Pop", 3)), heard(&song("Rock", 4)));
    b.reels[0].clip = "second".into();
    b.heard.as_mut().unwrap().lufs = -10.0;
    let own = song("Folk", 5);
    for pieces in [
        vec![a.clone(), b.clone()],
        vec![a.clone(), own.clone()],
        vec![own.clone(), b.clone()],
        vec![a.clone(), own.clone(), b.clone()],
        vec![own.clone(), song("Jazz", 8)],
    ] {
        for matched in [false, true] {
            let new = edit::concat(&pieces, matched).unwrap();
            whole(&new);
            let sum: f64 = pieces.iter().map(|p| p.seconds).sum();
            assert!((new.seconds / sum - 1.0).abs() < 0.35, "{} of {sum}", new.seconds);
            let clips: Vec<&str> = new.reels.iter().map(|r| r.clip.as_str()).collect();
            let recorded = pieces.iter().filter(|p| p.heard.is_some()).count();
            assert_eq!(clips.len(), recorded);
            if matched {
                let seam = if pieces[0].heard.is_some() {
                    new.tempo.tick_at(new.reels[0].to).round() as u32
                } else {
                    pieces[0].end()
                };
                let (before, after) = (new.key_at(seam - 1), new.key_at(seam));
                let notes = |k: catbird_score::Key| (k.tonic + if k.mode.is_minor() { 3 } else { 0 }) % 12;
                assert_eq!(notes(before), notes(after), "the same key, or its relative");
                let ratio = new.tempo.bpm_at(seam + 8 * 1920) / new.tempo.bpm_at(seam - 8 * 1920);
                assert!(
                    [0.5, 1.0, 2.0].iter().any(|r| (ratio / r - 1.0).abs() < 0.06),
                    "{ratio}"
                );
            }
        }
    }
    let pair = edit::concat(&[a.clone(), b.clone()], false).unwrap();
    assert!((pair.reels[0].source(10.0) - 10.0).abs() < 1e-9);
    let second = &pair.reels[1];
    assert!((second.from - pair.reels[0].to).abs() < 0.2 && second.anchors.len() == 1);
    let lone = edit::concat(std::slice::from_ref(&a), false);
    assert!(matches!(lone, Err(ComposeError::Invalid(_))));
    let late = edit::extend(&pair, None, &ask(Some(MORE), 0), None).unwrap();
    whole(&edit::join(&[pair, late]).unwrap());
}

#[test]
fn what_comes_before_the_first_beat_of_a_later_piece_is_kept() {
    let (a, mut b) = (heard(&song("Pop", 3)), heard(&song("Rock", 4)));
    let bar = b.tempo.at(1920) - b.tempo.at(0);
    let more = 2.0 * bar - b.tempo.lead_seconds;
    b.tempo.lead_seconds += more;
    b.seconds += more;
    b.reels = vec![Reel::plain("second", Track::Whole, 0.0, b.seconds, 0.0)];
    for matched in [false, true] {
        let new = edit::concat(&[a.clone(), b.clone()], matched).unwrap();
        whole(&new);
        let second = &new.reels[1];
        assert!(second.source(second.from) < 0.02, "{}", second.source(second.from));
        assert!(second.source(second.to) > b.seconds - 0.02);
    }
}

#[test]
fn a_recording_is_remastered_as_it_is_or_as_voice_and_band() {
    let source = heard(&song("Pop", 3));
    let notes = |s: &Score| s.parts.iter().map(|p| p.notes.clone()).collect::<Vec<_>>();
    for strength in [Strength::Subtle, Strength::Normal, Strength::High] {
        let new = edit::remaster(&source, strength, &ask(None, 0)).unwrap();
        whole(&new);
        assert!(new.heard.is_none() && of(&new, Track::Whole).is_empty());
        assert!(new.master.lufs > -14.0);
        if strength == Strength::Subtle {
            assert_eq!(
                new.reels,
                [Reel {
                    track: Track::Beside,
                    ..source.reels[0].clone()
                }]
            );
            assert!(
                new.parts.iter().all(|p| p.channel.gain_db < -100.0),
                "nothing else is heard"
            );
            assert_eq!(notes(&new), notes(&source));
        } else {
            assert_eq!((of(&new, Track::Voice).len(), of(&new, Track::Band).len()), (1, 1));
            assert!(
                new.reels
                    .iter()
                    .all(|r| r.gain_db.abs() < 2.0 && r.anchors == source.reels[0].anchors)
            );
        }
        let other = edit::remaster(&source, strength, &ask(None, 1)).unwrap();
        assert_ne!(new.master, other.master);
        let more = edit::extend(&new, None, &ask(None, 0), None).unwrap();
        whole(&edit::join(&[new, more]).unwrap());
    }
    // Nobody sings: there is nothing to take apart.
    let source = heard(&tune("jazz", 3));
    let new = edit::remaster(&source, Strength::High, &ask(None, 0)).unwrap();
    assert_eq!(of(&new, Track::Beside).len(), 1);
    // A piece with our own part plays on as it did.
    let source = heard(&song("Pop", 5));
    let more = edit::extend(&source, Some(30.0), &ask(Some(MORE), 0), None).unwrap();
    let joined = edit::join(&[source, more]).unwrap();
    for strength in [Strength::Subtle, Strength::High] {
        let new = edit::remaster(&joined, strength, &ask(None, 0)).unwrap();
        whole(&new);
        assert_eq!(new.seconds, joined.seconds);
        assert!(new.parts.iter().any(|p| p.channel.gain_db > -60.0));
    }
}
