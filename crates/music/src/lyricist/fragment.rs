//! The pieces lines are made of: beginnings and endings, each with what may stand beside it.

use super::{library::Tone, sound::Sound};

/// What a piece does in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Scene,
    Act,
    Move,
    Feel,
    /// A sentence of its own section, or one about the theme.
    Claim,
    When,
    Where,
    Whither,
    Likeness,
    Clause,
    With,
}

impl Kind {
    pub(super) fn tail(mark: &str) -> Self {
        match mark {
            "t" => Self::When,
            "p" => Self::Where,
            "d" => Self::Whither,
            "l" => Self::Likeness,
            "w" => Self::With,
            _ => Self::Clause,
        }
    }

    pub(super) fn head(mark: &str) -> Self {
        match mark {
            "s" => Self::Scene,
            "m" => Self::Move,
            "f" => Self::Feel,
            _ => Self::Act,
        }
    }
}

/// Things a piece says that others must not contradict or say again.
pub(super) mod says {
    pub const YOU: u32 = 1;
    pub const WE: u32 = 1 << 1;
    /// A time is told.
    pub const TIME: u32 = 1 << 2;
    /// A place or direction is told.
    pub const PLACE: u32 = 1 << 3;
    /// Two sentences already.
    pub const JOINED: u32 = 1 << 4;
    pub const RAIN: u32 = 1 << 5;
    pub const SNOW: u32 = 1 << 6;
    pub const SUN: u32 = 1 << 7;
    pub const NIGHT: u32 = 1 << 8;
    pub const DAY: u32 = 1 << 9;
    pub const SPRING: u32 = 1 << 10;
    pub const AUTUMN: u32 = 1 << 11;
    /// About somebody who is not the singer.
    pub const I: u32 = 1 << 12;
    /// What the weather and the season can be only one of.
    pub const CLIMATE: [u32; 2] = [RAIN | SNOW | SUN, SNOW | SUN | SPRING | AUTUMN];
    pub const HOURS: u32 = NIGHT | DAY;
}

const WORDS: [(u32, &str); 12] = [
    (says::YOU, " you your yours you're you've you'll you'd "),
    (says::WE, " we our us we're we'll we've "),
    (says::I, " i i'm i'll i've i'd my me mine "),
    (
        says::TIME,
        " tonight night nights morning day days dawn year years today tomorrow yesterday evening summer winter noon \
          afternoon midnight dusk sunrise weekend hours hour june may july december time times sunday friday monday \
          forever always still again now once before ",
    ),
    (
        says::PLACE,
        " in on at by under over behind through from beside along across between into round around to up down out \
          beneath above against inside near home back where here there away off with ",
    ),
    (
        says::RAIN,
        " rain rainy umbrella umbrellas puddle puddles wet storm thunder drizzle soaked gutter gutters pouring stormy ",
    ),
    (
        says::SNOW,
        " snow snowy frost ice icy winter christmas frozen sled snowman ",
    ),
    (
        says::SUN,
        " summer sun sunny sunlight heat beach sunburn summertime july sunshine ",
    ),
    (
        says::NIGHT,
        " night nights tonight moon stars midnight dark moonlight starlight evening dusk sunset ",
    ),
    (
        says::DAY,
        " morning dawn noon afternoon breakfast daylight sunlight sunrise sun lunch ",
    ),
    (
        says::SPRING,
        " spring april may blossom blossoms bloom blooms lilac crocus ",
    ),
    (says::AUTUMN, " autumn october fall leaves november harvest september "),
];

/// A beginning, an ending, or a whole line.
#[derive(Clone, Debug)]
pub(super) struct Fragment {
    pub text: String,
    pub kind: Kind,
    pub tone: Tone,
    /// Takes no ending.
    pub closed: bool,
    /// May take a likeness.
    pub likens: bool,
    pub says: u32,
    pub sound: Sound,
    /// Its words of content, hashed.
    pub words: Vec<u64>,
}

impl Fragment {
    /// Reads a row of the data files: a full stop closes it, a tilde lets it liken.
    pub(super) fn new(kind: Kind, tone: Tone, row: &str) -> Self {
        let closed = row.ends_with('.');
        let likens = row.ends_with('~') || matches!(kind, Kind::Move);
        let text = row.trim_end_matches(['.', '~']).trim().to_owned();
        let lower = text.to_lowercase();
        let mut says = 0;
        let words: Vec<&str> = lower
            .split_whitespace()
            .map(|w| w.trim_matches(|c: char| !c.is_alphanumeric() && c != '\''))
            .collect();
        // "Till the morning" is spoken at night.
        let until = words.first().is_some_and(|w| matches!(*w, "till" | "until"));
        for (flag, list) in WORDS {
            let hours = flag & says::HOURS > 0;
            if !(until && hours) && words.iter().any(|w| list.contains(&format!(" {w} "))) {
                says |= flag;
            }
        }
        let joints = ["and", "but", "so", "while", "till", "because", "if", "or", "as"];
        if lower.contains(',') || words.iter().any(|w| joints.contains(w)) {
            says |= says::JOINED;
        }
        Self {
            kind,
            tone,
            closed,
            likens,
            says,
            sound: Sound::of(&text),
            words: words.iter().filter_map(|w| content(w)).collect(),
            text,
        }
    }

    /// Whether the ending `tail` may follow.
    pub(super) fn takes(&self, tail: &Self) -> bool {
        if self.closed {
            return false;
        }
        let (says, more) = (self.says, tail.says);
        let free = says & says::PLACE == 0;
        let kind = match tail.kind {
            Kind::When => says & says::TIME == 0 && !matches!(self.kind, Kind::Feel),
            Kind::Where => free && matches!(self.kind, Kind::Scene | Kind::Act | Kind::Move),
            Kind::Whither => free && self.kind == Kind::Move,
            Kind::Likeness => self.likens,
            Kind::With => {
                !matches!(self.kind, Kind::Scene | Kind::Claim) && says & says::I > 0 && says & says::PLACE == 0
            }
            // Two sentences are enough for a line.
            // An "it" needs something before it to mean.
            _ => says & says::JOINED == 0 && !(self.kind == Kind::Claim && tail.text.starts_with("and it")),
        };
        kind && compatible(says, more)
            && (says & more & says::TIME == 0)
            && !(says & says::PLACE > 0 && matches!(tail.kind, Kind::With))
            && !self.words.iter().any(|w| tail.words.contains(w))
            && self.sound.last != tail.sound.last
    }
}

/// Whether two pieces can be true at once.
pub(super) fn compatible(a: u32, b: u32) -> bool {
    let clash = |mask: u32| a & mask != 0 && b & mask != 0 && a & b & mask == 0;
    !(says::CLIMATE.into_iter().any(clash) || clash(says::HOURS))
}

/// The hash (FNV-1a) of a word that carries meaning, its plural ending apart.
pub(super) fn content(word: &str) -> Option<u64> {
    const EMPTY: &str = " there with from that this what when where your mine have been just like some into over only \
        every they them then than will would could should never always were down about back still know make \
        i'll i've you're it's don't can't won't that's there's we'll ";
    if word.len() < 4 || EMPTY.contains(&format!(" {word} ")) {
        return None;
    }
    let stem = word.trim_end_matches("'s");
    let stem = stem.strip_suffix("ing").filter(|s| s.len() > 3).unwrap_or(stem);
    let stem = stem.strip_suffix('s').unwrap_or(stem);
    Some(stem.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| {
        (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(kind: Kind, text: &str) -> Fragment {
        Fragment::new(kind, Tone::Either, text)
    }

    #[test]
    fn pieces_do_not_contradict_or_repeat_each_other() {
        let head = piece(Kind::Scene, "the snow has hushed the street");
        assert!(!head.takes(&piece(Kind::Where, "in the pouring rain")));
        assert!(!head.takes(&piece(Kind::Where, "on an empty street")));
        assert!(head.takes(&piece(Kind::When, "all night long")));
        assert!(!piece(Kind::Scene, "I wake at noon").takes(&piece(Kind::When, "tonight")));
        assert!(!piece(Kind::Scene, "the trail is long.").takes(&piece(Kind::When, "tonight")));
        assert!(!piece(Kind::Act, "I walk and sing").takes(&piece(Kind::Clause, "and I don't know why")));
    }
}
