"""Notebooks, read for their prose alone.

Whatever extension a book's notebooks belong to (MyST-NB, nbsphinx), their markdown cells are read here with MyST's parser,
at the line numbers of the flat text.  So no kernel starts, no pandoc is needed, and every unit has its place.
"""

from __future__ import annotations

from docutils import nodes
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.sphinx_ import MystParser

from sphinx_amts.document.flat import flatten
from sphinx_amts.errors import BookError

__all__ = ["NotebookParser", "plain_markdown"]


class NotebookParser(MystParser):
    """Reads the markdown cells of a notebook as one Markdown text."""

    def parse(self, inputstring: str, document: nodes.document) -> None:
        """Parse a notebook's JSON; a damaged one raises BookError with the file's name."""
        try:
            flat = flatten(inputstring, ".ipynb")
        except BookError as error:
            error.path = error.path or document["source"]
            raise
        super().parse(flat.prose(), document)


def plain_markdown() -> MdParserConfig:
    """How Markdown is read in a book whose configuration knows no MyST: as Jupyter shows it."""
    return MdParserConfig(enable_extensions={"dollarmath", "amsmath", "strikethrough"})
