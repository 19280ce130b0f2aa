"""Pairs that others made: TMX 1.4 files, and CSV and TSV tables as Amazon Translate takes them.

Files from elsewhere are not trusted: no entity is expanded, no DTD is read, nothing is fetched, and nesting and
lengths have an end.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from sphinx_amts.errors import ConfigError
from sphinx_amts.locales import same
from sphinx_amts.pairs.elements import Item

__all__ = ["Tu", "column_of", "nearest", "read", "units"]

_DEEPEST = 50
_LONGEST = 100_000
"""Characters of one text: a sentence or a paragraph never comes near."""
_LONGEST_LINE = 20 * _LONGEST
_CHUNK = 1 << 16
_LONGEST_TAG = 1 << 20
_CODES = ("bpt", "ept", "ph", "it", "ut")
"""The elements of a segment that stand for codes; ``hi`` only marks a text."""
_SCRIPTS = {"zh_hans": "zh_cn", "zh_hant": "zh_tw"}


def read(path: str | Path, source_language: str, target_language: str) -> Iterator[tuple[str, str]]:
    """Each pair of source and target text of a ``.tmx``, ``.csv`` or ``.tsv`` file, in the file's order.

    Texts are not masked; markup inside a TMX segment is kept as text.  ``zh`` finds ``zh-CN``.  A pair with an empty
    side is skipped.  Raises ``ConfigError`` with file and line when the file cannot be read, is damaged or hostile, or
    does not have both languages; what came before may already have been given.
    """
    path = Path(path)
    readers = {".tmx": _texts, ".csv": _table, ".tsv": _table}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise ConfigError("not a kind of file that pairs are read from", path=path, hint="Known: .tmx, .csv, .tsv")
    with _readable(path):
        yield from reader(path, source_language, target_language)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """What the system says against reading a file, in one message."""
    try:
        yield
    except OSError as why:
        raise ConfigError(f"cannot be read: {why.strerror or why}", path=path) from why


@dataclass(frozen=True, slots=True)
class Tu:
    """A translation unit: its two segments, its properties, and the tool that wrote the file."""

    source: tuple[Item, ...]
    target: tuple[Item, ...]
    properties: Mapping[str, str]
    tool: str


def units(path: Path, source: str, target: str) -> Iterator[Tu]:
    """Each translation unit of a TMX file that has both languages; raises as ``read`` does."""
    tmx = _Tmx(path, source, target)
    with _readable(path), path.open("rb") as file:
        while not tmx.finished:
            tmx.feed(file.read(_CHUNK))
            yield from tmx.units
            tmx.units.clear()
    if tmx.given == 0 and tmx.languages:
        _no_pair(path, source, target, tmx.languages)


def _texts(path: Path, source: str, target: str) -> Iterator[tuple[str, str]]:
    for unit in units(path, source, target):
        yield _text(unit.source), _text(unit.target)


def _text(items: Sequence[Item]) -> str:
    return "".join(item.text for item in items).strip()


def _no_pair(path: Path, source: str, target: str, languages: set[str]) -> NoReturn:
    raise ConfigError(
        f"has no pair of {source!r} and {target!r}", path=path, hint=f"Its languages: {', '.join(sorted(languages))}"
    )


@dataclass(slots=True)
class _Tmx:
    """Reads TMX piece by piece: ``feed`` puts complete translation units into ``units``."""

    path: Path
    source: str
    target: str
    units: list[Tu] = field(default_factory=list)
    languages: set[str] = field(default_factory=set)
    given: int = 0
    finished: bool = False
    _open: list[str] = field(default_factory=list)
    _tool: str = ""
    _segments: dict[str, tuple[Item, ...]] = field(default_factory=dict)
    _properties: dict[str, str] = field(default_factory=dict)
    _property: str = ""
    _language: str = ""
    _items: list[Item] = field(default_factory=list)
    _code: Item | None = None
    _text: list[str] | None = None
    """Of the segment or the property that is open."""
    _length: int = 0
    _fed: int = 0
    _parser: expat.XMLParserType = field(default_factory=expat.ParserCreate)

    def __post_init__(self) -> None:
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.EntityDeclHandler = self._entity
        self._parser.SkippedEntityHandler = self._skipped
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters

    def feed(self, data: bytes) -> None:
        """Read on; no data is the end of the file."""
        self.finished = not data
        self._fed += len(data)
        try:
            self._parser.Parse(data, self.finished)
        except expat.ExpatError as why:
            self._fail(f"damaged XML: {expat.ErrorString(why.code)}", why.lineno)
        except (LookupError, ValueError) as why:
            self._fail(f"its encoding is not known: {why}")
        # The parser starts an unfinished tag over with each piece.
        if self._fed - self._parser.CurrentByteIndex > _LONGEST_TAG:
            self._fail(f"a tag or comment is longer than {_LONGEST_TAG} bytes")

    def _fail(self, message: str, line: int = 0) -> NoReturn:
        raise ConfigError(message, path=self.path, line=line or self._parser.CurrentLineNumber)

    def _doctype(self, name: str, system: str | None, public: str | None, internal: int) -> None:
        # TMX files name their DTD as a matter of course; it is never read.  One inside the file is an attack.
        if internal:
            self._fail("declares a document type inside the file; such files are not read")

    def _entity(self, *_: object) -> None:
        self._fail("declares an XML entity; such files are not read")

    def _skipped(self, name: str, is_parameter: bool) -> None:
        self._fail(f"uses the XML entity {name!r}, which is not defined")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._open and name != "tmx":
            self._fail(f"is not TMX: its first element is {name!r}")
        self._open.append(name)
        if len(self._open) > _DEEPEST:
            self._fail(f"elements are nested more than {_DEEPEST} deep")
        match name:
            case "header":
                self._tool = attributes.get("creationtool", "")
            case "tu":
                self._segments, self._properties = {}, {}
            case "tuv":
                self._language = attributes.get("xml:lang") or attributes.get("lang") or ""
                self.languages.add(self._language)
            case "prop" if self._open[-2:-1] == ["tu"]:
                self._property, self._text, self._length = attributes.get("type", ""), [], 0
            case "seg" if self._open[-2:-1] == ["tuv"]:
                self._items, self._text, self._length = [], [], 0
            case _ if name in _CODES and self._text is not None and "seg" in self._open:
                self._begin_code(name, attributes)

    def _begin_code(self, name: str, attributes: dict[str, str]) -> None:
        """What an element holds follows; codes do not nest but in ``sub``, whose text is the outer code's."""
        if sum(other in _CODES for other in self._open) == 1:
            self._close_item()
            x = attributes.get("x", "")
            self._code = Item("", name, attributes.get("i", ""), x, attributes.get("type", ""))

    def _close_item(self) -> None:
        """Put what was read since the last element into the segment."""
        text = "".join(self._text or ())
        self._text = []
        if self._code is not None:
            self._items.append(replace(self._code, text=text))
            self._code = None
        elif text:
            self._items.append(Item(text))

    def _characters(self, text: str) -> None:
        if self._text is None:
            return
        self._length += len(text)
        if self._length > _LONGEST:
            self._fail(f"a text is longer than {_LONGEST} characters")
        self._text.append(text)

    def _end(self, name: str) -> None:
        self._open.pop()
        if name == "seg" and self._text is not None and self._open[-1:] == ["tuv"]:
            self._close_item()
            self._segments.setdefault(self._language, tuple(self._items))
            self._text = None
        elif name == "prop" and self._text is not None and self._open[-1:] == ["tu"]:
            self._properties[self._property] = "".join(self._text)
            self._text = None
        elif name in _CODES and self._code is not None and not any(other in _CODES for other in self._open):
            self._close_item()
        elif name == "tu":
            source, target = self._best(self.source), self._best(self.target)
            if _text(source) and _text(target):
                self.units.append(Tu(source, target, self._properties, self._tool))
                self.given += 1

    def _best(self, wanted: str) -> tuple[Item, ...]:
        """The segment in a language, or nothing."""
        found = nearest(wanted, list(self._segments))
        return () if found is None else self._segments[found]


def _table(path: Path, source: str, target: str) -> Iterator[tuple[str, str]]:
    """A table whose first row has the languages, its first column the source."""
    dialect = "excel-tab" if path.suffix.lower() == ".tsv" else "excel"
    column, languages = None, []
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(_lines(file.readline), dialect=dialect, strict=True)
        try:
            for row in rows:
                if not any(row):
                    continue
                if column is None:
                    languages = [language.strip() for language in row]
                    column = column_of(path, languages, source, target)
                    continue
                if len(row) != len(languages):
                    raise csv.Error(f"{len(row)} columns where the first row has {len(languages)}")
                if max(map(len, row)) > _LONGEST:
                    raise csv.Error(f"a text is longer than {_LONGEST} characters")
                if row[0].strip() and row[column].strip():
                    yield row[0].strip(), row[column].strip()
        except csv.Error as why:
            raise ConfigError(f"damaged table: {why}", path=path, line=rows.line_num) from why
        except UnicodeDecodeError as why:
            raise ConfigError("not UTF-8", path=path, line=_broken_line(path)) from why
    if column is None:
        raise ConfigError("is empty", path=path, hint="Row 1 holds the language codes, column 1 the source.")


def _lines(readline: Callable[[int], str]) -> Iterator[str]:
    """The lines, as long as they are text and have an end."""
    while line := readline(_LONGEST_LINE + 1):
        if "\0" in line:
            raise csv.Error("it contains NUL")
        if len(line) > _LONGEST_LINE:
            raise csv.Error(f"a line is longer than {_LONGEST_LINE} characters")
        yield line


def _broken_line(path: Path) -> int:
    """The first line that is not UTF-8.  The decoder reads ahead, so its own position says little."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 0


def column_of(path: Path, languages: list[str], source: str, target: str) -> int:
    """Where the target stands; raises ``ConfigError`` if the table does not have both languages."""
    if not _closeness(source, languages[0]):
        raise ConfigError(
            f"the first column must hold the source language {source!r}, not {languages[0][:40]!r}",
            path=path,
            line=1,
            hint="Row 1 holds the language codes, column 1 the source.",
        )
    found = nearest(target, languages[1:])
    if found is None:
        _no_pair(path, source, target, set(languages))
    return languages.index(found, 1)


def nearest(wanted: str, languages: list[str]) -> str | None:
    """The language of a file that is meant by a code: itself, another spelling, a region; the first of equals."""
    return max(
        (one for one in languages if _closeness(wanted, one)), key=lambda one: _closeness(wanted, one), default=None
    )


def _closeness(wanted: str, given: str) -> int:
    """3 the same code, 2 the same language to us, 1 one of them names a region that the other leaves open, 0 none."""
    a, b = _spelling(wanted), _spelling(given)
    if not a or not b:
        return 0
    if a == b:
        return 3
    try:
        if same(a, b):
            return 2
    except ConfigError:
        pass
    return int(a.startswith(f"{b}_") or b.startswith(f"{a}_"))


def _spelling(code: str) -> str:
    code = re.sub("[-@]", "_", code.strip().lower())
    return _SCRIPTS.get(code, code)
