//! Portuguese numbers in words.

const SMALL: [&str; 20] = [
    "zero",
    "um",
    "dois",
    "três",
    "quatro",
    "cinco",
    "seis",
    "sete",
    "oito",
    "nove",
    "dez",
    "onze",
    "doze",
    "treze",
    "quatorze",
    "quinze",
    "dezesseis",
    "dezessete",
    "dezoito",
    "dezenove",
];
const TENS: [&str; 10] = [
    "",
    "",
    "vinte",
    "trinta",
    "quarenta",
    "cinquenta",
    "sessenta",
    "setenta",
    "oitenta",
    "noventa",
];
const HUNDREDS: [&str; 10] = [
    "",
    "cento",
    "duzentos",
    "trezentos",
    "quatrocentos",
    "quinhentos",
    "seiscentos",
    "setecentos",
    "oitocentos",
    "novecentos",
];
const ORDINALS: [&str; 11] = [
    "", "primeiro", "segundo", "terceiro", "quarto", "quinto", "sexto", "sétimo", "oitavo", "nono", "décimo",
];

/// A number below 10⁹.
pub(super) fn cardinal(n: u32) -> String {
    match n {
        0..20 => SMALL[n as usize].to_owned(),
        20..100 => and(TENS[n as usize / 10], n % 10),
        100 => "cem".to_owned(),
        101..1000 => and(HUNDREDS[n as usize / 100], n % 100),
        1000..1_000_000 => {
            let head = if n < 2000 {
                "mil".to_owned()
            } else {
                format!("{} mil", cardinal(n / 1000))
            };
            thousands(&head, n % 1000)
        }
        _ => {
            let millions = n / 1_000_000;
            let head = if millions == 1 {
                "um milhão".to_owned()
            } else {
                format!("{} milhões", cardinal(millions))
            };
            thousands(&head, n % 1_000_000)
        }
    }
}

fn and(head: &str, n: u32) -> String {
    if n == 0 {
        head.to_owned()
    } else {
        format!("{head} e {}", cardinal(n))
    }
}

/// *e* joins only what is below a hundred or whole hundreds: mil e cem, mil novecentos e dez.
fn thousands(head: &str, n: u32) -> String {
    if n > 100 && !n.is_multiple_of(100) {
        format!("{head} {}", cardinal(n))
    } else {
        and(head, n)
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
        assert_eq!(cardinal(21), "vinte e um");
        assert_eq!(cardinal(1999), "mil novecentos e noventa e nove");
        assert_eq!(cardinal(2024), "dois mil e vinte e quatro");
        assert_eq!(cardinal(1100), "mil e cem");
    }
}
