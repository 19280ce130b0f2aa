"""Gaps that people localised stay theirs, and follow their source.

A gap of the target that differs from its source's (another font in a code cell, a note of the translator) belongs to people.
What changed in the source since is merged into it.  Gaps are merged from one unit that kept its place to the next, so that a
paragraph put into the middle of one divides it, and one taken out joins two.  A gap whose unit moved goes with it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from sphinx_amts.document.flat import without_templates
from sphinx_amts.merge.aligned import aligned
from sphinx_amts.merge.three_way import Conflict, Lost, Merged, merge
from sphinx_amts.model import Group, Origin, State
from sphinx_amts.pairs.manifest import GapPiece, Manifest

__all__ = ["GapConflict", "Gaps", "local_gaps"]


@dataclass(frozen=True, slots=True)
class GapConflict:
    """A conflict in a gap of the target; its line counts from the gap's first."""

    gap: int
    conflict: Conflict


@dataclass(frozen=True, slots=True)
class Gaps:
    """What stands in each gap of the target, and what is to be told of localised ones."""

    targets: tuple[str, ...]
    lost: tuple[Group, ...] = ()
    """What was localised and has lost its place."""
    conflicts: tuple[GapConflict, ...] = ()
    merged: tuple[int, ...] = ()
    """The gaps with which a merge begins that is neither what stood there nor the source."""
    disputed: tuple[range, ...] = ()
    """The gaps that were merged together, or one that was kept, where there is a conflict."""


def local_gaps(
    old: Manifest | None,
    gaps: Sequence[str],
    places: Sequence[int | None],
    suffix: str = "",
    unmerged: Collection[int] = (),
    conceded: Collection[range] = (),
) -> Gaps:
    """What stands in each gap of the target.

    ``gaps`` are the new source's, one before, between and after units; ``places`` are the indexes of the old units
    whose places the new ones take.  Gaps out of ``merged`` that are named in ``unmerged`` keep what stood there; in those out
    of ``disputed`` that are named in ``conceded`` the source stands where there was a conflict, and people's text is lost.
    """
    if old is None:
        return Gaps(tuple(gaps))
    before = [piece for piece in old.pieces if isinstance(piece, GapPiece)]
    return _Gaps(before, gaps, places, suffix, unmerged, conceded).all()


class _Gaps:
    """The gaps of one document, old and new; a gap stands before the unit with its number."""

    def __init__(
        self,
        old: Sequence[GapPiece],
        gaps: Sequence[str],
        places: Sequence[int | None],
        suffix: str,
        unmerged: Collection[int],
        conceded: Collection[range],
    ) -> None:
        self.old, self.gaps, self.suffix, self.unmerged, self.conceded = old, gaps, suffix, unmerged, conceded
        self.new_of = {place: index for index, place in enumerate(places) if place is not None}
        self.staying = dict(aligned(range(len(old) - 1), places, (lambda place: place,)))
        self.moved: dict[int, int] = {}
        self.targets = list(gaps)
        self.taken: set[int] = set()
        self.lost: list[Lost] = []
        self.conflicts: list[GapConflict] = []
        self.merged: list[int] = []
        self.disputed: list[range] = []

    def all(self) -> Gaps:
        local = [number for number, gap in enumerate(self.old) if gap.source != gap.target]
        self.moved = {number: place for number in local if (place := self._moved(number)) is not None}
        for number, place in self.moved.items():
            # New lines join or part a unit and the one that stood beside it: they do not go with it.
            if self.old[number].source.split() == self.old[number].target.split():
                continue
            if place in self.taken or not self._is_merged(range(number, number + 1), range(place, place + 1)):
                self._keep(number)
        for olds, news in self._runs():
            own = [number for number in local if number in olds and number not in self.moved]
            if own and not self._is_merged(olds, news):
                for number in own:
                    self._keep(number)
        texts = ((_unmarked(item.base), _unmarked(item.ours)) for item in self.lost)
        lost = tuple(Group((base,), (ours,), Origin.HUMAN, State.TRANSLATED) for base, ours in texts)
        return Gaps(tuple(self.targets), lost, tuple(self.conflicts), tuple(self.merged), tuple(self.disputed))

    def _runs(self) -> Iterator[tuple[range, range]]:
        """Old and new gaps between units that kept their places."""
        i = j = 0
        for a, b in [*self.staying.items(), (len(self.old) - 1, len(self.gaps) - 1)]:
            yield range(i, a + 1), range(j, b + 1)
            i, j = a + 1, b + 1

    def _moved(self, number: int) -> int | None:
        """The new gap for one whose unit, the one before it or else the one behind it, has moved, and took it along."""
        own = _solid(self.old[number].source)
        for unit, offset in ((number - 1, 1), (number, 0)):
            if unit < 0 or unit in self.staying:
                return None
            if unit in self.new_of:
                place = self.new_of[unit] + offset
                return place if not own or own & _solid(self.gaps[place]) else None
        return None

    def _is_merged(self, olds: range, news: range) -> bool:
        """Merge some gaps as one text, in which marks stand for the units between them, where that can be done.

        Where gaps became fewer, what stood in one of them cannot stand in the next one's place: rather than that, it is lost.
        """
        conceding = (True,) if news in self.conceded else (False, True) if len(olds) > len(news) else (False,)
        for is_conceded, edges in product(conceding, dict.fromkeys((self._edges(news), ("", "")))):
            base = _marked((self.old[number].source for number in olds), _OLD, olds, edges)
            theirs = _marked((self.targets[index] for index in news), _NEW, news, edges)
            ours = _marked((self._ours(number, len(olds)) for number in olds), _OLD, olds, edges)
            if base != theirs and (news.start in self.unmerged or any(self._has_layout(number) for number in olds)):
                return False
            merged = merge(base, theirs, ours, self.suffix)
            merged = merged.conceded() if is_conceded else merged
            parts = _parts(merged.text, edges, news)
            if parts is not None:
                self._put(merged, parts, news)
                self.merged += [] if merged.text in (ours, theirs) else [news.start]
                return True
        return False

    def _put(self, merged: Merged, parts: Sequence[str], news: range) -> None:
        """Put merged gaps in place."""
        self.targets[news.start : news.stop] = parts
        self.taken.update(news)
        self.lost += merged.lost
        self.conflicts += [_placed(conflict, parts, news.start) for conflict in merged.conflicts]
        self.disputed += [news] if merged.conflicts else []

    def _edges(self, news: range) -> tuple[str, str]:
        """Stand for the units around some gaps: what is on a line with one of them belongs there on all sides."""
        if self.suffix == ".ipynb":
            return "", ""
        return _EDGE if news.start else "", _EDGE if news.stop < len(self.gaps) else ""

    def _ours(self, number: int, count: int) -> str:
        """What of a gap of the target is to be merged with others: nothing of one that has moved away."""
        gap = self.old[number]
        is_apart = count > 1 and (number in self.moved or _is_layout(gap))
        return gap.source if is_apart else gap.target

    def _has_layout(self, number: int) -> bool:
        """Whether a gap has the layout of a table that is people's own: its lines belong together."""
        gap = self.old[number]
        return gap.source != gap.target and without_templates(gap.target) != gap.target

    def _keep(self, number: int) -> None:
        """Leave a gap as it stands, beside the unit that it stood beside."""
        gap, index = self.old[number], self._place(number)
        if index is None or index in self.taken or range(index, index + 1) in self.conceded:
            self.lost.append(Lost(gap.source, gap.target))
            return
        self.taken.add(index)
        if gap.source == self.gaps[index] or not _is_layout(gap):
            self.targets[index] = gap.target
            if gap.source != self.gaps[index]:
                self.conflicts.append(GapConflict(index, Conflict(gap.source, self.gaps[index], gap.target, 1)))
                self.disputed.append(range(index, index + 1))

    def _place(self, number: int) -> int | None:
        """The index of the new gap that stands where an old one stood."""
        if number == 0:
            return 0
        if number == len(self.old) - 1:
            return len(self.gaps) - 1
        if number - 1 in self.new_of:
            return self.new_of[number - 1] + 1
        return self.new_of.get(number)


def _is_layout(gap: GapPiece) -> bool:
    """Whether only the layout of a table is people's own."""
    return without_templates(gap.source) == without_templates(gap.target)


def _solid(text: str) -> set[str]:
    """Lines by which a gap is recognised."""
    return {line.strip() for line in text.splitlines() if any(map(str.isalnum, line))}


# Characters for private use stand for units.
_OLD, _NEW, _EDGE = 0xF0000, 0x100000, "\U0010fffd"
_MARK = re.compile(f"[{chr(_OLD)}-{chr(ord(_EDGE) - 1)}]")


def _marked(gaps: Iterable[str], first: int, numbers: range, edges: tuple[str, str]) -> str:
    """Some gaps as one text between its edges, with a mark for each unit between them."""
    texts = (f"{gap}{chr(first + number)}" for gap, number in zip(gaps, numbers, strict=True))
    return f"{edges[0]}{''.join(texts)[:-1]}{edges[1]}"


def _parts(text: str, edges: tuple[str, str], news: range) -> list[str] | None:
    """The gaps of a merged text; ``None`` where it has not every unit, and every edge, in its place."""
    is_whole = text.startswith(edges[0]) and text.endswith(edges[1])
    if not is_whole or _MARK.findall(text) != [chr(_NEW + index) for index in news[:-1]]:
        return None
    return _MARK.split(text.removeprefix(edges[0]).removesuffix(edges[1]))


def _unmarked(text: str) -> str:
    return _MARK.sub("", text).replace(_EDGE, "")


def _placed(conflict: Conflict, parts: Sequence[str], first: int) -> GapConflict:
    """A conflict of a merged text in the gap in which it stands."""
    texts = map(_unmarked, (conflict.base, conflict.theirs, conflict.ours))
    line, index = conflict.line, first
    for part in parts[:-1]:
        if line <= part.count("\n") + 1:
            break
        line -= part.count("\n")
        index += 1
    base, theirs, ours = texts
    return GapConflict(index, Conflict(base, theirs, ours, line))
