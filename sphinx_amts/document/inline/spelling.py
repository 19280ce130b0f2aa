"""Write a tree of text and codes so that a parser reads that tree again.

Neither MyST nor reST lets emphasis stand wherever another language needs it, and words may hold characters that are
markup.  So a text is written, read again, and where the reading departs from the intended tree, the piece at fault gets
its next spelling: a code the next one that its grammar knows, words their escaped form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from sphinx_amts.model import InlineCode

if TYPE_CHECKING:
    from sphinx_amts.document.inline import Grammar

__all__ = ["KEY", "CannotRestore", "Node", "Piece", "escaped", "settle", "split_key"]

KEY = "\N{SYMBOL FOR UNIT SEPARATOR}"
"""Stands in the closing of a code between its markup and its key: what a pair names that is its own name.

The text of ``[ref]``, of a bare ``:term:`` and of ``word_`` is a name too; in another language the name has to be
spelled beside the new text.  No construct whose own markup holds this character becomes a pair, so that the two never
mix.
"""


_NEAR = 2
"""How many pieces inside, before and after one are respelled with it."""


class CannotRestore(ValueError):
    """A text cannot be written so that it would be read as asked; the message says why."""


@dataclass(frozen=True, slots=True)
class Node:
    """A code in a tree; ``children`` is ``None`` for a placeholder."""

    code: InlineCode
    children: tuple[Piece, ...] | None


Piece: TypeAlias = str | Node
Read: TypeAlias = Callable[[str], Sequence[Piece]]


def escaped(text: str, special: re.Pattern[str]) -> Iterator[str | InlineCode]:
    """The text with each ``special`` character behind a backslash, which is a code."""
    start = 0
    for match in special.finditer(text):
        if start < match.start():
            yield text[start : match.start()]
        yield InlineCode("escape", "\\" + match[0])
        start = match.end()
    if start < len(text):
        yield text[start:]


def split_key(code: InlineCode) -> tuple[str, str | None]:
    """The closing of a pair as it stands in the source, and its key where it has one."""
    closing, mark, key = (code.closing or "").partition(KEY)
    return closing, key if mark else None


def settle(tree: Sequence[Piece], read: Read, grammar: Grammar) -> str:
    """The first text that ``read`` reads as ``tree``; raises `CannotRestore` where no spelling gives it."""
    plain = "".join(_plainly(tree))
    if _difference([_Item(piece) for piece in tree], read(plain), grammar) is None:
        return plain
    tree = tuple(_hoisted(tree))
    for item in _flat([_Item(piece) for piece in tree]):
        if isinstance(item.piece, Node) and item.piece.children == ():
            raise CannotRestore(f"there is no text in {item.what}: {plain[:120]!r}")
    draft = _Draft(tree, grammar, escaped=False)
    text = draft.settle(read)
    if text is None:
        # Words may be markup only together with what is far behind them.
        draft = _Draft(tree, grammar, escaped=True)
        text = draft.settle(read)
    if text is None:
        raise CannotRestore(f"no spelling of {draft.stuck} is read as asked: {plain[:120]!r}")
    return text


def _plainly(tree: Sequence[Piece]) -> Iterator[str]:
    for piece in tree:
        if isinstance(piece, str):
            yield piece
            continue
        yield piece.code.opening
        if piece.children is not None:
            yield from _plainly(piece.children)
            yield split_key(piece.code)[0]


def _hoisted(tree: Sequence[Piece]) -> Iterator[Piece]:
    """The tree with white space at the inner edges of pairs moved out of them."""
    for piece in tree:
        if isinstance(piece, str) or piece.children is None:
            yield piece
            continue
        children = list(_hoisted(piece.children))
        before = after = ""
        if children and isinstance(first := children[0], str):
            children[0] = first.lstrip()
            before = first[: len(first) - len(first.lstrip())]
        if children and isinstance(last := children[-1], str):
            children[-1] = last.rstrip()
            after = last[len(last.rstrip()) :]
        yield from filter(None, (before,))
        yield Node(piece.code, tuple(child for child in children if child != ""))
        yield from filter(None, (after,))


@dataclass(slots=True, eq=False)
class _Item:
    """A piece of the tree with the spelling that is being tried."""

    piece: Piece
    verbatim: bool = False
    level: int = 0
    last: int = 1
    """The last level that makes a difference."""
    children: list[_Item] = field(default_factory=list)
    words: list[str | InlineCode] = field(default_factory=list)

    def __post_init__(self) -> None:
        if isinstance(self.piece, Node) and self.piece.children:
            self.children = [_Item(child) for child in self.piece.children]

    @property
    def what(self) -> str:
        return repr(self.piece[:60] if isinstance(self.piece, str) else self.piece.code.opening)


class _Draft:
    """A tree being written: which spelling each of its pieces has."""

    def __init__(self, tree: Sequence[Piece], grammar: Grammar, escaped: bool) -> None:
        self.stuck = ""
        self._grammar = grammar
        self._items = [_Item(piece) for piece in tree]
        self._row = list(_flat(self._items))
        self._prepare(self._items, verbatim=False, escaped=escaped)

    def settle(self, read: Read) -> str | None:
        """Write, read, and respell the piece at fault, until the tree is right or no spelling brings it further."""
        fault = self._fault(read)
        while fault is not None:
            for change in self._changes(fault.item):
                before = [(item, item.level) for item, _ in change]
                _assign(change)
                found = self._fault(read)
                if found is None or found.rank > fault.rank:
                    break
                _assign(before)
            else:
                self.stuck = fault.item.what
                return None
            fault = found
        return self._write(self._items)

    def _fault(self, read: Read) -> _Event | None:
        return _difference(self._items, read(self._write(self._items)), self._grammar)

    def _changes(self, fault: _Item) -> Iterator[list[tuple[_Item, int]]]:
        """Other spellings of a piece, then of a piece in it or beside it, each with all of its own."""
        own = range(fault.last + 1)
        yield from ([(fault, level)] for level in own if level != fault.level)
        index = next((index for index, item in enumerate(self._row) if item is fault), 0)
        inside = [item for item in _flat(fault.children) if item.last][:_NEAR]
        before = [item for item in reversed(self._row[:index]) if item.last][:_NEAR]
        after = [item for item in self._row[index + 1 :] if item.last and item not in inside][:_NEAR]
        for item in [*inside, *before, *after]:
            others = [level for level in range(item.last + 1) if level != item.level]
            yield from ([(item, other), (fault, level)] for other in others for level in own)

    def _prepare(self, items: Sequence[_Item], verbatim: bool, escaped: bool) -> None:
        for item in items:
            if isinstance(item.piece, str):
                item.words = [item.piece] if verbatim else list(self._grammar.escape(item.piece))
                item.last = int(any(not isinstance(word, str) for word in item.words))
                item.level = item.last if escaped else 0
            else:
                self._prepare(item.children, verbatim or self._grammar.verbatim(item.piece.code), escaped)

    def _write(self, items: Sequence[_Item]) -> str:
        parts = []
        for item in items:
            if isinstance(item.piece, Node):
                spellings = list(self._grammar.spellings(item.piece.code, self._write(item.children)))
                item.last = len(spellings) - 1
                parts.append(spellings[min(item.level, item.last)])
            elif item.level:
                parts.extend(word if isinstance(word, str) else word.opening for word in item.words)
            else:
                parts.append(item.piece)
        return "".join(parts)


@dataclass(slots=True)
class _Event:
    """A step of a walk over a tree: words, a placeholder, the start or the end of a pair."""

    sort: str
    value: Hashable
    item: _Item
    rank: int
    """Grows along the walk, whatever the spelling."""


def _events(items: Sequence[_Item], grammar: Grammar, rank: int = 0) -> Iterator[_Event]:
    for item in items:
        rank += 1
        if isinstance(item.piece, Node):
            meaning = grammar.meaning(item.piece.code)
            if item.piece.children is None:
                yield _Event("alone", meaning, item, rank)
                continue
            yield _Event("open", meaning, item, rank)
            yield from _events(item.children, grammar, rank)
            rank += 1 + sum(2 for _ in _flat(item.children))
            yield _Event("close", meaning, item, rank)
        elif item.level:
            for word in item.words:
                if isinstance(word, str):
                    yield _Event("words", word, item, rank)
                else:
                    yield _Event("alone", grammar.meaning(word), item, rank)
        else:
            yield _Event("words", item.piece, item, rank)


def _joined(events: Iterator[_Event]) -> list[_Event]:
    """The steps, with words that follow each other as one step of the first one's item."""
    steps: list[_Event] = []
    for event in events:
        if event.sort == "words" and steps and steps[-1].sort == "words":
            steps[-1].value = f"{steps[-1].value}{event.value}"
        else:
            steps.append(event)
    return steps


def _difference(wanted: Sequence[_Item], found: Sequence[Piece], grammar: Grammar) -> _Event | None:
    """The first step that was not found as wanted."""
    asked = _joined(_events(wanted, grammar))
    given = _joined(_events([_Item(piece) for piece in found], grammar))
    for index, (one, other) in enumerate(zip(asked, given, strict=False)):
        if one.sort == other.sort and one.value == other.value:
            continue
        if one.sort == other.sort == "words" and str(other.value).startswith(str(one.value)) and index + 1 < len(asked):
            return asked[index + 1]
        return one
    if len(asked) == len(given):
        return None
    return asked[min(len(given), len(asked) - 1)] if asked else _Event("words", "", _Item(""), 0)


def _assign(levels: Sequence[tuple[_Item, int]]) -> None:
    for item, level in levels:
        item.level = level


def _flat(items: Sequence[_Item]) -> Iterator[_Item]:
    for item in items:
        yield item
        yield from _flat(item.children)
