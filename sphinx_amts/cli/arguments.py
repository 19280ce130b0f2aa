"""What the commands' arguments have in common."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

__all__ = [
    "Commands",
    "Parser",
    "book_arguments",
    "common_arguments",
    "language_argument",
    "override_argument",
    "sphinx_arguments",
]


class Parser(argparse.ArgumentParser):
    """Takes operands between options too (``sync BOOK -l zh DOCNAME``), and shows help as it is written."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.formatter_class = argparse.RawDescriptionHelpFormatter
        self.allow_abbrev = False
        self._is_inside = False

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        if self._is_inside or self._subparsers is not None or "--" in (args or ()):
            return super().parse_known_args(args, namespace)
        self._is_inside = True  # the other way calls this one
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._is_inside = False


Commands = Any
"""What ``add_subparsers`` gives."""


def book_arguments(parser: argparse.ArgumentParser) -> None:
    """The book and its languages."""
    parser.add_argument("book", type=Path, metavar="BOOK", help="directory with conf.py, _config.yml, or neither")
    language_argument(parser)
    parser.add_argument("--target", type=Path, metavar="DIR", help="the locale tree, where there is one language")


def language_argument(parser: argparse.ArgumentParser) -> None:
    """The languages alone."""
    parser.add_argument(
        "-l",
        "--language",
        action="append",
        default=[],
        metavar="LANG",
        help="a language, such as zh or pt_BR; may be given several times (default: all amts_languages)",
    )


def sphinx_arguments(parser: argparse.ArgumentParser) -> None:
    """What sphinx-build knows too."""
    group = parser.add_argument_group("configuration")
    override_argument(group, "set a value of the book's configuration, as with sphinx-build")
    group.add_argument("--confdir", type=Path, metavar="DIR", help="the directory of conf.py, where it is not BOOK")


def override_argument(parser: argparse._ActionsContainer, text: str) -> None:
    """Values of a configuration; ``text`` says which."""
    parser.add_argument(
        "-D", dest="overrides", type=_override, action="append", default=[], metavar="NAME=VALUE", help=text
    )


def common_arguments(parser: argparse.ArgumentParser) -> None:
    """What every command takes."""
    parser.add_argument(
        "--json",
        nargs="?",
        const="-",
        metavar="FILE",
        help="write the result as JSON; '-' or no FILE means standard output",
    )
    parser.add_argument("--traceback", action="store_true", help="show where in the code an error comes from")


def _override(text: str) -> tuple[str, str]:
    """The name and the value of ``NAME=VALUE``."""
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value
