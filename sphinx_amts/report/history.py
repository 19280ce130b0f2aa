"""The history of a book's translations: a line of JSON for each report, in a file that its owner keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sphinx_amts.errors import ConfigError

__all__ = ["Entry", "appended", "read"]

_MOST = 1000
"""Entries that are shown; the newest ones."""


@dataclass(frozen=True, slots=True)
class Entry:
    """How each language stood on a day: shares of 1 (``coverage``, ``freshness``, ``saved``, ``hter``), segments by state.

    Where it was synced that day, what this cost: ``characters`` and ``price``.
    """

    day: date
    languages: Mapping[str, Mapping[str, float]]


def read(file: Path) -> Sequence[Entry]:
    """The entries of a file, oldest first; none where it is not there yet.  Raises ConfigError for a damaged one."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"this history cannot be read: {error}", path=file, hint="Name another file.") from None
    entries = []
    for number, line in enumerate(lines, 1):
        try:
            entries.append(_entry(json.loads(line)))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            hint = "Restore it from version control, or take out the line."
            raise ConfigError("this is no line of a history", path=file, line=number, hint=hint) from None
    return sorted(entries, key=lambda entry: entry.day)[-_MOST:]


def appended(file: Path, numbers: Mapping[str, Any], today: date) -> Sequence[Entry]:
    """The history with the numbers of a report at its end, written to its file; a day has one entry, its last.

    Raises ConfigError where the file is damaged or cannot be written.
    """
    entry = Entry(today, {code: dict(_shares(data)) for code, data in numbers["languages"].items()})
    entries = [*(one for one in read(file) if one.day != today), entry]
    lines = [json.dumps({"day": one.day.isoformat(), "languages": one.languages}, sort_keys=True) for one in entries]
    try:
        file.write_text("\n".join([*lines, ""]), encoding="utf-8")
    except OSError as error:
        hint = "Name a file in a directory that exists."
        raise ConfigError(f"the history cannot be written: {error.strerror}", path=file, hint=hint) from None
    return entries


def _shares(data: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    effort = data["effort"]
    found = {
        "coverage": data["coverage"],
        "freshness": data["freshness"],
        "saved": effort["saved"],
        "hter": effort["hter"],
    }
    yield from ((name, float(value)) for name, value in found.items() if value is not None)
    for numbers in (data["segments"], data.get("synced", {})):
        yield from ((name, float(value)) for name, value in numbers.items())


def _entry(data: Any) -> Entry:
    languages = {
        str(code): {str(name): float(value) for name, value in shares.items()}
        for code, shares in data["languages"].items()
    }
    return Entry(date.fromisoformat(data["day"]), languages)
