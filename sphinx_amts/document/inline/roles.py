"""What readers see of an interpreted text role, the same in MyST and reST.

Three sorts of roles hold words for readers: those whose whole content is text, those that may name their target behind
the text (``text <target>``), and ``term``, whose text is also the name of what it refers to.  The others are opaque.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from sphinx.util.docutils import ReferenceRole

__all__ = ["Visible", "role_kind", "visible"]

_TEXT = frozenset(
    {
        "abbr",
        "abbreviation",
        "dfn",
        "emphasis",
        "guilabel",
        "menuselection",
        "strong",
        "sub",
        "subscript",
        "sup",
        "superscript",
    }
)
_TITLED = frozenset(
    {
        "any",
        "attr",
        "class",
        "confval",
        "const",
        "data",
        "deco",
        "doc",
        "download",
        "envvar",
        "exc",
        "func",
        "keyword",
        "meth",
        "mod",
        "numref",
        "obj",
        "option",
        "pep",
        "ref",
        "rfc",
        "term",
        "token",
        "type",
    }
)
_DOMAINS = frozenset({"c", "cpp", "js", "prf", "py", "rst", "std"})
_CODE = frozenset({"expr", "texpr"})
_KINDS = {"math": "math", "strong": "strong", "emphasis": "emphasis"}
_HOLES = re.compile(r"%s|\{(?:name|number)\}")
_TITLE = ReferenceRole.explicit_title_re


@dataclass(frozen=True, slots=True)
class Visible:
    """Where the words of a role stand in its content."""

    start: int
    end: int
    key: str | None = None
    holes: tuple[tuple[int, int], ...] = ()
    """Ranges inside the words that Sphinx fills in: ``%s``, ``{name}`` and ``{number}`` of a ``numref``."""


def role_kind(name: str) -> str:
    """The kind of inline code that a role is."""
    name = name.lower()
    return _KINDS.get(name) or ("citation" if name.partition(":")[0] == "cite" else "role")


def visible(name: str, content: str, titled: Collection[str] = ()) -> Visible | None:
    """The words of a role that readers see; ``titled`` names a book's own roles that take ``text <target>``.

    ``content`` is as docutils hands it to the role: a backslash that escapes is a null character.
    """
    name = name.lower()
    if not content.strip():
        return None
    if name in _TEXT:
        return Visible(0, len(content))
    if not _takes_title(name, titled) or content.startswith("!"):
        return None
    title = _TITLE.match(content)
    if title is not None and title[1].strip():
        holes = _HOLES.finditer(title[1]) if name == "numref" else ()
        return Visible(0, title.end(1), None, tuple(hole.span() for hole in holes))
    if title is None and name in {"term", "std:term"}:
        return Visible(0, len(content), " ".join(content.split()))
    return None


def _takes_title(name: str, titled: Collection[str]) -> bool:
    *domain, local = name.split(":")
    if name in titled:
        return True
    if not domain:
        return name in _TITLED
    return (domain[0] in _DOMAINS or domain[0].startswith("external")) and local not in _CODE
