"""How far scores can be trusted: documents are spoiled, and judged by what other documents teach.

The pairs that are given are taken for right and in order.  All documents are damaged and aligned; from then on nothing is used
that the aligner does not have of a real book.  The sure pairs of one half of the documents teach the judge; what is given
back are the pairs that were found in the other half, with what is true of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sphinx_amts.align.blocks import Aligned, aligned
from sphinx_amts.align.evidence import Evidence, is_anchor
from sphinx_amts.align.judging import (
    Judge,
    block_values,
    is_sure,
    linked,
    sentence_groups,
    sentence_judge,
    sentence_rows,
    sentence_values,
    sure_passages,
    taught,
    true_rows,
    wholes,
)
from sphinx_amts.align.scores import pair_values
from sphinx_amts.align.sentences import aligned_sentences
from sphinx_amts.align.spoiling import Passage, damaged, damaged_passages

__all__ = ["Judged", "judged_documents", "judged_halves", "judged_passages"]


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair that was found: its score, and whether it is right."""

    score: float
    right: bool


def judged_documents(documents: Sequence[Sequence[tuple[Evidence, Evidence]]], seed: int = 7) -> list[Judged]:
    """Pairs of blocks."""
    sources, targets, truths = damaged(documents, seed)
    found = aligned(sources, targets)
    judge = _of_one_half(found, sources, targets)
    rows = [row for row in true_rows(found.beads, truths) if row[0] % 2]
    scores, _ = judge(block_values(found, rows))
    return [Judged(float(score), right) for score, (_, _, right) in zip(scores, rows, strict=True)]


def judged_passages(documents: Sequence[Sequence[tuple[Passage, Passage]]], seed: int = 7) -> list[Judged]:
    """Pairs of sentences; passages are damaged, and sentences inside."""
    spoiled = damaged_passages(documents, seed)
    found = aligned(*wholes(spoiled))
    judge = _of_one_half(found, *wholes(spoiled))
    groups, units = sentence_groups(found, judge, spoiled)
    inner = aligned_sentences(groups, found.model, found.vocabulary)
    frames: list[list[tuple[Evidence, Evidence] | None]] = [[] for _ in spoiled]
    for document, bead, _ in linked(found):
        sides = spoiled[document].sources[bead.source].frame, spoiled[document].targets[bead.target].frame
        frames[document].append(sides if is_sure(bead) else None)
    teachers = sure_passages(groups, inner, frames)[::2]
    own = sentence_judge(found, judge, teachers, inner.model)
    rows = sentence_rows(found, inner, spoiled)
    documents_of = [document for document, _, _ in linked(found)]
    rows = [row for row in rows if documents_of[row[0]] % 2]
    scores, _ = own(sentence_values(inner, [(owner, bead) for owner, bead, _ in rows], units))
    return [Judged(float(score), right) for score, (_, _, right) in zip(scores, rows, strict=True)]


def judged_halves(documents: Sequence[Sequence[tuple[Evidence, Evidence, Evidence]]]) -> list[tuple[float, float, int]]:
    """How complete each target is thought to be, and its shorter version; and how many words its source has.

    Each pair is given as source, target, and a shorter target.
    """
    sources = [[source for source, _, _ in each] for each in documents]
    targets = [[target for _, target, _ in each] for each in documents]
    found = aligned(sources, targets)
    judge = _of_one_half(found, sources, targets)
    texts = [text for document in documents[1::2] for text in document]
    full, short = (
        judge.complete(pair_values(found.model, pairs, found.vocabulary))
        for pairs in ([(one, other) for one, other, _ in texts], [(one, less) for one, _, less in texts])
    )
    sizes = [sum(not is_anchor(token) for token in one.tokens) for one, _, _ in texts]
    return [(float(a), float(b), size) for a, b, size in zip(full, short, sizes, strict=True)]


def _of_one_half(found: Aligned, sources: Sequence[Sequence[Evidence]], targets: Sequence[Sequence[Evidence]]) -> Judge:
    """The judge of blocks that every second document teaches."""
    documents = [
        [(sources[number][bead.source], targets[number][bead.target]) for bead in found.beads[number] if is_sure(bead)]
        for number in range(0, len(sources), 2)
    ]
    return taught(found.model, [document for document in documents if document], found.vocabulary)
