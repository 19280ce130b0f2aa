"""Web pages: the main text of HTML, paragraph by paragraph.

What is text and what is menu, footer or advertisement is for trafilatura to say; it is asked for what it finds without
guesses from other libraries, so that a page always gives the same text.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from sphinx_amts.document.inline import Grammar, InlineSpan
from sphinx_amts.document.segments import segments
from sphinx_amts.model import Segment

__all__ = ["SUFFIXES", "PageText", "is_page", "sentences", "texts"]

SUFFIXES = (".html", ".htm")


@dataclass(frozen=True, slots=True)
class PageText:
    """A paragraph, a title, an item or a cell; with the code that stands before and after it."""

    kind: str
    text: str
    codes: tuple[InlineSpan, ...]
    before: str = ""
    after: str = ""


def is_page(path: Path) -> bool:
    """Whether a file is a web page, of which only the main text counts."""
    return path.suffix.lower() in SUFFIXES


@dataclass(frozen=True, slots=True)
class _Known:
    """The part of a grammar that finds codes, for a text whose codes are known."""

    codes: tuple[InlineSpan, ...]

    def spans(self, text: str) -> tuple[InlineSpan, ...]:
        return self.codes


def sentences(text: PageText, language: str) -> tuple[Segment, ...]:
    """The sentences of a text of a page."""
    return segments(text.text, cast(Grammar, _Known(text.codes)), language)


def texts(raw: bytes) -> Iterator[PageText]:
    """The texts of a page, in its order; nothing where there is none, or no HTML."""
    from trafilatura import bare_extraction
    from trafilatura.settings import DEFAULT_CONFIG

    # It takes a short page for a failure, and gives all that stands there as one text.
    short = copy.deepcopy(DEFAULT_CONFIG)
    short["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "1"
    found: Any = bare_extraction(
        _decoded(raw),
        fast=True,
        favor_recall=True,
        include_comments=False,
        include_formatting=True,
        prune_xpath=_HEADER_LINKS,
        config=short,
    )
    parts: list[PageText | str] = list(_walk(found.body, "paragraph")) if found is not None else []
    for at, part in enumerate(parts):
        if isinstance(part, PageText):
            yield replace(part, before=_code(parts[at - 1 : at]), after=_code(parts[at + 1 : at + 2]))


def _code(parts: Sequence[PageText | str]) -> str:
    return "".join(part for part in parts if isinstance(part, str))


_HEADER_LINKS = "//a[contains(concat(' ', @class, ' '), ' headerlink ')]"
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_-]+)", re.IGNORECASE)


def _decoded(raw: bytes) -> str:
    """As UTF-8, else as the page says of itself."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        charset = _CHARSET.search(raw[:4096])
    try:
        return raw.decode(charset[1].decode() if charset else "utf-8", "replace")
    except LookupError:
        return raw.decode("utf-8", "replace")


_KINDS = {"p": "", "head": "title", "item": "item", "cell": "cell", "quote": "", "list": "", "table": "", "row": ""}
"""What stands on its own, and its kind, if it has one; all else is part of a line."""
_LEFT_OUT = frozenset({"graphic", "figure"})
_FORMULA = re.compile(r"\\\(.+?\\\)|\\\[.+?\\\]", re.DOTALL)


@dataclass(slots=True)
class _Line:
    """A text that grows; runs of white space are one blank."""

    text: str = ""
    codes: list[InlineSpan] = field(default_factory=list)

    def add(self, text: str | None, kind: str = "") -> None:
        text = re.sub(r"\s+", " ", text or "")
        text = text.lstrip() if not self.text or self.text.endswith(" ") else text
        start, self.text = len(self.text), self.text + text
        if kind and text:
            self.codes.append(InlineSpan(kind, start, len(self.text)))
        elif not kind:
            found = _FORMULA.finditer(text)
            self.codes += [InlineSpan("math", start + each.start(), start + each.end()) for each in found]

    def taken(self, kind: str) -> Iterator[PageText]:
        """What there is, if it says something; the line is empty then."""
        text, codes = self.text.rstrip(), tuple(self.codes)
        self.text, self.codes = "", []
        if any(letter.isalnum() for letter in text):
            yield PageText(kind, text, tuple(replace(each, end=min(each.end, len(text))) for each in codes))


def _walk(element: Any, kind: str) -> Iterator[PageText | str]:
    """The texts of an element, with blocks of code as strings between them."""
    line = _Line()
    yield from _inside(element, kind, line)
    yield from line.taken(kind)


def _inside(element: Any, kind: str, line: _Line) -> Iterator[PageText | str]:
    line.add(element.text)
    for child in element:
        if child.tag == "code" and (element.tag in ("body", "quote") or "\n" in "".join(child.itertext())):
            yield from line.taken(kind)
            yield "".join(child.itertext())
        elif child.tag == "code":
            line.add("".join(child.itertext()), "literal")
        elif child.tag in _KINDS:
            yield from line.taken(kind)
            yield from _walk(child, _kind(child) or kind)
        elif child.tag == "lb":
            line.add(" ")
        elif child.tag not in _LEFT_OUT:
            yield from _inside(child, kind, line)
        line.add(child.tail)


def _kind(element: Any) -> str:
    depth = str(element.get("rend", "")).lstrip("h") if element.tag == "head" else ""
    return _KINDS[element.tag] + depth
