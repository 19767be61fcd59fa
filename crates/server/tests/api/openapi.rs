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

#[test]
fn it_is_whole() {
    let api: Value = serde_json::from_str(&catbird_server::admin::openapi()).unwrap();
    assert_eq!(api["openapi"], "3.1.0");
    let paths: Vec<&String> = api["paths"].as_object().unwrap().keys().collect();
    assert_eq!(
        paths,
        [
            "/api/v1/get-credits",
            "/api/v1/nuro/create",
            "/api/v1/nuro/task/{task_id}",
            "/files/{name}",
            "/healthz",
            "/metrics",
            "/readyz",
            "/v1/tasks/{id}"
        ]
    );
    assert_eq!(api["components"]["securitySchemes"]["key"]["scheme"], "bearer");
    let music = api["components"]["schemas"]["Music"]["required"].as_array().unwrap();
    assert_eq!(music.len(), 10);
    let text = api.to_string();
    for (at, _) in text.match_indices("#/components/schemas/") {
        let name: String = text[at + 21..]
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        assert!(
            api["components"]["schemas"][&name].is_object(),
            "{name} is referred to but not there"
        );
    }
}
