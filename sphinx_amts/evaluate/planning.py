"""What is to be evaluated, out of pairs of files: some are the articles, the others teach."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from sphinx_amts.align import mine_each
from sphinx_amts.align.bilingual import Files, Problem
from sphinx_amts.align.filters import filtered
from sphinx_amts.align.reading import read
from sphinx_amts.errors import ConfigError
from sphinx_amts.evaluate.articles import articles_of, chosen, directions, is_named
from sphinx_amts.evaluate.evaluation import Options, Plan, Progress
from sphinx_amts.evaluate.variants import ALIGNED, Variant
from sphinx_amts.locales import Language

__all__ = ["asked_for", "planned"]


def planned(
    files: Sequence[Files],
    source: Language,
    target: Language,
    wanted: Sequence[str],
    variants: Sequence[Variant],
    options: Options,
    cache: Path,
    *,
    both: bool = False,
    least: float = 0.5,
    keep_own: bool = False,
    tokenizer: str = "",
    samples: int = 1000,
    most: int | None = None,
    fresh: bool = False,
    jobs: int = 1,
    progress: Progress = lambda stage, done, total: None,
) -> tuple[Plan, list[str]]:
    """The plan, and sentences about what is missing for it.

    ``wanted`` are globs of the articles; ``cache`` is a folder for what engines answer; pairs that score below ``least``
    neither count nor teach.  No variant learns from more than ``most`` pairs; with ``fresh`` what was answered is asked
    again.  Raises ConfigError where there is no article at all.
    """
    codes = source.code, target.code
    progress("reading", 0, len(files))
    with ProcessPoolExecutor(jobs) as executor:
        bitexts, unread = read(files, *codes, jobs=jobs, executor=executor)
    own, missing = chosen(bitexts, wanted)
    told = [f"{problem.path}: {problem.message}" for problem in unread]
    told += [f"no article is called {glob!r}" for glob in missing]
    if not own:
        hint = "--article takes the name of a file: 'intro', or 'part/*'."
        raise ConfigError("; ".join(told) or "there are no articles", hint=hint)
    progress("aligning", 0, len(bitexts))
    used = {variant.pairs for variant in variants} & set(ALIGNED)
    mined = mine_each(bitexts, *codes, {"paragraph", *used})
    aligned = {granularity: filtered(mined[granularity].pairs, *codes, least=least).pairs for granularity in used}
    articles = {
        direction: articles_of(own, mined["paragraph"], direction, least=least)
        for direction in directions(source, target, both=both)
    }
    told += [
        f"{article.path}: no paragraph of it has a reference"
        for article in next(iter(articles.values()))
        if not article.rows
    ]
    plan = Plan(articles, variants, aligned, source, target, options, cache, keep_own, tokenizer, samples, most, fresh)
    if used and len(own) == len(bitexts) and not keep_own:
        told.append("every file is evaluated, so that there is nothing left to learn from: name some with --article")
    return plan, told


def asked_for(problems: Sequence[Problem], wanted: Sequence[str]) -> list[str]:
    """Files without a counterpart that were to be evaluated, as sentences; all others would only teach."""
    return [
        f"{problem.path}: {problem.message}" for problem in problems if not wanted or is_named(problem.path, wanted)
    ]
