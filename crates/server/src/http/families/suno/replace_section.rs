//! `POST /api/v1/sonic/replace-section`: another section in place of a span of a clip; all other
//! samples stay as they are until the master.

use axum::Json;
use catbird_score::Work;
use serde::Serialize;
use utoipa::ToSchema;

use super::models::Version;
use super::song::{Needs, SongRequest, has_words, no_words};
use crate::http::accepted::Accepted;
use crate::http::families::call::{Call, Ordered};
use crate::http::families::source as sources;
use crate::http::fields::check_length;
use crate::http::problem::{ErrorBody, Problem};

/// A span of a clip, and what shall be there.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplaceSectionRequest {
    /// A finished clip of the account.
    pub clip_id: String,
    /// The song. `mv` is needed, v4 or later. `prompt` are the new words, if it has section tags or
    /// several lines and there are no `infill_lyrics`; otherwise it describes how the section shall be.
    #[serde(flatten)]
    pub song: SongRequest,
    /// Where the span begins, seconds.
    #[schema(minimum = 0)]
    pub infill_start_s: f64,
    /// Where it ends, within the clip.
    pub infill_end_s: f64,
    /// The words of the section; those that are there stay when there are no others.
    pub infill_lyrics: Option<String>,
    /// The whole song with the new section, then the section alone. `false`: the section alone;
    /// `concat_music` with its clip id makes the whole song of it.
    pub auto_concat: Option<bool>,
    /// https, at most 1024 characters.
    pub webhook_url: Option<String>,
    /// Signs what is sent there.
    pub webhook_secret: Option<String>,
}

/// Makes a span of a clip anew. Poll `task/{task_id}`.
#[utoipa::path(
    post,
    path = "/api/v1/sonic/replace-section",
    tag = "sonic",
    operation_id = "sonic_replace_section",
    security(("key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body are the same task")),
    request_body = ReplaceSectionRequest,
    responses(
        (status = 200, description = "Taken and charged", body = Accepted),
        (status = 400, description = "A rule is broken, or the clip is unknown", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 403, description = "Not enough credits, or no words in the lyrics", body = ErrorBody),
    )
)]
pub async fn replace_section(call: Call) -> Result<Json<Accepted>, Problem> {
    let fields = call.fields();
    let clip_id = sources::id(fields, "clip_id")?;
    let mut song = SongRequest::read(fields, Needs::Nothing)?;
    if song.model().version < Version::V4 {
        let sentence = "The 'mv' field is invalid. replace-section needs a v4 model or a later one.";
        return Err(Problem::bad_request(sentence));
    }
    let names = ["infill_start_s", "infill_end_s"];
    let from = fields.seconds(names[0])?.ok_or_else(|| fields.required(names[0]))?;
    let to = fields.seconds(names[1])?.ok_or_else(|| fields.required(names[1]))?;
    let infill = fields.string("infill_lyrics")?.filter(|text| !text.trim().is_empty());
    check_length(
        "infill_lyrics",
        infill.as_deref().unwrap_or_default(),
        song.model().version.lyrics_limit(),
    )?;
    // Who replaces a section wants the song; who wants to join it later says so.
    let whole = fields.boolean("auto_concat")?.unwrap_or(true);

    // The section's own words leave nothing to write.
    if infill.is_some() {
        song.auto_lyrics = None;
        song.gpt_description_prompt = None;
    }
    let written = song.auto_lyrics == Some(true);
    let described = song
        .prompt
        .take_if(|prompt| !written && (infill.is_some() || !looks_like_lyrics(prompt)));
    let mut brief = song.brief(fields, Needs::Nothing)?;
    if let Some(infill) = infill.filter(|_| !brief.instrumental) {
        if !has_words(&infill) {
            return Err(no_words());
        }
        brief.lyrics = Some(infill);
    }
    if let Some(described) = described {
        brief.description = described;
    }
    let source = sources::piece(&call, &clip_id).await?;
    source.check_stretch(names, from, to)?;
    let mut shown = song.shown(&brief);
    shown.borrow(&source, &mut brief);
    let to = to.min(source.clip.seconds);
    let ordered = Ordered {
        work: Work::Replace {
            source: source.clip.id,
            from,
            to,
            whole,
            section: true,
            brief,
        },
        takes: 1,
        price: call.core.config.prices.suno,
        shown: shown.to_json(),
        seed: song.seed,
    };
    call.order(ordered).await
}

/// Section tags or several lines; a single line without a tag is a description.
fn looks_like_lyrics(prompt: &str) -> bool {
    let prompt = prompt.trim();
    prompt.contains('[') || prompt.lines().filter(|line| !line.trim().is_empty()).count() > 1
}

#[cfg(test)]
mod tests {
    use super::looks_like_lyrics;

    #[test]
    fn words_and_descriptions() {
        for lyrics in ["[Verse] a line", "one line\nand another", "\n[Chorus]\nx"] {
            assert!(looks_like_lyrics(lyrics), "{lyrics}");
        }
        for description in ["softer, only the piano", "a line about the sea\n\n"] {
            assert!(!looks_like_lyrics(description), "{description}");
        }
    }
}
