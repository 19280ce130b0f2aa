"""Which pairs are worth keeping.

A check looks at one pair and says why it is left out; its first line is what people read beside its count.  The order of the
checks is that of ``CHECKS``: a pair is counted once, by the first that leaves it out.  Duplicates and contradictions need
all pairs, and come last.
"""

from __future__ import annotations

import math
import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sphinx_amts.align.evidence import anchors, width
from sphinx_amts.align.mining import Pair, Text
from sphinx_amts.engines import scripts
from sphinx_amts.model import InlineCode
from sphinx_amts.pairs.parallel_data import LONGEST

__all__ = ["CHECKS", "DEFAULT_SCORE", "Contradiction", "Filtered", "Measure", "filtered"]

DEFAULT_SCORE = 0.5
_RATIO = 3.0
_SHORT = 20
"""The average width of both sides below which their ratio tells nothing."""
_ENOUGH = 20
"""Pairs from which the usual ratio of a corpus is taken."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What pairs are measured by: the languages, the corpus's own ratio of lengths, and the least score."""

    source: str
    target: str
    ratio: float = 1.0
    least: float = DEFAULT_SCORE


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A source with several targets: the one that stays, and the others, best first."""

    kept: Pair
    others: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Filtered:
    """The pairs that stay, in their order, and how many each check left out.

    Law: the pairs and the counts, together, are the pairs that were given.
    """

    pairs: tuple[Pair, ...]
    counts: dict[str, int]
    contradictions: tuple[Contradiction, ...]


def filtered(pairs: Sequence[Pair], source: str, target: str, *, least: float = DEFAULT_SCORE) -> Filtered:
    """The pairs worth keeping between two languages."""
    measure = Measure(source, target, _usual_ratio(pairs), least)
    counts = dict.fromkeys((*CHECKS, "duplicates", "contradictions"), 0)
    kept: list[Pair] = []
    for pair in pairs:
        why = next((name for name, check in CHECKS.items() if check(pair, measure)), None)
        if why is None:
            kept.append(pair)
        else:
            counts[why] += 1
    unique = _unique(kept)
    counts["duplicates"] = len(kept) - len(unique)
    best, contradictions = _consistent(unique, Counter(_key(pair) for pair in kept))
    counts["contradictions"] = len(unique) - len(best)
    return Filtered(tuple(best), counts, tuple(contradictions))


def empty(pair: Pair, measure: Measure) -> bool:
    """No word on one side.

    Bad: ``$x$`` for ``$x$``.  Good: ``Let $x$ be`` for ``设 $x$ 为``.
    """
    return not (_has_letters(pair.source.plain) and _has_letters(pair.target.plain)) or not (
        _words(pair.source.plain, pair.source.codes) and _words(pair.target.plain, pair.target.codes)
    )


def identical(pair: Pair, measure: Measure) -> bool:
    """Both sides are the same.

    Bad: ``PyTorch`` for ``PyTorch``.
    """
    return _folded(pair.source.plain) == _folded(pair.target.plain)


def long(pair: Pair, measure: Measure) -> bool:
    """Longer than Amazon Translate takes: 1,000 bytes of UTF-8 on a side."""
    return any(len(text.plain.encode("utf-8", "replace")) > LONGEST for text in (pair.source, pair.target))


def ratio(pair: Pair, measure: Measure) -> bool:
    """One side is more than three times as long as it should be.

    What it should be is what is usual in this corpus.
    """
    one, other = width(pair.source.plain), width(pair.target.plain)
    if one + other < 2 * _SHORT:
        return False
    return not 1 / _RATIO <= (other + 1) / (one + 1) / measure.ratio <= _RATIO


def wrong_language(pair: Pair, measure: Measure) -> bool:
    """A side is in another script than its language, or its words are those of the other side.

    Bad: ``Install the package first.`` for ``Install the package first!``.
    """
    for text, code in ((pair.source, measure.source), (pair.target, measure.target)):
        if not _in_script(text, code):
            return True
    one, other = _long_words(pair.source.plain), _long_words(pair.target.plain)
    shared = sum((one & other).values())
    return shared >= 4 and shared >= 0.8 * max(one.total(), other.total())


def codes(pair: Pair, measure: Measure) -> bool:
    """Formulas, code or references of one side are not those of the other.

    Bad: ``Let $x$ be`` for ``设 $y$ 为``.
    """
    return _placeholders(pair.source.codes) != _placeholders(pair.target.codes)


def score(pair: Pair, measure: Measure) -> bool:
    """Not sure enough; ``--score`` sets the least score."""
    return pair.score < measure.least


CHECKS: dict[str, Callable[[Pair, Measure], bool]] = {
    "empty": empty,
    "identical": identical,
    "long": long,
    "ratio": ratio,
    "language": wrong_language,
    "score": score,
    "codes": codes,
}


def _usual_ratio(pairs: Sequence[Pair]) -> float:
    logs = [
        math.log((width(pair.target.plain) + 1) / (width(pair.source.plain) + 1))
        for pair in pairs
        if pair.score >= DEFAULT_SCORE
    ]
    return math.exp(statistics.median(logs)) if len(logs) >= _ENOUGH else 1.0


def _has_letters(text: str) -> bool:
    return any(letter.isalpha() for letter in text)


def _words(text: str, codes: Sequence[InlineCode]) -> bool:
    """Whether anything but placeholders stands in a text."""
    for code in codes:
        if not code.is_pair:
            text = text.replace(code.opening.strip("$`"), "", 1)
    return _has_letters(text)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _long_words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W\d_]{4,}", text.casefold()))


def _placeholders(codes: Sequence[InlineCode]) -> Counter[str]:
    """Formulas, literals and references as anchors, without what is found inside them."""
    own = [
        code
        for code in codes
        if code.kind in ("math", "literal", "citation") or (code.kind == "role" and not code.is_pair)
    ]
    return Counter(anchor for anchor in anchors(own) if anchor[1] != "i")


_LEAST_SHARE = {True: 0.5, False: 0.1}
"""So many letters are of a language's script: terms, names and code in Latin letters stand in any text."""


def _in_script(text: Text, code: str) -> bool:
    script = scripts.of(code)
    letters = [letter for letter in text.plain if letter.isalpha()]
    if script is None or not letters:
        return True
    share = sum(1 for letter in letters if script.match(letter)) / len(letters)
    return share >= _LEAST_SHARE[script.match("a") is not None]


def _key(pair: Pair) -> tuple[str, str]:
    return _folded(pair.source.plain), _folded(pair.target.plain)


def _unique(pairs: Sequence[Pair]) -> list[Pair]:
    """Of equal pairs the first of the best; they stay in their order."""
    best: dict[tuple[str, str], int] = {}
    for place, pair in enumerate(pairs):
        known = best.setdefault(_key(pair), place)
        if pair.score > pairs[known].score:
            best[_key(pair)] = place
    return [pairs[place] for place in sorted(best.values())]


def _consistent(pairs: Sequence[Pair], frequency: Counter[tuple[str, str]]) -> tuple[list[Pair], list[Contradiction]]:
    """Of several targets of one source the one that is most often and most surely its translation."""
    rivals: dict[str, list[Pair]] = {}
    for pair in pairs:
        rivals.setdefault(_folded(pair.source.plain), []).append(pair)
    contradictions = []
    dropped: set[int] = set()
    for those in rivals.values():
        if len(those) > 1:
            those = sorted(
                those, key=lambda pair: (-frequency[_key(pair)] * pair.score, -pair.complete, pair.target.plain)
            )
            contradictions.append(Contradiction(those[0], tuple(those[1:])))
            dropped |= {id(pair) for pair in those[1:]}
    return [pair for pair in pairs if id(pair) not in dropped], contradictions
