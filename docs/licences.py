#!/usr/bin/env python3
"""Writes docs/licences.md: every library linked into the program and every asset, with its licence.

    python3 docs/licences.py           writes the page
    python3 docs/licences.py --check   fails when the page is not what would be written, or when a
                                       licence is not one that deny.toml allows
"""

import json
import pathlib
import re
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "licences.md"
# Packages that name a licence file instead of a licence, and what stands in it.
READ = {"language-tokenizer": "WTFPL"}

# What others made and we keep in the repository, its notice beside it.
KEPT = [
    (
        "crates/ear/data/chords.onnx",
        "crema 0.2.0, laid out anew by tools/ear/chords.py",
        "BSD-2-Clause (its licence file; ISC in its metadata)",
        "Brian McFee",
        "the net that hears chords",
    ),
    (
        "crates/sound/data/house.onnx",
        "trained by tools/voices on speech of Kokoro-82M 1.0 and hibari-tts 0.2.1",
        "Apache-2.0",
        "hexgrad (Kokoro-82M), Maureese Williams (hibari)",
        "the net of the singers",
    ),
    (
        "crates/speech/data/ja/words.bin",
        "UniDic (unidic-lite), reduced by tools/speech",
        "BSD-3-Clause (one of its three)",
        "The UniDic Consortium",
        "readings of Japanese words",
    ),
    (
        "crates/speech/data/zh",
        "pypinyin (with pinyin-data) and OpenCC's table, reduced by tools/speech",
        "MIT; Apache-2.0",
        "mozillazg; the OpenCC authors",
        "readings of hanzi",
    ),
]


def linked(metadata):
    """The packages that normal and build dependencies of the program lead to, tests' ones left out."""
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    queue, seen = [metadata["resolve"]["root"]], set()
    while queue:
        here = queue.pop()
        if here in seen:
            continue
        seen.add(here)
        for dependency in nodes[here]["deps"]:
            if any(kind["kind"] != "dev" for kind in dependency["dep_kinds"]):
                queue.append(dependency["pkg"])
    return [p for p in metadata["packages"] if p["id"] in seen and p["source"]]


def allowed(expression, names):
    """Whether an SPDX expression can be met by allowed licences (no brackets nest in practice)."""
    expression = expression.replace("/", " OR ")
    if "(" in expression:
        inner = re.search(r"\(([^()]*)\)", expression)
        word = "MIT" if allowed(inner.group(1), names) else "refused"
        return allowed(expression[: inner.start()] + word + expression[inner.end() :], names)
    return any(all(part.strip() in names for part in choice.split(" AND ")) for choice in expression.split(" OR "))


def main():
    command = ["cargo", "metadata", "--format-version=1", "--locked", "--filter-platform=x86_64-unknown-linux-gnu"]
    metadata = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    names = set(tomllib.loads((ROOT / "deny.toml").read_text())["licenses"]["allow"])
    rows, refused = [], []
    for package in sorted(linked(metadata), key=lambda p: (p["name"], p["version"])):
        licence = package["license"] or READ.get(package["name"], "in a file of its own")
        if not allowed(licence, names):
            refused.append(f"{package['name']} {package['version']}: {licence}")
        rows.append(f"| {package['name']} | {package['version']} | {licence} |")
    assets = tomllib.loads((ROOT / "assets.lock").read_text())["package"]
    text = "\n".join(
        [
            "# Licences",
            "",
            "Catbird itself: MIT OR Apache-2.0. This page is written by `python3 docs/licences.py`.",
            "",
            "## Sounds and voices (fetched, not part of the repository)",
            "",
            "| package | version | licence | by | for |",
            "|---|---|---|---|---|",
            *(f"| {a['name']} | {a['version']} | {a['licence']} | {a['author']} | {a['use']} |" for a in assets),
            "",
            "## Part of the repository",
            "",
            "| file | from | licence | by | for |",
            "|---|---|---|---|---|",
            *(f"| {' | '.join(row)} |" for row in KEPT),
            "",
            f"## Libraries linked into the program ({len(rows)})",
            "",
            "| library | version | licence |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )
    if refused:
        sys.exit("not allowed by deny.toml: " + "; ".join(refused))
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(text)
    elif not PAGE.exists() or PAGE.read_text() != text:
        sys.exit("docs/licences.md is out of date: run python3 docs/licences.py")


if __name__ == "__main__":
    main()
