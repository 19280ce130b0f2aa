"""What stands between units of which some have no target: whose line it is, and what keeps units apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from book import Engine, SmallBook
from hypothesis import given
from hypothesis import strategies as st

from sphinx_amts.cli import main
from sphinx_amts.engines.pseudo import pseudo
from sphinx_amts.merge.separating import divided, separated

LABEL = "\n:label:`sec_x`\n\n"
CELL = "\n\n```python\nx = 1  # one\n```\n\n"
LOCAL = "\n\n```python\nx = 1  # 一\n```\n\n"

DIVIDED = {
    "one gap has it all": ([LABEL], "\n译注\n\n", ["\n译注\n\n"]),
    "blank lines stand in the last": (["\n\n", "\n\n"], "\n\n", ["", "\n\n"]),
    "a label stands behind its heading": ([LABEL, "\n\n"], f"{LABEL}译注。\n\n", [LABEL, "译注。\n\n"]),
    "code stands where its own is": (["\n\n", CELL, "\n\n"], LOCAL, ["", LOCAL, ""]),
    "code behind a label": ([LABEL, CELL], f"{LABEL}译注。{LOCAL}", [LABEL, f"译注。{LOCAL}"]),
    "what is nobody's": (["\n\n", "\n\n# "], "\n\n另一段。\n\n# ", ["", "\n\n另一段。\n\n# "]),
    "the mark of a heading": (["\n\n", CELL, "\n\n## "], f"{LOCAL}## ", ["", LOCAL, "## "]),
}


@pytest.mark.parametrize(("gaps", "text", "expected"), DIVIDED.values(), ids=DIVIDED)
def test_a_line_belongs_to_the_gap_whose_line_it_is(gaps: list[str], text: str, expected: list[str]) -> None:
    assert divided(gaps, text, ".md") == expected


LINES = st.sampled_from(["\n", LABEL, CELL, LOCAL, "# ", "译注。", "```\n", "$$\n", "x"])
PIECES = st.lists(LINES, max_size=6).map("".join)


@given(st.lists(PIECES, min_size=1, max_size=4), PIECES, st.sampled_from([".md", ".rst", ".ipynb"]))
def test_the_parts_joined_are_the_text(gaps: list[str], text: str, suffix: str) -> None:
    parts = divided(gaps, text, suffix)
    assert (len(parts), "".join(parts)) == (len(gaps), text)


SEPARATED = {
    "a gap that was left out comes": (["甲", "乙"], ["# ", "\n\n", "\n"], ["# ", "", "\n"], "# 甲\n\n乙\n"),
    "a joined one is a gap again": (["甲", "乙"], ["", "\n\n", "\n"], ["", "译者 ", "\n"], "甲译者 \n\n乙\n"),
    "the mark of an item": (["甲", "乙"], ["- ", "\n- ", "\n"], ["* ", "\n* ", "\n"], "* 甲\n* 乙\n"),
    "a heading's mark": (["甲", "乙"], ["", "\n\n## ", "\n"], ["", "\n\n译注", "\n"], "甲\n\n译注\n\n## 乙\n"),
    "a mark that went with its item": (["甲", "乙"], ["- ", "\n- ", "\n"], ["- ", "\n\n", "\n"], "- 甲\n- 乙\n"),
    "the end of a block": (["甲", "乙"], ["", CELL, "\n"], ["", CELL.rstrip(), "\n"], f"甲{CELL}乙\n"),
    "over others that are left out": (
        ["甲", "", "", "乙"],
        ["", LABEL, "\n\n", "\n\n", "\n"],
        ["", LABEL, "", "", "\n"],
        f"甲{LABEL}乙\n",
    ),
}


@pytest.mark.parametrize(("units", "gaps", "targets", "expected"), SEPARATED.values(), ids=SEPARATED)
def test_a_fresh_unit_is_as_apart_as_its_source(
    units: list[str], gaps: list[str], targets: list[str], expected: str
) -> None:
    found = separated(units, gaps, targets, {len(units) - 1: (9, 9), len(units): (9, 9)})
    assert "".join(text for pair in zip(found, [*units, ""], strict=True) for text in pair) == expected


SOURCE = """# Probability
:label:`sec_prob`

In some form or another, this is about making predictions of things.

We have used `probability` 3 times in the sections before this one.
"""
TARGET = """# 概率
:label:`sec_prob`

```python
# 译者自己写的
```

我们在前面几节中用过3次`probability`。
"""


@pytest.fixture
def book(tmp_path: Path) -> SmallBook:
    """A translation that has a paragraph of its own in place of another, and was adopted."""
    small = SmallBook(tmp_path, {"index.md": SOURCE, "config.ini": "[project]\nname = book\n"}, conf="")
    small.set_target("index.md", TARGET)
    assert main(["adopt", str(small.source), str(small.locale), "-l", "zh"]) == 0
    return small


@pytest.mark.parametrize("new", ["A new paragraph.", "In some form or another, this is about predictions of things."])
def test_a_paragraph_in_the_place_of_one_that_was_left_out_stands_apart(book: SmallBook, new: str) -> None:
    left_out = "In some form or another, this is about making predictions of things."
    assert left_out in SOURCE
    book.change("index.md", left_out, new)
    result = book.sync(Engine(pseudo))
    assert result.segments["refused"] == 0
    beginning = f"# 概率\n:label:`sec_prob`\n\n{pseudo(new)}\n\n```python\n# 译者自己写的\n```\n\n"
    assert book.target("index.md").startswith(beginning)
    assert book.sync(Engine(pseudo)).files_written == 0


FIRST, SECOND, ITEM, LAST = "First one.\n\n", "Second one.\n\n", "- Third one\n\n", "# Fourth one\n\nFifth one.\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (FIRST + ITEM + LAST, "甲\n\n- 丙\n\n# 丁\n\n戊\n"),
        (SECOND + ITEM + FIRST + LAST, "乙\n\n- 丙\n\n甲\n\n# 丁\n\n戊\n"),
        (SECOND + FIRST + LAST, "乙\n\n甲\n\n# 丁\n\n戊\n"),
    ],
)
def test_two_paragraphs_that_people_joined_stand_apart_from_their_new_neighbours(
    tmp_path: Path, source: str, expected: str
) -> None:
    """One of them went away, and what stands beside the other now was never joined to it."""
    small = SmallBook(tmp_path, {"index.md": FIRST + SECOND + ITEM + LAST})
    answers = {"First one.": "甲", "Second one.": "乙", "Third one": "丙", "Fourth one": "丁", "Fifth one.": "戊"}
    small.sync(Engine(answers.__getitem__, pseudo=False))
    small.edit("index.md", "甲\n\n乙", "甲乙")
    small.write("index.md", source)
    result = small.sync(Engine(answers.__getitem__, pseudo=False))
    assert small.target("index.md") == expected
    assert [finding for finding in result.findings if finding.subtype == "local"] == []


def test_an_item_of_the_translators_own_stays_in_its_list(tmp_path: Path) -> None:
    small = SmallBook(tmp_path, {"index.md": "- First one\n- Second one\n\nThird one.\n"})
    answers = {"First one": "甲", "Second one": "乙", "Third one.": "丙"}
    small.sync(Engine(answers.__getitem__, pseudo=False))
    small.edit("index.md", "甲\n", "甲\n- 译者的项\n")
    small.change("index.md", "- Second one\n", "")
    small.sync()
    assert small.target("index.md") == "- 甲\n- 译者的项\n\n丙\n"


def test_a_paragraph_that_people_and_authors_took_out_leaves_its_neighbours_apart(tmp_path: Path) -> None:
    small = SmallBook(tmp_path, {"index.md": "# First one\n\nSecond one.\n\n> Third one.\n"})
    answers = {"First one": "甲", "Second one.": "乙", "Third one.": "丙"}
    small.sync(Engine(answers.__getitem__, pseudo=False))
    small.edit("index.md", "乙\n\n", "")
    small.change("index.md", "Second one.\n\n", "")
    small.sync()
    assert small.target("index.md") == "# 甲\n\n> 丙\n"


def test_a_paragraph_in_the_place_of_one_that_people_took_out_stands_behind_the_code(tmp_path: Path) -> None:
    small = SmallBook(tmp_path, {"index.md": "```python\nx = 1\n```\n\nFirst one.\n\n## Second one\n"})
    answers = {"First one.": "甲", "Second one": "乙", "Third one.": "丙"}
    small.sync(Engine(answers.__getitem__, pseudo=False))
    small.edit("index.md", "甲\n\n", "")
    small.change("index.md", "First one.", "Third one.\n\nFirst one.")
    small.sync(Engine(answers.__getitem__, pseudo=False))
    assert small.target("index.md").split() == ["```python", "x", "=", "1", "```", "丙", "##", "乙"]


def test_an_item_that_people_took_out_is_an_item_again_when_its_source_changes(tmp_path: Path) -> None:
    small = SmallBook(tmp_path, {"index.md": "1. First one\n\n2. Second one\n\nThird one.\n"})
    answers = {"First one": "甲", "Second one": "乙", "Third one.": "丙", "Another one": "丁"}
    small.sync(Engine(answers.__getitem__, pseudo=False))
    small.edit("index.md", "2. 乙\n\n", "")
    small.change("index.md", "Second one", "Another one")
    result = small.sync(Engine(answers.__getitem__, pseudo=False))
    assert (small.target("index.md"), result.segments["refused"]) == ("1. 甲\n\n2. 丁\n\n丙\n", 0)


def test_paragraphs_that_people_joined_stay_joined_when_another_changes(tmp_path: Path) -> None:
    small = SmallBook(tmp_path, {"index.md": FIRST + SECOND + ITEM + LAST})
    answers = {"First one.": "甲", "Second one.": "乙", "Third one": "丙", "Fourth one": "丁", "Fifth one.": "戊"}
    small.sync(Engine(answers.__getitem__, pseudo=False))
    small.edit("index.md", "甲\n\n乙", "甲乙")
    small.change("index.md", "Fifth", "Another fifth")
    small.sync()
    assert small.target("index.md").startswith("甲乙\n\n- 丙\n\n# 丁\n\n")
