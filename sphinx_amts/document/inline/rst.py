"""Inline codes of reST, found with docutils' own inline parser.

`_Finder` runs the loop of `Inliner.parse` and keeps what that one forgets: where each construct begins and ends.  A
role is noted and never runs; nothing is written to a document.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from docutils import nodes
from docutils.parsers.rst.states import Body, Inliner, MarkupMismatch
from docutils.utils import escape2null

from sphinx_amts.document.inline import InlineSpan
from sphinx_amts.document.inline.roles import role_kind, visible
from sphinx_amts.document.inline.spans import attached, gaps, glued, unglued
from sphinx_amts.document.inline.spelling import KEY, escaped, split_key
from sphinx_amts.model import InlineCode

__all__ = ["RstGrammar"]

_GLUE = "\\ "
"""An escaped blank: an edge for the parser, nothing for the reader."""

_FIXED = frozenset({"escape", "literal-tag", "mark"})
"""Kinds that stand anywhere, so that nothing is gained by glue."""

_TRIGGER = re.compile(r"[*`|\\@]|_(?!\w)|[A-Za-z]:\S|::\s*\Z")
_ESCAPE = re.compile(r"\\(?:.|\Z)", re.DOTALL)
_BLOCK_FOLLOWS = re.compile(r"(?<!\\)(?:\\\\)*(::)\s*\Z")
_ROLE = re.compile(r":([^:`]+(?::[^:`]+)*):`")
_SUFFIX_ROLE = re.compile(r"`:([^`]+):\Z")
_ALIAS = re.compile(r"\s*<(.*[^\\])_>`(__?)\Z", re.DOTALL)
_SPECIAL = re.compile(r"[\\*`|<]|_(?=_*(?:\W|\Z))|(?<=[A-Za-z]):(?=\S)|@|:(?=:\s*\Z)")
_BEGINS = [re.compile(Body.patterns[name]) for name in Body.initial_transitions if name != "text"]
_UNDERLINE = re.compile(Body.patterns["line"])


class _Role(nodes.inline):
    """Interpreted text whose role was not run: ``role`` and ``content`` say what it is."""


class _Finder(Inliner):
    """Docutils' inline parser, which says where things are instead of building them."""

    def __init__(self) -> None:
        super().__init__()
        # Docutils builds its patterns from the attributes of an object's own class, so a subclass has to borrow them.
        lender = Inliner()
        lender.init_customizations(_Nowhere.settings)
        self.__dict__.update(lender.__dict__)
        self.document: Any = _Nowhere()
        self.reporter: Any = _Nowhere()
        self.parent: Any = None

    def find(self, text: str) -> Iterator[tuple[int, int, nodes.Node | None]]:
        """Each construct of a text in order: start, end, and its node, which a standalone URL has none of."""
        dispatch: dict[str, Any] = dict(self.dispatch)
        nulled = remaining = escape2null(text)
        done = 0
        while match := self.patterns.initial.search(remaining):
            groups = match.groupdict()
            method = dispatch[groups["start"] or groups["backquote"] or groups["refend"] or groups["fnend"]]
            base = len(nulled) - len(remaining)
            before, inlines, remaining, _ = method(self, match, 0)
            start, end = base + len(before), len(nulled) - len(remaining)
            if inlines:
                yield from self._standalone(nulled[done:start], done)
                if not isinstance(inlines[0], nodes.problematic):
                    yield start, end, inlines[0]
                done = end
        yield from self._standalone(nulled[done:], done)

    def _standalone(self, text: str, start: int) -> Iterator[tuple[int, int, None]]:
        """What `implicit_inline` finds in plain text."""
        for pattern, method in self.implicit_dispatch:
            if match := pattern.search(text):
                try:
                    method(match, 0)
                except MarkupMismatch:
                    continue
                yield from self._standalone(text[: match.start()], start)
                yield start + match.start(), start + match.end(), None
                yield from self._standalone(text[match.end() :], start + match.end())
                return

    def interpreted(
        self, rawsource: str, text: str, role: str | None, lineno: int
    ) -> tuple[list[nodes.Node], list[Any]]:
        return [_Role(rawsource, role=role, content=text)], []

    def problematic(self, text: str, rawsource: str, message: Any) -> nodes.problematic:
        return nodes.problematic(rawsource, text)


class _Settings(SimpleNamespace):
    """The settings that docutils asks for while it reads inline markup."""

    def setdefault(self, name: str, default: Any) -> Any:
        return self.__dict__.setdefault(name, default)


class _Nowhere:
    """A document, or a reporter, that takes note of nothing."""

    settings = _Settings(
        character_level_inline_markup=False,
        pep_references=None,
        rfc_references=None,
        trim_footnote_reference_space=False,
    )

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments, **options: None


class RstGrammar:
    """The inline grammar of reST.

    ``default_role`` is what `` `text` `` alone means in the book.  ``titled_roles`` names the book's own roles that
    take ``text <target>``.

    References by name are pairs around their text, and the name stays: another text is written as
    `` `text <name_>`__ ``, which refers to the same target and, unlike one underscore, creates none.  An inline target
    is a placeholder, because its text is the name that others refer to.
    """

    def __init__(self, default_role: str | None = None, titled_roles: Collection[str] = ()) -> None:
        self._finder = _Finder()
        self._default_role = default_role
        self._titled = frozenset(titled_roles)

    def spans(self, text: str) -> tuple[InlineSpan, ...]:
        """The outermost inline constructs of a text."""
        if not _TRIGGER.search(text):
            return ()
        found = [self._span(text, start, end, node) for start, end, node in self._finder.find(text)]
        found = [self._with_escapes(text, span) for span in found]
        if (block := _BLOCK_FOLLOWS.search(text)) and (not found or found[-1].end <= block.start(1)):
            found.append(InlineSpan("mark", block.start(1), block.end(1)))
        found = sorted([*found, *_escapes(text, found, 0, len(text))], key=lambda span: span.start)
        return tuple(attached(text, found, _GLUE, _FIXED))

    def meaning(self, code: InlineCode) -> Hashable:
        """Equal for two codes that mean the same, however they are spelled."""
        if code.kind in {"emphasis", "strong"} and code.is_pair:
            return (code.kind,)
        if code.kind in _FIXED:
            return (code.kind, code.opening)
        closing, key = split_key(code)
        opening, closing = unglued(code.opening, _GLUE), unglued(closing, _GLUE)
        if not code.is_pair:
            return (code.kind, opening)
        if role := _ROLE.match(opening) or _SUFFIX_ROLE.search(closing):
            target = key if key is not None else closing[: closing.rindex("`")].strip()[1:-1]
            return (code.kind, role[1].lower(), " ".join(target.split()))
        if key is not None and code.kind == "role":
            return (code.kind, "", key)
        if key is not None:
            return (code.kind, nodes.fully_normalize_name(key), "__")
        if code.kind == "reference" and (alias := _ALIAS.match(closing)):
            return (code.kind, nodes.fully_normalize_name(alias[1]), alias[2])
        if closing.endswith("__") and code.ordered:
            return (code.kind, "", "")
        return (code.kind, opening, " ".join(closing.split()))

    def spellings(self, code: InlineCode, inner: str) -> Iterator[str]:
        """Plain; with an escaped blank behind, before, on both sides; the same as a role."""
        closing, key = split_key(code)
        if key is None or key == " ".join(inner.split()):
            yield code.opening + inner + closing
        if code.kind in _FIXED:
            return
        for bare in _bare(code, unglued(code.opening, _GLUE), inner, unglued(closing, _GLUE), key):
            yield from glued(bare, _GLUE)

    def verbatim(self, code: InlineCode) -> bool:
        """Never: in reST a backslash escapes wherever there are words."""
        return False

    def escape(self, text: str) -> Iterator[str | InlineCode]:
        """The text with each character that could be markup behind a backslash."""
        return escaped(text, _SPECIAL)

    def is_paragraph(self, text: str) -> bool:
        """Whether the text, as a block of its own, is one paragraph and nothing else."""
        first, *others = text.split("\n")
        if not text.strip() or first[:1].isspace() or any(pattern.match(first) for pattern in _BEGINS):
            return False
        if others and _UNDERLINE.match(others[0]):
            return False
        return not any(line[:1].isspace() or not line for line in others)

    def disarmed(self, line: str) -> Iterator[str]:
        """A line that begins no block: its first character escaped."""
        if line and not line[0].isspace():
            yield "\\" + line

    def _span(self, text: str, start: int, end: int, node: nodes.Node | None) -> InlineSpan:
        if node is None:
            return InlineSpan("url", start, end)
        if isinstance(node, _Role):
            return self._role(text, start, end, node)
        if isinstance(node, (nodes.emphasis, nodes.strong)):
            width = 1 if isinstance(node, nodes.emphasis) else 2
            return InlineSpan(node.tagname, start, end, (start + width, end - width))
        if isinstance(node, nodes.reference):
            return _reference(self._finder, text, start, end)
        ordered = text[start:end] in {"[#]_", "[*]_"}
        return InlineSpan(_KINDS.get(type(node), "mark"), start, end, ordered=ordered)

    def _role(self, text: str, start: int, end: int, node: nodes.Element) -> InlineSpan:
        name, content = node["role"] or self._default_role, node["content"]
        if not name:
            return InlineSpan("literal", start, end)
        at = text.index("`", start) + 1
        words = visible(name, content, self._titled)
        if words is None:
            return InlineSpan(role_kind(name), start, end)
        # An escape belongs together: the blank before a target may be escaped.
        last = at + words.end - (content[words.end - 1 : words.end] == "\0")
        holes = tuple(InlineSpan("substitution", at + one, at + other) for one, other in words.holes)
        return InlineSpan(role_kind(name), start, end, (at + words.start, last), holes, key=words.key)

    def _with_escapes(self, text: str, span: InlineSpan) -> InlineSpan:
        if span.inner is None:
            return span
        start, end = span.inner
        if end <= start or KEY in text[span.start : start] + text[end : span.end] + (span.key or ""):
            return replace(span, inner=None, children=(), key=None)
        children = [*span.children, *_escapes(text, span.children, start, end)]
        return replace(span, children=tuple(sorted(children, key=lambda child: child.start)))


_KINDS: dict[type[nodes.Node], str] = {
    nodes.literal: "literal",
    nodes.target: "target",
    nodes.substitution_reference: "substitution",
    nodes.footnote_reference: "footnote",
    nodes.citation_reference: "citation",
}


def _reference(finder: _Finder, text: str, start: int, end: int) -> InlineSpan:
    """A reference: to a URL, by its own name, by another name, or to what comes next."""
    anonymous = text.endswith("__", start, end)
    if text[start] == "|":
        return InlineSpan("substitution", start, end, ordered=anonymous)
    first, last = start, end - (2 if anonymous else 1)
    if text[start] == "`":
        first, last = first + 1, last - 1
        nulled = escape2null(text[first:last])
        if link := finder.patterns.embedded_link.search(nulled):
            named = link[2].endswith("_") and not link[2].endswith("\0_") and not finder.patterns.uri.match(link[2])
            # An escape belongs together: the blank before the target may be escaped.
            last = first + link.start() - nulled.endswith("\0", 0, link.start())
            kind = "reference" if named else "link"
            return InlineSpan(kind, start, end, (first, last) if first < last else None)
    key = None if anonymous else " ".join(text[first:last].split())
    return InlineSpan("reference", start, end, (first, last), ordered=anonymous, key=key)


def _bare(code: InlineCode, opening: str, inner: str, closing: str, key: str | None) -> Iterator[str]:
    """The ways to write a code without glue."""
    if key is not None:
        if code.kind == "role":
            yield f"{opening}{inner} <{key}>{closing}"
        else:
            yield f"`{inner} <{key}_>`__"
        return
    yield opening + inner + closing
    if code.kind == "reference" and code.is_pair and code.ordered:
        yield f"`{inner}`__"
    if code.kind in {"emphasis", "strong"} and code.is_pair:
        yield f":{code.kind}:`{inner}`"


def _escapes(text: str, spans: Sequence[InlineSpan], start: int, end: int) -> Iterator[InlineSpan]:
    """The escapes in the words between the constructs."""
    for gap_start, gap_end in gaps(spans, start, end):
        for match in _ESCAPE.finditer(text, gap_start, gap_end):
            yield InlineSpan("escape", *match.span())
