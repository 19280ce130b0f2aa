"""Which units of a source and its translation belong together, and which of their sentences.

The aligner links blocks; a manifest holds a target where its source stands, so of links that cross, the longest run in order
stays.  What the aligner does not look at (front matter, alternative texts) is paired between links, kind by kind.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sphinx_amts.adopt.editions import Side
from sphinx_amts.align.beads import Bead
from sphinx_amts.align.bilingual import Bitext
from sphinx_amts.align.bilingual import Side as Blocks
from sphinx_amts.align.blocks import Aligned, aligned
from sphinx_amts.align.evidence import Evidence, evidence
from sphinx_amts.align.judging import block_judge
from sphinx_amts.align.mining import block_links
from sphinx_amts.align.sentences import aligned_sentences
from sphinx_amts.model import Kind, Segment

__all__ = ["Link", "linked", "sentences_of"]


@dataclass(frozen=True, slots=True)
class Link:
    """Units of the source and of the target, by number, and how sure it is that they belong together.

    ``beads`` are its sentences that belong together, by their numbers among the link's own.
    """

    sources: tuple[int, ...]
    targets: tuple[int, ...]
    score: float
    beads: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = ()


def linked(pairs: Sequence[tuple[Side, Side]]) -> list[list[Link]]:
    """The links of each pair of documents, in order on both sides."""
    found = aligned(
        [[block.evidence for block in one.blocks] for one, _ in pairs],
        [[block.evidence for block in other.blocks] for _, other in pairs],
    )
    bitexts = [Bitext(Blocks("", one.blocks), Blocks("", other.blocks)) for one, other in pairs]
    judge = block_judge(found, bitexts)
    links: list[list[Link]] = [[] for _ in pairs]
    for link in block_links(found, judge):
        one, other = pairs[link.document]
        sources = tuple(one.blocks[number].number for number in link.bead.sources)
        targets = tuple(other.blocks[number].number for number in link.bead.targets)
        links[link.document].append(Link(sources, targets, link.score))
    ordered = [list(_filled(pair, _in_order(each))) for pair, each in zip(pairs, links, strict=True)]
    return list(_with_sentences(pairs, ordered, found))


def _in_order(links: Sequence[Link]) -> list[Link]:
    """The longest run of links that do not cross on either side."""
    links = sorted(links, key=lambda link: (link.sources[0], link.targets[0]))
    ends: list[tuple[int, int]] = []
    tails: list[int] = []
    before: list[int | None] = []
    for number, link in enumerate(links):
        at = bisect_left(ends, (link.targets[0], -1))
        while at and (links[tails[at - 1]].sources[-1] >= link.sources[0] or ends[at - 1][0] >= link.targets[0]):
            at -= 1
        before.append(tails[at - 1] if at else None)
        end = (link.targets[-1], number)
        if at == len(ends):
            ends.append(end)
            tails.append(number)
        elif end < ends[at]:
            ends[at], tails[at] = end, number
    run: list[Link] = []
    last = tails[-1] if tails else None
    while last is not None:
        run.append(links[last])
        last = before[last]
    return run[::-1]


def _filled(pair: tuple[Side, Side], links: Sequence[Link]) -> Iterator[Link]:
    """The links, and between two of them what is left, where both sides have as much of it, kind by kind.

    What the aligner does not look at has no better place.  Where it saw units and linked none of them, people are to look.
    """
    source = target = 0
    for link in [*links, None]:
        until = (link.sources[0], link.targets[0]) if link else tuple(len(side.document.units) for side in pair)
        yield from _paired(pair, range(source, until[0]), range(target, until[1]))
        if link:
            yield link
            source, target = link.sources[-1] + 1, link.targets[-1] + 1


def _paired(pair: tuple[Side, Side], sources: Sequence[int], targets: Sequence[int]) -> Iterator[Link]:
    seen = [{block.number for block in side.blocks} for side in pair]
    unseen = [
        [number for number in some if number not in known] for some, known in zip((sources, targets), seen, strict=True)
    ]
    for left, right in ((sources, targets), unseen):
        if [_kind(pair[0], number) for number in left] == [_kind(pair[1], number) for number in right]:
            for one, other in zip(left, right, strict=True):
                yield Link((one,), (other,), 0.0 if one in seen[0] or other in seen[1] else 1.0)
            return


def _kind(side: Side, number: int) -> Kind:
    return side.document.units[number].kind


def _with_sentences(
    pairs: Sequence[tuple[Side, Side]], links: Sequence[Sequence[Link]], found: Aligned
) -> Iterator[list[Link]]:
    groups = [
        [(_evidence(one, link.sources), _evidence(other, link.targets)) for link in each]
        for (one, other), each in zip(pairs, links, strict=True)
    ]
    result = aligned_sentences(groups, found.model, found.vocabulary)
    for each, ways in zip(links, result.ways, strict=True):
        yield [Link(link.sources, link.targets, link.score, _plain(way)) for link, way in zip(each, ways, strict=True)]


def _plain(way: Sequence[Bead]) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
    return tuple((bead.sources, bead.targets) for bead in way)


def _evidence(side: Side, units: Sequence[int]) -> list[Evidence]:
    return [evidence(sentence.masked, sentence.codes) for sentence in sentences_of(side, units)]


def sentences_of(side: Side, units: Sequence[int]) -> list[Segment]:
    """The sentences of some units, one behind the other."""
    return [sentence for number in units for sentence in side.sentences[number]]
