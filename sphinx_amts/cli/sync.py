"""``sphinx-amts sync``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sphinx_amts.cli.arguments import Commands, book_arguments, common_arguments, sphinx_arguments
from sphinx_amts.cli.display import MOST, StatusLine, can_write, findings, printable, table, write_result
from sphinx_amts.cli.opening import opened
from sphinx_amts.errors import ConfigError

__all__ = ["add", "run"]

_EXAMPLE = """example:
  sphinx-amts sync docs -l zh --engine command
  sphinx-amts sync docs -l zh intro guide/install --dry-run

exit status:
  0  nothing was refused; untranslated, stale and waiting sentences are no failures
  1  an answer was refused, or localised code could not be merged, for the first time;
     with --strict, also what is still refused; with --summary, also if anything of people's was lost
  2  usage or configuration error"""
_ROWS = (
    ("kept", "kept"),
    ("from memory", "memory"),
    ("translated", "translated"),
    ("untranslated", "untranslated"),
    ("stale", "stale"),
    ("waiting", "waiting"),
    ("refused", "refused"),
)


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "sync",
        help="bring locale trees up to date",
        description="Translate what changed in the book, check every answer, and write the locale trees.\n"
        "What people wrote stays. An answer that does not pass is refused: what stood there stays, and\n"
        "is reported. A document without a manifest belongs to people and is left alone.",
        epilog=_EXAMPLE,
    )
    book_arguments(parser)
    parser.add_argument("docnames", nargs="*", metavar="DOCNAME", help="only these documents")
    parser.add_argument(
        "--engine",
        metavar="NAME",
        help="translate with this engine instead of amts_engine; it gets those of amts_engine_options that it knows",
    )
    parser.add_argument("--dry-run", action="store_true", help="plan and count; send nothing, write nothing")
    parser.add_argument("--no-wait", action="store_true", help="leave what an engine has not finished to a later sync")
    parser.add_argument(
        "--summary",
        metavar="FILE",
        help="append a receipt in Markdown; it proves first that nothing of people's was changed or lost",
    )
    parser.add_argument("--strict", action="store_true", help="exit status 1 for what an earlier sync reported, too")
    parser.add_argument(
        "--jobs", type=_jobs, default=1, metavar="N", help="processes to read and to verify with (default: 1)"
    )
    common_arguments(parser)
    sphinx_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Sync; the exit status."""
    from sphinx_amts.session import locale_tree, sync_languages
    from sphinx_amts.upkeep.survival import lost, peoples

    can_write(options.json)
    can_write(options.summary)
    progress = StatusLine()
    try:
        with opened(options, progress) as open_:
            srcdir = open_.book.srcdir
            trees = {code: locale_tree(open_.book, open_.settings, code, options.target) for code in open_.codes}
            before = {code: peoples(tree) for code, tree in trees.items() if options.summary}
            results = sync_languages(
                open_.book,
                open_.settings,
                open_.codes,
                base=open_.base,
                target=options.target,
                only=options.docnames,
                dry_run=options.dry_run,
                wait=not options.no_wait,
                processes=options.jobs,
                progress=progress,
            )
    finally:
        progress.clear()
    survivals = {code: lost(people, trees[code]) for code, people in before.items()}
    if options.summary:
        _summarise(options.summary, results, survivals, srcdir)
    lines = [*table(list(_rows(results, dry_run=options.dry_run))), *_moved(results)]
    write_result(options.json, {"languages": dict(_data(results, survivals))}, lines)
    _show_findings(results, srcdir)
    still = options.strict and any(result.segments["refused"] for result in results.values())
    is_lost = any(survival.changed for survival in survivals.values())
    return int(still or is_lost or any(result.new_findings for result in results.values()))


def _data(results: Mapping[str, Any], survivals: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each language's result for programs; with what is known of people's sentences."""
    for code, result in results.items():
        people = {"people": survivals[code].as_json()} if code in survivals else {}
        yield code, {**result.as_json(), **people}


def _summarise(place: str, results: Mapping[str, Any], survivals: Mapping[str, Any], srcdir: Path) -> None:
    """Append the receipt to a file; raises ConfigError where it cannot be written."""
    from sphinx_amts.upkeep.receipt import receipt

    lines = {
        code: list(findings([*survivals[code].findings, *result.findings], srcdir)) for code, result in results.items()
    }
    try:
        with Path(place).open("a", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(receipt(results, survivals, lines))
    except OSError as error:
        raise ConfigError(f"the summary cannot be written: {error.strerror}", path=place) from None


def _rows(results: Mapping[str, Any], *, dry_run: bool) -> Iterator[list[object]]:
    """What was done, a column for each language."""
    yield ["dry run" if dry_run else "", *results]
    yield ["documents", *(result.documents for result in results.values())]
    if any(result.moved for result in results.values()):
        yield ["that have moved", *(len(result.moved) for result in results.values())]
    for title, name in _ROWS:
        yield [title, *(result.segments[name] for result in results.values())]
    if dry_run:
        yield from _leverage([result.exchange.leverage for result in results.values()])
    yield ["characters to send" if dry_run else "characters sent", *(r.characters_sent for r in results.values())]
    yield from _bill(results)
    if not dry_run:
        yield ["files written", *(result.files_written for result in results.values())]


def _leverage(found: Sequence[Any]) -> Iterator[list[object]]:
    """The words that wait, by what is known of them; a band that is empty everywhere has no row."""
    from sphinx_amts.sync.leverage import BANDS, TITLES
    from sphinx_amts.upkeep.effort import percent

    for band in BANDS:
        if any(one.words[band] for one in found):
            yield [f"words, {TITLES[band]}", *(one.words[band] for one in found)]
    yield ["words to look at", *(one.total for one in found)]
    yield ["words of these documents", *(one.whole for one in found)]
    yield ["work saved", *("" if one.saved is None else percent(one.saved) for one in found)]


def _moved(results: Mapping[str, Any]) -> Iterator[str]:
    """The documents that have moved, a line each."""
    moved = sorted({(old, new) for result in results.values() for new, old in result.moved.items()})
    yield from (f"moved: {printable(old)} -> {printable(new)}" for old, new in moved[:MOST])
    if len(moved) > MOST:
        yield f"... and {len(moved) - MOST} more; see --json"


def _bill(results: Mapping[str, Any]) -> Iterator[list[object]]:
    """What it costs, where an engine knows that."""
    estimates = [result.exchange.estimate for result in results.values()]
    if any(estimates):
        yield ["characters to pay for", *(one.characters if one else "" for one in estimates)]
        yield ["US dollars", *(f"{one.price:,.2f}" if one else "" for one in estimates)]
        yield ["batch jobs", *(one.jobs if one else "" for one in estimates)]
    if any(result.exchange.receipts for result in results.values()):
        yield ["characters predicted", *(_sum(result, "predicted") for result in results.values())]
        yield ["characters charged", *(_sum(result, "charged") for result in results.values())]
        yield ["US dollars", *(f"{_sum(result, 'price'):,.2f}" for result in results.values())]


def _sum(result: Any, name: str) -> Any:
    return sum(getattr(receipt, name) for receipt in result.exchange.receipts)


def _show_findings(results: Mapping[str, Any], srcdir: Path) -> None:
    for code, result in results.items():
        lines = list(findings(result.findings, srcdir))
        if lines and len(results) > 1:
            print(f"{code}:", file=sys.stderr)
        for line in lines:
            print(line, file=sys.stderr)


def _jobs(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number
