//! Italian numbers in words, each part a word of its own.

const SMALL: [&str; 20] = [
    "zero",
    "uno",
    "due",
    "tre",
    "quattro",
    "cinque",
    "sei",
    "sette",
    "otto",
    "nove",
    "dieci",
    "undici",
    "dodici",
    "tredici",
    "quattordici",
    "quindici",
    "sedici",
    "diciassette",
    "diciotto",
    "diciannove",
];
const TENS: [&str; 10] = [
    "",
    "",
    "venti",
    "trenta",
    "quaranta",
    "cinquanta",
    "sessanta",
    "settanta",
    "ottanta",
    "novanta",
];
const ORDINALS: [&str; 11] = [
    "", "primo", "secondo", "terzo", "quarto", "quinto", "sesto", "settimo", "ottavo", "nono", "decimo",
];

/// A number below 10⁹.
pub(super) fn cardinal(n: u32) -> String {
    match n {
        0..20 => SMALL[n as usize].to_owned(),
        20..100 => {
            let tens = TENS[n as usize / 10];
            match n % 10 {
                0 => tens.to_owned(),
                // ventuno, trentotto
                unit @ (1 | 8) => format!("{}{}", &tens[..tens.len() - 1], SMALL[unit as usize]),
                3 => format!("{tens}tré"),
                unit => format!("{tens}{}", SMALL[unit as usize]),
            }
        }
        100..1000 => rest(
            if n < 200 {
                "cento".to_owned()
            } else {
                format!("{}cento", cardinal(n / 100))
            },
            n % 100,
        ),
        1000..1_000_000 => rest(
            if n < 2000 {
                "mille".to_owned()
            } else {
                format!("{} mila", cardinal(n / 1000))
            },
            n % 1000,
        ),
        _ => {
            let millions = n / 1_000_000;
            let head = if millions == 1 {
                "un milione".to_owned()
            } else {
                format!("{} milioni", cardinal(millions))
            };
            rest(head, n % 1_000_000)
        }
    }
}

fn rest(head: String, n: u32) -> String {
    if n == 0 {
        head
    } else {
        format!("{head} {}", cardinal(n))
    }
}

/// `1º`, `3ª`.
pub(super) fn ordinal(n: u32, ending: &str) -> Option<String> {
    let word = ORDINALS.get(n as usize).filter(|w| !w.is_empty())?;
    match ending {
        "º" | "o" => Some((*word).to_owned()),
        "ª" | "a" => Some(format!("{}a", &word[..word.len() - 1])),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spelt() {
        assert_eq!(cardinal(21), "ventuno");
        assert_eq!(cardinal(88), "ottantotto");
        assert_eq!(cardinal(1999), "mille novecento novantanove");
        assert_eq!(cardinal(2023), "due mila ventitré");
        assert_eq!(ordinal(3, "ª").as_deref(), Some("terza"));
    }
}
