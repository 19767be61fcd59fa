//! The counters of Japanese and how a number and its counter change each other: 一本 is イッポン.

use super::numerals::cardinal;

/// How a counter and the number before it change each other.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Meeting {
    /// Nothing changes.
    Plain,
    /// k: いっかい, ろっかい, はっかい, じゅっかい, ひゃっかい.
    K,
    /// s, sh, ch, t: いっさい, はっさい, じゅっさい.
    S,
    /// h: いっぽん, さんぼん, ろっぽん, はっぽん, じゅっぽん, ひゃっぽん.
    H,
    /// f as in minutes: いっぷん, さんぷん, よんぷん, ろっぷん, はっぷん, じゅっぷん.
    F,
    /// よにん, ひとり, ふたり.
    People,
    /// ふつか, みっか … とおか, はつか.
    Days,
    /// しがつ, しちがつ, くがつ.
    Months,
    /// よじ, しちじ, くじ.
    Hours,
    /// よねん.
    Years,
    /// ひとつ … ここのつ.
    Things,
}

/// Counters, the longest spelling first where one begins with another.
const COUNTERS: [(&str, &str, Meeting); 75] = [
    ("時間", "ジカン", Meeting::Hours),
    ("時", "ジ", Meeting::Hours),
    ("分間", "フンカン", Meeting::F),
    ("分", "フン", Meeting::F),
    ("秒間", "ビョーカン", Meeting::Plain),
    ("秒", "ビョー", Meeting::Plain),
    ("年間", "ネンカン", Meeting::Years),
    ("年", "ネン", Meeting::Years),
    ("ヶ月", "カゲツ", Meeting::K),
    ("か月", "カゲツ", Meeting::K),
    ("カ月", "カゲツ", Meeting::K),
    ("ヵ月", "カゲツ", Meeting::K),
    ("箇月", "カゲツ", Meeting::K),
    ("月", "ガツ", Meeting::Months),
    ("日間", "ニチカン", Meeting::Days),
    ("日目", "ニチメ", Meeting::Days),
    ("日", "ニチ", Meeting::Days),
    ("週間", "シューカン", Meeting::S),
    ("世紀", "セーキ", Meeting::S),
    ("人目", "ニンメ", Meeting::People),
    ("人", "ニン", Meeting::People),
    ("名", "メー", Meeting::Plain),
    ("回目", "カイメ", Meeting::K),
    ("回", "カイ", Meeting::K),
    ("階", "カイ", Meeting::K),
    ("個", "コ", Meeting::K),
    ("コ", "コ", Meeting::K),
    ("曲", "キョク", Meeting::K),
    ("件", "ケン", Meeting::K),
    ("軒", "ケン", Meeting::K),
    ("巻", "カン", Meeting::K),
    ("キロメートル", "キロメートル", Meeting::Plain),
    ("キロ", "キロ", Meeting::Plain),
    ("カ国", "カコク", Meeting::K),
    ("歳", "サイ", Meeting::S),
    ("才", "サイ", Meeting::S),
    ("冊", "サツ", Meeting::S),
    ("章", "ショー", Meeting::S),
    ("色", "ショク", Meeting::S),
    ("周", "シュー", Meeting::S),
    ("点", "テン", Meeting::S),
    ("頭", "トー", Meeting::S),
    ("通", "ツー", Meeting::S),
    ("着", "チャク", Meeting::S),
    ("丁目", "チョーメ", Meeting::S),
    ("トン", "トン", Meeting::S),
    ("本", "ホン", Meeting::H),
    ("匹", "ヒキ", Meeting::H),
    ("杯", "ハイ", Meeting::H),
    ("発", "ハツ", Meeting::H),
    ("歩", "ホ", Meeting::H),
    ("泊", "ハク", Meeting::F),
    ("つ目", "ツメ", Meeting::Things),
    ("つ", "ツ", Meeting::Things),
    ("枚", "マイ", Meeting::Plain),
    ("台", "ダイ", Meeting::Plain),
    ("度", "ド", Meeting::Plain),
    ("番目", "バンメ", Meeting::Plain),
    ("番", "バン", Meeting::Plain),
    ("倍", "バイ", Meeting::Plain),
    ("円", "エン", Meeting::Years),
    ("号", "ゴー", Meeting::Plain),
    ("位", "イ", Meeting::Plain),
    ("代", "ダイ", Meeting::Plain),
    ("文字", "モジ", Meeting::Plain),
    ("億", "オク", Meeting::Plain),
    ("万", "マン", Meeting::Plain),
    ("メートル", "メートル", Meeting::Plain),
    ("センチ", "センチ", Meeting::S),
    ("ミリ", "ミリ", Meeting::Plain),
    ("パーセント", "パーセント", Meeting::S),
    ("%", "パーセント", Meeting::S),
    ("ドル", "ドル", Meeting::Plain),
    ("°C", "ド", Meeting::Plain),
    ("℃", "ド", Meeting::Plain),
];

/// The counter that `rest` begins with: its length, its sound, how it meets a number.
pub fn counter(rest: &[char]) -> Option<(usize, &'static str, Meeting)> {
    COUNTERS.into_iter().find_map(|(spelling, sound, meeting)| {
        let n = spelling.chars().count();
        let here = rest.len() >= n && spelling.chars().eq(rest[..n].iter().copied());
        here.then_some((n, sound, meeting))
    })
}

/// A number and its counter.
pub fn counted(number: &str, unit: &str, meeting: Meeting, dated: bool) -> String {
    let value: u64 = number.parse().unwrap_or(u64::MAX);
    let fixed = match meeting {
        Meeting::People => match value {
            1 => Some("ヒトリ"),
            2 => Some("フタリ"),
            _ => None,
        }
        .map(|s| s.to_owned() + unit.strip_prefix("ニン").unwrap_or("")),
        Meeting::Days => {
            let few = match value {
                1 if dated => Some("ツイタチ"),
                2 => Some("フツカ"),
                3 => Some("ミッカ"),
                4 => Some("ヨッカ"),
                5 => Some("イツカ"),
                6 => Some("ムイカ"),
                7 => Some("ナノカ"),
                8 => Some("ヨーカ"),
                9 => Some("ココノカ"),
                10 => Some("トーカ"),
                14 => Some("ジューヨッカ"),
                20 => Some("ハツカ"),
                24 => Some("ニジューヨッカ"),
                _ => None,
            };
            few.map(|s| s.to_owned() + unit.strip_prefix("ニチ").unwrap_or(""))
        }
        Meeting::Things => {
            let few = [
                "",
                "ヒト",
                "フタ",
                "ミッ",
                "ヨッ",
                "イツ",
                "ムッ",
                "ナナ",
                "ヤッ",
                "ココノ",
            ];
            match usize::try_from(value) {
                Ok(n @ 1..=9) => Some(few[n].to_owned() + unit),
                _ => Some(cardinal(number)),
            }
        }
        Meeting::S if unit == "サイ" && value == 20 => Some("ハタチ".to_owned()),
        _ => None,
    };
    if let Some(fixed) = fixed {
        return fixed;
    }
    let number = cardinal(number);
    let ends = |tail: &str| number.strip_suffix(tail).map(str::to_owned);
    let swap = |tail: &str, with: &str| ends(tail).map(|head| head + with);
    match meeting {
        Meeting::Plain | Meeting::Things => number + unit,
        Meeting::People | Meeting::Years | Meeting::Days => swap("ヨン", "ヨ").unwrap_or(number.clone()) + unit,
        Meeting::Hours | Meeting::Months => {
            let four = if meeting == Meeting::Hours { "ヨ" } else { "シ" };
            swap("ヨン", four)
                .or_else(|| swap("ナナ", "シチ"))
                .or_else(|| swap("キュー", "ク"))
                .unwrap_or(number.clone())
                + unit
        }
        Meeting::K | Meeting::S | Meeting::H | Meeting::F => {
            let mut stem = swap("イチ", "イッ")
                .or_else(|| swap("ハチ", "ハッ"))
                .or_else(|| swap("ジュー", "ジュッ"));
            if meeting != Meeting::S {
                stem = stem
                    .or_else(|| swap("ロク", "ロッ"))
                    // 百, 三百, 六百.
                    .or_else(|| swap("ャク", "ャッ"));
            }
            let soft = match meeting {
                Meeting::H if number.ends_with("サン") || number.ends_with("セン") || number.ends_with("マン") => {
                    1
                }
                Meeting::F if number.ends_with("サン") || number.ends_with("ヨン") => 2,
                Meeting::H | Meeting::F if stem.is_some() => 2,
                _ => 0,
            };
            stem.unwrap_or(number) + &voiced(unit, soft)
        }
    }
}

/// ホン, ボン (1), ポン (2).
fn voiced(unit: &str, steps: u32) -> String {
    let mut rest = unit.chars();
    match rest.next() {
        // ホ (walking) has サンポ, not サンボ.
        Some('ホ') if unit == "ホ" && steps == 1 => "ポ".to_owned(),
        Some(c @ ('ハ' | 'ヒ' | 'フ' | 'ヘ' | 'ホ')) => {
            char::from_u32(u32::from(c) + steps).into_iter().chain(rest).collect()
        }
        _ => unit.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sounds_change_where_number_and_counter_meet() {
        for (number, counter_text, want) in [
            ("1", "匹", "イッピキ"),
            ("3", "匹", "サンビキ"),
            ("8", "冊", "ハッサツ"),
            ("600", "回", "ロッピャッカイ"),
            ("4", "分", "ヨンプン"),
            ("14", "日", "ジューヨッカ"),
            ("14", "人", "ジューヨニン"),
            ("9", "つ", "ココノツ"),
            ("3", "歩", "サンポ"),
        ] {
            let text: Vec<char> = counter_text.chars().collect();
            let (_, unit, meeting) = counter(&text).unwrap();
            assert_eq!(counted(number, unit, meeting, false), want);
        }
        assert!(counter(&['愛']).is_none());
        // The first of a month.
        assert_eq!(counted("1", "ニチ", Meeting::Days, true), "ツイタチ");
    }
}
