//! The decoding of one file, packet by packet.

use symphonia::{
    core::{
        audio::Channels,
        errors::Error,
        formats::{
            FormatOptions, FormatReader, Track, TrackType,
            probe::{Hint, Probe, ProbeOptions},
        },
        io::{MediaSourceStream, MediaSourceStreamOptions},
        meta::MetadataOptions,
        packet::Packet,
    },
    default::register_enabled_formats,
};

use super::{
    Container, DecodeError, Format, Limits, RATE, Recording, SLACK_SECONDS,
    codec::{Codec, Shape},
    downmix::Downmix,
    gapless::Trim,
    labels::Labels,
    mended::Mended,
    reel::Reel,
};

/// How far the reader may look for the first frame behind the tags, bytes.
const PROBE_BYTES: u32 = 128 << 10;
/// Packets that may be broken before the rest is given up.
const MAX_BROKEN: usize = 1_000;
/// Streams that may follow each other in one file (chained Ogg).
const MAX_CHAIN: usize = 16;

/// An opened file.
pub(super) struct Session<'a> {
    bytes: &'a [u8],
    container: Container,
    reader: Box<dyn FormatReader + 'a>,
    track: u32,
    codec: Codec,
    /// Moving pictures are in it too.
    film: bool,
}

/// What happened on the way.
#[derive(Default)]
struct Tally {
    packets: usize,
    sound: usize,
    broken: usize,
    chained: usize,
}

/// What the packets so far turned into.
struct Take {
    reel: Reel,
    mixer: Option<(Channels, Downmix)>,
    format: Option<Format>,
    trim: Trim,
    /// Frames of the last packet that was whole.
    frames: usize,
}

impl<'a> Session<'a> {
    /// Reads the headers.
    pub(super) fn open(bytes: &'a [u8], container: Container) -> Result<Self, DecodeError> {
        let options = ProbeOptions {
            max_probe_depth: PROBE_BYTES,
            ..ProbeOptions::default()
        };
        let mut probe = Probe::new_with_options(&options);
        register_enabled_formats(&mut probe);
        let stream = MediaSourceStream::new(
            Box::new(Mended::new(bytes, container)),
            MediaSourceStreamOptions::default(),
        );
        let reader = probe
            .probe(
                &Hint::new(),
                stream,
                FormatOptions::default(),
                MetadataOptions::default(),
            )
            .map_err(|error| refusal(bytes, container, &error))?;
        let film = reader.first_track(TrackType::Video).is_some();
        let track = sounding(reader.as_ref()).ok_or_else(|| silent_film(bytes, container))?;
        Ok(Self {
            bytes,
            container,
            track: track.id,
            codec: Codec::open(track)?,
            film,
            reader,
        })
    }

    /// Decodes everything.
    pub(super) fn run(mut self, limits: &Limits) -> Result<Recording, DecodeError> {
        let too_long = |_| DecodeError::TooLong {
            max_seconds: limits.max_seconds,
        };
        let limit = (limits.max_seconds + SLACK_SECONDS) * f64::from(RATE);
        let mut labels = Labels::read(self.reader.as_mut());
        let mut take = Take {
            reel: Reel::new(limit as usize),
            mixer: None,
            format: None,
            trim: Trim::default(),
            frames: 0,
        };
        let mut tally = Tally::default();
        let mut planes = Vec::new();
        let mut stereo = [Vec::new(), Vec::new()];
        while let Some(packet) = self.next_packet(&mut tally) {
            stereo.iter_mut().for_each(Vec::clear);
            let shape = self.codec.decode(&packet, &mut planes);
            let shape = shape.filter(|_| planes.first().is_some_and(|plane| !plane.is_empty()));
            let rate = if let Some(shape) = shape {
                Shape::check(Some(shape.rate), Some(&shape.channels))?;
                if take.format.is_none() {
                    take.trim = self.trim(shape.rate, labels.gapless.as_deref());
                    take.format = Some(self.codec.format(self.container, self.film, &shape));
                }
                tally.sound += 1;
                take.mix(&shape, &planes, &mut stereo)?;
                shape.rate
            } else {
                tally.broken += 1;
                if tally.broken > MAX_BROKEN {
                    break;
                }
                // What is broken leaves a gap of its length, so that what follows stays in time.
                let Some(format) = take.format else { continue };
                for side in &mut stereo {
                    side.resize(take.frames, 0.0);
                }
                format.rate
            };
            take.push(rate, &mut stereo).map_err(too_long)?;
            if take.trim.keep == Some(0) {
                break;
            }
        }
        let Some(format) = take.format.filter(|_| tally.sound >= tally.broken) else {
            return Err(DecodeError::Damaged {
                format: self.container.name(),
            });
        };
        let [mut left, mut right] = take.reel.finish().map_err(too_long)?;
        if format.channels > 2 {
            fit(&mut left, &mut right);
        }
        // Ogg tells the tags of a chained stream on the way.
        let late = Labels::read(self.reader.as_mut());
        labels.title = labels.title.or(late.title);
        labels.artist = labels.artist.or(late.artist);
        Ok(Recording {
            left,
            right,
            format,
            title: labels.title,
            artist: labels.artist,
        })
    }

    /// The next packet of the track; `None` where the file ends or cannot be read any further.
    fn next_packet(&mut self, tally: &mut Tally) -> Option<Packet> {
        // A table can list more packets than there are bytes.
        while tally.packets < self.bytes.len() + MAX_BROKEN && tally.broken <= MAX_BROKEN {
            tally.packets += 1;
            match self.reader.next_packet() {
                Ok(Some(packet)) if packet.track_id == self.track => return Some(packet),
                Ok(Some(_)) => {}
                Ok(None) | Err(Error::IoError(_)) => return None,
                Err(Error::ResetRequired) => {
                    tally.chained += 1;
                    let track = sounding(self.reader.as_ref()).filter(|_| tally.chained < MAX_CHAIN)?;
                    self.track = track.id;
                    self.codec = Codec::open(track).ok()?;
                }
                Err(_) => tally.broken += 1,
            }
        }
        None
    }

    fn trim(&self, rate: u32, note: Option<&str>) -> Trim {
        let trim = if self.container == Container::Mp4 {
            Trim::of_mp4(self.bytes, self.track, rate, note)
        } else {
            Trim::default()
        };
        if trim == Trim::default() {
            Trim {
                skip: self.codec.pre_skip(),
                keep: None,
            }
        } else {
            trim
        }
    }
}

impl Take {
    fn mix(&mut self, shape: &Shape, planes: &[Vec<f32>], stereo: &mut [Vec<f32>; 2]) -> Result<(), DecodeError> {
        let known = self.mixer.take().filter(|(channels, _)| *channels == shape.channels);
        let mixer = match known {
            Some(mixer) => mixer,
            None => (shape.channels.clone(), Downmix::new(&shape.channels)?),
        };
        mixer.1.mix(planes, stereo);
        self.mixer = Some(mixer);
        self.frames = stereo[0].len();
        Ok(())
    }

    /// Leaves out what is not music and keeps the rest.
    fn push(&mut self, rate: u32, stereo: &mut [Vec<f32>; 2]) -> Result<(), super::reel::Overrun> {
        let frames = stereo[0].len() as u64;
        let skip = self.trim.skip.min(frames);
        let keep = self.trim.keep.unwrap_or(u64::MAX).min(frames - skip);
        self.trim.skip -= skip;
        self.trim.keep = self.trim.keep.map(|left| left - keep);
        for side in stereo.iter_mut() {
            side.truncate((skip + keep) as usize);
            side.drain(..skip as usize);
        }
        self.reel.push(rate, stereo)
    }
}

/// The track to decode: the one that is meant to be heard first, if it can be.
fn sounding(reader: &dyn FormatReader) -> Option<&Track> {
    reader
        .first_track_known_codec(TrackType::Audio)
        .or_else(|| reader.first_track(TrackType::Audio))
}

/// A container was opened, and no track in it is audio that can be named.
fn silent_film(bytes: &[u8], container: Container) -> DecodeError {
    if container == Container::Ogg {
        let head = &bytes[..bytes.len().min(256)];
        let has = |magic: &[u8]| head.windows(magic.len()).any(|w| w == magic);
        if has(b"Speex   ") {
            return DecodeError::Unsupported { codec: "Speex" };
        }
    }
    DecodeError::NoAudio
}

/// Why the headers cannot be read.
fn refusal(bytes: &[u8], container: Container, error: &Error) -> DecodeError {
    match (container, error) {
        (Container::Ogg, Error::Unsupported(_)) => silent_film(bytes, container),
        _ => DecodeError::Damaged {
            format: container.name(),
        },
    }
}

/// The sum of many channels can pass full scale where none of them does.
fn fit(left: &mut [f32], right: &mut [f32]) {
    let peak = left.iter().chain(right.iter()).fold(0f32, |peak, x| peak.max(x.abs()));
    if peak > 1.0 {
        left.iter_mut().chain(right).for_each(|x| *x /= peak);
    }
}
