"""One word in place of another, in all that a language's sentences are kept in: one change that people can review.

1. In each document of the tree, as it stands, the words of sentences change: never codes, the targets of links, gaps, or what
   is still the source's text.  A sentence's proposal changes with it.
2. The new target is read by Sphinx in the document's place, and what the word breaks stays as it was.
3. The files of pairs that the book names change too, or the old word would come back.
4. Only when all of this is known is anything written, each document with its manifest.

Origin and state stay.  The word is new, not who wrote the sentence: a reviewed sentence that lost its review would lose
the protection that comes with it, and a machine's that became a person's would never be brought up to date.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from itertools import accumulate
from typing import Any

from sphinx_amts.document.encodings import encode
from sphinx_amts.document.inline import CannotRestore, Grammar
from sphinx_amts.model import Finding, Group, State, Subtype
from sphinx_amts.pairs.manifest import GapPiece, Manifest, UnitPiece
from sphinx_amts.pairs.renaming import Renaming
from sphinx_amts.sync.job import Job
from sphinx_amts.sync.standing import Standing, standing
from sphinx_amts.sync.tree import WrittenMeanwhile
from sphinx_amts.upkeep.memory_files import NewFile, new_files
from sphinx_amts.upkeep.rereading import fitting, with_unit
from sphinx_amts.upkeep.respelling import Sentence, respelled

__all__ = ["Change", "Renamed", "rename"]


@dataclass(frozen=True, slots=True)
class Change:
    """A sentence that changed, and in how many places."""

    path: str
    line: int
    before: str
    after: str
    places: int
    origin: str
    state: State


@dataclass(slots=True)
class Renamed:
    """What changed, and what could not."""

    changes: list[Change] = field(default_factory=list)
    proposals: int = 0
    """How many proposals changed."""
    files: dict[str, int] = field(default_factory=dict)
    """The files of pairs that changed, and in how many places."""
    findings: list[Finding] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The object that ``terms --replace --json`` prints for a language."""
        return {
            "documents": len({change.path for change in self.changes}),
            "sentences": len(self.changes),
            "places": sum(change.places for change in self.changes),
            "proposals": self.proposals,
            "files": self.files,
            "changes": [asdict(change) for change in self.changes],
            "findings": [asdict(finding) for finding in self.findings],
        }


def rename(job: Job, renaming: Renaming) -> Renamed:
    """Replace a word in the tree of a language; with ``dry_run`` nothing is written.

    Raises an AmtsError before anything is written.
    """
    if job.dry_run:
        return _rename(job, renaming)
    with job.tree.locked():
        return _rename(job, renaming)


def _rename(job: Job, renaming: Renaming) -> Renamed:
    result = Renamed()
    known = set(job.book.paths())
    ready = []
    documents = list(standing(job))
    for number, document in enumerate(documents):
        job.progress("renaming", number, len(documents))
        manifest = _renamed(job, document, renaming, result, is_known=document.path in known)
        if manifest is not None:
            ready.append((manifest, document.before))
    _note_unadopted(job, renaming, result)
    files = list(new_files(job, renaming))
    result.files = {str(file.path): file.places for file in files}
    if not job.dry_run:
        _write(job, ready, files, result)
    return result


def _write(job: Job, ready: Sequence[tuple[Manifest, str | None]], files: Sequence[NewFile], result: Renamed) -> None:
    for file in files:
        file.write()
    for manifest, before in ready:
        try:
            job.tree.write(manifest, before)
        except WrittenMeanwhile as error:
            message = f"{error.message}: their text was kept; replace the word again"
            result.findings.append(Finding(Subtype.PEOPLE, message, str(error.path)))


def _note_unadopted(job: Job, renaming: Renaming, result: Renamed) -> None:
    """Say where the word may stand in files that have no manifest."""
    for path in set(job.book.paths()) - set(job.tree.paths()):
        text = job.tree.read(path)
        if text is not None and renaming.apply(text)[1]:
            message = "this file has no manifest: it belongs to people and was left alone; adopt it to change it"
            result.findings.append(Finding(Subtype.PEOPLE, message, str(job.tree.file(path))))


def _renamed(job: Job, document: Standing, renaming: Renaming, result: Renamed, *, is_known: bool) -> Manifest | None:
    """The manifest of a document that holds up with the new word; ``None`` where nothing changes."""
    file = str(job.tree.file(document.path))
    pieces = dict(_pieces(document, renaming, file, result))
    if not pieces:
        return None
    if not is_known:
        message = "the source of this file is gone; it was left as it is"
        result.findings.append(Finding(Subtype.PEOPLE, message, file))
        return None
    edits = {index: partial(with_unit, at=index, unit=unit) for index, (unit, _) in pieces.items()}
    manifest, wrong = fitting(job, document, edits)
    for index, (unit, changes) in pieces.items():
        if index in wrong:
            line = changes[0].line if changes else 0
            result.findings.append(Finding(Subtype.REFUSED, wrong[index], file, line, target=unit.target))
            continue
        result.changes += changes
        result.proposals += _proposals(document.manifest.pieces[index], unit)
    return manifest if len(wrong) < len(pieces) else None


def _proposals(before: GapPiece | UnitPiece, after: UnitPiece) -> int:
    assert isinstance(before, UnitPiece)
    return sum(one.proposal != other.proposal for one, other in zip(before.groups, after.groups, strict=True))


def _pieces(
    document: Standing, renaming: Renaming, file: str, result: Renamed
) -> Iterator[tuple[int, tuple[UnitPiece, Sequence[Change]]]]:
    """The units that change, by the index of their pieces, with the sentences that do."""
    for index, piece, line in document.units():
        old = [Sentence(n, text) for n, group in enumerate(piece.groups) for text in group.target]
        fixed = {n for n, group in enumerate(piece.groups) if group.state is State.INITIAL}
        try:
            new = respelled(old, fixed, renaming, document.grammar)
        except CannotRestore as error:
            text = "".join(one.text for one in old)
            where = (file, document.raw_line(line))
            result.findings.append(Finding(Subtype.REFUSED, f"the word was left: {error}", *where, target=text))
            continue
        groups = tuple(_group(group, n, new, renaming, document.grammar) for n, group in enumerate(piece.groups))
        if groups == piece.groups:
            continue
        text = "".join(one.text for one in new)
        target = encode(text, piece.encoding, piece.prefix) if any(one.places for one in new) else piece.target
        changes = [
            Change(file, document.raw_line(at), one.text.strip(), other.text.strip(), other.places, *_of(piece, one))
            for one, other, at in zip(old, new, _lines(old, line), strict=True)
            if other.places
        ]
        yield index, (replace(piece, target=target, groups=groups), changes)


def _of(piece: UnitPiece, sentence: Sentence) -> tuple[str, State]:
    group = piece.groups[sentence.group]
    return group.origin, group.state


def _lines(sentences: Sequence[Sentence], line: int) -> Iterator[int]:
    yield from list(accumulate((one.text.count("\n") for one in sentences), initial=line))[: len(sentences)]


def _group(group: Group, number: int, new: Sequence[Sentence], renaming: Renaming, grammar: Grammar) -> Group:
    target = tuple(one.text for one in new if one.group == number)
    proposal = group.proposal
    if proposal:
        try:
            proposal = respelled([Sentence(0, proposal)], set(), renaming, grammar)[0].text
        except CannotRestore:
            proposal = None  # better no proposal than one with the old word
    return replace(group, target=target, proposal=proposal)
