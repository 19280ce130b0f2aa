"""Which words of a text a reference has not, and which of those that it has another text lacked."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

__all__ = ["Kind", "Run", "marked"]

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_LONGEST = 3_000
"""Words or characters beyond which a text is not compared: time grows with their square."""


class Kind(StrEnum):
    """What a run of words is, by the element that marks it."""

    SAME = "same"
    OTHER = "mark"
    WON = "ins"


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring words of one kind."""

    kind: Kind
    text: str


def marked(text: str, reference: str, first: str, *, spaced: bool) -> list[Run]:
    """A text in runs: what the reference has not, and what it has where the ``first`` text has something else.

    Law: the runs, joined, are the text.  Words are compared, or characters where a language is not ``spaced``.
    """
    words, wanted, before = (_words(one, spaced=spaced) for one in (text, reference, first))
    if max(len(words), len(wanted), len(before)) > _LONGEST:
        return [Run(Kind.SAME, text)] if text else []
    right = _matched(words, wanted)
    known = set(_matched(before, wanted).values())
    kinds = [
        Kind.OTHER if at not in right else Kind.WON if right[at] not in known else Kind.SAME for at in range(len(words))
    ]
    for at, word in enumerate(words):
        if word.isspace():
            kinds[at] = _between(kinds[max(at - 1, 0)], kinds[min(at + 1, len(words) - 1)])
    runs = groupby(zip(kinds, words, strict=True), key=lambda pair: pair[0])
    return [Run(kind, "".join(word for _, word in own)) for kind, own in runs]


def _between(before: Kind, after: Kind) -> Kind:
    """The kind of a blank: that of its neighbours, where they have the same."""
    return before if before is after else Kind.SAME


def _matched(words: Sequence[str], wanted: Sequence[str]) -> dict[int, int]:
    """The places of words that the reference has in this order, with their places there."""
    blocks = difflib.SequenceMatcher(None, words, wanted, autojunk=False).get_matching_blocks()
    return {block.a + offset: block.b + offset for block in blocks for offset in range(block.size)}


def _words(text: str, *, spaced: bool) -> list[str]:
    return _WORDS.findall(text) if spaced else list(text)
