"""Comma-separated values, as the directive ``csv-table`` reads them; only the fields that change are written anew."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

from docutils import __version_info__ as docutils_version

from sphinx_amts.document.tables.cells import Cell, Table, normal

__all__ = ["HEADER", "draw", "read"]

HEADER = re.compile(r":header:[ ]+(?=\S)")
_FIELD = r'"(?P<quoted>(?:[^"]|"")*)"(?={0}|\n|\Z)|(?!")[^{0}\n]*'
# Before docutils 0.22, a header had rules of its own: a backslash escapes, and quotes are not doubled.
_ESCAPES = docutils_version < (0, 22)

Field = tuple[int, int, str]
"""Where a field starts and ends, quotes included, and its value."""


def read(lines: Sequence[str], delimiter: str = ",") -> Table | None:
    """The rows that lines without indentation are, or the one that an option ``:header:`` gives.

    ``None`` where docutils would find fault with them, or they use what is not known here.
    """
    start = _start(lines)
    delimiter = _delimiter(start, delimiter)
    if start and (len(lines) > 1 or (_ESCAPES and re.search(r'\\|""', lines[0]))):
        return None
    text = "\n".join(line.rstrip() for line in lines)
    rows = _rows(text, start, delimiter)
    try:
        data = csv.reader(
            text[start:].splitlines(keepends=True), delimiter=delimiter, skipinitialspace=True, strict=True
        )
        wanted = list(data)
    except (csv.Error, TypeError, ValueError):
        return None
    if [[value for _, _, value in row] for row in rows] != [row for row in wanted if row] or not rows:
        return None
    cells = []
    for number, row in enumerate(rows):
        for column, (at, _, value) in enumerate(row):
            cells.append(Cell(number, column, normal(value), line=text.count("\n", 0, at)))
    return Table(tuple(cells))


def _start(lines: Sequence[str]) -> int:
    header = HEADER.match(lines[0])
    return header.end() if header else 0


def _delimiter(start: int, delimiter: str) -> str:
    return "," if start and _ESCAPES else delimiter


def _rows(text: str, at: int, delimiter: str) -> list[list[Field]]:
    """The fields of each row that has any; none at all where a quote is out of place."""
    rows: list[list[Field]] = [[]]
    pattern = re.compile(_FIELD.format(re.escape(delimiter)))
    while True:
        start = at
        while text.startswith(" ", at):
            at += 1
        field = pattern.match(text, at)
        if field is None:
            return []
        at = field.end()
        separator = text[at : at + 1]
        if rows[-1] or separator == delimiter or at > start:
            value = field[0] if field["quoted"] is None else field["quoted"].replace('""', '"')
            rows[-1].append((field.start(), at, value))
        if not separator:
            return [row for row in rows if row]
        if separator == "\n":
            rows.append([])
        at += 1


def draw(lines: Sequence[str], template: Table | None, cells: Sequence[Cell], delimiter: str = ",") -> list[str]:
    """The lines of a table with these cells: fields that have not changed stay as they are in the template."""
    start = _start(lines)
    delimiter = _delimiter(start, delimiter)
    text = "\n".join(line.rstrip() for line in lines)

    def encoded(cell: Cell, quoted: bool) -> str:
        return _encoded(cell.text, quoted, delimiter, escapes=_ESCAPES and start > 0)

    if template is None:
        rows = range(1 + max(cell.row for cell in cells))
        written = [f"{delimiter} ".join(encoded(cell, False) for cell in cells if cell.row == row) for row in rows]
        return "\n".join(text[:start] + line for line in written).split("\n")
    fields = [field for row in _rows(text, start, delimiter) for field in row]
    parts, at = [], 0
    for (begin, end, value), cell in zip(fields, cells, strict=True):
        if normal(value) != normal(cell.text):
            parts += [text[at:begin], encoded(cell, text[begin:end].startswith('"'))]
            at = end
    return "".join([*parts, text[at:]]).split("\n")


def _encoded(text: str, quoted: bool, delimiter: str, *, escapes: bool) -> str:
    text = normal(text)
    quoted = quoted or not text or any(character in text for character in ('"', "\n", delimiter))
    if escapes:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    else:
        text = text.replace('"', '""')
    return f'"{text}"' if quoted else text
