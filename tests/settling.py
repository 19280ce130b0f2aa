"""A page that a person translated and whose source has changed since, and what settles its stale sentences."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from book import SmallBook, chinese, opened_job, speaks_chinese

from sphinx_amts.model import Group
from sphinx_amts.upkeep.proposals import Settled, accept, reject, stale
from sphinx_amts.upkeep.reviewing import Reviewed, review

PAGE = """# A title

First sentence.
Second sentence with $x$.
Third sentence.

- An item
"""
TARGET = """# 标题

第一句。
第二句有 $x$。
第三句。

- 一项
"""
PATH = "index.md"


def accepted(book: SmallBook, *names: str, **options: Any) -> Settled:
    with opened_job(book, **options) as job:
        return accept(job, names)


def rejected(book: SmallBook, *names: str) -> Settled:
    with opened_job(book) as job:
        return reject(job, names)


def reviewed(book: SmallBook, *names: str, by: str = "Li Hua") -> Reviewed:
    with opened_job(book) as job:
        return review(job, names or [PATH], by)


def listed(book: SmallBook) -> list[tuple[int, str, str, str, str | None]]:
    with opened_job(book) as job:
        return [(one.line, one.former, one.source, one.target, one.proposal) for one in stale(job)]


def synced(book: SmallBook, **options: Any) -> Any:
    return book.sync(speaks_chinese(), **options)


def stale_book(folder: Path, **options: Any) -> SmallBook:
    book = SmallBook(folder, {PATH: PAGE})
    synced(book)
    book.set_target(PATH, TARGET)
    synced(book)
    book.change(PATH, "Second sentence with $x$.", "Second phrase with $y$.")
    book.change(PATH, "An item", "One item")
    synced(book, **options)
    return book


PHRASE = chinese("Second phrase with") + "$y$。"
ITEM = chinese("One item")


def attic(book: SmallBook) -> list[str]:
    return ["".join(group.target).strip() for group in book.manifest(PATH).attic]


def texts(groups: Sequence[Group]) -> set[str]:
    return {"".join(group.target).strip() for group in groups}
