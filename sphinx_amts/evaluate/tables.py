"""An evaluation as tables: Markdown for people, plain data for programs.

The first table has the layout of the published ones: a row for each article, a column for each variant, and in each
cell the BLEU there and back, 0 to 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sphinx_amts.evaluate.beside import side_by_side, spread
from sphinx_amts.evaluate.evaluation import Cell, Evaluation, Side
from sphinx_amts.evaluate.scores import METRICS, Interval
from sphinx_amts.evaluate.variants import Variant

__all__ = ["Table", "data", "languages", "markdown", "measured", "published", "remarks"]

_EXAMPLES = 5
_SURE = 0.05


Table = list[list[str]]
"""The names of the columns, then the rows."""


def markdown(evaluation: Evaluation) -> str:
    """The whole result as Markdown."""
    return "\n".join(
        [*_published(evaluation), *_metrics(evaluation), *_examples(evaluation), *_remarks(evaluation), ""]
    )


def languages(side: Side) -> str:
    """A direction as people say it."""
    return f"{side.direction.source.code} to {side.direction.target.code}"


def published(evaluation: Evaluation) -> Table:
    """BLEU of each article and variant, there and back, and the averages."""
    variants = list(dict.fromkeys(cell.variant for cell in evaluation.cells))
    articles = list(dict.fromkeys(article.name for side in evaluation.sides for article in side.articles))
    return [
        ["article", *(variant.name for variant in variants)],
        *([name, *(_there_and_back(evaluation, variant, name) for variant in variants)] for name in articles),
        ["average", *(_there_and_back(evaluation, variant, None) for variant in variants)],
    ]


def _there_and_back(evaluation: Evaluation, variant: Variant, article: str | None) -> str:
    cells = [evaluation.cell(variant, side.direction) for side in evaluation.sides]
    return " / ".join(_average(cell) if article is None else _number(cell.bleu.get(article), 3) for cell in cells)


def _average(cell: Cell) -> str:
    return _number(average(cell), 4)


def average(cell: Cell) -> float | None:
    """The mean of the articles' BLEU, 0 to 100."""
    return sum(cell.bleu.values()) / len(cell.bleu) if cell.bleu else None


def _number(value: float | None, digits: int) -> str:
    """A score of 0 to 100 as 0 to 1, without zeros at its end, as the published tables have it."""
    return "-" if value is None else f"{value / 100:.{digits}f}".rstrip("0").rstrip(".")


def measured(evaluation: Evaluation, side: Side) -> Table:
    """The metrics of each variant over all articles of a direction, with intervals."""
    table = [["variant", *METRICS, "pairs learnt", "sentences refused"]]
    for cell in (cell for cell in evaluation.cells if cell.direction == side.direction):
        if cell.system is None or cell.hypotheses is None:
            table.append([cell.variant.name, cell.error, *[""] * (len(METRICS) + 1)])
            continue
        values = (_interval(cell.system.scores[metric], metric) for metric in METRICS)
        counts = len(cell.learnt.pairs), len(cell.hypotheses.refused)
        table.append([cell.variant.name, *values, *(f"{count:,}" for count in counts)])
    return table


def _interval(interval: Interval, metric: str) -> str:
    """BLEU 0 to 1, the others as sacrebleu has them; ``*`` where the difference to the first variant is significant."""
    scale, digits = (100, 4) if metric == "BLEU" else (1, 1)
    mark = " *" if interval.p is not None and interval.p < _SURE else ""
    return f"{interval.score / scale:.{digits}f} ± {interval.half / scale:.{digits}f}{mark}"


def remarks(evaluation: Evaluation) -> list[tuple[str, list[str]]]:
    """What a reader of the tables has to know: sentences, some with details."""
    found: list[tuple[str, list[str]]] = []
    for cell in evaluation.cells:
        name = f"{cell.variant.name}, {cell.direction.name}"
        if cell.learnt.held_out:
            found.append((f"{name}: {cell.learnt.held_out:,} pairs of the evaluated articles were held out.", []))
        if cell.learnt.leaks:
            leaks = [f"{leak.article}, line {leak.line}: {leak.pair[0]}" for leak in cell.learnt.leaks[:_EXAMPLES]]
            count = f"{len(cell.learnt.leaks):,} pairs from elsewhere give evaluated paragraphs away"
            found.append((f"{name}: {count}:", leaks))
        found += [(f"{name}: {notice}", []) for notice in (cell.hypotheses.notices if cell.hypotheses else ())]
    for side in evaluation.sides:
        left_out = sum(article.left_out for article in side.articles)
        if left_out:
            what = f"{left_out:,} paragraphs have no counterpart in the reference, and do not count."
            found.append((f"{side.direction.name}: {what}", []))
    found.append(("* differs from the first variant with p below 0.05 (paired bootstrap resampling).", []))
    found.append(("Of BLEU and chrF more is better, of TER less.", []))
    return found


def _published(evaluation: Evaluation) -> Iterator[str]:
    yield f"BLEU, 0 to 1; {' / '.join(map(languages, evaluation.sides))}\n"
    yield from _table(published(evaluation))


def _metrics(evaluation: Evaluation) -> Iterator[str]:
    for side in evaluation.sides:
        rows = sum(len(article.rows) for article in side.articles)
        yield f"{languages(side)}: {rows:,} paragraphs, 95 % intervals\n"
        if side.error:
            yield f"{side.error}\n"
            continue
        yield from _table(measured(evaluation, side))
        yield from (f"- {metric}: `{spelled}`" for metric, spelled in side.signatures.items())
        yield ""


def _examples(evaluation: Evaluation) -> Iterator[str]:
    shown = spread(side_by_side(evaluation, evaluation.sides[0]), _EXAMPLES)
    if not shown:
        return
    yield "Paragraphs from all over the articles\n"
    names = [name for name, _ in shown[0].texts]
    rows = [[one.source, one.reference, *(text for _, text in one.texts)] for one in shown]
    yield from _table([["source", "reference", *names], *rows])


def _remarks(evaluation: Evaluation) -> Iterator[str]:
    for text, details in remarks(evaluation):
        yield f"- {_cell(text)}"
        yield from (f"  - {_cell(one)}" for one in details)


def _table(table: Table) -> Iterator[str]:
    head, *rows = table
    yield _row(*head)
    yield _row(*["---"] * len(head))
    yield from (_row(*row) for row in rows)
    yield ""


def _row(*cells: str) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str) -> str:
    """A text that ends no cell and begins no markup of its own."""
    flat = " ".join(text.split()).replace("\\|", "|")
    return flat.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")


def data(evaluation: Evaluation) -> dict[str, Any]:
    """The whole result for programs; scores are sacrebleu's own, 0 to 100."""
    return {
        "directions": {
            side.direction.name: {
                "articles": {
                    article.name: {"paragraphs": len(article.rows), "left_out": article.left_out}
                    for article in side.articles
                },
                "signatures": dict(side.signatures),
                "error": side.error,
                "variants": [_variant(cell) for cell in evaluation.cells if cell.direction == side.direction],
            }
            for side in evaluation.sides
        }
    }


def _variant(cell: Cell) -> dict[str, Any]:
    made, system = cell.hypotheses, cell.system
    return {
        "name": cell.variant.name,
        "pairs": cell.variant.pairs,
        "engine": cell.variant.engine,
        "learnt": len(cell.learnt.pairs),
        "held_out": cell.learnt.held_out,
        "leaks": [
            {"article": leak.article, "line": leak.line, "source": leak.pair[0], "target": leak.pair[1]}
            for leak in cell.learnt.leaks
        ],
        "error": cell.error,
        "bleu": dict(cell.bleu),
        "average": average(cell),
        "all": {name: _scored(one) for name, one in system.scores.items()} if system else {},
        "sentences": made.sentences if made else 0,
        "from_memory": made.from_memory if made else 0,
        "refused": [{"source": source, "why": why} for source, why in made.refused.items()] if made else [],
        "characters_sent": made.characters if made else 0,
        "receipts": [
            {"name": one.name, "predicted": one.predicted, "charged": one.charged, "price": one.price}
            for one in (made.receipts if made else ())
        ],
    }


def _scored(interval: Interval) -> Mapping[str, float | None]:
    return {"score": interval.score, "mean": interval.mean, "half": interval.half, "p": interval.p}
