"""From bitexts to scored pairs."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import accumulate

from sphinx_amts.align.beads import Bead
from sphinx_amts.align.bilingual import Bitext, Block
from sphinx_amts.align.blocks import Aligned, aligned, paired, uncollected
from sphinx_amts.align.evidence import Evidence
from sphinx_amts.align.judging import (
    Judge,
    block_judge,
    is_sure,
    sentence_judge,
    sentence_values,
    sure_passages,
    values,
)
from sphinx_amts.align.sentences import aligned_sentences
from sphinx_amts.align.spoiling import frame
from sphinx_amts.align.terms import Glossary
from sphinx_amts.align.workers import Lost
from sphinx_amts.align.workers import each as each_of
from sphinx_amts.errors import WorkerError
from sphinx_amts.locales import language
from sphinx_amts.model import InlineCode, Segment
from sphinx_amts.pairs.terminology import Term
from sphinx_amts.plain import normal, plain

__all__ = ["Link", "Mined", "Pair", "Text", "block_links", "mine", "mine_each"]


@dataclass(frozen=True, slots=True)
class Text:
    """One side of a pair: as it stands in its file, as its reader sees it, its codes, and the units that it is from."""

    written: str
    plain: str
    codes: tuple[InlineCode, ...]
    units: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A text and its translation.

    ``score`` is how likely it is the right place, ``complete`` how likely both sides say the same, no more and no less.
    """

    source: Text
    target: Text
    granularity: str
    score: float
    complete: float
    source_file: str
    target_file: str
    sentences: tuple[int, int] = (1, 1)
    """How many sentences stand on either side."""


@dataclass(frozen=True, slots=True)
class Mined:
    """All pairs, in the order of the files and of their sources; and how many texts there are, and are in no pair."""

    pairs: tuple[Pair, ...]
    source_texts: int
    target_texts: int
    source_alone: int
    target_alone: int


@dataclass(frozen=True, slots=True)
class Link:
    """A bead of blocks, with its document and its score."""

    document: int
    bead: Bead
    score: float
    complete: float


_SHARE = 50_000
"""Source blocks that are aligned at once: more would teach the lexicon little, and take the memory of a machine."""


def mine(
    bitexts: Sequence[Bitext],
    source: str,
    target: str,
    *,
    granularity: str = "sentence",
    terms: Sequence[Term] = (),
    executor: Executor | None = None,
    share: int = _SHARE,
) -> Mined:
    """The pairs of ``paragraph``s or of ``sentence``s: ``mine_each`` for one granularity."""
    return mine_each(bitexts, source, target, [granularity], terms=terms, executor=executor, share=share)[granularity]


def mine_each(
    bitexts: Sequence[Bitext],
    source: str,
    target: str,
    granularities: Collection[str],
    *,
    terms: Sequence[Term] = (),
    executor: Executor | None = None,
    share: int = _SHARE,
) -> dict[str, Mined]:
    """The pairs of ``paragraph``s, ``sentence``s or both of bitexts between two languages; ``terms`` are evidence.

    The blocks of bitexts that are paired are taken as they stand, and come last.
    A collection of more than ``share`` blocks is dealt out to shares of about the same size, each with a lexicon of its
    own; ``executor`` does them side by side, and the result is the same without one.  Raises WorkerError where a share is
    lost.
    """
    kinds = [[one for one in bitexts if one.is_paired is known] for known in (False, True)]
    parts = [part for kind in kinds if kind for part in _shares(kind, share)]
    work = [_Share(part, source, target, tuple(granularities), tuple(terms)) for part in parts or [()]]
    if len(work) == 1:
        return _mined(work[0])
    results = [each for each in each_of(executor, _mined, work) if not isinstance(each, Lost)]
    if len(results) < len(work):
        hint = "Give the workers more memory, or align the collection in parts."
        raise WorkerError("the work was lost: each worker that tried it ended", hint=hint)
    return {granularity: _joined([each[granularity] for each in results]) for granularity in granularities}


def _joined(results: Sequence[Mined]) -> Mined:
    counts = ((each.source_texts, each.target_texts, each.source_alone, each.target_alone) for each in results)
    return Mined(tuple(pair for each in results for pair in each.pairs), *map(sum, zip(*counts, strict=True)))


@dataclass(frozen=True, slots=True)
class _Share:
    """Bitexts that are aligned together, and how."""

    bitexts: tuple[Bitext, ...]
    source: str
    target: str
    granularities: tuple[str, ...]
    terms: tuple[Term, ...]


def _shares(bitexts: Sequence[Bitext], most: int) -> Iterator[tuple[Bitext, ...]]:
    """The bitexts in runs of about the same number of blocks; one run at least."""
    sizes = [len(bitext.source.blocks) for bitext in bitexts]
    count = max(math.ceil(sum(sizes) / most), 1)
    number = [min(before * count // max(sum(sizes), 1), count - 1) for before in accumulate(sizes, initial=0)]
    for share in range(count):
        run = tuple(bitext for bitext, own in zip(bitexts, number, strict=False) if own == share)
        if run or count == 1:
            yield run


@uncollected()
def _mined(share: _Share) -> dict[str, Mined]:
    glossary = Glossary(share.terms, language(share.source), language(share.target))
    bitexts = [glossary.marked(bitext) for bitext in share.bitexts] if share.terms else share.bitexts
    spaced = language(share.source).spaced, language(share.target).spaced
    is_known = any(bitext.is_paired for bitext in bitexts)
    if is_known and "sentence" not in share.granularities:
        return {"paragraph": _paragraphs(bitexts, _known(bitexts), spaced)}
    found = (paired if is_known else aligned)(
        [[block.evidence for block in bitext.source.blocks] for bitext in bitexts],
        [[block.evidence for block in bitext.target.blocks] for bitext in bitexts],
    )
    judge = block_judge(found, bitexts)
    links = _known(bitexts) if is_known else block_links(found, judge)
    mined = {}
    if "paragraph" in share.granularities:
        mined["paragraph"] = _paragraphs(bitexts, links, spaced)
    if "sentence" in share.granularities:
        mined["sentence"] = _sentences(bitexts, links, found, judge, spaced, glossary)
    return mined


def block_links(found: Aligned, judge: Judge) -> list[Link]:
    """The beads of blocks that have both sides, each with how sure it is."""
    beads = [(document, bead) for document, way in enumerate(found.beads) for bead in way if 0 not in bead.shape]
    right, whole = judge(values(found.model, found.source, found.target, beads, found.source.first, found.target.first))
    return [
        Link(document, bead, float(score), float(complete))
        for (document, bead), score, complete in zip(beads, right, whole, strict=True)
    ]


def _known(bitexts: Sequence[Bitext]) -> list[Link]:
    """The pairs of blocks that need not be found."""
    return [
        Link(document, Bead(at, at + 1, at, at + 1), 1.0, 1.0)
        for document, bitext in enumerate(bitexts)
        for at in range(len(bitext.source.blocks))
    ]


Sentence = tuple[int, Segment]
"""The number of its unit, and what stands there."""


def _paragraphs(bitexts: Sequence[Bitext], links: Sequence[Link], spaced: tuple[bool, bool]) -> Mined:
    pairs = [
        _pair(bitexts[link.document], *_sides(bitexts, link), "paragraph", link.score, link.complete, spaced)
        for link in links
    ]
    texts = sum(len(each.source.blocks) for each in bitexts), sum(len(each.target.blocks) for each in bitexts)
    used = sum(link.bead.shape[0] for link in links), sum(link.bead.shape[1] for link in links)
    return Mined(tuple(pairs), *texts, texts[0] - used[0], texts[1] - used[1])


def _sides(bitexts: Sequence[Bitext], link: Link) -> tuple[list[Sentence], list[Sentence]]:
    bitext, bead = bitexts[link.document], link.bead
    return (
        _of([bitext.source.blocks[block] for block in bead.sources]),
        _of([bitext.target.blocks[block] for block in bead.targets]),
    )


def _of(blocks: Sequence[Block]) -> list[Sentence]:
    return [(block.number, sentence) for block in blocks for sentence in block.sentences]


def _sentences(
    bitexts: Sequence[Bitext],
    links: Sequence[Link],
    found: Aligned,
    judge: Judge,
    spaced: tuple[bool, bool],
    glossary: Glossary,
) -> Mined:
    sides = [_sides(bitexts, link) for link in links]
    groups: list[list[tuple[list[Evidence], list[Evidence]]]] = [[] for _ in bitexts]
    for link, (left, right) in zip(links, sides, strict=True):
        groups[link.document].append(
            (
                [glossary.source.evidence(sentence) for _, sentence in left],
                [glossary.target.evidence(sentence) for _, sentence in right],
            )
        )
    result = aligned_sentences(groups, found.model, found.vocabulary)
    frames: list[list[tuple[Evidence, Evidence] | None]] = [[] for _ in bitexts]
    for link in links:
        frames[link.document].append(_frames(bitexts[link.document], link.bead) if is_sure(link.bead) else None)
    own = sentence_judge(found, judge, sure_passages(groups, result, frames), result.model)
    ways = [way for document in result.ways for way in document]
    beads = [(owner, bead) for owner, way in enumerate(ways) for bead in way if 0 not in bead.shape]
    scores, whole = own(sentence_values(result, beads, [link.score for link in links]))
    pairs = []
    for (owner, bead), score, complete in zip(beads, scores, whole, strict=True):
        link = links[owner]
        one, other = sides[owner][0][bead.source : bead.source_end], sides[owner][1][bead.target : bead.target_end]
        pairs.append(_pair(bitexts[link.document], one, other, "sentence", float(score), float(complete), spaced))
    texts = (
        sum(len(block.sentences) for each in bitexts for block in each.source.blocks),
        sum(len(block.sentences) for each in bitexts for block in each.target.blocks),
    )
    used = sum(bead.shape[0] for _, bead in beads), sum(bead.shape[1] for _, bead in beads)
    return Mined(tuple(pairs), *texts, texts[0] - used[0], texts[1] - used[1])


def _frames(bitext: Bitext, bead: Bead) -> tuple[Evidence, Evidence]:
    return frame(bitext.source.blocks[bead.source].evidence), frame(bitext.target.blocks[bead.target].evidence)


def _pair(
    bitext: Bitext,
    left: Sequence[Sentence],
    right: Sequence[Sentence],
    granularity: str,
    score: float,
    complete: float,
    spaced: tuple[bool, bool],
) -> Pair:
    return Pair(
        _text(left, spaced[0]),
        _text(right, spaced[1]),
        granularity,
        round(score, 4),
        round(complete, 4),
        bitext.source.path,
        bitext.target.path,
        (len(left), len(right)),
    )


def _text(sentences: Sequence[Sentence], spaced: bool) -> Text:
    blank = " " if spaced else ""
    return Text(
        blank.join(normal(sentence.text) for _, sentence in sentences),
        blank.join(plain(sentence.masked, sentence.codes) for _, sentence in sentences),
        tuple(code for _, sentence in sentences for code in sentence.codes),
        tuple(dict.fromkeys(number for number, _ in sentences)),
    )
