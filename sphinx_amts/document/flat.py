"""The flat text of a file: what units, gaps and merges work on.

A Markdown or reST file is its own flat text, but for a byte order mark and for line ends that are all CR LF: these are the
file's *style*.  In a notebook the markdown cells stand inside JSON strings; its flat text is the
file with the source of each markdown cell written out plainly between two marks, everything else byte for byte.

Law: ``unflatten(flat.text, flat.style) == raw`` for every file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sphinx_amts.errors import BookError
from sphinx_amts.model import Span

__all__ = ["Flat", "flatten", "unflatten"]

_OPEN, _CLOSE = "\ue000", "\ue001"
_REGION = re.compile(rf"{_OPEN}(?P<style>[^\n]*)\n(?P<text>[^{_OPEN}{_CLOSE}]*)\n{_CLOSE}")
_LONE_END = re.compile(r"(?<!\r)\n|\r(?!\n)")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True, slots=True)
class Flat:
    """A flat text, its file's style, and the spans in which text may be looked for (``None``: everywhere)."""

    text: str
    style: str = ""
    cells: tuple[Span, ...] | None = None

    def closed(self) -> Iterator[Span]:
        """The spans that hold no text: all but the cells."""
        if self.cells is None:
            return
        at = 0
        for cell in self.cells:
            yield Span(at, cell.start)
            at = cell.end
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


def flatten(raw: str, suffix: str) -> Flat:
    """The flat text of a file's text; ``suffix`` is the file name's.

    Raises BookError where a notebook is not JSON.
    """
    style, plain = "", raw
    if plain.startswith("\ufeff"):
        style, plain = "bom", plain[1:]
    if "\r\n" in plain and not _LONE_END.search(plain):
        style, plain = f"{style} crlf".strip(), plain.replace("\r\n", "\n")
    if suffix != ".ipynb":
        return Flat(plain, style)
    flat = _notebook(plain)
    if unflatten(flat, style) != raw:  # a notebook written by hand in a style of its own: leave it as it is
        return Flat(plain, style, ())
    return Flat(flat, style, tuple(Span(*region.span("text")) for region in _REGION.finditer(flat)))


def unflatten(flat: str, style: str = "") -> str:
    """The file's text: every region written back as the JSON it came from, in the file's style."""
    raw = _REGION.sub(lambda region: _encode(region["text"], json.loads(region["style"])), flat)
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
    if _OPEN in raw or _CLOSE in raw:
        return raw
    parts, at = [], 0
    for kind, (start, end) in zip(kinds, _sources(raw), strict=True):
        text = raw[start:end]
        value = json.loads(text)
        joined = "".join(value) if isinstance(value, list) else value
        if kind != "markdown" or not joined.strip():
            continue
        parts += [raw[at:start], _OPEN, json.dumps(_style(text, value)), "\n", joined, "\n", _CLOSE]
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


def _encode(text: str, style: dict[str, Any]) -> str:
    ascii_only = bool(style["ascii"])
    if "open" not in style:
        return json.dumps(text, ensure_ascii=ascii_only)
    lines = [json.dumps(line, ensure_ascii=ascii_only) for line in re.findall(r"[^\n]*\n|[^\n]+\Z", text)]
    return f"{style['open']}{style['between'].join(lines)}{style['close']}"
