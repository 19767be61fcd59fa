//! The names of published files: `song-<task>.<extension>`, from the second clip on
//! `song-<task>-<n>.<extension>`. They can be told before the file exists.

/// The name of a file of a task's clip (position from 0).
pub fn file(task_id: &str, position: i64, extension: &str) -> String {
    if position == 0 {
        format!("song-{task_id}.{extension}")
    } else {
        format!("song-{task_id}-{}.{extension}", position + 1)
    }
}

/// The task and position a name speaks of, and the extension.
pub fn parse(name: &str) -> Option<(String, i64, &str)> {
    let (stem, extension) = name.strip_prefix("song-")?.split_once('.')?;
    // A task id is a UUID of 36 characters.
    let task = stem.get(..36)?;
    let position = match stem.get(36..)? {
        "" => 0,
        rest => rest.strip_prefix('-')?.parse::<i64>().ok()?.checked_sub(1)?,
    };
    let canonical = file(task, position, extension) == name;
    canonical.then(|| (task.to_owned(), position, extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_what_they_speak_of() {
        let task = "6e0d8d55-3a44-4d9a-9d8f-0a4ce1a77f20";
        for (position, extension) in [(0, "mp3"), (1, "mp4"), (11, "stem.wav")] {
            let name = file(task, position, extension);
            assert_eq!(parse(&name), Some((task.to_owned(), position, extension)), "{name}");
        }
        for odd in [
            "",
            "song-",
            "song-x.mp3",
            "song-6e0d8d55-3a44-4d9a-9d8f-0a4ce1a77f20-1.mp3",
            "other.mp3",
        ] {
            assert_eq!(parse(odd), None, "{odd}");
        }
    }
}
