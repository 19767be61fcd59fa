//! Measures the calibration table: `calibrate SOUNDFONT > data/calibration.json`.
#![expect(clippy::print_stdout, reason = "the table is this program's output")]

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let soundfont = std::env::args()
        .nth(1)
        .map(PathBuf::from)
        .ok_or("usage: calibrate SOUNDFONT")?;
    println!(
        "{}",
        serde_json::to_string_pretty(&catbird_sound::calibrate::measure(&soundfont)?)?
    );
    Ok(())
}
