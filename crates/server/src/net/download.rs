//! Fetching a file that a caller names. Every hop of a redirect is a call of its own: its URL and the
//! address that it leads to are checked anew, so that no public host leads us inside.

use std::path::Path;
use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Method, Response};
use tokio::io::AsyncWriteExt as _;
use url::Url;

use super::client::{CallError, Client, send};
use super::public::{Reach, Refused};

/// How many redirects are followed.
const REDIRECTS: usize = 5;

/// How much of others' time and of our disk a download may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest file, bytes.
    pub bytes: u64,
    /// Everything together.
    pub total: Duration,
    /// Between two pieces, and until the answer begins.
    pub idle: Duration,
}

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// No answer came.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The answer is no file.
    #[error("the answer has the status {0}")]
    Status(u16),
    /// A redirect leads where we do not go, or nowhere.
    #[error("a redirect {0}")]
    Redirect(Refused),
    /// It leads round in circles.
    #[error("more than {REDIRECTS} redirects")]
    Redirects,
    /// The file is larger than allowed.
    #[error("larger than {0} bytes")]
    TooLarge(u64),
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It came too slowly.
    #[error("not there after {0:?}")]
    Slow(Duration),
    /// It broke off.
    #[error("broken off: {0}")]
    Broken(hyper::Error),
    /// Our disk.
    #[error("the file cannot be written: {0}")]
    Write(std::io::Error),
}

impl DownloadError {
    /// A sentence for who named the URL; none where the fault is ours. It tells nothing of the network
    /// that we stand in, and nothing of what anybody said who is no web server: whether a name is
    /// unknown or leads inside is the same to the caller.
    pub fn reason(&self) -> Option<String> {
        Some(match self {
            Self::Write(_) | Self::Call(CallError::NoRoots) => return None,
            Self::Call(CallError::Name(_) | CallError::Forbidden(_)) => {
                "Its host has no public address that we know of.".to_owned()
            }
            Self::Call(CallError::Connect(_)) => "Nobody answers there.".to_owned(),
            Self::Call(CallError::Tls(_)) => "No secure connection is possible: is its certificate valid?".to_owned(),
            Self::Call(CallError::Http(_) | CallError::Body(_)) => "What answers there is no web server.".to_owned(),
            Self::Call(CallError::Timeout(_)) => "Nobody answered in time.".to_owned(),
            Self::Status(status) => format!("The answer has the status {status} instead of 200."),
            Self::Redirect(refused) => format!("It redirects to a URL that is not fetched: it {refused}."),
            Self::Redirects => format!("It redirects more than {REDIRECTS} times."),
            Self::TooLarge(bytes) => format!("The file is larger than {}.", size(*bytes)),
            Self::Empty => "The file is empty.".to_owned(),
            Self::Slow(time) => format!("It came too slowly: it was not there after {} s.", time.as_secs_f64()),
            Self::Broken(_) => "The connection broke off in the middle of the file.".to_owned(),
        })
    }
}

/// Whole mebibytes read better than bytes.
pub fn size(bytes: u64) -> String {
    const MEBIBYTE: u64 = 1 << 20;
    if bytes >= MEBIBYTE && bytes.is_multiple_of(MEBIBYTE) {
        format!("{} MiB", bytes / MEBIBYTE)
    } else {
        format!("{bytes} bytes")
    }
}

impl Client {
    /// Writes what a URL leads to into a new file; how many bytes that are. What is left of an attempt
    /// that fails is the caller's to remove. The answer's media type is not asked: what a file is, its
    /// content tells.
    pub async fn get(&self, url: &Url, file: &Path, limits: &Limits) -> Result<u64, DownloadError> {
        let fetched = tokio::time::timeout(limits.total, self.fetch(url.clone(), file, limits)).await;
        fetched.unwrap_or(Err(DownloadError::Slow(limits.total)))
    }

    async fn fetch(&self, mut url: Url, file: &Path, limits: &Limits) -> Result<u64, DownloadError> {
        for _ in 0..=REDIRECTS {
            let stream = self.open(&url).await?;
            let headers = HeaderMap::from_iter([
                (header::ACCEPT, HeaderValue::from_static("audio/*, */*;q=0.5")),
                (header::ACCEPT_ENCODING, HeaderValue::from_static("identity")),
                (header::CONNECTION, HeaderValue::from_static("close")),
            ]);
            let asked = send(stream, Method::GET, &url, headers, Bytes::new());
            let asked = tokio::time::timeout(limits.idle, asked).await;
            let (response, _connection) = asked.map_err(|_| DownloadError::Slow(limits.idle))??;
            match response.status().as_u16() {
                200 => return save(response, file, limits).await,
                301 | 302 | 303 | 307 | 308 => {
                    let location = response.headers().get(header::LOCATION);
                    let next = next_hop(self.reach(), &url, location.and_then(|l| l.to_str().ok()));
                    url = next.map_err(DownloadError::Redirect)?;
                }
                status => return Err(DownloadError::Status(status)),
            }
        }
        Err(DownloadError::Redirects)
    }
}

/// Where a redirect leads, if we go there.
fn next_hop(reach: Reach, url: &Url, location: Option<&str>) -> Result<Url, Refused> {
    let next = location.and_then(|location| url.join(location).ok());
    reach.check(next.ok_or(Refused::NoUrl)?.as_str())
}

async fn save(response: Response<Incoming>, file: &Path, limits: &Limits) -> Result<u64, DownloadError> {
    let mut body = response.into_body();
    // What the answer announces; a chunked one announces nothing.
    if body.size_hint().lower() > limits.bytes {
        return Err(DownloadError::TooLarge(limits.bytes));
    }
    let mut file = tokio::fs::File::create_new(file).await.map_err(DownloadError::Write)?;
    let mut bytes = 0;
    loop {
        let frame = tokio::time::timeout(limits.idle, body.frame()).await;
        let Some(frame) = frame.map_err(|_| DownloadError::Slow(limits.idle))? else {
            break;
        };
        let Ok(data) = frame.map_err(DownloadError::Broken)?.into_data() else {
            continue;
        };
        bytes += data.len() as u64;
        if bytes > limits.bytes {
            return Err(DownloadError::TooLarge(limits.bytes));
        }
        file.write_all(&data).await.map_err(DownloadError::Write)?;
    }
    file.flush().await.map_err(DownloadError::Write)?;
    if bytes == 0 {
        return Err(DownloadError::Empty);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::io::AsyncReadExt as _;
    use tokio::net::TcpListener;

    use super::*;

    const LIMITS: Limits = Limits {
        bytes: 1000,
        total: Duration::from_secs(5),
        idle: Duration::from_millis(300),
    };

    /// Answers each connection with what `answer` gives for the request; `{port}` is its own port.
    async fn server(answer: impl Fn(&str) -> String + Send + Sync + 'static) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let answer = Arc::new(answer);
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let answer = Arc::clone(&answer);
                tokio::spawn(async move {
                    let mut heard = Vec::new();
                    while !heard.ends_with(b"\r\n\r\n") {
                        let mut some = [0; 4096];
                        let count = stream.read(&mut some).await.unwrap();
                        if count == 0 {
                            return;
                        }
                        heard.extend_from_slice(&some[..count]);
                    }
                    let said = answer(&String::from_utf8_lossy(&heard)).replace("{port}", &port.to_string());
                    stream.write_all(said.as_bytes()).await.unwrap();
                    if said.contains("x-stay: yes") {
                        tokio::time::sleep(Duration::from_secs(30)).await;
                    }
                });
            }
        });
        port
    }

    fn to(addresses: &'static [&'static str]) -> impl Fn(String, u16) -> Found + Send + Sync + 'static {
        move |_, _| {
            let found = addresses.iter().map(|a| a.parse().unwrap()).collect();
            Box::pin(async move { Ok(found) })
        }
    }

    type Found = futures::future::BoxFuture<'static, std::io::Result<Vec<IpAddr>>>;

    async fn get(client: &Client, url: &str) -> Result<Vec<u8>, DownloadError> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        let bytes = client.get(&Url::parse(url).unwrap(), &file, &LIMITS).await?;
        let read = std::fs::read(file).unwrap();
        assert_eq!(read.len() as u64, bytes);
        Ok(read)
    }

    fn redirect(status: u16, location: &str) -> String {
        format!("HTTP/1.1 {status} Moved\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n")
    }

    fn ok(body: &str) -> String {
        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    }

    #[tokio::test]
    async fn a_file_comes_whole_also_over_redirects_and_in_chunks() {
        let port = server(|request| {
            assert!(
                request.to_lowercase().contains("\r\naccept-encoding: identity\r\n"),
                "{request}"
            );
            match request.split(' ').nth(1).unwrap() {
                "/1" => redirect(301, "/2?a=b"),
                "/2?a=b" => redirect(302, "http://other.example:{port}/3"),
                "/3" => redirect(303, "4"),
                "/4" => redirect(307, "//again.example:{port}/5"),
                "/5" => redirect(308, "/file"),
                "/file" => {
                    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n".into()
                }
                _ => ok("short"),
            }
        })
        .await;
        let client = Client::asking(Reach::Anywhere, to(&["127.0.0.1"]));
        assert_eq!(
            get(&client, &format!("http://a.example:{port}/1")).await.unwrap(),
            b"abcde"
        );
        assert_eq!(
            get(&client, &format!("http://a.example:{port}/x")).await.unwrap(),
            b"short"
        );
    }

    #[tokio::test]
    async fn what_is_no_file_has_a_reason() {
        let long = "x".repeat(1001);
        let port = server(move |request| match request.split(' ').nth(1).unwrap() {
            "/loop" => redirect(302, "/loop"),
            "/nowhere" => "HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n".into(),
            "/file-scheme" => redirect(302, "file:///etc/passwd"),
            "/large" => ok(&long),
            "/lie" => format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3e9\r\n{long}\r\n0\r\n\r\n"),
            "/empty" => ok(""),
            "/short" => "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc".into(),
            "/banner" => "SSH-2.0-OpenSSH_9.7 secret\r\n".into(),
            "/stall" => "HTTP/1.1 200 OK\r\nx-stay: yes\r\ncontent-length: 10\r\n\r\nabc".into(),
            "/part" => "HTTP/1.1 206 Partial\r\ncontent-length: 3\r\n\r\nabc".into(),
            _ => "HTTP/1.1 404 Not Found\r\ncontent-length: 6\r\n\r\nsecret".into(),
        })
        .await;
        let client = Client::new(Reach::Anywhere);
        for (path, reason) in [
            ("loop", "It redirects more than 5 times."),
            (
                "nowhere",
                "It redirects to a URL that is not fetched: it should be an https URL.",
            ),
            (
                "file-scheme",
                "It redirects to a URL that is not fetched: it should be an https URL.",
            ),
            ("large", "The file is larger than 1000 bytes."),
            ("lie", "The file is larger than 1000 bytes."),
            ("empty", "The file is empty."),
            ("short", "The connection broke off in the middle of the file."),
            ("banner", "What answers there is no web server."),
            ("stall", "It came too slowly: it was not there after 0.3 s."),
            ("part", "The answer has the status 206 instead of 200."),
            ("x", "The answer has the status 404 instead of 200."),
        ] {
            let error = get(&client, &format!("http://127.0.0.1:{port}/{path}"))
                .await
                .unwrap_err();
            assert_eq!(error.reason().as_deref(), Some(reason), "{path}: {error}");
        }
        let error = get(&client, "http://127.0.0.1:1/").await.unwrap_err();
        assert_eq!(error.reason().as_deref(), Some("Nobody answers there."));
    }

    #[tokio::test]
    async fn nobody_inside_is_reached_by_a_name_or_a_redirect() {
        let inside = "Its host has no public address that we know of.";
        let client = Client::asking(Reach::Public, to(&["10.0.0.1", "::1"]));
        let error = get(&client, "https://rebound.example/").await.unwrap_err();
        assert_eq!(error.reason().as_deref(), Some(inside));
        let unknown = Client::asking(Reach::Public, to(&[]));
        let error = get(&unknown, "https://unknown.example/").await.unwrap_err();
        assert_eq!(error.reason().as_deref(), Some(inside), "the same as an unknown name");
        // What a redirect names is checked as what a caller names.
        let here = Url::parse("https://a.example/song").unwrap();
        for (location, refused) in [
            ("https://127.0.0.1/x", Refused::Private),
            ("//[::1]/", Refused::Private),
            ("https://2130706433/", Refused::Private),
            ("https://localhost/", Refused::Private),
            ("http://a.example/", Refused::NoUrl),
            ("https://user@b.example/", Refused::Credentials),
            ("https://b.example:22/", Refused::Port),
        ] {
            assert_eq!(
                next_hop(Reach::Public, &here, Some(location)),
                Err(refused),
                "{location}"
            );
        }
        let next = next_hop(Reach::Public, &here, Some("/b?c#d")).unwrap();
        assert_eq!(next.as_str(), "https://a.example/b?c");
    }

    /// A name that is public when it is checked and private when it is called: only the call counts.
    #[tokio::test]
    async fn the_name_service_is_asked_anew_for_each_hop() {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let client = Client::asking(Reach::Anywhere, move |_, _| {
            let found = if count.fetch_add(1, Ordering::SeqCst) == 0 {
                vec!["127.0.0.1".parse().unwrap()]
            } else {
                Vec::new()
            };
            Box::pin(async move { Ok(found) })
        });
        let port = server(|_| redirect(302, "http://a.example:{port}/next")).await;
        let error = get(&client, &format!("http://a.example:{port}/")).await.unwrap_err();
        assert!(matches!(error, DownloadError::Call(CallError::Name(_))), "{error}");
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }
}
