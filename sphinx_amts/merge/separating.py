"""What stands between the units of a translation, when some of these have no target, or other neighbours.

``divided`` says which part of a translation's text belongs to which gap.  ``separated`` keeps units apart that have become
neighbours, whatever people made of the gaps around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from sphinx_amts.merge.code import Line, is_fence, lines
from sphinx_amts.merge.three_way import line_pairs
from sphinx_amts.pairs.manifest import Manifest

__all__ = ["apart", "divided", "separated"]

_UNIT = "\U000f0000"
"""A character for private use stands for a unit."""


def divided(gaps: Sequence[str], text: str, suffix: str) -> list[str]:
    """The text that stands for some gaps and for the units between them, which have no target: a part for each gap.

    A line belongs to the gap whose line it is; what belongs to none stands in the last.  Law: the parts, joined, are the text.
    """
    if len(gaps) == 1 or suffix == ".ipynb":
        return [*("" for _ in gaps[1:]), text]
    old, new = lines(_UNIT.join(gaps), suffix), lines(text, suffix)
    pairs = line_pairs(old, new)
    cuts = [0]
    for number, line in enumerate(old):
        for _ in range(line.text.count(_UNIT)):
            cuts.append(max(cuts[-1], _cut(old, new, [(a, b) for a, b in pairs if a < number])))
    ends = [*cuts[1:], len(new)]
    return ["".join(line.text for line in new[start:end]) for start, end in zip(cuts, ends, strict=True)]


def _cut(old: Sequence[Line], new: Sequence[Line], pairs: Sequence[tuple[int, int]]) -> int:
    """Behind which line of the text the lines of the gaps before a unit end, blank ones too; 0 if there are none to recognise."""
    if not any(old[a].is_solid for a, _ in pairs):
        return 0
    end = pairs[-1][1] + 1
    while end < len(new) and not new[end].text.strip():
        end += 1
    # A unit never stands between the fences of a block.
    return end if _fences(new[:end]) % 2 == _fences(old[: pairs[-1][0] + 1]) % 2 else 0


def _fences(some: Sequence[Line]) -> int:
    return sum(is_fence(line.text) for line in some)


def separated(
    units: Sequence[str], gaps: Sequence[str], targets: Sequence[str], wanted: Mapping[int, tuple[int, int]]
) -> tuple[str, ...]:
    """The targets of all gaps, where units are as apart from each other as in the source, or as is enough.

    ``units`` are the targets of the units, ``gaps`` the source of what stands before, between and behind them.  ``wanted`` has
    for each unit with a target, and for the end behind all of them, with how many new lines it is enough that what stands
    before it begins and ends: see ``apart``.
    """
    found = list(targets)
    for index, (begins, ends) in wanted.items():
        first = next(at for at in range(index, -1, -1) if at == 0 or units[at - 1])
        filled = [at for at in range(first, index + 1) if found[at]]
        if not filled and (begins or ends):
            found[index] = gaps[index]
            continue
        if first and filled:
            found[filled[0]] = _begun(found[filled[0]], gaps[first], begins)
        if index < len(units) and filled:
            found[filled[-1]] = _ended(found[filled[-1]], gaps[index], ends)
    return tuple(found)


def apart(
    old: Manifest | None, places: Sequence[int | None], units: Sequence[str]
) -> Iterator[tuple[int, tuple[int, int]]]:
    """With how many new lines it is enough that what stands before each unit, and before the end, begins and ends.

    ``units`` are the targets of the new units, ``places`` the indexes of the old ones whose places they take.  It is as many as
    people left behind the one and before the other.  There is no telling beside a new unit, nor where both were joined to others.
    """
    left: dict[tuple[int, int], tuple[int, int]] = {}
    if old is not None:
        targets = [unit.target for unit in old.units]
        stood = [-1, *(index for index, target in enumerate(targets) if target), len(targets)]
        left = {pair: _new_lines(_between(old, *pair)) for pair in pairwise(stood)}
    behind = {pair[0]: lines for pair, lines in left.items()}
    before = {pair[1]: lines for pair, lines in left.items()}
    last: int | None = -1
    for index in (*(index for index, target in enumerate(units) if target), len(units)):
        now = places[index] if index < len(units) else max(before, default=0)
        if last is None or now is None or last not in behind or now not in before:
            yield index, (_MANY, _MANY)
        elif (last, now) in left:
            yield index, left[last, now]
        else:
            begins, ends = behind[last][0], before[now][1]
            yield index, (begins, ends) if begins or ends else (_MANY, _MANY)
        last = now


_MANY = 99
"""More new lines than stand anywhere."""


def _between(old: Manifest, unit: int, other: int) -> str:
    """What stood between two units of the target as it was."""
    return "".join(piece.target for piece in old.pieces[2 * unit + 2 : 2 * other + 1])


def _new_lines(gap: str) -> tuple[int, int]:
    """With how many new lines a gap begins and, but for a mark, ends."""
    head, tail = _HEAD.match(gap), _TAIL.search(gap)
    return head[0].count("\n") if head else 0, tail["blank"].count("\n") if tail else 0


_HEAD = re.compile(r"(?:[ \t]*\n)*")
_TAIL = re.compile(r"(?P<blank>(?:[ \t]*\n)*)(?P<mark>[^\n]*)\Z")


def _begun(target: str, source: str, enough: int) -> str:
    """A gap that begins with enough new lines, or as many as its source; words that people put behind a unit stay there."""
    own, head = (found[0] if (found := _HEAD.match(text)) else "" for text in (target, source))
    line = target.partition("\n")[0]
    if (any(map(str.isalpha, line)) and not is_fence(line)) or own.count("\n") >= min(head.count("\n"), enough):
        return target
    return head + target[len(own) :]


def _ended(target: str, source: str, enough: int) -> str:
    """A gap that ends with enough new lines, or as many as its source, its mark (of a heading, of an item) behind whole lines."""
    own, tail = _TAIL.search(target), _TAIL.search(source)
    assert own is not None
    assert tail is not None  # both match an empty text
    mark, lines = own["mark"], own["blank"].count("\n")
    if mark == tail["mark"]:
        return target[: own.start()] + tail[0] if lines < min(tail["blank"].count("\n"), enough) else target
    if lines >= enough:
        return target
    if not mark:
        return target[: own.start()] + tail[0] if tail["mark"][-1:].isspace() else target
    return target + tail[0] if any(map(str.isalpha, mark)) or mark[-1] not in _OPENING else target


_OPENING = " \t([{<*_\"'"
"""With one of these ends what stands before a text on its line."""
