"""``sphinx-amts align``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx_amts.cli.arguments import Commands, common_arguments
from sphinx_amts.cli.bilingual import bilingual_arguments, check_numbers, files_of
from sphinx_amts.cli.display import StatusLine, can_write, printable, table, write_result, write_whole
from sphinx_amts.errors import ConfigError
from sphinx_amts.locales import language, same

if TYPE_CHECKING:
    from sphinx_amts.align import Mined, Pair
    from sphinx_amts.align.bilingual import Problem
    from sphinx_amts.align.filters import Filtered

__all__ = ["add", "run"]

_DESCRIPTION = """Find the pairs of a text and its human translation, sentence by sentence, and write them as parallel data.

  files        align intro.md intro.zh.md -s en -t zh -o pairs.csv
  trees        align book/en book/zh -s en -t zh -o pairs.csv     (files at the same places)
  d2lbook      align book -s en -t zh --origin-suffix _origin -o pairs.csv
               (name.md is the translation of name_origin.md)
  web pages    align pages/en pages/es -s en -t es -o pairs.csv   (.html: the main text, without menus;
               needs the extra "html"; files of text, Markdown and reST too)
  catalogues   align locale/es -s en -t es -o pairs.csv           (gettext's .po, alone: their pairs are known)
  a table      align --pairs files.csv -s en -t zh -o pairs.csv   (two columns, relative to the table)

The more text is aligned at once, the better: which words stand for which is learned from all of it, and from
--glossary. --scheduler tcp://HOST:8786 has a Dask cluster do the work, with the same result. Code, display
math and pictures are evidence, not text. No book's code is run, and nothing is sent.

  .csv, .tmx   what Amazon Translate takes: `parallel-data push` uploads it
  .jsonl       an object for each pair: source, target, granularity, score, complete, source_file,
               target_file, source_units, target_units

The score says how likely the two texts stand for each other: of the pairs with 0.9, nine out of ten are right.
`complete` says how likely both say the same, no more and no less: a condensed translation may well be right.
What is left out is counted by the reason, each pair once."""
_EPILOG = """exit status: 0 all files were aligned; 1 some file was left out; 2 usage or configuration error"""
_WRITERS = (".csv", ".tmx", ".jsonl")


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "align", help="mine sentence pairs from a human translation", description=_DESCRIPTION, epilog=_EPILOG
    )
    bilingual_arguments(parser)
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="a .csv, .tmx or .jsonl file")
    parser.add_argument(
        "--granularity",
        choices=("sentence", "paragraph"),
        default="sentence",
        help="pairs of sentences, or of whole paragraphs (default: sentence)",
    )
    parser.add_argument(
        "--glossary",
        type=Path,
        metavar="FILE",
        help="terms and their translations, as evidence: .csv, .tsv, .tmx or .md",
    )
    parser.add_argument("--captions", action="store_true", help="captions of figures and code cells too")
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help='have the workers of a Dask cluster do the work: tcp://HOST:8786 (extra "dask")',
    )
    common_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Align, and write the pairs; the exit status."""
    from sphinx_amts.align import mine
    from sphinx_amts.align.filters import filtered
    from sphinx_amts.align.reading import read
    from sphinx_amts.pairs import terminology

    _check(options)
    languages = options.source_language, options.target_language
    terms = terminology.read(options.glossary, *languages, every=True) if options.glossary else ()
    files, problems = files_of(options)
    if not files:
        why = (
            f"{problems[0].path}: {problems[0].message}" if problems else "sphinx-amts align --help shows what can be."
        )
        raise ConfigError("there is no pair of files here", hint=why)
    progress = StatusLine()
    progress("reading", 0, len(files))
    try:
        with _executor(options) as executor:
            # Dask's workers may not have processes of their own.
            jobs = 1 if options.scheduler else options.jobs
            bitexts, unread = read(files, *languages, captions=options.captions, jobs=jobs, executor=executor)
            progress("aligning", 0, len(bitexts))
            mined = mine(bitexts, *languages, granularity=options.granularity, terms=terms, executor=executor)
    finally:
        progress.clear()
    problems += unread
    kept = filtered(mined.pairs, *languages, least=options.score)
    content, more = _content(kept.pairs, options)
    write_whole(options.output, content)
    data = _data(options, len(bitexts), mined, kept, more, problems)
    write_result(options.json, data, _lines(data))
    return 1 if problems else 0


def _executor(options: argparse.Namespace) -> AbstractContextManager[Executor]:
    """Who does the work."""
    from sphinx_amts.align.workers import Processes, cluster

    return cluster(options.scheduler) if options.scheduler else Processes(options.jobs)


def _check(options: argparse.Namespace) -> None:
    """Raise ConfigError for what cannot be done, before anything is read."""
    can_write(options.json)
    if same(options.source_language, options.target_language):
        raise ConfigError("SOURCE and TARGET have the same language", hint="Give -s and -t two languages.")
    if options.output.suffix not in _WRITERS:
        raise ConfigError(
            "not a kind of file that pairs are written to", path=options.output, hint="Known: .csv, .tmx, .jsonl"
        )
    can_write(options.output)
    check_numbers(options)
    if options.output.suffix != ".jsonl":
        for code in (options.source_language, options.target_language):
            _amazon(code)


def _amazon(code: str) -> str:
    known = language(code)
    if known.amazon is None:
        hint = f"Give one of {', '.join(known.choices)}." if known.choices else "Write a .jsonl file."
        raise ConfigError(f"Amazon Translate has no language {code!r}", hint=hint)
    return known.amazon


def _content(pairs: Sequence[Pair], options: argparse.Namespace) -> tuple[bytes, dict[str, int]]:
    """The bytes of the output, and what its format leaves out."""
    from sphinx_amts.pairs.parallel_data import as_csv, as_tmx

    if options.output.suffix == ".jsonl":
        lines = (json.dumps(_object(pair), ensure_ascii=False) + "\n" for pair in pairs)
        return "".join(lines).encode("utf-8", "backslashreplace"), {}
    write = as_csv if options.output.suffix == ".csv" else as_tmx
    texts = [(pair.source.plain, pair.target.plain) for pair in pairs]
    file = write(texts, _amazon(options.source_language), _amazon(options.target_language))
    return file.content, {reason: count for reason, count in file.left_out.items() if count}


def _object(pair: Pair) -> dict[str, Any]:
    return {
        "source": pair.source.written,
        "target": pair.target.written,
        "granularity": pair.granularity,
        "score": pair.score,
        "complete": pair.complete,
        "source_file": pair.source_file,
        "target_file": pair.target_file,
        "source_units": list(pair.source.units),
        "target_units": list(pair.target.units),
    }


def _data(
    options: argparse.Namespace,
    files: int,
    mined: Mined,
    kept: Filtered,
    more: dict[str, int],
    problems: Iterable[Problem],
) -> dict[str, Any]:
    """The result for programs."""
    return {
        "output": str(options.output),
        "granularity": options.granularity,
        "files": files,
        "source_texts": mined.source_texts,
        "target_texts": mined.target_texts,
        "source_alone": mined.source_alone,
        "target_alone": mined.target_alone,
        "found": len(mined.pairs),
        "left_out": {**kept.counts, **more},
        "pairs": len(kept.pairs) - sum(more.values()),
        "contradictions": [
            {
                "source": each.kept.source.plain,
                "kept": each.kept.target.plain,
                "others": [pair.target.plain for pair in each.others],
            }
            for each in kept.contradictions
        ],
        "problems": [{"path": problem.path, "message": problem.message} for problem in problems],
    }


_SHOWN = 10


def _lines(data: dict[str, Any]) -> Iterator[str]:
    """The result for people."""
    for problem in data["problems"]:
        yield printable(f"{problem['path']}: {problem['message']}")
    for each in data["contradictions"][:_SHOWN]:
        yield printable(
            f"several targets of {each['source']!r}: {each['kept']!r} stays, not {', '.join(map(repr, each['others']))}"
        )
    if len(data["contradictions"]) > _SHOWN:
        yield f"... and {len(data['contradictions']) - _SHOWN} more sources with several targets; see --json"
    name = data["granularity"] + "s"
    rows: list[list[object]] = [
        [f"{name} of the source", data["source_texts"], f"in no pair: {data['source_alone']:,}"],
        [f"{name} of the target", data["target_texts"], f"in no pair: {data['target_alone']:,}"],
        ["pairs found", data["found"], ""],
        *([f"left out: {reason}", count, ""] for reason, count in data["left_out"].items() if count),
        [f"pairs in {data['output']}", data["pairs"], ""],
    ]
    yield from table(rows)
