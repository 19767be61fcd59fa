//! What the command line does with keys and credits, beside a running server.

use catbird_server::admin::{self, Credits, Pool};

use crate::app::{TestApp, song};

#[tokio::test]
async fn keys_are_made_listed_and_revoked() {
    let app = TestApp::new().await;
    let key = admin::create_key(&app.config, "alice", 30).await.unwrap();
    assert!(key.starts_with("cb_") && key.len() == 46);
    let keys = admin::list_keys(&app.config).await.unwrap();
    assert_eq!(
        keys.iter().map(|k| k.account.as_str()).collect::<Vec<_>>(),
        ["tester", "alice"]
    );
    assert!(
        key.starts_with(&keys[1].prefix) && keys[1].prefix.len() == 9,
        "only the beginning is kept"
    );
    let second = admin::create_key(&app.config, "alice", 5).await.unwrap();
    let alice = admin::show_credits(&app.config, Some("alice")).await.unwrap();
    assert_eq!(
        alice[0].credits,
        Credits { balance: 35, extra: 0 },
        "one account, two keys"
    );
    let revoked = admin::revoke_key(&app.config, &second).await.unwrap();
    assert!(revoked.revoked_at.is_some());
    assert!(
        admin::revoke_key(&app.config, &second).await.is_err(),
        "it is not good any more"
    );
    assert!(admin::revoke_key(&app.config, "cb_").await.is_err(), "no prefix at all");
    admin::revoke_key(&app.config, &keys[1].prefix).await.unwrap();
    assert!(admin::create_key(&app.config, "  ", 1).await.is_err());
}

#[tokio::test]
async fn credits_are_granted_and_shown() {
    let app = TestApp::new().await;
    app.task(&song()).await;
    let has = admin::grant_credits(&app.config, "tester", 7, Pool::Extra)
        .await
        .unwrap();
    assert_eq!(has, Credits { balance: 90, extra: 7 });
    let has = admin::grant_credits(&app.config, "tester", 3, Pool::Subscription)
        .await
        .unwrap();
    assert_eq!(has, Credits { balance: 93, extra: 7 });
    assert_eq!(app.credits().await, (93, 7));
    let error = admin::grant_credits(&app.config, "nobody", 1, Pool::Extra)
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "there is no account \"nobody\"");
    assert!(admin::show_credits(&app.config, Some("nobody")).await.is_err());
    assert_eq!(admin::prices(&app.config)["POST /api/v1/nuro/create"], 10);
    admin::migrate(&app.config).await.unwrap();
}
