"""The table of contents and the configuration of a Jupyter Book, taken over line by line.

No aligner reads them: a caption belongs to the one that stands on the same line, once the captions themselves are left out of
the lines.  What people added, left out or put elsewhere is theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from sphinx_amts.adopt.editions import Side
from sphinx_amts.adopt.linking import Link
from sphinx_amts.document.reader import Document

__all__ = ["yaml_links"]


def yaml_links(source: Side, target: Side) -> list[Link]:
    """The units that stand on the same lines."""
    (one, own), (other, theirs) = (_lines(side.document) for side in (source, target))
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return [
        _link(source, target, own[start + number], theirs[there + number])
        for start, there, size in matcher.get_matching_blocks()
        for number in range(size)
        if start + number in own and there + number in theirs
    ]


def _link(source: Side, target: Side, one: int, other: int) -> Link:
    numbers = (tuple(range(len(side.sentences[unit]))) for side, unit in ((source, one), (target, other)))
    return Link((one,), (other,), 1.0, ((next(numbers), next(numbers)),))


def _lines(document: Document) -> tuple[list[str], dict[int, int]]:
    """The lines of a file without the texts of its units, and the unit on a line."""
    text = "".join(_without_units(document))
    numbers: dict[int, int] = {}
    for number, line in enumerate(text.split("\n")):
        for _ in range(line.count(_MARK)):
            numbers[number] = len(numbers)
    return [line.strip() for line in text.split("\n")], numbers


_MARK = "\0"


def _without_units(document: Document) -> Iterator[str]:
    at = 0
    for unit in document.units:
        yield document.flat.text[at : unit.span.start]
        yield _MARK
        at = unit.span.end
    yield document.flat.text[at:]
