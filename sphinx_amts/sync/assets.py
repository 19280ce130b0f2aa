"""Figures, included code and downloads that new text shows, for a translation that is built on its own.

A build by this extension finds such a file in the book, unless people localised it.  A translation in a repository of its own is
built without the book beside it: there the text would show what is not there.  So what the text of a changed document shows
and the tree lacks is copied; what the tree has is people's, and is never overwritten.
"""

from __future__ import annotations

from collections.abc import Sequence

from sphinx_amts.sync.job import Job
from sphinx_amts.sync.tree import work_tree
from sphinx_amts.sync.work import Work

__all__ = ["copy", "needed"]


def needed(job: Job, works: Sequence[Work]) -> list[str]:
    """The files that changed documents show and the tree lacks, by their paths in the book."""
    if not _is_on_its_own(job):
        return []
    changed = [work.document.path for work in works if work.old is None or work.old.source != work.document.flat.text]
    changed += [work.document.path for work in works if work.replaces or work.is_part]
    shown = {path for document in changed for path in job.book.shown(document)}
    return sorted(path for path in shown if not job.tree.has(path))


def copy(job: Job, paths: Sequence[str]) -> int:
    """Copy files of the book into the tree; how many."""
    for path in paths:
        job.tree.put(path, (job.book.srcdir / path).read_bytes(), None)
    return len(paths)


def _is_on_its_own(job: Job) -> bool:
    """Whether a tree is built without the book: it says so, or has a git repository of its own."""
    if job.settings.copy_assets is not None:
        return job.settings.copy_assets
    own = work_tree(job.tree.root)
    return own is not None and own != work_tree(job.book.srcdir.resolve())
