"""Simple tables: read by docutils, written anew with columns as wide as their texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

from docutils.parsers.rst.tableparser import SimpleTableParser, TableMarkupError
from docutils.statemachine import StringList
from docutils.utils import column_width

from sphinx_amts.document.tables.cells import Cell, Table, fitted, lines_of, width_of

__all__ = ["BORDER", "TOP", "draw", "end", "read"]

TOP = re.compile(r"=+( +=+)+ *\Z")
BORDER = re.compile(r"=+[ =]*\Z")
_UNDERLINE = re.compile(r"-[ -]*\Z")
_RUN = re.compile(r"[-=]+")
_PAD = SimpleTableParser.double_width_pad_char


def end(lines: Sequence[str], start: int) -> int | None:
    """The index behind the last line of the table whose top border stands at an index; docutils' own rule."""
    borders = 0
    for index in range(start + 1, len(lines)):
        if BORDER.match(lines[index]):
            if len(lines[index].strip()) != len(lines[start].strip()):
                return None
            borders += 1
            if borders == 2 or index + 1 == len(lines) or not lines[index + 1].strip():
                return index + 1
    return None


def read(lines: Sequence[str]) -> Table | None:
    """The table that lines without indentation are, ``None`` where docutils would find fault with them."""
    if len(lines) < 3 or not TOP.match(lines[0]) or end(lines, 0) != len(lines):
        return None
    block = StringList([line.rstrip() for line in lines], "table")
    block.pad_double_width(_PAD)
    parser: Any = SimpleTableParser()
    try:
        _, head, _ = parser.parse(block)
    except (TableMarkupError, AssertionError, IndexError):
        return None
    cells, heights = [], []
    for row, items in enumerate(parser.table):
        column = 0
        for _, more, line, text in items:
            above = next((index for index, content in enumerate(text) if content), 0)
            cells.append(Cell(row, column, "\n".join(text).strip("\n"), 1, more + 1, line, 0, above))
            column += more + 1
        heights.append(len(items[0][3]))
    widths = tuple(stop - start for start, stop in _columns(lines[0]))
    return Table(tuple(cells), len(head), widths, tuple(heights)) if cells else None


def _columns(border: str) -> list[tuple[int, int]]:
    return [run.span() for run in _RUN.finditer(border)]


@dataclass(frozen=True, slots=True)
class _Rule:
    """A border or an underline: its character, and the first and last column of each of its strokes."""

    character: str
    strokes: tuple[tuple[int, int], ...]


def draw(lines: Sequence[str], template: Table | None, cells: Sequence[Cell], head: int) -> list[str]:
    """The lines of a table with these cells; rules and blank lines as in the template, if there is one.

    What it writes is to be read again: not every text can stand in a simple table.
    """
    columns = max(cell.column + cell.columns for cell in cells)
    if template:
        borders = _columns(lines[0])
        margins = [b[0] - a[1] for a, b in pairwise(borders)]
        least, plan = template.widths, list(_kept(lines, template))
    else:
        margins, least, plan = [2] * (columns - 1), (2,) * columns, list(_new(cells, head))
    margins.append(0)
    # docutils lets texts of the last column run over the border: where the author did, nothing has to grow.
    over = template is not None and any(_ends_last(c, columns) and _width(c, template, margins) for c in template.cells)
    needs = (
        (c.column, c.columns, width_of(c.text) + margins[c.column + c.columns - 1])
        for c in cells
        if not (over and _ends_last(c, columns))
    )
    steps = fitted([width + margin for width, margin in zip(least, margins, strict=True)], needs, 0)
    starts = [0, *accumulate(steps)]
    ends = [stop - margin for stop, margin in zip(starts[1:], margins, strict=True)]
    written = []
    for item in plan:
        match item:
            case _Rule():
                written.append(_drawn(item, starts, ends))
            case int():
                written += _row([cell for cell in cells if cell.row == item], starts)
            case str():
                written.append(item)
    return written


def _ends_last(cell: Cell, columns: int) -> bool:
    return cell.column + cell.columns == columns


def _width(cell: Cell, template: Table, margins: Sequence[int]) -> bool:
    """Whether a cell's text is wider than the border above it."""
    place = slice(cell.column, cell.column + cell.columns)
    return width_of(cell.text) > sum(template.widths[place]) + sum(margins[place]) - margins[place.stop - 1]


def _kept(lines: Sequence[str], template: Table) -> Iterator[_Rule | int | str]:
    """The rules, rows and blank lines of a template in their order."""
    columns = _columns(lines[0])
    firsts = {start: index for index, (start, _) in enumerate(columns)}
    rows = {cell.line: cell.row for cell in template.cells}
    inside = False
    for index, line in enumerate(lines):
        if index in rows:
            yield rows[index]
            inside = True
        if index in (0, len(lines) - 1) or BORDER.match(line) or _UNDERLINE.match(line):
            runs = [firsts[start] for start, _ in _columns(line)]
            lasts = [first - 1 for first in runs[1:]] + [len(columns) - 1]
            yield _Rule(line[0], tuple(zip(runs, lasts, strict=True)))
            inside = False
        elif not line.strip() and (not inside or _trails(lines, index, rows)):
            yield ""


def _trails(lines: Sequence[str], index: int, rows: dict[int, int]) -> bool:
    """Whether only blank lines follow before the next row or rule."""
    while index not in rows and not lines[index].strip():
        index += 1
    return index in rows or bool(BORDER.match(lines[index]) or _UNDERLINE.match(lines[index]))


def _new(cells: Sequence[Cell], head: int) -> Iterator[_Rule | int | str]:
    """The rules and rows of a table that has no template."""
    columns = max(cell.column + cell.columns for cell in cells)
    border = _Rule("=", tuple((column, column) for column in range(columns)))
    yield border
    rows = 1 + cells[-1].row
    for row in range(rows):
        yield row
        own = tuple((cell.column, cell.column + cell.columns - 1) for cell in cells if cell.row == row)
        if own != border.strokes and row + 1 not in (head, rows):
            yield _Rule("-", own)
        elif row + 1 == head or row + 1 == rows:
            yield _Rule("=", own)


def _drawn(rule: _Rule, starts: Sequence[int], ends: Sequence[int]) -> str:
    line = ""
    for first, last in rule.strokes:
        line = line.ljust(starts[first]) + rule.character * (ends[last] - starts[first])
    return line


def _row(cells: Sequence[Cell], starts: Sequence[int]) -> Iterator[str]:
    texts = [[*[""] * cell.above, *lines_of(cell.text)] for cell in cells]
    for number in range(max(map(len, texts), default=0)):
        line = ""
        for cell, text in zip(cells, texts, strict=True):
            if number < len(text) and text[number]:
                line += " " * (starts[cell.column] - column_width(line)) + text[number]
        yield line
