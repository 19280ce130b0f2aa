"""Tables written out in a flat text, and back.

A table stands there as its lines (the *template*), in which nothing is looked for, then the text of each cell behind a
mark that says whether a row begins with it, and how many rows and columns it spans (rows x columns) if more than one.
No cell has a number, so that a new row changes nothing but itself.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from sphinx_amts.document.tables import CannotLayOut, Cell, find, read, tiled, write
from sphinx_amts.model import Span

__all__ = ["faults", "line_numbers", "open_spans", "present", "without_templates", "written_back", "written_out"]

_TABLE, _CELL, _END = "\ue002", "\ue003", "\ue004"
_MARKS = re.compile(f"[{_TABLE}{_CELL}{_END}]")
_REGION = re.compile(
    rf"{_TABLE}(?P<kind>[a-z]+[^\s\w]?)\n(?P<template>[^{_TABLE}{_CELL}{_END}]*)\n"
    rf"(?P<cells>{_CELL}[^{_TABLE}{_END}]*){_END}"
)
_TEMPLATE = re.compile(rf"{_TABLE}[^\n]*\n[^{_TABLE}{_CELL}{_END}]*")
_CELL_REGION = re.compile(
    rf"{_CELL}(?P<place>row|cell)(?: (?P<rows>\d{{1,3}})x(?P<columns>\d{{1,3}}))?\n"
    rf"(?P<text>[^{_CELL}]*)\n(?={_CELL}|\Z)"
)


def present(text: str) -> bool:
    """Whether a flat text has tables."""
    return _TABLE in text and _REGION.search(text) is not None


def written_out(text: str, like: str = "") -> str:
    """A reST text with its tables written out; a text that has our marks stays as it is.

    A table that a template of ``like``, an earlier flat text, makes with today's cells is written with that template.
    """
    if _MARKS.search(text):
        return text
    known = {_table(region): region[0] for region in _REGION.finditer(like)}
    parts, at = [], 0
    for kind, span in find(text):
        template = text[span.start : span.end]
        parts += [text[at : span.start], known.get(template) or _written(kind, template, like)]
        at = span.end
    return "".join([*parts, text[at:]])


def written_back(text: str) -> str:
    """The reST text with each table laid out; one whose texts cannot be laid out is its template."""
    return _REGION.sub(_table, text) if _TABLE in text else text


def without_templates(text: str) -> str:
    """A part of a flat text without the lines of its tables, which say nothing that their cells do not say."""
    return _TEMPLATE.sub(_TABLE, text) if _TABLE in text else text


def faults(text: str) -> Iterator[tuple[Span, str]]:
    """The tables of a flat text that ``written_back`` cannot write with the texts of their cells, and why."""
    for region in _REGION.finditer(text):
        try:
            write(region["kind"], region["template"], _cells(region))
        except CannotLayOut as error:
            yield Span(*region.span()), str(error)


def _written(kind: str, template: str, like: str) -> str:
    """A table as a region: its own lines as the template, or that of an earlier one that makes them too."""
    table = read(kind, template)
    assert table is not None  # this is how it was found
    for other in _REGION.finditer(like):
        candidate = _region(other["kind"], other["template"], table.cells)
        match = _REGION.fullmatch(candidate)
        if match is not None and _table(match) == template:
            return candidate
    return _region(kind, template, table.cells)


def _region(kind: str, template: str, cells: tuple[Cell, ...]) -> str:
    parts, row = [f"{_TABLE}{kind}\n{template}\n"], -1
    for cell in cells:
        place = "cell" if cell.row == row else "row"
        span = f" {cell.rows}x{cell.columns}" if cell.rows > 1 or cell.columns > 1 else ""
        parts.append(f"{_CELL}{place}{span}\n{cell.text}\n")
        row = cell.row
    return "".join([*parts, _END])


def _cells(region: re.Match[str]) -> tuple[Cell, ...]:
    """The cells of a region; raises CannotLayOut where they make no table."""
    rows: list[list[tuple[str, int, int]]] = []
    at = 0
    for cell in _CELL_REGION.finditer(region["cells"]):
        if cell.start() != at:
            break
        if cell["place"] == "row" or not rows:
            rows.append([])
        rows[-1].append((cell["text"], int(cell["rows"] or 1), int(cell["columns"] or 1)))
        at = cell.end()
    if at != len(region["cells"]):
        raise CannotLayOut("the marks of the table are damaged")
    return tiled(rows, ragged=region["kind"].startswith("csv"))


def _table(region: re.Match[str]) -> str:
    try:
        return write(region["kind"], region["template"], _cells(region))
    except CannotLayOut:
        return region["template"]


def open_spans(text: str) -> Iterator[Span]:
    """What is no template and no mark."""
    at = 0
    for region in _REGION.finditer(text):
        yield Span(at, region.start())
        for cell in _CELL_REGION.finditer(text, region.start("cells"), region.end("cells")):
            yield Span(*cell.span("text"))
        at = region.end()
    yield Span(at, len(text))


def line_numbers(text: str) -> Iterator[int]:
    """The line of a flat text for each line of the file that it makes."""
    line, at, begun = 1, 0, [1]
    for region in _REGION.finditer(text):
        between = text.count("\n", at, region.start())
        if between:
            yield from begun
            yield from range(line + 1, line + between)
        line += between
        begun = _row_lines(region, line)
        line += region[0].count("\n")
        at = region.end()
    yield from begun
    yield from range(line + 1, line + 1 + text.count("\n", at))


def _row_lines(region: re.Match[str], line: int) -> list[int]:
    """For each line of a table in its file, where the cells of its row begin; ``line`` is where the region does."""
    written = _table(region)
    table = read(region["kind"], written) or read("grid", written)
    starts: dict[int, int] = {}
    for cell in table.cells if table else ():
        starts.setdefault(cell.row, cell.line)
    marks = [
        line + region[0].count("\n", 0, cell.start() - region.start())
        for cell in _CELL_REGION.finditer(region.string, region.start("cells"), region.end("cells"))
        if cell["place"] == "row"
    ]
    tops = list(starts.values())
    rows = (max(bisect_right(tops, index) - 1, 0) for index in range(written.count("\n") + 1))
    return [marks[min(row, len(marks) - 1)] if marks else line for row in rows]
