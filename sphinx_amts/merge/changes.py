"""How a text became another: where it was changed, and what stands there now.

1. Sentences and lines with words that stand once in the text hold the rest in place.  Blank lines, fences and whatever else is
   repeated hold nothing: where two paragraphs were joined and a note was added, as many are left, but others.
2. Between them words are aligned: as many as can be, rather in runs than alone.  A line end is worth several words, a blank line
   more: they part the pieces of a document, and stay where paragraphs are written anew.
3. Of what is left, the characters that both sides share at its ends are no change.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate

import numpy as np

from sphinx_amts.merge.aligned import Pairs, aligned

__all__ = ["Change", "alike_ends", "changes"]

Change = tuple[int, int, int, int]
"""``before[a:b]`` became ``current[c:d]``."""

Paired = Callable[[Sequence[str], Sequence[str]], Pairs]
"""Says which items of two sequences belong together: equal ones."""

_PART = re.compile(r"[^\n.!?。！？]*(?:[.!?。！？]+[ \t]*|\n)|[^\n]+")
_LETTERS = re.compile(r"[^\W\d_]{2}")
# A word with the blanks behind it, a line end with the blank lines behind it.  Each Chinese or Japanese character is a word.
_WORD = re.compile(r"\n(?:[ \t>]*\n)*|(?:[^\W\d_\u2e80-\U0003ffff]+|\d+|.)[ \t]*")

_BLANK_LINE, _LINE_END, _LONGEST, _RUN = 30, 15, 10, 4
"""What is worth how much: a blank line, a line end, at most any other word, and that a pair of words follows another."""

_NEVER = -1_000

_MOST = 30_000_000
"""Pairs of words up to which all are weighed; beyond them line ends alone hold the rest in place."""


def changes(before: str, current: str) -> list[Change]:
    """Where the texts differ, in order and apart from each other.

    Law: what stands between changes is the same in both texts.
    """
    found: Iterable[Change] = [(0, len(before), 0, len(current))]
    for split, paired in ((_PART.findall, _parts), (_WORD.findall, _words), (list, _none)):
        found = _narrowed(found, before, current, split, paired)
    return list(found)


def alike_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """With how many items two sequences begin alike, and with how many of the others they end alike."""
    start = _shared(old, new)
    return start, min(_shared(old[::-1], new[::-1]), len(old) - start, len(new) - start)


def _shared(old: Sequence[str], new: Sequence[str]) -> int:
    pairs = zip(old, new, strict=False)
    return next((number for number, (one, other) in enumerate(pairs) if one != other), min(len(old), len(new)))


def _narrowed(
    found: Iterable[Change], before: str, current: str, split: Callable[[str], list[str]], paired: Paired
) -> Iterator[Change]:
    """What differs within changes once their texts are split."""
    for a, b, c, d in found:
        for e, f, g, h in _differing(split(before[a:b]), split(current[c:d]), paired):
            yield a + e, a + f, c + g, c + h


def _differing(old: Sequence[str], new: Sequence[str], paired: Paired) -> Iterator[Change]:
    """What stands between items that belong together, as offsets of the joined texts."""
    start, end = alike_ends(old, new)
    olds, news = list(accumulate(map(len, old), initial=0)), list(accumulate(map(len, new), initial=0))
    a, c = start, start
    last = len(old) - end, len(new) - end
    pairs = [(start + i, start + j) for i, j in paired(old[start : last[0]], new[start : last[1]])]
    for b, d in [*pairs, last]:
        if a < b or c < d:
            yield olds[a], olds[b], news[c], news[d]
        a, c = b + 1, d + 1


def _parts(old: Sequence[str], new: Sequence[str]) -> Pairs:
    telling = {part for part, count in Counter(old).items() if count == 1 and _LETTERS.search(part)}
    return aligned(old, new, (lambda part: part if part in telling else None,))


def _words(old: Sequence[str], new: Sequence[str]) -> Pairs:
    if len(old) * len(new) > _MOST:
        return aligned(old, new, (lambda word: word if word[0] == "\n" else None,))
    return _heaviest(old, new)


def _none(_old: Sequence[str], _new: Sequence[str]) -> Pairs:
    return []


def _heaviest(old: Sequence[str], new: Sequence[str]) -> Pairs:
    """The equal words that are worth the most together."""
    numbers: dict[str, int] = {}
    rows, columns = (np.array([numbers.setdefault(word, len(numbers)) for word in words]) for words in (old, new))
    places = {number: np.flatnonzero(columns == number) for number in rows}
    # Without a pair of a word of either side it is worth no less; a pair goes on with the run of the one before it.
    skips_old, skips_new, goes_on = np.zeros((3, len(old), len(new)), np.bool_)
    best, paired = np.zeros((2, len(new) + 1), np.int32)
    for i, number in enumerate(rows):
        at, before, run = places[number], best, paired + _RUN
        paired = np.full_like(best, _NEVER)
        paired[at + 1] = np.maximum(before[at], run[at]) + _worth(old[i])
        best = np.maximum.accumulate(np.maximum(before, paired))
        skips_old[i], skips_new[i] = best[1:] == before[1:], best[1:] == best[:-1]
        goes_on[i, at] = run[at] > before[at]
    pairs: Pairs = []
    i, j, is_run = len(old) - 1, len(new) - 1, False
    while i >= 0 and j >= 0:
        if not is_run and skips_old[i, j]:
            i -= 1
        elif not is_run and skips_new[i, j]:
            j -= 1
        else:
            pairs.append((i, j))
            is_run = bool(goes_on[i, j])
            i, j = i - 1, j - 1
    return pairs[::-1]


def _worth(word: str) -> int:
    if word[0] == "\n":
        return _LINE_END if word == "\n" else _BLANK_LINE
    return min(len(word) + 1, _LONGEST) if word[0].isalnum() else 1
