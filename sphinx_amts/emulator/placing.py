"""Marks: single characters that stand for tags and for spans that must not be translated."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

__all__ = ["FIRST", "LAST", "MARK", "placed", "plain"]

FIRST, LAST = 0xF0000, 0xFFFFD
MARK = f"{chr(FIRST)}-{chr(LAST)}"
"""The marks, as a range of a character class."""


def plain(text: str, marks: Mapping[str, str]) -> str:
    """The sentence as people read it: without tags, with what must not be translated."""
    return "".join(marks.get(letter, letter) for letter in text)


def placed(target: str, source: str, marks: Mapping[str, str]) -> str:
    """A translation with the marks of its source, each once.

    A mark that stands for a text takes that text's place, where the translation has it.  The others stand as far on
    as they do in the source, in the same order and never inside a word.
    """
    taken: list[tuple[int, int]] = []
    places: list[tuple[int, int, str]] = []
    cursor, before, whole = 0, 0, len(plain(source, marks)) or 1
    for at, letter in enumerate(source):
        if letter not in marks:
            before += 1
            continue
        text = marks[letter]
        found = _free(target, text, taken) if text else -1
        if found >= 0:
            taken.append((found, found + len(text)))
            places.append((found, found + len(text), letter))
        else:
            cursor = max(cursor, _outside(target, round(before / whole * len(target)), taken))
            if source[at - 1 : at].isspace():
                cursor += len(target[cursor:]) - len(target[cursor:].lstrip())
            places.append((cursor, cursor, letter))
        before += len(text)
    return _joined(target, places)


def _free(target: str, text: str, taken: list[tuple[int, int]]) -> int:
    """Where a text stands first and no mark has taken it, or -1."""
    found = target.find(text)
    while found >= 0 and any(start < found + len(text) and found < end for start, end in taken):
        found = target.find(text, found + 1)
    return found


def _outside(target: str, place: int, taken: list[tuple[int, int]]) -> int:
    """The next place that is inside neither a word nor a text that a mark has taken."""
    while 0 < place < len(target) and (
        any(start < place < end for start, end in taken) or (_in_word(target[place - 1]) and _in_word(target[place]))
    ):
        place += 1
    return place


def _in_word(letter: str) -> bool:
    return letter.isalnum() and unicodedata.east_asian_width(letter) not in "WF"


def _joined(target: str, places: list[tuple[int, int, str]]) -> str:
    pieces, done = [], 0
    for start, end, letter in sorted(places, key=lambda place: place[:2]):
        pieces += [target[done : max(start, done)], letter]
        done = max(end, done)
    return "".join([*pieces, target[done:]])
