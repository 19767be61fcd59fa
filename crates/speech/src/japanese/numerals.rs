//! Numbers as they are spoken in Japanese, with the counters that change them: 一本 is イッポン.

use super::counters::{Meeting, counted, counter};

const ONES: [&str; 10] = ["", "イチ", "ニ", "サン", "ヨン", "ゴ", "ロク", "ナナ", "ハチ", "キュー"];
const KANJI: &str = "〇一二三四五六七八九";
/// Longer numbers are read digit by digit.
const LONGEST: usize = 16;

/// A number as found in a line: its length in characters and how it sounds.
#[derive(Debug, PartialEq, Eq)]
pub struct Numeral {
    /// Characters it takes up, counter included.
    pub length: usize,
    /// In katakana.
    pub sound: String,
    /// Whether a counter stands behind it.
    pub counted: bool,
}

/// The number in digits that begins at `at`.
pub fn digits(line: &[char], at: usize) -> Option<Numeral> {
    let money = match line.get(at)? {
        '¥' | '￥' => "エン",
        '$' => "ドル",
        '€' => "ユーロ",
        _ => "",
    };
    let minus = matches!(line[at], '-' | '−') && at.checked_sub(1).is_none_or(|i| !line[i].is_alphanumeric());
    let mut i = at + usize::from(!money.is_empty() || minus);
    let mut whole = String::new();
    while let Some(&c) = line.get(i) {
        let digit = |n: usize| line.get(i + n).is_some_and(char::is_ascii_digit);
        if c.is_ascii_digit() {
            whole.push(c);
        } else if !(c == ',' && !whole.is_empty() && digit(1) && digit(2) && digit(3) && !digit(4)) {
            break;
        }
        i += 1;
    }
    if whole.is_empty() {
        return None;
    }
    let mut sound = if minus {
        "マイナス".to_owned()
    } else {
        String::new()
    };
    let fraction: String = match line.get(i) {
        Some('.') => line[i + 1..].iter().take_while(|c| c.is_ascii_digit()).collect(),
        _ => String::new(),
    };
    let clock: String = match line.get(i) {
        Some(':' | '：') => line[i + 1..].iter().take_while(|c| c.is_ascii_digit()).collect(),
        _ => String::new(),
    };
    if !fraction.is_empty() {
        i += 1 + fraction.len();
        sound += &decimal(&whole, &fraction);
        let (n, unit) = counter(&line[i..]).map_or((0, ""), |(n, unit, _)| (n, unit));
        return Some(done(i + n - at, sound + unit + money, n > 0));
    }
    if !clock.is_empty() && clock.len() <= 2 && whole.len() <= 2 {
        i += 1 + clock.len();
        sound += &counted(&whole, "ジ", Meeting::Hours, false);
        if clock.parse() != Ok(0) {
            sound += &counted(clock.trim_start_matches('0'), "フン", Meeting::F, false);
        }
        return Some(done(i - at, sound, true));
    }
    match counter(&line[i..]) {
        Some((n, unit, meeting)) => {
            let dated = at.checked_sub(1).is_some_and(|b| line[b] == '月');
            sound += &counted(&whole, unit, meeting, dated);
            Some(done(i + n - at, sound + money, true))
        }
        None => Some(done(i - at, sound + &cardinal(&whole) + money, !money.is_empty())),
    }
}

/// The number in kanji, with a counter behind it, that begins at `at`.
pub fn kanji(line: &[char], at: usize) -> Option<Numeral> {
    let n = line[at..]
        .iter()
        .take_while(|c| KANJI.contains(**c) || "十百千万億".contains(**c))
        .count();
    let value = value(&line[at..at + n])?;
    let (m, unit, meeting) = counter(&line[at + n..])?;
    let dated = at.checked_sub(1).is_some_and(|b| line[b] == '月');
    Some(done(n + m, counted(&value.to_string(), unit, meeting, dated), true))
}

fn done(length: usize, sound: String, counted: bool) -> Numeral {
    Numeral { length, sound, counted }
}

/// 三百二十, 二〇二四.
fn value(run: &[char]) -> Option<u64> {
    let digit = |c: char| KANJI.chars().position(|k| k == c).map(|d| d as u64);
    if run.is_empty() {
        return None;
    }
    if run.len() > 1 && run.iter().all(|&c| digit(c).is_some()) {
        return run
            .iter()
            .try_fold(0u64, |n, &c| n.checked_mul(10)?.checked_add(digit(c)?));
    }
    let (mut total, mut group, mut ones) = (0u64, 0u64, None);
    for &c in run {
        if let Some(d) = digit(c) {
            if ones.replace(d).is_some() {
                return None;
            }
            continue;
        }
        let size = match c {
            '十' => 10,
            '百' => 100,
            '千' => 1000,
            '万' => 10_000,
            _ => 100_000_000,
        };
        if size < 10_000 {
            group += ones.take().unwrap_or(1) * size;
        } else {
            let many = group + ones.take().unwrap_or(0);
            total += many.max(1) * size;
            group = 0;
        }
    }
    Some(total + group + ones.unwrap_or(0))
}

/// 3.5: サンテンゴ; 1.5: イッテンゴ.
fn decimal(whole: &str, fraction: &str) -> String {
    let whole = match whole {
        "0" => "レー".to_owned(),
        "2" => "ニー".to_owned(),
        "5" => "ゴー".to_owned(),
        _ => cardinal(whole),
    };
    let whole = ["イチ", "ハチ", "ジュー"]
        .into_iter()
        .find_map(|tail| Some(whole.strip_suffix(tail)?.to_owned() + tail.trim_end_matches(['チ', 'ー']) + "ッ"))
        .unwrap_or(whole);
    whole + "テン" + &by_digit(fraction)
}

fn by_digit(number: &str) -> String {
    number
        .chars()
        .filter_map(|c| c.to_digit(10))
        .map(|d| if d == 0 { "ゼロ" } else { ONES[d as usize] })
        .collect()
}

/// A whole number.
pub fn cardinal(number: &str) -> String {
    if number.len() > LONGEST || number.len() > 1 && number.starts_with('0') {
        return by_digit(number);
    }
    let value: u64 = number.parse().unwrap_or(0);
    if value == 0 {
        return "ゼロ".into();
    }
    let mut out = String::new();
    for (unit, size) in [
        ("チョー", 1_000_000_000_000),
        ("オク", 100_000_000),
        ("マン", 10_000),
        ("", 1),
    ] {
        let group = value / size % 10_000;
        if group > 0 {
            let digits = thousands(group);
            // 一兆 is イッチョー.
            let digits = if unit == "チョー" {
                digits.replace("イチ", "イッ")
            } else {
                digits
            };
            out += &digits;
            out += unit;
        }
    }
    out
}

/// A number below ten thousand.
fn thousands(value: u64) -> String {
    let mut out = String::new();
    for (unit, size) in [("セン", 1000), ("ヒャク", 100), ("ジュー", 10), ("", 1)] {
        let digit = value / size % 10;
        out += &match (unit, digit) {
            (_, 0) => String::new(),
            ("", d) => ONES[d as usize].to_owned(),
            (_, 1) => unit.to_owned(),
            ("セン", 3) => "サンゼン".into(),
            ("セン", 8) => "ハッセン".into(),
            ("ヒャク", 3) => "サンビャク".into(),
            ("ヒャク", 6) => "ロッピャク".into(),
            ("ヒャク", 8) => "ハッピャク".into(),
            (_, d) => ONES[d as usize].to_owned() + unit,
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_meet_their_counters() {
        for (line, want) in [
            ("2024年", "ニセンニジューヨネン"),
            ("3.5", "サンテンゴ"),
            ("1.5倍", "イッテンゴバイ"),
            ("0.1秒", "レーテンイチビョー"),
            ("50%", "ゴジュッパーセント"),
            ("100%", "ヒャクパーセント"),
            ("1人", "ヒトリ"),
            ("4人", "ヨニン"),
            ("3本", "サンボン"),
            ("1本", "イッポン"),
            ("100回", "ヒャッカイ"),
            ("20歳", "ハタチ"),
            ("18才", "ジューハッサイ"),
            ("9時", "クジ"),
            ("7:30", "シチジサンジュップン"),
            ("10分", "ジュップン"),
            ("7月", "シチガツ"),
            ("5つ", "イツツ"),
            ("1,000", "セン"),
            ("10000円", "イチマンエン"),
            ("-5℃", "マイナスゴド"),
            ("007", "ゼロゼロナナ"),
            ("¥500", "ゴヒャクエン"),
            ("365日", "サンビャクロクジューゴニチ"),
            ("3歩", "サンポ"),
            ("0", "ゼロ"),
        ] {
            let line: Vec<char> = line.chars().collect();
            let got = digits(&line, 0).unwrap();
            assert_eq!((got.sound.as_str(), got.length), (want, line.len()));
        }
        assert_eq!(digits(&['愛'], 0), None);
    }

    #[test]
    fn kanji_are_numbers_before_a_counter() {
        for (line, want) in [
            ("三人", Some("サンニン")),
            ("百回", Some("ヒャッカイ")),
            ("二十四時間", Some("ニジューヨジカン")),
            ("一万年", Some("イチマンネン")),
            ("二〇二四年", Some("ニセンニジューヨネン")),
            ("千の風", None),
            ("一二三四五六七八九〇一二三四五六七八九〇一二三年", None),
        ] {
            let line: Vec<char> = line.chars().collect();
            assert_eq!(kanji(&line, 0).map(|n| n.sound).as_deref(), want);
        }
    }
}
