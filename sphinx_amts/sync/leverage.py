"""What waits to be translated, in words, by how much memory knows of it: a band for each sentence, as translators count.

A sentence that memory knows is *in context* or *exact*.  Of the others, the first with its text is *fuzzy* or *new*, all more are
*repetitions*: an engine is asked once, and so is a translator.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sphinx_amts.model import Match, Origin
from sphinx_amts.pairs.memory import TranslationMemory
from sphinx_amts.pairs.words import count
from sphinx_amts.sync.plan import Slot
from sphinx_amts.sync.work import Place, Work

__all__ = ["BANDS", "TITLES", "Leverage", "leverage"]

_FUZZY = {"fuzzy_95": 0.95, "fuzzy_85": 0.85, "fuzzy_75": 0.75, "fuzzy_50": 0.5}
"""Bands with the least score that is in them."""
BANDS = ("in_context", "exact", *_FUZZY, "repetitions", "new")
TITLES: Mapping[str, str] = {
    "in_context": "in-context exact",
    "exact": "exact",
    "fuzzy_95": "fuzzy 95-99 %",
    "fuzzy_85": "fuzzy 85-94 %",
    "fuzzy_75": "fuzzy 75-84 %",
    "fuzzy_50": "fuzzy 50-74 %",
    "repetitions": "repetitions",
    "new": "new",
}
"""What people call the bands."""


@dataclass(slots=True)
class Leverage:
    """The words and the characters of source text that wait, by band; tags are no words, and inline codes are characters."""

    words: Counter[str] = field(default_factory=Counter)
    characters: Counter[str] = field(default_factory=Counter)
    paragraphs: int = 0
    """The words of the units in which anything waits, whole."""
    whole: int = 0
    """The words of the documents in which anything waits, whole."""

    @property
    def total(self) -> int:
        """The words that somebody has to look at after the sync: all that are not kept, those from memory too."""
        return self.words.total()

    @property
    def saved(self) -> float | None:
        """The share of the words of these documents that nobody has to look at; ``None`` where nothing waits."""
        return 1 - self.total / self.whole if self.whole else None

    def as_json(self) -> dict[str, Any]:
        """The object that ``sync --dry-run --json`` prints."""
        return {
            "words": {band: self.words[band] for band in BANDS},
            "characters": {band: self.characters[band] for band in BANDS},
            "total": self.total,
            "paragraphs": self.paragraphs,
            "whole": self.whole,
            "saved": self.saved,
        }


def leverage(
    works: Sequence[Work], pending: Mapping[str, Sequence[tuple[Work, Place, Slot]]], memory: TranslationMemory
) -> Leverage:
    """The leverage of some works; ``pending`` has their slots that wait, by what is looked up."""
    result = Leverage()
    for wanted, uses in pending.items():
        words = count(wanted)
        for number, (work, place, slot) in enumerate(uses):
            before, after = work.context(place)
            match = memory.look_up(wanted, before=before, after=after, document=work.document.path)
            band = _known(match) if match else "repetitions" if number else _band(memory, wanted)
            result.words[band] += words
            result.characters[band] += len(slot.segment.text.strip())
    for work in works:
        units = {index for (index, _), _ in work.pending()}
        sizes = [sum(count(part.masked) for slot in one.slots for part in slot.segments) for one in work.plans]
        result.paragraphs += sum(sizes[index] for index in units)
        result.whole += sum(sizes) if units else 0
    return result


def _known(match: Match) -> str:
    return "in_context" if match.in_context else "exact"


def _band(memory: TranslationMemory, wanted: str) -> str:
    """The band of a sentence that memory does not know; text that was never translated is like nothing."""
    near = memory.fuzzy(wanted, threshold=_FUZZY["fuzzy_50"])
    score = max((match.score for match in near if match.origin != Origin.SOURCE), default=0.0)
    return next((band for band, least in _FUZZY.items() if score >= least - 1e-9), "new")
