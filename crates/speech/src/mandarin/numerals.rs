//! Numbers as they are spoken in Mandarin, written out in hanzi.

const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/// Numbers that are code words (520: 我爱你) or telephone numbers: read digit by digit.
const CODES: [&str; 9] = ["520", "521", "1314", "5201314", "404", "007", "747", "365", "911"];

/// Longer whole numbers are telephone numbers.
const LONGEST: usize = 12;

/// A number as found in a line: its length in characters and how it is spoken.
pub struct Numeral {
    /// Characters it takes up.
    pub length: usize,
    /// In hanzi.
    pub spoken: String,
}

/// The number that begins at `at`, with its currency before and its unit sign behind.
pub fn numeral(line: &[char], at: usize) -> Option<Numeral> {
    let money = match line.get(at)? {
        '¥' | '￥' => Some("元"),
        '$' => Some("美元"),
        '€' => Some("欧元"),
        '£' => Some("英镑"),
        _ => None,
    };
    let minus = money.is_none()
        && matches!(line[at], '-' | '−' | '+')
        && at.checked_sub(1).is_none_or(|i| !line[i].is_alphanumeric());
    let mut i = at + usize::from(money.is_some() || minus);
    let whole = digits(line, &mut i, true)?;
    let mut spoken = String::new();
    if minus {
        spoken.push(if line[at] == '+' { '加' } else { '负' });
    }
    let digit = |i: usize| line.get(i).is_some_and(char::is_ascii_digit);
    match line.get(i) {
        Some('.') if digit(i + 1) => {
            i += 1;
            let parts = digits(line, &mut i, false)?;
            spoken += &cardinal(&whole);
            spoken.push('点');
            spoken += &by_digit(&parts);
        }
        Some(':' | '：') if digit(i + 1) && money.is_none() => {
            i += 1;
            let minutes = digits(line, &mut i, false)?;
            spoken += &cardinal(&whole);
            spoken.push('点');
            match minutes.trim_start_matches('0') {
                "" => {}
                "30" => spoken.push('半'),
                few if few.len() < minutes.len() => spoken.extend(["零", &cardinal(few), "分"]),
                many => spoken.extend([&cardinal(many), "分"]),
            }
        }
        Some('/') if digit(i + 1) && money.is_none() => {
            i += 1;
            let under = digits(line, &mut i, false)?;
            // 24/7 and dates are lists, halves and thirds are fractions.
            if whole.len() == 1 && under.len() == 1 {
                spoken.extend([&cardinal(&under), "分之", &cardinal(&whole)]);
            } else {
                spoken.extend([cardinal(&whole), cardinal(&under)]);
            }
        }
        next => spoken += &counted(&whole, next.copied(), line.get(i + 1).copied()),
    }
    match line.get(i) {
        Some('%' | '％') => {
            let (sign, value) = spoken.split_at(if minus { '负'.len_utf8() } else { 0 });
            spoken = format!("{sign}百分之{value}");
            i += 1;
        }
        Some('°' | '℃') => {
            spoken += "度";
            i += 1;
            i += usize::from(line.get(i - 1) == Some(&'°') && line.get(i) == Some(&'C'));
        }
        _ => {}
    }
    spoken += money.unwrap_or_default();
    Some(Numeral { length: i - at, spoken })
}

/// The digits from `i` on, `1,000` without its commas.
fn digits(line: &[char], i: &mut usize, commas: bool) -> Option<String> {
    let mut out = String::new();
    while let Some(&c) = line.get(*i) {
        let thousands = commas
            && c == ','
            && !out.is_empty()
            && (1..=3).all(|n| line.get(*i + n).is_some_and(char::is_ascii_digit))
            && !line.get(*i + 4).is_some_and(char::is_ascii_digit);
        if c.is_ascii_digit() {
            out.push(c);
        } else if !thousands {
            break;
        }
        *i += 1;
    }
    (!out.is_empty()).then_some(out)
}

/// A whole number before `next`: years digit by digit, two of a thing 两.
fn counted(number: &str, next: Option<char>, after: Option<char>) -> String {
    let span = after.is_some_and(|c| "前后後来來间間以之里裡".contains(c));
    let year = next == Some('年')
        && (number.len() == 4 && !number.ends_with("000") || number.len() == 2 && number > "50" && !span);
    if year || CODES.contains(&number) || number.len() > 1 && number.starts_with('0') || number.len() > LONGEST {
        return by_digit(number);
    }
    if number == "2"
        && next.is_some_and(|c| !"月号號日楼樓".contains(c) && !c.is_ascii_punctuation() && c.is_alphabetic())
    {
        return "两".into();
    }
    cardinal(number)
}

fn by_digit(number: &str) -> String {
    number
        .chars()
        .filter_map(|c| c.to_digit(10))
        .map(|d| DIGITS[d as usize])
        .collect()
}

/// A whole number by tens, hundreds, thousands, 万 and 亿.
fn cardinal(number: &str) -> String {
    let value: u64 = match number.parse() {
        Ok(value) if number.len() <= LONGEST => value,
        _ => return by_digit(number),
    };
    if value == 0 {
        return "零".into();
    }
    let mut out = String::new();
    // A zero is said once for any number of empty places inside.
    let mut gap = false;
    for (unit, group) in [
        ("亿", value / 100_000_000),
        ("万", value / 10_000 % 10_000),
        ("", value % 10_000),
    ] {
        if group == 0 {
            gap |= !out.is_empty();
            continue;
        }
        if !out.is_empty() && (gap || group < 1000) {
            out.push('零');
        }
        out += &thousands(group, out.is_empty());
        out += unit;
        gap = false;
    }
    // 200, 20000: 两; 12, 20: 二.
    if let Some(rest) = out.strip_prefix('二')
        && rest.starts_with(['百', '千', '万', '亿'])
    {
        out = format!("两{rest}");
    }
    out
}

/// A number below ten thousand; `first` if nothing is said before it.
fn thousands(value: u64, first: bool) -> String {
    let mut out = String::new();
    let mut gap = false;
    for (unit, size) in [("千", 1000), ("百", 100), ("十", 10), ("", 1)] {
        let digit = value / size % 10;
        if digit == 0 {
            gap |= !out.is_empty();
            continue;
        }
        if gap {
            out.push('零');
            gap = false;
        }
        // Ten to nineteen begin with 十.
        if !(first && out.is_empty() && size == 10 && digit == 1) {
            out.push(DIGITS[digit as usize]);
        }
        out += unit;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(line: &str) -> String {
        let line: Vec<char> = line.chars().collect();
        let start = line.iter().position(|c| !c.is_alphabetic()).unwrap();
        numeral(&line, start).unwrap().spoken
    }

    #[test]
    fn numbers_are_spoken_as_a_singer_would() {
        for (line, want) in [
            ("2024年", "二零二四"),
            ("98年的夏天", "九八"),
            ("20年后", "二十"),
            ("99年以前", "九十九"),
            ("3.5", "三点五"),
            ("50%", "百分之五十"),
            ("-5", "负五"),
            ("-5℃", "负五度"),
            ("10", "十"),
            ("15岁", "十五"),
            ("110", "一百一十"),
            ("105", "一百零五"),
            ("1,000", "一千"),
            ("1005", "一千零五"),
            ("20000", "两万"),
            ("100500", "十万零五百"),
            ("1000000000", "十亿"),
            ("200", "两百"),
            ("2个人", "两"),
            ("2月", "二"),
            ("520", "五二零"),
            ("10:30", "十点半"),
            ("7:05", "七点零五分"),
            ("1/2", "二分之一"),
            ("24/7", "二十四七"),
            ("¥100", "一百元"),
            ("13800138000138", "一三八零零一三八零零零一三八"),
            ("0", "零"),
        ] {
            assert_eq!(spoken(line), want, "{line}");
        }
    }

    #[test]
    fn a_number_knows_where_it_ends() {
        let length = |line: &str| numeral(&line.chars().collect::<Vec<_>>(), 0).map(|n| n.length);
        assert_eq!(length("1,000,000人"), Some(9));
        assert_eq!(length("3.5.7"), Some(3));
        assert_eq!(length("1,2,3"), Some(1));
        assert_eq!(length("100%的爱"), Some(4));
        assert_eq!(length("-不"), None);
        assert_eq!(length("爱"), None);
    }
}
