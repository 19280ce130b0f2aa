"""What stands between the units of a translation, when some of these have no target, or other neighbours.

``divided`` says which part of a translation's text belongs to which gap.  ``separated`` keeps units apart that have become
neighbours, whatever people made of the gaps around them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sphinx_amts.merge.code import Line, lines
from sphinx_amts.merge.three_way import line_pairs

__all__ = ["divided", "new_lines", "separated"]

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
    return end if sum(map(_is_fence, new[:end])) % 2 == sum(map(_is_fence, old[: pairs[-1][0] + 1])) % 2 else 0


_FENCE = re.compile(r"[ \t>]*(?:```|~~~|:::|\$\$)")


def _is_fence(line: Line) -> bool:
    return _FENCE.match(line.text) is not None


def separated(
    units: Sequence[str], gaps: Sequence[str], targets: Sequence[str], enough: Mapping[int, tuple[int, int]]
) -> tuple[str, ...]:
    """The targets of all gaps, where units are as apart from each other as in the source, or as is enough.

    ``units`` are the targets of the units, ``gaps`` the source of what stands before, between and behind them.  ``enough`` has
    for each unit with a target, and for the end behind all of them, with how many new lines it is enough that what stands
    before it begins and ends.
    """
    found = list(targets)
    for index, (begins, ends) in enough.items():
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


def new_lines(gap: str) -> tuple[int, int]:
    """With how many new lines a gap begins and, but for a mark, ends."""
    head, tail = _HEAD.match(gap), _TAIL.search(gap)
    return head[0].count("\n") if head else 0, tail["blank"].count("\n") if tail else 0


_HEAD = re.compile(r"(?:[ \t]*\n)*")
_TAIL = re.compile(r"(?P<blank>(?:[ \t]*\n)*)(?P<mark>[^\n]*)\Z")


def _begun(target: str, source: str, enough: int) -> str:
    """A gap that begins with enough new lines, or as many as its source; words that people put behind a unit stay there."""
    own, head = (found[0] if (found := _HEAD.match(text)) else "" for text in (target, source))
    line = target.partition("\n")[0]
    if (any(map(str.isalpha, line)) and not _FENCE.match(line)) or own.count("\n") >= min(head.count("\n"), enough):
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
