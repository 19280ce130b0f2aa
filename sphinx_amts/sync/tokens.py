"""A line that both sides changed, merged by its tokens."""

from __future__ import annotations

from collections.abc import Sequence

from sphinx_amts.sync.aligned import aligned, chunks
from sphinx_amts.sync.code import Line, Token

__all__ = ["merge_line"]

_LONG = 400
"""How many tokens of a line are compared."""


def merge_line(base: Line, theirs: Line, ours: Line) -> tuple[str, bool] | None:
    """The merged line, and whether something localised went with what theirs took out.

    ``None`` where both sides changed the code of the line, or the same string or comment.
    """
    if theirs.text.rstrip() == base.text.rstrip():
        return ours.text, False
    if not base.tokens or not theirs.tokens or not ours.tokens or base.masked not in (theirs.masked, ours.masked):
        return None
    code, comments = zip(*(_parted(line) for line in (base, theirs, ours)), strict=True)
    merged, is_lost = _tokens(*code)
    comment = _one(*comments)
    if comment is None and not comments[1].strip():
        comment, is_lost = comments[1], True
    end = _one(base.end, theirs.end, ours.end)
    return None if merged is None or comment is None or end is None else (merged + comment + end, is_lost)


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


def _tokens(base: Sequence[Token], theirs: Sequence[Token], ours: Sequence[Token]) -> tuple[str | None, bool]:
    """The merged code of a line, and whether a localised string went with what theirs took out."""
    if max(len(base), len(theirs), len(ours)) > _LONG:
        return None, False
    pairs = [aligned(base, side, (lambda token: token, lambda token: token.mask)) for side in (theirs, ours)]
    merged, is_lost = [], False
    for spans in chunks(len(base), pairs[0], pairs[1], len(theirs), len(ours)):
        parts = [side[span.start : span.stop] for side, span in zip((base, theirs, ours), spans, strict=True)]
        text = _one(*("".join(token.text for token in part) for part in parts))
        if text is None and not parts[1] and [token.mask for token in parts[0]] == [token.mask for token in parts[2]]:
            text, is_lost = "", True
        if text is None:
            return None, False
        merged.append(text)
    return "".join(merged), is_lost
