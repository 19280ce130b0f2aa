"""Documents that were renamed, moved, split or joined take their targets along.

1. *Heirs*: a new document that is nearly one whose source is gone takes its manifest and its target, as they stand.
2. *Parts*: a new document that was cut out of another takes the units that are left over there, and what is localised
   between them.
3. *Sentences*: what is left over anywhere stands for the same sentences wherever they are new.

What waits in an attic comes back with its sentence, too.  A target comes with its origin, its state and its codes' new text.
What people wrote stays in the attic of the document that lost it, or in its file, whatever becomes of the one that gained it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from sphinx_amts.document.flat import without_templates
from sphinx_amts.model import Group, Kind, Origin, State
from sphinx_amts.pairs.anchors import without_anchors
from sphinx_amts.pairs.manifest import GapPiece, Manifest, UnitPiece
from sphinx_amts.sync.job import Job
from sphinx_amts.sync.plan import OldGroup, OldUnit, is_peoples
from sphinx_amts.sync.standing import folded, units_of
from sphinx_amts.sync.work import Work

__all__ = ["brought_by_hand", "gone", "move", "moved", "receivers_first", "stands_elsewhere"]

_NEARLY = 0.5
"""How much of two documents' prose must be the same for one to be the other's heir."""
_PART = 0.3
"""How much of a new document's prose must be left over from another for it to be a part of that."""

_YAML = (".yml", ".yaml")


@dataclass(frozen=True, slots=True)
class _Donor:
    """A document that lost something: its manifest as it stands, and the numbers of the units that are left over."""

    manifest: Manifest
    before: str | None
    units: Sequence[OldUnit]
    left: Sequence[int]
    groups: Sequence[OldGroup]
    syntax: str

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.manifest.path).suffix


def gone(job: Job) -> list[str]:
    """The documents of a tree whose sources are gone."""
    known = set(job.book.paths())
    return [path for path in job.tree.paths() if path not in known]


def moved(job: Job, works: Sequence[Work], attics: Iterable[Manifest] = ()) -> list[Work]:
    """The works, those of documents that came from others with what these have for them, or keep in their attics."""
    taken = {work.replaces for work in works}
    left = [donor for path in gone(job) if path not in taken and (donor := _gone(job, path)) is not None]
    rivals = _rivals(job, works) if left else []
    found = dict(enumerate(works))
    for number, donor in _heirs(works, left, rivals):
        manifest = replace(donor.manifest, path=works[number].document.path)
        found[number] = replace(works[number], old=manifest, before=donor.before, replaces=donor.manifest.path)
        left.remove(donor)
    left += [donor for work in found.values() if (donor := _living(work)) is not None]
    left += [_attic(job, manifest) for manifest in attics] if works else []
    if not left:
        return list(found.values())
    for number, work in list(found.items()):
        donor = _parent(work, left) if work.old is None else None
        if donor is not None:
            found[number] = replace(work, old=_cut(donor, work.document.path), is_part=True)
            _give_away(donor, work, found)
    return [_with_sentences(work, left) for work in found.values()]


def receivers_first(works: Sequence[Work]) -> list[Work]:
    """The order in which to write: a document that lost a sentence comes behind those that gained it.

    So nothing is lost to whoever dies in between.
    """
    return sorted(works, key=lambda work: not (work.borrowed or work.is_part))


def move(job: Job, work: Work) -> None:
    """Have a document's files follow it; raises WrittenMeanwhile where somebody wrote the target since it was read."""
    if work.replaces:
        job.tree.move(work.replaces, work.document.path, work.before)


def brought_by_hand(job: Job, path: str, target: str) -> Manifest | None:
    """The manifest of a document without source and target whose target people moved to this path themselves."""
    for old in gone(job):
        manifest = job.tree.manifest(old)
        if manifest is not None and not old.endswith(_YAML) and PurePosixPath(old).suffix == PurePosixPath(path).suffix:
            lines, theirs = (_lines(text) for text in (manifest.target, target))
            if job.tree.read(old) is None and _alike(lines, theirs) > _NEARLY:
                return manifest
    return None


def stands_elsewhere(job: Job, manifest: Manifest) -> bool:
    """Whether all that people wrote in a document without source stands in other documents, too."""
    others = [other for path in job.tree.paths() if path != manifest.path and (other := job.tree.manifest(path))]
    target = job.tree.read(manifest.path)
    if any(_is_copy(job, other, manifest, target) for other in others):
        return True  # it was moved, and whoever moved it died before its old files were removed
    if manifest.attic or any(_is_local(piece) for piece in manifest.pieces):
        return False
    standing = {"".join(group.target).strip() for other in others for unit in other.units for group in unit.groups}
    theirs = (group for unit in manifest.units for group in unit.groups if is_peoples(group))
    return all("".join(group.target).strip() in standing for group in theirs if group.target)


def _is_copy(job: Job, other: Manifest, manifest: Manifest, target: str | None) -> bool:
    same = without_anchors(replace(other, path=manifest.path)) == manifest
    return same and target in (None, job.tree.read(other.path))


def _is_local(piece: GapPiece | UnitPiece) -> bool:
    return isinstance(piece, GapPiece) and without_templates(piece.source) != without_templates(piece.target)


def _gone(job: Job, path: str) -> _Donor | None:
    manifest, target = job.tree.manifest(path), job.tree.read(path)
    if manifest is None or path.endswith(_YAML):
        return None
    manifest = without_anchors(manifest if target is None else folded(job, manifest, target, path))
    units = units_of(job, manifest)
    groups = [group for unit in units for group in unit.groups]
    return _Donor(manifest, target, units, range(len(units)), groups, job.book.syntax(path))


def _living(work: Work) -> _Donor | None:
    """What a document that is there still has left over: neither kept nor behind what changed in its place."""
    if work.old is None:
        return None
    standing = {id(group) for _, slot in work.slots() for group in (slot.kept, slot.previous)}
    groups = [group for unit in work.previous for group in unit.groups if id(group) not in standing]
    own = {id(group) for group in groups}
    units = work.previous
    left = [number for number, unit in enumerate(units) if unit.groups and all(id(g) in own for g in unit.groups)]
    return _Donor(work.old, None, units, left, groups, work.document.syntax) if groups else None


def _rivals(job: Job, works: Sequence[Work]) -> list[Counter[str]]:
    """The lines of documents that are new as well, and are not synced now because others were named."""
    own = {work.document.path for work in works}
    paths = [path for path in job.book.paths() if path not in own] if job.only else []
    return [_lines(job.book.raw(path)) for path in paths if job.tree.manifest(path) is None]


def _attic(job: Job, manifest: Manifest) -> _Donor:
    """What people wrote for sentences that are no more: these may come back, here or elsewhere."""
    texts = (("".join(group.source), "".join(group.target), group) for group in manifest.attic)
    pieces = tuple(UnitPiece(Kind.PARAGRAPH, source, target, (group,)) for source, target, group in texts)
    groups = [group for unit in units_of(job, replace(manifest, pieces=pieces)) for group in unit.groups]
    return _Donor(replace(manifest, path="", pieces=()), None, (), (), groups, job.book.syntax(manifest.path))


def _heirs(
    works: Sequence[Work], left: Iterable[_Donor], rivals: Sequence[Counter[str]]
) -> Iterator[tuple[int, _Donor]]:
    """The new documents that are nearly one that is gone, the most alike first."""
    pairs = []
    for donor in left:
        lines = _lines(donor.manifest.source)
        best = max((_alike(lines, rival) for rival in rivals), default=0.0)
        keys = _weighed(key for unit in donor.units for key in unit.keys)
        for number, work in enumerate(works):
            if _may_follow(work, donor) and _alike(lines, _lines(work.document.flat.text)) >= best:
                same = work.document.flat.text == donor.manifest.source
                alike = 2.0 if same else _alike(keys, _weighed(_keys(work)))
                pairs.append((alike, number, donor))
    taken: list[object] = []
    for alike, number, donor in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2].manifest.path)):
        if alike > _NEARLY and number not in taken and donor.manifest.path not in taken:
            taken += [number, donor.manifest.path]
            yield number, donor


def _may_follow(work: Work, donor: _Donor) -> bool:
    return work.old is None and PurePosixPath(work.document.path).suffix == donor.suffix


def _keys(work: Work) -> Iterator[str]:
    return (key for planned in work.plans for key in planned.new.keys)


def _weighed(texts: Iterable[str]) -> Counter[str]:
    """How many characters each text has, all times that it occurs."""
    weights: Counter[str] = Counter()
    for text in texts:
        weights[text] += len(text)
    return weights


def _lines(text: str) -> Counter[str]:
    return _weighed(line.strip() for line in text.splitlines())


def _alike(one: Counter[str], other: Counter[str]) -> float:
    return 2 * (one & other).total() / ((one.total() + other.total()) or 1)


def _parent(work: Work, left: Iterable[_Donor]) -> _Donor | None:
    """The one document out of which this new one was cut."""
    own = _weighed(_keys(work))
    best, parent = _PART * own.total(), None
    for donor in left:
        if _may_follow(work, donor):
            shared = (own & _weighed(key for number in donor.left for key in donor.units[number].keys)).total()
            if shared > best:
                best, parent = shared, donor
    return parent


def _give_away(donor: _Donor, work: Work, found: dict[int, Work]) -> None:
    """Let what is localised behind units that went to another document go with them."""
    went = set(_keys(work))
    behind = [2 * number + 2 for number in donor.left if not went.isdisjoint(donor.units[number].keys)]
    for number, other in found.items():
        if other.old is not None and not other.is_part and other.document.path == donor.manifest.path:
            found[number] = replace(other, old=_as_in_source(other.old, behind))


def _as_in_source(manifest: Manifest, gaps: Iterable[int]) -> Manifest:
    """A manifest with some of its pieces as they are in the source; what was localised there lies in the attic."""
    pieces, attic = list(manifest.pieces), list(manifest.attic)
    for index in gaps:
        gap = pieces[index]
        if isinstance(gap, GapPiece) and _is_local(gap):
            pieces[index] = GapPiece(gap.source, gap.source)
            attic.append(Group((gap.source,), (gap.target,), Origin.HUMAN, State.TRANSLATED))
    return replace(manifest, pieces=tuple(pieces), attic=tuple(dict.fromkeys(attic)))


def _cut(donor: _Donor, path: str) -> Manifest:
    """The manifest of the units that are left over; what is localised behind one of them comes along."""
    pieces, left = donor.manifest.pieces, set(donor.left)
    kept: list[GapPiece | UnitPiece] = []
    for number in range(len(donor.units) + 1):
        gap = pieces[2 * number]
        if max(number - 1, 0) not in left:
            gap = GapPiece(gap.source, gap.source)
        if kept and isinstance(kept[-1], GapPiece):
            gap = GapPiece(kept[-1].source + gap.source, kept.pop().target + gap.target)
        kept.append(gap)
        if number in left:
            kept.append(pieces[2 * number + 1])
    return replace(donor.manifest, path=path, pieces=tuple(kept), attic=())


def _with_sentences(work: Work, left: Sequence[_Donor]) -> Work:
    """A work with what is left over elsewhere for its pending sentences."""
    known: Mapping[str, list[OldGroup]] = _by_first(left, work)
    wanted = {key for planned in work.plans for slot in planned.slots if slot.kept is None for key in slot.keys}
    groups = [group for key in sorted(wanted & known.keys()) for group in known[key]]
    return replace(work, borrowed=tuple(groups)) if groups else work


def _by_first(left: Sequence[_Donor], work: Work) -> dict[str, list[OldGroup]]:
    """The groups that may be taken, by their first sentence."""
    known: dict[str, list[OldGroup]] = {}
    for donor in left:
        if donor.syntax == work.document.syntax and donor.manifest.path != work.document.path:
            for group in donor.groups:
                if group.keys and "".join(group.group.target).strip() and group.group.state is not State.INITIAL:
                    known.setdefault(group.keys[0], []).append(group)
    return known
