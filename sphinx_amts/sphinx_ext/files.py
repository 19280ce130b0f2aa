"""Files that are no documents: where the locale tree has one at the same path, that one is used."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from docutils.parsers.rst.languages import en
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.docutils import is_directive_registered

if TYPE_CHECKING:
    from sphinx_amts.sphinx_ext.building import Building

__all__ = ["configure", "localise", "wrap_directives"]

_ARGUMENTS = ("literalinclude", "graphviz", "bibliography")
"""Directives whose arguments name files, relative to the document."""
_OPTIONS = ("raw", "csv-table")
"""Directives of docutils whose option ``file`` names a file, relative to the file that the directive stands in."""


def configure(config: Config, confdir: Path, building: Building) -> None:
    """Name the locale tree's table of contents, bibliographies and titles in other extensions' configuration."""
    if "external_toc_path" in config:
        place = _counterpart(building.srcdir / config.external_toc_path, building)
        if place is not None:
            config.external_toc_path = place.as_posix()
    if "bibtex_bibfiles" in config:
        files = [str(_counterpart(confdir / file, building) or file) for file in config.bibtex_bibfiles or ()]
        if files != list(config.bibtex_bibfiles or ()):
            config.bibtex_bibfiles = files
    for name in ("html_title", "html_short_title", "project"):
        translated = building.metadata.get(config[name])
        if translated is not None:
            config[name] = translated


def _counterpart(file: Path, building: Building) -> Path | None:
    path = building.relative(file)
    return None if path is None else building.file(path)


def localise(env: Any, doctree: nodes.document, building: Building) -> None:
    """Show the locale tree's images, and offer its files for download."""
    for image in doctree.findall(nodes.image):
        _name(image, "uri", env, building)
    for download in doctree.findall(addnodes.download_reference):
        _name(download, "reftarget", env, building)


def _name(node: nodes.Element, attribute: str, env: Any, building: Building) -> None:
    name = str(node.get(attribute, ""))
    if name and "://" not in name and not name.startswith("data:"):
        node[attribute] = _named(name, env, building)


def _named(name: str, env: Any, building: Building) -> str:
    """The name of the locale tree's file for a name that a document uses, if there is one."""
    path = building.relative(env.relfn2path(name)[1])
    if path is None:
        return name
    if path.endswith(".*"):
        used = any(building.root.glob(path))
        return _from_source(building.root / path, building) if used else name
    file = building.use(env, path)
    return name if file is None else _from_source(file, building)


def _named_words(argument: str, env: Any, building: Building) -> str:
    """The same for an argument that is one name or several."""
    whole = _named(argument, env, building)
    return whole if whole != argument else " ".join(_named(name, env, building) for name in argument.split())


def _from_source(file: Path, building: Building) -> str:
    return "/" + Path(os.path.relpath(file, building.srcdir)).as_posix()


def wrap_directives(app: Sphinx, building: Building) -> None:
    """Have the directives that read files read the locale tree's."""
    for name in (*_ARGUMENTS, *_OPTIONS):
        if name not in _OPTIONS and not is_directive_registered(name):
            continue
        found, _ = directives.directive(name, en, None)  # type: ignore[arg-type]
        if isinstance(found, type):
            wrap = _with_option if name in _OPTIONS else _with_arguments
            own = getattr(found, "amts_original", found)  # another build in this process may have wrapped it
            app.add_directive(name, wrap(own, building), override=True)


def _with_arguments(directive: type[Directive], building: Building) -> type[Directive]:
    def run(self: Directive) -> list[nodes.Node]:
        env = self.state.document.settings.env
        self.arguments = [_named_words(argument, env, building) for argument in self.arguments]
        return list(directive.run(self))

    return _derived(directive, run)


def _with_option(directive: type[Directive], building: Building) -> type[Directive]:
    def run(self: Directive) -> list[nodes.Node]:
        document = self.state.document
        here = Path(document.current_source or document["source"]).parent
        name = self.options.get("file", "")
        path = building.relative(building.srcdir / name[1:] if name.startswith("/") else here / name) if name else None
        file = None if path is None else building.use(document.settings.env, path)
        if file is not None:
            self.options["file"] = os.path.relpath(file, here)
        return list(directive.run(self))

    return _derived(directive, run)


def _derived(directive: type[Directive], run: Any) -> type[Directive]:
    names = {"run": run, "amts_original": directive, "__doc__": directive.__doc__, "__module__": directive.__module__}
    return type(directive.__name__, (directive,), names)
