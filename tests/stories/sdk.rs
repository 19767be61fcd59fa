//! The vendor's own Python client, unmodified, against the real server: `tests/sdk/suite.py` and
//! `tests/sdk/families.py`.

use std::{path::Path, process::Command};

use crate::program::{KEY, Server, catbird, folder, output, path, turn};

/// Where `.ci/run` puts the client (`pip install --target`).
const CLIENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/python");

#[test]
fn the_vendor_s_client_works_by_changing_its_address() {
    run("suite.py");
}

#[test]
fn the_vendor_s_client_brings_recordings_in_and_speaks_to_the_other_families() {
    run("families.py");
}

fn run(suite: &str) {
    if !Path::new(CLIENT).join("musicapi").is_dir() {
        println!("skipped: the client is not there: python3 -m pip install --target target/python musicapi-sdk==0.1.0");
        assert!(
            option_env!("CATBIRD_TEST_SKIP") != Some("forbidden"),
            "nothing may be skipped here"
        );
        return;
    }
    let _turn = turn();
    let folder = folder();
    let data = folder.path().join("data");
    // What is brought in lies on the server itself.
    // Its `create_voice` has no field for the singer's consent, so this operator has it from all callers.
    let settings = [
        ("CATBIRD_ALLOW_PRIVATE_URLS", "true"),
        ("CATBIRD_SUNO__VOICE_CONSENT", "agreed"),
    ];
    let server = Server::start(&data, &settings);
    let poor = output(&mut catbird(&[
        "keys",
        "create",
        "--name",
        "poor",
        "--credits",
        "0",
        "--data",
        path(&data),
    ]));
    let poor = String::from_utf8(poor.stdout).expect("a key is text");
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdk").join(suite);
    let run = Command::new("python3")
        .arg(suite)
        .env("PYTHONPATH", CLIENT)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("CATBIRD_URL", server.url())
        .env("CATBIRD_KEY", KEY)
        .env("CATBIRD_POOR_KEY", poor.trim())
        .output()
        .expect("python3 runs");
    let said = String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
    println!("{said}");
    assert!(run.status.success() && said.contains("all of it works"), "{said}");
}
