//! What the spelling of a word betrays about its language.

use super::Evidence;

/// What the spelling of a word that is on no list says for each of [`LATIN`].
pub(super) fn hints(word: &str) -> Evidence {
    let [mut en, mut es, mut fr, mut de, mut it, mut pt] = Evidence::default();
    let has = |cs: &[char]| word.contains(cs);
    let ends = |all: &[&str]| all.iter().any(|e| word.len() > e.len() + 1 && word.ends_with(e));
    if has(&['ñ']) {
        es += 1.0;
    }
    if has(&['ß']) {
        de += 1.2;
    }
    if has(&['ä', 'ö', 'ü']) {
        de += 0.9;
    }
    if has(&['ã', 'õ']) {
        pt += 1.2;
    }
    if has(&['ç']) {
        fr += 0.5;
        pt += 0.7;
    }
    if has(&['œ', 'û', 'î', 'ë', 'ï']) {
        fr += 1.0;
    }
    if has(&['ê', 'â', 'ô']) {
        fr += 0.7;
        pt += 0.7;
    }
    if has(&['è']) {
        fr += 0.7;
        it += 0.4;
    }
    if has(&['ò', 'ì', 'ù']) {
        it += 1.0;
    }
    if has(&['à']) {
        it += 0.5;
        fr += 0.4;
        pt += 0.2;
    }
    if has(&['á', 'í', 'ó', 'ú']) {
        es += 0.7;
        pt += 0.6;
    }
    if has(&['é']) {
        fr += 0.6;
        es += 0.4;
        pt += 0.5;
    }
    if ends(&["ción", "ciones", "dad", "miento", "illo", "illa", "ió"]) {
        es += 0.6;
    }
    if ends(&["ção", "ções", "ão", "ões", "inho", "inha", "dade", "eiro", "eira"]) {
        pt += 0.8;
    }
    if ends(&[
        "zione", "zioni", "ità", "etto", "etta", "ezza", "mento", "iamo", "ino", "ina", "oso", "osa",
    ]) {
        it += 0.4;
    }
    if ends(&[
        "ung", "heit", "keit", "lich", "isch", "chen", "ern", "eln", "ige", "igen", "st", "nd",
    ]) {
        de += 0.4;
    }
    if ends(&[
        "eux", "aux", "eur", "euse", "ette", "ment", "tion", "ique", "aient", "ez", "eau", "oir", "ois", "ais", "ait",
    ]) {
        fr += 0.5;
    }
    if ends(&["ing", "ness", "tion", "ght", "ly", "ck"]) || has(&['w', 'k', 'y']) {
        en += 0.2;
    }
    if word.contains("sch") || word.contains("tz") || word.starts_with("ge") && ends(&["t", "en"]) {
        de += 0.5;
    }
    if word.contains("lh") || word.contains("nh") {
        pt += 0.5;
    }
    if word.contains("gli") || word.contains("zz") || word.contains("cch") {
        it += 0.5;
    }
    let ends_in_vowel = ends(&["o", "a", "i", "e"]);
    if ends(&["o", "a"]) {
        es += 0.25;
        it += 0.25;
        pt += 0.25;
    }
    if ends_in_vowel
        && ["tt", "cc", "ll", "nn", "pp", "bb", "ss", "mm", "ff", "gg"]
            .iter()
            .any(|d| word.contains(d))
    {
        it += 0.3;
    }
    if ends(&["os", "as", "ar", "ando", "ado", "ada"]) {
        es += 0.25;
        pt += 0.25;
    }
    if ends(&["en", "er", "est", "te", "ten"]) {
        de += 0.2;
    }
    [en, es, fr, de, it, pt]
}
