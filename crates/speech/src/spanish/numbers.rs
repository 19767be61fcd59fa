//! Spanish numbers in words.

const SMALL: [&str; 30] = [
    "cero",
    "uno",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciséis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
    "veinte",
    "veintiuno",
    "veintidós",
    "veintitrés",
    "veinticuatro",
    "veinticinco",
    "veintiséis",
    "veintisiete",
    "veintiocho",
    "veintinueve",
];
const TENS: [&str; 10] = [
    "",
    "",
    "",
    "treinta",
    "cuarenta",
    "cincuenta",
    "sesenta",
    "setenta",
    "ochenta",
    "noventa",
];
const HUNDREDS: [&str; 10] = [
    "",
    "ciento",
    "doscientos",
    "trescientos",
    "cuatrocientos",
    "quinientos",
    "seiscientos",
    "setecientos",
    "ochocientos",
    "novecientos",
];
const ORDINALS: [&str; 11] = [
    "", "primero", "segundo", "tercero", "cuarto", "quinto", "sexto", "séptimo", "octavo", "noveno", "décimo",
];

/// A number below 10⁹.
pub(super) fn cardinal(n: u32) -> String {
    match n {
        0..30 => SMALL[n as usize].to_owned(),
        30..100 if n.is_multiple_of(10) => TENS[n as usize / 10].to_owned(),
        30..100 => format!("{} y {}", TENS[n as usize / 10], SMALL[n as usize % 10]),
        100 => "cien".to_owned(),
        101..1000 if n.is_multiple_of(100) => HUNDREDS[n as usize / 100].to_owned(),
        101..1000 => format!("{} {}", HUNDREDS[n as usize / 100], cardinal(n % 100)),
        1000..1_000_000 => rest(
            if n < 2000 {
                "mil".to_owned()
            } else {
                format!("{} mil", short(n / 1000))
            },
            n % 1000,
        ),
        _ => {
            let millions = n / 1_000_000;
            let head = if millions == 1 {
                "un millón".to_owned()
            } else {
                format!("{} millones", short(millions))
            };
            rest(head, n % 1_000_000)
        }
    }
}

/// Before a noun *uno* loses its o.
fn short(n: u32) -> String {
    let words = cardinal(n);
    match words.strip_suffix("veintiuno") {
        Some(head) => format!("{head}veintiún"),
        None => words
            .strip_suffix("uno")
            .map(|head| format!("{head}un"))
            .unwrap_or(words),
    }
}

fn rest(head: String, n: u32) -> String {
    if n == 0 {
        head
    } else {
        format!("{head} {}", cardinal(n))
    }
}

/// `1º`, `3ª`, `1er`.
pub(super) fn ordinal(n: u32, ending: &str) -> Option<String> {
    let word = ORDINALS.get(n as usize).filter(|w| !w.is_empty())?;
    let stem = &word[..word.len() - 1];
    match ending {
        "º" | "o" => Some((*word).to_owned()),
        "ª" | "a" => Some(format!("{stem}a")),
        "er" if matches!(n, 1 | 3) => Some(stem.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spelt() {
        for (n, words) in [
            (16, "dieciséis"),
            (31, "treinta y uno"),
            (100, "cien"),
            (1999, "mil novecientos noventa y nueve"),
            (21_000, "veintiún mil"),
            (2_000_001, "dos millones uno"),
        ] {
            assert_eq!(cardinal(n), words);
        }
        assert_eq!(ordinal(1, "er").as_deref(), Some("primer"));
        assert_eq!(ordinal(3, "ª").as_deref(), Some("tercera"));
    }
}
