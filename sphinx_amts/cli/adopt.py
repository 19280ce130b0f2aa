"""``sphinx-amts adopt``."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from sphinx_amts.cli.arguments import Commands, common_arguments, sphinx_arguments
from sphinx_amts.cli.display import StatusLine, can_write, findings, table, write_json
from sphinx_amts.errors import ConfigError
from sphinx_amts.locales import language

__all__ = ["add", "run"]

_DESCRIPTION = """\
Take over a human translation as it stands, so that it can be kept in sync. Its documents are aligned
with the edition that they were made from, sentence by sentence, and what belongs together is written
to manifests in TRANSLATION/.amts. Not one byte of the translation changes.

What the translation lacks stays out until its source changes. What it has beside its source, other
code or notes, belongs to its translators. A document that has a manifest is left alone."""
_EXAMPLE = """example:
  sphinx-amts adopt book ../book.zh -l zh --base ../book-of-last-year
  sphinx-amts adopt book ../book.zh -l zh --origin-suffix _origin
  sphinx-amts sync book -l zh --target ../book.zh --dry-run

exit status: 0 documents were taken over, or had been; 2 usage or configuration error"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "adopt",
        help="take over a human translation",
        description=_DESCRIPTION,
        epilog=_EXAMPLE,
    )
    parser.add_argument("book", type=Path, metavar="BOOK", help="directory with conf.py, _config.yml, or neither")
    parser.add_argument("translation", type=Path, metavar="TRANSLATION", help="directory of the translation")
    parser.add_argument("-l", "--language", required=True, metavar="LANG", help="its language, such as zh or pt_BR")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--base", type=Path, metavar="DIR", help="the edition that it was made from (default: BOOK as it is)"
    )
    where.add_argument(
        "--origin-suffix",
        default="",
        metavar="TEXT",
        help="the edition stands in the translation itself, intro_origin.md beside intro.md",
    )
    parser.add_argument("--dry-run", action="store_true", help="align and count; write nothing")
    common_arguments(parser)
    sphinx_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Take it over; the exit status."""
    from sphinx_amts.adopt import adopt, sources_of
    from sphinx_amts.document.opening import opened
    from sphinx_amts.session import configured

    can_write(options.json)
    for place in (options.book, options.translation, *([options.base] if options.base else [])):
        if not place.is_dir():
            raise ConfigError("there is no such directory", path=place)
    target = language(options.language)
    overrides = dict(options.overrides)
    with opened(options.book, confdir=options.confdir, overrides=overrides, read=False) as book:
        source = language(configured(book).source_language)
    progress = StatusLine()
    try:
        result = adopt(
            options.book,
            options.translation,
            sources_of(options.translation, options.base or options.book, options.origin_suffix),
            (source, target),
            edition=options.base or options.book,
            confdir=options.confdir,
            overrides=overrides,
            dry_run=options.dry_run,
            progress=progress,
        )
    finally:
        progress.clear()
    if options.json:
        write_json(options.json, asdict(result))
    if options.json != "-":
        rows: list[list[object]] = [
            ["documents", result.documents],
            ["had a manifest", result.already],
            ["units with a translation", result.linked],
            ["units left out", result.left_out],
        ]
        print("\n".join(table(rows)), flush=True)
    for line in findings(result.findings, options.translation.resolve()):
        print(line, file=sys.stderr)
    return 0
