"""The cells of a table, and what its borders make of them.

A cell's text is what stands between its borders: no padding, no blank lines above or below.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from docutils.utils import column_width

__all__ = ["CannotLayOut", "Cell", "Table", "fitted", "lines_of", "normal", "shape", "tiled", "width_of"]

_OTHER_ENDS = re.compile("[\v\f\r\x1c-\x1e\x85\u2028\u2029]")


class CannotLayOut(ValueError):
    """These texts cannot stand in a table of this kind."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A text, the place of its upper left corner, and how many rows and columns it takes.

    ``line`` is the first line of its row in the table, from 0; ``left`` and ``above`` are the blanks before the text.
    """

    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1
    line: int = 0
    left: int = 1
    above: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """The cells in their order, how many rows are its head, and how wide and high columns and rows are."""

    cells: tuple[Cell, ...]
    head: int = 0
    widths: tuple[int, ...] = ()
    heights: tuple[int, ...] = ()


def shape(cells: Iterable[Cell]) -> list[tuple[int, int, int, int]]:
    """Where each cell stands."""
    return [(cell.row, cell.column, cell.rows, cell.columns) for cell in cells]


def lines_of(text: str) -> list[str]:
    """The lines of a text as they can stand in a table: docutils ends lines at more than line feeds."""
    lines = [_OTHER_ENDS.sub(" ", line).expandtabs().rstrip() for line in text.split("\n")]
    indents = [len(line) - len(line.lstrip()) for line in lines if line]
    lines = [line[min(indents) :] for line in lines] if indents else []
    while lines and not lines[0]:
        del lines[0]
    while lines and not lines[-1]:
        del lines[-1]
    return lines


def normal(text: str) -> str:
    """A text without what a table cannot keep: indentation of all lines, blanks behind lines and around the text."""
    return "\n".join(lines_of(text))


def width_of(text: str) -> int:
    """How many columns a text takes."""
    return max(map(column_width, lines_of(text)), default=0)


def fitted(least: Sequence[int], needs: Iterable[tuple[int, int, int]], between: int) -> list[int]:
    """The sizes of columns or rows, no smaller than ``least``, in which everything fits.

    A need is the first column, how many, and the size of what stands in them; ``between`` is the size of a border.
    """
    sizes = list(least)
    for first, count, need in sorted(needs, key=lambda item: item[1]):
        have = sum(sizes[first : first + count]) + between * (count - 1)
        sizes[first + count - 1] += max(need - have, 0)
    return sizes


def tiled(rows: Sequence[Sequence[tuple[str, int, int]]], *, ragged: bool = False) -> tuple[Cell, ...]:
    """Cells from their texts and spans (rows, columns), row by row, each in the first place that is free.

    Raises CannotLayOut where the cells do not make up a rectangle; ``ragged`` rows may be short.
    """
    taken: set[tuple[int, int]] = set()
    cells = []
    for row, items in enumerate(rows):
        column = 0
        for text, down, across in items:
            while (row, column) in taken:
                column += 1
            places = {(row + i, column + j) for i in range(down) for j in range(across)}
            if not places.isdisjoint(taken):
                raise CannotLayOut("two cells of the table take the same place")
            taken |= places
            cells.append(Cell(row, column, text, down, across))
    width = 1 + max((column for _, column in taken), default=-1)
    if not cells or (len(taken) != len(rows) * width and not ragged) or any(row >= len(rows) for row, _ in taken):
        raise CannotLayOut("the cells of the table do not fill it")
    return tuple(cells)
