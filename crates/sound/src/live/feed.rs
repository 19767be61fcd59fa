//! The voices on their way from the singer to who listens: lines come as they are sung, in any order, and
//! go on as far as nothing is missing.

use std::{
    collections::BTreeMap,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use crate::voice::{self, Rendered, cast::Seat};

/// The lines sung so far.
pub(crate) struct Feed {
    /// From each phrase on: the first frame that it or a later one touches.
    entries: Vec<usize>,
    /// Whose phrases they are.
    seats: Vec<Seat>,
    state: Mutex<State>,
    news: Condvar,
}

struct State {
    track: Vec<f32>,
    /// Sung, but behind one that is not.
    waiting: BTreeMap<usize, Arc<Rendered>>,
    /// Phrases of backing singers that nobody has asked for yet.
    choir: Vec<(usize, Arc<Rendered>)>,
    /// The first phrase that is missing.
    next: usize,
    closed: bool,
}

impl Feed {
    /// Nothing sung yet of phrases that begin at `entries`, in a song of `frames`.
    pub fn new(phrases: &[(Seat, i64)], frames: usize) -> Self {
        let mut first = frames;
        let mut entries: Vec<usize> = phrases
            .iter()
            .rev()
            .map(|(_, at)| {
                first = first.min(usize::try_from(*at).unwrap_or(0));
                first
            })
            .collect();
        entries.reverse();
        Self {
            entries,
            seats: phrases.iter().map(|(seat, _)| *seat).collect(),
            state: Mutex::new(State {
                track: vec![0.0; frames],
                waiting: BTreeMap::new(),
                choir: Vec::new(),
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
    pub fn line(&self, index: usize, rendered: &Arc<Rendered>) {
        let mut state = self.state();
        state.waiting.insert(index, Arc::clone(rendered));
        // In their order, since floats do not associate.
        loop {
            let next = state.next;
            let Some(rendered) = state.waiting.remove(&next) else {
                break;
            };
            match self.seats.get(next) {
                Some(Seat::Choir(number)) => state.choir.push((*number, rendered)),
                _ => voice::add(&mut state.track, &rendered),
            }
            state.next += 1;
        }
        self.news.notify_all();
    }

    /// There will be no more; who waits for more is told.
    pub fn close(&self) {
        self.state().closed = true;
        self.news.notify_all();
    }

    /// What the backing singers have sung since this was asked last, in order: everything that enters
    /// before a frame up to which [`Self::read`] has answered is among it.
    pub fn choir(&self) -> Vec<(usize, Arc<Rendered>)> {
        std::mem::take(&mut self.state().choir)
    }

    /// The dry voice in front from frame to frame, once it is sung that far; `None` when it never will be.
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

    fn line(at: i64, value: f32) -> Arc<Rendered> {
        Arc::new(Rendered {
            at,
            samples: vec![value; 100],
        })
    }

    fn front(entries: &[i64]) -> Vec<(Seat, i64)> {
        entries.iter().map(|at| (Seat::Front, *at)).collect()
    }

    #[test]
    fn backing_singers_are_heard_apart_and_in_order() {
        let feed = Feed::new(&[(Seat::Choir(1), 0), (Seat::Front, 10), (Seat::Choir(0), 300)], 1_000);
        feed.line(1, &line(10, 0.5));
        feed.line(2, &line(300, 0.3));
        assert!(feed.choir().is_empty(), "the first phrase is missing");
        feed.line(0, &line(0, 0.4));
        let track = feed.read(0, 1_000).expect("sung");
        assert!(track[10..110].iter().all(|x| *x == 0.5) && track[110..].iter().all(|x| *x == 0.0));
        let choir = feed.choir();
        assert_eq!(
            choir.iter().map(|(n, p)| (*n, p.at)).collect::<Vec<_>>(),
            [(1, 0), (0, 300)]
        );
        assert!(feed.choir().is_empty());
    }

    #[test]
    fn the_voice_is_read_as_far_as_it_is_sung() {
        let feed = Feed::new(&front(&[-50, 200, 250]), 1_000);
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
        let feed = Feed::new(&front(&[10]), 100);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| feed.read(0, 50));
            feed.close();
            assert!(waiting.join().expect("no panic").is_none());
        });
        assert!(feed.read(0, 10).is_some());
    }
}
