//! The secret that signs deliveries whose request named none: the operator's setting, or one made at
//! the first start and kept in the data folder for the operator's eyes only.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::clock;
use crate::config::Config;

/// The service's secret, made when there is none yet.
pub fn of_service(config: &Config) -> anyhow::Result<String> {
    if !config.webhooks.secret.is_empty() {
        return Ok(config.webhooks.secret.clone());
    }
    let path = file(config);
    read_or_make(&path).with_context(|| format!("the webhook secret {} cannot be kept", path.display()))
}

/// Where the secret is kept that the service made itself.
pub fn file(config: &Config) -> PathBuf {
    config.data.join("webhook.secret")
}

fn read_or_make(path: &Path) -> std::io::Result<String> {
    match owner_only(OpenOptions::new().write(true).create_new(true)).open(path) {
        Ok(mut file) => {
            let secret = format!("whsec_{}", hex::encode(clock::random_bytes::<32>()));
            file.write_all(format!("{secret}\n").as_bytes())?;
            file.sync_all()?;
            Ok(secret)
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let mut text = String::new();
            File::open(path)?.read_to_string(&mut text)?;
            let secret = text.trim();
            if secret.is_empty() {
                return Err(std::io::Error::other(
                    "the file is empty; remove it to have a new one made",
                ));
            }
            Ok(secret.to_owned())
        }
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600)
}

#[cfg(not(unix))]
fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_once_and_for_the_owner_only() {
        let dir = tempfile::tempdir().unwrap();
        let mut config = Config::defaults();
        config.data = dir.path().to_owned();
        let secret = of_service(&config).unwrap();
        assert_eq!(secret.len(), 70);
        assert_eq!(of_service(&config).unwrap(), secret);
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(file(&config)).unwrap());
            assert_eq!(mode & 0o777, 0o600);
        }
        config.webhooks.secret = "mine".to_owned();
        assert_eq!(of_service(&config).unwrap(), "mine");
        std::fs::write(dir.path().join("webhook.secret"), "\n").unwrap();
        config.webhooks.secret.clear();
        let error = format!("{:#}", of_service(&config).unwrap_err());
        assert!(error.contains("webhook.secret") && error.contains("empty"), "{error}");
    }
}
