"""How well an edition fits a translation, at a glance: by what a translator leaves as it is.

``features`` of a text are its lines of code (strings and comments masked), formulas, literals, addresses and labels, the
numbers in its prose, the levels of its headings, and how many paragraphs it has.  Words are none.  Nothing is parsed, so
that a hundred revisions cost no more than one reading.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from sphinx_amts.document.flat import flatten
from sphinx_amts.errors import BookError
from sphinx_amts.merge.code import lines

__all__ = ["Features", "features", "likeness", "text_features"]

Features = Counter[str]

_CODE = re.compile(
    r"(?P<math>\$\$.+?\$\$|\$[^$\n]+?\$)|(?P<literal>(?P<mark>`+)(?P<inside>[^`]+)(?P=mark))"
    r"|\]\((?P<address>[^)\s]+)|(?P<url>https?://[^\s<>)\]，。]+)|(?P<number>\d+(?:[.,]\d+)*)"
    r"|(?m:^(?P<heading>#+)[ \t])|(?m:^[ \t]*(?P<label>\([\w-]+\)=|[`:]{3,}\{[\w:-]+\}|\.\. [\w:-]+::))",
    re.DOTALL,
)
_WORDS = re.compile(r"\\(?:text|mathrm|textrm|mbox)\s*\{[^{}]*\}")
_TARGET = re.compile(r"<([^<>]+)>\Z")
_BLANK = re.compile(r"\n[ \t>]*\n")


def features(raw: str, suffix: str) -> Features:
    """Those of a file with this suffix."""
    try:
        flat = flatten(raw, suffix).text
    except (BookError, ValueError):
        flat = raw
    return text_features(flat, suffix)


def text_features(flat: str, suffix: str) -> Features:
    """Those of a flat text, or of a part of one."""
    return Counter(_features(flat, suffix))


def likeness(one: Features, other: Features) -> float:
    """The share of features that two texts have in common, 0 to 1."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 1.0


def _features(flat: str, suffix: str) -> Iterator[str]:
    for is_code, part in groupby(lines(flat, suffix), lambda line: bool(line.tokens)):
        if is_code:
            yield from (f"code {''.join(line.masked.split())}" for line in part if line.is_solid)
        else:
            yield from _of_prose("".join(line.text for line in part))


def _of_prose(text: str) -> Iterator[str]:
    for found in _CODE.finditer(text):
        name = found.lastgroup or ""
        match "literal" if found["literal"] else name:
            case "math":
                yield f"math {_WORDS.sub('', ''.join(found[0].split()))}"
            case "literal":
                inside = _TARGET.search(found["inside"])
                yield f"literal {''.join((inside[1] if inside else found['inside']).split())}"
            case _:
                yield f"{name} {found[name]}"
    rest = _CODE.sub(lambda found: "$" if found["math"] else "x", text)
    yield from ("paragraph" for block in _BLANK.split(rest) if any(map(str.isalpha, block)))
