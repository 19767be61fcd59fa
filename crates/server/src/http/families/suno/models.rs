//! `mv`: the hosted model versions. Catbird has one engine; a version decides the limits of texts and
//! whether a singer may be wished for, as it does at the vendor's.

use crate::http::families::source::Source;
use crate::http::fields::Fields;
use crate::http::problem::Problem;

const VERSIONS: [Version; 6] = [
    Version::V3_5,
    Version::V4,
    Version::V4_5,
    Version::V4_5Plus,
    Version::V5,
    Version::V5_5,
];

/// What is said about a model that nobody knows; its list lags behind, as it does at the vendor's.
const UNKNOWN: &str = "The 'mv' field is invalid. The model should be 'chirp-v3-5','chirp-v4' or 'chirp-v4-5'.";

/// The model of a clip that came through another family, or from outside.
const OTHER_FAMILY: &str = "sonic-v4-5";

/// A model's generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// v3.5
    V3_5,
    /// v4
    V4,
    /// v4.5
    V4_5,
    /// v4.5+
    V4_5Plus,
    /// v5
    V5,
    /// v5.5
    V5_5,
}

impl Version {
    fn name(self) -> &'static str {
        match self {
            Self::V3_5 => "v3-5",
            Self::V4 => "v4",
            Self::V4_5 => "v4-5",
            Self::V4_5Plus => "v4-5-plus",
            Self::V5 => "v5",
            Self::V5_5 => "v5-5",
        }
    }

    /// Characters of lyrics.
    pub fn lyrics_limit(self) -> usize {
        if self < Self::V4_5 { 3000 } else { 5000 }
    }

    /// Characters of `tags`.
    pub fn tags_limit(self) -> usize {
        if self < Self::V4_5 { 200 } else { 1000 }
    }

    /// Whether `vocal_gender` is heeded; older models ignore it.
    pub fn heeds_gender(self) -> bool {
        self >= Self::V4_5
    }
}

/// A model as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// As sent: `chirp-…` or `sonic-…`.
    pub name: String,
    /// Its generation.
    pub version: Version,
}

impl Model {
    /// Reads `mv`; both spellings are good on every path.
    pub fn read(fields: Fields<'_>) -> Result<Self, Problem> {
        let name = fields.string("mv")?.ok_or_else(|| fields.required("mv"))?;
        Self::parse(&name).ok_or_else(|| Problem::bad_request(UNKNOWN))
    }

    fn parse(name: &str) -> Option<Self> {
        let version = name.strip_prefix("chirp-").or_else(|| name.strip_prefix("sonic-"))?;
        let version = VERSIONS.into_iter().find(|v| v.name() == version)?;
        Some(Self {
            name: name.to_owned(),
            version,
        })
    }
}

/// The model that a clip goes by in this family.
pub fn model_of(source: &Source) -> String {
    source.mv.clone().unwrap_or_else(|| OTHER_FAMILY.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_of_every_version_and_no_others() {
        for prefix in ["chirp", "sonic"] {
            for version in VERSIONS {
                let name = format!("{prefix}-{}", version.name());
                assert_eq!(
                    Model::parse(&name).unwrap(),
                    Model {
                        name: name.clone(),
                        version
                    }
                );
            }
        }
        for odd in ["", "v4", "sonic-", "sonic-v4-5-all", "Sonic-v4", "chirp-v4 ", "suno-v4"] {
            assert_eq!(Model::parse(odd), None, "{odd}");
        }
    }

    #[test]
    fn newer_models_take_longer_texts() {
        let limits = VERSIONS.map(|v| (v.lyrics_limit(), v.tags_limit(), v.heeds_gender()));
        assert_eq!(limits[..2], [(3000, 200, false); 2]);
        assert_eq!(limits[2..], [(5000, 1000, true); 4]);
    }
}
