"""Read an edition of a book, whatever holds its documents: the book's own files around them."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sphinx_amts.align.bilingual import Block, blocks
from sphinx_amts.document.flat import flatten
from sphinx_amts.document.opening import opened
from sphinx_amts.document.reader import Document, read_text, yaml_document
from sphinx_amts.document.segments import segments
from sphinx_amts.errors import AmtsError
from sphinx_amts.locales import Language
from sphinx_amts.model import Segment

__all__ = ["YAML", "Edition", "Read", "Side", "reading"]

YAML = ("_toc.yml", "_config.yml")
"""Files that no aligner reads.  The book's own are its configuration, whatever language its documents have."""

_TEXTS = (".md", ".rst", ".ipynb", ".txt", ".py", ".yml", ".yaml", ".toml", ".ini", ".bib", ".cfg", ".json")
_NOT_COPIED = (".git", "_build", ".venv", "__pycache__")


@dataclass(frozen=True, slots=True)
class Edition:
    """A text that a document may have been translated from: its file, and what it is called in manifests, if it has a name."""

    file: Path
    name: str = ""
    beside: str = ""
    """The path of its file in the translation, where it stands there."""


@dataclass(frozen=True, slots=True)
class Side:
    """A document in one language: its units' sentences, and those units that the aligner looks at."""

    document: Document
    sentences: tuple[tuple[Segment, ...], ...]
    blocks: tuple[Block, ...]


Read = Callable[[Mapping[str, Path], Language], Mapping[str, Side]]
"""Reads files, each in the place of the document with its path; what is no document of the book is left out."""


@contextlib.contextmanager
def reading(book: Path, confdir: Path | None, overrides: Mapping[str, str]) -> Iterator[Read]:
    """Read files in a copy of a book.  It is one copy for all, so that each time Sphinx reads again only what is new."""
    with tempfile.TemporaryDirectory(prefix="sphinx-amts-") as place:
        copy = Path(place) / book.resolve().name
        shutil.copytree(
            book, copy, copy_function=_copy_or_link, ignore=lambda _, names: [n for n in names if n in _NOT_COPIED]
        )
        if confdir is not None and not (copy / "conf.py").is_file():
            shutil.copyfile(confdir / "conf.py", copy / "conf.py")

        def read(files: Mapping[str, Path], language: Language) -> dict[str, Side]:
            for path, file in files.items():
                if path not in YAML:
                    target = copy / path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(file, target)
            try:
                return _sides(copy, files, language, overrides)
            except AmtsError as error:
                error.path = _of_the_book(error.path, copy, files, book)
                raise

        yield read


def _copy_or_link(source: str, target: str) -> str:
    """Documents are copied, since Sphinx must find them inside the book; figures and data are only linked."""
    if source.endswith(_TEXTS):
        return str(shutil.copyfile(source, target))
    Path(target).symlink_to(Path(source).resolve())
    return target


def _of_the_book(path: str | Path | None, copy: Path, files: Mapping[str, Path], book: Path) -> str | Path | None:
    """The file that a file of the copy was made from."""
    if path is None or not Path(path).is_relative_to(copy.resolve()):
        return path
    relative = Path(path).relative_to(copy.resolve()).as_posix()
    return files.get(relative, book / relative)


def _sides(place: Path, files: Mapping[str, Path], language: Language, overrides: Mapping[str, str]) -> dict[str, Side]:
    with opened(place, overrides=overrides) as book:
        known = set(book.paths())
        found = {}
        for path, file in files.items():
            if path not in known:
                continue
            is_yaml = path in YAML
            document = yaml_document(path, flatten(read_text(file), ".yml")) if is_yaml else book.document(path)
            grammar = book.grammar(document)
            sentences = tuple(segments(unit.text, grammar, language.splitter) for unit in document.units)
            aligned = () if is_yaml else blocks(document, grammar, language.splitter, captions=True)
            found[path] = Side(document, sentences, aligned)
        return found
