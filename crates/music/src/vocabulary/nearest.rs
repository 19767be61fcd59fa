//! Words that no list knows. A mistyped word is the known one a slip away; a derived one (`jazzy`) is its
//! stem; any other takes after the everyday words it resembles (`associations.txt`) and after its own sound:
//! front vowels and hard stops are bright and quick, back vowels and hums dark and slow, as listeners
//! everywhere hear them (Köhler 1929; Ramachandran & Hubbard 2001, "bouba/kiki").

use std::{collections::BTreeMap, sync::OnceLock};

use catbird_score::Mode;

use super::{Entry, Touch, compact, entry, index};

/// Energy, valence, pace, grain, space: −1 … 1.
type Axes = [f32; 5];

fn associations() -> &'static BTreeMap<&'static str, Axes> {
    static TABLE: OnceLock<BTreeMap<&'static str, Axes>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = BTreeMap::new();
        for line in include_str!("../../data/vocabulary/associations.txt")
            .lines()
            .filter(|l| !l.starts_with('#'))
        {
            let mut columns = line.split_whitespace();
            let mut axes = [0.0; 5];
            for axis in &mut axes {
                *axis = columns
                    .next()
                    .and_then(|n| n.parse::<f32>().ok())
                    .expect("associations.txt is tested")
                    / 10.0;
            }
            for word in columns {
                table.insert(word, axes);
            }
        }
        table
    })
}

/// Letters to change, add, drop or swap to make one word of the other (optimal string alignment), at most
/// `limit`.
fn distance(a: &[char], b: &[char], limit: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let mut rows: [Vec<usize>; 3] = [Vec::new(), (0..=b.len()).collect(), vec![0; b.len() + 1]];
    rows[0] = vec![0; b.len() + 1];
    for i in 1..=a.len() {
        rows[2][0] = i;
        for j in 1..=b.len() {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[1][j] + 1).min(rows[2][j - 1] + 1).min(rows[1][j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[0][j - 2] + 1);
            }
            rows[2][j] = best;
        }
        rows.rotate_left(1);
    }
    Some(rows[1][b.len()]).filter(|d| *d <= limit)
}

/// The known word that `spelling` (compact) is a typing mistake of: one slip in five letters, two in nine,
/// the first letter right. An everyday word is no mistake.
pub(super) fn mistyped(spelling: &str) -> Option<Entry> {
    let letters: Vec<char> = spelling.chars().collect();
    if letters.len() < 5 || associations().contains_key(spelling) {
        return None;
    }
    let limit = if letters.len() >= 9 { 2 } else { 1 };
    let first = letters[0];
    let mut best: Option<(usize, &String)> = None;
    for key in index().keys().filter(|k| k.starts_with(first)) {
        let other: Vec<char> = key.chars().collect();
        if other.len() < 5 {
            continue;
        }
        if let Some(d) = distance(&letters, &other, limit)
            && best.is_none_or(|(b, _)| d < b)
        {
            best = Some((d, key));
        }
    }
    best.and_then(|(_, key)| index().get(key)).copied()
}

/// The known word inside a derived one: `jazzy`, `punkish`, `disco-esque`, `folkier`.
pub(super) fn derived(word: &str) -> Option<Entry> {
    let key = compact(word);
    [
        "esque", "ish", "like", "iness", "ness", "ily", "ier", "iest", "ey", "y", "ly", "ed", "ing", "er", "core",
        "wave", "tronica",
    ]
    .into_iter()
    .filter_map(|ending| key.strip_suffix(ending))
    .filter(|stem| stem.chars().count() >= 3)
    .find_map(|stem| {
        let mut letters: Vec<char> = stem.chars().collect();
        // poppy, funky: the doubled letter.
        let doubled = letters.len() > 3 && letters[letters.len() - 1] == letters[letters.len() - 2];
        entry(stem).or_else(|| {
            doubled.then(|| letters.pop())?;
            entry(&letters.into_iter().collect::<String>())
        })
    })
}

/// Share of three-letter pieces two words have in common (Dice's coefficient).
fn likeness(a: &[[char; 3]], b: &[[char; 3]]) -> f32 {
    let shared = a.iter().filter(|g| b.contains(g)).count();
    2.0 * shared as f32 / (a.len() + b.len()).max(1) as f32
}

fn pieces(word: &str) -> Vec<[char; 3]> {
    let padded: Vec<char> = std::iter::once('^')
        .chain(word.chars())
        .chain(std::iter::once('$'))
        .collect();
    padded.windows(3).map(|w| [w[0], w[1], w[2]]).collect()
}

/// Where a word stands: its own row, or its neighbours' rows by likeness, and the sound of its letters.
fn axes(word: &str) -> Axes {
    let key = compact(word);
    let table = associations();
    let stem = key
        .strip_suffix('s')
        .or_else(|| key.strip_suffix("ing"))
        .or_else(|| key.strip_suffix("y"))
        .unwrap_or(&key);
    let sound = sound(&key);
    if let Some(own) = table.get(key.as_str()).or_else(|| table.get(stem)) {
        return std::array::from_fn(|i| (own[i] + 0.12 * sound[i]).clamp(-1.0, 1.0));
    }
    let grams = pieces(&key);
    let mut near: Vec<(f32, &Axes)> = table
        .iter()
        .map(|(other, axes)| (likeness(&grams, &pieces(other)), axes))
        .filter(|(l, _)| *l > 0.15)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    near.truncate(3);
    let weight: f32 = near.iter().map(|n| n.0).sum();
    let sure = near.first().map_or(0.0, |n| n.0);
    std::array::from_fn(|i| {
        let from = near.iter().map(|(l, a)| l * a[i]).sum::<f32>() / weight.max(0.01);
        (from * sure + sound[i] * (1.0 - 0.7 * sure)).clamp(-1.0, 1.0)
    })
}

/// What the letters alone suggest.
fn sound(word: &str) -> Axes {
    let mut axes = [0.0f32; 5];
    let mut count = 0.0f32;
    for (i, c) in word.chars().enumerate() {
        let row: Axes = match c {
            'i' | 'e' | 'y' => [0.1, 0.5, 0.4, -0.1, 0.0],
            'a' => [0.2, 0.2, 0.0, 0.2, 0.1],
            'o' | 'u' | 'w' => [-0.2, -0.4, -0.4, 0.2, 0.4],
            'k' | 't' | 'p' | 'q' | 'c' => [0.6, 0.0, 0.5, -0.2, -0.4],
            'x' | 'z' | 'j' => [0.7, -0.2, 0.4, -0.7, -0.1],
            'g' | 'd' | 'b' => [0.4, -0.4, 0.0, 0.0, -0.2],
            'r' => [0.4, -0.2, 0.1, 0.2, 0.0],
            'm' | 'n' | 'l' => [-0.6, 0.1, -0.4, 0.3, 0.3],
            's' | 'f' | 'v' | 'h' => [-0.2, 0.1, 0.1, -0.3, 0.6],
            // Digits and other scripts: their number decides.
            other => {
                let n = u32::from(other);
                std::array::from_fn(|k| ((n >> (k + 1)) % 9) as f32 / 4.0 - 1.0)
            }
        };
        // Beginnings count most; no two orders of the same letters are quite alike.
        let weight = 1.0 / (1.0 + 0.35 * i as f32);
        for (axis, value) in axes.iter_mut().zip(row) {
            *axis += weight * value;
        }
        count += weight;
    }
    axes.map(|a| a / count.max(0.1))
}

/// What an unknown word does, at `share` of its full strength.
pub(super) fn touch(word: &str, share: f32) -> Touch {
    let [energy, valence, pace, grain, space] = axes(word);
    let strong = |a: f32| a * share;
    let mut touch = Touch {
        tempo: Some(f64::from(1.0 + 0.26 * strong(pace))),
        energy: 0.4 * strong(energy),
        density: 0.14 * strong(energy + 0.5 * pace),
        high_db: 2.0 * strong(valence - 0.7 * grain),
        low_db: -strong(valence - energy),
        reverb: 1.2 * strong(space),
        wet_db: 2.4 * strong(space),
        width: 0.12 * strong(space),
        colour: 0.15 * strong(valence + grain),
        lofi: 0.1 * strong(grain).max(0.0),
        drive: 0.12 * strong(energy - valence),
        ..Touch::default()
    };
    touch
        .ornaments
        .push(colour(&[energy, valence, pace, grain, space]).to_owned());
    if valence.abs() > 0.35 {
        touch.mode = Some(if valence < 0.0 { Mode::Minor } else { Mode::Major });
    }
    let mut vote = |id: &str, share: f32| {
        if share > 0.02 {
            touch.styles.insert(id.to_owned(), f64::from(share));
        }
    };
    vote("folk", 0.3 * strong(grain) * (1.0 - energy).min(1.0));
    vote("house", 0.3 * strong(-grain));
    vote("rock", 0.25 * strong(energy - 0.3 - valence.max(0.0)));
    vote("ambient", 0.25 * strong(space - 0.3 - energy));
    vote("pop", 0.2 * strong(valence));
    touch
}

/// The extra player that suits a place best.
fn colour(place: &Axes) -> &'static str {
    const PLAYERS: [(&str, Axes); 14] = [
        ("taiko", [0.9, -0.5, 0.2, 0.4, 0.3]),
        ("claps", [0.4, 0.6, 0.4, 0.3, 0.0]),
        ("congas", [0.3, 0.3, 0.3, 0.8, 0.0]),
        ("arp", [0.3, 0.1, 0.4, -0.8, 0.3]),
        ("pulse_synth", [0.5, -0.3, 0.3, -0.8, 0.0]),
        ("music_box", [-0.5, 0.4, -0.3, 0.4, 0.3]),
        ("bells", [0.0, 0.6, 0.1, 0.1, 0.4]),
        ("drone", [-0.3, -0.6, -0.4, 0.1, 0.5]),
        ("halo", [-0.3, 0.1, -0.3, -0.4, 0.8]),
        ("strings_high", [0.1, -0.1, 0.0, 0.5, 0.4]),
        ("shaker", [0.1, 0.2, 0.5, 0.5, -0.2]),
        ("tolling", [-0.2, -0.8, -0.4, 0.4, 0.5]),
        ("warmth", [-0.4, 0.2, -0.4, 0.1, 0.1]),
        ("ostinato", [0.5, -0.3, 0.4, 0.4, 0.1]),
    ];
    let far = |a: &Axes| place.iter().zip(a).map(|(x, y)| (x - y).powi(2)).sum::<f32>();
    PLAYERS
        .iter()
        .min_by(|a, b| far(&a.1).total_cmp(&far(&b.1)))
        .map_or("warmth", |p| p.0)
}

/// A touch at `share` of its strength.
pub(super) fn scaled(touch: &Touch, share: f32) -> Touch {
    let mut t = touch.clone();
    for vote in t.styles.values_mut() {
        *vote *= f64::from(share);
    }
    for knob in [
        &mut t.colour,
        &mut t.energy,
        &mut t.density,
        &mut t.high_db,
        &mut t.low_db,
        &mut t.reverb,
        &mut t.wet_db,
        &mut t.width,
        &mut t.glue,
        &mut t.drive,
        &mut t.lofi,
        &mut t.legato,
    ] {
        *knob *= share;
    }
    t.tempo = t.tempo.map(|f| 1.0 + (f - 1.0) * f64::from(share));
    t
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_forgiven_and_endings_understood() {
        for (wrong, right) in [
            ("shoegaize", "shoegaze"),
            ("synthwvae", "synthwave"),
            ("saxaphone", "saxophone solo"),
            ("melencholic", "melancholic"),
            ("regaeton", "reggaeton"),
        ] {
            let found = entry(wrong).or_else(|| mistyped(wrong)).map(|e| e.name);
            assert_eq!(found, Some(right), "{wrong}");
        }
        for (word, stem) in [
            ("jazzy", "jazz"),
            ("punkish", "punk"),
            ("bluesy", "blues"),
            ("poppy", "pop"),
        ] {
            let found = derived(word).map(|e| e.name.to_lowercase());
            assert_eq!(found.as_deref(), Some(stem), "{word}");
        }
        assert!(mistyped("lantern").is_none() && mistyped("houze").is_some());
    }

    #[test]
    fn unknown_words_have_places_of_their_own() {
        let words = [
            "kestrel",
            "bureaucracy",
            "gloop",
            "zirconium",
            "marmalade",
            "taxes",
            "Wolfgang",
            "beekeeper",
            "quasar",
            "π",
            "猫",
            "mnemonic",
            "rain",
            "neon",
            "ocean",
            "war",
            "lighthouse",
            "xylem",
        ];
        for (i, a) in words.iter().enumerate() {
            let mine = touch(a, 1.0);
            assert!(mine != Touch::default(), "{a}");
            for b in &words[..i] {
                assert!(mine != touch(b, 1.0), "{a} and {b} move the music alike");
            }
        }
        assert!(axes("warrior")[0] > 0.5 && axes("rainfall")[0] < axes("battlefield")[0]);
        assert!(axes("neonlight")[3] < axes("forester")[3]);
    }
}
