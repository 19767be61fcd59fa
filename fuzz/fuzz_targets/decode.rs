//! Any bytes as a recording: an error or a recording within the limits, never a panic, never more
//! memory than the longest recording needs.

#![no_main]

use std::sync::Once;

use catbird_media::decode::{Limits, decode};
use libfuzzer_sys::fuzz_target;

/// Short, so that one input costs little; the limits are exercised all the same.
const LIMITS: Limits = Limits {
    min_seconds: 0.05,
    max_seconds: 5.0,
    max_bytes: 1 << 20,
};

/// A panic of the decoders we use is contained by `decode` and goes on; any other one ends the run.
fn only_our_own_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let end = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let theirs = |file: &str| file.contains("symphonia") || file.contains("opus-pure");
            if !panic.location().is_some_and(|at| theirs(at.file())) {
                end(panic);
            }
        }));
    });
}

fuzz_target!(|bytes: &[u8]| {
    only_our_own_panics();
    match decode(bytes, &LIMITS) {
        Ok(recording) => {
            assert_eq!(recording.left.len(), recording.right.len());
            assert!(recording.seconds() <= LIMITS.max_seconds + 0.1);
            assert!(recording.left.iter().chain(&recording.right).all(|x| x.is_finite()));
            assert!((1..=8).contains(&recording.format.channels));
            for label in [&recording.title, &recording.artist].into_iter().flatten() {
                assert!(!label.is_empty() && !label.contains(char::is_control));
            }
        }
        Err(error) => {
            let sentence = error.to_string();
            assert!(sentence.ends_with('.') && !sentence.contains('\n'));
        }
    }
});
