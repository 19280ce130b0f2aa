"""Whether a translation still is its source: one generator a check.

``compare`` reads both doctrees without their words (``skeleton``), pairs their blocks (``pairing``), and lets every
check of ``CHECKS`` look at the pairs.  It promises: if it yields nothing, every block has its source's inline codes, no
more, no fewer, and the skeletons are equal.  What it cannot tell it reports.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from docutils import nodes

from sphinx_amts.document.pairing import Pairing, pair
from sphinx_amts.document.skeleton import Block, Link, read
from sphinx_amts.document.wording import block_name, code_messages, first_change, one, shown

__all__ = ["CHECKS", "Difference", "compare"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which a translation is not its source; lines are those of the two nodes, 0 if unknown."""

    check: str
    message: str
    source_line: int
    target_line: int
    source_path: str = ""
    target_path: str = ""

    @property
    def is_extra(self) -> bool:
        """Whether the translation has a block more."""
        return self.check == "structure" and self.message.startswith("an extra ")


def compare(source: nodes.document, target: nodes.document, *, translate: bool = True) -> Iterator[Difference]:
    """The differences between a source and its translation, check by check, each in document order.

    Both are doctrees as Sphinx pickles them: read, references not yet resolved.  Neither is changed.  With
    ``translate`` false the text has to be the same as well, white space aside.
    """
    numbers: dict[object, int] = {}
    skeleton = read(source, numbers)
    pairing = pair(skeleton, read(target, numbers, skeleton.slugs))
    told = False
    for check in CHECKS if translate else (*CHECKS, same_text):
        for difference in check(pairing):
            told = True
            yield difference
    if not told and pairing.source.root.signature != pairing.target.root.signature:
        yield _difference("structure", "a difference that no check can name", pairing.source.root, pairing.target.root)


def structure(pairing: Pairing) -> Iterator[Difference]:
    """Every block of the source has a block of its kind in the target, and the reverse.

    Bad: a list of three items became a list of two, or ``## Title`` became a paragraph.
    Good: the same headings, paragraphs, lists, tables, code blocks in the same order, with other words.
    """
    for lost in pairing.unpaired:
        if lost.source is None and lost.target is not None:
            yield _difference("structure", f"an extra {block_name(lost.target)}", lost.near, lost.target)
        elif lost.target is None and lost.source is not None:
            yield _difference("structure", f"the {block_name(lost.source)} is missing", lost.source, lost.near)
        elif lost.target is not None and lost.source is not None:
            message = f"the {block_name(lost.source)} became {one(block_name(lost.target))}"
            yield _difference("structure", message, lost.source, lost.target)


def attributes(pairing: Pairing) -> Iterator[Difference]:
    """A block has the options of its source: level, class, width, enumeration, language of code ...

    Bad: ``## Title`` became ``### 标题``.
    Good: ``## Title`` became ``## 标题``.
    """
    for source, target in pairing.unequal:
        if source.attributes == target.attributes:
            continue
        one, other = dict(source.attributes), dict(target.attributes)
        for name in sorted({*one, *other}):
            if one.get(name) != other.get(name):
                change = f"{shown(one.get(name))} became {shown(other.get(name))}"
                yield _difference("attributes", f"{name} of the {block_name(source)}: {change}", source, target)


def labels(pairing: Pairing) -> Iterator[Difference]:
    """A block has the labels that its source's author gave it.

    Bad: ``(my-label)=`` became ``(我的标签)=``, or stands before another block.
    Good: ids made from a heading's text differ.
    """
    for source, target in pairing.unequal:
        for label in source.labels:
            if label not in target.labels:
                yield _difference("labels", f"the label {label} of the {block_name(source)} is missing", source, target)
        for label in target.labels:
            if label not in source.labels:
                yield _difference("labels", f"an extra label {label} at the {block_name(target)}", source, target)


def code_blocks(pairing: Pairing) -> Iterator[Difference]:
    """Code blocks, display math and raw blocks are the source's, character by character.

    Bad: a comment in a code cell was translated.
    Good: the same code.
    """
    for source, target in pairing.unequal:
        if source.verbatim != target.verbatim:
            change = first_change(source.verbatim or "", target.verbatim or "")
            yield _difference("code_blocks", f"the {block_name(source)} differs{change}", source, target)


def inline_codes(pairing: Pairing) -> Iterator[Difference]:
    """A text has its source's math, literals, roles, links, images, notes and emphasis, in any order.

    Bad: ``see {ref}`a` and $x$`` became ``见 {ref}`a```.
    Good: ``see {ref}`a` and $x$`` became ``$x$ 与 {ref}`a```.
    """
    for source, target in pairing.unequal:
        if source.verbatim == target.verbatim:
            for message in code_messages(source.codes, target.codes):
                yield _difference("inline_codes", message, source, target)


def order(pairing: Pairing) -> Iterator[Difference]:
    """Anonymous links keep their order in a text: only the order says where they lead.

    Bad: ``first__ second__`` leads to the second page first.
    Good: the words of both links are translated.
    """
    for source, target in pairing.unequal:
        if source.ordered != target.ordered and Counter(source.ordered) == Counter(target.ordered):
            yield _difference("order", "anonymous links changed their order", source, target)


def places(pairing: Pairing) -> Iterator[Difference]:
    """A link to a heading, or a counted footnote, leads to the block that stands for the one its source led to.

    Bad: ``[see](#second)`` leads to the third heading of the target.
    Good: it leads to the second heading, whatever its words and its id.
    """
    partner = {id(source): target for source, target in pairing.pairs}
    for source, target in pairing.pairs:
        if not source.links or len(source.links) != len(target.links):
            continue
        wanted = [partner.get(id(_place(pairing, link, of_source=True))) for link in source.links]
        found = [_place(pairing, link) or partner.get(id(_place(pairing, link, True))) for link in target.links]
        if None in wanted:
            continue
        ordered = any(link.ordered for link in source.links)
        if wanted != found and (ordered or Counter(map(id, wanted)) != Counter(map(id, found))):
            for link, right, wrong in zip(source.links, wanted, found, strict=True):
                if right is not wrong:
                    where = "nowhere" if wrong is None else f"to the {block_name(wrong)} {shown(wrong.text)}"
                    yield _difference("places", f"the {link.tag} leads {where}", source, target)


def complaints(pairing: Pairing) -> Iterator[Difference]:
    """The parser complains about nothing that it did not complain about in the source.

    Bad: ``Unknown interpreted text role "reff"``.
    Good: the source's own warnings.
    """
    before = Counter(node.get("level", 0) for node in pairing.source.complaints)
    known = {node.astext() for node in pairing.source.complaints}
    for level in sorted({node.get("level", 0) for node in pairing.target.complaints} - {0, 1}):
        nodes_of_level = [node for node in pairing.target.complaints if node.get("level", 0) == level]
        surplus = len(nodes_of_level) - before[level]
        new = [node for node in nodes_of_level if node.astext() not in known]
        for node in (new or nodes_of_level)[: max(surplus, 0)]:
            yield Difference("complaints", node.astext().strip(), 0, node.get("line") or 0, "", node.get("source", ""))


def substitutions(pairing: Pairing) -> Iterator[Difference]:
    """A text has its source's substitutions; the parser has replaced them, so its raw text is searched.

    Bad: ``needs |project| 2`` became ``需要 项目 2``.
    Good: ``needs |project| 2`` became ``需要 |project| 2``.
    """
    names = pairing.source.substitutions | {"release", "today", "version"}
    for source, target in pairing.pairs:
        one, other = source.node.rawsource, target.node.rawsource
        if not one or not other or ("|" not in one + other and "{{" not in one + other):
            continue
        wanted, found = _substitutions(one, names), _substitutions(other, names)
        for name in wanted - found:
            yield _difference("substitutions", f"the substitution {name} is missing", source, target)
        for name in found - wanted:
            yield _difference("substitutions", f"an extra substitution {name}", source, target)


def empty(pairing: Pairing) -> Iterator[Difference]:
    """A text that has words in the source has words in the target.

    Bad: ``See {ref}`a`.`` became ``{ref}`a```.
    Good: ``见 {ref}`a`。``
    """
    for source, target in pairing.pairs:
        if source.text and not target.text.strip() and source.text.strip():
            yield _difference("empty", f"the {block_name(source)} has no text", source, target)


def leaks(pairing: Pairing) -> Iterator[Difference]:
    """No markup, mask or tag stands among the words for everybody to read, unless it does so in the source.

    Bad: ``**加粗（强调）**文字`` stayed as it is, ``<1/>`` or ``DNT_3`` was not put back.
    Good: a page about Markdown shows the same marks in both languages.
    """
    for source, target in pairing.pairs:
        if target.text and _LEAK.search(target.text):
            before = Counter(_LEAK.findall(source.text))
            for mark, count in Counter(_LEAK.findall(target.text)).items():
                if count > before[mark]:
                    yield _difference("leaks", f"{mark} stands in the text", source, target)


def same_text(pairing: Pairing) -> Iterator[Difference]:
    """The text is the source's, white space aside: for what must not be translated.

    Bad: ``Overview`` became ``概述``.
    Good: a paragraph was wrapped at another column.
    """
    for source, target in pairing.pairs:
        if source.text.split() != target.text.split():
            yield _difference("same_text", f"the text of the {block_name(source)} differs", source, target)


CHECKS: tuple[Callable[[Pairing], Iterator[Difference]], ...] = (
    structure,
    attributes,
    labels,
    code_blocks,
    inline_codes,
    order,
    places,
    complaints,
    substitutions,
    empty,
    leaks,
)
"""One generator a check: the first line of its docstring is its help text, Bad and Good show what it means."""

_LEAK = re.compile(
    r"DNT_\w*"
    r"|</?[1-9][0-9]*/?>"
    r"|\{[A-Za-z][\w:.+-]*\}|:[A-Za-z][\w:.+-]*:"
    r"|&#?\w+;|\{\{|\}\}|\]\(|\]\[|\*+|_+|`+|\\|\$"
)


def _substitutions(text: str, names: Iterable[str]) -> Counter[str]:
    folded = " ".join(text.lower().split())
    found = Counter({f"|{name}|": folded.count(f"|{name.lower()}|") for name in names})
    words = re.sub(r"\$[^$]*\$|`[^`]*`", "", text)
    found.update("{{ " + match.strip() + " }}" for match in re.findall(r"\{\{([^{}$]*)\}\}", words))
    return found


def _place(pairing: Pairing, link: Link, of_source: bool = False) -> Block | None:
    skeleton = pairing.source if of_source else pairing.target
    return skeleton.anchors.get(skeleton.slugs.get(link.id, link.id))


def _difference(check: str, message: str, source: Block, target: Block) -> Difference:
    (source_path, source_line), (target_path, target_line) = _where(source.node), _where(target.node)
    return Difference(check, message, source_line, target_line, source_path, target_path)


def _where(node: nodes.Node) -> tuple[str, int]:
    """The file and line of the node: its own, or those of what is in it, or those of what is around it."""
    path, line = "", 0
    around: nodes.Node | None = node
    while around is not None and not (path and line):
        for inside in around.findall():
            path, line = path or inside.source or "", line or inside.line or 0
            if path and line:
                break
        around = around.parent
    return path, line
