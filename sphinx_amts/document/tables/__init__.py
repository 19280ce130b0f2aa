"""Tables in reST whose cells are not plain lines of the file: grid tables, simple tables, ``csv-table``.

1. ``find`` gives the tables of a text that docutils would read without fault.
2. ``read`` gives the cells of one.
3. ``write`` gives the table with other texts in its cells, laid out again, and read again to be sure.
4. ``regions`` does this with all tables of a text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from sphinx_amts.document.tables import fields, grid, simple
from sphinx_amts.document.tables.cells import CannotLayOut, Cell, Table, normal, shape, tiled
from sphinx_amts.document.tables.finding import find

__all__ = ["CannotLayOut", "Cell", "Table", "find", "read", "shape", "tiled", "write"]

_TRIES = 4


@lru_cache(maxsize=1024)
def read(kind: str, lines: str) -> Table | None:
    """The table that whole lines of a file are; ``None`` where docutils would find fault with them.

    ``kind`` is ``grid``, ``simple``, or ``csv`` with its delimiter behind it (``csv,``).
    """
    match kind[:3], kind:
        case _, "grid":
            return grid.read(_dedented(lines)[1])
        case _, "simple":
            return simple.read(_dedented(lines)[1])
        case "csv", _:
            return fields.read(_dedented(lines)[1], kind[3:])
    return None


@lru_cache(maxsize=1024)
def write(kind: str, template: str, cells: tuple[Cell, ...]) -> str:
    """The lines of a table like ``template`` with these cells.

    The template itself if its cells are these; else its columns are as wide as they have to be.  A table whose cells
    stand elsewhere than the template's is laid out from scratch, a simple table that cannot hold its texts becomes a
    grid table.  Law: ``read`` gives the cells of what was written.  Raises CannotLayOut where that cannot be done.
    """
    known = read(kind, template)
    same = known is not None and shape(known.cells) == shape(cells)
    if same and known is not None and [cell.text for cell in known.cells] == [cell.text for cell in cells]:
        return template
    margin, lines = _dedented(template)
    for tried, drawn in _drawings(kind, lines, known, cells, same):
        written = "\n".join((margin + line).rstrip() for line in drawn)
        if _holds(read(tried, written), cells, known.head if same and known is not None else None):
            return written
    raise CannotLayOut("these texts cannot be laid out as a table")


def _drawings(
    kind: str, lines: Sequence[str], known: Table | None, cells: Sequence[Cell], same: bool
) -> Iterator[tuple[str, list[str]]]:
    """The table in one shape after the other, the best first, each with its kind."""
    head = min(known.head if known else 0, max(cell.row for cell in cells))
    if any(cell.row < head < cell.row + cell.rows for cell in cells):
        head = 0
    template = known if same else None
    if kind.startswith("csv"):
        yield kind, fields.draw(lines, template, cells, kind[3:])
        return
    if same and known is not None:
        # Where a text stands beside its borders is the template's.
        cells = [
            Cell(c.row, c.column, c.text, c.rows, c.columns, old.line, old.left, old.above)
            for c, old in zip(cells, known.cells, strict=True)
        ]
    if kind == "simple" and all(cell.rows == 1 for cell in cells):
        yield kind, simple.draw(lines, template, cells, head)
    if kind == "simple":
        cells = [Cell(c.row, c.column, c.text, c.rows, c.columns) for c in cells]
        template = None
    for extra in range(_TRIES):
        yield "grid", grid.draw(template, cells, head, extra)


def _holds(table: Table | None, cells: Sequence[Cell], head: int | None) -> bool:
    return (
        table is not None
        and shape(table.cells) == shape(cells)
        and (head is None or table.head == head)
        and all(normal(one.text) == normal(other.text) for one, other in zip(table.cells, cells, strict=True))
    )


def _dedented(text: str) -> tuple[str, list[str]]:
    """The indentation that all lines of a table have, and the lines without it, as docutils sees them."""
    lines = [line.expandtabs().rstrip() for line in text.split("\n")]
    margin = min((len(line) - len(line.lstrip(" ")) for line in lines if line), default=0)
    return " " * margin, [line[margin:] for line in lines]
