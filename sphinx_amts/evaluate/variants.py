"""Variants: what an engine may learn from before it translates, and what is held out of that.

A pair of an evaluated article gives the answer away.  Pairs that were aligned out of an evaluated article are held out
by their file; a pair that comes from elsewhere and says the same is a *leak*, is named, and is held out too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sphinx_amts.align import Pair
from sphinx_amts.errors import ConfigError
from sphinx_amts.evaluate.articles import Article, Direction
from sphinx_amts.plain import normal, plain

__all__ = ["ALIGNED", "Leak", "Learnt", "Texts", "Variant", "fewer", "held_out", "variant"]

ALIGNED = ("paragraph", "sentence")
_LABELS = {"none": "no parallel data", "paragraph": "paragraph pairs", "sentence": "sentence pairs"}
_ACT = {"none": "no ACT", "paragraph": "ACT, paragraph pairs", "sentence": "ACT, sentence pairs"}
"""What the published tables call them, for the engine that has Active Custom Translation."""

Texts = tuple[str, str]
"""A source and its target, as a reader sees them."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A column of the table."""

    name: str
    pairs: str
    """``none``, ``paragraph``, ``sentence``, or the path of a file of pairs."""
    engine: str
    memory: Path | None = None
    """Pairs that are taken as they are, before the engine is asked."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A pair of the parallel data that gives away a row of an article."""

    article: str
    line: int
    pair: Texts


@dataclass(frozen=True, slots=True)
class Learnt:
    """The pairs that an engine learns from, and what is known about them."""

    pairs: tuple[Texts, ...]
    held_out: int
    leaks: tuple[Leak, ...]


def variant(spelled: str, engine: str) -> Variant:
    """A variant as it is written on a command line: ``sentence`` or ``mined.tmx,engine=apertium,memory=old.tmx,name=Old``.

    Raises ConfigError where it cannot be understood.
    """
    pairs, *more = (part.strip() for part in spelled.split(","))
    given: dict[str, str] = {}
    for part in more:
        name, equals, value = part.partition("=")
        if name not in ("name", "engine", "memory") or not equals or not value:
            raise ConfigError(f"--variant {spelled}: {part!r} is not understood", hint=_HINT)
        given[name] = value
    if pairs not in _LABELS and Path(pairs).suffix not in (".tmx", ".csv"):
        raise ConfigError(f"--variant {spelled}: {pairs!r} is not understood", hint=_HINT)
    for path in (given.get("memory"), pairs if pairs not in _LABELS else None):
        if path is not None and not Path(path).is_file():
            raise ConfigError("there is no such file of pairs", path=path)
    own = given.get("engine", engine)
    labels = _ACT if own.startswith("amazon") else _LABELS
    name = given.get("name") or labels.get(pairs, Path(pairs).name)
    return Variant(name, pairs, own, Path(given["memory"]) if "memory" in given else None)


_HINT = "Give none, paragraph, sentence, or a .tmx or .csv file; then ,engine=NAME ,memory=FILE ,name=TEXT"


def held_out(
    pairs: Iterable[Pair] | Iterable[Texts], articles: Sequence[Article], direction: Direction, *, keep: bool
) -> Learnt:
    """The pairs without those that give an evaluated row away; with ``keep`` they stay, and are named all the same."""
    paths = {article.path for article in articles}
    rows = _Rows(articles, direction)
    learnt, leaks, own = [], [], 0
    for pair in pairs:
        if isinstance(pair, Pair):
            texts = _turned((pair.source.plain, pair.target.plain), direction)
            file = pair.target_file if direction.is_back else pair.source_file
            if file in paths:
                own += 1
                learnt += [texts] if keep else []
                continue
        else:
            texts = _turned(pair, direction)
        leak = rows.leak(texts)
        leaks += [leak] if leak else []
        learnt += [texts] if keep or leak is None else []
    return Learnt(tuple(learnt), 0 if keep else own, tuple(leaks))


def fewer(learnt: Learnt, most: int | None) -> Learnt:
    """So many pairs at most, from all over those that there are: chosen by their digests, always the same."""
    if most is None or len(learnt.pairs) <= most:
        return learnt
    chosen = set(sorted(set(learnt.pairs), key=_digest)[:most])
    return replace(learnt, pairs=tuple(pair for pair in dict.fromkeys(learnt.pairs) if pair in chosen))


def _digest(pair: Texts) -> bytes:
    return hashlib.sha256("\0".join(pair).encode("utf-8", "backslashreplace")).digest()


def _turned(texts: Texts, direction: Direction) -> Texts:
    return (texts[1], texts[0]) if direction.is_back else texts


_SHORT = 30
"""Bytes: "Putting All Things Together" and its translation stand in many chapters, and give nothing away."""


class _Rows:
    """The evaluated rows as they are compared: letters and digits alone, in one long text for each article."""

    def __init__(self, articles: Sequence[Article], direction: Direction) -> None:
        blank = " " if direction.source.spaced else ""
        self._rows = [
            (article.name, row.line, _key(blank.join(plain(one.masked, one.codes) for one in row.sentences)), _key(row.reference))
            for article in articles
            for row in article.rows
        ]  # fmt: skip
        self._sources = "\n".join(source for *_, source, _ in self._rows)

    def leak(self, texts: Texts) -> Leak | None:
        """The row that has both sides of a pair in it, if one has."""
        source, target = map(_key, texts)
        if len(source.encode("utf-8")) < _SHORT or not target or source not in self._sources:
            return None
        for article, line, whole, reference in self._rows:
            if source in whole and target in reference:
                return Leak(article, line, (normal(texts[0]), normal(texts[1])))
        return None


def _key(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()
