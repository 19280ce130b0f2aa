"""``sphinx-amts import``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_amts.cli.arguments import Commands, book_arguments, common_arguments, sphinx_arguments
from sphinx_amts.cli.display import MOST, StatusLine, can_write, cut, findings, printable, table, write_result
from sphinx_amts.cli.opening import local, one_language, opened
from sphinx_amts.model import Finding, Subtype

if TYPE_CHECKING:
    from sphinx_amts.upkeep.importing import Imported

__all__ = ["add", "run"]

_DESCRIPTION = """\
Fill a locale tree with translations that were made elsewhere. FILEs are gettext's catalogues (.po),
folders of them, such as locale/zh_CN/LC_MESSAGES, TMX, and tables (.csv, .tsv).

A unit without target gets the translation of the message that has its text, white space aside, and
counts as written by a person; a fuzzy message becomes a proposal, an obsolete one is ignored. Pairs in
TMX and tables are for single sentences. What has a target keeps it. Sphinx reads each new target before
it is written: a translation that has not its source's markup is refused, and told."""
_EXAMPLE = """example:
  sphinx-amts import docs -l zh locale/zh_CN/LC_MESSAGES
  sphinx-amts import docs -l zh old-edition.tmx --dry-run

exit status: 0 all that fits was imported; 1 a translation was refused; 2 usage or configuration error"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "import",
        help="fill a locale tree from PO catalogues, TMX or tables",
        description=_DESCRIPTION,
        epilog=_EXAMPLE,
    )
    book_arguments(parser)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="what to import")
    parser.add_argument("--dry-run", action="store_true", help="count; verify nothing, write nothing")
    common_arguments(parser)
    sphinx_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Import; the exit status."""
    from sphinx_amts.upkeep.importing import import_

    can_write(options.json)
    progress = StatusLine()
    try:
        with opened(options, progress) as open_:
            code = one_language(open_, "files are imported")
            job = local(open_, options, code, dry_run=options.dry_run, progress=progress)
            result, srcdir = import_(job, options.files), open_.book.srcdir
    finally:
        progress.clear()
    write_result(options.json, {"languages": {code: result.as_json()}}, table(list(_rows(code, result))))
    for line in (*_refused(result), *findings(_others(result), srcdir)):
        print(line, file=sys.stderr)
    return int(any(document.refused for document in result.documents.values()))


def _rows(code: str, result: Imported) -> Iterator[list[object]]:
    yield [code, "filled", "already there", "proposed", "unknown", "refused"]
    sums = [0] * 5
    for path, one in sorted(result.documents.items()):
        counts = [one.filled, one.there, one.proposed, one.unknown, len(one.refused)]
        if any(counts):
            yield [path, *counts]
        sums = [total + count for total, count in zip(sums, counts, strict=True)]
    yield ["total", *sums]
    yield ["messages of no document", result.unplaced]
    yield ["files written", result.sync.files_written]


def _refused(result: Imported) -> Iterator[str]:
    refused = [(path, *one) for path, document in sorted(result.documents.items()) for one in document.refused]
    for path, source, reason in refused[:MOST]:
        yield printable(f"{path}: {reason}: {cut(' '.join(source.split()))}")
    if len(refused) > MOST:
        yield f"... and {len(refused) - MOST} more; see --json"


def _others(result: Imported) -> list[Finding]:
    """What the sync found beside refusals, which were told."""
    told = (Subtype.REFUSED, Subtype.STRUCTURE)
    return [finding for finding in result.sync.findings if finding.subtype not in told]
