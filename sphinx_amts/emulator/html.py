"""A document in HTML: its text is translated, everything else stays byte for byte.

1. ``nodes`` cuts a document into tags, texts and the rest.
2. ``translated`` walks them block by block: tags and spans that must not be translated become marks, the text of the
   block goes to the translator, and the marks become what they were.
3. ``text_of`` says which characters are charged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from html import escape, unescape

from sphinx_amts.emulator.placing import FIRST

__all__ = ["Kind", "Mark", "Node", "Paragraph", "nodes", "text_of", "translated", "written"]

_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<[!?][^>]*>"
    r"|</?(?P<name>[A-Za-z][^\s/>\"'<]*)(?:\"[^\"]*\"|'[^']*'|[^'\"<>])*>",
    re.DOTALL,
)
_NOT_TRANSLATED = re.compile(r"\stranslate\s*=\s*[\"']?no\b", re.IGNORECASE)
_EMPTY = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_SCRIPTS = frozenset({"script", "style"})
_BLOCKS = frozenset(
    "address article aside blockquote body caption center col colgroup dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hr html legend li link main menu meta nav ol optgroup "
    "option p pre script section select style summary table tbody td tfoot th thead title tr ul".split()
)


class Kind(Enum):
    """What a piece of a document is."""

    TEXT = "text"
    OPENING = "opening tag"
    CLOSING = "closing tag"
    EMPTY = "empty element"
    OTHER = "comment, declaration or script"


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a document as it is written; a tag has the name of its element."""

    kind: Kind
    raw: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a mark stands for."""

    raw: str
    kind: Kind
    text: str = ""
    is_protected: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The inline content of a block: a text, unescaped, with marks."""

    text: str
    marks: dict[str, Mark]


def nodes(source: str) -> Iterator[Node]:
    """The pieces of a document; joined, they are the document."""
    done = 0
    while match := _TAG.search(source, done):
        if match.start() > done:
            yield Node(Kind.TEXT, source[done : match.start()])
        node = _node(match)
        done = match.end()
        yield node
        if node.kind is Kind.OPENING and node.name in _SCRIPTS:
            end = re.compile(rf"</{node.name}", re.IGNORECASE).search(source, done)
            stop = end.start() if end else len(source)
            yield Node(Kind.OTHER, source[done:stop])
            done = stop
    if done < len(source):
        yield Node(Kind.TEXT, source[done:])


def _node(match: re.Match[str]) -> Node:
    raw, name = match[0], (match["name"] or "").lower()
    if not name:
        return Node(Kind.OTHER, raw)
    if raw.startswith("</"):
        return Node(Kind.CLOSING, raw, name)
    if name in _EMPTY or raw.endswith("/>"):
        return Node(Kind.EMPTY, raw, name)
    return Node(Kind.OPENING, raw, name)


def text_of(source: str) -> str:
    """What is charged: the text nodes inside <body> if there is one, else all.

    Entities count as the characters that they stand for.  White space counts, and so does text that must not be
    translated; tags, attributes, comments and scripts do not.
    """
    return "".join(unescape(node.raw) for node in _inside(list(nodes(source)))[1] if node.kind is Kind.TEXT)


def _inside(all_nodes: Sequence[Node]) -> tuple[Sequence[Node], Sequence[Node], Sequence[Node]]:
    """What stands before the body's content, the content, and what follows."""
    start = next((i for i, node in enumerate(all_nodes) if node.name == "body" and node.kind is Kind.OPENING), -1) + 1
    ends = (i for i in range(len(all_nodes) - 1, -1, -1) if all_nodes[i].name == "body")
    end = next((i for i in ends if all_nodes[i].kind is Kind.CLOSING), len(all_nodes)) if start else len(all_nodes)
    return all_nodes[:start], all_nodes[start:end], all_nodes[end:]


def translated(source: str, translate: Callable[[Paragraph], str]) -> str:
    """A document whose paragraphs were replaced by what ``translate`` makes of them: a text as in HTML, tags and all."""
    before, content, after = _inside(list(nodes(source)))
    done = [node.raw for node in before]
    inline: list[Node | Mark] = []

    def flush() -> None:
        if inline:
            done.append(_paragraph(inline, translate))
            inline.clear()

    position = 0
    while position < len(content):
        node = content[position]
        end = _end(content, position) if _is_protected(node) else position + 1
        if node.name in _BLOCKS:
            flush()
            done += [node.raw for node in content[position:end]]
        elif _is_protected(node):
            raw = "".join(node.raw for node in content[position:end])
            inline.append(Mark(raw, node.kind, text_of(raw), is_protected=True))
        else:
            inline.append(node)
        position = end
    flush()
    return "".join([*done, *(node.raw for node in after)])


def _is_protected(node: Node) -> bool:
    return node.kind is Kind.OPENING and _NOT_TRANSLATED.search(node.raw) is not None


def _end(content: Sequence[Node], start: int) -> int:
    """Behind the closing tag of the element that starts here."""
    depth, name = 0, content[start].name
    for position in range(start, len(content)):
        node = content[position]
        if node.name == name:
            depth += {Kind.OPENING: 1, Kind.CLOSING: -1}.get(node.kind, 0)
        if depth == 0:
            return position + 1
    return len(content)


def _paragraph(inline: Sequence[Node | Mark], translate: Callable[[Paragraph], str]) -> str:
    text = ""
    marks: dict[str, Mark] = {}
    for piece in inline:
        if isinstance(piece, Node) and piece.kind is Kind.TEXT:
            text += unescape(piece.raw)
            continue
        letter = chr(FIRST + len(marks))
        marks[letter] = piece if isinstance(piece, Mark) else Mark(piece.raw, piece.kind)
        text += letter
    if not any(map(str.isalnum, text)):
        return "".join(piece.raw for piece in inline)
    return translate(Paragraph(text, marks))


def written(text: str, marks: dict[str, Mark], *, is_escaped: bool = True) -> str:
    """A translated text as HTML."""
    return "".join(
        marks[letter].raw if letter in marks else escape(letter, quote=False) if is_escaped else letter
        for letter in text
    )
