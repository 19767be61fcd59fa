//! The lyric video: cover, form and words in time with the song, as an MP4 of H.264 and the song's
//! own MP3.
//!
//! A picture is made only when something changes (a word begins, a page turns, the progress moves),
//! and shown until the next change; so three minutes are a few hundred pictures, made in seconds.

mod h264;
mod look;
mod mp4;
mod page;
mod schedule;

use crate::{canvas::Canvas, font::Face, mp3::Frames};
use h264::{Encoder, Picture, Quantiser};
use look::Look;
use schedule::Schedule;

/// Pixels.
pub const WIDTH: u32 = 1280;
/// Pixels.
pub const HEIGHT: u32 = 720;
/// Fine enough that letters are sharp and dark gradients do not show steps.
const QUANTISER: Quantiser = Quantiser(20);
/// Seconds after which a picture that decoding can begin at is due, and is made at the next turn of
/// a page or after twice this time anyhow.
const KEY_SECONDS: f64 = 4.0;

/// A word and when it is sung, seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// The word as shown.
    pub text: String,
    /// When it begins.
    pub start: f64,
    /// When it ends.
    pub end: f64,
}

/// A line of the lyrics.
#[derive(Clone, Debug, PartialEq)]
pub struct LyricLine {
    /// Index into the parts.
    pub part: usize,
    /// Its words in order, at least one.
    pub words: Vec<Word>,
}

/// A stretch of the form.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch {
    /// Its name as shown (`Chorus`).
    pub name: String,
    /// When it begins, seconds.
    pub start: f64,
    /// When it ends, seconds.
    pub end: f64,
}

/// What a lyric video is made from.
#[derive(Clone, Debug, PartialEq)]
pub struct LyricVideo {
    /// Title.
    pub title: String,
    /// Artist.
    pub artist: String,
    /// A small line under them (key, tempo, style); may be empty.
    pub subtitle: String,
    /// Length in seconds.
    pub seconds: f64,
    /// The cover, a JPEG.
    pub cover: Vec<u8>,
    /// The sound, an MP3; tags in it do not matter.
    pub mp3: Vec<u8>,
    /// The form.
    pub parts: Vec<Stretch>,
    /// The lyrics by rising time; none for an instrumental.
    pub lines: Vec<LyricLine>,
}

/// Why there is no video.
#[derive(Debug, thiserror::Error)]
pub enum VideoError {
    /// There is no frame of MP3 in the bytes given.
    #[error("the sound is not an MP3")]
    Sound,
    /// The cover cannot be read.
    #[error("the cover is not a JPEG that can be read: {0}")]
    Cover(String),
}

/// The video as an MP4. The same data give the same bytes.
pub fn encode(video: &LyricVideo, font: &Face<'_>) -> Result<Vec<u8>, VideoError> {
    let sound = Frames::of(&video.mp3).ok_or(VideoError::Sound)?;
    let cover = decode(&video.cover)?;
    let seconds = sound.samples as f64 / f64::from(sound.rate);
    let look = Look::new(video, &cover, font, seconds);
    let schedule = Schedule::new(video, &look, seconds);

    let (width, height) = (WIDTH as usize, HEIGHT as usize);
    let mut encoder = Encoder::new(width, height, QUANTISER);
    let mut picture = Picture::black(width, height);
    let mut last: Vec<u8> = Vec::new();
    let mut pictures = Vec::with_capacity(schedule.moments.len());
    let mut key_at = f64::NEG_INFINITY;
    for (i, moment) in schedule.moments.iter().enumerate() {
        let canvas = look.paint(schedule.panel(moment.state), moment.state);
        picture.update(canvas.bytes(), &last);
        last.clear();
        last.extend_from_slice(canvas.bytes());
        let since = moment.at - key_at;
        let key = since >= KEY_SECONDS && moment.turn || since >= 2.0 * KEY_SECONDS;
        let unit = encoder.encode(&picture, key);
        if unit.key {
            key_at = moment.at;
        }
        let next = schedule.moments.get(i + 1).map_or(seconds, |m| m.at);
        pictures.push((unit, ticks(next) - ticks(moment.at)));
    }
    let film = mp4::Video {
        width: WIDTH as u16,
        height: HEIGHT as u16,
        parameter_sets: encoder.parameter_sets(),
        pictures,
    };
    Ok(mp4::write(film, &sound, &video.title))
}

fn ticks(seconds: f64) -> u32 {
    (seconds * f64::from(mp4::TIMESCALE)).round() as u32
}

fn decode(jpeg: &[u8]) -> Result<Canvas, VideoError> {
    let options = zune_jpeg::zune_core::options::DecoderOptions::default()
        .jpeg_set_out_colorspace(zune_jpeg::zune_core::colorspace::ColorSpace::RGB);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(std::io::Cursor::new(jpeg), options);
    let rgb = decoder.decode().map_err(|e| VideoError::Cover(e.to_string()))?;
    let (w, h) = decoder
        .dimensions()
        .ok_or_else(|| VideoError::Cover("it has no size".into()))?;
    Ok(Canvas::from_rgb(&rgb, w as u32, h as u32))
}

#[cfg(test)]
mod tests;
