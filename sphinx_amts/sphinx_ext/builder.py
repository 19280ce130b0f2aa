"""The builders that read a book for a sync: ``amts-read`` reads, ``amts`` reads and syncs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Set
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.environment import BuildEnvironment
from sphinx.util import get_filetype

from sphinx_amts.document.notebook import NotebookParser, plain_markdown
from sphinx_amts.document.units import messages
from sphinx_amts.pairs.manifest import Manifest
from sphinx_amts.sphinx_ext.parsing import SourceNames, localised
from sphinx_amts.sphinx_ext.partial import part
from sphinx_amts.sphinx_ext.titles import Titles

__all__ = ["AmtsBuilder", "ReadingBuilder", "setup"]


class ReadingBuilder(Builder):
    """Reads the book, incrementally and without running any of its code, and writes nothing but doctrees."""

    name = "amts-read"
    epilog = ""
    format = ""
    allow_parallel = True
    supported_image_types: ClassVar[list[str]] = [
        "image/png", "image/svg+xml", "image/jpeg", "image/gif", "application/pdf", "image/webp",
    ]  # fmt: skip

    def __init__(self, app: Sphinx, env: BuildEnvironment) -> None:
        super().__init__(app, env)
        self._sphinx = app
        self._swapped: Mapping[str, str] = {}
        self._manifests: Mapping[str, Manifest] = {}
        self._captured: nodes.document | None = None
        _stay_offline(app)
        app.connect("builder-inited", _configure_reading, priority=999)
        app.connect("source-read", self._source_read, priority=1)
        app.connect("include-read", self._include_read, priority=1)
        app.connect("doctree-read", _note_includes)
        app.connect("env-purge-doc", _purge_includes)
        app.connect("env-merge-info", _merge_includes)

    def get_outdated_docs(self) -> list[str]:
        """Nothing is ever written, so nothing is outdated but what Sphinx has to read again."""
        return []

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """No page is written."""
        return ""

    def write(self, *args: object, **kwargs: object) -> None:  # type: ignore[misc]
        """No page is written."""

    def write_doc(self, docname: str, doctree: nodes.document) -> None:
        """No page is written."""

    def prepare_writing(self, docnames: Set[str]) -> None:
        """No page is written."""

    def read_doc(self, docname: str, *, _cache: bool = True) -> None:  # type: ignore[misc]
        """Read a document; a notebook by our own parser, whatever extension it belongs to."""
        parsers, path = self._sphinx.registry.source_parsers, str(self.env.doc2path(docname))
        file_type = get_filetype(self.config.source_suffix, path)
        theirs = parsers.get(file_type)
        ours = NotebookParser if path.endswith(".ipynb") else theirs
        if ours is not None and self._manifests:
            ours = localised(ours, self._names_of)
        if ours is None or ours is theirs:
            super().read_doc(docname, _cache=_cache)
            return
        parsers[file_type] = ours
        # Before Sphinx 8 the parser of a file type is made once, and may be that of a Markdown file.
        publishers: dict[str, Any] = getattr(self._sphinx.registry, "publishers", {})
        publishers.pop(file_type, None)
        try:
            super().read_doc(docname, _cache=_cache)
        finally:
            publishers.pop(file_type, None)
            if theirs is None:
                del parsers[file_type]
            else:
                parsers[file_type] = theirs

    def write_doctree(self, docname: str, doctree: nodes.document, *, _cache: bool = True) -> None:  # type: ignore[misc]
        """Keep what ``read_in_place`` asked for out of the cache of the book's own doctrees."""
        if self._swapped:
            self._captured = doctree
        else:
            super().write_doctree(docname, doctree, _cache=_cache)

    def read_in_place(
        self, docname: str, texts: Mapping[str, str], manifests: Mapping[str, Manifest] | None = None
    ) -> nodes.document:
        """The doctree of a document with other texts in place of its own and of files that it includes.

        ``texts`` maps resolved paths to texts, and ``manifests`` to what says which title is which: then titles have
        the names of their sources, as in a build, and references to them hold.  The environment forgets what it knew
        of the document: it must not be saved after this.
        """
        self._swapped, self._manifests, self._captured = texts, manifests or {}, None
        try:
            self.events.emit("env-purge-doc", self.env, docname)
            self.env.clear_doc(docname)
            self.read_doc(docname)
        finally:
            self._swapped, self._manifests = {}, {}
            self.env.temp_data.clear()  # where reading failed, Sphinx leaves what it knew of the document
            self.env.ref_context.clear()
        assert self._captured is not None  # read_doc ends with write_doctree
        return self._captured

    def _source_read(self, app: Sphinx, docname: str, content: list[str]) -> None:
        if self._swapped:
            self._swap(Path(self.env.doc2path(docname)), content)

    def _include_read(self, app: Sphinx, path: Path, docname: str, content: list[str]) -> None:
        if self._swapped:
            file = Path(app.srcdir) / path
            included = content[0]
            self._swap(file, content)
            if content[0] is not included:
                manifest = self._manifests.get(str(file.resolve()))
                content[0] = part(included, file.read_text(encoding="utf-8-sig"), content[0], manifest)

    def _swap(self, path: Path, content: list[str]) -> None:
        text = self._swapped.get(str(path.resolve()))
        if text is not None:
            content[0] = text

    def _names_of(self, document: nodes.document) -> SourceNames:
        return SourceNames(document, self._titles_of, self.config.amts_source_language, "amts")

    def _titles_of(self, source: str) -> Titles | None:
        path = str(Path(source).resolve())
        manifest = self._manifests.get(path)
        return None if manifest is None else Titles.of(manifest, self._swapped.get(path, ""))


class AmtsBuilder(ReadingBuilder):
    """Brings the locale trees of all ``amts_languages`` up to date."""

    name = "amts"
    epilog = "The locale trees are in sync."

    def finish(self) -> None:
        """Sync, now that everything is read."""
        from sphinx_amts.sphinx_ext.front import sync_from_builder

        sync_from_builder(self._sphinx)


def _stay_offline(app: Sphinx) -> None:
    """Reading needs no inventory of another project: leave out the step that would fetch them."""
    listeners = app.events.listeners
    listeners["builder-inited"] = [
        listener
        for listener in listeners.get("builder-inited", [])
        if not listener.handler.__module__.startswith("sphinx.ext.intersphinx")
    ]


def _configure_reading(app: Sphinx) -> None:
    """Reading runs no code, and reads notebooks even where no extension knows MyST.

    Sphinx's own configuration is left alone: a changed value would have everything read again next time.
    """
    env: Any = app.env
    if getattr(env, "myst_config", None) is None:
        env.myst_config = plain_markdown()
    if getattr(env, "mystnb_config", None) is not None:
        env.mystnb_config = dataclasses.replace(env.mystnb_config, execution_mode="off")


def _includes(env: BuildEnvironment) -> dict[str, tuple[str, ...]]:
    if not hasattr(env, "amts_includes"):
        env.amts_includes = {}  # type: ignore[attr-defined]
    return env.amts_includes  # type: ignore[attr-defined, no-any-return]


def _note_includes(app: Sphinx, doctree: nodes.document) -> None:
    """Remember which other files of the source tree show their text in this document."""
    builder: Any = app.builder
    if builder._swapped:
        return
    srcdir = Path(app.srcdir).resolve()
    own = str(doctree.get("source", ""))
    sources = {message.path for message in messages(doctree)} - {own, ""}
    paths = {Path(source).resolve() for source in sources if ":docstring of" not in source}
    below = {path.relative_to(srcdir).as_posix() for path in paths if path.is_relative_to(srcdir) and path.is_file()}
    docname = app.env.docname
    below.discard(Path(app.env.doc2path(docname)).resolve().relative_to(srcdir).as_posix())
    below = {path for path in below if not path.endswith(".py")}
    if below:
        _includes(app.env)[docname] = tuple(sorted(below))
    else:
        _includes(app.env).pop(docname, None)


def _purge_includes(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    builder: Any = app.builder
    if not builder._swapped:
        _includes(env).pop(docname, None)


def _merge_includes(app: Sphinx, env: BuildEnvironment, docnames: Iterable[str], other: BuildEnvironment) -> None:
    for docname in docnames:
        if docname in _includes(other):
            _includes(env)[docname] = _includes(other)[docname]


def setup(app: Sphinx) -> None:
    """Register both builders."""
    app.add_builder(ReadingBuilder)
    app.add_builder(AmtsBuilder)
