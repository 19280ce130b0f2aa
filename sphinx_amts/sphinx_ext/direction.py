"""``lang`` and ``dir`` of the texts on a page, where they are not those that Sphinx gives the whole page."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from sphinx_amts.locales import Language

__all__ = ["extend_translator", "mark_page", "mark_untranslated"]

_LANGUAGE = "amts_language"


def mark_page(doctree: nodes.document, language: Language) -> None:
    """Say in which language a page is."""
    for child in doctree.children:
        if isinstance(child, nodes.Element):
            child[_LANGUAGE] = language


def mark_untranslated(doctree: nodes.document, source: Language) -> None:
    """Say of the texts that have no translation yet that they are in the language of the source."""
    for node in doctree.findall(nodes.Element):
        if node.get("translated") is False:
            node[_LANGUAGE] = source


def extend_translator(app: Sphinx) -> None:
    """Have the translator of the pages, which may be a theme's own, write what nodes were marked with."""
    name = app.builder.name
    translator: Any = app.registry.translators.get(name) or app.builder.default_translator_class

    class Directed(translator):  # type: ignore[misc]
        def starttag(self, node: Any, tagname: str, *arguments: Any, **attributes: Any) -> str:
            language = node.get(_LANGUAGE)
            if language is not None:
                attributes = {"lang": language.tag, "dir": language.direction, **attributes}
            return str(super().starttag(node, tagname, *arguments, **attributes))

    app.set_translator(name, Directed, override=True)
