//! The description of the API is part of the repository, so that a change of it is seen in review.

use std::path::PathBuf;

use serde_json::Value;

/// `CATBIRD_UPDATE_OPENAPI=1 cargo test -p catbird-server` writes it anew.
#[test]
#[expect(clippy::disallowed_methods, reason = "a switch of this test alone")]
fn the_description_is_the_one_in_the_repository() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../openapi.json");
    let now = catbird_server::admin::openapi();
    if std::env::var_os("CATBIRD_UPDATE_OPENAPI").is_some() {
        std::fs::write(&file, &now).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        kept == now,
        "openapi.json is out of date; run this test with CATBIRD_UPDATE_OPENAPI=1"
    );
}

const SONIC: [&str; 24] = [
    "aligned-lyrics",
    "bpm",
    "clip/{task_id}",
    "create",
    "create-voice",
    "get-lyrics/{task_id}",
    "get-song",
    "get_music/{task_id}",
    "lyrics",
    "make-lyrics",
    "mashup",
    "midi",
    "persona",
    "replace-section",
    "sample",
    "stems/basic",
    "stems/full",
    "task/{task_id}",
    "upload",
    "upload-cover",
    "upload-extend",
    "upsample-tags",
    "vox",
    "wav",
];

const OTHERS: [&str; 19] = [
    "/api/v1/get-credits",
    "/api/v1/nuro/create",
    "/api/v1/nuro/task/{task_id}",
    "/api/v1/producer/create",
    "/api/v1/producer/download",
    "/api/v1/producer/task/{task_id}",
    "/api/v1/producer/upload",
    "/api/v1/riffusion/create",
    "/api/v1/riffusion/task/{task_id}",
    "/api/v1/riffusion/upload",
    "/files/{name}",
    "/healthz",
    "/metrics",
    "/readyz",
    "/v1/deliveries",
    "/v1/deliveries/{id}/resend",
    "/v1/tasks/{id}",
    "/v1/tasks/{id}/events",
    "/v1/uploads",
];

#[test]
fn it_is_whole() {
    let api: Value = serde_json::from_str(&catbird_server::admin::openapi()).unwrap();
    assert_eq!(api["openapi"], "3.1.0");
    let paths: Vec<&str> = api["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    let family = |prefix: &str| -> Vec<&str> { paths.iter().filter_map(|path| path.strip_prefix(prefix)).collect() };
    assert_eq!(family("/api/v1/sonic/"), SONIC);
    assert_eq!(family("/api/v1/suno/"), SONIC, "twins in everything");
    let others: Vec<&str> = paths
        .iter()
        .filter(|path| !path.starts_with("/api/v1/s"))
        .copied()
        .collect();
    assert_eq!(others, OTHERS);
    let mut names: Vec<&str> = Vec::new();
    for operation in api["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|item| item.as_object().unwrap().values())
    {
        names.push(operation["operationId"].as_str().unwrap());
    }
    // Two types of one name would leave only one of them in the description.
    for (schema, member) in [
        ("Song", "tags"),
        ("RiffusionSong", "timestamp"),
        ("ProducerSong", "wav_url"),
        ("StudioSong", "song_path"),
        ("SongRequest", "gpt_description_prompt"),
        ("RiffusionSongRequest", "vocal_variation"),
        ("ProducerSongRequest", "length"),
    ] {
        let members = &api["components"]["schemas"][schema]["properties"];
        assert!(members[member].is_object(), "{schema} has {member}");
    }
    let distinct: std::collections::BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(distinct.len(), names.len(), "every operation has its own name");
    assert_eq!(api["components"]["securitySchemes"]["key"]["scheme"], "bearer");
    let music = api["components"]["schemas"]["Music"]["required"].as_array().unwrap();
    assert_eq!(music.len(), 10);
    let text = api.to_string();
    for (at, _) in text.match_indices("#/components/schemas/") {
        let name: String = text[at + 21..]
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect();
        assert!(
            api["components"]["schemas"][&name].is_object(),
            "{name} is referred to but not there"
        );
    }
}
