"""What a person says of pairs that are not sure, done in manifests: no byte of the translation changes.

A manifest holds each target where its source stands.  So a pair that is none gives its target to the gap behind it, and a
source that gets another target takes it from the gap, or from the pair, in which it stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from sphinx_amts.adopt.editions import Side
from sphinx_amts.adopt.unsure import Marked, pairs_of
from sphinx_amts.document.flat import unflatten
from sphinx_amts.model import Group, Origin, State
from sphinx_amts.pairs.manifest import GapPiece, Manifest, UnitPiece
from sphinx_amts.sync.tree import LocaleTree

__all__ = ["settled", "settled_manifests"]

Read = Callable[[Sequence[str]], Mapping[str, Side]]
"""Reads the targets of some documents."""


def settled_manifests(tree: LocaleTree, marks: Sequence[Marked], read: Read) -> list[Manifest]:
    """The manifests of all documents that are named; nothing is written.

    Raises ConfigError, with the line of the mark, for a pair that is not asked about, or not any more.
    """
    by_path: dict[str, list[Marked]] = defaultdict(list)
    for mark in marks:
        by_path[mark.pair.path].append(mark)
    known = set(tree.paths())
    manifests = {}
    for path, own in by_path.items():
        manifest = tree.manifest(path) if path in known else None
        if manifest is None:
            raise own[0].error(f"{path} is no document that was adopted")
        if unflatten(manifest.target, manifest.style) != tree.read(path):
            raise own[0].error("this translation was edited since", "Sync, and ask for the list again.")
        manifests[path] = manifest
    linked = [path for path, own in by_path.items() if any(mark.mark.isdigit() for mark in own)]
    targets = read(linked) if linked else {}
    return [settled(manifests[path], own, targets.get(path)) for path, own in by_path.items()]


def settled(manifest: Manifest, marks: Sequence[Marked], target: Side | None) -> Manifest:
    """A manifest with some of its pairs settled; ``target`` is its target as it is read."""
    asked = {pair: number for number, pair in pairs_of(manifest)}
    units = list(manifest.units)
    spans = _spans(manifest)
    for mark in marks:
        if mark.pair not in asked:
            hint = "It was settled, or the document has changed. Remove it here, or ask for the list again."
            raise mark.error("this pair is not asked about", hint)
        number = asked[mark.pair]
        if mark.mark == "y":
            units[number] = _with(units[number], (replace(group, unsure=False) for group in units[number].groups))
        elif mark.mark == "n":
            _unlink(units, spans, number)
        else:
            _link(units, spans, number, mark, target)
    return _rebuilt(manifest, units, spans)


_Spans = list[tuple[int, int] | None]
"""Where the target of each unit stands in the flat text of the target."""


def _spans(manifest: Manifest) -> _Spans:
    spans: _Spans = []
    at = 0
    for piece in manifest.pieces:
        if isinstance(piece, UnitPiece):
            spans.append((at, at + len(piece.target)) if piece.target else None)
        at += len(piece.target)
    return spans


def _unlink(units: list[UnitPiece], spans: _Spans, number: int) -> None:
    """Leave a unit out, and those that were told with it."""
    for at in range(number, len(units)):
        if at > number and not _is_told_before(units[at]):
            break
        own = (sentence for group in units[at].groups for sentence in group.source)
        units[at] = _with(units[at], (Group((sentence,), (), Origin.HUMAN, State.TRANSLATED) for sentence in own))
        spans[at] = None


def _is_told_before(unit: UnitPiece) -> bool:
    return bool(unit.groups) and all(group.target == ("",) for group in unit.groups)


def _link(units: list[UnitPiece], spans: _Spans, number: int, mark: Marked, target: Side | None) -> None:
    """Give a unit the target that begins on a line of the translation."""
    line = int(mark.mark)
    if target is None:
        raise mark.error(f"{mark.pair.path} cannot be read as a document of the book")
    flat = target.document.flat
    there = [at for at, unit in enumerate(target.document.units) if flat.raw_line(unit.line) == line]
    if not there:
        raise mark.error(f"no text begins on line {line} of {mark.pair.path}")
    span = target.document.units[there[0]].span
    for at, other in enumerate(spans):
        if other and at != number and other[0] < span.end and span.start < other[1]:
            _unlink(units, spans, at)
    spans[number] = span.start, span.end
    stand = [each for each in spans if each]
    if any(one[1] > other[0] for one, other in pairwise(stand)):
        hint = "A target has to stand in the order of its source. Leave it out with n, or move it in the translation."
        raise mark.error(f"line {line} stands before or behind texts that are linked the other way round", hint)
    own = tuple(sentence for group in units[number].groups for sentence in group.source)
    new = tuple(sentence.text for sentence in target.sentences[there[0]])
    units[number] = _with(units[number], [Group(own, new, Origin.HUMAN, State.TRANSLATED)])


def _with(unit: UnitPiece, groups: Iterable[Group]) -> UnitPiece:
    return replace(unit, groups=tuple(groups))


def _rebuilt(manifest: Manifest, units: Sequence[UnitPiece], spans: _Spans) -> Manifest:
    """The manifest with its target cut anew: before a unit that is left out, its gap is empty."""
    text = manifest.target
    gaps = [piece for piece in manifest.pieces if isinstance(piece, GapPiece)]
    pieces: list[GapPiece | UnitPiece] = []
    at = 0
    for gap, unit, span in zip(gaps, units, spans, strict=False):
        start, end = span or (at, at)
        pieces += [replace(gap, target=text[at:start]), replace(unit, target=text[start:end])]
        at = end
    return replace(manifest, pieces=(*pieces, replace(gaps[-1], target=text[at:])))
