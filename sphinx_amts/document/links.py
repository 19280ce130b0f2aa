"""The headings of a book that links lead to by the ids that Sphinx makes of their titles.

Where a title is translated such an id is gone.  ``linked`` says which explicit label would bring it back, and where none can:
a label belongs to the whole book, so that it must be the only one of its name.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from docutils import nodes
from sphinx import addnodes
from sphinx.environment import BuildEnvironment

from sphinx_amts.document.reader import Book

__all__ = ["Links", "Unlabelled", "linked"]

_MYST_LABEL = re.compile(r"[a-zA-Z0-9|@<>*./_\-+:]{1,100}")


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """A heading that links lead to, and that can have no label; ``line`` is its own in the source."""

    path: str
    line: int
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Links:
    """By path and by id of a heading the labels that it needs, and the headings that can have none."""

    labels: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    unlabelled: tuple[Unlabelled, ...] = ()


@dataclass(slots=True)
class _Heading:
    docname: str
    path: str
    line: int
    key: str
    """The id by which its unit is found."""
    ids: tuple[str, ...]
    """Those that are made of its title, without those of labels that its author gave it."""
    slugs: tuple[str, ...]
    is_rst: bool
    wanted: set[str] = field(default_factory=set)


_Link = tuple[str, str, str]
"""Where a link leads: the docname, the id, and the name by which it calls it, if that has to be known, too."""


def linked(book: Book) -> Links:
    """What is linked in a book that has been read; nothing has been read in place of a document's text since."""
    env: Any = book.app.env
    headings: list[_Heading] = []
    labels: set[str] = set()
    links: list[_Link] = []
    for docname in sorted(env.found_docs):
        doctree = env.get_doctree(docname)
        explicit = {name for name, is_explicit in doctree.nametypes.items() if is_explicit}
        labels |= explicit
        taken = {str(doctree.nameids.get(name)) for name in explicit}
        headings += _headings(book, docname, doctree, taken)
        links += _links(env, docname, doctree)
    places = {(heading.docname, name): heading for heading in headings for name in (*heading.slugs, *heading.ids)}
    for docname, target, name in links:
        heading = places.get((docname, target))
        if heading is not None and name not in labels:
            heading.wanted.add(name or _anchor(heading, target))
    return _labelled(headings, labels, notebooks="myst_nb" in book.app.extensions)


def _anchor(heading: _Heading, target: str) -> str:
    """The id by which people know a heading: MyST's, where it has one."""
    return target if target in heading.slugs or not heading.slugs else heading.slugs[0]


def _headings(book: Book, docname: str, doctree: nodes.document, taken: set[str]) -> Iterator[_Heading]:
    srcdir = book.srcdir.resolve()
    slugs: dict[str, list[str]] = defaultdict(list)
    for slug, (_, section_id, _) in book.app.env.metadata[docname].get("myst_slugs", {}).items():
        slugs[section_id].append(slug)
    for section in doctree.findall(nodes.section):
        title = section.next_node(nodes.title)
        if title is None:
            continue
        file = Path(str(title.source or section.source or doctree["source"])).resolve()
        if file.is_relative_to(srcdir):
            path = file.relative_to(srcdir).as_posix()
            ids = tuple(each for each in section["ids"] if each not in taken)
            own = tuple(slug for each in section["ids"] for slug in slugs.get(each, ()) if slug not in taken)
            yield _Heading(docname, path, title.line or 0, section["ids"][0], ids, own, book.syntax(path) == "rst")


def _links(env: BuildEnvironment, docname: str, doctree: nodes.document) -> Iterator[_Link]:
    """Where the links of a document lead, as far as that is in the book."""
    standard: Any = env.domains["std"]
    generated = {
        id(node)
        for topic in doctree.findall(nodes.topic)
        if "contents" in topic["classes"]
        for node in topic.findall(nodes.reference)
    }
    for node in doctree.findall(nodes.reference):
        if id(node) in generated:
            continue  # a list of the document's contents is made anew of its translation
        if "refid" in node:
            # A reference of reST calls its heading by its name, which no other spelling of the same id would answer to.
            is_rst = "name" in node and not node.get("id_link")
            yield docname, node["refid"], nodes.fully_normalize_name(node["name"]) if is_rst else ""
        elif "refuri" in node:
            yield from _address(env, docname, node["refuri"])
    for waiting in doctree.findall(addnodes.pending_xref):
        target = str(waiting.get("reftarget", ""))
        if waiting.get("reftargetid"):
            yield target, waiting["reftargetid"], ""
        elif waiting.get("reftype") == "myst":
            yield docname, waiting.get("reflocalid", ""), ""
        elif (waiting.get("refdomain"), waiting.get("reftype")) == ("std", "ref"):
            place = standard.anonlabels.get(target)
            if place is not None:
                yield *place, target


def _address(env: BuildEnvironment, docname: str, address: str) -> Iterator[_Link]:
    """Where an address leads that is written out, such as ``page.html#id``."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return
    if parts.fragment and not parts.scheme and not parts.netloc:
        page = posixpath.normpath(posixpath.join(posixpath.dirname(docname), unquote(parts.path)))
        yield (posixpath.splitext(page)[0] if parts.path else docname), unquote(parts.fragment), ""


def _labelled(headings: Sequence[_Heading], labels: Iterable[str], *, notebooks: bool) -> Links:
    """The labels that there can be; ``notebooks`` says whether those may hold any."""
    taken = {nodes.make_id(label) for label in labels}
    shared = Counter(name for heading in headings for name in {*map(nodes.make_id, (*heading.ids, *heading.slugs))})
    found: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    unlabelled: list[Unlabelled] = []
    for heading in headings:
        good: dict[str, str] = {}
        for label in sorted(heading.wanted):
            anchor = nodes.make_id(label)
            if shared[anchor] > 1:
                reason = "other headings of the book have the same id"
            elif anchor in taken:
                reason = "there is a label of that name"
            elif not heading.is_rst and not _MYST_LABEL.fullmatch(label):
                reason = "MyST has no such labels"
            elif heading.path.endswith(".ipynb") and not notebooks:
                reason = "the book's notebooks are not read as MyST"
            else:
                good[anchor] = min(label, good.get(anchor, label))  # the name, which gives the id as well
                continue
            unlabelled.append(Unlabelled(heading.path, heading.line, label, reason))
        if good:
            found[heading.path][heading.key] = tuple(good.values())
    return Links(found, tuple(sorted(unlabelled, key=lambda each: (each.path, each.line, each.label))))
