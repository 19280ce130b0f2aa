"""``sphinx-amts export``."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from sphinx_amts.cli.arguments import Commands, book_arguments, common_arguments, sphinx_arguments
from sphinx_amts.cli.display import StatusLine, can_write, write_result, write_whole
from sphinx_amts.cli.opening import local, one_language, opened
from sphinx_amts.errors import ConfigError
from sphinx_amts.pairs.parallel_data import told

__all__ = ["add", "run"]

_DESCRIPTION = """\
Write what a locale tree knows into a file for other tools, as its targets stand. Nothing else is changed.

  .tmx   every sentence that has a target and is not stale, with inline codes, origin, state and context;
         amts_memory and 'sphinx-amts import' read it back as it was
  .po    every unit as gettext would have it; fuzzy where a sentence is stale"""
_EXAMPLE = """example:
  sphinx-amts export docs -l zh -o book.tmx

exit status: 0 the file was written; 2 usage or configuration error"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "export", help="write a locale tree's sentences as TMX or PO", description=_DESCRIPTION, epilog=_EXAMPLE
    )
    book_arguments(parser)
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the file: .tmx or .po")
    common_arguments(parser)
    sphinx_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Export; the exit status."""
    from sphinx_amts.pairs.catalogues import as_po
    from sphinx_amts.pairs.exchange import as_tmx
    from sphinx_amts.upkeep.exporting import messages, pairs

    can_write(options.json)
    suffix = options.output.suffix.lower()
    if suffix not in (".tmx", ".po"):
        raise ConfigError("not a kind of file that is exported", path=options.output, hint="Known: .tmx, .po")
    can_write(options.output)
    with opened(options, StatusLine(), read=False) as open_:
        code = one_language(open_, "sentences are exported")
        job = local(open_, options, code)
        if not job.tree.paths():
            hint = "Have sync write it, or adopt take it over, or give its place with --target."
            raise ConfigError("there is nothing to export: no document has a manifest", path=job.tree.root, hint=hint)
        left_out: Counter[str] = Counter()
        if suffix == ".tmx":
            found = list(pairs(job, left_out))
            count, content = len(found), as_tmx(found, job.source_language.code, job.language.code)
        else:
            units = list(messages(job))
            count, content = len(units), as_po(units, job.language.sphinx)
    write_whole(options.output, content)
    what = "pairs" if suffix == ".tmx" else "messages"
    write_result(options.json, {"languages": {code: {what: count, "left_out": dict(left_out)}}}, [f"{count:,} {what}"])
    if left_out:
        print(told(left_out, "sentences"), file=sys.stderr)
    return 0
