//! French numbers in words.

const SMALL: [&str; 20] = [
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize",
    "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf",
];
const TENS: [&str; 7] = ["", "", "vingt", "trente", "quarante", "cinquante", "soixante"];

/// A number below 10⁹.
pub(super) fn cardinal(n: u32) -> String {
    match n {
        0..20 => SMALL[n as usize].to_owned(),
        20..70 => match n % 10 {
            0 => TENS[n as usize / 10].to_owned(),
            1 => format!("{} et un", TENS[n as usize / 10]),
            unit => format!("{} {}", TENS[n as usize / 10], SMALL[unit as usize]),
        },
        71 => "soixante et onze".to_owned(),
        70..80 => format!("soixante {}", cardinal(n - 60)),
        80 => "quatre vingts".to_owned(),
        81..100 => format!("quatre vingt {}", cardinal(n - 80)),
        100..1000 => rest(
            if n < 200 {
                "cent".to_owned()
            } else {
                format!("{} cent", cardinal(n / 100))
            },
            n % 100,
        ),
        1000..1_000_000 => rest(
            if n < 2000 {
                "mille".to_owned()
            } else {
                format!("{} mille", cardinal(n / 1000))
            },
            n % 1000,
        ),
        _ => {
            let millions = n / 1_000_000;
            rest(
                format!("{} million{}", cardinal(millions), if millions > 1 { "s" } else { "" }),
                n % 1_000_000,
            )
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

/// `1er`, `1re`, `2e`, `3ème`.
pub(super) fn ordinal(n: u32, ending: &str) -> Option<String> {
    match (n, ending) {
        (1, "er") => return Some("premier".to_owned()),
        (1, "re" | "ère") => return Some("première".to_owned()),
        (_, "e" | "ème" | "eme" | "ième") if n > 0 => {}
        _ => return None,
    }
    let words = cardinal(n);
    Some(if let Some(head) = words.strip_suffix("cinq") {
        format!("{head}cinquième")
    } else if let Some(head) = words.strip_suffix("neuf") {
        format!("{head}neuvième")
    } else {
        format!("{}ième", words.trim_end_matches(['e', 's']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spelt() {
        for (n, words) in [
            (21, "vingt et un"),
            (71, "soixante et onze"),
            (80, "quatre vingts"),
            (99, "quatre vingt dix-neuf"),
            (1999, "mille neuf cent quatre vingt dix-neuf"),
            (2_000_000, "deux millions"),
        ] {
            assert_eq!(cardinal(n), words);
        }
        assert_eq!(ordinal(5, "e").as_deref(), Some("cinquième"));
        assert_eq!(ordinal(1, "er").as_deref(), Some("premier"));
    }
}
