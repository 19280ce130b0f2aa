"""Nothing is written that Sphinx does not read as it reads the source.

The new target is read in the source's place and its doctree compared with the source's.  A unit of ours at whose lines they
differ goes back to what stood there before; if that does not settle it, the others at fault are searched for by halves.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from multiprocessing import get_all_start_methods, get_context

from sphinx_amts.document.reader import Book
from sphinx_amts.document.verify import Difference
from sphinx_amts.pairs.manifest import Manifest, UnitPiece
from sphinx_amts.sync.finishing import Finished, Undone, finish
from sphinx_amts.sync.harm import differences as differences_of
from sphinx_amts.sync.harm import flat, hiding, unfit, without_ours
from sphinx_amts.sync.work import Fate, Work

__all__ = ["verified"]

Verified = tuple[Work, Finished, Sequence[Difference]]

_ROUNDS = 3
_REACH = 3
"""How many lines a node's line number may be off."""


def verified(book: Book, works: Sequence[Work], processes: int = 1) -> Iterator[Verified]:
    """Each work with a target that holds up, and the differences for which something of ours went back.

    The order is that of the works, however many processes share them.
    """
    if min(processes, len(works)) < 2 or "fork" not in get_all_start_methods():
        yield from ((work, *_verified(book, work)) for work in works)
        return
    # A forked process has the book as Sphinx read it, and the works; only what it finds out has to be sent.
    _SHARED[:] = [(book, works)]
    try:
        with ProcessPoolExecutor(min(processes, len(works)), get_context("fork")) as pool:
            for work, found in zip(works, pool.map(_verified_apart, range(len(works))), strict=True):
                yield work, *found
    finally:
        _SHARED.clear()


_SHARED: list[tuple[Book, Sequence[Work]]] = []
"""What the processes verify."""


def _verified_apart(index: int) -> tuple[Finished, tuple[Difference, ...]]:
    book, works = _SHARED[0]
    return _verified(book, works[index])


def _verified(book: Book, work: Work) -> tuple[Finished, tuple[Difference, ...]]:
    """The target that holds up, and the differences for which something of ours went back."""
    finished = finish(work)
    if finished.manifest.target == work.document.flat.text or work.document.syntax == "yaml":
        return finished, ()
    undone, differences = _without_harm(book, work, finished)
    theirs = _theirs(book, work, undone)
    differences = _ours(differences, theirs)
    found: list[Difference] = []
    for _ in range(_ROUNDS):
        if not differences:
            break  # what still differs is not ours: people localised it
        manifest = finish(work, undone).manifest
        at_fault = dict(_at_fault(manifest, differences, _fresh(work, undone)))
        if not at_fault:
            break
        undone = _refusing(undone, {index: difference.message for index, difference in at_fault.items()})
        found += list(dict.fromkeys(at_fault.values()))
        differences = _ours(differences_of(book, work, finish(work, undone).manifest), theirs)
    for index, difference in _searched(book, work, undone, _fresh(work, undone) if differences else [], theirs):
        undone = _refusing(undone, {index: difference.message})
        found.append(difference)
    return finish(work, undone), tuple(found)


def _without_harm(book: Book, work: Work, finished: Finished) -> tuple[Undone, list[Difference]]:
    """What of people's text cannot stand as it was merged or kept, and how the target differs without it."""
    undone = Undone()
    differences = differences_of(book, work, finished.manifest)
    if differences and finished.merged:
        undone = Undone(unmerged=frozenset(unfit(book, work, finished.merged)))
        finished = finish(work, undone)
        differences = differences_of(book, work, finished.manifest)
    if differences and finished.disputed:
        undone = replace(undone, conceded=frozenset(hiding(book, work, undone, finished.disputed)))
        differences = differences_of(book, work, finish(work, undone).manifest)
    return undone, differences


def _refusing(undone: Undone, reasons: Mapping[int, str]) -> Undone:
    return replace(undone, refused={**undone.refused, **reasons})


def _searched(
    book: Book, work: Work, undone: Undone, units: Sequence[int], theirs: Callable[[], Counter[_Name]]
) -> Iterator[tuple[int, Difference]]:
    """The units that do not hold up, found by halves: each half is read with what held up so far."""
    good: list[int] = []
    halves = [list(units)] if units else []
    while halves:
        half = halves.pop()
        out = {index: "" for index in units if index not in good and index not in half}
        manifest = finish(work, _refusing(undone, out)).manifest
        differences = _ours(differences_of(book, work, manifest), theirs)
        if not differences:
            good += half
        elif len(half) == 1:
            yield half[0], differences[0]
        else:
            middle = len(half) // 2
            halves += [half[middle:], half[:middle]]


def _fresh(work: Work, undone: Undone) -> list[int]:
    """The units that hold anything which was not there before."""
    return [index for index in _with_answers(work) if index not in undone.refused]


def _with_answers(work: Work) -> Iterator[int]:
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
    target = flat(manifest)
    for difference in differences:
        lines = target.line_range(difference.target_line)
        reach = range(lines.start - _REACH, lines.stop + _REACH)
        near = [index for index in fresh if spans[index][0] < reach.stop and spans[index][1] >= reach.start]
        if difference.target_line and near:
            yield min(near, key=lambda index: abs(spans[index][0] - lines.start)), difference


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


_Name = tuple[str, str, int]
"""What of a difference is the same whatever else stands in the target."""


def _theirs(book: Book, work: Work, undone: Undone) -> Callable[[], Counter[_Name]]:
    """The differences that are there without anything of ours; found out where it matters, and once."""

    @cache
    def known() -> Counter[_Name]:
        found = differences_of(book, work, without_ours(work, undone))
        return Counter(name for difference in found for name in _names(difference))

    return known


def _ours(differences: Sequence[Difference], theirs: Callable[[], Counter[_Name]]) -> list[Difference]:
    """The differences that are not there without anything of ours, or not as often."""
    if not differences:
        return []
    known = theirs().copy()
    ours = []
    for difference in differences:
        names = Counter(_names(difference))
        if names - known:
            ours.append(difference)
        known -= names
    return ours


_BECAME = re.compile(r"the (?P<source>.+) became an? (?P<target>.+)")


def _names(difference: Difference) -> Iterator[_Name]:
    """A block that became another one is missing, and the other is extra: it still is where the first one stands again."""
    check, message, line = difference.check, difference.message, difference.source_line
    became = _BECAME.fullmatch(message) if check == "structure" else None
    if became:
        yield check, f"the {became['source']} is missing", line
        yield check, f"an extra {became['target']}", 0
    else:
        yield check, message, 0 if difference.is_extra else line
