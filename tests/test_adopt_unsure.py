"""Pairs that are not sure are asked about in a text file, and what a person writes there is done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from book import CONF, SmallBook

from sphinx_amts.adopt.linking import Link
from sphinx_amts.adopt.writing import unsure_links
from sphinx_amts.cli import main
from sphinx_amts.model import Group
from sphinx_amts.pairs.manifest import UnitPiece, dump

LONELY = Link((1,), (1,), 0.8, (((0,), ()), ((1,), (0,))))

SOURCE = """# Bread

Knead the dough for 10 minutes.

Let it rest under a `cloth`.

Bake it at 200 degrees.

Eat it with $n$ friends.
"""
TARGET = """# 面包

揉面10分钟。

译者注：面粉要好。

把它放在`cloth`下面。

在200度烤它。

和$n$个朋友一起吃。
"""
DOUBTED = "Let it rest under a `cloth`."


@pytest.fixture
def book(tmp_path: Path) -> SmallBook:
    """A translation that was adopted, with one pair that is not sure."""
    small = SmallBook(tmp_path, {"index.md": SOURCE}, conf=CONF.replace('"sphinx_amts"', '"sphinx.ext.todo"'))
    small.set_target("index.md", TARGET)
    assert adopt(small) == 0
    manifest = small.manifest("index.md")
    pieces = [
        replace(piece, groups=tuple(replace(group, unsure=True) for group in piece.groups))
        if isinstance(piece, UnitPiece) and piece.source == DOUBTED
        else piece
        for piece in manifest.pieces
    ]
    file = small.locale / ".amts" / "index.md.json"
    file.write_text(dump(replace(manifest, pieces=tuple(pieces))), encoding="utf-8")
    pairs(small).unlink()
    assert adopt(small) == 0
    return small


def adopt(small: SmallBook) -> int:
    return main(["adopt", str(small.source), str(small.locale), "-l", "zh", "--unsure", str(pairs(small))])


def pairs(small: SmallBook) -> Path:
    return small.folder / "pairs.txt"


def mark(small: SmallBook, mark: str) -> int:
    """Be a person who settles the one pair."""
    text = pairs(small).read_text(encoding="utf-8")
    assert text.count("\n[?] ") == 1
    pairs(small).write_text(text.replace("\n[?] ", f"\n[{mark}] "), encoding="utf-8")
    return adopt(small)


def asked(small: SmallBook) -> list[str]:
    lines = pairs(small).read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line and not line.startswith("#")]


def targets(small: SmallBook) -> dict[str, tuple[str, ...]]:
    groups: list[Group] = small.groups("index.md")
    return {"".join(group.source): group.target for group in groups}


@pytest.mark.parametrize(
    ("link", "beside", "is_unsure"),
    [
        (LONELY, Link((2,), (3,), 1.0), True),
        (LONELY, Link((2,), (2,), 1.0), False),
        (replace(LONELY, score=0.95), Link((2,), (3,), 1.0), False),
        (replace(LONELY, beads=(((0, 1), (0,)),)), Link((2,), (3,), 1.0), False),
        (Link((1,), (1,), 0.4), Link((2,), (2,), 1.0), True),
    ],
    ids=["a rival beside it", "no rival", "a high score", "a whole one", "a low score"],
)
def test_a_pair_is_not_sure_where_its_score_is_low_or_a_text_beside_it_may_be_right(
    link: Link, beside: Link, *, is_unsure: bool
) -> None:
    """A translator's note may be taken for the paragraph that it stands before."""
    links = [Link((0,), (0,), 1.0), link, beside]
    assert list(unsure_links(links, 4 if beside.targets == (3,) else 3)) == [link] * is_unsure


def test_a_pair_that_is_not_sure_is_asked_about(book: SmallBook) -> None:
    assert asked(book) == [
        "[?] index.md:7 from line 5",
        "< Let it rest under a `cloth`.",
        "> 把它放在`cloth`下面。",
    ]
    assert book.target("index.md") == TARGET


def test_a_pair_without_an_answer_is_asked_again(book: SmallBook) -> None:
    before = book.tree(), pairs(book).read_bytes()
    assert adopt(book) == 0
    assert (book.tree(), pairs(book).read_bytes()) == before


def test_yes_makes_a_pair_certain(book: SmallBook) -> None:
    assert mark(book, "y") == 0
    assert asked(book) == []
    assert not any(group.unsure for group in book.groups("index.md"))
    assert targets(book)[DOUBTED] == ("把它放在`cloth`下面。",)
    assert "unsure" not in (book.locale / ".amts" / "index.md.json").read_text(encoding="utf-8")


def test_no_leaves_the_source_out_and_the_text_to_its_translators(book: SmallBook) -> None:
    assert mark(book, " N ") == 0
    assert targets(book)[DOUBTED] == ()
    assert book.manifest("index.md").target == book.target("index.md") == TARGET
    result = book.sync("pseudo")
    assert (result.files_written, result.findings) == (0, [])
    assert book.target("index.md") == TARGET


def test_a_line_links_the_source_to_another_text(book: SmallBook) -> None:
    """Line 5 is the note; what was linked before is the translators' own from then on."""
    assert mark(book, "5") == 0
    assert targets(book)[DOUBTED] == ("译者注：面粉要好。",)
    assert book.manifest("index.md").target == book.target("index.md") == TARGET
    assert book.sync("pseudo").files_written == 0


def test_a_text_that_belonged_to_another_source_is_taken_from_it(book: SmallBook) -> None:
    assert mark(book, "9") == 0
    assert targets(book)[DOUBTED] == ("在200度烤它。",)
    assert targets(book)["Bake it at 200 degrees."] == ()
    assert book.manifest("index.md").target == TARGET


def test_a_pair_is_settled_after_a_sync_too(book: SmallBook) -> None:
    book.change("index.md", "10 minutes", "12 minutes")
    book.sync("pseudo")
    assert mark(book, "n") == 0
    assert targets(book)[DOUBTED] == ()


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("[x] index.md:7 from line 5\n", 1, "[x] is no mark"),
        ("# A note\n\nnonsense\n", 3, "this line says nothing of a pair"),
        ("[y] index.md:8 from line 5\n    < a\n    > b\n", 1, "this pair is not asked about"),
        ("[y] ../other.md:7 from line 5\n", 1, "is no document that was adopted"),
        ("[4] index.md:7 from line 5\n    < Let it rest under a `cloth`.\n    > 把它放在`cloth`下面。\n", 1, "no text begins on line 4"),
        ("[11] index.md:7 from line 5\n    < Let it rest under a `cloth`.\n    > 把它放在`cloth`下面。\n", 1, "the other way round"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_right_is_an_error_with_its_line(
    book: SmallBook, capsys: pytest.CaptureFixture[str], text: str, line: int, message: str
) -> None:
    before = book.tree()
    pairs(book).write_text(text, encoding="utf-8")
    capsys.readouterr()
    assert adopt(book) == 2
    told = capsys.readouterr().err
    assert f"{pairs(book)}:{line}: " in told
    assert message in told
    assert (book.tree(), pairs(book).read_text(encoding="utf-8")) == (before, text)


def test_a_translation_that_was_edited_is_synced_first(book: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    book.edit("index.md", "烤它", "烘烤它")
    assert mark(book, "n") == 2
    assert "this translation was edited since" in capsys.readouterr().err
    book.sync("pseudo")
    assert adopt(book) == 0
    assert targets(book)[DOUBTED] == ()


def test_a_pair_that_a_person_reviewed_is_sure(book: SmallBook) -> None:
    arguments = [str(book.source), "-l", "zh", "--target", str(book.locale)]
    assert main(["review", *arguments, "index", "--by", "Li Hua"]) == 0
    assert not any(group.unsure for group in book.groups("index.md"))
    assert adopt(book) == 0
    assert "[?]" not in pairs(book).read_text(encoding="utf-8")
