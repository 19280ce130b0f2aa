"""The work on one document: its plan, and what is found for what is to be translated.

A ``Work`` is made from the document as it is now and the manifest as people left it; ``pending`` slots get an outcome each
(from memory, from an engine, or none); then it can be finished.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from sphinx_amts.document.inline import Grammar
from sphinx_amts.document.reader import Document
from sphinx_amts.document.segments import segments
from sphinx_amts.locales import Language
from sphinx_amts.masked import key, strip_tags
from sphinx_amts.model import Segment, State
from sphinx_amts.pairs.manifest import Manifest
from sphinx_amts.sync.carrying import Carrying
from sphinx_amts.sync.plan import NewUnit, OldGroup, OldUnit, Planned, Slot, Split, is_peoples, joined, old_units, plan

__all__ = ["Fate", "Outcome", "Place", "Work", "has_words", "joined"]


class Fate(enum.StrEnum):
    """What became of a slot; the values are the names under which segments are counted."""

    KEPT = "kept"
    MEMORY = "memory"
    TRANSLATED = "translated"
    UNTRANSLATED = "untranslated"
    STALE = "stale"
    WAITING = "waiting"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What memory or an engine has for a slot: masked text, or a reason why there is none.

    The masked text of an untranslated slot is a proposal.
    """

    fate: Fate
    masked: str = ""
    origin: str = ""
    reason: str = ""


Place = tuple[int, int]
"""A slot: the index of its unit, and its own in the unit."""


@dataclass(slots=True)
class Work:
    """One document in one language, on its way from plan to target."""

    document: Document
    grammar: Grammar
    source_language: Language
    language: Language
    old: Manifest | None
    before: str | None = None
    """The target file as it was read."""
    replaces: str = ""
    """The path of the document that this one was, where its manifest and its target come from."""
    is_part: bool = False
    """Whether the manifest is the part of another document's that was cut out of it."""
    borrowed: tuple[OldGroup, ...] = ()
    """Groups of other documents that lost them, for sentences that are new here."""
    overwrites: bool = False
    """Whether an answer takes the place of a person's sentence whose source changed, where nobody reviewed it."""
    plans: list[Planned] = field(init=False)
    previous: list[OldUnit] = field(init=False)
    outcomes: dict[Place, Outcome] = field(default_factory=dict)
    fates: Mapping[Place, tuple[Fate, str]] = field(default_factory=dict)
    """What became of each slot, once the work is done, with the reason."""
    _order: dict[Place, int] = field(default_factory=dict)
    _keys: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        cache: dict[str, tuple[Segment, ...]] = {}

        def split(text: str) -> tuple[Segment, ...]:
            if text not in cache:
                cache[text] = segments(text, self.grammar, self.source_language.splitter)
            return cache[text]

        new = [NewUnit(unit, split(unit.text)) for unit in self.document.units]
        self.previous = old_units(self.old.units, split) if self.old else []
        plans = plan(new, self.previous, self.borrowed)
        self.plans = [replace(one, slots=tuple(self._fitted(slot, split) for slot in one.slots)) for one in plans]

    def _fitted(self, slot: Slot, split: Split) -> Slot:
        """A slot that keeps a group only where this can have its source's codes, and that keeps one whose source is back."""
        old = slot.kept or slot.previous
        if old is None or not old.group.target:
            return slot
        if slot.kept is not None:
            waits = is_peoples(old.group) and not old.group.stale
            return slot if waits or self.carrying.group(old, slot.segments) else Slot(slot.segments, previous=old)
        former = tuple(split("".join(old.group.former)))
        if not former or [key(each.masked) for each in former] != [key(each.masked) for each in slot.segments]:
            return slot
        state = State.REVIEWED if old.group.reviewer else old.group.state
        group = replace(old.group, state=state, stale=False, proposal=None, refused="", former=())
        before = OldGroup(group, former, tuple(key(each.masked) for each in former))
        return Slot(slot.segments, kept=before) if self.carrying.group(before, slot.segments) else slot

    @property
    def carrying(self) -> Carrying:
        """What puts new codes into old targets."""
        return Carrying(self.grammar, self.language)

    def slots(self) -> Iterator[tuple[Place, Slot]]:
        """Every slot with its place, in the document's order."""
        for index, planned in enumerate(self.plans):
            for number, slot in enumerate(planned.slots):
                yield (index, number), slot

    def pending(self) -> Iterator[tuple[Place, Slot]]:
        """The slots for which something new is needed: no target is kept, and there are words in them."""
        for place, slot in self.slots():
            if slot.kept is None and has_words(slot.segment.masked):
                yield place, slot

    def context(self, place: Place) -> tuple[str, str]:
        """The keys of the sentences before and after a slot; empty at the document's ends."""
        if not self._order:
            for other, slot in self.slots():
                self._order[other] = len(self._keys)
                self._keys.append(" ".join(key(segment.masked) for segment in slot.segments))
        at = self._order[place]
        return self._keys[at - 1] if at else "", self._keys[at + 1] if at + 1 < len(self._keys) else ""


def has_words(masked: str) -> bool:
    """Whether there is anything to translate beside codes, numbers and punctuation."""
    return any(character.isalpha() for character in strip_tags(masked))
