"""A person has read a translation: what stands is reviewed, and is never replaced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sphinx_amts.errors import ConfigError
from sphinx_amts.model import Finding, Group, Origin, State, Subtype
from sphinx_amts.pairs.manifest import GapPiece, UnitPiece
from sphinx_amts.sync.job import Job
from sphinx_amts.sync.naming import called
from sphinx_amts.sync.standing import Standing, standing
from sphinx_amts.upkeep.proposals import put_in_place

__all__ = ["COUNTS", "Reviewed", "review"]

COUNTS = ("reviewed", "already", "stale", "untranslated")
"""What can become of a sentence that says something."""


@dataclass(slots=True)
class Reviewed:
    """The sentences of each document, counted by what became of them, and what could not be written."""

    documents: dict[str, Counter[str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The object that ``review --json`` prints for a language."""
        documents = {path: {name: counts[name] for name in COUNTS} for path, counts in self.documents.items()}
        return {"documents": documents, "findings": [asdict(finding) for finding in self.findings]}


def review(job: Job, names: Sequence[str], by: str) -> Reviewed:
    """Mark what stands in some documents as reviewed by somebody; the book need not have been read.

    A sentence that is stale or untranslated is not marked, one that was reviewed before keeps its reviewer.
    """
    if not by.strip() or not by.isprintable():
        raise ConfigError(f"{by!r} is no name", hint="Give --by the name of who reviewed the translation.")
    with job.tree.locked():
        known = job.tree.paths()
        paths = dict.fromkeys(path for name in names for path in called(known, name, "review", job.tree.root))
        result = Reviewed()
        for document in standing(job, paths):
            _review(job, document, by.strip(), result)
        return result


def _review(job: Job, document: Standing, by: str, result: Reviewed) -> None:
    if document.before is None:
        message = "this target was removed: sync writes it again"
        result.findings.append(Finding(Subtype.PEOPLE, message, str(job.tree.file(document.path))))
        return
    counts = result.documents[document.path] = Counter()
    pieces: list[GapPiece | UnitPiece] = []
    for piece in document.manifest.pieces:
        if isinstance(piece, UnitPiece):
            for group in piece.groups:
                if name := _what(group):
                    counts[name] += len(group.source)
            piece = replace(piece, groups=tuple(_marked(group, by) for group in piece.groups))
        pieces.append(piece)
    put_in_place(job, document, replace(document.manifest, pieces=tuple(pieces)), result.findings)


def _what(group: Group) -> str:
    """What becomes of a group, one of ``COUNTS``; nothing, where there is nothing to read."""
    if group.stale:
        return "stale"
    if group.state is State.INITIAL:
        return "untranslated"
    if group.state is not State.TRANSLATED:
        return "already"
    return "reviewed" if group.origin != Origin.SOURCE and "".join(group.target).strip() else ""


def _marked(group: Group, by: str) -> Group:
    what = _what(group)
    if what in ("stale", "untranslated"):
        return group
    read = replace(group, unsure=False)
    return replace(read, state=State.REVIEWED, reviewer=by) if what == "reviewed" else read
