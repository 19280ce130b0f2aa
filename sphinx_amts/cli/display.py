"""What people see: how far a command has come, tables, findings.  Programs get JSON."""

from __future__ import annotations

import itertools
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from shutil import get_terminal_size
from typing import Any, TextIO

from sphinx_amts.errors import ConfigError
from sphinx_amts.model import Finding, Subtype

__all__ = [
    "EXCERPT",
    "MOST",
    "StatusLine",
    "can_write",
    "cut",
    "findings",
    "printable",
    "shown",
    "table",
    "write_json",
    "write_result",
    "write_whole",
]

_ORDER = (
    Subtype.REFUSED,
    Subtype.STRUCTURE,
    Subtype.CODES,
    Subtype.UNTRANSLATED,
    Subtype.ENGINE,
    Subtype.STALE,
    Subtype.ATTIC,
    Subtype.LOCAL,
    Subtype.ANCHORS,
    Subtype.PEOPLE,
    Subtype.MISSING,
    Subtype.CONFIG,
    Subtype.MEMORY,
    Subtype.UNIT,
    Subtype.OUTDATED,
)
"""The most telling first."""
MOST = 20
"""Findings of a kind that are shown."""
EXCERPT = 60
_PAUSE = 0.05


class StatusLine:
    """A line for each language that says how far it has come; silent where there is no terminal."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._shown = 0.0
        self._lines: dict[str, str] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        """``stage`` may begin with a language, ``zh: planning``; without a total nothing is counted."""
        now = time.monotonic()
        if self._live and (now - self._shown >= _PAUSE or done == total):
            self._shown = now
            up = self._up()
            language, colon, _ = stage.partition(": ")
            if colon:
                self._lines.pop("", None)
            else:
                self._lines.clear()
            count = f" [{done:{len(str(total))}}/{total}]" if total else ""
            self._lines[language if colon else ""] = stage + count
            width = get_terminal_size().columns - 1
            shown = "\n".join(line[:width] for line in self._lines.values())
            print(f"{up}\x1b[J{shown}", end="", file=self._stream, flush=True)

    def clear(self) -> None:
        """Make room for what follows."""
        if self._live and self._shown:
            print(f"{self._up()}\x1b[J", end="", file=self._stream, flush=True)
            self._lines.clear()

    def _up(self) -> str:
        """To the begin of the first line."""
        lines = len(self._lines) - 1
        return f"\r\x1b[{lines}A" if lines > 0 else "\r"


def table(rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """Lines of a table; a column that holds numbers is aligned to the right."""
    columns = list(itertools.zip_longest(*rows, fillvalue=""))
    numbers = [any(isinstance(cell, int) for cell in column) for column in columns]
    cells = [[f"{cell:,}" if isinstance(cell, int) else printable(str(cell)) for cell in column] for column in columns]
    widths = [max(map(len, column)) for column in cells]
    for row in zip(*cells, strict=True):
        aligned = (
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(row, widths, numbers, strict=True)
        )
        yield "  ".join(aligned).rstrip()


def findings(found: Sequence[Finding], srcdir: Path) -> Iterator[str]:
    """A line for each finding, kind by kind; paths that are not absolute are relative to ``srcdir``."""
    for subtype in _ORDER:
        kind = [finding for finding in found if finding.subtype == subtype]
        for finding in kind[:MOST]:
            yield _line(finding, srcdir)
        if len(kind) > MOST:
            yield f"... and {len(kind) - MOST} more [amts.{subtype}]; see --json"


def _line(finding: Finding, srcdir: Path) -> str:
    where = f"{shown(srcdir / finding.path)}:{finding.line}" if finding.line else shown(srcdir / finding.path)
    excerpt = " ".join(finding.source.split())
    if len(excerpt) > EXCERPT:
        excerpt = excerpt[: EXCERPT - 3] + "..."
    about = f": {excerpt}" if excerpt else ""
    return printable(f"{where}: {finding.message}{about} [amts.{finding.subtype}]")


def shown(path: Path) -> str:
    """A path as it is typed here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def cut(text: str) -> str:
    """A text, or as much of it as a line has room for."""
    return text if len(text) <= EXCERPT else text[: EXCERPT - 1] + "…"


def printable(text: str) -> str:
    """A text on one line, whatever stands in it."""
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)


def can_write(place: str | Path | None) -> None:
    """Raise ConfigError where a result cannot be written, before any work is done."""
    if place is None or place == "-":
        return
    file = Path(place)
    if file.is_dir() or not file.absolute().parent.is_dir():
        hint = "Name a file in a directory that exists."
        raise ConfigError("the result cannot be written here", path=file, hint=hint)


def write_whole(path: Path, content: bytes) -> None:
    """Write the whole file or nothing; raises ConfigError where it cannot be written."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ConfigError(f"this file cannot be written: {error.strerror}", path=path) from None


def write_result(place: str | None, data: Mapping[str, Any], lines: Iterable[str]) -> None:
    """The result for programs, where ``--json`` gave it a place, and for people, where that is not standard output."""
    if place:
        write_json(place, data)
    if place != "-" and (text := "\n".join(lines)):
        print(text, flush=True)


def write_json(place: str, data: Mapping[str, Any]) -> None:
    """Write a result; raises ConfigError where it cannot be written."""
    raw = (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "backslashreplace")
    if place == "-":
        sys.stdout.write(raw.decode("utf-8"))
        return
    try:
        Path(place).write_bytes(raw)
    except OSError as error:
        raise ConfigError(f"the result cannot be written: {error.strerror}", path=place) from None
