//! What can be wrong around the server: one clear sentence, nothing half-published.

use std::sync::Arc;

use catbird_server::Config;
use serde_json::json;

use crate::app::{TestApp, settings, song};
use crate::engine::TestEngine;

async fn refuse(config: &Config) -> String {
    match catbird_server::start(config.clone(), Arc::new(TestEngine::default())).await {
        Ok(_) => panic!("it started"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_taken_port() {
    let app = TestApp::new().await;
    let dir = tempfile::tempdir().unwrap();
    let mut config = settings(&dir);
    config.listen = app.running.as_ref().unwrap().addr();
    assert_eq!(
        refuse(&config).await,
        format!("the address {} cannot be listened on", config.listen)
    );
}

#[tokio::test]
async fn a_data_folder_in_use_or_in_the_way() {
    let app = TestApp::new().await;
    assert!(refuse(&app.config).await.ends_with("is in use by another catbird"));
    let dir = tempfile::tempdir().unwrap();
    let mut config = settings(&dir);
    std::fs::write(dir.path().join("file"), "x").unwrap();
    config.data = dir.path().join("file/data");
    assert!(refuse(&config).await.ends_with("cannot be written"));
}

#[tokio::test]
async fn a_database_that_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let config = settings(&dir);
    std::fs::create_dir_all(&config.data).unwrap();
    std::fs::write(config.data.join("catbird.db"), vec![7_u8; 20_000]).unwrap();
    let message = refuse(&config).await;
    assert!(
        message.starts_with("the database ") && message.ends_with("catbird.db cannot be used"),
        "{message}"
    );
}

#[tokio::test]
async fn addresses_this_build_does_not_speak() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = settings(&dir);
    config.database_url = "postgres://localhost/catbird".into();
    assert!(refuse(&config).await.contains("this build speaks sqlite: only"));
    let mut config = settings(&dir);
    config.objects_url = "s3://bucket".into();
    assert!(refuse(&config).await.contains("keeps files under file: only"));
}

#[tokio::test]
async fn files_that_cannot_be_stored_are_not_published() {
    let app = TestApp::with(|config| config.max_attempts = 2).await;
    // As a full or broken disk: no folder can be made inside.
    let objects = app.config.data.join("objects");
    std::fs::remove_dir_all(&objects).unwrap();
    std::fs::write(&objects, "a file in the way").unwrap();
    let id = app.task(&song()).await;
    let answer = app.finish(&id).await;
    assert_eq!(
        (
            answer.status.as_u16(),
            &answer.json()["type"],
            &answer.json()["refund_processed"]
        ),
        (500, &json!("api_error"), &json!(true))
    );
    assert_eq!(app.get(&format!("/files/song-{id}.wav")).await.status, 404);
    assert_eq!(app.credits().await, (100, 0));
}

#[tokio::test]
async fn a_failed_start_frees_what_it_held() {
    let app = TestApp::new().await;
    let dir = tempfile::tempdir().unwrap();
    let mut config = settings(&dir);
    config.listen = app.running.as_ref().unwrap().addr();
    refuse(&config).await;
    config.listen = "127.0.0.1:0".parse().unwrap();
    let running = catbird_server::start(config, Arc::new(TestEngine::default()))
        .await
        .unwrap();
    assert!(running.url().starts_with("http://127.0.0.1:"));
    running.shutdown().await.unwrap();
}
