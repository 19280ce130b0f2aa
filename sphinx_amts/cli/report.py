"""``sphinx-amts report``."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from sphinx_amts.cli.arguments import Commands, book_arguments, common_arguments, sphinx_arguments
from sphinx_amts.cli.display import StatusLine, can_write, shown, write_result
from sphinx_amts.cli.opening import local, opened

__all__ = ["add", "run"]

_EXAMPLE = """example:
  sphinx-amts report docs -l zh -l es -o report --history translations.jsonl

exit status: 0 the report was written; 2 usage or configuration error"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "report",
        help="write pages that show where each language stands",
        description="Write a static site: a page for each language, and for each document its sentences beside\n"
        "their targets, with what waits for a person first. It needs no server and no network. No document\n"
        "is read by Sphinx, and the locale trees are not touched.",
        epilog=_EXAMPLE,
    )
    book_arguments(parser)
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="write the site here")
    parser.add_argument(
        "--pages",
        default="",
        metavar="PLACE",
        help="link to the built pages at this address or in this directory; {lang} stands for the language",
    )
    parser.add_argument(
        "--source-url",
        default="",
        metavar="ADDRESS",
        help="link to the lines of the sources; {path} and {line} stand for the place",
    )
    parser.add_argument(
        "--history", type=Path, metavar="FILE", help="add today's numbers to this file, and show all of it"
    )
    parser.add_argument(
        "--sync", type=Path, metavar="FILE", help="show what the last sync found and cost, as sync --json wrote it"
    )
    common_arguments(parser)
    sphinx_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the report; the exit status."""
    from sphinx_amts import report
    from sphinx_amts.session import languages_status

    can_write(options.json)
    links = report.Links(options.pages, options.source_url)
    progress = StatusLine()
    try:
        with opened(options, progress, read=False) as open_:
            statuses = languages_status(open_.book, open_.settings, open_.codes, target=options.target)
            languages = {code: (local(open_, options, code), status) for code, status in statuses.items()}
            name, today = str(open_.book.app.config.project), datetime.now(UTC).date()
            numbers = report.write(
                options.output, name, languages, links, options.history, options.sync, today, progress
            )
    finally:
        progress.clear()
    write_result(options.json, numbers, [f"the report: {shown(options.output / 'index.html')}"])
    return 0
