"""Two editions of a text side by side: which files belong together, and the blocks of each with their evidence.

1. ``pairs_of_files``, ``pairs_of_trees``, ``pairs_of_table`` say which file is whose translation.
2. ``blocks`` are those of a document, ``page_blocks`` those of a web page.

Code, display math, labels and pictures are no blocks; what stands between two blocks is evidence.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sphinx_amts.align import pages
from sphinx_amts.align.evidence import Evidence, evidence, lines_between
from sphinx_amts.align.limits import too_much
from sphinx_amts.document.inline import Grammar
from sphinx_amts.document.reader import Document
from sphinx_amts.document.segments import segments
from sphinx_amts.document.units import pieces
from sphinx_amts.errors import ConfigError
from sphinx_amts.model import Gap, Kind, Segment, Unit

__all__ = [
    "Bitext",
    "Block",
    "Files",
    "Problem",
    "Side",
    "blocks",
    "page_blocks",
    "pairs_of_files",
    "pairs_of_table",
    "pairs_of_trees",
    "texts_of",
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
    """A text and its translation; ``is_paired`` where the blocks at the same place are known to be pairs."""

    source: Side
    target: Side
    is_paired: bool = False


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
            raise ConfigError("is no file" if path.exists() else "there is no such file", path=path, hint=hint)
    return [Files(str(source), str(target))]


def pairs_of_trees(
    source: Path, target: Path, origin_suffix: str = "", *, suffixes: Sequence[str] = SUFFIXES
) -> tuple[list[Files], list[Problem]]:
    """Files at the same place in two trees; what has no counterpart is a problem.

    With ``origin_suffix`` the source of ``name.md`` is ``name_origin.md``; both may stand in one tree.
    """
    found: list[Files] = []
    problems: list[Problem] = []
    theirs = set(texts_of(target, suffixes))
    for path in texts_of(source, suffixes):
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
            problems.append(Problem(str(source / path), f"has no translation: there is no file {target / other}"))
    for path in sorted(theirs):
        name = PurePosixPath(path)
        if not origin_suffix or not name.stem.endswith(origin_suffix):
            wanted = source / name.with_name(f"{name.stem}{origin_suffix}{name.suffix}")
            problems.append(Problem(str(target / path), f"has no source: there is no file {wanted}"))
    return found, problems


def pairs_of_table(table: Path) -> tuple[list[Files], list[Problem]]:
    """Pairs of paths out of a CSV file, relative to it; a row that is no pair is a problem.

    Raises ConfigError where the table cannot be read.
    """
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except (OSError, ValueError, csv.Error) as error:
        hint = "A table is a CSV file in UTF-8: a source file and a target file in each line."
        raise ConfigError(f"this table of pairs cannot be read: {error}", path=table, hint=hint) from None
    found, problems = [], []
    for line, row in rows:
        if not any(row):
            continue
        if len(row) != 2 or not all(row) or "\0" in "".join(row):
            what = f"{len(row)} columns, not 2" if len(row) != 2 else "one of the two is no path"
            problems.append(Problem(f"{table}:{line}", f"{what}; a row has a source file and a target file"))
            continue
        source, target = (table.parent / cell for cell in row)
        if line == 1 and not source.exists() and not target.exists() and not source.suffix:
            continue  # the names of the columns
        found.append(Files(str(source), str(target)))
    return found, problems


def texts_of(tree: Path, suffixes: Sequence[str] = SUFFIXES) -> Iterator[str]:
    """The files with one of these suffixes, in order, relative to the tree; none that is hidden or private."""
    for path in sorted(tree.rglob("*")):
        relative = path.relative_to(tree)
        if (
            path.suffix in suffixes
            and path.is_file()
            and not any(part.startswith((".", "_")) for part in relative.parts)
        ):
            yield relative.as_posix()


_LEFT_OUT = frozenset({Kind.METADATA, Kind.ALT, Kind.CAPTION})


def blocks(document: Document, grammar: Grammar, language: str, *, captions: bool = False) -> tuple[Block, ...]:
    """The blocks of a document; ``captions`` of figures and code cells too, if asked for."""
    parts = list(pieces(document.flat.text, document.units))
    return tuple(_blocks(parts, document.flat.text, grammar, language, captions))


def page_blocks(path: Path, language: str) -> tuple[Block, ...] | str:
    """The blocks of a web page, or why there are none; they have no lines."""
    found = list(pages.texts(path.read_bytes()))
    if not found:
        return "has no text that could be found; give its text instead"
    if why := too_much("\n\n".join(each.text for each in found)):
        return why
    return tuple(
        _block(number, 0, pages.sentences(each, language), each.kind, each.before, each.after)
        for number, each in enumerate(found)
    )


def _blocks(parts: Sequence[Gap | Unit], text: str, grammar: Grammar, language: str, captions: bool) -> Iterable[Block]:
    number = -1
    for at, unit in enumerate(parts):
        if not isinstance(unit, Unit):
            continue
        number += 1
        if not unit.text.strip() or (unit.kind in _LEFT_OUT and not (captions and unit.kind is Kind.CAPTION)):
            continue
        before, after = (text[gap.span.start : gap.span.end] for gap in (parts[at - 1], parts[at + 1]))
        sentences = segments(unit.text, grammar, language)
        yield _block(number, unit.line, sentences, _kind(unit, before), before, after)


def _block(number: int, line: int, sentences: tuple[Segment, ...], kind: str, before: str, after: str) -> Block:
    """A block with its evidence; ``before`` and ``after`` are what stands around it."""
    masked = " ".join(each.masked for each in sentences)
    codes = tuple(code for each in sentences for code in each.codes)
    around = [*lines_between(before, "b"), *lines_between(after, "a")]
    return Block(number, line, sentences, evidence(masked, codes, kind=kind, more=around))


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
