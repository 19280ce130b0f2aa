"""What a target's doctree gets from its source once it is parsed: ids of terms, names of titles, marks of progress."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.util.nodes import extract_messages

from sphinx_amts.document import plain
from sphinx_amts.model import Kind, State
from sphinx_amts.pairs.manifest import Manifest, UnitPiece
from sphinx_amts.sphinx_ext.titles import source_text, target_text

if TYPE_CHECKING:
    from sphinx_amts.sphinx_ext.building import Building

__all__ = ["marking"]


def marking(of: Building) -> type[SphinxTransform]:
    """The transform of one build."""

    class Marking(SphinxTransform):
        # Sphinx prepares its own texts at 10, and counts the translated ones at 25.
        default_priority = 15

        def apply(self, **kwargs: Any) -> None:
            for path, manifest in _manifests(self.document, of):
                _mark(self.document, path, manifest, of)
                _identify_terms(self.document, path, manifest, of, self.env)
            if of.names is not None and of.names.document is self.document:
                for section, unit in of.names.sections:
                    title = section[0]
                    assert isinstance(title, nodes.title)  # it was one when the section got its names
                    title.rawsource = source_text(unit)  # what sphinx.ext.autosectionlabel makes labels of

    return Marking


def _manifests(document: nodes.document, building: Building) -> Iterator[tuple[str, Manifest]]:
    """The manifests of the files that a document shows, by their paths in the source tree."""
    sources = {str(node.source) for node in document.findall(nodes.Element) if node.source} | {document["source"]}
    paths = {building.relative(source) for source in sources if ":docstring of" not in source}
    for path in sorted(path for path in paths if path is not None):
        manifest = building.manifest(path)
        if manifest is not None and building.file(path) is not None:
            yield path, manifest


def _is_from(node: nodes.Element, path: str, building: Building, document: nodes.document) -> bool:
    return building.relative(str(node.source or document["source"])) == path


def _mark(document: nodes.document, path: str, manifest: Manifest, building: Building) -> None:
    """Say of each text whether it is translated; ``translation_progress_classes`` shows it."""
    units: dict[str, deque[bool]] = {}
    for unit in manifest.units:
        done = all(group.state is not State.INITIAL for group in unit.groups)
        units.setdefault(target_text(unit), deque()).append(done)
    for node, message in extract_messages(document):
        if isinstance(node, (nodes.literal_block, nodes.doctest_block, nodes.math_block, nodes.raw)):
            continue
        known = units.get(" ".join(message.split()))
        if known and _is_from(node, path, building, document):
            node["translated"] = known.popleft()


def _identify_terms(document: nodes.document, path: str, manifest: Manifest, building: Building, env: Any) -> None:
    """Give glossary terms their source's ids, and let their source's words mean them too."""
    glossaries = document.findall(addnodes.glossary)
    terms = [term for glossary in glossaries for term in glossary.findall(nodes.term)]
    terms = [term for term in terms if _is_from(term, path, building, document)]
    units = [unit for unit in manifest.units if unit.kind is Kind.TERM and unit.ids]
    is_rst = path.endswith(".rst")
    config = getattr(env, "myst_config", None)

    def words(text: str) -> str:
        return " ".join(plain.text(text, is_rst, config).split())

    for unit, term in _pairs(units, terms, [words(target_text(unit)) for unit in units]):
        _identify(document, term, unit.ids[0])
        _alias(env, term, words(source_text(unit)))


def _pairs(
    units: Sequence[UnitPiece], terms: Sequence[nodes.term], texts: Sequence[str]
) -> Iterator[tuple[UnitPiece, nodes.term]]:
    """Units and terms that belong together: by their texts, and by their places between those."""
    found = [" ".join(term.astext().split()) for term in terms]
    for _, start, end, first, last in SequenceMatcher(None, texts, found, autojunk=False).get_opcodes():
        if end - start == last - first:
            yield from zip(units[start:end], terms[first:last], strict=True)


def _identify(document: nodes.document, term: nodes.term, wanted: str) -> None:
    old = term["ids"][0] if term["ids"] else ""
    if old == wanted or wanted in document.ids:
        return
    term["ids"] = [wanted, *term["ids"][1:]]
    document.ids.pop(old, None)
    document.ids[wanted] = term
    for index in term.findall(addnodes.index):
        index["entries"] = [
            (*entry[:2], wanted if entry[2] == old else entry[2], *entry[3:]) for entry in index["entries"]
        ]


def _alias(env: Any, term: nodes.term, words: str) -> None:
    domain, place = env.get_domain("std"), (env.docname, term["ids"][0])
    own = term.astext()
    domain.objects["term", own] = place
    domain._terms[own.lower()] = place
    if ("term", words) not in domain.objects:
        domain.objects["term", words] = place
        domain._terms.setdefault(words.lower(), place)
