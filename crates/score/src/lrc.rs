//! LRC: `[mm:ss.xx] line`, the usual timed-lyrics file, with the enhanced word stamps `<mm:ss.xx>`.

use std::fmt::Write;

use crate::{score::Score, timings::timed_lines};

fn stamp(seconds: f64) -> String {
    let hundredths = (seconds.max(0.0) * 100.0).round() as u64;
    format!(
        "{:02}:{:02}.{:02}",
        hundredths / 6000,
        hundredths / 100 % 60,
        hundredths % 100
    )
}

/// The song's lyrics as an enhanced LRC file.
pub fn lrc(score: &Score) -> String {
    let mut out = format!("[ti:{}]\n[length:{}]\n", score.title, stamp(score.seconds));
    for line in timed_lines(score) {
        let _ = write!(out, "[{}]", stamp(line.start));
        for word in &line.words {
            let _ = write!(out, " <{}> {}", stamp(word.start), word.word);
        }
        let _ = writeln!(out, " <{}>", stamp(line.end));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::stamp;

    #[test]
    fn stamps_carry_over() {
        assert_eq!(stamp(59.999), "01:00.00");
        assert_eq!(stamp(61.25), "01:01.25");
    }
}
