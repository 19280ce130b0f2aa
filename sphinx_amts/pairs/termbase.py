"""Where a text has a term of a glossary, and whether its translation has the term's.

A term is found at word boundaries.  The case of a word's first letter, hyphens and blanks between its words, and an English
plural do not matter; of terms that overlap, the first and longest counts.  A translation is looked for as generously: where
blanks part its words, an ending of up to three letters may differ.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sphinx_amts.locales import Language
from sphinx_amts.pairs.glossary import is_short
from sphinx_amts.pairs.terminology import Term

__all__ = ["CODE", "LETTER", "Termbase"]

CODE = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for an inline code in a text: no term reaches over one."""

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
LETTER = rf"[^\W{_UNSPACED}]"
"""A letter or digit of a script that has blanks between its words, as a regular expression."""

# One character of a script without blanks, a word, or one other character; hyphens and apostrophes part words and are none.
_TOKEN = re.compile(rf"[{_UNSPACED}]|{LETTER}+|[^\w\s'’\u2010-\u2015-]")
_ENDING = 3
_STEM = 3


class Termbase:
    """Terms, each with all of its translations."""

    def __init__(self, terms: Iterable[Term], source: Language, target: Language) -> None:
        self._english = source.splitter == "en"
        self._spaced = target.spaced
        self._names: dict[str, str] = {}
        self._longest = 0
        found: dict[str, dict[str, None]] = {}
        for term in terms:
            words = _words(term.source)
            if not words or not _words(term.target):
                continue
            keys = list(self._keys(words))
            name = next((self._names[key] for key in keys[:1] if key in self._names), term.source)
            found.setdefault(name, {})[term.target] = None
            for key in keys:
                self._names.setdefault(key, name)
            self._longest = max(self._longest, len(words))
        self.translations: Mapping[str, Sequence[str]] = {name: tuple(targets) for name, targets in found.items()}

    def found(self, text: str) -> Iterator[str]:
        """The terms that stand in a source text, each once, in their order; ``CODE`` stands for its inline codes."""
        words = _words(text)
        seen: set[str] = set()
        at = 0
        while at < len(words):
            length, name = self._at(words, at)
            if name and name not in seen:
                seen.add(name)
                yield name
            at += length

    def _at(self, words: Sequence[str], at: int) -> tuple[int, str]:
        """How many words the longest term at a place has, and the term; one word and nothing, if there is none."""
        # A term may be written as one word in the glossary and with a hyphen in the text.
        for length in range(min(self._longest + 1, len(words) - at), 0, -1):
            for key in self._keys(words[at : at + length]):
                if key in self._names:
                    return length, self._names[key]
        return 1, ""

    def _keys(self, words: Sequence[str]) -> Iterator[str]:
        """What two spellings of one term share; the first is its own."""
        *first, last = words
        begin = "".join(first)
        yield begin + last
        if self._english:
            yield from (begin + form for form in _singulars(last))

    def lacks(self, name: str, text: str) -> bool:
        """Whether none of a term's translations stands in a target text.  An abbreviation may stay as it is."""
        there = _folded(text)
        if is_short(name) and _stands(_folded(name), there):
            return False
        if self._spaced:
            return not any(_stands(_folded(wanted), there) for wanted in self.translations[name])
        solid = "".join(there)
        return not any("".join(_folded(wanted)) in solid for wanted in self.translations[name])


def _words(text: str) -> list[str]:
    return [token[:1].lower() + token[1:] for token in _TOKEN.findall(text)]


def _folded(text: str) -> list[str]:
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())


def _singulars(word: str) -> Iterator[str]:
    """What an English plural may be the plural of."""
    if word.endswith("ies"):
        yield word[:-3] + "y"
    if word.endswith("ices"):
        yield word[:-4] + "ix"
        yield word[:-4] + "ex"
    if word.endswith("es"):
        yield word[:-2]
        yield word[:-2] + "is"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 2:
        yield word[:-1]


def _stands(wanted: Sequence[str], there: Sequence[str]) -> bool:
    """Whether words stand in a row, their endings aside."""
    starts = range(len(there) - len(wanted) + 1)
    return any(all(map(_alike, wanted, there[start : start + len(wanted)])) for start in starts)


def _alike(wanted: str, word: str) -> bool:
    if wanted == word:
        return True
    shared = max(min(len(wanted), _STEM), len(wanted) - 2)
    return len(word) <= len(wanted) + _ENDING and wanted[0].isalpha() and wanted[:shared] == word[:shared]
