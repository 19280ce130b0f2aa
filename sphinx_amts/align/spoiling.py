"""Pairs that are sure, spoiled: what is right afterwards is known, and nobody had to say so.

1. ``damaged`` drops, adds, merges and moves texts of the target.
2. ``damaged_passages`` does that to the sentences of passages, and then to the passages.
3. ``shortened`` takes a part of one side away.

The same seed spoils in the same way.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TypeVar

import numpy as np

from sphinx_amts.align.evidence import Evidence, is_anchor
from sphinx_amts.align.lexicon import Floats

__all__ = ["Passage", "Spoiled", "Truth", "damaged", "damaged_passages", "frame", "joined", "shortened"]

Truth = set[tuple[tuple[int, ...], tuple[int, ...]]]
"""Which texts of a document are right with which."""
_Source = TypeVar("_Source")
_Target = TypeVar("_Target")


def damaged(
    documents: Sequence[Sequence[tuple[Evidence, Evidence]]], seed: int = 1, *, condensed: float = 0.0
) -> tuple[list[list[Evidence]], list[list[Evidence]], list[Truth]]:
    """Sources, spoiled targets, and the pairs that are right nevertheless, document by document.

    Of the target texts 5 % are dropped, 5 % added, 5 % merged with the next, 3 % moved; and so many are ``condensed``,
    which leaves them in the right place.
    """
    chance = random.Random(seed)  # noqa: S311 - what is spoiled must be the same in every run
    return _damaged(documents, chance, joined, lambda text: _condensed(text, chance, condensed))


def _condensed(text: Evidence, chance: random.Random, share: float) -> Evidence:
    return _cut(text, chance.uniform(0.3, 0.8)) if share and chance.random() < share else text


def _damaged(
    documents: Sequence[Sequence[tuple[_Source, _Target]]],
    chance: random.Random,
    join: Callable[[_Target, _Target], _Target],
    change: Callable[[_Target], _Target],
) -> tuple[list[list[_Source]], list[list[_Target]], list[Truth]]:
    others = [target for document in documents for _, target in document]
    sources: list[list[_Source]] = []
    targets: list[list[_Target]] = []
    truths: list[Truth] = []
    for document in documents:
        kept = [((number,), target) for number, (_, target) in enumerate(document) if chance.random() >= 0.05]
        kept = [(at, change(text)) for at, text in kept]
        rows = list(_merged(kept, chance, join))
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


_Row = tuple[tuple[int, ...], _Target]


def _merged(
    rows: Sequence[_Row[_Target]], chance: random.Random, join: Callable[[_Target, _Target], _Target]
) -> list[_Row[_Target]]:
    result: list[_Row[_Target]] = []
    at = 0
    while at < len(rows):
        numbers, text = rows[at]
        at += 1
        if at < len(rows) and chance.random() < 0.05:
            more, other = rows[at]
            numbers, text = numbers + more, join(text, other)
            at += 1
        result.append((numbers, text))
    return result


def joined(one: Evidence, other: Evidence) -> Evidence:
    """Two texts as one."""
    return Evidence(tuple(dict.fromkeys((*one.tokens, *other.tokens))), one.length + other.length, one.kind)


@dataclass(frozen=True, slots=True)
class Passage:
    """A block with its sentences; ``frame`` is its kind and what stands around it."""

    frame: Evidence
    sentences: tuple[Evidence, ...]

    @property
    def whole(self) -> Evidence:
        """The evidence of the block."""
        return reduce(joined, self.sentences, self.frame)


def frame(block: Evidence) -> Evidence:
    """What is left of a block without its text."""
    return Evidence(tuple(token for token in block.tokens if _around(token)), 0, block.kind)


def _around(token: str) -> bool:
    return is_anchor(token) and token[1] in "ab"


@dataclass(frozen=True, slots=True)
class Spoiled:
    """A document after the damage; ``truth`` counts the sentences of the whole document."""

    sources: tuple[Passage, ...]
    targets: tuple[Passage, ...]
    truth: Truth


_Marked = tuple[Evidence, tuple[tuple[Evidence, tuple[int, ...]], ...]]
"""A passage of which each sentence says which source sentences it stands for."""


def damaged_passages(
    documents: Sequence[Sequence[tuple[Passage, Passage]]], seed: int = 1, *, condensed: float = 0.0
) -> list[Spoiled]:
    """Documents of which passages are damaged, and sentences inside; of a pair, both have as many sentences."""
    chance = random.Random(seed)  # noqa: S311 - what is spoiled must be the same in every run
    marked = list(_marked(documents, chance, condensed))
    sources, targets, truths = _damaged(
        marked, chance, lambda one, other: (one[0], one[1] + other[1]), lambda each: each
    )
    return [_counted(*each) for each in zip(sources, targets, truths, strict=True)]


def _marked(
    documents: Sequence[Sequence[tuple[Passage, Passage]]], chance: random.Random, condensed: float
) -> Iterable[list[tuple[Passage, _Marked]]]:
    """The passages with damaged sentences; a sentence that is its whole passage is left as it is."""
    inside = [
        list(zip(left.sentences, right.sentences, strict=True)) if len(left.sentences) > 1 else []
        for document in documents
        for left, right in document
    ]
    _, targets, truths = _damaged(inside, chance, joined, lambda text: _condensed(text, chance, condensed))
    damage = iter(zip(targets, truths, strict=True))
    for document in documents:
        rows, first = [], 0
        for left, right in document:
            texts, truth = next(damage)
            if len(left.sentences) == 1:
                texts, truth = [_condensed(right.sentences[0], chance, condensed)], {((0,), (0,))}
            stand = {place: tuple(first + number for number in numbers) for numbers, (place,) in truth}
            each = tuple((text, stand.get(place, ())) for place, text in enumerate(texts))
            rows.append((left, (right.frame, each)))
            first += len(left.sentences)
        yield rows


def _counted(sources: Sequence[Passage], targets: Sequence[_Marked], right: Truth) -> Spoiled:
    """A document whose sentences are right where their passage is, and they are."""
    places = {place for _, (place,) in right}
    truth: Truth = set()
    number = 0
    for place, (_, sentences) in enumerate(targets):
        for _, stand in sentences:
            if stand and place in places:
                truth.add((stand, (number,)))
            number += 1
    passages = tuple(Passage(around, tuple(text for text, _ in sentences)) for around, sentences in targets)
    return Spoiled(tuple(sources), passages, truth)


def shortened(
    pairs: Sequence[tuple[Evidence, Evidence]], seed: int = 2
) -> tuple[list[tuple[Evidence, Evidence]], Floats]:
    """Pairs of which half have lost a part of one side, if they have parts, and which are complete (1) or not (0)."""
    chance = random.Random(seed)  # noqa: S311 - what is spoiled must be the same in every run
    result, labels = [], []
    for source, target in pairs:
        # A single word has no parts: that it is there says that it is complete.
        whole = chance.random() < 0.5 or min(sum(map(_is_word, text.tokens)) for text in (source, target)) < 2
        part = chance.uniform(0.3, 0.75)
        if whole:
            result.append((source, target))
        elif chance.random() < 0.7:
            result.append((source, _cut(target, part)))
        else:
            result.append((_cut(source, part), target))
        labels.append(float(whole))
    return result, np.array(labels)


def _is_word(token: str) -> bool:
    return not is_anchor(token)


def _cut(text: Evidence, part: float) -> Evidence:
    """The first part of a text: of its words, and of its codes, which stand behind them; what is around it stays."""
    words = list(filter(_is_word, text.tokens))
    codes = [token for token in text.tokens if is_anchor(token) and not _around(token)]
    around = [token for token in text.tokens if _around(token)]
    kept = [*words[: max(round(len(words) * part), 1)], *codes[: round(len(codes) * part)], *around]
    return Evidence(tuple(kept), round(text.length * part), text.kind)
