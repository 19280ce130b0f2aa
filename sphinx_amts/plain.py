"""What a reader sees of a masked text: words, code and formulas, without markup.

That is what texts are compared by where nobody looks at markup: in parallel data, by the aligner, in a measurement.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence

from sphinx_amts.masked import TAG
from sphinx_amts.model import InlineCode

__all__ = ["normal", "plain", "readable"]

_LITERAL = re.compile(r"(?:\{[^}]*\}|:[\w:+.-]+:)?(?P<ticks>`+)(?P<text>.*?)(?<!`)(?P=ticks)(?!`)", re.DOTALL)
_MATH = re.compile(r"(?P<dollars>\$\$?)(?P<text>.*)(?P=dollars)", re.DOTALL)
_SUBSTITUTION = re.compile(r"\{\{\s*(?P<double>.*?)\s*\}\}|\|(?P<bars>[^|]+)\|")
_URL = re.compile(r"<(?P<url>[^<>\s]+)>")
_HTML = re.compile(r"<[^>]*>")
_TITLED = re.compile(r"(?P<title>.+?)\s*<[^<>]*>", re.DOTALL)
_GLUE = ("\\ ", "&#8203;")


def plain(masked: str, codes: Sequence[InlineCode]) -> str:
    """What a reader sees of a masked text: words without markup, code and formulas as they are written."""

    def shown(tag: re.Match[str]) -> str:
        number = int(tag["number"])
        return readable(codes[number - 1]) if tag["alone"] and number <= len(codes) else ""

    return normal(TAG.sub(shown, masked))


def readable(code: InlineCode) -> str:
    """The text of a placeholder; nothing where its reader sees a number, a picture, or a title that stands elsewhere."""
    if code.kind in _FIXED:
        return _FIXED[code.kind](code.opening)
    text = code.opening
    for glue in _GLUE:
        text = text.removeprefix(glue).removesuffix(glue)
    return _READABLE[code.kind](text) if code.kind in _READABLE else ""


def _math(text: str) -> str:
    found = _MATH.fullmatch(text)
    return found["text"] if found else _literal(text) or text


def _url(text: str) -> str:
    """A bare address, or one between angle brackets; a link without a text of its own has none."""
    found = _URL.search(text)
    return found["url"] if found else "" if text.startswith(("[", "`")) else text


def _substitution(text: str) -> str:
    """The name of what is substituted."""
    found = _SUBSTITUTION.match(text)
    return (found["double"] or found["bars"]) if found else ""


def _role(text: str) -> str:
    """A role's title, or its target as Sphinx shows it: ``~os.path`` is ``path``, ``!name`` is ``name``."""
    content = _literal(text) or text.strip("[]_")
    if title := _TITLED.fullmatch(content):
        return title["title"]
    if content.startswith("~"):
        return content[1:].rpartition(".")[2]
    return content.removeprefix("!")


def _literal(text: str) -> str:
    """What stands between backquotes, without the blank on both sides that only keeps backquotes apart."""
    found = _LITERAL.match(text)
    if found is None:
        return ""
    inner = found["text"]
    return inner[1:-1] if inner.startswith(" ") and inner.endswith(" ") and inner.strip() else inner


_FIXED: Mapping[str, Callable[[str], str]] = {
    "break": lambda _: " ",
    "entity": html.unescape,
    "escape": lambda text: text[1:].strip(),
    "html": lambda text: html.unescape(_HTML.sub("", text)),
    "literal-tag": lambda text: text,
}
_READABLE: Mapping[str, Callable[[str], str]] = {
    "citation": _role,
    "link": _url,
    "literal": lambda text: _literal(text) or text,
    "mark": lambda text: ":" if text == "::" else "",
    "math": _math,
    "role": _role,
    "substitution": _substitution,
    "target": lambda text: text.strip("_`"),
    "url": _url,
}


def normal(text: str) -> str:
    """The text with runs of white space as one blank, none at the ends."""
    return " ".join(text.split())
