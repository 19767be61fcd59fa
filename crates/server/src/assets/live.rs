//! Sound that can be heard while it is still being made: a file that grows, and who listens to it.
//! It is only a preview of the published file under the same name, and it lives in this process.

use std::collections::HashMap;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

/// How much there is to hear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// Bytes that can be read.
    pub bytes: u64,
    /// Whether more will come.
    pub end: End,
}

/// Whether more will come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum End {
    /// Yes.
    #[default]
    Open,
    /// That was all.
    Finished,
    /// It was broken off.
    Broken,
}

/// A growing MP3.
#[derive(Debug)]
pub struct Live {
    path: PathBuf,
    file: Mutex<Option<File>>,
    heard: watch::Sender<Heard>,
}

impl Live {
    /// An empty one.
    pub fn create(path: &Path) -> std::io::Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            file: Mutex::new(Some(File::create(path)?)),
            heard: watch::Sender::default(),
        })
    }

    /// Appends. A disk that says no ends the preview, not the song.
    pub fn write(&self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(open) = file.as_mut() else { return };
        match open.write_all(bytes) {
            Ok(()) => self.heard.send_modify(|heard| heard.bytes += bytes.len() as u64),
            Err(error) => {
                tracing::warn!(%error, "the preview of a song cannot be written");
                *file = None;
                self.heard.send_modify(|heard| heard.end = End::Broken);
            }
        }
    }

    /// No more will come.
    pub fn end(&self, end: End) {
        *self.file.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.heard.send_modify(|heard| {
            if heard.end == End::Open {
                heard.end = end;
            }
        });
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How much there is, and when that changes.
    pub fn listen(&self) -> watch::Receiver<Heard> {
        self.heard.subscribe()
    }
}

/// All previews of this process by file name.
#[derive(Debug, Default)]
pub struct Previews(Mutex<HashMap<String, Arc<Live>>>);

impl Previews {
    /// Begins one; an earlier attempt's of that name is broken off.
    pub fn open(self: &Arc<Self>, name: &str, path: &Path) -> std::io::Result<Preview> {
        let live = Arc::new(Live::create(path)?);
        if let Some(earlier) = self.lock().insert(name.to_owned(), Arc::clone(&live)) {
            earlier.end(End::Broken);
        }
        Ok(Preview {
            previews: Arc::clone(self),
            name: name.to_owned(),
            live,
        })
    }

    /// The one of that name.
    pub fn get(&self, name: &str) -> Option<Arc<Live>> {
        self.lock().get(name).cloned()
    }

    /// Whether something can be heard under that name.
    pub fn is_audible(&self, name: &str) -> bool {
        self.get(name).is_some_and(|live| {
            let heard = *live.heard.borrow();
            heard.bytes > 0 && heard.end != End::Broken
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Live>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A preview in the making, in the hands of whoever makes it. Dropped, it is broken off: an attempt
/// that is cancelled leaves nobody waiting.
#[derive(Debug)]
pub struct Preview {
    previews: Arc<Previews>,
    name: String,
    live: Arc<Live>,
}

impl Preview {
    /// Where to write.
    pub fn live(&self) -> Arc<Live> {
        Arc::clone(&self.live)
    }

    /// Ends it; who is listening hears the rest.
    pub fn close(self, end: End) {
        self.live.end(end);
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        self.live.end(End::Broken);
        let mut all = self.previews.lock();
        // A later attempt may have opened the same name.
        if all.get(&self.name).is_some_and(|live| Arc::ptr_eq(live, &self.live)) {
            all.remove(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_heard_and_an_end_is_final() {
        let dir = tempfile::tempdir().unwrap();
        let previews = Arc::new(Previews::default());
        let preview = previews.open("song.mp3", &dir.path().join("live.mp3")).unwrap();
        let live = preview.live();
        assert!(!previews.is_audible("song.mp3"));
        live.write(b"abc");
        live.write(b"de");
        assert!(previews.is_audible("song.mp3"));
        let heard = live.listen();
        preview.close(End::Finished);
        live.end(End::Broken);
        live.write(b"late");
        assert_eq!(
            *heard.borrow(),
            Heard {
                bytes: 5,
                end: End::Finished
            }
        );
        assert_eq!(std::fs::read(live.path()).unwrap(), b"abcde");
        assert!(!previews.is_audible("song.mp3"));
    }

    #[test]
    fn a_preview_that_is_dropped_or_replaced_is_broken_off() {
        let dir = tempfile::tempdir().unwrap();
        let previews = Arc::new(Previews::default());
        let first = previews.open("song.mp3", &dir.path().join("1.mp3")).unwrap();
        let heard = first.live().listen();
        let second = previews.open("song.mp3", &dir.path().join("2.mp3")).unwrap();
        assert_eq!(heard.borrow().end, End::Broken);
        drop(first);
        assert!(previews.get("song.mp3").is_some(), "the second one stays");
        let heard = second.live().listen();
        drop(second);
        assert_eq!(heard.borrow().end, End::Broken);
        assert!(previews.get("song.mp3").is_none());
    }
}
