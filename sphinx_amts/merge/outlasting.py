"""What people put beside a block outlives it: where the source took the block out, their lines stand without it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from sphinx_amts.merge.cells import Cell
from sphinx_amts.merge.code import Line

__all__ = ["is_within", "outlasting", "without_blanks"]


def outlasting(base: Sequence[Line], ours: Sequence[Line]) -> tuple[str, ...] | None:
    """What ours put among lines that theirs took out; ``None`` where it cannot stand without them, as code within code."""
    own = [line.text for line in ours]
    if not is_within([line.text for line in base], own) or any(isinstance(line, Cell) for line in ours):
        return None
    rest, runs = list(base), list[list[Line]]([[]])
    for line in ours:
        if rest and line.text == rest[0].text:
            del rest[0]
            runs.append([])
        else:
            runs[-1].append(line)
    added = [_trimmed(run) for run in runs if without_blanks(line.text for line in run)]
    if any(line.tokens or line.text[0] in " \t>" for run in added for line in run):
        return None
    texts = [text for run in added for text in ("\n", *(line.text for line in run))][1:]
    return (*_blanks(own), *texts, *_blanks(own[::-1]))


def _blanks(texts: Sequence[str]) -> Iterator[str]:
    """The blank lines with which a text begins."""
    return takewhile(lambda text: not text.strip(), texts)


def _trimmed(run: Sequence[Line]) -> Sequence[Line]:
    """Lines without the blank ones at both ends."""
    texts = [line.text for line in run]
    return run[len(list(_blanks(texts))) : len(run) - len(list(_blanks(texts[::-1])))]


def without_blanks(texts: Iterable[str]) -> list[str]:
    """Lines that say something: that there are more or fewer blank ones is no change worth a conflict."""
    return [text for text in texts if text.strip()]


def is_within(few: Sequence[str], many: Sequence[str]) -> bool:
    """Whether items stand among others, in their order."""
    rest = iter(many)
    return all(item in rest for item in few)
