"""BLEU, chrF and TER, as sacrebleu computes them; the only module that knows it.

BLEU with the tokenizer of the target language; intervals and significance by paired bootstrap resampling (Koehn 2004)
over the rows of all articles, with sacrebleu's own seed, so that they are the same each time.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.metrics.ter import TER
from sacrebleu.significance import PairedTest

from sphinx_amts.errors import ConfigError
from sphinx_amts.locales import Language

__all__ = ["METRICS", "Interval", "Metrics", "System", "compared", "metrics_for", "score", "signature"]

METRICS = ("BLEU", "chrF", "TER")
"""TER counts edits: the less the better."""

Metrics = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Interval:
    """A score with half the width of its 95 % interval around ``mean``; ``p`` is against the first system."""

    score: float
    mean: float
    half: float
    p: float | None = None


@dataclass(frozen=True, slots=True)
class System:
    """A variant's scores over all rows, by metric."""

    name: str
    scores: Mapping[str, Interval]


def metrics_for(target: Language, tokenizer: str = "") -> Metrics:
    """The metrics for texts in a language.

    Raises ConfigError for a language whose words no tokenizer finds, and for a tokenizer that is not installed.
    """
    chosen = tokenizer or target.bleu
    if not tokenizer and chosen == "13a" and not target.spaced:
        hint = "Give one: --tokenize char counts characters, --tokenize flores200 pieces of words."
        raise ConfigError(f"sacrebleu has no tokenizer for {target.code!r}, which is written without blanks", hint=hint)
    try:
        bleu = BLEU(tokenize=chosen)
    except (ImportError, RuntimeError, ValueError) as why:
        name = chosen.partition("-")[0]
        raise ConfigError(
            f"sacrebleu's tokenizer {chosen!r} is not there: {' '.join(str(why).split())}",
            hint=f"Install it: pip install 'sacrebleu[{name}]'. Or choose another: --tokenize char",
        ) from None
    ter = TER() if target.spaced else TER(normalized=True, asian_support=True)
    return {"BLEU": bleu, "chrF": CHRF(), "TER": ter}


def score(metric: Any, hypotheses: Sequence[str], references: Sequence[str]) -> float:
    """A corpus score, 0 to 100."""
    return float(metric.corpus_score(list(hypotheses), [list(references)]).score)


def signature(metric: Any) -> str:
    """What sacrebleu calls the way in which it computed."""
    return str(metric.get_signature())


_LEAST = 2
"""Rows that can be resampled."""


def compared(
    systems: Mapping[str, Sequence[str]], references: Sequence[str], metrics: Metrics, *, samples: int
) -> list[System]:
    """The scores of systems over the same rows, and how sure it is that each differs from the first."""
    if len(references) < _LEAST:
        return [
            System(name, {which: _alone(score(metric, texts, references)) for which, metric in metrics.items()})
            for name, texts in systems.items()
        ]
    named: list[tuple[str, Sequence[str]]] = [
        (str(number), list(texts)) for number, texts in enumerate(systems.values())
    ]
    named += named if len(named) == 1 else []  # a test of one is none, its interval is wanted all the same
    with _quiet():
        _, found = PairedTest(named, metrics, [list(references)], test_type="bs", n_samples=samples)()
    # sacrebleu names its results itself ("chrF2"), in the order of the metrics.
    results = dict(zip(metrics, (found[name] for name in found if name != "System"), strict=True))
    first = next(iter(systems.values()))
    return [
        # sacrebleu finds that a system differs significantly from its own copy.
        System(
            name, {which: _interval(results[which][number], is_same=number > 0 and texts == first) for which in metrics}
        )
        for number, (name, texts) in enumerate(systems.items())
    ]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Hush sacrebleu, which logs its progress."""
    logger = logging.getLogger("sacrebleu")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _alone(value: float) -> Interval:
    return Interval(value, value, 0.0)


def _interval(result: Any, *, is_same: bool) -> Interval:
    p = 1.0 if is_same else result.p_value
    return Interval(float(result.score), float(result.mean), float(result.ci), None if p is None else float(p))
