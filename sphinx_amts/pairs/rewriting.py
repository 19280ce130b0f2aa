"""Other targets in a file of pairs; everything else stays as it is, byte for byte."""

from __future__ import annotations

import codecs
import csv
import html
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NoReturn
from xml.parsers import expat
from xml.sax.saxutils import escape

from sphinx_amts.errors import ConfigError
from sphinx_amts.pairs.tmx import column_of, nearest

__all__ = ["rewritten"]

_CODES = ("bpt", "ept", "it", "ph", "sub", "ut")
"""What in a segment is no prose."""


def rewritten(path: Path, source: str, target: str, change: Callable[[str], str]) -> bytes:
    """The bytes of a ``.tmx``, ``.csv`` or ``.tsv`` file with its targets as ``change`` has them.

    In TMX ``change`` is given the texts between inline elements.  Raises ConfigError for a file that is damaged or not UTF-8.
    """
    try:
        raw = path.read_bytes()
        raw.decode("utf-8")
    except OSError as why:
        raise ConfigError(f"cannot be read: {why.strerror or why}", path=path) from why
    except UnicodeDecodeError:
        raise ConfigError("not UTF-8", path=path, hint="Save it as UTF-8.") from None
    return (_tmx if path.suffix.lower() == ".tmx" else _table)(raw, path, source, target, change)


def _table(raw: bytes, path: Path, source: str, target: str, change: Callable[[str], str]) -> bytes:
    mark = codecs.BOM_UTF8 if raw.startswith(codecs.BOM_UTF8) else b""
    lines = list(io.StringIO(raw.removeprefix(mark).decode("utf-8"), newline=""))
    dialect = "excel-tab" if path.suffix.lower() == ".tsv" else "excel"
    rows = csv.reader(lines, dialect=dialect, strict=True)
    column, at = None, 0
    written: list[str] = []
    try:
        for row in rows:
            own, at = lines[at : rows.line_num], rows.line_num
            if any(row) and column is None:
                column = column_of(path, [language.strip() for language in row], source, target)
            elif any(row) and column is not None and len(row) > column and (new := change(row[column])) != row[column]:
                own = [_row(row, column, new, own, dialect)]
            written += own
    except csv.Error as why:
        raise ConfigError(f"damaged table: {why}", path=path, line=rows.line_num) from why
    return mark + "".join(written).encode("utf-8")


def _row(row: Sequence[str], column: int, new: str, before: Sequence[str], dialect: str) -> str:
    """A row with a new field, in the manner of its lines."""
    end = before[-1][len(before[-1].rstrip("\r\n")) :]
    fields = [*row[:column], new, *row[column + 1 :]]
    if _written(row, end, dialect, csv.QUOTE_MINIMAL) == "".join(before):
        return _written(fields, end, dialect, csv.QUOTE_MINIMAL)
    return _written(fields, end, dialect, csv.QUOTE_ALL)


def _written(fields: Sequence[str], end: str, dialect: str, quoting: Literal[0, 1]) -> str:
    text = io.StringIO()
    csv.writer(text, dialect=dialect, quoting=quoting, lineterminator=end).writerow(fields)
    return text.getvalue()


def _tmx(raw: bytes, path: Path, source: str, target: str, change: Callable[[str], str]) -> bytes:
    written, at = [], 0
    for start, end in _Targets(path, target).spans(raw):
        before = html.unescape(raw[start:end].decode("utf-8"))
        if (after := change(before)) != before:
            written += [raw[at:start], escape(after).encode("utf-8")]
            at = end
    return b"".join([*written, raw[at:]])


@dataclass(slots=True)
class _Targets:
    """Finds where in a TMX file the texts of targets stand."""

    path: Path
    target: str
    _found: list[tuple[int, int]] = field(default_factory=list)
    _texts: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)
    _language: str = ""
    _start: int | None = None
    _parser: expat.XMLParserType = field(default_factory=expat.ParserCreate)

    def spans(self, raw: bytes) -> Iterator[tuple[int, int]]:
        """Start and end of each text, in bytes, in the order of the file."""
        parser = self._parser
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        try:
            parser.Parse(raw, True)
        except expat.ExpatError as why:
            self._fail(f"damaged XML: {expat.ErrorString(why.code)}", why.lineno)
        yield from sorted(span for span in self._found if b"<" not in raw[slice(*span)])  # no comment, no CDATA

    def _fail(self, message: str, line: int = 0) -> NoReturn:
        raise ConfigError(message, path=self.path, line=line or self._parser.CurrentLineNumber)

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding and encoding.lower().replace("_", "-") != "utf-8":
            self._fail(f"says that it is {encoding}, and is UTF-8")

    def _doctype(self, name: str, system: str | None, public: str | None, internal: int) -> None:
        if internal:
            self._fail("declares a document type inside the file; such files are not read")

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._close()
        self._open.append(name)
        if name == "tu":
            self._texts = {}
        elif name == "tuv":
            self._language = attributes.get("xml:lang") or attributes.get("lang") or ""

    def _characters(self, text: str) -> None:
        if self._start is None and "seg" in self._open and not set(_CODES).intersection(self._open):
            self._start = self._parser.CurrentByteIndex

    def _end(self, name: str) -> None:
        self._close()
        self._open.pop()
        if name == "tu" and (best := nearest(self.target, list(self._texts))) is not None:
            self._found += self._texts[best]

    def _close(self) -> None:
        if self._start is not None:
            self._texts.setdefault(self._language, []).append((self._start, self._parser.CurrentByteIndex))
            self._start = None
