"""Judges for blocks and for sentences, taught by spoiling what is sure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from sphinx_amts.align.beads import Bead
from sphinx_amts.align.bilingual import Bitext
from sphinx_amts.align.blocks import Aligned, aligned, aligned_with
from sphinx_amts.align.evidence import Evidence
from sphinx_amts.align.lexicon import Corpus, Floats, Ints, Vocabulary
from sphinx_amts.align.model import Model
from sphinx_amts.align.scores import Regression, complete_regression, damaged, features, fitted
from sphinx_amts.align.sentences import Groups, Sentences, aligned_sentences

__all__ = ["Judge", "block_judge", "sentence_judge"]

_SURE = 0.9
_ENOUGH = 12_000
"""Texts to learn from."""
_LEAST = 60
_CONDENSED = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """What the damage taught: whether a pair is right, and whether it is complete."""

    right: Regression
    complete: Regression


_Pairs = list[tuple[Evidence, Evidence]]


def block_judge(found: Aligned, bitexts: Sequence[Bitext]) -> Judge:
    """The judge of blocks."""
    documents = []
    for bitext, way in zip(bitexts, found.beads, strict=True):
        sure = [bead for bead in way if bead.shape == (1, 1) and bead.posterior >= _SURE and not bead.moved]
        documents.append(
            [(bitext.source.blocks[b.source].evidence, bitext.target.blocks[b.target].evidence) for b in sure]
        )
    return _taught(found.model, [document for document in documents if document], found.vocabulary)


def _taught(model: Model, documents: Sequence[_Pairs], vocabulary: Vocabulary) -> Judge:
    documents = _some(documents)
    sources, targets, truths = damaged(documents, condensed=_CONDENSED)
    again = aligned_with(model, sources, targets, vocabulary)
    rows = _rows(again.beads, truths)
    values = _values(model, again.source, again.target, rows, again.source.first, again.target.first)
    return _judge(model, values, rows, documents, vocabulary)


_Truth = set[tuple[tuple[int, ...], tuple[int, ...]]]
_Row = tuple[int, Bead, bool]


def _rows(ways: Sequence[Sequence[Bead]], truths: Sequence[_Truth]) -> list[_Row]:
    """Each bead with its owner, and whether it is true."""
    return [
        (owner, bead, (bead.sources, bead.targets) in truths[owner])
        for owner, way in enumerate(ways)
        for bead in way
        if 0 not in bead.shape
    ]


def _values(model: Model, source: Corpus, target: Corpus, rows: Sequence[_Row], lefts: Ints, rights: Ints) -> Floats:
    pairs = [
        (
            [int(lefts[owner]) + text for text in bead.sources],
            [int(rights[owner]) + text for text in bead.targets],
        )
        for owner, bead, _ in rows
    ]
    return features(model, source, target, pairs, [bead for _, bead, _ in rows])


def judged_documents(documents: Sequence[Sequence[tuple[Evidence, Evidence]]]) -> list[tuple[float, bool]]:
    """Scores of one half of some documents by a judge that has seen the other half only, with what is true.

    The pairs of each document are taken for right and in order.
    """
    halves = [list(map(list, documents[start::2])) for start in (0, 1)]
    sources, targets, truths = damaged(halves[1], 7)
    spoiled = aligned(sources, targets)
    judge = _taught(spoiled.model, halves[0], spoiled.vocabulary)
    rows = _rows(spoiled.beads, truths)
    first = spoiled.source.first, spoiled.target.first
    values = _values(spoiled.model, spoiled.source, spoiled.target, rows, *first)
    return [(float(score), label) for score, (_, _, label) in zip(judge.right(values), rows, strict=True)]


def sentence_judge(groups: Groups, found: Sentences, vocabulary: Vocabulary) -> Judge:
    """The judge of sentences."""
    documents: list[list[_Pairs]] = []
    for document, ways in zip(groups, found.ways, strict=True):
        sure = [[bead for bead in way if bead.shape == (1, 1) and bead.posterior >= _SURE] for way in ways]
        documents.append(
            [
                [(left[bead.source], right[bead.target]) for bead in beads]
                for (left, right), beads in zip(document, sure, strict=True)
                if len(beads) > 1
            ]
        )
    documents = _some(documents, lambda groups: sum(map(len, groups)))
    spoiled = [damaged(document, seed, condensed=_CONDENSED) for seed, document in enumerate(documents)]
    whole = [list(zip(sources, targets, strict=True)) for sources, targets, _ in spoiled]
    again = aligned_sentences(whole, found.model, vocabulary, learning=False)
    truths = [truth for _, _, each in spoiled for truth in each]
    rows = _rows([way for document in again.ways for way in document], truths)
    values = _values(again.model, again.source, again.target, rows, again.lefts, again.rights)
    return _judge(again.model, values, rows, [group for document in documents for group in document], vocabulary)


_Document = TypeVar("_Document", bound=Sequence[object])


def _some(documents: Sequence[_Document], size: Callable[[_Document], int] = len) -> list[_Document]:
    """As many documents as are enough to learn from, from all over the corpus."""
    return list(documents[:: max(round(sum(map(size, documents)) / _ENOUGH), 1)])


def _judge(
    model: Model, values: Floats, rows: Sequence[_Row], documents: Sequence[_Pairs], vocabulary: Vocabulary
) -> Judge:
    labels = np.array([float(label) for *_, label in rows])
    right = _BY_DEFAULT if len(rows) < _LEAST or len(set(labels)) < 2 else fitted(values, labels)
    complete = complete_regression(model, [pair for document in documents for pair in document], vocabulary)
    return Judge(right, complete or _COMPLETE_BY_DEFAULT)


def _fixed(bias: float, *weights: float) -> Regression:
    return Regression(np.array([bias, *weights]), np.zeros(len(weights)), np.ones(len(weights)))


_BY_DEFAULT = _fixed(0.0, 0.5, 0, 0, 2.0, 0, 0, 0, -0.4, -0.5, -0.5, 0.5, 1.0)
_COMPLETE_BY_DEFAULT = _fixed(1.0, 0, 0, 0, 2.0, 0, 0, 0, -1.0, 0, 0, 0, 0)
