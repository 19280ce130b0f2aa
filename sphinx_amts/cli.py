"""The command line: arguments in, exit status out."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sphinx_amts import __version__
from sphinx_amts.config import OPTIONS, Settings, settings
from sphinx_amts.errors import AmtsError, BookError, ConfigError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns 0 where nothing was refused, 1 where something was, 2 for a usage or configuration error."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except AmtsError as error:
        print(f"sphinx-amts: {error}", file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        print("sphinx-amts: interrupted; the next run goes on from here", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sphinx-amts",
        description="Keep translations of Sphinx, MyST and Jupyter books in sync with their sources, sentence by sentence.",
    )
    parser.add_argument("--version", action="version", version=f"sphinx-amts {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    sync = commands.add_parser(
        "sync",
        help="bring locale trees up to date",
        description="Translate what changed, verify it, and write the locale trees. What people wrote stays.",
        epilog="Exit status: 0 nothing was refused, 1 an answer was refused, 2 usage or configuration error.",
    )
    _book_arguments(sync)
    sync.add_argument("docnames", nargs="*", metavar="DOCNAME", help="only these documents")
    sync.add_argument("--dry-run", action="store_true", help="plan and count; send nothing, write nothing")
    sync.set_defaults(run=_sync)
    return parser


def _book_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("book", type=Path, metavar="BOOK", help="directory with conf.py, _config.yml, or neither")
    parser.add_argument(
        "-l", "--language", action="append", default=[], metavar="LANG", help="a language; may be given several times"
    )
    parser.add_argument("--target", type=Path, metavar="DIR", help="the locale tree, for one language")
    parser.add_argument("--engine", metavar="NAME", help="translate with this engine instead of amts_engine")
    parser.add_argument("--json", metavar="FILE", help="write the result as JSON ('-' for standard output)")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes to read with")


def _sync(options: argparse.Namespace) -> int:
    from sphinx_amts.document.reader import Book, application
    from sphinx_amts.session import sync_languages

    warnings = io.StringIO()
    app = application(options.book, options.book / "_build" / "amts", settings={}, status=None, warnings=warnings)
    app.build()
    values = {name: app.config[name] for name in OPTIONS if name in app.config}
    chosen = settings({**values, **({"amts_engine": options.engine} if options.engine else {})})
    codes = options.language or chosen.codes
    if not codes:
        raise ConfigError("no language to sync", hint="Give -l LANG, or set amts_languages in conf.py.")
    if options.target and len(codes) > 1:
        raise ConfigError("--target is the tree of one language, and several were given")
    results = sync_languages(
        Book(app),
        chosen,
        codes,
        base=Path(app.confdir),
        target=options.target,
        only=options.docnames,
        dry_run=options.dry_run,
    )
    if options.json:
        _write_json(options.json, {"languages": {code: result.as_json() for code, result in results.items()}})
    if options.json != "-":
        _show(results)
    return int(any(result.new_findings for result in results.values()))


def _write_json(place: str, data: Mapping[str, Any]) -> None:
    text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    if place == "-":
        sys.stdout.write(text)
    else:
        Path(place).write_text(text, encoding="utf-8")


def _show(results: Mapping[str, Any]) -> None:
    for code, result in results.items():
        counts = ", ".join(f"{number} {name}" for name, number in result.segments.items() if number)
        print(f"{code}: {result.documents} documents, {counts}; {result.characters_sent} characters sent, {result.files_written} files written")
