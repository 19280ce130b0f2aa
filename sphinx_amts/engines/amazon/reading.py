"""One block of an answer: HTML becomes masked text again, or it is said what is wrong with it.

Python's own parser does not read it: it takes ``&copy`` for a sign, swallows what stands behind a stray ``<script>``, and
differs between patch releases.  Here, what is no tag of ours is text, for the gate to judge.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from html import unescape
from html.entities import html5

from sphinx_amts.engines.amazon.shown import shown
from sphinx_amts.masked import TAG, key
from sphinx_amts.model import Request

__all__ = ["END", "ID", "Damage", "masked_text"]

ID = r"""\bid\s*=\s*["']?s-"""
"""How the id of a segment or of an inline code begins in a tag; what may follow it is ``END``."""
END = r"""(?=["'\s/>])"""
_INLINE = rf"<(?P<name>[a-z]+)\s(?:[^<>]*?\s)?{ID}(?P<id>[0-9a-f]{{6}})-(?P<number>[1-9][0-9]{{0,5}}){END}[^<>]*>"
_TOKEN = re.compile(rf"{_INLINE}|</(?P<closed>[a-z][a-z0-9]*)\s*>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]*);")
_AMBIGUOUS = re.compile(rf"{_ENTITY.pattern}|</?(?:p|span)\b", re.IGNORECASE)
"""Words that mean something else when a service forgets to escape them again."""
_PIECE = re.compile(r"</?[0-9]+/?>|\w+|.", re.DOTALL)
_PLAIN = str.maketrans("。।，、،：；؛！？؟（）", "..,,,:;;!??()")
"""What other scripts have in place of punctuation."""


class Damage(Exception):
    """What is wrong with a block."""


def masked_text(id: str, html: str, request: Request) -> str:
    """What stands in the block of a segment, as masked text; raises Damage."""
    source = key(request.source)
    return _unspaced(source, key(_Reading(id, request, source).text(html)))


class _Reading:
    """One block as it is read: the spans that are open, and the text so far."""

    def __init__(self, id: str, request: Request, source: str) -> None:
        self._id = id
        self._request = request
        self._alone = {int(tag["number"]) for tag in TAG.finditer(source) if tag["alone"]}
        self._ambiguous = Counter(found[0] for found in _AMBIGUOUS.finditer(TAG.sub(" ", source)))
        self._open: list[tuple[str, int]] = []
        self._protected = ""
        self._text = ""

    def text(self, html: str) -> str:
        """The masked text of a block's inside; raises what is wrong with it."""
        done = 0
        for token in _TOKEN.finditer(html):
            self._words(html[done : token.start()])
            if token["closed"] is None:
                self._begin(token)
            else:
                self._end(token)
            done = token.end()
        self._words(html[done:])
        if self._open:
            raise Damage("an inline code is not closed")
        if +self._ambiguous:
            raise Damage("a special character came back unescaped")
        return self._text

    def _words(self, html: str) -> None:
        words = _ENTITY.sub(_character, html)
        if self._in_protected():
            self._protected += words
            return
        if TAG.search(words):
            raise Damage("words came back as an inline code")
        self._ambiguous.subtract(found[0] for found in _AMBIGUOUS.finditer(words))
        self._text += words

    def _begin(self, token: re.Match[str]) -> None:
        number = int(token["number"])
        if token["id"].lower() != self._id[:6]:
            raise Damage("an inline code of another sentence came back in it")
        if self._in_protected():
            raise Damage(f"an inline code came back inside <{self._open[-1][1]}/>")
        alone = number in self._alone
        self._text += f"<{number}/>" if alone else f"<{number}>"
        if not token[0].endswith("/>"):
            self._open.append((token["name"].lower(), number))
        elif not alone:
            self._text += f"</{number}>"

    def _end(self, token: re.Match[str]) -> None:
        if not self._open or self._open[-1][0] != token["closed"].lower():
            if self._in_protected():
                raise Damage(f"a tag came back inside <{self._open[-1][1]}/>")
            self._text += token[0]
        elif self._in_protected():
            self._check_protected()
            self._open.pop()
        else:
            self._text += f"</{self._open.pop()[1]}>"

    def _in_protected(self) -> bool:
        return bool(self._open) and self._open[-1][1] in self._alone

    def _check_protected(self) -> None:
        """Words that moved into a protected span would be lost with its text."""
        number = self._open[-1][1]
        ours, theirs = shown(self._request.codes, number), key(self._protected)
        if ours in theirs and re.search(r"\w", theirs.replace(ours, "", 1)):
            raise Damage(f"words came back inside <{number}/>")
        self._protected = ""


def _character(entity: re.Match[str]) -> str:
    # Python's unescape takes the beginning of a name that it does not know for one that it knows.
    return unescape(entity[0]) if entity[0][1] == "#" else html5.get(entity[0][1:], entity[0])


def _unspaced(source: str, target: str) -> str:
    """Without the blanks that the service puts around protected spans where the source has none.

    ``<1/> .`` is mended where the source has ``<1/>.``; a blank beside a word that is not the source's own is grammar.
    """
    pieces, plain = _pieces(target), _pieces(target.translate(_PLAIN))
    written = itertools.pairwise(_pieces(source.translate(_PLAIN)))
    glued = {(one, other) for one, other in written if one.endswith("/>") or other.endswith("/>")}
    around = zip(pieces, ["", *plain], [*plain[1:], ""], strict=False)
    return "".join(piece for piece, before, after in around if piece != " " or (before, after) not in glued)


def _pieces(masked: str) -> list[str]:
    """A text cut into tags, words and single characters."""
    return _PIECE.findall(masked)
