"""What a sync did, for people and programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from sphinx_amts.model import Finding

__all__ = ["COUNTS", "LanguageResult"]

COUNTS = ("kept", "memory", "translated", "untranslated", "stale", "waiting", "refused")
"""What can become of a segment; the counts sum to the total."""


@dataclass(slots=True)
class LanguageResult:
    """One language's numbers.  ``characters_sent`` counts source characters, inline codes as their source text."""

    documents: int = 0
    segments: Counter[str] = field(default_factory=Counter)
    characters_sent: int = 0
    engine_calls: int = 0
    files_written: int = 0
    findings: list[Finding] = field(default_factory=list)
    new_findings: bool = False
    """Whether an answer was refused or a merge conflicts for the first time."""

    def as_json(self) -> dict[str, Any]:
        """The object that ``sync --json`` prints for a language."""
        return {
            "documents": self.documents,
            "segments": {"total": sum(self.segments.values()), **{name: self.segments[name] for name in COUNTS}},
            "characters_sent": self.characters_sent,
            "engine_calls": self.engine_calls,
            "files_written": self.files_written,
            "findings": [asdict(finding) for finding in self.findings],
        }
