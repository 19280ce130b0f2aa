"""Where the documents of a language stand, out of their files and manifests alone: no document is read by Sphinx."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from sphinx_amts.document.flat import is_file_of, unflatten
from sphinx_amts.document.reader import Book
from sphinx_amts.model import Group, Origin, State
from sphinx_amts.pairs.manifest import Manifest
from sphinx_amts.sync.localised import Localised, localised
from sphinx_amts.sync.tree import LocaleTree

__all__ = ["STATES", "DocumentStatus", "Flag", "LanguageStatus", "state_of", "status"]

STATES = ("reviewed", "human", "machine", "memory", "verbatim", "left_out", "unsure", "stale", "untranslated")
"""How a segment stands: that it was reviewed, else who wrote its target, or that it needs none, or what is left to do.

The counts sum to the total.
"""


class Flag(enum.StrEnum):
    """What else is to say of a document."""

    MISSING = "missing"
    """It has no target yet, or its target was removed."""
    UNADOPTED = "unadopted"
    """Its target has no manifest: it belongs to people."""
    EXTRA = "extra"
    """It has no source, or no more."""
    OUTDATED = "outdated"
    """Its source has changed since it was last synced."""
    EDITED = "edited"
    """People have changed its target since it was last synced."""


@dataclass(frozen=True, slots=True)
class DocumentStatus:
    """One document; without a manifest nothing is known of its segments."""

    path: str
    flags: tuple[Flag, ...] = ()
    segments: Counter[str] = field(default_factory=Counter)
    changed: int = 0
    """Characters of the source on lines that no sync has seen: a sync sends at most these, but for what waits already."""

    def as_json(self) -> dict[str, Any]:
        """The object that ``status --json`` prints for a document."""
        return {
            "flags": [flag.value for flag in self.flags],
            "segments": _counts(self.segments),
            "changed": self.changed,
        }


@dataclass(frozen=True, slots=True)
class LanguageStatus:
    """One language."""

    root: Path
    documents: tuple[DocumentStatus, ...]
    localised: tuple[Localised, ...]

    @property
    def segments(self) -> Counter[str]:
        """The counts of all documents."""
        return sum((document.segments for document in self.documents), Counter())

    @property
    def coverage(self) -> float | None:
        """The share of the segments that have a target; ``None`` where nothing is known of any."""
        return self._share(self.segments.total() - self.segments["untranslated"], self.segments.total())

    @property
    def freshness(self) -> float | None:
        """The share of the targets whose source is still the one that they were made of."""
        done = self.segments.total() - self.segments["untranslated"]
        return self._share(done - self.segments["stale"], done)

    @property
    def missing(self) -> int:
        """How many documents have no target."""
        return sum(Flag.MISSING in document.flags for document in self.documents)

    @staticmethod
    def _share(part: int, whole: int) -> float | None:
        return part / whole if whole else None

    def as_json(self) -> dict[str, Any]:
        """The object that ``status --json`` prints for a language."""
        return {
            "root": str(self.root),
            "coverage": self.coverage,
            "freshness": self.freshness,
            "missing": self.missing,
            "segments": _counts(self.segments),
            "changed": sum(document.changed for document in self.documents),
            "documents": {document.path: document.as_json() for document in self.documents},
            "localised": {file.path: {"outdated": file.is_outdated} for file in self.localised},
        }


def status(book: Book, tree: LocaleTree, paths: Sequence[str]) -> LanguageStatus:
    """Where the documents with these paths stand, and what else is in the tree.

    The book need not have been read.  Raises an AmtsError for a file that is damaged or not UTF-8.
    """
    known = {*book.paths(), *tree.paths()}
    documents = [_document(book, tree, path) for path in paths]
    documents += [_extra(tree, path) for path in sorted(_extras(book, tree))]
    return LanguageStatus(tree.root, tuple(documents), localised(tree, book.srcdir, known))


def _document(book: Book, tree: LocaleTree, path: str) -> DocumentStatus:
    raw, target, manifest = book.raw(path), tree.read(path), tree.manifest(path)
    if manifest is None:
        is_missing = target in (None, raw)
        return DocumentStatus(
            path, (Flag.MISSING if is_missing else Flag.UNADOPTED,), changed=len(raw) if is_missing else 0
        )
    flags = []
    if target is None:
        flags.append(Flag.MISSING)
    if not is_file_of(raw, manifest.source, manifest.style):
        flags.append(Flag.OUTDATED)
    if target is not None and unflatten(manifest.target, manifest.style) != target:
        flags.append(Flag.EDITED)
    return DocumentStatus(
        path, tuple(flags), Counter(_states(manifest)), _new_characters(unflatten(manifest.source, manifest.style), raw)
    )


def _new_characters(before: str, now: str) -> int:
    """The characters on lines that were not there before."""
    new = Counter(now.splitlines()) - Counter(before.splitlines())
    return sum(len(line) * count for line, count in new.items())


def _states(manifest: Manifest) -> Iterator[str]:
    for unit in manifest.units:
        for group in unit.groups:
            yield from [state_of(group)] * len(group.source)


def state_of(group: Group) -> str:
    """How a sentence stands: one of ``STATES``."""
    if group.stale:
        return "stale"
    if group.state is State.INITIAL:
        return "untranslated"
    if not group.target:
        return "left_out"
    if group.state is not State.TRANSLATED:
        return "reviewed"
    return "unsure" if group.unsure else _WRITERS.get(group.origin, "machine")


_WRITERS: Mapping[str, str] = {Origin.HUMAN: "human", Origin.TM: "memory", Origin.SOURCE: "verbatim"}


def _extras(book: Book, tree: LocaleTree) -> Iterator[str]:
    """Documents without source."""
    suffixes = {PurePosixPath(path).suffix for path in book.paths()}
    known = set(book.paths())
    manifests = set(tree.paths())
    yield from manifests - known
    new = [path for path in tree.files() if path not in known and path not in manifests]
    new = [path for path in new if PurePosixPath(path).suffix in suffixes and not (book.srcdir / path).is_file()]
    if new:
        found = (tree.manifest(path) for path in manifests)
        beside = {manifest.beside for manifest in found if manifest is not None}
        yield from (path for path in new if path not in beside)


def _extra(tree: LocaleTree, path: str) -> DocumentStatus:
    manifest = tree.manifest(path)
    if manifest is None:
        return DocumentStatus(path, (Flag.EXTRA, Flag.UNADOPTED))
    target = tree.read(path)
    edited = target is not None and unflatten(manifest.target, manifest.style) != target
    return DocumentStatus(path, (Flag.EXTRA, Flag.EDITED) if edited else (Flag.EXTRA,), Counter(_states(manifest)))


def _counts(segments: Mapping[str, int]) -> dict[str, int]:
    return {"total": sum(segments.values()), **{name: segments.get(name, 0) for name in STATES}}
