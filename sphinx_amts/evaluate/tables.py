"""An evaluation as tables: Markdown for people, plain data for programs.

The first table has the layout of the published ones: a row for each article, a column for each variant, and in each
cell the BLEU there and back, 0 to 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sphinx_amts.evaluate.evaluation import Cell, Evaluation
from sphinx_amts.evaluate.scores import METRICS, Interval
from sphinx_amts.evaluate.variants import Variant
from sphinx_amts.pairs.parallel_data import plain

__all__ = ["data", "examples", "markdown"]

_EXAMPLES = 5
_SURE = 0.05


def markdown(evaluation: Evaluation) -> str:
    """The whole result as Markdown."""
    return "\n".join(
        [*_published(evaluation), "", *_metrics(evaluation), *_examples(evaluation), *_remarks(evaluation)]
    )


def _variants(evaluation: Evaluation) -> list[Variant]:
    return list(dict.fromkeys(cell.variant for cell in evaluation.cells))


def _published(evaluation: Evaluation) -> Iterator[str]:
    variants = _variants(evaluation)
    names = " / ".join(f"{side.direction.source.code} to {side.direction.target.code}" for side in evaluation.sides)
    yield f"BLEU, 0 to 1; {names}\n"
    yield _row("article", *(variant.name for variant in variants))
    yield _row(*["---"] * (len(variants) + 1))
    for article in _articles(evaluation):
        yield _row(article, *(_there_and_back(evaluation, variant, article) for variant in variants))
    yield _row("average", *(_there_and_back(evaluation, variant, None) for variant in variants))


def _articles(evaluation: Evaluation) -> list[str]:
    return list(dict.fromkeys(article.name for side in evaluation.sides for article in side.articles))


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


def _metrics(evaluation: Evaluation) -> Iterator[str]:
    for side in evaluation.sides:
        rows = sum(len(article.rows) for article in side.articles)
        yield f"{side.direction.source.code} to {side.direction.target.code}: {rows:,} paragraphs, 95 % intervals\n"
        if side.error:
            yield f"{side.error}\n"
            continue
        yield _row("variant", *METRICS, "pairs learnt", "sentences refused")
        yield _row(*["---"] * (len(METRICS) + 3))
        for cell in (cell for cell in evaluation.cells if cell.direction == side.direction):
            if cell.system is None or cell.hypotheses is None:
                yield _row(cell.variant.name, cell.error, *[""] * (len(METRICS) + 1))
                continue
            values = (_interval(cell.system.scores[metric], metric) for metric in METRICS)
            yield _row(cell.variant.name, *values, f"{len(cell.learnt.pairs):,}", f"{len(cell.hypotheses.refused):,}")
        yield ""
        yield from (f"- {metric}: `{spelled}`" for metric, spelled in side.signatures.items())
        yield ""


def _interval(interval: Interval, metric: str) -> str:
    """BLEU 0 to 1, the others as sacrebleu has them; ``*`` where the difference to the first variant is significant."""
    scale, digits = (100, 4) if metric == "BLEU" else (1, 1)
    mark = " \\*" if interval.p is not None and interval.p < _SURE else ""
    return f"{interval.score / scale:.{digits}f} ± {interval.half / scale:.{digits}f}{mark}"


def examples(evaluation: Evaluation, number: int = _EXAMPLES) -> list[list[tuple[str, str]]]:
    """Rows from all over the articles of the first direction, not picked: what stands there under which name."""
    side = evaluation.sides[0]
    blank = " " if side.direction.source.spaced else ""
    cells = [cell for cell in evaluation.cells if cell.direction == side.direction and cell.hypotheses is not None]
    found = []
    for article in side.articles:
        for place, row in enumerate(article.rows):
            texts = [
                ("source", blank.join(plain(one.masked, one.codes) for one in row.sentences)),
                ("reference", row.reference),
            ]
            for cell in cells:
                assert cell.hypotheses is not None
                texts.append((cell.variant.name, cell.hypotheses.texts[article.name][place]))
            found.append(texts)
    step = max(len(found) // number, 1)
    return found[step // 2 :: step][:number]


def _examples(evaluation: Evaluation) -> Iterator[str]:
    shown = examples(evaluation)
    if not shown:
        return
    yield "Paragraphs from all over the articles\n"
    yield _row(*(name for name, _ in shown[0]))
    yield _row(*["---"] * len(shown[0]))
    yield from (_row(*(text for _, text in one)) for one in shown)
    yield ""


def _remarks(evaluation: Evaluation) -> Iterator[str]:
    """What a reader of the tables has to know."""
    for cell in evaluation.cells:
        name = f"{cell.variant.name}, {cell.direction.name}"
        if cell.learnt.held_out:
            yield f"- {name}: {cell.learnt.held_out:,} pairs of the evaluated articles were held out."
        if cell.learnt.leaks:
            yield f"- {name}: {len(cell.learnt.leaks):,} pairs from elsewhere give evaluated paragraphs away:"
            for leak in cell.learnt.leaks[:_EXAMPLES]:
                yield f"  - {leak.article}, line {leak.line}: {_cell(leak.pair[0])}"
        yield from (f"- {name}: {notice}" for notice in (cell.hypotheses.notices if cell.hypotheses else ()))
    for side in evaluation.sides:
        left_out = sum(article.left_out for article in side.articles)
        if left_out:
            yield f"- {side.direction.name}: {left_out:,} paragraphs have no counterpart in the reference, and do not count."
    yield "- \\* differs from the first variant with p < 0.05 (paired bootstrap resampling)."
    yield "- Of BLEU and chrF more is better, of TER less."
    yield ""


def _row(*cells: str) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str) -> str:
    """A text that ends no cell and begins no markup of its own."""
    flat = " ".join(text.split())
    return flat.replace("\\|", "|").replace("|", "\\|").replace("<", "&lt;")


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
