"""One exception per outcome.  Each says what, where, why, and what to do, in one message.

The command line prints the message and ends with ``exit_status``; it never shows a traceback for these.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["AmtsError", "BookError", "ConfigError", "EngineError", "ManifestError", "TreeError", "WorkerError"]


class AmtsError(Exception):
    """Something that its user can mend.  ``exit_status`` 2: nothing was changed."""

    exit_status = 2

    def __init__(self, message: str, *, path: str | Path | None = None, line: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line
        self.hint = hint

    def __str__(self) -> str:
        where = "" if self.path is None else f"{self.path}:{self.line}: " if self.line else f"{self.path}: "
        return f"{where}{self.message}" + (f"\n  {self.hint}" if self.hint else "")


class BookError(AmtsError):
    """The book cannot be read: it is missing, Sphinx refuses it, a file is not what it should be."""


class ConfigError(AmtsError):
    """An option, a language or an engine is not known, or a value is of the wrong type."""


class ManifestError(AmtsError):
    """A manifest is damaged, or a newer version wrote it."""


class TreeError(AmtsError):
    """The locale tree cannot be written as asked: outside its place, unwritable, two documents for one file."""


class EngineError(AmtsError):
    """An engine cannot work at all: its program, file or account is missing.  Nothing was sent."""


class WorkerError(AmtsError):
    """The workers that were to share the work are missing, not able to do it, or lost.  Nothing was written."""
