"""How far the aligner's scores can be trusted, on documents that they were not made from.

    python benchmarks/align_scores.py CORPORA [calibration] [complete] [--files N]

CORPORA is the folder of the real books.  What is true is known because sure pairs were spoiled: those of the Spanish
catalogues and of quantecon-zh, which stand in the same order, and those of d2l-zh that the aligner is sure of.
"""

from __future__ import annotations

import argparse
import re
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from align import catalogues, d2l, quantecon

from sphinx_amts.align.bilingual import Bitext, Block
from sphinx_amts.align.blocks import aligned
from sphinx_amts.align.evidence import Evidence, evidence
from sphinx_amts.align.judging import is_sure
from sphinx_amts.align.spoiling import Passage, frame
from sphinx_amts.align.trial import Judged, judged_documents, judged_halves, judged_passages
from sphinx_amts.document.inline.rst import RstGrammar
from sphinx_amts.document.segments import segments
from sphinx_amts.model import Segment


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for, or all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("what", nargs="*", default=[], choices=[*_PARTS, []])
    parser.add_argument("--files", type=int, default=0, help="so many catalogues, from all over (default: all)")
    options = parser.parse_args(arguments)
    for name in options.what or _PARTS:
        print(f"\n{name}", flush=True)
        _PARTS[name](options)
    return 0


_RST = RstGrammar(None)


def calibration(options: argparse.Namespace) -> None:
    """Scores of documents that the judge was not taught by: three times damaged, so that there are enough."""
    for name, documents in (
        ("es", spanish(options)),
        ("zh, sure pairs of d2l-zh", sure_blocks(d2l(options))),
        ("zh, quantecon-zh by position", list(blocks_by_position(options))),
    ):
        passages = [as_many(each) for each in documents]
        wholes = [[(one.whole, other.whole) for one, other in each] for each in passages]
        for what, judged in (
            ("paragraphs", partial(judged_documents, wholes)),
            ("sentences", partial(judged_passages, passages)),
        ):
            show_calibration(f"{name}: {what}", [each for seed in range(7, 10) for each in judged(seed)])


Passages = list[tuple[Passage, Passage]]
_NOTHING = Evidence((), 0)


def spanish(options: argparse.Namespace) -> list[Sides]:
    """The pairs of each Spanish catalogue."""
    return [
        [(segments(one, _RST, "en"), segments(other, _RST, "es"), _NOTHING, _NOTHING) for one, other in rows]
        for rows in catalogues(options)
    ]


def as_many(pairs: Sides) -> Passages:
    """Those that have as many sentences on both sides, which stand for each other in their order."""
    return [
        (Passage(one, seen(left)), Passage(other, seen(right)))
        for left, right, one, other in pairs
        if len(left) == len(right)
    ]


def blocks_by_position(options: argparse.Namespace) -> Iterator[Sides]:
    """Lectures whose blocks are the same in number and kind."""
    for bitext in quantecon(options):
        left, right = bitext.source.blocks, bitext.target.blocks
        if [block.evidence.kind for block in left] == [block.evidence.kind for block in right]:
            yield [sides(one, other) for one, other in zip(left, right, strict=True)]


def show_calibration(name: str, judged: Sequence[Judged]) -> None:
    """The expected error: how far the mean score of a bin is from the share that is right, weighed by size.

    Once in bins of 200 pairs in the order of their scores, once in tenths of the scale, joined until they have 200.
    """
    ordered = sorted((each.score, each.right) for each in judged)
    bins = [ordered[at : at + 200] for at in range(0, len(ordered) - 199, 200)]
    tenths: list[list[tuple[float, bool]]] = [[]]
    for pair in ordered:
        if len(tenths[-1]) >= 200 and int(pair[0] * 10) > int(tenths[-1][-1][0] * 10):
            tenths.append([])
        tenths[-1].append(pair)
    errors, wide = ([(off(each), len(each)) for each in some] for some in (bins, tenths))
    doubtful = [pair for pair in ordered if pair[0] < 0.9]
    print(
        f"{name:44} expected error {expected(errors):.4f}, largest {max(errors)[0]:.4f};"
        f" in {len(wide)} tenths {expected(wide):.4f}, largest {max(wide)[0]:.4f} (wanted 0.02)"
        f"  {len(ordered):,} pairs, {len(doubtful):,} below 0.9",
        flush=True,
    )


def off(pairs: Sequence[tuple[float, bool]]) -> float:
    """How far the mean score is from the share that is right."""
    return abs(statistics.mean(score for score, _ in pairs) - statistics.mean(right for _, right in pairs))


def expected(errors: Sequence[tuple[float, int]]) -> float:
    """The mean, weighed."""
    return sum(error * size for error, size in errors) / sum(size for _, size in errors)


Texts = list[tuple[Evidence, Evidence, Evidence]]
"""Source, target, and half of the target."""


def complete(options: argparse.Namespace) -> None:
    """Whether a translation that says half of its source is told from a full one."""
    for name, documents in (
        ("es", spanish(options)),
        ("zh, sure pairs of d2l-zh", sure_blocks(d2l(options))),
        ("zh, quantecon-zh by position", list(blocks_by_position(options))),
    ):
        for what, make in (("paragraphs", halved_paragraphs), ("sentences", halved_sentences)):
            show_complete(f"{name}: {what}", judged_halves([list(make(each)) for each in documents]))


Side = tuple[Segment, ...]
Sides = list[tuple[Side, Side, Evidence, Evidence]]
"""The sentences of a block and of its translation, and the frames of both."""


def sure_blocks(bitexts: Sequence[Bitext]) -> list[Sides]:
    """The pairs of blocks that the aligner is sure of."""
    found = aligned(
        [[block.evidence for block in each.source.blocks] for each in bitexts],
        [[block.evidence for block in each.target.blocks] for each in bitexts],
    )
    return [
        [sides(each.source.blocks[bead.source], each.target.blocks[bead.target]) for bead in way if is_sure(bead)]
        for each, way in zip(bitexts, found.beads, strict=True)
    ]


def sides(one: Block, other: Block) -> tuple[Side, Side, Evidence, Evidence]:
    """A pair of blocks."""
    return one.sentences, other.sentences, frame(one.evidence), frame(other.evidence)


def halved_paragraphs(pairs: Sides) -> Iterator[tuple[Evidence, Evidence, Evidence]]:
    """Half of the sentences, or half of the only one."""
    for left, right, one, other in pairs:
        short = right[: len(right) // 2] if len(right) > 1 else tuple(map(half, right))
        found = (Passage(around, seen(side)).whole for around, side in ((one, left), (other, right), (other, short)))
        yield next(found), next(found), next(found)


def halved_sentences(pairs: Sides) -> Iterator[tuple[Evidence, Evidence, Evidence]]:
    """Half of each sentence, where both sides have as many."""
    for left, right, _, _ in pairs:
        if len(left) == len(right):
            yield from zip(seen(left), seen(right), seen(list(map(half, right))), strict=True)


def seen(side: Sequence[Segment]) -> tuple[Evidence, ...]:
    """What the aligner knows of sentences."""
    return tuple(evidence(each.masked, each.codes) for each in side)


def half(text: Segment) -> Segment:
    """The first half, with the codes that stand in it."""
    kept = len(text.masked) // 2
    while "<" in text.masked[:kept] and re.search(r"<[^>]*\Z", text.masked[:kept]):
        kept += 1
    numbers = {int(number) for number in re.findall(r"<(\d+)", text.masked[:kept])}
    codes = tuple(code for number, code in enumerate(text.codes, 1) if number in numbers)
    return replace(text, masked=text.masked[:kept], codes=codes)


def show_complete(name: str, judged: Sequence[tuple[float, float, int]]) -> None:
    """How many halves are below 0.5, and how many full ones; of texts with 8 words or more, and of the others."""
    for what, some in (
        ("8 words or more", [e for e in judged if e[2] >= 8]),
        ("fewer", [e for e in judged if e[2] < 8]),
    ):
        if some:
            told = statistics.mean(short < 0.5 for _, short, _ in some)
            wrong = statistics.mean(full < 0.5 for full, _, _ in some)
            worse = statistics.mean(short < full for full, short, _ in some)
            print(
                f"{f'{name}, {what}':60} halves told {told:.3f}, full ones taken for halves {wrong:.3f},"
                f" half below full {worse:.3f}  {len(some):,} pairs",
                flush=True,
            )


_PARTS: dict[str, Callable[[argparse.Namespace], None]] = {"calibration": calibration, "complete": complete}

if __name__ == "__main__":
    raise SystemExit(main())
