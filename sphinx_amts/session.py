"""One book, several languages: what both fronts do with a book that Sphinx has read.

1. ``configured`` gives the book's own settings, ``with_repositories`` puts those of each locale tree over them.
2. ``sync_languages`` makes a job of each language, and looks for whatever would stop one half way.
3. It syncs them one after the other; where an engine wants to be waited for, it waits for all of them at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sphinx_amts import engines
from sphinx_amts.config import OPTIONS, Settings, for_language, settings
from sphinx_amts.document.flat import flatten
from sphinx_amts.document.reader import Book
from sphinx_amts.engines import Waiting
from sphinx_amts.errors import BookError, ConfigError
from sphinx_amts.locales import language, same
from sphinx_amts.model import Finding, Origin, Subtype
from sphinx_amts.sync import Job, Progress, documents_pairs, included, sync, wanted
from sphinx_amts.sync.localised import recorded
from sphinx_amts.sync.repository import repository
from sphinx_amts.sync.result import LanguageResult
from sphinx_amts.sync.standing import standing
from sphinx_amts.sync.tree import LocaleTree, work_tree
from sphinx_amts.upkeep.effort import Effort, effort
from sphinx_amts.upkeep.status import LanguageStatus, status

__all__ = [
    "configured",
    "languages_effort",
    "languages_status",
    "local_job",
    "locale_tree",
    "people_pairs",
    "sync_languages",
    "tree_root",
    "with_repositories",
]

_SHORTEST, _LONGEST = 2.0, 30.0
"""Seconds between two looks at whether an engine is ready."""


def configured(book: Book) -> Settings:
    """The settings that a book's configuration makes; raises ConfigError for one that cannot be."""
    config: Any = book.app.config
    named = {**getattr(config, "_raw_config", {}), **{name.partition(".")[0]: None for name in config.overrides}}
    unknown = {name: None for name in named if name.startswith("amts_") and name not in OPTIONS}
    return settings({**unknown, **{name: config[name] for name in OPTIONS if name in config}})


def with_repositories(book: Book, settings: Settings, codes: Sequence[str], target: Path | None = None) -> Settings:
    """The settings with what the ``amts.toml`` of each language's tree says over them; raises ConfigError for a wrong one.

    What was given on the command line with ``-D`` stays.
    """
    given: Mapping[str, Any] = getattr(book.app.config, "overrides", {})
    overrides = dict(settings.overrides)
    for code in codes:
        own = for_language(settings, code)
        tree = LocaleTree(target or book.srcdir / own.locale_dir / code)
        options = repository(tree, own_engine=own.engine).options
        kept = {name: value for name, value in options.items() if f"amts_{name}" not in given}
        for name, value in kept.items():
            if isinstance(value, Mapping):
                prefix = f"amts_{name}."
                kept[name] = {
                    **value,
                    **{key.removeprefix(prefix): given[key] for key in given if key.startswith(prefix)},
                }
        if kept:
            overrides[code] = {**_short(overrides.get(code, {})), **kept}
    return replace(settings, overrides=overrides)


def _short(own: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name.removeprefix("amts_"): value for name, value in own.items()}


def sync_languages(
    book: Book,
    settings: Settings,
    codes: Sequence[str],
    *,
    base: Path,
    target: Path | None = None,
    only: Sequence[str] = (),
    dry_run: bool = False,
    wait: bool = True,
    processes: int = 1,
    progress: Progress = lambda stage, done, total: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Mapping[str, LanguageResult]:
    """Sync each language, in order; raises an AmtsError before anything is written where one cannot be."""
    jobs = {}
    for code in codes:
        own = _own(settings, code)
        engine = engines.create(own.engine, _engine_options(own, base))
        jobs[code] = Job(
            book=book,
            tree=locale_tree(book, settings, code, target),
            source_language=language(own.source_language),
            language=language(code),
            settings=own,
            engine=engine,
            base=base,
            only=only,
            dry_run=dry_run,
            wait=wait and isinstance(engine, Waiting) and engine.wait is not False,
            processes=processes,
            progress=_named(code, progress),
        )
    for job in jobs.values():
        _check(job)
    results = {}
    for code, result in _synced(jobs, sleep):
        results[code] = result
        result.findings.extend(_said(jobs[code]))
        result.findings.extend(_untranslated(jobs[code], result))
    return {code: results[code] for code in jobs}


def people_pairs(
    book: Book, settings: Settings, code: str, *, base: Path, target: Path | None = None
) -> Iterator[tuple[str, str]]:
    """The sentence pairs that people translated into a language, as a reader sees them."""
    return documents_pairs(local_job(book, settings, code, base=base, target=target))


def local_job(
    book: Book,
    settings: Settings,
    code: str,
    *,
    base: Path,
    target: Path | None = None,
    dry_run: bool = False,
    processes: int = 1,
    progress: Progress = lambda stage, done, total: None,
) -> Job:
    """The job of a language for which no engine is asked; raises an AmtsError where a sync could not be."""
    own = _own(settings, code)
    tree = locale_tree(book, settings, code, target)
    languages = (language(own.source_language), language(code))
    engine = engines.create("memory", {})
    return Job(
        book, tree, *languages, own, engine, base, dry_run=dry_run, processes=processes, progress=_named(code, progress)
    )


def _synced(jobs: Mapping[str, Job], sleep: Callable[[float], None]) -> Iterator[tuple[str, LanguageResult]]:
    """Each language's result when it is there: the engines work side by side, and a language is synced when its is ready."""
    open_jobs = dict(jobs)
    ready = list(jobs)
    pause = _SHORTEST
    while open_jobs:
        for code in ready:
            result = sync(open_jobs[code])
            if not result.is_waiting:
                del open_jobs[code]
                yield code, result
        if ready:
            pause = _SHORTEST
        elif open_jobs:
            sleep(pause)
            pause = min(pause * 1.2, _LONGEST)
        ready = [code for code, job in open_jobs.items() if _is_ready(job)]


def _is_ready(job: Job) -> bool:
    engine = job.engine
    assert isinstance(engine, Waiting)
    job.progress(engine.pending, 0, 0)
    return engine.is_ready()


def _said(job: Job) -> Iterator[Finding]:
    """What the engine said to people."""
    for text in job.exchange.notices:
        yield Finding(Subtype.ENGINE, text, str(job.tree.root))


def languages_status(
    book: Book, settings: Settings, codes: Sequence[str], *, target: Path | None = None
) -> Mapping[str, LanguageStatus]:
    """Where each language stands; the book need not have been read."""
    result = {}
    for code in codes:
        own = _own(settings, code)
        tree = locale_tree(book, settings, code, target)
        result[code] = status(book, tree, [path for path in book.paths() if included(path, own)])
    return result


def languages_effort(
    book: Book, settings: Settings, codes: Sequence[str], *, base: Path, target: Path | None = None
) -> Mapping[str, Mapping[str, Effort]]:
    """What people did to the machine's sentences, by language and document; the book need not have been read."""
    jobs = {code: local_job(book, settings, code, base=base, target=target) for code in codes}
    return {code: effort(job.tree, list(standing(job))) for code, job in jobs.items()}


def locale_tree(book: Book, settings: Settings, code: str, target: Path | None = None) -> LocaleTree:
    """The tree of a language; raises ConfigError where it cannot be one."""
    return LocaleTree(_place(book, _own(settings, code), code, target))


def tree_root(srcdir: Path, settings: Settings, code: str) -> Path:
    """The locale tree of a language.

    Raises ConfigError where it would lie around the book or leave the book's git work tree.
    """
    root = (srcdir / settings.locale_dir / code).resolve()
    source = srcdir.resolve()
    if source.is_relative_to(root):
        hint = "Set amts_locale_dir to a directory beside the book."
        raise ConfigError("the locale tree would lie around the book", path=root, hint=hint)
    inside = work_tree(source)
    if inside is not None and not root.is_relative_to(inside):
        raise ConfigError(
            "the locale tree would lie outside the book's git work tree",
            path=root,
            hint="Set amts_locale_dir, or give --target.",
        )
    return root


def _place(book: Book, settings: Settings, code: str, target: Path | None) -> Path:
    """``target``, or the tree of a language; raises ConfigError for one around the book or among its documents."""
    source = book.srcdir.resolve()
    root = target.resolve() if target else tree_root(source, settings, code)
    if source.is_relative_to(root):
        hint = "Give --target another directory."
        raise ConfigError("the locale tree would lie around the book", path=root, hint=hint)
    if root.is_relative_to(source) and book.would_read(root):
        inside = root.relative_to(source).parts[0]
        hint = f"Add {inside!r} to the book's exclude_patterns, or set amts_locale_dir to a directory beside the book."
        raise ConfigError("Sphinx would read this locale tree as documents of the book", path=root, hint=hint)
    return root


def _own(settings: Settings, code: str) -> Settings:
    """The settings of a language that is known and is not the book's own."""
    own = for_language(settings, code)
    if same(code, own.source_language):
        hint = "Set amts_source_language in conf.py if it is not."
        raise ConfigError(f"{code!r} is the language that the book is written in", hint=hint)
    return own


def _engine_options(settings: Settings, base: Path) -> Mapping[str, Any]:
    """The options of the engine, its files where they are."""
    options = dict(settings.options_of(settings.engine))
    if settings.engine in ("amazon", "amazon-realtime", "apertium"):
        for name in ("terminology", "parallel_data"):
            match options.get(name):
                case str(file) if name == "terminology":
                    options[name] = str(base / file)
                case list(files):
                    options[name] = [str(base / file) for file in files]
    return options


def _named(code: str, progress: Progress) -> Progress:
    return lambda stage, done, total: progress(f"{code}: {stage}", done, total)


def _check(job: Job) -> None:
    """Raise an AmtsError for whatever would stop a sync half way; every language is checked before one is written."""
    for name in job.settings.memory:
        if not (job.base / name).is_file():
            raise ConfigError("this file of amts_memory is missing", path=job.base / name, hint="Correct amts_memory.")
    paths = wanted(job)
    for path in paths:
        _check_source(job.book, path)
    for path in {*paths, *job.tree.paths()}:
        job.tree.manifest(path)
        job.tree.read(path)
    recorded(job.tree)


def _check_source(book: Book, path: str) -> None:
    try:
        flatten(book.raw(path), Path(path).suffix).text.encode("utf-8")
    except BookError as error:
        error.path = error.path or book.srcdir / path
        raise
    except UnicodeEncodeError:
        hint = "Look for \\ud83d or the like in it, and write the whole character."
        raise BookError("this notebook holds half a character", path=book.srcdir / path, hint=hint) from None


def _untranslated(job: Job, result: LanguageResult) -> Iterator[Finding]:
    """What to do, where memory alone was asked and it knows nothing."""
    if result.segments["untranslated"] and job.settings.engine == "memory" and not _knows_anything(job, result):
        known = ", ".join(name for name in engines.names() if name not in ("handover", "memory"))
        message = (
            "nothing was translated, because the engine 'memory' only repeats what it knows, and it knows nothing yet;"
            f" choose one ({known}) {_how(job.base)}"
        )
        yield Finding(Subtype.UNTRANSLATED, message, str(job.book.srcdir))


def _knows_anything(job: Job, result: LanguageResult) -> bool:
    if result.segments["memory"]:
        return True
    manifests = (job.tree.manifest(path) for path in job.tree.paths())
    units = (unit for manifest in manifests if manifest is not None for unit in manifest.units)
    return any(group.origin != Origin.SOURCE for unit in units for group in unit.groups)


def _how(base: Path) -> str:
    """How a book of this kind names its engine."""
    if (base / "conf.py").is_file():
        return "with --engine, or put the line amts_engine = 'NAME' into conf.py"
    if (base / "_config.yml").is_file():
        return "with --engine, or put the line 'amts_engine: NAME' below 'sphinx: config:' into _config.yml"
    return "with --engine"
