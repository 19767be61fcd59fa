//! Cover, tagged MP3 and lyric video of composed songs, for looking and listening:
//!
//! `cargo run --release -p catbird-engine --example pictures -- OUT FOLDER…`
//!
//! Each folder is one that `catbird compose` wrote; one without `song.mp3` gives a cover alone.

use std::{error::Error, fs, path::Path, time::Instant};

use catbird_assets::Assets;
use catbird_engine::pictures;
use catbird_media::{cover, font::Face, mp3, tags, video};
use catbird_score::Score;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let out = args.next().ok_or("usage: pictures OUT FOLDER…")?;
    let assets = Assets::open()?;
    assets.ensure(catbird_assets::Parts::Song, &|_, _, _| ())?;
    let font = fs::read(assets.path("Commissioner_700Bold.ttf"))?;
    let face = Face::parse(&font)?;
    fs::create_dir_all(&out)?;
    for (i, folder) in args.enumerate() {
        let folder = Path::new(&folder);
        let score: Score = serde_json::from_slice(&fs::read(folder.join("score.json"))?)?;
        let sound = fs::read(folder.join("song.mp3")).ok();
        let peaks = sound.as_deref().map(mp3::peaks).unwrap_or_default();
        let data = pictures::cover(&score, &peaks);
        let began = Instant::now();
        let jpeg = cover::draw(&data, &face);
        let name = format!("{out}/{i:02}");
        eprintln!(
            "{name} {:?} “{}” {} kB in {:.2} s",
            data.family(),
            score.title,
            jpeg.len() / 1000,
            began.elapsed().as_secs_f64()
        );
        fs::write(format!("{name}.jpg"), &jpeg)?;
        if let Some(sound) = sound {
            let tagged = tags::write(&sound, &pictures::tags(&score, jpeg.clone()));
            fs::write(format!("{name}.mp3"), &tagged)?;
            let began = Instant::now();
            let film = video::encode(&pictures::lyric_video(&score, &jpeg, &tagged), &face)?;
            eprintln!(
                "{name} video {:.1} MB for {:.0} s in {:.2} s",
                film.len() as f64 / 1e6,
                score.seconds,
                began.elapsed().as_secs_f64()
            );
            fs::write(format!("{name}.mp4"), &film)?;
        }
    }
    Ok(())
}
