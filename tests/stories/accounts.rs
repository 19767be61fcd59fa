//! Keys and credits on the command line, seen by a server that is running.

use std::time::Duration;

use catbird_client::{ClientError, nuro::Bgm};

use super::program::{Server, catbird, folder, one_sentence, output, path};

fn said(data: &str, arguments: &[&str]) -> String {
    let out = output(catbird(arguments).args(["--data", data]));
    assert!(
        out.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&out.stderr)
    );
    String::from_utf8(out.stdout).unwrap()
}

#[tokio::test]
async fn keys_and_credits_work_while_the_server_runs() {
    let folder = folder();
    let data = folder.path().join("data");
    let server = Server::start(&data, &[("CATBIRD_RATE_LIMIT", "1 per 3 s"), ("CATBIRD_WORKERS", "0")]);
    let data = path(&data);

    let printed = said(data, &["keys", "create", "--name", "ann", "--credits", "25"]);
    let key = printed.trim_end_matches('\n');
    assert!(
        !key.is_empty() && !key.contains(char::is_whitespace),
        "the key alone: {printed:?}"
    );
    let ann = server.client_of(key);
    assert_eq!(ann.credits().await.unwrap().credits, 25);

    assert!(said(data, &["credits", "grant", "ann", "3", "--extra"]).contains("25 credits, 3 extra"));
    assert!(said(data, &["credits", "show", "ann"]).contains("25 credits, 3 extra"));
    assert!(said(data, &["credits", "price"]).contains("10  POST /api/v1/nuro/create"));
    let listed = said(data, &["keys", "list"]);
    assert!(
        listed.contains("ann") && !listed.contains(key),
        "keys are never shown again: {listed}"
    );

    // Extra credits go first; then the limit; another account sees nothing of it.
    let request = Bgm {
        description: "a chime".into(),
        duration: Some(1),
        ..Bgm::default()
    };
    let id = ann.create_bgm(&request).await.unwrap();
    let left = ann.credits().await.unwrap();
    assert_eq!((left.credits, left.extra_credits), (18, 0));
    let busy = ann.create_bgm(&request).await.unwrap_err();
    assert!(
        matches!(busy, ClientError::Busy { after, .. } if (1..=3).contains(&after.as_secs())),
        "{busy:?}"
    );
    assert_eq!(
        ann.credits().await.unwrap().credits,
        18,
        "a refused request costs nothing"
    );
    let other = server.client().nuro_task(&id).await.unwrap_err();
    assert!(matches!(other, ClientError::NotFound(_)), "{other:?}");

    said(data, &["keys", "revoke", key]);
    let mut refused = false;
    for _ in 0..50 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        refused = matches!(ann.credits().await, Err(ClientError::Unauthorized(_)));
        if refused {
            break;
        }
    }
    assert!(refused, "a revoked key still works after five seconds");
    assert!(said(data, &["keys", "list"]).contains("revoked"));
    let said = one_sentence(catbird(&["credits", "grant", "nobody", "1"]).args(["--data", data]));
    assert!(said.contains("nobody"), "{said}");
}

#[tokio::test]
async fn without_a_good_key_there_is_the_contracts_answer() {
    let folder = folder();
    let server = Server::start(&folder.path().join("data"), &[]);
    let http = reqwest::Client::builder().build().unwrap();
    let url = format!("{}/api/v1/get-credits", server.url());
    let bare = http.get(&url).send().await.unwrap();
    assert_eq!(bare.status(), 401);
    assert!(bare.text().await.unwrap().contains("Authorization header is missing."));
    let basic = http
        .get(&url)
        .header("Authorization", "Basic abc")
        .send()
        .await
        .unwrap();
    assert_eq!(basic.status(), 401);
    assert!(basic.text().await.unwrap().contains("Invalid authorization format."));
    assert!(matches!(
        server.client_of("wrong").credits().await,
        Err(ClientError::Unauthorized(_))
    ));
}
