"""The rules: one generator each, from words to edits of them.

The words are those that a reader sees; a ``HOLE`` stands for each code.  A rule edits only what is certain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from sphinx_amts.typography.edits import HOLE, Edit
from sphinx_amts.typography.languages import Ways

__all__ = ["BY_NAME", "RULES"]

_HAN = "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_ARAB = "\u0620-\u064a\u066e-\u06d3\u0750-\u077f"
_BLANKS = "[ \u2009\u00a0\u202f]*"
_CLOSING, _OPENING = "）》】」』”’〉〕", "（《【「『“‘〈〔"
_BEHIND = re.compile(f"[{_HAN}{_CLOSING}]")
_AHEAD = re.compile(f"[{_HAN}{_OPENING}]")
_LAST_WORD = re.compile(f"(?:[A-Za-z0-9){HOLE}][?!]+|(?:[A-Za-z]{{3}}|[){HOLE}])\\.) *$")
"""How a Chinese or Japanese sentence ends in a word that is not; before a full stop short ones may be abbreviations."""
_ASCII_WORD = re.compile(f"[A-Za-z0-9){HOLE}]")


def _quotes(words: str, ways: Ways) -> Iterator[Edit]:
    """Quotations stand in the quotes of the language.

    Bad: ``Das "Modell" lernt`` in German.  Good: ``Das „Modell“ lernt``, ``5" breit``.
    """
    if ways.quotes is None:
        return
    found = [mark.start() for mark in re.finditer('"', words)]
    straight = list(zip(found[::2], found[1::2], strict=True)) if len(found) % 2 == 0 else []
    english = [(pair.start(), pair.end() - 1) for pair in re.finditer('“[^“”„"]*”', words)]
    for start, end in sorted([*straight, *english]):
        inside = words[start + 1 : end]
        is_certain = inside == inside.strip() and (HOLE in inside or any(map(str.isalnum, inside)))
        if is_certain and not _is_word(words[start - 1 : start]) and not _is_word(words[end + 1 : end + 2]):
            yield start, start + 1, ways.quotes[0]
            yield end, end + 1, ways.quotes[1]


def _is_word(character: str) -> bool:
    """Whether a quote beside this character is no quote: inches, a marker, a name."""
    return character.isalnum() and not re.match(f"[{_HAN}]", character)


def _punctuation(words: str, ways: Ways) -> Iterator[Edit]:
    """Among Chinese and Japanese words punctuation is full-width; behind Arabic ones it is Arabic.

    Bad: ``你好, 世界``.  Good: ``你好，世界``, ``3,14``, ``Smith, 2020``.
    """
    for mark in re.finditer(r"[,;?.]", words) if ways.arabic else ():
        before, after = words[mark.start() - 1 : mark.start()], words[mark.end() :]
        is_behind = re.match(f"[{_ARAB}»]", before) and re.match(rf"[\s{_ARAB}»)]|$", after)
        is_between = mark[0] in ",;" and before.strip() and re.match(f" +[{_ARAB}]", after)
        if mark[0] in ways.arabic and (is_behind or is_between):
            yield mark.start(), mark.end(), ways.arabic[mark[0]]
    if ways.wide:
        yield from sorted([*_wide(words, ways.wide), *_parentheses(words, ways.wide)])


def _wide(words: str, wide: Mapping[str, str]) -> Iterator[Edit]:
    is_foreign_end = re.search(f"[{_HAN}]", words) and _LAST_WORD.search(words[-64:])
    for mark in re.finditer(r"([,.:;]|[?!]+)( *)", words):
        before, after = words[mark.start() - 1 : mark.start()], words[mark.end() : mark.end() + 1]
        if (after == "" and is_foreign_end) or _is_wide(mark[1][0], before, after, spaced=bool(mark[2])):
            yield mark.start(), mark.end(1), "".join(wide[character] for character in mark[1])
            if mark[2] and after not in ("", HOLE):
                yield mark.end(1), mark.end(), ""


def _is_wide(mark: str, before: str, after: str, *, spaced: bool) -> bool:
    """Whether a mark belongs to Chinese or Japanese words."""
    ends = spaced or after == "" or bool(_AHEAD.match(after))
    if _BEHIND.match(before):
        closes = after != "" and after in _CLOSING
        match mark:
            case "," | ";":
                return True
            case ":":
                return ends or after == HOLE
            case ".":
                return ends or closes
        return ends or closes or (after != "" and after in "？！")
    if mark in "?!":
        return before in ("？", "！")
    return mark in ",;:" and bool(_ASCII_WORD.match(before)) and bool(_AHEAD.match(after))


def _parentheses(words: str, wide: Mapping[str, str]) -> Iterator[Edit]:
    """Pairs that hold Chinese words, or words behind Chinese ones; not numbers and not codes alone."""
    open_: list[int] = []
    for mark in re.finditer("[()]", words):
        if mark[0] == "(":
            open_.append(mark.start())
            continue
        if not open_:
            continue
        start, end = open_.pop(), mark.start()
        inside, before = words[start + 1 : end], words[:start].rstrip(" ")
        follows = _BEHIND.match(before[-1:]) and re.search("[A-Za-z]", inside)
        if not follows and not re.search(f"[{_HAN}]", inside):
            continue
        yield (len(before) if _BEHIND.match(before[-1:]) else start), start + 1, wide["("]
        after = re.compile(f" *(?=[^ {HOLE}])").match(words, end + 1)
        yield end, after.end() if after else end + 1, wide[")"]


def _no_break(words: str, ways: Ways) -> Iterator[Edit]:
    """No line ends before a mark that a space stands before, nor inside of guillemets.

    Bad: ``Pourquoi ?``, ``Pourquoi?`` in French.  Good: a narrow no-break space before the mark; ``10:30``.
    """
    inside = ways.no_break.get("«")
    pattern = rf"«{_BLANKS}(?=[^\s])|(?<=[^\s«]){_BLANKS}»|(?<=[^\s;:!?(\[“]){_BLANKS}[;:!?]+(?=[\s)\]»”,.]|$)"
    for found in re.finditer(pattern, words) if ways.no_break else ():
        mark = found[0].strip()
        if mark in ("«", "»"):
            if inside is not None:
                yield found.start(), found.end(), mark + inside if mark == "«" else inside + mark
        elif mark[0] in ways.no_break and not _is_shortcode(words[: found.start()], mark):
            yield found.start(), found.end() - len(mark), ways.no_break[mark[0]]


def _is_shortcode(before: str, mark: str) -> bool:
    """Whether a colon ends a name such as ``:smile:``."""
    return mark == ":" and before.split()[-1:] != [] and before.split()[-1].startswith(":")


def _openers(words: str, ways: Ways) -> Iterator[Edit]:
    """A Spanish sentence that is surely one question, or one exclamation, opens as one.

    Bad: ``Qué es un tensor?``.  Good: ``¿Qué es un tensor?``, ``Si llueve, ¿qué hacemos?``.
    """
    for opening, first, last in (("¿", ways.asks, "?"), ("¡", ways.exclaims, "!")):
        if first and re.fullmatch(rf"\s*(?:{first})\b[^.,;:!?¿¡()«»“”\"—]+\{last}\s*", words):
            start = len(words) - len(words.lstrip())
            yield start, start, opening


def _direction(words: str, ways: Ways) -> Iterator[Edit]:
    """Marks that cannot be seen keep a text from right to left in order.

    Bad: a sentence that begins with a Latin name, and ``C++``.  Good: a mark before the one and behind the other.
    """
    if not ways.rtl or not re.search("[\u0590-\u07ff]", words):
        return
    if re.match("[^\\w\u200e\u200f]*[A-Za-z]", words):
        yield 0, 0, "\N{RIGHT-TO-LEFT MARK}"
    for name in re.finditer(r"(?<=[A-Za-z])[+#]+(?![\w+#\u200e])", words):
        yield name.end(), name.end(), "\N{LEFT-TO-RIGHT MARK}"


def _spaced(words: str, ways: Ways) -> Iterator[Edit]:
    """A blank stands between Chinese or Japanese words and Latin letters or digits.

    Bad: ``使用NumPy库``.  Good: ``使用 NumPy 库``.
    """
    for place in re.finditer(f"(?<=[{_HAN}])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?=[{_HAN}])", words) if ways.wide else ():
        yield place.start(), place.start(), " "


def _unspaced(words: str, ways: Ways) -> Iterator[Edit]:
    """No blank stands between Chinese or Japanese words and Latin letters or digits.

    Bad: ``使用 NumPy 库``.  Good: ``使用NumPy库``.
    """
    pattern = f"(?<=[{_HAN}]) +(?=[A-Za-z0-9])|(?<=[A-Za-z0-9]) +(?=[{_HAN}])"
    for place in re.finditer(pattern, words) if ways.wide else ():
        yield place.start(), place.end(), ""


RULES: Mapping[str, Callable[[str, Ways], Iterator[Edit]]] = {
    "quotes": _quotes,
    "punctuation": _punctuation,
    "no-break": _no_break,
    "openers": _openers,
    "direction": _direction,
    "spaced": _spaced,
    "unspaced": _unspaced,
}
"""Every rule by the name that a book chooses it by."""

BY_NAME = frozenset({"spaced", "unspaced"})
"""The rules that a book has to name: people who write one language disagree on them."""
