"""The editions of a translation's documents: beside them, in a directory, in the history of a repository."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from sphinx_amts.adopt.editions import YAML, Edition
from sphinx_amts.adopt.history import book_in, contents, history
from sphinx_amts.align.bilingual import pairs_of_trees, texts_of

__all__ = ["DOCUMENTS", "editions_of", "revisions_of"]

DOCUMENTS = (".md", ".rst", ".ipynb")


def editions_of(translation: Path, base: Path, origin_suffix: str = "") -> dict[str, list[Edition]]:
    """The one edition of each document, by the document's path.

    It stands at the same path below ``base``, or beside it under a name with a suffix (``intro_origin.md``).
    """
    pairs, _ = pairs_of_trees(translation if origin_suffix else base, translation, origin_suffix)
    yaml = {} if origin_suffix else _yaml(translation, base)
    return yaml | {
        pair.target: [Edition(pair.source_path, *([pair.source, pair.source] if origin_suffix else []))]
        for pair in pairs
        if pair.target.endswith(DOCUMENTS)
    }


def _yaml(translation: Path, base: Path) -> dict[str, list[Edition]]:
    both = (name for name in YAML if (translation / name).is_file() and (base / name).is_file())
    return {name: [Edition(base / name)] for name in both}


@contextlib.contextmanager
def revisions_of(
    translation: Path, book: Path, repository: Path, origin_suffix: str = ""
) -> Iterator[dict[str, list[Edition]]]:
    """The editions of each document, by its path: the one beside it, the book's own, and all in a repository of the book.

    Those of the repository come newest first.  YAML files are compared with the book's own.  The files go away in the end.
    Raises ConfigError where that is no repository, or has no document of the translation.
    """
    found = editions_of(translation, translation, origin_suffix) if origin_suffix else {}
    beside = {edition.beside for each in found.values() for edition in each}
    paths = [path for path in texts_of(translation, DOCUMENTS) if path not in beside]
    revisions = history(repository, book_in(repository, paths), paths)
    texts = contents(repository, [revision.blob for each in revisions.values() for revision in each])
    with tempfile.TemporaryDirectory(prefix="sphinx-amts-") as place:
        for path in paths:
            own = []
            for each in revisions[path]:
                if each.blob in texts:
                    file = Path(place, f"{each.blob}{PurePosixPath(path).suffix}")
                    file.write_bytes(texts[each.blob])
                    own.append(Edition(file, str(each)))
            now = [Edition(book / path)] if (book / path).is_file() else []
            if editions := [*found.get(path, []), *now, *own]:
                found[path] = editions
        yield found | _yaml(translation, book)
