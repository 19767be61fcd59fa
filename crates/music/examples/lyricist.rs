//! scratch
fn main() {
    let mut args = std::env::args().skip(1);
    let seed: u64 = args.next().and_then(|s| s.parse().ok()).unwrap_or(1);
    for t in args {
        let start = std::time::Instant::now();
        let (w, r) = catbird_music::lyricist::draft(&t, seed);
        println!("=== {t}\n# {} | {}  ({:?})\n{}\n", w.title, w.tags, start.elapsed(), w.lyrics);
        for r in r.iter().filter(|r| !r.perfect) { println!("NO RHYME {} / {}", r.first, r.second); }
    }
}
