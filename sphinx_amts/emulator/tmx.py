"""TMX 1.4b, read without ever opening or expanding an entity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

__all__ = ["Variant", "read_tmx"]

_CODES = frozenset({"bpt", "ept", "it", "ph", "ut"})
"""Elements that hold codes of the document, no text."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A ``tuv``: a text in one language."""

    language: str
    text: str
    changed: str = ""
    """When, in a form that sorts; empty where nothing is said."""


def read_tmx(raw: bytes) -> tuple[str, Sequence[Sequence[Variant]]]:
    """The source language and the translation units; raises ValueError where the file is no TMX."""
    root = _parsed(raw)
    header = root.find("header")
    if root.tag != "tmx" or header is None or not header.get("srclang"):
        raise ValueError("it has no header with a srclang")
    units = [[_variant(tuv, tu) for tuv in tu.findall("tuv")] for tu in root.iterfind("body/tu")]
    return header.get("srclang", ""), units


def _variant(tuv: Element, tu: Element) -> Variant:
    seg = tuv.find("seg")
    language = tuv.get("xml:lang") or tuv.get("lang") or ""
    changed = tuv.get("changedate") or tu.get("changedate") or ""
    return Variant(language, "" if seg is None else _text(seg), changed)


def _text(element: Element) -> str:
    inside = "".join(("" if child.tag in _CODES else _text(child)) + (child.tail or "") for child in element)
    return (element.text or "") + inside


def _parsed(raw: bytes) -> Element:
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse_declarations
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from error
    return builder.close()


def _refuse_declarations(name: str, system: str | None, public: str | None, has_internal_subset: bool) -> None:
    if has_internal_subset:
        raise ValueError("its document type declares something")


def _refuse_entity(*_: object) -> None:
    raise ValueError("it declares an entity")
