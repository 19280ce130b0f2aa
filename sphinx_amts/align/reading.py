"""Read pairs of files: Sphinx reads books and texts, an extraction library reads web pages.

What cannot be read is a ``Problem``; the rest goes on.  Trees and web pages are independent of each other: any executor
may read them side by side, on other machines too where they see the same files.
"""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path, PurePosixPath

from sphinx_amts.align.bilingual import (
    EMPTY,
    Bitext,
    Block,
    Files,
    Problem,
    Side,
    blocks,
    is_page,
    page_blocks,
    texts_of,
    unreadable,
)
from sphinx_amts.document.opening import opened
from sphinx_amts.document.reader import Book
from sphinx_amts.errors import AmtsError, ConfigError

__all__ = ["read"]


@dataclass(frozen=True, slots=True)
class _Reading:
    """Files of one tree that are to be read, with their languages; or a web page, whose path in itself is empty."""

    root: Path
    captions: bool
    jobs: int
    paths: dict[str, str] = field(default_factory=dict)


_Place = tuple[Path, str]
"""A tree and a path in it."""
_Read = dict[str, tuple[Block, ...] | str]
"""The blocks of each file, or why there are none."""


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
    Raises ConfigError where there are web pages, and nothing to read them with.
    """
    good, problems = _sound(files)
    with tempfile.TemporaryDirectory(prefix="sphinx-amts-") as folder:
        places = [_places(pair, number, Path(folder)) for number, pair in enumerate(good)]
        roots = sorted({root for pair in places for root, _ in pair})
        trees = sum(not is_page(root) for root in roots)
        work = {root: _Reading(root, captions, max(jobs // max(trees, 1), 1)) for root in roots}
        for sides in places:
            for (root, path), language in zip(sides, (source_language, target_language), strict=True):
                work[root].paths[path] = language
        several = executor.map if executor else map
        found = dict(zip(work, several(_read, work.values()), strict=True))
    bitexts = []
    for pair, (one, other) in zip(good, places, strict=True):
        left, right = found[one[0]][one[1]], found[other[0]][other[1]]
        paths = str(pair.source_path), str(pair.target_path)
        if isinstance(left, tuple) and isinstance(right, tuple):
            bitexts.append(Bitext(Side(paths[0], left), Side(paths[1], right)))
        problems += [
            Problem(path, side) for path, side in zip(paths, (left, right), strict=True) if isinstance(side, str)
        ]
    return bitexts, problems


def _sound(files: Sequence[Files]) -> tuple[list[Files], list[Problem]]:
    """The pairs that can be read, and why others cannot."""
    good, problems = [], []
    for pair in files:
        paths = pair.source_path, pair.target_path
        found = [Problem(str(path), message) for path in paths if (message := unreadable(path))]
        problems += found
        if not found:
            good.append(pair)
    if any(is_page(path) for pair in good for path in (pair.source_path, pair.target_path)) and not _extracts():
        raise ConfigError("HTML pages need trafilatura", hint="Install it: pip install 'sphinx-amts[html]'")
    return good, problems


def _extracts() -> bool:
    return importlib.util.find_spec("trafilatura") is not None


def _places(pair: Files, number: int, folder: Path) -> tuple[_Place, _Place]:
    """Where each side is read: files alone are copied into a tree of their own."""
    one = _place(pair.source_tree, pair.source, number, folder / "source")
    return one, _place(pair.target_tree, pair.target, number, folder / "target")


def _place(tree: Path | None, path: str, number: int, folder: Path) -> _Place:
    file = (tree or Path()) / path
    if is_page(file):
        return file, ""
    if tree is not None:
        return tree, path
    name = f"{number:06}{'.md' if file.suffix == '.txt' else file.suffix}"
    folder.mkdir(exist_ok=True)
    shutil.copyfile(file, folder / name)
    return folder, name


def _read(reading: _Reading) -> _Read:
    """Read a tree or a web page."""
    if is_page(reading.root):
        return {path: page_blocks(reading.root, language) for path, language in reading.paths.items()}
    bad = [path for path in texts_of(reading.root) if unreadable(reading.root / path) not in (None, EMPTY)]
    try:
        with _readable(reading.root, bad) as tree, opened(tree, parallel=reading.jobs) as book:
            each = _each(_Opened(book, frozenset(book.paths()), reading))
            return dict(zip(reading.paths, each, strict=True))
    except AmtsError as error:
        return dict.fromkeys(reading.paths, f"was not read: {error}")


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


_NO_DOCUMENT = "is no document of its book"


def _one(tree: _Opened, path: str) -> tuple[Block, ...] | str:
    book, reading = tree.book, tree.reading
    if path not in tree.known:
        return _NO_DOCUMENT
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
