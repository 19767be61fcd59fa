"""How many of the words a listener understands in the finished master, band and all.

usage: words.py CATBIRD OUT WHISPER_DIR [--seed N] [--styles pop,folk,...] [--lyrics FILE] [--voices linnet,starling] [--stem]

Sings the lyrics in each style, lets Whisper (faster-whisper, English given) write down the whole song and counts
the words it has in the right order. `--stem` listens to the dry voice as well: the difference is the mix's."""

import argparse
import pathlib
import re
import subprocess
import sys


def words(text):
    return re.findall(r"[a-z']+", re.sub(r"\[.*?\]", " ", text.lower()))


def heard(truth, said):
    """Longest common subsequence over the words that were sung."""
    row = [0] * (len(said) + 1)
    for t in truth:
        before = row[:]
        for j, s in enumerate(said):
            row[j + 1] = before[j] + 1 if t == s else max(before[j + 1], row[j])
    return row[-1] / len(truth)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("catbird")
    p.add_argument("out", type=pathlib.Path)
    p.add_argument("whisper")
    p.add_argument("--seed", default="3")
    p.add_argument("--styles", default="pop,folk,country,ballad,r&b")
    p.add_argument("--lyrics", type=pathlib.Path, default=pathlib.Path(__file__).parents[2] / "bench/lyrics.txt")
    p.add_argument("--voices", default="linnet,starling")
    p.add_argument("--stem", action="store_true")
    a = p.parse_args()
    from faster_whisper import WhisperModel

    listener = WhisperModel(a.whisper, device="cpu", compute_type="int8", cpu_threads=2)
    truth = words(a.lyrics.read_text())
    for style in a.styles.split(","):
        for voice in a.voices.split(","):
            folder = a.out / f"{style.replace('&', 'n')}-{voice}"
            command = [a.catbird, "compose", "--tags", style, "--lyrics", str(a.lyrics), "--voice", voice]
            done = subprocess.run([*command, "--seed", a.seed, "--out", str(folder)], capture_output=True, text=True)
            if done.returncode:
                sys.exit(done.stderr)
            result = []
            for file in ["song.wav", "stems/vocals.wav"][: 1 + a.stem]:
                segments, _ = listener.transcribe(str(folder / file), language="en", beam_size=5)
                result.append(heard(truth, words(" ".join(s.text for s in segments))))
            print(f"{style:10s} {voice:10s} " + " ".join(f"{100 * r:.0f} %" for r in result), flush=True)


if __name__ == "__main__":
    main()
