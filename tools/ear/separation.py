#!/usr/bin/env python3
"""Measures how well the ear parts a voice from music nobody made for it.

    cargo build --release -p catbird-ear --example separate
    pip install numpy scipy soundfile
    python3 tools/ear/separation.py WORK

WORK is a scratch folder. Speech (a reader of LibriVox, public domain) and music (20 pieces of free games)
come out of Debian packages, fetched with `apt-get download` and unpacked without installing. Each of the
pieces is mixed with the same 20 s of speech at 0 dB (equal power), parted by the example program, and both
parts are judged by SI-SDR (Le Roux et al., "SDR - half-baked or well done?", ICASSP 2019).
"""

import glob
import os
import subprocess
import sys

import numpy as np
import scipy.signal
import soundfile

PACKAGES = ["pocketsphinx-testdata", "xmoto-data", "asc-music", "extremetuxracer-data", "frozen-bubble-data"]
SPEECH = "usr/share/pocketsphinx/test/data/librivox/*.wav"
MUSIC = [
    "usr/share/games/xmoto/Textures/Musics/*.ogg",
    "usr/share/games/asc/music/*.mp3",
    "usr/share/games/etr/music/*.ogg",
    "usr/share/games/frozen-bubble/snd/*zik*.ogg",
]
RATE = 44100
SECONDS = 20
# Where in a piece the 20 s begin: past most introductions.
OFFSET = 15


def fetch(work):
    for package in PACKAGES:
        if not glob.glob(f"{work}/{package}_*.deb"):
            subprocess.run(["apt-get", "download", package], cwd=work, check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["dpkg", "-x", *glob.glob(f"{work}/{package}_*.deb"), f"{work}/unpacked"], check=True)


def load(path):
    """[2, n] at 44.1 kHz."""
    sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    if rate != RATE:
        sound = scipy.signal.resample_poly(sound, RATE, rate, axis=0).astype(np.float32)
    return sound[:, [0, -1]].T


def si_sdr(estimate, truth):
    estimate, truth = estimate.ravel() - estimate.mean(), truth.ravel() - truth.mean()
    wanted = (estimate @ truth) / (truth @ truth) * truth
    return 10 * np.log10((wanted**2).sum() / ((estimate - wanted) ** 2).sum())


def main():
    work = os.path.abspath(sys.argv[1])
    os.makedirs(f"{work}/mixes", exist_ok=True)
    os.makedirs(f"{work}/parts", exist_ok=True)
    fetch(work)
    speech = np.concatenate([load(p) for p in sorted(glob.glob(f"{work}/unpacked/{SPEECH}"))], axis=1)
    speech = speech[:, : SECONDS * RATE]
    tracks = {}
    for pattern in MUSIC:
        for path in sorted(glob.glob(f"{work}/unpacked/{pattern}")):
            music = load(path)[:, OFFSET * RATE : (OFFSET + SECONDS) * RATE]
            if music.shape[1] == SECONDS * RATE:
                tracks[os.path.splitext(os.path.basename(path))[0]] = music
    for name, music in tracks.items():
        music *= np.sqrt((speech**2).mean() / (music**2).mean())
        soundfile.write(f"{work}/mixes/{name}.wav", (speech + music).T, RATE, subtype="FLOAT")
    mixes = [f"{work}/mixes/{name}.wav" for name in tracks]
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    target = os.environ.get("CARGO_TARGET_DIR", os.path.join(root, "target"))
    subprocess.run([f"{target}/release/examples/separate", f"{work}/parts", *mixes], check=True)
    scores = []
    for name, music in tracks.items():
        voice, band = (load(f"{work}/parts/{name}.{part}.wav") for part in ("voice", "band"))
        scores.append((si_sdr(voice, speech), si_sdr(band, music)))
        print(f"{name:24} voice {scores[-1][0]:5.1f} dB  band {scores[-1][1]:5.1f} dB")
    voice, band = np.mean(scores, axis=0)
    print(f"mean of {len(scores)}: voice {voice:.2f} dB, band {band:.2f} dB (an untouched mix: 0 dB)")


if __name__ == "__main__":
    main()
