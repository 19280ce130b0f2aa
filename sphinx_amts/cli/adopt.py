"""``sphinx-amts adopt``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_amts.cli.arguments import Commands, common_arguments, sphinx_arguments
from sphinx_amts.cli.display import StatusLine, can_write, findings, table, write_result, write_whole
from sphinx_amts.errors import ConfigError
from sphinx_amts.locales import language

if TYPE_CHECKING:
    from sphinx_amts.adopt import Edition

__all__ = ["add", "run"]

_DESCRIPTION = """\
Take over a human translation as it stands, so that it can be kept in sync. Its documents are aligned
with the edition that they were made from, sentence by sentence, and what belongs together is written
to manifests in TRANSLATION/.amts. Not one byte of the translation changes.

What the translation lacks stays out until its source changes. What it has beside its source, other
code or notes, belongs to its translators. A document that has a manifest is left alone.

Where nobody knows the edition, --base-repo finds it: the book is the folder of the repository's last
commit in which most of the documents stand, and of each the revision is taken that fits best."""
_EXAMPLE = """example:
  sphinx-amts adopt book ../book.zh -l zh --base ../book-of-last-year
  sphinx-amts adopt book ../book.zh -l zh --origin-suffix _origin
  sphinx-amts adopt book ../book.zh -l zh --base-repo ../book-clone --unsure pairs.txt
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
    parser.add_argument(
        "--base", type=Path, metavar="DIR", help="the edition that it was made from (default: BOOK as it is)"
    )
    parser.add_argument(
        "--base-repo",
        type=Path,
        metavar="DIR",
        help="a git repository of the book: of each document, find the revision that it was made from",
    )
    parser.add_argument(
        "--origin-suffix",
        default="",
        metavar="TEXT",
        help="the edition stands in the translation itself, intro_origin.md beside intro.md",
    )
    parser.add_argument(
        "--unsure",
        type=Path,
        metavar="FILE",
        help="a text file of the pairs that are not sure: what you marked in it is settled, the others are listed anew",
    )
    parser.add_argument("--dry-run", action="store_true", help="align and count; write nothing")
    common_arguments(parser)
    sphinx_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Take it over; the exit status."""
    from sphinx_amts.adopt import adopt, marked, settle
    from sphinx_amts.document.opening import opened
    from sphinx_amts.session import configured

    can_write(options.json)
    can_write(options.unsure)
    for place in filter(None, (options.book, options.translation, options.base, options.base_repo)):
        if not place.is_dir():
            raise ConfigError("there is no such directory", path=place)
    marks = marked(options.unsure) if options.unsure and options.unsure.exists() else []
    target = language(options.language)
    overrides = dict(options.overrides)
    with opened(options.book, confdir=options.confdir, overrides=overrides, read=False) as book:
        source = language(configured(book).source_language)
    progress = StatusLine()
    try:
        with _editions(options) as editions:
            result = adopt(
                options.book,
                options.translation,
                editions,
                (source, target),
                files_of=options.base or options.book,
                confdir=options.confdir,
                overrides=overrides,
                dry_run=options.dry_run,
                progress=progress,
            )
        settle(
            options.book,
            options.translation,
            marks,
            target,
            confdir=options.confdir,
            overrides=overrides,
            dry_run=options.dry_run,
        )
    finally:
        progress.clear()
    if options.unsure and not options.dry_run:
        _list(options.unsure, options.translation)
    rows: list[list[object]] = [
        ["documents", result.documents],
        ["had a manifest", result.already],
        ["units with a translation", result.linked],
        ["units left out", result.left_out],
        *([["pairs settled", len(marks)]] if marks else []),
    ]
    write_result(options.json, asdict(result), table(rows))
    for line in findings(result.findings, options.translation.resolve()):
        print(line, file=sys.stderr)
    return 0


def _list(file: Path, translation: Path) -> None:
    """Ask about the pairs that are left."""
    from sphinx_amts.adopt import listed, unsure_pairs

    write_whole(file, listed(list(unsure_pairs(translation))).encode("utf-8"))


def _editions(options: argparse.Namespace) -> AbstractContextManager[Mapping[str, Sequence[Edition]]]:
    """The editions that are named, for a while."""
    from sphinx_amts.adopt import editions_of, revisions_of

    if options.base and (options.base_repo or options.origin_suffix):
        hint = "Give --base alone, or --base-repo, --origin-suffix, or both of these."
        raise ConfigError("--base names the edition: there is nothing to choose from", hint=hint)
    if options.base_repo:
        return revisions_of(options.translation, options.book, options.base_repo, options.origin_suffix)
    return nullcontext(editions_of(options.translation, options.base or options.book, options.origin_suffix))
