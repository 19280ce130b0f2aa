"""Parallel data: pairs of sentences in files that Amazon Translate takes.

1. ``plain`` turns a masked sentence into what its reader sees.
2. ``as_tmx`` and ``as_csv`` keep what may stand in such a file, count what may not, and write the rest.

A file is the same for the same pairs, in whatever order they come; no sentence is ever split.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from sphinx_amts.masked import TAG
from sphinx_amts.model import InlineCode

__all__ = [
    "LONGEST",
    "ParallelDataFile",
    "as_csv",
    "as_tmx",
    "digest_of",
    "normal",
    "plain",
    "quoted",
    "readable",
    "told",
    "unwritable",
]

LONGEST = 1_000
"""Bytes of UTF-8 that Amazon Translate takes for one side of a pair."""

_LITERAL = re.compile(r"(?:\{[^}]*\}|:[\w:+.-]+:)?(?P<ticks>`+)(?P<text>.*?)(?<!`)(?P=ticks)(?!`)", re.DOTALL)
_MATH = re.compile(r"(?P<dollars>\$\$?)(?P<text>.*)(?P=dollars)", re.DOTALL)
_SUBSTITUTION = re.compile(r"\{\{\s*(?P<double>.*?)\s*\}\}|\|(?P<bars>[^|]+)\|")
_URL = re.compile(r"<(?P<url>[^<>\s]+)>")
_HTML = re.compile(r"<[^>]*>")
_TITLED = re.compile(r"(?P<title>.+?)\s*<[^<>]*>", re.DOTALL)
_GLUE = ("\\ ", "&#8203;")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that no XML file may hold."""
_FORMULA = ("+", "-", "=", "@")


@dataclass(frozen=True, slots=True)
class ParallelDataFile:
    """A file of pairs, and what became of those that were given.

    Law: ``pairs`` and the numbers in ``left_out``, together, are the pairs that were given.
    """

    content: bytes
    digest: str
    """Of the pairs and the languages; two files with the same one say the same."""
    pairs: int
    left_out: Mapping[str, int]
    """How many pairs were left out, by the reason as people read it."""


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


def as_tmx(pairs: Iterable[tuple[str, str]], source: str, target: str) -> ParallelDataFile:
    """The pairs as TMX 1.4b, between two languages by Amazon's codes.  Any character may lead a sentence."""
    kept, left_out = _kept(pairs, formulas=True)
    return ParallelDataFile(_tmx(kept, source, target), digest_of(kept, source, target), len(kept), left_out)


def as_csv(pairs: Iterable[tuple[str, str]], source: str, target: str) -> ParallelDataFile:
    """The pairs as CSV: every field in quotes; a pair with a side that would begin a formula is left out."""
    kept, left_out = _kept(pairs, formulas=False)
    content = quoted([(source, target), *kept])
    return ParallelDataFile(content, digest_of(kept, source, target), len(kept), left_out)


def quoted(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows of CSV, every field in quotes: for fields on one line that begin no formula."""
    return "".join(f"{','.join(_quoted(field) for field in row)}\n" for row in rows).encode("utf-8")


def _quoted(field: str) -> str:
    doubled = field.replace('"', '""')
    return f'"{doubled}"'


def digest_of(rows: Iterable[tuple[str, str]], source: str, target: str) -> str:
    """One name for these rows between these languages, 32 hexadecimal digits."""
    digest = hashlib.sha256(f"{source}\0{target}\n".encode())
    for row in rows:
        digest.update(f"{row[0]}\0{row[1]}\n".encode())
    return digest.hexdigest()[:32]


def told(left_out: Mapping[str, int], what: str = "pairs") -> str:
    """What was left out as a sentence; empty where nothing was."""
    total = sum(left_out.values())
    reasons = "; ".join(f"{count:,} {reason}" for reason, count in sorted(left_out.items()))
    return f"{total:,} {what} left out: {reasons}" if total else ""


def unwritable(pair: tuple[str, str], longest: int, *, formulas: bool) -> str:
    """Why a pair may not stand in a file, as people read it; empty where it may."""
    if not all(pair):
        return "empty"
    if any(_FORBIDDEN.search(side) for side in pair):
        return "with a control character"
    if any(len(side.encode("utf-8")) > longest for side in pair):
        return f"longer than {longest:,} bytes"
    if not formulas and any(side.startswith(_FORMULA) for side in pair):
        return "beginning with + - = or @"
    return ""


def _kept(pairs: Iterable[tuple[str, str]], *, formulas: bool) -> tuple[list[tuple[str, str]], dict[str, int]]:
    """The pairs to write, sorted, one for each source; and how many were left out, by reason.

    Of several targets of a source the most frequent stays, and the first in order of the most frequent ones.
    """
    left_out: Counter[str] = Counter()
    targets: dict[str, Counter[str]] = {}
    for source, target in pairs:
        pair = (normal(source), normal(target))
        if why := unwritable(pair, LONGEST, formulas=formulas):
            left_out[why] += 1
        else:
            targets.setdefault(pair[0], Counter())[pair[1]] += 1
    kept = []
    for source, counts in sorted(targets.items()):
        best = min(counts, key=lambda target: (-counts[target], target))
        kept.append((source, best))
        left_out["repeated"] += counts[best] - 1
        left_out["with another translation of the same text"] += counts.total() - counts[best]
    return kept, {reason: count for reason, count in sorted(left_out.items()) if count}


def _tmx(pairs: Iterable[tuple[str, str]], source: str, target: str) -> bytes:
    return "".join(_tmx_lines(pairs, source, target)).encode("utf-8")


def _tmx_lines(pairs: Iterable[tuple[str, str]], source: str, target: str) -> Iterator[str]:
    source, target = quoteattr(source), quoteattr(target)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n'
    yield '<header creationtool="sphinx-amts" creationtoolversion="1" segtype="sentence" o-tmf="sphinx-amts"'
    yield f' adminlang="en" srclang={source} datatype="plaintext"/>\n<body>\n'
    for text, translation in pairs:
        yield f"<tu><tuv xml:lang={source}><seg>{escape(text)}</seg></tuv>"
        yield f"<tuv xml:lang={target}><seg>{escape(translation)}</seg></tuv></tu>\n"
    yield "</body>\n</tmx>\n"
