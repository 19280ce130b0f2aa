"""What stands between the units of a translation, when some of these have no target.

``divided`` says which part of a translation's text belongs to which gap.  ``separated`` keeps a unit that gets its target apart
from its neighbours, whatever people made of the gaps around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sphinx_amts.merge.code import Line, lines
from sphinx_amts.merge.three_way import line_pairs

__all__ = ["divided", "separated"]

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
    units: Sequence[str], gaps: Sequence[str], targets: Sequence[str], fresh: Iterable[int]
) -> tuple[str, ...]:
    """The targets of all gaps, where each of some ``fresh`` units is as apart from its neighbours as in the source.

    ``units`` are the targets of the units, ``gaps`` the source of what stands before, between and behind them.
    """
    found = list(targets)
    for index in fresh:
        before = next(at for at in range(index, -1, -1) if found[at] or at == 0 or units[at - 1])
        behind = next(at for at in range(index + 1, len(gaps)) if found[at] or at == len(units) or units[at])
        if found[before]:
            found[before] = _ended(found[before], gaps[index])
        else:
            found[index] = gaps[index]
        found[behind] = _begun(found[behind] or gaps[behind], gaps[index + 1])
    return tuple(found)


_HEAD = re.compile(r"(?:[ \t]*\n)*")
_TAIL = re.compile(r"(?P<blank>(?:[ \t]*\n)*)(?P<mark>[^\n]*)\Z")


def _begun(target: str, source: str) -> str:
    """A gap that begins with no fewer new lines than its source."""
    own, head = (found[0] if (found := _HEAD.match(text)) else "" for text in (target, source))
    return head + target[len(own) :] if own.count("\n") < head.count("\n") else target


def _ended(target: str, source: str) -> str:
    """A gap that ends with no fewer new lines than its source, and with its mark (of a heading, of an item) behind words."""
    own, tail = _TAIL.search(target), _TAIL.search(source)
    assert own is not None
    assert tail is not None  # both match an empty text
    if own["mark"] == tail["mark"]:
        is_short = own["blank"].count("\n") < tail["blank"].count("\n")
        return target[: own.start()] + tail[0] if is_short else target
    return target + tail[0] if any(map(str.isalpha, own["mark"])) else target
