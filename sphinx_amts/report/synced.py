"""What the last sync said of a language: its findings and its cost, out of the file that ``sync --json`` wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sphinx_amts.errors import ConfigError
from sphinx_amts.report.review import Item

__all__ = ["Said", "Synced", "read"]


@dataclass(frozen=True, slots=True)
class Said:
    """A finding in a document; ``line`` is that of its target, or of its source."""

    subtype: str
    message: str
    line: int
    is_target: bool

    def item(self, items: Sequence[Item]) -> int:
        """The number of the last item that begins on its line or before it; 0 where there is none."""
        lines = ((item.target_line if self.is_target else item.source_line, item.number) for item in items)
        return max((number for line, number in lines if 0 < line <= self.line), default=0)


@dataclass(frozen=True, slots=True)
class Synced:
    """The findings by document, the characters that an engine was sent, and what it charged."""

    findings: Mapping[str, Sequence[Said]] = field(default_factory=dict)
    characters: int = 0
    price: float = 0.0


def read(file: Path, roots: Mapping[str, Path]) -> Mapping[str, Synced]:
    """What a sync said of some languages, whose trees stand at ``roots``.  Raises ConfigError for another file."""
    hint = "Give a file that sphinx-amts sync --json wrote."
    try:
        languages = json.loads(file.read_text(encoding="utf-8"))["languages"]
        return {code: _synced(languages[code], root) for code, root in roots.items() if code in languages}
    except OSError as error:
        raise ConfigError(f"this result of a sync cannot be read: {error.strerror}", path=file, hint=hint) from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise ConfigError("this is no result of a sync", path=file, hint=hint) from None


def _synced(data: Any, root: Path) -> Synced:
    findings: dict[str, list[Said]] = {}
    for path, said in _said(data["findings"], root):
        findings.setdefault(path, []).append(said)
    price = sum(float(receipt["price"]) for receipt in data.get("receipts", ()))
    return Synced(findings, int(data["characters_sent"]), price)


def _said(findings: Any, root: Path) -> Iterator[tuple[str, Said]]:
    """Each finding with its document; a path that is absolute is that of a target."""
    for finding in findings:
        path = Path(str(finding["path"]))
        said = Said(str(finding["subtype"]), str(finding["message"]), int(finding["line"]), path.is_absolute())
        if not path.is_absolute():
            yield path.as_posix(), said
        elif path.is_relative_to(root):
            yield path.relative_to(root).as_posix(), said
