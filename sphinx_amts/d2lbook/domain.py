"""The labels of a d2lbook tree, and the references to them."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Any, ClassVar, NamedTuple

from docutils import nodes
from sphinx import addnodes
from sphinx.builders import Builder
from sphinx.domains import Domain
from sphinx.environment import BuildEnvironment
from sphinx.util.nodes import clean_astext, make_refnode

__all__ = ["D2lDomain", "Label"]


class Label(NamedTuple):
    """Where a label stands: ``kind`` is the tag of its node, ``title`` what a reference shows without a number."""

    docname: str
    id: str
    kind: str
    title: str
    number: str = ""


class D2lDomain(Domain):
    """Resolves ``:numref:``, ``:ref:`` and ``:eqref:``.

    A label may stand in several documents, a translation beside its original: the document's own counts first.  What is
    not found stays as it is, without a warning: parts of a book are books too.  Citations are never resolved.
    """

    name = "d2l"
    label: ClassVar[str] = "d2lbook"
    initial_data: ClassVar[dict[str, Any]] = {"labels": {}}

    @property
    def labels(self) -> dict[str, dict[str, Label]]:
        """Label -> docname -> place."""
        found: dict[str, dict[str, Label]] = self.data["labels"]
        return found

    def clear_doc(self, docname: str) -> None:
        """Forget the labels of a document."""
        for label, places in list(self.labels.items()):
            places.pop(docname, None)
            if not places:
                del self.labels[label]

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        """Take over what another process read."""
        for label, places in otherdata["labels"].items():
            for docname, place in places.items():
                if docname in docnames:
                    self.labels.setdefault(label, {})[docname] = place

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        """Note the labels of a document."""
        for node in document.findall(nodes.Element):
            names: list[str] = node.get("labels", [])
            if names and node["ids"]:
                place = Label(docname, node["ids"][0], node.tagname, _title(node), str(node.get("number") or ""))
                for name in names:
                    self.labels.setdefault(name, {}).setdefault(docname, place)

    def resolve_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        typ: str,
        target: str,
        node: addnodes.pending_xref,
        contnode: nodes.Element,
    ) -> nodes.reference | None:
        """The link, showing the number of its target (``numref``, ``eqref``) or its title (``ref``)."""
        places = self.labels.get(target)
        if not places:
            return None
        place = places.get(fromdocname) or places[min(places)]
        text = (_number(env, place) if typ != "ref" else "") or place.title or target
        shown = nodes.inline(text, text, classes=["d2l-ref"])
        return make_refnode(builder, fromdocname, place.docname, place.id, shown)

    def resolve_any_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        target: str,
        node: addnodes.pending_xref,
        contnode: nodes.Element,
    ) -> list[tuple[str, nodes.reference]]:
        """Nothing: these labels are found by their own roles only."""
        return []

    def get_objects(self) -> Iterable[tuple[str, str, str, str, str, int]]:
        """Nothing: labels are no objects of an inventory."""
        return []


def _title(node: nodes.Element) -> str:
    if isinstance(node, nodes.rubric):
        return clean_astext(node)
    return next((clean_astext(child) for child in node if isinstance(child, nodes.title | nodes.caption)), "")


def _number(env: BuildEnvironment, place: Label) -> str:
    """The number of a heading, figure or table, where the tree of documents gives it one, or of an equation."""
    if place.kind == "math_block":
        return f"({place.number})"
    if place.kind == "section":
        numbers = env.toc_secnumbers.get(place.docname, {})
        number = numbers.get(f"#{place.id}") or numbers.get("")
    else:
        number = env.toc_fignumbers.get(place.docname, {}).get(place.kind, {}).get(place.id)
    form = env.config.numfig_format.get(place.kind)
    return form % ".".join(map(str, number)) if number and form else ""
