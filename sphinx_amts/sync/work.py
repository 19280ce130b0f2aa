"""The work on one document: from its plan to the pieces of its new target.

A ``Work`` is made from the document as it is now and the manifest as people left it; ``pending`` slots get an outcome each
(from memory, from an engine, or none), and ``finish`` gives the new manifest.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import PurePosixPath

from sphinx_amts.document.encodings import encode
from sphinx_amts.document.flat import flat_of, with_ends
from sphinx_amts.document.inline import CannotRestore, Grammar, restore
from sphinx_amts.document.inline.matching import in_source_numbers
from sphinx_amts.document.reader import VERSION, Document
from sphinx_amts.document.segments import segments
from sphinx_amts.document.sentences import version
from sphinx_amts.document.units import pieces
from sphinx_amts.locales import Language
from sphinx_amts.masked import key, strip_tags
from sphinx_amts.merge.gaps import GapConflict, local_gaps
from sphinx_amts.merge.separating import new_lines, separated
from sphinx_amts.merge.three_way import Conflict
from sphinx_amts.model import Gap, Group, Origin, Segment, State
from sphinx_amts.pairs.manifest import GapPiece, Manifest, UnitPiece
from sphinx_amts.sync.fitting import fitted
from sphinx_amts.sync.plan import NewUnit, OldGroup, OldUnit, Planned, Slot, Split, is_peoples, joined, old_units, plan

__all__ = ["Fate", "Outcome", "Place", "Work", "has_words", "joined"]


class Fate(enum.StrEnum):
    """What became of a slot; the values are the names under which segments are counted."""

    KEPT = "kept"
    MEMORY = "memory"
    TRANSLATED = "translated"
    UNTRANSLATED = "untranslated"
    STALE = "stale"
    WAITING = "waiting"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What memory or an engine has for a slot: masked text, or a reason why there is none.

    The masked text of an untranslated slot is a proposal.
    """

    fate: Fate
    masked: str = ""
    origin: str = ""
    reason: str = ""


_LETTER = "字"
"""Stands for the next sentence where no blank separates sentences."""

_MANY = 99
"""More new lines than stand anywhere."""

Place = tuple[int, int]
"""A slot: the index of its unit, and its own in the unit."""


@dataclass(slots=True)
class Work:
    """One document in one language, on its way from plan to target."""

    document: Document
    grammar: Grammar
    source_language: Language
    language: Language
    old: Manifest | None
    before: str | None = None
    """The target file as it was read."""
    replaces: str = ""
    """The path of the document that this one was, where its manifest and its target come from."""
    is_part: bool = False
    """Whether the manifest is the part of another document's that was cut out of it."""
    borrowed: tuple[OldGroup, ...] = ()
    """Groups of other documents that lost them, for sentences that are new here."""
    overwrites: bool = False
    """Whether an answer takes the place of a person's sentence whose source changed, where nobody reviewed it."""
    plans: list[Planned] = field(init=False)
    previous: list[OldUnit] = field(init=False)
    outcomes: dict[Place, Outcome] = field(default_factory=dict)
    fates: dict[Place, tuple[Fate, str]] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()
    """What source and people changed differently between units, with its line in the target; people's text was kept."""
    merged: tuple[int, ...] = ()
    """The gaps with which a merge begins that gave a new text."""
    unmerged: frozenset[int] = frozenset()
    """Those of them whose text does not hold up."""
    disputed: tuple[range, ...] = ()
    """The gaps, merged together or by themselves, in which there is a conflict."""
    conceded: frozenset[range] = frozenset()
    """Those of them in which people's text would hide what stands around it."""
    _order: dict[Place, int] = field(default_factory=dict)
    _keys: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        cache: dict[str, tuple[Segment, ...]] = {}

        def split(text: str) -> tuple[Segment, ...]:
            if text not in cache:
                cache[text] = segments(text, self.grammar, self.source_language.splitter)
            return cache[text]

        new = [NewUnit(unit, split(unit.text)) for unit in self.document.units]
        self.previous = old_units(self.old.units, split) if self.old else []
        plans = plan(new, self.previous, self.borrowed)
        self.plans = [replace(one, slots=tuple(self._fitted(slot, split) for slot in one.slots)) for one in plans]

    def _fitted(self, slot: Slot, split: Split) -> Slot:
        """A slot that keeps a group only where this can have its source's codes, and that keeps one whose source is back."""
        old = slot.kept or slot.previous
        if old is None or not old.group.target:
            return slot
        if slot.kept is not None:
            waits = is_peoples(old.group) and not old.group.stale
            return slot if waits or self._up_to_date(old, slot.segments) else Slot(slot.segments, previous=old)
        former = tuple(split("".join(old.group.former)))
        if not former or [key(each.masked) for each in former] != [key(each.masked) for each in slot.segments]:
            return slot
        state = State.REVIEWED if old.group.reviewer else old.group.state
        group = replace(old.group, state=state, stale=False, proposal=None, refused="", former=())
        before = OldGroup(group, former, tuple(key(each.masked) for each in former))
        return Slot(slot.segments, kept=before) if self._up_to_date(before, slot.segments) else slot

    def slots(self) -> Iterator[tuple[Place, Slot]]:
        """Every slot with its place, in the document's order."""
        for index, planned in enumerate(self.plans):
            for number, slot in enumerate(planned.slots):
                yield (index, number), slot

    def pending(self) -> Iterator[tuple[Place, Slot]]:
        """The slots for which something new is needed: no target is kept, and there are words in them."""
        for place, slot in self.slots():
            if slot.kept is None and has_words(slot.segment.masked):
                yield place, slot

    def context(self, place: Place) -> tuple[str, str]:
        """The keys of the sentences before and after a slot; empty at the document's ends."""
        if not self._order:
            for other, slot in self.slots():
                self._order[other] = len(self._keys)
                self._keys.append(" ".join(key(segment.masked) for segment in slot.segments))
        at = self._order[place]
        return self._keys[at - 1] if at else "", self._keys[at + 1] if at + 1 < len(self._keys) else ""

    def finish(self, refused: Mapping[int, str]) -> Manifest:
        """The new manifest; ``refused`` are units whose new text failed the doctree check, with the reason."""
        units = [self._piece(index, planned, refused.get(index)) for index, planned in enumerate(self.plans)]
        gaps = [self.document.flat.text[gap.span.start : gap.span.end] for gap in _gaps(self.document)]
        places = [planned.old for planned in self.plans]
        suffix = PurePosixPath(self.document.path).suffix
        local = local_gaps(self.old, gaps, places, suffix, self.unmerged, self.conceded)
        targets = separated([unit.target for unit in units], gaps, local.targets, dict(self._enough(units)))
        mixed: list[GapPiece | UnitPiece] = [GapPiece(gaps[0], targets[0])]
        for unit, gap, target in zip(units, gaps[1:], targets[1:], strict=True):
            mixed += [unit, GapPiece(gap, target)]
        attic = (*(self.old.attic if self.old else ()), *self._dropped(units), *local.lost)
        if self.is_part:
            attic = ()  # what this document does not take is the other's
        style = self.document.flat.style
        manifest = Manifest(
            path=self.document.path,
            pieces=tuple(mixed),
            style=with_ends(style, self.old.style) if self.old else style,
            attic=tuple(dict.fromkeys(attic)),
            reader=VERSION,
            splitter=version(self.source_language.splitter),
            edition=self.old.edition if self.old else "",
            beside=self.old.beside if self.old else "",
        )
        self.conflicts = tuple(_in_file(manifest, conflict) for conflict in local.conflicts)
        self.merged, self.disputed = local.merged, local.disputed
        return manifest

    def _enough(self, units: Sequence[UnitPiece]) -> Iterator[tuple[int, tuple[int, int]]]:
        """With how many new lines it is enough that what stands before each unit, and before the end, begins and ends.

        It is as many as people left behind the one and before the other.  There is no telling beside a new unit, nor where they
        had joined both to others.
        """
        stood = [-1, *(index for index, old in enumerate(self.previous) if old.piece.target), len(self.previous)]
        left = {place: new_lines(self._between(*place)) for place in pairwise(stood)} if self.old else {}
        behind = {place[0]: lines for place, lines in left.items()}
        before = {place[1]: lines for place, lines in left.items()}
        last: int | None = -1
        for index in (*(index for index, unit in enumerate(units) if unit.target), len(units)):
            now = self.plans[index].old if index < len(units) else len(self.previous)
            if last is None or now is None or last not in behind or now not in before:
                yield index, (_MANY, _MANY)
            elif (last, now) in left:
                yield index, left[last, now]
            else:
                begins, ends = behind[last][0], before[now][1]
                yield index, (begins, ends) if begins or ends else (_MANY, _MANY)
            last = now

    def _between(self, unit: int, other: int) -> str:
        """What stood between two units of the target as it was."""
        assert self.old is not None
        return "".join(piece.target for piece in self.old.pieces[2 * unit + 2 : 2 * other + 1])

    def _piece(self, index: int, planned: Planned, reason: str | None) -> UnitPiece:
        unit = planned.new.unit
        groups = [self._group((index, number), slot, reason) for number, slot in enumerate(planned.slots)]
        source = self.document.flat.text[unit.span.start : unit.span.end]
        old = self.previous[planned.old].piece if planned.old is not None else None
        if old is not None and _same_targets(groups, old):
            target = old.target if old.prefix == unit.prefix and old.encoding == unit.encoding else None
        else:
            target = None
        if target is None:
            groups, text = fitted(groups, unit, self.grammar, self.language)
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
            outcome = self.outcomes.get(place, Outcome(Fate.UNTRANSLATED))
            is_written = slot.previous is None or not self._only_proposes(slot.previous.group)
            if reason is not None and is_written and outcome.fate in (Fate.MEMORY, Fate.TRANSLATED):
                outcome = Outcome(Fate.REFUSED, reason=reason)
            is_last = place[1] == len(self.plans[place[0]].slots) - 1
            group, fate, reason = self._new(slot, source, outcome, is_last=is_last)
            self.fates[place] = (fate, reason)
            return group
        self.fates[place] = (fate, "")
        return group

    def _kept(self, slot: Slot, source: tuple[str, ...]) -> tuple[Group, Fate]:
        assert slot.kept is not None
        group = self._up_to_date(slot.kept, slot.segments)
        if group is None:  # its codes cannot be told apart: a person's text stays, and waits for a person
            group = replace(slot.kept.group, stale=True)
        return replace(group, source=source), Fate.STALE if group.stale else Fate.KEPT

    def _up_to_date(self, old: OldGroup, new: Sequence[Segment]) -> Group | None:
        """An old group with the codes that the source has now; ``None`` where they do not correspond."""
        target = self._carried(old, old.group.target, new)
        if old.group.proposal is None:
            return None if target is None else replace(old.group, target=target)
        proposal = self._carried(old, (old.group.proposal,), new)
        if proposal is None:
            return None
        return replace(old.group, target=old.group.target if target is None else target, proposal="".join(proposal))

    def _new(self, slot: Slot, source: tuple[str, ...], outcome: Outcome, *, is_last: bool) -> tuple[Group, Fate, str]:
        segment = slot.segment
        text, reason = self._written(segment, outcome, behind="" if is_last or self.language.spaced else _LETTER)
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
            carried = self._carried(before, before.group.target, slot.segments)
            if carried is not None:
                stays = replace(before.group, source=source, target=carried, stale=True, refused=refused)
                return stays, Fate.STALE if fate is Fate.UNTRANSLATED else fate, reason
        proposal = self._proposed(segment, outcome) if fate is Fate.UNTRANSLATED else None
        return Group(source, source, proposal=proposal or slot.proposal, refused=refused), fate, reason

    def _only_proposes(self, before: Group) -> bool:
        """Whether an answer stands beside a group, and not in its place."""
        reviewed = before.reviewer or before.state in (State.REVIEWED, State.FINAL)
        is_elsewhere = not "".join(before.target).strip()
        return _stands(before) and (not self.overwrites or bool(reviewed) or is_elsewhere)

    def _stale(self, slot: Slot, before: OldGroup, text: str | None, reason: str) -> Group:
        """A person's group whose source moved on; it is reviewed no more, but it remembers who reviewed it."""
        group = before.group
        proposal = text if text is not None else slot.proposal
        target = self._carried(before, group.target, slot.segments) if slot.is_same else None
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
            return restore(_on_one_line(outcome.masked), segment.codes, self.grammar)
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
            text = restore(_on_one_line(outcome.masked) + behind, segment.codes, self.grammar)
            return text.removesuffix(behind), ""
        except CannotRestore as error:
            return None, str(error)

    def _carried(self, old: OldGroup, old_target: Sequence[str], new: Sequence[Segment]) -> tuple[str, ...] | None:
        """A target for an old group with the codes that the source has now; ``None`` where they do not correspond."""
        before, now = joined(old.segments), joined(new)
        if before.codes == now.codes and key(before.masked) == key(now.masked):
            return tuple(old_target)
        text = "".join(old_target)
        target = joined(segments(text, self.grammar, self.language.splitter))
        found = in_source_numbers(before, target, self.grammar)
        if found is None or len(before.codes) != len(now.codes):
            return None
        masked, local = found
        codes = [local.get(number, code) for number, code in enumerate(now.codes, 1)]
        try:
            return (restore(masked, codes, self.grammar),)
        except (CannotRestore, IndexError):
            return None

    def _dropped(self, units: Sequence[UnitPiece]) -> Iterator[Group]:
        """What people wrote and what stands nowhere in the new target."""
        stand = {
            text.strip() for unit in units for group in unit.groups for text in ("".join(group.target), *group.target)
        }
        for unit in self.previous:
            for old in unit.groups:
                text = "".join(old.group.target).strip()
                if is_peoples(old.group) and text and text not in stand:
                    yield replace(old.group, proposal=None)


def _on_one_line(masked: str) -> str:
    """A masked text without line ends; its no-break spaces are the language's, and stay."""
    return key(" ".join(masked.splitlines()))


def has_words(masked: str) -> bool:
    """Whether there is anything to translate beside codes, numbers and punctuation."""
    return any(character.isalpha() for character in strip_tags(masked))


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
