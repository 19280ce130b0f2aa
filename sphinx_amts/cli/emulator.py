"""``sphinx-amts emulator``."""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sphinx_amts.cli.arguments import Commands
from sphinx_amts.cli.display import table
from sphinx_amts.errors import ConfigError

if TYPE_CHECKING:
    from sphinx_amts.emulator.ledger import Ledger
    from sphinx_amts.emulator.server import Emulator

__all__ = ["add", "run"]

_DESCRIPTION = """\
Rehearse a sync with Amazon: serve a stand-in for Amazon Translate and S3 on this machine, and say how
to use it. Nothing leaves the machine, nothing is charged, and no account is needed. What it writes looks
translated and is no translation: rehearse with a copy of your book.

It forgets everything when it ends (Ctrl-C), and then shows what a sync would have cost."""
_EXAMPLE = """example:
  sphinx-amts emulator --job-seconds 20

exit status: 0 it was ended; 2 usage or configuration error"""
_ROLE = "arn:aws:iam::123456789012:role/amts-rehearsal"


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "emulator",
        help="serve a stand-in for Amazon Translate and S3 to rehearse with",
        description=_DESCRIPTION,
        epilog=_EXAMPLE,
    )
    parser.add_argument(
        "--port", type=_port, default=5123, metavar="N", help="where it listens; 0 takes a free one (default: 5123)"
    )
    parser.add_argument(
        "--bucket", default="amts-rehearsal", metavar="NAME", help="the bucket to create (default: amts-rehearsal)"
    )
    parser.add_argument(
        "--region", default="us-east-1", metavar="NAME", help="the region to be in (default: us-east-1)"
    )
    parser.add_argument(
        "--job-seconds", type=_seconds, default=5.0, metavar="S", help="how long a job runs (default: 5)"
    )
    parser.add_argument(
        "--engine",
        metavar="NAME",
        help="let an engine translate, apertium for one: it learns from the parallel data of each job, so that a"
        " rehearsal shows what parallel data does; without it words become other letters",
    )
    parser.add_argument("--traceback", action="store_true", help="show where in the code an error comes from")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until somebody presses Ctrl-C; the exit status."""
    emulator = _emulator(options)
    with emulator:
        _create(emulator, options.bucket)
        # A shell lets its background jobs ignore Ctrl-C, and `kill` is as good a way to end.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler)
        try:
            print("\n".join(_welcome(emulator, options.bucket)), flush=True)
            threading.Event().wait()
        except KeyboardInterrupt:
            print()
        print("\n".join(_account(emulator.ledger)))
    return 0


def _emulator(options: argparse.Namespace) -> Emulator:
    try:
        from sphinx_amts.cli.translating import EngineTranslator
        from sphinx_amts.emulator import Durations
        from sphinx_amts.emulator.server import Emulator
    except ImportError as error:
        hint = "Install it: pip install 'sphinx-amts[emulator]'"
        raise ConfigError(f"the emulator needs a library that is not installed: {error.name}", hint=hint) from error
    try:
        return Emulator(
            translator=EngineTranslator(options.engine) if options.engine else None,
            durations=Durations(job=options.job_seconds),
            region=options.region,
            port=options.port,
        )
    except OSError as error:
        hint = "Give --port another number, or 0 for a free one."
        raise ConfigError(f"port {options.port} cannot be used: {error.strerror}", hint=hint) from error


def _create(emulator: Emulator, bucket: str) -> None:
    try:
        emulator.bucket(bucket)
    except ValueError as error:
        hint = "Give --bucket 3 to 63 small letters, digits and hyphens."
        raise ConfigError(f"there cannot be a bucket {bucket!r} in {emulator.region}", hint=hint) from error


def _welcome(emulator: Emulator, bucket: str) -> Iterator[str]:
    yield f"Amazon Translate and S3 are emulated at {emulator.url}. Press Ctrl-C to end."
    yield ""
    yield "In the shell of the rehearsal:"
    yield ""
    yield from (f"  export {name}={value}" for name, value in emulator.environment.items())
    yield ""
    yield "In the conf.py of the book:"
    yield ""
    yield f'  amts_amazon = {{"bucket": "{bucket}", "role": "{_ROLE}"}}'
    yield ""
    yield "To see what was done so far, and to let something go wrong:"
    yield ""
    yield f"  curl {emulator.url}/amts-emulator/ledger"
    yield f"""  curl {emulator.url}/amts-emulator/faults -d '[{{"fault": "throttled", "share": 0.5}}]'"""


def _account(ledger: Ledger) -> Iterator[str]:
    """What was done, and what it would have cost."""
    told: Mapping[str, Any] = ledger.as_json()
    rows: list[list[object]] = [[operation, count] for operation, count in sorted(told["calls"].items())]
    rows += [[f"{code} (refused)", count] for code, count in sorted(told["errors"].items())]
    rows += [["documents", len(told["documents"])], ["documents translated", told["translations"]]]
    rows += [[f"characters, {kind}", count] for kind, count in sorted(told["characters"].items())]
    yield from table(rows)
    yield f"It would have cost about ${ledger.cost:,.2f}."


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65_535:
        raise argparse.ArgumentTypeError("a port lies between 0 and 65535")
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError("give a number of seconds that is not negative")
    return number
