"""Documents side by side: which blocks belong together.

1. ``aligned`` goes over all documents in passes.  What a pass is sure of teaches the next: lengths, kinds, the lexicon,
   and how far each token is to be trusted.
2. After the last pass, ``moved`` looks for text that stands elsewhere in the translation.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from sphinx_amts.align.beads import SHAPES, Bead
from sphinx_amts.align.evidence import Evidence
from sphinx_amts.align.lexicon import Corpus, Floats, Ints, Lexicon, Vocabulary, corpus, first_lexicon, learn
from sphinx_amts.align.likelihood import Band, Direction, directions, hits_of
from sphinx_amts.align.model import Lengths, Model, Stretch, learned_kinds, learned_lengths, ways
from sphinx_amts.align.moved import second_look
from sphinx_amts.align.neighbours import settled

__all__ = ["Aligned", "aligned", "paired", "uncollected"]

_PASSES = 3
_SURE = 0.9
_FULL = 60
_HALF_BAND = 25
_WIDEST = 1500


@dataclass(frozen=True, slots=True, eq=False)
class Aligned:
    """All documents, their beads (counted from the start of each document), and what was learned."""

    source: Corpus
    target: Corpus
    beads: tuple[tuple[Bead, ...], ...]
    model: Model
    vocabulary: Vocabulary


@contextmanager
def uncollected() -> Iterator[None]:
    """Without a look for cycles: what is made here has none, and to look for them takes longer the more there is."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@uncollected()
def aligned(
    sources: Sequence[Sequence[Evidence]], targets: Sequence[Sequence[Evidence]], *, passes: int = _PASSES
) -> Aligned:
    """Align each source document with its target document."""
    vocabulary = _vocabulary(sources, targets)
    source, target = corpus(sources, vocabulary), corpus(targets, vocabulary)
    sequences = _whole(source, target)
    model = Model(first_lexicon(vocabulary), _first_lengths(source, target))
    beads = _pass(model, source, target, sequences, *_first_bands(sequences), shapes=((1, 1),))
    for _ in range(passes - 1):
        model = learned(model, source, target, beads, sequences, vocabulary)
        parts, home = _cut(sequences, beads)
        low, width = _bands(parts, sequences, home, beads)
        beads = _together(_pass(model, source, target, parts, low, width), parts, home, sequences)
    beads = settled(model, source, target, sequences, second_look(model, source, target, sequences, beads))
    return Aligned(source, target, tuple(tuple(each) for each in beads), model, vocabulary)


@uncollected()
def paired(sources: Sequence[Sequence[Evidence]], targets: Sequence[Sequence[Evidence]]) -> Aligned:
    """Documents whose blocks are known to be pairs, one by one; and what they teach."""
    vocabulary = _vocabulary(sources, targets)
    source, target = corpus(sources, vocabulary), corpus(targets, vocabulary)
    beads = tuple(tuple(Bead(at, at + 1, at, at + 1) for at in range(len(document))) for document in sources)
    model = Model(first_lexicon(vocabulary), _first_lengths(source, target))
    model = learned(model, source, target, beads, _whole(source, target), vocabulary)
    return Aligned(source, target, beads, model, vocabulary)


def _vocabulary(sources: Sequence[Sequence[Evidence]], targets: Sequence[Sequence[Evidence]]) -> Vocabulary:
    vocabulary = Vocabulary()
    for side, documents in ((1, sources), (2, targets)):
        # Each token once: texts repeat most of theirs.
        for token in dict.fromkeys(token for document in documents for text in document for token in text.tokens):
            vocabulary.add(token, side)
    return vocabulary


def aligned_with(
    model: Model, sources: Sequence[Sequence[Evidence]], targets: Sequence[Sequence[Evidence]], vocabulary: Vocabulary
) -> Aligned:
    """Align documents by what is known already, and learn nothing."""
    source, target = corpus(sources, vocabulary), corpus(targets, vocabulary)
    sequences = _whole(source, target)
    beads = _pass(model, source, target, sequences, *_first_bands(sequences), shapes=((1, 1),))
    parts, home = _cut(sequences, beads)
    low, width = _bands(parts, sequences, home, beads)
    beads = _together(_pass(model, source, target, parts, low, width), parts, home, sequences)
    beads = settled(model, source, target, sequences, second_look(model, source, target, sequences, beads))
    return Aligned(source, target, tuple(tuple(each) for each in beads), model, vocabulary)


def _whole(source: Corpus, target: Corpus) -> list[Stretch]:
    """Each document as a whole."""
    return [
        Stretch(*(int(each) for each in (source.first[d], source.first[d + 1], target.first[d], target.first[d + 1])))
        for d in range(len(source.first) - 1)
    ]


_FEW = 10.0


def _first_lengths(source: Corpus, target: Corpus) -> Lengths:
    """The ratio of all that there is, which says little where there are few texts."""
    ratio = np.log((target.length.sum() + 2.0) / (source.length.sum() + 2.0))
    return Lengths(ratio=float(ratio) * len(source) / (len(source) + _FEW))


def _pass(
    model: Model,
    source: Corpus,
    target: Corpus,
    sequences: Sequence[Stretch],
    low: Ints,
    width: Ints,
    shapes: Sequence[tuple[int, int]] = SHAPES,
) -> list[list[Bead]]:
    place = {each: number for number, each in enumerate(sequences)}
    found: list[list[Bead]] = [_gaps(each) for each in sequences]
    for each, way in ways(model, source, target, sequences, low, width, shapes):
        found[place[each]] = way
    return found


def _gaps(each: Stretch) -> list[Bead]:
    """The beads of two sequences of which one is empty."""
    rows, columns = each.source_end - each.source, each.target_end - each.target
    return [Bead(row, row + 1, 0, 0) for row in range(rows)] + [Bead(rows, rows, at, at + 1) for at in range(columns)]


def _first_bands(sequences: Sequence[Stretch]) -> tuple[Ints, Ints]:
    lows, widths = [], []
    for each in sequences:
        rows, columns = each.source_end - each.source, each.target_end - each.target
        width = min(columns, _WIDEST)
        line = np.arange(rows) * columns // max(rows, 1) - width // 2
        lows.append(each.target + np.clip(line, 0, columns - width))
        widths.append(np.full(rows, width))
    return _joined(lows), _joined(widths)


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate([*parts, np.zeros(0, np.int64)]).astype(np.int64)


_CERTAIN = 0.999
_RUN = 4
_APART = 8


def _cut(sequences: Sequence[Stretch], beads: Sequence[Sequence[Bead]]) -> tuple[list[Stretch], list[int]]:
    """The sequences cut where several 1-1 beads in a row are certain; and the sequence that each part is of."""
    parts: list[Stretch] = []
    home: list[int] = []
    for number, (each, way) in enumerate(zip(sequences, beads, strict=True)):
        source, target = each.source, each.target
        certain = [bead.shape == (1, 1) and bead.posterior >= _CERTAIN for bead in way]
        last = 0
        for at in range(_RUN // 2, len(way) - _RUN // 2 + 1):
            if at - last >= _APART and all(certain[at - _RUN // 2 : at + _RUN // 2]):
                end, stop = each.source + way[at].source, each.target + way[at].target
                parts.append(Stretch(source, end, target, stop))
                source, target, last = end, stop, at
        parts.append(Stretch(source, each.source_end, target, each.target_end))
        home += [number] * (len(parts) - len(home))
    return parts, home


def _together(
    ways: Sequence[Sequence[Bead]], parts: Sequence[Stretch], home: Sequence[int], sequences: Sequence[Stretch]
) -> list[list[Bead]]:
    """The ways of the parts as ways of the whole sequences."""
    whole: list[list[Bead]] = [[] for _ in sequences]
    for way, part, number in zip(ways, parts, home, strict=True):
        down, right = part.source - sequences[number].source, part.target - sequences[number].target
        whole[number] += [bead.shifted(down, right) for bead in way]
    return whole


def _bands(
    parts: Sequence[Stretch], sequences: Sequence[Stretch], home: Sequence[int], beads: Sequence[Sequence[Bead]]
) -> tuple[Ints, Ints]:
    """Bands around the ways of the pass before."""
    middles = [_middle(way, each) for way, each in zip(beads, sequences, strict=True)]
    lows, widths = [], []
    for part, number in zip(parts, home, strict=True):
        rows, columns = part.source_end - part.source, part.target_end - part.target
        width = columns if columns <= _FULL else min(columns, 2 * max(_HALF_BAND, columns // 40))
        start = part.source - sequences[number].source
        middle = middles[number][start : start + rows]
        lows.append(np.clip(middle - width // 2, part.target, part.target_end - width))
        widths.append(np.full(rows, width))
    return _joined(lows), _joined(widths)


def _middle(way: Sequence[Bead], each: Stretch) -> Ints:
    """The target text at which each source text stood."""
    middle = np.zeros(each.source_end - each.source, np.int64)
    for bead in way:
        middle[bead.source : bead.source_end] = each.target + bead.target
    return middle


def learned(
    model: Model,
    source: Corpus,
    target: Corpus,
    beads: Sequence[Sequence[Bead]],
    sequences: Sequence[Stretch],
    vocabulary: Vocabulary,
) -> Model:
    """What the sure pairs of a pass teach."""
    pairs = np.array(
        [
            (each.source + bead.source, each.target + bead.target)
            for each, way in zip(sequences, beads, strict=True)
            for bead in way
            if bead.shape == (1, 1) and bead.posterior >= _SURE
        ],
        np.int64,
    ).reshape(-1, 2)
    if len(pairs) < 2:
        return model
    lengths = learned_lengths(source.length[pairs[:, 0]], target.length[pairs[:, 1]], model.lengths)
    kinds = (
        learned_kinds([(source.kind[a], target.kind[b]) for a, b in pairs], source.kind, target.kind)
        if any(source.kind)
        else None
    )
    to_target, to_source = learn(source, target, pairs, vocabulary)
    lexicon = Lexicon(
        to_target, to_source, model.lexicon.source_trust, model.lexicon.target_trust, model.lexicon.anchor
    )
    one, other = source.chosen(pairs[:, 0]), target.chosen(pairs[:, 1])
    forward, backward = directions(one, other, lexicon)
    groups = vocabulary.groups
    lexicon = Lexicon(to_target, to_source, _trust(backward, groups), _trust(forward, groups), model.lexicon.anchor)
    return Model(lexicon, lengths, kinds, model.prior)


_STRENGTH = 4.0


def _trust(direction: Direction, groups: Ints) -> Floats:
    """How often each token is explained in pairs that are right, drawn to the average of its group."""
    places = np.arange(len(direction.told))
    ratio = hits_of(direction, Band(places, places + 1))
    tokens = direction.told.tokens
    seen = np.bincount(tokens, minlength=len(groups)).astype(float)
    trust = np.full(len(groups), 0.5)
    for _ in range(3):
        each = trust[tokens]
        likely = each * ratio / (1 - each + each * ratio)
        found = np.bincount(tokens, likely, minlength=len(groups))
        for code in np.unique(groups):
            those = groups == code
            average = (found[those].sum() + 1.0) / (seen[those].sum() + 2.0)
            trust[those] = (found[those] + _STRENGTH * average) / (seen[those] + _STRENGTH)
        trust = np.clip(trust, 0.02, 0.98)
    return trust
