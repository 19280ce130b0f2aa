"""``sphinx-amts review``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sphinx_amts.cli.arguments import Commands, book_arguments, common_arguments, sphinx_arguments
from sphinx_amts.cli.display import StatusLine, can_write, findings, table, write_result
from sphinx_amts.cli.opening import local, one_language, opened

__all__ = ["add", "run"]

_DESCRIPTION = """\
Say that somebody has read the translation of a document and found it good. Each sentence that has a
target and is not stale is marked as reviewed, and by whom. It is never replaced from then on: when its
source changes it is stale, and waits for a person; the others stay reviewed. Who edits a reviewed
sentence takes the mark away. No file but the manifest changes."""
_EXAMPLE = """example:
  sphinx-amts review book -l zh intro guide/install --by "Li Hua"

exit status: 0 the documents were marked; 1 a target is missing; 2 usage or configuration error"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "review",
        help="mark the translation of documents as reviewed",
        description=_DESCRIPTION,
        epilog=_EXAMPLE,
    )
    book_arguments(parser)
    parser.add_argument("docnames", nargs="+", metavar="DOCNAME", help="the documents that were read")
    parser.add_argument("--by", required=True, metavar="NAME", help="who reviewed them")
    common_arguments(parser)
    sphinx_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Mark them; the exit status."""
    from sphinx_amts.upkeep.reviewing import COUNTS, review

    can_write(options.json)
    with opened(options, StatusLine(), read=False) as open_:
        code = one_language(open_, "documents are reviewed")
        job = local(open_, options, code)
        result = review(job, options.docnames, options.by)
    rows = [[path, *(counts[name] for name in COUNTS)] for path, counts in result.documents.items()]
    write_result(options.json, {"languages": {code: result.as_json()}}, table([[code, *COUNTS], *rows]))
    for line in findings(result.findings, Path.cwd()):
        print(line, file=sys.stderr)
    return int(bool(result.findings))
