//! The plain endpoints, and what lies around every answer.

use reqwest::Method;

use crate::app::{TestApp, song};

#[tokio::test]
async fn health_pages_and_description() {
    let app = TestApp::new().await;
    for (path, content_type, text) in [
        ("/healthz", "application/json", "ok"),
        ("/readyz", "application/json", "ready"),
        ("/openapi.json", "application/json", "/api/v1/nuro/create"),
        ("/docs", "text/html; charset=utf-8", "openapi.json"),
        ("/", "text/html; charset=utf-8", "Catbird"),
    ] {
        let answer = TestApp::send(app.client.get(app.url(path))).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (200, content_type),
            "{path}"
        );
        assert!(answer.text().contains(text), "{path}");
    }
    assert_eq!(app.get("/openapi.json").await.text(), catbird_server::admin::openapi());
}

#[tokio::test]
async fn pages_load_nothing_from_elsewhere() {
    let app = TestApp::new().await;
    for path in ["/", "/docs"] {
        let answer = app.get(path).await;
        let text = answer.text();
        for sign in ["src=\"http", "href=\"http", "src=\"//", "@import", "url(http"] {
            assert!(!text.contains(sign), "{path} has {sign}");
        }
        assert!(
            answer
                .header("content-security-policy")
                .starts_with("default-src 'self'")
        );
    }
}

#[tokio::test]
async fn not_ready_when_files_cannot_be_written() {
    let app = TestApp::new().await;
    let objects = app.config.data.join("objects");
    std::fs::rename(&objects, app.dir.path().join("away")).unwrap();
    std::fs::write(&objects, "a file in the way").unwrap();
    app.get("/readyz")
        .await
        .assert_error(503, "unavailable", "The service is not available at the moment.");
    assert_eq!(app.get("/healthz").await.status, 200);
    std::fs::remove_file(&objects).unwrap();
    std::fs::rename(app.dir.path().join("away"), &objects).unwrap();
    assert_eq!(app.get("/readyz").await.status, 200);
}

#[tokio::test]
async fn counters() {
    let app = TestApp::new().await;
    let id = app.task(&song()).await;
    app.finish(&id).await;
    app.poll("unknown").await;
    app.get("/made/up/path").await;
    let text = app.get("/metrics").await.text();
    for line in [
        "catbird_http_requests_total{route=\"/api/v1/nuro/create\",method=\"POST\",status=\"200\"} 1",
        "catbird_http_requests_total{route=\"/api/v1/nuro/task/{task_id}\",method=\"GET\",status=\"404\"} 1",
        "catbird_http_requests_total{route=\"(none)\",method=\"GET\",status=\"404\"} 1",
        "catbird_tasks{state=\"succeeded\"} 1",
        "catbird_tasks{state=\"failed\"} 0",
        "catbird_queue_depth 0",
        "catbird_task_seconds_count 1",
    ] {
        assert!(text.lines().any(|l| l == line), "{line} is not in\n{text}");
    }
}

#[tokio::test]
async fn request_ids_and_other_origins() {
    let app = TestApp::new().await;
    let own = app
        .request(Method::GET, "/api/v1/get-credits")
        .header("x-request-id", "mine-1");
    assert_eq!(TestApp::send(own).await.header("x-request-id"), "mine-1");
    let (a, b) = (app.get("/healthz").await, app.get("/nowhere").await);
    assert_eq!(
        (a.header("x-request-id").len(), b.header("x-request-id").len()),
        (36, 36)
    );
    assert_ne!(a.header("x-request-id"), b.header("x-request-id"));
    let long = app
        .request(Method::GET, "/healthz")
        .header("x-request-id", "x".repeat(500));
    assert_eq!(TestApp::send(long).await.header("x-request-id").len(), 36);
    let preflight = app
        .request(Method::OPTIONS, "/api/v1/nuro/create")
        .header("origin", "https://app.example.org")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type");
    let answer = TestApp::send(preflight).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("access-control-allow-origin")),
        (200, "*")
    );
    assert!(answer.header("access-control-allow-headers").contains("authorization"));
}
