"""What people put beside a block outlives it: where the source took the block out, their lines stand without it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import takewhile

from sphinx_amts.merge.cells import Cell
from sphinx_amts.merge.code import Line, is_fence

__all__ = ["is_within", "outlasting", "without_blanks"]


def outlasting(base: Sequence[Line], ours: Sequence[Line]) -> tuple[str, ...] | None:
    """What ours put among lines that theirs took out; ``None`` where it cannot stand without them, as code within code."""
    own = [line.text for line in ours]
    if not is_within([line.text for line in base], own) or any(isinstance(line, Cell) for line in ours):
        return None
    runs = [run for run in map(partial(_trimmed, own), _added(base, ours)) if run]
    if not all(_stands_alone(ours, run) for run in runs):
        return None
    texts = [text for run in runs for text in ("\n", *own[run.start : run.stop])][1:]
    return (*_blanks(own), *texts, *_blanks(own[::-1]))


def _added(base: Sequence[Line], ours: Sequence[Line]) -> Iterator[range]:
    """The lines of ours before, between and behind those of the base."""
    start, rest = 0, list(base)
    for number, line in enumerate(ours):
        if rest and line.text == rest[0].text:
            del rest[0]
            yield range(start, number)
            start = number + 1
    yield range(start, len(ours))


def _stands_alone(ours: Sequence[Line], run: range) -> bool:
    """Whether lines are blocks by themselves: no code, not between fences, and blank lines stand around them."""
    around = [ours[at].text for at in (run.start - 1, run.stop) if 0 <= at < len(ours)]
    is_fenced = sum(is_fence(line.text) for line in ours[: run.start]) % 2 == 1
    is_other = any(ours[at].tokens or ours[at].text[0] in " \t>" for at in run)
    return not (is_fenced or is_other or without_blanks(around))


def _blanks(texts: Sequence[str]) -> Iterator[str]:
    """The blank lines with which a text begins."""
    return takewhile(lambda text: not text.strip(), texts)


def _trimmed(texts: Sequence[str], run: range) -> range:
    """Lines without the blank ones at both ends."""
    own = texts[run.start : run.stop]
    if not without_blanks(own):
        return range(run.start, run.start)
    return range(run.start + len(list(_blanks(own))), run.stop - len(list(_blanks(own[::-1]))))


def without_blanks(texts: Iterable[str]) -> list[str]:
    """Lines that say something: that there are more or fewer blank ones is no change worth a conflict."""
    return [text for text in texts if text.strip()]


def is_within(few: Sequence[str], many: Sequence[str]) -> bool:
    """Whether items stand among others, in their order."""
    rest = iter(many)
    return all(item in rest for item in few)
