//! How the film looks: the cover and its blurred light behind everything, the panel on the right,
//! the form as progress below.

use super::{
    HEIGHT, LyricVideo, WIDTH,
    page::{self, LEFT, MIDDLE, Page, pages},
    schedule::{Panel, Show},
};
use crate::{
    canvas::{Canvas, Chance, Fill, round_rect},
    colour::Colour,
    font::Face,
    mp3,
};

/// The cover's corner and side.
const COVER: [f32; 3] = [88.0, 92.0, 400.0];
const BAR: [f32; 4] = [88.0, 662.0, 1104.0, 6.0];
const WAVE_BARS: usize = 76;
const WHITE: Colour = Colour::new(0.985, 0.006, 90.0);

/// Everything that is drawn, prepared.
pub struct Look<'a> {
    video: &'a LyricVideo,
    font: &'a Face<'a>,
    ground: Canvas,
    accent: Colour,
    /// The lyrics, page by page.
    pub pages: Vec<Page>,
    /// Peaks of the sound, 0–1, evenly over the song.
    wave: Vec<f32>,
    seconds: f64,
}

impl<'a> Look<'a> {
    /// Prepares the film of `seconds`.
    pub fn new(video: &'a LyricVideo, cover: &Canvas, font: &'a Face<'a>, seconds: f64) -> Self {
        let accent = accent(cover);
        let mut ground = cover.resized(WIDTH / 4, HEIGHT / 4);
        ground.blur(16);
        let mut ground = ground.resized(WIDTH, HEIGHT);
        ground.blur(8);
        let black = Colour::new(0.0, 0.0, 0.0);
        let (w, h) = (WIDTH as f32, HEIGHT as f32);
        ground.wash(&Fill::Flat(Colour::new(0.1, 0.01, accent.hue), 0.5));
        ground.wash(&Fill::Linear(
            [0.0, 0.0],
            [w, 0.0],
            vec![(0.0, black, 0.0), (0.5, black, 0.22), (1.0, black, 0.3)],
        ));
        ground.wash(&Fill::Linear(
            [0.0, h * 0.7],
            [0.0, h],
            vec![(0.0, black, 0.0), (1.0, black, 0.3)],
        ));
        let [x, y, side] = COVER;
        for i in 0..14 {
            let grow = 2.0 * i as f32;
            if let Some(shadow) = round_rect(
                x - grow,
                y - grow + 14.0,
                side + 2.0 * grow,
                side + 2.0 * grow,
                14.0 + grow,
            ) {
                ground.fill(&shadow, &Fill::Flat(black, 0.028));
            }
        }
        if let Some(frame) = round_rect(x, y, side, side, 12.0) {
            let small = cover.resized(side as u32, side as u32);
            ground.inside(&frame, |ground| ground.place(&small, x, y, 1.0));
        }
        // Noise below a step of the quantiser would be lost; this much hides the steps of the dark.
        ground.grain(&mut Chance::new(1, 4), 1.2);
        Self {
            pages: pages(video, font),
            wave: mp3::peaks(&video.mp3),
            video,
            font,
            ground,
            accent,
            seconds,
        }
    }

    /// The picture at a time.
    pub fn paint(&self, panel: Panel, at: f64) -> Canvas {
        let mut canvas = self.ground.clone();
        let presence = panel.presence(at);
        match panel.show {
            Show::Title => self.title(&mut canvas, presence),
            Show::Page(i) => self.page(&mut canvas, &self.pages[i], at, presence),
            Show::Wave => self.wave(&mut canvas, at, presence),
        }
        let [x, y, side] = COVER;
        let name = self.font.writable(&self.video.title);
        let (lines, size) = self.font.fit(&name, side, 1, 32.0, 22.0, 0.0);
        if let Some(line) = lines.first() {
            canvas.text(&self.font.line(line, size, 0.0), x, y + side + 50.0, WHITE, 1.0);
        }
        let artist = self.font.writable(&self.video.artist);
        canvas.text(&self.font.line(&artist, 21.0, 0.02), x, y + side + 82.0, WHITE, 0.62);
        self.progress(&mut canvas, at);
        canvas
    }

    fn label(&self, canvas: &mut Canvas, text: &str, y: f32, presence: f32) {
        let text = self.font.writable(text).to_uppercase();
        canvas.text(&self.font.line(&text, 19.0, 0.16), LEFT, y, self.accent, presence);
    }

    fn title(&self, canvas: &mut Canvas, presence: f32) {
        let name = self.font.writable(&self.video.title);
        let (lines, size) = self.font.fit(&name, page::WIDTH, 3, 92.0, 40.0, -0.015);
        let leading = size * 1.08;
        let mut y = MIDDLE - leading * lines.len() as f32 / 2.0 + size * 0.75;
        for line in &lines {
            canvas.text(&self.font.line(line, size, -0.015), LEFT - 3.0, y, WHITE, presence);
            y += leading;
        }
        let small = [&self.video.artist, &self.video.subtitle].map(|s| self.font.writable(s));
        canvas.text(
            &self.font.line(&small[0], 28.0, 0.01),
            LEFT,
            y - size * 0.2,
            WHITE,
            0.75 * presence,
        );
        self.label(canvas, &small[1], y - size * 0.2 + 42.0, presence);
    }

    fn page(&self, canvas: &mut Canvas, page: &Page, at: f64, presence: f32) {
        if let Some(part) = self.video.parts.get(page.part) {
            self.label(canvas, &part.name, page.top - 20.0, presence);
        }
        for row in &page.rows {
            let (first, last) = (row.words.first(), row.words.last());
            let begun = first.is_some_and(|w| at >= w.start);
            let over = last.is_some_and(|w| at >= w.end);
            for word in &row.words {
                let (colour, strength) = if over {
                    (WHITE, 0.5)
                } else if at >= word.end {
                    (WHITE, 1.0)
                } else if at >= word.start {
                    (self.accent, 1.0)
                } else if begun {
                    (WHITE, 0.62)
                } else {
                    (WHITE, 0.42)
                };
                canvas.text(&word.line, word.x, word.y, colour, strength * presence);
            }
        }
    }

    fn wave(&self, canvas: &mut Canvas, at: f64, presence: f32) {
        let part = self.video.parts.iter().find(|p| at < p.end);
        if let Some(part) = part.or(self.video.parts.last()) {
            self.label(canvas, &part.name, MIDDLE - 150.0, presence);
        }
        let step = page::WIDTH / WAVE_BARS as f32;
        let now = at / self.seconds;
        for i in 0..WAVE_BARS {
            let from = i * self.wave.len() / WAVE_BARS;
            let to = ((i + 1) * self.wave.len() / WAVE_BARS)
                .max(from + 1)
                .min(self.wave.len());
            let level = self
                .wave
                .get(from..to)
                .map_or(0.0, |w| w.iter().sum::<f32>() / w.len().max(1) as f32);
            let half = 4.0 + 112.0 * level.powf(1.3);
            let played = (i as f64 + 0.5) / WAVE_BARS as f64 <= now;
            let (colour, strength) = if played { (self.accent, 0.95) } else { (WHITE, 0.3) };
            let x = LEFT + i as f32 * step;
            if let Some(bar) = round_rect(x, MIDDLE - half, step * 0.55, 2.0 * half, step * 0.27) {
                canvas.fill(&bar, &Fill::Flat(colour, strength * presence));
            }
        }
    }

    /// The form as a row of bars, filled as far as the song is.
    fn progress(&self, canvas: &mut Canvas, at: f64) {
        let [x, y, width, height] = BAR;
        let whole = [(0.0, self.seconds)];
        let parts: Vec<(f64, f64)> = self.video.parts.iter().map(|p| (p.start, p.end)).collect();
        let parts = if parts.is_empty() { &whole[..] } else { &parts };
        let place = |t: f64| x + width * (t / self.seconds).clamp(0.0, 1.0) as f32;
        for (i, &(start, end)) in parts.iter().enumerate() {
            let end = if i + 1 == parts.len() { self.seconds } else { end };
            let (from, to) = (place(start), place(end) - 5.0);
            if let Some(bar) = round_rect(from, y, (to - from).max(height), height, height / 2.0) {
                canvas.fill(&bar, &Fill::Flat(WHITE, 0.2));
                let now = place(at).min(to);
                // Its round end needs a little room.
                let filled = round_rect(from, y, (now - from).max(height), height, height / 2.0);
                if let Some(filled) = filled.filter(|_| now > from) {
                    canvas.fill(&filled, &Fill::Flat(self.accent, 1.0));
                }
            }
        }
    }
}

/// The colour that the cover is remembered by, light enough to be read on the dark.
fn accent(cover: &Canvas) -> Colour {
    let (mut x, mut y, mut weight) = (0.0f32, 0.0f32, 0.0f32);
    for p in cover.bytes().chunks_exact(4).step_by(61) {
        let [r, g, b] = [p[0], p[1], p[2]].map(|v| f32::from(v) / 255.0);
        // Opponent colours; light ones count more.
        let (a, c) = (r - g, f32::midpoint(r, g) - b);
        let strength = a.hypot(c) * (0.2 + r.max(g).max(b));
        x += a * strength;
        y += c * strength;
        weight += strength;
    }
    if weight <= 0.0 {
        return Colour::new(0.84, 0.1, 85.0);
    }
    // Red–green and yellow–blue lie a little turned against OKLab's axes.
    let hue = y.atan2(x).to_degrees() + 18.0;
    Colour::new(0.83, 0.135, hue)
}
