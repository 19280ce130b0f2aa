"""A document for its reviewer: each sentence with its target, in the document's order, and what waits for a person."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from sphinx_amts.document.flat import flat_of
from sphinx_amts.model import Group
from sphinx_amts.pairs.manifest import GapPiece
from sphinx_amts.sync.standing import Standing
from sphinx_amts.upkeep.status import state_of

__all__ = ["Difference", "Item", "compared", "items"]

_TOKEN = re.compile(r"\s+|\w+|.", re.DOTALL)
_WAY_IN = re.compile(r"\A(?:[ \t]*\n)+")
_LONG = 2000
"""Words of a text up to which its differences are looked for."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of two texts: in both (``same``), only in the old one (``del``), only in the new one (``ins``)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """A sentence, or a place between sentences that people localised, with the lines on which it begins."""

    number: int
    state: str
    """One of ``sphinx_amts.upkeep.status.STATES``, or ``local``."""
    kind: str
    source: str
    target: str
    source_line: int
    target_line: int
    changes: Sequence[Difference] = ()
    """From the source that a stale target was made of to the source as it is; of a localised place, from source to target."""
    proposal: str = ""
    refused: str = ""
    reviewer: str = ""
    origin: str = ""

    @property
    def waits(self) -> bool:
        """Whether a person has to look at it."""
        return self.state in ("stale", "unsure", "untranslated") or bool(self.refused)

    @property
    def classes(self) -> str:
        """What a page can filter by."""
        return f"{self.state} refused" if self.refused else self.state

    @property
    def excerpt(self) -> str:
        """The begin of its text, on one line."""
        text = " ".join((self.source or self.target).split())
        return text if len(text) <= 80 else f"{text[:79]}…"


def items(document: Standing) -> Iterator[Item]:
    """The items of a document; formulas alone and other text that needs no translation are none."""
    manifest, suffix = document.manifest, Path(document.path).suffix
    source, target = (flat_of(text, manifest.style, suffix) for text in (manifest.source, manifest.target))
    number, at, there = 0, 1, 1
    for piece in manifest.pieces:
        above, below = at, there
        if isinstance(piece, GapPiece):
            if piece.source.strip() != piece.target.replace(piece.anchor, "").strip():
                number += 1
                lines = source.raw_line(above + _before(piece.source)), target.raw_line(below + _before(piece.target))
                yield _local(number, piece, *lines)
        else:
            for group in piece.groups:
                texts = "".join(group.source), "".join(group.target)
                if (state := state_of(group)) != "verbatim":
                    number += 1
                    lines = source.raw_line(above + _before(texts[0])), target.raw_line(below + _before(texts[1]))
                    yield _sentence(number, state, piece.kind.value, group, *lines)
                above, below = above + texts[0].count("\n"), below + texts[1].count("\n")
        at += piece.source.count("\n")
        there += piece.target.count("\n")


def _before(text: str) -> int:
    """How many lines end before the first letter of a text."""
    return text[: len(text) - len(text.lstrip())].count("\n")


def compared(old: str, new: str) -> tuple[Difference, ...]:
    """The parts of two texts, word by word; where a text is very long, all of the one and all of the other."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    if max(len(before), len(after)) > _LONG:
        return Difference("del", old), Difference("ins", new)
    return tuple(_parts(before, after))


def _parts(before: Sequence[str], after: Sequence[str]) -> Iterator[Difference]:
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Difference("same", "".join(before[a:b]))
            continue
        for kind, part in (("del", before[a:b]), ("ins", after[c:d])):
            if part:
                yield Difference(kind, "".join(part))


def _sentence(number: int, state: str, kind: str, group: Group, line: int, there: int) -> Item:
    source, former = _text(group.source), _text(group.former)
    return Item(
        number,
        state,
        kind,
        source,
        "" if state == "untranslated" else _text(group.target),
        line,
        there,
        compared(former, source) if group.stale and former and former != source else (),
        (group.proposal or "").strip(),
        group.refused,
        group.reviewer,
        group.origin,
    )


def _local(number: int, piece: GapPiece, line: int, there: int) -> Item:
    source, target = (_WAY_IN.sub("", text.rstrip()) for text in (piece.source, piece.target))
    return Item(number, "local", "between", source, target, line, there, compared(source, target))


def _text(sentences: Sequence[str]) -> str:
    return "".join(sentences).strip()
