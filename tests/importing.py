"""A book of two pages that has no translation yet, and files that are imported into it."""

from __future__ import annotations

from pathlib import Path

from book import SmallBook, opened

from sphinx_amts.config import Settings
from sphinx_amts.session import local_job
from sphinx_amts.sync.importing import Imported, import_

PAGE = """# A title

First sentence. Second sentence with $x$ and `code`. Third one.

- **All of it**

| Cell | 2 |
|------|---|
| Text | 3 |
"""
RST = """:orphan:

Other title
===========

One sentence.  Another with :math:`x`:

.. note:: A note.
"""


def imported(book: SmallBook, *files: Path, dry_run: bool = False) -> Imported:
    with opened(book) as read_book:
        job = local_job(read_book, Settings(), book.language, base=book.source, dry_run=dry_run)
        return import_(job, files)
