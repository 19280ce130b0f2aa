"""A line that both sides changed, merged by its tokens.

The code is merged, and what is masked in it (strings, comments, values) is put back: where theirs changed it too, ours stands and
is disputed, so that the code always follows theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sphinx_amts.merge.aligned import aligned, chunks
from sphinx_amts.merge.code import Line, Token

__all__ = ["MergedLine", "merge_line"]

_LONG = 400
"""How many tokens of a line are compared."""


class MergedLine(NamedTuple):
    """A merged line; something localised went with what theirs took out, or stands where theirs wrote something else."""

    text: str
    is_lost: bool = False
    is_disputed: bool = False


def merge_line(base: Line, theirs: Line, ours: Line) -> MergedLine | None:
    """Their code with our strings and comments; ``None`` where both sides changed the code of the line."""
    if theirs.text.rstrip() == base.text.rstrip():
        return MergedLine(ours.text)
    if not base.tokens or not theirs.tokens or not ours.tokens or base.masked not in (theirs.masked, ours.masked):
        return None
    code, comments = zip(*(_parted(line) for line in (base, theirs, ours)), strict=True)
    merged = _tokens(*code)
    end = _one(base.end, theirs.end, ours.end)
    if merged is None or end is None:
        return None
    comment = _one(*comments)
    is_gone = comment is None and not comments[1].strip()
    behind = comment if comment is not None else comments[1 if is_gone else 2]
    is_disputed = merged.is_disputed or (comment is None and not is_gone)
    return MergedLine(merged.text + behind + end, merged.is_lost or is_gone, is_disputed)


def _parted(line: Line) -> tuple[Sequence[Token], str]:
    """The tokens of a line, and the comment behind it with the blanks before it."""
    tokens = list(line.tokens)
    behind = ""
    while len(tokens) > 1 and tokens[-1].kind in ("comment", "blank"):
        behind = tokens.pop().text + behind
    return tokens, behind


def _one(base: str, theirs: str, ours: str) -> str | None:
    """The one that changed."""
    if theirs in (base, ours):
        return ours
    return theirs if ours == base else None


def _tokens(base: Sequence[Token], theirs: Sequence[Token], ours: Sequence[Token]) -> MergedLine | None:
    """The merged code of a line."""
    if max(len(base), len(theirs), len(ours)) > _LONG:
        return None
    pairs = [aligned(base, side, (lambda token: token, lambda token: token.mask)) for side in (theirs, ours)]
    merged, is_lost, is_disputed = [], False, False
    for spans in chunks(len(base), pairs[0], pairs[1], len(theirs), len(ours)):
        parts = [side[span.start : span.stop] for side, span in zip((base, theirs, ours), spans, strict=True)]
        texts = ["".join(token.text for token in part) for part in parts]
        text = _one(*texts)
        if text is None:
            masks = [[token.mask for token in part] for part in parts]
            if masks[0] != masks[2] or masks[1] not in ([], masks[0]):
                return None
            text = texts[2] if parts[1] else ""
            is_lost, is_disputed = is_lost or not parts[1], is_disputed or bool(parts[1])
        merged.append(text)
    return MergedLine("".join(merged), is_lost, is_disputed)
