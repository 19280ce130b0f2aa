"""Which items of two sequences, or of three, belong together.

Lines, cells and tokens are aligned alike: by patience (items that stand as often on both sides hold the rest in place), first by
the strictest key, then by weaker ones, at last by likeness.  The time does not grow with the square of the items.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

__all__ = ["Chunk", "Pairs", "aligned", "chunks"]

Item = TypeVar("Item")

Pairs = list[tuple[int, int]]
"""Indexes that belong together, growing on both sides."""

Chunk = tuple[range, range, range]
"""What belongs together in the base, in theirs and in ours."""

_SMALL = 2_500
"""How many comparisons of keys two stretches without an anchor are worth."""

_FEW = 400
"""How many likenesses two stretches are worth."""

_ALIKE = 0.6


def aligned(
    old: Sequence[Item],
    new: Sequence[Item],
    keys: Sequence[Callable[[Item], Hashable]],
    likeness: Callable[[Item, Item], float] | None = None,
) -> Pairs:
    """The items that belong together; a key of ``None`` belongs to nothing."""
    pairs: Pairs = []
    for key in keys:
        a, b = [key(item) for item in old], [key(item) for item in new]
        found = [pair for olds, news in _between(pairs, len(old), len(new)) for pair in _common(a, b, olds, news)]
        pairs = sorted([*pairs, *found])
    if likeness is None:
        return pairs
    found = [
        pair for olds, news in _between(pairs, len(old), len(new)) for pair in _like(old, new, olds, news, likeness)
    ]
    return sorted([*pairs, *found])


def chunks(count: int, theirs: Pairs, ours: Pairs, their_count: int, our_count: int) -> Iterator[Chunk]:
    """A base of ``count`` items cut where both sides can be cut: into single items, additions, and what was rewritten.

    Law: the ranges of each side, joined, are the side.  What one side puts beside the other's change is an addition.
    """
    sides = [_Side(count, theirs, their_count), _Side(count, ours, our_count)]
    at = 0
    for start, stop in [*_united(sorted([*sides[0].rewritten, *sides[1].rewritten])), (count, count)]:
        for index in range(at, start):
            yield from _addition(index, sides)
            yield _chunk(index, index + 1, sides)
        yield from _addition(start, sides)
        if start < stop:
            yield _chunk(start, stop, sides)
        at = stop


def _chunk(start: int, stop: int, sides: Sequence[_Side]) -> Chunk:
    theirs, ours = (range(side.begin[start], side.end[stop]) for side in sides)
    return range(start, stop), theirs, ours


def _addition(index: int, sides: Sequence[_Side]) -> Iterator[Chunk]:
    theirs, ours = (range(side.end[index], side.begin[index]) for side in sides)
    if theirs or ours:
        yield range(index, index), theirs, ours


def _united(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    united: list[tuple[int, int]] = []
    for start, stop in spans:
        if united and start < united[-1][1]:
            united[-1] = united[-1][0], max(stop, united[-1][1])
        else:
            united.append((start, stop))
    return united


class _Side:
    """Where each base item begins on a side, where the one before it ends, and which base items have no counterpart."""

    def __init__(self, count: int, pairs: Pairs, own_count: int) -> None:
        self.end, self.begin = [0] * (count + 1), [0] * (count + 1)
        self.rewritten: list[tuple[int, int]] = []
        for olds, news in _between(pairs, count, own_count):
            self.end[olds.start] = news.start
            self.begin[olds.start] = news.start if olds else news.stop
            if olds:
                self.end[olds.stop] = self.begin[olds.stop] = news.stop
                self.rewritten.append((olds.start, olds.stop))


def _between(pairs: Pairs, old_count: int, new_count: int) -> Iterator[tuple[range, range]]:
    """What stands before, between and behind pairs, be it empty."""
    i = j = 0
    for a, b in [*pairs, (old_count, new_count)]:
        yield range(i, a), range(j, b)
        i, j = a + 1, b + 1


def _common(a: Sequence[Hashable], b: Sequence[Hashable], olds: range, news: range) -> Iterator[tuple[int, int]]:
    """The equal keys of two stretches, in no order."""
    left = [(olds.start, olds.stop, news.start, news.stop)]
    while left:
        i, k, j, m = left.pop()
        while i < k and j < m and a[i] is not None and a[i] == b[j]:
            yield i, j
            i, j = i + 1, j + 1
        while i < k and j < m and a[k - 1] is not None and a[k - 1] == b[m - 1]:
            k, m = k - 1, m - 1
            yield k, m
        if i == k or j == m:
            continue
        anchors = _anchors(a[i:k], b[j:m])
        yield from ((i + x, j + y) for x, y in anchors)
        if anchors:
            left += [(i + x.start, i + x.stop, j + y.start, j + y.stop) for x, y in _between(anchors, k - i, m - j)]
        elif (k - i) * (m - j) <= _SMALL:
            yield from _closest(a, b, range(i, k), range(j, m))


def _closest(a: Sequence[Hashable], b: Sequence[Hashable], olds: range, news: range) -> Iterator[tuple[int, int]]:
    matcher = SequenceMatcher(None, a[olds.start : olds.stop], b[news.start : news.stop], autojunk=False)
    for block in matcher.get_matching_blocks():
        for index in range(block.size):
            if a[olds.start + block.a + index] is not None:
                yield olds.start + block.a + index, news.start + block.b + index


def _anchors(a: Sequence[Hashable], b: Sequence[Hashable]) -> Pairs:
    """Keys that stand once on both sides; where there are none, those that stand as often on both."""
    counts = Counter(a), Counter(b)
    for often in (False, True):
        shared = {
            key
            for key, count in counts[0].items()
            if key is not None and counts[1][key] == count and (often or count == 1)
        }
        if shared:
            return _growing(_numbered(a, shared), _numbered(b, shared))
    return []


def _numbered(keys: Sequence[Hashable], shared: set[Hashable]) -> dict[Hashable, int]:
    """The index of each shared key, told apart by how often it stood before."""
    seen: Counter[Hashable] = Counter()
    found: dict[Hashable, int] = {}
    for index, key in enumerate(keys):
        if key in shared:
            found[key, seen[key]] = index
            seen[key] += 1
    return found


def _growing(a: dict[Hashable, int], b: dict[Hashable, int]) -> Pairs:
    """As many pairs as grow on both sides."""
    tops: list[int] = []
    piles: list[tuple[int, int]] = []
    before: dict[tuple[int, int], tuple[int, int] | None] = {}
    for key, i in a.items():
        pair = i, b[key]
        place = bisect_left(tops, pair[1])
        before[pair] = piles[place - 1] if place else None
        tops[place : place + 1] = [pair[1]]
        piles[place : place + 1] = [pair]
    chain: Pairs = []
    last = piles[-1] if piles else None
    while last is not None:
        chain.append(last)
        last = before[last]
    return chain[::-1]


def _like(
    old: Sequence[Item], new: Sequence[Item], olds: range, news: range, likeness: Callable[[Item, Item], float]
) -> Iterator[tuple[int, int]]:
    """The most alike of two stretches, in their order."""
    if not olds or not news or len(olds) * len(news) > _FEW:
        return
    best: dict[tuple[int, int], tuple[float, Pairs]] = {}

    def before(i: int, j: int) -> tuple[float, Pairs]:
        return best.get((i, j), (0.0, []))

    for i in olds:
        for j in news:
            likely = likeness(old[i], new[j])
            score, pairs = before(i - 1, j - 1)
            paired = (score + likely, [*pairs, (i, j)]) if likely >= _ALIKE else (0.0, [])
            best[i, j] = max(before(i - 1, j), before(i, j - 1), paired, key=lambda found: found[0])
    yield from best[olds[-1], news[-1]][1]
