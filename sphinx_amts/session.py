"""One book, several languages: what both fronts do with a book that Sphinx has read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sphinx_amts.config import Settings, for_language
from sphinx_amts.document.reader import Book
from sphinx_amts.errors import ConfigError
from sphinx_amts.locales import language
from sphinx_amts.sync import Job, Progress, sync
from sphinx_amts.sync.result import LanguageResult
from sphinx_amts.sync.tree import LocaleTree

__all__ = ["sync_languages", "tree_root"]


def sync_languages(
    book: Book,
    settings: Settings,
    codes: Sequence[str],
    *,
    base: Path,
    target: Path | None = None,
    only: Sequence[str] = (),
    dry_run: bool = False,
    progress: Progress = lambda stage, done, total: None,
) -> Mapping[str, LanguageResult]:
    """Sync each language, in order; raises an AmtsError before anything is written where one cannot be."""
    jobs = {}
    for code in codes:
        own = for_language(settings, code)
        jobs[code] = Job(
            book=book,
            tree=LocaleTree(target or tree_root(book.srcdir, own, code)),
            source_language=language(own.source_language),
            language=language(code),
            settings=own,
            base=base,
            only=only,
            dry_run=dry_run,
            progress=progress,
        )
    return {code: sync(job) for code, job in jobs.items()}


def tree_root(srcdir: Path, settings: Settings, code: str) -> Path:
    """The locale tree of a language; raises ConfigError where it would lie in the source tree or leave the work tree."""
    root = (srcdir / settings.locale_dir / code).resolve()
    source = srcdir.resolve()
    if source.is_relative_to(root):
        raise ConfigError("amts_locale_dir puts the locale tree around the book", path=root)
    work_tree = _work_tree(source)
    if work_tree is not None and not root.is_relative_to(work_tree):
        raise ConfigError(
            "the locale tree would lie outside the book's git work tree",
            path=root,
            hint="Set amts_locale_dir, or give --target.",
        )
    return root


def _work_tree(directory: Path) -> Path | None:
    for parent in (directory, *directory.parents):
        if (parent / ".git").exists():
            return parent
    return None
