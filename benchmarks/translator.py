"""A translator who edits targets between syncs, the same way in every run of a seed.

What is edited: a sentence is reworded, a paragraph reflowed, a note added behind a paragraph, two paragraphs are joined, a
comment in code is translated, a line of code added.  Every edit that writes words writes a mark that stands nowhere else, so that
it can be looked for afterwards; of a reflowed paragraph all bytes are remembered.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil
from random import Random

from sphinx_amts.document.flat import unflatten
from sphinx_amts.model import Group, Kind, Origin, State
from sphinx_amts.pairs.manifest import GapPiece, UnitPiece
from sphinx_amts.sync.tree import LocaleTree

__all__ = ["EDITS", "Translator"]

_COMMENT = re.compile(r"^[ \t]*\w[^\n#'\"]*#[ ]+(?P<words>[A-Za-z][^\n]*)$", re.MULTILINE)
_FENCE = re.compile(r"^```\{(?:code-cell|\.python)[^\n]*\n(?::[^\n]*\n|#@[^\n]*\n|%[^\n]*\n|\n)*(?=\w)", re.MULTILINE)

Pieces = Sequence[GapPiece | UnitPiece]
Targets = list[str]
"""The target of each piece."""


@dataclass
class Translator:
    """Edits ``share`` of the documents of a tree each time, each in ``edits`` places."""

    tree: LocaleTree
    random: Random
    share: float = 0.05
    edits: int = 6
    number: int = 0
    marks: set[str] = field(default_factory=set)
    """What was written, and must stand in the tree or lie in an attic for ever."""
    bytes_: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """By path and source of a unit: the bytes that its target may have while the source is the same."""
    done: Counter[str] = field(default_factory=Counter)

    def edit(self) -> None:
        """Go to work once."""
        paths = [path for path in self.tree.paths() if path.endswith(".md") and self.tree.read(path) is not None]
        chosen = set(self.random.sample(paths, ceil(len(paths) * self.share)))
        self.bytes_ = {}
        for path in paths:
            manifest = self.tree.manifest(path)
            assert manifest is not None
            targets = [piece.target for piece in manifest.pieces]
            joined: set[int] = set()
            if path in chosen and unflatten(manifest.target, manifest.style) == self.tree.read(path):
                joined = self._edit(manifest.pieces, targets)
                self.tree.file(path).write_bytes(unflatten("".join(targets), manifest.style).encode("utf-8"))
            for index, piece in enumerate(manifest.pieces):
                if isinstance(piece, UnitPiece) and index not in joined and not any(map(_is_open, piece.groups)):
                    self.bytes_.setdefault((path, piece.source), set()).add(targets[index])

    def lost(self) -> Iterator[str]:
        """What was written and is gone, and what became of targets whose source is as it was."""
        manifests = [manifest for path in self.tree.paths() if (manifest := self.tree.manifest(path))]
        texts = [self.tree.read(path) or "" for path in self.tree.paths()]
        texts += [text for manifest in manifests for group in manifest.attic for text in group.target]
        whole = "\n".join(texts)
        yield from (mark for mark in sorted(self.marks) if mark not in whole)
        for manifest in manifests:
            for unit in manifest.units:
                wanted = self.bytes_.get((manifest.path, unit.source))
                if wanted is not None and unit.target not in wanted:
                    yield f"{manifest.path}: {unit.target!r} is none of {wanted}"

    def _edit(self, pieces: Pieces, targets: Targets) -> set[int]:
        """Edit the targets of a document; the pieces that were joined."""
        touched: set[int] = set()
        joined: set[int] = set()
        kinds = [*EDITS, *self.random.choices(list(EDITS), k=max(0, self.edits - len(EDITS)))][: self.edits]
        for kind in kinds:
            places = [
                index
                for index in range(len(pieces))
                if touched.isdisjoint((index - 1, index, index + 1)) and EDITS[kind](pieces, targets, index, None)
            ]
            if places:
                index = self.random.choice(places)
                EDITS[kind](pieces, targets, index, self)
                touched.update((index - 1, index, index + 1))
                joined |= {index, index + 2} if kind == "joined" else set()
                self.done[kind] += 1
        return joined

    def mark(self) -> str:
        """Words that stand nowhere else."""
        self.number += 1
        mark = f"译者{self.number}所写"
        self.marks.add(mark)
        return mark


Edit = Callable[[Pieces, Targets, int, Translator | None], bool]
"""Changes targets around a piece; without a translator, says whether it could."""


def _is_open(group: Group) -> bool:
    """Whether a sync may write something else for the same source."""
    return group.state is State.INITIAL or (group.stale and group.origin != Origin.HUMAN)


def _is_paragraph(pieces: Pieces, index: int) -> bool:
    piece = pieces[index] if 0 <= index < len(pieces) else None
    return (
        isinstance(piece, UnitPiece)
        and piece.kind is Kind.PARAGRAPH
        and piece.encoding == "lines"
        and not piece.prefix
        and bool(piece.target.strip())
        and pieces[index - 1].source.endswith("\n\n")
    )


def _reword(pieces: Pieces, targets: Targets, index: int, translator: Translator | None) -> bool:
    word = re.search(r"(?<=[ ⟦])[^\W\d_]{3,}(?= )", targets[index]) if _is_paragraph(pieces, index) else None
    if word and translator:
        targets[index] = targets[index][: word.start()] + translator.mark() + targets[index][word.end() :]
    return word is not None


def _reflow(pieces: Pieces, targets: Targets, index: int, translator: Translator | None) -> bool:
    blank = re.search(r"(?<=[^\W\d_]{2}) (?=[^\W\d_]{2})", targets[index]) if _is_paragraph(pieces, index) else None
    if blank and translator:
        targets[index] = f"{targets[index][: blank.start()]}\n{targets[index][blank.end() :]}"
    return blank is not None


def _note(pieces: Pieces, targets: Targets, index: int, translator: Translator | None) -> bool:
    fits = _is_paragraph(pieces, index) and pieces[index + 1].source.startswith("\n\n")
    if fits and translator:
        targets[index + 1] = f"\n\n*译注：{translator.mark()}。*{targets[index + 1]}"
    return fits


def _join(pieces: Pieces, targets: Targets, index: int, translator: Translator | None) -> bool:
    fits = (
        _is_paragraph(pieces, index)
        and _is_paragraph(pieces, index + 2)
        and targets[index + 1] == pieces[index + 1].source == "\n\n"
    )
    if fits and translator:
        targets[index + 1] = f"{translator.mark()} "
    return fits


def _comment(pieces: Pieces, targets: Targets, index: int, translator: Translator | None) -> bool:
    comment = _COMMENT.search(targets[index]) if _holds_code(pieces, index) else None
    if comment and translator:
        targets[index] = targets[index][: comment.start("words")] + translator.mark() + targets[index][comment.end() :]
    return comment is not None


def _line(pieces: Pieces, targets: Targets, index: int, translator: Translator | None) -> bool:
    fence = _FENCE.search(targets[index]) if _holds_code(pieces, index) else None
    if fence and translator:
        line = f'font("{translator.mark()}")  # i18n\n'
        targets[index] = targets[index][: fence.end()] + line + targets[index][fence.end() :]
    return fence is not None


def _holds_code(pieces: Pieces, index: int) -> bool:
    return isinstance(pieces[index], GapPiece) and "\n```\n" in pieces[index].source


EDITS: dict[str, Edit] = {
    "reworded": _reword,
    "reflowed": _reflow,
    "note added": _note,
    "joined": _join,
    "comment translated": _comment,
    "line of code added": _line,
}
