"""Cuts masked text into sentences: what is looked up, translated and paid for.

Laws: ``"".join(split(text, language)) == text``; no cut stands inside a tag, a pair, brackets or quotation marks;
neither the numbers of tags nor the places of line breaks matter; a sentence alone is not cut any further.  A place is
judged by its own sentence and the word after it, so that an edit of one sentence leaves the others whole.

1. ``_plain`` makes plain text with a way back: a placeholder becomes a word, tags of pairs vanish, white space
   becomes one blank.
2. ``_candidate`` finds the places where a sentence may end.  Our own rules decide what is sure.
3. A library decides the rest from a window of text: pysbd where it knows the language, sentencex for the others.
   pysbd can lose or double text, and takes minutes for some; so it sees short windows of tame text only, and its
   answer does not count unless its sentences, joined, are the window.
"""

from __future__ import annotations

import functools
import importlib.metadata
import itertools
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sphinx_amts.locales import language as known
from sphinx_amts.masked import TAG

__all__ = ["VERSION", "split", "version"]

_RULES = 2
VERSION = f"pysbd {importlib.metadata.version('pysbd')}, rules {_RULES}"
"""What cuts English and the other languages of pysbd; ``version`` says it for any language."""

_PLACEHOLDER = "\ufffcqq"
"""How a placeholder stands in plain text: a word that no text has."""
_PIECE = re.compile(rf"{TAG.pattern}|(?P<space>[ \t\r\n\f\v]+)|(?:[^< \t\r\n\f\v]| (?![ \t\r\n\f\v<]))+|<")
_GLUE = re.compile(rf"{TAG.pattern}|[ \t\r\n\f\v]+")
_MAYBE = re.compile(r"[.!?…;\u037e։؟۔।॥።፧។။。！？｡．]")
_CJK = "\u2e80-\u9fff\uff66-\uff9f\U00020000-\U0003ffff"
_OWN_MARKS = {
    "am": "።፧",
    "ar": "؟",
    "el": ";\u037e",
    "fa": "؟",
    "hi": "।॥",
    "hy": "։",
    "bn": "।॥",
    "mr": "।॥",
    "ne": "।॥",
    "pa": "।॥",
    "ps": "؟۔",
    "ur": "؟۔",
}
"""Marks that end a sentence, and nothing else, in one language."""
_BRACKETS = {
    "(": ")", "[": "]", "{": "}", '"': '"', "“": "”", "„": "“”", "«": "»", "»": "«",
    "「": "」", "『": "』", "（": "）", "《": "》", "【": "】", "〈": "〉",
}  # fmt: skip
_CLOSING = frozenset("".join(_BRACKETS.values()))
_BRACKET = re.compile(
    r"""(?P<opens>[(\[{“„«»「『（《【〈]|(?<![^ (\[])"(?=\S))|(?P<closes>[)\]}”“»«」』）》】〉]|(?<=\S)"(?!\w))"""
)

_NEVER_LAST = frozenset(
    "a.k.a approx cf e.g ej i.e p.ej resp s.t viz vs w.r.t Dhr Dr Messrs Mr Mrs Ms Prof Sr Sra St κ".split()
)
"""Abbreviations that do not end a sentence; titles have their capital (``4 ms.`` may end one)."""
_OWN_ABBREVIATIONS = {
    "tr": frozenset("bkz Bkz krş örn Örn".split()),
    "vi": frozenset("BS GS KS PGS TP ThS TS".split()),
}
"""The same for one language."""
_SPEECH = re.compile("[^\\s，。！？；：]{0,6}[问問说說答喊叫道][，。：]")
"""Who said what stands before, in Chinese."""
_BEFORE_NUMBER = frozenset(
    "abb al app art bd cap ch chap chaps cor def defs ec eq eqn eqns eqs ex fig figs kap lem no nos nr núm p para pp"
    " prop pt pág págs ref refs sec secs sect tab thm v ver vol".split()
)
"""Abbreviations that do not end a sentence before a number, a letter or a placeholder."""
_STARTERS = frozenset(
    "A After All Also An And Any As At Because But By Each Finally First For Given Hence Here How However I If In It"
    " Its Let Next No Note Now Of On One Once Or Our Recall Second See Similarly Since So Some Such Suppose That The"
    " Then There Therefore These They This Those Thus To Under Using We What When Where Which While Why With You"
    " Your".split()
)
"""English words that start a sentence even after an abbreviation or a letter: ``matrix A. We``, not ``J. Smith``."""
_LETTER = rf"[^\W_{_CJK}]"
_LAST_WORD = re.compile(rf"(?P<word>{_LETTER}+(?:\.{_LETTER}+)*)\.$")
_FIRST_WORD = re.compile(r"\w+")
_NUMBERLIKE = re.compile(rf"[0-9(\[]|[^\W\d_]\b|{_PLACEHOLDER}")
_MEASURE = re.compile(r"[0-9] ?[a-zµ]{1,3}\.$")
_LIST_MARKER = re.compile(r"[\s(\[]*(?:[0-9]+|[^\W\d_]|[ivxIVX]+)[)\].]*\.")
_LIST_ITEM = re.compile(r"(?:[a-z]|[ivx]+)\) ")
_WINDOW = 200
_UNTAMED = re.compile(r"[^\w\s.,;:!?…%/؟۔।॥։።፧-]|[^\S ]")


class _Plain(NamedTuple):
    """Text without tags; its character *i* stands in the masked text from ``starts[i]`` to ``stops[i]``."""

    text: str
    starts: Sequence[int]
    stops: Sequence[int]


@functools.lru_cache(maxsize=32_768)
def split(masked: str, language: str) -> tuple[str, ...]:
    """The sentences of a masked text, each with the white space that follows it; the first also has what precedes.

    Joined, they are the text again; the empty text has none.  ``language`` is any code of ``sphinx_amts.locales``.
    Raises ``ConfigError`` for an unknown language, and nothing for any text.
    """
    splitter = known(language).splitter
    if not _MAYBE.search(masked):
        return (masked,) if masked else ()
    plain = _plain(masked)
    pairs = _pairs(masked)
    cuts = [0]
    begin = 0
    for place in _places(plain.text, splitter):
        after = place.end()
        cut = _cut(masked, plain.stops[len(plain.text[:after].rstrip(" ")) - 1], plain.starts[after], pairs)
        if cut is not None and _ends(plain.text, begin, place, splitter, in_pair=cut < plain.starts[after]):
            cuts.append(cut)
            begin = after
    return tuple(masked[a:b] for a, b in itertools.pairwise([*cuts, len(masked)]))


def version(language: str) -> str:
    """What cuts a language, with its version; another one may cut elsewhere, so what it cut must be cut anew."""
    if known(language).splitter in _pysbd().languages.LANGUAGE_CODES:
        return VERSION
    return f"sentencex {importlib.metadata.version('sentencex')}, rules {_RULES}"


def _plain(masked: str) -> _Plain:
    text: list[str] = []
    starts: list[int] = []
    stops: list[int] = []
    for piece in _PIECE.finditer(masked):
        if piece["number"] and not piece["alone"]:
            continue
        if piece["space"] and text and text[-1][-1] == " ":
            stops[-1] = piece.end()
            continue
        short = _PLACEHOLDER if piece["number"] else " " if piece["space"] else ""
        text.append(short or piece[0])
        if short:
            starts += [piece.start()] * len(short)
            stops += [piece.end()] * len(short)
        else:
            starts += range(piece.start(), piece.end())
            stops += range(piece.start() + 1, piece.end() + 1)
    return _Plain("".join(text), starts, stops)


def _pairs(masked: str) -> list[tuple[int, int]]:
    """Where pairs stand, from the start of the opening tag to the end of the closing one."""
    pairs = []
    opened: dict[str, int] = {}
    for tag in TAG.finditer(masked):
        if tag["close"] and tag["number"] in opened:
            pairs.append((opened.pop(tag["number"]), tag.end()))
        elif not tag["close"] and not tag["alone"]:
            opened.setdefault(tag["number"], tag.start())
    return pairs


def _cut(masked: str, stop: int, start: int, pairs: Iterable[tuple[int, int]]) -> int | None:
    """Where to cut between ``stop`` and ``start``, which only tags and white space part, or ``None`` if nowhere.

    After as much as possible, outside all pairs, and not before white space.
    """
    places = [stop, *(glue.end() for glue in _GLUE.finditer(masked, stop, start))]
    free = [place for place in places if not _inside(place, pairs)]
    if not free or _GLUE.sub("", masked[free[-1] : start]) or re.search(r"\s", masked[free[-1] : start]):
        return None
    return free[-1]


def _inside(place: int, ranges: Iterable[tuple[int, int]]) -> bool:
    return any(start < place < stop for start, stop in ranges)


@functools.cache
def _candidate(splitter: str) -> re.Pattern[str]:
    marks = rf"[.!?…{_OWN_MARKS.get(splitter, '')}]"
    wide = rf"(?:[。！？｡។။]|．(?![0-9]))[。！？｡．!?…]*+|(?<=[{_CJK}])[!?]++(?=[{_CJK}])"
    return re.compile(
        rf"(?:(?<![。！？｡．])(?P<wide>{wide})[」』”’）)】》〉\]\"'»]*+\u3000*+\x20?"
        rf"|(?<!{marks})(?P<mark>{marks}++)(?:\x20?[»”]|[\"'’“»)\]])*+(?:{_PLACEHOLDER}|\[[0-9]++\])*+\x20)(?=[^ ])"
    )


def _places(text: str, splitter: str) -> Iterator[re.Match[str]]:
    """Where a sentence may end: a mark and what belongs to it, outside brackets and quotation marks."""
    brackets: list[tuple[int, int]] | None = None
    for place in _candidate(splitter).finditer(text):
        if brackets is None:
            brackets = list(_brackets(text))
        if not _inside(len(place[0].rstrip(" \u3000")) + place.start(), brackets):
            yield place


def _brackets(text: str) -> Iterator[tuple[int, int]]:
    """Where brackets and quotation marks stand that have their counterpart."""
    opened: list[tuple[str, int]] = []
    for found in _BRACKET.finditer(text):
        sign, start = found[0], found.start()
        partners = [i for i, (closing, _) in enumerate(opened) if sign in closing] if sign in _CLOSING else []
        if partners:
            yield opened[partners[-1]][1], start + 1
            del opened[partners[-1] :]
        elif found["opens"]:
            opened.append((_BRACKETS[sign], start))


def _ends(text: str, begin: int, place: re.Match[str], splitter: str, *, in_pair: bool) -> bool:
    """Whether the sentence that began at ``begin`` ends at a candidate place; ``in_pair``: what follows is in a pair.

    A small letter does not start a sentence, unless marked up, as names in programs are.
    """
    before, after = text[begin : place.end()].rstrip(), text[place.end() :]
    if not re.search(r"\w", before) or not re.search(r"\w", after.replace(_PLACEHOLDER, "")):
        return False
    if place["wide"]:
        quoted = place[0].rstrip()[-1] in "」』”’"
        goes_on = quoted and (re.match("[\u3041-\u309f]", after) or (splitter == "zh" and _SPEECH.match(after)))
        return after[0] not in "，、,；;：:。！？" and not goes_on
    first = after.lstrip("—–")[:1]  # Spanish and French part speech from who speaks by a dash
    if after[0] in ",;:)]}" or (first.islower() and not in_pair and not _LIST_ITEM.match(after)):
        return False
    if place["mark"] == "." and place[0] == ". ":
        sure = _after_period(before, after, splitter)
        if sure is not None:
            return sure
    elif place["mark"].strip(".!?…"):
        return True
    return _asked(text, begin, place, splitter)


def _after_period(before: str, after: str, splitter: str) -> bool | None:
    """What our own rules know of a lone full stop: it ends the sentence, it does not, or ``None``."""
    if _LIST_MARKER.fullmatch(before):
        return False
    word = _LAST_WORD.search(before[-40:])
    if word is None:
        return None
    last = word["word"]
    low = last[0].lower() + last[1:]
    single, english = len(last) == 1, splitter == "en"
    if (
        {last, low} & _NEVER_LAST
        or last in _OWN_ABBREVIATIONS.get(splitter, ())
        or ((single or low in _BEFORE_NUMBER) and _NUMBERLIKE.match(after))
    ):
        return False
    first = _FIRST_WORD.match(after)
    if english and ((first and first[0] in _STARTERS) or _MEASURE.search(before[-9:])):
        return True
    if (single and last.isupper()) or (not english and len(last) <= 4 and last.islower() and after[0].isdigit()):
        return False
    return None


def _asked(text: str, begin: int, place: re.Match[str], splitter: str) -> bool:
    """Whether the library ends the sentence that began at ``begin`` at a place; yes, where it does not work."""
    left = _tame(text[max(begin, place.start() - _WINDOW) : place.start()]).split()[-4:]
    right = _tame(text[place.end() : place.end() + _WINDOW].lstrip("“„«‘")).split()[:1]
    language = "en" if splitter in ("zh", "ja") else splitter
    mark = place["mark"][:4].replace("…", "...")
    return _cuts_between(" ".join(left), f"{mark} ", "".join(right), language)


def _tame(text: str) -> str:
    return _UNTAMED.sub("-", text.replace("\ufffc", "X"))


@functools.lru_cache(maxsize=32_768)
def _cuts_between(left: str, mark: str, right: str, splitter: str) -> bool:
    window = left + mark + right
    parts = _library(splitter)(window)
    if "".join(parts) != window:
        return True
    return any(len(left) < stop <= len(left + mark) for stop in itertools.accumulate(map(len, parts)))


@functools.cache
def _library(splitter: str) -> Callable[[str], Sequence[str]]:
    """The function that cuts a plain text of a language: into nothing, where it fails."""
    if splitter not in _pysbd().languages.LANGUAGE_CODES:
        import sentencex  # compiled, and only some languages need it

        return functools.partial(sentencex.segment, splitter)
    segmenter = _pysbd().Segmenter(language=splitter, clean=False)

    def segment(text: str) -> Sequence[str]:
        try:
            return tuple(segmenter.segment(text))
        except (IndexError, re.error):  # it makes regular expressions out of the text
            return ()

    return segment


@functools.cache
def _pysbd() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is written with escapes that newer Pythons warn of
        import pysbd.languages
    return pysbd
