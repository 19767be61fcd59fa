"""Renders a set of instrumentals, one a genre, and the list that judges read.

usage: set.py CATBIRD OUT [--seed N] [--seconds N] [--genres a,b] [--tags "calm"] [--styles DIR] [--keep-stems]

OUT/GENRE/ holds what `catbird compose` writes; OUT/manifest.jsonl has one object a song: file, genre, bpm, key
(as major or minor with the same notes), score."""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys

GENRES = (
    "pop rock metal punk edm house techno hiphop lofi rnb soul funk disco jazz bossa latin reggae blues country "
    "folk ambient cinematic classical trap dnb"
).split()
WORDS = {"hiphop": "hip hop", "rnb": "r&b", "dnb": "drum and bass", "bossa": "bossa nova"}
NAMES = "C C# D Eb E F F# G Ab A Bb B".split()
MINOR = {"minor", "dorian", "phrygian", "minor_pentatonic"}
# Semitones from a mode's tonic to the tonic of the major or minor scale with the same notes.
RELATIVE = {"dorian": 7, "phrygian": 5, "mixolydian": 5, "lydian": 7}


def key(score):
    tonic, mode = score["key"]["tonic"], score["key"]["mode"]
    return f"{NAMES[(tonic + RELATIVE.get(mode, 0)) % 12]} {'minor' if mode in MINOR else 'major'}"


def main():
    p = argparse.ArgumentParser()
    p.add_argument("catbird")
    p.add_argument("out", type=pathlib.Path)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--seconds", default="90")
    p.add_argument("--genres", default=",".join(GENRES))
    p.add_argument("--tags", default="")
    p.add_argument("--styles")
    p.add_argument("--keep-stems", action="store_true")
    a = p.parse_args()
    rows = []
    for genre in a.genres.split(","):
        folder = a.out / genre
        tags = ", ".join(t for t in (WORDS.get(genre, genre), a.tags) if t)
        # No two genres share a seed, so that no two songs share their chance.
        seed = a.seed * 100 + (GENRES.index(genre) if genre in GENRES else 99)
        styles = ["--styles", a.styles] if a.styles else []
        command = [a.catbird, *styles, "compose", "--tags", tags, "--instrumental"]
        command += ["--seconds", a.seconds, "--seed", str(seed), "--out", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{genre}: {done.stderr}")
        if not a.keep_stems:
            shutil.rmtree(folder / "stems", ignore_errors=True)
        score = json.loads((folder / "score.json").read_text())
        bpm = score["tempo"]["marks"][0]["bpm"]
        rows.append({"file": f"{genre}/song.wav", "genre": genre, "bpm": bpm, "key": key(score), "score": f"{genre}/score.json"})
    (a.out / "manifest.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))


if __name__ == "__main__":
    main()
