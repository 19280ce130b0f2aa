"""d2lbook's dialect of Markdown for Sphinx, on top of MyST.

1. ``plugin`` teaches markdown-it the dialect, inline and in blocks.
2. ``renderer`` makes doctree nodes of its tokens, ``parser`` is what Sphinx calls for each ``.md`` file.
3. ``domain`` knows the labels and resolves the references to them.
4. ``configuration`` gives Sphinx what it needs for a tree without ``conf.py``.

Code is never executed: a cell is a literal block like any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx_amts.d2lbook.configuration import default_configuration

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata

__all__ = ["default_configuration", "setup"]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the parser for ``.md`` files and the domain of its labels."""
    from sphinx_amts.d2lbook.domain import D2lDomain
    from sphinx_amts.d2lbook.parser import D2lbookParser

    app.setup_extension("myst_parser")
    app.add_source_parser(D2lbookParser, override=True)
    app.add_domain(D2lDomain)
    app.connect("env-updated", _admit_loose_documents)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}


def _admit_loose_documents(app: Sphinx, env: BuildEnvironment) -> None:
    """Suppress ``toc.not_included`` for versions of Sphinx that have no name for this warning."""
    if "toc.not_included" in app.config.suppress_warnings:
        for docname in env.found_docs:
            env.metadata[docname].setdefault("orphan", True)
