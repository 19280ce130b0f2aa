"""The command line: arguments in, exit status out.

1. ``main`` parses the arguments and runs a command; what goes wrong becomes one message and an exit status.
2. Each command is a module: ``add`` declares its arguments and its help, ``run`` does it.
3. ``opening`` opens the book that a command is about; ``display`` shows people what came out.
"""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from collections.abc import Sequence
from typing import TextIO

from sphinx_amts import __version__
from sphinx_amts.cli import (
    adopt,
    align,
    backports,
    build,
    emulator,
    evaluate,
    export,
    import_,
    parallel_data,
    proposals,
    report,
    review,
    status,
    sync,
    terms,
    translate,
    verify,
)
from sphinx_amts.cli.arguments import Parser
from sphinx_amts.errors import AmtsError

__all__ = ["main", "parser"]

_COMMANDS = (
    sync,
    build,
    status,
    report,
    proposals,
    review,
    verify,
    adopt,
    align,
    parallel_data,
    evaluate,
    terms,
    import_,
    export,
    translate,
    backports,
    emulator,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns 0 where nothing was refused, 1 where something was, and 2 for a usage or configuration error.
    """
    options = parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        _take_any_name(stream)
    try:
        status = int(options.run(options))
        sys.stdout.flush()
    except AmtsError as error:
        return _say(str(error), error.exit_status, show=options.traceback)
    except KeyboardInterrupt:
        return _say("interrupted; the next run goes on from here", 130)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - nobody reads us any more
        return 2
    except Exception as error:  # noqa: BLE001 - people get a message, and --traceback shows the rest
        what = " ".join(f"{type(error).__name__}: {error}".split())
        hint = "" if options.traceback else "\n  This is a defect: please report it with what --traceback shows."
        return _say(what + hint, 2, show=options.traceback)
    return status


def parser() -> Parser:
    """The whole command line."""
    whole = Parser(
        prog="sphinx-amts",
        description="Keep translations of Sphinx, MyST and Jupyter books in sync with their sources, "
        "sentence by sentence.",
        epilog="Start with: sphinx-amts sync BOOK -l LANG --dry-run",
    )
    whole.add_argument("--version", action="version", version=f"sphinx-amts {__version__}")
    commands = whole.add_subparsers(title="commands", required=True, metavar="COMMAND", dest="command")
    for command in _COMMANDS:
        command.add(commands)
    return whole


def _say(message: str, exit_status: int, *, show: bool = False) -> int:
    if show:
        traceback.print_exc()
    print(f"sphinx-amts: {message}", file=sys.stderr)
    return exit_status


def _take_any_name(stream: TextIO) -> None:
    """A file's name need not be text: show what cannot be encoded, and go on."""
    with contextlib.suppress(AttributeError, ValueError):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[attr-defined]
