"""The work that a translator is saved when a book changes: replay its history, and count words.

    python benchmarks/effort.py BUNDLE [--book DIR] [--first N] [--data FILE] [--plot FILE]

BUNDLE is a git bundle with a branch ``main``; its first commit is the base and is not counted.  Each sync counts the words that a
translator has to look at: all sentences that are not kept, those from memory too.  Beside them stand the words that are new in
the changed paragraphs (no way to work can have less), those of the changed paragraphs, and those of the changed documents: what a
translator has to look at who knows of changed paragraphs or changed files only.  A document counts as changed where a text in it
did; code, math and addresses do not count.

``--data FILE`` writes a row of tab-separated numbers for each commit; ``--plot FILE`` draws the sums, and needs matplotlib.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from itertools import accumulate
from pathlib import Path

from history import Counts, Seen, Texts, added, changes, cloned, git, read, texts

from sphinx_amts import engines
from sphinx_amts.config import Settings
from sphinx_amts.document.inline import protect
from sphinx_amts.document.reader import Book
from sphinx_amts.pairs.words import count
from sphinx_amts.session import local_job
from sphinx_amts.sync import Job, sync
from sphinx_amts.sync.asking import settle
from sphinx_amts.sync.work import Work


@dataclass
class Row(Counts):
    """One commit's words."""

    changed: int = 0
    """New in the changed paragraphs, of which the others are known."""
    sentences: int = 0
    """To look at, with sphinx-amts."""
    paragraphs: int = 0
    documents: int = 0


_DOCUMENTS = (".md", ".rst", ".ipynb", ".yml")


def main(arguments: Sequence[str] | None = None) -> int:
    """Replay in a temporary clone."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--book", default="", help="the book's directory in the repository, if not the whole of it")
    parser.add_argument("--first", type=int, default=0, help="only so many of the first commits")
    parser.add_argument("--data", type=Path, help="write the numbers of each commit")
    parser.add_argument("--plot", type=Path, help="draw the sums as SVG")
    options = parser.parse_args(arguments)
    with cloned(options.bundle) as repository:
        rows = list(_rows(repository, options.book, options.first))
    total = Row()
    for _, row in rows:
        total += row
    print(f"{'total':9} {total}")
    for name in ("documents", "paragraphs"):
        print(f"work saved beside whole {name}: {1 - total.sentences / max(getattr(total, name), 1):.1%}")
    if options.data:
        lines = [
            "\t".join(["commit", *Row.names()]),
            *("\t".join([commit, *map(str, astuple(row))]) for commit, row in rows),
        ]
        options.data.write_text("\n".join([*lines, ""]), encoding="utf-8")
    if options.plot:
        _draw([row for _, row in rows], options.plot)
    return 0


def _rows(repository: Path, book: str, first: int) -> Iterator[tuple[str, Row]]:
    """Each commit with its words; those of which nothing has to be looked at too."""
    commits = git(repository, "rev-list", "--reverse", "HEAD").split()
    commits = commits[: first + 1] if first else commits
    seen: Seen = {}
    print(f"{'commit':9} {Row.header()}", flush=True)
    for number, commit in enumerate(commits):
        git(repository, "checkout", "-q", commit)
        changed = git(repository, "diff", "--name-only", commits[number - 1], commit).splitlines() if number else []
        row = Row()
        if not number or any(name.endswith(_DOCUMENTS) for name in changed):
            row, seen = step(repository / book, seen, repository.parent, is_base=number == 0)
        if number:
            print(f"{commit[:8]:9} {row}", flush=True)
            yield commit[:8], row


def step(directory: Path, seen: Seen, place: Path, *, is_base: bool) -> tuple[Row, Seen]:
    """Sync once, with the tree below ``place``; the row, and all files as they are now."""
    book, row = read(directory, place), Row()
    now, changed = changes(book, seen, _masked)
    for known, found in changed:
        _count(row, known, found)
    job = local_job(book, Settings(), "zh", base=directory, target=place / "zh")
    job = replace(job, engine=engines.create("pseudo", {}))

    def look(job: Job, works: Sequence[Work]) -> bool:
        """Count what waits, and have it translated."""
        slots = (slot for work in works for _, slot in work.pending())
        row.sentences += 0 if is_base else sum(count(slot.segment.masked) for slot in slots)
        return settle(job, works)

    sync(job, look)
    return row, now


def _masked(book: Book, path: str) -> Texts:
    """The units of a document, their inline codes as numbers: a change of these alone is none."""
    document = book.document(path)
    grammar = book.grammar(document)
    return tuple((section, protect(text, grammar).text) for section, text in texts(document.units))


def _count(row: Row, known: Texts, found: Texts) -> None:
    changed = [text for _, text in added(known, found)]
    if not changed:
        return
    gone = [text for _, text in added(found, known)]
    new = Counter(word for text in changed for word in text.split()) - Counter(
        word for text in gone for word in text.split()
    )
    row.changed += sum(count(word) * times for word, times in new.items())
    row.paragraphs += sum(map(count, changed))
    row.documents += sum(count(text) for _, text in found)


def _draw(rows: Sequence[Row], file: Path) -> None:
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "effort"
    figure, axes = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
    lines = {
        "changed documents, whole": "documents",
        "changed paragraphs, whole": "paragraphs",
        "sentences to look at": "sentences",
        "words that changed": "changed",
    }
    for label, name in lines.items():
        sums = list(accumulate(getattr(row, name) for row in rows))
        axes.plot(range(1, len(sums) + 1), sums, label=label)
    axes.set(xlabel="commits", ylabel="words, summed", yscale="log")
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    figure.savefig(file, metadata={"Date": None})


if __name__ == "__main__":
    sys.exit(main())
