"""How Japanese is read: writes crates/speech/data/ja/words.bin, a dictionary with a word model.

    python3 tools/speech/japanese.py [--package unidic-lite-1.0.8.tar.gz]

Surfaces, pronunciations and costs are those of UniDic 2.1.2 ((c) 2011-2013 The UniDic Consortium, used
under its BSD licence, which lies beside the output as UniDic-LICENSE), as packed by unidic-lite. Of its
756,000 entries the likeliest are kept; its 5,981 word contexts become CLASSES by likeness of
their connection costs, and the connection matrix is averaged to match. crates/speech/data/ja/sung.tsv
is written by hand and makes a reading the usual one (私 = ワタシ) or adds a word.

The file is a zlib stream of: counts; the class matrix; which classes て and た continue; surfaces, sorted, each with the length of what
it shares with the one before; the entries of each surface. read() in
crates/speech/src/japanese/dictionary.rs is the format's other half. Needs numpy.
"""

import argparse
import collections
import hashlib
import pathlib
import struct
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
import zlib

import numpy as np

DATA = pathlib.Path(__file__).resolve().parents[2] / "crates/speech/data/ja"
PACKAGE = "unidic-lite==1.0.8"
SHA256 = "db9d4572d9fdd4d00a97949d4b0741ec480ee05a7e7e2e32f547500dae27b245"
CLASSES = 640
JOINING_CLASSES = 130
# Costs are -700 ln p; one step of the file is this much.
STEP = 64
# The highest cost of entries that are kept, by part of speech.
DEAREST = collections.defaultdict(
    lambda: 12000,
    {
        "名詞,普通名詞": 10300,
        "名詞,固有名詞": 5600,
        "名詞,数詞": 12000,
        # Of inflected words: the dearest form that is kept for itself …
        "動詞,一般": 9700,
        "動詞,非自立可能": 11000,
        "形容詞,一般": 9900,
        "形容詞,非自立可能": 11000,
        "副詞,*": 10500,
        "形状詞,一般": 10500,
        "形状詞,タリ": 9000,
        "感動詞,一般": 10500,
        "接尾辞,名詞的": 11000,
        "接頭辞,*": 10000,
    },
)
# … and the likeliest form's highest cost for which all the usual forms are kept.
DEAREST_LEMMA = 10300
FORMS = {
    "未然形-一般",
    "未然形-サ",
    "未然形-セ",
    "連用形-一般",
    "連用形-イ音便",
    "連用形-促音便",
    "連用形-撥音便",
    "終止形-一般",
    "連体形-一般",
    "仮定形-一般",
    "命令形",
    "意志推量形",
    "語幹-一般",
}
# Single characters are kept up to this cost, so that a rare kanji still has a reading.
DEAREST_SINGLE = 14500
# What a kanji costs that stands in compounds only.
RAREST = 14000
# Symbols and blanks are no words.
DROPPED = ("記号", "補助記号", "空白")
HIRAGANA = {i: i + 0x60 for i in range(0x3041, 0x3097)}
KANA = [chr(c) for c in range(0x30A1, 0x30FB)] + ["ー"]


def package(path, folder):
    """The dictionary's archive, fetched by pip unless it is given, and checked."""
    if path is None:
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary=:all:", PACKAGE, "-d", folder],
            check=True,
        )
        (path,) = pathlib.Path(folder).glob("unidic*.tar.gz")
    found = hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
    if found != SHA256:
        sys.exit(f"{path} has SHA-256 {found}, not {SHA256}")
    archive = tarfile.open(path)
    by_name = {pathlib.Path(m.name).name: m for m in archive.getmembers() if "dicdir/" in m.name}
    return lambda name: archive.extractfile(by_name[name]).read()


def entries(dic):
    """Surface, context, cost and features of every entry of a MeCab dictionary (version 102)."""
    _, version, _, _, _, _, double_array, tokens, features, _ = struct.unpack("<10I", dic[:40])
    assert version == 102
    at = 72
    units = np.frombuffer(dic, [("base", "<i4"), ("check", "<u4")], double_array // 8, at)
    at += double_array
    token = np.frombuffer(dic, [("l", "<u2"), ("r", "<u2"), ("p", "<u2"), ("cost", "<i2"), ("f", "<u4"), ("x", "<u4")], tokens // 16, at)
    at += tokens
    feature = dic[at : at + features]
    base, check = units["base"].astype(np.int64), units["check"]
    nodes, names = np.array([base[0]]), [b""]
    while len(nodes):
        ends = (check[nodes] == nodes) & (base[nodes] < 0)
        for i in np.nonzero(ends)[0]:
            value = -int(base[nodes[i]]) - 1
            for t in token[value >> 8 : (value >> 8) + (value & 0xFF)]:
                f = int(t["f"])
                text = feature[f : feature.index(b"\0", f)].decode()
                yield names[i].decode(), int(t["l"]), int(t["cost"]), text.split(",")
        next_nodes, next_names = [], []
        for byte in range(256):
            to = nodes + byte + 1
            fits = to < len(base)
            to = np.where(fits, to, 0)
            found = np.nonzero(fits & (check[to] == nodes) & (base[to] >= 0))[0]
            next_nodes.append(base[to[found]])
            next_names.extend(names[i] + bytes([byte]) for i in found)
        nodes, names = np.concatenate(next_nodes), next_names


def clusters(matrix, mass, joining):
    """A class for each context, alike in what they follow and what follows them. Class 0 is the line's end."""
    rng = np.random.default_rng(5)
    n = len(matrix)
    weight = np.sqrt(mass / mass.sum())
    both = np.concatenate([matrix * weight[None, :], matrix.T * weight[None, :]], axis=1)
    both = both @ rng.standard_normal((both.shape[1], 200), dtype=np.float32) / 14
    # Every context counts a little, the frequent ones much more.
    weight = mass + mass.sum() * 1e-5
    own = np.zeros(n, int)
    # Words that て and た continue are kept apart from the others. Class 0 stands by itself.
    first = 1
    for group, classes in ((joining, JOINING_CLASSES), (~joining, CLASSES - JOINING_CLASSES - 1)):
        members = np.nonzero(group)[0]
        points, mine = both[members], weight[members]
        centre = points[np.argsort(-mine)[:classes]].copy()
        for _ in range(25):
            nearest = ((centre**2).sum(1)[None, :] - 2 * points @ centre.T).argmin(1)
            for k in range(len(centre)):
                near = nearest == k
                if near.any():
                    centre[k] = np.average(points[near], axis=0, weights=mine[near])
        own[members] = first + nearest
        first += classes
    own[0] = 0
    average = np.zeros((CLASSES, CLASSES))
    one_hot = np.zeros((n, CLASSES), np.float32)
    one_hot[np.arange(n), own] = weight
    average = one_hot.T @ matrix @ one_hot
    total = one_hot.sum(0)
    return own, average / np.maximum(np.outer(total, total), 1e-9)


def sung():
    """The hand-written readings, and what words are used like."""
    lines = [line.split("\t") for line in (DATA / "sung.tsv").read_text().splitlines() if line and line[0] != "#"]
    return {line[0]: line[1] for line in lines}, {line[0]: line[2] for line in lines if len(line) > 2}


def orphans(words):
    """Readings of kanji that are no words by themselves: what the other half of their compounds leaves."""
    kanji = lambda c: "\u4e00" <= c <= "\u9fff"
    halves = collections.defaultdict(set)
    for surface, listed in words.items():
        if len(surface) == 1:
            halves[surface].update(sound for sound, _ in listed)
    votes = collections.defaultdict(lambda: collections.defaultdict(float))
    for surface, listed in words.items():
        if len(surface) != 2 or not all(map(kanji, surface)):
            continue
        for (sound, _), cost in listed.items():
            for mine, other, cuts in (
                (0, 1, [sound[: -len(h)] for h in halves.get(surface[1], ()) if sound.endswith(h)]),
                (1, 0, [sound[len(h) :] for h in halves.get(surface[0], ()) if sound.startswith(h)]),
            ):
                for rest in cuts:
                    # A reading does not begin with ッ, ー or a small kana, nor end with ッ.
                    if surface[mine] not in halves and 1 <= len(rest) <= 4 and rest[0] not in "ッーァィゥェォャュョン" and rest[-1] != "ッ":
                        votes[surface[mine]][rest] += np.exp(-cost / 1400)
    # 握る, 挑む: the stem of the verb, if no compound tells.
    for surface, listed in words.items():
        if len(surface) == 2 and kanji(surface[0]) and surface[0] not in halves and not kanji(surface[1]):
            for (sound, _), cost in listed.items():
                if sound[-1] == katakana(surface[1]) and len(sound) > 1 and sound[-2] != "ッ":
                    votes[surface[0]][sound[:-1]] += 0.1 * np.exp(-cost / 1400)
    return {c: max(sorted(told), key=told.get) for c, told in votes.items()}


def misvoiced(surface, pronunciation):
    """Whether a word in kana is said with a voicing that is not written (た as ダ after a noun's end)."""
    kana = katakana(surface)
    if any(c not in KANA for c in kana):
        return False
    plain = [unicodedata.normalize("NFD", t).replace("\u3099", "").replace("\u309a", "") for t in (kana, pronunciation)]
    return plain[0] == plain[1] and kana != pronunciation


def katakana(text):
    return text.translate(HIRAGANA)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--package", help="the archive, if it is here already")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = package(given.package, folder)
        licence, raw, dic = file("BSD"), file("matrix.bin"), file("sys.dic")
    lefts, rights = struct.unpack("<2H", raw[:4])
    # matrix[after][before]: contexts of the right word, then of the left one.
    matrix = np.frombuffer(raw, "<i2", lefts * rights, 4).reshape(rights, lefts).astype(np.float32)
    found, mass, joining = {}, np.zeros(lefts), np.zeros(lefts)
    affixes = set()
    lemmas, forms = collections.defaultdict(lambda: 99999), []
    for surface, context, cost, f in entries(dic):
        mass[context] += np.exp(-cost / 700)
        joining[context] = f[5].startswith("連用形")
        if f[0] in ("接尾辞", "接頭辞") or f[1] == "数詞":
            affixes.add(context)
        pronunciation = f[9] if len(f) > 9 else ""
        if f[0] in DROPPED or not pronunciation or any(c not in KANA for c in pronunciation):
            continue
        if any(c.isascii() or "０" <= c <= "ｚ" or c > "\uffff" for c in surface) or misvoiced(surface, pronunciation):
            continue
        classical = f[4].startswith("文語") and f[0] == "動詞"
        dearest = DEAREST_SINGLE if len(surface) == 1 else 8000 if classical else DEAREST[f"{f[0]},{f[1]}"]
        key = surface, pronunciation, context
        if f[0] in ("動詞", "形容詞") and not classical and f[5] in FORMS:
            # 走ろう, not 走ろ or 走ろお.
            if f[5] == "意志推量形" and not (surface.endswith("う") and pronunciation.endswith("ー")):
                continue
            lemma = f[7], f[10], f[4]
            lemmas[lemma] = min(lemmas[lemma], cost)
            forms.append((lemma, key, cost))
        elif cost <= dearest:
            found[key] = min(cost, found.get(key, cost))
    for lemma, key, cost in forms:
        if lemmas[lemma] <= DEAREST_LEMMA and cost <= lemmas[lemma] + 5000 or cost <= DEAREST["動詞,一般"]:
            found[key] = min(cost, found.get(key, cost))
    mass[0] = mass.max()
    own, average = clusters(matrix, mass, joining > 0)
    # Classes whose words are continued by て and た.
    share = np.bincount(own, mass * joining, CLASSES) / np.maximum(np.bincount(own, mass, CLASSES), 1e-9)
    own_readings, used_like = sung()
    noun = next(c for s, p, c in found if s == "夜空")
    words = collections.defaultdict(dict)
    likeliest = collections.defaultdict(lambda: 99999)
    for (surface, _, context), cost in found.items():
        if context not in affixes:
            likeliest[surface] = min(likeliest[surface], cost)
    for (surface, pronunciation, context), cost in found.items():
        # The reading that is sung takes the place of the others; parts of longer words (一日中, 山田君)
        # only step back.
        if surface in own_readings:
            if context in affixes:
                cost += 1000
            elif pronunciation == own_readings[surface]:
                cost = min(cost, likeliest[surface] + 500) - 1000
            else:
                cost += 1500
        key = pronunciation, int(own[context])
        words[surface][key] = min(cost, words[surface].get(key, cost))
    for surface, reading in own_readings.items():
        if all(sound != reading for sound, _ in words[surface]):
            model = words[used_like.get(surface, "夜空")]
            kind = min(model, key=model.get)[1]
            words[surface][reading, kind] = min(likeliest[surface] - 1000, 2000)
    for kanji, reading in orphans(words).items():
        words[kanji][reading, int(own[noun])] = RAREST
    write(words, average, share > 0.5, licence)


def write(words, average, joining, licence):
    surfaces = sorted(words)
    names, counts, sounds, classes, costs = bytearray(), bytearray(), bytearray(), bytearray(), bytearray()
    before = ""
    for surface in surfaces:
        shared = 0
        while shared < min(len(before), len(surface)) and before[shared] == surface[shared]:
            shared += 1
        names += bytes([shared, len(surface) - shared]) + surface[shared:].encode("utf-16-be")
        before = surface
        listed = sorted(words[surface].items(), key=lambda e: (e[1], e[0]))
        counts.append(len(listed))
        kana = katakana(surface)
        for (sound, kind), cost in listed:
            # What a word ends with as written need not be said again: 走っ = ハシ + ッ.
            tail = 0
            while tail < min(len(kana), len(sound)) and kana[-1 - tail] == sound[-1 - tail]:
                tail += 1
            head = sound[: len(sound) - tail]
            sounds += bytes([tail]) + bytes([len(head)]) + bytes(KANA.index(c) for c in head)
            classes += struct.pack("<H", kind)
            costs.append(int(np.clip(cost / STEP + 32, 0, 255)))
    table = np.clip(np.round(average / STEP), -128, 127).astype(np.int8).tobytes()
    head = struct.pack("<3I", len(average), len(surfaces), len(costs))
    parts = [head, table, bytes(joining.astype(np.uint8)), bytes(names), bytes(counts), bytes(sounds), bytes(classes), bytes(costs)]
    # Low bytes, then high bytes: they compress better apart.
    parts[-2] = parts[-2][::2] + parts[-2][1::2]
    packed = zlib.compress(b"".join(parts), 9)
    (DATA / "words.bin").write_bytes(packed)
    (DATA / "UniDic-LICENSE").write_bytes(licence)
    print(len(surfaces), "surfaces,", len(costs), "entries,", [len(p) for p in parts], len(packed), "bytes")


if __name__ == "__main__":
    main()
