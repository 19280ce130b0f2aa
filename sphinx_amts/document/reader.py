"""Sphinx reads the book; what comes out is documents: texts with their units, and a check of translated texts.

1. ``application`` makes a Sphinx application for a book of any of the known kinds, with the book's own configuration.
2. Sphinx reads incrementally into a doctree directory of our own; no code is ever executed.
3. ``Book`` hands out a ``Document`` for each file that holds prose: documents, the files they include, and the YAML files
   of a Jupyter Book.
4. ``Book.differences`` reads a translated text in place of a document's own, and compares the doctrees.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser
from sphinx.application import Sphinx

from sphinx_amts.cache import cache_home
from sphinx_amts.document import metadata
from sphinx_amts.document.discovery import documents, would_be_read
from sphinx_amts.document.flat import Flat, flatten, unflatten
from sphinx_amts.document.inline import Grammar, wrapping
from sphinx_amts.document.inline.myst import MystGrammar
from sphinx_amts.document.inline.rst import RstGrammar
from sphinx_amts.document.refusals import refusal, said_by
from sphinx_amts.document.units import Message, extract, messages
from sphinx_amts.document.verify import Difference, compare
from sphinx_amts.errors import AmtsError, BookError, ConfigError
from sphinx_amts.model import Unit

__all__ = [
    "VERSION",
    "Book",
    "Document",
    "application",
    "cache_directory",
    "configuration",
    "read_text",
    "yaml_document",
]

VERSION = "2"
"""The version of the rules by which units are found; manifests hold it."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file of the book that holds prose.

    ``path`` is relative to the source directory, with ``/``; ``docname`` is ``None`` for a file that is included or YAML.
    """

    path: str
    docname: str | None
    flat: Flat
    syntax: str
    units: tuple[Unit, ...]
    left_out: tuple[Message, ...] = ()
    missing: tuple[Message, ...] = ()


def application(
    book: Path,
    build: Path,
    *,
    settings: Mapping[str, Any],
    status: IO[str] | None,
    warnings: io.StringIO,
    confdir: Path | None = None,
    parallel: int = 1,
) -> Sphinx:
    """A Sphinx application that reads ``book`` with the builder ``amts-read``.

    ``book`` holds ``conf.py``, ``_config.yml`` (Jupyter Book 1), or neither (d2lbook's ``config.ini``, a plain folder);
    ``confdir`` is another directory with a ``conf.py``.  Doctrees go below ``build``.  Raises BookError where Sphinx cannot
    set itself up.
    """
    if not book.is_dir():
        what = "a book is a directory, and this is a file" if book.exists() else "there is no such book"
        raise BookError(what, path=book, hint="Give the directory that holds conf.py or _config.yml.")
    if confdir is not None and not (confdir / "conf.py").is_file():
        raise ConfigError("this directory holds no conf.py", path=confdir, hint="Give --confdir the one that does.")
    book = book.resolve()
    try:
        confdir, values = configuration(book, confdir)
        # The theme is of no concern to a reader, and may not be installed.
        overrides = {name: value for name, value in values.items() if not name.startswith("html_theme")}
        return Sphinx(
            srcdir=book,
            confdir=confdir,
            outdir=build / "out",
            doctreedir=build / "doctrees",
            buildername="amts-read",
            confoverrides={**overrides, **settings},
            status=status,
            warning=warnings,
            parallel=parallel,
            tags=["amts_reading"],
        )
    except AmtsError:
        raise
    except Exception as error:
        raise refusal(error, book) from error


def configuration(book: Path, confdir: Path | None) -> tuple[Path | None, dict[str, Any]]:
    """The directory of the book's ``conf.py``, or the values that stand for one.

    Raises BookError for a Jupyter Book without its program.
    """
    if confdir is not None or (book / "conf.py").is_file():
        return (confdir or book).resolve(), {}
    if (book / "_config.yml").is_file():
        return None, _jupyter_book(book)
    from sphinx_amts.d2lbook import default_configuration

    return None, default_configuration(book)


def cache_directory(book: Path) -> Path:
    """Where the doctrees of a book are kept between syncs: in the user's cache, never in the book.

    A book's own build directory may lie among its sources and not be excluded from them.
    """
    name = hashlib.sha256(str(book.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return cache_home() / f"{book.resolve().name}-{name}"


def _jupyter_book(book: Path) -> dict[str, Any]:
    try:
        from jupyter_book.config import get_final_config
    except ImportError:
        raise BookError(
            "this is a Jupyter Book 1, and jupyter-book is not installed",
            path=book / "_config.yml",
            hint='Install it: pip install "jupyter-book<2"',
        ) from None
    config, _ = get_final_config(
        user_yaml=book / "_config.yml",
        sourcedir=book,
        cli_config={"latex_individualpages": False, "external_toc_path": str(book / "_toc.yml")},
    )
    return dict(config)


class Book:
    """A book as Sphinx has read it; ``app`` is an application whose builder is ``amts`` and whose reading is done."""

    def __init__(self, app: Sphinx) -> None:
        self.app = app
        self.srcdir = Path(app.srcdir)
        self._docnames = documents(app)
        self._grammars: dict[str, Grammar] = {}
        self._parser: MarkdownIt | None = None

    def paths(self) -> tuple[str, ...]:
        """The files that may hold prose, in reading order; those that no toctree names come last, by name."""
        included = {path for paths in self._includes().values() for path in paths}
        owns_yaml = not self._has_conf() or "external_toc_path" in self.app.config
        yaml = [name for name in ("_toc.yml", "_config.yml") if owns_yaml and (self.srcdir / name).is_file()]
        order = {name: number for number, name in enumerate(self._read_in_order())}
        last = len(order)
        return tuple(
            sorted(
                {*self._docnames, *included, *yaml},
                key=lambda path: (order.get(self._docnames.get(path, ""), last), path),
            )
        )

    def _read_in_order(self) -> Iterator[str]:
        """The docnames as a reader turns the pages, from the root through the toctrees."""
        below = self.app.env.toctree_includes
        seen: set[str] = set()
        ahead = [str(self.app.config.root_doc)]
        while ahead:
            name = ahead.pop()
            if name not in seen:
                seen.add(name)
                yield name
                ahead += reversed(below.get(name, []))

    def raw(self, path: str) -> str:
        """The text of a file, line ends and byte order mark included; raises BookError where it is not UTF-8."""
        return read_text(self.srcdir / path)

    def would_read(self, directory: Path) -> bool:
        """Whether documents in a directory below the source directory would be documents of this book."""
        return would_be_read(self.app, directory)

    def document(self, path: str) -> Document:
        """A file's units."""
        try:
            flat = flatten(self.raw(path), PurePosixPath(path).suffix)
        except BookError as error:
            error.path = error.path or self.srcdir / path
            raise
        docname = self._docnames.get(path)
        if path.endswith(".yml"):
            return yaml_document(path, flat)
        syntax = self.syntax(path)
        here = self.srcdir / path
        shown_by = [docname] if docname else [name for name, paths in self._includes().items() if path in paths][:1]
        found = (message for name in shown_by for message in messages(self.app.env.get_doctree(name)))
        grammar = self.grammar_of(path, flat.text)
        units = extract(
            flat.text,
            syntax,
            found,
            own=lambda source: _same_file(source, here),
            narrow=lambda text: wrapping(text, grammar),
            line=flat.line,
            closed=tuple(flat.closed()),
            extra=tuple(metadata.markdown(flat.text)) if syntax == "markdown" and flat.cells is None else (),
        )
        return Document(path, docname, flat, syntax, units.units, units.left_out, units.missing)

    def shown(self, path: str) -> tuple[str, ...]:
        """The files of the source tree that a document shows and that hold no prose: figures, included code, downloads.

        A link that leads out of the source tree is none of them.
        """
        names = [self._docnames[path]] if path in self._docnames else self._shown_by(path)
        dependencies = (file for name in names for file in self.app.env.dependencies.get(name, ()))
        srcdir = self.srcdir.resolve()
        found = {
            file.relative_to(srcdir).as_posix()
            for file in (Path(os.path.normpath(srcdir / dependency)) for dependency in dependencies)
            if file.is_relative_to(srcdir) and file.is_file() and file.resolve().is_relative_to(srcdir)
        }
        return tuple(sorted(found - {*self.paths(), "conf.py"}))

    def syntax(self, path: str) -> str:
        """``markdown`` or ``rst``: how a file's units are written."""
        return "markdown" if path.endswith((".md", ".ipynb", ".markdown", ".myst")) else "rst"

    def grammar(self, document: Document) -> Grammar:
        """How a document's inline markup is read and written."""
        return self.grammar_of(document.path, document.flat.text)

    def grammar_of(self, path: str, text: str) -> Grammar:
        """How inline markup is read and written in a file with this path (or suffix) and text."""
        syntax = self.syntax(path)
        references = _references(text) if syntax == "markdown" else {}
        if references:
            return MystGrammar(self._markdown(), references)
        if syntax not in self._grammars:
            rst, titled = syntax == "rst", tuple(getattr(self.app.config, "extlinks", ()))
            self._grammars[syntax] = (
                RstGrammar(self.app.config.default_role, titled_roles=titled) if rst else MystGrammar(self._markdown())
            )
        return self._grammars[syntax]

    def _markdown(self) -> MarkdownIt:
        """The parser that Sphinx reads this book's Markdown with."""
        if self._parser is None:
            config = getattr(self.app.env, "myst_config", None) or MdParserConfig()
            self._parser = create_md_parser(config, RendererHTML)
            if "sphinx_amts.d2lbook" in self.app.extensions:
                from sphinx_amts.d2lbook.plugin import d2lbook_plugin

                d2lbook_plugin(self._parser)
        return self._parser

    def differences(self, document: Document, target: Flat, manifest: object = None) -> Iterator[Difference]:
        """How the doctree of a translated text differs from its source's; lines are those of the files.

        With the ``manifest`` of the translation, titles have the names that their sources have, as in a build.  A text
        that Sphinx or an extension cannot read at all is one difference.
        """
        here = str((self.srcdir / document.path).resolve())
        builder: Any = self.app.builder
        for name in [document.docname] if document.docname else self._shown_by(document.path):
            source = self.app.env.get_doctree(name)
            manifests = {here: manifest} if manifest is not None else {}
            text = unflatten(target.text, "verbatim" if "verbatim" in target.style else "")
            try:
                read = builder.read_in_place(name, {here: text}, manifests)
            except AmtsError:
                raise
            except Exception as error:  # noqa: BLE001 - another's extension may raise anything
                yield Difference("structure", f"Sphinx cannot read this: {said_by(error, self.app.extensions)}", 0, 0)
            else:
                yield from compare(source, read)

    def _shown_by(self, path: str) -> list[str]:
        return [name for name, paths in sorted(self._includes().items()) if path in paths][:1]

    def _includes(self) -> dict[str, tuple[str, ...]]:
        return getattr(self.app.env, "amts_includes", {})

    def _has_conf(self) -> bool:
        return (self.srcdir / "conf.py").is_file()


def read_text(path: Path) -> str:
    """A file's text, line ends and byte order mark included; raises BookError where it is not UTF-8 or unreadable."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BookError(
            "this file is not UTF-8", path=path, line=line, hint="Save it as UTF-8, or exclude it."
        ) from None
    except OSError as error:
        raise BookError(f"this file cannot be read: {error.strerror}", path=path) from None


def yaml_document(path: str, flat: Flat) -> Document:
    """A book's table of contents or its configuration."""
    reader = metadata.table_of_contents if path == "_toc.yml" else metadata.configuration
    return Document(path, None, flat, "yaml", tuple(reader(flat.text)))


def _same_file(source: str, path: Path) -> bool:
    return source == str(path) or (
        bool(source) and ":docstring of" not in source and Path(source).resolve() == path.resolve()
    )


_REFERENCE = re.compile(r"^ {0,3}\[([^\]\n]+)\]:[ \t]*(\S+)", re.MULTILINE)


def _references(text: str) -> dict[str, Any]:
    """The link reference definitions of a Markdown text, as markdown-it keeps them in its environment."""
    return {
        " ".join(match[1].split()).upper(): {"href": match[2], "title": ""}
        for match in _REFERENCE.finditer(text)
        if not match[1].startswith("^")
    }
