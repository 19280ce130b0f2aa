"""A document without its words: the blocks, inline codes and places that a translation has to keep.

``read`` turns a doctree (as Sphinx pickles it: all transforms of reading done, references not yet resolved) into
values that can be compared.  What a translation may change is left out here and in ``attributes``, and nowhere else:
text, ids and names made from text, alternative texts, comments, line numbers, file names, marks of language.

Sections are flattened into a row of headings and blocks, so that a lost heading is one difference, not a lost chapter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from docutils import nodes

from sphinx_amts.document.attributes import Attributes, attributes_of

__all__ = ["HERE", "Block", "Code", "Link", "Skeleton", "read"]

HERE = "this page"
"""Stands for a place of the same page whose id comes from its text; ``Block.links`` tells which one."""

_VERBATIM = {"desc_signature", "option_string", "option_argument", "substitution_definition"}
_CODE = {
    "citation_reference", "desc_inline", "literal", "literal_emphasis", "literal_strong", "manpage", "math",
    "problematic",
}  # fmt: skip
_LINKS = {"download_reference", "number_reference", "pending_xref", "reference"}
_ASIDE = {"comment", "system_message"}


class Code(NamedTuple):
    """One inline code: ``text`` where its text is code itself, ``codes`` where it is a pair around others."""

    tag: str
    attributes: Attributes = ()
    text: str = ""
    codes: tuple[Code, ...] = ()


class Link(NamedTuple):
    """A link to a place of the same page that has no label; ``ordered`` if only its order says which place."""

    tag: str
    id: str
    ordered: bool


@dataclass(slots=True, eq=False)
class Block:
    """A node that stands for itself: a heading, a paragraph, a code block, a list ...

    ``own`` is what the translation's block has to have as well, ``signature`` is the number of ``own`` and of all that
    the block contains.  A block of text has ``codes`` and ``text``; what is ``verbatim`` is code.
    """

    node: nodes.Element
    tag: str
    attributes: Attributes = ()
    labels: tuple[str, ...] = ()
    codes: tuple[Code, ...] = ()
    ordered: tuple[Code, ...] = ()
    links: tuple[Link, ...] = ()
    text: str = ""
    verbatim: str | None = None
    children: Sequence[Block] = ()
    own: Hashable = None
    signature: int = 0


@dataclass(slots=True)
class Skeleton:
    """A document's blocks, the block of each id, the id of each heading's anchor, and the parser's complaints."""

    root: Block
    anchors: dict[str, Block] = field(default_factory=dict)
    slugs: dict[str, str] = field(default_factory=dict)
    complaints: list[nodes.Element] = field(default_factory=list)
    substitutions: frozenset[str] = frozenset()


def read(document: nodes.document, numbers: dict[Hashable, int], slugs: Collection[str] = ()) -> Skeleton:
    """The skeleton of ``document``, which stays as it is.

    ``numbers`` gives each signature its number: documents that are to be compared share one.  ``slugs`` are anchors of
    headings that a link may name though this document has no such heading (those of the source, for its translation).
    """
    reader = _Reader(document, numbers, slugs)
    reader.skeleton.root.children = list(reader.blocks(document, 1))
    reader.sign(reader.skeleton.root)
    return reader.skeleton


class _Reader:
    """One walk over one document; ``_codes`` to ``_ids`` gather what stands in the block of text at hand."""

    def __init__(self, document: nodes.document, numbers: dict[Hashable, int], slugs: Collection[str]) -> None:
        self.numbers = numbers
        self.explicit = document.nametypes
        self.label_of = {id_: name for name, id_ in document.nameids.items() if id_ and self.explicit.get(name)}
        self.skeleton = Skeleton(
            Block(document, "document", labels=self._labels(document)),
            slugs={slug: entry[1] for slug, entry in (getattr(document, "myst_slugs", None) or {}).items()},
            substitutions=frozenset(document.substitution_defs),
        )
        self.slugs = {*self.skeleton.slugs, *slugs}
        self._note(document, self.skeleton.root)
        self._open()

    def blocks(self, parent: nodes.Element, level: int) -> Iterator[Block]:
        """The blocks in a node; a section is its heading and then its blocks."""
        for node in _in_order(parent):
            tag = node.tagname
            if tag in _ASIDE or (tag == "section" and "system-messages" in node["classes"]):
                self.skeleton.complaints.extend(node.findall(nodes.system_message))
            elif tag == "section":
                yield self._heading(node, level)
                yield from self.blocks(node, level + 1)
            elif tag == "title" and parent.tagname == "section":
                continue
            elif not (tag == "target" and "refid" in node and not node["names"]):  # its label is the next node's
                yield self._block(node)

    def sign(self, block: Block) -> Block:
        codes: Hashable = block.codes if len(block.codes) < 2 else frozenset(Counter(block.codes).items())
        block.own = (block.tag, block.attributes, block.labels, codes, block.ordered, block.verbatim)
        whole = (block.own, *[child.signature for child in block.children])
        block.signature = self.numbers.setdefault(whole, len(self.numbers))
        return block

    def _heading(self, section: nodes.Element, level: int) -> Block:
        title = section.children[0] if section.children and isinstance(section.children[0], nodes.title) else None
        attributes = (("level", level), *attributes_of(section))
        block = Block(section if title is None else title, "section", attributes, self._labels(section))
        self._note(section, block)
        if title is not None:
            self._note(title, block)
            self._read(title)
            self._close(block)
        return self.sign(block)

    def _block(self, node: nodes.Element) -> Block:
        tag = node.tagname
        attributes = attributes_of(node)
        if tag == "target" and "refid" in node:
            attributes = (*attributes, ("place", self.label_of.get(node["refid"], HERE)))
        block = Block(node, tag, attributes, self._labels(node))
        self._note(node, block)
        if tag in _LINKS:
            self._codes.append(self._code(node))
            self._close(block)
        elif tag == "desc_signature":
            block.verbatim = node.astext()
        elif isinstance(node, nodes.TextElement) or any(type(child) is nodes.Text for child in node.children):
            self._read(node)
            self._close(block)
            if tag in _VERBATIM or (isinstance(node, nodes.FixedTextElement) and tag != "address"):
                block.verbatim, block.text = _verbatim(node), ""
        elif node.children:
            block.children = list(self.blocks(node, 1))
        return self.sign(block)

    def _note(self, node: nodes.Element, block: Block) -> None:
        for id_ in node.attributes["ids"]:
            self.skeleton.anchors[id_] = block

    def _labels(self, node: nodes.Element) -> tuple[str, ...]:
        """The names that an author gave to a node, without those that docutils made from text or by counting."""
        attributes = node.attributes
        if not attributes["names"] and not attributes["dupnames"]:
            return ()
        # A heading that lost its name to a label of the same name had it from its text.
        lost = () if node.tagname == "section" else attributes["dupnames"]
        names = {name for name in (*attributes["names"], *lost) if self.explicit.get(name, True)}
        return tuple(sorted(name for name in names if not (attributes.get("auto") and name.isdigit())))

    # A block of text

    def _open(self) -> None:
        self._codes: list[Code] = []
        self._ordered: list[Code] = []
        self._links: list[Link] = []
        self._texts: list[str] = []
        self._ids: list[str] = []

    def _close(self, block: Block) -> None:
        block.codes, block.ordered, block.links = tuple(self._codes), tuple(self._ordered), tuple(self._links)
        block.text = nodes.unescape("".join(self._texts))
        for id_ in self._ids:
            self.skeleton.anchors[id_] = block
        self._open()

    def _read(self, node: nodes.Element) -> None:
        self._codes.extend(self._inside(node))

    def _inside(self, node: nodes.Element) -> Iterator[Code]:
        """The codes in a node; what is text for the reader goes to ``_texts``."""
        for child in node.children:
            if isinstance(child, nodes.Text):
                self._texts.append(child)
            elif not isinstance(child, nodes.Element) or child.tagname in _ASIDE:
                self.skeleton.complaints.extend(child.findall(nodes.system_message))
            elif _shows_title(child):
                yield from self._inside(child)
            else:
                yield self._code(child)

    def _code(self, node: nodes.Element) -> Code:
        tag = node.tagname
        self._ids.extend(node.attributes["ids"])
        if tag in _CODE or isinstance(node, nodes.FixedTextElement):
            return Code(tag, attributes_of(node), " ".join(node.astext().split()))
        if tag in _LINKS:
            tag, attributes = self._link(node)
        elif tag == "footnote_reference":
            return Code(tag, self._footnote(node))
        else:
            attributes = attributes_of(node)
            # The name of a link's target is the text of the link.
            if node.attributes["names"] and "refuri" not in node.attributes:
                attributes = (*attributes, ("labels", self._labels(node)))
        before = len(self._texts)
        inside = list(self._inside(node))
        if _is_bare(node, self._texts[before:]):
            del self._texts[before:]
        if len(inside) > 1:
            inside.sort(key=repr)
        code = Code(tag, attributes, "", tuple(inside))
        if node.attributes.get("anonymous"):
            self._ordered.append(code)
        return code

    def _footnote(self, node: nodes.Element) -> Attributes:
        """A named or numbered footnote is its name; one that is counted is bound by order."""
        id_ = node.get("refid", "")
        name = self.label_of.get(id_, "")
        if name and not (node.get("auto") and name.isdigit()):
            return (("footnote", name),)
        self._links.append(Link("footnote", id_, ordered=True))
        return (("auto", node.get("auto")), ("footnote", HERE))

    def _link(self, node: nodes.Element) -> tuple[str, Attributes]:
        """A link's tag and attributes; a place of the same page is its label or, without a label, ``HERE``.

        MyST's link to a heading is still pending where no heading has that anchor: in a translation, say.
        """
        tag, attributes = node.tagname, attributes_of(node)
        if tag == "pending_xref" and node.get("reftype") == "myst" and node["reftarget"] in self.slugs:
            place = node["reftarget"]
        elif tag == "reference" and "refid" in node:
            place = node["refid"]
        elif node.get("reftype") == "term":
            return tag, tuple(item for item in attributes if item[0] != "refexplicit")
        else:
            return tag, attributes
        label = self.label_of.get(place)
        if label is None:
            self._links.append(Link("link", place, ordered=bool(node.get("anonymous"))))
        return "reference", (("bare", _is_bare(node)), ("place", label or HERE))


def _in_order(parent: nodes.Element) -> Sequence[Any]:
    """The children of a node in an order that does not hang on text.

    Sphinx sorts a glossary by its terms, MyST sorts footnotes by the sentences that refer to them.  A table of contents
    repeats the headings.
    """
    children: list[Any] = parent.children
    if parent.tagname == "definition_list" and parent.parent is not None and parent.parent.get("sorted"):
        return sorted(children, key=lambda item: item.children[0].line or 0)
    if parent.tagname == "topic" and "contents" in parent["classes"]:
        return [child for child in children if child.tagname != "bullet_list"]
    notes = sorted((child for child in children if child.tagname == "footnote"), key=_footnote_name)
    if len(notes) < 2:
        return children
    row = iter(notes)
    return [next(row) if child.tagname == "footnote" else child for child in children]


def _footnote_name(node: nodes.Element) -> str:
    names = [*node["names"], *node["dupnames"]]
    return "" if not names or (node.get("auto") and names[0].isdigit()) else str(names[0])


def _shows_title(node: nodes.Node) -> bool:
    """Whether this node is how a role or a link shows its title: the node is the role's, the text is the reader's."""
    link = node.parent
    if not isinstance(node, nodes.Element) or link is None or link.tagname not in _LINKS:
        return False
    classes = node.attributes["classes"]
    if node.tagname == "inline":
        return "xref" in classes or "std-ref" in classes
    return bool(link.get("refexplicit")) and ("xref" in classes or "download" in classes)


def _is_bare(node: nodes.Element, texts: Sequence[str] = ()) -> bool:
    """Whether the author gave no title to a role or link, so that its text is not the author's either."""
    if node.tagname == "pending_xref":
        return not node.get("refexplicit")
    if node.tagname != "reference":
        return False
    if node.get("id_link"):
        return any(map(_shows_title, node.children))
    return bool("".join(texts) == node.get("refuri"))


def _verbatim(node: nodes.Element) -> str:
    """The text of a block of code; TeX does not care for white space, but a comment ends with its line."""
    text = node.astext()
    if node.tagname != "math_block":
        return text
    lines = (" ".join(line.split()) for line in text.strip().split("\n"))
    return ("\n" if "%" in text else " ").join(line for line in lines if line)
