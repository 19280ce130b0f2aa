"""Sentences that stand side by side without a blank: the markup of each still reads as markup."""

from __future__ import annotations

from pathlib import Path

import pytest
from book import Engine, SmallBook

ANSWERS = {
    "<1>Choose sides.</1>": "<1>选边。</1>",
    "Each goes there.": "每个都去。",
    "It is <1>bold</1>": "这是<1>粗（体）</1>",
    "See <1/>!": "看<1/>",
    "It ends.": "结束。",
}


@pytest.mark.parametrize(
    ("path", "source", "target"),
    [
        ("index.md", "**Choose sides.** Each goes there.\n", "**选边。**&#8203;每个都去。\n"),
        ("index.md", "*Choose sides.* Each goes there.\n", "*选边。*&#8203;每个都去。\n"),
        ("index.md", "Each goes there. **Choose sides.**\n", "每个都去。**选边。**\n"),
        ("index.md", "See `x`! It ends.\n", "看`x`结束。\n"),
        ("index.rst", "**Choose sides.** Each goes there.\n", "**选边。**\\ 每个都去。\n"),
        ("index.rst", "See ``x``! It ends.\n", "看\\ ``x``\\ 结束。\n"),
    ],
)
def test_markup_at_the_end_of_a_sentence_holds(tmp_path: Path, path: str, source: str, target: str) -> None:
    book = SmallBook(tmp_path, {path: source})
    result = book.sync(Engine(ANSWERS.__getitem__, pseudo=False))
    assert (result.segments["refused"], book.target(path)) == (0, target)
    assert book.sync(Engine(ANSWERS.__getitem__)).files_written == 0
