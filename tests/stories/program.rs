//! The program under test: how a story runs commands and servers, and asks for songs.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{Mutex, MutexGuard, Once, PoisonError},
    time::{Duration, Instant},
};

use catbird_client::{Client, nuro::Song};
use tempfile::TempDir;

/// The key every server of a story knows, with 1000 credits.
pub const KEY: &str = "story-key";

/// A command of the program, shielded from the settings of whoever runs the tests, with its sounds
/// fetched (by `catbird assets fetch`, once).
pub fn catbird(arguments: &[&str]) -> Command {
    static SOUNDS: Once = Once::new();
    SOUNDS.call_once(|| {
        let fetched = bare(&["assets", "fetch"]).output().expect("the program runs");
        assert!(fetched.status.success(), "{}", String::from_utf8_lossy(&fetched.stderr));
    });
    bare(arguments)
}

/// The same without fetching sounds.
pub fn bare(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_catbird"));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CATBIRD_") && name != "CATBIRD_ASSETS" {
            command.env_remove(&*name);
        }
    }
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Runs a command to its end.
pub fn output(command: &mut Command) -> Output {
    command.output().expect("the program runs")
}

/// Asserts that the command fails with exactly one sentence, and returns it.
pub fn one_sentence(command: &mut Command) -> String {
    let out = output(command.env("CATBIRD_LOG", "off"));
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(!out.status.success(), "it should have failed: {said}");
    assert!(out.status.code().is_some(), "killed by a signal: {said}");
    let lines: Vec<_> = said.lines().filter(|l| l.starts_with("catbird: ")).collect();
    assert_eq!(lines.len(), 1, "one sentence, not: {said}");
    assert!(!said.contains("panicked") && !said.contains("RUST_BACKTRACE"), "{said}");
    lines[0].to_owned()
}

/// A turn on the machine: held by stories that fill it or measure.
pub fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A running server; killed when dropped.
pub struct Server {
    child: Child,
    url: String,
    log: PathBuf,
}

impl Server {
    /// `catbird serve` on a free port and the given data folder; waits until it listens.
    pub fn start(data: &Path, settings: &[(&str, &str)]) -> Self {
        let log = data.with_extension("log");
        let mut child = catbird(&["serve", "--listen", "127.0.0.1:0", "--data", path(data)])
            .env("CATBIRD_BOOTSTRAP_KEY", KEY)
            .env("CATBIRD_RATE_LIMIT", "off")
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .stderr(
                File::options()
                    .create(true)
                    .append(true)
                    .open(&log)
                    .expect("a log file"),
            )
            .spawn()
            .expect("the program runs");
        let mut line = String::new();
        let out = child.stdout.take().expect("standard output is piped");
        BufReader::new(out)
            .read_line(&mut line)
            .expect("standard output is text");
        let url = line.trim().strip_prefix("listening on ").map(str::to_owned);
        let url = url.unwrap_or_else(|| {
            panic!(
                "it said {line:?}; its log:\n{}",
                std::fs::read_to_string(&log).unwrap_or_default()
            )
        });
        Self { child, url, log }
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A client with the story's key.
    pub fn client(&self) -> Client {
        self.client_of(KEY)
    }

    /// A client with another key.
    pub fn client_of(&self, key: &str) -> Client {
        Client::new(&self.url, key).expect("the server tells a good address")
    }

    /// SIGKILL: no chance to tidy up.
    pub fn kill(mut self) {
        self.child.kill().expect("it is running");
        self.child.wait().expect("it was running");
    }

    /// SIGTERM; answers with the exit code and how long it took.
    pub fn terminate(mut self) -> (Option<i32>, Duration) {
        let began = Instant::now();
        let sent = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()
            .expect("kill runs");
        assert!(sent.success());
        let status = self.child.wait().expect("it was running");
        (status.code(), began.elapsed())
    }

    /// A line of `/proc/PID/status` in kB, such as `VmHWM` (most memory ever used); None off Linux.
    pub fn memory_kb(&self, line: &str) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let value = status.lines().find_map(|l| l.strip_prefix(line)?.strip_prefix(':'))?;
        value.trim().trim_end_matches(" kB").parse().ok()
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already ended is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- log of the server ---\n{}", self.log());
        }
    }
}

/// A folder for a story; `data` in it is the server's.
pub fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// As an argument.
pub fn path(path: &Path) -> &str {
    path.to_str().expect("our temporary folders have plain names")
}

/// Polls until the song is there, checking what must hold at every moment.
pub async fn finished(client: &Client, id: &str) -> Song {
    let deadline = Instant::now() + Duration::from_mins(10);
    let mut last = 0;
    loop {
        let song = client.nuro_task(id).await.expect("a poll is answered");
        assert!(
            song.progress >= last && song.progress <= 100,
            "{} after {last}",
            song.progress
        );
        assert_eq!(song.progress == 100, song.is_finished(), "{song:?}");
        last = song.progress;
        if song.is_finished() {
            return song;
        }
        assert!(["pending", "running"].contains(&song.status.as_str()), "{song:?}");
        assert!(Instant::now() < deadline, "not finished after ten minutes: {song:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// The words of timed lyrics, without the times.
pub fn words_of(lrc: &str) -> String {
    let words = lrc
        .split(['<', '['])
        .map(|piece| piece.split_once(['>', ']']).map_or(piece, |(_, text)| text));
    words.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}
