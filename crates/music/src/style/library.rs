//! The styles there are: those compiled in, and those of a folder of the user's.

use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};

use super::{Extras, Style, check};

macro_rules! style_files {
    ($($name:literal),* $(,)?) => {
        [$(include_str!(concat!("../../data/styles/", $name, ".toml"))),*]
    };
}

/// Why a folder's styles could not be taken in.
#[derive(Debug, thiserror::Error)]
pub enum StyleError {
    /// The folder or a file in it cannot be read.
    #[error("{} cannot be read: {why}", .path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system says.
        why: std::io::Error,
    },
    /// A file is no style.
    #[error("{}: {why}", .path.display())]
    Unsound {
        /// Which.
        path: PathBuf,
        /// What is wrong, in words.
        why: String,
    },
    /// Music was made before: what a style means must not change while the program runs.
    #[error("styles are added before the first song is made")]
    Late,
}

static ALL: OnceLock<Vec<Style>> = OnceLock::new();

fn built_in() -> Vec<Style> {
    style_files![
        "pop",
        "rock",
        "house",
        "hip_hop",
        "jazz",
        "bossa",
        "folk",
        "punk",
        "future_bass",
        "trap",
        "rnb",
        "reggae",
        "disco",
        "funk",
        "cinematic",
        "ambient",
        "gufeng",
        "metal",
        "techno",
        "edm",
        "drum_and_bass",
        "synthwave",
        "lofi",
        "country",
        "latin",
        "blues",
        "gospel",
        "ballad",
        "k_pop",
        "soul",
        "classical",
    ]
    .into_iter()
    .map(|text| toml::from_str(text).unwrap_or_else(|e| panic!("style files are tested: {e}")))
    .collect()
}

/// All styles, the six deep ones first.
///
/// # Panics
/// When an embedded file is broken, which a test rules out.
pub fn all() -> &'static [Style] {
    ALL.get_or_init(built_in)
}

/// Adds the styles of a folder, one `.toml` file each, to those compiled in; one of the same id takes the
/// place of the built-in style. To be called before anything is composed.
///
/// # Errors
/// When a file cannot be read or is no sound style, and when it is too late.
pub fn add(folder: &Path) -> Result<(), StyleError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |why| StyleError::Unreadable { path, why }
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
        let path = entry.map_err(unreadable(folder))?.path();
        if path.extension().is_some_and(|e| e == "toml") {
            files.push(path);
        }
    }
    files.sort();
    let mut styles = built_in();
    for path in files {
        let text = std::fs::read_to_string(&path).map_err(unreadable(&path))?;
        let unsound = |why| StyleError::Unsound {
            path: path.clone(),
            why,
        };
        let style: Style = toml::from_str(&text).map_err(|e| unsound(e.to_string().trim().to_owned()))?;
        check::style(&style).map_err(unsound)?;
        match styles.iter_mut().find(|s| s.id == style.id) {
            Some(old) => *old = style,
            None => styles.push(style),
        }
    }
    ALL.set(styles).map_err(|_| StyleError::Late)
}

/// The style `id`.
pub fn find(id: &str) -> Option<&'static Style> {
    all().iter().find(|s| s.id == id)
}

/// What labels can add to any style.
///
/// # Panics
/// When the embedded file is broken, which a test rules out.
pub fn extras() -> &'static Extras {
    static EXTRAS: OnceLock<Extras> = OnceLock::new();
    EXTRAS.get_or_init(|| {
        toml::from_str(include_str!("../../data/styles/extras.toml"))
            .unwrap_or_else(|e| panic!("extras.toml is tested: {e}"))
    })
}
