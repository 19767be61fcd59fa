//! The composer's own order of work.

use catbird_score::{Brief, By, Dice, Gender, Labels, Score, Singer, SungLine, Tick, Vocal, score::VERSION};
use catbird_speech::SpeechError;

use crate::{
    arrange::{self, stage::Stage},
    choir::{self, duet},
    direction::{self, Direction},
    form,
    harmony::{self, Harmony},
    lyrics::Lyrics,
    melody, predict, vocabulary,
    words::{self, UnknownWords},
};

/// Why a brief cannot be composed; always the caller's to change.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ComposeError {
    /// The lyrics hold what no voice sings; the sentence names it and what can be sung.
    #[error(transparent)]
    Language(SpeechError),
    /// More syllables than can be sung in the time.
    #[error(
        "The lyrics have {syllables} syllables; {seconds} seconds are too short to sing them. Allow at least {needed} seconds."
    )]
    TooLong {
        /// Syllables counted.
        syllables: usize,
        /// Seconds asked.
        seconds: u32,
        /// Seconds needed.
        needed: u32,
    },
    /// Something else the caller can mend.
    #[error("{0}")]
    Invalid(String),
}

impl From<SpeechError> for ComposeError {
    fn from(error: SpeechError) -> Self {
        match error {
            SpeechError::Pronunciation { .. } => Self::Invalid(error.to_string()),
            _ => Self::Language(error),
        }
    }
}

/// Writes the piece the brief asks for. `unknown_words` pronounces what no dictionary knows; spelling
/// rules stand in without it.
pub fn compose(brief: &Brief, unknown_words: Option<&dyn UnknownWords>) -> Result<Score, ComposeError> {
    validate(brief)?;
    let seed = brief.take_seed();
    // Tags that refuse the voice are stronger than the words.
    let sung = brief.lyrics.as_deref().filter(|_| !vocabulary::voiceless(brief));
    let lyrics = sung.map(Lyrics::parse);
    let mut prepared = lyrics.as_ref().map(|l| words::prepare(l, unknown_words)).transpose()?;
    let direction = direct(brief);
    if let Some(prepared) = &mut prepared {
        duet::share_out(prepared, &direction);
    }
    let form = form::plan(&direction, prepared.as_deref(), brief, &mut Dice::new(seed, "form"))?;
    let mut harmony = harmony::plan(&form, &direction, seed);
    let mut vocal = prepared
        .as_ref()
        .map(|_| melody::sing(&direction, &form, &harmony.chords, &mut Dice::new(seed, "melody")));
    raise(&mut harmony, &mut vocal, &form, &direction, seed);
    let lines: &[SungLine] = vocal.as_ref().map_or(&[], |v| &v.lines);
    let stage = Stage::new(&form, &direction, &harmony, lines, seed);
    let parts = arrange::arrange(&stage);
    let mut score = Score {
        version: VERSION,
        seed,
        title: title(brief, lyrics.as_ref()),
        style: direction.style.clone(),
        labels: direction.labels.clone(),
        meter: form.meter,
        tempo: form.tempo.clone(),
        key: harmony.key,
        modulations: harmony.modulations.clone(),
        seconds: form.seconds,
        sections: form.sections.clone(),
        chords: harmony.chords.clone(),
        vocal,
        parts,
        master: direction.master,
        brief: brief.clone(),
        patch: None,
        joins: None,
        reels: Vec::new(),
        heard: None,
    };
    choir::join(&mut score, &direction, None);
    debug_assert_eq!(score.check(), Ok(()), "the composer keeps the score's rules");
    Ok(score)
}

/// The direction a brief leads to, labels that it leaves open predicted from its words.
pub(crate) fn direct(brief: &Brief) -> Direction {
    let seed = brief.take_seed();
    let predicted = brief.lyrics.as_deref().map_or_else(Labels::default, |text| {
        let p = predict::predict(text, &brief.description, seed);
        let gender = if p.gender == Gender::Male { "Male" } else { "Female" };
        Labels {
            genre: p.genre.to_owned(),
            mood: p.mood.to_owned(),
            gender: gender.to_owned(),
            timbre: p.timbre.to_owned(),
        }
    });
    direction::resolve(brief, &predicted)
}

/// Numbers a caller can mend before any work is done.
pub(crate) fn validate(brief: &Brief) -> Result<(), ComposeError> {
    let invalid = |text: String| Err(ComposeError::Invalid(text));
    if let Some(seconds) = brief.seconds
        && !(seconds.is_finite() && (1.0..=600.0).contains(&seconds))
    {
        return invalid(format!("a piece lasts 1 to 600 seconds, not {seconds}"));
    }
    if let Some(bpm) = brief.bpm
        && !(bpm.is_finite() && (30.0..=300.0).contains(&bpm))
    {
        return invalid(format!("the tempo is 30 to 300 beats a minute, not {bpm}"));
    }
    if let Some(s) = brief
        .segments
        .iter()
        .find(|s| !(s.seconds.is_finite() && s.seconds > 0.0))
    {
        return invalid(format!("a segment cannot last {} seconds", s.seconds));
    }
    if let Some(preset) = &brief.voice.preset
        && !direction::voice::is_voice(preset)
    {
        let house: Vec<&str> = catbird_score::HOUSE.iter().map(|h| h.name).collect();
        return invalid(format!(
            "there is no voice “{preset}”; ask for female, male, a kind of voice such as tenor, or one of {}",
            house.join(", ")
        ));
    }
    if let Some(key) = &brief.key
        && crate::vocabulary::key(key).is_none()
    {
        return invalid(format!("“{key}” is not a key; write it like “A minor”"));
    }
    Ok(())
}

/// Lifts the last chorus, voice included, if style and singer allow it.
fn raise(harmony: &mut Harmony, vocal: &mut Option<Vocal>, form: &form::Form, direction: &Direction, seed: u64) {
    let own = vocal.as_ref().map_or(0, |v| i32::from(v.singer.high));
    // The highest note as the lead would feel it: whoever is nearer to the end of the range counts.
    let top = |from: Tick| {
        vocal.as_ref().and_then(|v| {
            voices(v)
                .flat_map(|(who, line)| line.notes().map(move |n| (who, n)))
                .filter(|(_, n)| n.start + 240 >= from)
                .map(|(who, n)| (own - i32::from(who.high) + i32::from(n.pitch)).clamp(0, 127) as u8)
                .max()
        })
    };
    let Some((from, by)) = harmony::lift(harmony, form, direction, top, seed) else {
        return;
    };
    let Some(vocal) = vocal else { return };
    let lines = vocal
        .lines
        .iter_mut()
        .chain(vocal.backing.iter_mut().flat_map(|c| &mut c.lines));
    for line in lines.filter(|l| form.sections[l.section].start >= from) {
        for note in line
            .words
            .iter_mut()
            .flat_map(|w| &mut w.syllables)
            .flat_map(|s| &mut s.notes)
        {
            note.pitch += by;
        }
    }
}

/// Every line that is sung, with who sings it.
fn voices(vocal: &Vocal) -> impl Iterator<Item = (&Singer, &SungLine)> {
    let lead = vocal.lines.iter().map(|l| match (l.by, &vocal.partner) {
        (By::Partner, Some(partner)) => (partner, l),
        _ => (&vocal.singer, l),
    });
    let others = vocal.backing.iter();
    lead.chain(others.flat_map(|c| c.lines.iter().map(move |l| (&c.singer, l))))
}

/// What a piece is called when nothing gives it a title.
pub(crate) const UNTITLED: &str = "Untitled";

/// The brief's title, or the first line of the chorus, or the description.
pub(crate) fn title(brief: &Brief, lyrics: Option<&Lyrics>) -> String {
    if let Some(title) = brief.title.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
        return title.to_owned();
    }
    let line = lyrics.and_then(|l| {
        let sung = || l.sections.iter().filter(|s| !s.lines.is_empty());
        sung()
            .find(|s| s.role == catbird_score::Role::Chorus)
            .or_else(|| sung().next())?
            .lines
            .first()
            .cloned()
    });
    let source = line.unwrap_or_else(|| brief.description.clone());
    let words: Vec<&str> = source.split_whitespace().take(6).collect();
    let text = words.join(" ");
    let text = text.trim_matches(|c: char| !c.is_alphanumeric());
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).take(80).collect(),
        None => UNTITLED.to_owned(),
    }
}
