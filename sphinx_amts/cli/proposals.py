"""``sphinx-amts accept`` and ``sphinx-amts reject``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_amts.cli.arguments import Commands, book_arguments, common_arguments, sphinx_arguments
from sphinx_amts.cli.display import StatusLine, can_write, findings, printable, shown, write_result
from sphinx_amts.cli.opening import local, one_language, opened

if TYPE_CHECKING:
    from sphinx_amts.upkeep.proposals import Stale

__all__ = ["add", "run", "stale_lines"]

_PLACES = """\
A place is a DOCNAME, for all its stale sentences, or DOCNAME:LINE. The line is the target's, as
findings and status --stale show it; the path of a target file does for its DOCNAME. Without a place,
what would be done is shown, and nothing is written: --all does it."""
_ACCEPT = f"""\
Take over the proposals for stale sentences: sentences that people wrote and whose source has changed
since. Sphinx reads each new target before it is written: a proposal that has not its source's markup is
refused, and told. The wording that it replaces goes to the attic of the manifest, and the new one counts
as written by a person.

{_PLACES}"""
_REJECT = f"""\
Keep stale sentences as they are: they are right for their source as it is now. They are stale no more,
their proposals are dropped, and nothing is proposed for them until their source changes again.

{_PLACES}"""
_EXAMPLE = """example:
  sphinx-amts {name} book -l zh intro:13 models
  sphinx-amts {name} book -l zh --target ../book.zh --all

exit status: 0 all that was meant was {done}; 1 {not_done};
2 nothing was named, or another usage or configuration error"""
_NOT_TAKEN = "a proposal was refused, or a file was written meanwhile"


def add(commands: Commands) -> None:
    """Declare both commands."""
    accept = commands.add_parser(
        "accept",
        help="take over proposals for stale sentences",
        description=_ACCEPT,
        epilog=_EXAMPLE.format(name="accept", done="taken", not_done=_NOT_TAKEN),
    )
    reject = commands.add_parser(
        "reject",
        help="keep stale sentences as they are",
        description=_REJECT,
        epilog=_EXAMPLE.format(name="reject", done="kept", not_done="a file was written meanwhile"),
    )
    for parser in (accept, reject):
        book_arguments(parser)
        parser.add_argument("places", nargs="*", metavar="DOCNAME[:LINE]", help="these sentences")
        parser.add_argument("--all", action="store_true", help="all stale sentences of the language")
        parser.add_argument("--dry-run", action="store_true", help="show what would be done; write nothing")
        common_arguments(parser)
        sphinx_arguments(parser)
        parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Accept or reject; the exit status."""
    from sphinx_amts.upkeep.proposals import accept, reject

    can_write(options.json)
    is_meant = bool(options.places) or options.all
    progress = StatusLine()
    try:
        with opened(options, progress, read=options.command == "accept") as open_:
            code = one_language(open_, "sentences are settled")
            job = local(open_, options, code, dry_run=options.dry_run or not is_meant, progress=progress)
            result = (accept if options.command == "accept" else reject)(job, () if options.all else options.places)
    finally:
        progress.clear()
    lines = _summary(options, result.sentences, is_written=not job.dry_run)
    write_result(options.json, {"languages": {code: result.as_json()}}, lines)
    for line in findings(result.findings, Path.cwd()):
        print(line, file=sys.stderr)
    if not is_meant and result.sentences:
        print(f"sphinx-amts: nothing was written: name what to {options.command}, or give --all", file=sys.stderr)
        return 2
    return int(not result.is_whole)


def _summary(options: argparse.Namespace, sentences: Sequence[Stale], *, is_written: bool) -> Iterator[str]:
    yield from stale_lines(sentences)
    done = "taken" if options.command == "accept" else "kept"
    number = f"{len(sentences)} sentence{'' if len(sentences) == 1 else 's'}"
    yield f"{'' if is_written else 'would be '}{done}: {number}"


def stale_lines(sentences: Sequence[Stale]) -> Iterator[str]:
    """Each sentence with its place, its source before and now, its target, and what is proposed."""
    for one in sentences:
        reviewed = f" (reviewed by {one.reviewer})" if one.reviewer else ""
        yield printable(f"{shown(Path(one.path))}:{one.line}{reviewed}")
        texts = {"was": one.former, "is": one.source, "target": one.target, "proposal": one.proposal or "none"}
        for name, text in texts.items():
            if text:
                yield printable(f"  {name:8}  {' '.join(text.split())}")
