"""``sphinx-amts parallel-data``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any

from sphinx_amts.cli import selecting
from sphinx_amts.cli.arguments import Commands, book_arguments, common_arguments, sphinx_arguments
from sphinx_amts.cli.display import StatusLine, can_write, printable, table, write_result
from sphinx_amts.cli.opening import Opened, opened
from sphinx_amts.config import for_language
from sphinx_amts.errors import ConfigError
from sphinx_amts.locales import language
from sphinx_amts.pairs.parallel_data import told

if TYPE_CHECKING:
    from sphinx_amts.engines.amazon.client import Connection
    from sphinx_amts.engines.amazon.parallel_data import Resource
    from sphinx_amts.pairs.parallel_data import ParallelDataFile

__all__ = ["add", "run"]

_DESCRIPTION = """\
Show Amazon Translate how your people translate. A batch job that is customised with parallel data
(Active Custom Translation) takes the words and the style of these pairs of sentences.

  push     upload the sentences that people translated, the pairs of the files that amts_amazon names
           as 'parallel_data', and those of FILEs (.tmx, .csv, .tsv), in place of what Amazon has;
           nothing happens where it has the same
  show     say what Amazon has for each language
  list     say what it has for the whole project, other languages too
  delete   remove it from the account; batch jobs are customised no more
  select   of the pairs of FILEs (.tmx, .csv, .tsv, or .jsonl of `align`) write those whose sources are most
           like the book that is to be translated: in a large collection, subject matters; nothing is sent

The sentences are those of the locale trees that people wrote, adopted or corrected, as the last sync
found them, unless they are stale. What an engine wrote is never shown to Amazon. There is one resource
for each language, amts-PROJECT-SOURCE-TARGET; Amazon imports one at a time, some minutes each.

A sync with the engine amazon pushes by itself, without FILEs; this command is for a first look, or to
try pairs from elsewhere. It needs the options 'bucket' and 'project' of amts_amazon, and credentials of AWS."""
_EXAMPLE = """example:
  sphinx-amts parallel-data push docs -l zh
  sphinx-amts parallel-data push docs -l zh old-edition.tmx --no-wait
  sphinx-amts parallel-data show docs
  sphinx-amts parallel-data select --for docs -l zh web.tmx -o best.tmx --most 5000

exit status:
  0  Amazon has the pairs, or is importing them; or the best pairs are written
  1  Amazon could not import the pairs of a language
  2  usage or configuration error, or AWS refused"""
_ACTIONS = ("push", "show", "list", "delete", "select")
_SHORTEST, _LONGEST = 5.0, 60.0
"""Seconds between two looks."""


@dataclass(slots=True)
class _Work:
    """A language, the account that has its resource, and how far what is done with it has come."""

    code: str
    connection: Connection
    source: str
    target: str
    file: ParallelDataFile | None = None
    """The pairs to push."""
    state: str = ""
    waits_for: str = ""
    notices: list[str] = field(default_factory=list)
    again: bool = True
    """Whether an import that has failed before is to be tried once more."""

    @property
    def name(self) -> str:
        from sphinx_amts.engines.amazon.parallel_data import name_of

        return name_of(self.connection.options.project, self.source, self.target)

    def push(self) -> None:
        """Take one step."""
        from sphinx_amts.engines.amazon.parallel_data import ImportFailed, Importing, ensure

        if self.file is None or not self.file.pairs:
            self.state = "nothing to push"
            return
        try:
            result = ensure(self.connection, self.file, self.source, self.target, again=self.again)
        except ImportFailed as error:
            self.state, self.waits_for = "failed", ""
            self._note(error.message, error.hint)
            return
        self._note(*result.notices)
        if isinstance(result, Importing):
            self.state, self.waits_for = "importing", result.reason
            self.again = self.again and not result.has_begun
        else:
            self.state, self.waits_for = "ready", ""

    def delete(self) -> None:
        """Take one step."""
        from sphinx_amts.engines.amazon.parallel_data import delete

        result = delete(self.connection, self.source, self.target)
        self.state, self.waits_for = ("deleting", result.reason) if result else ("deleted", "")

    def _note(self, *sentences: str) -> None:
        self.notices += [sentence for sentence in sentences if sentence and sentence not in self.notices]

    def as_json(self) -> Mapping[str, Any]:
        pushed = {"pairs": self.file.pairs, "left_out": dict(self.file.left_out)} if self.file else {}
        return {"name": self.name, "state": self.state, **pushed, "notices": self.notices}


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "parallel-data",
        help="show Amazon Translate how people translate",
        description=_DESCRIPTION,
        epilog=_EXAMPLE,
    )
    parser.add_argument("action", choices=_ACTIONS, metavar="ACTION", help=", ".join(_ACTIONS))
    book_arguments(parser)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="push these pairs too; select of these")
    parser.add_argument("--no-wait", action="store_true", help="do not wait until Amazon has imported or deleted it")
    selecting.add_arguments(parser)
    common_arguments(parser)
    sphinx_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Push, show, list, delete or select; the exit status."""
    can_write(options.json)
    if options.action == "select":
        return selecting.run(options)
    if options.files and options.action != "push":
        raise ConfigError(f"parallel-data {options.action} takes no files", hint="Files are for push.")
    progress = StatusLine()
    try:
        with opened(options, progress, read=False) as open_:
            works = [_work(open_, code, options) for code in open_.codes]
        if options.action in ("push", "delete"):
            _drive(works, options.action, progress, wait=not options.no_wait)
    finally:
        progress.clear()
    return (_tell if options.action in ("push", "delete") else _show)(works, options)


def _work(open_: Opened, code: str, options: argparse.Namespace) -> _Work:
    """What is to be done for a language; raises an AmtsError where that cannot be."""
    from sphinx_amts.engines.amazon import configured
    from sphinx_amts.engines.amazon.client import Connection
    from sphinx_amts.engines.amazon.languages import codes
    from sphinx_amts.pairs.parallel_data import as_tmx
    from sphinx_amts.pairs.tmx import read
    from sphinx_amts.session import people_pairs

    own = for_language(open_.settings, code)
    source, target = codes(language(own.source_language), language(code))
    work = _Work(code, Connection(configured(own.amazon), sleep), source, target)
    if options.action == "push":
        named = work.connection.options.parallel_data
        files = [*(open_.base / name for name in named), *options.files] if isinstance(named, list) else options.files
        people = people_pairs(open_.book, open_.settings, code, base=open_.base, target=options.target)
        others = (read(file, own.source_language, code) for file in files)
        work.file = as_tmx(chain(people, *others), source, target)
    return work


def _drive(works: Sequence[_Work], action: str, progress: StatusLine, *, wait: bool) -> None:
    """Take step after step, all languages side by side, until Amazon has nothing left to do."""
    pause, open_ = _SHORTEST, list(works)
    while open_:
        for work in open_:
            work.push() if action == "push" else work.delete()
        open_ = [work for work in open_ if work.waits_for]
        if not open_ or not wait:
            return
        progress(open_[0].waits_for, len(works) - len(open_), len(works))
        sleep(pause)
        pause = min(pause * 1.5, _LONGEST)


def _tell(works: Sequence[_Work], options: argparse.Namespace) -> int:
    """Say how far each language has come; the exit status."""
    data = {"languages": {work.code: work.as_json() for work in works}}
    write_result(options.json, data, table([_row(work) for work in works]))
    for work in works:
        sentences = [told(work.file.left_out)] if work.file else []
        for sentence in [*sentences, *work.notices, work.waits_for]:
            if sentence:
                print(f"{work.code}: {printable(sentence)}", file=sys.stderr)
    return int(any(work.state == "failed" for work in works))


def _row(work: _Work) -> list[object]:
    return [work.code, work.name, work.state, *([work.file.pairs, "pairs"] if work.file else [])]


def _show(works: Sequence[_Work], options: argparse.Namespace) -> int:
    """Say what Amazon has, for each language or for the whole project; the exit status."""
    from sphinx_amts.engines.amazon.parallel_data import list_, show

    found: Mapping[str, Resource | None]
    if options.action == "list":
        accounts = {repr(work.connection.options): work.connection for work in works}
        found = {resource.name: resource for connection in accounts.values() for resource in list_(connection)}
        data: Mapping[str, Any] = {"parallel_data": [asdict(one) for one in found.values() if one]}
    else:
        found = {work.name: show(work.connection, work.source, work.target) for work in works}
        data = {"languages": {work.code: (one := found[work.name]) and asdict(one) for work in works}}
    rows = [[name, *(_told(one) if one else ("none",))] for name, one in found.items()]
    write_result(options.json, data, table(rows) if rows else ["Amazon has no parallel data of this project"])
    for one in found.values():
        for notice in one.notices if one else ():
            print(printable(notice), file=sys.stderr)
    return 0


def _told(resource: Resource) -> tuple[object, ...]:
    return resource.state, resource.pairs, "pairs", resource.updated[:19].replace("T", " ")
