//! From a score to sound: the voice, the band, the mix, the master.

pub mod voice;
