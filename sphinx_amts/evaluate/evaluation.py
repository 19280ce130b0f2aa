"""The work: every variant translates every article in every direction, and is judged.

What goes wrong with one cell of the table ends that cell alone, and is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sphinx_amts import engines
from sphinx_amts.align import Pair
from sphinx_amts.engines import Estimate
from sphinx_amts.errors import AmtsError
from sphinx_amts.evaluate import scores
from sphinx_amts.evaluate.articles import Article, Direction
from sphinx_amts.evaluate.hypotheses import Answers, Hypotheses, Task
from sphinx_amts.evaluate.scores import Metrics, System
from sphinx_amts.evaluate.variants import ALIGNED, Learnt, Texts, Variant, fewer, held_out
from sphinx_amts.locales import Language
from sphinx_amts.pairs import tmx
from sphinx_amts.pairs.parallel_data import digest_of
from sphinx_amts.plain import normal

__all__ = ["Cell", "Evaluation", "Plan", "Side", "estimates", "evaluate"]

Progress = Callable[[str, int, int], None]
Options = Callable[[str], Mapping[str, Any]]
"""The options of an engine, by its name."""

_SHORTEST, _LONGEST = 2.0, 30.0
"""Seconds between two looks at whether an engine is ready."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be evaluated; ``aligned`` has the pairs of the whole collection by granularity, in its own direction."""

    articles: Mapping[Direction, Sequence[Article]]
    variants: Sequence[Variant]
    aligned: Mapping[str, Sequence[Pair]]
    source: Language
    """The collection's own direction, which files of pairs are read in."""
    target: Language
    options: Options
    cache: Path
    keep_own: bool = False
    tokenizer: str = ""
    samples: int = 1000
    most: int | None = None
    """Pairs that a variant learns from, at most."""
    fresh: bool = False
    """Whether to ask again for what was answered before."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One variant in one direction; with an ``error`` it has no scores."""

    variant: Variant
    direction: Direction
    learnt: Learnt
    hypotheses: Hypotheses | None = None
    bleu: Mapping[str, float] = field(default_factory=dict)
    """BLEU of each article, 0 to 100."""
    system: System | None = None
    """Over the rows of all articles, against the first variant."""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """A direction: its articles, and how it was measured."""

    direction: Direction
    articles: tuple[Article, ...]
    signatures: Mapping[str, str]
    error: str = ""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came out: the cells by variant, in the order of the directions."""

    sides: tuple[Side, ...]
    cells: tuple[Cell, ...]

    def cell(self, variant: Variant, direction: Direction) -> Cell:
        """The cell of a variant in a direction."""
        return next(one for one in self.cells if one.variant == variant and one.direction == direction)


@dataclass(slots=True)
class _Work:
    """A cell before it is judged."""

    variant: Variant
    direction: Direction
    learnt: Learnt
    task: Task | None
    error: str = ""


def estimates(plan: Plan) -> list[tuple[Variant, Direction, Estimate | str]]:
    """What each cell would cost, or why it cannot be had; nothing is sent."""
    found: list[tuple[Variant, Direction, Estimate | str]] = []
    for work in _works(plan):
        try:
            found.append((work.variant, work.direction, work.task.estimate() if work.task else work.error))
        except AmtsError as error:
            found.append((work.variant, work.direction, str(error)))
    return found


def evaluate(plan: Plan, *, sleep: Callable[[float], None], progress: Progress) -> Evaluation:
    """Translate what is not known yet, wait for engines that answer later, all of them at once, and judge."""
    works = list(_works(plan))
    _translate([work.task for work in works if work.task is not None], sleep, progress)
    sides: list[Side] = []
    cells: list[Cell] = []
    for direction, articles in plan.articles.items():
        own = [work for work in works if work.direction == direction]
        progress("measuring", len(sides), len(plan.articles))
        side, judged = _judged(plan, direction, articles, own)
        sides.append(side)
        cells += judged
    return Evaluation(tuple(sides), tuple(cells))


def _works(plan: Plan) -> Iterator[_Work]:
    for variant in plan.variants:
        for direction, articles in plan.articles.items():
            try:
                yield _work(plan, variant, direction, articles)
            except AmtsError as error:
                yield _Work(variant, direction, Learnt((), 0, ()), None, str(error))


def _work(plan: Plan, variant: Variant, direction: Direction, articles: Sequence[Article]) -> _Work:
    learnt = fewer(held_out(_pairs(plan, variant), articles, direction, keep=plan.keep_own), plan.most)
    options = _own_options(plan.options(variant.engine), plan, variant)
    engine = engines.create(variant.engine, options)
    memory: dict[str, str] = {}
    if variant.memory is not None:
        known = held_out(_file(plan, variant.memory), articles, direction, keep=plan.keep_own)
        memory = {normal(one): other for one, other in known.pairs}
        learnt = Learnt(learnt.pairs, learnt.held_out, (*learnt.leaks, *known.leaks))
    codes = direction.source.code, direction.target.code
    spelled = repr(sorted((name, repr(value)) for name, value in options.items()))
    digest = digest_of(sorted(learnt.pairs), *codes)
    answers = Answers(plan.cache, variant.engine, spelled, *codes, digest, fresh=plan.fresh)
    return _Work(variant, direction, learnt, Task(engine, direction, articles, learnt.pairs, memory, answers))


def _pairs(plan: Plan, variant: Variant) -> Iterable[Pair] | Iterable[Texts]:
    if variant.pairs == "none":
        return ()
    if variant.pairs in ALIGNED:
        return plan.aligned[variant.pairs]
    return _file(plan, Path(variant.pairs))


def _file(plan: Plan, path: Path) -> list[Texts]:
    return list(tmx.read(path, plan.source.code, plan.target.code))


def _own_options(options: Mapping[str, Any], plan: Plan, variant: Variant) -> Mapping[str, Any]:
    """Each variant has its own parallel data in the account, and no variant takes another one's answers for its own."""
    if "bucket" not in options:
        return options
    number = list(plan.variants).index(variant)
    project = str(options.get("project", "book"))[:26].rstrip("-")
    # Files named in the book's own option would teach every variant.
    return {**options, "project": f"{project}-evaluate-{number}", "parallel_data": variant.pairs != "none"}


def _translate(tasks: Sequence[Task], sleep: Callable[[float], None], progress: Progress) -> None:
    """All tasks side by side: one that waits for its engine is stepped again when that is ready."""
    open_tasks, ready, pause = list(tasks), list(tasks), _SHORTEST
    while open_tasks:
        for task in ready:
            progress("translating", len(tasks) - len(open_tasks), len(tasks))
            if task.step():
                open_tasks.remove(task)
        if ready:
            pause = _SHORTEST
        elif open_tasks:
            sleep(pause)
            pause = min(pause * 1.2, _LONGEST)
        ready = [task for task in open_tasks if task.is_ready]


def _judged(
    plan: Plan, direction: Direction, articles: Sequence[Article], works: Sequence[_Work]
) -> tuple[Side, list[Cell]]:
    try:
        metrics = scores.metrics_for(direction.target, plan.tokenizer)
    except AmtsError as error:
        cells = [_failed(work, str(error)) for work in works]
        return Side(direction, tuple(articles), {}, str(error)), cells
    references = {article.name: [row.reference for row in article.rows] for article in articles}
    every = [row for article in articles for row in references[article.name]]
    texts: dict[int, Hypotheses] = {}
    systems: dict[str, list[str]] = {}
    for number, work in enumerate(works):
        made = _made(work)
        if made is not None:
            texts[number] = made
            systems[str(number)] = [row for article in articles for row in made.texts[article.name]]
    compared = {} if not every else _compared(systems, every, metrics, plan.samples)
    cells = []
    for number, work in enumerate(works):
        if number not in texts or not every:
            cells.append(_failed(work, work.error or (work.task.error if work.task else "")))
            continue
        bleu = {
            article.name: scores.score(metrics["BLEU"], texts[number].texts[article.name], references[article.name])
            for article in articles
            if article.rows
        }
        cells.append(Cell(work.variant, direction, work.learnt, texts[number], bleu, compared[str(number)]))
    return Side(direction, tuple(articles), _signatures(metrics, compared)), cells


def _made(work: _Work) -> Hypotheses | None:
    """What became of the articles, if anything did."""
    if work.task is None or work.task.error:
        return None
    made = work.task.hypotheses()
    if made.sentences and len(made.refused) >= made.sentences:
        why = next(iter(made.refused.values()))
        work.error = f"the hypothesis is empty: all of {made.sentences:,} sentences were refused ({why})"
        return None
    return made


def _failed(work: _Work, error: str) -> Cell:
    return Cell(work.variant, work.direction, work.learnt, error=error or "no article has a reference")


def _compared(
    systems: Mapping[str, Sequence[str]], references: Sequence[str], metrics: Metrics, samples: int
) -> Mapping[str, System]:
    if not systems:
        return {}
    return {system.name: system for system in scores.compared(systems, references, metrics, samples=samples)}


def _signatures(metrics: Metrics, compared: Mapping[str, System]) -> Mapping[str, str]:
    return {which: scores.signature(metric) for which, metric in metrics.items()} if compared else {}
