"""The parser that Sphinx uses for the ``.md`` files of a d2lbook tree."""

from __future__ import annotations

from docutils import nodes
from myst_parser.config.main import MdParserConfig, TopmatterReadError, merge_file_level, read_topmatter
from myst_parser.parsers.mdit import create_md_parser
from myst_parser.parsers.sphinx_ import MystParser
from myst_parser.warnings_ import MystWarnings, create_warning

from sphinx_amts.d2lbook.plugin import d2lbook_plugin
from sphinx_amts.d2lbook.renderer import D2lbookRenderer

__all__ = ["D2lbookParser"]


class D2lbookParser(MystParser):
    """MyST, front matter and configuration included, and the dialect on top of it."""

    def parse(self, inputstring: str, document: nodes.document) -> None:
        """Fill ``document`` with the nodes of a text; nothing in it is executed."""
        parser = create_md_parser(_configuration(inputstring, document), D2lbookRenderer)
        parser.use(d2lbook_plugin)
        parser.options["document"] = document
        parser.render(inputstring)


def _configuration(text: str, document: nodes.document) -> MdParserConfig:
    """The book's configuration, with what the front matter of this text changes."""
    config: MdParserConfig = document.settings.env.myst_config

    def warn(subtype: MystWarnings, message: str) -> None:
        create_warning(document, message, subtype, line=1, append_to=document)

    try:
        topmatter = read_topmatter(text)
    except TopmatterReadError:
        return config  # the renderer says what is wrong with it
    return merge_file_level(config, topmatter, warn) if topmatter else config
