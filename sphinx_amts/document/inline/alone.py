"""The grammar of a file of which no book says how it is read: the usual markup of its format."""

from __future__ import annotations

from functools import cache

from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from sphinx_amts.document.inline import Grammar
from sphinx_amts.document.inline.myst import MystGrammar
from sphinx_amts.document.inline.rst import RstGrammar

__all__ = ["grammar_alone"]

_EXTENSIONS = {"attrs_inline", "dollarmath", "substitution"}


def grammar_alone(path: str) -> Grammar:
    """How inline markup is read in a file with this path; a book may have more kinds of it, or fewer."""
    return _rst() if path.endswith(".rst") else _myst()


@cache
def _myst() -> Grammar:
    return MystGrammar(create_md_parser(MdParserConfig(enable_extensions=_EXTENSIONS), RendererHTML))


@cache
def _rst() -> Grammar:
    return RstGrammar(None)
