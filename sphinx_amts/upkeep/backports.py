"""What people changed in a translation that may be a fix of the book: another number, another code, another line of code.

A list for the book's authors to judge; nothing is known of who is right.  What is translated on purpose, words, strings and
comments, is none, nor is what only one side has.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from sphinx_amts.document.flat import flat_of
from sphinx_amts.document.inline import Grammar, protect
from sphinx_amts.masked import strip_tags
from sphinx_amts.merge.code import lines
from sphinx_amts.model import Group, Masked
from sphinx_amts.pairs.manifest import GapPiece, Manifest
from sphinx_amts.sync.job import Job
from sphinx_amts.sync.plan import is_peoples
from sphinx_amts.sync.standing import standing

__all__ = ["Backport", "backports"]

_NUMBER = re.compile(r"(?<![A-Za-z\d.,])\d+(?:[.,]\d+)*(?![A-Za-z\d])")
_CODES = ("math", "literal")
_ALIKE = 0.6
"""How alike two lines of code are that are one line, changed."""


@dataclass(frozen=True, slots=True)
class Backport:
    """A place at which a translation says something else; lines are those of the source as last synced, and of the target."""

    path: str
    source_line: int
    target_line: int
    kind: str
    """``code``, ``number``, ``math`` or ``literal``."""
    source: str
    target: str


def backports(job: Job) -> Iterator[Backport]:
    """The places of a language, document by document."""
    for document in standing(job):
        if not document.path.endswith((".yml", ".yaml")):
            yield from _document(document.path, document.manifest, document.grammar)


def _document(path: str, manifest: Manifest, grammar: Grammar) -> Iterator[Backport]:
    suffix = Path(path).suffix
    source, target = (flat_of(text, manifest.style, suffix) for text in (manifest.source, manifest.target))
    source_line = target_line = 1
    for piece in manifest.pieces:
        if isinstance(piece, GapPiece):
            for above, below, old, new in _code(piece, suffix):
                places = source.raw_line(source_line + above), target.raw_line(target_line + below)
                yield Backport(path, *places, "code", old, new)
        else:
            places = source.raw_line(source_line), target.raw_line(target_line)
            for group in piece.groups:
                for kind, old, new in _sentence(group, grammar):
                    yield Backport(path, *places, kind, old, new)
        source_line += piece.source.count("\n")
        target_line += piece.target.count("\n")


def _sentence(group: Group, grammar: Grammar) -> Iterator[tuple[str, str, str]]:
    """Numbers and codes of which each side has some that the other has not."""
    if group.stale or not group.target or not is_peoples(group):
        return
    source, target = (protect("".join(side), grammar) for side in (group.source, group.target))
    for kind in ("number", *_CODES):
        one, other = _said(source, kind), _said(target, kind)
        if one - other and other - one:
            yield kind, ", ".join((one - other).elements()), ", ".join((other - one).elements())


def _said(side: Masked, kind: str) -> Counter[str]:
    """The numbers or the codes of a kind in a sentence."""
    if kind == "number":
        return Counter(_NUMBER.findall(strip_tags(side.text, " ")))
    return Counter(_bare(code.opening) for code in side.codes if code.kind == kind)


def _code(gap: GapPiece, suffix: str) -> Iterator[tuple[int, int, str, str]]:
    """Lines that stand in the target in another form, with their numbers in the gap, from 0."""
    if gap.source == gap.target:
        return
    old, new = (
        [(number, line) for number, line in enumerate(lines(text, suffix)) if line.is_solid]
        for text in (gap.source, gap.target)
    )
    bare_old, bare_new = ([_bare(line.masked) for _, line in side] for side in (old, new))
    for tag, a, b, c, d in SequenceMatcher(None, bare_old, bare_new, autojunk=False).get_opcodes():
        if tag == "replace" and b - a == d - c:
            for (above, one), (below, other) in zip(old[a:b], new[c:d], strict=True):
                if one.tokens and other.tokens and _is_like(one.masked, other.masked):
                    yield above, below, one.text.strip(), other.text.strip()


def _bare(code: str) -> str:
    """Code without white space, which changes nothing of what it says."""
    return "".join(code.split())


def _is_like(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE
