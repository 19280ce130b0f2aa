"""Judges for blocks and for sentences, taught by spoiling what is sure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from sphinx_amts.align.beads import Bead
from sphinx_amts.align.bilingual import Bitext
from sphinx_amts.align.blocks import Aligned, aligned_with
from sphinx_amts.align.evidence import Evidence
from sphinx_amts.align.lexicon import Corpus, Floats, Ints, Vocabulary
from sphinx_amts.align.model import Model
from sphinx_amts.align.scores import FEATURES, Regression, complete_regression, features, fitted
from sphinx_amts.align.sentences import Groups, Sentences, aligned_sentences
from sphinx_amts.align.spoiling import Passage, Spoiled, Truth, damaged, damaged_passages

__all__ = ["Judge", "block_judge", "is_sure", "sentence_judge", "sentence_values", "sure_passages", "values"]

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

    def __call__(self, own: Floats) -> tuple[Floats, Floats]:
        """Both, for each row; ``complete`` knows the features of the pair alone."""
        return self.right(own), self.complete(own[:, :FEATURES])


_Pairs = list[tuple[Evidence, Evidence]]
_Passages = list[tuple[Passage, Passage]]


def is_sure(bead: Bead) -> bool:
    """Whether a pair of blocks may teach."""
    return bead.shape == (1, 1) and bead.posterior >= _SURE and not bead.moved


def block_judge(found: Aligned, bitexts: Sequence[Bitext]) -> Judge:
    """The judge of blocks."""
    documents = []
    for bitext, way in zip(bitexts, found.beads, strict=True):
        sure = [bead for bead in way if is_sure(bead)]
        documents.append(
            [(bitext.source.blocks[b.source].evidence, bitext.target.blocks[b.target].evidence) for b in sure]
        )
    return taught(found.model, [document for document in documents if document], found.vocabulary)


def taught(model: Model, documents: Sequence[_Pairs], vocabulary: Vocabulary) -> Judge:
    """The judge of blocks that documents of sure pairs teach."""
    documents = _some(documents)
    sources, targets, truths = damaged(documents, condensed=_CONDENSED)
    again = aligned_with(model, sources, targets, vocabulary)
    rows = true_rows(again.beads, truths)
    pairs = [pair for document in documents for pair in document]
    return _judge(model, block_values(again, rows), rows, pairs, vocabulary, _BY_DEFAULT)


_Row = tuple[int, Bead, bool]


def true_rows(ways: Sequence[Sequence[Bead]], truths: Sequence[Truth]) -> list[_Row]:
    """Each bead with its owner, and whether it is true."""
    return [
        (owner, bead, (bead.sources, bead.targets) in truths[owner])
        for owner, way in enumerate(ways)
        for bead in way
        if 0 not in bead.shape
    ]


def block_values(found: Aligned, rows: Sequence[_Row]) -> Floats:
    beads = [(owner, bead) for owner, bead, _ in rows]
    return values(found.model, found.source, found.target, beads, found.source.first, found.target.first)


def values(
    model: Model, source: Corpus, target: Corpus, beads: Sequence[tuple[int, Bead]], lefts: Ints, rights: Ints
) -> Floats:
    """The features of beads that count from the places ``lefts`` and ``rights`` of their owners."""
    pairs = [
        (
            [int(lefts[owner]) + text for text in bead.sources],
            [int(rights[owner]) + text for text in bead.targets],
        )
        for owner, bead in beads
    ]
    return features(model, source, target, pairs, [bead for _, bead in beads])


def sentence_values(found: Sentences, beads: Sequence[tuple[int, Bead]], units: Sequence[float]) -> Floats:
    """The features of beads of sentences; ``units`` are the scores of the pairs of blocks that own them.

    A pair of blocks may be doubtful for a sentence too many, and its sentences right all the same.
    """
    own = values(found.model, found.source, found.target, beads, found.lefts, found.rights)
    likely = np.clip([units[owner] for owner, _ in beads], 1e-4, 1 - 1e-4)
    return np.column_stack([own, np.log(likely / (1 - likely))]) if beads else own


def sentence_judge(found: Aligned, judge: Judge, documents: Sequence[_Passages], model: Model) -> Judge:
    """The judge of sentences: passages are damaged, and sentences inside, and both are aligned again."""
    documents = _some(documents, lambda passages: sum(len(one.sentences) for one, _ in passages))
    spoiled = damaged_passages(documents, condensed=_CONDENSED)
    sources, targets = wholes(spoiled)
    again = aligned_with(found.model, sources, targets, found.vocabulary)
    groups, units = sentence_groups(again, judge, spoiled)
    inner = aligned_sentences(groups, model, found.vocabulary, learning=False)
    rows = sentence_rows(again, inner, spoiled)
    own = sentence_values(inner, [(owner, bead) for owner, bead, _ in rows], units)
    pairs = [
        pair for each in documents for one, other in each for pair in zip(one.sentences, other.sentences, strict=True)
    ]
    return _judge(model, own, rows, pairs, found.vocabulary, _SENTENCES_BY_DEFAULT)


def sure_passages(
    groups: Groups, found: Sentences, frames: Sequence[Sequence[tuple[Evidence, Evidence] | None]]
) -> list[_Passages]:
    """The sure pairs of sentences of the sure pairs of blocks, which are those that have frames."""
    documents = []
    for document, ways, those in zip(groups, found.ways, frames, strict=True):
        passages = []
        for (left, right), way, around in zip(document, ways, those, strict=True):
            sure = [bead for bead in way if bead.shape == (1, 1) and bead.posterior >= _SURE]
            if around is not None and sure:
                sides = tuple(left[bead.source] for bead in sure), tuple(right[bead.target] for bead in sure)
                passages.append((Passage(around[0], sides[0]), Passage(around[1], sides[1])))
        documents.append(passages)
    return documents


def wholes(spoiled: Sequence[Spoiled]) -> tuple[list[list[Evidence]], list[list[Evidence]]]:
    return (
        [[passage.whole for passage in each.sources] for each in spoiled],
        [[passage.whole for passage in each.targets] for each in spoiled],
    )


def linked(found: Aligned) -> list[_Row]:
    """The beads of blocks that have both sides."""
    return true_rows(found.beads, [set() for _ in found.beads])


def sentence_groups(found: Aligned, judge: Judge, spoiled: Sequence[Spoiled]) -> tuple[Groups, list[float]]:
    """The sentences of each pair of blocks, and its score."""
    groups: list[list[tuple[list[Evidence], list[Evidence]]]] = [[] for _ in spoiled]
    rows = linked(found)
    for document, bead, _ in rows:
        each = spoiled[document]
        left = [text for at in bead.sources for text in each.sources[at].sentences]
        right = [text for at in bead.targets for text in each.targets[at].sentences]
        groups[document].append((left, right))
    return groups, [float(score) for score in judge.right(block_values(found, rows))]


def sentence_rows(found: Aligned, inner: Sentences, spoiled: Sequence[Spoiled]) -> list[_Row]:
    """Each bead of sentences with the pair of blocks that owns it, and whether it is true."""
    rows: list[_Row] = []
    ways = (way for document in inner.ways for way in document)
    for owner, ((document, bead, _), way) in enumerate(zip(linked(found), ways, strict=True)):
        each = spoiled[document]
        left, right = _numbers(each.sources, bead.sources), _numbers(each.targets, bead.targets)
        for one in way:
            if 0 not in one.shape:
                link = tuple(left[at] for at in one.sources), tuple(right[at] for at in one.targets)
                rows.append((owner, one, link in each.truth))
    return rows


def _numbers(passages: Sequence[Passage], chosen: Sequence[int]) -> list[int]:
    """The numbers, in their document, of the sentences of some passages."""
    first = np.cumsum([0, *(len(passage.sentences) for passage in passages)])
    return [number for at in chosen for number in range(int(first[at]), int(first[at + 1]))]


_Document = TypeVar("_Document", bound=Sequence[object])


def _some(documents: Sequence[_Document], size: Callable[[_Document], int] = len) -> list[_Document]:
    """As many documents as are enough to learn from, from all over the corpus."""
    return list(documents[:: max(round(sum(map(size, documents)) / _ENOUGH), 1)])


def _judge(
    model: Model, own: Floats, rows: Sequence[_Row], pairs: _Pairs, vocabulary: Vocabulary, default: Regression
) -> Judge:
    labels = np.array([float(label) for *_, label in rows])
    right = default if len(rows) < _LEAST or len(set(labels)) < 2 else fitted(own, labels)
    return Judge(right, complete_regression(model, pairs, vocabulary) or _COMPLETE_BY_DEFAULT)


def _fixed(bias: float, *weights: float) -> Regression:
    return Regression(np.array([bias, *weights]), np.zeros(len(weights)), np.ones(len(weights)))


_WEIGHTS = (0.5, 0, 0, 2.0, 0, 0, 0, -0.4, -0.5, -0.5, 0.5, 1.0)
_BY_DEFAULT = _fixed(0.0, *_WEIGHTS)
_SENTENCES_BY_DEFAULT = _fixed(-1.0, *_WEIGHTS, 0.5)
_COMPLETE_BY_DEFAULT = _fixed(1.0, 0, 0, 0, 2.0, 0, 0, 0, -1.0, 0, 0, 0, 0)
