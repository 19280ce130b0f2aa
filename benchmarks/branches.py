"""Two branches of a translation repository: how often git cannot merge what they did, by how far apart they did it.

    python benchmarks/branches.py TREE [--pairs N] [--seed N]

TREE is a locale tree with manifests, such as an adopted translation.  In one document, one branch changes a unit and another
branch another unit, so many units further on: each time a person rewrites a sentence of the translation (*edit*) or a sync
replaces it because its source changed (*sync*), at random.  Distance 0 is another sentence of the same unit.

- *texts*, *manifests*: pairs of which ``git merge-file`` leaves a conflict in the target, in the manifest;
- *unreadable*: manifests that git merged without a conflict and that cannot be read;
- *apart*: of those that can, how many do not say of the target what stands there, so that the next sync takes it for an edit.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from sphinx_amts.document.flat import unflatten
from sphinx_amts.errors import ManifestError
from sphinx_amts.model import Origin, State
from sphinx_amts.pairs.manifest import Manifest, UnitPiece, dump, load, parse
from sphinx_amts.sync.people import fold

DISTANCES = (0, 1, 2, 3, 5)
NAMES = ("pairs", "texts", "manifests", "unreadable", "apart")


def main(arguments: Sequence[str] | None = None) -> int:
    """Merge pairs of branches, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("tree", type=Path)
    parser.add_argument("--pairs", type=int, default=200, metavar="N", help="pairs for each distance")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    chance = random.Random(options.seed)
    manifests = [load(file) for file in sorted((options.tree / ".amts").rglob("*.md.json"))]
    print(f"{'distance':>10}" + "".join(f"{name:>12}" for name in NAMES))
    with tempfile.TemporaryDirectory() as place:
        for distance in DISTANCES:
            row: Counter[str] = Counter()
            while row["pairs"] < options.pairs:
                manifest = chance.choice([one for one in manifests if one is not None])
                row.update(_pair(manifest, distance, chance, Path(place)))
            print(f"{distance:>10}" + "".join(f"{row[name]:>12,}" for name in NAMES), flush=True)
    return 0


def _pair(base: Manifest, distance: int, chance: random.Random, place: Path) -> Iterator[str]:
    """What is to say of a pair of branches; nothing where the document has no such pair."""
    numbers = [number for number, piece in enumerate(base.pieces) if _fits(piece, 2 if distance == 0 else 1)]
    first = chance.choice(numbers or [0])
    second = first + 2 * distance
    if first not in numbers or (distance and second not in numbers):
        return
    last = len(_groups(base, first)) - 1
    one = _changed(base, first, 0, chance)
    other = _changed(base, second, last if distance == 0 else 0, chance)
    yield "pairs"
    text, in_texts = _merged(place, *(unflatten(each.target, base.style) for each in (one, base, other)))
    record, in_manifests = _merged(place, *map(dump, (one, base, other)))
    if in_texts:
        yield "texts"
    if in_manifests:
        yield "manifests"
        return
    try:
        merged = parse(record, place)
    except ManifestError:
        yield "unreadable"
        return
    if not in_texts and unflatten(merged.target, merged.style) != text:
        yield "apart"


def _fits(piece: object, least: int) -> bool:
    return isinstance(piece, UnitPiece) and piece.encoding == "lines" and sum(map(bool, _targets(piece))) >= least


def _targets(piece: UnitPiece) -> list[str]:
    return ["".join(group.target) for group in piece.groups]


def _groups(manifest: Manifest, number: int) -> Sequence[object]:
    piece = manifest.pieces[number]
    assert isinstance(piece, UnitPiece)
    return piece.groups


def _changed(base: Manifest, number: int, at: int, chance: random.Random) -> Manifest:
    """The manifest of a branch that changed one sentence."""
    piece = base.pieces[number]
    assert isinstance(piece, UnitPiece)
    word = f"{chance.randrange(10**6)}"
    old = "".join(piece.groups[at].target)
    new = f"{old[: len(old) // 2]}{word}{old[len(old) // 2 :]}"
    target = piece.target.replace(old, new, 1) if old and old in piece.target else f"{piece.target}{word}"
    before = sum(len(each.target) for each in base.pieces[:number])
    text = base.target[:before] + target + base.target[before + len(piece.target) :]
    edited = fold(base, text, lambda sentence: [sentence])
    if chance.random() < 0.5:
        return edited
    mine = edited.pieces[number]
    assert isinstance(mine, UnitPiece)
    group = mine.groups[min(at, len(mine.groups) - 1)]
    source = "".join(group.source)
    synced = replace(group, source=(f"{word} {source}",), origin=f"{Origin.TM}", state=State.TRANSLATED)
    groups = tuple(synced if each is group else each for each in mine.groups)
    unit = replace(mine, groups=groups, source=mine.source.replace(source, f"{word} {source}", 1))
    return replace(edited, pieces=(*edited.pieces[:number], unit, *edited.pieces[number + 1 :]))


def _merged(place: Path, one: str, base: str, other: str) -> tuple[str, bool]:
    """Three texts merged by git, and whether that left a conflict."""
    files = [place / name for name in ("one", "base", "other")]
    for file, text in zip(files, (one, base, other), strict=True):
        file.write_bytes(text.encode())
    done = subprocess.run(["git", "merge-file", "-p", *map(str, files)], capture_output=True, check=False)
    return done.stdout.decode(), done.returncode != 0


if __name__ == "__main__":
    sys.exit(main())
