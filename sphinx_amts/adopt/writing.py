"""The manifest of a translation that is taken over: every byte of both sides, cut where units stand.

What the translation does not have is recorded as left out: a group without a target.  Where people made one paragraph
of two, all of it belongs to the first, and the second has an empty target.  What the translation has and its source
does not stands in the gaps, which are people's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from sphinx_amts.adopt.editions import Side
from sphinx_amts.adopt.linking import Link, sentences_of
from sphinx_amts.document.reader import VERSION
from sphinx_amts.document.sentences import version
from sphinx_amts.locales import Language
from sphinx_amts.merge.separating import divided
from sphinx_amts.model import Group, Origin, Segment, State
from sphinx_amts.pairs.manifest import GapPiece, Manifest, UnitPiece

__all__ = ["adopted_manifest", "unsure_links"]

_UNSURE = 0.5
"""Below this score, people should look at a pair."""
_CLEAR = 0.9
"""Below this one, where another text of the target may be the right one."""


def adopted_manifest(path: str, source: Side, target: Side, links: Sequence[Link], language: Language) -> Manifest:
    """The manifest of one document; ``language`` is the source's."""
    return Manifest(
        path=path,
        pieces=tuple(_pieces(source, target, links)),
        style=target.document.flat.style,
        reader=VERSION,
        splitter=version(language.splitter),
    )


def _pieces(source: Side, target: Side, links: Sequence[Link]) -> Iterator[GapPiece | UnitPiece]:
    """Gap, unit, gap, ..., gap.

    What stands around units that are left out is cut where their gaps end.
    """
    link_of = {link.sources[0]: link for link in links}
    doubted = {link.sources[0] for link in unsure_links(links, len(target.document.units))}
    joined = {number for link in links for number in link.sources[1:]}
    texts, units = (source.document.flat.text, target.document.flat.text), source.document.units
    suffix = PurePosixPath(source.document.path).suffix
    waiting: list[tuple[str, UnitPiece]] = []
    at, there = 0, 0
    for number, unit in enumerate(units):
        gap = texts[0][at : unit.span.start]
        at = unit.span.end
        link = link_of.get(number)
        if link is None:
            own = source.sentences[number]
            waiting.append((gap, _unit(source, number, "", _told_before(own) if number in joined else _left_out(own))))
            continue
        first, last = (target.document.units[index].span for index in (link.targets[0], link.targets[-1]))
        yield from _between(waiting, gap, texts[1][there : first.start], suffix)
        groups = tuple(replace(group, unsure=number in doubted) for group in _groups(source, target, link))
        yield _unit(source, number, texts[1][first.start : last.end], groups)
        waiting, there = [], last.end
    yield from _between(waiting, texts[0][at:], texts[1][there:], suffix)


def _between(
    waiting: Sequence[tuple[str, UnitPiece]], gap: str, text: str, suffix: str
) -> Iterator[GapPiece | UnitPiece]:
    """Units without a target, each behind its gap, and the gap behind them, for all that stands there in the target."""
    parts = divided([*(before for before, _ in waiting), gap], text, suffix)
    for (before, unit), part in zip(waiting, parts, strict=False):
        yield from (GapPiece(before, part), unit)
    yield GapPiece(gap, parts[-1])


def unsure_links(links: Sequence[Link], units: int) -> Iterator[Link]:
    """The links that people should look at; ``units`` is how many the target has.

    The score is low, or it is not high and another text may be the right one: a sentence of the source has no
    translation, and a unit of the target beside the link has no source.
    """
    alone = {*range(units)}.difference(*(link.targets for link in links))
    for link in links:
        is_short = any(sources and not targets for sources, targets in link.beads)
        has_rival = is_short and not alone.isdisjoint((link.targets[0] - 1, link.targets[-1] + 1))
        if link.score < (_CLEAR if has_rival else _UNSURE):
            yield link


def _unit(side: Side, number: int, target: str, groups: tuple[Group, ...]) -> UnitPiece:
    unit = side.document.units[number]
    written = side.document.flat.text[unit.span.start : unit.span.end]
    return UnitPiece(unit.kind, written, target, groups, unit.encoding, unit.prefix, unit.ids, unit.names)


def _told_before(sentences: Sequence[Segment]) -> tuple[Group, ...]:
    """The group of a unit whose translation stands in the unit before: its target is there, and empty."""
    return (Group(tuple(sentence.text for sentence in sentences), ("",), Origin.HUMAN, State.TRANSLATED),)


def _left_out(sentences: Sequence[Segment]) -> tuple[Group, ...]:
    return tuple(_group([sentence], []) for sentence in sentences)


def _groups(source: Side, target: Side, link: Link) -> tuple[Group, ...]:
    """The groups of a link's first unit: all target sentences stand in it, in their order."""
    own = source.sentences[link.sources[0]]
    theirs = sentences_of(target, link.targets)
    if len(link.sources) > 1 or not _is_monotone(link, len(own), len(theirs)):
        return (_group(own, theirs),)
    groups: list[tuple[list[Segment], list[Segment]]] = []
    for sources, targets in link.beads:
        if not sources and groups:
            groups[-1][1].extend(theirs[number] for number in targets)
        else:
            groups.append(([own[number] for number in sources], [theirs[number] for number in targets]))
    if not groups[0][0]:  # a sentence of their own stands before the first
        if len(groups) == 1:
            return (_group(own, theirs),)
        groups[1] = (groups[1][0], [*groups[0][1], *groups[1][1]])
        del groups[0]
    return tuple(_group(*group) for group in groups)


def _is_monotone(link: Link, sources: int, targets: int) -> bool:
    """Whether the beads hold each sentence once, in order."""
    one = [number for bead in link.beads for number in bead[0]]
    other = [number for bead in link.beads for number in bead[1]]
    return one == list(range(sources)) and other == list(range(targets))


def _group(source: Sequence[Segment], target: Sequence[Segment]) -> Group:
    return Group(
        tuple(sentence.text for sentence in source),
        tuple(sentence.text for sentence in target),
        Origin.HUMAN,
        State.TRANSLATED,
    )
