"""What parallel data on the subject of an article does, beside as many pairs taken at random.

    python benchmarks/evaluate.py CORPORA OUT [--article howto/logging] [--folder library ...] [--most 1000]
        [--engine apertium] [-D NAME=VALUE]

The article is a catalogue of ``python-docs-es`` in CORPORA, the folder of the real books.  From the other catalogues of
some folders ``align`` takes the pairs of sentences, ``parallel-data select`` those that are most like the article, and
``evaluate`` makes the tables, both ways, in OUT.  Needs an engine that translates: Apertium with eng-spa.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence
from pathlib import Path

from sphinx_amts.cli import main as run
from sphinx_amts.pairs.catalogues import read

FOLDERS = ("howto", "tutorial", "faq", "using", "extending", "installing", "distributing")


def main(arguments: Sequence[str] | None = None) -> int:
    """Select and evaluate; the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--article", default="howto/logging", help="a catalogue, without its suffix")
    parser.add_argument(
        "--folder", action="append", default=[], help="where other catalogues are (howto, tutorial ...)"
    )
    parser.add_argument("--most", default="1000", help="so many pairs")
    parser.add_argument("--engine", default="apertium")
    parser.add_argument("-D", dest="options", action="append", default=[], metavar="NAME=VALUE")
    given = parser.parse_args(arguments)
    catalogues = given.corpora / "python-docs-es"
    given.out.mkdir(parents=True, exist_ok=True)
    own = catalogues / f"{given.article}.po"
    paths = [path for folder in given.folder or FOLDERS for path in sorted((catalogues / folder).rglob("*.po"))]
    others = table(given.out / "others.csv", [path for path in paths if path != own])
    every = table(given.out / "every.csv", [*paths, own])
    pool = given.out / "pool.tmx"
    if not pool.is_file():
        told(["align", "--pairs", str(others), "-s", "en", "-t", "es", "-o", str(pool)])
    article = given.out / "article"
    article.mkdir(exist_ok=True)
    texts = [message.source for message in read(own).messages]
    (article / "index.rst").write_text("\n\n".join(texts) + "\n", encoding="utf-8")
    chosen = given.out / "subject.tmx"
    select = ["parallel-data", "select", "--for", str(article), str(pool), "-l", "es"]
    told([*select, "-o", str(chosen), "--most", given.most])
    evaluate = ["evaluate", "--pairs", str(every), "-s", "en", "-t", "es", "--both", "--article", given.article]
    evaluate += ["--variant", "none", "--variant", "sentence,name=random", "--variant", f"{chosen},name=on the subject"]
    options = [part for option in given.options for part in ("-D", option)]
    return told([*evaluate, "--most", given.most, "--engine", given.engine, *options, "-o", str(given.out / "results")])


def table(file: Path, paths: Sequence[Path]) -> Path:
    """A table of catalogues, each its own translation."""
    rows = [(str(path.resolve()),) * 2 for path in dict.fromkeys(paths)]
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows(rows)
    return file


def told(arguments: list[str]) -> int:
    """Run a command, and show it."""
    print("$ sphinx-amts", *arguments, flush=True)
    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
