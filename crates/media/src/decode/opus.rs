//! Opus packets (RFC 6716) with the header of RFC 7845, section 5.1.

use opus_pure::{OpusDecoder, OpusMSDecoder};
use symphonia::core::audio::{Channels, layouts};

use super::DecodeError;

/// Opus decodes to 48 kHz whatever it was made from, Hz.
pub(super) const RATE: u32 = 48_000;
/// The longest packet, frames: 120 ms.
const LONGEST: usize = 5_760;

const OWN_LAYOUT: &str = "Opus with a channel layout of its own";

/// A decoder of one stream of packets.
pub(super) struct Opus {
    inner: Inner,
    channels: usize,
    gain: f32,
    /// Where each decoded channel goes, so that the order is that of WAVE.
    order: &'static [usize],
    interleaved: Vec<f32>,
    /// Frames before the music.
    pub(super) pre_skip: u64,
}

enum Inner {
    Plain(Box<OpusDecoder>),
    Multi(Box<OpusMSDecoder>),
}

impl Opus {
    /// A decoder for the stream with this identification header.
    pub(super) fn new(head: &[u8]) -> Result<Self, DecodeError> {
        let damaged = || DecodeError::Damaged { format: "Opus" };
        if head.len() < 19 || !head.starts_with(b"OpusHead") {
            return Err(damaged());
        }
        let channels = usize::from(head[9]);
        let (inner, order): (_, &'static [usize]) = match (head[18], channels) {
            (0 | 1, 1) => (plain(1)?, &[0]),
            (0, 2) => (plain(2)?, &[0, 1]),
            (1, 2..=8) => {
                let inner = OpusMSDecoder::new(RATE as i32, channels, 1).map_err(|_| damaged())?;
                let usual = inner.layout();
                let streams = [usual.nb_streams, usual.nb_coupled_streams].map(|n| n as u8);
                if head.get(19..21) != Some(&streams[..]) || head.get(21..21 + channels) != Some(&usual.mapping[..]) {
                    return Err(DecodeError::Unsupported { codec: OWN_LAYOUT });
                }
                (Inner::Multi(Box::new(inner)), VORBIS_ORDER[channels - 1])
            }
            (_, 0 | 9..) => return Err(DecodeError::Channels { count: channels }),
            _ => return Err(DecodeError::Unsupported { codec: OWN_LAYOUT }),
        };
        // In MP4 the header has version 0 and big-endian numbers (Opus in ISOBMFF, 4.3.2).
        let swapped = head[8] == 0;
        let number = |at: usize| match [head[at], head[at + 1]] {
            bytes if swapped => u16::from_be_bytes(bytes),
            bytes => u16::from_le_bytes(bytes),
        };
        // Output gain in 1/256 dB.
        let gain_db = f32::from(number(16) as i16) / 256.0;
        Ok(Self {
            inner,
            channels,
            gain: 10f32.powf(gain_db / 20.0),
            order,
            interleaved: vec![0.0; LONGEST * channels],
            pre_skip: u64::from(number(10)),
        })
    }

    /// The layout of what is decoded.
    pub(super) fn layout(&self) -> Channels {
        match self.channels {
            1 => layouts::CHANNEL_LAYOUT_MONO,
            2 => layouts::CHANNEL_LAYOUT_STEREO,
            n => Channels::Discrete(n as u16),
        }
    }

    /// Decodes one packet into a plane for each channel; false if it is broken.
    pub(super) fn decode(&mut self, packet: &[u8], planes: &mut Vec<Vec<f32>>) -> bool {
        planes.resize_with(self.channels, Vec::new);
        planes.iter_mut().for_each(Vec::clear);
        // An empty packet would ask for concealment, which is not what the file holds.
        if packet.is_empty() {
            return false;
        }
        let made = match &mut self.inner {
            Inner::Plain(decoder) => decoder.decode(packet, LONGEST, &mut self.interleaved),
            Inner::Multi(decoder) => decoder.decode(packet, LONGEST, &mut self.interleaved),
        };
        let Ok(frames) = made else { return false };
        let frames = frames.min(LONGEST);
        for (channel, &place) in self.order.iter().enumerate() {
            let samples = self.interleaved[..frames * self.channels]
                .iter()
                .skip(channel)
                .step_by(self.channels);
            planes[place].extend(samples.map(|x| x * self.gain));
        }
        true
    }
}

fn plain(channels: usize) -> Result<Inner, DecodeError> {
    OpusDecoder::new(RATE as i32, channels)
        .map(|decoder| Inner::Plain(Box::new(decoder)))
        .map_err(|_| DecodeError::Damaged { format: "Opus" })
}

/// Where the channels in the order of Vorbis I, section 4.3.9, stand in the order of WAVE.
const VORBIS_ORDER: [&[usize]; 8] = [
    &[0],
    &[0, 1],
    &[0, 2, 1],
    &[0, 1, 2, 3],
    &[0, 2, 1, 3, 4],
    &[0, 2, 1, 4, 5, 3],
    &[0, 2, 1, 5, 6, 4, 3],
    &[0, 2, 1, 6, 7, 4, 5, 3],
];
