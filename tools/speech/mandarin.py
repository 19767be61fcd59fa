"""How hanzi are read: writes crates/speech/data/zh/{characters,phrases,traditional}.txt.

    python3 tools/speech/mandarin.py

The readings are those of pypinyin (MIT, (c) 2016 mozillazg; its data are pinyin-data and
phrase-pinyin-data, MIT, by the same author), without tones: the melody has the last word on pitch.
That leaves few characters with two readings, and of 47,000 phrases only those whose readings differ
from their characters' usual ones. The usual ones are amended by crates/speech/data/zh/sung.tsv, which
is written by hand. Traditional characters are folded with OpenCC's table (Apache-2.0, packed as
opencc-python-reimplemented) so that phrases are listed once.
"""

import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import unicodedata
import zipfile

DATA = pathlib.Path(__file__).resolve().parents[2] / "crates/speech/data/zh"
PACKAGES = {
    "pypinyin==0.55.0": "d53b1e8ad2cdb815fb2cb604ed3123372f5a28c6f447571244aca36fc62a286f",
    "opencc-python-reimplemented==0.1.7": "41b3b92943c7bed291f448e9c7fad4b577c8c2eae30fcfe5a74edf8818493aa6",
}
# The longest phrase that is kept, in characters.
LONGEST = 8


def wheel(package, folder):
    """The package's wheel, fetched by pip and checked."""
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", package, "-d", folder],
        check=True,
    )
    name = package.split("==")[0].replace("-", "_")
    (path,) = pathlib.Path(folder).glob(f"{name}*.whl")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != PACKAGES[package]:
        sys.exit(f"{path.name} has SHA-256 {found}, not {PACKAGES[package]}")
    return zipfile.ZipFile(path)


def bare(pinyin):
    """A syllable without its tone; ü is v."""
    plain = unicodedata.normalize("NFD", pinyin.replace("ü", "v"))
    plain = plain.replace("u\u0308", "v")
    return "".join(c for c in plain if c.isascii())


def sung(path):
    """The hand-written readings: a character's usual one, a phrase's."""
    out = {}
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            text, reading = line.split("\t")
            out[text] = reading.split()
            assert len(out[text]) == len(text), line
    return out


def main():
    with tempfile.TemporaryDirectory() as folder:
        pinyin, opencc = (wheel(p, folder) for p in PACKAGES)
        readings = json.loads(pinyin.read("pypinyin/pinyin_dict.json"))
        phrases = json.loads(pinyin.read("pypinyin/phrases_dict.json"))
        fold = opencc.read("opencc/dictionary/TSCharacters.txt").decode()
    usual = {}
    for code, text in readings.items():
        c = chr(int(code))
        # The characters of everyday fonts: the Unified Ideographs block and the round zero.
        if "\u4e00" <= c <= "\u9fff" or c == "〇":
            usual[c] = bare(text.split(",")[0])
    own = sung(DATA / "sung.tsv")
    usual.update({k: v[0] for k, v in own.items() if len(k) == 1})
    folded = {}
    for line in fold.splitlines():
        many, few = line.split("\t")[0], line.split("\t")[1].split(" ")[0]
        if many in usual and few in usual and many != few:
            folded[many] = few
    # 乾坤 keeps its 乾, 著名 its 著, 瞭望 its 瞭.
    for many in "乾著瞭":
        folded.pop(many, None)
    listed = {}
    for text, said in phrases.items():
        said = [bare(s[0]) for s in said]
        # Every phrase is listed in simplified characters too; folding one may mix up two words.
        if any(c in folded for c in text):
            continue
        if not 2 <= len(text) <= LONGEST or len(said) != len(text) or any(c not in usual for c in text):
            continue
        if said != [usual[c] for c in text] and text not in own:
            listed.setdefault(text, said)
    # A phrase its parts already spell is left out.
    for text in sorted(listed, key=len, reverse=True):
        for cut in range(1, len(text)):
            halves = text[:cut], text[cut:]
            said = [s for h in halves for s in (listed.get(h) or own.get(h) or [usual[c] for c in h])]
            if said == listed[text] and any(h in listed or h in own for h in halves):
                del listed[text]
                break
    groups = {}
    for c, said in usual.items():
        groups.setdefault(said, []).append(c)
    write("characters.txt", [f"{s}\t{''.join(sorted(groups[s]))}" for s in sorted(groups)])
    write("phrases.txt", [f"{p}\t{' '.join(listed[p])}" for p in sorted(listed)])
    write("traditional.txt", [f"{a}{folded[a]}" for a in sorted(folded)])
    print(len(usual), "characters,", len(groups), "syllables,", len(listed), "phrases,", len(folded), "folded")


def write(name, lines):
    head = "# Written by tools/speech/mandarin.py from pypinyin (MIT) and OpenCC (Apache-2.0); see NOTICE.\n"
    (DATA / name).write_text(head + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
