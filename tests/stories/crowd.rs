//! Fifty songs at once: all finish, memory stays small, polls stay quick.

use std::time::{Duration, Instant};

use catbird_client::nuro::Bgm;

use super::program::{Server, finished, folder, turn};

const SONGS: usize = 50;
const MOST_MEMORY_KB: u64 = 1_500_000;
/// Ten times what is promised on an idle machine: a test must not fail because a neighbour compiles.
const POLL_LIMIT: Duration = Duration::from_millis(500);

#[tokio::test(flavor = "multi_thread")]
async fn fifty_songs_at_once() {
    let _turn = turn();
    let folder = folder();
    let server = Server::start(&folder.path().join("data"), &[]);
    let client = server.client();
    let mut ids = Vec::new();
    for number in 0..SONGS {
        let description = format!("a short signal, number {number}");
        let request = Bgm {
            description,
            duration: Some(2 + number as u32 % 3),
            ..Bgm::default()
        };
        ids.push(client.create_bgm(&request).await.unwrap());
    }
    assert_eq!(client.credits().await.unwrap().credits, 1000 - 10 * SONGS as i64);

    // Polls of a program that follows all its songs, while they are made.
    let mut polls = Vec::new();
    for id in ids.iter().cycle().take(200) {
        let began = Instant::now();
        client.nuro_task(id).await.unwrap();
        polls.push(began.elapsed());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    for id in &ids {
        finished(&client, id).await;
    }
    polls.sort_unstable();
    let (median, slow) = (polls[polls.len() / 2], polls[polls.len() * 99 / 100]);
    let memory = server.memory_kb("VmHWM");
    println!("polls: median {median:?}, 99 % within {slow:?}; most memory: {memory:?} kB");
    assert!(median < POLL_LIMIT, "{median:?}");
    assert!(memory.is_none_or(|kb| kb < MOST_MEMORY_KB), "{memory:?} kB");
    assert_eq!(client.credits().await.unwrap().credits, 1000 - 10 * SONGS as i64);
}
