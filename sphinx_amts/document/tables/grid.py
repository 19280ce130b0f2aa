"""Grid tables: read by docutils, drawn anew with columns as wide as their texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from docutils.parsers.rst.tableparser import GridTableParser, TableMarkupError
from docutils.statemachine import StringList
from docutils.utils import column_width, strip_combining_chars

from sphinx_amts.document.tables.cells import Cell, Table, fitted, lines_of, width_of

__all__ = ["TOP", "draw", "read"]

TOP = re.compile(r"\+-[-+]+-\+ *\Z")
_PAD = GridTableParser.double_width_pad_char


def read(lines: Sequence[str]) -> Table | None:
    """The table that lines without indentation are, ``None`` where docutils would find fault with them."""
    block = StringList([line.rstrip() for line in lines], "table")
    block.pad_double_width(_PAD)
    if len(block) < 3 or not TOP.match(block[0]) or not TOP.match(block[-1]):
        return None
    for line in block:
        if line[:1] not in ("+", "|") or line[-1] not in "+|" or len(strip_combining_chars(line)) != len(block[0]):
            return None
    parser: Any = GridTableParser()
    try:
        parser.parse(block)
    except (TableMarkupError, AssertionError, IndexError):
        return None
    rows, columns = sorted(parser.rowseps), sorted(parser.colseps)
    cells = []
    for top, left, bottom, right, text in parser.cells:
        row, column = rows.index(top), columns.index(left)
        spans = rows.index(bottom) - row, columns.index(right) - column
        padded = parser.block.get_2D_block(top + 1, left + 1, bottom, right, strip_indent=False)
        indents = [len(line) - len(line.lstrip()) for line in padded if line]
        above = next((index for index, line in enumerate(padded) if line), 0)
        cells.append(Cell(row, column, "\n".join(text).strip("\n"), *spans, top + 1, min(indents, default=1), above))
    cells.sort(key=lambda cell: (cell.row, cell.column))
    head = rows.index(parser.head_body_sep) if parser.head_body_sep else 0
    return Table(tuple(cells), head, _between(columns), _between(rows))


def _between(borders: Sequence[int]) -> tuple[int, ...]:
    return tuple(end - start - 1 for start, end in pairwise(borders))


def draw(template: Table | None, cells: Sequence[Cell], head: int, extra: int = 0) -> list[str]:
    """The lines of a table with these cells: columns, padding and blank lines as in the template, where they do.

    ``extra`` blanks before each text move it away from where it would look like a border.
    """
    rows = max(cell.row + cell.rows for cell in cells)
    columns = max(cell.column + cell.columns for cell in cells)
    least = [width + extra for width in template.widths] if template else [3 + extra] * columns
    cells = [_placed(cell, least, extra) for cell in cells]
    widths = fitted(least, ((c.column, c.columns, c.left + width_of(c.text) + 1) for c in cells if c.text), 1)
    heights = fitted([1] * rows, map(_height, cells), 1)
    if template:
        tight = fitted([1] * rows, map(_height, template.cells), 1)
        heights = [new + max(old - need, 0) for new, old, need in zip(heights, template.heights, tight, strict=True)]
    xs, ys = _borders(widths), _borders(heights)
    canvas = [[" "] * (xs[-1] + 1) for _ in range(ys[-1] + 1)]
    for cell in cells:
        _frame(canvas, xs[cell.column], ys[cell.row], xs[cell.column + cell.columns], ys[cell.row + cell.rows])
    for cell in cells:
        for x in (xs[cell.column], xs[cell.column + cell.columns]):
            for y in (ys[cell.row], ys[cell.row + cell.rows]):
                canvas[y][x] = "+"
        for number, line in enumerate(lines_of(cell.text)):
            _print(canvas[ys[cell.row] + 1 + cell.above + number], xs[cell.column] + 1 + cell.left, line)
    drawn = ["".join(row) for row in canvas]
    if head:
        drawn[ys[head]] = drawn[ys[head]].replace("-", "=")
    return drawn


def _placed(cell: Cell, widths: Sequence[int], extra: int) -> Cell:
    """A cell whose padding does not make the table wider."""
    room = sum(widths[cell.column : cell.column + cell.columns]) + cell.columns - 1
    fits = cell.left + width_of(cell.text) + 1 <= room
    return replace(cell, left=(cell.left if fits else min(cell.left, 1)) + extra)


def _height(cell: Cell) -> tuple[int, int, int]:
    return cell.row, cell.rows, cell.above + len(lines_of(cell.text))


def _borders(sizes: Sequence[int]) -> list[int]:
    borders = [0]
    for size in sizes:
        borders.append(borders[-1] + size + 1)
    return borders


def _frame(canvas: list[list[str]], left: int, top: int, right: int, bottom: int) -> None:
    for y in (top, bottom):
        canvas[y][left : right + 1] = ["-"] * (right + 1 - left)
    for y in range(top + 1, bottom):
        canvas[y][left] = canvas[y][right] = "|"


def _print(row: list[str], x: int, text: str) -> None:
    """Write a text into a row of columns: a wide character fills two, a combining one shares its neighbour's."""
    for character in text:
        width = column_width(character)
        if width == 0:
            row[x - 1] += character
            continue
        row[x : x + width] = [character] + [""] * (width - 1)
        x += width
