//! The page at `/`, driven as a person would.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use super::{
    browser::Browser,
    program::{KEY, Server, folder, turn},
};

const SONG: Duration = Duration::from_mins(5);

/// Keeps a picture where a person can look at it after the test.
async fn keep_picture(browser: &Browser, name: &str) {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let mut child = Command::new("base64")
        .arg("-d")
        .stdin(Stdio::piped())
        .stdout(fs::File::create(&file).unwrap())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), browser.picture().await.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    println!("picture: {}", file.display());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_is_made_heard_and_kept_in_the_browser() {
    let _turn = turn();
    let Some(browser) = Browser::open().await else {
        assert!(
            option_env!("CATBIRD_TEST_SKIP") != Some("forbidden"),
            "nothing may be skipped here, and there is no chromium"
        );
        println!("skipped: no chromium");
        return;
    };
    let folder = folder();
    let server = Server::start(&folder.path().join("data"), &[]);
    browser.go(server.url()).await;

    // What is missing is said in words, before anything is sent.
    browser.click("#make").await;
    assert_eq!(
        browser
            .run("return document.querySelector('#problem').textContent")
            .await,
        "Enter your key first."
    );
    browser.write("#key", KEY).await;
    browser.click("#make").await;
    assert_eq!(
        browser
            .run("return document.querySelector('#problem').textContent")
            .await,
        "Write some words to sing."
    );
    browser
        .until(
            "return document.querySelector('#credits').textContent === '1000 credits'",
            SONG,
        )
        .await;

    browser.write("#lyrics", "[verse]\nA small grey bird begins to call\nMorning light on the garden wall\n[chorus]\nSing me the morning, sing me the day").await;
    browser.write("#vocal-genre", "Folk").await;
    browser.write("#vocal-gender", "Female").await;
    browser.write("#vocal-seconds", "500").await;
    browser.click("#make").await;
    assert_eq!(
        browser
            .run("return document.querySelector('#problem').textContent")
            .await,
        "The length must be 30 to 240 seconds."
    );
    browser
        .run("document.querySelector('#vocal-seconds').value = '30'")
        .await;
    browser.click("#make").await;

    // Live progress with the step's name, then the player.
    browser.until("return /(singing|playing|mixing|mastering|encoding)/.test(document.querySelector('#songs li [role=status]')?.textContent)", SONG).await;
    keep_picture(&browser, "page-making.png").await;
    browser
        .until("return document.querySelector('#songs audio') !== null", SONG)
        .await;
    let heard = browser.run(
        "const player = document.querySelector('#songs audio'); await player.play(); \
         await new Promise((go, stop) => { setTimeout(stop, 20000, 'it does not play'); \
           player.addEventListener('timeupdate', () => player.currentTime > 0.3 && go()); }); \
         player.pause(); return player.duration",
    );
    let seconds = heard.await.as_f64().unwrap();
    assert!((seconds - 30.0).abs() < 0.05, "{seconds}");
    let links = browser.run(
        "const links = [...document.querySelectorAll('#songs .links a')]; \
         return Promise.all(links.map(async (a) => `${a.textContent} ${(await fetch(a.href)).status}`))",
    );
    assert_eq!(
        links.await,
        serde_json::json!(["WAV 200", "MP3 200", "MIDI 200", "Lyrics (LRC) 200"])
    );
    keep_picture(&browser, "page-made.png").await;

    // An instrumental, on a phone; then a new visit still knows both songs and the key.
    browser.size(390, 844).await;
    browser.click("#tab-bgm").await;
    browser.write("#description", "a small chime for a door").await;
    browser.write("#bgm-seconds", "2").await;
    browser
        .run("document.querySelectorAll('#bgm-labels details').forEach((d) => d.open = true)")
        .await;
    browser
        .run("document.querySelector('input[name=bgm-instrument][value=harp]').click()")
        .await;
    browser.run("document.querySelector('#make').scrollIntoView()").await;
    browser.click("#make").await;
    browser
        .until("return document.querySelectorAll('#songs audio').length === 2", SONG)
        .await;
    browser.go(server.url()).await;
    browser
        .until("return document.querySelectorAll('#songs audio').length === 2", SONG)
        .await;
    browser
        .until(
            "return document.querySelector('#credits').textContent === '980 credits'",
            SONG,
        )
        .await;
    let wide = browser
        .run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
        .await;
    assert_eq!(wide, 0, "the page is wider than the window");
    keep_picture(&browser, "page-phone.png").await;

    // A refusal of the server, in words.
    browser
        .run("const key = document.querySelector('#key'); key.value = 'wrong'; key.dispatchEvent(new Event('change'))")
        .await;
    browser
        .until(
            "return document.querySelector('#credits').textContent === 'unknown key'",
            SONG,
        )
        .await;
    browser.click("#tab-bgm").await;
    browser.write("#description", "x").await;
    browser.click("#make").await;
    browser
        .until(
            "return document.querySelector('#problem').textContent.startsWith('This key is not known here')",
            SONG,
        )
        .await;
    let errors = browser.errors().await;
    // The browser itself reports the refused requests of the last steps, and nothing else.
    assert!(errors.iter().all(|e| e.contains("401")), "{errors:?}");
}

#[test]
fn the_page_offers_every_label_and_needs_nothing_from_elsewhere() {
    let page = include_str!("../../crates/server/page/index.html");
    let labels = page
        .split(r#"id="labels">"#)
        .nth(1)
        .unwrap()
        .split("</script>")
        .next()
        .unwrap();
    let labels: serde_json::Value = serde_json::from_str(labels).unwrap();
    let count = |kind: &str, list: &str| labels[kind][list].as_array().unwrap().len();
    assert_eq!(
        ["genre", "mood", "timbre", "gender"].map(|l| count("vocal", l)),
        [23, 13, 9, 2]
    );
    assert_eq!(
        ["genre", "mood", "instrument", "theme"].map(|l| count("bgm", l)),
        [47, 52, 25, 28]
    );
    let addresses: Vec<_> = page
        .match_indices("//")
        .filter(|(at, _)| page[..*at].ends_with("http:") || page[..*at].ends_with("https:"))
        .collect();
    // Only the namespace of the icon's SVG.
    assert_eq!(addresses.len(), 1, "the page loads nothing from elsewhere");
}
