"""Files that people localised: figures, raw files, bibliographies, at the paths of the source's own.

``.amts/.localised`` remembers of which bytes of the source each was made.  A file is taken for made of the source as it
was when a sync first saw it, or saw it changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sphinx_amts.errors import ManifestError
from sphinx_amts.sync.tree import LocaleTree

__all__ = ["Localised", "keep", "localised", "recorded"]


@dataclass(frozen=True, slots=True)
class Localised:
    """A localised file: digests of the source that it was made of, of the source as it is, and of its own bytes."""

    path: str
    made_of: str
    source: str
    target: str

    @property
    def is_outdated(self) -> bool:
        """Whether the source has changed since."""
        return self.made_of != self.source


def localised(tree: LocaleTree, srcdir: Path, documents: Set[str]) -> tuple[Localised, ...]:
    """The localised files of a tree, in the order of their names; raises ManifestError where the record is damaged."""
    record = recorded(tree)
    return tuple(_found(path, record.get(path), tree, srcdir) for path in sorted(_shared(tree, srcdir, documents)))


def keep(tree: LocaleTree, files: tuple[Localised, ...]) -> None:
    """Write down what the files were made of, where that is news."""
    record = {file.path: [file.made_of, file.target] for file in files}
    if record != recorded(tree):
        tree.write_record(json.dumps(record, indent=1, sort_keys=True) + "\n" if record else None)


def _shared(tree: LocaleTree, srcdir: Path, documents: Set[str]) -> Iterator[str]:
    for path in tree.files():
        if path not in documents and (srcdir / path).is_file():
            yield path


def _found(path: str, known: Any, tree: LocaleTree, srcdir: Path) -> Localised:
    source, target = _digest(srcdir / path), _digest(tree.file(path))
    made_of = known[0] if known is not None and known[1] == target else source
    return Localised(path, made_of, source, target)


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def recorded(tree: LocaleTree) -> Mapping[str, Any]:
    """The record: digests of source and target by path; raises ManifestError where it is damaged."""
    text = tree.record()
    if text is None:
        return {}
    try:
        record = json.loads(text)
        if all(len(digests) == 2 and all(isinstance(item, str) for item in digests) for digests in record.values()):
            return dict(record)
    except (ValueError, TypeError, AttributeError, RecursionError):
        pass
    hint = "Restore it from version control, or remove it: then every localised file counts as up to date."
    raise ManifestError("this record of localised files is damaged", path=tree.record_file, hint=hint)
