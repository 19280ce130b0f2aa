"""Paragraphs side by side: the source, what people made of it, and what each variant made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sphinx_amts.evaluate.evaluation import Evaluation, Side
from sphinx_amts.plain import plain

__all__ = ["Beside", "side_by_side", "spread"]


@dataclass(frozen=True, slots=True)
class Beside:
    """A paragraph of an article as its readers see it; ``texts`` are those of the variants, by their names."""

    article: str
    line: int
    source: str
    reference: str
    texts: tuple[tuple[str, str], ...]


def side_by_side(evaluation: Evaluation, side: Side) -> list[Beside]:
    """The paragraphs of all articles in one direction; a variant that failed has no text."""
    blank = " " if side.direction.source.spaced else ""
    cells = [cell for cell in evaluation.cells if cell.direction == side.direction]
    made = [(cell.variant.name, cell.hypotheses.texts) for cell in cells if cell.hypotheses is not None]
    return [
        Beside(
            article.name,
            row.line,
            blank.join(plain(one.masked, one.codes) for one in row.sentences),
            row.reference,
            tuple((name, texts[article.name][place]) for name, texts in made),
        )
        for article in side.articles
        for place, row in enumerate(article.rows)
    ]


def spread(rows: Sequence[Beside], number: int) -> list[Beside]:
    """So many rows at most, from all over, not picked."""
    step = max(len(rows) / number, 1.0)
    return [rows[int((at + 0.5) * step)] for at in range(min(number, len(rows)))]
