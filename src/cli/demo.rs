//! `catbird demo`: what a newcomer runs. Everything goes through the public API, so it shows what a
//! program of theirs would do.

use std::{
    fs::File,
    net::TcpListener,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use catbird_client::{
    Client, ClientError,
    nuro::{Song, Vocal},
};
use catbird_server::admin;
use clap::Args;

use super::{band, logs::Logs, progress::Line, serve, settings::Settings, terminal};
use crate::builtin::Builtin;

/// Our own words; free for any use.
const LYRICS: &str = include_str!("demo_lyrics.txt");
const SECONDS: u32 = 60;
/// Everybody's first song is the same one, so that a trouble can be told and heard again.
const SEED: u64 = 1;
const CREDITS: u32 = 1000;
const POLL: Duration = Duration::from_millis(300);

/// Hear a song.
#[derive(Args)]
pub struct Demo {
    /// End after the song instead of going on serving
    #[arg(long)]
    once: bool,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    logs: Logs,
}

impl Demo {
    /// Fetches, starts, asks, follows, downloads, tells.
    pub fn run(mut self) -> anyhow::Result<()> {
        // Log lines would tear the progress bar apart; troubles are still told.
        if self.logs.log == Logs::DEFAULT {
            self.logs.log = "error".into();
        }
        self.logs.start()?;
        let mut config = self.settings.config()?;
        if self.settings.listen.is_none() && TcpListener::bind(config.listen).is_err() {
            config.listen.set_port(0);
        }
        // Beside another catbird in the same folder the demo keeps house of its own.
        let own = if in_use(&config.data) {
            Some(tempfile::tempdir()?)
        } else {
            None
        };
        if let Some(own) = &own {
            config.data = own.path().to_path_buf();
        }
        let maker = band::ready(catbird_assets::Parts::Song)?;
        serve::runtime()?.block_on(async {
            let key = admin::create_key(&config, "demo", CREDITS).await?;
            let mut running = catbird_server::start(config, Arc::new(Builtin(Arc::new(maker)))).await?;
            let url = running.url();
            let outcome = tokio::select! {
                outcome = hear(&url, &key) => outcome,
                ended = running.wait() => return ended,
                () = serve::stop() => return running.shutdown().await,
            };
            if outcome.is_ok() && !self.once {
                terminal::note(&format!("\nServing on {url} until Ctrl-C."));
                // The first song shall not wait for what only recordings need.
                std::thread::spawn(|| {
                    if let Err(error) = band::rest() {
                        terminal::complain(&error.context("recordings cannot be listened to"));
                    }
                });
                tokio::select! {
                    () = serve::stop() => {}
                    ended = running.wait() => return ended,
                }
            }
            running.shutdown().await?;
            outcome
        })
    }
}

fn in_use(data: &Path) -> bool {
    File::open(data.join("catbird.lock"))
        .is_ok_and(|lock| matches!(lock.try_lock(), Err(std::fs::TryLockError::WouldBlock)))
}

async fn hear(url: &str, key: &str) -> anyhow::Result<()> {
    let client = Client::new(url, key)?;
    let request = Vocal {
        lyrics: LYRICS.to_owned(),
        genre: Some("Pop".into()),
        mood: Some("Inspirational/Hopeful".into()),
        gender: Some("Female".into()),
        duration: Some(SECONDS),
        seed: Some(SEED),
        ..Vocal::default()
    };
    let began = Instant::now();
    let id = client.create_vocal(&request).await?;
    let song = follow(&client, &id).await?;
    let path = std::path::absolute("song.wav")?;
    client.download(&song.audio_url, &path, |_, _| ()).await?;
    tell(url, key, &request, &song, &path, began.elapsed())
}

async fn follow(client: &Client, id: &str) -> anyhow::Result<Song> {
    let line = Line::steps();
    loop {
        let song = match client.nuro_task(id).await {
            Ok(song) => song,
            Err(ClientError::Rejected(problem)) => anyhow::bail!("the song could not be made: {}", problem.text()),
            Err(error) => return Err(error).context("the song could not be made"),
        };
        if song.is_finished() {
            return Ok(song);
        }
        // Servers without the uniform endpoint tell no step; the song is made all the same.
        let step = client.task(id).await.map(|task| task.step).unwrap_or_default();
        let step = if step.is_empty() { song.status } else { step };
        line.show(&step, song.progress.into(), 100);
        tokio::time::sleep(POLL).await;
    }
}

fn tell(url: &str, key: &str, request: &Vocal, song: &Song, path: &Path, took: Duration) -> anyhow::Result<()> {
    ensure!(song.duration > 0.0, "the server says the song has no length");
    let (seconds, took) = (song.duration, took.as_secs_f64());
    let mut body = serde_json::to_value(request).context("a request is JSON")?;
    body["type"] = "vocal".into();
    terminal::print(&path.display().to_string())?;
    terminal::note(&format!(
        "\n{seconds:.0} seconds of {} ({}, {}), made in {took:.0} s. Listen to it: {}\n\n\
         The same over HTTP:\n\n  curl {url}/api/v1/nuro/create \\\n    -H {} \\\n    -H 'Content-Type: application/json' \\\n    -d {}\n  \
         curl {url}/api/v1/nuro/task/{} -H {}\n\nOr in a browser: {url}/ with the key {key}",
        song.genre,
        song.mood,
        song.gender,
        path.display(),
        quoted(&format!("Authorization: Bearer {key}")),
        quoted(&body.to_string()),
        song.task_id,
        quoted(&format!("Authorization: Bearer {key}")),
    ));
    Ok(())
}

/// As one word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_survive_the_shell() {
        let text = r#"it's "one" $word"#;
        let out = std::process::Command::new("sh")
            .args(["-c", &format!("printf %s {}", quoted(text))])
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(out.stdout).unwrap(), text);
    }

    #[test]
    fn the_words_fit_the_contract() {
        assert!(LYRICS.len() <= 2000);
        let words = LYRICS
            .lines()
            .filter(|l| !l.starts_with('['))
            .flat_map(str::split_whitespace)
            .count();
        assert!((60..=100).contains(&words), "{words}");
    }

    #[test]
    fn a_folder_nobody_holds_is_free() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!in_use(folder.path()));
        let lock = File::create(folder.path().join("catbird.lock")).unwrap();
        assert!(!in_use(folder.path()));
        lock.lock().unwrap();
        assert!(in_use(folder.path()));
    }
}
