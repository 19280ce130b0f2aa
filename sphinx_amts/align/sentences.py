"""Inside the pairs of blocks: which sentences belong together.

The sentences of a group of blocks are two short sequences.  All groups go through at once, first with what the blocks
taught, then with what the sure sentences teach.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sphinx_amts.align.beads import Bead
from sphinx_amts.align.blocks import learned
from sphinx_amts.align.evidence import Evidence
from sphinx_amts.align.lexicon import Corpus, Ints, Vocabulary, corpus
from sphinx_amts.align.model import Model, Stretch, learned_lengths, ways

__all__ = ["Groups", "Sentences", "aligned_sentences"]

Groups = Sequence[Sequence[tuple[Sequence[Evidence], Sequence[Evidence]]]]


@dataclass(frozen=True, slots=True, eq=False)
class Sentences:
    """The beads of each document and group, counted from the start of the group; and where each group starts."""

    ways: list[list[list[Bead]]]
    source: Corpus
    target: Corpus
    model: Model
    lefts: Ints
    rights: Ints


def aligned_sentences(groups: Groups, model: Model, vocabulary: Vocabulary, *, learning: bool = True) -> Sentences:
    """Align the sentences of each group of each document; without ``learning`` by what the model knows."""
    source = corpus([[text for left, _ in document for text in left] for document in groups], vocabulary)
    target = corpus([[text for _, right in document for text in right] for document in groups], vocabulary)
    sequences = _sequences(groups)
    low = _repeated([each.target for each in sequences], sequences)
    width = _repeated([each.target_end - each.target for each in sequences], sequences)
    if learning:
        single = [each for each in sequences if each.source_end - each.source == 1 == each.target_end - each.target]
        ones, others = [each.source for each in single], [each.target for each in single]
        lengths = learned_lengths(source.length[ones], target.length[others], model.lengths)
        model = replace(model, lengths=lengths, kinds=None)
        first = dict(ways(model, source, target, sequences, low, width))
        model = learned(model, source, target, [first.get(each, []) for each in sequences], sequences, vocabulary)
    found = dict(ways(model, source, target, sequences, low, width))
    at = iter(sequences)
    return Sentences(
        [[found.get(next(at), []) for _ in document] for document in groups],
        source,
        target,
        model,
        np.array([each.source for each in sequences], np.int64),
        np.array([each.target for each in sequences], np.int64),
    )


def _sequences(groups: Groups) -> list[Stretch]:
    found = []
    source = target = 0
    for document in groups:
        for left, right in document:
            found.append(Stretch(source, source + len(left), target, target + len(right)))
            source, target = source + len(left), target + len(right)
    return found


def _repeated(values: Sequence[int], sequences: Sequence[Stretch]) -> Ints:
    """The value of each sequence for each of its source texts."""
    return np.repeat(np.array(values, np.int64), [each.source_end - each.source for each in sequences])
