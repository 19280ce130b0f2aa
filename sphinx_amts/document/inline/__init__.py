"""Inline codes: markup inside a unit goes out of an engine's sight, and comes back in its place.

1. A grammar (`myst`, `rst`) finds the inline constructs of a text with the parser that the book is built with, and
   says where each begins and ends.
2. `protect` puts numbered tags in their place.
3. An engine, a memory or a person writes another text around the same tags.
4. `restore` writes the codes back, reads what it wrote with the same grammar, and tries the next spelling until the
   intended tree comes out.  If none does, it raises `CannotRestore`: better an old text than a broken one.
5. `guard` keeps a new text from beginning a list, a heading or a directive.

Restoring a protected text gives that text byte for byte, whatever it is.  What `restore` returns gives, protected
again, the codes that were asked for, in the same nesting: they are the same when `Grammar.meaning` says so.  Only the
escapes that plain words needed are added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from sphinx_amts.document.inline.spelling import KEY, CannotRestore, Node, Piece, settle
from sphinx_amts.masked import TAG
from sphinx_amts.model import InlineCode, Masked

__all__ = ["CannotRestore", "Grammar", "InlineSpan", "guard", "protect", "restore", "shown", "wrapping"]


@dataclass(frozen=True, slots=True)
class InlineSpan:
    """One inline construct found in a text; ``start``, ``end`` and ``inner`` are offsets in the text given."""

    kind: str
    """One of the kinds that `InlineCode` names."""
    start: int
    end: int
    inner: tuple[int, int] | None = None
    """The range of a pair's text that readers see; ``None`` for a placeholder."""
    children: tuple[InlineSpan, ...] = ()
    ordered: bool = False
    key: str | None = None
    """What the text names, where it is a name too (``[ref]``, a bare ``:term:``): another text must still name it."""


class Grammar(Protocol):
    """What is markup in a text, and how it may be written."""

    def spans(self, text: str) -> tuple[InlineSpan, ...]:
        """The outermost constructs in order, disjoint; nested ones are children inside ``inner``."""

    def meaning(self, code: InlineCode) -> Hashable:
        """Equal for two codes that mean the same, however they are spelled (``*a*``, ``_a_``, ``{emphasis}`a```)."""

    def spellings(self, code: InlineCode, inner: str) -> Iterator[str]:
        """The ways to write a code around a text, best first; ``inner`` is empty for a placeholder."""

    def verbatim(self, code: InlineCode) -> bool:
        """Whether a backslash inside this pair stands for itself."""

    def escape(self, text: str) -> Iterator[str | InlineCode]:
        """The text with each character that could be markup as a code of the kind ``escape``."""

    def is_paragraph(self, text: str) -> bool:
        """Whether the text, as a block of its own, is one paragraph and nothing else."""

    def disarmed(self, line: str) -> Iterator[str]:
        """Ways to write a line so that it begins no block, best first."""


def protect(text: str, grammar: Grammar) -> Masked:
    """The text with its inline codes as numbered tags."""
    codes: list[InlineCode] = []
    return Masked("".join(_masked(_read(text, grammar), codes)), tuple(codes))


def restore(masked: str, codes: Sequence[InlineCode], grammar: Grammar) -> str:
    """The text that reads as ``masked`` with its ``codes``; raises `CannotRestore` where there is no way to write it.

    White space at the inner edges of a pair moves out of it where the grammar would not read the pair otherwise.
    """
    return settle(_asked(masked, codes), lambda text: _read(text, grammar), grammar)


def shown(escape: InlineCode) -> str:
    """What readers see of a code of the kind ``escape``; nothing of reST's escaped white space."""
    character = escape.opening[1:]
    return "" if character.isspace() else character


def guard(text: str, grammar: Grammar) -> str:
    """A new text for a paragraph, with what would begin another block escaped.

    The text of a title or a table cell needs no guard.  Raises `CannotRestore` where an escape does not help, as for a
    text that is empty or holds a blank line.
    """
    lines: list[str] = []
    for line in text.split("\n"):
        for candidate in (line, *grammar.disarmed(line)):
            if grammar.is_paragraph("\n".join([*lines, candidate])):
                lines.append(candidate)
                break
        else:
            raise CannotRestore(f"the text would not be read as one paragraph: {line[:60]!r}")
    guarded = "\n".join(lines)
    if guarded != text and _marks(guarded, grammar) != _marks(text, grammar):
        raise CannotRestore(f"markup that begins a block cannot be escaped: {text[:60]!r}")
    return guarded


def wrapping(text: str, grammar: Grammar) -> tuple[str, str]:
    """The markup before and behind a text that is one pair as a whole, nested ones too: it is no part of its words.

    A pair whose text is its name (a bare ``:term:``) has no such markup: another text needs another spelling.
    """
    start, end = 0, len(text)
    spans = grammar.spans(text)
    while (
        len(spans) == 1 and spans[0].inner and (spans[0].start, spans[0].end) == (start, end) and spans[0].key is None
    ):
        start, end = spans[0].inner
        spans = spans[0].children
    return text[:start], text[end:]


def _marks(text: str, grammar: Grammar) -> Counter[Hashable]:
    """The codes of a text as far as they say something: escapes do not."""
    return Counter(grammar.meaning(code) for code in protect(text, grammar).codes if code.kind != "escape")


def _read(text: str, grammar: Grammar) -> tuple[Piece, ...]:
    """The tree of a text."""
    return tuple(_pieces(text, 0, len(text), grammar.spans(text)))


def _pieces(text: str, start: int, end: int, spans: Sequence[InlineSpan]) -> Iterator[Piece]:
    for span in spans:
        yield from _literal(text[start : span.start])
        yield _node(text, span)
        start = span.end
    yield from _literal(text[start:end])


def _node(text: str, span: InlineSpan) -> Node:
    if span.inner is None:
        return Node(InlineCode(span.kind, text[span.start : span.end], None, span.ordered), None)
    start, end = span.inner
    closing = text[end : span.end]
    if span.key is not None:
        closing += KEY + span.key
    code = InlineCode(span.kind, text[span.start : start], closing, span.ordered)
    return Node(code, tuple(_pieces(text, start, end, span.children)))


def _literal(text: str) -> Iterator[Piece]:
    """Plain text, in which what looks like a tag is a placeholder."""
    start = 0
    if "<" in text:
        for tag in TAG.finditer(text):
            if start < tag.start():
                yield text[start : tag.start()]
            yield Node(InlineCode("literal-tag", tag[0]), None)
            start = tag.end()
    if start < len(text):
        yield text[start:]


def _masked(pieces: Sequence[Piece], codes: list[InlineCode]) -> Iterator[str]:
    for piece in pieces:
        if isinstance(piece, str):
            yield piece
            continue
        codes.append(piece.code)
        number = len(codes)
        if piece.children is None:
            yield f"<{number}/>"
        else:
            yield f"<{number}>"
            yield from _masked(piece.children, codes)
            yield f"</{number}>"


def _asked(masked: str, codes: Sequence[InlineCode]) -> tuple[Piece, ...]:
    """The tree that a masked text asks for."""
    path: list[tuple[InlineCode | None, list[Piece]]] = [(None, [])]
    numbers: list[int] = []
    used: set[int] = set()
    start = 0
    for tag in TAG.finditer(masked):
        if start < tag.start():
            path[-1][1].append(masked[start : tag.start()])
        start = tag.end()
        number = int(tag["number"])
        if tag["close"]:
            if tag["alone"] or not numbers or numbers.pop() != number:
                raise CannotRestore(f"{tag[0]} closes nothing")
            code, children = path.pop()
            assert code is not None
            path[-1][1].append(Node(code, tuple(children)))
            continue
        if number > len(codes) or number in used:
            raise CannotRestore(f"{tag[0]} {'occurs twice' if number in used else 'stands for no code'}")
        used.add(number)
        code = codes[number - 1]
        if code.is_pair == bool(tag["alone"]):
            raise CannotRestore(f"{tag[0]} should be a {'pair' if code.is_pair else 'placeholder'}")
        if tag["alone"]:
            path[-1][1].append(Node(code, None))
        else:
            numbers.append(number)
            path.append((code, []))
    if numbers:
        raise CannotRestore(f"<{numbers[-1]}> is never closed")
    if start < len(masked):
        path[-1][1].append(masked[start:])
    return tuple(path[0][1])
