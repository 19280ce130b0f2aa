"""A three-way merge of what stands between units: the source as it was (*base*) and as it is (*theirs*), and the target (*ours*).

1. Lines are aligned, strings and comments of code masked, so that a localised line is known for what it is.
2. Where one side changed, its lines stand; where both did, a line is merged by its tokens: localised strings and comments are put
   back into code that changed beside them.  What both add in one place is kept, ours first.
3. What cannot be settled keeps ours, and is a conflict; theirs stands where ours would make a block of the page end elsewhere.
   No marks are written.  Whoever cannot live with ours takes the merged text ``conceded``.

Laws: ``merge(x, x, o)`` is ``o``, ``merge(b, t, b)`` and ``merge(b, t, t)`` are ``t``.  A line that only ours added survives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import chain, groupby
from typing import NamedTuple

from sphinx_amts.merge.aligned import Pairs, aligned, chunks
from sphinx_amts.merge.cells import Cell, is_sound, joined, notebook_lines
from sphinx_amts.merge.code import Line, Token, code_lines, fences, is_whole, lines
from sphinx_amts.merge.outlasting import is_within, outlasting, without_blanks
from sphinx_amts.merge.tokens import merge_line

__all__ = ["Conflict", "Lost", "Merged", "line_pairs", "merge", "merge_code"]


@dataclass(frozen=True, slots=True)
class Conflict:
    """What both sides changed, each in its own way; ours stands, on line ``line`` of the merged text and those behind it."""

    base: str
    theirs: str
    ours: str
    line: int


@dataclass(frozen=True, slots=True)
class Lost:
    """A localised line whose own line theirs took out."""

    base: str
    ours: str


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged text; ``lost`` is what of ours has no place in it any more."""

    text: str
    conflicts: tuple[Conflict, ...] = ()
    lost: tuple[Lost, ...] = ()

    def conceded(self) -> Merged:
        """The same with theirs where both sides changed; what of ours stood there is lost."""
        text, left, lost = self.text, [], list(self.lost)
        for conflict in sorted(self.conflicts, key=lambda conflict: conflict.line, reverse=True):
            start = sum(map(len, text.split("\n", conflict.line - 1)[:-1])) + conflict.line - 1
            if text.startswith(conflict.ours, start):
                text = text[:start] + conflict.theirs + text[start + len(conflict.ours) :]
                lost += [Lost(conflict.base, conflict.ours)] if conflict.ours.strip() else []
            else:
                left.append(conflict)
        return Merged(text, tuple(left[::-1]), tuple(lost))


def merge(base: str, theirs: str, ours: str, suffix: str) -> Merged:
    """Merge a part of a document's flat text; ``suffix`` is its file name's."""
    if merged := _trivial(base, theirs, ours):
        return merged
    if suffix != ".ipynb":
        return _merged(*(lines(text, suffix) for text in (base, theirs, ours)))
    merged = _merged(*map(notebook_lines, (base, theirs, ours)))
    return merged if is_sound(merged.text) else Merged(ours, (Conflict(base, theirs, ours, 1),))


def merge_code(base: str, theirs: str, ours: str, language: str = "") -> Merged:
    """Merge a piece of code."""
    return _trivial(base, theirs, ours) or _merged(*(code_lines(text, language) for text in (base, theirs, ours)))


def _trivial(base: str, theirs: str, ours: str) -> Merged | None:
    if theirs in (base, ours):
        return Merged(ours)
    return Merged(theirs) if ours == base else None


class _Chunk(NamedTuple):
    """Lines that belong together."""

    base: Sequence[Line]
    theirs: Sequence[Line]
    ours: Sequence[Line]

    @property
    def is_only_localised(self) -> bool:
        """Whether ours has the lines of the base, but for strings and comments."""
        return [line.masked for line in self.ours] == [line.masked for line in self.base]


@dataclass(frozen=True, slots=True)
class _Part:
    """The merged lines of a chunk; ``is_new`` where theirs alone wrote them."""

    texts: tuple[str, ...]
    conflicts: tuple[Conflict, ...] = ()
    lost: tuple[Lost, ...] = ()
    is_new: bool = False
    is_cell: bool = False


def _merged(base: Sequence[Line], theirs: Sequence[Line], ours: Sequence[Line]) -> Merged:
    cut = chunks(len(base), line_pairs(base, theirs), line_pairs(base, ours), len(theirs), len(ours))
    sides = base, theirs, ours
    found = (_Chunk(*(side[a.start : a.stop] for side, a in zip(sides, spans, strict=True))) for spans in cut)
    parts = list(_moved(list(_parts(found))))
    conflicts, line = [], 0
    for part in parts:
        conflicts += [replace(conflict, line=line + conflict.line) for conflict in part.conflicts]
        line += sum(text.count("\n") for text in part.texts)
    cells = {item.text for side in (base, theirs, ours) for item in side if isinstance(item, Cell)}
    texts = [text for part in parts for text in part.texts]
    text = joined(texts, [part.is_cell or text in cells for part in parts for text in part.texts])
    return Merged(text, tuple(conflicts), tuple(lost for part in parts for lost in part.lost))


def _parts(found: Iterable[_Chunk]) -> Iterator[_Part]:
    """What becomes of each chunk; those from which theirs took localised text are seen with what theirs wrote beside them."""
    for is_theirs, group in groupby(((chunk, _part(chunk)) for chunk in found), lambda pair: _is_theirs(*pair)):
        chunks_, parts = zip(*group, strict=True)
        if is_theirs and len(parts) > 1 and any(part.lost for part in parts):
            yield _put_back(_Chunk(*(list(chain(*sides)) for sides in zip(*chunks_, strict=True))))
        else:
            yield from parts


def _is_theirs(chunk: _Chunk, part: _Part) -> bool:
    """Whether theirs changed lines that ours did no more than localise."""
    return not part.conflicts and not part.is_cell and chunk.theirs != chunk.base and chunk.is_only_localised


# Lines


def line_pairs(old: Sequence[Line], new: Sequence[Line]) -> Pairs:
    """The lines of two texts that belong together, by their indexes."""
    keys = (
        lambda line: line.name or None,
        lambda line: line.text if line.is_solid else None,
        lambda line: line.masked if _is_telling(line) else None,
        lambda line: line.text,
        lambda line: line.masked,
    )
    return aligned(old, new, keys, _likeness)


def _is_telling(line: Line) -> bool:
    """Whether a line can be recognised without what is masked."""
    return any(character.isalnum() for token in line.tokens if not token.is_masked for character in token.text)


def _likeness(one: Line, other: Line) -> float:
    if bool(one.tokens) != bool(other.tokens):
        return 0.0
    matcher = SequenceMatcher(None, _words(one), _words(other), autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= _ALIKE else 0.0


_ALIKE = 0.6


def _words(line: Line) -> list[str]:
    return [token.mask for token in line.tokens if token.kind != "blank"] or list(line.text)


def _part(chunk: _Chunk) -> _Part:
    base, theirs, ours = chunk
    before, new, own = (tuple(line.text for line in side) for side in chunk)
    if new in (before, own):
        return _Part(own)
    if own == before or (own and without_blanks(own) == without_blanks(before)):
        return _Part(new, is_new=True)
    if not base:
        both = _both_added(theirs, ours)
        return _Part(both) if both is not None else _conflict(chunk)
    if len(base) == len(theirs) == len(ours) == 1:
        b, t, o = base[0], theirs[0], ours[0]
        if isinstance(b, Cell) and isinstance(t, Cell) and isinstance(o, Cell):
            return _cell(b, t, o)
        merged = merge_line(b, t, o)
        if merged is None:
            return _conflict(chunk)
        disputed = (Conflict(b.text, t.text, merged.text, 1),) if merged.is_disputed else ()
        return _Part((merged.text,), disputed, (Lost(b.text, o.text),) if merged.is_lost else ())
    if chunk.is_only_localised:
        return _put_back(chunk)
    left = None if without_blanks(new) else outlasting(base, ours)
    return _conflict(chunk) if left is None else _Part(left)


def _conflict(chunk: _Chunk) -> _Part:
    """Ours; but theirs where ours would leave a block open, or close another one."""
    base, theirs, ours = ("".join(line.text for line in side) for side in chunk)
    if not _fits(chunk):
        return _Part(tuple(line.text for line in chunk.theirs), lost=(Lost(base, ours),) if ours.strip() else ())
    return _Part(tuple(line.text for line in chunk.ours), (Conflict(base, theirs, ours, 1),))


def _fits(chunk: _Chunk) -> bool:
    """Whether ours has the fences of theirs, or both have whole blocks."""
    if any(isinstance(line, Cell) for line in chunk.ours):
        return True
    new, own = (fences(line.text for line in side) for side in (chunk.theirs, chunk.ours))
    return own == new or (is_whole(own) and is_whole(new))


def _both_added(theirs: Sequence[Line], ours: Sequence[Line]) -> tuple[str, ...] | None:
    """What both sides put in one place: both, or the one that holds the other; ``None`` where they share some lines."""
    new, own = ([line.text for line in side if line.text.strip()] for side in (theirs, ours))
    texts = tuple(line.text for line in theirs), tuple(line.text for line in ours)
    if is_within(own, new):
        return texts[0]
    if is_within(new, own):
        return texts[1]
    return (*texts[1], *texts[0]) if _is_apart(theirs, ours) and ours[-1].end else None


def _is_apart(theirs: Sequence[Line], ours: Sequence[Line]) -> bool:
    """Whether lines of both sides have nothing to do with each other; a fence and a comment in both do not count."""
    told = [{line.masked for line in side if _is_telling(line)} for side in (theirs, ours)]
    if not all(told):
        told = [{line.masked for line in side if line.is_solid} for side in (theirs, ours)]
    return not told[0] & told[1]


def _put_back(chunk: _Chunk) -> _Part:
    """Theirs, with what ours localised in lines that theirs wrote anew."""
    known: dict[tuple[str, str], list[str]] = {}
    lost = []
    new = [token for line in chunk.theirs for token in line.tokens]
    for old, own in zip(chunk.base, chunk.ours, strict=True):
        slots = _slots(old), _slots(own)
        for token, other in zip(*slots, strict=False):
            known.setdefault((token.kind, token.text), []).append(other.text)
        if old.text != own.text and not (len(slots[0]) == len(slots[1]) and all(token in new for token in slots[0])):
            lost.append(Lost(old.text, own.text))
    texts = []
    for line in chunk.theirs:
        tokens = [_taken(known, token) if token.is_masked else token.text for token in line.tokens]
        texts.append(line.text if isinstance(line, Cell) or not tokens else "".join(tokens) + line.end)
    return _Part(tuple(texts), lost=tuple(lost), is_new=True)


def _slots(line: Line) -> list[Token]:
    return [token for token in line.tokens if token.is_masked]


def _taken(known: dict[tuple[str, str], list[str]], token: Token) -> str:
    texts = known.get((token.kind, token.text), [token.text])
    return texts.pop(0) if len(texts) > 1 else texts[0]


def _moved(parts: Sequence[_Part]) -> Iterable[_Part]:
    """The parts with localised lines where theirs moved them to."""
    gone = {lost.base: lost.ours for part in parts for lost in part.lost}
    found = {text for part in parts if part.is_new for text in part.texts if text in gone}
    for part in parts:
        texts = tuple(gone.get(text, text) for text in part.texts) if part.is_new else part.texts
        yield replace(part, texts=texts, lost=tuple(lost for lost in part.lost if lost.base not in found))


# Cells


def _cell(base: Cell, theirs: Cell, ours: Cell) -> _Part:
    """A cell of a notebook.  What was run follows theirs, unless it was run again for ours."""
    source = merge_code(base.source, theirs.source, ours.source)
    frame = _merged(*(list(map(Line, cell.frame.splitlines(keepends=True))) for cell in (base, theirs, ours)))
    outputs, count = (_value(name, base, theirs, ours) for name in ("outputs", "execution_count"))
    merged = ours.with_values(frame.text, source.text, outputs, count)
    if merged is None:
        return _conflict(_Chunk([base], [theirs], [ours]))
    conflicts = [replace(conflict, line=merged.source_line(conflict.line)) for conflict in source.conflicts]
    return _Part((merged.text,), (*frame.conflicts, *conflicts), source.lost, is_cell=True)


def _value(name: str, *cells: Cell) -> str:
    base, theirs, ours = (cell.values.get(name, "") for cell in cells)
    return theirs if ours == base else ours
