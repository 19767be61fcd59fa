//! Downloads: streamed to disk, visible under their name only when whole.

use std::path::{Path, PathBuf};

use tokio::{fs, io::AsyncWriteExt};

use crate::{Client, ClientError};

impl Client {
    /// Fetches `url` (whole, or a path of this server) into `path`; `progress` hears bytes done and
    /// in all (0 = unknown). Answers with the number of bytes.
    pub async fn download(
        &self,
        url: &str,
        path: &Path,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<u64, ClientError> {
        let mut answer = self.send(self.http.get(self.url(url))).await?;
        let total = answer.content_length().unwrap_or(0);
        let part = beside(path);
        let failed = |source| ClientError::Write {
            path: path.to_path_buf(),
            source,
        };
        let mut file = fs::File::create(&part).await.map_err(failed)?;
        let mut done = 0;
        let outcome = async {
            while let Some(block) = answer.chunk().await? {
                file.write_all(&block).await.map_err(failed)?;
                done += block.len() as u64;
                progress(done, total);
            }
            file.sync_all().await.map_err(failed)?;
            fs::rename(&part, path).await.map_err(failed)
        };
        if let Err(error) = outcome.await {
            // What is left of a broken download is of no use; that it stays is no further harm.
            let _ = fs::remove_file(&part).await;
            return Err(error);
        }
        Ok(done)
    }

    /// Fetches `url` into memory.
    pub async fn bytes(&self, url: &str) -> Result<bytes::Bytes, ClientError> {
        Ok(self.send(self.http.get(self.url(url))).await?.bytes().await?)
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers one request with `body` while promising `length` bytes.
    async fn serve_once(length: usize, body: &'static [u8]) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut request).await.unwrap();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(body).await.unwrap();
        });
        url
    }

    #[tokio::test]
    async fn a_broken_download_leaves_nothing() {
        let folder = std::env::temp_dir().join(format!("catbird-download-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("song.wav");
        let client = Client::new(&serve_once(10, b"half").await, "k").unwrap();
        assert!(client.download("/f", &path, |_, _| ()).await.is_err());
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);

        let client = Client::new(&serve_once(5, b"whole").await, "k").unwrap();
        assert_eq!(client.download("/f", &path, |_, _| ()).await.unwrap(), 5);
        assert_eq!(std::fs::read(&path).unwrap(), b"whole");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
