"""Open a book for a while: Sphinx with the book's own configuration, and doctrees that nobody else writes.

1. The doctrees of a book stay in the user's cache between calls.  Two processes never share them: the second one reads
   into a place of its own.
2. What Sphinx raises becomes a BookError.  What it warns of, and what the book's code prints, is the book's business.
"""

from __future__ import annotations

import contextlib
import fcntl
import io
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from sphinx.application import Sphinx
from sphinx.deprecation import RemovedInNextVersionWarning
from sphinx.errors import SphinxParallelError

from sphinx_amts.document.discovery import documents
from sphinx_amts.document.reader import Book, application, cache_directory, read_text
from sphinx_amts.document.refusals import refusal
from sphinx_amts.errors import AmtsError

__all__ = ["opened"]


class _Progress(Protocol):
    def __call__(self, stage: str, done: int, total: int) -> None: ...


def _silent(stage: str, done: int, total: int) -> None:
    """Nobody watches."""


@contextlib.contextmanager
def opened(
    directory: Path,
    *,
    confdir: Path | None = None,
    overrides: Mapping[str, str] | None = None,
    parallel: int = 1,
    only: Sequence[str] | None = None,
    read: bool = True,
    progress: _Progress = _silent,
) -> Iterator[Book]:
    """The book in a directory.

    ``confdir`` and ``overrides`` are sphinx-build's ``-c`` and ``-D``.  With ``read`` false no document is read: the
    book knows its files, its options, and what an earlier reading kept.  ``only`` are the docnames to read (and the
    book's first, which Sphinx insists on); then nothing is kept.  Raises BookError for a book that cannot be read.
    """
    with (
        _place(directory, shared=only is None) as build,
        contextlib.redirect_stdout(sys.stderr),
        warnings.catch_warnings(),
    ):
        # Sphinx has these shown, and an extension's use of what Sphinx will remove is nothing to our users.
        warnings.simplefilter("ignore", RemovedInNextVersionWarning)
        app = application(
            directory,
            build,
            settings=overrides or {},
            status=None,
            warnings=io.StringIO(),
            confdir=confdir,
            parallel=parallel,
        )
        app.env.find_files(app.config, app.builder)
        documents(app)  # what is wrong with a file is told before Sphinx spends time on the others
        if read:
            _read(app, only, progress)
        yield Book(app)


@contextlib.contextmanager
def _place(book: Path, *, shared: bool) -> Iterator[Path]:
    """The book's place in the cache, or another one where that is in use or cannot be written."""
    with contextlib.ExitStack() as stack:
        place = _cache(book, stack) if shared else None
        yield place or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sphinx-amts-")))


def _cache(book: Path, stack: contextlib.ExitStack) -> Path | None:
    try:
        place = cache_directory(book)
        place.mkdir(parents=True, exist_ok=True)
        lock = stack.enter_context((place / ".lock").open("w"))
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (OSError, RuntimeError):  # in use, or no place of ours: there is no home directory
        return None
    return place


def _read(app: Sphinx, only: Sequence[str] | None, progress: _Progress) -> None:
    """Have Sphinx read what has changed."""
    reading: list[str] = []

    def begin(app: Sphinx, env: object, docnames: list[str]) -> None:
        if only is not None:
            docnames[:] = [name for name in docnames if name in only or name == app.config.root_doc]
        reading[:] = docnames

    def note(app: Sphinx, docname: str, content: list[str]) -> None:
        progress("reading", reading.index(docname) if docname in reading else 0, len(reading))

    app.connect("env-before-read-docs", begin)
    app.connect("source-read", note)
    try:
        try:
            app.build()
        except SphinxParallelError:
            app.parallel = 1  # only a process that reads alone knows which document it was
            app.build()
    except AmtsError:
        raise
    except Exception as error:
        document = _being_read(app)
        if document is not None and isinstance(error, UnicodeDecodeError):
            read_text(document)  # says it better
        raise refusal(error, Path(app.srcdir), document, app.extensions) from error


def _being_read(app: Any) -> Path | None:
    try:
        name = app.env.docname
    except (AttributeError, KeyError):
        return None
    return Path(app.env.doc2path(name)) if name else None
