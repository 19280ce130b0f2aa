"""Words: how many a text has, and how many of them have to be edited to make another text of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from sphinx_amts.masked import strip_tags

__all__ = ["Distance", "count", "words"]

# A word, one character of a script without blanks, a tag whatever its number, or one other character.
_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"<(?P<open>/?)[1-9][0-9]*(?P<alone>/?)>|[{_UNSPACED}]|[^\W{_UNSPACED}]+|[^\w\s]")
_LETTER = re.compile(rf"[{_UNSPACED}]")


def count(masked: str) -> int:
    """How many words a person sees: what stands between blanks and holds a letter or a digit; without blanks, each letter."""
    parts = _LETTER.sub(r" \g<0> ", strip_tags(masked, " ")).split()
    return sum(any(letter.isalnum() for letter in part) for part in parts)


def words(masked: str) -> Iterator[str]:
    """What counts as one word for closeness, punctuation too: case and the numbers of tags do not matter."""
    for token in _TOKEN.finditer(masked):
        yield token[0].casefold() if token["open"] is None else f"<{token['open']}{token['alone']}>"


class Distance:
    """The edit distance in words from one text to others: Myers' bit vectors, a whole column in one integer."""

    def __init__(self, words: Sequence[str]) -> None:
        self._length = len(words)
        self._places: dict[str, int] = {}
        for place, word in enumerate(words):
            self._places[word] = self._places.get(word, 0) | 1 << place

    def to(self, other: Iterable[str]) -> int:
        """How many words have to be put in, left out or replaced."""
        if not self._length:
            return sum(1 for _ in other)
        every, last = (1 << self._length) - 1, 1 << self._length - 1
        more, less, distance = every, 0, self._length
        for word in other:
            same = self._places.get(word, 0)
            steps = same | less
            diagonal = (((same & more) + more) ^ more) | same
            up, down = less | ~(diagonal | more), more & diagonal
            distance += bool(up & last) - bool(down & last)
            up, down = up << 1 | 1, down << 1
            more, less = (down | ~(steps | up)) & every, up & steps
        return distance
