"""The units of a document, and the gaps between them.

``extract`` takes what Sphinx itself would translate (``extract_messages``, the walk of the gettext builder) and finds the
exact place of each text in its file.  Gaps and units, concatenated, are the file.  What has no place in the file (a
generated title, a docstring) is no unit.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.util.nodes import extract_messages

from sphinx_amts.document.encodings import decode, encode
from sphinx_amts.document.places import Places
from sphinx_amts.model import Gap, Kind, Span, Unit

__all__ = ["Extract", "Message", "compose", "extract", "messages", "pieces"]

_KINDS: tuple[tuple[type[nodes.Node] | tuple[type[nodes.Node], ...], Kind], ...] = (
    ((nodes.title, nodes.subtitle, nodes.rubric), Kind.TITLE),
    (nodes.term, Kind.TERM),
    ((nodes.caption, addnodes.toctree), Kind.CAPTION),
    (nodes.image, Kind.ALT),
    (nodes.line, Kind.LINE),
    ((nodes.field_name, nodes.classifier), Kind.FIELD),
    (nodes.meta, Kind.METADATA),
)
_SHAPES: Mapping[type[nodes.Node], str] = {
    nodes.field_name: "field",
    nodes.classifier: "classifier",
    nodes.image: "image",
}


@dataclass(frozen=True, slots=True)
class Message:
    """A text that Sphinx would translate: its node's kind, the text as Sphinx saw it, and about where it stands."""

    kind: Kind
    text: str
    line: int
    path: str
    shape: str = "block"
    """What it fills there, as ``Places.find`` takes it."""
    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    generated: str = ""
    """Why this text may well not stand in the file (the rule's name); empty if it must."""


@dataclass(frozen=True, slots=True)
class Extract:
    """The units of one file in their order, the messages that have no place in it, by rule, and those that should."""

    units: tuple[Unit, ...]
    left_out: tuple[Message, ...] = ()
    missing: tuple[Message, ...] = ()


def messages(doctree: nodes.document) -> Iterator[Message]:
    """What Sphinx extracts from a document, code and display math left out."""
    for node, text in chain(extract_messages(doctree), _cells_without_source(doctree)):
        if isinstance(node, (nodes.literal_block, nodes.doctest_block, nodes.math_block, nodes.raw)):
            continue
        if isinstance(node, nodes.image) and _inside_text(node):
            continue
        parent = node.parent
        owner = parent if isinstance(node, nodes.title) and isinstance(parent, nodes.section) else node
        yield Message(
            kind=_kind(node),
            text=_written(node) or text,
            line=_line(node),
            path=str(node.source or _source(node)),
            shape="cell" if isinstance(parent, nodes.entry) else _SHAPES.get(node.__class__, "block"),
            ids=tuple(owner.get("ids", ())),
            names=tuple(owner.get("names", ())),
            generated=_generated(node),
        )


def _written(node: nodes.Element) -> str:
    """A node's text as it stands in the file: Sphinx's message lacks backslashes at line ends."""
    for part in node.children:
        if part.__class__.__name__.endswith("_subtitle"):  # of an exercise: "Exercise" before it is generated
            return "".join(getattr(child, "rawsource", "") or child.astext() for child in part.children)
    return node.rawsource.strip() if isinstance(node, nodes.TextElement) else ""


def _cells_without_source(doctree: nodes.document) -> Iterator[tuple[nodes.paragraph, str]]:
    """Cells of a table inside a MyST directive: they do not know their file, so that Sphinx does not see them."""
    for entry in doctree.findall(nodes.entry):
        for cell in entry.children:
            if isinstance(cell, nodes.paragraph) and not cell.source and cell.rawsource:
                yield cell, cell.rawsource


def _kind(node: nodes.Element) -> Kind:
    for types, kind in _KINDS:
        if isinstance(node, types):
            return kind
    if node.__class__.__name__.endswith("title"):
        return Kind.TITLE
    return Kind.CELL if isinstance(node.parent, nodes.entry) else Kind.PARAGRAPH


def _generated(node: nodes.Element) -> str:
    """The rule by which Sphinx or an extension may have made this text itself."""
    source = str(node.source or "")
    if ":docstring of " in source or ".py:" in source:
        return "docstring"
    if isinstance(node, nodes.field_name):
        return "field name"
    if isinstance(node, addnodes.toctree):
        return "toctree of the table of contents"
    if isinstance(node, nodes.image):
        return "alternative text made from a name"
    if isinstance(node, nodes.meta):
        return "metadata that is no text"
    if _kind(node) is Kind.TITLE and not isinstance(node.parent, (nodes.section, nodes.document)):
        return "title made by a directive"
    if isinstance(node.parent, nodes.entry) and any(
        isinstance(parent, addnodes.tabular_col_spec) or "autosummary" in parent.get("classes", ())
        for parent in _ancestors(node)
    ):
        return "autosummary"
    return ""


def _ancestors(node: nodes.Node) -> Iterator[nodes.Element]:
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def _inside_text(node: nodes.Element) -> bool:
    """Whether an image stands in a text that shows its markup (Markdown): its alternative text is part of that text."""
    parent = node.parent
    return isinstance(parent, nodes.TextElement) and f"[{node.get('alt', '')}]" in parent.rawsource


def _line(node: nodes.Element) -> int:
    while node is not None:
        if node.line:
            return int(node.line)
        node = node.parent
    return 0


def _source(node: nodes.Element) -> str:
    for parent in _ancestors(node):
        if parent.source:
            return str(parent.source)
    return ""


def extract(
    text: str,
    syntax: str,
    found: Iterable[Message],
    *,
    own: Callable[[str], bool] = lambda path: True,
    narrow: Callable[[str], tuple[str, str]] = lambda text: ("", ""),
    line: Callable[[int], int] = lambda number: number,
    closed: Sequence[Span] = (),
    extra: Sequence[Unit] = (),
) -> Extract:
    """The units of a text: ``extra`` ones (from YAML) and a place for each message of which ``own(path)`` is true.

    ``line`` maps Sphinx's line numbers to the text's, ``closed`` are regions in which nothing is looked for.  ``narrow``
    gives the markup before and behind a text that belongs to the gaps: that of an image which is a whole paragraph.
    """
    places = Places(text, syntax)
    shut = [*closed, *_skipped(text, syntax)]
    skips = [_words(text[span.start : span.end]) for span in _skipped(text, syntax)]
    for span in shut:
        places.take(span)
    units = []
    known = Counter(unit.text for unit in extra)
    for unit in extra:
        if not any(span.start <= unit.span.start < span.end for span in shut):
            places.take(unit.span)
            units.append(replace(unit, line=places.line(unit.span.start)))
    left_out: list[Message] = []
    missing: list[Message] = []
    for message in found:
        if not own(message.path):
            continue
        found_unit = _unit(text, places, message, line(message.line))
        if found_unit is not None:
            units.append(_narrowed(found_unit, narrow))
        elif known[message.text]:
            known[message.text] -= 1  # it has its place in YAML
        elif rule := message.generated or _rule(message, skips):
            left_out.append(replace(message, generated=rule))
        else:
            missing.append(message)
    units.sort(key=lambda unit: unit.span)
    return Extract(tuple(units), tuple(left_out), tuple(missing))


def _rule(message: Message, skips: Sequence[str]) -> str:
    """The rule by which a text without a place is left out, empty if there is none."""
    return "skipped" if any(_words(message.text) in skipped for skipped in skips) else ""


def _words(text: str) -> str:
    return " ".join(text.replace(">", " ").split())


def _unit(text: str, places: Places, message: Message, line: int) -> Unit | None:
    for wanted in _spellings(message, places.syntax):
        span = places.find(wanted, line, message.shape)
        if span is not None:
            break
    else:
        return None
    return _encoded(text, places, message, span)


def _spellings(message: Message, syntax: str) -> Iterator[str]:
    """The ways in which a message may stand in the file, the message itself first."""
    if syntax == "rst" and message.text.endswith("::"):
        # The mark announces a literal block: it belongs to the gap.
        yield message.text[:-2].rstrip()
        return
    yield message.text
    if message.kind is Kind.TITLE and message.text.startswith("(") and message.text.endswith(")"):
        yield message.text[1:-1]  # the title of a theorem is shown in parentheses
    if message.text.startswith("Proof. "):
        yield message.text.removeprefix("Proof. ")  # a directive puts this word before the text of a proof
    if message.shape == "cell" and "|" in message.text:
        yield message.text.replace("|", "\\|")
    if '"' in message.text:
        yield message.text.replace('"', '""')


def _encoded(text: str, places: Places, message: Message, span: Span) -> Unit:
    start = text.rfind("\n", 0, span.start) + 1
    before = text[start : span.start]
    raw = text[span.start : span.end]
    encoding, parameter = "lines", ""
    if message.shape == "cell" and places.syntax == "markdown" and _is_piped(text, span, before):
        encoding = "cell"
    elif message.kind is Kind.TITLE and places.syntax == "rst" and not before.strip():
        adorned = _adorned(text, span)
        if adorned is not None:
            span, parameter = adorned
            raw, encoding = text[span.start : span.end], "rst-title"
    elif option := _option(message, places.syntax, before, raw, text[span.end : span.end + 1]):
        encoding, parameter = "yaml", option["quote"]
        span = Span(span.start - len(parameter), span.end + len(parameter))
        raw = text[span.start : span.end]
    elif before.endswith('"') and '""' in raw:
        encoding, parameter = "quoted", _prefix(raw, before)
    if encoding == "lines":
        parameter = _prefix(raw, before)
    return Unit(
        kind=message.kind,
        span=span,
        text=decode(raw, encoding, parameter),
        line=places.line(span.start),
        encoding=encoding,
        prefix=parameter,
        ids=message.ids if message.kind in (Kind.TITLE, Kind.TERM) else (),
        names=message.names if message.kind in (Kind.TITLE, Kind.TERM) else (),
    )


_OPTION = re.compile(r"""[ \t>]*:?[\w-]+:[ \t]+(?P<quote>["']?)\Z""")


def _option(message: Message, syntax: str, before: str, raw: str, behind: str) -> re.Match[str] | None:
    """Where a text is the value of an option of a MyST directive: these are YAML."""
    if syntax != "markdown" or message.kind not in (Kind.ALT, Kind.CAPTION, Kind.TITLE) or "\n" in raw:
        return None
    found = _OPTION.match(before)
    return found if found and (not found["quote"] or found["quote"] == behind) else None


def _is_piped(text: str, span: Span, before: str) -> bool:
    """Whether a cell stands in a row of a pipe table, not in a list table."""
    return "|" in before or text[span.end : text.find("\n", span.end) + 1 or len(text)].lstrip().startswith("|")


def _narrowed(unit: Unit, narrow: Callable[[str], tuple[str, str]]) -> Unit:
    before, behind = narrow(unit.text)
    if unit.encoding != "lines" or not before + behind or "\n" in before + behind:
        return unit
    span = Span(unit.span.start + len(before), unit.span.end - len(behind))
    return replace(unit, span=span, text=unit.text[len(before) : len(unit.text) - len(behind)])


def _prefix(raw: str, before: str) -> str:
    """What stands before every line of a block but the first."""
    at = raw.find("\n")
    if at >= 0:
        match = re.compile(r"[ \t>]*" if ">" in before else r"[ \t]*").match(raw, at + 1)
        assert match is not None  # the pattern matches the empty string
        return match[0]
    return re.sub(r"[^\s>]", " ", before)


_ADORNMENT = re.compile(r"\n(?P<block>[ \t]*)(?P<rule>(?P<mark>[!-/:-@[-`{-~])(?P=mark)*)[ \t]*(?=\n|\Z)")


def _adorned(text: str, span: Span) -> tuple[Span, str] | None:
    """The span of a reST title with its adornment, and the adornment as ``encodings`` takes it."""
    start = text.rfind("\n", 0, span.start) + 1
    under = _ADORNMENT.match(text, span.end)
    if under is None or not text.startswith(under["block"], start):
        return None
    block, mark = under["block"], under["mark"]
    above_start = text.rfind("\n", 0, max(start - 1, 0)) + 1
    above = text[above_start : max(start - 1, 0)].rstrip()
    rule = above.removeprefix(block)
    if len(rule) >= 2 and rule == mark * len(rule):
        own = text[start + len(block) : span.start]
        return Span(above_start + len(block), under.end("rule")), f"{block}{mark * 2}{own}"
    if text[start : span.start] != block:
        return None
    return Span(span.start, under.end("rule")), f"{block}{mark}"


_SKIP = {
    "markdown": re.compile(r"^[ \t>]*(?:%|<!--)[ \t]*amts:[ \t]*skip[ \t]+(start|stop)\b", re.MULTILINE),
    "rst": re.compile(r"^[ \t]*\.\.[ \t]+amts:[ \t]*skip[ \t]+(start|stop)\b", re.MULTILINE),
}


_OTHER_SYNTAX = re.compile(
    r"^[ \t>]*(?P<fence>`{3,}|~{3,}|:{3,})\{eval-rst\}.*?^[ \t>]*(?P=fence)", re.MULTILINE | re.DOTALL
)


def _skipped(text: str, syntax: str) -> Iterator[Span]:
    """The regions between the comments ``amts: skip start`` and ``amts: skip stop``, and reST inside Markdown.

    A unit is written in the syntax of its file; what is written in another one stays as it is.
    """
    if syntax == "markdown":
        yield from (Span(*region.span()) for region in _OTHER_SYNTAX.finditer(text))
    start = None
    for mark in _SKIP[syntax].finditer(text):
        if mark[1] == "start" and start is None:
            start = mark.start()
        elif mark[1] == "stop" and start is not None:
            yield Span(start, mark.end())
            start = None
    if start is not None:
        yield Span(start, len(text))


def pieces(text: str, units: Sequence[Unit]) -> Iterator[Gap | Unit]:
    """Gaps and units in their order; there is a gap before, between and after units, be it empty.

    Law: the spans' characters, concatenated, are the text.
    """
    at = 0
    for unit in units:
        yield Gap(Span(at, unit.span.start))
        yield unit
        at = unit.span.end
    yield Gap(Span(at, len(text)))


def compose(text: str, units: Sequence[Unit], targets: Sequence[str]) -> str:
    """The document with the text of each unit replaced; a unit whose target is its text keeps its very bytes."""
    parts = []
    at = 0
    for unit, target in zip(units, targets, strict=True):
        parts.append(text[at : unit.span.start])
        if target == unit.text:
            parts.append(text[unit.span.start : unit.span.end])
        else:
            parts.append(encode(target, unit.encoding, unit.prefix))
        at = unit.span.end
    parts.append(text[at:])
    return "".join(parts)


def is_below(path: str, root: Path) -> bool:
    """Whether a path lies in a tree, links resolved."""
    return Path(path).resolve().is_relative_to(root.resolve())
