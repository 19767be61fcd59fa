#!/usr/bin/env python3
"""What `catbird hear` makes of ten songs whose truth is known.

Five are tunes in the public domain, written out below (melody and chords); five are songs of Catbird's own
(`catbird compose`), read from their MIDI files. All are played by another synthesiser with another bank
(FluidSynth, FluidR3), with a room, an equaliser and gentle saturation over them. Compared are tempo, key,
chords (major or minor triad, by time) and the lead melody (F1: onset within 50 ms, same semitone).

    apt install fluidsynth fluid-soundfont-gm
    python3 -m pip install numpy mido
    cargo build --release && python3 tools/ear/known.py WORK [target/release/catbird]

Prints a row a song and the totals.
"""

import json
import os
import subprocess
import sys
import wave

import mido
import numpy as np

RATE = 44100
BANK = "/usr/share/sounds/sf2/FluidR3_GM.sf2"
NAMES = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]
STEP = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}

# name: key, quarter notes a minute, beats a bar, lead and chord programs, drums, melody, chords.
# A note is a letter with # or b, an octave and its length in quarters; r rests. Chords: one a bar or, with +,
# several evenly spread.
PUBLIC = {
    "amazing_grace": ("G major", 84, 3, 73, 0, False,
        "r:2 D4:1 G4:2 B4:.5 G4:.5 B4:2 A4:1 G4:2 E4:1 D4:2 D4:1 G4:2 B4:.5 G4:.5 B4:2 A4:1 D5:5 "
        "B4:1 D5:1.5 B4:.5 D5:.5 B4:.5 G4:2 D4:1 E4:1.5 G4:.5 G4:.5 E4:.5 D4:2 D4:1 G4:2 B4:.5 G4:.5 B4:2 A4:1 G4:5",
        "G G G C G G G D D G G C G G D G G"),
    "saints": ("F major", 168, 4, 65, 0, True,
        "r:1 F4:1 A4:1 Bb4:1 C5:4 r:1 F4:1 A4:1 Bb4:1 C5:4 r:1 F4:1 A4:1 Bb4:1 C5:2 A4:2 F4:2 A4:2 G4:4 "
        "r:1 A4:1 A4:1 G4:1 F4:3 F4:1 A4:2 C5:1 C5:1 C5:1 Bb4:3 r:1 A4:1 Bb4:1 C5:1 A4:2 F4:2 G4:2 F4:6",
        "F F F F F F F C C F F Bb Bb F C F F"),
    "auld_lang_syne": ("F major", 100, 4, 68, 48, False,
        "r:3 C4:1 F4:1.5 F4:.5 F4:1 A4:1 G4:1.5 F4:.5 G4:1 A4:1 F4:1.5 F4:.5 A4:1 C5:1 D5:3 D5:1 "
        "C5:1.5 A4:.5 A4:1 F4:1 G4:1.5 F4:.5 G4:1 A4:1 F4:1.5 D4:.5 D4:1 C4:1 F4:3 D5:1 "
        "C5:1.5 A4:.5 A4:1 F4:1 G4:1.5 F4:.5 G4:1 D5:1 C5:1.5 A4:.5 A4:1 C5:1 D5:3 D5:1 "
        "C5:1.5 A4:.5 A4:1 F4:1 G4:1.5 F4:.5 G4:1 A4:1 F4:1.5 D4:.5 D4:1 C4:1 F4:4",
        "F F C F Bb F C Bb F F C F Bb F C Bb F"),
    "scarborough_fair": ("D minor", 120, 3, 79, 24, False,
        "D4:2 D4:1 A4:2 A4:1 E4:1.5 F4:.5 E4:1 D4:3 r:1 A4:1 C5:1 D5:2 C5:1 A4:1 B4:1 G4:1 A4:3 r:3 "
        "r:2 D5:1 D5:2 D5:1 C5:2 A4:1 A4:1 G4:1 F4:1 E4:1 C4:2 D4:2 A4:1 G4:2 F4:1 E4:1 D4:1 C4:1 D4:3 r:3",
        "Dm Dm C Dm Dm F G Dm Dm Dm Dm F C C Dm C C Dm Dm"),
    "greensleeves": ("A minor", 126, 3, 71, 24, False,
        "r:2 A4:1 C5:2 D5:1 E5:1.5 F5:.5 E5:1 D5:2 B4:1 G4:1.5 A4:.5 B4:1 C5:2 A4:1 A4:1.5 G#4:.5 A4:1 B4:2 G#4:1 E4:2 "
        "A4:1 C5:2 D5:1 E5:1.5 F5:.5 E5:1 D5:2 B4:1 G4:1.5 A4:.5 B4:1 C5:1.5 B4:.5 A4:1 G#4:1.5 F#4:.5 G#4:1 A4:3 A4:3",
        "Am Am C G G Am Am E E Am C G G Am E Am Am"),
}

OWN = {
    "own_pop": ["bright pop", "--bpm", "112", "--key", "G major", "--seed", "11"],
    "own_rock": ["rock", "--bpm", "128", "--key", "E minor", "--seed", "12"],
    "own_jazz": ["jazz trio", "--bpm", "96", "--key", "F major", "--seed", "13"],
    "own_house": ["house", "--bpm", "124", "--key", "A minor", "--seed", "14"],
    "own_country": ["country", "--bpm", "104", "--key", "D major", "--seed", "15"],
}


# Who plays the sung line of our own songs: flute, alto saxophone, violin, square lead, clarinet.
LEADS = [73, 65, 40, 80, 71]


def pitch(name):
    return STEP[name[0]] + name.count("#") - name[1:-1].count("b") + 12 * (int(name[-1]) + 1)


def chord(name):
    minor = name.endswith("m")
    root = (STEP[name[0]] + name.count("#") - name[1:].count("b")) % 12
    return root, minor


def public(name, folder):
    """Twice through; a MIDI file and its truth."""
    key, bpm, beats, lead, comp, drums, tune, bars = PUBLIC[name]
    bars = bars.split()
    length = len(bars) * beats
    tune = [(n.split(":")[0], float(n.split(":")[1])) for n in tune.split()]
    events, melody, chords = [], [], []
    second = 60 / bpm

    def play(channel, note, start, end, velocity):
        events.append((start, 1, channel, note, velocity))
        events.append((end, 0, channel, note, 0))

    for times in range(2):
        at = times * length
        for note, quarters in tune:
            if note != "r":
                play(0, pitch(note), at, at + quarters * 0.95, 104)
                melody.append((at * second, pitch(note)))
            at += quarters
        for i, bar in enumerate(bars):
            start = times * length + i * beats
            root, minor = chord(bar)
            chords.append((start * second, (start + beats) * second, root, minor))
            triad = [48 + root, 48 + root + (3 if minor else 4), 48 + root + 7]
            play(2, 36 + root, start, start + beats * 0.9, 90)
            for beat in range(beats):
                for tone in triad:
                    play(1, tone, start + beat, start + beat + 0.9, 72 if beat else 80)
                if drums:
                    play(9, 36 if beat % 2 == 0 else 38, start + beat, start + beat + 0.2, 95)
                    play(9, 42, start + beat + 0.5, start + beat + 0.6, 70)
    song = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    song.tracks.append(track)
    track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(bpm)))
    for channel, program in ((0, lead), (1, comp), (2, 33)):
        track.append(mido.Message("program_change", channel=channel, program=program))
    last = 0
    for start, on, channel, note, velocity in sorted(events):
        tick = round(start * 480)
        kind = "note_on" if on else "note_off"
        track.append(mido.Message(kind, channel=channel, note=note, velocity=velocity, time=tick - last))
        last = tick
    path = f"{folder}/{name}.mid"
    song.save(path)
    return path, {"key": key, "bpm": bpm, "melody": melody, "chords": chords}


def seconds_of(score):
    tempo = score["tempo"]
    marks = tempo["marks"] + [None]

    def seconds(tick):
        at = tempo["lead_seconds"]
        for mark, after in zip(marks, marks[1:]):
            end = min(tick, after["tick"]) if after else tick
            at += max(0, end - mark["tick"]) * 60 / (mark["bpm"] * 480)
        return at

    return seconds


def notes_of(score, sung):
    """Onsets (s) and pitches of the melody: the voice, else the lead."""
    seconds = seconds_of(score)
    notes = [n for part in score["parts"] if part["role"] == "lead" for n in part["notes"]]
    if sung and score.get("vocal"):
        lines = [[n for w in line["words"] for s in w["syllables"] for n in s["notes"]] for line in score["vocal"]["lines"]]
        spans = [(line[0]["start"] - 480, line[-1]["start"] + line[-1]["length"] + 480) for line in lines]
        # Where nobody sings the lead is the melody.
        notes = [n for n in notes if not any(a < n["start"] < b for a, b in spans)]
        notes += [n for line in lines for n in line]
    return sorted((seconds(n["start"] + n["nudge"]), n["pitch"]) for n in notes)


MINOR = {"minor", "minor_seven", "minor_six", "minor_nine", "diminished", "half_diminished", "diminished_seven"}


def chords_of(score):
    seconds = seconds_of(score)
    return [(seconds(c["start"]), seconds(c["start"] + c["length"]), c["chord"]["root"], c["chord"]["quality"] in MINOR)
            for c in score["chords"]]


def key_of(score):
    return score["key"]["tonic"], score["key"]["mode"]


def own(name, folder, catbird):
    """A song of ours; its sung line is played by an instrument."""
    out = f"{folder}/{name}"
    lyrics = f"{folder}/lyrics.txt"
    with open(lyrics, "w") as file:
        file.write("[Verse]\nCopper light across the floor\nSomeone singing through the door\nPaper boats upon the stream\n"
                   "Carry home the evening dream\n[Chorus]\nStay until the river turns\nStay until the lantern burns\n"
                   "[Verse]\nGravel road and silver rain\nCounting every passing train\n[Chorus]\nStay until the river turns\n"
                   "Stay until the lantern burns\n")
    if not os.path.exists(f"{out}/score.json"):
        subprocess.run([catbird, "compose", *OWN[name], "--voice", "female", "--lyrics", lyrics, "--out", out], check=True, stdout=subprocess.DEVNULL)
    score = json.load(open(f"{out}/score.json"))
    tonic, mode = key_of(score)
    song = mido.MidiFile(f"{out}/song.mid")
    for track in song.tracks:
        programs = [i for i, message in enumerate(track) if message.type == "program_change"]
        if not programs:
            continue
        sung = "vocal" in track.name.lower()
        if sung:
            track[programs[0]].program = LEADS[list(OWN).index(name)]
        # In a General MIDI file all parts are equally loud; a singer is not.
        level = mido.Message("control_change", channel=track[programs[0]].channel, control=7, value=120 if sung else 78)
        track.insert(programs[0] + 1, level)
    path = f"{folder}/{name}.mid"
    song.save(path)
    return path, {
        "key": f"{NAMES[tonic]} {mode}", "bpm": score["tempo"]["marks"][0]["bpm"],
        "melody": notes_of(score, True), "chords": chords_of(score),
    }


def rendered(path, folder, seed):
    """FluidSynth, then a room, an equaliser and tape-like saturation."""
    dry = path.replace(".mid", ".dry.wav")
    subprocess.run(["fluidsynth", "-ni", "-g", "0.6", "-R", "0", "-C", "0", "-r", str(RATE), "-F", dry, BANK, path],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with wave.open(dry) as file:
        audio = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2).T / 32768
    dice = np.random.default_rng(seed)
    length = int(1.2 * RATE)
    decay = np.exp(-6.9 * np.arange(length) / length) * np.r_[np.zeros(int(0.012 * RATE)), np.ones(length - int(0.012 * RATE))]
    size = 1 << int(np.ceil(np.log2(audio.shape[1] + length)))
    wet = []
    for side in audio:
        room = dice.normal(size=length) * decay
        room /= np.sqrt((room**2).sum())
        wet.append(np.fft.irfft(np.fft.rfft(side, size) * np.fft.rfft(room, size), size)[: audio.shape[1]])
    mixed = audio + 0.25 * np.array(wet)
    spectrum = np.fft.rfft(mixed)
    hertz = np.fft.rfftfreq(mixed.shape[1], 1 / RATE)
    gain = 10 ** ((2.5 * np.tanh((hertz - 5000) / 3000) - 1.5 * np.exp(-((hertz - 350) / 200) ** 2)) / 20)
    mixed = np.fft.irfft(spectrum * gain, mixed.shape[1])
    mixed = np.tanh(1.6 * mixed / np.abs(mixed).max()) * 0.8
    out = path.replace(".mid", ".wav")
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((mixed.T * 32767).astype("<i2").tobytes())
    os.remove(dry)
    return out


def f1(truth, found):
    """Greedy one-to-one matching in order of time."""
    hits, used = 0, set()
    for time, pitch in truth:
        near = [(abs(t - time), i) for i, (t, p) in enumerate(found) if i not in used and p == pitch and abs(t - time) <= 0.05]
        if near:
            used.add(min(near)[1])
            hits += 1
    if not hits:
        return 0.0
    precision, recall = hits / len(found), hits / len(truth)
    return 2 * precision * recall / (precision + recall)


def agreement(truth, found):
    """Share of the truth's time with the same root and third."""
    right = total = 0
    for start, end, root, minor in truth:
        total += end - start
        for a, b, r, m in found:
            if r == root and m == minor:
                right += max(0, min(b, end) - max(a, start))
    return right / total


def parsed(key):
    name, mode = key.split()
    return chord(name)[0], mode


def main():
    folder = sys.argv[1]
    catbird = os.path.abspath(sys.argv[2] if len(sys.argv) > 2 else "target/release/catbird")
    os.makedirs(folder, exist_ok=True)
    rows = []
    print("| song | tempo heard / true | key heard / true | chords | melody F1 | CPU s a minute |\n|---|---|---|---|---|---|")
    for seed, name in enumerate([*PUBLIC, *OWN]):
        path, truth = public(name, folder) if name in PUBLIC else own(name, folder, catbird)
        audio = rendered(path, folder, seed)
        before = os.times()
        subprocess.run([catbird, "hear", audio, "--out", f"{folder}/{name}.json"], check=True, stdout=subprocess.DEVNULL)
        after = os.times()
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        heard = json.load(open(f"{folder}/{name}.json"))
        bpm = np.median([m["bpm"] for m in heard["tempo"]["marks"]])
        tempo = min(abs(bpm * k / truth["bpm"] - 1) for k in (1 / 3, 0.5, 1, 2, 3)) <= 0.01
        tonic, mode = key_of(heard)
        wanted, wanted_mode = parsed(truth["key"])
        minor = "min" in mode or mode in ("aeolian", "dorian", "phrygian")
        wanted_minor = "min" in wanted_mode or wanted_mode in ("aeolian", "dorian", "phrygian")
        relative = (tonic + (3 if minor else 0)) % 12 == (wanted + (3 if wanted_minor else 0)) % 12
        harmony = agreement(truth["chords"], chords_of(heard))
        melody = f1(truth["melody"], notes_of(heard, False))
        rows.append((tempo, relative, harmony, melody, cpu / (heard["seconds"] / 60)))
        print(f"| {name} | {bpm:.2f} / {truth['bpm']:.2f} | {NAMES[tonic]} {mode} / {truth['key']} | {harmony:.3f} | {melody:.2f} | {rows[-1][4]:.1f} |", flush=True)
    tempo, key, harmony, melody, cpu = zip(*rows)
    print(f"\ntempo within 1 % (octave allowed) {sum(tempo)}/10, key (relative allowed) {sum(key)}/10, chords {np.mean(harmony):.3f}, "
          f"melody F1 {np.mean(melody):.2f}, {np.mean(cpu):.1f} CPU seconds a minute with start-up")


main()
