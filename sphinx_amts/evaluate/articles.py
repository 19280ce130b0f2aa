"""Articles beside their human translations, row by row.

A row is a paragraph, or what belongs together where translators joined or split some.  What has no counterpart in the
other language can be judged by nothing, and is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePath

from sphinx_amts.align import Mined, Pair
from sphinx_amts.align.bilingual import Bitext, Block
from sphinx_amts.locales import Language
from sphinx_amts.masked import strip_tags
from sphinx_amts.model import Segment

__all__ = ["Article", "Direction", "Row", "articles_of", "chosen", "directions", "is_named"]


@dataclass(frozen=True, slots=True)
class Row:
    """Sentences to translate, and what people made of them, as a reader sees it; ``line`` is where they begin."""

    sentences: tuple[Segment, ...]
    reference: str
    line: int


@dataclass(frozen=True, slots=True)
class Article:
    """A text with its reference; ``left_out`` counts its paragraphs that have none."""

    name: str
    path: str
    rows: tuple[Row, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Direction:
    """From which language into which; ``is_back`` where the human translation is what is translated."""

    source: Language
    target: Language
    is_back: bool = False

    @property
    def name(self) -> str:
        return f"{self.source.code}-{self.target.code}"


def directions(source: Language, target: Language, *, both: bool) -> tuple[Direction, ...]:
    """There, and back where that is wanted."""
    return (Direction(source, target), *([Direction(target, source, is_back=True)] if both else []))


def chosen(bitexts: Sequence[Bitext], wanted: Sequence[str]) -> tuple[list[Bitext], list[str]]:
    """The bitexts that globs name, in the order of the globs; and the globs that name none.  Without globs, all."""
    if not wanted:
        return list(bitexts), []
    named = {glob: [bitext for bitext in bitexts if _is_named(bitext, glob)] for glob in wanted}
    found = {bitext.target.path: bitext for several in named.values() for bitext in several}
    return list(found.values()), [glob for glob, several in named.items() if not several]


def _is_named(bitext: Bitext, glob: str) -> bool:
    return any(is_named(side.path, [glob]) for side in (bitext.source, bitext.target))


def is_named(path: str, globs: Sequence[str]) -> bool:
    """Whether a glob names a path, or its last part, with or without its suffix."""
    whole = PurePath(path)
    names = (whole.name, whole.stem, whole.as_posix(), whole.with_suffix("").as_posix())
    return any(fnmatchcase(name, glob) or fnmatchcase(name, f"*/{glob}") for name in names for glob in globs)


def articles_of(bitexts: Sequence[Bitext], paragraphs: Mined, direction: Direction, *, least: float) -> list[Article]:
    """The bitexts as articles in one direction; pairs of paragraphs that score below ``least`` do not count."""
    pairs: dict[tuple[str, str], list[Pair]] = {}
    for pair in paragraphs.pairs:
        if pair.score >= least:
            pairs.setdefault((pair.source_file, pair.target_file), []).append(pair)
    names = _names([bitext.target.path for bitext in bitexts])
    return [
        _article(bitext, names[bitext.target.path], pairs.get((bitext.source.path, bitext.target.path), []), direction)
        for bitext in bitexts
    ]


def _names(paths: Iterable[str]) -> Mapping[str, str]:
    """The last parts of each path, as few as tell it from all others."""
    parts = {path: PurePath(path).with_suffix("").parts for path in paths}
    ends = Counter(own[-count:] for own in parts.values() for count in range(1, len(own) + 1))
    return {path: "/".join(_first_alone(own, ends)) for path, own in parts.items()}


def _first_alone(parts: tuple[str, ...], ends: Mapping[tuple[str, ...], int]) -> tuple[str, ...]:
    tails = (parts[-count:] for count in range(1, len(parts) + 1))
    return next((tail for tail in tails if ends[tail] == 1), parts)


def _article(bitext: Bitext, name: str, pairs: Sequence[Pair], direction: Direction) -> Article:
    side = bitext.target if direction.is_back else bitext.source
    blocks = {block.number: block for block in side.blocks}
    rows = sorted(_rows(blocks, pairs, is_back=direction.is_back), key=lambda row: row.line)
    with_words = sum(_has_words(block) for block in side.blocks)
    used = {number for pair in pairs for number in (pair.target if direction.is_back else pair.source).units}
    return Article(name, side.path, tuple(rows), with_words - sum(_has_words(blocks[number]) for number in used))


def _rows(blocks: Mapping[int, Block], pairs: Sequence[Pair], *, is_back: bool) -> Iterator[Row]:
    for pair in pairs:
        text, reference = (pair.target, pair.source) if is_back else (pair.source, pair.target)
        own = [blocks[number] for number in text.units]
        if any(map(_has_words, own)) and reference.plain:
            yield Row(tuple(sentence for block in own for sentence in block.sentences), reference.plain, own[0].line)


def _has_words(block: Block) -> bool:
    """Whether there is anything to translate between the codes."""
    return any(any(map(str.isalpha, strip_tags(sentence.masked))) for sentence in block.sentences)
