"""A unit's text as segments: sentences with their masked text.

A unit is masked as a whole, since markup may need its neighbours to be seen as markup, and cut afterwards; a segment's tags
count from 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from sphinx_amts.document.inline import Grammar, protect
from sphinx_amts.document.inline.spelling import split_key
from sphinx_amts.document.sentences import split
from sphinx_amts.masked import TAG, problem, renumber
from sphinx_amts.model import InlineCode, Masked, Segment

__all__ = ["cut", "segments"]


def segments(text: str, grammar: Grammar, language: str) -> tuple[Segment, ...]:
    """The sentences of a text in a language (the code that the sentence splitter knows)."""
    masked = protect(text, grammar)
    return tuple(_segment(piece, masked.codes) for piece in split(masked.text, language))


def cut(text: str, lengths: Sequence[int], grammar: Grammar) -> tuple[Segment, ...] | None:
    """The text cut into pieces of the given lengths in characters; ``None`` where a cut would go through a code."""
    if len(lengths) == 1:
        masked = protect(text, grammar)
        return (_segment(masked.text, masked.codes),)
    masked = protect(text, grammar)
    marks: list[int] = []
    wanted = accumulate(lengths)
    end = next(wanted, None)
    at = 0
    for start, stop, length in _tokens(masked):
        while end is not None and end <= at + length:
            if end < at + length and length != stop - start:
                return None
            marks.append(stop if end == at + length else start + end - at)
            end = next(wanted, None)
        at += length
    pieces = [masked.text[a:b] for a, b in zip([0, *marks], marks, strict=False)]
    if len(pieces) != len(lengths) or any(problem(piece, piece) for piece in pieces):
        return None
    return tuple(_segment(piece, masked.codes) for piece in pieces)


def _tokens(masked: Masked) -> Iterator[tuple[int, int, int]]:
    """Start and end of each tag and each text between tags, and how many characters it stands for."""
    at = 0
    for tag in TAG.finditer(masked.text):
        if tag.start() > at:
            yield at, tag.start(), tag.start() - at
        yield tag.start(), tag.end(), len(_written(tag[0], masked.codes))
        at = tag.end()
    if at < len(masked.text):
        yield at, len(masked.text), len(masked.text) - at


def _segment(masked: str, codes: Sequence[InlineCode]) -> Segment:
    """A piece of a unit's masked text, its tags numbered from 1."""
    numbers = sorted({int(tag["number"]) for tag in TAG.finditer(masked)})
    text = TAG.sub(lambda tag: _written(tag[0], codes), masked)
    own = renumber(masked, {number: index for index, number in enumerate(numbers, 1)})
    return Segment(text, own, tuple(codes[number - 1] for number in numbers))


def _written(tag: str, codes: Sequence[InlineCode]) -> str:
    code = codes[int(tag.strip("</>")) - 1]
    return split_key(code)[0] if tag.startswith("</") else code.opening
