//! One stream's decoder: symphonia's, or that of Opus.

use symphonia::{
    core::{
        audio::{Channels, GenericAudioBufferRef},
        codecs::{
            CodecParameters,
            audio::{
                AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions, CODEC_ID_NULL_AUDIO,
                well_known::{self as known, profiles},
            },
        },
        formats::Track,
        packet::Packet,
    },
    default::get_codecs,
};

use super::{
    Container, DecodeError, Format,
    downmix::Downmix,
    opus::{self, Opus},
};

/// The rates that are taken, Hz.
const RATES: std::ops::RangeInclusive<u32> = 8_000..=192_000;

/// A decoder of the packets of one track.
pub(super) struct Codec {
    decoder: Decoder,
    id: AudioCodecId,
}

enum Decoder {
    Symphonia(Box<dyn AudioDecoder>),
    Opus(Box<Opus>),
}

/// What came out of a packet.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shape {
    /// Samples a second, Hz.
    pub(super) rate: u32,
    /// Where the channels are.
    pub(super) channels: Channels,
}

impl Shape {
    /// Refuses rates and channels outside the limits.
    pub(super) fn check(rate: Option<u32>, channels: Option<&Channels>) -> Result<(), DecodeError> {
        if let Some(rate) = rate.filter(|rate| !RATES.contains(rate)) {
            return Err(DecodeError::Rate { rate });
        }
        channels.map_or(Ok(()), |channels| Downmix::new(channels).map(drop))
    }
}

impl Codec {
    /// A decoder for the track.
    pub(super) fn open(track: &Track) -> Result<Self, DecodeError> {
        let Some(CodecParameters::Audio(params)) = &track.codec_params else {
            return Err(DecodeError::NoAudio);
        };
        // Before the decoder takes memory for them.
        Shape::check(params.sample_rate, params.channels.as_ref())?;
        let decoder = if params.codec == known::CODEC_ID_OPUS {
            Decoder::Opus(Box::new(Opus::new(params.extra_data.as_deref().unwrap_or(&[]))?))
        } else {
            let decoder = get_codecs()
                .make_audio_decoder(params, &AudioDecoderOptions::default())
                .map_err(|_| refusal(params))?;
            Decoder::Symphonia(decoder)
        };
        Ok(Self {
            decoder,
            id: params.codec,
        })
    }

    /// Frames before the music that the decoder itself does not leave out.
    pub(super) fn pre_skip(&self) -> u64 {
        match &self.decoder {
            Decoder::Symphonia(_) => 0,
            Decoder::Opus(opus) => opus.pre_skip,
        }
    }

    /// Decodes a packet into a plane for each channel. `None` if the packet is broken.
    pub(super) fn decode(&mut self, packet: &Packet, planes: &mut Vec<Vec<f32>>) -> Option<Shape> {
        match &mut self.decoder {
            Decoder::Symphonia(decoder) => {
                let sound: GenericAudioBufferRef<'_> = decoder.decode(packet).ok()?;
                sound.copy_to_vecs_planar(planes);
                Some(Shape {
                    rate: sound.spec().rate(),
                    channels: sound.spec().channels().clone(),
                })
            }
            Decoder::Opus(opus) => {
                if !opus.decode(&packet.data, planes) {
                    return None;
                }
                for plane in planes {
                    let end = plane.len().saturating_sub(packet.trim_end.get() as usize);
                    plane.truncate(end);
                }
                Some(Shape {
                    rate: opus::RATE,
                    channels: opus.layout(),
                })
            }
        }
    }

    /// What the file is called, given what came out of it.
    pub(super) fn format(&self, container: Container, film: bool, shape: &Shape) -> Format {
        let codec = match self.id {
            known::CODEC_ID_MP3 => "mp3",
            known::CODEC_ID_MP2 => "mp2",
            known::CODEC_ID_FLAC => "flac",
            known::CODEC_ID_VORBIS => "vorbis",
            known::CODEC_ID_OPUS => "opus",
            known::CODEC_ID_AAC => "aac",
            known::CODEC_ID_ALAC => "alac",
            known::CODEC_ID_ADPCM_MS | known::CODEC_ID_ADPCM_IMA_WAV | known::CODEC_ID_ADPCM_IMA_QT => "adpcm",
            _ => "pcm",
        };
        let (extension, media_type) = match (container, codec) {
            (Container::Mpeg, "mp2") => ("mp2", "audio/mpeg"),
            (Container::Mpeg, _) => ("mp3", "audio/mpeg"),
            (Container::Wav, _) => ("wav", "audio/wav"),
            (Container::Flac, _) => ("flac", "audio/flac"),
            (Container::Ogg, "opus") => ("opus", "audio/ogg"),
            (Container::Ogg, _) => ("ogg", "audio/ogg"),
            (Container::Mp4, _) if film => ("mp4", "video/mp4"),
            (Container::Mp4, _) => ("m4a", "audio/mp4"),
            (Container::Adts, _) => ("aac", "audio/aac"),
            (Container::Aiff, _) => ("aiff", "audio/aiff"),
        };
        Format {
            codec,
            extension,
            media_type,
            rate: shape.rate,
            channels: shape.channels.count() as u16,
        }
    }
}

/// Why there is no decoder for these parameters.
fn refusal(params: &AudioCodecParameters) -> DecodeError {
    let profile = params.profile;
    let channels = params.channels.as_ref().map_or(0, Channels::count);
    let codec = match params.codec {
        known::CODEC_ID_AAC
            if profile == Some(profiles::CODEC_PROFILE_AAC_HE)
                || profile == Some(profiles::CODEC_PROFILE_AAC_HE_V2) =>
        {
            "HE-AAC"
        }
        known::CODEC_ID_AAC if profile == Some(profiles::CODEC_PROFILE_AAC_USAC) => "xHE-AAC",
        known::CODEC_ID_AAC if channels > 2 => "AAC with more than two channels",
        known::CODEC_ID_AAC => "This variant of AAC",
        known::CODEC_ID_ADPCM_MS
        | known::CODEC_ID_ADPCM_IMA_WAV
        | known::CODEC_ID_ADPCM_IMA_QT
        | known::CODEC_ID_ADPCM_G722
        | known::CODEC_ID_ADPCM_G726
        | known::CODEC_ID_ADPCM_G726LE => "This variant of ADPCM",
        known::CODEC_ID_MP1 => "MPEG layer I",
        known::CODEC_ID_MP3 => return DecodeError::Damaged { format: "MP3" },
        known::CODEC_ID_FLAC => return DecodeError::Damaged { format: "FLAC" },
        known::CODEC_ID_VORBIS => return DecodeError::Damaged { format: "Vorbis" },
        known::CODEC_ID_ALAC => return DecodeError::Damaged { format: "ALAC" },
        known::CODEC_ID_SPEEX => "Speex",
        known::CODEC_ID_AC3 => "AC-3",
        known::CODEC_ID_EAC3 => "E-AC-3",
        known::CODEC_ID_AC4 => "AC-4",
        known::CODEC_ID_DCA => "DTS",
        known::CODEC_ID_WMA => "Windows Media (WMA)",
        CODEC_ID_NULL_AUDIO => "The codec of this file",
        _ => "This kind of audio",
    };
    DecodeError::Unsupported { codec }
}
