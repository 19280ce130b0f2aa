"""Open the book that a command is about, with the settings of its configuration and of the command line."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx_amts.cli.display import StatusLine
from sphinx_amts.config import Settings
from sphinx_amts.errors import ConfigError

if TYPE_CHECKING:
    from sphinx_amts.sync.job import Job, Progress

__all__ = ["Opened", "local", "one_language", "opened"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A book, its settings, and the languages that the command is about."""

    book: Any
    settings: Settings
    codes: Sequence[str]
    base: Path


@contextlib.contextmanager
def opened(options: argparse.Namespace, progress: StatusLine, *, read: bool = True) -> Iterator[Opened]:
    """The book of a command; raises an AmtsError where it, its configuration or the command line is wrong."""
    from sphinx_amts.document.opening import opened as book_opened
    from sphinx_amts.session import configured, with_repositories

    overrides = dict(options.overrides)
    with book_opened(
        options.book,
        confdir=options.confdir,
        overrides=overrides,
        parallel=getattr(options, "jobs", 1),
        read=read,
        progress=progress,
    ) as book:
        settings = configured(book)
        codes = tuple(dict.fromkeys(options.language)) or settings.codes
        if not codes:
            raise ConfigError("no language is named", hint="Give -l LANG, or set amts_languages in conf.py.")
        if options.target and len(codes) > 1:
            raise ConfigError("--target is the tree of one language, and several were given")
        settings = with_repositories(book, settings, codes, options.target)
        settings = _with_engine(settings, getattr(options, "engine", None), overrides)
        yield Opened(book, settings, codes, Path(book.app.confdir))


def one_language(open_: Opened, what: str) -> str:
    """The language of a command that is about one; raises ConfigError, with what is done, where there are several."""
    if len(open_.codes) > 1:
        raise ConfigError(f"{what} in one language, and several were given", hint="Give one -l LANG.")
    return open_.codes[0]


def local(
    open_: Opened,
    options: argparse.Namespace,
    code: str,
    *,
    dry_run: bool = False,
    progress: Progress = lambda stage, done, total: None,
) -> Job:
    """The job of a language for a command that asks no engine; raises an AmtsError where a sync could not be."""
    from sphinx_amts.session import local_job

    base, target = open_.base, options.target
    return local_job(open_.book, open_.settings, code, base=base, target=target, dry_run=dry_run, progress=progress)


def _with_engine(settings: Settings, engine: str | None, overrides: Mapping[str, str]) -> Settings:
    """The settings with another engine, for every language.

    Of the configured engine's options it gets those that it knows, and all of the command line's.
    """
    if engine is None:
        return settings
    from sphinx_amts.engines import meant_for

    languages: Sequence[str] | Mapping[str, Any] = settings.languages
    if isinstance(languages, Mapping):
        languages = {code: _own_with_engine(own, engine) for code, own in languages.items()}
    of_one = {code: _own_with_engine(own, engine) for code, own in settings.overrides.items()}
    options = settings.engine_options
    if settings.engine != engine:
        prefix = "amts_engine_options."
        given = {name.removeprefix(prefix): value for name, value in overrides.items() if name.startswith(prefix)}
        options = {**meant_for(engine, options), **given}
    return replace(settings, engine=engine, engine_options=options, languages=languages, overrides=of_one)


def _own_with_engine(own: object, engine: str) -> Any:
    """A language's own options, without its engine and the engine's options that are not known to this one."""
    from sphinx_amts.engines import meant_for

    if not isinstance(own, Mapping) or own.get("engine", own.get("amts_engine", engine)) == engine:
        return own
    kept = dict(own)
    for prefix in ("", "amts_"):
        kept.pop(f"{prefix}engine", None)
        if options := meant_for(engine, kept.pop(f"{prefix}engine_options", {})):
            kept[f"{prefix}engine_options"] = options
    return kept
