"""Replay a book's history: sync after every commit, and count the characters that were sent.

    python benchmarks/replay.py BUNDLE [--book DIR] [--commit HASH ...] [--engine pseudo] [--translator SEED]

BUNDLE is a git bundle with a branch ``main``; its first commit is the base and is not counted.  For each commit that changes
prose, a line says how many characters of source text were sent, and how many are in the changed paragraphs, the changed
sections (``##``), and the changed files.  The last line has the totals.

With ``--translator`` a second tree is kept in sync, whose targets are edited between commits; see ``translator.py``.  A column
says how many characters were sent for it.  At the end stand the edits, what of them is lost, and the findings by kind.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from translator import Translator

from sphinx_amts.config import Settings
from sphinx_amts.document.reader import Book, application
from sphinx_amts.model import Kind, Subtype, Unit
from sphinx_amts.session import sync_languages
from sphinx_amts.sync.tree import LocaleTree

Texts = tuple[tuple[str, str], ...]
"""The units of a file: the section that each stands in, and its text."""

Seen = dict[str, tuple[str, Texts]]
"""Each file as it was, and its units."""


NAMES = " ".join(f"{name:>10}" for name in ("sent", "edited", "paragraphs", "sections", "files"))


@dataclass
class Row:
    """One commit's characters."""

    sent: int = 0
    edited: int = 0
    paragraphs: int = 0
    sections: int = 0
    files: int = 0

    def __str__(self) -> str:
        return " ".join(f"{getattr(self, name):10,}" for name in NAMES.split())

    def __iadd__(self, other: Row) -> Row:
        for name in NAMES.split():
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self


def main(arguments: Sequence[str] | None = None) -> int:
    """Replay in a temporary clone."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--book", default="", help="the book's directory in the repository, if not the whole of it")
    parser.add_argument(
        "--commit", action="append", default=[], help="count only this commit (its base is synced first)"
    )
    parser.add_argument("--engine", default="pseudo")
    parser.add_argument("--translator", type=int, metavar="SEED", help="also sync a tree whose targets are edited")
    parser.add_argument("--last", type=int, default=0, help="only so many of the last commits")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        repository = Path(place) / "repository"
        subprocess.run(["git", "clone", "-q", "-b", "main", options.bundle, repository], check=True)
        replay(repository, options)
    return 0


def replay(repository: Path, options: argparse.Namespace) -> None:
    """Sync commit by commit, and print."""
    commits = _git(repository, "rev-list", "--reverse", "HEAD").split()
    total, seen = Row(), {}
    if options.last:
        commits = commits[-options.last - 1 :]
    wanted = [_git(repository, "rev-parse", name).strip() for name in options.commit]
    if wanted:
        commits = [commit for name in wanted for commit in (f"{name}~1", name)]
    edited = None
    if options.translator is not None:
        edited = Edited(Translator(LocaleTree(repository.parent / "edited"), Random(options.translator)))
    print(f"{'commit':9} {NAMES}  subject", flush=True)
    for number, commit in enumerate(commits):
        _git(repository, "checkout", "-q", commit)
        row, seen = step(repository / options.book, seen, options.engine, edited, repository.parent)
        if number % 2 == 0 if wanted else number == 0:
            continue
        if row.sent or row.edited or row.files:
            subject = _git(repository, "log", "-1", "--format=%s", commit).strip()
            print(f"{commit[:8]:9} {row}  {subject[:60]}", flush=True)
        total += row
    print(f"{'total':9} {total}")
    if edited is not None:
        print(f"edited {dict(edited.translator.done)}: {edited.lost} lost; findings {dict(edited.findings)}")


@dataclass
class Edited:
    """A tree that a translator edits, and what was found in it."""

    translator: Translator
    findings: Counter[str] = field(default_factory=Counter)
    lost: int = 0


def step(directory: Path, seen: Seen, engine: str, edited: Edited | None, place: Path) -> tuple[Row, Seen]:
    """Sync once, with the tree below ``place``; the row, and all files as they are now."""
    app = application(directory, place / "build", settings={}, status=None, warnings=io.StringIO())
    app.build()
    book = Book(app)
    row, now = Row(), {}
    for path in book.paths():
        raw = book.raw(path)
        before, known = seen.get(path, ("", ()))
        if path in seen and raw == before:
            now[path] = seen[path]
            continue
        found = texts(book.document(path).units)
        now[path] = raw, found
        changed = list(_new(known, found))
        row.paragraphs += sum(len(text) for _, text in changed)
        sections = {section for section, _ in changed}
        row.sections += sum(len(text) for section, text in found if section in sections)
        row.files += sum(len(text) for _, text in found) if changed else 0
    results = sync_languages(book, Settings(engine=engine), ["zh"], base=directory, target=place / "zh")
    row.sent = results["zh"].characters_sent
    for finding in results["zh"].findings:
        print(f"  {finding.path}:{finding.line}: {finding.message} [{finding.subtype}]", file=sys.stderr)
    if edited is not None:
        row.edited = _edited_step(book, directory, engine, edited)
    return row, now


def _edited_step(book: Book, directory: Path, engine: str, edited: Edited) -> int:
    """The same for the edited tree; the characters sent."""
    edited.translator.edit()
    tree = edited.translator.tree
    result = sync_languages(book, Settings(engine=engine), ["zh"], base=directory, target=tree.root)["zh"]
    edited.findings.update(finding.subtype.value for finding in result.findings)
    for finding in result.findings:
        if finding.subtype not in (Subtype.STALE, Subtype.LOCAL, Subtype.ATTIC):
            print(f"  {finding.path}:{finding.line}: {finding.message} [{finding.subtype}]", file=sys.stderr)
    for lost in edited.translator.lost():
        edited.lost += 1
        print(f"  lost: {lost}", file=sys.stderr)
    return result.characters_sent


def texts(units: Sequence[Unit]) -> Texts:
    """Each unit's text with the number of the title before it."""
    section, result = "", []
    for unit in units:
        if unit.kind is Kind.TITLE:
            section = unit.text
        result.append((section, unit.text))
    return tuple(result)


def _new(before: Texts, after: Texts) -> Iterator[tuple[str, str]]:
    left = Counter(text for _, text in before)
    for section, text in after:
        if left[text]:
            left[text] -= 1
        else:
            yield section, text


def _git(repository: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=repository, check=True, capture_output=True, text=True)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
