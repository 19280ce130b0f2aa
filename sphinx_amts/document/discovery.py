"""Which files below a source directory are documents of the book: what Sphinx found, and what it would find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.project import EXCLUDE_PATHS
from sphinx.util.matching import compile_matchers

from sphinx_amts.errors import BookError

__all__ = ["documents", "would_be_read"]


def documents(app: Sphinx) -> dict[str, str]:
    """The docname of each document by its path, relative to the source directory.

    Raises BookError for a document outside the book, for two files of one docname, and for a name that is not UTF-8.
    """
    srcdir = Path(app.srcdir)
    found: dict[str, str] = {}
    excluded = _exclusions(app)
    for name in sorted(app.env.found_docs):
        file = Path(app.env.doc2path(name))
        if not file.resolve().is_relative_to(srcdir.resolve()):
            hint = "It is a symbolic link out of the book: put a copy in its place, or name it in exclude_patterns."
            raise BookError("this document lies outside the book", path=file, hint=hint)
        path = file.relative_to(srcdir).as_posix()
        if not _is_text(path):
            raise BookError("the name of this file is not UTF-8", path=file, hint="Rename it.")
        for rival in _rivals(app, name, path):
            if not excluded(rival):
                hint = f"Rename one of them, or name it in exclude_patterns; Sphinx reads {path}."
                raise BookError(f"{path} and {rival} are both the document {name!r}", path=srcdir / rival, hint=hint)
        found[path] = name
    return found


def would_be_read(app: Sphinx, directory: Path) -> bool:
    """Whether documents in a directory below the source directory would be documents of the book."""
    config: Any = app.config
    if getattr(config, "external_toc_exclude_missing", False):
        return False  # only what stands in the table of contents is read
    relative = directory.relative_to(Path(app.srcdir).resolve())
    excluded = _exclusions(app)
    around = [parent.as_posix() for parent in (relative, *relative.parents) if parent.parts]
    inside = [f"{relative.as_posix()}/index{suffix}" for suffix in config.source_suffix]
    return not any(map(excluded, [*around, *inside]))


def _exclusions(app: Sphinx) -> Callable[[str], bool]:
    """Whether Sphinx passes over a path."""
    config, builder = app.config, app.builder
    patterns = [*config.exclude_patterns, *config.templates_path, *builder.get_asset_paths(), *EXCLUDE_PATHS]
    matchers = compile_matchers(patterns)
    return lambda path: any(matcher(path) for matcher in matchers)


def _rivals(app: Sphinx, name: str, path: str) -> Iterator[str]:
    """Other files that have the docname of a document."""
    for suffix in app.config.source_suffix:
        other = f"{name}{suffix}"
        if other != path and (Path(app.srcdir) / other).is_file():
            yield other


def _is_text(path: str) -> bool:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
