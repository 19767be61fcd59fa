//! `POST /api/v1/sonic/upsample-tags`: a richer style text that keeps every given word.

use axum::Json;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::http::families::call::{self, Call, Kept};
use crate::http::fields::check_length;
use crate::http::problem::{ErrorBody, Problem};

const TAGS_LIMIT: usize = 1000;
/// The same tags always give the same text, so that an app may keep it.
const SEED: u64 = 0;

/// A style.
#[derive(Debug, Serialize, ToSchema)]
pub struct UpsampleTagsRequest {
    /// A few style words.
    #[schema(max_length = 1000, example = "lofi, rainy")]
    pub tags: String,
}

/// A richer style.
#[derive(Debug, Serialize, ToSchema)]
pub struct UpsampleTagsAnswer {
    /// 200
    #[schema(example = 200)]
    pub code: u16,
    /// `success`
    #[schema(example = "success")]
    pub message: &'static str,
    /// The text.
    pub data: UpsampledTags,
}

/// A richer style.
#[derive(Debug, Serialize, ToSchema)]
pub struct UpsampledTags {
    /// For `tags` of any other call.
    pub upsampled_tags: String,
}

/// Describes a style in more words. Free, answered at once.
#[utoipa::path(
    post,
    path = "/api/v1/sonic/upsample-tags",
    tag = "sonic",
    operation_id = "sonic_upsample_tags",
    security(("key" = [])),
    request_body = UpsampleTagsRequest,
    responses(
        (status = 200, description = "The richer text", body = UpsampleTagsAnswer),
        (status = 400, description = "No tags, or too long", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
    )
)]
pub async fn upsample_tags(call: Call) -> Result<Json<Value>, Problem> {
    let fields = call.fields();
    let tags = fields.string("tags")?.filter(|text| !text.trim().is_empty());
    let tags = tags.ok_or_else(|| fields.required("tags"))?;
    check_length("tags", &tags, TAGS_LIMIT)?;
    let price = call.core.config.prices.upsample_tags;
    if let Some(before) = call.before(price).await? {
        return Ok(before);
    }
    let upsampled = call.core.engine.upsample_tags(&tags, SEED).await;
    let answer = UpsampleTagsAnswer {
        code: 200,
        message: "success",
        data: UpsampledTags {
            upsampled_tags: upsampled.map_err(call::fault)?,
        },
    };
    let kept = Kept {
        operation: "upsample_tags",
        price,
        ..Kept::default()
    };
    call.answer(kept, &answer).await
}
