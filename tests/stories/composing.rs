//! `catbird compose`: the files, and that they are the same every time.

use std::{collections::BTreeMap, fs, path::Path, process::Stdio};

use super::program::{catbird, folder, one_sentence, output, path, turn, words_of};

const WORDS: &str = "[verse]\nA small grey bird begins to call\nMorning light on the garden wall\n\
                     [chorus]\nSing me the morning, sing me the day\n";

/// Every file below a folder with its bytes.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, folder: &Path, into: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, into);
            } else {
                let name = path.strip_prefix(root).unwrap().display().to_string();
                into.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut all = BTreeMap::new();
    walk(root, root, &mut all);
    all
}

fn compose(out: &Path, words: &Path, seed: &str, threads: &str) -> BTreeMap<String, Vec<u8>> {
    let arguments = [
        "compose",
        "--lyrics",
        path(words),
        "--tags",
        "pop, bright",
        "--voice",
        "female",
    ];
    let mut command = catbird(&arguments);
    command
        .args(["--seconds", "30", "--seed", seed, "--out", path(out)])
        .env("RAYON_NUM_THREADS", threads);
    let done = output(&mut command);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let listed = String::from_utf8(done.stdout).unwrap();
    let all = files(out);
    assert_eq!(
        listed.lines().count(),
        all.len(),
        "standard output lists the files: {listed}"
    );
    all
}

#[test]
fn the_same_seed_is_the_same_song_on_any_number_of_threads() {
    let _turn = turn();
    let folder = folder();
    let words = folder.path().join("words.txt");
    fs::write(&words, WORDS).unwrap();
    let one = compose(&folder.path().join("one"), &words, "7", "1");
    for name in [
        "song.wav",
        "song.mp3",
        "song.mid",
        "score.json",
        "lyrics.lrc",
        "stems/vocals_dry.wav",
    ] {
        assert!(one.contains_key(name), "{name} is missing: {:?}", one.keys());
    }
    assert!(
        one.keys().filter(|k| k.starts_with("stems/")).count() >= 4,
        "{:?}",
        one.keys()
    );

    let two = compose(&folder.path().join("two"), &words, "7", "2");
    assert!(one.keys().eq(two.keys()));
    for (name, bytes) in &one {
        assert!(*bytes == two[name], "{name} differs between one thread and two");
    }
    let other = compose(&folder.path().join("other"), &words, "8", "2");
    assert!(one["song.wav"] != other["song.wav"], "another seed is another song");
}

#[test]
fn words_may_come_through_a_pipe_and_music_without_words() {
    let _turn = turn();
    let folder = folder();
    let out = folder.path().join("piped");
    let mut command = catbird(&[
        "compose",
        "--lyrics",
        "-",
        "--seconds",
        "30",
        "--seed",
        "1",
        "--out",
        path(&out),
    ]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), WORDS.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    let sung = words_of(&fs::read_to_string(out.join("lyrics.lrc")).unwrap());
    assert!(sung.contains("Morning light on the garden wall"), "{sung}");

    let out = folder.path().join("rain");
    let arguments = [
        "compose",
        "slow piano for a rainy evening",
        "--instrumental",
        "--seconds",
        "5",
        "--bpm",
        "72",
    ];
    let done = output(catbird(&arguments).args(["--key", "D minor", "--title", "Rain", "--out", path(&out)]));
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{said}");
    assert!(said.contains("seed "), "the seed that was drawn is told: {said}");
    let made = files(&out);
    assert!(
        !made.contains_key("lyrics.lrc") && !made.contains_key("stems/vocals_dry.wav"),
        "{:?}",
        made.keys()
    );
    assert_eq!(made["song.wav"].len(), 44 + 5 * 44_100 * 4);
}

#[test]
fn what_cannot_be_sung_is_refused_before_anything_is_written() {
    let folder = folder();
    let out = folder.path().join("out");
    let words = folder.path().join("words.txt");
    let compose = |arguments: &[&str]| one_sentence(catbird(&["compose", "--out", path(&out)]).args(arguments));

    let said = compose(&["--lyrics", path(&words)]);
    assert!(said.contains("cannot read the lyrics"), "{said}");
    fs::write(&words, "  \n").unwrap();
    assert!(compose(&["--lyrics", path(&words)]).contains("holds no words"));
    fs::write(&words, b"caf\xe9").unwrap();
    assert!(compose(&["--lyrics", path(&words)]).contains("not UTF-8"));
    fs::write(&words, "[verse]\nУтренний ветер стучит в окно\nптицы поют").unwrap();
    let said = compose(&["--lyrics", path(&words)]);
    assert!(
        said.contains("Input language not supported: text in the Cyrillic script"),
        "{said}"
    );
    fs::write(&words, "[pron: zorblax = /q8/]\nMy zorblax and I").unwrap();
    let said = compose(&["--lyrics", path(&words)]);
    assert!(said.contains("The pronunciation of “zorblax” cannot be read"), "{said}");
    fs::write(&words, WORDS.repeat(12)).unwrap();
    let said = compose(&["--lyrics", path(&words), "--seconds", "30"]);
    assert!(said.contains("too short to sing them"), "{said}");
    assert!(compose(&[]).contains("nothing to compose"));
    assert!(!out.exists(), "an empty folder is left behind");
}

#[test]
fn a_style_of_ones_own_is_asked_for_by_its_tag_and_a_broken_one_is_refused_by_its_name() {
    let folder = folder();
    let styles = folder.path().join("styles");
    fs::create_dir(&styles).unwrap();
    // As docs/styles.md says: begun with a copy of the nearest built-in one.
    let reggae = fs::read_to_string("crates/music/data/styles/reggae.toml").unwrap();
    let mut own = toml_with(&reggae, "id", "\"wharf_dub\"");
    own = toml_with(&own, "tags", "[\"wharf dub\"]");
    own = toml_with(&own, "tempo", "[60, 61, 62]");
    fs::write(styles.join("wharf_dub.toml"), &own).unwrap();
    fs::write(styles.join("notes.txt"), "no style").unwrap();
    let compose = |out: &Path, tags: &str| {
        catbird(&[
            "compose",
            "--styles",
            path(&styles),
            "--tags",
            tags,
            "--instrumental",
            "--seconds",
            "6",
            "--seed",
            "3",
            "--out",
            path(out),
        ])
    };
    for (tags, id) in [("wharf dub, horns", "wharf_dub"), ("reggae", "reggae")] {
        let out = folder.path().join(id);
        let done = output(&mut compose(&out, tags));
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let score: serde_json::Value = serde_json::from_slice(&fs::read(out.join("score.json")).unwrap()).unwrap();
        assert_eq!(score["style"], id, "{tags}");
        let bpm = score["tempo"]["marks"][0]["bpm"].as_f64().unwrap();
        assert_eq!((60.0..=62.0).contains(&bpm), id == "wharf_dub", "{bpm} beats a minute");
    }
    for (key, value, why) in [
        ("tempo", "[60, nan, 62]", "tempo"),
        ("label", "\"Wharf\"", "Bossa Nova"),
        ("forms", "[\"verse:9999\"]", "1 to 64"),
        ("id", "\"wharf_dub", "wharf_dub.toml"),
    ] {
        fs::write(styles.join("wharf_dub.toml"), toml_with(&own, key, value)).unwrap();
        let out = folder.path().join("refused");
        let said = one_sentence(&mut compose(&out, "wharf dub"));
        assert!(said.contains("wharf_dub.toml") && said.contains(why), "{said}");
        assert!(!out.exists(), "an empty folder is left behind");
    }
}

/// A style file whose top-level `key`, of one line or several, has another value.
fn toml_with(text: &str, key: &str, value: &str) -> String {
    let start = format!("{key} = ");
    let mut open = 0;
    let mut lines = vec![format!("{key} = {value}")];
    let mut found = false;
    for line in text.lines() {
        let here = !found && line.starts_with(&start);
        found |= here;
        if here || open > 0 {
            open += line.matches('[').count() as i32 - line.matches(']').count() as i32;
        } else {
            lines.push(line.to_owned());
        }
    }
    lines.join("\n")
}
