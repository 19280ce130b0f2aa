"""How sure a pair is, from 0 to 1: of the pairs with 0.9, nine out of ten are right.

No labels are needed.  ``damaged`` spoils the corpus's own sure pairs: it drops, adds, merges and moves texts of the target,
and cuts others short.  They are aligned once more, and a regression learns which of the pairs found are right (``score``),
and which say all that their source says (``complete``).  Right place and complete are different.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sphinx_amts.align.beads import Bead
from sphinx_amts.align.evidence import Evidence
from sphinx_amts.align.lexicon import Corpus, Floats, Vocabulary, corpus
from sphinx_amts.align.likelihood import Band, Direction, directions, hits_of
from sphinx_amts.align.model import Model

__all__ = ["Regression", "complete_regression", "damaged", "features", "fitted", "shortened"]

_FEATURES = 12
_RIDGE = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """Logistic regression on standardised features."""

    weights: Floats
    mean: Floats
    scale: Floats

    def __call__(self, values: Floats) -> Floats:
        """How likely each row is right."""
        if not len(values):
            return np.zeros(0)
        z = np.column_stack([np.ones(len(values)), (values - self.mean) / self.scale]) @ self.weights
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(z, -30, 30))))


def fitted(values: Floats, labels: Floats) -> Regression:
    """A regression by Newton's method; the ridge keeps it finite where the labels can be told apart perfectly."""
    mean, scale = values.mean(axis=0), values.std(axis=0) + 1e-6
    x = np.column_stack([np.ones(len(values)), (values - mean) / scale])
    weights = np.zeros(x.shape[1])
    ridge = np.full(x.shape[1], _RIDGE)
    ridge[0] = 1e-3
    for _ in range(25):
        p = 1.0 / (1.0 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (labels - p) - ridge * weights
        hessian = (x * (p * (1 - p))[:, None]).T @ x + np.diag(ridge)
        step = np.linalg.solve(hessian, gradient)
        weights = weights + step
        if float(np.abs(step).max()) < 1e-6:
            break
    return Regression(weights, mean, scale)


def features(
    model: Model,
    source: Corpus,
    target: Corpus,
    pairs: Sequence[tuple[Sequence[int], Sequence[int]]],
    beads: Sequence[Bead],
) -> Floats:
    """A row for each pair, which is given by its texts on both sides and by its bead."""
    if not pairs:
        return np.zeros((0, _FEATURES))
    left, right = source.merged([one for one, _ in pairs]), target.merged([other for _, other in pairs])
    forward, backward = directions(left, right, model.lexicon)
    places = np.arange(len(pairs))
    band = Band(places, places + 1)
    ahead, behind = _coverage(forward, band), _coverage(backward, band)
    off = np.log((right.length + 2.0) / (left.length + 2.0)) - model.lengths.ratio
    off /= np.sqrt(model.lengths.spread**2 + model.lengths.short / (left.length + right.length + 4.0))
    posterior = np.clip([bead.posterior for bead in beads], 1e-4, 1 - 1e-4)
    size = [len(one) + len(other) for one, other in pairs]
    return np.column_stack(
        [
            np.log(posterior / (1 - posterior)),
            ahead[0],
            behind[0],
            np.minimum(ahead[0], behind[0]),
            np.log1p(ahead[1]),
            np.log1p(behind[1]),
            np.clip(off, -6, 6),
            np.clip(np.abs(off), 0, 6),
            [float(each > 2) for each in size],
            [float(bead.moved) for bead in beads],
            np.clip((ahead[2] + behind[2]) / 2, -60, 60) / 20,
            np.clip((ahead[2] + behind[2]) / (ahead[1] + behind[1] + 5.0), -3, 3),
        ]
    )


def _coverage(direction: Direction, band: Band) -> tuple[Floats, Floats, Floats]:
    """For each told text: how much of what should be explained is, how much that is, and the likelihood ratio."""
    told = direction.told
    ratio = hits_of(direction, band)
    trust = direction.odds / (1 + direction.odds)
    likely = trust * ratio / (1 - trust + trust * ratio)
    weight = -np.log(np.clip(told.chance, 1e-6, 0.9))
    expected = np.bincount(told.owner, weight * trust, minlength=len(told))
    found = np.bincount(told.owner, weight * likely, minlength=len(told))
    total = np.bincount(told.owner, direction.penalty + np.log1p(direction.odds * ratio), minlength=len(told))
    return (found + 2.0) / (expected + 2.0), expected, total


def damaged(
    documents: Sequence[Sequence[tuple[Evidence, Evidence]]], seed: int = 1, *, condensed: float = 0.0
) -> tuple[list[list[Evidence]], list[list[Evidence]], list[set[tuple[tuple[int, ...], tuple[int, ...]]]]]:
    """Sources, spoiled targets, and the pairs that are right nevertheless, document by document.

    Of the target texts 5 % are dropped, 5 % added, 5 % merged with the next, 3 % moved; and so many are ``condensed``,
    which leaves them in the right place.
    """
    chance = random.Random(seed)  # noqa: S311 - what is spoiled must be the same in every run
    others = [target for document in documents for _, target in document]
    sources: list[list[Evidence]] = []
    targets: list[list[Evidence]] = []
    truths: list[set[tuple[tuple[int, ...], tuple[int, ...]]]] = []
    for document in documents:
        kept = [((number,), target) for number, (_, target) in enumerate(document) if chance.random() >= 0.05]
        if condensed:
            kept = [
                (at, _cut(text, chance.uniform(0.3, 0.8)) if chance.random() < condensed else text) for at, text in kept
            ]
        rows = list(_merged(kept, chance))
        moved = [row for row in rows if chance.random() < 0.03]
        rows = [row for row in rows if not any(row is other for other in moved)]
        for row in moved:
            rows.insert(chance.randrange(len(rows) + 1), row)
        rows = [
            each for row in rows for each in ([row, ((), chance.choice(others))] if chance.random() < 0.05 else [row])
        ]
        sources.append([source for source, _ in document])
        targets.append([target for _, target in rows])
        truths.append({(numbers, (place,)) for place, (numbers, _) in enumerate(rows) if numbers})
    return sources, targets, truths


def _merged(
    rows: Sequence[tuple[tuple[int, ...], Evidence]], chance: random.Random
) -> list[tuple[tuple[int, ...], Evidence]]:
    result: list[tuple[tuple[int, ...], Evidence]] = []
    at = 0
    while at < len(rows):
        numbers, text = rows[at]
        at += 1
        if at < len(rows) and chance.random() < 0.05:
            more, other = rows[at]
            numbers, text = numbers + more, joined(text, other)
            at += 1
        result.append((numbers, text))
    return result


def joined(one: Evidence, other: Evidence) -> Evidence:
    """Two texts as one."""
    return Evidence(tuple(dict.fromkeys((*one.tokens, *other.tokens))), one.length + other.length, one.kind)


def shortened(
    pairs: Sequence[tuple[Evidence, Evidence]], seed: int = 2
) -> tuple[list[tuple[Evidence, Evidence]], Floats]:
    """Pairs of which half have lost a part of one side, and which are complete (1) or not (0)."""
    chance = random.Random(seed)  # noqa: S311 - what is spoiled must be the same in every run
    result, labels = [], []
    for source, target in pairs:
        if len(source.tokens) < 8 or len(target.tokens) < 8:
            continue
        whole = chance.random() < 0.5
        part = 1.0 if whole else chance.uniform(0.3, 0.75)
        if whole or chance.random() < 0.7:
            result.append((source, _cut(target, part)))
        else:
            result.append((_cut(source, part), target))
        labels.append(float(whole))
    return result, np.array(labels)


def _cut(text: Evidence, part: float) -> Evidence:
    return Evidence(text.tokens[: max(round(len(text.tokens) * part), 1)], round(text.length * part), text.kind)


def complete_regression(
    model: Model, pairs: Sequence[tuple[Evidence, Evidence]], vocabulary: Vocabulary
) -> Regression | None:
    """What tells a full translation from a condensed one; ``None`` where there is too little to learn from."""
    spoiled, labels = shortened(pairs)
    if len(labels) < 60 or len(set(labels)) < 2:
        return None
    source = corpus([[one for one, _ in spoiled]], vocabulary)
    target = corpus([[other for _, other in spoiled]], vocabulary)
    numbers = [((at,), (at,)) for at in range(len(spoiled))]
    values = features(model, source, target, numbers, [Bead(at, at + 1, at, at + 1) for at in range(len(spoiled))])
    return fitted(values, labels)
