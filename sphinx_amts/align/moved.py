"""Text that stands elsewhere in the translation: a second look at what has found no partner.

What dynamic programming left alone, and what it joined to a neighbour for want of something better, is compared with all
that is left on the other side of the same document.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from sphinx_amts.align.beads import Bead
from sphinx_amts.align.lexicon import Corpus, Floats, Ints
from sphinx_amts.align.likelihood import Band
from sphinx_amts.align.model import Model, Stretch, pair_scores

__all__ = ["second_look"]

_PRIOR = -5.0
_MOST = 2_000_000
"""Pairs of left over texts of one document that are compared."""


@dataclass(slots=True)
class _Side:
    """The texts of one side of a document that may have a partner elsewhere, and what it gains to set each free."""

    texts: list[int] = field(default_factory=list)
    beads: list[int] = field(default_factory=list)


def second_look(
    model: Model, source: Corpus, target: Corpus, sequences: Sequence[Stretch], ways: Sequence[Sequence[Bead]]
) -> list[list[Bead]]:
    """The ways with moved text put in its place: such beads say so, and stand where their source stands."""
    found = [list(way) for way in ways]
    sides = [(_open(way, 0), _open(way, 1)) for way in ways]
    chosen = [
        d
        for d, (left, right) in enumerate(sides)
        if left.texts and right.texts and len(left.texts) * len(right.texts) <= _MOST
    ]
    if not chosen:
        return found
    lefts = [[sequences[d].source + text for text in sides[d][0].texts] for d in chosen]
    rights = [[sequences[d].target + text for text in sides[d][1].texts] for d in chosen]
    first = np.cumsum([0, *map(len, rights)])
    low = np.repeat(first[:-1], [len(left) for left in lefts])
    high = np.repeat(first[1:], [len(left) for left in lefts])
    scores = pair_scores(model, source.chosen(_flat(lefts)), target.chosen(_flat(rights)), Band(low, high))
    at = 0
    for number, d in enumerate(chosen):
        shape = len(lefts[number]), len(rights[number])
        table = scores[at : at + shape[0] * shape[1]].reshape(shape)
        at += table.size
        found[d] = _settled(model, found[d], *sides[d], table)
    return found


def _flat(parts: list[list[int]]) -> Ints:
    return np.array([each for part in parts for each in part], np.int64)


def _open(way: Sequence[Bead], side: int) -> _Side:
    """The texts of one side that stand alone or in a merge of two; and what those merges hold on the other side."""
    found = _Side()
    for number, bead in enumerate(way):
        if bead.shape in ((1, 2), (2, 1), (1 - side, side)):
            begin, end = (bead.target, bead.target_end) if side else (bead.source, bead.source_end)
            for text in range(begin, end):
                found.texts.append(text)
                found.beads.append(number)
    return found


def _settled(model: Model, way: list[Bead], left: _Side, right: _Side, table: Floats) -> list[Bead]:
    """Take the best pairs first, as long as each is better than what it breaks up."""
    rows = {text: row for row, text in enumerate(left.texts)}
    columns = {text: column for column, text in enumerate(right.texts)}
    free = [
        np.array([_release(model, way[bead], text, 0, table, rows, columns) for text, bead in _each(left)]),
        np.array([_release(model, way[bead], text, 1, table, rows, columns) for text, bead in _each(right)]),
    ]
    value = table + _PRIOR - math.log(1 + min(table.shape)) + free[0][:, None] + free[1][None, :]
    same = np.array(left.beads)[:, None] == np.array(right.beads)[None, :]
    value = np.where(same, -np.inf, value)
    order = np.argsort(-value, axis=None, kind="stable")
    new: list[Bead] = []
    broken: dict[int, tuple[int, int]] = {}
    for cell in order[: int((value > 0).sum())]:
        row, column = divmod(int(cell), table.shape[1])
        beads = left.beads[row], right.beads[column]
        if beads[0] in broken or beads[1] in broken:
            continue
        one, other = left.texts[row], right.texts[column]
        broken[beads[0]], broken[beads[1]] = (one, -1), (-1, other)
        rival = max(_second(value[row], column), _second(value[:, column], row), 0.0)
        likely = 1.0 / (1.0 + math.exp(min(rival - float(value[row, column]), 50.0)))
        new.append(Bead(one, one + 1, other, other + 1, likely, float(table[row, column]), moved=True))
    kept = [_without(bead, *broken[number]) if number in broken else bead for number, bead in enumerate(way)]
    return sorted([*(bead for bead in kept if bead is not None), *new])


def _each(side: _Side) -> zip[tuple[int, int]]:
    return zip(side.texts, side.beads, strict=True)


def _second(values: Floats, best: int) -> float:
    """The best value but one."""
    others = np.delete(values, best)
    return float(np.max(others)) if len(others) else -math.inf


def _release(
    model: Model,
    bead: Bead,
    text: int,
    side: int,
    table: Floats,
    rows: dict[int, int],
    columns: dict[int, int],
) -> float:
    """What it gains (or costs, below 0) to take a text out of its bead."""
    if 0 in bead.shape:
        return -model.prior[bead.shape]
    if bead.shape[side] < 2:
        return -math.inf
    rest = _without(bead, *((-1, text) if side else (text, -1)))
    assert rest is not None
    return float(table[rows[rest.source], columns[rest.target]]) - bead.score


def _without(bead: Bead, source: int, target: int) -> Bead | None:
    """What is left of a bead when a text is taken out; ``None`` if nothing is."""
    if 0 in bead.shape:
        return None
    begin, end = bead.source, bead.source_end
    if source >= 0:
        begin, end = (begin + 1, end) if source == begin else (begin, end - 1)
    first, last = bead.target, bead.target_end
    if target >= 0:
        first, last = (first + 1, last) if target == first else (first, last - 1)
    return replace(bead, source=begin, source_end=end, target=first, target_end=last)
