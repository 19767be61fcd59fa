//! Reading the members of a request with the contract's sentences. `null` counts as absent, unknown
//! members are ignored.

use serde_json::{Map, Value};

use super::problem::Problem;

/// Seeds fit the numbers of every JSON reader.
const LARGEST_SEED: i64 = (1 << 53) - 1;

/// The members of a JSON object, with the prefix their names get in messages.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    members: &'a Map<String, Value>,
    within: &'a str,
}

impl<'a> Fields<'a> {
    /// Of the request itself.
    pub fn new(members: &'a Map<String, Value>) -> Self {
        Self { members, within: "" }
    }

    /// Of an object inside it, named like `segments[0].`
    pub fn within(members: &'a Map<String, Value>, within: &'a str) -> Self {
        Self { members, within }
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    fn wrong(&self, name: &str, should: &str) -> Problem {
        Problem::bad_request(format!("The '{}{name}' field should be {should}.", self.within))
    }

    /// A missing member.
    pub fn required(&self, name: &str) -> Problem {
        Problem::bad_request(format!("The '{}{name}' field is required.", self.within))
    }

    /// A text. Control characters other than line breaks and tabs mean nothing and are left out.
    pub fn string(&self, name: &str) -> Result<Option<String>, Problem> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(
                text.chars()
                    .filter(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'))
                    .collect(),
            )),
            Some(_) => Err(self.wrong(name, "string")),
        }
    }

    /// A whole number (`30` or `30.0`) in a range.
    pub fn integer(&self, name: &str, lowest: i64, highest: i64) -> Result<Option<i64>, Problem> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let Value::Number(number) = value else {
            return Err(self.wrong(name, "integer"));
        };
        let whole = number
            .as_f64()
            .filter(|f| f.fract() == 0.0)
            .ok_or_else(|| self.wrong(name, "integer"))?;
        let integer = number.as_i64().unwrap_or(whole as i64);
        if !(lowest..=highest).contains(&integer) || integer as f64 != whole {
            return Err(self.wrong(name, &format!("between {lowest} and {highest}")));
        }
        Ok(Some(integer))
    }

    /// Yes or no.
    pub fn boolean(&self, name: &str) -> Result<Option<bool>, Problem> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Bool(answer)) => Ok(Some(*answer)),
            Some(_) => Err(self.wrong(name, "boolean")),
        }
    }

    /// A number.
    pub fn number(&self, name: &str) -> Result<Option<f64>, Problem> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Number(number)) => Ok(number.as_f64()),
            Some(_) => Err(self.wrong(name, "number")),
        }
    }

    /// A number, or a text that may stand for one.
    pub fn number_or_text(&self, name: &str) -> Result<Option<Value>, Problem> {
        match self.get(name) {
            None => Ok(None),
            Some(value @ (Value::Number(_) | Value::String(_))) => Ok(Some(value.clone())),
            Some(_) => Err(self.wrong(name, "number or string")),
        }
    }

    /// A number from 0 to 1.
    pub fn share(&self, name: &str) -> Result<Option<f64>, Problem> {
        let share = self.number(name)?;
        if share.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
            return Err(self.wrong(name, "between 0 and 1"));
        }
        Ok(share)
    }

    /// A point in a piece in seconds, never before its beginning.
    pub fn seconds(&self, name: &str) -> Result<Option<f64>, Problem> {
        let seconds = self.number(name)?;
        if seconds.is_some_and(|seconds| seconds < 0.0) {
            return Err(self.wrong(name, "at least 0"));
        }
        Ok(seconds)
    }

    /// `seed`, an addition of ours: the same request with the same seed gives the same bytes.
    pub fn seed(&self) -> Result<Option<u64>, Problem> {
        Ok(self.integer("seed", 0, LARGEST_SEED)?.map(|seed| seed as u64))
    }

    /// The texts of an array.
    pub fn strings(&self, name: &str) -> Result<Option<Vec<String>>, Problem> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let Value::Array(entries) = value else {
            return Err(self.wrong(name, "array of string"));
        };
        let texts: Option<Vec<String>> = entries.iter().map(|e| e.as_str().map(str::to_owned)).collect();
        texts.map(Some).ok_or_else(|| self.wrong(name, "array of string"))
    }

    /// One of a list of words, spelt exactly.
    pub fn choice(&self, name: &str, words: &[&str]) -> Result<Option<String>, Problem> {
        let Some(word) = self.string(name)? else {
            return Ok(None);
        };
        self.known(name, &word, words)?;
        Ok(Some(word))
    }

    /// At most `most` of a list of words, spelt exactly.
    pub fn choices(&self, name: &str, words: &[&str], most: usize) -> Result<Vec<String>, Problem> {
        let Some(value) = self.get(name) else {
            return Ok(Vec::new());
        };
        let Value::Array(entries) = value else {
            return Err(self.wrong(name, "array"));
        };
        if entries.len() > most {
            let sentence = format!("The '{}{name}' field should have at most {most} entries.", self.within);
            return Err(Problem::bad_request(sentence));
        }
        let mut chosen = Vec::with_capacity(entries.len());
        for entry in entries {
            let Value::String(word) = entry else {
                return Err(self.wrong(name, "array of string"));
            };
            self.known(name, word, words)?;
            chosen.push(word.clone());
        }
        Ok(chosen)
    }

    /// An object.
    pub fn object(&self, name: &str) -> Result<Option<&'a Map<String, Value>>, Problem> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Object(members)) => Ok(Some(members)),
            Some(_) => Err(self.wrong(name, "object")),
        }
    }

    /// The objects of an array.
    pub fn objects(&self, name: &str) -> Result<Vec<&'a Map<String, Value>>, Problem> {
        let Some(value) = self.get(name) else {
            return Ok(Vec::new());
        };
        let Value::Array(entries) = value else {
            return Err(self.wrong(name, "array"));
        };
        let objects: Option<Vec<_>> = entries.iter().map(Value::as_object).collect();
        objects.ok_or_else(|| self.wrong(name, "array of object"))
    }

    fn known(&self, name: &str, word: &str, words: &[&str]) -> Result<(), Problem> {
        if words.contains(&word) {
            return Ok(());
        }
        let list: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
        let sentence = format!(
            "The '{}{name}' field is invalid. It should be one of {}.",
            self.within,
            list.join(", ")
        );
        Err(Problem::bad_request(sentence))
    }
}

/// "Less than" is what the contract's sentence says; a text of exactly `limit` characters passes.
pub fn check_length(name: &str, text: &str, limit: usize) -> Result<(), Problem> {
    if text.chars().count() > limit {
        return Err(Problem::bad_request(format!(
            "The {name} character length should be less than {limit}."
        )));
    }
    Ok(())
}
