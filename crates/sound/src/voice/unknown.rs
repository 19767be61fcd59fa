//! Words no dictionary knows: hibari's character transformer (`oov.onnx`, 0.65 M parameters, trained on
//! readings of 225,000 words) in the rten runtime. Its output is read as CTC: repeats collapse,
//! blanks fall away.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use catbird_score::phoneme::{self, Class};
use rten::{Model, NodeId, RunOptions, ThreadPool, Value};
use rten_tensor::{NdTensor, Tensor, prelude::*};
use serde::Deserialize;

use super::alphabet;

/// The model or its table cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot load the pronouncer for unknown words: {0}")]
pub struct UnknownError(String);

#[derive(Deserialize)]
struct Table {
    #[serde(rename = "in")]
    letters: Vec<char>,
    #[serde(rename = "out")]
    phonemes: Vec<char>,
    maxlen: usize,
}

/// Spells out unknown words in the voice's alphabet.
pub struct OutOfVocabulary {
    model: Model,
    chars: NodeId,
    ids: NodeId,
    letters: BTreeMap<char, i32>,
    phonemes: Vec<char>,
    longest: usize,
    pool: Arc<ThreadPool>,
}

impl OutOfVocabulary {
    /// Loads `oov.onnx` and its alphabet `oov.json`.
    pub fn open(onnx: &Path, table: &Path) -> Result<Self, UnknownError> {
        let fail = |path: &Path, e: &dyn std::fmt::Display| UnknownError(format!("{}: {e}", path.display()));
        let text = std::fs::read_to_string(table).map_err(|e| fail(table, &e))?;
        let Table {
            letters,
            phonemes,
            maxlen,
        } = serde_json::from_str(&text).map_err(|e| fail(table, &e))?;
        let model = Model::load_file(onnx).map_err(|e| fail(onnx, &e))?;
        let chars = model.node_id("chars").map_err(|e| fail(onnx, &e))?;
        let ids = model.node_id("ids").map_err(|e| fail(onnx, &e))?;
        let letters = letters.into_iter().zip(1..).collect();
        Ok(Self {
            model,
            chars,
            ids,
            letters,
            phonemes,
            longest: maxlen,
            pool: Arc::new(ThreadPool::with_num_threads(1)),
        })
    }

    /// The reading of a word with its stress marks; `None` when no letter of it is known or nothing
    /// singable comes out. Capitals count: `NASA` may be spelt, `nasa` is read. Long words are read in parts.
    pub fn phonemes(&self, word: &str) -> Option<String> {
        let letters: Vec<i32> = word.chars().filter_map(|c| self.letters.get(&c).copied()).collect();
        let mut out = String::new();
        for part in letters.chunks(self.longest.max(1)) {
            out.push_str(&self.read(part)?);
        }
        out.chars().any(|c| phoneme::class(c) == Class::Vowel).then_some(out)
    }

    fn read(&self, letters: &[i32]) -> Option<String> {
        let input = NdTensor::from_data([1, letters.len()], letters.to_vec());
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&self.pool)));
        let [ids]: [Value; 1] = self
            .model
            .run_n(vec![(self.chars, input.into())], [self.ids], Some(options))
            .ok()?;
        let ids: Tensor<i32> = ids.try_into().ok()?;
        let mut before = 0;
        let mut out = String::new();
        for &id in ids.iter() {
            if id != before
                && let Some(&c) = usize::try_from(id - 1).ok().and_then(|i| self.phonemes.get(i))
            {
                // The table also has marks of its training data (brackets, digits) that nobody can sing.
                if alphabet::id(c).is_some() && phoneme::class(c) != Class::Other {
                    out.push(c);
                }
            }
            before = id;
        }
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_files_are_named() {
        let error = OutOfVocabulary::open(Path::new("/nowhere/oov.onnx"), Path::new("/nowhere/oov.json"))
            .err()
            .unwrap();
        assert!(error.to_string().contains("/nowhere/oov.json"), "{error}");
    }

    #[test]
    fn an_unknown_word_is_read_with_its_stress() {
        let assets = catbird_assets::Assets::open().unwrap();
        assets.ensure(catbird_assets::Parts::Song, &|_, _, _| {}).unwrap();
        let reader = OutOfVocabulary::open(&assets.path("oov.onnx"), &assets.path("oov.json")).unwrap();
        let read = |word| reader.phonemes(word).unwrap();
        assert_eq!(read("catbird"), "kˈætbɜɹd");
        assert!(read("zorblified").ends_with("Id"), "{}", read("zorblified"));
        assert!(read("supercalifragilisticexpialidocious").chars().count() > 24);
        assert_eq!(reader.phonemes("…"), None);
        assert_eq!(reader.phonemes(""), None);
    }
}
