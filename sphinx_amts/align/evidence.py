"""What of a text can be seen again in its translation.

``Evidence`` is all that the aligner knows of a block or a sentence: its words, its anchors (what a translation leaves
as it is), its length and its kind.  Nothing here knows files or positions.

1. ``words`` cuts text into what a lexicon can learn: beginnings of words, or pairs of characters where a script has no
   blanks.
2. ``anchors`` gives codes and numbers in a form in which both languages write them the same.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sphinx_amts.masked import strip_tags
from sphinx_amts.model import InlineCode

__all__ = ["ANCHOR", "Evidence", "anchors", "evidence", "is_anchor", "lines_between", "width", "words"]

ANCHOR = "\x01"
"""What an anchor begins with; its class is the character behind.  No word begins so."""
_STEM = 6
"""Letters of a word that count: endings differ more than they tell."""
_WIDE = "\u2e80-\u2fff\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"
_WITHOUT_BLANKS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_HANGUL = "\uac00-\ud7a3"
_WORD = re.compile(
    rf"(?P<wide>[{_WIDE}\U00020000-\U0003ffff]+)|(?P<joined>[{_WITHOUT_BLANKS}]+)|(?P<hangul>[{_HANGUL}]+)"
    rf"|(?P<number>\d+(?:[.,]\d+)*)"
    rf"|(?P<word>[^\W\d_{_WIDE}{_WITHOUT_BLANKS}{_HANGUL}\U00020000-\U0003ffff](?:[^\W{_WIDE}{_HANGUL}]|[\u0300-\u036f'’-](?=\w))*)"
)
_MARKS = re.compile(r"[\u0300-\u036f]")
_LONGEST = 20_000
"""Characters of a text that are looked at: more would tell nothing new."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a block or a sentence."""

    tokens: tuple[str, ...]
    """Its words and anchors, each once."""
    length: int
    """Its width, with a little for each code."""
    kind: str = ""


def is_anchor(token: str) -> bool:
    """Whether a token is expected in the other language as it stands."""
    return token.startswith(ANCHOR)


def evidence(masked: str, codes: Sequence[InlineCode], *, kind: str = "", more: Iterable[str] = ()) -> Evidence:
    """The evidence of a masked text with its codes; ``more`` are anchors that its surroundings give."""
    visible = strip_tags(masked, " ")
    found = dict.fromkeys([*words(visible[:_LONGEST]), *anchors(codes), *more])
    hidden = sum(1 for code in codes if not code.is_pair and code.kind not in ("break", "mark", "target"))
    return Evidence(tuple(found), width(visible) + 3 * hidden, kind)


def words(text: str) -> Iterator[str]:
    """What a lexicon can learn from a text, in its order; numbers are anchors."""
    for found in _WORD.finditer(text):
        run = found[0]
        match found.lastgroup:
            case "wide":
                yield from _grams(run, 2)
            case "joined":
                yield from _grams(run, 3)
            case "hangul":
                yield run[:2]
            case "number":
                yield from _number(run)
            case _:
                yield _stem(run)


def _grams(run: str, size: int) -> Iterator[str]:
    if len(run) <= size:
        yield run
    for at in range(len(run) - size + 1) if len(run) > size else ():
        yield run[at : at + size]


@functools.lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    plain = word.casefold()
    if not plain.isascii():
        plain = _MARKS.sub("", unicodedata.normalize("NFKD", plain))
    return plain[:_STEM]


def _number(run: str) -> Iterator[str]:
    """A number as both languages write it: ``1,000`` and ``1.000`` are one."""
    digits = "".join(str(unicodedata.digit(digit)) for digit in run if digit.isdigit())
    if digits:
        yield f"{ANCHOR}n{digits.lstrip('0') or '0'}"


def width(text: str) -> int:
    """Visible characters, blanks not counted; a wide one counts as two."""
    dense = "".join(text.split())
    return len(dense) if dense.isascii() else len(dense) + sum(1 for letter in dense if letter >= "\u1100")


_SPACE = re.compile(r"\s+")
_TEXT_COMMAND = re.compile(r"\\(?:text|mathrm|textrm|mbox)\s*\{[^{}]*\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{2,}")
_ROLE_TARGET = re.compile(r"<([^<>]*)>|`([^`]*)`")
_LINK_TARGET = re.compile(r"\]\(\s*<?([^\s)>]*)|<([^<>]*)>`_|\]\[([^\]]*)\]")


def anchors(codes: Sequence[InlineCode]) -> Iterator[str]:
    """Codes in a form in which both languages write them the same."""
    for code in codes:
        whole = code.opening + (code.closing or "")
        match code.kind:
            case "math":
                yield f"{ANCHOR}m{_formula(whole)}"
            case "literal" | "literal-tag":
                yield f"{ANCHOR}l{_SPACE.sub('', whole.strip('`'))}"
                yield from (f"{ANCHOR}i{name.lower()}" for name in _NAME.findall(whole))
            case "role" | "reference" | "citation" | "footnote" | "substitution" | "target":
                yield f"{ANCHOR}r{_target(whole)}"
            case "link" | "image" | "url":
                yield f"{ANCHOR}u{_address(whole)}"
            case _:
                pass


def _formula(source: str) -> str:
    """A formula without blanks and without the words in it, which people translate."""
    return _TEXT_COMMAND.sub("", _SPACE.sub("", source)).strip("$`.,;。，；")


def _target(source: str) -> str:
    found = _ROLE_TARGET.search(source)
    return _SPACE.sub("", (found[1] or found[2] or source) if found else source).strip("~!.:`").lower()


def _address(source: str) -> str:
    found = _LINK_TARGET.search(source)
    address = (found[1] or found[2] or found[3] or source) if found else source
    return address.strip("<>`_ ").removesuffix("/").partition("#")[0].replace("_origin", "")


_TELLING = re.compile(r"[A-Za-z0-9]")
_NEAREST = 4
_LONGEST_LINE = 120


def lines_between(gap: str, where: str) -> Iterator[str]:
    """Anchors from the lines of code, display math and labels that stand before (``b``) or after (``a``) a block."""
    lines = [_SPACE.sub("", line) for line in gap.split("\n") if line.isascii()]
    telling = [line[:_LONGEST_LINE] for line in lines if len(line) > 2 and _TELLING.search(line)]
    for line in telling[-_NEAREST:] if where == "b" else telling[:_NEAREST]:
        yield f"{ANCHOR}{where}{line}"
