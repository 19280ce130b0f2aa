"""The cells of a notebook, in a part of its flat text.

A cell stands there as JSON.  It is one line for a merge; inside, its source is code, its outputs and its count are one
value each, and the rest is lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sphinx_amts.document.flat import CLOSE, OPEN
from sphinx_amts.merge.code import Line, Token, code_lines, lines

__all__ = ["Cell", "is_sound", "joined", "notebook_lines"]

_MARK = re.compile(f"[{OPEN}{CLOSE}]")
_PLACES = {"source": "\ue005", "outputs": "\ue006", "execution_count": "\ue007"}
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_BLANK = re.compile(r"[ \t\r\n]*")
_TAIL = re.compile(r"(?P<comma>[ \t\r\n]*,)?(?P<end>[ \t]*\r?\n)?")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class Cell(Line):
    """A whole cell, with what stands before and behind it on its lines.  ``frame`` has marks where its values stand."""

    frame: str = field(default="", compare=False)
    values: dict[str, str] = field(default_factory=dict, compare=False)

    @cached_property
    def source(self) -> str:
        """Its code, as its reader sees it."""
        value = json.loads(self.values.get("source", '""'))
        return "".join(value) if isinstance(value, list) else value

    def source_line(self, number: int) -> int:
        """The line of the cell's JSON on which a line of its source stands."""
        before = _filled(self.frame.partition(_PLACES["source"])[0], self.values)
        is_spread = "\n" in self.values.get("source", "")
        return before.count("\n") + 1 + (number if is_spread else 0)

    def with_values(self, frame: str, source: str, outputs: str, count: str) -> Cell | None:
        """The cell with other contents, written as this one is; ``None`` where that would be no cell."""
        written = self.values.get("source", "") if source == self.source else _written(source, self.values["source"])
        values = {"source": written, "outputs": outputs, "execution_count": count}
        return _cell(_filled(frame, values))


def notebook_lines(text: str) -> list[Line]:
    """The lines of a part of a notebook; a whole cell is one."""
    found: list[Line] = []
    marks = list(_MARK.finditer(text))
    is_json = marks[0][0] == OPEN if marks else '"cell_type"' in text
    at = 0
    for mark in [*marks, None]:
        end = len(text) if mark is None else text.find("\n", mark.start()) + 1 if is_json else mark.start()
        end = end or len(text)
        found += _json(text[at:end]) if is_json else lines(text[at:end], ".md")
        at, is_json = end, not is_json
    return found


def is_sound(text: str) -> bool:
    """Whether a part of a notebook, from within a text to within a text or to the ends of the file, is JSON."""
    plain = re.sub(f"{OPEN}[^{CLOSE}]*{CLOSE}", '""', text)
    _, close, rest = plain.rpartition(CLOSE)
    plain = f'{{"cells": [{{"source": ""{rest}' if close else plain
    plain, opening, _ = plain.partition(OPEN)
    if not (close or opening or plain.lstrip().startswith("{")):
        return True
    try:
        json.loads(f'{plain}""}}]}}' if opening else plain)
    except (ValueError, RecursionError):
        return False
    return True


def joined(texts: list[str], cells: list[bool]) -> str:
    """Texts of lines as one, with the commas that cells need; ``cells`` says which of the texts are cells."""
    for index in range(len(texts) - 1):
        if cells[index] or cells[index + 1]:
            next_one = texts[index + 1].lstrip()[:1]
            body = texts[index].rstrip()
            space = texts[index][len(body) :]
            if next_one == "{" and body.endswith("}"):
                texts[index] = f"{body},{space}"
            elif next_one == "]" and body.endswith("},"):
                texts[index] = body[:-1] + space
    return "".join(texts)


def _json(text: str) -> Iterator[Line]:
    at = start = 0
    while start < len(text):
        if text[start] == '"':
            string = _STRING.match(text, start)
            start = string.end() if string else len(text)
        elif text[start] == "{" and (end := _inner_end(text, start)) is not None:
            begin = max(at, start - len(text[at:start]) + len(text[at:start].rstrip(" \t")))
            tail = _TAIL.match(text, end)
            assert tail is not None  # all of it is optional
            cell = _cell(text[begin : tail.end()])
            start = tail.end() if cell else end
            if cell is not None:
                yield from map(Line, text[at:begin].splitlines(keepends=True))
                yield cell
                at = start
        else:
            start += 1
    yield from map(Line, text[at:].splitlines(keepends=True))


def _inner_end(text: str, at: int) -> int | None:
    """Where an object ends that begins at an offset; ``None`` where it is open, or the notebook itself."""
    try:
        value, end = _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None
    return None if "cells" in value else end


def _cell(text: str) -> Cell | None:
    """A cell from its JSON with what stands around it; ``None`` where it is none."""
    start = text.find("{")
    try:
        value, _ = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or "cell_type" not in value:
        return None
    spans = {name: span for name, span in _values(text, start) if name in _PLACES}
    frame, values = text, {name: text[a:b] for name, (a, b) in spans.items()}
    for name, (a, b) in sorted(spans.items(), key=lambda item: -item[1][0]):
        frame = f"{frame[:a]}{_PLACES[name]}{frame[b:]}"
    return Cell(text, tuple(_tokens(value)), name=str(value.get("id", "")), frame=frame, values=values)


def _filled(frame: str, values: dict[str, str]) -> str:
    for name, place in _PLACES.items():
        frame = frame.replace(place, values.get(name, ""))
    return frame


def _values(text: str, at: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """The keys of an object, and where their values stand."""
    at = _skip(text, at + 1)
    while text[at] != "}":
        name, at = _DECODER.raw_decode(text, at)
        start = _skip(text, _skip(text, at) + 1)
        end = _DECODER.raw_decode(text, start)[1]
        yield name, (start, end)
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    assert blank is not None  # the pattern matches the empty string
    return blank.end()


def _tokens(value: dict[str, Any]) -> Iterator[Token]:
    source = value.get("source", "")
    for line in code_lines("".join(source) if isinstance(source, list) else str(source)):
        yield from line.tokens
        yield Token("code", "\n")


def _written(source: str, like: str) -> str:
    """A source as JSON, written as another one is."""
    is_ascii = like.isascii() and "\\u" in like
    strings = list(_STRING.finditer(like))
    if not like.startswith("["):
        return json.dumps(source, ensure_ascii=is_ascii)
    before, behind = ("[", "]") if not strings else (like[: strings[0].start()], like[strings[-1].end() :])
    between = like[strings[0].end() : strings[1].start()] if len(strings) > 1 else "," + before[1:]
    written = [json.dumps(line, ensure_ascii=is_ascii) for line in re.findall(r"[^\n]*\n|[^\n]+\Z", source)]
    return f"{before}{between.join(written)}{behind}" if written else "[]"
