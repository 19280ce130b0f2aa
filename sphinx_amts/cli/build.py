"""``sphinx-amts build``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sphinx_amts.cli.arguments import Commands, language_argument, sphinx_arguments
from sphinx_amts.cli.display import printable

__all__ = ["add", "run"]

_EXAMPLE = """example:
  sphinx-amts build docs -l zh -l es -o public

exit status:
  0  everything was built
  1  Sphinx warned of something, with -W
  2  usage or configuration error"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "build",
        help="build a book and its languages into one directory",
        description="Build the book into DIR and each language into a directory of DIR that has the language's name,\n"
        "so that the links between them hold on a server and from a disk. Each language is synced first, as in\n"
        "any build. What Sphinx says goes to standard error.",
        epilog=_EXAMPLE,
    )
    parser.add_argument("book", type=Path, metavar="BOOK", help="directory with conf.py, _config.yml, or neither")
    language_argument(parser)
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="where the pages go")
    parser.add_argument(
        "-b", "--builder", choices=("html", "dirhtml"), default="html", help="how pages are named (default: html)"
    )
    parser.add_argument("-W", "--fail-on-warning", action="store_true", help="exit status 1 where Sphinx warns")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes to build with (default: 1)")
    parser.add_argument("--traceback", action="store_true", help="show where in the code an error comes from")
    sphinx_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Build; the exit status."""
    from sphinx_amts.sphinx_ext.output import Output, build

    output = Output(
        options.book,
        options.output.resolve(),
        options.builder,
        options.confdir,
        dict(options.overrides),
        tuple(dict.fromkeys(options.language)),
        options.jobs,
    )
    print("building the source...", file=sys.stderr, flush=True)
    codes, warnings = build(output, None)
    for code in codes:
        print(f"building {code}...", file=sys.stderr, flush=True)
        warnings += build(output, code)[1]
    print(printable(str(output.directory / "index.html")))
    return int(bool(warnings) and options.fail_on_warning)
