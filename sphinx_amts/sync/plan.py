"""What to keep, carry over and translate: the new units of a document against its manifest.

1. ``old_units`` derives the keys of what the manifest holds, with today's splitter.
2. ``plan`` pairs units (same place, moved, changed) and, inside and across them, sentences.
3. What is left is *pending*: one slot a sentence, with the group that stood in its place before, if any.

Keys are masked texts, so that a change inside a code is no change here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from sphinx_amts.document.encodings import decode
from sphinx_amts.masked import TAG, key, renumber
from sphinx_amts.model import Group, InlineCode, Origin, Segment, State, Unit
from sphinx_amts.pairs.manifest import UnitPiece

__all__ = [
    "NewUnit",
    "OldGroup",
    "OldUnit",
    "Planned",
    "Slot",
    "Split",
    "is_open",
    "is_peoples",
    "joined",
    "old_units",
    "plan",
]

Split = Callable[[str], Sequence[Segment]]


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit of the source as it is now."""

    unit: Unit
    segments: tuple[Segment, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of its sentences."""
        return tuple(key(segment.masked) for segment in self.segments)


@dataclass(frozen=True, slots=True)
class OldGroup:
    """A group of the manifest with its source sentences as they read today."""

    group: Group
    segments: tuple[Segment, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OldUnit:
    """A unit of the manifest."""

    piece: UnitPiece
    groups: tuple[OldGroup, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of its sentences."""
        return tuple(name for group in self.groups for name in group.keys)


@dataclass(frozen=True, slots=True)
class Slot:
    """Source sentences and what is to stand for them: a kept group, or something new in place of the previous one."""

    segments: tuple[Segment, ...]
    kept: OldGroup | None = None
    previous: OldGroup | None = None

    @property
    def segment(self) -> Segment:
        """The sentences as one: what is looked up and sent."""
        return joined(self.segments)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of its sentences."""
        return tuple(key(segment.masked) for segment in self.segments)

    @property
    def refused(self) -> str:
        """Why an earlier answer for the same source was refused, if one was."""
        return self.previous.group.refused if self.previous is not None and self.is_same else ""

    @property
    def proposal(self) -> str | None:
        """What was proposed for the same source before."""
        return self.previous.group.proposal if self.previous is not None and self.is_same else None

    @property
    def is_same(self) -> bool:
        """Whether the previous group stood for the same source."""
        return self.previous is not None and self.previous.keys == self.keys


@dataclass(frozen=True, slots=True)
class Planned:
    """A new unit, its slots in order, and the index of the old unit whose place it takes."""

    new: NewUnit
    slots: tuple[Slot, ...]
    old: int | None = None


def joined(parts: Sequence[Segment]) -> Segment:
    """Sentences as one segment, tags numbered through."""
    if len(parts) == 1:
        return parts[0]
    masked: list[str] = []
    codes: list[InlineCode] = []
    for part in parts:
        numbers = {int(tag["number"]): int(tag["number"]) + len(codes) for tag in TAG.finditer(part.masked)}
        masked.append(renumber(part.masked, numbers))
        codes += part.codes
    return Segment("".join(part.text for part in parts), "".join(masked), tuple(codes))


def old_units(pieces: Sequence[UnitPiece], split: Split) -> list[OldUnit]:
    """The manifest's units, their groups cut anew where the splitter cuts today."""
    return [OldUnit(piece, tuple(_regrouped(piece, split))) for piece in pieces]


def _regrouped(piece: UnitPiece, split: Split) -> Iterator[OldGroup]:
    """The groups of a unit, joined where a sentence of today reaches over the end of one."""
    segments = list(split(decode(piece.source, piece.encoding, piece.prefix)))
    waiting: list[Group] = []
    wanted = reached = 0
    taken: list[Segment] = []
    for group in piece.groups:
        waiting.append(group)
        wanted += sum(map(len, group.source))
        last = group is piece.groups[-1]
        while segments and (last or reached < wanted):
            taken.append(segments.pop(0))
            reached += len(taken[-1].text)
        if last or (reached == wanted and taken):
            yield _old_group(waiting, tuple(taken))
            waiting, taken = [], []


def _old_group(groups: Sequence[Group], segments: tuple[Segment, ...]) -> OldGroup:
    group = groups[0]
    source = tuple(segment.text for segment in segments)
    if len(groups) > 1:
        human = next((other for other in groups if is_peoples(other)), group)
        stale = any(other.stale for other in groups)
        former = tuple(text for other in groups for text in other.former or other.source)
        group = Group(
            source,
            tuple(text for other in groups for text in other.target),
            human.origin,
            min((other.state for other in groups), key=list(State).index),
            stale=stale,
            former=former if stale else (),
            reviewer=next((other.reviewer for other in groups if other.reviewer), ""),
            unsure=any(other.unsure for other in groups),
        )
    return OldGroup(replace(group, source=source), segments, tuple(key(segment.masked) for segment in segments))


def plan(new: Sequence[NewUnit], old: Sequence[OldUnit], borrowed: Sequence[OldGroup] = ()) -> list[Planned]:
    """A plan for each new unit, in order; ``borrowed`` groups of other documents may stand for sentences that are new."""
    pairs = _pair(new, old)
    known = _index([*(group for unit in old for group in unit.groups), *borrowed])
    return [Planned(unit, tuple(_slots(unit, _old(old, pairs, i), known)), pairs.get(i)) for i, unit in enumerate(new)]


def _old(old: Sequence[OldUnit], pairs: Mapping[int, int], index: int) -> OldUnit | None:
    return old[pairs[index]] if index in pairs else None


def _pair(new: Sequence[NewUnit], old: Sequence[OldUnit]) -> dict[int, int]:
    """The old unit for each new one: equal ones in order, then moved ones, then those that changed."""
    new_keys = [unit.keys for unit in new]
    old_keys = [unit.keys for unit in old]
    pairs: dict[int, int] = {}
    blocks: list[tuple[range, range]] = []
    for tag, a, b, c, d in SequenceMatcher(None, old_keys, new_keys, autojunk=False).get_opcodes():
        if tag == "equal":
            pairs.update(zip(range(c, d), range(a, b), strict=True))
        else:
            blocks.append((range(a, b), range(c, d)))
    free: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for block, _ in blocks:
        for index in block:
            free[old_keys[index]].append(index)
    for _, block in blocks:
        for index in block:
            if free.get(new_keys[index]):
                pairs[index] = free[new_keys[index]].pop(0)
    taken = set(pairs.values())
    for olds, news in blocks:
        left = [index for index in olds if index not in taken]
        for index in news:
            if index not in pairs and left:
                best = max(left, key=lambda i: _likeness(old_keys[i], new_keys[index], old[i], new[index]))
                if _likeness(old_keys[best], new_keys[index], old[best], new[index]) > _ALIKE:
                    pairs[index] = best
                    left.remove(best)
    return pairs


_ALIKE = 0.4
"""How much of two changed units must be the same words for one to take the other's place."""


_FEW = 80
"""Characters of two texts up to which single characters are compared: a heading has too few words."""


def _likeness(old_keys: tuple[str, ...], new_keys: tuple[str, ...], old: OldUnit, new: NewUnit) -> float:
    if old.piece.kind is not new.unit.kind:
        return 0.0
    shared = len(set(old_keys) & set(new_keys))
    return (1.0 + shared / max(len(old_keys), len(new_keys))) if shared else _words_alike(old_keys, new_keys)


def _words_alike(old: Sequence[str], new: Sequence[str]) -> float:
    """How much of two texts is the same: of their words, of the characters of a few words."""
    before, after = " ".join(old), " ".join(new)
    few = len(before) + len(after) < _FEW
    matcher = SequenceMatcher(None, before if few else before.split(), after if few else after.split(), autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() > _ALIKE else 0.0


Index = Mapping[str, Sequence[OldGroup]]


def _index(old: Iterable[OldGroup]) -> Index:
    """Groups by their first sentence: people's first, longer ones first, then in their order."""
    index: dict[str, list[OldGroup]] = defaultdict(list)
    for group in old:
        is_theirs = is_peoples(group.group) and group.group.state is not State.INITIAL
        if group.keys and (is_theirs or not is_open(group.group)):
            index[group.keys[0]].append(group)
    for groups in index.values():
        groups.sort(key=lambda group: (group.group.stale, not is_peoples(group.group), -len(group.keys)))
    return index


def is_peoples(group: Group) -> bool:
    """Whether a person wrote a target, or stood for it."""
    return group.origin == Origin.HUMAN or group.state in (State.REVIEWED, State.FINAL) or bool(group.reviewer)


def is_open(group: Group) -> bool:
    """Whether a group still wants an answer: one is tried again until it is there, a proposal until it is refused.

    Where only a code changed, a person's text waits for its person: nothing is proposed for the words that they chose.
    """
    if not group.stale or group.state is State.INITIAL:
        return group.state is State.INITIAL
    return not is_peoples(group) or (bool(group.former) and group.proposal is None and not group.refused)


def _slots(new: NewUnit, old: OldUnit | None, known: Index) -> Iterator[Slot]:
    kept, previous = _own(new, old)
    keys = new.keys
    at = 0
    while at < len(keys):
        end, before = previous.get(at, (at + 1, None))
        group = kept.get(at)
        if group is None and end == at + 1:
            group = next((g for g in known.get(keys[at], ()) if g.keys == keys[at : at + len(g.keys)]), None)
            if group is not None and before is not None and is_open(group.group):
                group = None  # what stood here before comes first
        if group is not None and _room(kept, at, len(group.keys), group):
            end = at + len(group.keys)
            segments = new.segments[at:end]
            yield Slot(segments, previous=group) if is_open(group.group) else Slot(segments, kept=group)
        else:
            yield Slot(new.segments[at:end], previous=before)
        at = end


def _room(kept: Mapping[int, OldGroup], at: int, length: int, group: OldGroup) -> bool:
    """Whether a group taken from elsewhere covers no sentence that keeps its own."""
    return kept.get(at) is group or all(index not in kept for index in range(at + 1, at + length))


Previous = Mapping[int, tuple[int, OldGroup]]
"""For a first sentence: behind which sentence its slot ends, and the group that stood there."""


def _own(new: NewUnit, old: OldUnit | None) -> tuple[dict[int, OldGroup], Previous]:
    """Out of the unit's own old version: the groups that stay, and those that stood where something changed."""
    kept: dict[int, OldGroup] = {}
    previous: dict[int, tuple[int, OldGroup]] = {}
    if old is None:
        return kept, previous
    owners = [(index, group) for index, group in enumerate(old.groups) for _ in group.keys]
    matched: dict[int, list[int]] = defaultdict(list)
    changed: list[tuple[list[int], list[int]]] = []
    for tag, a, b, c, d in SequenceMatcher(None, old.keys, new.keys, autojunk=False).get_opcodes():
        if tag == "equal":
            for i, j in zip(range(a, b), range(c, d), strict=True):
                matched[owners[i][0]].append(j)
        else:
            changed.append((sorted({owners[i][0] for i in range(a, b)}), list(range(c, d))))
    for index, places in matched.items():
        group = old.groups[index]
        if places == list(range(places[0], places[0] + len(group.keys))) and not is_open(group.group):
            kept[places[0]] = group
    staying = {id(group) for group in kept.values()}
    covered: set[int] = set()
    for index, group in enumerate(old.groups):
        if len(group.keys) > 1 and group.group.state is not State.INITIAL and id(group) not in staying:
            alone = [place for olds, news in changed if olds == [index] for place in news]
            span = _span([*matched.get(index, ()), *alone], group, new, {*kept, *covered})
            covered.update(span)
            previous.update({span.start: (span.stop, group)} if span else {})
    whole = staying | {id(group) for _, group in previous.values()}
    changed += [([index], places) for index, places in matched.items()]
    for olds, news in changed:
        left = [old.groups[index] for index in olds if id(old.groups[index]) not in whole]
        for place, group in _in_place(left, [place for place in news if place not in covered], new):
            previous.setdefault(place, (place + 1, group))
    return kept, previous


def _span(places: Sequence[int], group: OldGroup, new: NewUnit, taken: Set[int]) -> range:
    """All sentences for which a group of several stands, now that one changed: it is kept or replaced as a whole."""
    if not places:
        return range(0)
    start, stop = min(places), max(places) + 1
    keys = new.keys
    while start and start - 1 not in taken and keys[start - 1] in group.keys:
        start -= 1
    while stop < len(keys) and stop not in taken and keys[stop] in group.keys:
        stop += 1
    return range(start, stop)


def _in_place(old: list[OldGroup], places: Sequence[int], new: NewUnit) -> Iterator[tuple[int, OldGroup]]:
    """Which changed sentence stands for which old groups: in order where there are as many, else the most alike.

    What people wrote is never left over while there is a sentence to stand for: old groups that were joined into one
    sentence become one group.
    """
    if len(old) == len(places):
        yield from zip(places, old, strict=True)
        return
    chosen: dict[int, list[OldGroup]] = defaultdict(list)
    for group in old:
        best = max(places, key=lambda place: _words_alike(group.keys, [key(new.segments[place].masked)]), default=None)
        if best is None:
            continue
        alike = _words_alike(group.keys, [key(new.segments[best].masked)]) > _ALIKE
        if alike or is_peoples(group.group):
            chosen[best].append(group)
    for place, groups in chosen.items():
        yield place, groups[0] if len(groups) == 1 else _merged(groups)


def _merged(groups: Sequence[OldGroup]) -> OldGroup:
    segments = tuple(segment for group in groups for segment in group.segments)
    return _old_group([group.group for group in groups], segments)
