"""The examples of the page on merging are what a merge makes of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sphinx_amts.merge import merge_code

PAGE = Path(__file__).parent.parent / "docs" / "explanation" / "merging.md"
BLOCK = re.compile(r"```\{code-block\} python\n:caption: (?P<caption>.+)\n\n(?P<text>(?:.*\n)*?)```\n")
CAPTIONS = ["The source as it was", "The source now", "The translation", "The translation after the sync"]
BLOCKS = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
EXAMPLES = [tuple(BLOCKS[start : start + 4]) for start in range(0, len(BLOCKS), 4)]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_what_a_merge_makes(example: tuple[tuple[str, str], ...]) -> None:
    assert [caption for caption, _ in example] == CAPTIONS
    base, theirs, ours, expected = (text for _, text in example)
    merged = merge_code(base, theirs, ours)
    assert merged.text == expected
    assert len(merged.conflicts) == (example is EXAMPLES[1])


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 2
