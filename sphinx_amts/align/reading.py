"""Read pairs of files: Sphinx reads books and texts, an extraction library reads web pages, gettext's catalogues are pairs.

What cannot be read is a ``Problem``; the rest goes on.  Trees, web pages, catalogues and files alone are independent of each
other: any executor may read them side by side, on other machines too where they see the same files.
"""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path, PurePosixPath

from sphinx_amts.align.bilingual import Bitext, Block, Files, Problem, Side, blocks, page_blocks, texts_of
from sphinx_amts.align.catalogues import Catalogue, bitext_of, is_catalogue
from sphinx_amts.align.limits import EMPTY, too_many, unreadable
from sphinx_amts.align.pages import is_page
from sphinx_amts.align.workers import Lost, each
from sphinx_amts.document.opening import opened
from sphinx_amts.document.reader import Book
from sphinx_amts.errors import AmtsError, ConfigError

__all__ = ["read"]


@dataclass(frozen=True, slots=True)
class _Reading:
    """Files of one tree that are to be read, with their languages.

    Without a tree they are files alone: absolute paths, of which a tree is made where they are read.
    """

    tree: Path | None
    captions: bool
    jobs: int
    paths: dict[str, str] = field(default_factory=dict)


_Read = dict[str, tuple[Block, ...] | str]
"""The blocks of each file, or why there are none."""
_Place = tuple[str, str]
"""The reading that a file belongs to, and its path there."""
_TOGETHER = 100
"""Files alone that are read at once: to set Sphinx up for each of them would take longer than to read it."""


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

    Trees are read with the configuration that they hold, files alone as MyST or reST.  ``executor`` reads several trees
    and web pages at once, and keeps Sphinx out of this process; there are so many ``jobs`` for all trees together.
    Raises ConfigError where there are web pages, and nothing to read them with; WorkerError as ``each`` does.
    """
    good, problems = _sound(files)
    bitexts, unread = _catalogues(good, source_language, target_language, executor)
    problems += unread
    good = [pair for pair in good if not is_catalogue(pair.source_path)]
    places = [
        (_place(pair.source_tree, pair.source, "source", at), _place(pair.target_tree, pair.target, "target", at))
        for at, pair in enumerate(good)
    ]
    trees = {str(tree.resolve()) for pair in good for tree in (pair.source_tree, pair.target_tree) if tree is not None}
    work: dict[str, _Reading] = {}
    for sides in places:
        for (name, path), language in zip(sides, (source_language, target_language), strict=True):
            tree = Path(name) if name in trees else None
            work.setdefault(name, _Reading(tree, captions, max(jobs // max(len(trees), 1), 1))).paths[path] = language
    found = dict(zip(work, each(executor, _read, work.values()), strict=True))
    for pair, sides in zip(good, places, strict=True):
        left, right = (_part(found[name], path) for name, path in sides)
        paths = str(pair.source_path), str(pair.target_path)
        if isinstance(left, tuple) and isinstance(right, tuple):
            bitexts.append(Bitext(Side(paths[0], left), Side(paths[1], right)))
        problems += [
            Problem(path, side) for path, side in zip(paths, (left, right), strict=True) if isinstance(side, str)
        ]
    order = {str(pair.source_path): number for number, pair in enumerate(files)}
    return sorted(bitexts, key=lambda bitext: order[bitext.source.path]), list(dict.fromkeys(problems))


def _catalogues(
    files: Sequence[Files], source: str, target: str, executor: Executor | None
) -> tuple[list[Bitext], list[Problem]]:
    """The bitexts of those files that are catalogues."""
    paths = [pair.source_path for pair in files if is_catalogue(pair.source_path)]
    bitexts, problems = [], []
    found = each(executor, bitext_of, [Catalogue(path, source, target) for path in paths])
    for path, one in zip(paths, found, strict=True):
        if isinstance(one, Bitext):
            bitexts.append(one)
        else:
            problems.append(Problem(str(path), _LOST if isinstance(one, Lost) else one))
    return bitexts, problems


_LOST = "was not read: each process that tried to ended, for want of memory perhaps"


def _part(found: _Read | Lost, path: str) -> tuple[Block, ...] | str:
    return _LOST if isinstance(found, Lost) else found[path]


def _sound(files: Sequence[Files]) -> tuple[list[Files], list[Problem]]:
    """The pairs that can be read, and why others cannot."""
    good, problems = [], []
    for pair in files:
        paths = pair.source_path, pair.target_path
        found = [Problem(str(path), message) for path in paths if (message := unreadable(path))]
        if any(map(is_catalogue, paths)) and paths[0] != paths[1]:
            found.append(Problem(str(paths[0]), f"is paired with {paths[1]}, and {_ALONE}"))
        problems += found
        if not found:
            good.append(pair)
    if any(is_page(path) for pair in good for path in (pair.source_path, pair.target_path)) and not _extracts():
        raise ConfigError("HTML pages need trafilatura", hint="Install it: pip install 'sphinx-amts[html]'")
    return good, problems


_ALONE = "a catalogue has both languages: give it alone"


def _extracts() -> bool:
    return importlib.util.find_spec("trafilatura") is not None


def _place(tree: Path | None, path: str, side: str, number: int) -> _Place:
    """Where a file is read: in its tree, or with other files of its side; web pages alone."""
    file = ((tree or Path()) / path).resolve()
    if is_page(file):
        return str(file), str(file)
    if tree is not None:
        return str(tree.resolve()), path
    return f"{side} {number // _TOGETHER}", str(file)


_alone = threading.Lock()
"""Sphinx keeps much for the whole process, and a worker may have several threads."""


def _read(reading: _Reading) -> _Read:
    """Read files of a tree, files alone, or web pages."""
    pages = {path: page_blocks(Path(path), language) for path, language in reading.paths.items() if is_page(Path(path))}
    if len(pages) == len(reading.paths):
        return dict(pages)
    with _alone:
        if reading.tree is not None:
            return _read_tree(reading.tree, reading)
        with tempfile.TemporaryDirectory(prefix="sphinx-amts-") as folder:
            names = dict(_copies(reading.paths, Path(folder)))
            there = _Reading(None, reading.captions, reading.jobs, {names[path]: reading.paths[path] for path in names})
            found = _read_tree(Path(folder), there)
            return {path: found[name] for path, name in names.items()}


def _copies(paths: Iterable[str], folder: Path) -> Iterator[tuple[str, str]]:
    """Copy files into a folder; each with its name there."""
    for number, path in enumerate(map(Path, paths)):
        name = f"{number:06}{'.md' if path.suffix == '.txt' else path.suffix}"
        shutil.copyfile(path, folder / name)
        yield str(path), name


_MOST_BAD = 10
"""So many documents that Sphinx stumbles over are left out before the whole tree is: each costs another reading."""


def _read_tree(root: Path, reading: _Reading) -> _Read:
    """Read a tree, without the documents that Sphinx cannot read."""
    texts = list(texts_of(root))
    others = (path for path in texts if path not in reading.paths)  # what is to be read was looked at before
    bad = {path: why for path in others if (why := unreadable(root / path)) is not None and why != EMPTY}
    for _ in range(_MOST_BAD):
        tree = root
        try:
            with _readable(root, list(bad)) as tree, opened(tree, parallel=reading.jobs) as book:
                found = _each(_Opened(book, frozenset(book.paths()), reading))
                return {path: bad.get(path, blocks) for path, blocks in zip(reading.paths, found, strict=True)}
        except AmtsError as error:
            path, why = _blamed(error, tree)
            if path not in texts or path in bad:
                return {path: bad.get(path, why) for path in reading.paths}
            bad[path] = why
    return {path: bad.get(path, "was not read: too many documents of its book cannot be") for path in reading.paths}


def _blamed(error: AmtsError, tree: Path) -> tuple[str, str]:
    """The path in a tree that an error is about, if it is about one; and what to say."""
    said = "; ".join(" ".join(part.split()).rstrip(".") for part in (error.message, error.hint) if part)
    file = Path(error.path or tree).resolve()
    if file != tree.resolve() and file.is_relative_to(tree.resolve()):
        path = file.relative_to(tree.resolve()).as_posix()
        return path, f"was not read: {said}" if not error.line else f"was not read: line {error.line}: {said}"
    return "", f"was not read: {file}: {said}"


@dataclass(frozen=True, slots=True)
class _Opened:
    """A tree that Sphinx has read."""

    book: Book
    known: frozenset[str]
    reading: _Reading


def _each(tree: _Opened) -> list[tuple[Block, ...] | str]:
    """The blocks of each file, or why there are none; by several processes where they can be forked.

    A book as Sphinx holds it cannot be sent to a process, only be there when it begins.
    """
    paths = list(tree.reading.paths)
    jobs = min(tree.reading.jobs, len(paths) // _FEW)
    if jobs < 2 or "fork" not in get_all_start_methods():
        return [_one(tree, path) for path in paths]
    with ProcessPoolExecutor(jobs, get_context("fork"), _hold, (tree,)) as executor:
        return list(executor.map(_one_held, paths, chunksize=len(paths) // (4 * jobs) + 1))


_FEW = 4
"""Fewer documents are not worth a process."""
_held: list[_Opened] = []


def _hold(tree: _Opened) -> None:
    _held.append(tree)


def _one_held(path: str) -> tuple[Block, ...] | str:
    return _one(_held[-1], path)


_NO_DOCUMENT = "is no document of its book, which excludes it or cannot read its kind; give it in a table, with --pairs"


def _one(tree: _Opened, path: str) -> tuple[Block, ...] | str:
    book, reading = tree.book, tree.reading
    if path not in tree.known:
        return _NO_DOCUMENT
    try:
        document = book.document(path)
        found = blocks(document, book.grammar(document), reading.paths[path], captions=reading.captions)
        return too_many(len(found)) or found
    except AmtsError as error:
        return _blamed(error, book.srcdir)[1]


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
