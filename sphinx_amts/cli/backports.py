"""``sphinx-amts backports``."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from sphinx_amts.cli.arguments import Commands, book_arguments, common_arguments, sphinx_arguments
from sphinx_amts.cli.display import StatusLine, can_write, cut, printable, shown, write_result
from sphinx_amts.cli.opening import local, opened

__all__ = ["add", "run"]

_DESCRIPTION = """\
List where people changed a number, a formula, a literal or a line of code in the translation: such a
change may mend a mistake that the book still has. Words, strings and comments are translated on purpose
and not listed. The list is for the book's authors; nothing is sent or written."""
_EXAMPLE = """example:
  sphinx-amts backports book -l zh --target ../book.zh

exit status: 0 the list was shown, though it be empty; 2 usage or configuration error"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "backports",
        help="list what the translation may have mended in the book",
        description=_DESCRIPTION,
        epilog=_EXAMPLE,
    )
    book_arguments(parser)
    common_arguments(parser)
    sphinx_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """List them; the exit status."""
    from sphinx_amts.upkeep.backports import backports

    can_write(options.json)
    found, lines = {}, []
    with opened(options, StatusLine(), read=False) as open_:
        for code in open_.codes:
            job = local(open_, options, code)
            found[code] = [asdict(one) for one in backports(job)]
            for one in found[code]:
                source, target = shown(open_.book.srcdir / one["path"]), shown(job.tree.root / one["path"])
                what = f"{one['kind']}: {cut(one['source'])} -> {cut(one['target'])}"
                place = f"{source}:{one['source_line']}"
                lines.append(printable(f"{place}: {what} ({target}:{one['target_line']})"))
    write_result(options.json, {"languages": found}, lines)
    return 0
