"""Edits of the words of a masked text; its tags stay."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

from sphinx_amts.masked import TAG
from sphinx_amts.typography.languages import Ways

__all__ = ["HOLE", "Edit", "edited"]

HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for a placeholder among the words."""

Edit: TypeAlias = tuple[int, int, str]
"""``words[start:end]`` becomes a text."""

_CLOSINGS = re.compile(r"(?:</[0-9]+>)*")


def edited(masked: str, rule: Callable[[str, Ways], Iterable[Edit]], ways: Ways) -> str:
    """The masked text with a rule's edits of its words, which come in order and do not overlap.

    ``rule`` gets the words as a reader sees them: without the tags of pairs, a ``HOLE`` for each placeholder.  What is
    put between two words stands outside of the pairs that begin or end there.
    """
    words, tags = _taken_apart(masked)
    found = [edit for edit in rule("".join(words), ways) if words[edit[0] : edit[1]] != list(edit[2])]
    parts: list[str] = []
    at = 0
    for start, end, text in found:
        parts += [tags[index] + words[index] for index in range(at, start)]
        if start == end:
            closings = _CLOSINGS.match(tags[start])
            assert closings is not None
            parts += [closings[0], text]
            tags[start] = tags[start][closings.end() :]
        else:
            parts += [tags[start], text, *tags[start + 1 : end]]
        at = end
    parts += [tags[index] + words[index] for index in range(at, len(words))]
    return _filled("".join([*parts, tags[-1]]), masked) if found else masked


def _taken_apart(masked: str) -> tuple[list[str], list[str]]:
    """The words' characters, and the tags of pairs before each and behind the last."""
    words: list[str] = []
    tags = [""]
    at = 0
    for tag in TAG.finditer(masked):
        between = masked[at : tag.start()]
        words += between
        tags += [""] * len(between)
        if tag["alone"]:
            words.append(HOLE)
            tags.append("")
        else:
            tags[-1] += tag[0]
        at = tag.end()
    words += masked[at:]
    tags += [""] * len(masked[at:])
    return words, tags


def _filled(text: str, masked: str) -> str:
    """The text with the placeholders of ``masked`` in their holes, in order; a hole that it had itself stays one."""
    holes = (found[0] for found in re.finditer(f"{HOLE}|<[1-9][0-9]*/>", masked))
    return re.sub(HOLE, lambda _: next(holes), text)
