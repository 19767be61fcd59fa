"""What the scores of a set say, beside what is heard of it: mix, beats, chords, melodies, choruses, variety.

usage: report.py SET JUDGES [mix] [beats] [chords] [melody] [chorus]     SET as written by set.py
       report.py --variety SCORE.json...                                  songs of one request, other seeds

JUDGES is a folder with loudness.py, rhythm_key.py, chords_crema.py and melody_stats.py, whose requirements this
Python must have. Each row names the song; the last line of a part is its sum."""

import json
import pathlib
import sys

import numpy as np

PPQ = 480
P10 = [-24, -10, -11, -14, -15, -20, -24, -33, -41]
P90 = [-2.5, -3.5, -5.4, -5.6, -6.6, -9.7, -14, -18, -20]


def seconds(score, tick):
    """The tempo map: marks of tick and bpm, after a lead."""
    at, last, bpm = score["tempo"].get("lead_seconds", 0.0), 0, score["tempo"]["marks"][0]["bpm"]
    for mark in score["tempo"]["marks"]:
        if mark["tick"] >= tick:
            break
        at += (mark["tick"] - last) / PPQ * 60 / bpm
        last, bpm = mark["tick"], mark["bpm"]
    return at + (tick - last) / PPQ * 60 / bpm


def mix(rows, base):
    from loudness import report

    good = 0
    for r in rows:
        m = report(str(base / r["file"]))
        bands = sum(lo <= b <= hi for b, lo, hi in zip(m["bands_db"], P10, P90))
        fine = [0.15 <= m["corr"] <= 0.85, 10 <= m["crest_db"] <= 17, bands >= 7, 1.5 <= m["lra"] <= 9]
        level = abs(m["lufs"] + 14) <= 0.7 and m["true_peak_dbtp"] <= -0.8 and m["clipped"] == 0 and m["dc"] < 1e-4
        good += all(fine)
        print(
            f"{r['genre']:10s} {'ok ' if all(fine) else 'out'} lufs {m['lufs']:.1f} peak {m['true_peak_dbtp']:.1f} "
            f"{'' if level else 'LEVEL '}corr {m['corr']:.2f} crest {m['crest_db']:.1f} bands {bands}/9 lra {m['lra']:.1f}"
        )
    print(f"mix inside all ranges: {good}/{len(rows)}")


def beats(rows, base):
    from rhythm_key import Rhythm

    judge, good, counted = Rhythm(), 0, 0
    for r in rows:
        if r["genre"] == "ambient":
            continue
        score = json.loads((base / r["score"]).read_text())
        bar = PPQ * 4 * score["meter"]["beats"] // score["meter"]["unit"]
        unit = bar // score["meter"]["beats"]
        end = score["sections"][-1]["start"] + score["sections"][-1]["length"]
        written = np.array([seconds(score, t) for t in range(0, end, unit)])
        heard = judge(str(base / r["file"]))
        best = 0.0
        # The octave of the tempo is a matter of taste.
        for grid in (written, written[::2], written[1::2], np.sort(np.concatenate([written, (written[1:] + written[:-1]) / 2]))):
            times = heard[heard[:, 0] <= grid[-1] + 0.1, 0]
            hits = sum(np.abs(grid - t).min() < 0.07 for t in times)
            best = max(best, 2 * hits / (len(times) + len(grid)))
        metre = int(heard[:, 1].max())
        right = best >= 0.9 and metre % 3 == score["meter"]["beats"] % 3
        good, counted = good + right, counted + 1
        print(f"{r['genre']:10s} {'ok ' if right else 'out'} F1 {best:.2f} metre {metre}")
    print(f"beats F1 >= .9 and metre right: {good}/{counted}")


MINOR = {"minor", "minor_six", "minor_seven", "minor_nine", "diminished", "half_diminished", "diminished_seven"}


def chords(rows, base):
    from chords_crema import crema_chords

    names = {n: i for i, n in enumerate("C C# D D# E F F# G G# A A# B".split())}
    names |= {"Db": 1, "Eb": 3, "Gb": 6, "Ab": 8, "Bb": 10, "Cb": 11, "Fb": 4, "E#": 5, "B#": 0}
    scores = []
    for r in rows:
        score = json.loads((base / r["score"]).read_text())
        right = total = 0.0
        heard = []
        for a, b, c, _ in crema_chords(str(base / r["file"])):
            root, _, quality = c.partition(":")
            minor = quality.startswith(("min", "dim", "hdim"))
            heard.append((a, b, (names[root], minor) if root in names else None))
        for span in score["chords"]:
            a, b = seconds(score, span["start"]), seconds(score, span["start"] + span["length"])
            quality = span["chord"]["quality"]
            # A bare fifth or a suspended chord is neither major nor minor: the root is asked for.
            either = quality in ("power", "sus2", "sus4", "seven_sus4")
            wanted = (span["chord"]["root"], quality in MINOR)
            for x, y, c in heard:
                over = max(0.0, min(b, y) - max(a, x))
                right += over * (c is not None and c[0] == wanted[0] and (either or c[1] == wanted[1]))
            total += b - a
        scores.append(right / total)
        print(f"{r['genre']:10s} {right / total:.2f}")
    print(f"chords heard as written: mean {np.mean(scores):.3f}, least {min(scores):.2f}")


def lead(score):
    """Start and length in beats and pitch of the notes of who leads most."""
    parts = [p["notes"] for p in score["parts"] if p["role"] == "lead"]
    return [(n["start"] / PPQ, n["length"] / PPQ, n["pitch"]) for n in max(parts, key=len, default=[])]


# 10 and 90 % of 4,241 traditional tunes; rhythm repetition has no upper bound in songs.
RANGES = {"step": (0.43, 0.77), "unison": (0.0, 0.3), "leap": (0.0, 0.09), "range": (12, 24), "pc_entropy": (2.2, 3.1), "rhythm_rep": (0.31, 1.0)}


def melody(rows, base):
    from melody_stats import features

    inside = 0
    for r in rows:
        score = json.loads((base / r["score"]).read_text())
        notes = lead(score)
        if len(notes) < 16:
            print(f"{r['genre']:10s} {len(notes)} notes")
            continue
        f = features(notes, score["meter"]["beats"])
        out = [k for k, (lo, hi) in RANGES.items() if not lo <= f[k] <= hi]
        inside += len(out) <= 1
        print(f"{r['genre']:10s} " + " ".join(f"{k} {f[k]:.2f}" for k in RANGES) + (f"  outside: {' '.join(out)}" if out else ""))
    print(f"melodies with at most one figure outside: {inside}/{len(rows)}")


def chorus(rows, base):
    import librosa

    good = counted = 0
    for r in rows:
        score = json.loads((base / r["score"]).read_text())
        y, rate = librosa.load(base / r["file"], sr=22_050)
        c = librosa.feature.chroma_cqt(y=y, sr=rate, hop_length=512)

        def bars(section, count):
            bar = PPQ * 4 * score["meter"]["beats"] // score["meter"]["unit"]
            at = [seconds(score, section["start"] + i * bar // 2) * rate / 512 for i in range(2 * count + 1)]
            # A chorus a tone higher is the same chorus.
            tonics = [k["tonic"] for tick, k in score["modulations"] if tick <= section["start"]]
            higher = (tonics[-1] if tonics else score["key"]["tonic"]) - score["key"]["tonic"]
            return np.roll(np.stack([c[:, int(a) : int(b) + 1].mean(1) for a, b in zip(at, at[1:])], 1), -higher, 0)

        def alike(a, b):
            count = min(a["length"], b["length"]) // (PPQ * 4)
            x, z = bars(a, count), bars(b, count)
            x, z = x - x.mean(0), z - z.mean(0)
            return float((x * z).sum() / np.sqrt((x * x).sum() * (z * z).sum()))

        of = lambda role: [s for s in score["sections"] if s["role"] == role and s["length"] >= 4 * PPQ * 4]
        choruses, verses = of("chorus"), of("verse")
        if len(choruses) < 2 or not verses:
            continue
        same = alike(choruses[0], choruses[1])
        other = np.mean([alike(v, k) for v in verses for k in choruses[:2]])
        good, counted = good + (same >= other + 0.1), counted + 1
        print(f"{r['genre']:10s} choruses {same:.2f} verse and chorus {other:.2f}")
    print(f"choruses more alike than verse and chorus by .1: {good}/{counted}")


def variety(files):
    grams = []
    for f in files:
        pitches = [n[2] for n in lead(json.loads(pathlib.Path(f).read_text()))]
        steps = np.diff(pitches)
        grams.append({tuple(steps[i : i + 7]) for i in range(len(steps) - 6)})
    shared = [len(a & b) / max(1, min(len(a), len(b))) for i, a in enumerate(grams) for b in grams[i + 1 :]]
    print(f"{len(files)} melodies: most shared 8-note patterns {max(shared):.2f}, mean {np.mean(shared):.3f}")


if __name__ == "__main__":
    if sys.argv[1] == "--variety":
        variety(sys.argv[2:])
    else:
        base = pathlib.Path(sys.argv[1])
        sys.path.insert(0, sys.argv[2])
        rows = [json.loads(line) for line in (base / "manifest.jsonl").read_text().splitlines()]
        parts = {"mix": mix, "beats": beats, "chords": chords, "melody": melody, "chorus": chorus}
        for name in sys.argv[3:] or parts:
            parts[name](rows, base)
