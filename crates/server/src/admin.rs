//! What the command line does with accounts, keys and credits; works beside a running server, which
//! notices within a second or two.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context as _;

use crate::clock;
use crate::config::Config;
use crate::credits::ledger;
pub use crate::credits::ledger::Credits;
use crate::store::{Db, accounts};
use crate::webhooks::secret;

/// A key as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyView {
    /// Its id, for revoking.
    pub id: String,
    /// The account's name.
    pub account: String,
    /// The key's first characters.
    pub prefix: String,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339; none while it is good.
    pub revoked_at: Option<String>,
}

/// An account and what it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountView {
    /// Its name.
    pub name: String,
    /// Its credits.
    pub credits: Credits,
}

/// Which pool a grant goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pool {
    /// `credits` of get-credits.
    Subscription,
    /// `extra_credits`, used first.
    Extra,
}

/// Brings the tables up to date.
pub async fn migrate(config: &Config) -> anyhow::Result<()> {
    open(config).await?.close().await;
    Ok(())
}

/// Makes a key for the account of that name (which is made when it is missing), grants it
/// subscription credits, and returns the key: the only time it can be seen.
pub async fn create_key(config: &Config, name: &str, credits: u32) -> anyhow::Result<String> {
    anyhow::ensure!(!name.trim().is_empty(), "a key needs a name");
    let db = open(config).await?;
    let key = accounts::new_key();
    let mut tx = db.begin().await?;
    let account = accounts::account(&mut tx, name.trim()).await?;
    accounts::add_key(&mut tx, &account, &key).await?;
    if credits > 0 {
        ledger::grant(
            &mut tx,
            &account,
            Credits {
                balance: i64::from(credits),
                extra: 0,
            },
        )
        .await?;
    }
    tx.commit().await?;
    db.close().await;
    Ok(key)
}

/// All keys, oldest first.
pub async fn list_keys(config: &Config) -> anyhow::Result<Vec<KeyView>> {
    let db = open(config).await?;
    let rows: Vec<(String, String, String, i64, Option<i64>)> = sqlx::query_as(
        "SELECT k.id, a.name, k.prefix, k.created_at, k.revoked_at
         FROM keys k JOIN accounts a ON a.id = k.account_id ORDER BY k.created_at, k.id",
    )
    .fetch_all(db.read())
    .await?;
    db.close().await;
    Ok(rows
        .into_iter()
        .map(|(id, account, prefix, created_at, revoked_at)| KeyView {
            id,
            account,
            prefix,
            created_at: clock::rfc3339(created_at),
            revoked_at: revoked_at.map(clock::rfc3339),
        })
        .collect())
}

/// Revokes one key, named by its id, by itself, or by a prefix that fits only one good key.
pub async fn revoke_key(config: &Config, which: &str) -> anyhow::Result<KeyView> {
    let hash = accounts::hash(which);
    let keys = list_keys(config).await?;
    let db = open(config).await?;
    let by_hash: Option<(String,)> = sqlx::query_as("SELECT id FROM keys WHERE hash = $1")
        .bind(&hash)
        .fetch_optional(db.read())
        .await?;
    let good = keys.into_iter().filter(|key| key.revoked_at.is_none());
    let mut fits: Vec<KeyView> = good
        .filter(|key| match &by_hash {
            Some((id,)) => key.id == *id,
            None => key.id == which || (which.len() > accounts::PREFIX.len() && key.prefix.starts_with(which)),
        })
        .collect();
    anyhow::ensure!(fits.len() < 2, "{which:?} fits {} keys; name one by its id", fits.len());
    let mut key = fits.pop().with_context(|| format!("no good key is called {which:?}"))?;
    let now = clock::now_ms();
    sqlx::query("UPDATE keys SET revoked_at = $2 WHERE id = $1")
        .bind(&key.id)
        .bind(now)
        .execute(db.write())
        .await?;
    db.close().await;
    key.revoked_at = Some(clock::rfc3339(now));
    Ok(key)
}

/// Grants credits to the account of that name; what it has afterwards.
pub async fn grant_credits(config: &Config, name: &str, amount: u32, pool: Pool) -> anyhow::Result<Credits> {
    let db = open(config).await?;
    let mut tx = db.begin().await?;
    let account: Option<(String,)> = sqlx::query_as("SELECT id FROM accounts WHERE name = $1")
        .bind(name)
        .fetch_optional(&mut *tx)
        .await?;
    let (account,) = account.with_context(|| format!("there is no account {name:?}"))?;
    let amount = i64::from(amount);
    let granted = match pool {
        Pool::Subscription => Credits {
            balance: amount,
            extra: 0,
        },
        Pool::Extra => Credits {
            balance: 0,
            extra: amount,
        },
    };
    ledger::grant(&mut tx, &account, granted).await?;
    let has = ledger::credits(&mut *tx, &account).await?;
    tx.commit().await?;
    db.close().await;
    Ok(has)
}

/// What accounts have; only that of `name` if given.
pub async fn show_credits(config: &Config, name: Option<&str>) -> anyhow::Result<Vec<AccountView>> {
    let db = open(config).await?;
    let rows: Vec<(String, i64, i64)> = sqlx::query_as("SELECT name, balance, extra FROM accounts ORDER BY name")
        .fetch_all(db.read())
        .await?;
    db.close().await;
    let views: Vec<AccountView> = rows
        .into_iter()
        .filter(|row| name.is_none_or(|name| name == row.0))
        .map(|(name, balance, extra)| AccountView {
            name,
            credits: Credits { balance, extra },
        })
        .collect();
    match name {
        Some(name) if views.is_empty() => anyhow::bail!("there is no account {name:?}"),
        _ => Ok(views),
    }
}

/// Credits for each call.
pub fn prices(config: &Config) -> BTreeMap<&'static str, u32> {
    let prices = config.prices;
    BTreeMap::from([
        ("POST /api/v1/nuro/create", prices.nuro),
        ("POST /api/v1/sonic/create", prices.suno),
        ("POST /api/v1/sonic/create (concat_music)", prices.concat),
        ("POST /api/v1/sonic/mashup", prices.suno),
        ("POST /api/v1/sonic/replace-section", prices.suno),
        ("POST /api/v1/sonic/sample", prices.suno),
        ("POST /api/v1/sonic/persona", prices.persona),
        ("POST /api/v1/sonic/lyrics", prices.lyrics),
        ("POST /api/v1/sonic/make-lyrics", prices.lyrics),
        ("POST /api/v1/sonic/wav", prices.wav),
        ("POST /api/v1/sonic/midi", prices.midi),
        ("POST /api/v1/sonic/vox", prices.vox),
        ("POST /api/v1/sonic/stems/basic", prices.stems_basic),
        ("POST /api/v1/sonic/stems/full", prices.stems_full),
        ("POST /api/v1/sonic/aligned-lyrics", prices.aligned_lyrics),
        ("POST /api/v1/sonic/bpm", prices.bpm),
        ("POST /api/v1/sonic/upsample-tags", prices.upsample_tags),
    ])
}

/// Where the secret lies that signs webhooks whose request named none; none: it is in the settings.
pub fn webhook_secret_file(config: &Config) -> Option<PathBuf> {
    config.webhooks.secret.is_empty().then(|| secret::file(config))
}

/// The API's description as JSON.
pub fn openapi() -> String {
    crate::http::router::openapi()
}

async fn open(config: &Config) -> anyhow::Result<Db> {
    let data = &config.data;
    std::fs::create_dir_all(data).with_context(|| format!("the data folder {} cannot be written", data.display()))?;
    Db::open(&config.database_url()?).await
}
