use super::*;
use crate::font;

fn song(seed: u64, word: &str) -> Cover {
    let kinds = [Kind::Instrumental, Kind::Verse, Kind::Rise, Kind::Chorus, Kind::Bridge];
    Cover {
        seed,
        title: "Paper Boats".into(),
        subtitle: "Pop · A minor".into(),
        tonic: 9,
        minor: seed.is_multiple_of(2),
        energy: 0.6,
        parts: (0..7)
            .map(|i| Part {
                share: 1.0 / 7.0,
                energy: 0.3 + 0.1 * i as f32,
                kind: kinds[i % 5],
            })
            .collect(),
        contour: (0..60).map(|i| (i as f32 * 0.7).sin() * 0.5 + 0.5).collect(),
        waveform: (0..900).map(|i| (i as f32 * 0.37).sin().abs()).collect(),
        words: vec![word.into()],
    }
}

const STYLES: [(&str, Family); 8] = [
    ("disco", Family::Horizon),
    ("folk", Family::Ridges),
    ("house", Family::Record),
    ("jazz", Family::Cutout),
    ("edm", Family::Silk),
    ("ballad", Family::Bloom),
    ("trap", Family::City),
    ("rock", Family::Pulse),
];

fn spread(canvas: &Canvas) -> f64 {
    let luma: Vec<f64> = canvas.bytes().chunks_exact(4).map(|p| f64::from(p[1])).collect();
    let mean = luma.iter().sum::<f64>() / luma.len() as f64;
    (luma.iter().map(|l| (l - mean).powi(2)).sum::<f64>() / luma.len() as f64).sqrt()
}

#[test]
fn every_style_has_a_picture_with_contrast() {
    for (word, family) in STYLES {
        let cover = song(3, word);
        assert_eq!(cover.family(), family, "{word}");
        assert!(spread(&picture(&cover)) > 12.0, "{word}: {}", spread(&picture(&cover)));
    }
}

#[test]
fn the_same_song_has_the_same_bytes_and_another_song_another_picture() {
    let bytes = font::bytes();
    let face = Face::parse(&bytes).unwrap();
    let cover = song(3, "disco");
    let jpeg = draw(&cover, &face);
    assert_eq!(jpeg, draw(&cover, &face));
    assert!(jpeg.len() < 600_000, "{}", jpeg.len());
    let other_key = Cover {
        tonic: 2,
        ..cover.clone()
    };
    let other_tune = Cover {
        contour: vec![0.2, 0.9, 0.1],
        ..cover.clone()
    };
    let other_form = Cover {
        parts: cover.parts[..3].to_vec(),
        ..cover.clone()
    };
    for other in [other_key, other_tune, other_form, song(4, "disco")] {
        assert_ne!(jpeg, draw(&other, &face));
    }
}

#[test]
fn a_song_of_nothing_has_a_cover() {
    let bytes = font::bytes();
    let face = Face::parse(&bytes).unwrap();
    for (word, _) in STYLES {
        let empty = Cover {
            title: "🎵".into(),
            subtitle: String::new(),
            parts: Vec::new(),
            contour: Vec::new(),
            waveform: Vec::new(),
            energy: 0.0,
            ..song(8, word)
        };
        assert!(draw(&empty, &face).len() > 10_000);
    }
    let many = Cover {
        parts: song(1, "disco").parts.repeat(12),
        title: "W".repeat(80),
        ..song(1, "disco")
    };
    assert!(draw(&many, &face).len() > 10_000);
}
