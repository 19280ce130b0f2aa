"""The translation memory: which pair may be reused for a sentence, and which are close to it.

All look-ups compare masked texts by ``masked.key``; what is found does not depend on the order of additions.
A pair whose target does not have its source's tags, or is empty, is never given.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from sphinx_amts.masked import key, problem
from sphinx_amts.model import Match, Origin
from sphinx_amts.pairs.words import Distance, words

__all__ = ["TranslationMemory"]

_BEST_INEXACT = 0.99
"""Only the same masked text scores 1.0: another case or another number in a tag is something else."""
_ROUNDING = 1e-9


class _Use(NamedTuple):
    """One way in which a target was used: what is counted, and what ranks it."""

    target: str
    before: str
    after: str
    origin: str
    document: str
    priority: int


@dataclass(slots=True)
class TranslationMemory:
    """Pairs with where they came from.  ``len`` counts the different sources."""

    _uses: dict[str, Counter[_Use]] = field(default_factory=dict)
    _index: _Index = field(init=False)

    def __post_init__(self) -> None:
        self._index = _Index()

    def __len__(self) -> int:
        return len(self._uses)

    def add(
        self,
        source: str,
        target: str,
        *,
        before: str = "",
        after: str = "",
        origin: str,
        document: str = "",
        priority: int = 0,
    ) -> None:
        """Remember a pair of masked texts; one that may never be reused is dropped.

        ``before`` and ``after`` are its neighbours' sources, ``origin`` is who wrote the target.  Of two exact
        matches, the one with the higher ``priority`` is found.
        """
        wanted = key(source)
        if not wanted or not key(target) or problem(source, target):
            return
        use = _Use(target, key(before), key(after), str(origin), document, priority)
        if wanted not in self._uses:
            self._uses[wanted] = Counter()
            self._index.add(wanted)
        self._uses[wanted][use] += 1

    def look_up(self, source: str, *, before: str = "", after: str = "", document: str = "") -> Match | None:
        """The best pair with the same masked text, or ``None``.

        One between the same neighbours comes first, then the higher priority, the same document, a person's, the most
        frequent.  Text that has no neighbours is never in context.
        """
        wanted = key(source)
        uses = self._uses.get(wanted)
        if uses is None:
            return None
        context = (key(before), key(after))
        frequency: Counter[str] = Counter()
        for use, count in uses.items():
            frequency[key(use.target)] += count

        def rank(use: _Use) -> tuple[object, ...]:
            return (
                not _in_context(use, context),
                -use.priority,
                not document or use.document != document,
                _trust(use.origin),
                -frequency[key(use.target)],
                -uses[use],
                use,
            )

        best = min(uses, key=rank)
        return Match(wanted, best.target, 1.0, _in_context(best, context), best.origin)

    def fuzzy(self, source: str, *, limit: int = 3, threshold: float = 0.7) -> list[Match]:
        """The closest sources with their best targets, best first; none scores less than ``threshold``.

        The score is the share of words that need no edit: 1 less the edit distance in words over the longer text's
        number of words.  The same masked text scores 1.0, any other at most 0.99.
        Raises ``ValueError`` for a threshold that is not over 0 and up to 1.
        """
        if not 0 < threshold <= 1:
            raise ValueError(f"a threshold is over 0 and up to 1, not {threshold}")
        found = sorted(self._index.search(key(source), threshold), key=lambda hit: (-hit[0], hit[1]))
        matches = ((score, self.look_up(near)) for score, near in found[:limit])
        return [Match(one.source, one.target, score, origin=one.origin) for score, one in matches if one]


def _in_context(use: _Use, context: tuple[str, str]) -> bool:
    return any(context) and (use.before, use.after) == context


def _trust(origin: str) -> int:
    """People before imported pairs before machines before text that was never translated."""
    order = {Origin.HUMAN: 0, Origin.TM: 1, Origin.SOURCE: 3}
    return next((rank for known, rank in order.items() if known == origin), 2)


@dataclass(slots=True)
class _Index:
    """Which sources hold which word: finds every source that is close enough without looking at most of them."""

    _keys: list[str] = field(default_factory=list)
    _bags: list[tuple[str, ...]] = field(default_factory=list)
    _holders: dict[str, list[int]] = field(default_factory=dict)

    def add(self, wanted: str) -> None:
        """Take in a new source.  Its words are looked at when somebody searches: many memories are never searched."""
        self._keys.append(wanted)

    def _read_on(self) -> None:
        for number in range(len(self._bags), len(self._keys)):
            bag = tuple(_counted(words(self._keys[number])))
            for word in bag:
                self._holders.setdefault(word, []).append(number)
            self._bags.append(bag)

    def search(self, wanted: str, threshold: float) -> Iterator[tuple[float, str]]:
        """Each source with its score, if that is not less than the threshold."""
        self._read_on()
        own = tuple(words(wanted))
        bag, near = frozenset(_counted(own)), Distance(own)
        for number in self._candidates(bag, threshold):
            there = self._bags[number]
            longer = max(len(own), len(there))
            # Words that one side lacks have to be edited: a bound that is cheaper than the distance.
            if len(bag.intersection(there)) < threshold * longer - _ROUNDING:
                continue
            same = self._keys[number] == wanted
            score = 1.0 if same else min(1 - near.to(words(self._keys[number])) / longer, _BEST_INEXACT)
            if score >= threshold - _ROUNDING:
                yield score, self._keys[number]

    def _candidates(self, bag: frozenset[str], threshold: float) -> list[int]:
        """The sources that can be close enough: of n words at least t*n are shared, so one of the rarest n-t*n+1 is."""
        needed = max(1, math.ceil(threshold * len(bag) - _ROUNDING))
        rarest = sorted(bag, key=lambda word: (len(self._holders.get(word, ())), word))
        shortest, longest = threshold * len(bag) - _ROUNDING, len(bag) / threshold + _ROUNDING
        found = {
            number
            for word in rarest[: len(bag) - needed + 1]
            for number in self._holders.get(word, ())
            if shortest <= len(self._bags[number]) <= longest
        }
        return sorted(found)


def _counted(found: Iterable[str]) -> Iterator[str]:
    """The words, each but the first of its kind with its number: so what two texts share is a matter of sets."""
    seen: Counter[str] = Counter()
    for word in found:
        seen[word] += 1
        yield word if seen[word] == 1 else f"{word} {seen[word]}"
