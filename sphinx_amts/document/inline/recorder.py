"""Where each inline construct stands that a Markdown parser finds.

Inline tokens of markdown-it have no positions.  So the parser's own rules run in a loop that notes, for each rule that
succeeds, where it began and ended and which tokens it pushed.  Delimiters are pushed as text and become emphasis in
place afterwards, so their positions stay true.  A rule that nobody knows here gives pairs for its opening and closing
tokens and placeholders for all others.  Nothing is rendered, so no role runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from sphinx_amts.document.inline import InlineSpan
from sphinx_amts.document.inline.roles import role_kind
from sphinx_amts.document.inline.spans import moved

__all__ = ["Recorder"]

ReadRole: TypeAlias = Callable[[str, Token, int, int], InlineSpan]
Finish: TypeAlias = Callable[[str, list[InlineSpan]], tuple[InlineSpan, ...]]

_KINDS = {
    "code_inline": "literal",
    "em": "emphasis",
    "strong": "strong",
    "s": "span",
    "span": "span",
    "link": "link",
    "image": "image",
    "math_inline": "math",
    "math_inline_double": "math",
    "math_single": "math",
    "footnote_ref": "footnote",
    "footnote": "footnote",
    "substitution_inline": "substitution",
    "html_inline": "html",
    "hardbreak": "break",
}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a token stands; holding it, too, keeps its identity from being given to another one."""

    token: Token
    start: int
    end: int
    sort: str = "token"
    """``delimiter``: one of a run, which may become emphasis; ``whole``: an opening token that stands for its pair."""
    inner: tuple[int, tuple[InlineSpan, ...], int] | None = None
    """What was parsed inside it as a text of its own."""


class Recorder(ParserInline):
    """The inline parser of a Markdown parser, noting where each token stands."""

    def __init__(self, inline: ParserInline, role: ReadRole, finish: Finish) -> None:
        """``role`` makes the span of a role, ``finish`` completes the spans of a whole text."""
        self.__dict__.update(inline.__dict__)
        self._role = role
        self._finish = finish
        self._places: dict[int, _Place] = {}
        self._ranges: list[tuple[int, int]] = []
        self._texts: list[tuple[str, tuple[InlineSpan, ...]]] = []

    def find(self, text: str, md: MarkdownIt, env: dict[str, Any]) -> tuple[InlineSpan, ...]:
        """The constructs of a text."""
        self._places, self._ranges, self._texts = {}, [], []
        self.parse(text, md, env, [])
        return self._texts.pop()[1]

    def parse(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> list[Token]:
        ranges, texts = self._ranges, self._texts
        self._ranges, self._texts = [], []
        tokens = super().parse(src, md, env, tokens)
        spans = self._finish(src, list(_tree(src, tokens, self._places, self._role)))
        self._ranges, self._texts = ranges, [*texts, (src, spans)]
        return tokens

    def tokenize(self, state: StateInline) -> None:
        ranges, texts = self._ranges, self._texts
        ranges.append((state.pos, state.posMax))
        rules, end, deepest = self.ruler.getRules(""), state.posMax, state.md.options["maxNesting"]
        while state.pos < end:
            pos, count, pending = state.pos, len(state.tokens), state.pending
            self._ranges, self._texts = [], []
            if state.level < deepest and any(rule(state, False) for rule in rules):
                if len(state.tokens) > count or len(state.pending) == len(pending):
                    self._note(state, pos, count, pending)
            else:
                state.pending += state.src[state.pos]
                state.pos += 1
        self._ranges, self._texts = ranges, texts
        if state.pending:
            state.pushPending()

    def _note(self, state: StateInline, pos: int, count: int, pending: str) -> None:
        """Give the tokens that a rule pushed their places."""
        places, pushed = self._places, state.tokens[count:]
        if not pushed:
            # Attributes behind a construct push nothing: they belong to it.
            for token in state.tokens[-3:]:
                if (last := places.get(id(token))) and last.end == pos:
                    places[id(token)] = replace(last, end=state.pos)
            return
        if pushed[-1].type == "softbreak":
            return
        if pending:
            # What a rule took back from the words before it (a scheme, blanks before a break) is part of it.
            flushed = pushed[0].type == "text" and pending.startswith(pushed[0].content)
            pos -= len(pending) - (len(pushed.pop(0).content) if flushed else 0)
        pushed = [token for token in pushed if id(token) not in places]
        if all(token.type == "text" for token in pushed):
            end = state.pos
            for token in reversed(pushed):
                places[id(token)] = _Place(token, end - len(token.content), end, "delimiter")
                end -= len(token.content)
            return
        opens = [token for token in pushed if token.nesting == 1]
        closes = [token for token in pushed if token.nesting == -1]
        if len(opens) == len(closes) == len(self._ranges) == 1:
            start, end = self._ranges[0]
            places[id(opens[0])] = _Place(opens[0], pos, start)
            places[id(closes[0])] = _Place(closes[0], end, state.pos)
            return
        token = next(token for token in pushed if token.type != "text")
        sort = "whole" if opens and closes else "token"
        places[id(token)] = _Place(token, pos, state.pos, sort, self._inner(state, pos))

    def _inner(self, state: StateInline, pos: int) -> tuple[int, tuple[InlineSpan, ...], int] | None:
        """Where the text stands that a rule gave back to the parser (an image's alternative text)."""
        for text, spans in self._texts:
            start = state.src.find(text, pos + 1, state.pos)
            if start >= 0:
                return start, spans, start + len(text)
        return None


@dataclass(slots=True)
class _Open:
    """A pair whose closing token has not come yet."""

    token: Token
    start: int
    inner: int
    children: list[InlineSpan]


def _tree(
    text: str, tokens: Sequence[Token], places: Mapping[int, _Place], read_role: ReadRole
) -> Iterator[InlineSpan]:
    """The constructs that the tokens of a text make."""
    path = [_Open(Token("", "", 0), 0, 0, [])]
    for token in tokens:
        place = places.get(id(token))
        if place is None or token.type in {"text", "softbreak"}:
            continue
        if token.type == "text_special" and token.content == token.markup:
            continue
        # A token of emphasis stands for one delimiter of its run; strong takes the one beside it.
        more = len(token.markup) - (place.end - place.start) if place.sort == "delimiter" else 0
        if token.type == "myst_role":
            path[-1].children.append(read_role(text, token, place.start, place.end))
        elif token.nesting == 0 or place.sort == "whole":
            path[-1].children.append(_single(text, token, place))
        elif token.nesting == 1:
            path.append(_Open(token, place.start - more, place.end, []))
        elif len(path) > 1:
            opened = path.pop()
            path[-1].children.append(_pair(text, opened, place.start, place.end + more))
    while len(path) > 1:
        opened = path.pop()
        path[-1].children += [InlineSpan(_kind(opened.token), opened.start, opened.inner), *opened.children]
    yield from path[0].children


def _kind(token: Token) -> str:
    name = token.type.removesuffix("_open").removesuffix("_close")
    if token.type == "text_special":
        return token.info
    if name == "link" and token.info == "auto":
        return "url"
    if "role" in name:
        return role_kind(str(token.meta.get("name", "")))
    return _KINDS.get(name) or ("math" if "math" in name else "mark")


def _pair(text: str, opened: _Open, end: int, after: int) -> InlineSpan:
    kind = _kind(opened.token)
    if kind == "link" and not text.startswith("](", end):
        kind = "reference"
    return _visible(text, InlineSpan(kind, opened.start, after, (opened.inner, end), tuple(opened.children)))


def _single(text: str, token: Token, place: _Place) -> InlineSpan:
    span = InlineSpan(_kind(token), place.start, place.end)
    if place.inner is None or place.sort == "whole":
        return span
    start, spans, end = place.inner
    children = tuple(moved(child, start) for child in spans)
    return _visible(text, replace(span, inner=(start, end), children=children))


def _visible(text: str, span: InlineSpan) -> InlineSpan:
    """The pair, with its text as key where that names a definition; a placeholder where readers see no text."""
    assert span.inner is not None
    start, end = span.inner
    if not text[start:end].strip():
        return replace(span, inner=None, children=())
    named = text.startswith(("](", "]["), end) and not text.startswith("][]", end)
    if span.kind in {"reference", "image"} and not named:
        return replace(span, key=" ".join(text[start:end].split()))
    return span
