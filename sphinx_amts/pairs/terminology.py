"""Custom terminology: which word stands for which, out of a table, a TMX file or a glossary in Markdown.

1. ``read`` gives the terms of a file, in the file's order.
2. ``as_csv`` writes them as Amazon Translate takes them.

What Amazon would refuse is left out and counted.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sphinx_amts.errors import ConfigError
from sphinx_amts.locales import language
from sphinx_amts.pairs import glossary, tmx
from sphinx_amts.pairs.parallel_data import digest_of, quoted, unwritable
from sphinx_amts.plain import normal

__all__ = ["LARGEST", "LONGEST", "Term", "TerminologyFile", "as_csv", "read"]

LONGEST = 200
"""Bytes of UTF-8 that Amazon Translate takes for one side of a term."""
LARGEST = 10_485_760
"""Bytes that it takes for a file."""

_TABLES = {".csv", ".tsv", ".tmx"}
_MARKDOWN = {".md", ".markdown"}


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase, and the one that stands for it."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class TerminologyFile:
    """A file of terms, and what became of those that were given.

    Law: ``terms`` and the numbers in ``left_out``, together, are the terms that were given.
    """

    content: bytes
    digest: str
    """Of the terms and the languages."""
    terms: int
    left_out: Mapping[str, int]
    """How many terms were left out, by the reason as people read it."""


def read(path: str | Path, source_language: str, target_language: str, *, every: bool = False) -> tuple[Term, ...]:
    """The terms of a ``.csv``, ``.tsv``, ``.tmx`` or ``.md`` file, in its order, repeated ones too.

    In a Markdown file these are the rows of its tables and its lines of two parts (``saddle point - 鞍点``); of
    several ways to write a target (``实例/示例``) the first counts, or ``every`` one.  Which side is which is read off the
    scripts of the languages; where both have the same, the source stands first.
    Raises ``ConfigError`` when the file cannot be read, is damaged, or holds no term.
    """
    path = Path(path)
    if path.suffix.lower() in _TABLES:
        terms = tuple(Term(*pair) for pair in tmx.read(path, source_language, target_language))
    elif path.suffix.lower() in _MARKDOWN:
        terms = _glossary(path, source_language, target_language, every=every)
    else:
        hint = "Known: .csv, .tsv, .tmx, .md"
        raise ConfigError("not a kind of file that terms are read from", path=path, hint=hint)
    if not terms:
        hint = "A glossary in Markdown has tables, or lines such as: saddle point - 鞍点"
        raise ConfigError(f"holds no term from {source_language!r} to {target_language!r}", path=path, hint=hint)
    return terms


def as_csv(terms: Iterable[Term], source: str, target: str) -> TerminologyFile:
    """The terms as CSV between two languages by Amazon's codes, sorted; of several targets the first stays.

    Amazon distinguishes capitals: a term that begins with a small letter is written with a capital too, as it stands
    where a sentence begins, unless the terms say what that becomes.
    """
    left_out: Counter[str] = Counter()
    kept: dict[str, str] = {}
    for term in terms:
        pair = (normal(term.source), normal(term.target))
        if why := unwritable(pair, LONGEST, formulas=False) or _known_before(pair, kept):
            left_out[why] += 1
        else:
            kept[pair[0]] = pair[1]
    rows, size = [], len(quoted([(source, target)]))
    for term_source in sorted(kept):
        own = list(_with_capital(term_source, kept))
        size += len(quoted(own))
        if size > LARGEST:
            left_out["beyond the 10 MB that a file may have"] += 1
        else:
            rows.append((term_source, own))
    lines = sorted(itertools.chain.from_iterable(own for _, own in rows))
    return TerminologyFile(
        quoted([(source, target), *lines]), digest_of(lines, source, target), len(rows), dict(sorted(left_out.items()))
    )


def _known_before(pair: tuple[str, str], kept: Mapping[str, str]) -> str:
    if pair[0] not in kept:
        return ""
    return "repeated" if kept[pair[0]] == pair[1] else "with another translation of the same term"


def _with_capital(source: str, terms: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """A term's rows: as it is, and as it begins a sentence."""
    yield source, terms[source]
    capital = _capital(source)
    if capital not in terms and not glossary.is_short(source):
        row = (capital, _capital(terms[source]))
        if not unwritable(row, LONGEST, formulas=False):
            yield row


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _glossary(path: Path, source_language: str, target_language: str, *, every: bool) -> tuple[Term, ...]:
    try:
        pairs = glossary.read(_text(path), language(source_language), language(target_language), every=every)
        return tuple(Term(*pair) for pair in pairs)
    except ConfigError as error:
        error.path = error.path or path
        raise


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as why:
        raise ConfigError(f"cannot be read: {why.strerror or why}", path=path) from why
    except UnicodeDecodeError as why:
        raise ConfigError("not UTF-8", path=path) from why
