"""The documents of a locale tree as they stand: their manifests with what people did since the last sync."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sphinx_amts.document.flat import flat_of, flatten, with_ends
from sphinx_amts.document.inline import Grammar
from sphinx_amts.document.reader import VERSION
from sphinx_amts.document.segments import cut, segments
from sphinx_amts.document.sentences import version
from sphinx_amts.model import Group, Segment
from sphinx_amts.pairs.manifest import Manifest, UnitPiece
from sphinx_amts.sync.job import Job
from sphinx_amts.sync.people import fold
from sphinx_amts.sync.plan import OldUnit, old_units

__all__ = ["Standing", "folded", "places", "standing", "units_of"]


@dataclass(frozen=True, slots=True)
class Standing:
    """A document with its manifest, the target as it was read, and how its inline markup is read and written."""

    path: str
    manifest: Manifest
    before: str | None
    grammar: Grammar
    written: Manifest
    """The manifest as it was last written: the same one, where people have not changed the target since."""

    def units(self) -> Iterator[tuple[int, UnitPiece, int]]:
        """Each unit with the index of its piece, and the line of the flat target on which it begins."""
        line = 1
        for index, piece in enumerate(self.manifest.pieces):
            if isinstance(piece, UnitPiece):
                yield index, piece, line
            line += piece.target.count("\n")

    def raw_line(self, line: int) -> int:
        """The line of the target file for one of the flat target."""
        return flat_of(self.manifest.target, self.manifest.style, Path(self.path).suffix).raw_line(line)


def standing(job: Job, paths: Iterable[str] | None = None) -> Iterator[Standing]:
    """Each document of the tree that has a manifest, or those of some paths; raises an AmtsError for a damaged one."""
    for path in job.tree.paths() if paths is None else paths:
        written = job.tree.manifest(path)
        if written is not None:
            target = job.tree.read(path)
            manifest = written if target is None else folded(job, written, target, path)
            yield Standing(path, manifest, target, job.book.grammar_of(path, manifest.source), written)


def units_of(job: Job, manifest: Manifest) -> list[OldUnit]:
    """The units of a manifest with their sentences as they are read today.

    Where today's splitter wrote it, its sentences are taken as they stand: finding them again is most of the work.
    """
    grammar = job.book.grammar_of(manifest.path, manifest.source)
    splitter = job.source_language.splitter
    known = _lengths(manifest) if manifest.splitter == version(splitter) and manifest.reader == VERSION else {}

    def split(text: str) -> tuple[Segment, ...]:
        found = cut(text, known[text], grammar) if text in known else None
        return segments(text, grammar, splitter) if found is None else found

    return old_units(manifest.units, split)


def _lengths(manifest: Manifest) -> dict[str, list[int]]:
    """How long the sentences of each unit's text are."""
    sentences = ([text for group in unit.groups for text in group.source] for unit in manifest.units)
    return {"".join(texts): list(map(len, texts)) for texts in sentences if texts}


def places(manifest: Manifest) -> Iterator[tuple[int, int, Group, range]]:
    """Each group: its piece and its own number there, and the lines of the target file on which it stands."""
    flat = flat_of(manifest.target, manifest.style, Path(manifest.path).suffix)
    line = 1
    for index, piece in enumerate(manifest.pieces):
        at = line
        for number, group in enumerate(piece.groups if isinstance(piece, UnitPiece) else ()):
            text = "".join(group.target)
            before = len(text) - len(text.lstrip())
            first, last = at + text.count("\n", 0, before), at + text.rstrip().count("\n")
            yield index, number, group, range(flat.raw_line(first), max(flat.raw_line(last), flat.raw_line(first)) + 1)
            at += text.count("\n")
        line += piece.target.count("\n")


def folded(job: Job, manifest: Manifest, target: str, path: str) -> Manifest:
    """The manifest of a document with its targets as they stand in the target file."""
    flat = flatten(target, Path(path).suffix, manifest.target)
    grammar = job.book.grammar_of(path, manifest.source)

    def sentences(text: str) -> list[str]:
        return [segment.text for segment in segments(text, grammar, job.language.splitter)]

    return fold(replace(manifest, style=with_ends(manifest.style, flat.style)), flat.text, sentences)
