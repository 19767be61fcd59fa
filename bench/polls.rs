//! Requests a second of `GET /api/v1/nuro/task/{id}` against a bare axum handler that answers a
//! constant of the same size, both in processes of their own, measured in turn by the same client.
//! Also prints the idle server's resident memory.
//!
//! `cargo bench --bench polls`
#![expect(clippy::print_stdout, reason = "a bench reports on standard output")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};

const KEY: &str = "bench-key";
const CONNECTIONS: usize = 8;
const ROUND: Duration = Duration::from_secs(3);
const ROUNDS: usize = 4;

/// A child process that ends with the bench.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a server that prints `listening on http://HOST:PORT`; returns it and the address.
fn start(command: &mut Command) -> Result<(Server, String)> {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().context("stdout is piped")?).read_line(&mut line)?;
    let address = line
        .trim()
        .rsplit_once("http://")
        .context("the server says where it listens")?
        .1
        .to_owned();
    Ok((Server(child), address.trim_end_matches('/').to_owned()))
}

/// One request on a kept-alive connection; returns the status and the body.
fn exchange(stream: &mut TcpStream, request: &[u8], buffer: &mut Vec<u8>) -> Result<(u16, usize, usize)> {
    stream.write_all(request)?;
    buffer.clear();
    let mut chunk = [0u8; 8192];
    loop {
        let n = stream.read(&mut chunk)?;
        ensure!(n > 0, "the server hung up");
        buffer.extend_from_slice(&chunk[..n]);
        let Some(head) = buffer.windows(4).position(|w| w == b"\r\n\r\n") else {
            continue;
        };
        let text = std::str::from_utf8(&buffer[..head])?.to_ascii_lowercase();
        let length: usize = text
            .lines()
            .find_map(|l| l.strip_prefix("content-length:"))
            .context("a length")?
            .trim()
            .parse()?;
        if buffer.len() >= head + 4 + length {
            let status = text.split_whitespace().nth(1).context("a status")?.parse()?;
            return Ok((status, head + 4, length));
        }
    }
}

fn get(address: &str, path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {KEY}\r\n\r\n").into_bytes()
}

/// Requests a second over [`ROUND`] with [`CONNECTIONS`] connections.
fn load(address: &str, request: &[u8]) -> Result<f64> {
    let (done, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let began = Instant::now();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                scope.spawn(|| -> Result<()> {
                    let mut stream = TcpStream::connect(address)?;
                    stream.set_nodelay(true)?;
                    let mut buffer = Vec::new();
                    while !stop.load(Ordering::Relaxed) {
                        let (status, ..) = exchange(&mut stream, request, &mut buffer)?;
                        ensure!(status == 200, "status {status}");
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                    Ok(())
                })
            })
            .collect();
        thread::sleep(ROUND);
        stop.store(true, Ordering::Relaxed);
        workers
            .into_iter()
            .try_for_each(|w| w.join().unwrap_or_else(|_| bail!("a client panicked")))
    })?;
    Ok(done.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64())
}

fn resident_mib(pid: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status
        .lines()
        .find(|l| l.starts_with("VmRSS:"))
        .context("status has VmRSS")?;
    Ok(line.split_whitespace().nth(1).context("a number")?.parse::<f64>()? / 1024.0)
}

#[tokio::main]
async fn bare(body: String) -> Result<()> {
    let app = axum::Router::new().route(
        "/task/{id}",
        axum::routing::get(move || {
            let body = body.clone();
            async move { ([("content-type", "application/json")], body) }
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    if args.next().as_deref() == Some("--bare") {
        return bare(args.next().context("a body")?);
    }
    let data = tempfile::tempdir()?;
    let (server, address) = start(
        Command::new(env!("CARGO_BIN_EXE_catbird"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data.path())
            .env("CATBIRD_BOOTSTRAP_KEY", KEY)
            .env("CATBIRD_RATE_LIMIT", "off"),
    )?;
    thread::sleep(Duration::from_secs(2));
    println!("idle server: {:.0} MiB resident", resident_mib(server.0.id())?);

    let mut stream = TcpStream::connect(&address)?;
    let mut buffer = Vec::new();
    let brief = r#"{"type":"bgm","description":"short","duration":2}"#;
    let submit = format!(
        "POST /api/v1/nuro/create HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {KEY}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{brief}",
        brief.len()
    );
    let (status, head, length) = exchange(&mut stream, submit.as_bytes(), &mut buffer)?;
    ensure!(status == 200, "create answered {status}");
    let answer: serde_json::Value = serde_json::from_slice(&buffer[head..head + length])?;
    let id = answer["task_id"].as_str().context("a task id")?;
    let poll = get(&address, &format!("/api/v1/nuro/task/{id}"));
    let body = loop {
        let (_, head, length) = exchange(&mut stream, &poll, &mut buffer)?;
        let body = String::from_utf8(buffer[head..head + length].to_vec())?;
        if body.contains("\"succeeded\"") {
            break body;
        }
        thread::sleep(Duration::from_millis(200));
    };

    let (_bare, bare_address) = start(Command::new(std::env::current_exe()?).args(["--bare", &body]))?;
    let bare_request = get(&bare_address, "/task/1");
    let mut ratios = Vec::new();
    println!("{:>12} {:>12} {:>8}", "poll/s", "bare/s", "ratio");
    for _ in 0..ROUNDS {
        let ours = load(&address, &poll)?;
        let theirs = load(&bare_address, &bare_request)?;
        println!("{ours:>12.0} {theirs:>12.0} {:>8.2}", ours / theirs);
        ratios.push(ours / theirs);
    }
    ratios.sort_by(f64::total_cmp);
    println!(
        "median ratio {:.2}",
        f64::midpoint(ratios[ROUNDS / 2 - 1], ratios[ROUNDS / 2])
    );
    Ok(())
}
