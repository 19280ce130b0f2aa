"""Two editions of a text side by side: which files belong together, and the blocks of each with their evidence.

1. ``pairs_of_files``, ``pairs_of_trees``, ``pairs_of_table`` say which file is whose translation.
2. ``read`` has Sphinx read them, and makes a ``Bitext`` of each pair.  What cannot be read is a ``Problem``: the rest
   goes on.

Code, display math, labels and pictures are no blocks; what stands between two blocks is evidence.
"""

from __future__ import annotations

import contextlib
import csv
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from sphinx_amts.align.evidence import Evidence, evidence, lines_between
from sphinx_amts.document.inline import Grammar
from sphinx_amts.document.opening import opened
from sphinx_amts.document.reader import Book, Document
from sphinx_amts.document.segments import segments
from sphinx_amts.document.units import pieces
from sphinx_amts.errors import AmtsError, ConfigError
from sphinx_amts.model import Gap, Kind, Segment, Unit

__all__ = [
    "Bitext",
    "Block",
    "Files",
    "Problem",
    "Side",
    "blocks",
    "pairs_of_files",
    "pairs_of_table",
    "pairs_of_trees",
    "read",
]

SUFFIXES = (".md", ".rst", ".ipynb", ".txt")


@dataclass(frozen=True, slots=True)
class Block:
    """A unit of prose: its number among the units of its file, its sentences, and what the aligner knows of it."""

    number: int
    line: int
    sentences: tuple[Segment, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Side:
    """A file with its blocks; ``path`` is as it is shown to people."""

    path: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Bitext:
    """A text and its translation."""

    source: Side
    target: Side


@dataclass(frozen=True, slots=True)
class Problem:
    """A file, or a pair of files, that is left out, and why."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Files:
    """A file and its translation: relative to ``source_tree`` and ``target_tree``; no tree stands for a file alone."""

    source: str
    target: str
    source_tree: Path | None = None
    target_tree: Path | None = None

    @property
    def source_path(self) -> Path:
        return (self.source_tree or Path()) / self.source

    @property
    def target_path(self) -> Path:
        return (self.target_tree or Path()) / self.target


def pairs_of_files(source: Path, target: Path) -> list[Files]:
    """One pair; raises ConfigError where one of them is no file."""
    for path in (source, target):
        if not path.is_file():
            hint = "Give two files, or two directories with the same files in them."
            raise ConfigError("there is no such file", path=path, hint=hint)
    return [Files(str(source), str(target))]


def pairs_of_trees(source: Path, target: Path, origin_suffix: str = "") -> tuple[list[Files], list[Problem]]:
    """Files at the same place in two trees; what has no counterpart is a problem.

    With ``origin_suffix`` the source of ``name.md`` is ``name_origin.md``; both may stand in one tree.
    """
    found: list[Files] = []
    problems: list[Problem] = []
    theirs = set(_texts(target))
    for path in _texts(source):
        name = PurePosixPath(path)
        if origin_suffix and not name.stem.endswith(origin_suffix):
            continue
        other = (
            name.with_name(name.stem.removesuffix(origin_suffix) + name.suffix).as_posix() if origin_suffix else path
        )
        if other in theirs:
            theirs.discard(other)
            found.append(Files(path, other, source, target))
        else:
            problems.append(Problem(str(source / path), "has no translation"))
    problems += [
        Problem(str(target / path), "has no source")
        for path in sorted(theirs)
        if not origin_suffix or not PurePosixPath(path).stem.endswith(origin_suffix)
    ]
    return found, problems


def pairs_of_table(table: Path) -> list[Files]:
    """Pairs of paths out of a CSV file, relative to it; raises ConfigError where it cannot be read."""
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file) if any(cell.strip() for cell in row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"this table of pairs cannot be read: {error}", path=table) from None
    found = []
    for line, row in enumerate(rows, 1):
        if len(row) != 2:
            hint = "Each line has a source file and a target file."
            raise ConfigError(f"{len(row)} columns, not 2", path=table, line=line, hint=hint)
        source, target = (table.parent / cell.strip() for cell in row)
        if line == 1 and not source.exists() and not target.exists() and not source.suffix:
            continue  # the names of the columns
        found.append(Files(str(source), str(target)))
    return found


def _texts(tree: Path) -> Iterator[str]:
    for path in sorted(tree.rglob("*")):
        relative = path.relative_to(tree)
        if (
            path.suffix in SUFFIXES
            and path.is_file()
            and not any(part.startswith((".", "_")) for part in relative.parts)
        ):
            yield relative.as_posix()


_LARGEST = 5_000_000
_MOST_LINES = 200_000
_LONGEST_PARAGRAPH = 200_000
_EMPTY = "is empty"


def unreadable(path: Path) -> str | None:
    """Why a file is left out, if it is: nothing of it would be worth aligning, or reading it would take for ever."""
    if not path.is_file():
        return "there is no such file"
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= 20 * _LARGEST else b"\n"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if not raw.strip():
        return _EMPTY if size <= 20 * _LARGEST else f"has {size:,} bytes: too large"
    if b"\0" in raw:
        return "is no text"
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return f"is not UTF-8 (line {line})"
    if path.suffix == ".ipynb":
        return None
    lines = text.count("\n")
    if size > _LARGEST or lines > _MOST_LINES:
        return f"has {lines:,} lines and {size:,} bytes: too large; cut it into chapters"
    longest = max(map(len, re.split(r"\n[ \t]*\n", text)))
    if longest > _LONGEST_PARAGRAPH:
        return f"has a paragraph of {longest:,} characters: too long"
    return None


@dataclass(frozen=True, slots=True)
class _Reading:
    """Files of one tree that are to be read, with their languages."""

    tree: Path
    captions: bool
    jobs: int
    paths: dict[str, str] = field(default_factory=dict)


def read(
    files: Sequence[Files],
    source_language: str,
    target_language: str,
    *,
    captions: bool = False,
    jobs: int = 1,
    executor: Executor | None = None,
) -> tuple[list[Bitext], list[Problem]]:
    """The bitexts of pairs of files, in their order.

    Trees are read with the configuration that they hold, files alone as MyST or reST.  ``executor`` reads several
    trees at once, and keeps Sphinx out of this process; one tree is read by so many ``jobs``.
    """
    problems: list[Problem] = []
    good = []
    for pair in files:
        why = [(path, unreadable(path)) for path in (pair.source_path, pair.target_path)]
        problems += [Problem(str(path), message) for path, message in why if message]
        if not any(message for _, message in why):
            good.append(pair)
    with tempfile.TemporaryDirectory(prefix="sphinx-amts-") as place:
        placed = [_placed(pair, number, Path(place)) for number, pair in enumerate(good)]
        trees = {tree for pair in placed for tree in (pair.source_tree, pair.target_tree) if tree}
        work = {tree: _Reading(tree, captions, jobs if len(trees) == 1 else 1) for tree in sorted(trees)}
        for pair in placed:
            for tree, path, language in (
                (pair.source_tree, pair.source, source_language),
                (pair.target_tree, pair.target, target_language),
            ):
                assert tree is not None
                work[tree].paths[path] = language
        several = executor.map if executor else map
        read_at = dict(zip(work, several(_read, work.values()), strict=True))
    found = []
    for pair, shown in zip(placed, good, strict=True):
        sides = (
            read_at[pair.source_tree].get(pair.source),  # type: ignore[index]
            read_at[pair.target_tree].get(pair.target),  # type: ignore[index]
        )
        paths = str(shown.source_path), str(shown.target_path)
        missing = [
            Problem(path, str(side or "was not read"))
            for path, side in zip(paths, sides, strict=True)
            if not isinstance(side, tuple)
        ]
        problems += missing
        if not missing:
            found.append(Bitext(Side(paths[0], sides[0]), Side(paths[1], sides[1])))  # type: ignore[arg-type]
    return found, problems


def _placed(pair: Files, number: int, place: Path) -> Files:
    """A pair whose files stand in a tree: files alone are copied into one of their own."""
    if pair.source_tree and pair.target_tree:
        return pair
    names = []
    for folder, path in (("source", pair.source_path), ("target", pair.target_path)):
        suffix = ".md" if path.suffix == ".txt" else path.suffix
        name = f"{number:06}{suffix}"
        (place / folder).mkdir(exist_ok=True)
        shutil.copyfile(path, place / folder / name)
        names.append(name)
    return Files(names[0], names[1], place / "source", place / "target")


def _read(reading: _Reading) -> dict[str, tuple[Block, ...] | str]:
    """The blocks of each file of a tree, or why there are none."""
    bad = [path for path in _texts(reading.tree) if unreadable(reading.tree / path) not in (None, _EMPTY)]
    try:
        with _readable(reading.tree, bad) as tree, opened(tree, parallel=reading.jobs) as book:
            known = set(book.paths())
            return {path: _one(book, path, reading) if path in known else _NO_DOCUMENT for path in reading.paths}
    except AmtsError as error:
        return dict.fromkeys(reading.paths, f"was not read: {error}")


_NO_DOCUMENT = "is no document of its book"


def _one(book: Book, path: str, reading: _Reading) -> tuple[Block, ...] | str:
    try:
        document = book.document(path)
        return blocks(document, book.grammar(document), reading.paths[path], captions=reading.captions)
    except AmtsError as error:
        return f"was not read: {error}"


_STAND_IN = {".ipynb": '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', ".rst": "-\n"}


@contextlib.contextmanager
def _readable(tree: Path, bad: Sequence[str]) -> Iterator[Path]:
    """The tree, or a copy of it in which something harmless stands for what Sphinx must not see."""
    if not bad:
        yield tree
        return
    with tempfile.TemporaryDirectory(prefix="sphinx-amts-") as place:
        copy = Path(place) / tree.resolve().name
        shutil.copytree(tree, copy, ignore=lambda folder, names: [n for n in names if _rest(tree, folder, n) in bad])
        for path in bad:
            (copy / path).write_text(_STAND_IN.get(PurePosixPath(path).suffix, "-\n"), encoding="utf-8")
        yield copy


def _rest(tree: Path, folder: str, name: str) -> str:
    return (Path(folder) / name).relative_to(tree).as_posix()


_LEFT_OUT = frozenset({Kind.METADATA, Kind.ALT, Kind.CAPTION})


def blocks(document: Document, grammar: Grammar, language: str, *, captions: bool = False) -> tuple[Block, ...]:
    """The blocks of a document; ``captions`` of figures and code cells too, if asked for."""
    parts = list(pieces(document.flat.text, document.units))
    return tuple(_blocks(parts, document.flat.text, grammar, language, captions))


def _blocks(parts: Sequence[Gap | Unit], text: str, grammar: Grammar, language: str, captions: bool) -> Iterable[Block]:
    number = -1
    for at, unit in enumerate(parts):
        if not isinstance(unit, Unit):
            continue
        number += 1
        if not unit.text.strip() or (unit.kind in _LEFT_OUT and not (captions and unit.kind is Kind.CAPTION)):
            continue
        before, after = (text[gap.span.start : gap.span.end] for gap in (parts[at - 1], parts[at + 1]))
        around = [*lines_between(before, "b"), *lines_between(after, "a")]
        sentences = segments(unit.text, grammar, language)
        masked = " ".join(each.masked for each in sentences)
        codes = tuple(code for each in sentences for code in each.codes)
        yield Block(number, unit.line, sentences, evidence(masked, codes, kind=_kind(unit, before), more=around))


_HEADING = re.compile(r"(#+)[ \t]+\Z")
_ITEM = re.compile(r"(?:^|\n)[ \t>]*(?:[-*+]|[0-9#a-zA-Z][.)])[ \t]+\Z")


def _kind(unit: Unit, before: str) -> str:
    """The kind of a block with its depth."""
    if unit.kind is Kind.TITLE:
        heading = _HEADING.search(before)
        return f"title{len(heading[1])}" if heading else f"title{unit.prefix[-1:]}"
    if unit.kind is Kind.PARAGRAPH and _ITEM.search(before):
        return "item"
    return unit.kind.value
