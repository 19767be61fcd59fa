//! The song as a whole: its form, how long its lines are, which of them rhyme, what each is about.

use catbird_score::Dice;

use super::{
    fragment::{Fragment, Kind},
    hook::Hook,
    library::{Tone, library},
    subject::{Manner, Subject},
    theme::Theme,
    writer::{Line, Slot, Writer},
};

/// Which lines of four rhyme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    /// a a b b
    Couplets,
    /// a b a b
    Cross,
    /// x a x a
    Ballad,
}

impl Scheme {
    fn draw(dice: &mut Dice, manner: Manner) -> Self {
        let weights = match manner {
            Manner::Rap => [1.0, 0.0, 0.0],
            Manner::Spare => [1.0, 0.5, 3.0],
            _ => [3.0, 2.5, 2.0],
        };
        [Self::Couplets, Self::Cross, Self::Ballad][dice.weighted(&weights)]
    }

    fn pairs(self) -> &'static [(usize, usize)] {
        match self {
            Self::Couplets => &[(0, 1), (2, 3)],
            Self::Cross => &[(0, 2), (1, 3)],
            Self::Ballad => &[(1, 3)],
        }
    }
}

/// A section of the finished song.
#[derive(Clone, Debug)]
pub(super) struct Section {
    pub tag: &'static str,
    pub lines: Vec<Line>,
    /// Lines that shall rhyme.
    pub rhymes: Vec<(usize, usize)>,
}

/// What one line is about.
#[derive(Clone, Copy, Debug)]
enum About {
    Scene,
    Deed,
    Feeling,
    /// The theme of this number.
    Theme(usize),
    Rap,
}

/// Beginnings about the themes, filled in for this song.
struct Store {
    /// By theme: verse, pre, bridge, outro.
    verse: Vec<Vec<Fragment>>,
    pre: Vec<Fragment>,
    bridge: Vec<Fragment>,
    outro: Vec<Fragment>,
    own_tails: Vec<Fragment>,
}

impl Store {
    fn new(subject: &Subject) -> Self {
        let all = |place| subject.themes.iter().flat_map(|t| filled(t, place)).collect();
        Self {
            verse: subject.themes.iter().map(|t| filled(t, "verse")).collect(),
            pre: all("pre"),
            bridge: all("bridge"),
            outro: all("outro"),
            own_tails: subject
                .places
                .iter()
                .map(|p| Fragment::new(Kind::Where, Tone::Either, p))
                .collect(),
        }
    }
}

fn filled(theme: &Theme, place: &str) -> Vec<Fragment> {
    let kinds = theme.sort.kinds();
    library()
        .templates
        .iter()
        .filter(|t| t.place == place && kinds.contains(&t.kind))
        .filter_map(|t| Some(Fragment::new(Kind::Claim, t.tone, &theme.fill(t.text)?)))
        .collect()
}

/// Writes the sections in order.
pub(super) fn compose(subject: &Subject, hook: &Hook, dice: &mut Dice) -> Vec<Section> {
    let store = Store::new(subject);
    let mut pen = Pen {
        subject,
        store: &store,
        writer: Writer::new(subject, &store.own_tails, Dice::new(dice.seed(), "lines")),
    };
    let metre = metre(subject.manner, dice);
    let scheme = Scheme::draw(dice, subject.manner);
    let with_pre = matches!(subject.manner, Manner::Plain | Manner::Wide) && dice.chance(0.55);
    let with_bridge = !matches!(subject.manner, Manner::Spare | Manner::Rap);
    let verse_lines = if subject.manner == Manner::Rap { 8 } else { 4 };

    // The chorus first: it has the first choice of words.
    let chorus = pen.chorus(hook, &metre, dice);
    let first = pen.verse(verse_lines, &metre, scheme, None, 0, dice);
    let pre = |pen: &mut Pen, model: Option<&Section>| with_pre.then(|| pen.pre(&metre, model));
    let pre_one = pre(&mut pen, None);
    let second = pen.verse(verse_lines, &metre, scheme, Some(&first), 1, dice);
    let pre_two = pre_one.as_ref().and_then(|p| pre(&mut pen, Some(p)));
    let bridge = with_bridge.then(|| pen.bridge(if with_pre { 2 } else { 4 }, &metre, dice));
    let outro = pen.outro(&metre);

    let mut out = vec![first];
    out.extend(pre_one);
    out.push(chorus.clone());
    out.push(second);
    out.extend(pre_two);
    out.push(chorus.clone());
    if let Some(bridge) = bridge {
        out.push(bridge);
        out.push(chorus);
    }
    out.push(outro);
    out
}

/// Syllables of the four lines of a verse.
fn metre(manner: Manner, dice: &mut Dice) -> [usize; 4] {
    let choices: &[[usize; 4]] = match manner {
        Manner::Plain => &[
            [8, 8, 8, 8],
            [8, 7, 8, 7],
            [7, 7, 7, 7],
            [8, 6, 8, 6],
            [9, 8, 9, 8],
            [9, 7, 9, 7],
        ],
        Manner::Wide => &[
            [9, 9, 9, 9],
            [10, 8, 10, 8],
            [9, 8, 9, 8],
            [10, 10, 10, 10],
            [8, 8, 8, 8],
        ],
        Manner::Short => &[[6, 6, 6, 6], [7, 6, 7, 6], [7, 7, 7, 7], [6, 5, 6, 5]],
        Manner::Spare => &[[5, 5, 5, 5], [6, 5, 6, 5], [6, 6, 6, 6]],
        Manner::Rap => &[[11, 11, 11, 11], [12, 12, 12, 12], [11, 12, 11, 12]],
    };
    choices[dice.below(choices.len())]
}

struct Pen<'a> {
    subject: &'a Subject,
    store: &'a Store,
    writer: Writer<'a>,
}

impl<'a> Pen<'a> {
    fn verse(
        &mut self,
        lines: usize,
        metre: &[usize; 4],
        scheme: Scheme,
        model: Option<&Section>,
        number: usize,
        dice: &mut Dice,
    ) -> Section {
        use About::{Deed, Feeling, Rap, Scene, Theme};
        self.writer.turn_page();
        let themes = self.subject.themes.len();
        let t = Theme(number.min(themes - 1));
        let plans: [[About; 4]; 5] = [
            [Scene, Deed, t, Feeling],
            [Scene, Scene, t, Deed],
            [t, Scene, Deed, Feeling],
            [Deed, Scene, Feeling, t],
            [Scene, t, Deed, Feeling],
        ];
        let mut plan = plans[dice.below(plans.len())].to_vec();
        if lines > 4 {
            plan.extend([Scene, Rap, Deed, Feeling]);
            plan[1] = Rap;
        }
        let slots: Vec<Slot> = (0..lines)
            .map(|i| Slot {
                heads: self.about(plan[i]),
                syllables: model.map_or(metre[i % 4], |m| m.lines[i].sound.stress.len()),
                model: model.map(|m| m.lines[i].sound.stress.clone()),
                theme: matches!(plan[i], Theme(_)),
            })
            .collect();
        self.section("Verse", &slots, scheme)
    }

    fn pre(&mut self, metre: &[usize; 4], model: Option<&Section>) -> Section {
        let mut heads: Vec<_> = library().lines["pre"].iter().map(|f| (f, 0.0)).collect();
        heads.extend(self.store.pre.iter().map(|f| (f, 0.3)));
        let slots: Vec<Slot> = (0..2)
            .map(|i| Slot {
                heads: heads.clone(),
                syllables: model.map_or(metre[1], |m| m.lines[i].sound.stress.len()),
                model: model.map(|m| m.lines[i].sound.stress.clone()),
                theme: false,
            })
            .collect();
        self.section("Pre-Chorus", &slots, Scheme::Couplets)
    }

    fn chorus(&mut self, hook: &'a Hook, metre: &[usize; 4], dice: &mut Dice) -> Section {
        self.writer.turn_page();
        let wanted = metre[1].clamp(6, 9);
        let first = Slot {
            heads: vec![(&hook.line, 0.0)],
            syllables: wanted,
            model: None,
            theme: false,
        };
        let whole = hook.line.sound.stress.len();
        let longer = if whole + 1 >= wanted {
            None
        } else {
            self.writer.single(&first)
        };
        let opening = longer.unwrap_or_else(|| self.writer.fixed(&hook.line));
        let claims: Vec<_> = library().lines["claim"].iter().map(|f| (f, 0.0)).collect();
        let slot = |syllables: usize| Slot {
            heads: claims.clone(),
            syllables,
            model: None,
            theme: false,
        };
        let long = opening.sound.stress.len().clamp(5, 10);
        let others = slot(wanted.min(long + 1));
        let shape = dice.weighted(&[1.0, 1.2, 0.9]);
        let partner = if shape == 0 {
            None
        } else {
            self.writer.partner(&slot(long), &opening.sound)
        };
        let rest = self.writer.pair(&others, &others).or_else(|| {
            let wider = slot(others.syllables + 1);
            self.writer.pair(&wider, &wider)
        });
        let (b, c) = rest.unwrap_or_else(|| (opening.clone(), opening.clone()));
        let (lines, rhymes) = match (shape, partner) {
            (1, Some(a)) => (vec![opening, a, b, c], vec![(0, 1), (2, 3)]),
            (2, Some(a)) => (vec![opening, b, a, c], vec![(0, 2), (1, 3)]),
            _ => (vec![opening.clone(), b, opening, c], vec![(1, 3)]),
        };
        Section {
            tag: "Chorus",
            lines,
            rhymes,
        }
    }

    fn bridge(&mut self, lines: usize, metre: &[usize; 4], dice: &mut Dice) -> Section {
        self.writer.turn_page();
        let mut general: Vec<_> = library().lines["bridge"].iter().map(|f| (f, 0.0)).collect();
        let feelings = self.about(About::Feeling);
        let theme: Vec<_> = self.store.bridge.iter().map(|f| (f, 0.5)).collect();
        let at = dice.below(2);
        let slots: Vec<Slot> = (0..lines)
            .map(|i| Slot {
                heads: if i == at && !theme.is_empty() {
                    theme.clone()
                } else if i == 3 {
                    feelings.clone()
                } else {
                    std::mem::take(&mut general)
                        .into_iter()
                        .inspect(|f| general.push(*f))
                        .collect()
                },
                syllables: metre[i % 2].clamp(6, 9),
                model: None,
                theme: false,
            })
            .collect();
        let scheme = if lines == 2 {
            Scheme::Couplets
        } else {
            Scheme::draw(dice, Manner::Plain)
        };
        self.section("Bridge", &slots, scheme)
    }

    fn outro(&mut self, metre: &[usize; 4]) -> Section {
        self.writer.turn_page();
        let theme: Vec<_> = self.store.outro.iter().map(|f| (f, 0.0)).collect();
        let general: Vec<_> = library().lines["outro"].iter().map(|f| (f, 0.0)).collect();
        let slot = |heads: Vec<(&'a Fragment, f64)>| Slot {
            heads,
            syllables: metre[1].clamp(5, 7),
            model: None,
            theme: false,
        };
        let slots = [slot(theme), slot(general)];
        self.section("Outro", &slots, Scheme::Couplets)
    }

    /// The lines of a section, its rhyming pairs first.
    fn section(&mut self, tag: &'static str, slots: &[Slot<'a>], scheme: Scheme) -> Section {
        let mut lines: Vec<Option<Line>> = vec![None; slots.len()];
        let mut rhymes = Vec::new();
        for group in (0..slots.len()).step_by(4) {
            for &(a, b) in scheme.pairs() {
                let (a, b) = (group + a, group + b);
                if b >= slots.len() {
                    continue;
                }
                rhymes.push((a, b));
                let (x, y) = (&slots[a], &slots[b]);
                let (wide_x, wide_y) = (self.anything(x), self.anything(y));
                let tries = match (x.theme, y.theme) {
                    (true, _) => [(x, y), (x, &wide_y), (&wide_x, &wide_y)],
                    _ => [(x, y), (&wide_x, y), (&wide_x, &wide_y)],
                };
                let found = tries.into_iter().find_map(|(x, y)| self.writer.pair(x, y));
                if let Some((x, y)) = found {
                    lines[a] = Some(x);
                    lines[b] = Some(y);
                }
            }
        }
        for (line, slot) in lines.iter_mut().zip(slots) {
            if line.is_none() {
                *line = self.writer.single(slot);
            }
            if line.is_none() {
                let wide = self.anything(slot);
                *line = self.writer.single(&wide);
            }
        }
        Section {
            tag,
            lines: lines.into_iter().flatten().collect(),
            rhymes,
        }
    }

    /// The slot with every beginning there is.
    fn anything(&self, slot: &Slot<'a>) -> Slot<'a> {
        let mut heads = slot.heads.clone();
        for about in [About::Scene, About::Deed, About::Feeling] {
            heads.extend(self.about(about));
        }
        let anywhere = ["home", "city", "road", "time", "morning", "moon", "radio", "truth"];
        for field in library().fields.iter().filter(|f| f.tone.fits(self.subject.tone)) {
            let common = anywhere.contains(&field.id);
            let heads_of = field.heads.iter().filter(|h| common || h.kind == Kind::Feel);
            heads.extend(heads_of.map(|f| (f, -2.5)));
        }
        Slot { heads, ..slot.clone() }
    }

    fn about(&self, about: About) -> Vec<(&'a Fragment, f64)> {
        let kinds: &[Kind] = match about {
            About::Theme(n) => {
                let welcome = |place: usize| if place == n { 0.8 } else { 0.0 };
                let all = self.store.verse.iter().enumerate();
                return all
                    .flat_map(|(p, list)| list.iter().map(move |f| (f, welcome(p))))
                    .collect();
            }
            About::Rap => return library().lines["rap"].iter().map(|f| (f, 0.0)).collect(),
            About::Scene => &[Kind::Scene],
            About::Deed => &[Kind::Act, Kind::Move],
            About::Feeling => &[Kind::Feel],
        };
        let mut heads = Vec::new();
        for (place, &field) in self.subject.fields.iter().enumerate() {
            let welcome = 1.6 - 0.8 * place as f64;
            let field = &library().fields[field];
            heads.extend(
                field
                    .heads
                    .iter()
                    .filter(|h| kinds.contains(&h.kind))
                    .map(|f| (f, welcome)),
            );
        }
        heads
    }
}
