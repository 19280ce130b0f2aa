"""How sure a pair is, from 0 to 1: of the pairs with 0.9, nine out of ten are right.

No labels are needed.  ``spoiling`` damages the corpus's own sure pairs.  They are aligned once more, and a regression learns
which of the pairs found are right (``score``), and which say all that their source says (``complete``).  Right place and
complete are different.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sphinx_amts.align.beads import Bead
from sphinx_amts.align.evidence import Evidence
from sphinx_amts.align.lexicon import Corpus, Floats, Vocabulary, corpus
from sphinx_amts.align.likelihood import Band, Direction, directions, hits_of
from sphinx_amts.align.model import Model
from sphinx_amts.align.spoiling import shortened

__all__ = ["FEATURES", "Regression", "complete_regression", "features", "fitted", "pair_values"]

FEATURES = 12
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
        return np.zeros((0, FEATURES))
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


def complete_regression(
    model: Model, pairs: Sequence[tuple[Evidence, Evidence]], vocabulary: Vocabulary
) -> Regression | None:
    """What tells a full translation from a condensed one; ``None`` where there is too little to learn from."""
    spoiled, labels = shortened(pairs)
    if len(labels) < 60 or len(set(labels)) < 2:
        return None
    return fitted(pair_values(model, spoiled, vocabulary), labels)


def pair_values(model: Model, pairs: Sequence[tuple[Evidence, Evidence]], vocabulary: Vocabulary) -> Floats:
    """The features of pairs that were not found but are given."""
    source = corpus([[one for one, _ in pairs]], vocabulary)
    target = corpus([[other for _, other in pairs]], vocabulary)
    numbers = [((at,), (at,)) for at in range(len(pairs))]
    return features(model, source, target, numbers, [Bead(at, at + 1, at, at + 1) for at in range(len(pairs))])
