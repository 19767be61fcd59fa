//! When which picture is shown.

use super::{LyricVideo, look::Look};

/// Seconds in which a panel comes, and in which it goes.
const COME: f64 = 0.24;
const GO: f64 = 0.16;
/// Seconds between two steps of a fade.
const STEP: f64 = 0.06;
/// A page is there so long before its first word, at most.
const AHEAD: f64 = 2.2;
/// And stays so long after its last one.
const STAY: f64 = 0.9;
/// Without words for longer than this, the waveform is shown.
const REST: f64 = 4.0;
/// A waveform for less than this would only flicker, seconds.
const GLIMPSE: f64 = 1.5;
/// The title is shown at most so long.
const TITLE: f64 = 4.0;
/// Seconds between two moves of the progress, and of the waveform's needle.
const PROGRESS: f64 = 1.0;
const NEEDLE: f64 = 0.25;
/// Two changes closer than this become one: half the time a picture stands at 30 a second.
const LEAST: f64 = 1.0 / 60.0;

/// What the right half shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// Title and artist.
    Title,
    /// This page of the lyrics.
    Page(usize),
    /// The waveform.
    Wave,
}

/// A panel and its time on the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Panel {
    /// What it is.
    pub show: Show,
    /// When it begins to come, seconds.
    pub start: f64,
    /// When it is gone, seconds.
    pub end: f64,
}

impl Panel {
    /// How much of it is seen at a time, 0–1.
    pub fn presence(&self, at: f64) -> f32 {
        let come = if self.start <= 0.0 {
            1.0
        } else {
            (at - self.start + STEP) / COME
        };
        let go = (self.end - at) / GO;
        come.min(go).clamp(0.0, 1.0) as f32
    }
}

/// A picture's time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// When it is shown, seconds.
    pub at: f64,
    /// The time whose state it shows: `at`, or a little later where changes were put together.
    pub state: f64,
    /// Whether a panel begins here.
    pub turn: bool,
}

/// The whole plan.
pub struct Schedule {
    /// Panels one after the other, without gaps.
    pub panels: Vec<Panel>,
    /// Pictures by rising time; the first at 0.
    pub moments: Vec<Moment>,
}

impl Schedule {
    /// Plans `seconds` of film.
    pub fn new(video: &LyricVideo, look: &Look<'_>, seconds: f64) -> Self {
        let panels = panels(look, seconds);
        let mut times: Vec<(f64, bool)> = vec![(0.0, true)];
        for panel in &panels {
            times.push((panel.start, true));
            for i in 1..=(COME / STEP) as usize {
                times.push((panel.start + STEP * i as f64, false));
            }
            for i in 0..(GO / STEP).ceil() as usize {
                times.push((panel.end - GO + STEP * i as f64, false));
            }
            match panel.show {
                Show::Wave => {
                    let count = ((panel.end - panel.start) / NEEDLE) as usize;
                    times.extend((1..count).map(|i| (panel.start + NEEDLE * i as f64, false)));
                }
                Show::Page(i) => {
                    let words = look.pages[i].rows.iter().flat_map(|r| &r.words);
                    times.extend(words.flat_map(|w| [(w.start, false), (w.end, false)]));
                }
                Show::Title => {}
            }
        }
        times.extend(video.parts.iter().map(|p| (p.start, false)));
        times.retain(|t| t.0 >= 0.0 && t.0 < seconds - LEAST);
        times.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut moments: Vec<Moment> = Vec::new();
        for (at, turn) in times {
            match moments.last_mut() {
                Some(last) if at - last.at < LEAST => {
                    last.state = at;
                    last.turn |= turn;
                }
                _ => moments.push(Moment { at, state: at, turn }),
            }
        }
        // The progress moves where nothing else does.
        let mut filled: Vec<Moment> = Vec::with_capacity(moments.len());
        for (i, moment) in moments.iter().enumerate() {
            filled.push(*moment);
            let next = moments.get(i + 1).map_or(seconds, |m| m.at);
            let steps = ((next - moment.at) / PROGRESS) as usize;
            filled.extend(
                (1..=steps)
                    .map(|k| moment.at + PROGRESS * k as f64)
                    .filter(|t| next - t > LEAST)
                    .map(|at| Moment {
                        at,
                        state: at,
                        turn: false,
                    }),
            );
        }
        Self {
            panels,
            moments: filled,
        }
    }

    /// The panel at a time.
    pub fn panel(&self, at: f64) -> Panel {
        let next = self.panels.partition_point(|p| p.start <= at);
        self.panels[next.saturating_sub(1)]
    }
}

fn panels(look: &Look<'_>, seconds: f64) -> Vec<Panel> {
    let mut out: Vec<Panel> = Vec::new();
    let mut push = |show, start: f64, end: f64| {
        if end - start > 0.05 {
            out.push(Panel { show, start, end });
        }
    };
    let first = look.pages.first().map_or(seconds, |p| (p.start - AHEAD).max(0.0));
    let mut at = 0.0;
    if first >= 1.2 {
        at = if first > TITLE + REST / 2.0 { TITLE } else { first };
        push(Show::Title, 0.0, at);
    }
    for (i, page) in look.pages.iter().enumerate() {
        let come = (page.start - AHEAD).max(at);
        // The first word must not light up on a page that is still coming.
        let come = come.min((page.start - COME).max(at));
        let come = if come - at < GLIMPSE { at } else { come };
        if come > at {
            push(Show::Wave, at, come);
        }
        let next = look.pages.get(i + 1);
        let stay = page.end + STAY;
        let end = match next {
            None if seconds - stay < REST => seconds,
            Some(next) if next.start - page.end < REST + AHEAD => {
                // Turned between the last word and the next page's first one, rather late than early.
                let latest = next.start - COME - GO;
                latest.min(page.end + STAY).max(f64::midpoint(page.end, next.start))
            }
            _ => stay,
        };
        push(Show::Page(i), come, end);
        at = end;
    }
    push(Show::Wave, at, seconds);
    // No gaps: each lasts until the next one begins.
    for i in 1..out.len() {
        out[i - 1].end = out[i].start;
    }
    if let Some(first) = out.first_mut() {
        first.start = 0.0;
    }
    if let Some(last) = out.last_mut() {
        last.end = seconds + 1.0;
    }
    out
}
