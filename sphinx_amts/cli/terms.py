"""``sphinx-amts terms``."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_amts.cli.arguments import Commands, book_arguments, common_arguments, sphinx_arguments
from sphinx_amts.cli.display import EXCERPT, StatusLine, can_write, cut, findings, printable, shown, table, write_result
from sphinx_amts.cli.opening import Opened, local, one_language, opened
from sphinx_amts.config import Settings
from sphinx_amts.errors import ConfigError
from sphinx_amts.model import Origin, State

if TYPE_CHECKING:
    from sphinx_amts.pairs.terminology import Term
    from sphinx_amts.upkeep.renaming import Change, Renamed
    from sphinx_amts.upkeep.terms import Missing, TermsResult

__all__ = ["add", "run"]

_DESCRIPTION = """\
Check targets against a glossary, or replace a word in all of them.

A glossary is a table (.csv, .tsv), TMX, or Markdown: tables, or lines such as 'saddle point - 鞍点'.
Listed is each sentence whose source has a term and whose target has none of the term's translations.
The case of first letters, hyphens and English plurals do not matter; inline codes and code blocks are
not looked into, and a sentence without target is not either. What is found is advice.

--replace makes one change over the targets, their manifests, and the files that amts_memory and
amts_amazon's 'parallel_data' name: only in prose, in people's sentences too, never in codes, code
blocks or the targets of links. Who wrote a sentence, and whether it was reviewed, stays as it was.
Sphinx reads each new target before it is written: what the new word would break is left and told."""
_EXAMPLE = """example:
  sphinx-amts terms docs -l zh --glossary TERMINOLOGY.md
  sphinx-amts terms docs -l zh --replace 池化 汇聚 --dry-run

exit status:
  0  terms were checked, whatever was found; the word was replaced
  1  with --strict, a term's translation is missing; the word could not be replaced everywhere
  2  usage or configuration error"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "terms",
        help="check targets against a glossary, or replace a word in them",
        description=_DESCRIPTION,
        epilog=_EXAMPLE,
    )
    book_arguments(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--glossary", type=Path, metavar="FILE", help="the terms (default: 'terminology' of the engine)")
    what.add_argument("--replace", nargs=2, metavar=("OLD", "NEW"), help="write NEW where targets have OLD")
    parser.add_argument("--strict", action="store_true", help="exit status 1 where a term's translation is missing")
    parser.add_argument("--dry-run", action="store_true", help="show what --replace would change; write nothing")
    common_arguments(parser)
    sphinx_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Check or replace; the exit status."""
    can_write(options.json)
    return (_replace if options.replace else _check)(options)


def _check(options: argparse.Namespace) -> int:
    from sphinx_amts.upkeep.terms import check

    with opened(options, StatusLine(), read=False) as open_:
        results = {}
        for code in open_.codes:
            job = local(open_, options, code)
            terms = _terms(options, open_, job.settings, code)
            results[code] = check(job, terms)
    data = {"languages": {code: result.as_json() for code, result in results.items()}}
    write_result(options.json, data, ["\n\n".join("\n".join(_found(*one)) for one in results.items())])
    return int(options.strict and any(result.missing for result in results.values()))


def _terms(options: argparse.Namespace, open_: Opened, own: Settings, code: str) -> tuple[Term, ...]:
    """The terms of the glossary that is meant."""
    from sphinx_amts.pairs.terminology import read

    named = own.amazon.get("terminology") or own.engine_options.get("terminology")
    if options.glossary is None and not isinstance(named, str):
        hint = "Give --glossary FILE, or name one: amts_amazon = {'terminology': FILE}."
        raise ConfigError("there is no glossary to check against", hint=hint)
    file = options.glossary or open_.base / str(named)
    return read(file, open_.settings.source_language, code, every=True)


def _found(code: str, result: TermsResult) -> Iterator[str]:
    for missing in result.missing:
        yield printable(_missing(missing))
    if result.missing:
        yield ""
    rows: list[list[object]] = [[code, "missing", "sentences"]]
    rows += [[term, lacks, sentences] for term, (lacks, sentences) in result.counts.items()]
    yield from table([*rows, ["all terms", len(result.missing), result.sentences.total()]])


def _missing(one: Missing) -> str:
    expected = " or ".join(one.expected)
    return f"{shown(Path(one.path))}:{one.line}: {one.term!r} is {expected}: {cut(one.source)} | {cut(one.target)}"


def _replace(options: argparse.Namespace) -> int:
    from sphinx_amts.pairs.renaming import Renaming
    from sphinx_amts.upkeep.renaming import rename

    renaming = Renaming(*options.replace)
    progress = StatusLine()
    try:
        with opened(options, progress) as open_:
            code = one_language(open_, "a word is replaced")
            job = local(open_, options, code, dry_run=options.dry_run, progress=progress)
            result = rename(job, renaming)
    finally:
        progress.clear()
    write_result(options.json, {"languages": {code: result.as_json()}}, _changed(result, dry_run=options.dry_run))
    for line in findings(result.findings, Path.cwd()):
        print(line, file=sys.stderr)
    return int(bool(result.findings))


def _changed(result: Renamed, *, dry_run: bool) -> Iterator[str]:
    """What changes in each file, and the sums."""
    for path, group in groupby(result.changes, key=lambda change: change.path):
        changes = list(group)
        yield f"{shown(Path(path))}: {_count(changes)}"
        for change in changes:
            yield printable(f"  {change.line} - {_around(change.before, change.after)}")
            yield printable(f"  {change.line} + {_around(change.after, change.before)}")
    for path, places in result.files.items():
        yield f"{shown(Path(path))}: {places} in pairs"
    would = "would change" if dry_run else "changed"
    documents = len({change.path for change in result.changes})
    yield f"{would}: {_count(result.changes)} of {documents} documents, {len(result.files)} files of pairs"
    who = Counter("by people" if change.origin == Origin.HUMAN else "others" for change in result.changes)
    reviewed = sum(change.state in (State.REVIEWED, State.FINAL) for change in result.changes)
    if result.changes:
        yield f"sentences by people: {who['by people']}, reviewed: {reviewed}, proposals: {result.proposals}"


def _count(changes: list[Change]) -> str:
    return f"{sum(change.places for change in changes)} in {len(changes)} sentences"


def _around(text: str, other: str) -> str:
    """A text, cut to where it begins to differ from the other."""
    same = next((at for at, (a, b) in enumerate(zip(text, other, strict=False)) if a != b), min(len(text), len(other)))
    start = max(0, same - EXCERPT // 3)
    return ("…" if start else "") + cut(text[start:])
