"""What the aligner has learned so far, and what it makes of a cell: the scores of all beads that begin there."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sphinx_amts.align.beads import SHAPES, Bead, Lattice
from sphinx_amts.align.lexicon import Corpus, Floats, Ints, Lexicon
from sphinx_amts.align.likelihood import Band, Explained, both_ways, directions, explained

__all__ = ["Lengths", "Model", "Stretch", "learned_kinds", "learned_lengths", "pair_scores", "set_scores", "ways"]

_NEVER = -1e9
_PRIOR = {
    (1, 1): 0.0,
    (1, 2): -4.0,
    (2, 1): -4.0,
    (2, 2): -7.0,
    (1, 3): -6.5,
    (3, 1): -6.5,
    (1, 0): -4.0,
    (0, 1): -4.0,
}
_LEXICON = 0.4
"""Both directions see the same words, so each counts less than half."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """Logarithms of target length by source length where texts are translations, and where they are not."""

    ratio: float = 0.0
    spread: float = 0.25
    """Where texts are long."""
    short: float = 2.0
    """What is added for short ones, by characters."""
    chance: float = 1.2

    def score(self, source: Floats, target: Floats) -> Floats:
        """The log-likelihood ratio of lengths: heavy tails, since people condense and explain."""
        off = np.log((target + 2.0) / (source + 2.0)) - self.ratio
        width = np.sqrt(self.spread**2 + self.short / (source + target + 4.0))
        return np.asarray(
            _student(off / width, 4.0) - np.log(width) - _student(off / self.chance, 4.0) + math.log(self.chance)
        )


def _student(x: Floats, freedom: float) -> Floats:
    return np.asarray(-0.5 * (freedom + 1.0) * np.log1p(x * x / freedom))


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Everything that scores a bead."""

    lexicon: Lexicon
    lengths: Lengths = Lengths()
    kinds: Mapping[tuple[str, str], float] | None = None
    prior: Mapping[tuple[int, int], float] = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        if self.prior is None:
            object.__setattr__(self, "prior", _PRIOR)

    def kind(self, source: str, target: str) -> float:
        """How well two kinds go together."""
        if not source or not target:
            return 0.0
        known = (self.kinds or {}).get((source, target))
        return known if known is not None else (0.5 if source == target else -2.5)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Two sequences of texts that are aligned with each other, as ranges of two corpora."""

    source: int
    source_end: int
    target: int
    target_end: int


def ways(
    model: Model,
    source: Corpus,
    target: Corpus,
    sequences: Sequence[Stretch],
    low: Ints,
    width: Ints,
    shapes: Sequence[tuple[int, int]] = SHAPES,
) -> Iterator[tuple[Stretch, list[Bead]]]:
    """The best way through each pair of sequences; ``low`` and ``width`` are the band of each source text.

    Beads count from the start of their sequences.  The sequences come in another order, those of a shape together.
    """
    band = Band(low, low + width)
    forward, backward = directions(source, target, model.lexicon)
    one, other = both_ways(forward, backward, band, max(max(shape) for shape in shapes))
    offsets = band.offsets
    for batch in _batches(sequences, width):
        cells = np.array([np.arange(offsets[each.source], offsets[each.source_end]) for each in batch])
        first = batch[0]
        rows, targets = first.source_end - first.source, first.target_end - first.target
        shape = (len(batch), rows, cells.shape[1] // rows)
        own_low = low[first.source : first.source_end] - first.target
        scores = _scores(
            model,
            shapes,
            one.at(cells.ravel()).shaped(shape),
            other.at(cells.ravel()).shaped(shape),
            own_low,
            np.array([source.length[each.source : each.source_end] for each in batch]),
            np.array([target.length[each.target : each.target_end] for each in batch]),
            _kinds(model, source, target, batch),
        )
        gaps = (model.prior[1, 0], model.prior[0, 1])
        lattice = Lattice(own_low, targets, scores, gaps)
        yield from zip(batch, lattice.ways(), strict=True)


def pair_scores(model: Model, source: Corpus, target: Corpus, band: Band) -> Floats:
    """The score of each 1-1 bead in a band."""
    found = both_ways(*directions(source, target, model.lexicon), band, 1)
    one, other = found[0].whole[0], found[1].whole[0]
    rows = np.repeat(np.arange(len(band.low)), band.high - band.low)
    columns = np.arange(len(rows)) - band.offsets[rows] + band.low[rows]
    score = (
        model.prior[1, 1] + _LEXICON * (one + other) + model.lengths.score(source.length[rows], target.length[columns])
    )
    if model.kinds is not None:
        names = sorted({*source.kind, *target.kind})
        number = {name: index for index, name in enumerate(names)}
        table = np.array([[model.kind(one, other) for other in names] for one in names])
        left = np.array([number[kind] for kind in source.kind], np.int64)
        right = np.array([number[kind] for kind in target.kind], np.int64)
        score += table[left[rows], right[columns]]
    return np.asarray(score)


def set_scores(
    model: Model, source: Corpus, target: Corpus, pairs: Sequence[tuple[Sequence[int], Sequence[int]]]
) -> Floats:
    """The score of each pair of sets of texts."""
    if not pairs:
        return np.zeros(0)
    left, right = source.merged([one for one, _ in pairs]), target.merged([other for _, other in pairs])
    places = np.arange(len(pairs))
    band = Band(places, places + 1)
    forward, backward = directions(left, right, model.lexicon)
    score = _LEXICON * (explained(forward, band, 1).whole[0] + explained(backward, band, 1).whole[0])
    score += model.lengths.score(left.length, right.length)
    prior = [model.prior.get((len(one), len(other)), _RARE) for one, other in pairs]
    kinds = [
        model.kind(source.kind[one[0]], target.kind[other[0]])
        + (model.kind(source.kind[one[-1]], target.kind[other[-1]]) if len(one) + len(other) > 2 else 0.0)
        for one, other in pairs
    ]
    return np.asarray(score + np.array(prior) + np.array(kinds))


_RARE = -9.0
"""The prior of longer merges."""
_LARGEST_BATCH = 20_000


def _batches(sequences: Sequence[Stretch], width: Ints) -> Iterator[list[Stretch]]:
    """Sequences of one shape without a band together, the others alone."""
    shapes: dict[tuple[int, int], list[Stretch]] = {}
    for each in sequences:
        rows, targets = each.source_end - each.source, each.target_end - each.target
        if not rows or not targets:
            continue
        if width[each.source] < targets:
            yield [each]
        else:
            shapes.setdefault((rows, targets), []).append(each)
    for (rows, targets), batch in shapes.items():
        most = max(_LARGEST_BATCH // (rows * targets), 1)
        for start in range(0, len(batch), most):
            yield batch[start : start + most]


def _kinds(model: Model, source: Corpus, target: Corpus, batch: Sequence[Stretch]) -> Any:
    """Two arrays of numbers of kinds, and the table of their scores; ``None`` where no text has a kind."""
    if not any(source.kind[batch[0].source : batch[0].source_end]):
        return None
    names = sorted({*source.kind, *target.kind})
    number = {name: index for index, name in enumerate(names)}
    table = np.array([[model.kind(one, other) for other in names] for one in names])
    return (
        np.array([[number[kind] for kind in source.kind[each.source : each.source_end]] for each in batch]),
        np.array([[number[kind] for kind in target.kind[each.target : each.target_end]] for each in batch]),
        table,
    )


def _scores(
    model: Model,
    shapes: Sequence[tuple[int, int]],
    one: Explained,
    other: Explained,
    low: Ints,
    source_length: Floats,
    target_length: Floats,
    kinds: Any,
) -> dict[tuple[int, int], Floats]:
    count, rows, width = one.whole[0].shape
    columns = low[:, None] + np.arange(width)
    match = None if kinds is None else kinds[2][kinds[0][:, :, None], kinds[1][:, columns]]
    scores = {}
    for a, b in shapes:
        score = np.full((count, rows, width), model.prior[a, b])
        for right in range(b):
            score += _LEXICON * _moved((one.new if right else one.whole)[a - 1], low, 0, right)
        for down in range(a):
            score += _LEXICON * _moved((other.new if down else other.whole)[b - 1], low, down, 0)
        lengths = _window(source_length, a)[:, :, None], _window(target_length, b)[:, columns]
        score += np.where((lengths[0] >= 0) & (lengths[1] >= 0), model.lengths.score(*map(np.abs, lengths)), _NEVER)
        if match is not None:
            score += match if a + b == 2 else match + _moved(match, low, a - 1, b - 1)
        scores[a, b] = np.maximum(score, _NEVER)
    return scores


def _window(lengths: Floats, size: int) -> Floats:
    """Sums of so many lengths from each place on; -1 where there are not so many."""
    sums = np.full(lengths.shape, -1.0)
    total = np.cumsum(np.concatenate([np.zeros((len(lengths), 1)), lengths], axis=1), axis=1)
    if lengths.shape[1] >= size:
        sums[:, : lengths.shape[1] - size + 1] = total[:, size:] - total[:, :-size]
    return sums


def _moved(cells: Floats, low: Ints, down: int, right: int) -> Floats:
    """The cells so many rows below and columns to the right of each cell."""
    if not down and not right:
        return cells
    count, rows, width = cells.shape
    moved = np.full((count, rows, width), _NEVER)
    if down >= rows or right >= width:
        return moved
    here = np.arange(rows - down)
    column = low[here, None] + np.arange(width) + right - low[here + down, None]
    inside = (column >= 0) & (column < width)
    found = cells[:, (here + down)[:, None], np.where(inside, column, 0)]
    moved[:, : rows - down] = np.where(inside, found, _NEVER)
    return moved


def learned_lengths(source: Floats, target: Floats, before: Lengths) -> Lengths:
    """Lengths as they are where texts are right; what was known before where there are few."""
    if len(source) < 30:
        return before
    logs = np.log((target + 2.0) / (source + 2.0))
    ratio = float(np.median(logs))
    off = np.abs(logs - ratio) / 0.6745
    size = source + target
    middle = np.median(size)
    long, short = size > middle, size <= middle
    spread = max(float(np.median(off[long])), 0.05) if long.any() else before.spread
    near = float(np.median(off[short])) if short.any() else 0.0
    extra = max(near**2 - spread**2, 0.0) * float(np.median(size[short]) + 4.0)
    return replace(before, ratio=ratio, spread=spread, short=max(extra, 0.3))


def learned_kinds(
    pairs: Sequence[tuple[str, str]], source: Sequence[str], target: Sequence[str]
) -> dict[tuple[str, str], float]:
    """How much likelier two kinds stand together in a pair than by chance."""
    ones, others = sorted(set(source)), sorted(set(target))
    counts = {(one, other): 0.05 + (0.5 if one == other else 0.0) for one in ones for other in others}
    for pair in pairs:
        counts[pair] += 1.0
    total = sum(counts.values())
    left = {one: sum(counts[one, other] for other in others) / total for one in ones}
    right = {other: sum(counts[one, other] for one in ones) / total for other in others}
    return {
        (one, other): float(np.clip(math.log(count / total / (left[one] * right[other])), -5.0, 5.0))
        for (one, other), count in counts.items()
    }
