"""Read an edition of a book, whatever holds its documents: the book's own files around them."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sphinx_amts.align.bilingual import Block, blocks
from sphinx_amts.document.flat import flatten
from sphinx_amts.document.opening import opened
from sphinx_amts.document.reader import Document, read_text, yaml_document
from sphinx_amts.document.segments import segments
from sphinx_amts.locales import Language
from sphinx_amts.model import Segment

__all__ = ["YAML", "Side", "overlaid", "sides"]

YAML = ("_toc.yml", "_config.yml")
"""Files that no aligner reads."""

_TEXTS = (".md", ".rst", ".ipynb", ".txt", ".py", ".yml", ".yaml", ".toml", ".ini", ".bib", ".cfg", ".json")
_NOT_COPIED = (".git", "_build", ".venv", "__pycache__")


@dataclass(frozen=True, slots=True)
class Side:
    """A document in one language: its units' sentences, and those units that the aligner looks at."""

    document: Document
    sentences: tuple[tuple[Segment, ...], ...]
    blocks: tuple[Block, ...]


@contextlib.contextmanager
def overlaid(book: Path, files: Mapping[str, Path]) -> Iterator[Path]:
    """A copy of a book in which ``files`` stand at their paths."""
    with tempfile.TemporaryDirectory(prefix="sphinx-amts-") as place:
        copy = Path(place) / book.resolve().name
        shutil.copytree(
            book, copy, copy_function=_copy_or_link, ignore=lambda _, names: [n for n in names if n in _NOT_COPIED]
        )
        for path, file in files.items():
            target = copy / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
        yield copy


def _copy_or_link(source: str, target: str) -> str:
    """Documents are copied, since Sphinx must find them inside the book; figures and data are only linked."""
    if source.endswith(_TEXTS):
        return str(shutil.copyfile(source, target))
    Path(target).symlink_to(Path(source).resolve())
    return target


def sides(
    place: Path, paths: Mapping[str, Path], language: Language, confdir: Path | None, overrides: Mapping[str, str]
) -> dict[str, Side]:
    """The documents at these paths that are documents of the book in ``place``."""
    if confdir is not None and not (place / "conf.py").is_file():
        shutil.copyfile(confdir / "conf.py", place / "conf.py")
    with opened(place, overrides=overrides) as book:
        known = set(book.paths())
        found = {}
        for path, file in paths.items():
            if path not in known:
                continue
            is_yaml = path in YAML
            document = yaml_document(path, flatten(read_text(file), ".yml")) if is_yaml else book.document(path)
            grammar = book.grammar(document)
            sentences = tuple(segments(unit.text, grammar, language.splitter) for unit in document.units)
            aligned = () if is_yaml else blocks(document, grammar, language.splitter, captions=True)
            found[path] = Side(document, sentences, aligned)
        return found
