"""Glossaries in Markdown, as people write them: tables, and lines such as ``saddle point - 鞍点``.

``long short-term memory (LSTM)`` is two terms, ``momentum (method)`` stands with and without its second word, and of
``实例/示例`` the first is what a term becomes.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sphinx_amts.errors import ConfigError
from sphinx_amts.locales import Language
from sphinx_amts.plain import normal

__all__ = ["is_short", "read"]

_Scripts: TypeAlias = tuple[frozenset[str], frozenset[str]]
"""The scripts of the source and of the target language."""

_MARKUP = (
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"(\*\*|__|`|(?<![\w*])\*|\*(?![\w*]))"), ""),
    (re.compile(r"\\([^\w\s])"), r"\1"),
)
_FENCE = re.compile(r"\s*(```|~~~)")
_BULLET = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
_DELIMITER_ROW = re.compile(r"\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*")
_NO_TERM = ("#", ">", "<!--", ":")
"""What begins a heading, a quotation, a comment, an option or a directive."""
_CELL = re.compile(r"(?<!\\)\|")
# The marks between a term and its translation, the least doubtful first; a hyphen or a dash stands between blanks.
_SEPARATORS = ("\t", "→", "->", "=>", " — ", " – ", " - ", " = ", "：", ":", "，", ",")
_SENTENCE = (".", "。", "!", "！", "?", "？", ":", "：", ",", "，")
_ALTERNATIVES = re.compile(r"\s*[;；、]\s*|\s+/\s+|\s*／\s*")
_SLASH = re.compile(r"(?<=\w\w)/(?=\w\w)")
_PARENTHESES = re.compile(r"\s*[(（]([^()（）]*(?:[(（][^()（）]*[)）][^()（）]*)*)[)）]\s*")
_SHORT = re.compile(r"(?=.*[A-Z].*[A-Z])[A-Za-z0-9.&/-]{2,12}|(?:\w\.){2,6}")
"""An abbreviation: two capitals or more (``LSTM``, ``R-CNN``), or a point behind each letter (``i.i.d.``)."""


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows of cells; the first is the head, if there is a line of dashes below it."""

    rows: list[list[str]]
    has_head: bool = False


def read(text: str, source: Language, target: Language, *, every: bool = False) -> Iterator[tuple[str, str]]:
    """The terms of a glossary, source first: those of its tables, then those of its lines.

    With ``every`` all ways to write a target come, one after the other, and not the first alone.

    The head of a table may name the columns of the languages, by code or by their own names; else they are the first
    two.  Which of two is which is read off the scripts of the languages; where both have the same, the source stands
    first.  Raises ``ConfigError`` for a table of several languages in one script whose head does not name ours.
    """
    scripts = (_scripts(source), _scripts(target))
    tables, lines = _parts(text)
    for table in tables:
        rows = table.rows[table.has_head :]
        if columns := _columns(table.rows[0], source, target):
            for row in table.rows[1:]:
                if len(row) > max(columns) and row[columns[0]] and row[columns[1]]:
                    yield from _terms(row[columns[0]], row[columns[1]], every=every)
            continue
        if scripts[0] & scripts[1] and len(table.rows[0]) > 2:
            hint = f"Write {source.code!r} and {target.code!r} above their columns."
            raise ConfigError("the head of a table does not say which column is which language", hint=hint)
        pairs = [(row[0], row[1]) for row in rows if len(row) > 1 and row[0] and row[1]]
        yield from itertools.chain.from_iterable(_terms(*pair, every=every) for pair in _ordered(pairs, scripts))
    yield from itertools.chain.from_iterable(_terms(*pair, every=every) for pair in _split(lines, scripts))


def is_short(text: str) -> bool:
    """Whether a text is an abbreviation."""
    return _SHORT.fullmatch(text) is not None


def _parts(text: str) -> tuple[list[_Table], list[str]]:
    """The tables, and the lines that may hold a term."""
    tables: list[_Table] = []
    lines: list[str] = []
    fence, in_table = "", False
    for line in text.splitlines():
        mark = _FENCE.match(line)
        is_row = not (fence or mark) and _CELL.search(line) is not None
        if mark:
            fence = "" if fence == mark[1] else fence or mark[1]
        elif is_row and not in_table:
            tables.append(_Table([_cells(line)]))
        elif is_row and _DELIMITER_ROW.fullmatch(line):
            tables[-1] = _Table(tables[-1].rows, has_head=True)
        elif is_row:
            tables[-1].rows.append(_cells(line))
        elif not fence and line.strip() and not line.lstrip().startswith(_NO_TERM):
            lines.append(line)
        in_table = is_row
    return tables, lines


def _cells(row: str) -> list[str]:
    return [_words(cell) for cell in _CELL.split(row.strip().removeprefix("|").removesuffix("|"))]


def _columns(head: Sequence[str], source: Language, target: Language) -> tuple[int, int] | None:
    """The columns of two languages, where a table's head names them both, by their codes or by their own names."""
    found = [[number for number, cell in enumerate(head) if _names(cell, one)] for one in (source, target)]
    return (found[0][0], found[1][0]) if all(found) and found[0][0] != found[1][0] else None


def _names(cell: str, one: Language) -> bool:
    word, name = cell.casefold(), one.name.casefold()
    spelled = word.replace("-", "_")
    codes = {code.replace("-", "_").casefold() for code in (one.code, one.sphinx, one.amazon or "")} - {""}
    is_word = len(word) > 3 or (len(word) > 1 and not word.isascii())
    return spelled in codes or (is_word and (word in name or name in word))


def _split(lines: Sequence[str], scripts: _Scripts) -> Sequence[tuple[str, str]]:
    """The lines in two parts, the source first, cut at the mark that makes the most terms."""
    texts = [_words(_BULLET.sub("", line, count=1)) for line in lines]
    cut = ([pair for text in texts if (pair := _cut(text, mark))] for mark in _SEPARATORS)
    return max((list(_ordered(pairs, scripts)) for pairs in cut), key=len)


def _cut(text: str, mark: str) -> tuple[str, str] | None:
    """A line's two parts; a line with more parts, or one that ends as a sentence does, is none of a glossary."""
    left, found, right = text.partition(mark)
    left, right = left.strip(), right.strip()
    if not (found and left and right) or (mark.strip() or mark) in right:
        return None
    is_sentence = right.endswith(_SENTENCE) and not is_short(right.rpartition(" ")[2])
    return None if is_sentence else (left, right)


def _words(text: str) -> str:
    """A piece of Markdown without its markup."""
    text = text.replace("\\|", "|")
    if "\t" in text.strip():
        return "\t".join(_words(part) for part in text.strip().split("\t"))
    for pattern, replacement in _MARKUP:
        text = pattern.sub(replacement, text)
    return normal(text)


def _scripts(one: Language) -> frozenset[str]:
    """The scripts of a language, as Unicode calls them: those that its own name is written in."""
    return frozenset(_letters(one.name))


def _letters(text: str) -> Counter[str]:
    """The letters of a text by script; the name of a character begins with its script's."""
    scripts: Counter[str] = Counter()
    for letter in text:
        if letter.isalpha() and (script := unicodedata.name(letter, "").partition(" ")[0]):
            scripts["CJK" if script in {"HIRAGANA", "KATAKANA"} else script] += 1
    return scripts


def _ordered(pairs: Sequence[tuple[str, str]], scripts: _Scripts) -> Iterator[tuple[str, str]]:
    """The pairs with the source first.  Where scripts tell languages apart, a pair that is not of both is no term."""
    source, target = scripts
    if source & target:
        yield from pairs
        return
    turned = sum(
        _fit(right, source) + _fit(left, target) - _fit(left, source) - _fit(right, target) for left, right in pairs
    )
    for left, right in pairs:
        first, second = (right, left) if turned > 0 else (left, right)
        if first == second or (_fit(first, source) and _fit(second, target)):
            yield first, second


def _fit(text: str, scripts: frozenset[str]) -> float:
    """How much of a text is written in some scripts, from 0 to 1."""
    letters = _letters(text)
    return sum(letters[script] for script in scripts) / max(1, letters.total())


def _terms(source: str, target: str, *, every: bool) -> Iterator[tuple[str, str]]:
    """The terms of one entry: each way to write the source, with the first or with every way to write the target."""
    sources, targets = _alternatives(source), _alternatives(target)
    if len(sources) == len(targets) > 1:
        # ``input/output`` and ``输入/输出``: the slash is part of the term.
        sources, targets = [source], [target]
    for way in targets if every else targets[:1]:
        wanted, *others = _spellings(way)
        short = next(filter(is_short, others), wanted)
        for one in sources:
            first, *more = _spellings(one)
            yield first, wanted
            for other in more:
                yield other, short if is_short(other) else wanted


def _alternatives(text: str) -> list[str]:
    """The parts of a text of which each says the same; a slash between capitals (``TCP/IP``) parts nothing."""
    parts = [part for part in _ALTERNATIVES.split(text) if part]
    return [
        piece for part in parts for piece in ([part] if part.isascii() and part.isupper() else _SLASH.split(part))
    ] or [text]


def _spellings(text: str) -> Iterator[str]:
    """A term with what stands in parentheses: an abbreviation is a term of its own, another word may be left out."""
    found = _PARENTHESES.search(text)
    without = normal(_PARENTHESES.sub(" ", text))
    if found is None or not without:
        yield text
        return
    yield without
    inside = normal(found[1])
    if _SHORT.fullmatch(inside):
        yield inside
    elif inside.isascii() == without.isascii() and len(inside.split()) == 1:
        yield normal(_PARENTHESES.sub(lambda match: f" {match[1]} ", text, count=1))
