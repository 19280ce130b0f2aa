"""``sphinx-amts translate``."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from time import sleep
from typing import Any

from sphinx_amts import engines
from sphinx_amts.cli.arguments import Commands, common_arguments, override_argument
from sphinx_amts.cli.display import StatusLine, can_write, table, write_result
from sphinx_amts.config import Settings, settings
from sphinx_amts.engines import Answer, Customised, Engine, Notice, Receipt, Waiting
from sphinx_amts.engines.handover import Asked, read_requests, write_answers
from sphinx_amts.locales import Language, language
from sphinx_amts.sync.repository import repository
from sphinx_amts.sync.tree import LocaleTree

__all__ = ["add", "run"]

_DESCRIPTION = """\
Have an engine answer the requests that a sync wrote with the engine `handover`. No book is read and
no code of a book runs, so that this may be done where the engine's credentials are, and a sync where
they are not."""
_EXAMPLE = """example:
  sphinx-amts sync docs -l zh --engine handover -D amts_engine_options.requests=requests.jsonl
  sphinx-amts translate requests.jsonl -o answers.jsonl --engine amazon --tree locale/zh --no-wait
  sphinx-amts sync docs -l zh --engine handover -D amts_engine_options.answers=answers.jsonl

exit status: 0 each request has an answer, or is waiting for one, or was refused; 2 usage or configuration error"""
_SHORTEST, _LONGEST = 2.0, 30.0
"""Seconds between two looks at whether an engine is ready."""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "translate", help="answer the requests of a sync without its book", description=_DESCRIPTION, epilog=_EXAMPLE
    )
    parser.add_argument("requests", type=Path, metavar="REQUESTS", help="what a sync asked, JSON lines")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the answers, JSON lines")
    parser.add_argument("--engine", metavar="NAME", help="the engine to ask (default: what amts.toml says)")
    parser.add_argument("--tree", type=Path, metavar="DIR", help="the locale tree whose amts.toml has the options")
    parser.add_argument("--no-wait", action="store_true", help="leave what the engine has not finished to a later time")
    override_argument(parser, "set an option, such as amts_amazon.bucket or amts_engine_options.timeout")
    common_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Translate; the exit status."""
    can_write(options.json)
    own = _settings(options)
    name = options.engine or own.engine
    engine = engines.create(name, own.options_of(name))
    progress = StatusLine()
    try:
        asked = read_requests(options.requests)
        said = [
            one
            for (source, target), what in asked.items()
            for one in _answered(engine, what, language(source), language(target), progress, wait=not options.no_wait)
        ]
    finally:
        progress.clear()
    write_answers(options.output, engine, said)
    counts = Counter(one.status.value for one in said if isinstance(one, Answer))
    write_result(options.json, counts, table([[title, number] for title, number in counts.items()]))
    return 0


def _settings(options: argparse.Namespace) -> Settings:
    """The options of the tree's ``amts.toml``, those of the command line over them."""
    tree = LocaleTree(options.tree.resolve()) if options.tree else None
    own = repository(tree).options if tree else {}
    values: dict[str, Any] = {f"amts_{name}": value for name, value in own.items()}
    for name, value in options.overrides:
        option, dot, key = name.partition(".")
        values[option] = {**values.get(option, {}), key: value} if dot else value
    return settings(values)


def _answered(
    engine: Engine,
    asked: Asked,
    source: Language,
    target: Language,
    progress: StatusLine,
    *,
    wait: bool,
) -> Iterator[Answer | Notice | Receipt]:
    """What the engine says in the end: while it is at work and its user wants to wait, it is asked again."""
    heard: list[Notice | Receipt] = []

    def hear(said: Notice | Receipt) -> None:
        if said not in heard or isinstance(said, Receipt):
            heard.append(said)

    if isinstance(engine, Customised):
        heard += engine.learn(lambda: asked.pairs, source, target)
    while True:
        answers = list(engines.checked(engine, asked.requests, source, target, hear))
        if not (wait and isinstance(engine, Waiting) and engine.wait is not False and engine.pending):
            return chain(heard, answers)
        pause = _SHORTEST
        while not engine.is_ready():
            progress(engine.pending, 0, 0)
            sleep(pause)
            pause = min(pause * 1.2, _LONGEST)
