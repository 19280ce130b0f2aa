"""Parallel data of one pair of languages, as examples to translate by."""

from __future__ import annotations

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

__all__ = ["Example", "Examples", "examples_of", "tokens"]

_TOKEN = re.compile(r"\w+|[^\w\s]")
_CANDIDATES = 20
_COMMON = 200
"""A token of more examples than these says little."""


@dataclass(frozen=True, slots=True)
class Example:
    """A source text and its translation."""

    source: str
    target: str


@dataclass(frozen=True)
class Examples:
    """Source texts with their translations; white space is all the same."""

    pairs: Mapping[str, str] = field(default_factory=dict)
    threshold: float = 0.6
    """How much of its tokens a near example shares, at least."""

    @cached_property
    def _by_source(self) -> dict[str, Example]:
        return {_spaced(source): Example(source, target) for source, target in self.pairs.items()}

    @cached_property
    def _by_token(self) -> Mapping[str, list[Example]]:
        found: defaultdict[str, list[Example]] = defaultdict(list)
        for example in self._by_source.values():
            for token in set(tokens(example.source)):
                found[token].append(example)
        return found

    def exact(self, source: str) -> Example | None:
        """The example of this very text."""
        return self._by_source.get(_spaced(source))

    def near(self, source: str) -> Example | None:
        """The most similar example, if one is similar enough; the earlier of two."""
        wanted = tokens(source)
        shared: Counter[Example] = Counter()
        for token in dict.fromkeys(wanted):
            among = self._by_token.get(token, ())
            if len(among) <= _COMMON:
                shared.update(among)
        best, closest = self.threshold, None
        for example, _ in shared.most_common(_CANDIDATES):
            similarity = difflib.SequenceMatcher(None, wanted, tokens(example.source), autojunk=False).ratio()
            if similarity > best or (closest is None and similarity == best):
                best, closest = similarity, example
        return closest


def tokens(text: str) -> list[str]:
    """Words, numbers, and each other sign."""
    return _TOKEN.findall(text)


def _spaced(text: str) -> str:
    return " ".join(text.split())


def examples_of(records: Iterable[Mapping[str, str]], source: str, target: str) -> Examples:
    """The examples of parallel data for one pair of languages."""
    return Examples({record[source]: record[target] for record in records if target in record})
