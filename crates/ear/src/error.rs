//! What can go wrong while listening.

/// Why nothing was heard.
#[derive(Debug, thiserror::Error)]
pub enum EarError {
    /// A network's file is missing, damaged or another one.
    #[error("cannot load {name}: {cause}")]
    Load {
        /// Which network.
        name: &'static str,
        /// What is wrong with it.
        cause: String,
    },
    /// A network failed.
    #[error("{name} failed: {cause}")]
    Run {
        /// Which network.
        name: &'static str,
        /// What it said.
        cause: String,
    },
    /// There is nothing in it to work with; the text is for the caller.
    #[error("{0}")]
    Nothing(String),
    /// Whoever asked broke it off.
    #[error("cancelled")]
    Cancelled,
}
