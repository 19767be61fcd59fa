//! `[pron: word = respelling]`: how a word of the lyrics is to be said. Such a tag is never sung or shown.

/// What may stand before the colon.
const NAMES: [&str; 4] = ["pron", "pronounce", "pronunciation", "say"];

/// The text without its pronunciation tags, and what they say. A row that held nothing else is gone, so
/// that it does not part two stanzas.
pub fn take_out(text: &str) -> (String, Vec<String>) {
    let mut found = Vec::new();
    let mut rows = Vec::new();
    for row in text.split('\n') {
        let before = found.len();
        let mut rest = row;
        let mut kept = String::new();
        while let Some((head, inside, tail)) = bracket(rest) {
            match entry(inside) {
                Some(entry) => {
                    kept.push_str(head);
                    found.push(entry.to_owned());
                }
                None => kept.push_str(&rest[..rest.len() - tail.len()]),
            }
            rest = tail;
        }
        kept.push_str(rest);
        if found.len() == before || !kept.trim().is_empty() {
            rows.push(kept);
        }
    }
    (rows.join("\n"), found)
}

/// What stands before, in and behind the first pair of brackets.
fn bracket(row: &str) -> Option<(&str, &str, &str)> {
    let open = row.find('[')?;
    let close = open + row[open..].find(']')?;
    Some((&row[..open], &row[open + 1..close], &row[close + 1..]))
}

fn entry(inside: &str) -> Option<&str> {
    let (name, said) = inside.split_once(':')?;
    NAMES
        .iter()
        .any(|n| name.trim().eq_ignore_ascii_case(n))
        .then_some(said.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_taken_out_wherever_they_stand() {
        let text =
            "[pron: Catbird = KAT-burd]\n[Verse]\nCatbird sings [Pron: Nguyen = /wˈɪn/] tonight\n[softly: yes]\n\nla";
        let (rest, found) = take_out(text);
        assert_eq!(rest, "[Verse]\nCatbird sings  tonight\n[softly: yes]\n\nla");
        assert_eq!(found, ["Catbird = KAT-burd", "Nguyen = /wˈɪn/"]);
        assert_eq!(take_out("no tag\n\n[x").0, "no tag\n\n[x");
    }
}
