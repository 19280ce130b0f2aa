"""Headings of notebooks in a book that nbsphinx reads: it makes ids of its own, out of the titles, once a notebook is parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sphinx.transforms import SphinxTransform

from sphinx_amts.document import plain
from sphinx_amts.sphinx_ext.titles import source_text

if TYPE_CHECKING:
    from sphinx_amts.sphinx_ext.building import Building

__all__ = ["anchoring"]


def anchoring(of: Building) -> type[SphinxTransform]:
    """The transform of one build: a heading has the id that nbsphinx gives its source."""

    class Anchoring(SphinxTransform):
        # nbsphinx makes the ids of sections at 200, and labels of these ids at 250.
        default_priority = 225

        def apply(self, **kwargs: Any) -> None:
            if not self.document["source"].endswith(".ipynb") or "nbsphinx" not in self.app.extensions:
                return
            if of.names is None or of.names.document is not self.document:
                return
            taken: set[str] = set()
            for section, unit in of.names.sections:
                title = plain.text(source_text(unit), False, getattr(self.env, "myst_config", None))
                name = title.replace(" ", "-").replace('"', "%22")
                if name not in taken:
                    section["ids"] = [name]
                    taken.add(name)

    return Anchoring
