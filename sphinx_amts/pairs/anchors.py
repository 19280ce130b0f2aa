"""Labels above translated headings, so that links to the ids of their sources hold without the extension.

They stand in the gaps of a target as it is written, and each ``GapPiece`` knows which lines of it they are: so the manifest's
target still is the target.  What plans and merges gets a manifest without them.

Law: ``without_anchors(with_anchors(manifest, labels)) == manifest``, for a manifest that has none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sphinx_amts.pairs.manifest import GapPiece, Manifest, UnitPiece

__all__ = ["anchored_line", "blanked", "with_anchors", "without_anchors"]

_RST = (".rst", ".txt", ".rest")
_HEADING = re.compile(r"(?: {0,3}#{1,6}[ \t]+)?")
_WORD = re.compile(r"[\w-]+")


def with_anchors(manifest: Manifest, labels: Mapping[str, Sequence[str]]) -> Manifest:
    """The manifest with labels directly above the translated headings that have these ids in the source.

    A label that the target has already is a person's, and not written again.
    """
    pieces: list[GapPiece | UnitPiece] = list(manifest.pieces) if labels else []
    lines = {line.strip() for line in manifest.target.splitlines()} if labels else set()
    for index in range(1, len(pieces), 2):
        gap, unit = pieces[index - 1], pieces[index]
        assert isinstance(gap, GapPiece)
        assert isinstance(unit, UnitPiece)
        wanted = [_label(manifest, label) for each in unit.ids for label in labels.get(each, ())]
        anchor = "".join(text for text in wanted if text.strip() not in lines)
        at = gap.target.rfind("\n") + 1
        begins_line = at > 0 or index == 1
        if anchor and unit.target not in ("", unit.source) and begins_line and _HEADING.fullmatch(gap.target, at):
            pieces[index - 1] = replace(gap, target=gap.target[:at] + anchor + gap.target[at:], anchor=anchor)
    return replace(manifest, pieces=tuple(pieces)) if labels else manifest


def without_anchors(manifest: Manifest) -> Manifest:
    """The manifest without the labels that are ours; one that does not stand directly above its heading stays."""
    return replace(manifest, pieces=tuple(map(_bare, manifest.pieces)))


def blanked(text: str, manifest: Manifest) -> str:
    """A target's text with blanks for the labels that are ours, so that every offset and line stays."""
    for line in manifest.anchors:
        text = re.sub(rf"(?m)^{re.escape(line)}$", " " * len(line), text, count=1)
    return text


def anchored_line(manifest: Manifest, line: int) -> int:
    """The line of a target for a line of it without the labels that are ours."""
    at, above = 1, 0
    for piece in manifest.pieces:
        at += piece.target.count("\n")
        if isinstance(piece, GapPiece) and piece.anchor:
            height = piece.anchor.count("\n")
            at -= height
            above += height if line >= at else 0
    return line + above


def _label(manifest: Manifest, label: str) -> str:
    if not manifest.path.endswith(_RST):
        return f"({label})=\n"
    return f".. _{label}:\n\n" if _WORD.fullmatch(label) else f".. _`{label}`:\n\n"


def _bare(piece: GapPiece | UnitPiece) -> GapPiece | UnitPiece:
    if isinstance(piece, UnitPiece) or not piece.anchor:
        return piece
    at = piece.target.rfind("\n") + 1
    above = piece.target[:at]
    target = above.removesuffix(piece.anchor) + piece.target[at:]
    return GapPiece(piece.source, target)
