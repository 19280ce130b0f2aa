"""What the emulator was asked to do, and what it would have cost."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["PRICES", "Ledger", "content_hash"]

PRICES: Mapping[str, float] = {"realtime": 15.0, "batch": 15.0, "batch with parallel data": 60.0}
"""US dollars for a million characters of source text and a target language."""


def content_hash(raw: bytes) -> str:
    """What the ledger knows a document by."""
    return hashlib.sha256(raw).hexdigest()


@dataclass
class Ledger:
    """Counts, from the emulator's start."""

    calls: Counter[str] = field(default_factory=Counter)
    """By operation, those that were refused too."""
    errors: Counter[str] = field(default_factory=Counter)
    """By their code."""
    documents: dict[str, Counter[str]] = field(default_factory=dict)
    """How often a document of a batch job was translated, by its content hash and the target language."""
    characters: Counter[str] = field(default_factory=Counter)
    """Charged, by the names of ``PRICES``."""

    def translated(self, raw: bytes, target: str) -> None:
        """A document was translated."""
        self.documents.setdefault(content_hash(raw), Counter())[target] += 1

    def clear(self) -> None:
        """Start again."""
        for counts in (self.calls, self.errors, self.documents, self.characters):
            counts.clear()

    @property
    def translations(self) -> int:
        """Documents times languages, those that were translated again too."""
        return sum(count.total() for count in self.documents.values())

    @property
    def cost(self) -> float:
        """US dollars."""
        return sum(PRICES[kind] * number for kind, number in self.characters.items()) / 1_000_000

    def as_json(self) -> Mapping[str, Any]:
        return {
            "calls": dict(self.calls),
            "errors": dict(self.errors),
            "documents": {name: dict(count) for name, count in self.documents.items()},
            "translations": self.translations,
            "characters": dict(self.characters),
            "cost": self.cost,
        }
