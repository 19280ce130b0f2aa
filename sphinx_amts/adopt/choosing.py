"""Which edition each document was translated from: of many, the one that fits best.

1. ``likely`` keeps the few that fit best at a glance.
2. Those are read and aligned; ``fit`` says how much of both texts belongs together.
3. ``chosen`` takes the best.  Of two that fit alike, the one that is named first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sphinx_amts.adopt.editions import Edition, Read, Side
from sphinx_amts.adopt.likeness import Features, features, likeness, text_features
from sphinx_amts.adopt.linking import Link, linked, sentences_of
from sphinx_amts.align.evidence import width
from sphinx_amts.locales import Language
from sphinx_amts.model import Segment

__all__ = ["Choice", "chosen", "fit", "likely"]

_FEW = 3
_NEAR = 0.02
"""How much less of a text may fit at a glance for an edition to be worth reading."""
_ALIKE = 0.001
"""By how much one edition must fit better than another that is named before it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An edition as it was read, its links to the translation, and how well it fits."""

    edition: Edition
    side: Side
    links: Sequence[Link]
    fit: float


def likely(editions: Sequence[Edition], target: Path, present: Path) -> list[Edition]:
    """The editions of a document that are worth reading, in their order: each text once, the text of ``present`` always."""
    own = features(_text(target), target.suffix)
    seen: dict[str, Edition] = {}
    for edition in editions:
        text = _text(edition.file)
        if text not in seen or not seen[text].name:
            seen[text] = edition
    if len(seen) == 1:
        return list(seen.values())
    marks = {text: likeness(features(text, target.suffix), own) for text in seen}
    best = sorted(marks, key=lambda text: -marks[text])[:_FEW]
    near = [text for text in best if marks[text] >= marks[best[0]] - _NEAR]
    now = _text(present) if present.is_file() else None
    return [edition for text, edition in seen.items() if text in near or text == now]


def _text(file: Path) -> str:
    return file.read_bytes().decode("utf-8")


def chosen(
    editions: Mapping[str, Sequence[Edition]], targets: Mapping[str, Side], read: Read, language: Language
) -> dict[str, list[Choice]]:
    """The editions of each document that could be read, in ``language``, the one that fits best first."""
    rounds = max(map(len, editions.values()), default=0)
    readings: list[tuple[str, Edition, Side]] = []
    for number in range(rounds):
        now = {path: each[number] for path, each in editions.items() if number < len(each) and path in targets}
        found = read({path: edition.file for path, edition in now.items()}, language) if now else {}
        readings += [(path, now[path], side) for path, side in found.items()]
    result: dict[str, list[Choice]] = {}
    if not readings:
        return result
    links = linked([(side, targets[path]) for path, _, side in readings])
    own = {path: _features(targets[path]) for path in editions if path in targets}
    for (path, edition, side), each in zip(readings, links, strict=True):
        value = fit(side, targets[path], each) + likeness(_features(side), own[path])
        result.setdefault(path, []).append(Choice(edition, side, each, value))
    for choices in result.values():
        best = max(choice.fit for choice in choices)
        choices.sort(key=lambda choice: choice.fit < best - _ALIKE)
    return result


def _features(side: Side) -> Features:
    document = side.document
    return text_features(document.flat.text, PurePosixPath(document.path).suffix)


def fit(source: Side, target: Side, links: Sequence[Link]) -> float:
    """How much of both texts stands in sentences that belong together, 0 to 1, as sure as that is."""
    left = right = 0.0
    for link in links:
        one, other = sentences_of(source, link.sources), sentences_of(target, link.targets)
        for sources, targets in link.beads:
            if sources and targets:
                left += link.score * _width(one[number] for number in sources)
                right += link.score * _width(other[number] for number in targets)
    totals = [_width(each for unit in side.sentences for each in unit) for side in (source, target)]
    return (left / max(totals[0], 1) + right / max(totals[1], 1)) / 2


def _width(sentences: Iterable[Segment]) -> int:
    return sum(width(sentence.masked) for sentence in sentences)
