//! Recordings that callers bring in: fetched or received, admitted by the engine, published as the
//! clip of a task like any other; and listened to, so that they can be edited. Nothing here knows a
//! family's wire format.

pub mod admit;
pub mod hearing;
pub mod scratch;
pub mod shelf;
pub mod work;

use std::time::Duration;

use catbird_score::Brief;
use tokio::sync::{Semaphore, mpsc};
use url::Url;

use crate::config::Uploads as Settings;

/// Downloads at the same time: each holds a file's worth of disk.
const FETCHES: usize = 16;
/// Recordings that may wait to be listened to. Those beyond are heard when somebody needs it.
const UNHEARD: usize = 256;

/// A recording that is wanted here.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Where it lies; checked for scheme and host.
    pub url: Url,
    /// Title, style words and the words that are sung, as far as known.
    pub brief: Brief,
}

/// What limits uploads.
#[derive(Debug)]
pub struct Uploads {
    fetches: Semaphore,
    admissions: Semaphore,
    unheard: Option<mpsc::Sender<String>>,
}

impl Uploads {
    /// What comes out of the receiver is to be listened to.
    pub fn new(settings: &Settings) -> (Self, mpsc::Receiver<String>) {
        let (unheard, to_hear) = mpsc::channel(UNHEARD);
        let uploads = Self {
            fetches: Semaphore::new(FETCHES),
            admissions: Semaphore::new(settings.at_once),
            unheard: settings.listen.then_some(unheard),
        };
        (uploads, to_hear)
    }

    /// Asks for a clip to be listened to some time. It may never happen: then it is heard when needed.
    pub fn listen_later(&self, clip_id: &str) {
        if let Some(unheard) = &self.unheard
            && unheard.try_send(clip_id.to_owned()).is_err()
        {
            tracing::debug!(clip_id, "too many recordings wait to be listened to");
        }
    }
}

/// The title of what lies at a URL.
pub fn title_of_url(url: &Url) -> Option<String> {
    title_of(url.path_segments()?.next_back()?)
}

/// The name of a file, as URLs write it, without its ending, as a title.
pub fn title_of(name: &str) -> Option<String> {
    let decoded: String = url::form_urlencoded::parse(name.replace('+', "%2B").as_bytes())
        .map(|(name, _)| name.into_owned())
        .next()?;
    let stem = decoded.rsplit_once('.').map_or(decoded.as_str(), |(stem, _)| stem);
    let words: Vec<&str> = stem
        .split(|c: char| c.is_whitespace() || c.is_control() || c == '_')
        .collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let title: String = words.join(" ").chars().take(80).collect();
    title.chars().any(char::is_alphanumeric).then_some(title)
}

/// How long somebody who waits for an answer waits until a recording has been listened to, where the
/// answer is possible without.
pub const PATIENCE: Duration = Duration::from_secs(20);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_of_file_names() {
        for (name, title) in [
            ("tape-organ.mp3", Some("tape-organ")),
            ("My%20first_demo.final.wav", Some("My first demo.final")),
            ("a+b.flac", Some("a+b")),
            ("%C3%A9t%C3%A9", Some("été")),
            ("", None),
            (".mp3", None),
            ("--.mp3", None),
        ] {
            assert_eq!(title_of(name).as_deref(), title, "{name}");
        }
        assert_eq!(title_of(&"x".repeat(100)).unwrap().len(), 80);
    }
}
