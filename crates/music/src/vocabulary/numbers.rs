//! Tempi and keys in free text: `90 bpm`, `bpm: 90`, `A minor`, `F#m`.

use catbird_score::Mode;

/// "120 bpm", "120bpm", "tempo 96", "bpm: 90", "90-100 bpm" (the middle), "at 87 beats per minute".
pub(super) fn tempo(words: &[String]) -> Option<f64> {
    let valid = |n: f64| (40.0..=220.0).contains(&n).then_some(n);
    let number = |w: &String| -> Option<f64> { w.trim_start_matches('~').parse().ok() };
    for (i, w) in words.iter().enumerate() {
        if let Some(n) = w.strip_suffix("bpm").and_then(|n| n.parse().ok()).and_then(valid) {
            return Some(n);
        }
        if let Some(n) = w.strip_prefix("bpm").and_then(|n| n.parse().ok()).and_then(valid) {
            return Some(n);
        }
        let Some(n) = number(w) else { continue };
        let unit = |at: usize| {
            let word = words.get(at).map(String::as_str);
            word == Some("bpm")
                || word == Some("b.p.m")
                || word == Some("beats") && words.get(at + 1).is_some_and(|w| w == "per" || w == "a")
        };
        let named = i > 0 && matches!(words[i - 1].as_str(), "bpm" | "tempo" | "tempo:" | "bpm:");
        if (unit(i + 1) || named)
            && let Some(n) = valid(n)
        {
            return Some(n);
        }
        // A span: its middle.
        if let Some(m) = words.get(i + 1).and_then(number)
            && unit(i + 2)
            && let (Some(a), Some(b)) = (valid(n), valid(m))
        {
            return Some(f64::midpoint(a, b));
        }
    }
    None
}

/// A tonic and a mode as two words.
pub(super) fn key_named(tonic: &str, mode: &str) -> Option<(u8, Option<Mode>)> {
    let mode = match mode {
        "major" | "maj" => Mode::Major,
        "minor" | "min" => Mode::Minor,
        "dorian" => Mode::Dorian,
        "phrygian" => Mode::Phrygian,
        "lydian" => Mode::Lydian,
        "mixolydian" => Mode::Mixolydian,
        _ => return None,
    };
    Some((tonic_named(tonic)?, Some(mode)))
}

/// A key inside free text; the article in "a minor setback" reads as a key, which tags never mean.
pub(super) fn key_in(words: &[String]) -> Option<(u8, Option<Mode>)> {
    for (i, w) in words.iter().enumerate() {
        if let Some(next) = words.get(i + 1) {
            if let Some(key) = key_named(w, next) {
                return Some(key);
            }
            if matches!(next.as_str(), "sharp" | "flat")
                && let Some(tonic) = tonic_named(&format!("{w}-{next}"))
            {
                let mode = words.get(i + 2).and_then(|m| key_named(w, m)).and_then(|k| k.1);
                let after = i > 0 && words[i - 1] == "of";
                if mode.is_some() || after || words.len() == 2 {
                    return Some((tonic, mode));
                }
            }
        }
        // "key of D", "key: Gm", "in C#m", or alone in its phrase.
        let named = i > 0
            && (matches!(words[i - 1].as_str(), "key" | "key:")
                || words[i - 1] == "of" && i > 1 && words[i - 2] == "key");
        let short = w.len() >= 2 && w.ends_with('m') || w.ends_with("min") || w.ends_with("maj");
        let introduced = i > 0 && words[i - 1] == "in" && short && w != "am";
        if (named || introduced || words.len() == 1 && short)
            && let Some(key) = key(w)
        {
            return Some(key);
        }
    }
    None
}

fn tonic_named(name: &str) -> Option<u8> {
    let mut chars = name.chars();
    let base = match chars.next()?.to_ascii_lowercase() {
        'c' => 0,
        'd' => 2,
        'e' => 4,
        'f' => 5,
        'g' => 7,
        'a' => 9,
        'b' => 11,
        _ => return None,
    };
    match chars.as_str() {
        "" => Some(base),
        "#" | "♯" | "-sharp" => Some((base + 1) % 12),
        "b" | "♭" | "-flat" => Some((base + 11) % 12),
        _ => None,
    }
}

/// A key as a caller writes it: `A minor`, `F# major`, `Bb`, `Cm`.
pub fn key(text: &str) -> Option<(u8, Option<Mode>)> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    match words.as_slice() {
        [tonic] => tonic_named(tonic)
            .map(|t| (t, None))
            .or_else(|| Some((tonic_named(tonic.strip_suffix("maj")?)?, Some(Mode::Major))))
            .or_else(|| Some((tonic_named(tonic.strip_suffix("min")?)?, Some(Mode::Minor))))
            .or_else(|| Some((tonic_named(tonic.strip_suffix('m')?)?, Some(Mode::Minor)))),
        [tonic, mode] => key_named(tonic, mode),
        _ => None,
    }
}
