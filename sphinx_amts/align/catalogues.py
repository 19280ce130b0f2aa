"""Gettext catalogues as bilingual texts: each message that is translated is a block, and its pair is known.

How a message is marked up is the grammar of the file that it was taken from, which its comment names: ``intro.md`` is
Markdown, anything else reStructuredText.  Fuzzy messages are guesses, and are none; neither are plurals.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sphinx_amts.align.bilingual import Bitext, Block, Files, Side, texts_of
from sphinx_amts.align.evidence import evidence
from sphinx_amts.align.limits import too_many
from sphinx_amts.document.inline.alone import grammar_alone
from sphinx_amts.document.segments import segments
from sphinx_amts.errors import ConfigError
from sphinx_amts.pairs import catalogues
from sphinx_amts.pairs.catalogues import Message
from sphinx_amts.pairs.tmx import nearest

__all__ = ["Catalogue", "bitext_of", "catalogues_in", "is_catalogue"]

_SUFFIX = ".po"
_MARKDOWN = (".md", ".ipynb")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A catalogue, and the languages that are asked of it: either may be that of the messages."""

    path: Path
    source: str
    target: str


def is_catalogue(path: Path) -> bool:
    """Whether a file holds both languages."""
    return path.suffix.lower() == _SUFFIX


def catalogues_in(place: Path) -> list[Files]:
    """The catalogue at a place, or all below it; each is its own translation."""
    if place.is_dir():
        return [Files(path, path, place, place) for path in texts_of(place, (_SUFFIX,))]
    return [Files(str(place), str(place))] if is_catalogue(place) else []


def bitext_of(catalogue: Catalogue) -> Bitext | str:
    """The translated messages of a catalogue as pairs of blocks, or why it cannot be read."""
    try:
        found = catalogues.read(catalogue.path)
    except ConfigError as error:
        return f"line {error.line}: {error.message}" if error.line else error.message
    messages = [one for one in found.messages if one.source.strip() and one.target.strip() and not one.is_fuzzy]
    path = str(catalogue.path)
    named = [found.language] if found.language else []
    is_turned = nearest(catalogue.source, named) is not None and nearest(catalogue.target, named) is None
    codes = (catalogue.target, catalogue.source) if is_turned else (catalogue.source, catalogue.target)
    texts = [(one, one.source) for one in messages], [(one, one.target) for one in messages]
    own, other = (Side(path, tuple(_blocks(side, code))) for side, code in zip(texts, codes, strict=True))
    if why := too_many(len(own.blocks)):
        return why
    return Bitext(other, own, is_paired=True) if is_turned else Bitext(own, other, is_paired=True)


def _blocks(texts: Iterable[tuple[Message, str]], code: str) -> Iterator[Block]:
    for number, (message, text) in enumerate(texts):
        place = message.places[0][0] if message.places else ""
        found = segments(text.strip(), grammar_alone(place if place.endswith(_MARKDOWN) else ".rst"), code)
        masked = " ".join(each.masked for each in found)
        codes = tuple(one for each in found for one in each.codes)
        yield Block(number, message.line, found, evidence(masked, codes))
