//! What a song looks like and is called: its score as the plain data of cover, lyric video and tags.

use catbird_media::{
    cover::{Cover, Kind, Part},
    tags::{ARTIST, Tags},
    video::{LyricLine, LyricVideo, Stretch, Word},
};
use catbird_score::{
    Score,
    instrument::PartRole,
    key::Key,
    section::Role,
    timings::{TimedLine, timed_lines},
    vocal::SungLine,
};

/// Points of a melody's contour.
const CONTOUR: usize = 240;
/// Peaks a second of a waveform.
const PEAKS: usize = 20;

/// The waveform that [`cover`] takes, from finished sound of `rate` Hz: peaks, 0–1.
pub fn waveform(left: &[f32], right: &[f32], rate: u32) -> Vec<f32> {
    let block = (rate as usize / PEAKS).max(1);
    let peak = |c: &[f32]| c.iter().fold(0.0f32, |p, x| p.max(x.abs()));
    let blocks = left.chunks(block).zip(right.chunks(block));
    let peaks: Vec<f32> = blocks.map(|(l, r)| peak(l).max(peak(r))).collect();
    let most = peaks.iter().copied().fold(1e-3, f32::max);
    peaks.into_iter().map(|p| p / most).collect()
}

/// The cover's data. Where `waveform` is empty, the intensity of the sections stands in for it.
pub fn cover(score: &Score, waveform: &[f32]) -> Cover {
    let whole = f64::from(score.end().max(1));
    let parts: Vec<Part> = score
        .sections
        .iter()
        .map(|s| Part {
            share: (f64::from(s.length) / whole) as f32,
            energy: s.energy,
            kind: match s.role {
                Role::Intro | Role::Inst | Role::Outro => Kind::Instrumental,
                Role::Verse => Kind::Verse,
                Role::PreChorus => Kind::Rise,
                Role::Chorus => Kind::Chorus,
                Role::Bridge => Kind::Bridge,
            },
        })
        .collect();
    let waveform = if waveform.is_empty() {
        let levels = parts.iter().flat_map(|p| {
            let count = (p.share * 400.0).ceil() as usize;
            std::iter::repeat_n(p.energy, count)
        });
        levels.collect()
    } else {
        waveform.to_vec()
    };
    Cover {
        seed: score.seed,
        title: score.title.clone(),
        subtitle: format!("{} · {}", genre(score), score.key.name()),
        tonic: score.key.tonic % 12,
        minor: score.key.mode.is_minor(),
        energy: parts.iter().map(|p| p.share * p.energy).sum(),
        parts,
        contour: contour(score),
        waveform,
        words: words(score),
    }
}

/// The tags of the song's MP3.
pub fn tags(score: &Score, cover_jpeg: Vec<u8>) -> Tags {
    let sung = sung(score);
    let mut lyrics = String::new();
    let mut section = None;
    for (line, timed) in &sung {
        if section.is_some_and(|s| s != line.section) {
            lyrics.push('\n');
        }
        section = Some(line.section);
        lyrics.push_str(&timed.text);
        lyrics.push('\n');
    }
    Tags {
        title: score.title.clone(),
        artist: ARTIST.into(),
        lyrics: (!sung.is_empty()).then(|| lyrics.trim_end().to_owned()),
        synced: sung
            .iter()
            .map(|(_, timed)| ((timed.start.max(0.0) * 1000.0).round() as u32, timed.text.clone()))
            .collect(),
        cover: (!cover_jpeg.is_empty()).then_some(cover_jpeg),
        bpm: Some(score.tempo.bpm_at(0)),
        key: Some(key(score.key)),
        genre: Some(genre(score)),
        ..Tags::default()
    }
}

/// The lyric video's data. An instrumental has a video too: its form and its waveform.
pub fn lyric_video(score: &Score, cover_jpeg: &[u8], mp3: &[u8]) -> LyricVideo {
    let lines = sung(score)
        .into_iter()
        .map(|(line, timed)| LyricLine {
            part: line.section,
            words: shown(&timed)
                .zip(&timed.words)
                .map(|(text, word)| Word {
                    text,
                    start: word.start,
                    end: word.end,
                })
                .collect(),
        })
        .collect();
    LyricVideo {
        title: score.title.clone(),
        artist: ARTIST.into(),
        subtitle: format!("{} · {:.0} bpm", score.key.name(), score.tempo.bpm_at(0)),
        seconds: score.seconds,
        cover: cover_jpeg.to_vec(),
        mp3: mp3.to_vec(),
        parts: score
            .sections
            .iter()
            .map(|s| Stretch {
                name: s.name.clone(),
                start: score.tempo.at(s.start),
                end: score.tempo.at(s.end()),
            })
            .collect(),
        lines,
    }
}

/// Lines that are sung, with their times.
fn sung(score: &Score) -> Vec<(&SungLine, TimedLine)> {
    let lines = score.vocal.iter().flat_map(|v| &v.lines);
    // The same lines that have times.
    let lines = lines.filter(|l| l.notes().next().is_some());
    lines.zip(timed_lines(score)).collect()
}

/// The words as they are written, punctuation included, where line and words agree.
fn shown(timed: &TimedLine) -> impl Iterator<Item = String> {
    let letters = |s: &str| -> String {
        s.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    let written: Vec<&str> = timed.text.split_whitespace().collect();
    let agree = written.len() == timed.words.len()
        && written
            .iter()
            .zip(&timed.words)
            .all(|(w, t)| letters(w) == letters(&t.word));
    let words: Vec<String> = if agree {
        written.into_iter().map(str::to_owned).collect()
    } else {
        timed.words.iter().map(|w| w.word.clone()).collect()
    };
    words.into_iter()
}

/// As ID3 wants it: `Am`, `F#m`, `Eb`. Modes count as the major or minor they are nearest to.
fn key(key: Key) -> String {
    let name = key.name();
    let tonic = name.split(' ').next().unwrap_or_default();
    format!("{tonic}{}", if key.mode.is_minor() { "m" } else { "" })
}

fn genre(score: &Score) -> String {
    if score.labels.genre.is_empty() {
        score.style.replace('_', " ")
    } else {
        score.labels.genre.clone()
    }
}

/// Style and mood in small letters, the style first.
fn words(score: &Score) -> Vec<String> {
    let brief = &score.brief;
    let wishes = brief.wishes.iter().map(|w| w.word.as_str());
    let labels = [score.style.as_str(), &score.labels.genre, &score.labels.mood];
    let all = labels.into_iter().chain(brief.tags.split(',')).chain(wishes);
    let plain = all.map(|w| w.trim().to_lowercase().replace('_', " "));
    plain.filter(|w| !w.is_empty()).collect()
}

/// The melody evenly over the file, 0 lowest – 1 highest: the voice, else the leading part, else the
/// highest notes of the band; rests keep the last pitch.
fn contour(score: &Score) -> Vec<f32> {
    let voice = score
        .vocal
        .iter()
        .flat_map(|v| &v.lines)
        .flat_map(catbird_score::SungLine::notes);
    let mut notes: Vec<(f64, u8)> = voice.map(|n| (n.onset(), n.pitch)).collect();
    for roles in [
        &[PartRole::Lead][..],
        &[PartRole::Counter, PartRole::Comp, PartRole::Pad, PartRole::Bass],
    ] {
        if notes.is_empty() {
            let parts = score.parts.iter().filter(|p| roles.contains(&p.role));
            notes.extend(parts.flat_map(|p| &p.notes).map(|n| (n.onset(), n.pitch)));
        }
    }
    notes.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (low, high) = notes.iter().fold((127, 0), |(l, h), n| (n.1.min(l), n.1.max(h)));
    if notes.is_empty() || low == high {
        return Vec::new();
    }
    let end = f64::from(score.end());
    let mut next = 0;
    (0..CONTOUR)
        .map(|i| {
            let at = end * (i as f64 + 0.5) / CONTOUR as f64;
            while next + 1 < notes.len() && notes[next + 1].0 <= at {
                next += 1;
            }
            f32::from(notes[next].1 - low) / f32::from(high - low)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use catbird_music::compose;
    use catbird_score::Brief;

    use super::*;

    fn song() -> Score {
        let brief = Brief {
            title: Some("Paper Boats".into()),
            lyrics: Some(
                "[Verse]\nI saw you, running in the morning light\nDon't turn around\n[Chorus]\nHold on, hold on"
                    .into(),
            ),
            seed: 5,
            ..Brief::default()
        };
        compose(&brief, None).unwrap()
    }

    #[test]
    fn words_keep_their_commas_and_their_times() {
        let score = song();
        let video = lyric_video(&score, b"", b"");
        let first: Vec<&str> = video.lines[0].words.iter().map(|w| w.text.as_str()).collect();
        assert_eq!(first[..3], ["I", "saw", "you,"]);
        let timed = timed_lines(&score);
        assert_eq!(video.lines.len(), timed.len());
        for (line, timed) in video.lines.iter().zip(&timed) {
            assert_eq!(line.words.len(), timed.words.len());
            assert_eq!(line.words[0].start, timed.start);
            let part = &video.parts[line.part];
            // A pickup may be sung a little before its section.
            assert!(
                timed.start > part.start - 3.0 && timed.start < part.end,
                "{}",
                timed.text
            );
        }
    }

    #[test]
    fn tags_say_what_the_score_says() {
        let score = song();
        let tags = tags(&score, vec![1]);
        assert_eq!(tags.title, "Paper Boats");
        assert_eq!(tags.synced.len(), 3);
        assert!(tags.synced.windows(2).all(|w| w[0].0 < w[1].0));
        assert_eq!(tags.lyrics.unwrap().lines().count(), 4, "a blank line between sections");
        assert!(tags.key.unwrap().len() <= 3);
        assert_eq!(
            key(Key {
                tonic: 6,
                mode: catbird_score::key::Mode::Dorian
            }),
            "F#m"
        );
    }

    #[test]
    fn the_cover_follows_the_score() {
        let score = song();
        let cover = cover(&score, &[]);
        assert_eq!(cover.parts.len(), score.sections.len());
        assert!((cover.parts.iter().map(|p| p.share).sum::<f32>() - 1.0).abs() < 1e-3);
        assert_eq!(cover.contour.len(), CONTOUR);
        assert!(cover.contour.contains(&0.0) && cover.contour.contains(&1.0));
        assert!(!cover.waveform.is_empty() && !cover.words.is_empty());
    }
}
