"""Why Sphinx cannot read a book, in one message that names the file and what to do."""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from pathlib import Path

from sphinx.errors import ConfigError as SphinxConfigError
from sphinx.errors import ExtensionError, SphinxError

from sphinx_amts.errors import BookError

__all__ = ["refusal", "said_by"]

_LONGEST = 400
_NOBODYS = ("sphinx.", "sphinx_amts")
"""What the names of Sphinx's own parts and ours begin with: they run whatever fails."""


def refusal(error: Exception, book: Path, document: Path | None = None, extensions: Iterable[str] = ()) -> BookError:
    """What Sphinx, a book's configuration or one of its extensions raised, as a BookError.

    ``document`` is the file that was being read, if one was.
    """
    if isinstance(error, SphinxConfigError) and error.__cause__ is not None:
        return _configuration(error.__cause__, book)
    if isinstance(error, ExtensionError) and isinstance(error.orig_exc, ImportError):
        hint = "Install it where sphinx-amts is installed."
        return BookError(f"Sphinx cannot read this book: {_one_line(error)}", path=book, hint=hint)
    said = said_by(error, extensions)
    return BookError(
        f"Sphinx cannot read this book: {said}", path=document or book, hint="Build it with sphinx-build first."
    )


def said_by(error: Exception, extensions: Iterable[str]) -> str:
    """What was raised while Sphinx read, in one line that names the one of these extensions whose code ran last."""
    said = _one_line(error) if isinstance(error, SphinxError) else f"{type(error).__name__}: {_one_line(error)}"
    ran = [frame.f_globals.get("__name__") or "" for frame, _ in traceback.walk_tb(error.__traceback__)]
    ran.append(getattr(error, "modname", None) or "")
    theirs = [name for name in extensions if name.startswith("sphinx.ext.") or not name.startswith(_NOBODYS)]
    names = [name for module in ran for name in theirs if f"{module}.".startswith(f"{name}.")]
    return f"extension {names[-1]}: {said}" if names else said


def _configuration(cause: BaseException, book: Path) -> BookError:
    """What went wrong in ``conf.py``, at the line of it that did."""
    if isinstance(cause, SyntaxError):
        place = Path(cause.filename or book)
        return BookError(f"a syntax error: {cause.msg}", path=place, line=cause.lineno or 0, hint="Correct it.")
    frames = [frame for frame in traceback.extract_tb(cause.__traceback__) if Path(frame.filename).name == "conf.py"]
    path, line = (Path(frames[-1].filename), frames[-1].lineno or 0) if frames else (book, 0)
    what = "it called sys.exit()" if isinstance(cause, SystemExit) else f"{type(cause).__name__}: {_one_line(cause)}"
    return BookError(f"this configuration cannot be used: {what}", path=path, line=line, hint="Correct it.")


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
