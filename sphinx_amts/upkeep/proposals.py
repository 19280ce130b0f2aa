"""Stale sentences of people, and the proposals beside them.

1. ``stale`` lists them as the tree stands.
2. ``accept`` writes a proposal in its sentence's place, where Sphinx reads the target as well as before; the person's wording
   goes to the manifest's attic.
3. ``reject`` keeps the wording: it stands for the source as it is now, and nothing is proposed until this changes again.

Nothing else of a document changes, and nobody is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any

from sphinx_amts.document.encodings import encode
from sphinx_amts.document.inline import Grammar
from sphinx_amts.errors import ConfigError
from sphinx_amts.model import Finding, Group, Kind, Origin, State, Subtype
from sphinx_amts.pairs.manifest import Manifest, UnitPiece
from sphinx_amts.sync.fitting import guarded
from sphinx_amts.sync.job import Job
from sphinx_amts.sync.naming import places_called
from sphinx_amts.sync.plan import is_peoples
from sphinx_amts.sync.standing import Standing, places, standing
from sphinx_amts.sync.tree import WrittenMeanwhile
from sphinx_amts.upkeep.rereading import fitting, with_unit

__all__ = ["Settled", "Stale", "accept", "put_in_place", "reject", "stale"]


@dataclass(frozen=True, slots=True)
class Stale:
    """A person's sentence whose source moved on: where it stands, what it was made of, and what is proposed."""

    path: str
    """The target's file."""
    line: int
    former: str
    source: str
    target: str
    proposal: str | None = None
    reviewer: str = ""


@dataclass(slots=True)
class Settled:
    """The sentences that are stale no more, and what could not be done."""

    sentences: list[Stale] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether all that could be settled was."""
        return all(finding.subtype is Subtype.STALE for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """The object that ``accept --json`` and ``reject --json`` print for a language."""
        return {
            "sentences": [asdict(sentence) for sentence in self.sentences],
            "findings": [asdict(finding) for finding in self.findings],
        }


_Place = tuple[int, int]
"""A group: the index of its piece, and its own number there."""
_Found = Mapping[_Place, Stale]
_Settle = Callable[[Job, Standing, _Found, Settled], Manifest]


def stale(job: Job, names: Sequence[str] = ()) -> Iterator[Stale]:
    """The stale sentences of some documents, or of all; the book need not have been read."""
    meant = places_called(job.tree, names, "list")
    for document in standing(job, meant):
        yield from _found(job, document, meant[document.path]).values()


def accept(job: Job, names: Sequence[str]) -> Settled:
    """Write the proposals of some places (``DOCNAME`` or ``DOCNAME:LINE``), or of all, into the tree.

    With ``dry_run`` nothing is written.  Raises an AmtsError before anything is.
    """
    return _settled(job, names, "accept", _accepted)


def reject(job: Job, names: Sequence[str]) -> Settled:
    """Keep the stale sentences of some places, or all, as they are; the book need not have been read."""
    return _settled(job, names, "reject", _rejected)


def _settled(job: Job, names: Sequence[str], what: str, settle: _Settle) -> Settled:
    if job.dry_run:
        return _each(job, names, what, settle)
    with job.tree.locked():
        return _each(job, names, what, settle)


def _each(job: Job, names: Sequence[str], what: str, settle: _Settle) -> Settled:
    result = Settled()
    meant = places_called(job.tree, names, what)
    documents = [(document, _found(job, document, meant[document.path])) for document in standing(job, meant)]
    for number, (document, found) in enumerate(documents):
        job.progress(what, number, len(documents))
        if not found:
            continue
        if document.before is None:
            message = "this target was removed: sync writes it again"
            result.findings.append(Finding(Subtype.PEOPLE, message, str(job.tree.file(document.path))))
            continue
        own = Settled()
        manifest = settle(job, document, found, own)
        if own.sentences:
            put_in_place(job, document, manifest, own.findings)
        result.findings += own.findings
        if not any(finding.subtype is Subtype.PEOPLE for finding in own.findings):
            result.sentences += own.sentences
    return result


def put_in_place(job: Job, document: Standing, manifest: Manifest, findings: list[Finding]) -> None:
    """Write a document that was settled or reviewed; where somebody wrote it meanwhile, theirs stays and a finding says so."""
    if job.dry_run:
        return
    try:
        job.tree.write(manifest, document.before)
    except WrittenMeanwhile as error:
        message = f"{error.message}: their text was kept; do it again"
        findings.append(Finding(Subtype.PEOPLE, message, str(error.path)))


def _found(job: Job, document: Standing, lines: Set[int]) -> dict[_Place, Stale]:
    """The stale sentences of people on some lines, or all; raises ConfigError for a line without one."""
    file = str(job.tree.file(document.path))
    found, on_lines = {}, {}
    for index, number, group, on in places(document.manifest):
        if group.stale and is_peoples(group):
            on_lines[index, number] = on
            found[index, number] = _shown(file, on.start, group)
    chosen: set[_Place] = set()
    for line in sorted(lines):
        begins = {place for place, on in on_lines.items() if on.start == line}
        here = begins or {place for place, on in on_lines.items() if line in on}
        if not here:
            known = ", ".join(str(number) for number in sorted({on.start for on in on_lines.values()}))
            hint = f"Stale sentences begin on: {known}." if known else "No sentence of this document is stale."
            raise ConfigError("no stale sentence stands here", path=file, line=line, hint=hint)
        chosen |= here
    return {place: one for place, one in found.items() if place in chosen or not lines}


def _shown(file: str, line: int, group: Group) -> Stale:
    return Stale(
        file,
        line,
        "".join(group.former).strip(),
        "".join(group.source).strip(),
        "".join(group.target).strip(),
        group.proposal.strip() if group.proposal is not None else None,
        group.reviewer,
    )


def _accepted(job: Job, document: Standing, found: _Found, result: Settled) -> Manifest:
    ready = {place: one for place, one in found.items() if one.proposal and one.target}
    for place, one in found.items():
        if place not in ready:
            message = "its words stand elsewhere" if one.proposal else "there is no proposal for it"
            message = f"a stale sentence was left: {message}; edit it in its file"
            result.findings.append(Finding(Subtype.STALE, message, one.path, one.line, one.source, one.target))
    if ready and document.path not in job.book.paths():
        file = next(iter(ready.values())).path
        result.findings.append(Finding(Subtype.REFUSED, "the source of this file is gone; it was left as it is", file))
        return document.manifest
    edits = {place: partial(_with_proposal, place=place, grammar=document.grammar) for place in ready}
    manifest, wrong = fitting(job, document, edits)
    for place, why in wrong.items():
        one = ready[place]
        message = f"the proposal does not fit here, and the sentence was kept: {why}"
        result.findings.append(Finding(Subtype.REFUSED, message, one.path, one.line, one.source, one.target))
    result.sentences += [one for place, one in ready.items() if place not in wrong]
    return manifest


def _with_proposal(manifest: Manifest, place: _Place, grammar: Grammar) -> Manifest:
    """A person chose the proposal: it is theirs from now on."""
    piece = manifest.pieces[place[0]]
    assert isinstance(piece, UnitPiece)
    before = piece.groups[place[1]]
    text = "".join(before.target)
    begin, end = len(text) - len(text.lstrip()), len(text.rstrip())
    chosen = text[:begin] + (before.proposal or "").strip() + text[end:]
    groups = list(piece.groups)
    groups[place[1]] = Group(before.source, (chosen,), Origin.HUMAN, State.TRANSLATED)
    if piece.kind is Kind.PARAGRAPH and piece.encoding == "lines":
        groups = guarded(groups, grammar)
    whole = "".join(sentence for group in groups for sentence in group.target)
    unit = replace(piece, target=encode(whole, piece.encoding, piece.prefix), groups=tuple(groups))
    attic = dict.fromkeys((*manifest.attic, replace(before, proposal=None)))
    return replace(with_unit(manifest, place[0], unit), attic=tuple(attic))


def _rejected(job: Job, document: Standing, found: _Found, result: Settled) -> Manifest:
    """A person chose the wording for the source as it is now: from now on it stands for this."""
    del job
    manifest = document.manifest
    for index, number in found:
        piece = manifest.pieces[index]
        assert isinstance(piece, UnitPiece)
        groups = list(piece.groups)
        kept = groups[number]
        groups[number] = Group(kept.source, kept.target, Origin.HUMAN, kept.state)
        manifest = with_unit(manifest, index, replace(piece, groups=tuple(groups)))
    result.sentences += found.values()
    return manifest
