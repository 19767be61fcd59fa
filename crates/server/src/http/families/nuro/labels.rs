//! The family's vocabulary: exact spelling, case-sensitive.

use utoipa::openapi::schema::{ArrayBuilder, Object, ObjectBuilder, Type};

/// Who sings.
pub const GENDERS: [&str; 2] = ["Female", "Male"];

/// Genres of songs.
#[rustfmt::skip]
pub const GENRES: [&str; 23] = [
    "Folk", "Pop", "Rock", "Chinese Style", "Hip Hop/Rap", "R&B/Soul", "Punk", "Electronic", "Jazz", "Reggae", "DJ",
    "Pop Punk", "Disco", "Future Bass", "Pop Rap", "Trap Rap", "R&B Rap", "Chinoiserie Electronic", "GuFeng Music",
    "Pop Rock", "Jazz Pop", "Bossa Nova", "Contemporary R&B",
];

/// Moods of songs.
#[rustfmt::skip]
pub const MOODS: [&str; 13] = [
    "Happy", "Dynamic/Energetic", "Sentimental/Melancholic/Lonely", "Inspirational/Hopeful", "Nostalgic/Memory",
    "Excited", "Sorrow/Sad", "Chill", "Romantic", "Miss", "Groovy/Funky", "Dreamy/Ethereal", "Calm/Relaxing",
];

/// Colours of the voice.
#[rustfmt::skip]
pub const TIMBRES: [&str; 9] = [
    "Warm", "Bright", "Husky", "Electrified voice", "Sweet_AUDIO_TIMBRE", "Cute_AUDIO_TIMBRE", "Loud and sonorous",
    "Powerful", "Sexy/Lazy",
];

/// Genres of background music.
#[rustfmt::skip]
pub const BGM_GENRES: [&str; 47] = [
    "corporate", "dance/edm", "orchestral", "chill out", "rock", "hip hop", "folk", "funk", "ambient", "holiday", "jazz",
    "kids", "world", "travel", "commercial", "advertising", "driving", "cinematic", "upbeat", "epic", "inspiring",
    "business", "video game", "dark", "pop", "trailer", "modern", "electronic", "documentary", "soundtrack", "fashion",
    "acoustic", "movie", "tv", "high tech", "industrial", "dance", "video", "vlog", "marketing", "game", "radio",
    "promotional", "sports", "party", "summer", "beauty",
];

/// Moods of background music.
#[rustfmt::skip]
pub const BGM_MOODS: [&str; 52] = [
    "positive", "uplifting", "energetic", "happy", "bright", "optimistic", "hopeful", "cool", "dreamy", "fun", "light",
    "powerful", "calm", "confident", "joyful", "dramatic", "peaceful", "playful", "soft", "groovy", "reflective", "easy",
    "relaxed", "lively", "smooth", "romantic", "intense", "elegant", "mellow", "emotional", "sentimental",
    "cheerful happy", "contemplative", "soothing", "proud", "passionate", "sweet", "mystical", "tranquil", "cheerful",
    "casual", "beautiful", "ethereal", "melancholy", "sad", "aggressive", "haunting", "adventure", "serene", "sincere",
    "funky", "funny",
];

/// Instruments of background music.
#[rustfmt::skip]
pub const INSTRUMENTS: [&str; 25] = [
    "piano", "drums", "guitar", "percussion", "synth", "electric guitar", "acoustic guitar", "bass guitar", "brass",
    "violin", "cello", "flute", "organ", "trumpet", "ukulele", "saxophone", "double bass", "harp", "glockenspiel",
    "synthesizer", "keyboard", "marimba", "bass", "banjo", "strings",
];

/// What background music is for.
#[rustfmt::skip]
pub const THEMES: [&str; 28] = [
    "inspirational", "motivational", "achievement", "discovery", "every day", "love", "technology", "lifestyle",
    "journey", "meditation", "drama", "children", "hope", "fantasy", "holiday", "health", "family", "real estate",
    "media", "kids", "science", "education", "progress", "world", "vacation", "training", "christmas", "sales",
];

/// Names of the segments of background music v2.0.
pub const SEGMENTS: [&str; 6] = ["intro", "verse", "chorus", "inst", "bridge", "outro"];

/// At most so many labels of one kind.
pub const MOST: usize = 5;

fn word(words: &[&str]) -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words.iter().copied()))
        .build()
}

fn words(words: &[&str]) -> utoipa::openapi::schema::Array {
    ArrayBuilder::new().items(word(words)).max_items(Some(MOST)).build()
}

macro_rules! schemas {
    ($($name:ident = $make:ident($list:expr) -> $kind:ty;)*) => {
        $(#[doc = concat!("The words of `", stringify!($list), "`, for the API's description.")]
        pub fn $name() -> $kind { $make(&$list) })*
    };
}

schemas! {
    gender = word(GENDERS) -> Object;
    genre = word(GENRES) -> Object;
    mood = word(MOODS) -> Object;
    timbre = word(TIMBRES) -> Object;
    segment = word(SEGMENTS) -> Object;
    bgm_genres = words(BGM_GENRES) -> utoipa::openapi::schema::Array;
    bgm_moods = words(BGM_MOODS) -> utoipa::openapi::schema::Array;
    instruments = words(INSTRUMENTS) -> utoipa::openapi::schema::Array;
    themes = words(THEMES) -> utoipa::openapi::schema::Array;
}
