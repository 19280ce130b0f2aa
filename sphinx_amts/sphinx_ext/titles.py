"""The titles of one file: which unit of its manifest a title in the target is.

Titles come one by one, in the order of the target.  A title is found by its text; one that people have edited since the
last sync is the next one whose old text is gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sphinx_amts.document.encodings import decode
from sphinx_amts.model import Kind
from sphinx_amts.pairs.manifest import Manifest, UnitPiece

__all__ = ["Titles", "source_text", "target_text"]


def source_text(unit: UnitPiece) -> str:
    """What stands in the source, on one line."""
    return " ".join(decode(unit.source, unit.encoding, unit.prefix).split())


def target_text(unit: UnitPiece) -> str:
    """What stands in the target, on one line."""
    return " ".join(decode(unit.target, unit.encoding, unit.prefix).split())


@dataclass(slots=True)
class Titles:
    """The titles of a file: of its sections, in their order, and others; ``current`` is the target as it stands."""

    sections: Sequence[UnitPiece]
    others: Sequence[UnitPiece]
    current: str
    _next: int = field(default=0, init=False)

    @classmethod
    def of(cls, manifest: Manifest, current: str) -> Titles:
        """The titles of a manifest's units."""
        titles = [unit for unit in manifest.units if unit.kind is Kind.TITLE]
        # The title of a front matter becomes a section, but no doctree says which ids that has.
        sections = [unit for unit in titles if unit.ids or unit.encoding == "yaml"]
        return cls(sections, [unit for unit in titles if not unit.ids], " ".join(current.split()))

    def section(self, text: str) -> UnitPiece | None:
        """The unit of the next section, which has this title; ``None`` for one that only the target has."""
        text = " ".join(text.split())
        ahead = [*range(self._next, len(self.sections)), *range(self._next)]  # a file may be included again
        found = next((at for at in ahead if target_text(self.sections[at]) == text), None)
        if found is None:
            following = range(self._next, len(self.sections))
            found = next((at for at in following if target_text(self.sections[at]) not in self.current), None)
        if found is None:
            return None
        self._next = found + 1
        return self.sections[found]

    def other(self, text: str) -> UnitPiece | None:
        """The unit of a title that is no section's."""
        return next((unit for unit in self.others if target_text(unit) == text), None)

    def names(self) -> set[str]:
        """The names of all sections in the source."""
        return {name for unit in self.sections for name in unit.names}
