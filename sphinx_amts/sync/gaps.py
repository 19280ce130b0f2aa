"""Gaps that people localised stay theirs.

A gap of the target that differs from its source's (another font in a code cell, a note of the translator) belongs to people.  It
is found again beside the unit that it stood beside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sphinx_amts.document.flat import without_templates
from sphinx_amts.model import Group, Origin, State
from sphinx_amts.pairs.manifest import GapPiece, Manifest

__all__ = ["Gaps", "local_gaps"]


@dataclass(frozen=True, slots=True)
class Gaps:
    """What stands in each gap of the target, and what is to be told of localised ones."""

    targets: tuple[str, ...]
    lost: tuple[Group, ...] = ()
    """The localised gaps that have lost their place."""
    behind: tuple[int, ...] = ()
    """The indexes of the localised gaps under which the source moved on."""


def local_gaps(old: Manifest | None, gaps: Sequence[str], places: Sequence[int | None]) -> Gaps:
    """What stands in each gap of the target.

    ``gaps`` are the new source's, one before, between and after units; ``places`` are the indexes of the old units
    whose places the new ones take.
    """
    if old is None:
        return Gaps(tuple(gaps))
    targets = list(gaps)
    lost: list[Group] = []
    behind: list[int] = []
    new_of = {place: index for index, place in enumerate(places) if place is not None}
    old_gaps = [piece for piece in old.pieces if isinstance(piece, GapPiece)]
    taken: set[int] = set()
    for number, gap in enumerate(old_gaps):
        if gap.source == gap.target:
            continue
        index = _place(number, len(old_gaps), len(gaps), new_of)
        if index is None or index in taken:
            lost.append(Group((gap.source,), (gap.target,), Origin.HUMAN, State.TRANSLATED))
            continue
        taken.add(index)
        if gap.source != gaps[index] and without_templates(gap.source) == without_templates(gap.target):
            continue  # only the layout of a table was its own
        targets[index] = gap.target
        if gap.source != gaps[index]:
            behind.append(index)
    return Gaps(tuple(targets), tuple(lost), tuple(behind))


def _place(number: int, old_count: int, new_count: int, new_of: dict[int, int]) -> int | None:
    """The index of the new gap that stands where an old one stood."""
    if number == 0:
        return 0
    if number == old_count - 1:
        return new_count - 1
    if number - 1 in new_of:
        return new_of[number - 1] + 1
    return new_of.get(number)
