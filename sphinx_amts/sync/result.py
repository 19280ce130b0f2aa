"""What a sync did, for people and programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sphinx_amts.model import Finding
from sphinx_amts.sync.job import Exchange

__all__ = ["COUNTS", "LanguageResult"]

COUNTS = ("kept", "memory", "translated", "untranslated", "stale", "waiting", "refused")
"""What can become of a segment; the counts sum to the total."""


@dataclass(slots=True)
class LanguageResult:
    """One language's numbers.  ``characters_sent`` counts source characters, inline codes as their source text."""

    documents: int = 0
    segments: Counter[str] = field(default_factory=Counter)
    exchange: Exchange = field(default_factory=Exchange)
    files_written: int = 0
    moved: Mapping[str, str] = field(default_factory=dict)
    """Documents that came from other paths, with these."""
    by_document: dict[str, Counter[str]] = field(default_factory=dict)
    """What became of the segments of each document in which anything was to do; what was kept is not counted."""
    findings: list[Finding] = field(default_factory=list)
    new_findings: bool = False
    """Whether an answer was refused or a merge conflicts for the first time."""
    is_waiting: bool = False
    """Whether nothing was written because an engine has not answered yet."""

    @property
    def characters_sent(self) -> int:
        """The characters that an engine was sent, or with a dry run would be."""
        return self.exchange.characters_sent

    @property
    def engine_calls(self) -> int:
        """How many times an engine was sent anything."""
        return self.exchange.engine_calls

    def as_json(self) -> dict[str, Any]:
        """The object that ``sync --json`` prints for a language."""
        return {
            "documents": self.documents,
            "segments": {"total": sum(self.segments.values()), **{name: self.segments[name] for name in COUNTS}},
            "characters_sent": self.characters_sent,
            "engine_calls": self.engine_calls,
            "files_written": self.files_written,
            "moved": dict(self.moved),
            "by_document": {path: dict(counts) for path, counts in self.by_document.items() if counts.total()},
            "findings": [asdict(finding) for finding in self.findings],
            **self._bill(),
        }

    def _bill(self) -> dict[str, Any]:
        """What a dry run found to be done, and what an engine that costs money says: its estimate, or what was charged."""
        leverage, estimate, receipts = self.exchange.leverage, self.exchange.estimate, self.exchange.receipts
        return {
            **({"leverage": leverage.as_json()} if leverage else {}),
            **({"estimate": asdict(estimate)} if estimate else {}),
            **({"receipts": [asdict(receipt) for receipt in receipts]} if receipts else {}),
        }
