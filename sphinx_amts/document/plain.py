"""What is left of a title's or a term's source when its markup is taken away: what names and anchors are made of."""

from __future__ import annotations

import functools
import re
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from myst_parser.mdit_to_docutils.base import compute_unique_slug
from myst_parser.parsers.mdit import create_md_parser

from sphinx_amts.document.notebook import plain_markdown

__all__ = ["slug", "text"]

_RST = re.compile(
    r":[\w.+:-]+:`(?P<role>[^`<]*?)(?:\s*<[^`>]*>)?`|``(?P<literal>.+?)``|\*\*(?P<strong>.+?)\*\*|\*(?P<emphasis>.+?)\*"
    r"|`(?P<phrase>[^`<]+?)(?:\s*<[^`>]*>)?`(?:__?)?"
)


def text(source: str, is_rst: bool, config: Any) -> str:
    """The words of a source; ``config`` is MyST's, if the book has one."""
    if is_rst:
        return _RST.sub(lambda match: str(match[str(match.lastgroup)]), source).replace("\\", "")
    tokens = _parser(_key(config)).parseInline(source)
    return "".join(_words(token) for token in tokens[0].children or ())


def _words(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return " "
    if token.type.startswith("html"):
        return ""
    return token.content


def slug(title: str, config: Any, *, literally: bool = False) -> str:
    """MyST's anchor for a heading; ``literally`` if the title has no markup any more."""
    if literally:
        inline = Token("inline", "", 0, children=[Token("text", "", 0, content=title)])
        tokens = [Token("heading_open", "h1", 1), inline, Token("heading_close", "h1", -1)]
    else:
        tokens = _parser(_key(config)).parse(f"# {title}")[:3]
    return str(compute_unique_slug(SyntaxTreeNode(tokens).children[0], (), config.heading_slug_func))


class _Configuration:
    """A configuration of MyST that is the same as another one with the same extensions."""

    def __init__(self, config: Any) -> None:
        self.config = config
        self._extensions = frozenset(config.enable_extensions)

    def __hash__(self) -> int:
        return hash(self._extensions)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Configuration) and other._extensions == self._extensions


def _key(config: Any) -> _Configuration:
    return _Configuration(plain_markdown() if config is None else config)


@functools.lru_cache(maxsize=8)
def _parser(configuration: _Configuration) -> MarkdownIt:
    return create_md_parser(configuration.config, RendererHTML)
