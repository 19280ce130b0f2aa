"""What people did to a target since it was last written.

``fold`` takes the manifest and the target as it stands, and gives the manifest of the target as it stands: every character of
the file belongs to one piece, an edited sentence is a person's, its neighbours stay what they were.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from sphinx_amts.document.encodings import decode
from sphinx_amts.model import Group, Origin, State
from sphinx_amts.pairs.manifest import GapPiece, Manifest, UnitPiece

__all__ = ["fold", "regroup"]

_TOO_LONG = 20_000
"""Characters of a changed region up to which single characters are compared."""


def fold(manifest: Manifest, current: str, sentences: Callable[[str], Sequence[str]]) -> Manifest:
    """The manifest with its targets as they stand in ``current``, the flat text of the target file.

    ``sentences`` splits the text of a target unit.  Law: the result's target is ``current``.
    """
    before = manifest.target
    if before == current:
        return manifest
    changes = list(_changes(before, current))
    pieces: list[GapPiece | UnitPiece] = []
    at_before = at_current = 0
    for piece in manifest.pieces:
        end_before = at_before + len(piece.target)
        if isinstance(piece, UnitPiece):
            end = max(at_current, _end(changes, end_before, current))
            pieces.append(_edited(piece, current[at_current:end], sentences))
        else:
            last = end_before == len(before)
            end = len(current) if last else max(at_current, _start(changes, end_before, current))
            pieces.append(replace(piece, target=current[at_current:end]))
        at_before, at_current = end_before, end
    return replace(manifest, pieces=tuple(pieces))


Change = tuple[int, int, int, int]


def _changes(before: str, current: str) -> Iterator[Change]:
    """Where the texts differ: ``before[a:b]`` became ``current[c:d]``; by lines, then by characters."""
    old, new = before.splitlines(keepends=True), current.splitlines(keepends=True)
    old_at, new_at = _offsets(old), _offsets(new)
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        start, stop, first, last = old_at[a], old_at[b], new_at[c], new_at[d]
        if tag != "replace" or stop - start + last - first > _TOO_LONG:
            yield start, stop, first, last
            continue
        inner = SequenceMatcher(None, before[start:stop], current[first:last], autojunk=False)
        for inner_tag, e, f, g, h in inner.get_opcodes():
            if inner_tag != "equal":
                yield start + e, start + f, first + g, first + h


def _offsets(lines: Sequence[str]) -> list[int]:
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line))
    return offsets


def _start(changes: Sequence[Change], offset: int, current: str) -> int:
    """Where a unit that began at an offset begins now: what was put before it on its line is part of it."""
    shift = 0
    for a, b, c, d in changes:
        if b < offset or (b == offset and a < b):
            shift = d - b
        elif a == b == offset:
            return c + current[c:d].rfind("\n") + 1
        elif a < offset:
            return c
        else:
            break
    return offset + shift


_BLANK = re.compile(r"\n[ \t>]*(?=\n|\Z)")


def _end(changes: Sequence[Change], offset: int, current: str) -> int:
    """Where a unit that ended at an offset ends now: what was put behind it, up to a blank line, is part of it."""
    shift = 0
    for a, b, c, d in changes:
        if a == b == offset:
            blank = _BLANK.search(current, c, d)
            return blank.start() if blank else d
        if b < offset or (b == offset and a < b):
            shift = d - b
        elif a < offset:
            return d
        else:
            break
    return offset + shift


def _edited(piece: UnitPiece, raw: str, sentences: Callable[[str], Sequence[str]]) -> UnitPiece:
    if raw == piece.target:
        return piece
    text = decode(raw, piece.encoding, piece.prefix)
    return replace(piece, target=raw, groups=regroup(piece.groups, sentences(text)))


def regroup(groups: Sequence[Group], sentences: Sequence[str]) -> tuple[Group, ...]:
    """The groups with other target sentences: those that changed become a person's, the others keep their origin."""
    old = [(index, sentence) for index, group in enumerate(groups) for sentence in group.target]
    matcher = SequenceMatcher(None, [_sameness(text) for _, text in old], [_sameness(text) for text in sentences], autojunk=False)
    targets: list[list[str]] = [[] for _ in groups]
    joined: list[int] = list(range(len(groups)))  # the first group of the run that each group has become part of
    human: set[int] = set()
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            for (index, _), text in zip(old[a:b], sentences[c:d], strict=True):
                targets[joined[index]].append(text)
            continue
        touched = sorted({joined[index] for index, _ in old[a:b]})
        if not touched:
            touched = [joined[old[a - 1][0] if a else 0]] if groups else []
        if b - a == d - c and all(len(groups[index].target) == 1 for index in touched):
            for (index, _), text in zip(old[a:b], sentences[c:d], strict=True):
                targets[joined[index]].append(text)
        else:
            for index, owner in enumerate(joined):
                if owner in touched:
                    joined[index] = touched[0]
            for index in touched[1:]:
                targets[touched[0]] += targets[index]
                targets[index] = []
            if touched:
                targets[touched[0]] += sentences[c:d]
        human.update(touched)
    return tuple(_written(groups, targets, joined, human))


def _written(
    groups: Sequence[Group], targets: Sequence[Sequence[str]], joined: Sequence[int], human: set[int]
) -> Iterator[Group]:
    for owner in sorted(set(joined)):
        members = [group for group, own in zip(groups, joined, strict=True) if own == owner]
        source = tuple(text for group in members for text in group.source)
        if human.isdisjoint(index for index, own in enumerate(joined) if own == owner):
            yield replace(members[0], source=source, target=tuple(targets[owner]))
        else:
            yield Group(source, tuple(targets[owner]), Origin.HUMAN, State.TRANSLATED)



def _sameness(text: str) -> str:
    """A sentence without white space and with its full-width punctuation as half-width: edits of these are no edits."""
    return "".join(unicodedata.normalize("NFKC", text).split())
