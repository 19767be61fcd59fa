//! The members that the operations share, and what they mean to the composer.

use catbird_score::{Brief, Dice};
use serde::Serialize;
use serde_json::Value;
use url::Url;
use utoipa::ToSchema;

use crate::clock;
use crate::http::families::shown::Shown;
use crate::http::families::suno::song::{has_words, no_words};
use crate::http::fields::{Fields, check_length};
use crate::http::problem::Problem;
use crate::tasks::words::speaks_of_a_voice;

/// The hosted models; Catbird has one engine.
const MODELS: [&str; 9] = [
    "FUZZ-2.0 Pro",
    "FUZZ-2.0",
    "FUZZ-2.0 Raw",
    "FUZZ-1.1 Pro",
    "FUZZ-1.1",
    "FUZZ-1.0 Pro",
    "FUZZ-1.0",
    "FUZZ-0.8",
    "FUZZ-3-Demo",
];
/// The model when none is named.
pub const DEFAULT_MODEL: &str = "FUZZ-2.0";
// No limits are published for these three; riffusion's relatives have them.
const LYRICS_LIMIT: usize = 5000;
const SOUND_LIMIT: usize = 1000;
const INSTRUCTION_LIMIT: usize = 1000;
const TITLE_LIMIT: usize = 80;
const COVER_URL_LIMIT: usize = 1024;
const SEED_LIMIT: usize = 64;

/// What is asked of a song. `null` counts as absent, unknown members are ignored.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ProducerSongRequest)]
pub struct SongRequest {
    /// The model; `FUZZ-2.0` when absent.
    #[schema(example = "FUZZ-2.0")]
    pub mv: Option<String>,
    /// The style in free words.
    #[schema(max_length = 1000, example = "slow disco, rhodes, brushed kit")]
    pub sound: Option<String>,
    /// Words to sing. Without them nobody sings, unless the sound asks for a voice: then they are
    /// written.
    #[schema(max_length = 5000)]
    pub lyrics: Option<String>,
    /// Nobody sings.
    pub make_instrumental: Option<bool>,
    /// Made up when absent.
    #[schema(max_length = 80)]
    pub title: Option<String>,
    /// A picture of the caller's own, shown as the song's `image_url`.
    #[schema(max_length = 1024)]
    pub cover_url: Option<String>,
    /// A number or a text: the same request with the same seed gives the same bytes.
    #[schema(value_type = Option<String>)]
    pub seed: Option<Value>,
    /// Quarter notes a minute, as a number or a text.
    #[schema(value_type = Option<f64>, minimum = 30, maximum = 300)]
    pub bpm: Option<f64>,
    /// Length in seconds; as the song needs when absent.
    #[schema(minimum = 1, maximum = 240)]
    pub length: Option<i64>,
    /// How closely the words are followed. Catbird sings every word; it is read and checked only.
    #[schema(minimum = 0, maximum = 1)]
    pub lyrics_strength: Option<f64>,
    /// How strictly `sound` is followed.
    #[schema(minimum = 0, maximum = 1)]
    pub sound_strength: Option<f64>,
    /// How unusual the song may be.
    #[schema(minimum = 0, maximum = 1)]
    pub weirdness: Option<f64>,
    /// Covers: how close to the source.
    #[schema(minimum = 0, maximum = 1)]
    pub cover_strength: Option<f64>,
    /// What should change, in free words.
    #[schema(max_length = 1000)]
    pub instruction: Option<String>,
}

impl SongRequest {
    /// Reads and checks the members.
    pub fn read(fields: Fields<'_>) -> Result<Self, Problem> {
        let text = |name, limit| -> Result<Option<String>, Problem> {
            let text = fields.string(name)?;
            check_length(name, text.as_deref().unwrap_or_default(), limit)?;
            Ok(text.filter(|text| !text.trim().is_empty()))
        };
        let cover_url = text("cover_url", COVER_URL_LIMIT)?;
        if let Some(url) = &cover_url
            && !Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
        {
            return Err(Problem::bad_request("The 'cover_url' field should be a URL."));
        }
        let seed = fields.number_or_text("seed")?;
        if let Some(Value::String(text)) = &seed {
            check_length("seed", text, SEED_LIMIT)?;
        }
        let bpm = match fields.number_or_text("bpm")? {
            None => None,
            Some(Value::String(text)) if text.trim().is_empty() => None,
            Some(Value::String(text)) => Some(text.trim().parse().unwrap_or(f64::NAN)),
            Some(number) => number.as_f64(),
        };
        if bpm.is_some_and(|bpm| !(30.0..=300.0).contains(&bpm)) {
            let sentence = "The 'bpm' field should be between 30 and 300.";
            return Err(Problem::bad_request(sentence));
        }
        Ok(Self {
            mv: fields.choice("mv", &MODELS)?,
            sound: text("sound", SOUND_LIMIT)?,
            lyrics: text("lyrics", LYRICS_LIMIT)?,
            make_instrumental: fields.boolean("make_instrumental")?,
            title: text("title", TITLE_LIMIT)?,
            cover_url,
            seed: seed.filter(|seed| seed.as_str() != Some("")),
            bpm,
            length: fields.integer("length", 1, 240)?,
            lyrics_strength: fields.share("lyrics_strength")?,
            sound_strength: fields.share("sound_strength")?,
            weirdness: fields.share("weirdness")?,
            cover_strength: fields.share("cover_strength")?,
            instruction: text("instruction", INSTRUCTION_LIMIT)?,
        })
    }

    /// In our words, without the seed. `new`: a song that is made from nothing else.
    pub fn brief(&self, new: bool) -> Result<Brief, Problem> {
        let mut brief = Brief {
            title: self.title.as_deref().map(|title| title.trim().to_owned()),
            tags: self.sound.clone().unwrap_or_default(),
            instrumental: self.make_instrumental == Some(true),
            style_weight: self.sound_strength.map(|w| w as f32),
            weirdness: self.weirdness.map(|w| w as f32),
            audio_weight: self.cover_strength.map(|w| w as f32),
            bpm: self.bpm,
            seconds: self.length.map(|seconds| seconds as f64),
            ..Brief::default()
        };
        if let Some(instruction) = &self.instruction {
            instruction.clone_into(&mut brief.description);
            if brief.tags.is_empty() {
                instruction.clone_into(&mut brief.tags);
            }
        }
        match self.lyrics.as_deref().filter(|_| !brief.instrumental) {
            Some(lyrics) if has_words(lyrics) => brief.lyrics = Some(lyrics.to_owned()),
            // `[Instrumental]`, or a form without words.
            Some(lyrics) if lyrics.contains('[') => brief.instrumental = true,
            Some(_) => return Err(no_words()),
            None if new => match self.sound.as_deref() {
                None if self.instruction.is_none() => {
                    let sentence = "The 'sound' field or the 'lyrics' field is required.";
                    return Err(Problem::bad_request(sentence));
                }
                Some(sound) if !brief.instrumental && asks_for_a_voice(sound) => {
                    brief.write_lyrics = Some(match &brief.title {
                        Some(title) => format!("{title}, {sound}"),
                        None => sound.to_owned(),
                    });
                }
                _ => brief.instrumental = true,
            },
            None => {}
        }
        Ok(brief)
    }

    /// The seed of the work: the number, or one that only the text gives.
    pub fn work_seed(&self) -> u64 {
        match &self.seed {
            None => clock::random_seed(),
            Some(Value::String(text)) => text
                .trim()
                .parse()
                .unwrap_or_else(|_| Dice::new(0, &format!("producer seed {text}")).seed()),
            Some(number) => number.as_u64().unwrap_or_else(|| {
                let bits = number.as_f64().unwrap_or_default().to_bits();
                Dice::new(bits, "producer seed").seed()
            }),
        }
    }

    /// What polls show.
    pub fn shown(&self, brief: &Brief, seed: u64) -> Shown {
        Shown {
            tags: self.sound.clone().unwrap_or_default(),
            seed: self.seed.clone().unwrap_or_else(|| seed.to_string().into()),
            cover_url: self.cover_url.clone(),
            ..Shown::asked(self.mv.as_deref().unwrap_or(DEFAULT_MODEL), brief)
        }
    }
}

/// Whether somebody shall sing; `no vocals` and `instrumental` say the contrary.
fn asks_for_a_voice(sound: &str) -> bool {
    let refuses = |phrase: &str| {
        let phrase = phrase.to_lowercase();
        let mut words = phrase.split(|c: char| !c.is_alphanumeric());
        words.any(|word| matches!(word, "no" | "without" | "instrumental" | "non"))
    };
    sound
        .split([',', ';', '.'])
        .any(|phrase| speaks_of_a_voice(phrase) && !refuses(phrase))
}

#[cfg(test)]
mod tests {
    use super::asks_for_a_voice;

    #[test]
    fn who_asks_for_a_voice() {
        for asks in ["slow disco, female voice", "Rap over boom bap", "choir; organ"] {
            assert!(asks_for_a_voice(asks), "{asks}");
        }
        for not in [
            "slow disco, rhodes",
            "no vocals, house",
            "trap",
            "instrumental choir pads",
        ] {
            assert!(!asks_for_a_voice(not), "{not}");
        }
    }
}
