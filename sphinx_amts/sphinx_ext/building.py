"""Building a language: Sphinx reads each document from the locale tree in the place of the book's own.

1. Before Sphinx reads, the locale tree is synced, where the build may (``front.sync_before_build``).
2. A document, and a file that it includes, is replaced as it is read; so docnames, and paths relative to them, stay.
3. Other files (figures, raw files, bibliographies) are taken from the locale tree where it has them (``files``).
4. Titles and terms get the ids and names of their sources (``anchors``, ``terms``).

A page is read again when its source, its target or its manifest changes, and when a file of the locale tree appears or
goes away.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging

from sphinx_amts.config import Settings
from sphinx_amts.document.encodings import decode
from sphinx_amts.document.flat import flatten, unflatten
from sphinx_amts.errors import AmtsError
from sphinx_amts.model import Subtype
from sphinx_amts.pairs.anchors import blanked
from sphinx_amts.pairs.manifest import Manifest, load
from sphinx_amts.sphinx_ext import files, front, parsing
from sphinx_amts.sphinx_ext.builder import ReadingBuilder
from sphinx_amts.sphinx_ext.language import language_settings, may_sync
from sphinx_amts.sphinx_ext.notebooks import anchoring
from sphinx_amts.sphinx_ext.partial import part
from sphinx_amts.sphinx_ext.terms import marking
from sphinx_amts.sphinx_ext.titles import Titles
from sphinx_amts.sync import included

__all__ = ["Building"]

logger = logging.getLogger(__name__)


class Building:
    """The build of one language; it listens to Sphinx's events and keeps nothing that Sphinx would save."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.root = Path()
        self.srcdir = Path()
        self.settings = Settings()
        self.is_synced = False
        self.names: parsing.SourceNames | None = None
        """The names of the document that is being read."""
        self._manifests: dict[str, Manifest | None] = {}
        self._relatives: dict[str, str | None] = {}

    def connect(self, app: Sphinx) -> None:
        """Listen to what follows."""
        app.connect("config-inited", self.configure, priority=1)
        app.connect("builder-inited", self.prepare, priority=900)
        app.connect("env-get-outdated", self.outdated)
        app.connect("env-purge-doc", self.purge)
        app.connect("env-merge-info", self.merge)
        app.connect("source-read", self.read_source, priority=1)
        app.connect("include-read", self.read_include, priority=1)
        app.connect("doctree-read", self.localise, priority=100)
        app.add_transform(marking(self))
        app.add_transform(anchoring(self))

    # Before reading

    def configure(self, app: Sphinx, config: Config) -> None:
        """Sync, and have other extensions read what the locale tree has for them."""
        self.settings = language_settings(app, self.code)
        self.srcdir = Path(app.srcdir).resolve()
        self.root = (self.srcdir / self.settings.locale_dir / self.code).resolve()
        self.is_synced = may_sync(self.settings.sync_on_build, os.environ)
        if self.is_synced:
            front.sync_before_build(app, self.code)
        files.configure(config, Path(app.confdir), self)

    def prepare(self, app: Sphinx) -> None:
        """Have every parser give the source's names; refuse to read translations as if they were sources."""
        if isinstance(app.builder, ReadingBuilder):
            raise ExtensionError(f"the builder {app.builder.name} reads the book itself: leave out -D language")
        parsers = app.registry.source_parsers
        for file_type, parser in list(parsers.items()):
            parsers[file_type] = parsing.localised(parser, self._names_of)
        files.wrap_directives(app, self)

    def outdated(
        self, app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
    ) -> Sequence[str]:
        """The documents for which the locale tree has a file that it had not, or the other way round."""
        return [
            docname
            for docname, uses in _uses(env).items()
            if docname in env.found_docs and any((self.file(path) is not None) != used for path, used in uses.items())
        ]

    def purge(self, app: Sphinx, env: BuildEnvironment, docname: str) -> None:
        """Forget which files a document used."""
        _uses(env).pop(docname, None)

    def merge(self, app: Sphinx, env: BuildEnvironment, docnames: Iterable[str], other: BuildEnvironment) -> None:
        """Take over what another process has noted."""
        for docname in docnames:
            if docname in _uses(other):
                _uses(env)[docname] = _uses(other)[docname]

    # While reading

    def read_source(self, app: Sphinx, docname: str, content: list[str]) -> None:
        """Put the target in the place of a document's text."""
        path = self.relative(app.env.doc2path(docname))
        if path is not None:
            text = self._target(app.env, path, is_document=True)
            if text is not None:
                content[0] = text

    def read_include(self, app: Sphinx, path: Path, docname: str, content: list[str]) -> None:
        """Put the target in the place of an included text, be it a part of its file."""
        relative = self.relative(self.srcdir / path)
        if relative is None:
            return
        text = self._target(app.env, relative, is_document=False)
        if text is not None:
            content[0] = part(content[0], _text(self.srcdir / relative), text, self.manifest(relative))

    def localise(self, app: Sphinx, doctree: nodes.document) -> None:
        """Show the locale tree's images, and offer its files for download."""
        files.localise(app.env, doctree, self)

    def relative(self, path: str | os.PathLike[str]) -> str | None:
        """A path relative to the source directory, ``None`` for one outside it."""
        name = os.fspath(path)
        if name not in self._relatives:
            place = Path(name).resolve()
            inside = place.is_relative_to(self.srcdir)
            self._relatives[name] = place.relative_to(self.srcdir).as_posix() if inside else None
        return self._relatives[name]

    def use(self, env: BuildEnvironment, path: str) -> Path | None:
        """The locale tree's file for a path of the source tree, if it has one; the page depends on the answer."""
        file = self.file(path)
        _uses(env).setdefault(env.docname, {})[path] = file is not None
        if file is not None:
            env.note_dependency(str(file))
        return file

    def file(self, path: str) -> Path | None:
        """The locale tree's file for a path of the source tree; ``None`` for one that is excluded or not there."""
        file = self.root / path
        return file if included(path, self.settings) and file.is_file() else None

    def manifest(self, path: str) -> Manifest | None:
        """What was last synced of a file; raises ExtensionError where its manifest is damaged."""
        if path not in self._manifests:
            try:
                self._manifests[path] = load(self._manifest_file(path))
            except AmtsError as error:
                raise ExtensionError(str(error)) from None
        return self._manifests[path]

    def manifests_of(self, env: BuildEnvironment, docname: str, path: str) -> Iterator[tuple[str, Manifest]]:
        """The manifests of a document and of what it includes, by their paths; ``path`` is the document's own."""
        for used in sorted({path, *_uses(env).get(docname, {})}):
            manifest = self.manifest(used)
            if manifest is not None and self.file(used) is not None:
                yield used, manifest

    def is_behind(self, path: str, manifest: Manifest) -> bool:
        """Whether a source has changed since it was last synced."""
        source = unflatten(manifest.source, manifest.style).removeprefix("\ufeff")
        return _plain(source) != _text(self.srcdir / path)

    def _names_of(self, document: nodes.document) -> parsing.SourceNames:
        self.names = parsing.SourceNames(document, self._titles_of, self.settings.source_language, self.code)
        return self.names

    def _titles_of(self, source: str) -> Titles | None:
        path = self.relative(source)
        file = None if path is None else self.file(path)
        manifest = None if path is None else self.manifest(path)
        return None if file is None or manifest is None else Titles.of(manifest, _text(file))

    def _manifest_file(self, path: str) -> Path:
        return self.root / ".amts" / f"{path}.json"

    def _target(self, env: BuildEnvironment, path: str, *, is_document: bool) -> str | None:
        file = self.use(env, path)
        if file is None:
            if is_document and not self.is_synced and included(path, self.settings):
                self._warn_outdated(env, path, "this document has no translation yet")
            return None
        manifest = self.manifest(path)
        if manifest is not None:
            env.note_dependency(str(self._manifest_file(path)))
            if not self.is_synced and self.is_behind(path, manifest):
                self._warn_outdated(env, path, "this file has changed since its translation was last synced")
        return _text(file) if manifest is None else _without_anchors(file, manifest)

    def _warn_outdated(self, env: BuildEnvironment, path: str, message: str) -> None:
        front.warn(env.config, Subtype.OUTDATED, f"{self.code}: {message}", self.srcdir / path)

    @cached_property
    def metadata(self) -> dict[str, str]:
        """The translated texts of a Jupyter Book's ``_config.yml``."""
        manifest = self.manifest("_config.yml")
        units = () if manifest is None else manifest.units
        return {
            decode(unit.source, unit.encoding, unit.prefix): decode(unit.target, unit.encoding, unit.prefix)
            for unit in units
        }


def _uses(env: Any) -> dict[str, dict[str, bool]]:
    """For each document the paths that were looked for in the locale tree, and whether they were there."""
    if not hasattr(env, "amts_uses"):
        env.amts_uses = {}
    uses: dict[str, dict[str, bool]] = env.amts_uses
    return uses


def _text(file: Path) -> str:
    """A file's text as Sphinx reads it: no byte order mark, line ends are line feeds."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ExtensionError(f"{file}: this file is not UTF-8") from None


def _without_anchors(file: Path, manifest: Manifest) -> str:
    """The text of a target, its titles without labels that are ours: here they have the ids of their sources anyway."""
    text = _text(file)
    if not manifest.anchors:
        return text
    flat = flatten(text, file.suffix)
    return unflatten(blanked(flat.text, manifest), flat.style)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
