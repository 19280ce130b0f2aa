"""What of a node's attributes a translation has to keep.

Left out is what Sphinx notes for itself and what is made from text.  Everything else is kept, attributes that nobody
has heard of included: what is not understood must not pass for equal.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, TypeAlias

from docutils import nodes

__all__ = ["Attributes", "attributes_of"]

Attributes: TypeAlias = tuple[tuple[str, Hashable], ...]

# What never has to be equal: Sphinx's bookkeeping, and what is made from the text.
_IGNORED = frozenset({
    "_toc_name", "_toc_parts", "alt", "backrefs", "bullet", "candidates", "caption", "cell_index", "classes", "docname",
    "dupnames", "exec_count", "explanation", "id_link", "ids", "myst_slug", "name", "names", "original_uri", "parent",
    "rawcaption", "rawentries", "rawtext", "refdoc", "reflocalid", "reftitle", "refwarn", "slug", "source",
    "support_smartquotes", "title", "translatable", "translated", "xml:lang", "xml:space",
})  # fmt: skip
_TEXTS = {"alt", "caption", "title"}  # in the options of a code cell
_IGNORED_OF = {
    "footnote_reference": {"refid"},
    "meta": {"content"},
    "problematic": {"refid"},
    "reference": {"refid", "internal", "anonymous"},
    "target": {"refid"},
    "title": {"refid"},
}
_NOTHING: frozenset[str] = frozenset()
_MARKS_OF_LANGUAGE = {"translated", "untranslated"}


def attributes_of(node: nodes.Element) -> Attributes:
    """What of a node's attributes has to be the same in a translation, sorted by name.

    An attribute that is empty, none or false is as good as absent; ids, names and labels are not looked at.
    """
    tag = node.tagname
    ignored = _IGNORED_OF.get(tag, _NOTHING)
    kept: list[tuple[str, Hashable]] = []
    for name, value in node.attributes.items():
        if not value and type(value) is not int:
            continue
        if name not in _IGNORED and name not in ignored:
            kept.append((name, _value(node, name, value)))
        elif name == "classes" and (classes := _classes(tag, value)):
            kept.append((name, classes))
    if len(kept) > 1:
        kept.sort(key=lambda item: item[0])
    return tuple(kept)


def _classes(tag: str, classes: Sequence[str]) -> tuple[str, ...]:
    kept = {name for name in classes if name not in _MARKS_OF_LANGUAGE}
    if tag == "admonition":
        kept = {name for name in kept if not name.startswith("admonition-")}  # made from the title
    return tuple(sorted(kept))


def _value(node: nodes.Element, name: str, value: Any) -> Hashable:
    tag = node.tagname
    if tag == "image" and name == "uri":
        return str(node.get("original_uri") or value)  # Sphinx prefers a localised figure
    if tag == "toctree" and name == "entries":
        return tuple(place for _title, place in value)
    if tag == "index" and name == "entries":
        return tuple(entry[0] for entry in value)
    if tag == "colspec" and name == "colwidth":
        table = node.parent.parent if node.parent is not None else None
        return value if table is not None and "colwidths-given" in table["classes"] else "as wide as its text"
    return _frozen(value)


def _frozen(value: Any) -> Hashable:
    """A value that can be compared: of what is not plain data only its type."""
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, dict):
        items = ((str(key), _frozen(item)) for key, item in value.items() if key not in _TEXTS)
        return tuple(sorted(items, key=repr))
    if isinstance(value, list | tuple):
        return tuple(_frozen(item) for item in value)
    if isinstance(value, set | frozenset):
        return tuple(sorted((_frozen(item) for item in value), key=repr))
    return type(value).__name__
