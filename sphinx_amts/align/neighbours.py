"""The edges of merges: a text that stands alone beside a bead may belong to it, and one in the midst of it may not.

Dynamic programming takes neighbours only.  Where text was dropped or moved, the texts of a bead need not be neighbours.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sphinx_amts.align.beads import Bead
from sphinx_amts.align.lexicon import Corpus
from sphinx_amts.align.model import Model, Stretch, set_scores

__all__ = ["settled"]

_ROUNDS = 2
_REACH = 3
"""So far away a text that stands alone may belong to a bead."""
_MOST = 3
_LEAST_GAIN = 0.5


@dataclass(frozen=True, slots=True)
class _Edit:
    """A bead as it is, as it might be, and the beads of single texts that come and go by that."""

    document: int
    bead: Bead
    sources: tuple[int, ...]
    targets: tuple[int, ...]
    gone: Bead | None
    new: tuple[Bead, ...]


def settled(
    model: Model, source: Corpus, target: Corpus, sequences: Sequence[Stretch], ways: Sequence[Sequence[Bead]]
) -> list[list[Bead]]:
    """The ways with better edges."""
    found = [list(way) for way in ways]
    for _ in range(_ROUNDS):
        edits = [edit for number, way in enumerate(found) for edit in _edits(number, way)]
        gains = _gains(model, source, target, sequences, edits)
        order = sorted(range(len(edits)), key=lambda at: (-gains[at], at))
        used: set[tuple[int, Bead]] = set()
        for at in order:
            edit = edits[at]
            touched = {(edit.document, bead) for bead in (edit.bead, edit.gone) if bead is not None}
            if gains[at] < _LEAST_GAIN:
                break
            if not touched & used:
                used |= touched
                _apply(edit, gains[at], found[edit.document])
        if not used:
            break
    return [sorted(way, key=_place) for way in found]


def _place(bead: Bead) -> tuple[int, int, int, int]:
    return bead.source, bead.source_end, bead.target, bead.target_end


def _edits(document: int, way: Sequence[Bead]) -> Iterator[_Edit]:
    """What might be better."""
    alone: tuple[dict[int, Bead], dict[int, Bead]] = {}, {}
    for bead in way:
        if bead.shape == (1, 0):
            alone[0][bead.source] = bead
        elif bead.shape == (0, 1):
            alone[1][bead.target] = bead
    kept = [bead for bead in way if 0 not in bead.shape and not bead.moved]
    held = {text for bead in kept for text in bead.sources}, {text for bead in kept for text in bead.targets}
    for bead in way:
        if 0 in bead.shape:
            continue
        one, other = bead.sources, bead.targets
        if len(one) < _MOST and len(other) == 1:
            for text in _beside(one, alone[0], held[0]):
                yield _Edit(document, bead, tuple(sorted((*one, text))), other, alone[0][text], ())
        if len(other) < _MOST and len(one) == 1:
            for text in _beside(other, alone[1], held[1]):
                yield _Edit(document, bead, one, tuple(sorted((*other, text))), alone[1][text], ())
        for text in one if len(one) > 1 else ():
            gap = Bead(text, text + 1, bead.target, bead.target, 0.5)
            yield _Edit(document, bead, tuple(each for each in one if each != text), other, None, (gap,))
        for text in other if len(other) > 1 else ():
            gap = Bead(bead.source, bead.source, text, text + 1, 0.5)
            yield _Edit(document, bead, one, tuple(each for each in other if each != text), None, (gap,))


def _beside(texts: Sequence[int], alone: Mapping[int, Bead], held: Collection[int]) -> Iterator[int]:
    """The texts that stand alone near a bead, with none between that has its own partner there."""
    for near in (range(texts[0] - 1, texts[0] - 1 - _REACH, -1), range(texts[-1] + 1, texts[-1] + 1 + _REACH)):
        for text in near:
            if text in held:
                break
            if text in alone:
                yield text


def _gains(
    model: Model, source: Corpus, target: Corpus, sequences: Sequence[Stretch], edits: Sequence[_Edit]
) -> list[float]:
    """What each edit gains."""
    pairs = []
    for edit in edits:
        down, right = sequences[edit.document].source, sequences[edit.document].target
        for one, other in ((edit.bead.sources, edit.bead.targets), (edit.sources, edit.targets)):
            pairs.append(([down + text for text in one], [right + text for text in other]))
    scores = set_scores(model, source, target, pairs)
    gaps = [sum(model.prior[bead.shape] for bead in edit.new) for edit in edits]
    gone = [model.prior[edit.gone.shape] if edit.gone else 0.0 for edit in edits]
    return [float(scores[2 * at + 1] - scores[2 * at] + gaps[at] - gone[at]) for at in range(len(edits))]


def _apply(edit: _Edit, gain: float, way: list[Bead]) -> None:
    likely = edit.bead.posterior / (1.0 + math.exp(-min(gain, 50.0)))
    way.remove(edit.bead)
    if edit.gone is not None:
        way.remove(edit.gone)
    way.append(Bead.of(edit.sources, edit.targets, edit.bead, likely))
    way.extend(edit.new)
