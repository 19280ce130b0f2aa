"""Nothing is written that Sphinx does not read as it reads the source.

The new target is read in the source's place and its doctree compared with the source's.  A unit of ours at whose lines they
differ goes back to what stood there before; if that does not settle it, all of ours go back.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from sphinx_amts.document.flat import Flat
from sphinx_amts.document.reader import Book
from sphinx_amts.document.verify import Difference
from sphinx_amts.pairs.manifest import Manifest, UnitPiece
from sphinx_amts.sync.work import Fate, Work

__all__ = ["verified"]

_ROUNDS = 3
_REACH = 3
"""How many lines a node's line number may be off."""


def verified(book: Book, work: Work) -> tuple[Manifest, tuple[Difference, ...]]:
    """The manifest of a target that holds up, and the differences for which something of ours went back."""
    refused: dict[int, str] = {}
    found: list[Difference] = []
    manifest = work.finish(refused)
    if manifest.target == work.document.flat.text or work.document.syntax == "yaml":
        return manifest, ()
    for attempt in range(_ROUNDS + 1):
        differences = list(book.differences(work.document, Flat(manifest.target), {}))
        if not differences:
            break
        fresh = [index for index in _fresh(work) if index not in refused]
        at_fault = {} if attempt == _ROUNDS else dict(_at_fault(manifest, differences, fresh))
        if not at_fault and fresh and not _were_there(book, work, differences):
            at_fault = {index: differences[0] for index in fresh}
        if not at_fault:
            break  # what differs is not ours: people localised it
        refused.update({index: difference.message for index, difference in at_fault.items()})
        found += list(dict.fromkeys(at_fault.values()))
        manifest = work.finish(refused)
    return manifest, tuple(found)


def _fresh(work: Work) -> Iterator[int]:
    """The units that hold anything which was not there before."""
    for index, planned in enumerate(work.plans):
        for number, slot in enumerate(planned.slots):
            outcome = work.outcomes.get((index, number))
            if slot.kept is None and outcome is not None and outcome.fate in (Fate.MEMORY, Fate.TRANSLATED):
                yield index
                break


def _at_fault(
    manifest: Manifest, differences: Sequence[Difference], fresh: Sequence[int]
) -> Iterator[tuple[int, Difference]]:
    """The fresh units that stand where the doctrees differ."""
    spans = _unit_lines(manifest)
    starts = [spans[index][0] for index in fresh]
    for difference in differences:
        line = difference.target_line
        near = [
            index
            for index in fresh[max(bisect_right(starts, line) - 8, 0) : bisect_right(starts, line + _REACH)]
            if spans[index][0] - _REACH <= line <= spans[index][1] + _REACH
        ]
        if line and near:
            yield min(near, key=lambda index: abs(spans[index][0] - line)), difference


def _unit_lines(manifest: Manifest) -> list[tuple[int, int]]:
    """The first and the last line of each unit's target."""
    lines = []
    at = 1
    for piece in manifest.pieces:
        end = at + piece.target.count("\n")
        if isinstance(piece, UnitPiece):
            lines.append((at, end))
        at = end
    return lines


def _were_there(book: Book, work: Work, differences: Sequence[Difference]) -> bool:
    """Whether the same differences are there without anything of ours: then they are people's."""
    everything = {index: "" for index in range(len(work.plans))}
    without = work.finish(everything)
    known = {(difference.check, difference.message) for difference in book.differences(work.document, Flat(without.target), {})}
    return all((difference.check, difference.message) in known for difference in differences)
