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
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from history import Counts, Seen, added, changes, cloned, git, read, texts
from translator import Translator

from sphinx_amts.config import Settings
from sphinx_amts.document.reader import Book
from sphinx_amts.model import Subtype
from sphinx_amts.session import sync_languages
from sphinx_amts.sync.tree import LocaleTree


@dataclass
class Row(Counts):
    """One commit's characters."""

    sent: int = 0
    edited: int = 0
    paragraphs: int = 0
    sections: int = 0
    files: int = 0


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
    with cloned(options.bundle) as repository:
        replay(repository, options)
    return 0


def replay(repository: Path, options: argparse.Namespace) -> None:
    """Sync commit by commit, and print."""
    commits = git(repository, "rev-list", "--reverse", "HEAD").split()
    total, seen = Row(), {}
    if options.last:
        commits = commits[-options.last - 1 :]
    wanted = [git(repository, "rev-parse", name).strip() for name in options.commit]
    if wanted:
        commits = [commit for name in wanted for commit in (f"{name}~1", name)]
    edited = None
    if options.translator is not None:
        edited = Edited(Translator(LocaleTree(repository.parent / "edited"), Random(options.translator)))
    print(f"{'commit':9} {Row.header()}  subject", flush=True)
    for number, commit in enumerate(commits):
        git(repository, "checkout", "-q", commit)
        row, seen = step(repository / options.book, seen, options.engine, edited, repository.parent)
        if number % 2 == 0 if wanted else number == 0:
            continue
        if row.sent or row.edited or row.files:
            subject = git(repository, "log", "-1", "--format=%s", commit).strip()
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
    book, row = read(directory, place), Row()
    now, changed = changes(book, seen, lambda book, path: texts(book.document(path).units))
    for known, found in changed:
        own = list(added(known, found))
        row.paragraphs += sum(len(text) for _, text in own)
        sections = {section for section, _ in own}
        row.sections += sum(len(text) for section, text in found if section in sections)
        row.files += sum(len(text) for _, text in found) if own else 0
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


if __name__ == "__main__":
    sys.exit(main())
