"""The history of a book in a git bundle: its commits, the texts that each changes, and what is counted of them."""

from __future__ import annotations

import io
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Self

from sphinx_amts.document.reader import Book, application
from sphinx_amts.model import Kind, Unit

__all__ = ["Counts", "Seen", "Texts", "added", "changes", "cloned", "git", "read", "texts"]

Texts = tuple[tuple[str, str], ...]
"""The units of a file: the section that each stands in, and its text."""

Seen = dict[str, tuple[str, Texts]]
"""Each file as it was, and its units."""


@dataclass
class Counts:
    """What is counted of a commit, and summed; the fields of a subclass are its columns."""

    @classmethod
    def names(cls) -> list[str]:
        """The columns."""
        return [field.name for field in fields(cls)]

    @classmethod
    def header(cls) -> str:
        """The line above the numbers."""
        return " ".join(f"{name:>10}" for name in cls.names())

    def __str__(self) -> str:
        return " ".join(f"{number:10,}" for number in astuple(self))

    def __iadd__(self, other: Self) -> Self:
        for name in self.names():
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self


@contextmanager
def cloned(bundle: Path) -> Iterator[Path]:
    """A temporary clone of the branch ``main``, alone in its folder."""
    with tempfile.TemporaryDirectory() as place:
        repository = Path(place) / "repository"
        subprocess.run(["git", "clone", "-q", "-b", "main", bundle, repository], check=True)
        yield repository


def git(repository: Path, *arguments: str) -> str:
    """What git prints."""
    return subprocess.run(["git", *arguments], cwd=repository, check=True, capture_output=True, text=True).stdout


def read(directory: Path, place: Path) -> Book:
    """The book, read by Sphinx, which keeps what it knows below ``place``."""
    app = application(directory, place / "build", settings={}, status=None, warnings=io.StringIO())
    app.build()
    return Book(app)


def changes(book: Book, seen: Seen, of: Callable[[Book, str], Texts]) -> tuple[Seen, list[tuple[Texts, Texts]]]:
    """All files as they are now, and the texts of each one that changed: those that it had, those ``of`` it now."""
    now: Seen = {}
    changed = []
    for path in book.paths():
        raw = book.raw(path)
        if path in seen and seen[path][0] == raw:
            now[path] = seen[path]
        else:
            now[path] = raw, of(book, path)
            changed.append((seen.get(path, ("", ()))[1], now[path][1]))
    return now, changed


def texts(units: Sequence[Unit]) -> Texts:
    """Each unit's text with the number of the title before it."""
    section, result = "", []
    for unit in units:
        if unit.kind is Kind.TITLE:
            section = unit.text
        result.append((section, unit.text))
    return tuple(result)


def added(before: Texts, after: Texts) -> Iterator[tuple[str, str]]:
    """What stands in ``after`` more often than before."""
    left = Counter(text for _, text in before)
    for section, text in after:
        if left[text]:
            left[text] -= 1
        else:
            yield section, text
