//! `catbird doctor`: is everything in place? One line a check; a failure says what to do.

use std::{
    net::TcpListener,
    path::Path,
    process::{Command, ExitCode, Stdio},
};

use catbird_assets::{Assets, Parts, State, packages};
use catbird_server::Config;

use super::{disk, serve::runtime, settings::Settings, terminal};

/// Below this the next songs may not fit: a three-minute song is 37 MB with all its files.
const LITTLE_ROOM: u64 = 1 << 30;

enum Finding {
    Good(String),
    /// Works today, may hurt.
    Doubt(String),
    Bad(String),
}
use Finding::{Bad, Doubt, Good};

/// Prints the findings; fails when one is bad.
pub fn run(settings: &Settings) -> ExitCode {
    let mut findings = vec![("version", version())];
    match settings.config() {
        Ok(config) => {
            findings.push((
                "settings",
                Good(
                    settings
                        .config
                        .as_deref()
                        .map_or("the defaults".into(), |f| f.display().to_string()),
                ),
            ));
            findings.push(("sounds", sounds()));
            findings.push(("pip", client("python3", &["-m", "pip", "--version"])));
            findings.push(("npm", client("npm", &["--version"])));
            findings.push(("data folder", folder(&config.data)));
            findings.push(("database", database(&config)));
            findings.push(("webhooks", webhooks(&config)));
            findings.push(("disk", room(&config.data)));
            findings.push(("address", address(&config)));
        }
        Err(error) => findings.push(("settings", Bad(format!("{error:#}")))),
    }
    let mut healthy = true;
    for (what, finding) in findings {
        let (mark, text) = match &finding {
            Good(text) => ("good", text),
            Doubt(text) => ("doubt", text),
            Bad(text) => ("BAD", text),
        };
        healthy &= !matches!(finding, Bad(_));
        if let Err(error) = terminal::print(&format!("{mark:6} {what:12} {}", text.replace('\n', " "))) {
            terminal::complain(&error);
            healthy = false;
        }
    }
    if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn version() -> Finding {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    Good(format!(
        "catbird {} on {os} {arch}, {cores} cores",
        env!("CARGO_PKG_VERSION")
    ))
}

fn sounds() -> Finding {
    let assets = match Assets::open() {
        Ok(assets) => assets,
        Err(error) => return Bad(error.to_string()),
    };
    match assets.states(Parts::All) {
        Err(error) => Bad(error.to_string()),
        Ok(states) if states.iter().all(|(_, _, s)| *s == State::Good) => {
            let specs: Vec<_> = packages().iter().map(catbird_assets::Package::spec).collect();
            Good(format!("{} in {}", specs.join(", "), assets.folder().display()))
        }
        Ok(states) if states.iter().any(|(_, _, s)| matches!(s, State::Wrong(_))) => Bad(assets
            .verify(Parts::All)
            .err()
            .map_or_else(String::new, |e| e.to_string())),
        // The next song fetches them, if it can: the lines of pip and npm tell.
        Ok(_) => Doubt(format!(
            "not all fetched yet into {}; run `catbird assets fetch`",
            assets.folder().display()
        )),
    }
}

fn client(program: &str, arguments: &[&str]) -> Finding {
    match Command::new(program).args(arguments).stdin(Stdio::null()).output() {
        Ok(out) if out.status.success() => Good(
            String::from_utf8_lossy(&out.stdout)
                .split(" from ")
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned(),
        ),
        _ if Assets::open().is_ok_and(|a| a.verify(Parts::All).is_ok()) => {
            Doubt("not installed; only needed to fetch sounds".into())
        }
        _ => Bad(format!(
            "`{program} {}` does not run; it is needed to fetch the sounds",
            arguments.join(" ")
        )),
    }
}

fn folder(data: &Path) -> Finding {
    let shown = data.display();
    let written = std::fs::create_dir_all(data).and_then(|()| tempfile::tempfile_in(data).map(drop));
    match written {
        Ok(()) => Good(format!("{shown} can be written")),
        Err(error) => Bad(format!("{shown} cannot be written ({error}); name another with --data")),
    }
}

fn database(config: &Config) -> Finding {
    let opened = runtime().and_then(|runtime| runtime.block_on(catbird_server::admin::list_keys(config)));
    match opened {
        Ok(keys) => Good(format!(
            "opens; {} keys",
            keys.iter().filter(|k| k.revoked_at.is_none()).count()
        )),
        Err(error) => Bad(format!("{error:#}")),
    }
}

/// Where their receivers' operator finds what signs them.
fn webhooks(config: &Config) -> Finding {
    match catbird_server::admin::webhook_secret_file(config) {
        None => Good("signed with the setting webhooks.secret".into()),
        Some(file) if file.is_file() => Good(format!("signed with the secret in {}", file.display())),
        Some(file) => Good(format!("the first start makes a secret in {}", file.display())),
    }
}

fn room(data: &Path) -> Finding {
    match disk::free_bytes(data) {
        None => Doubt("cannot tell how much is free".into()),
        Some(free) => {
            let text = format!("{:.1} GB free", free as f64 / 1e9);
            if free < LITTLE_ROOM {
                Doubt(format!("{text}; songs need about 12 MB a minute"))
            } else {
                Good(text)
            }
        }
    }
}

fn address(config: &Config) -> Finding {
    match TcpListener::bind(config.listen) {
        Ok(_) => Good(format!("{} is free", config.listen)),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => Doubt(format!(
            "{} is in use, perhaps by a running catbird; name another with --listen",
            config.listen
        )),
        Err(error) => Bad(format!("{} cannot be listened on ({error})", config.listen)),
    }
}
