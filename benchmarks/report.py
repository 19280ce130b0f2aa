"""How long the report of a large book takes.

    python benchmarks/report.py [--documents N] [--languages zh,es,...] [--keep DIR]

A book of 200 documents is made, with trees of five languages as a sync would leave them: 90 sentences a document, of which 70 %
are a machine's, 15 % a person's, 5 % reviewed, 5 % stale with a proposal, 5 % untranslated.  Then the command writes its report.
Sphinx reads nothing; making the book is not counted.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from sphinx_amts.cli import main as command
from sphinx_amts.model import Group, Kind, Origin, State
from sphinx_amts.pairs.manifest import GapPiece, Manifest, UnitPiece
from sphinx_amts.sync.tree import LocaleTree

SENTENCES, IN_PARAGRAPH = 90, 3
WORDS = (
    "the a model data learning when where training loss of gradient with layer network each output input we see".split()
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the book, write its report, print the time."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--documents", type=int, default=200)
    parser.add_argument("--languages", default="zh,es,ja,ar,fr")
    parser.add_argument("--keep", type=Path, help="make the book here, and keep it")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        root = options.keep or Path(place)
        codes = options.languages.split(",")
        _make(root, options.documents, codes)
        languages = [part for code in codes for part in ("-l", code)]
        start, cpu = time.perf_counter(), time.process_time()
        status = command(["report", str(root / "book"), *languages, "-o", str(root / "report")])
        took, used = time.perf_counter() - start, time.process_time() - cpu
        size = sum(file.stat().st_size for file in (root / "report").rglob("*") if file.is_file())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{took:.1f} s, {used:.1f} s of CPU, {size / 1e6:.0f} MB written, {peak:.0f} MB of memory")
    return status


def _make(root: Path, documents: int, codes: Sequence[str]) -> None:
    random = Random(1)
    book = root / "book"
    book.mkdir(parents=True)
    (book / "conf.py").write_text('extensions = ["myst_parser"]\nproject = "A large book"\n', encoding="utf-8")
    for number in range(documents):
        path = f"{'index' if not number else f'chapter{number // 20}/page{number}'}.md"
        pieces: dict[str, list[GapPiece | UnitPiece]] = {code: [GapPiece("", "")] for code in codes}
        for _ in range(SENTENCES // IN_PARAGRAPH):
            sentences = [f"{' '.join(random.choices(WORDS, k=18)).capitalize()}." for _ in range(IN_PARAGRAPH)]
            for code in codes:
                groups = tuple(_groups(sentences, random))
                source, target = (
                    "".join("".join(getattr(group, side)) for group in groups) for side in ("source", "target")
                )
                pieces[code] += [UnitPiece(Kind.PARAGRAPH, source, target, groups), GapPiece("\n\n", "\n\n")]
        for code in codes:
            tree, manifest = LocaleTree(root / "locale" / code), Manifest(path, tuple(pieces[code]))
            for file, text in ((book / path, manifest.source), (tree.root / path, manifest.target)):
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
            tree.write(manifest, manifest.target)


def _groups(sentences: Sequence[str], random: Random) -> Iterator[Group]:
    for sentence in sentences:
        source, target = f"{sentence} ", f"{' '.join(random.choices(WORDS, k=18)).upper()}. "
        chance = random.random()
        if chance < 0.70:
            yield Group((source,), (target,), "mt:pseudo", State.TRANSLATED)
        elif chance < 0.85:
            yield Group((source,), (target,), Origin.HUMAN, State.TRANSLATED)
        elif chance < 0.90:
            yield Group((source,), (target,), "mt:pseudo", State.REVIEWED, reviewer="Li Hua")
        elif chance < 0.95:
            former = (source.replace(" the ", " this ", 1),)
            yield Group((source,), (target,), Origin.HUMAN, State.TRANSLATED, True, target.lower(), former=former)
        else:
            yield Group((source,), (source,))


if __name__ == "__main__":
    sys.exit(main())
