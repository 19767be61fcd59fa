//! The voice on its way from the singer to who listens: lines come as they are sung, in any order, and
//! go on as far as nothing is missing.

use std::{
    collections::BTreeMap,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use crate::voice::{self, Rendered};

/// The lines sung so far.
pub(crate) struct Feed {
    /// From each phrase on: the first frame that it or a later one touches.
    entries: Vec<usize>,
    state: Mutex<State>,
    news: Condvar,
}

struct State {
    track: Vec<f32>,
    /// Sung, but behind one that is not.
    waiting: BTreeMap<usize, Rendered>,
    /// The first phrase that is missing.
    next: usize,
    closed: bool,
}

impl Feed {
    /// Nothing sung yet of phrases that begin at `entries`, in a song of `frames`.
    pub fn new(entries: &[i64], frames: usize) -> Self {
        let mut first = frames;
        let mut entries: Vec<usize> = entries
            .iter()
            .rev()
            .map(|at| {
                first = first.min(usize::try_from(*at).unwrap_or(0));
                first
            })
            .collect();
        entries.reverse();
        Self {
            entries,
            state: Mutex::new(State {
                track: vec![0.0; frames],
                waiting: BTreeMap::new(),
                next: 0,
                closed: false,
            }),
            news: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes phrase `index` in.
    pub fn line(&self, index: usize, rendered: &Rendered) {
        let mut state = self.state();
        state.waiting.insert(index, rendered.clone());
        // In their order, since floats do not associate.
        loop {
            let next = state.next;
            let Some(rendered) = state.waiting.remove(&next) else {
                break;
            };
            voice::add(&mut state.track, &rendered);
            state.next += 1;
        }
        self.news.notify_all();
    }

    /// There will be no more; who waits for more is told.
    pub fn close(&self) {
        self.state().closed = true;
        self.news.notify_all();
    }

    /// The dry voice from frame to frame, once it is sung that far; `None` when it never will be.
    pub fn read(&self, from: usize, to: usize) -> Option<Vec<f32>> {
        let mut state = self.state();
        loop {
            if self.entries.get(state.next).is_none_or(|entry| *entry >= to) {
                return Some(state.track[from..to].iter().map(|x| voice::limit(*x)).collect());
            }
            if state.closed {
                return None;
            }
            state = self.news.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(at: i64, value: f32) -> Rendered {
        Rendered {
            at,
            samples: vec![value; 100],
        }
    }

    #[test]
    fn the_voice_is_read_as_far_as_it_is_sung() {
        let feed = Feed::new(&[-50, 200, 250], 1_000);
        feed.line(2, &line(250, 0.1));
        feed.line(0, &line(-50, 0.2));
        let first = feed.read(0, 200).expect("sung");
        assert!(first[..50].iter().all(|x| *x == 0.2) && first[50..].iter().all(|x| *x == 0.0));
        std::thread::scope(|scope| {
            let late = scope.spawn(|| feed.read(200, 1_000));
            feed.line(1, &line(200, 0.3));
            let late = late.join().expect("no panic").expect("sung");
            assert!(late[..50].iter().all(|x| *x == 0.3));
            assert!(late[50..100].iter().all(|x| (x - 0.4).abs() < 1e-6));
            assert!(late[100..150].iter().all(|x| *x == 0.1) && late[150..].iter().all(|x| *x == 0.0));
        });
    }

    #[test]
    fn who_waits_for_a_song_that_breaks_off_is_told() {
        let feed = Feed::new(&[10], 100);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| feed.read(0, 50));
            feed.close();
            assert!(waiting.join().expect("no panic").is_none());
        });
        assert!(feed.read(0, 10).is_some());
    }
}
