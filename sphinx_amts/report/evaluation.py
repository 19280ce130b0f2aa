"""An evaluation as one page that stands alone: tables, plots, and the texts side by side with what differs marked.

The page has no script, loads nothing, and forbids both; every text of a document is escaped where it is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from sphinx_amts.evaluate import (
    Beside,
    Evaluation,
    Side,
    Table,
    languages,
    measured,
    published,
    remarks,
    side_by_side,
    spread,
)
from sphinx_amts.report.differences import Run, marked
from sphinx_amts.report.evaluation_plots import Plot, plots
from sphinx_amts.report.page import bytes_of, rendered

__all__ = ["page"]

_ROWS = 300
"""Paragraphs of a direction that are shown: a page of thousands is slow, and nobody reads them."""


@dataclass(frozen=True, slots=True)
class _Text:
    """A variant's text in runs of words."""

    name: str
    runs: Sequence[Run]


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    source: str
    reference: str
    texts: Sequence[_Text]


@dataclass(frozen=True, slots=True)
class _Section:
    """A direction as it is shown."""

    name: str
    error: str
    paragraphs: int
    source: str
    target: str
    is_source_rtl: bool
    is_target_rtl: bool
    table: Table
    signatures: Sequence[tuple[str, str]]
    plots: Sequence[Plot] | None
    shown: int
    articles: Sequence[tuple[str, Sequence[_Row]]]


def page(evaluation: Evaluation) -> bytes:
    """The whole page; without matplotlib it says how to have plots."""
    sections = [_section(evaluation, side) for side in evaluation.sides]
    text = rendered(
        "evaluation.html",
        title=f"Evaluation, {' and '.join(section.name for section in sections)}",
        published=published(evaluation),
        sections=sections,
        remarks=remarks(evaluation),
    )
    return bytes_of(text)


def _section(evaluation: Evaluation, side: Side) -> _Section:
    source, target = side.direction.source, side.direction.target
    every = side_by_side(evaluation, side)
    rows = spread(every, _ROWS)
    return _Section(
        languages(side),
        side.error,
        len(every),
        source.sphinx.replace("_", "-"),
        target.sphinx.replace("_", "-"),
        source.rtl,
        target.rtl,
        measured(evaluation, side),
        list(side.signatures.items()),
        plots(evaluation, side),
        len(rows),
        list(_articles(rows, spaced=target.spaced)),
    )


def _articles(rows: Sequence[Beside], *, spaced: bool) -> Iterator[tuple[str, list[_Row]]]:
    for article, own in groupby(rows, key=lambda row: row.article):
        yield article, [_row(row, spaced=spaced) for row in own]


def _row(row: Beside, *, spaced: bool) -> _Row:
    """A paragraph; what a later variant has right and the first has not is marked as won."""
    first = row.texts[0][1] if row.texts else ""
    texts = [
        _Text(name, marked(text, row.reference, first if number else text, spaced=spaced))
        for number, (name, text) in enumerate(row.texts)
    ]
    return _Row(row.line, row.source, row.reference, texts)
