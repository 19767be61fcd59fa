//! The two members of any create request that say whom to tell: `webhook_url` (of uploads also
//! `callback_url`) and `webhook_secret`.

use super::fields::Fields;
use super::problem::Problem;
use crate::net::public::{Reach, Refused};
use crate::tasks::submit::Webhook;

const URL_LIMIT: usize = 1024;

/// Reads and checks them. `private_allowed`: also http: and private addresses (for tests).
pub fn read(fields: Fields<'_>, private_allowed: bool) -> Result<Option<Webhook>, Problem> {
    let secret = fields.string("webhook_secret")?.filter(|secret| !secret.is_empty());
    let text = |name| Ok::<_, Problem>(fields.string(name)?.filter(|url| !url.is_empty()));
    let (name, url) = match (text("webhook_url")?, text("callback_url")?) {
        (Some(url), _) => ("webhook_url", url),
        (None, Some(url)) => ("callback_url", url),
        (None, None) => return Ok(None),
    };
    let reach = if private_allowed {
        Reach::Anywhere
    } else {
        Reach::Public
    };
    let should = if url.chars().count() > URL_LIMIT {
        Refused::NoUrl
    } else {
        match reach.check(&url) {
            Ok(url) => {
                return Ok(Some(Webhook {
                    url: url.into(),
                    secret,
                }));
            }
            Err(refused) => refused,
        }
    };
    Err(Problem::bad_request(match should {
        Refused::NoUrl => {
            format!("The '{name}' field should be an https URL of at most {URL_LIMIT} characters.")
        }
        other => format!("The '{name}' field {other}."),
    }))
}
