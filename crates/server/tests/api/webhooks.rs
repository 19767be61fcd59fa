//! Webhooks as their receivers see them: a real server on loopback that checks the signatures by its
//! own arithmetic.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::app::{TestApp, song, song_with};
use crate::suno;

/// What one POST brought.
#[derive(Clone)]
pub struct Post {
    headers: HeaderMap,
    body: Bytes,
    at: Instant,
}

impl Post {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn event(&self) -> &str {
        self.header("x-webhook-event")
    }

    /// Both generations of signatures, as a receiver would check them.
    fn assert_signed(&self, secret: &str) {
        assert_eq!(self.header("content-type"), "application/json");
        assert_eq!(self.header("x-signature"), hmac(secret, &self.body));
        let stamp = self.header("x-webhook-timestamp");
        let mut stamped = format!("{stamp}.").into_bytes();
        stamped.extend_from_slice(&self.body);
        let signature = self.header("x-webhook-signature");
        assert_eq!(signature, format!("sha256={}", hmac(secret, &stamped)));
        let seconds: i64 = stamp.parse().unwrap();
        assert!(
            (1_700_000_000..5_000_000_000).contains(&seconds),
            "seconds, not milliseconds"
        );
        assert_eq!(self.header("x-webhook-id"), self.header("idempotency-key"));
        assert_eq!(self.header("x-webhook-id").len(), 36);
        assert_eq!(self.json()["event"], self.event());
    }
}

/// RFC 2104, written out: the server must not be measured with its own ruler.
fn hmac(secret: &str, message: &[u8]) -> String {
    let mut key = if secret.len() > 64 {
        Sha256::digest(secret.as_bytes()).to_vec()
    } else {
        secret.as_bytes().to_vec()
    };
    key.resize(64, 0);
    let pad = |with: u8| key.iter().map(|byte| byte ^ with).collect::<Vec<u8>>();
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
    let outer = Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize();
    hex::encode(outer)
}

/// A receiver: answers as scripted, then 200.
#[derive(Clone, Default)]
pub struct Receiver {
    posts: Arc<Mutex<Vec<Post>>>,
    script: Arc<Mutex<VecDeque<u16>>>,
    /// Before it answers.
    delay: Arc<Mutex<Duration>>,
    pub url: String,
}

impl Receiver {
    pub async fn new() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            url: format!("http://{}/hook?x=1", listener.local_addr().unwrap()),
            ..Self::default()
        };
        let router = Router::new().fallback(Self::receive).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    async fn receive(State(receiver): State<Self>, headers: HeaderMap, body: Bytes) -> Response {
        let at = Instant::now();
        receiver.posts.lock().unwrap().push(Post { headers, body, at });
        let delay = *receiver.delay.lock().unwrap();
        tokio::time::sleep(delay).await;
        let status = receiver.script.lock().unwrap().pop_front().unwrap_or(200);
        let location = [(header::LOCATION, "http://127.0.0.1:1/elsewhere")];
        (StatusCode::from_u16(status).unwrap(), location).into_response()
    }

    fn answers(&self, statuses: &[u16]) {
        *self.script.lock().unwrap() = statuses.iter().copied().collect();
    }

    fn waits(&self, delay: Duration) {
        *self.delay.lock().unwrap() = delay;
    }

    fn posts(&self) -> Vec<Post> {
        self.posts.lock().unwrap().clone()
    }

    /// Waits until there were so many.
    pub async fn until(&self, count: usize) -> Vec<Post> {
        let begun = Instant::now();
        while self.posts().len() < count {
            let got: Vec<String> = self.posts().iter().map(|post| post.event().to_owned()).collect();
            assert!(begun.elapsed() < Duration::from_secs(15), "{count} posts, but {got:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.posts()
    }

    /// `body` with whom to tell.
    fn told(&self, mut body: Value, secret: Option<&str>) -> Value {
        body["webhook_url"] = self.url.clone().into();
        if let Some(secret) = secret {
            body["webhook_secret"] = secret.into();
        }
        body
    }
}

async fn app(retries: &[f64]) -> TestApp {
    let retries = retries.to_vec();
    TestApp::with(|config| {
        config.allow_private_urls = true;
        config.webhooks.retry_seconds = retries;
        config.webhooks.timeout_seconds = 1.5;
    })
    .await
}

/// The log of a task, once it fits.
async fn log_until(app: &TestApp, task: &str, fits: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..500 {
        let log = app.get(&format!("/v1/deliveries?task_id={task}")).await.json();
        if fits(&log["deliveries"]) {
            return log["deliveries"].clone();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{}", app.get(&format!("/v1/deliveries?task_id={task}")).await.text());
}

fn all_are(state: &'static str) -> impl Fn(&Value) -> bool {
    move |log| {
        let log = log.as_array().unwrap();
        !log.is_empty() && log.iter().all(|delivery| delivery["state"] == state)
    }
}

#[tokio::test]
async fn a_nuro_song_is_told_when_it_can_be_heard_and_when_it_is_finished() {
    let (app, receiver) = (app(&[]).await, Receiver::new().await);
    let body = receiver.told(song_with("please stream slowly"), Some("a secret"));
    let id = app.task(&body).await;
    let first = receiver.until(1).await.remove(0);
    assert_eq!(first.event(), "song.streaming");
    first.assert_signed("a secret");
    let told = first.json();
    let audio = app.url(&format!("/files/song-{id}.mp3"));
    assert_eq!(
        (&told["status"], &told["audio_url"], &told["platform"], &told["task_id"]),
        (&json!("running"), &json!(audio), &json!("nuro"), &json!(id))
    );
    assert_eq!(app.view(&id).await["state"], "running", "told while it is made");
    let posts = receiver.until(2).await;
    posts[1].assert_signed("a secret");
    assert_eq!(posts[1].event(), "song.completed");
    assert_ne!(posts[0].header("x-webhook-id"), posts[1].header("x-webhook-id"));
    // The poll's answer, and who tells it.
    let mut expected = app.poll(&id).await.json();
    expected["platform"] = "nuro".into();
    expected["event"] = "song.completed".into();
    assert_eq!(posts[1].json(), expected);
    assert_eq!(expected["audio_url"], app.url(&format!("/files/song-{id}.wav")));
    let log = log_until(&app, &id, |log| log[1]["state"] == "delivered").await;
    assert_eq!(log.as_array().unwrap().len(), 2);
    assert_eq!(
        (
            &log[1]["event"],
            &log[1]["attempts"],
            &log[1]["last_status"],
            &log[1]["last_error"]
        ),
        (&json!("song.completed"), &json!(1), &json!(200), &Value::Null)
    );
    assert_eq!(
        (&log[1]["url"], &log[1]["next_attempt_at"]),
        (&json!(receiver.url), &Value::Null)
    );
    let metrics = app.get("/metrics").await.text();
    for line in [
        "catbird_webhooks_total{event=\"song.completed\",outcome=\"delivered\"} 1",
        "catbird_deliveries{state=\"delivered\"} 2",
    ] {
        assert!(metrics.lines().any(|l| l == line), "{metrics}");
    }
}

#[tokio::test]
async fn a_suno_song_is_told_in_the_words_of_its_family() {
    let (app, receiver) = (app(&[]).await, Receiver::new().await);
    let id = app
        .ordered("create", &receiver.told(suno::sung("please stream slowly"), Some("s")))
        .await;
    let posts = receiver.until(2).await;
    let (streaming, completed) = (posts[0].json(), posts[1].json());
    posts[0].assert_signed("s");
    posts[1].assert_signed("s");
    assert_eq!(
        (
            &streaming["message"],
            &streaming["code"],
            &streaming["event"],
            &streaming["platform"]
        ),
        (
            &json!("streaming"),
            &json!(200),
            &json!("song.streaming"),
            &json!("suno")
        )
    );
    let clips = streaming["data"].as_array().unwrap();
    assert_eq!(clips.len(), 2);
    assert_eq!(
        (&clips[0]["state"], &clips[1]["state"]),
        (&json!("running"), &json!("pending"))
    );
    assert_eq!(clips[0]["audio_url"], app.url(&format!("/files/song-{id}.mp3")));
    // The poll's answer, but `duration` is a decimal text here.
    let mut expected = app.over(&id).await;
    for clip in expected["data"].as_array_mut().unwrap() {
        clip["duration"] = format!("{:.2}", clip["duration"].as_f64().unwrap()).into();
    }
    for (name, value) in [
        ("task_id", id.as_str()),
        ("platform", "suno"),
        ("event", "song.completed"),
    ] {
        expected[name] = value.into();
    }
    assert_eq!(completed, expected);
    assert_eq!(
        receiver.posts().len(),
        2,
        "streaming is told once, though two clips could be heard"
    );
}

#[tokio::test]
async fn a_failed_song_is_told_signed_with_the_secret_of_the_service() {
    let (app, receiver) = (app(&[]).await, Receiver::new().await);
    let id = app.task(&receiver.told(song_with("please reject"), None)).await;
    let posts = receiver.until(1).await;
    let secret = std::fs::read_to_string(app.config.data.join("webhook.secret")).unwrap();
    posts[0].assert_signed(secret.trim());
    let expected = json!({"type": "failed", "message": "Input language not supported",
        "error": "Input language not supported", "refund_processed": true, "task_id": id, "platform": "nuro",
        "event": "song.failed"});
    assert_eq!(posts[0].json(), expected);
    assert_eq!(app.credits().await, (100, 0));
    // The operator's setting wins; an empty secret in the request is none.
    let mut app = app;
    app.config.webhooks.secret = "of the operator".to_owned();
    app.restart().await;
    app.task(&receiver.told(song_with("please reject"), Some(""))).await;
    receiver.until(2).await[1].assert_signed("of the operator");
}

#[tokio::test]
async fn what_fails_is_tried_again_with_the_same_id_and_bytes() {
    let (app, receiver) = (app(&[0.05, 0.3]).await, Receiver::new().await);
    receiver.answers(&[500, 302]);
    let id = app.task(&receiver.told(song_with("please reject"), Some("s"))).await;
    let posts = receiver.until(3).await;
    for post in &posts {
        post.assert_signed("s");
        assert_eq!(post.header("x-webhook-id"), posts[0].header("x-webhook-id"));
        assert_eq!(post.body, posts[0].body);
    }
    let waits = [posts[1].at - posts[0].at, posts[2].at - posts[1].at];
    assert!(
        waits[0] >= Duration::from_millis(50) && waits[1] >= Duration::from_millis(300),
        "{waits:?}"
    );
    let log = log_until(&app, &id, all_are("delivered")).await;
    assert_eq!((&log[0]["attempts"], &log[0]["last_status"]), (&json!(3), &json!(200)));
}

#[tokio::test]
async fn after_the_last_try_it_has_failed_and_can_be_sent_again() {
    let (mut app, receiver) = (app(&[0.05]).await, Receiver::new().await);
    receiver.answers(&[404, 503]);
    let id = app.task(&receiver.told(song_with("please reject"), Some("s"))).await;
    let log = log_until(&app, &id, all_are("failed")).await;
    assert_eq!(
        (&log[0]["attempts"], &log[0]["last_status"], &log[0]["last_error"]),
        (&json!(2), &json!(503), &json!("the receiver answered 503"))
    );
    assert!(log[0]["finished_at"].as_str().unwrap().starts_with("20"));
    let resend = format!("/v1/deliveries/{}/resend", log[0]["id"].as_str().unwrap());
    receiver.waits(Duration::from_millis(400));
    let answer = app.post(&resend, &json!({})).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["state"]),
        (200, &json!("queued"))
    );
    app.post(&resend, &json!({}))
        .await
        .assert_error(409, "conflict", "The delivery waits to be sent already.");
    log_until(&app, &id, all_are("delivered")).await;
    let posts = receiver.posts();
    assert_eq!(posts.len(), 3);
    assert_eq!(posts[2].body, posts[0].body);
    assert_eq!(posts[2].header("x-webhook-id"), posts[0].header("x-webhook-id"));
    // What was delivered may be wanted once more, too.
    assert_eq!(app.post(&resend, &json!({})).await.status, 200);
    receiver.until(4).await;
    log_until(&app, &id, all_are("delivered")).await;
    let latest = app.get("/v1/deliveries").await.json();
    assert_eq!(latest["deliveries"][0]["task_id"], id);
    // Another account's log is not there.
    app.key = catbird_server::admin::create_key(&app.config, "other", 100)
        .await
        .unwrap();
    app.post(&resend, &json!({}))
        .await
        .assert_error(404, "not_found", "Delivery not found");
    app.get(&format!("/v1/deliveries?task_id={id}"))
        .await
        .assert_error(404, "not_found", "Task not found");
    assert_eq!(app.get("/v1/deliveries").await.json(), json!({"deliveries": []}));
}

#[tokio::test]
async fn dead_receivers_hold_up_neither_others_nor_songs() {
    let mut app = TestApp::with(|config| {
        config.allow_private_urls = true;
        config.webhooks.timeout_seconds = 4.0;
    })
    .await;
    let (dead, alive) = (Receiver::new().await, Receiver::new().await);
    dead.waits(Duration::from_secs(30));
    for _ in 0..8 {
        app.task(&dead.told(song_with("please reject"), None)).await;
    }
    // Four of sixteen senders are one account's at most.
    dead.until(4).await;
    app.key = catbird_server::admin::create_key(&app.config, "other", 100)
        .await
        .unwrap();
    let begun = Instant::now();
    let id = app.task(&alive.told(song(), None)).await;
    let posts = alive.until(2).await;
    assert_eq!(posts[1].json()["task_id"], id);
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert_eq!(dead.posts().len(), 4);
    // Its time is up, and the other four have their turn.
    dead.until(8).await;
}

#[tokio::test]
async fn silence_is_a_failure_too() {
    let (app, receiver) = (app(&[0.05]).await, Receiver::new().await);
    receiver.waits(Duration::from_secs(3));
    let id = app.task(&receiver.told(song_with("please reject"), None)).await;
    let log = log_until(&app, &id, all_are("failed")).await;
    assert_eq!(log[0]["last_status"], Value::Null);
    assert_eq!(log[0]["last_error"], "no answer within 1.5s");
    let mut body = song_with("please reject");
    body["webhook_url"] = "http://127.0.0.1:1/nobody".into();
    let id = app.task(&body).await;
    let log = log_until(&app, &id, all_are("failed")).await;
    let error = log[0]["last_error"].as_str().unwrap();
    assert!(error.starts_with("no connection"), "{error}");
}

#[tokio::test]
async fn a_restart_in_the_middle_sends_again() {
    let (mut app, receiver) = (app(&[60.0]).await, Receiver::new().await);
    receiver.waits(Duration::from_secs(1));
    let id = app.task(&receiver.told(song_with("please reject"), Some("s"))).await;
    receiver.until(1).await;
    let begun = Instant::now();
    app.restart().await;
    assert!(
        begun.elapsed() < Duration::from_secs(1),
        "shutdown does not wait for a receiver"
    );
    receiver.waits(Duration::ZERO);
    let posts = receiver.until(2).await;
    assert_eq!(posts[1].body, posts[0].body);
    assert_eq!(posts[1].header("x-webhook-id"), posts[0].header("x-webhook-id"));
    let log = log_until(&app, &id, all_are("delivered")).await;
    assert_eq!(log[0]["attempts"], 1, "handing back is no attempt");
    // As kill -9 leaves it: being sent by nobody, until its lease is over.
    app.sql("UPDATE deliveries SET state = 'running', fence = fence + 1, lease_until = 5, finished_at = NULL")
        .await;
    let posts = receiver.until(3).await;
    assert_eq!(posts[2].body, posts[0].body);
    log_until(&app, &id, all_are("delivered")).await;
}

#[tokio::test]
async fn what_happens_while_nobody_sends_is_told_later() {
    let (mut app, receiver) = (app(&[]).await, Receiver::new().await);
    app.config.workers = 0;
    app.restart().await;
    let id = app.task(&receiver.told(song(), Some("s"))).await;
    app.config.workers = 1;
    app.restart().await;
    let posts = receiver.until(2).await;
    assert_eq!(
        (posts[0].event(), posts[1].event()),
        ("song.streaming", "song.completed")
    );
    // Links name the host that the request named, which was another port then.
    assert_eq!(posts[1].json()["task_id"], id);
    let own = app.task(&song()).await;
    app.finish(&own).await;
    let log = app.get(&format!("/v1/deliveries?task_id={own}")).await.json();
    assert_eq!(log, json!({"deliveries": []}), "nobody wants to be told");
}

#[tokio::test]
async fn receivers_in_private_networks_are_refused() {
    let mut app = TestApp::with(|config| config.webhooks.retry_seconds = vec![]).await;
    let receiver = Receiver::new().await;
    for (url, sentence) in [
        ("https://127.0.0.1/x", "name a public address"),
        ("https://2130706433/", "name a public address"),
        ("https://0x7f.1/", "name a public address"),
        ("https://[::ffff:10.1.2.3]/", "name a public address"),
        ("https://169.254.169.254/latest/meta-data", "name a public address"),
        ("https://localhost:8443/", "name a public address"),
        ("https://db.internal/", "name a public address"),
        ("https://hooks.example.org:22/", "name port 443, 80 or one above 1023"),
        ("https://me:secret@hooks.example.org/", "hold no user name"),
        (
            "http://hooks.example.org/",
            "be an https URL of at most 1024 characters",
        ),
    ] {
        let mut nuro = song();
        nuro["webhook_url"] = url.into();
        let sentence = format!("The 'webhook_url' field should {sentence}.");
        app.create(&nuro).await.assert_error(400, "bad_request", &sentence);
        let mut suno = suno::song();
        suno["webhook_url"] = url.into();
        app.refused("create", &suno, &sentence).await;
    }
    assert_eq!((app.credits().await, app.engine.runs()), ((100, 0), 0));
    // A row from a time with other settings, and a name that means this machine.
    app.config.workers = 0;
    app.restart().await;
    let mut body = song();
    body["webhook_url"] = "https://hooks.example.org/".into();
    let id = app.task(&body).await;
    let sql = format!(
        "UPDATE tasks SET webhook_url = '{}'",
        receiver.url.replace("http:", "https:")
    );
    app.sql(Box::leak(sql.into_boxed_str())).await;
    app.config.workers = 1;
    app.restart().await;
    let log = log_until(&app, &id, |log| log[1]["state"] == "failed").await;
    assert_eq!(log[1]["last_error"], "the webhook_url should name a public address");
    assert!(receiver.posts().is_empty());
}
