//! Accounts and their keys. A key has 256 random bits, so its plain SHA-256 is enough to store.

use sha2::{Digest as _, Sha256};

use super::{Db, Tx};
use crate::clock;

/// What every key begins with, so that a leaked one is recognised.
pub const PREFIX: &str = "cb_";
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Who asks, found by key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The account.
    pub account_id: String,
    /// The key.
    pub key_id: String,
}

/// A new key: 43 base-62 digits, more than 255 bits.
pub fn new_key() -> String {
    let mut key = String::from(PREFIX);
    while key.len() < PREFIX.len() + 43 {
        let bytes: [u8; 64] = clock::random_bytes();
        // 248 = 4 x 62: larger bytes would make the first digits likelier.
        let digits = bytes
            .iter()
            .filter(|b| **b < 248)
            .map(|b| ALPHABET[(b % 62) as usize] as char);
        key.extend(digits.take(PREFIX.len() + 43 - key.len()));
    }
    key
}

/// What is stored of a key.
pub fn hash(key: &str) -> String {
    hex::encode(Sha256::digest(key.as_bytes()))
}

/// The account of that name, made when it is missing.
pub async fn account(tx: &mut Tx, name: &str) -> sqlx::Result<String> {
    sqlx::query("INSERT INTO accounts (id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING")
        .bind(clock::new_id())
        .bind(name)
        .bind(clock::now_ms())
        .execute(&mut **tx)
        .await?;
    sqlx::query_scalar("SELECT id FROM accounts WHERE name = $1")
        .bind(name)
        .fetch_one(&mut **tx)
        .await
}

/// Stores a key; false when there is such a key already.
pub async fn add_key(tx: &mut Tx, account_id: &str, key: &str) -> sqlx::Result<bool> {
    let shown: String = key.chars().take(PREFIX.len() + 6).collect();
    let added = sqlx::query(
        "INSERT INTO keys (id, account_id, hash, prefix, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (hash) DO NOTHING",
    )
    .bind(clock::new_id())
    .bind(account_id)
    .bind(hash(key))
    .bind(shown)
    .bind(clock::now_ms())
    .execute(&mut **tx)
    .await?;
    Ok(added.rows_affected() == 1)
}

/// Whose key it is, unless it was revoked.
pub async fn owner(db: &Db, key_hash: &str) -> sqlx::Result<Option<Owner>> {
    let row: Option<(String, String)> =
        sqlx::query_as("SELECT account_id, id FROM keys WHERE hash = $1 AND revoked_at IS NULL")
            .bind(key_hash)
            .fetch_optional(db.read())
            .await?;
    Ok(row.map(|(account_id, key_id)| Owner { account_id, key_id }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_long_distinct_and_plain() {
        let keys: std::collections::BTreeSet<String> = (0..200).map(|_| new_key()).collect();
        assert_eq!(keys.len(), 200);
        for key in keys {
            assert_eq!(key.len(), 46);
            assert!(key[3..].bytes().all(|b| b.is_ascii_alphanumeric()));
            assert_eq!(hash(&key).len(), 64);
        }
    }
}
