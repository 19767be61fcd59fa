//! Finished files over HTTP (RFC 9110, sections 13 and 14).

use reqwest::Method;

use crate::app::{Answer, TestApp, song};

struct Shelf {
    app: TestApp,
    path: String,
    whole: Answer,
}

impl Shelf {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let id = app.task(&song()).await;
        app.finish(&id).await;
        let path = format!("/files/song-{id}.wav");
        let whole = TestApp::send(app.client.get(app.url(&path))).await;
        Self { app, path, whole }
    }

    async fn get(&self, method: Method, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.app.client.request(method, self.app.url(&self.path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        TestApp::send(request).await
    }
}

#[tokio::test]
async fn a_whole_file_without_a_key() {
    let shelf = Shelf::new().await;
    let whole = &shelf.whole;
    assert_eq!(
        (whole.status.as_u16(), whole.header("content-type")),
        (200, "audio/wav")
    );
    assert_eq!(whole.header("content-length"), whole.bytes.len().to_string());
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert_eq!(whole.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(whole.header("etag").len(), 66, "a quoted SHA-256");
    assert_eq!(whole.bytes.len(), 44 + 2 * 44_100 * 4);
    let head = shelf.get(Method::HEAD, &[]).await;
    assert_eq!((head.status.as_u16(), head.bytes.len()), (200, 0));
    assert_eq!(head.header("content-length"), whole.bytes.len().to_string());
    assert_eq!(head.header("etag"), whole.header("etag"));
}

#[tokio::test]
async fn other_kinds_have_their_types() {
    let shelf = Shelf::new().await;
    for (extension, media_type) in [
        ("mp3", "audio/mpeg"),
        ("mid", "audio/midi"),
        ("lrc", "text/plain; charset=utf-8"),
    ] {
        let path = shelf.path.replace(".wav", &format!(".{extension}"));
        let answer = shelf.app.get(&path).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (200, media_type)
        );
    }
}

#[tokio::test]
async fn ranges() {
    let shelf = Shelf::new().await;
    let size = shelf.whole.bytes.len();
    let last = size - 1;
    for (range, from, to) in [
        ("bytes=0-9".to_owned(), 0, 9),
        ("bytes=100-100".to_owned(), 100, 100),
        (format!("bytes={}-", size - 7), size - 7, last),
        ("bytes=-5".to_owned(), size - 5, last),
        (format!("bytes=-{}", size * 2), 0, last),
        (format!("bytes=200000-{}", size * 9), 200_000, last),
    ] {
        let part = shelf.get(Method::GET, &[("range", &range)]).await;
        assert_eq!(part.status.as_u16(), 206, "{range}");
        assert_eq!(part.header("content-range"), format!("bytes {from}-{to}/{size}"));
        assert_eq!(part.header("content-length"), (to - from + 1).to_string());
        assert!(part.bytes == shelf.whole.bytes[from..=to], "{range}");
    }
    for ignored in ["bytes=9-0", "bytes=0-1,4-5", "lines=0-9", "bytes=x-y"] {
        let answer = shelf.get(Method::GET, &[("range", ignored)]).await;
        assert_eq!((answer.status.as_u16(), answer.bytes.len()), (200, size), "{ignored}");
    }
    for past in [format!("bytes={size}-"), "bytes=-0".to_owned()] {
        let answer = shelf.get(Method::GET, &[("range", &past)]).await;
        answer.assert_error(416, "range_not_satisfiable", "The file has no bytes in this range.");
        assert_eq!(answer.header("content-range"), format!("bytes */{size}"));
    }
    let head = shelf.get(Method::HEAD, &[("range", "bytes=0-9")]).await;
    assert_eq!(
        (head.status.as_u16(), head.header("content-length"), head.bytes.len()),
        (206, "10", 0)
    );
}

#[tokio::test]
async fn tags() {
    let shelf = Shelf::new().await;
    let tag = shelf.whole.header("etag").to_owned();
    for tags in [
        tag.clone(),
        format!("W/{tag}"),
        format!("\"other\", {tag}"),
        "*".to_owned(),
    ] {
        let answer = shelf.get(Method::GET, &[("if-none-match", &tags)]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.bytes.len(), answer.header("etag")),
            (304, 0, tag.as_str()),
            "{tags}"
        );
    }
    assert_eq!(
        shelf.get(Method::GET, &[("if-none-match", "\"other\"")]).await.status,
        200
    );
    let same = shelf
        .get(Method::GET, &[("range", "bytes=0-9"), ("if-range", &tag)])
        .await;
    assert_eq!((same.status.as_u16(), same.bytes.len()), (206, 10));
    for changed in ["\"other\"", "Wed, 21 Oct 2015 07:28:00 GMT"] {
        let answer = shelf
            .get(Method::GET, &[("range", "bytes=0-9"), ("if-range", changed)])
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.bytes.len()),
            (200, shelf.whole.bytes.len()),
            "{changed}"
        );
    }
}

#[tokio::test]
async fn names_that_are_no_files() {
    let shelf = Shelf::new().await;
    for name in [
        "song-unknown.wav",
        "..%2F..%2Fcatbird.db",
        "%2Fetc%2Fpasswd",
        "a'; DROP TABLE files; --",
    ] {
        let answer = shelf.app.get(&format!("/files/{name}")).await;
        answer.assert_error(404, "not_found", "File not found.");
    }
}

#[tokio::test]
async fn the_same_bytes_are_stored_once() {
    let app = TestApp::new().await;
    let mut tags = Vec::new();
    for _ in 0..2 {
        let mut request = song();
        request["seed"] = 11.into();
        let id = app.task(&request).await;
        app.finish(&id).await;
        tags.push(
            app.get(&format!("/files/song-{id}.wav"))
                .await
                .header("etag")
                .to_owned(),
        );
    }
    assert_eq!(tags[0], tags[1]);
    let key = tags[0].trim_matches('"');
    assert!(app.config.data.join("objects").join(&key[..2]).join(key).is_file());
}
