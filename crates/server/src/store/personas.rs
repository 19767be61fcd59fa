//! Personas: a singer and a style, taken from a clip under a name.

use catbird_score::{Consent, Singer};
use serde::{Deserialize, Serialize};

use super::{Db, Tx};
use crate::clock;

/// A persona.
#[derive(Clone, Debug, PartialEq)]
pub struct Persona {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub account_id: String,
    /// Its name.
    pub name: String,
    /// What the caller says about it.
    pub description: String,
    /// The style it brings with it.
    pub styles: String,
    /// The clip it was taken from.
    pub clip_id: String,
    /// What makes it recognisable.
    pub traits: Traits,
}

/// What makes a persona recognisable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Traits {
    /// Exactly this voice.
    pub singer: Singer,
    /// Whose word it is that the singer of the recording agrees, where it was made of one.
    #[serde(default)]
    pub consent: Option<Consent>,
}

/// Stores a new one.
pub async fn add(tx: &mut Tx, persona: &Persona) -> sqlx::Result<()> {
    let traits = serde_json::to_string(&persona.traits).expect("a singer is plain data");
    sqlx::query(
        "INSERT INTO personas (id, account_id, name, description, styles, clip_id, traits, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&persona.id)
    .bind(&persona.account_id)
    .bind(&persona.name)
    .bind(&persona.description)
    .bind(&persona.styles)
    .bind(&persona.clip_id)
    .bind(traits)
    .bind(clock::now_ms())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// One of an account's.
pub async fn find(db: &Db, account_id: &str, id: &str) -> sqlx::Result<Option<Persona>> {
    let row: Option<(String, String, String, String, String)> = sqlx::query_as(
        "SELECT name, description, styles, clip_id, traits FROM personas WHERE id = $1 AND account_id = $2",
    )
    .bind(id)
    .bind(account_id)
    .fetch_optional(db.read())
    .await?;
    let Some((name, description, styles, clip_id, traits)) = row else {
        return Ok(None);
    };
    let traits = serde_json::from_str(&traits).map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(Some(Persona {
        id: id.to_owned(),
        account_id: account_id.to_owned(),
        name,
        description,
        styles,
        clip_id,
        traits,
    }))
}
