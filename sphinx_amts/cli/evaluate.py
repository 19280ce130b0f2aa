"""``sphinx-amts evaluate``: BLEU, chrF and TER against what people translated."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx_amts.cli.arguments import Commands, common_arguments
from sphinx_amts.cli.bilingual import bilingual_arguments, check_numbers, files_of
from sphinx_amts.cli.display import StatusLine, can_write, printable, table, write_json, write_result
from sphinx_amts.errors import ConfigError
from sphinx_amts.locales import language

if TYPE_CHECKING:
    from sphinx_amts.evaluate import Evaluation, Plan

__all__ = ["add", "run"]

_HELP = """\
Judge machine translation of articles by their human translations.

SOURCE and TARGET are trees or files, paired as in `sphinx-amts align`; a gettext catalogue (.po), or a tree of them, is
given alone, and each translated message is a paragraph.  Articles are named by globs; each variant
translates them, and is compared with what people wrote.  All other files of the trees teach: their pairs, sentence by
sentence or paragraph by paragraph, are the parallel data of the variants.  The pairs of the evaluated articles are held out.

  sphinx-amts evaluate d2l-zh --origin-suffix _origin -s en -t zh --both --article 'approx-training' \\
      --variant none --variant paragraph --variant sentence --engine amazon \\
      -D amts_amazon.bucket=BUCKET -D amts_amazon.role=ARN -o results --dry-run

A variant is none, paragraph, sentence, or a .tmx or .csv file of pairs, and after it, with commas, engine=NAME,
memory=FILE (whose pairs are taken as they are) and name=TEXT.

DIR gets index.html (tables, plots, and the texts side by side; plots need the extra "report"), evaluation.md and
evaluation.json, and for each direction the references and hypotheses as plain text, a line a paragraph, for sacrebleu's
own command.  What was answered once is kept in DIR and not asked again: --fresh does, after an engine has changed.
"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("evaluate", help="BLEU tables against human translations", description=_HELP)
    bilingual_arguments(parser)
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="where the results go")
    parser.add_argument(
        "--article", action="append", default=[], metavar="GLOB", help="what is evaluated (default: everything)"
    )
    parser.add_argument("--both", action="store_true", help="from TARGET to SOURCE too")
    parser.add_argument("--engine", default="memory", metavar="NAME", help="who translates")
    parser.add_argument(
        "--variant", action="append", default=[], metavar="PAIRS", help="a column of the table (default: none)"
    )
    parser.add_argument(
        "-D",
        dest="options",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an option of an engine: amts_amazon.bucket=BUCKET, amts_engine_options.command=PROGRAM",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what it would cost; send nothing")
    parser.add_argument("--keep-own", action="store_true", help="do not hold out the evaluated articles' own pairs")
    parser.add_argument(
        "--most", type=int, metavar="N", help="learn from so many pairs at most, taken from all over (default: all)"
    )
    parser.add_argument("--fresh", action="store_true", help="ask again for what was answered before")
    parser.add_argument("--tokenize", default="", metavar="NAME", help="sacrebleu's tokenizer for BLEU")
    parser.add_argument("--samples", type=int, default=1000, metavar="N", help="for intervals (default: 1000)")
    common_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Evaluate, and write the tables; the exit status is 1 where an article, a reference or a cell is missing."""
    from sphinx_amts.evaluate import asked_for, data, evaluate, markdown, planned, variant

    _check(options)
    files, problems = files_of(options)
    progress = StatusLine()
    try:
        plan, told = planned(
            files,
            language(options.source_language),
            language(options.target_language),
            options.article,
            [variant(spelled, options.engine) for spelled in options.variant or ["none"]],
            _engine_options(options.options),
            options.output / ".answers",
            both=options.both,
            least=options.score,
            keep_own=options.keep_own,
            tokenizer=options.tokenize,
            samples=options.samples,
            most=options.most,
            fresh=options.fresh,
            jobs=options.jobs,
            progress=progress,
        )
        told = asked_for(problems, options.article) + told
        if options.dry_run:
            progress.clear()
            return _estimated(plan, told, options)
        result = evaluate(plan, sleep=time.sleep, progress=progress)
    finally:
        progress.clear()
    text, found = markdown(result), data(result)
    _write(options.output, result, text)
    write_json(str(options.output / "evaluation.json"), found)
    write_result(options.json, found, [text])
    told += [f"{cell.variant.name}, {cell.direction.name}: {cell.error}" for cell in result.cells if cell.error]
    return _ended(told)


def _check(options: argparse.Namespace) -> None:
    """Raise ConfigError for what cannot be done, before anything is read."""
    can_write(options.json)
    for code in (options.source_language, options.target_language):
        language(code)
    check_numbers(options)
    if options.most is not None and options.most < 1:
        raise ConfigError(f"--most {options.most} is not a number of pairs")
    if options.samples < 1:
        raise ConfigError(f"--samples {options.samples} is not a number of samples")
    if options.output.exists() and not options.output.is_dir():
        raise ConfigError("-o must be a directory", path=options.output)


def _engine_options(given: Sequence[str]) -> Callable[[str], Mapping[str, Any]]:
    """The options of an engine out of ``amts_amazon.bucket=...``; raises ConfigError for another name."""
    from sphinx_amts.config import settings

    groups: dict[str, dict[str, Any]] = {}
    for text in given:
        name, equals, value = text.partition("=")
        group, dot, option = name.partition(".")
        if not equals or not dot or group not in ("amts_amazon", "amts_engine_options"):
            hint = "Give amts_amazon.NAME=VALUE or amts_engine_options.NAME=VALUE."
            raise ConfigError(f"-D {name} is no option of an engine", hint=hint)
        groups.setdefault(group, {})[option] = value
    return settings(groups).options_of


def _estimated(plan: Plan, told: Sequence[str], options: argparse.Namespace) -> int:
    from sphinx_amts.evaluate import estimates

    found = estimates(plan)
    rows: list[list[object]] = [["variant", "direction", "characters", "US dollars", "batch jobs"]]
    total, errors = 0.0, list(told)
    for variant, direction, estimate in found:
        if isinstance(estimate, str):
            errors.append(f"{variant.name}, {direction.name}: {estimate}")
            continue
        total += estimate.price
        rows.append([variant.name, direction.name, estimate.characters, f"{estimate.price:.2f}", estimate.jobs])
    rows.append(["total", "", "", f"{total:.2f}", ""])
    costs = [
        {"variant": variant.name, "direction": direction.name, "characters": one.characters, "price": one.price}
        for variant, direction, one in found
        if not isinstance(one, str)
    ]
    write_result(options.json, {"estimates": costs, "price": total}, table(rows))
    return _ended(errors)


def _write(folder: Path, result: Evaluation, text: str) -> None:
    """The tables, and the texts that were compared; raises ConfigError where they cannot be written."""
    from sphinx_amts.report.evaluation import page

    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "evaluation.md").write_text(text, encoding="utf-8", errors="backslashreplace")
        for side in result.sides:
            place = folder / side.direction.name
            place.mkdir(exist_ok=True)
            references = [row.reference for article in side.articles for row in article.rows]
            _lines(place / "reference.txt", references)
            cells = [cell for cell in result.cells if cell.direction == side.direction]
            for number, cell in enumerate(cells):
                if cell.hypotheses is not None:
                    rows = [row for article in side.articles for row in cell.hypotheses.texts[article.name]]
                    _lines(place / f"variant-{number + 1}.txt", rows)
        (folder / "index.html").write_bytes(page(result))
    except OSError as error:
        raise ConfigError(f"the results cannot be written: {error.strerror}", path=folder) from None


def _lines(path: Path, rows: Sequence[str]) -> None:
    text = "".join(" ".join(row.split()) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")


def _ended(told: Sequence[str]) -> int:
    for line in told:
        print(printable(f"sphinx-amts: {line}"), file=sys.stderr)
    return 1 if told else 0
