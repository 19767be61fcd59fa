//! Any JSON as a request to any endpoint of any family: an answer below 500, never a panic.
//!
//! A whole server runs in this process, on a loopback port, with a database in a temporary folder and
//! an engine that refuses all work, so that tasks come and go quickly. The first byte of an input
//! chooses the endpoint, the second says what the rest is: the body as it is, or a list of changes to
//! a request that is right.

#![no_main]

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::Path,
    sync::{Arc, LazyLock},
    time::Duration,
};

use catbird_score::{Brief, Singer, Work};
use catbird_server::{
    Config, Running, admin,
    config::RateLimit,
    engine::{Code, Engine, Fault, Job, Take, TakeFile, View, Written, async_trait},
};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};

/// Every endpoint that reads JSON, with a request that it takes (as far as the clip it names exists).
#[rustfmt::skip]
const ENDPOINTS: [(&str, &str); 33] = [
    ("nuro/create", r#"{"type":"vocal","lyrics":"[Verse]\nOver the hill","genre":"Pop","mood":"Happy","gender":"Male","timbre":"Warm","duration":60}"#),
    ("nuro/create", r#"{"type":"bgm","description":"rain on a tin roof","duration":30,"version":"2.0"}"#),
    ("sonic/create", r#"{"custom_mode":true,"mv":"sonic-v4-5","title":"T","tags":"folk","prompt":"[Verse]\nOver the hill","make_instrumental":false}"#),
    ("sonic/create", r#"{"custom_mode":false,"mv":"sonic-v3-5","gpt_description_prompt":"a song about bread","seed":7}"#),
    ("suno/create", r#"{"task_type":"extend_music","custom_mode":true,"mv":"chirp-v4","continue_clip_id":"c","continue_at":10,"prompt":"x"}"#),
    ("suno/create", r#"{"task_type":"persona_music","mv":"chirp-v4-5","persona_id":"p","custom_mode":true,"prompt":"x","tags":"y","title":"z"}"#),
    ("suno/lyrics", r#"{"prompt":"a song about bread"}"#),
    ("suno/make-lyrics", r#"{"prompt":"a song about bread","description":"d"}"#),
    ("suno/upsample-tags", r#"{"tags":"folk"}"#),
    ("suno/get-song", r#"{"share_link":"http://127.0.0.1/song/c"}"#),
    ("suno/persona", r#"{"name":"n","clip_id":"c","vox_audio_id":"v","vocal_start_s":1,"vocal_end_s":9,"description":"d","styles":"s"}"#),
    ("suno/vox", r#"{"clip_id":"c","vocal_start_s":1,"vocal_end_s":9}"#),
    ("suno/wav", r#"{"clip_id":"c"}"#),
    ("suno/midi", r#"{"clip_id":"c"}"#),
    ("suno/bpm", r#"{"clip_id":"c"}"#),
    ("suno/aligned-lyrics", r#"{"clip_id":"c","lyrics":"Over the hill"}"#),
    ("suno/stems/basic", r#"{"clip_id":"c"}"#),
    ("suno/stems/full", r#"{"clip_id":"c"}"#),
    ("suno/mashup", r#"{"clip_id":"c","clip_ids":["c","d"],"mv":"chirp-v4","custom_mode":true,"prompt":"x","tags":"y","title":"z"}"#),
    ("suno/replace-section", r#"{"clip_id":"c","infill_start_s":1,"infill_end_s":9,"infill_lyrics":"x","prompt":"p","tags":"t","title":"n"}"#),
    ("suno/sample", r#"{"clip_id":"c","url":"http://127.0.0.1:9/a.mp3","sample_start_s":0,"sample_end_s":5,"mv":"chirp-v4","prompt":"x"}"#),
    ("suno/upload", r#"{"url":"http://127.0.0.1:9/a.mp3"}"#),
    ("suno/upload-cover", r#"{"url":"http://127.0.0.1:9/a.mp3","mv":"chirp-v4","prompt":"x","tags":"y","title":"z","custom_mode":true}"#),
    ("suno/upload-extend", r#"{"url":"http://127.0.0.1:9/a.mp3","continue_at":5,"mv":"chirp-v4","prompt":"x","tags":"y","custom_mode":true}"#),
    ("suno/create-voice", r#"{"url":"http://127.0.0.1:9/a.mp3","name":"n"}"#),
    ("riffusion/create", r#"{"task_type":"create_music","mv":"FUZZ-1.0","custom_mode":true,"lyrics":"x","sound":"folk","title":"t","seed":"1"}"#),
    ("riffusion/create", r#"{"task_type":"replace_music","mv":"FUZZ-1.0","clip_id":"c","start_s":1,"end_s":9,"lyrics":"x","sound":"folk"}"#),
    ("riffusion/create", r#"{"task_type":"extend_music","mv":"FUZZ-1.0","continue_clip_id":"c","continue_at":9,"extend_s":20,"lyrics":"x"}"#),
    ("riffusion/upload", r#"{"url":"http://127.0.0.1:9/a.mp3"}"#),
    ("producer/create", r#"{"task_type":"create_music","mv":"FUZZ-2.0","title":"t","lyrics":"x","sound":"folk","length":60,"bpm":90,"seed":"1","instruction":"i","cover_url":"http://127.0.0.1:9/a.jpg"}"#),
    ("producer/upload", r#"{"url":"http://127.0.0.1:9/a.mp3"}"#),
    ("producer/download", r#"{"clip_id":"c","format":"wav"}"#),
    ("studio/create", r#"{"model_type":"m","mode":"song","prompt":"p","lyrics":"x","title":"t","duration":60,"config":{"seed":1,"lyrics_type":"user"}}"#),
];

/// Values that have broken readers before.
const ODD: [&str; 24] = [
    "null",
    "true",
    "false",
    "0",
    "-1",
    "1",
    "1.5",
    "-0.0",
    "1e308",
    "-1e308",
    "9007199254740993",
    "18446744073709551615",
    "5e-324",
    "\"\"",
    "\" \"",
    "\"\\u0000\"",
    "\"\\ud83d\\ude00\"",
    "\"[Verse]\"",
    "\"NaN\"",
    "\"http://[::1]:9/\"",
    "[]",
    "{}",
    "[[[[[[[[]]]]]]]]",
    "{\"a\":{\"b\":[1,null]}}",
];

/// Members that some endpoint reads; any of them may appear anywhere.
const MEMBERS: [&str; 32] = [
    "auto_concat",
    "auto_lyrics",
    "bpm",
    "bypass_prompt_optimization",
    "callback_url",
    "clip_id",
    "config",
    "continue_at",
    "continue_clip_id",
    "custom_mode",
    "description",
    "duration",
    "extend_s",
    "gender",
    "genre",
    "gpt_description_prompt",
    "infill_end_s",
    "infill_start_s",
    "instruction",
    "length",
    "lyrics",
    "lyrics_type",
    "make_instrumental",
    "mv",
    "negative_tags",
    "prompt",
    "seed",
    "tags",
    "task_type",
    "title",
    "webhook_secret",
    "webhook_url",
];

struct Server {
    addr: SocketAddr,
    key: String,
    /// The rest lives as long as the process.
    _running: Running,
    _runtime: tokio::runtime::Runtime,
    _folder: tempfile::TempDir,
}

static SERVER: LazyLock<Server> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let mut config = Config::defaults();
    config.listen = "127.0.0.1:0".parse().expect("an address");
    config.data = folder.path().join("data");
    config.rate_limit = RateLimit(None);
    config.workers = 1;
    config.drain_seconds = 0;
    config.uploads.timeout_seconds = 0.5;
    let (running, key) = runtime.block_on(async {
        let key = admin::create_key(&config, "fuzz", 2_000_000_000).await.expect("a key");
        let running = catbird_server::start(config, Arc::new(Nobody)).await.expect("a server");
        (running, key)
    });
    Server {
        addr: running.addr(),
        key,
        _running: running,
        _runtime: runtime,
        _folder: folder,
    }
});

fuzz_target!(|input: &[u8]| {
    let [endpoint, kind, rest @ ..] = input else { return };
    let (path, right) = ENDPOINTS[usize::from(*endpoint) % ENDPOINTS.len()];
    let body = if kind % 8 == 0 {
        rest.to_vec()
    } else {
        changed(right, rest).to_string().into_bytes()
    };
    let (status, answer) = post(path, &body).expect("the server answers");
    assert!(
        (200..500).contains(&status) || status == 503,
        "{status} from {path} for {}: {answer}",
        String::from_utf8_lossy(&body)
    );
    let json = answer.split_once("\r\n\r\n").map(|(_, json)| json).unwrap_or_default();
    assert!(
        serde_json::from_str::<Value>(json).is_ok(),
        "no JSON from {path}: {answer}"
    );
});

/// A request with some members set to odd values, added or taken away: two bytes a change, and text of
/// the input's own after a zero.
fn changed(right: &str, changes: &[u8]) -> Value {
    let mut members: Map<String, Value> = serde_json::from_str(right).expect("a right request");
    let mut changes = changes.iter();
    while let (Some(&member), Some(&value)) = (changes.next(), changes.next()) {
        let known = members.len();
        let name = match usize::from(member) {
            own @ ..=127 if known > 0 => members.keys().nth(own % known).cloned().unwrap_or_default(),
            any => MEMBERS[any % MEMBERS.len()].to_owned(),
        };
        match value {
            255 => drop(members.remove(&name)),
            254 => {
                let text = String::from_utf8_lossy(changes.as_slice()).into_owned();
                members.insert(name, json!(text));
                break;
            }
            253 => drop(members.insert(name, json!("x".repeat(20_000)))),
            _ => {
                let odd = ODD[usize::from(value) % ODD.len()];
                members.insert(name, serde_json::from_str(odd).expect("odd, but JSON"));
            }
        }
    }
    Value::Object(members)
}

fn post(path: &str, body: &[u8]) -> std::io::Result<(u16, String)> {
    let server = &*SERVER;
    let mut stream = TcpStream::connect(server.addr)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let head = format!(
        "POST /api/v1/{path} HTTP/1.1\r\nhost: fuzz\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n",
        server.key,
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok((status.unwrap_or(0), answer))
}

/// An engine that makes nothing.
struct Nobody;

fn refused() -> Fault {
    Fault::Rejected {
        code: Code::BadRequest,
        message: "Nobody plays here.".to_owned(),
    }
}

#[async_trait]
impl Engine for Nobody {
    fn name(&self) -> &str {
        "nobody"
    }

    async fn run(&self, _: &Work, _: u32, _: &Job) -> Result<Vec<Take>, Fault> {
        Err(refused())
    }

    async fn lyrics(&self, description: &str, _: u64) -> Result<Written, Fault> {
        Ok(Written {
            title: "Nothing".to_owned(),
            tags: String::new(),
            lyrics: description.to_owned(),
        })
    }

    async fn upsample_tags(&self, tags: &str, _: u64) -> Result<String, Fault> {
        Ok(tags.to_owned())
    }

    async fn admit(&self, _: &Path, _: &Brief, _: &Job) -> Result<Take, Fault> {
        Err(refused())
    }

    async fn singer(&self, _: &str, _: &Job) -> Result<Singer, Fault> {
        Err(refused())
    }

    async fn view(&self, _: &View, _: &Job) -> Result<TakeFile, Fault> {
        Err(refused())
    }
}
