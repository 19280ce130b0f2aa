"""What people did to a target since it was last written.

``fold`` takes the manifest and the target as it stands, and gives the manifest of the target as it stands: every character of
the file belongs to one piece, an edited sentence is a person's, its neighbours stay what they were.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import accumulate

from sphinx_amts.document.encodings import decode
from sphinx_amts.merge.changes import Change, alike_ends, changes
from sphinx_amts.model import Group, Origin, State
from sphinx_amts.pairs.manifest import GapPiece, Manifest, UnitPiece

__all__ = ["fold", "regroup"]

_TOO_LONG = 20_000
"""Characters of a changed unit up to which single characters are compared."""


def fold(manifest: Manifest, current: str, sentences: Callable[[str], Sequence[str]]) -> Manifest:
    """The manifest with its targets as they stand in ``current``, the flat text of the target file.

    ``sentences`` splits the text of a target unit.  Law: the result's target is ``current``.
    """
    before = manifest.target
    if before == current:
        return manifest
    edits = changes(before, current)
    pieces: list[GapPiece | UnitPiece] = []
    at_before = at_current = 0
    for piece in manifest.pieces:
        end_before = at_before + len(piece.target)
        if isinstance(piece, UnitPiece):
            end = max(at_current, _end(edits, end_before, current))
            pieces.append(_edited(piece, current[at_current:end], sentences))
        else:
            last = end_before == len(before)
            end = len(current) if last else max(at_current, _start(edits, end_before, current))
            pieces.append(replace(piece, target=current[at_current:end]))
        at_before, at_current = end_before, end
    return replace(manifest, pieces=tuple(pieces))


def _start(edits: Sequence[Change], offset: int, current: str) -> int:
    """Where a unit that began at an offset begins now: what was put before it on its line is part of it."""
    shift = 0
    for a, b, c, d in edits:
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


def _end(edits: Sequence[Change], offset: int, current: str) -> int:
    """Where a unit that ended at an offset ends now: what was put behind it, up to a blank line, is part of it."""
    shift = 0
    for a, b, c, d in edits:
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
    return replace(piece, target=raw, groups=regroup(piece.groups, text, sentences))


def regroup(groups: Sequence[Group], text: str, sentences: Callable[[str], Sequence[str]]) -> tuple[Group, ...]:
    """The groups of a unit whose target became ``text``: those that changed become a person's, the others stay.

    Law: the targets of the result, joined, are ``text``.
    """
    before = "".join(sentence for group in groups for sentence in group.target)
    if not groups or before == text:
        return tuple(groups)
    ends = list(accumulate(len("".join(group.target)) for group in groups))
    old_cuts, new_cuts = _cuts(before, text, ends, sentences)
    old = [(min(bisect_right(ends, at), len(ends) - 1), token) for at, token in _tokens(before, old_cuts)]
    new = [token for _, token in _tokens(text, new_cuts)]
    same = [_sameness(token) for _, token in old], [_sameness(token) for token in new]
    targets: list[list[str]] = [[] for _ in groups]
    joined: list[int] = list(range(len(groups)))  # the first group of the run that each group has become part of
    human: set[int] = set()
    for tag, a, b, c, d in _opcodes(*same):
        if tag != "equal":
            touched = sorted({joined[index] for index, _ in old[a:b]}) or [joined[old[a - 1][0] if a else 0]]
            human.update(touched)
            if b - a != d - c:
                joined = [touched[0] if touched[0] <= owner <= touched[-1] else owner for owner in joined]
                targets[touched[0]] += new[c:d]
                continue
        for (index, _), token in zip(old[a:b], new[c:d], strict=True):
            targets[joined[index]].append(token)
    return tuple(_written(groups, ["".join(tokens) for tokens in targets], joined, human, sentences))


def _written(
    groups: Sequence[Group],
    targets: Sequence[str],
    joined: Sequence[int],
    human: set[int],
    sentences: Callable[[str], Sequence[str]],
) -> Iterator[Group]:
    for owner in sorted(set(joined)):
        members = [index for index, own in enumerate(joined) if own == owner]
        text = targets[owner]
        if not human.isdisjoint(members):
            source = tuple(sentence for index in members for sentence in groups[index].source)
            yield Group(source, tuple(sentences(text)), Origin.HUMAN, State.TRANSLATED)
        elif text == "".join(groups[owner].target):
            yield groups[owner]
        elif groups[owner].stale and text.strip() == (groups[owner].proposal or "").strip():
            yield Group(groups[owner].source, tuple(sentences(text)), Origin.HUMAN, State.TRANSLATED)
        else:
            yield replace(groups[owner], target=tuple(sentences(text)))


def _cuts(
    before: str, text: str, ends: Sequence[int], sentences: Callable[[str], Sequence[str]]
) -> tuple[set[int], set[int]]:
    """Where to cut two versions of a target: where sentences and groups end, and alike wherever they are equal.

    An engine may make two sentences of one, and the splitter may see another end than the group has: what nobody
    touched must not look like an edit for that.
    """
    old = {*accumulate(map(len, sentences(before))), *ends}
    new = set(accumulate(map(len, sentences(text))))
    moved: set[int] = set()
    opcodes = list(_opcodes(before, text))
    for number, (tag, a, b, c, d) in enumerate(opcodes):
        if tag == "equal":
            unclear = {
                *([a] if number and opcodes[number - 1][0] == "insert" else ()),
                *([b] if opcodes[number + 1 :] and opcodes[number + 1][0] == "insert" else ()),
            }
            moved.update(cut + c - a for cut in old - unclear if a <= cut <= b)
            old.update(cut + a - c for cut in new if c < cut < d)
        elif tag == "insert" and a in old and not {c, d} & new:
            moved.add(d)  # what was put between two groups without an end of its own belongs to the one before
    return old, new | moved


def _opcodes(before: Sequence[str], text: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """How one became the other, as ``SequenceMatcher`` says it, what both share at their ends taken off first."""
    start, end = alike_ends(before, text)
    a, c = len(before) - end, len(text) - end
    if start:
        yield "equal", 0, start, 0, start
    if a - start + c - start > _TOO_LONG:
        yield "replace", start, a, start, c
    else:
        for tag, e, f, g, h in SequenceMatcher(None, before[start:a], text[start:c], autojunk=False).get_opcodes():
            yield tag, e + start, f + start, g + start, h + start
    if end:
        yield "equal", a, len(before), c, len(text)


def _tokens(text: str, cuts: Iterable[int]) -> Iterator[tuple[int, str]]:
    """The pieces between cuts with the offset of their first words; white space alone is no piece."""
    start = 0
    for cut in sorted({cut + len(text[cut:]) - len(text[cut:].lstrip()) for cut in (*cuts, len(text))}):
        piece = text[start:cut]
        if piece.strip() or (piece and not start and len(piece) == len(text)):
            yield start + len(piece) - len(piece.lstrip()), piece
            start += len(piece)


def _sameness(text: str) -> str:
    """A sentence without white space and with its full-width punctuation as half-width: edits of these are no edits."""
    return "".join(unicodedata.normalize("NFKC", text).replace("。", ".").split())
