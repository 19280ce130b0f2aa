"""Judge translations by what people wrote: articles x variants x directions, in tables of BLEU, chrF and TER.

1. ``planning`` says what is to be done; ``articles`` puts each article and its human translation side by side.
2. ``variants`` says what each variant learns from, and holds out what would give the answers away.
3. ``hypotheses`` has the engines translate; what was answered once is not asked again.
4. ``scores`` measures, with intervals and significance; it alone knows sacrebleu.
5. ``tables`` and ``beside`` show it to people.

An engine sees requests, as in a sync, and every answer passes the same gate.
"""

from __future__ import annotations

from sphinx_amts.evaluate.articles import Article, Direction, Row
from sphinx_amts.evaluate.beside import Beside, side_by_side, spread
from sphinx_amts.evaluate.evaluation import Cell, Evaluation, Plan, Side, estimates, evaluate
from sphinx_amts.evaluate.planning import asked_for, planned
from sphinx_amts.evaluate.scores import METRICS, Interval
from sphinx_amts.evaluate.tables import Table, data, languages, markdown, measured, published, remarks
from sphinx_amts.evaluate.variants import Variant, variant

__all__ = [
    "METRICS",
    "Article",
    "Beside",
    "Cell",
    "Direction",
    "Evaluation",
    "Interval",
    "Plan",
    "Row",
    "Side",
    "Table",
    "Variant",
    "asked_for",
    "data",
    "estimates",
    "evaluate",
    "languages",
    "markdown",
    "measured",
    "planned",
    "published",
    "remarks",
    "side_by_side",
    "spread",
    "variant",
]
