"""Of many pairs, those whose sources are most like a book: subject matters more than number.

Words and pairs of neighbouring words that the book has count, frequent ones more, those that all sources have less.
What a chosen pair has shown is worth half as much for the next, so that ten ways to say the same do not come first.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sphinx_amts.align.evidence import words

__all__ = ["Ranked", "ranked"]

_DECAY = 0.5
_EVEN = 8.0
"""What is added to the size of a text: one good word is not yet a good sentence."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A pair by its number among those that were given; ``likeness`` is what it adds to those before it."""

    number: int
    likeness: float


def ranked(sources: Sequence[str], book: Iterable[str]) -> Iterator[Ranked]:
    """The texts that have anything in common with a book, best first; equals in the order of their texts.

    The same texts in another order are ranked the same.
    """
    grams = [_grams(text) for text in sources]
    value = _values(grams, book)
    worth = [{gram: value[gram] for gram in sorted(each) if gram in value} for each in grams]
    shown: Counter[str] = Counter()
    heap = [
        (-_likeness(each, shown, len(grams[number])), sources[number], number)
        for number, each in enumerate(worth)
        if each
    ]
    heapq.heapify(heap)
    while heap:
        _, text, number = heapq.heappop(heap)
        # What was worth so much when it was looked at last is never worth more now, so the rest need not be looked at.
        now = -_likeness(worth[number], shown, len(grams[number]))
        if heap and (now, text, number) > heap[0]:
            heapq.heappush(heap, (now, text, number))
            continue
        shown.update(worth[number].keys())
        yield Ranked(number, -now)


def _grams(text: str) -> frozenset[str]:
    """The words of a text, and the pairs of neighbours."""
    found = list(words(text))
    return frozenset([*found, *map(" ".join, pairwise(found))])


def _values(grams: Sequence[frozenset[str]], book: Iterable[str]) -> Mapping[str, float]:
    """What each word of the book is worth: how often it says it, and how few other texts do."""
    seen = Counter(gram for text in book for gram in _grams(text))
    everywhere = Counter(gram for each in grams for gram in each if gram in seen)
    total = len(grams)
    return {gram: math.log1p(seen[gram]) * math.log((total + 1) / count) for gram, count in everywhere.items()}


def _likeness(worth: Mapping[str, float], shown: Counter[str], size: int) -> float:
    return sum(value * _DECAY ** shown[gram] for gram, value in worth.items()) / (size + _EVEN)
