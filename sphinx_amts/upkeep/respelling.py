"""The words of a unit's sentences change, its markup does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence, Set
from dataclasses import dataclass

from sphinx_amts.document.inline import CannotRestore, Grammar, protect, restore
from sphinx_amts.document.inline.spelling import split_key
from sphinx_amts.document.segments import cut
from sphinx_amts.masked import TAG
from sphinx_amts.model import Masked
from sphinx_amts.pairs.renaming import Renaming

__all__ = ["Sentence", "respelled"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a target on its way: its group by index, and how many places changed in it."""

    group: int
    text: str
    places: int = 0


def respelled(
    sentences: Sequence[Sentence], fixed: Set[int], renaming: Renaming, grammar: Grammar
) -> Sequence[Sentence]:
    """The sentences of a unit with the new word in their prose; raises CannotRestore where it cannot be written."""
    before = protect("".join(one.text for one in sentences), grammar)
    if not renaming.apply(before.text)[1]:
        return sentences
    plain = list(_in_place(sentences, before, fixed, renaming))
    after = protect("".join(one.text for one in plain), grammar)
    if after.codes == before.codes and TAG.findall(after.text) == TAG.findall(before.text):
        return plain
    spelled = list(_restored(sentences, fixed, renaming, grammar))
    after = protect("".join(one.text for one in spelled), grammar)
    if _meanings(after, grammar) != _meanings(before, grammar):
        raise CannotRestore("with the new word, markup around it would be lost")
    return spelled


def _meanings(masked: Masked, grammar: Grammar) -> Counter[Hashable]:
    return Counter(grammar.meaning(code) for code in masked.codes if code.kind != "escape")


def _in_place(sentences: Sequence[Sentence], masked: Masked, fixed: Set[int], renaming: Renaming) -> Iterator[Sentence]:
    """The sentences with the word replaced between their codes, everything else character by character."""
    prose = list(_prose(masked))
    at = 0
    for one in sentences:
        end, parts, places = at + len(one.text), [], 0
        for start, stop, is_prose in prose:
            part = one.text[max(start - at, 0) : max(min(stop, end) - at, 0)]
            if is_prose and part and one.group not in fixed:
                part, found = renaming.apply(part)
                places += found
            parts.append(part)
        at = end
        yield Sentence(one.group, "".join(parts), places)


def _prose(masked: Masked) -> Iterator[tuple[int, int, bool]]:
    """Start and end, in the text that was masked, of the texts between codes and of the codes themselves."""
    at = last = 0
    for tag in [*TAG.finditer(masked.text), None]:
        end = tag.start() if tag else len(masked.text)
        yield at, at + end - last, True
        at += end - last
        if tag:
            code = masked.codes[int(tag["number"]) - 1]
            length = len(split_key(code)[0] if tag["close"] else code.opening)
            yield at, at + length, False
            at, last = at + length, tag.end()


_LETTER = "字"
"""Stands for the next sentence where no blank separates sentences."""


def _restored(
    sentences: Sequence[Sentence], fixed: Set[int], renaming: Renaming, grammar: Grammar
) -> Iterator[Sentence]:
    """The sentences with the new word, their markup spelled so that it holds beside it."""
    text = "".join(one.text for one in sentences)
    segments = cut(text, [len(one.text) for one in sentences], grammar)
    if segments is None:
        raise CannotRestore("markup around it reaches over several sentences")
    for number, (one, segment) in enumerate(zip(sentences, segments, strict=True)):
        pieces = _between(segment.masked)
        renamed = [renaming.apply(piece) if is_prose else (piece, 0) for piece, is_prose in pieces]
        places = sum(found for _, found in renamed)
        if not places or one.group in fixed:
            yield one
            continue
        masked = "".join(piece for piece, _ in renamed)
        behind = "" if number == len(sentences) - 1 or masked[-1:].isspace() else _LETTER
        yield Sentence(one.group, restore(masked + behind, segment.codes, grammar).removesuffix(behind), places)


def _between(masked: str) -> Iterator[tuple[str, bool]]:
    """The texts between tags, and the tags."""
    at = 0
    for tag in TAG.finditer(masked):
        yield masked[at : tag.start()], True
        yield tag[0], False
        at = tag.end()
    yield masked[at:], True
