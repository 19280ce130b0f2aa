"""The flat text of a file: what units, gaps and merges work on.

A Markdown or reST file is its own flat text, but for a byte order mark and for line ends that are all CR LF: these are
the file's *style*.  In a notebook the markdown cells stand inside JSON strings; its flat text is the file with the
source of each markdown cell written out plainly between two marks, everything else byte for byte.  The tables of a reST
file are written out as well, see ``sphinx_amts.document.tables.regions``.

Law: ``unflatten(flat.text, flat.style) == raw`` for every file.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sphinx_amts.document.tables import regions
from sphinx_amts.document.tables.regions import faults, without_templates
from sphinx_amts.errors import BookError
from sphinx_amts.model import Span

__all__ = [
    "CLOSE",
    "OPEN",
    "Flat",
    "faults",
    "flat_of",
    "flatten",
    "is_file_of",
    "unflatten",
    "with_ends",
    "without_templates",
]

OPEN, CLOSE = "\ue000", "\ue001"
"""Stand around a JSON string array that was made flat."""
_REGION = re.compile(rf"{OPEN}(?P<style>[^\n]*)\n(?P<text>[^{OPEN}{CLOSE}]*)\n{CLOSE}")
_NO_REST = (".md", ".markdown", ".myst", ".ipynb", ".yml", ".yaml")
_VERBATIM = "verbatim"
_LONE_END = re.compile(r"(?<!\r)\n|\r(?!\n)")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True, slots=True)
class Flat:
    """A flat text, its file's style, and the spans in which text may be looked for (``None``: everywhere).

    ``lines`` has the line of the flat text for each line of the file as Sphinx reads it, if they differ.
    """

    text: str
    style: str = ""
    cells: tuple[Span, ...] | None = None
    lines: tuple[int, ...] = ()

    def line(self, raw: int) -> int:
        """The line for a line that Sphinx names: itself, or in a table the first of its row's cells."""
        return self.line_range(raw).start

    def line_range(self, raw: int) -> range:
        """The lines on which what stands on a line of the file may stand here: in a table, all cells of a row."""
        if not self.lines or raw < 1:
            return range(raw, raw + 1)
        if raw > len(self.lines):
            line = self._height() + raw - len(self.lines)
            return range(line, line + 1)
        line = self.lines[raw - 1]
        behind = bisect_right(self.lines, line)
        return range(line, self.lines[behind] if behind < len(self.lines) else self._height() + 1)

    def raw_line(self, line: int) -> int:
        """The line of the file for a line of this text, for messages: in a table the first one of the row.

        Law: ``raw_line(line(n)) == n`` outside of tables.
        """
        if not self.lines or line < 1:
            return line
        if line > self._height():
            return len(self.lines) + line - self._height()
        nearest = self.lines[max(bisect_right(self.lines, line), 1) - 1]
        return bisect_left(self.lines, nearest) + 1

    def _height(self) -> int:
        return self.text.count("\n") + 1

    def closed(self) -> Iterator[Span]:
        """The spans that hold no text: all but the cells."""
        if self.cells is None:
            return
        at = 0
        for cell in self.cells:
            if at < cell.start:
                yield Span(at, cell.start)
            at = cell.end
        if at < len(self.text):
            yield Span(at, len(self.text))

    def prose(self) -> str:
        """The text with everything outside the cells blanked, line numbers kept: what a Markdown parser reads."""
        if self.cells is None:
            return self.text
        parts, at = [], 0
        for cell in self.cells:
            parts.append("\n" * self.text.count("\n", at, cell.start))
            parts.append(self.text[cell.start : cell.end])
            at = cell.end
        parts.append("\n" * self.text.count("\n", at))
        return "".join(parts)


def flatten(raw: str, suffix: str, like: str = "") -> Flat:
    """The flat text of a file's text; ``suffix`` is the file name's.

    ``like`` is an earlier flat text of this file, whose templates are used where they make today's tables, so that only
    what was edited differs.  Raises BookError where a notebook is not JSON.
    """
    style, plain = _ends(raw)
    text = plain
    if suffix == ".ipynb":
        text = _notebook(plain)
    elif suffix not in _NO_REST and OPEN not in plain and CLOSE not in plain:
        text = regions.written_out(plain, like)
    if unflatten(text, style) == raw:
        return flat_of(text, style, suffix)
    # A notebook written by hand in a style of its own, or a text that has our marks: it stays as it is.
    return Flat(plain, f"{style} {_VERBATIM}".strip(), () if suffix == ".ipynb" else None)


def _ends(raw: str) -> tuple[str, str]:
    """The byte order mark and the line ends of a file, as its style, and its text without them."""
    style, plain = "", raw
    if plain.startswith("\ufeff"):
        style, plain = "bom", plain[1:]
    if "\r\n" in plain and not _LONE_END.search(plain):
        style, plain = f"{style} crlf".strip(), plain.replace("\r\n", "\n")
    return style, plain


def with_ends(style: str, other: str) -> str:
    """A style with the byte order mark and the line ends of another one."""
    words = [word for word in other.split() if word != _VERBATIM]
    return " ".join([*words, _VERBATIM] if _VERBATIM in style.split() else words)


def is_file_of(raw: str, text: str, style: str) -> bool:
    """Whether a file has a flat text, whatever its line ends and its byte order mark are."""
    return _ends(raw)[1] == unflatten(text, with_ends(style, ""))


def flat_of(text: str, style: str = "", suffix: str = "") -> Flat:
    """A flat text that was kept or composed, with the spans of its cells and the lines of the file that it makes."""
    if _VERBATIM in style.split():
        return Flat(text, style, () if suffix == ".ipynb" else None)
    if suffix == ".ipynb":
        return Flat(text, style, tuple(Span(*region.span("text")) for region in _REGION.finditer(text)))
    if not regions.present(text):
        return Flat(text, style)
    return Flat(text, style, tuple(regions.open_spans(text)), tuple(regions.line_numbers(text)))


def unflatten(flat: str, style: str = "") -> str:
    """The file's text: every region written back as the JSON or the table that it came from, in the file's style.

    Never raises: a table whose new texts cannot be laid out is its template (``faults`` says which).
    """
    raw = flat
    if _VERBATIM not in style.split():
        raw = regions.written_back(raw)
        raw = _REGION.sub(_json, raw)
    if "crlf" in style:
        raw = raw.replace("\n", "\r\n")
    return "\ufeff" + raw if "bom" in style else raw


def _notebook(raw: str) -> str:
    try:
        notebook = json.loads(raw)
        cells = notebook["cells"]
        kinds = [cell["cell_type"] for cell in cells]
    except (ValueError, KeyError, TypeError) as error:
        line = getattr(error, "lineno", 0)
        raise BookError(
            f"this is not a Jupyter notebook: {error}", line=line, hint="Open and save it with Jupyter, or exclude it."
        ) from None
    if OPEN in raw or CLOSE in raw:
        return raw
    parts, at = [], 0
    for kind, (start, end) in zip(kinds, _sources(raw), strict=True):
        text = raw[start:end]
        value = json.loads(text)
        joined = "".join(value) if isinstance(value, list) else value
        if kind != "markdown" or not joined.strip():
            continue
        parts += [raw[at:start], OPEN, json.dumps(_style(text, value)), "\n", joined, "\n", CLOSE]
        at = end
    return "".join([*parts, raw[at:]])


def _sources(raw: str) -> Iterator[tuple[int, int]]:
    """The span of the value of each cell's ``source``, in the order of the cells."""
    decoder = json.JSONDecoder()
    at = _value(raw, _skip(raw, 0), "cells")
    at = _skip(raw, at + 1)
    while raw[at] != "]":
        start = _value(raw, at, "source")
        yield start, decoder.raw_decode(raw, start)[1]
        at = _skip(raw, decoder.raw_decode(raw, at)[1])
        if raw[at] == ",":
            at = _skip(raw, at + 1)


def _value(raw: str, at: int, wanted: str) -> int:
    """Where the value of a key starts in the object that starts at an offset (the last one counts, as in JSON)."""
    decoder = json.JSONDecoder()
    at = _skip(raw, at + 1)
    found = -1
    while raw[at] != "}":
        name, at = decoder.raw_decode(raw, at)
        at = _skip(raw, _skip(raw, at) + 1)
        if name == wanted:
            found = at
        at = _skip(raw, decoder.raw_decode(raw, at)[1])
        if raw[at] == ",":
            at = _skip(raw, at + 1)
    return found


def _skip(raw: str, at: int) -> int:
    while raw[at] in " \t\r\n":
        at += 1
    return at


def _style(text: str, value: Any) -> dict[str, Any]:
    """How a source is written as JSON: a string or lines, with what between them, and whether in ASCII only."""
    style: dict[str, Any] = {"ascii": not re.search(r"[^\x00-\x7f]", text) and "\\u" in text}
    if isinstance(value, list):
        strings = list(_STRING.finditer(text))
        style["open"] = text[: strings[0].start()]
        style["between"] = text[strings[0].end() : strings[1].start()] if len(strings) > 1 else "," + style["open"][1:]
        style["close"] = text[strings[-1].end() :]
    return style


def _json(region: re.Match[str]) -> str:
    try:
        return _encode(region["text"], json.loads(region["style"]))
    except (ValueError, KeyError, TypeError):
        return region[0]  # not one of ours


def _encode(text: str, style: dict[str, Any]) -> str:
    ascii_only = bool(style["ascii"])
    if "open" not in style:
        return json.dumps(text, ensure_ascii=ascii_only)
    lines = [json.dumps(line, ensure_ascii=ascii_only) for line in re.findall(r"[^\n]*\n|[^\n]+\Z", text)]
    return f"{style['open']}{style['between'].join(lines)}{style['close']}"
