//! One request over one connection. It is made by hand from name service, connection, TLS and HTTP/1.1,
//! because the address that is checked must be the address that is called: no proxy of the
//! environment, no redirect and no connection kept from earlier lies between. TLS trusts what this
//! machine trusts. ([`super::download`] follows redirects, one such request each.)

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures::future::BoxFuture;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_util::task::AbortOnDropHandle;
use url::{Host, Url};

use super::public::Reach;

/// How we introduce ourselves.
const AGENT: &str = concat!("catbird/", env!("CARGO_PKG_VERSION"));

/// How long one address may take to connect, so that the next one gets its turn.
const PATIENCE: Duration = Duration::from_secs(4);

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body, if it was wanted.
    pub body: Vec<u8>,
}

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The name service knows no such name.
    #[error("the name {0} cannot be resolved")]
    Name(String),
    /// All addresses of the name are forbidden.
    #[error("{0} is not a public address")]
    Forbidden(String),
    /// Nobody answers there.
    #[error("no connection: {0}")]
    Connect(std::io::Error),
    /// The certificate, mostly.
    #[error("no secure connection: {0}")]
    Tls(std::io::Error),
    /// This machine trusts nobody.
    #[error("this machine has no trusted certificates (install the package ca-certificates)")]
    NoRoots,
    /// The other side does not speak HTTP, or hung up.
    #[error("no answer: {0}")]
    Http(#[from] hyper::Error),
    /// The answer's body was cut off, or larger than allowed.
    #[error("the answer could not be read: {0}")]
    Body(Box<dyn std::error::Error + Send + Sync>),
    /// It took too long.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
}

type Lookup = dyn Fn(String, u16) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> + Send + Sync;

/// Calls whom it may reach.
#[derive(Clone)]
pub struct Client {
    reach: Reach,
    lookup: Arc<Lookup>,
    tls: Arc<OnceLock<Arc<ClientConfig>>>,
}

impl Client {
    /// A client that reaches so far.
    pub fn new(reach: Reach) -> Self {
        let lookup = |name: String, port| -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> {
            Box::pin(async move { Ok(tokio::net::lookup_host((name, port)).await?.map(|a| a.ip()).collect()) })
        };
        Self {
            reach,
            lookup: Arc::new(lookup),
            tls: Arc::default(),
        }
    }

    /// Whom it may reach.
    pub fn reach(&self) -> Reach {
        self.reach
    }

    /// Posts `body`; of the answer's body at most `limit` bytes are read. All takes at most `timeout`.
    pub async fn post(
        &self,
        url: &Url,
        headers: HeaderMap,
        body: Bytes,
        limit: usize,
        timeout: Duration,
    ) -> Result<Reply, CallError> {
        let call = self.call(url, headers, body, limit);
        let called = tokio::time::timeout(timeout, call).await;
        called.unwrap_or(Err(CallError::Timeout(timeout)))
    }

    async fn call(&self, url: &Url, headers: HeaderMap, body: Bytes, limit: usize) -> Result<Reply, CallError> {
        let stream = self.open(url).await?;
        let (response, _connection) = send(stream, Method::POST, url, headers, body).await?;
        let status = response.status().as_u16();
        let body = if limit == 0 {
            Vec::new()
        } else {
            let read = Limited::new(response.into_body(), limit).collect().await;
            read.map_err(CallError::Body)?.to_bytes().to_vec()
        };
        Ok(Reply { status, body })
    }

    /// A connection to whom the URL names, with TLS where it says so.
    pub(super) async fn open(&self, url: &Url) -> Result<Box<dyn Pipe>, CallError> {
        let stream = self.connect(url).await?;
        if url.scheme() != "https" {
            return Ok(Box::new(stream));
        }
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let name = ServerName::try_from(host.to_owned()).map_err(|_| CallError::Name(host.to_owned()))?;
        let stream = TlsConnector::from(self.tls()?).connect(name, stream).await;
        Ok(Box::new(stream.map_err(CallError::Tls)?))
    }

    /// The first address that is allowed and answers.
    async fn connect(&self, url: &Url) -> Result<TcpStream, CallError> {
        let port = url.port_or_known_default().unwrap_or(443);
        let addresses = match url.host() {
            Some(Host::Ipv4(address)) => vec![IpAddr::from(address)],
            Some(Host::Ipv6(address)) => vec![IpAddr::from(address)],
            Some(Host::Domain(name)) => match (self.lookup)(name.to_owned(), port).await {
                Ok(found) if !found.is_empty() => found,
                _ => return Err(CallError::Name(name.to_owned())),
            },
            None => Vec::new(),
        };
        let mut result = Err(CallError::Forbidden(url.host_str().unwrap_or_default().to_owned()));
        for address in addresses.into_iter().filter(|address| self.reach.allows(*address)) {
            let connect = TcpStream::connect(SocketAddr::new(address, port));
            result = match tokio::time::timeout(PATIENCE, connect).await {
                Ok(connected) => connected.map_err(CallError::Connect),
                Err(_) => Err(CallError::Timeout(PATIENCE)),
            };
            if result.is_ok() {
                break;
            }
        }
        result
    }

    /// Read at the first use: it opens some hundred files.
    fn tls(&self) -> Result<Arc<ClientConfig>, CallError> {
        if let Some(config) = self.tls.get() {
            return Ok(Arc::clone(config));
        }
        let mut roots = RootCertStore::empty();
        let found = rustls_native_certs::load_native_certs();
        for error in &found.errors {
            tracing::warn!(%error, "a trusted certificate cannot be read");
        }
        roots.add_parsable_certificates(found.certs);
        if roots.is_empty() {
            return Err(CallError::NoRoots);
        }
        Ok(Arc::clone(self.tls.get_or_init(|| trust(roots))))
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("reach", &self.reach)
            .finish_non_exhaustive()
    }
}

fn trust(roots: RootCertStore) -> Arc<ClientConfig> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring speaks the default versions of TLS")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}

/// A connection, with TLS or without.
pub(super) trait Pipe: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Pipe for T {}

/// Sends one request; the connection ends when what comes with the response is dropped.
pub(super) async fn send(
    stream: Box<dyn Pipe>,
    method: Method,
    url: &Url,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(Response<Incoming>, AbortOnDropHandle<Result<(), hyper::Error>>), CallError> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let connection = AbortOnDropHandle::new(tokio::spawn(connection));
    let mut request = Request::new(Full::new(body));
    *request.method_mut() = method;
    *request.uri_mut() = url[url::Position::BeforePath..]
        .parse()
        .unwrap_or_else(|_| hyper::Uri::from_static("/"));
    *request.headers_mut() = headers;
    let host = HeaderValue::from_str(&url[url::Position::BeforeHost..url::Position::AfterPort]);
    let host = host.expect("the URL parser leaves plain ASCII");
    request.headers_mut().insert(header::HOST, host);
    request
        .headers_mut()
        .insert(header::USER_AGENT, HeaderValue::from_static(AGENT));
    Ok((sender.send_request(request).await?, connection))
}

#[cfg(test)]
impl Client {
    /// A client whose name service is this.
    pub(super) fn asking(
        reach: Reach,
        lookup: impl Fn(String, u16) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> + Send + Sync + 'static,
    ) -> Self {
        let mut client = Self::new(reach);
        client.lookup = Arc::new(lookup);
        client
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;
    use tokio_rustls::rustls::ServerConfig;
    use tokio_rustls::rustls::pki_types::pem::PemObject as _;
    use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

    use super::*;

    const SOON: Duration = Duration::from_secs(5);

    fn resolving(reach: Reach, to: &'static [&'static str]) -> Client {
        Client::asking(reach, move |_, _| {
            let found = to.iter().map(|address| address.parse().unwrap()).collect();
            Box::pin(async move { Ok(found) })
        })
    }

    async fn post(client: &Client, url: &str, limit: usize) -> Result<Reply, CallError> {
        let url = Url::parse(url).unwrap();
        let body = Bytes::from_static(b"{}");
        client.post(&url, HeaderMap::new(), body, limit, SOON).await
    }

    /// Answers one connection with these bytes; what was asked.
    async fn answer(bytes: &'static [u8]) -> (u16, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            speak(&mut stream, bytes).await
        });
        (port, heard)
    }

    async fn speak(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), bytes: &[u8]) -> String {
        let mut heard = Vec::new();
        while !heard.ends_with(b"\r\n\r\n{}") {
            let mut some = [0; 4096];
            let count = stream.read(&mut some).await.unwrap();
            assert!(count > 0, "hung up after {:?}", String::from_utf8_lossy(&heard));
            heard.extend_from_slice(&some[..count]);
        }
        stream.write_all(bytes).await.unwrap();
        stream.flush().await.unwrap();
        String::from_utf8(heard).unwrap()
    }

    #[tokio::test]
    async fn a_post_and_its_answer() {
        let (port, heard) = answer(b"HTTP/1.1 201 Created\r\ncontent-length: 3\r\n\r\nyes").await;
        let client = resolving(Reach::Anywhere, &["127.0.0.1"]);
        let reply = post(&client, &format!("http://some.example:{port}/a?b=c"), 100)
            .await
            .unwrap();
        assert_eq!((reply.status, reply.body.as_slice()), (201, b"yes".as_slice()));
        let heard = heard.await.unwrap().to_ascii_lowercase();
        assert!(heard.starts_with("post /a?b=c http/1.1\r\n"), "{heard}");
        assert!(heard.contains(&format!("\r\nhost: some.example:{port}\r\n")), "{heard}");
        assert!(heard.contains("\r\ncontent-length: 2\r\n"), "{heard}");
    }

    #[tokio::test]
    async fn redirects_are_answers() {
        let (port, _) =
            answer(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n").await;
        let client = Client::new(Reach::Anywhere);
        let reply = post(&client, &format!("http://127.0.0.1:{port}/"), 0).await.unwrap();
        assert_eq!(reply.status, 302);
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_not_called() {
        for inside in [
            &["127.0.0.1"][..],
            &["10.0.0.1", "::1"],
            &["::ffff:127.0.0.1"],
            &["169.254.169.254", "fd00::1"],
        ] {
            let client = resolving(Reach::Public, inside);
            let error = post(&client, "https://rebound.example/", 0).await.unwrap_err();
            assert!(matches!(error, CallError::Forbidden(_)), "{error}");
        }
        for literal in ["http://127.0.0.1:1/", "http://[::1]:1/", "http://0x7f.1:1/"] {
            let error = post(&Client::new(Reach::Public), literal, 0).await.unwrap_err();
            assert!(matches!(error, CallError::Forbidden(_)), "{error}");
        }
    }

    #[tokio::test]
    async fn trouble_has_names() {
        let client = resolving(Reach::Anywhere, &[]);
        let error = post(&client, "http://nowhere.example/", 0).await.unwrap_err();
        assert_eq!(error.to_string(), "the name nowhere.example cannot be resolved");
        let client = Client::new(Reach::Anywhere);
        let (port, _) = answer(b"SSH-2.0-OpenSSH\r\n").await;
        let error = post(&client, &format!("http://127.0.0.1:{port}/"), 0)
            .await
            .unwrap_err();
        assert!(matches!(error, CallError::Http(_)), "{error}");
        let (port, _) = answer(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n12345").await;
        let error = post(&client, &format!("http://127.0.0.1:{port}/"), 4)
            .await
            .unwrap_err();
        assert!(matches!(error, CallError::Body(_)), "{error}");
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/", silent.local_addr().unwrap())).unwrap();
        let patience = Duration::from_millis(100);
        let error = client.post(&url, HeaderMap::new(), Bytes::new(), 0, patience).await;
        assert!(matches!(error, Err(CallError::Timeout(_))));
    }

    /// The certificate for `hooks.example` and its authority, made for this test and good until 2126.
    #[tokio::test]
    async fn certificates_are_checked_for_trust_and_name() {
        let authority = CertificateDer::from_pem_slice(include_bytes!("../../tests/tls/authority.pem")).unwrap();
        let certificate = CertificateDer::from_pem_slice(include_bytes!("../../tests/tls/hooks.pem")).unwrap();
        let key = PrivateKeyDer::from_pem_slice(include_bytes!("../../tests/tls/hooks.key")).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                if let Ok(mut stream) = acceptor.accept(stream).await {
                    speak(&mut stream, b"HTTP/1.1 204 No Content\r\n\r\n").await;
                }
            }
        });
        let trusting = resolving(Reach::Anywhere, &["127.0.0.1"]);
        let mut roots = RootCertStore::empty();
        roots.add(authority).unwrap();
        trusting.tls.set(trust(roots)).unwrap();
        let reply = post(&trusting, &format!("https://hooks.example:{port}/"), 0)
            .await
            .unwrap();
        assert_eq!(reply.status, 204);
        let error = post(&trusting, &format!("https://other.example:{port}/"), 0)
            .await
            .unwrap_err();
        assert!(matches!(error, CallError::Tls(_)), "another name: {error}");
        let strict = resolving(Reach::Anywhere, &["127.0.0.1"]);
        let error = post(&strict, &format!("https://hooks.example:{port}/"), 0)
            .await
            .unwrap_err();
        assert!(
            matches!(error, CallError::Tls(_) | CallError::NoRoots),
            "an unknown authority: {error}"
        );
    }
}
