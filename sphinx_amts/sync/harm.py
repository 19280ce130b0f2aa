"""What of people's own text, merged or kept, makes Sphinx read something else around it.

It is found by reading the target without it: all of it, each by itself.  The rest of a page comes first: where something has to
go, it is as little as can be, and it lies in the attic.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TypeVar

from sphinx_amts.document.flat import Flat, flat_of
from sphinx_amts.document.reader import Book
from sphinx_amts.document.verify import Difference
from sphinx_amts.pairs.manifest import Manifest
from sphinx_amts.sync.finishing import Undone, finish
from sphinx_amts.sync.work import Work

__all__ = ["differences", "flat", "hiding", "unfit", "without_ours"]

_T = TypeVar("_T")


def flat(manifest: Manifest) -> Flat:
    """The flat text of a target."""
    return flat_of(manifest.target, manifest.style, PurePosixPath(manifest.path).suffix)


def differences(book: Book, work: Work, manifest: Manifest) -> list[Difference]:
    """How the doctree of a target differs from its source's."""
    return list(book.differences(work.document, flat(manifest), manifest))


def without_ours(work: Work, undone: Undone) -> Manifest:
    """The target with nothing of ours in its units."""
    return finish(work, replace(undone, refused=dict.fromkeys(range(len(work.plans)), ""))).manifest


def unfit(book: Book, work: Work, merged: Sequence[int]) -> Iterator[int]:
    """The merged gaps that make the document differ where it did not with people's own; in code, and by more code, it may."""

    def differing(unmerged: Collection[int]) -> _Harm:
        manifest = without_ours(work, Undone(unmerged=frozenset(unmerged)))
        return _harm(each for each in differences(book, work, manifest) if not _is_code(each))

    return _harmful(merged, differing)


def hiding(book: Book, work: Work, undone: Undone, disputed: Sequence[range]) -> Iterator[range]:
    """The gaps in which people's text, kept in a conflict, makes what stands outside of them something else.

    A fence that is opened and whose end the source took away hides all that follows.
    """

    def differing(conceded: Collection[range]) -> _Harm:
        manifest = finish(work, replace(undone, conceded=frozenset(conceded))).manifest
        within = set(_lines_of_gaps(manifest, disputed))
        found = differences(book, work, manifest)
        gone = (each for each in found if each.check == "structure" and not each.is_extra)
        return _harm(each for each in gone if within.isdisjoint(work.document.flat.line_range(each.source_line)))

    return _harmful(disputed, differing)


_Harm = tuple[int, int]
"""How many nodes of the source a target lacks, which weighs most, and in how many places it differs at all."""


def _harm(found: Iterable[Difference]) -> _Harm:
    found = list(found)
    return sum(each.check == "structure" and not each.is_extra for each in found), len(found)


def _harmful(texts: Sequence[_T], differing: Callable[[Collection[_T]], _Harm]) -> Iterator[_T]:
    """Those of some texts of people and ours without which the document differs less.

    ``differing`` says how much it differs without some of them.  If those that do harm by themselves are not all that do, all
    are.
    """
    known = differing(texts)
    if differing(()) > known:
        found = [text for text in texts if differing({*texts} - {text}) > known]
        yield from texts if differing(found) > known else found


def _lines_of_gaps(manifest: Manifest, gaps: Iterable[range]) -> Iterator[int]:
    """The lines of the source that stand in some gaps alone, without those that they share with a unit."""
    wanted = {number for numbers in gaps for number in numbers}
    line = 1
    for index, piece in enumerate(manifest.pieces):
        end = line + piece.source.count("\n")
        if index % 2 == 0 and index // 2 in wanted:
            yield from range(line + 1, end)
        line = end


def _is_code(difference: Difference) -> bool:
    return difference.check == "code_blocks" or difference.message == "an extra code block"
