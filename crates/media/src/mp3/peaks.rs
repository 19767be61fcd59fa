//! The waveform of a finished MP3.

use rusty_mp3::Mp3Decoder;

/// Peaks a second, about.
const RATE: usize = 20;

/// Peaks of an MP3's sound evenly over its length, the loudest 1; none when it has no sound.
pub fn peaks(mp3: &[u8]) -> Vec<f32> {
    let mut decoder = Mp3Decoder::new();
    decoder.push(mp3);
    decoder.flush();
    let (mut out, mut peak, mut count) = (Vec::new(), 0.0f32, 0);
    while let Ok(frame) = decoder.next_frame() {
        peak = frame.samples.iter().fold(peak, |p, s| p.max(s.abs()));
        count += frame.samples.len() / usize::from(frame.channels.max(1));
        if count >= frame.sample_rate as usize / RATE {
            out.push(peak);
            (peak, count) = (0.0, 0);
        }
    }
    let most = out.iter().copied().fold(1e-3, f32::max);
    out.iter().map(|p| p / most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loud_and_soft_halves() {
        let sound: Vec<f32> = (0..88_200)
            .map(|i| (i as f32 * 0.1).sin() * if i < 44_100 { 0.1 } else { 0.8 })
            .collect();
        let peaks = peaks(&crate::mp3::encode(&sound, &sound, 44_100, 128).unwrap());
        assert!((36..44).contains(&peaks.len()), "{}", peaks.len());
        let mean = |p: &[f32]| p.iter().sum::<f32>() / p.len() as f32;
        assert!(mean(&peaks[2..16]) < 0.2 && mean(&peaks[24..36]) > 0.9);
    }
}
