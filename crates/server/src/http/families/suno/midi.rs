//! `POST /api/v1/sonic/midi`: the notes, read from the score: the voice, then every part of the band.

use axum::Json;
use catbird_score::{Note, Score, SungLine};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::of_clip::{self, ClipRequest};
use crate::http::families::call::{self, Call, Kept};
use crate::http::families::source as sources;
use crate::http::problem::{ErrorBody, Problem};

/// The notes.
#[derive(Debug, Serialize, ToSchema)]
pub struct MidiAnswer {
    /// 200
    #[schema(example = 200)]
    pub code: u16,
    /// The file, and its notes.
    pub data: Midi,
    /// `success`
    #[schema(example = "success")]
    pub message: &'static str,
}

/// The file, and its notes.
#[derive(Debug, Serialize, ToSchema)]
pub struct Midi {
    /// A Standard MIDI File.
    pub midi_url: String,
    /// Who plays what.
    pub instruments: Vec<Instrument>,
}

/// Who plays what.
#[derive(Debug, Serialize, ToSchema)]
pub struct Instrument {
    /// `Vocals`, or the part's name.
    pub name: String,
    /// What it plays, by time.
    pub notes: Vec<PlayedNote>,
}

/// A note.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlayedNote {
    /// MIDI note number; of drums the General MIDI key.
    pub pitch: u8,
    /// Seconds of the file.
    pub start: f64,
    /// Seconds of the file.
    pub end: f64,
    /// 0–1.
    pub velocity: f64,
}

/// The notes of a clip; of a recording those that were heard in it. Answered at once, or as soon as
/// somebody has listened to the recording.
#[utoipa::path(
    post,
    path = "/api/v1/sonic/midi",
    tag = "sonic",
    operation_id = "sonic_midi",
    security(("key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body get the same answer")),
    request_body = ClipRequest,
    responses(
        (status = 200, description = "The file and its notes", body = MidiAnswer),
        (status = 400, description = "The clip is unknown or a single track", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 403, description = "Not enough credits", body = ErrorBody),
    )
)]
pub async fn midi(call: Call) -> Result<Json<Value>, Problem> {
    let (source, score) = of_clip::scored(&call).await?;
    let price = call.core.config.prices.midi;
    if let Some(before) = call.before(price).await? {
        return Ok(before);
    }
    // That of a recording may have come to be a moment ago, with its score.
    let source = sources::find(&call, &source.clip.id).await?;
    let name = source.clip.file("midi");
    let name = name.ok_or_else(|| call::broken(&anyhow::anyhow!("clip {} has no MIDI", source.clip.id)))?;
    let answer = MidiAnswer {
        code: 200,
        data: Midi {
            midi_url: call.links.file(name),
            instruments: instruments(&score),
        },
        message: "success",
    };
    let kept = Kept {
        operation: "midi",
        price,
        ..Kept::default()
    };
    call.answer(kept, &answer).await
}

fn instruments(score: &Score) -> Vec<Instrument> {
    let voice = score.vocal.iter().map(|vocal| Instrument {
        name: "Vocals".to_owned(),
        notes: played(score, vocal.lines.iter().flat_map(SungLine::notes)),
    });
    let band = score.parts.iter().map(|part| Instrument {
        name: part.name.clone(),
        notes: played(score, part.notes.iter()),
    });
    voice.chain(band).collect()
}

fn played<'a>(score: &Score, notes: impl Iterator<Item = &'a Note>) -> Vec<PlayedNote> {
    let milliseconds = |tick: f64| (score.tempo.seconds(tick).max(0.0) * 1000.0).round() / 1000.0;
    notes
        .map(|note| PlayedNote {
            pitch: note.pitch,
            start: milliseconds(note.onset()),
            end: milliseconds(note.onset() + f64::from(note.length)),
            velocity: (f64::from(note.velocity) / 127.0 * 1000.0).round() / 1000.0,
        })
        .collect()
}
