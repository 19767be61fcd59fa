//! The bass line. Grid characters: `R` `r` root (firm, soft), `3` third, `5` fifth, `6` sixth, `7` seventh, `8` octave,
//! `n` the next chord's root,
//! `a` approach to the next root, `g` ghost, `-` hold, `.` rest. `lock` follows the kick, `walk` walks in
//! quarters, `two` plays in two with pick-ups, `hold` holds each chord's root.

use catbird_score::{ChordSpan, Note, PPQ, Quality, Tick, Touch};

use crate::arrange::{band::Player, comp::grid, stage::Stage};

/// The bass player's part.
pub fn play(stage: &Stage, player: &Player, kicks: &[Tick]) -> Vec<Note> {
    let mut out = Vec::new();
    let mut line = Line {
        stage,
        player,
        last: None,
        dice: stage.dice(&format!("bass {}", player.plan.id)),
    };
    for (index, section, intensity) in stage.sections() {
        if !player.plays(section.role, intensity) {
            continue;
        }
        let end = section.end().min(stage.stop());
        // The intro's first half belongs to others.
        let bars = (end - section.start) / stage.bar();
        let waits = section.role == catbird_score::Role::Intro && bars >= 4 && intensity < 0.6 && !player.plan.opens;
        let start = if waits {
            section.start + bars / 2 * stage.bar()
        } else {
            section.start
        };
        let gain = 0.8 + 0.22 * intensity;
        match player.figure(intensity) {
            "lock" => line.lock(&mut out, kicks, start, end, gain),
            "walk" => line.walk(&mut out, start, end, gain),
            "two" => line.two(&mut out, start, end, gain),
            "hold" => line.hold(&mut out, start, end, gain),
            figure => line.figure(&mut out, figure, start, end, gain, index),
        }
    }
    out.sort_by_key(|n| n.start);
    // One string at a time.
    for i in 1..out.len() {
        let gap = out[i].start - out[i - 1].start;
        out[i - 1].length = out[i - 1].length.min(gap.max(20));
    }
    out.dedup_by_key(|n| n.start);
    out
}

struct Line<'a> {
    stage: &'a Stage<'a>,
    player: &'a Player,
    last: Option<u8>,
    dice: catbird_score::Dice,
}

impl Line<'_> {
    fn range(&self) -> (u8, u8) {
        let (low, high) = self.player.register();
        (low, high.min(low + 20))
    }

    /// The pitch class nearest to the last pitch, inside the lower two thirds of the range.
    fn near(&self, class: u8) -> u8 {
        let (low, high) = self.range();
        let aim = self.last.unwrap_or(low + 7);
        (low..=high)
            .filter(|p| p % 12 == class % 12)
            .min_by_key(|p| u32::from(p.abs_diff(aim)) + u32::from(p.saturating_sub(low + 14)) * 2)
            .unwrap_or(low)
    }

    fn push(&mut self, out: &mut Vec<Note>, start: Tick, length: Tick, pitch: u8, velocity: f32) {
        self.last = Some(pitch);
        out.push(Note {
            start,
            length: length.max(20),
            pitch,
            velocity: velocity.round().clamp(1.0, 127.0) as u8,
            nudge: 0,
            touch: Touch::Plain,
        });
    }

    /// A step into `target`: from the scale below or above, or a semitone.
    fn approach(&mut self, target: u8, at: Tick) -> u8 {
        let (low, high) = self.range();
        let key = self.stage.harmony.key_at(at);
        let chromatic = self.stage.direction.leader().tune.chromatic + 0.1;
        let below = self.dice.chance(0.6) && target > low + 1;
        let semitone = self.dice.chance(f64::from(chromatic));
        let step = |d: i8| target.saturating_add_signed(d);
        let candidates = if below { [-1, -2] } else { [1, 2] };
        let pick = if semitone {
            step(candidates[0])
        } else {
            candidates
                .iter()
                .map(|d| step(*d))
                .find(|p| key.contains(*p))
                .unwrap_or(step(candidates[1]))
        };
        pick.clamp(low, high)
    }

    fn tone(chord: &ChordSpan, which: char) -> u8 {
        let i = chord.chord.quality.intervals();
        let third = if chord.chord.quality == Quality::Power { 7 } else { i[1] };
        let fifth = i.iter().copied().find(|x| (6..=8).contains(x)).unwrap_or(7);
        let seventh = i.iter().copied().find(|x| (9..=11).contains(x)).unwrap_or(fifth);
        match which {
            '3' => (chord.chord.root + third) % 12,
            '5' => (chord.chord.root + fifth) % 12,
            // Of a minor chord, too, the major sixth: the dorian one of a walking shuffle.
            '6' => (chord.chord.root + 9) % 12,
            '7' => (chord.chord.root + seventh) % 12,
            _ => chord.chord.bass,
        }
    }

    fn figure(&mut self, out: &mut Vec<Note>, figure: &str, start: Tick, end: Tick, gain: f32, _section: usize) {
        let (steps, per_bar) = grid(figure);
        let (steps, per_bar) = self.stage.in_metre(steps, per_bar);
        let step = self.stage.bar() / per_bar as Tick;
        let gate = self.player.plan.gate * (1.0 + 0.3 * self.stage.direction.legato);
        let mut at = start;
        let mut s = 0;
        while at < end {
            let c = steps[s % steps.len()];
            // A chord that changes under a rest or a held note is still stated.
            let chord = self.stage.harmony.chord_at(at).clone();
            let changes = chord.start == at && at > start;
            let c = if changes && c == '-' { 'r' } else { c };
            if !matches!(c, '.' | '-') {
                let mut held = 1;
                while at + held * step < end
                    && steps[(s + held as usize) % steps.len()] == '-'
                    && self.stage.harmony.chord_at(at + held * step).start <= at
                {
                    held += 1;
                }
                let length = ((held * step) as f32 * gate.min(1.0)) as Tick;
                let root = self.near(chord.chord.bass);
                let (_, high) = self.range();
                let (pitch, velocity) = match c {
                    'R' => (root, 106.0),
                    'r' => (root, 92.0),
                    '8' => (if root + 12 <= high + 5 { root + 12 } else { root }, 96.0),
                    'n' => {
                        let next = self
                            .stage
                            .harmony
                            .chord_at((chord.start + chord.length).min(end))
                            .chord
                            .bass;
                        (self.near(next), 92.0)
                    }
                    '3' | '5' | '6' | '7' => {
                        let class = Self::tone(&chord, c);
                        let anchored = self.last.replace(root);
                        let p = self.near(class);
                        self.last = anchored;
                        (p, 94.0)
                    }
                    'a' => {
                        let next = self.stage.harmony.chord_at((at + step * held).min(end)).chord.bass;
                        let target = self.near(next);
                        (self.approach(target, at), 90.0)
                    }
                    'g' => (root, 48.0),
                    _ => (root, 90.0),
                };
                let length = if c == 'g' { step / 2 } else { length };
                self.push(out, at, length, pitch, velocity * gain);
                if matches!(c, '8') {
                    self.last = Some(root);
                }
            }
            at += step;
            s += 1;
        }
    }

    fn lock(&mut self, out: &mut Vec<Note>, kicks: &[Tick], start: Tick, end: Tick, gain: f32) {
        let inside: Vec<Tick> = kicks.iter().copied().filter(|k| *k >= start && *k < end).collect();
        if inside.is_empty() {
            return self.hold(out, start, end, gain);
        }
        let mut onsets = inside;
        let starts = self
            .stage
            .harmony
            .chords
            .iter()
            .map(|c| c.start)
            .filter(|s| *s >= start && *s < end);
        onsets.extend(starts);
        onsets.push(start);
        onsets.sort_unstable();
        onsets.dedup();
        let gate = self.player.plan.gate;
        for (i, at) in onsets.iter().copied().enumerate() {
            let next = onsets.get(i + 1).copied().unwrap_or(end);
            let chord = self.stage.harmony.chord_at(at).clone();
            let root = self.near(chord.chord.bass);
            // Long gaps end with a pick-up into the next chord.
            let strong = at.is_multiple_of(self.stage.bar());
            self.push(
                out,
                at,
                ((next - at) as f32 * gate) as Tick,
                root,
                if strong { 106.0 } else { 94.0 } * gain,
            );
            let free = next - at;
            if free >= PPQ && next < end && self.stage.harmony.chord_at(next).start == next && self.dice.chance(0.45) {
                let target = self.near(self.stage.harmony.chord_at(next).chord.bass);
                let p = self.approach(target, next);
                self.push(out, next - PPQ / 2, PPQ / 2, p, 86.0 * gain);
            }
        }
    }

    fn walk(&mut self, out: &mut Vec<Note>, start: Tick, end: Tick, gain: f32) {
        let mut at = start;
        while at < end {
            let chord = self.stage.harmony.chord_at(at).clone();
            let chord_end = (chord.start + chord.length).min(end);
            let next = self.stage.harmony.chord_at(chord_end.min(end)).clone();
            let (low, high) = self.range();
            let last_beat = at + PPQ >= chord_end;
            let pitch = if chord.start == at || at == start {
                self.near(chord.chord.bass)
            } else if last_beat {
                let target = self.near(next.chord.bass);
                self.approach(target, at)
            } else {
                // Walk on by step or chord tone towards the next root, seldom turning.
                let from = self.last.unwrap_or(low + 7);
                let key = self.stage.harmony.key_at(at);
                let target = self.near(next.chord.bass);
                let up = if target == from {
                    self.dice.chance(0.5)
                } else {
                    target > from
                };
                let strong = (at / PPQ).is_multiple_of(2);
                let options: Vec<u8> = (1..=5u8)
                    .map(|d| {
                        if up {
                            from.saturating_add(d)
                        } else {
                            from.saturating_sub(d)
                        }
                    })
                    .filter(|p| (low..=high).contains(p))
                    .filter(|p| {
                        if strong {
                            chord.chord.contains(*p)
                        } else {
                            chord.chord.contains(*p) || key.contains(*p)
                        }
                    })
                    .collect();
                let weights: Vec<f64> = options.iter().map(|p| 1.0 / f64::from(p.abs_diff(from))).collect();
                options
                    .get(self.dice.weighted(&weights))
                    .copied()
                    .unwrap_or_else(|| self.near(Self::tone(&chord, '5')))
            };
            let velocity = if (at / PPQ) % 2 == 1 { 98.0 } else { 92.0 };
            self.push(out, at, PPQ * 19 / 20, pitch, velocity * gain);
            // Skips: a swung eighth before the beat.
            if self.dice.chance(0.12) && at + PPQ < end {
                self.push(out, at + PPQ / 2, PPQ / 3, pitch, 64.0 * gain);
            }
            at += PPQ;
        }
    }

    fn two(&mut self, out: &mut Vec<Note>, start: Tick, end: Tick, gain: f32) {
        let half = self.stage.bar() / 2;
        let mut at = start;
        let mut fifth = false;
        while at < end {
            let chord = self.stage.harmony.chord_at(at).clone();
            fifth = !fifth && chord.start != at && at > start;
            let pitch = if fifth {
                self.near(Self::tone(&chord, '5'))
            } else {
                self.near(chord.chord.bass)
            };
            self.push(out, at, half * 9 / 10, pitch, if fifth { 90.0 } else { 100.0 } * gain);
            let next = at + half;
            if next < end && self.stage.harmony.chord_at(next).start == next && self.dice.chance(0.35) {
                let target = self.near(self.stage.harmony.chord_at(next).chord.bass);
                let p = self.approach(target, next);
                self.push(out, next - PPQ / 2, PPQ / 2, p, 80.0 * gain);
            }
            at = next;
        }
    }

    fn hold(&mut self, out: &mut Vec<Note>, start: Tick, end: Tick, gain: f32) {
        let mut at = start;
        while at < end {
            let chord = self.stage.harmony.chord_at(at).clone();
            let until = (chord.start + chord.length).min(end).min(at + 2 * self.stage.bar());
            let root = self.near(chord.chord.bass);
            self.push(out, at, until - at, root, 92.0 * gain);
            at = until.max(at + 1);
        }
    }
}
