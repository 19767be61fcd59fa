//! Which syllable a hanzi is: the longest phrase that is listed, then what stands beside it, then its
//! usual reading. Tables: `data/zh`, made by `tools/speech/mandarin.py`; `sung.tsv` is written by hand.

use std::{collections::BTreeMap, sync::LazyLock};

/// The longest listed phrase, in characters.
const LONGEST: usize = 8;

/// The usual reading of every character.
static USUAL: LazyLock<BTreeMap<char, &'static str>> = LazyLock::new(|| {
    let mut out = BTreeMap::new();
    for (syllable, characters) in rows(include_str!("../../data/zh/characters.txt")) {
        out.extend(characters.chars().map(|c| (c, syllable)));
    }
    for (text, said) in rows(include_str!("../../data/zh/sung.tsv")) {
        let mut chars = text.chars();
        if let (Some(c), None) = (chars.next(), chars.next()) {
            out.insert(c, said);
        }
    }
    out
});

/// Phrases in which a character is read otherwise.
static PHRASES: LazyLock<BTreeMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    rows(include_str!("../../data/zh/phrases.txt"))
        .chain(rows(include_str!("../../data/zh/sung.tsv")))
        .map(|(text, said)| (text, said.split(' ').collect()))
        .filter(|(_, said): &(_, Vec<_>)| said.len() > 1)
        .collect()
});

/// Traditional characters and the simplified ones that phrases are listed with.
static FOLDED: LazyLock<BTreeMap<char, char>> = LazyLock::new(|| {
    include_str!("../../data/zh/traditional.txt")
        .lines()
        .filter(|l| !l.starts_with('#'))
        .filter_map(|l| {
            let mut pair = l.chars();
            Some((pair.next()?, pair.next()?))
        })
        .collect()
});

fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table
        .lines()
        .filter(|l| !l.starts_with('#'))
        .filter_map(|l| l.split_once('\t'))
}

/// The pinyin of each character of an unbroken run of hanzi; the character itself if it is unknown.
pub fn readings(run: &[char]) -> Result<Vec<&'static str>, char> {
    let folded: Vec<char> = run.iter().map(|c| *FOLDED.get(c).unwrap_or(c)).collect();
    let mut out: Vec<&'static str> = Vec::with_capacity(run.len());
    while out.len() < run.len() {
        let at = out.len();
        let phrase = (2..=LONGEST.min(run.len() - at)).rev().find_map(|n| {
            let listed = |text: &[char]| PHRASES.get(text.iter().collect::<String>().as_str());
            listed(&run[at..at + n]).or_else(|| listed(&folded[at..at + n]))
        });
        if let Some(said) = phrase {
            out.extend(said);
            continue;
        }
        let said = beside(&folded, at)
            .or_else(|| USUAL.get(&run[at]).copied())
            .or_else(|| USUAL.get(&folded[at]).copied())
            .ok_or(run[at])?;
        out.push(said);
    }
    Ok(out)
}

/// What the neighbours make of a grammatical word.
fn beside(run: &[char], at: usize) -> Option<&'static str> {
    let before = |n: usize| at.checked_sub(n).map(|i| run[i]);
    let after = run.get(at + 1).copied();
    match run[at] {
        // Repeated characters: 人々, and 〻 in verse.
        '々' | '〻' => readings(&[before(1)?]).ok()?.first().copied(),
        // 忘不了, 算得了什么; but 觉得了, 获得了.
        '了' if before(1) == Some('不') => Some("liao"),
        '了' if before(1) == Some('得') && at > 1 && after.is_some() => {
            let verb = before(2).is_some_and(|c| "觉获懂记认晓值舍博赢取夺求显懒免".contains(c));
            (!verb).then_some("liao")
        }
        // 够不着, 睡得着.
        '着' if matches!(before(1), Some('不' | '得')) => Some("zhao"),
        // 慢慢地, 忽然地: how something is done; 天天地 is nothing.
        '地' if at > 1 => {
            let doubled = before(1) == before(2) || before(1) == Some('然');
            let place = after.is_some_and(|c| "方上下球图点面板震址铁区毯狱道位带平域势段里".contains(c));
            (doubled && !place).then_some("de")
        }
        // 我得走了: must. 我得到, 我得意 are something else.
        '得' => {
            let who = before(1).is_some_and(|c| "我你您他她们也".contains(c));
            let must = after.is_some_and(|c| !"到了失以意罪知不出体分奖胜逞罢力宠救志手".contains(c));
            (who && must).then_some("dei")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        let run: Vec<char> = text.chars().collect();
        readings(&run).unwrap().join(" ")
    }

    #[test]
    fn polyphones_are_read_by_their_phrase() {
        for (text, want) in [
            ("我们都长大了", "wo men dou zhang da le"),
            ("长长的路", "chang chang de lu"),
            ("银行门口放音乐", "yin hang men kou fang yin yue"),
            ("快乐地重逢", "kuai le de chong feng"),
            ("重重的行李", "zhong zhong de xing li"),
            ("忘不了你", "wang bu liao ni"),
            ("爱了就爱了", "ai le jiu ai le"),
            ("睡不着觉", "shui bu zhao jiao"),
            ("看着你睡着了", "kan zhe ni shui zhao le"),
            ("把心还给我", "ba xin huan gei wo"),
            ("还有谁还在等", "hai you shui hai zai deng"),
            ("我得走了", "wo dei zou le"),
            ("我得到了你的心", "wo de dao le ni de xin"),
            ("慢慢地离开这块土地", "man man de li kai zhe kuai tu di"),
            ("都会好的", "dou hui hao de"),
            ("花都开好了", "hua dou kai hao le"),
            ("弹着琴", "tan zhe qin"),
            ("朝阳照着你", "zhao yang zhao zhe ni"),
        ] {
            assert_eq!(said(text), want, "{text}");
        }
    }

    #[test]
    fn traditional_characters_are_read_like_simplified_ones() {
        for (many, few) in [
            ("銀行門口放音樂", "银行门口放音乐"),
            ("我們都長大了", "我们都长大了"),
            ("看著妳為什麼還覺得孤單", "看着你为什么还觉得孤单"),
            ("忘不了那個長長的夢裡", "忘不了那个长长的梦里"),
        ] {
            assert_eq!(said(many), said(few));
        }
    }

    #[test]
    fn every_reading_is_a_syllable() {
        let all = USUAL.values().chain(PHRASES.values().flatten());
        for said in all {
            assert!(crate::mandarin::pinyin::phonemes(said).is_some(), "{said}");
        }
        for (text, said) in PHRASES.iter() {
            assert_eq!(text.chars().count(), said.len(), "{text}");
            assert!(said.len() <= LONGEST, "{text}");
        }
        assert!(USUAL.len() > 20_000);
    }
}
