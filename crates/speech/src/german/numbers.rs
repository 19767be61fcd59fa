//! German numbers in words: one word below a million.

const SMALL: [&str; 20] = [
    "null",
    "eins",
    "zwei",
    "drei",
    "vier",
    "fünf",
    "sechs",
    "sieben",
    "acht",
    "neun",
    "zehn",
    "elf",
    "zwölf",
    "dreizehn",
    "vierzehn",
    "fünfzehn",
    "sechzehn",
    "siebzehn",
    "achtzehn",
    "neunzehn",
];
const TENS: [&str; 10] = [
    "", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig",
];

/// A number below 10⁹, its parts as words of their own (a singer's breath does not care, and the rules
/// need not cut them again).
pub(super) fn cardinal(n: u32) -> String {
    match n {
        0..20 => SMALL[n as usize].to_owned(),
        20..100 if n.is_multiple_of(10) => TENS[n as usize / 10].to_owned(),
        20..100 => format!("{} und {}", one(n % 10), TENS[n as usize / 10]),
        100..1000 => rest(format!("{} hundert", one(n / 100)), n % 100),
        1000..1_000_000 => rest(format!("{} tausend", one(n / 1000)), n % 1000),
        _ => {
            let millions = n / 1_000_000;
            let head = if millions == 1 {
                "eine million".to_owned()
            } else {
                format!("{} millionen", one(millions))
            };
            rest(head, n % 1_000_000)
        }
    }
}

/// Years before 2000 are counted in hundreds.
pub(super) fn year(n: u32) -> String {
    if (1100..2000).contains(&n) {
        rest(format!("{} hundert", cardinal(n / 100)), n % 100)
    } else {
        cardinal(n)
    }
}

/// Inside a number *eins* loses its s.
fn one(n: u32) -> String {
    let words = cardinal(n);
    if words.ends_with("eins") {
        words.trim_end_matches('s').to_owned()
    } else {
        words
    }
}

fn rest(head: String, n: u32) -> String {
    if n == 0 {
        head
    } else {
        format!("{head} {}", cardinal(n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spelt() {
        assert_eq!(cardinal(21), "ein und zwanzig");
        assert_eq!(cardinal(101), "ein hundert eins");
        assert_eq!(year(1999), "neunzehn hundert neun und neunzig");
        assert_eq!(year(2024), "zwei tausend vier und zwanzig");
    }
}
