//! How many polls a second: `GET task` of a running and of a finished song against a bare axum
//! handler that answers the same bytes, same machine, same clients. `cargo bench -p catbird-server`.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::{Json, Router, routing};
use catbird_score::{Brief, Labels};
use catbird_server::engine::{Engine, Fault, Job, Take, TakeFile, async_trait};
use catbird_server::{Config, admin};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const CLIENTS: usize = 16;
const SPAN: Duration = Duration::from_secs(3);

/// Ends the first song, never the others.
struct Still;

#[async_trait]
impl Engine for Still {
    fn name(&self) -> &'static str {
        "still"
    }

    async fn run(&self, brief: &Brief, job: &Job) -> Result<Vec<Take>, Fault> {
        job.step("mix", 0.5);
        if brief.lyrics.as_deref().is_some_and(|lyrics| lyrics.contains("wait")) {
            std::future::pending::<()>().await;
        }
        let path = job.scratch().join("song.wav");
        std::fs::write(&path, "no music").map_err(anyhow::Error::from)?;
        let wav = TakeFile {
            role: "wav".into(),
            media_type: "audio/wav".into(),
            extension: "wav".into(),
            path,
        };
        let (title, details) = (String::new(), Value::Null);
        Ok(vec![Take {
            title,
            seconds: 1.0,
            labels: Labels::default(),
            details,
            files: vec![wav],
        }])
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(measure());
    runtime.shutdown_background();
}

async fn measure() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = Config::defaults();
    config.listen = "127.0.0.1:0".parse().unwrap();
    config.data = dir.path().to_owned();
    config.rate_limit.0 = None;
    let key = admin::create_key(&config, "bench", 100).await.unwrap();
    let server = catbird_server::start(config, Arc::new(Still)).await.unwrap();
    let url = server.url();
    let done = submit(&url, &key, "Paper boats").await;
    while poll(&url, &key, &done).await["status"] != "succeeded" {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let live = submit(&url, &key, "wait for it").await;
    while poll(&url, &key, &live).await["progress"] != 50 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let body = poll(&url, &key, &done).await;

    let bare = Router::new().route("/", routing::get(async move || Json(body.clone())));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let bare_addr = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, bare).await });

    // In turns, so that the machine's other work meets all of them.
    let mut rates = [0.0_f64; 3];
    for _ in 0..3 {
        let paths = [
            "/".to_owned(),
            format!("/api/v1/nuro/task/{live}"),
            format!("/api/v1/nuro/task/{done}"),
        ];
        for (rate, (addr, path)) in rates
            .iter_mut()
            .zip([bare_addr, server.addr(), server.addr()].into_iter().zip(paths))
        {
            let request = format!("GET {path} HTTP/1.1\r\nhost: {addr}\r\nauthorization: Bearer {key}\r\n\r\n");
            *rate += hammer(addr, request).await / 3.0;
        }
    }
    let [bare, live, done] = rates;
    println!("bare axum handler    {bare:8.0} requests/s");
    println!(
        "GET task, running    {live:8.0} requests/s   {:.2} of bare",
        live / bare
    );
    println!(
        "GET task, finished   {done:8.0} requests/s   {:.2} of bare",
        done / bare
    );
}

async fn submit(url: &str, key: &str, lyrics: &str) -> String {
    let body = serde_json::json!({"lyrics": lyrics});
    let request = reqwest::Client::builder()
        .build()
        .unwrap()
        .post(format!("{url}/api/v1/nuro/create"));
    let answer: Value = request
        .bearer_auth(key)
        .json(&body)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    answer["task_id"].as_str().unwrap().to_owned()
}

async fn poll(url: &str, key: &str, id: &str) -> Value {
    let request = reqwest::Client::builder()
        .build()
        .unwrap()
        .get(format!("{url}/api/v1/nuro/task/{id}"));
    request.bearer_auth(key).send().await.unwrap().json().await.unwrap()
}

/// Answers a second to clients that each wait for an answer before they ask again.
async fn hammer(addr: std::net::SocketAddr, request: String) -> f64 {
    let request = Arc::new(request);
    let begun = Instant::now();
    let clients = (0..CLIENTS).map(|_| {
        let request = Arc::clone(&request);
        tokio::spawn(async move {
            let mut stream = TcpStream::connect(addr).await.unwrap();
            stream.set_nodelay(true).unwrap();
            let (mut buffer, mut length, mut count) = (vec![0_u8; 16_384], 0, 0_u64);
            while begun.elapsed() < SPAN {
                stream.write_all(request.as_bytes()).await.unwrap();
                let mut got = 0;
                while got == 0 || got < length {
                    got += stream.read(&mut buffer[got..]).await.unwrap();
                    if length == 0 {
                        // All answers are equally long, as long as the song does not move.
                        length = answer_length(&buffer[..got]);
                    }
                }
                assert!(
                    buffer.starts_with(b"HTTP/1.1 200"),
                    "{}",
                    String::from_utf8_lossy(&buffer[..got])
                );
                count += 1;
            }
            count
        })
    });
    let mut answers = 0;
    for client in clients.collect::<Vec<_>>() {
        answers += client.await.unwrap();
    }
    answers as f64 / begun.elapsed().as_secs_f64()
}

fn answer_length(head: &[u8]) -> usize {
    let text = String::from_utf8_lossy(head);
    let Some(end) = text.find("\r\n\r\n") else { return 0 };
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |l| l.parse().unwrap());
    end + 4 + length
}
