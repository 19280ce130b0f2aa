"""What web pages say of their language: a notice, ``lang`` and ``dir``, and links to the other languages.

All of it is put in once a page has been read, so none of it gets into a locale tree or into another format.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.config import Config
from sphinx.errors import ConfigError as SphinxConfigError

from sphinx_amts.config import OPTIONS, Settings, settings
from sphinx_amts.errors import AmtsError
from sphinx_amts.sphinx_ext import direction, notice
from sphinx_amts.sphinx_ext.building import Building
from sphinx_amts.sphinx_ext.places import Places
from sphinx_amts.sphinx_ext.switcher import alternates, switcher
from sphinx_amts.sync import included

__all__ = ["Pages"]

_HERE = Path(__file__).parent
_NO_PAGES = {"epub", "singlehtml"}
"""Builders that make one thing of all pages: a page of it has no counterpart in another language."""


class Pages:
    """The pages of one build; ``building`` is that of its language, ``None`` for the source."""

    def __init__(self, building: Building | None) -> None:
        self.building = building
        self.settings = Settings()
        self.places = Places.of(Settings(), None)

    def connect(self, app: Sphinx) -> None:
        """Listen to what follows."""
        app.add_node(notice.notice_node, html=(notice.visit, None), latex=(notice.skip, None), text=(notice.skip, None))
        app.connect("config-inited", self.configure, priority=2)
        # Themes set their translators when the builder is ready, too.
        app.connect("builder-inited", self.prepare, priority=950)

    def configure(self, app: Sphinx, config: Config) -> None:
        """Learn where the languages are; raises Sphinx's ConfigError for a wrong option."""
        try:
            base = settings({name: config[name] for name in OPTIONS})
            self.places = Places.of(base, self.building.code if self.building else None)
        except AmtsError as error:
            raise SphinxConfigError(str(error)) from None
        self.settings = self.places.here.settings
        config.templates_path = [*config.templates_path, str(_HERE / "templates")]

    def prepare(self, app: Sphinx) -> None:
        """Put it all in, where pages are made."""
        if not isinstance(app.builder, StandaloneHTMLBuilder) or app.builder.name in _NO_PAGES:
            return
        if self.settings.notice or self.settings.switcher:
            app.config.html_static_path = [*app.config.html_static_path, str(_HERE / "static")]
            app.add_css_file("amts-pages.css")
            if self.building is not None:
                direction.extend_translator(app)
                app.connect("doctree-resolved", self.show_language)
        if self.settings.switcher or self.settings.base_url:
            app.connect("html-page-context", self.show_links)

    def show_language(self, app: Sphinx, doctree: nodes.document, docname: str) -> None:
        """Say on a page what language it is in, and how it got there."""
        building, here, source = self.building, self.places.here, self.places.source
        assert building is not None  # prepare has looked
        path = building.relative(app.env.doc2path(docname))
        if path is None:
            return
        if building.file(path) is None:
            direction.mark_page(doctree, source.language)
        elif here.language.rtl:
            direction.mark_page(doctree, here.language)
        direction.mark_untranslated(doctree, source.language)
        standing = self._standing(app.env, docname, path)
        if standing is not None and self._says(standing):
            page = app.builder.get_target_uri(docname)
            notice.insert(doctree, standing, here.language, source.link(here, page, page))

    def _standing(self, env: Any, docname: str, path: str) -> notice.Standing | None:
        assert self.building is not None
        if not included(path, self.settings):
            return None
        if self.building.file(path) is None:
            return notice.Standing.UNTRANSLATED
        if self.building.manifest(path) is None:
            return notice.Standing.PEOPLE
        manifests = dict(self.building.manifests_of(env, docname, path))
        is_behind = any(self.building.is_behind(*item) for item in manifests.items())
        return notice.standing(manifests.values(), is_behind=is_behind)

    def _says(self, standing: notice.Standing) -> bool:
        is_quiet = standing is notice.Standing.PEOPLE
        return self.settings.notice == "people" or (bool(self.settings.notice) and not is_quiet)

    def show_links(
        self, app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
    ) -> None:
        """Link a page to itself in the other languages."""
        page = app.builder.get_target_uri(pagename)
        path = self._path(app, pagename)
        context["metatags"] = context.get("metatags", "") + alternates(self.places, page, path)
        if self.settings.switcher:
            context["amts_languages"] = switcher(self.places, page, path)
        if self.settings.switcher is True and "body" in context:
            context["body"] = context["amts_languages"] + context["body"]

    def _path(self, app: Sphinx, pagename: str) -> str | None:
        """The document of a page relative to the source directory, ``None`` for a page that is made of none."""
        if pagename not in app.env.found_docs:
            return None
        path = Path(app.env.doc2path(pagename))
        return path.relative_to(app.srcdir).as_posix() if path.is_relative_to(app.srcdir) else None
