//! The two members of any create request that say whom to tell: `webhook_url` and `webhook_secret`.

use super::fields::Fields;
use super::problem::Problem;
use crate::tasks::submit::Webhook;

const URL_LIMIT: usize = 1024;

/// Reads and checks them. `http_allowed`: also http: (for tests).
pub fn read(fields: Fields<'_>, http_allowed: bool) -> Result<Option<Webhook>, Problem> {
    let secret = fields.string("webhook_secret")?;
    let Some(url) = fields.string("webhook_url")?.filter(|url| !url.is_empty()) else {
        return Ok(None);
    };
    let good = url.parse::<axum::http::Uri>().is_ok_and(|uri| {
        let scheme = uri.scheme_str().unwrap_or_default();
        uri.host().is_some_and(|host| !host.is_empty()) && (scheme == "https" || (http_allowed && scheme == "http"))
    });
    if !good || url.chars().count() > URL_LIMIT {
        let sentence = format!("The 'webhook_url' field should be an https URL of at most {URL_LIMIT} characters.");
        return Err(Problem::bad_request(sentence));
    }
    Ok(Some(Webhook { url, secret }))
}
