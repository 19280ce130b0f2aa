"""Where a translation follows two editions, one text of both: what it was really made from.

People take over code and paragraphs of a later edition one by one.  ``composed`` goes over the places where two editions
differ, and takes the text of the one that the translation has there.  So what it already has is never proposed to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import cycle
from pathlib import PurePosixPath
from typing import NamedTuple

from sphinx_amts.adopt.choosing import Choice
from sphinx_amts.adopt.editions import Side
from sphinx_amts.adopt.likeness import likeness, text_features
from sphinx_amts.document.units import pieces
from sphinx_amts.merge.aligned import aligned

__all__ = ["Composed", "best_composed", "composed", "unit_texts"]

_NOW = "the book as it was when this was adopted"
_SURE = 0.5
"""The score from which a unit of the other edition counts as translated."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A flat text, the units that Sphinx should find there as they stand in it, and what both editions are called."""

    text: str
    units: tuple[str, ...]
    name: str


def best_composed(choices: Sequence[Choice], target: Side) -> Composed | None:
    """The first edition with parts of that other one which makes it most like the translation; ``None`` if none does."""
    suffix = PurePosixPath(target.document.path).suffix
    if suffix == ".ipynb":  # cells of two notebooks cannot be mixed by their lines
        return None
    own = text_features(target.document.flat.text, suffix)
    best, found = likeness(text_features(choices[0].side.document.flat.text, suffix), own), None
    for other in choices[1:]:
        each = composed(choices[0], other, target)
        mark = likeness(text_features(each.text, suffix), own)
        if mark > best:
            best, found = mark, each
    return found


def composed(first: Choice, other: Choice, target: Side) -> Composed:
    """An edition with those parts of another that the translation has instead.

    A unit that only the other edition has comes from there only where it is linked, more surely than another to its target.
    """
    mine, theirs = _parts(first.side), _parts(other.side)
    suffix = PurePosixPath(target.document.path).suffix
    translated = set(_translated(first, other))
    taken: list[tuple[str, bool]] = []
    for old, new in _hunks(mine, theirs):
        part, following = _numbered(mine, old), _numbered(theirs, new)
        more = [number // 2 for number in new if number % 2] if len(new) > len(old) else []
        if part != following and translated.issuperset(more):
            own = text_features(_region(((first, old), (other, new)), target), suffix)
            one, two = (text_features("".join(text for text, _ in each), suffix) for each in (part, following))
            part = following if likeness(two, own) > likeness(one, own) else part
        taken += part
    name = " + ".join(choice.edition.name or _NOW for choice in (first, other))
    return Composed("".join(text for text, _ in taken), tuple(text for text, is_unit in taken if is_unit), name)


def _translated(first: Choice, other: Choice) -> Iterator[int]:
    """The units of the other edition that have a target to which no unit of the first is linked as surely."""
    known = {number: link.score for link in first.links for number in link.targets}
    for link in other.links:
        if link.score >= _SURE and all(known.get(number, 0.0) < link.score for number in link.targets):
            yield from link.sources


def _numbered(parts: Sequence[str], some: range) -> list[tuple[str, bool]]:
    """Some parts, and whether they are units."""
    return [(parts[number], number % 2 == 1) for number in some]


def unit_texts(side: Side) -> tuple[str, ...]:
    """The units of a document as they stand in its file."""
    return tuple(_parts(side)[1::2])


def _parts(side: Side) -> list[str]:
    """Gap, unit, gap, ..., gap."""
    text = side.document.flat.text
    return [text[part.span.start : part.span.end] for part in pieces(text, side.document.units)]


def _hunks(mine: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[range, range]]:
    """Which parts stand for which, in order: as few at a time as there can be."""
    old, new = (list(map(_Part, parts, cycle((False, True)))) for parts in (mine, theirs))
    a = c = 0
    for b, d in [*aligned(old, new, (lambda part: part,), _alike), (len(mine), len(theirs))]:
        if a == b:
            yield from ((range(a, a), range(at, at + 2)) for at in range(c, d, 2))  # a unit and the gap beside it
        else:
            yield range(a, b), range(c, d)
        yield range(b, min(b + 1, len(mine))), range(d, min(d + 1, len(theirs)))
        a, c = b + 1, d + 1


class _Part(NamedTuple):
    text: str
    is_unit: bool


def _alike(one: _Part, other: _Part) -> float:
    if one.is_unit is not other.is_unit:
        return 0.0
    return SequenceMatcher(None, one.text.split(), other.text.split(), autojunk=False).ratio()


def _region(sides: tuple[tuple[Choice, range], tuple[Choice, range]], target: Side) -> str:
    """What the translation has between the units before and behind some parts of two editions, by the links of both."""
    before, behind = [], []
    for choice, parts in sides:
        before.append(
            max((link.targets[-1] for link in choice.links if 2 * link.sources[-1] + 1 < parts.start), default=-1)
        )
        behind.append(
            min((link.targets[0] for link in choice.links if 2 * link.sources[0] + 1 >= parts.stop), default=None)
        )
    units, text = target.document.units, target.document.flat.text
    start = units[min(before)].span.end if min(before) >= 0 else 0
    end = max(len(text) if number is None else units[number].span.start for number in behind)
    return text[start : max(start, end)]
