"""Which words stand for which: learned from pairs that are right already, over the whole corpus.

``Corpus`` holds the tokens of one side as numbers.  ``Lexicon`` is two sparse tables, one for each direction, and for
each token how reliably the other language explains it.  ``learn`` makes one from pairs (IBM's model 1, both ways).

A word that the lexicon has seen in one pair only proves nothing but that pair, so counts are discounted: what is left
is what other pairs say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from sphinx_amts.align.evidence import ANCHOR, Evidence

__all__ = ["SHARED", "Corpus", "Lexicon", "Table", "Vocabulary", "corpus", "first_lexicon", "learn"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SHARED = -1
"""The class of a word that both languages have: a name, or a word that only looks the same."""

_TRIPLES = 6_000_000
"""Pairs of tokens that one round of learning looks at."""
_ROUNDS = 4
_TRANSLATIONS = 12
_LEAST = 0.02
_DISCOUNT = 0.6
_COMMON = 0.25
"""A word in so large a part of all texts tells nothing of one of them."""


@dataclass(slots=True)
class Vocabulary:
    """A number for each token; both languages share it, so that what is identical is one number."""

    numbers: dict[str, int] = field(default_factory=dict)
    classes: list[int] = field(default_factory=list)
    """0 for a word; the code of its class for an anchor."""
    sides: list[int] = field(default_factory=list)
    """1 for a token of the source, 2 of the target, 3 of both."""

    def add(self, token: str, side: int) -> None:
        """Have a number for a token of a side."""
        found = self.numbers.setdefault(token, len(self.numbers))
        if found == len(self.classes):
            self.classes.append(ord(token[1]) if token.startswith(ANCHOR) else 0)
            self.sides.append(0)
        self.sides[found] |= side

    @property
    def groups(self) -> Ints:
        """The class of each token; words that both languages have are one of their own."""
        classes, sides = np.array(self.classes, np.int64), np.array(self.sides, np.int64)
        return np.where((classes == 0) & (sides == 3), SHARED, classes)


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """One side of all documents: texts (blocks or sentences) one after another, as numbers."""

    starts: Ints
    """Where the tokens of each text start, and the end."""
    tokens: Ints
    owner: Ints
    """The text of each token."""
    document: Ints
    """The document of each text."""
    first: Ints
    """Where the texts of each document start, and the end."""
    length: Floats
    kind: tuple[str, ...]
    size: Floats
    """Words of each text that the lexicon knows of."""
    chance: Floats
    """How likely each token would stand where it stands in any text of its document."""

    def __len__(self) -> int:
        return len(self.starts) - 1

    def chosen(self, texts: Ints) -> Corpus:
        """Some of the texts, in the order given, with the chances that they have here."""
        rows, places = _gather(self.starts, np.arange(len(self.tokens)), texts)
        starts = _offsets(np.diff(self.starts)[texts])
        document = self.document[texts]
        return Corpus(
            starts,
            self.tokens[places],
            rows,
            document,
            np.searchsorted(document, np.arange(len(self.first))),
            self.length[texts],
            tuple(self.kind[text] for text in texts),
            self.size[texts],
            self.chance[places],
        )

    def merged(self, groups: Sequence[Sequence[int]]) -> Corpus:
        """Each group of texts as one text, what is repeated in it once; groups stand in the order given."""
        flat = self.chosen(np.fromiter((text for group in groups for text in group), np.int64))
        group = np.repeat(np.arange(len(groups)), [len(each) for each in groups])
        owner = group[flat.owner]
        _, first = np.unique(owner * (int(np.max(flat.tokens, initial=0)) + 1) + flat.tokens, return_index=True)
        first.sort()
        heads = np.searchsorted(group, np.arange(len(groups)))
        document = flat.document[heads]
        starts = np.searchsorted(owner[first], np.arange(len(groups) + 1))
        return Corpus(
            starts,
            flat.tokens[first],
            owner[first],
            document,
            np.searchsorted(document, np.arange(len(self.first))),
            np.bincount(group, flat.length, minlength=len(groups)),
            tuple(flat.kind[head] for head in heads),
            np.bincount(group, flat.size, minlength=len(groups)),
            flat.chance[first],
        )


def corpus(documents: Sequence[Sequence[Evidence]], vocabulary: Vocabulary) -> Corpus:
    """The texts of documents as numbers; tokens that the vocabulary does not have are left out."""
    texts = [text for document in documents for text in document]
    known = vocabulary.numbers
    numbers = [[known[token] for token in text.tokens if token in known] for text in texts]
    starts = _offsets(len(row) for row in numbers)
    tokens = np.fromiter((number for row in numbers for number in row), np.int64, starts[-1])
    owner = np.repeat(np.arange(len(texts)), np.diff(starts))
    first = _offsets(len(document) for document in documents)
    document = np.repeat(np.arange(len(documents)), np.diff(first))
    classes = np.array(vocabulary.classes, np.int64)
    word = classes[tokens] == 0 if len(tokens) else np.zeros(0, bool)
    size = np.bincount(owner[word], minlength=len(texts)).astype(float)
    return Corpus(
        starts,
        tokens,
        owner,
        document,
        first,
        np.fromiter((text.length for text in texts), float, len(texts)),
        tuple(text.kind for text in texts),
        size,
        _chance(tokens, owner, document, first, word, len(classes)),
    )


def _offsets(lengths: Iterable[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(np.fromiter(lengths, np.int64))])


def _chance(tokens: Ints, owner: Ints, document: Ints, first: Ints, word: Any, vocabulary: int) -> Floats:
    """Words: their share of the words of the document and of the corpus.  Anchors: the share of other texts that have them."""
    if not len(tokens):
        return np.zeros(0)
    place = document[owner]
    _, inverse, count = np.unique(place * vocabulary + tokens, return_inverse=True, return_counts=True)
    here = count[inverse].astype(float)
    words = np.maximum(np.bincount(place[word], minlength=len(first) - 1), 1)
    texts = np.diff(first)
    everywhere = np.bincount(tokens[word], minlength=vocabulary) / max(int(word.sum()), 1)
    shares = np.where(word, 0.5 * here / words[place] + 0.5 * everywhere[tokens], (here - 0.5) / texts[place])
    return np.asarray(shares)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """For each token of one language, those of the other that may stand for it, and how likely each does."""

    starts: Ints
    other: Ints
    weight: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Both directions; ``*_trust`` is how likely a token's counterpart is found where its text is translated."""

    to_target: Table
    to_source: Table
    source_trust: Floats
    target_trust: Floats
    anchor: npt.NDArray[np.bool_]


_TRUST = {SHARED: 0.5, 0: 0.25, ord("b"): 0.5, ord("a"): 0.5, ord("n"): 0.7, ord("i"): 0.8}
_TRUST_CODE = 0.85
_IDENTICAL = 0.3
"""How likely a word stands for itself, before anything is learned."""


def first_lexicon(vocabulary: Vocabulary) -> Lexicon:
    """What is known before anything is learned: what is identical may stand for itself."""
    size = len(vocabulary.classes)
    classes = np.array(vocabulary.classes, np.int64)
    anchor = classes != 0
    weight = np.where(anchor, 1.0, _IDENTICAL)
    table = Table(np.arange(size + 1), np.arange(size), weight)
    trust = np.array([_TRUST.get(int(code), _TRUST_CODE) for code in vocabulary.groups])
    return Lexicon(table, table, trust, trust, anchor)


def learn(source: Corpus, target: Corpus, pairs: Ints, vocabulary: Vocabulary) -> tuple[Table, Table]:
    """The two tables from pairs of texts, an array of two columns."""
    classes = np.array(vocabulary.classes, np.int64)
    size = len(classes)
    left = _training(source, pairs[:, 0], classes)
    right = _training(target, pairs[:, 1], classes)
    chosen = _affordable(left[0], right[0])
    joint, at_source, at_target = _triples(left, right, chosen, size)
    types, which = np.unique(joint, return_inverse=True)
    sources, targets = types // size, types % size
    forward = _model(which, at_target, targets, sources, len(left[1]), len(right[1]), size)
    backward = _model(which, at_source, sources, targets, len(right[1]), len(left[1]), size)
    return (
        _table(sources, targets, forward, classes),
        _table(targets, sources, backward, classes),
    )


def _training(side: Corpus, texts: Ints, classes: Ints) -> tuple[Ints, Ints]:
    """Offsets and tokens of the chosen texts: words that are neither too rare nor too common."""
    rows, tokens = _gather(side.starts, side.tokens, texts)
    seen = np.bincount(tokens, minlength=len(classes))
    useful = (classes == 0) & (seen >= 2) & (seen <= max(_COMMON * len(texts), 20))
    keep = useful[tokens]
    return _offsets(np.bincount(rows[keep], minlength=len(texts))), tokens[keep]


def _gather(starts: Ints, values: Ints, chosen: Ints) -> tuple[Ints, Ints]:
    """The values of the chosen rows, one after another, and the position in ``chosen`` of each."""
    counts = starts[chosen + 1] - starts[chosen]
    rows = np.repeat(np.arange(len(chosen)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return rows, values[np.repeat(starts[chosen], counts) + within]


def _affordable(left: Ints, right: Ints) -> Ints:
    """The pairs to learn from: all of them, or the shorter ones, which tell more for their price."""
    cost = np.diff(left) * np.diff(right)
    order = np.argsort(cost, kind="stable")
    chosen = order[np.cumsum(cost[order]) <= _TRIPLES]
    return np.sort(chosen[cost[chosen] > 0])


def _triples(
    left: tuple[Ints, Ints], right: tuple[Ints, Ints], chosen: Ints, size: int
) -> tuple[Ints, npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Every pair of tokens of every chosen pair of texts: the pair as a number, and the places of both."""
    rows, at_source = _gather(left[0], np.arange(len(left[1])), chosen)
    width = (right[0][1:] - right[0][:-1])[chosen]
    counts = width[rows]
    first = np.repeat(right[0][chosen][rows], counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    at_target = first + within
    places = np.repeat(at_source, counts)
    return left[1][places] * size + right[1][at_target], places.astype(np.int32), at_target.astype(np.int32)


def _model(which: Ints, explained: Any, told: Ints, telling: Ints, _: int, places: int, size: int) -> Floats:
    """IBM's model 1: how likely each type of pair is, given the token that tells."""
    null = np.bincount(explained, minlength=places) * 0.0 + 1e-3
    probability = np.full(len(told), 0.05)
    counts = np.zeros(len(told))
    for _round in range(_ROUNDS):
        each = probability[which]
        whole = np.bincount(explained, each, minlength=places) + null
        counts = np.bincount(which, each / whole[explained], minlength=len(told))
        total = np.bincount(telling, counts, minlength=size)
        probability = counts / total[telling]
    total = np.bincount(telling, counts, minlength=size)
    return np.asarray(np.maximum(counts - _DISCOUNT, 0) / (total[telling] + 0.5))


def _table(telling: Ints, told: Ints, probability: Floats, classes: Ints) -> Table:
    """The best translations of each token, beside itself."""
    size = len(classes)
    keep = probability >= _LEAST
    telling, told, probability = telling[keep], told[keep], probability[keep]
    anchor = np.flatnonzero(classes != 0)
    word = np.flatnonzero(classes == 0)
    known = np.bincount(telling, minlength=size) > 0
    alone = word[~known[word]]
    telling = np.concatenate([telling, anchor, alone])
    told = np.concatenate([told, anchor, alone])
    probability = np.concatenate([probability, np.ones(len(anchor)), np.full(len(alone), _IDENTICAL)])
    order = np.lexsort((told, -probability, telling))
    telling, told, probability = telling[order], told[order], probability[order]
    starts = np.searchsorted(telling, np.arange(size + 1))
    rank = np.arange(len(telling)) - starts[telling]
    best = rank < _TRANSLATIONS
    starts = np.searchsorted(telling[best], np.arange(size + 1))
    return Table(starts, told[best], probability[best])
