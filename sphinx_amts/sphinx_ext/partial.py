"""A part of a file that is included: which part of the target corresponds to it."""

from __future__ import annotations

from sphinx_amts.pairs.manifest import Manifest

__all__ = ["part"]


def part(included: str, source: str, target: str, manifest: Manifest | None) -> str:
    """The target's part for what a document includes of a source.

    reST cuts (``:start-after:``, ``:start-line:``) before Sphinx lets anybody replace the text, MyST afterwards.  The
    cut is carried over by the pieces of the manifest; where they do not show it, the source's part stays.
    """
    if _lines(included) == _lines(source):
        return target
    if manifest is None:
        return included
    start = manifest.source.find(included)
    if start < 0 or _lines(manifest.target) != _lines(target):
        return included
    return manifest.target[_place(manifest, start, end=False) : _place(manifest, start + len(included), end=True)]


def _lines(text: str) -> str:
    """A text as docutils gives it to a parser, without blank lines at its end."""
    return "\n".join(line.expandtabs(8).rstrip() for line in text.splitlines()).rstrip("\n")


def _place(manifest: Manifest, offset: int, *, end: bool) -> int:
    """Where an offset of the source lies in the target; inside a unit, at the unit's start or end."""
    source = target = 0
    for piece in manifest.pieces:
        if offset < source + len(piece.source) or (end and offset == source + len(piece.source)):
            if piece.source == piece.target:
                return target + offset - source
            return target + len(piece.target) if end else target
        source += len(piece.source)
        target += len(piece.target)
    return target
