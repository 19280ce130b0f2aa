"""Parsers that give each node of a target the names and ids that its source has.

docutils makes ids while it parses, out of names, and counts where a name gives none.  So the source's name is put in at
the very moment at which an id is made: what comes after is then as in the source, footnotes and tables included, and
Sphinx, MyST and other extensions see the source's ids from the beginning.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from docutils import nodes
from docutils.languages import get_language
from docutils.parsers import Parser

from sphinx_amts.document import plain
from sphinx_amts.locales import language
from sphinx_amts.pairs.manifest import UnitPiece
from sphinx_amts.sphinx_ext.titles import Titles, source_text

__all__ = ["SourceNames", "localised"]


def localised(parser: type[Parser], names_of: Callable[[nodes.document], SourceNames]) -> type[Parser]:
    """The parser, with the source's names; ``names_of`` makes them for each document that is parsed."""

    def parse(self: Parser, inputstring: str, document: nodes.document) -> None:
        given = names_of(document)
        with given.given(), given.slugs():
            parser.parse(self, inputstring, document)

    names = {"parse": parse, "__doc__": parser.__doc__, "__module__": parser.__module__}
    return type(parser.__name__, (parser,), names)


class SourceNames:
    """The names of one document; ``sections`` remembers which section is which unit.

    ``titles_of`` gives the titles of a file by the name that nodes have for it, ``None`` where it is no translation;
    ``source_language`` and ``code`` are the languages' codes.
    """

    def __init__(
        self, document: nodes.document, titles_of: Callable[[str], Titles | None], source_language: str, code: str
    ) -> None:
        self.document = document
        self.sections: list[tuple[nodes.section, UnitPiece]] = []
        self._titles_by_name = titles_of
        self._source_language = source_language
        self._code = code.lower().replace("_", "-")
        self._titles: dict[str, Titles | None] = {}
        self._latest: UnitPiece | None = None
        self._strangers = 0

    @contextmanager
    def given(self) -> Iterator[None]:
        """While this lasts, nodes that get an id get their names first."""
        names, kind = self, self.document.__class__

        class document(kind):  # type: ignore[misc,valid-type]  # noqa: N801 - visitors go by the name of the class
            def note_names(self, node: nodes.Element, *arguments: Any, **options: Any) -> None:
                # Since docutils 0.23 a node's names are noted before it gets an id.
                names._name(node)
                super().note_names(node, *arguments, **options)

            def set_id(self, node: nodes.Element, *arguments: Any, **options: Any) -> str:
                if hasattr(kind, "note_names"):
                    return str(super().set_id(node, *arguments, **options))
                with names._named(node):
                    return str(super().set_id(node, *arguments, **options))

        self.document.__class__ = document
        try:
            yield
        finally:
            self.document.__class__ = kind

    def _name(self, node: nodes.Element) -> None:
        """Put the source's names before the target's own."""
        own = list(node["names"])
        source = self._of_source(node, own)
        if source is not None:
            node["names"] = [*source, *self._beside(node, source, own)]

    @contextmanager
    def _named(self, node: nodes.Element) -> Iterator[None]:
        """Show the source's names while an id is made, and keep the target's beside them."""
        own = list(node["names"])
        source = self._of_source(node, own)
        if source is not None:
            node["names"] = source
        yield
        if source is not None:
            node["names"] = [*source, *self._beside(node, source, own)]

    def _beside(self, node: nodes.Element, source: Sequence[str], own: Sequence[str]) -> list[str]:
        titles = self._titles_of(node)
        taken = {*source, *(titles.names() if titles else ())}
        return [name for name in own if name not in taken]

    def _of_source(self, node: nodes.Element, own: list[str]) -> list[str] | None:
        titles = self._titles_of(node)
        title = node[0] if node.children else None
        if isinstance(node, nodes.section):
            self._latest = None
        if titles is None:
            return None
        if isinstance(node, nodes.section) and isinstance(title, nodes.title):
            return self._section(node, own, titles.section(title.rawsource or title.astext()), titles)
        if isinstance(node, nodes.topic) and "contents" in node["classes"]:
            return self._contents(node, titles)
        if own and not node["ids"] and _is_foreign(own):
            self._stranger(node)
        return None

    def _section(self, node: nodes.section, own: list[str], unit: UnitPiece | None, titles: Titles) -> list[str] | None:
        self._latest = unit
        if unit is None:
            reserved = {id_ for other in titles.sections for id_ in other.ids}
            if not node["ids"] and (_is_foreign(own) or nodes.make_id(own[0]) in reserved):
                self._stranger(node)
            return None
        self.sections.append((node, unit))
        known = self.document.nametypes
        name = next((name for name in unit.names if not known.get(name)), None)
        ids = next((id_ for id_ in unit.ids if id_ not in self.document.ids), None)
        if not node["ids"] and ids is not None:
            node["ids"] = [ids]
        if name is None and (ids is None or not unit.ids):
            name = nodes.fully_normalize_name(self._plain(unit))
        explicit = [other for other in own if known.get(other)]
        return [*explicit, *([name] if name is not None else [])]

    def _contents(self, node: nodes.topic, titles: Titles) -> list[str]:
        text = node[0].astext() if node.children and isinstance(node[0], nodes.title) else ""
        unit = titles.other(" ".join(text.split()))
        if unit is not None:
            name = source_text(unit)
        else:
            code = language(self._source_language).sphinx
            name = get_language(code, self.document.reporter).labels["contents"]
        name = nodes.fully_normalize_name(name)
        return [] if self.document.has_name(name) else [name]

    def _stranger(self, node: nodes.Element) -> None:
        """Give a node an id that the source does not count."""
        self._strangers += 1
        node["ids"] = [f"{self._code}-{self._strangers}"]

    def _plain(self, unit: UnitPiece) -> str:
        config = getattr(self.document.settings.env, "myst_config", None)
        return plain.text(source_text(unit), unit.encoding == "rst-title", config)

    def _titles_of(self, node: nodes.Element) -> Titles | None:
        source = node.source or self.document.current_source or self.document["source"]
        if source not in self._titles:
            self._titles[source] = self._titles_by_name(str(source))
        return self._titles[source]

    @contextmanager
    def slugs(self) -> Iterator[None]:
        """While this lasts, MyST makes the anchor of a heading out of its source."""
        env = self.document.settings.env
        config = getattr(env, "myst_config", None)
        if config is None:
            yield
            return
        made: dict[str, str] = {}

        def slug(title: str) -> str:
            own = plain.slug(title, config, literally=True)
            if self._latest is None:
                return own
            found = plain.slug(source_text(self._latest), config)
            made.setdefault(own, found)
            return found

        env.myst_config = dataclasses.replace(config, heading_slug_func=slug)
        try:
            yield
        finally:
            env.myst_config = config
        self._keep_slugs(made)

    def _keep_slugs(self, made: dict[str, str]) -> None:
        """A person may have linked to the anchor that a translated heading has by itself."""
        slugs = getattr(self.document, "myst_slugs", None)
        if slugs is not None:
            for own, found in made.items():
                if own and found in slugs:
                    slugs.setdefault(own, slugs[found])


def _is_foreign(names: Sequence[str]) -> bool:
    """Whether names are in a script of which no ids can be made; the source's were, unless they are mere numbers."""
    return not any(nodes.make_id(name) or name.isascii() for name in names)
