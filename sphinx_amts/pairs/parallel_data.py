"""Parallel data: pairs of sentences in files that Amazon Translate takes.

``as_tmx`` and ``as_csv`` keep what may stand in such a file, count what may not, and write the rest.  A file is the same for
the same pairs, in whatever order they come; no sentence is ever split.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from sphinx_amts.plain import normal

__all__ = [
    "LONGEST",
    "ParallelDataFile",
    "as_csv",
    "as_tmx",
    "digest_of",
    "quoted",
    "told",
    "unwritable",
]

LONGEST = 1_000
"""Bytes of UTF-8 that Amazon Translate takes for one side of a pair."""

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
