"""Inline codes of MyST, found with the very rules of the book's Markdown parser, its plugins included."""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.token import Token

from sphinx_amts.document.inline import InlineSpan
from sphinx_amts.document.inline.recorder import Recorder
from sphinx_amts.document.inline.roles import role_kind, visible
from sphinx_amts.document.inline.spans import attached, disjoint, gaps, glued, unglued
from sphinx_amts.document.inline.spelling import KEY, escaped, split_key
from sphinx_amts.model import InlineCode

__all__ = ["MystGrammar"]

_GLUE = "&#8203;"
"""A character reference to a zero-width space: punctuation for the parser, nothing for the reader."""

_TRIGGERS = {
    "text": "",
    "linkify": "",
    "newline": r"  \n",
    "escape": r"\\",
    "backticks": "`",
    "strikethrough": "~",
    "emphasis": r"[*_]",
    "link": r"\[",
    "image": r"\[",
    "autolink": "<",
    "html_inline": "<",
    "entity": "&",
    "myst_role": "`",
    "math_inline": r"\$",
    "math_single": r"\$",
    "footnote_inline": r"\^",
    "footnote_ref": r"\[",
    "substitution_inline": r"\{\{",
    "span": r"\[",
    "attr": r"\{",
}
"""What a text must hold for a rule to succeed; a parser with any other rule takes no short cut."""

_FIXED = frozenset({"break", "entity", "escape", "html", "literal-tag"})
"""Kinds that stand anywhere, so that nothing is gained by glue."""

_URL = re.compile(r"\b(?:https?://|www\.(?=[A-Za-z0-9]))[A-Za-z0-9\-._~:/?#@!$&'()*+,;=%\[\]]+")
_ROLE = re.compile(r"\{([^}]*)\}(`+)")
_HTML = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)")
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
_SPECIAL = re.compile(r"[\\`*_\[\]{}<>&$~^]|(?<=[A-Za-z]):(?=//)|(?<=www)\.")
_LABEL = re.compile(r"\](?:\[((?:\\.|[^\]\\])*)\])?")
_ORDERED = re.compile(r"(\s*\d{1,9})([.)])(?=\s|\Z)")
_PUNCTUATION = re.compile(r"(\s*)([!-/:-@\[-`{-~])")


class MystGrammar:
    """The inline grammar of MyST as one Markdown parser has it: all its rules, plugins and options.

    ``md`` must be complete: a plugin that is added to it later is not seen.  ``references`` are the link definitions of
    the document (``env["references"]``), without which ``[text][label]`` is plain text; they may be set at any time.
    ``titled_roles`` names the book's own roles that take ``text <target>``.
    """

    def __init__(
        self, md: MarkdownIt, references: Mapping[str, Any] | None = None, titled_roles: Collection[str] = ()
    ) -> None:
        self._md = copy.copy(md)
        self._recorder = Recorder(md.inline, self._role, lambda text, spans: self._completed(text, spans, 0, len(text)))
        self._md.inline = self._recorder
        self.references = references or {}
        self._titled = frozenset(titled_roles)
        self._linkify = md.linkify if md.options.get("linkify") else None
        self._trigger = _trigger(md)

    def spans(self, text: str) -> tuple[InlineSpan, ...]:
        """The outermost inline constructs of a text."""
        if self._linkify is None and not self._trigger.search(text):
            return ()
        # MyST shows a reference to a footnote that is missing as text; for translators it is a footnote.
        footnotes = {"refs": _EveryFootnote({"": -1}), "list": {}}
        env = {"references": self.references, "footnotes": footnotes}
        return self._recorder.find(text, self._md, env)

    def meaning(self, code: InlineCode) -> Hashable:
        """Equal for two codes that mean the same, however they are spelled."""
        if code.kind in {"emphasis", "strong"} and code.is_pair:
            return (code.kind,)
        closing, key = split_key(code)
        opening, closing = unglued(code.opening, _GLUE), unglued(closing, _GLUE)
        if code.kind in _FIXED or not code.is_pair:
            return (code.kind, opening)
        if role := _ROLE.match(opening):
            target = key if key is not None else closing.strip("`").strip()[1:-1]
            return (code.kind, role[1].lower(), " ".join(target.split()))
        if key is not None:
            return (code.kind, opening, normalizeReference(key), _LABEL.sub("", closing))
        if label := _LABEL.match(closing):
            return (code.kind, opening, normalizeReference(label[1] or ""), closing[label.end() :])
        return (code.kind, opening, closing)

    def spellings(self, code: InlineCode, inner: str) -> Iterator[str]:
        """Plain; the other marker; with a zero-width space outside; as a role."""
        closing, key = split_key(code)
        if key is None or key == " ".join(inner.split()):
            yield code.opening + inner + closing
        if code.kind in _FIXED:
            return
        opening, closing = unglued(code.opening, _GLUE), unglued(closing, _GLUE)
        bare = opening + inner + closing
        if role := _ROLE.match(opening):
            bare = _spelled_role(role[1], inner, closing, key)
        elif key is not None:
            bare = f"{opening}{inner}][{key}]{_LABEL.sub('', closing)}"
        elif code.kind in {"emphasis", "strong"}:
            stars = "*" * len(opening)
            yield f"{'_' * len(opening)}{inner}{'_' * len(opening)}" if opening == stars else f"{stars}{inner}{stars}"
            bare = f"{stars}{inner}{stars}"
        yield from glued(bare, _GLUE)
        if code.kind in {"emphasis", "strong"} and not role:
            yield f"{{{code.kind}}}`{inner}`"

    def verbatim(self, code: InlineCode) -> bool:
        """Whether a backslash inside this pair stands for itself, as it does in a role."""
        return code.is_pair and _ROLE.match(unglued(code.opening, _GLUE)) is not None

    def escape(self, text: str) -> Iterator[str | InlineCode]:
        """The text with each character that could be markup behind a backslash."""
        return escaped(text, _SPECIAL)

    def is_paragraph(self, text: str) -> bool:
        """Whether the text, as a block of its own, is one paragraph and nothing else."""
        tokens: list[Token] = []
        self._md.block.parse(text, self._md, {}, tokens)
        types = [token.type for token in tokens]
        return types == ["paragraph_open", "inline", "paragraph_close"] and tokens[1].content.split() == text.split()

    def disarmed(self, line: str) -> Iterator[str]:
        """A line that begins no block, escaped at the mark that would begin one."""
        if match := _ORDERED.match(line):
            yield f"{match[1]}\\{line[match.end(1) :]}"
        if match := _PUNCTUATION.match(line):
            yield f"{match[1]}\\{line[match.end(1) :]}"

    def _completed(self, text: str, spans: Sequence[InlineSpan], start: int, end: int) -> tuple[InlineSpan, ...]:
        """The constructs between two offsets, with bare URLs among them, HTML elements as one, and glue attached."""
        found = [self._with_children(text, span) for span in sorted(spans, key=lambda span: span.start)]
        found = list(_elements(text, disjoint(found)))
        found = sorted([*found, *self._urls(text, found, start, end)], key=lambda span: span.start)
        return tuple(attached(text, found, _GLUE, _FIXED))

    def _role(self, text: str, token: Token, start: int, end: int) -> InlineSpan:
        """The span of a role, a pair around the words that readers see."""
        name = token.meta["name"]
        span = InlineSpan(role_kind(name), start, end)
        mark = _ROLE.match(text, start, end)
        if mark is None or len(token.content) != (end - len(mark[2])) - mark.end():
            return span
        words = visible(name, token.content, self._titled)
        if words is None:
            return span
        at = mark.end()
        holes = tuple(InlineSpan("substitution", at + first, at + last) for first, last in words.holes)
        return replace(span, inner=(at + words.start, at + words.end), children=holes, key=words.key)

    def _with_children(self, text: str, span: InlineSpan) -> InlineSpan:
        if span.inner is None:
            return span
        # The text of a role is not parsed, so that nothing could be escaped in it.
        verbatim = text[span.start] == "{"
        children = span.children if verbatim else self._completed(text, span.children, *span.inner)
        if children and (children[0].start < span.inner[0] or children[-1].end > span.inner[1]):
            return InlineSpan(span.kind, min(span.start, children[0].start), max(span.end, children[-1].end))
        if KEY in text and KEY in text[span.start : span.inner[0]] + text[span.inner[1] : span.end] + (span.key or ""):
            return replace(span, inner=None, children=(), key=None)
        return replace(span, children=children)

    def _urls(self, text: str, spans: Sequence[InlineSpan], start: int, end: int) -> Iterator[InlineSpan]:
        """Bare URLs in the words between the constructs."""
        for gap_start, gap_end in gaps(spans, start, end):
            gap = text[gap_start:gap_end]
            if self._linkify is not None:
                for link in self._linkify.match(gap) or ():
                    yield InlineSpan("url", gap_start + link.index, gap_start + link.last_index)
            elif "://" in gap or "www." in gap:
                for url in _URL.finditer(gap):
                    last = url.start() + len(_trimmed(url[0]))
                    yield InlineSpan("url", gap_start + url.start(), gap_start + last)


class _EveryFootnote(dict[str, int]):
    """The footnotes of a document, none of them missing."""

    def __contains__(self, label: object) -> bool:
        return True


def _elements(text: str, spans: Sequence[InlineSpan]) -> Iterator[InlineSpan]:
    """The constructs, with each HTML element that is complete, from tag to tag, as one placeholder."""
    index = 0
    while index < len(spans):
        span = spans[index]
        index += 1
        tag = _HTML.match(text, span.start, span.end) if span.kind == "html" else None
        if tag and not tag[1] and tag[2].lower() not in _VOID and not text.endswith("/>", span.start, span.end):
            depth = 1
            for ahead in range(index, len(spans)):
                other = _HTML.match(text, spans[ahead].start) if spans[ahead].kind == "html" else None
                if other and other[2].lower() == tag[2].lower():
                    depth += -1 if other[1] else 1
                if depth == 0:
                    span, index = InlineSpan("html", span.start, spans[ahead].end), ahead + 1
                    break
        yield span


def _trimmed(url: str) -> str:
    """A bare URL without the punctuation that ends a clause."""
    while url:
        if url[-1] in ".,;:!?'*_~" or (url[-1] in ")]" and url.count(url[-1]) > url.count("(["[url[-1] == "]"])):
            url = url[:-1]
        else:
            break
    return url


def _spelled_role(name: str, inner: str, closing: str, key: str | None) -> str:
    """A role around a text, between more ticks than the text has in a row."""
    target = closing.rstrip("`") if key is None else f" <{key}>"
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", inner + target)), default=0))
    return f"{{{name}}}{ticks}{inner}{target}{ticks}"


def _trigger(md: MarkdownIt) -> re.Pattern[str]:
    """What a text must hold to have any construct."""
    active = md.inline.ruler.get_active_rules()
    if any(name not in _TRIGGERS for name in active):
        return re.compile("")
    return re.compile("|".join(sorted({"://", r"www\.", *filter(None, map(_TRIGGERS.__getitem__, active))})))
