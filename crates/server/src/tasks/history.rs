//! A test: random histories of submits, claims, failures, hand-backs, takeovers and late writers are
//! played against the store and against a small model; ledger, states and fences must agree.

use catbird_score::{Brief, Labels, Work};
use proptest::prelude::*;

use super::state::{self, Claim, Finished, Lost};
use super::submit::{Idempotency, Order, Refusal, submit};
use crate::credits::ledger::{self, Credits};
use crate::http::codes::Code;
use crate::store::{Db, accounts};

const PRICE: u32 = 3;
const MAX_ATTEMPTS: i64 = 3;

#[derive(Clone, Debug)]
enum Act {
    Grant {
        balance: i64,
        extra: i64,
    },
    Submit {
        key: Option<u8>,
    },
    Claim,
    /// By the n-th claim ever made, also a stale one.
    Succeed(usize),
    Fail(usize),
    Requeue {
        claim: usize,
        counted: bool,
    },
    Beat(usize),
    /// All leases of the node end.
    TakeBack,
}

fn act() -> impl Strategy<Value = Act> {
    let claim = 0_usize..12;
    prop_oneof![
        1 => (0_i64..8, 0_i64..8).prop_map(|(balance, extra)| Act::Grant { balance, extra }),
        4 => prop::option::of(0_u8..3).prop_map(|key| Act::Submit { key }),
        5 => Just(Act::Claim),
        2 => claim.clone().prop_map(Act::Succeed),
        2 => claim.clone().prop_map(Act::Fail),
        2 => (claim.clone(), any::<bool>()).prop_map(|(claim, counted)| Act::Requeue { claim, counted }),
        1 => claim.prop_map(Act::Beat),
        1 => Just(Act::TakeBack),
    ]
}

/// What should be so.
#[derive(Default)]
struct Model {
    balance: i64,
    extra: i64,
    /// In the order of submission.
    tasks: Vec<Expected>,
    keys: [Option<usize>; 3],
    claims: Vec<Claim>,
}

struct Expected {
    id: String,
    paid: Credits,
    state: &'static str,
    attempt: i64,
    fence: i64,
}

impl Model {
    /// The task a claim still owns.
    fn owned(&mut self, claim: &Claim) -> Option<&mut Expected> {
        self.tasks
            .iter_mut()
            .find(|t| t.id == claim.id && t.fence == claim.fence && t.state == "running")
    }

    fn refund(&mut self, paid: Credits) {
        self.balance += paid.balance;
        self.extra += paid.extra;
    }
}

fn order(account_id: &str, key: Option<u8>) -> Order {
    Order {
        account_id: account_id.to_owned(),
        family: "nuro",
        work: Work::Compose {
            brief: Brief::default(),
        },
        seed: 1,
        takes: 1,
        shown: "{}".to_owned(),
        price: PRICE,
        idempotency: key.map(|key| Idempotency {
            key: key.to_string(),
            request_hash: "same".to_owned(),
        }),
        webhook: None,
        base_url: String::new(),
    }
}

async fn play(acts: Vec<Act>) -> Result<(), TestCaseError> {
    let dir = tempfile::tempdir().unwrap();
    let db = Db::open(&format!("sqlite://{}/a.db", dir.path().display()))
        .await
        .unwrap();
    let mut tx = db.begin().await.unwrap();
    let account = accounts::account(&mut tx, "a").await.unwrap();
    tx.commit().await.unwrap();
    let mut model = Model::default();
    for act in acts {
        step(&db, &account, &mut model, &act).await?;
        let has = ledger::credits(db.read(), &account).await.unwrap();
        prop_assert_eq!(
            has,
            Credits {
                balance: model.balance,
                extra: model.extra
            },
            "after {:?}",
            act
        );
        let sums: (i64, i64) = sqlx::query_as(
            "SELECT CAST(COALESCE(SUM(balance), 0) AS BIGINT), CAST(COALESCE(SUM(extra), 0) AS BIGINT) FROM entries",
        )
        .fetch_one(db.read())
        .await
        .unwrap();
        prop_assert_eq!(sums, (model.balance, model.extra));
        for task in &model.tasks {
            let row: (String, i64, i64) = sqlx::query_as("SELECT state, attempt, fence FROM tasks WHERE id = $1")
                .bind(&task.id)
                .fetch_one(db.read())
                .await
                .unwrap();
            prop_assert_eq!(
                row,
                (task.state.to_owned(), task.attempt, task.fence),
                "after {:?}",
                act
            );
        }
    }
    Ok(())
}

async fn step(db: &Db, account: &str, model: &mut Model, act: &Act) -> Result<(), TestCaseError> {
    match *act {
        Act::Grant { balance, extra } => {
            let mut tx = db.begin().await.unwrap();
            ledger::grant(&mut tx, account, Credits { balance, extra })
                .await
                .unwrap();
            tx.commit().await.unwrap();
            model.balance += balance;
            model.extra += extra;
        }
        Act::Submit { key } => submit_one(db, account, model, key).await?,
        Act::Claim => {
            let claim = state::claim(db, "node", 60_000).await.unwrap();
            prop_assert_eq!(claim.is_some(), model.tasks.iter().any(|t| t.state == "queued"));
            if let Some(claim) = claim {
                let task = model.tasks.iter_mut().find(|t| t.id == claim.id).unwrap();
                prop_assert_eq!(task.state, "queued");
                (task.state, task.attempt, task.fence) = ("running", task.attempt + 1, task.fence + 1);
                prop_assert_eq!((claim.attempt, claim.fence), (task.attempt, task.fence));
                model.claims.push(claim);
            }
        }
        Act::TakeBack => {
            state::sweep(db, Lost::OfNode("node"), MAX_ATTEMPTS).await.unwrap();
            let mut back = Vec::new();
            for task in model.tasks.iter_mut().filter(|t| t.state == "running") {
                task.state = if task.attempt >= MAX_ATTEMPTS {
                    "failed"
                } else {
                    "queued"
                };
                if task.state == "failed" {
                    back.push(task.paid);
                }
            }
            for paid in back {
                model.refund(paid);
            }
        }
        Act::Succeed(nth) | Act::Fail(nth) | Act::Beat(nth) | Act::Requeue { claim: nth, .. } => {
            if let Some(claim) = model.claims.get(nth).cloned() {
                write(db, model, act, &claim).await?;
            }
        }
    }
    Ok(())
}

async fn submit_one(db: &Db, account: &str, model: &mut Model, key: Option<u8>) -> Result<(), TestCaseError> {
    let taken = submit(db, &order(account, key), 1000).await;
    if let Some(before) = key.and_then(|key| model.keys[key as usize]) {
        prop_assert_eq!(&taken.unwrap(), &model.tasks[before].id);
        return Ok(());
    }
    if model.balance + model.extra < i64::from(PRICE) {
        prop_assert!(matches!(taken, Err(Refusal::Credits)));
        return Ok(());
    }
    let extra = model.extra.min(i64::from(PRICE));
    let paid = Credits {
        balance: i64::from(PRICE) - extra,
        extra,
    };
    model.balance -= paid.balance;
    model.extra -= paid.extra;
    if let Some(key) = key {
        model.keys[key as usize] = Some(model.tasks.len());
    }
    model.tasks.push(Expected {
        id: taken.unwrap(),
        paid,
        state: "queued",
        attempt: 0,
        fence: 0,
    });
    Ok(())
}

/// A write of a worker; it must count exactly if the claim is still good.
async fn write(db: &Db, model: &mut Model, act: &Act, claim: &Claim) -> Result<(), TestCaseError> {
    let counted = match *act {
        Act::Succeed(_) => {
            let clip = Finished {
                position: 0,
                title: String::new(),
                lyrics: String::new(),
                tags: String::new(),
                seconds: 1.0,
                labels: Labels::default(),
                parent: None,
                details: "{}".to_owned(),
                files: Vec::new(),
            };
            match state::publish(db, claim, &[clip]).await {
                Ok(true) => state::succeed(db, claim).await,
                published => published,
            }
        }
        Act::Fail(_) => state::fail(db, claim, Code::Api, "broken").await,
        Act::Requeue { counted, .. } => state::requeue(db, claim, 0, counted).await,
        _ => state::beat(db, claim, 60_000, 50, "mix").await,
    };
    let owned = model.owned(claim);
    prop_assert_eq!(counted.unwrap(), owned.is_some());
    let Some(task) = owned else { return Ok(()) };
    let paid = task.paid;
    match *act {
        Act::Succeed(_) => task.state = "succeeded",
        Act::Fail(_) => {
            task.state = "failed";
            model.refund(paid);
        }
        Act::Requeue { counted, .. } => {
            task.state = "queued";
            task.attempt -= i64::from(!counted);
        }
        _ => {}
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn store_and_model_agree(acts in prop::collection::vec(act(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(play(acts))?;
    }
}

/// All transitions are in `state.rs`.
#[test]
fn nobody_else_changes_a_state() {
    fn look(folder: &std::path::Path) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                look(&path);
            } else if !path.ends_with("tasks/state.rs") && !path.ends_with("tasks/history.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                assert!(!text.contains("UPDATE tasks"), "{} changes tasks", path.display());
            }
        }
    }
    look(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")));
}
