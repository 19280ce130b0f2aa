"""A book of two pages that has no translation yet, and files that are imported into it."""

from __future__ import annotations

import json
from pathlib import Path

from book import SmallBook, opened_job

from sphinx_amts.upkeep.importing import Imported, import_

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


def fresh_book(folder: Path) -> SmallBook:
    return SmallBook(folder, {"index.md": PAGE, "other.rst": RST})


def imported(book: SmallBook, *files: Path, dry_run: bool = False) -> Imported:
    with opened_job(book, dry_run=dry_run) as job:
        return import_(job, files)


def catalogue(book: SmallBook, text: str, name: str = "index.po") -> Path:
    file = book.folder / "catalogues" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    head = 'msgid ""\nmsgstr ""\n"Language: zh_CN\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    file.write_text(head + text, encoding="utf-8")
    return file


def entry(source: str, target: str, place: str = "", flags: str = "") -> str:
    comment = f"#: {place}\n" if place else ""
    fuzzy = f"#, {flags}\n" if flags else ""
    return f"{comment}{fuzzy}msgid {json.dumps(source)}\nmsgstr {json.dumps(target, ensure_ascii=False)}\n\n"


def counts(result: Imported, path: str = "index.md") -> tuple[int, int, int, int, int]:
    one = result.documents[path]
    return one.filled, one.there, one.proposed, one.unknown, len(one.refused)
