"""The new target of a document, from what stands for each of its sentences.

``finish`` is given the work and what of an earlier attempt did not hold up, and changes neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from sphinx_amts.document.encodings import encode
from sphinx_amts.document.flat import flat_of, with_ends
from sphinx_amts.document.inline import CannotRestore, restore
from sphinx_amts.document.reader import VERSION, Document
from sphinx_amts.document.sentences import version
from sphinx_amts.document.units import pieces
from sphinx_amts.masked import key
from sphinx_amts.merge.gaps import GapConflict, local_gaps
from sphinx_amts.merge.separating import apart, separated
from sphinx_amts.merge.three_way import Conflict
from sphinx_amts.model import Gap, Group, Origin, Segment, State
from sphinx_amts.pairs.manifest import GapPiece, Manifest, UnitPiece
from sphinx_amts.sync.fitting import fitted
from sphinx_amts.sync.plan import OldGroup, Planned, Slot, is_peoples
from sphinx_amts.sync.work import Fate, Outcome, Place, Work, has_words

__all__ = ["Finished", "Undone", "finish"]

_LETTER = "字"
"""Stands for the next sentence where no blank separates sentences."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What of a new target does not hold up, and stands as it did before."""

    refused: Mapping[int, str] = field(default_factory=dict)
    """Units whose new text failed the doctree check, with the reason."""
    unmerged: frozenset[int] = frozenset()
    """Gaps out of ``Finished.merged`` whose text does not hold up."""
    conceded: frozenset[range] = frozenset()
    """Gaps out of ``Finished.disputed`` in which people's text would hide what stands around it."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A target as it is to stand."""

    manifest: Manifest
    fates: Mapping[Place, tuple[Fate, str]]
    """What became of each slot, with the reason."""
    conflicts: tuple[Conflict, ...] = ()
    """What source and people changed differently between units, with its line in the target; people's text was kept."""
    merged: tuple[int, ...] = ()
    """The gaps with which a merge begins that gave a new text."""
    disputed: tuple[range, ...] = ()
    """The gaps, merged together or by themselves, in which there is a conflict."""


def finish(work: Work, undone: Undone | None = None) -> Finished:
    """The target of a work whose slots have got their outcomes."""
    return _Finishing(work, undone or Undone()).finished()


@dataclass(slots=True)
class _Finishing:
    work: Work
    undone: Undone
    fates: dict[Place, tuple[Fate, str]] = field(default_factory=dict)

    def finished(self) -> Finished:
        """The target as it is to stand."""
        work, old, undone = self.work, self.work.old, self.undone
        units = [self._piece(index, planned, undone.refused.get(index)) for index, planned in enumerate(work.plans)]
        gaps = [work.document.flat.text[gap.span.start : gap.span.end] for gap in _gaps(work.document)]
        places = [planned.old for planned in work.plans]
        suffix = PurePosixPath(work.document.path).suffix
        local = local_gaps(old, gaps, places, suffix, undone.unmerged, undone.conceded)
        written = [unit.target for unit in units]
        targets = separated(written, gaps, local.targets, dict(apart(old, places, written)))
        mixed: list[GapPiece | UnitPiece] = [GapPiece(gaps[0], targets[0])]
        for unit, gap, target in zip(units, gaps[1:], targets[1:], strict=True):
            mixed += [unit, GapPiece(gap, target)]
        attic = (*(old.attic if old else ()), *self._dropped(units), *local.lost)
        if work.is_part:
            attic = ()  # what this document does not take is the other's
        style = work.document.flat.style
        manifest = Manifest(
            path=work.document.path,
            pieces=tuple(mixed),
            style=with_ends(style, old.style) if old else style,
            attic=tuple(dict.fromkeys(attic)),
            reader=VERSION,
            splitter=version(work.source_language.splitter),
            edition=old.edition if old else "",
            beside=old.beside if old else "",
        )
        conflicts = tuple(_in_file(manifest, conflict) for conflict in local.conflicts)
        return Finished(manifest, self.fates, conflicts, local.merged, local.disputed)

    def _piece(self, index: int, planned: Planned, reason: str | None) -> UnitPiece:
        unit = planned.new.unit
        groups = [self._group((index, number), slot, reason) for number, slot in enumerate(planned.slots)]
        source = self.work.document.flat.text[unit.span.start : unit.span.end]
        old = self.work.previous[planned.old].piece if planned.old is not None else None
        if old is not None and _same_targets(groups, old):
            target = old.target if old.prefix == unit.prefix and old.encoding == unit.encoding else None
        else:
            target = None
        if target is None:
            groups, text = fitted(groups, unit, self.work.grammar, self.work.language)
            target = source if text == unit.text else encode(text, unit.encoding, unit.prefix)
        return UnitPiece(unit.kind, source, target, tuple(groups), unit.encoding, unit.prefix, unit.ids, unit.names)

    def _group(self, place: Place, slot: Slot, reason: str | None) -> Group:
        """What stands for a slot, and note what became of it."""
        source = tuple(segment.text for segment in slot.segments)
        if slot.kept is not None:
            group, fate = self._kept(slot, source)
        elif not has_words(slot.segment.masked):
            group, fate = Group(source, source, Origin.SOURCE, State.TRANSLATED), Fate.KEPT
        else:
            outcome = self.work.outcomes.get(place, Outcome(Fate.UNTRANSLATED))
            is_written = slot.previous is None or not self._only_proposes(slot.previous.group)
            if reason is not None and is_written and outcome.fate in (Fate.MEMORY, Fate.TRANSLATED):
                outcome = Outcome(Fate.REFUSED, reason=reason)
            is_last = place[1] == len(self.work.plans[place[0]].slots) - 1
            group, fate, reason = self._new(slot, source, outcome, is_last=is_last)
            self.fates[place] = (fate, reason)
            return group
        self.fates[place] = (fate, "")
        return group

    def _kept(self, slot: Slot, source: tuple[str, ...]) -> tuple[Group, Fate]:
        assert slot.kept is not None
        group = self.work.carrying.group(slot.kept, slot.segments)
        if group is None:  # its codes cannot be told apart: a person's text stays, and waits for a person
            group = replace(slot.kept.group, stale=True)
        return replace(group, source=source), Fate.STALE if group.stale else Fate.KEPT

    def _new(self, slot: Slot, source: tuple[str, ...], outcome: Outcome, *, is_last: bool) -> tuple[Group, Fate, str]:
        segment = slot.segment
        text, reason = self._written(segment, outcome, behind="" if is_last or self.work.language.spaced else _LETTER)
        before = slot.previous
        if before is not None and _is_left_out(before.group):
            if text is None:  # it stays out, and is asked for again
                return Group(source, (), Origin.SOURCE, State.INITIAL), outcome.fate, reason
            return Group(source, (text,), outcome.origin, State.TRANSLATED), outcome.fate, ""
        if before is not None and _stands(before.group) and (text is None or self._only_proposes(before.group)):
            return self._stale(slot, before, text, reason), Fate.STALE, ""
        if text is not None:
            lines = _space_behind(before.group) if before is not None and _stands(before.group) else ""
            return Group(source, (text + lines,), outcome.origin, State.TRANSLATED), outcome.fate, ""
        fate = Fate.REFUSED if outcome.fate in (Fate.MEMORY, Fate.TRANSLATED) else outcome.fate
        refused = slot.refused or (reason if fate is Fate.REFUSED else "")
        if before is not None and before.group.state is not State.INITIAL:
            carried = self.work.carrying.target(before, before.group.target, slot.segments)
            if carried is not None:
                stays = replace(before.group, source=source, target=carried, stale=True, refused=refused)
                return stays, Fate.STALE if fate is Fate.UNTRANSLATED else fate, reason
        proposal = self._proposed(segment, outcome) if fate is Fate.UNTRANSLATED else None
        return Group(source, source, proposal=proposal or slot.proposal, refused=refused), fate, reason

    def _only_proposes(self, before: Group) -> bool:
        """Whether an answer stands beside a group, and not in its place."""
        reviewed = before.reviewer or before.state in (State.REVIEWED, State.FINAL)
        is_elsewhere = not "".join(before.target).strip()
        return _stands(before) and (not self.work.overwrites or bool(reviewed) or is_elsewhere)

    def _stale(self, slot: Slot, before: OldGroup, text: str | None, reason: str) -> Group:
        """A person's group whose source moved on; it is reviewed no more, but it remembers who reviewed it."""
        group = before.group
        proposal = text if text is not None else slot.proposal
        target = self.work.carrying.target(before, group.target, slot.segments) if slot.is_same else None
        return replace(
            group,
            source=tuple(segment.text for segment in slot.segments),
            target=group.target if target is None else target,
            state=State.TRANSLATED if group.reviewer else group.state,
            stale=True,
            proposal=proposal,
            refused=(slot.refused or reason) if proposal is None else "",
            former=group.former or group.source,
        )

    def _proposed(self, segment: Segment, outcome: Outcome) -> str | None:
        """The text of a proposal for an untranslated slot, if there is one that can be written."""
        if not outcome.masked:
            return None
        try:
            return restore(_on_one_line(outcome.masked), segment.codes, self.work.grammar)
        except CannotRestore:
            return None

    def _written(self, segment: Segment, outcome: Outcome, behind: str) -> tuple[str | None, str]:
        """The target text of an outcome, its inline codes written back; or why there is none.

        It is spelled so that it holds where another sentence follows without a blank, ``behind`` in its place.
        """
        if outcome.fate not in (Fate.MEMORY, Fate.TRANSLATED):
            return None, outcome.reason
        if key(outcome.masked) == key(segment.masked):
            return segment.text, ""
        try:
            text = restore(_on_one_line(outcome.masked) + behind, segment.codes, self.work.grammar)
            return text.removesuffix(behind), ""
        except CannotRestore as error:
            return None, str(error)

    def _dropped(self, units: Sequence[UnitPiece]) -> Iterator[Group]:
        """What people wrote and what stands nowhere in the new target."""
        stand = {
            text.strip() for unit in units for group in unit.groups for text in ("".join(group.target), *group.target)
        }
        for unit in self.work.previous:
            for old in unit.groups:
                text = "".join(old.group.target).strip()
                if is_peoples(old.group) and text and text not in stand:
                    yield replace(old.group, proposal=None)


def _on_one_line(masked: str) -> str:
    """A masked text without line ends; its no-break spaces are the language's, and stay."""
    return key(" ".join(masked.splitlines()))


def _stands(group: Group) -> bool:
    """Whether a group is a person's, who may have said its words elsewhere."""
    return group.state is not State.INITIAL and bool(group.target) and is_peoples(group)


def _space_behind(group: Group) -> str:
    """The white space behind a target: where a person ends a line, it ends."""
    text = "".join(group.target)
    return text[len(text.rstrip()) :]


def _is_left_out(group: Group) -> bool:
    """Whether people translated the document without this; an empty target says that the words stand elsewhere."""
    return not group.target


def _gaps(document: Document) -> Iterator[Gap]:
    return (piece for piece in pieces(document.flat.text, document.units) if isinstance(piece, Gap))


def _in_file(manifest: Manifest, found: GapConflict) -> Conflict:
    """The conflict with its line in the target file."""
    before = manifest.pieces[: 2 * found.gap]
    line = sum(piece.target.count("\n") for piece in before) + found.conflict.line
    flat = flat_of(manifest.target, manifest.style, PurePosixPath(manifest.path).suffix)
    return replace(found.conflict, line=flat.raw_line(line))


def _same_targets(groups: Sequence[Group], old: UnitPiece) -> bool:
    return [text for group in groups for text in group.target] == [
        text for group in old.groups for text in group.target
    ]
