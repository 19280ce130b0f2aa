"""What people wrote, and whether another state of a tree still has it: the proof behind every receipt."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from book import SmallBook, speaks_chinese

from sphinx_amts.cli import main
from sphinx_amts.pairs.manifest import dump
from sphinx_amts.sync.tree import LocaleTree
from sphinx_amts.upkeep.survival import Survival, lost, peoples

PAGE = """# Title

The first sentence. The second sentence.

A third one with $x$ and `code`.

```{code-block} python
print("hello")
```

Summary
"""


@pytest.fixture
def book(tmp_path: Path) -> SmallBook:
    """A book in Chinese, in which a person has written a sentence and a title since."""
    book = SmallBook(tmp_path, {"index.md": PAGE})
    book.sync(speaks_chinese())
    lines = book.target("index.md").split("\n")
    lines[0], lines[2], lines[4] = "# 总结", "第一句话在这里。第二句话在这里。", "第三句有 $x$ 和 `code`。"
    book.set_target("index.md", "\n".join(lines))
    book.sync(speaks_chinese())
    return book


def state(book: SmallBook, name: str = "old") -> LocaleTree:
    """The tree as it stands, kept under another name."""
    shutil.copytree(book.locale, book.folder / name)
    return LocaleTree(book.folder / name)


def without_attic(book: SmallBook) -> None:
    manifest = replace(book.manifest("index.md"), attic=())
    (book.locale / ".amts" / "index.md.json").write_text(dump(manifest), encoding="utf-8")


def compared(book: SmallBook, old: LocaleTree) -> Survival:
    return lost(peoples(old), LocaleTree(book.locale))


def told(survival: Survival) -> list[tuple[str, int, str]]:
    return [(Path(one.path).name, one.line, one.source) for one in survival.findings]


def test_a_tree_has_what_it_has(book: SmallBook) -> None:
    survival = compared(book, state(book))
    assert (survival.sentences, survival.recoded, told(survival)) == (4, 0, [])
    assert survival.line() == "people's sentences 4, files of their own 0, changed 0"


def test_what_machines_wrote_may_change(book: SmallBook) -> None:
    old = state(book)
    book.change("index.md", "Summary", "Another summary of it")
    book.sync(speaks_chinese())
    assert told(compared(book, old)) == []


def test_a_changed_sentence_is_found_with_its_place(book: SmallBook) -> None:
    old = state(book)
    book.edit("index.md", "第二句话在这里。", "第二句话在那里。")
    assert told(compared(book, old)) == [("index.md", 3, "第二句话在这里。")]


def test_a_lost_word_is_not_found_inside_another_sentence(book: SmallBook) -> None:
    old = state(book)
    book.edit("index.md", "# 总结", "# 别的")
    book.edit("index.md", "第三句有", "我们总结第三句有")
    assert ("index.md", 1, "总结") in told(compared(book, old))


def test_each_sentence_has_a_place_of_its_own(book: SmallBook) -> None:
    book.edit("index.md", "第二句话在这里。", "第一句话在这里。")
    old = state(book)
    book.edit("index.md", "第一句话在这里。第一句话在这里。", "第一句话在这里。")
    assert len(compared(book, old).findings) == 1


def test_an_edit_since_the_last_sync_is_a_persons(book: SmallBook) -> None:
    last = book.target("index.md").rstrip("\n").split("\n")[-1]
    book.edit("index.md", last, "刚刚写的总结")
    old = state(book)
    book.set_target("index.md", book.target("index.md").replace("刚刚写的总结", "机器的"))
    assert told(compared(book, old)) == [("index.md", 11, "刚刚写的总结")]


def test_the_new_manifest_is_not_trusted(book: SmallBook) -> None:
    """A manifest that still has the sentence proves nothing: the file has to have it."""
    old = state(book)
    without_attic(book)
    book.edit("index.md", "第二句话在这里。", "")
    assert len(compared(book, old).findings) == 1


def test_what_lies_in_the_attic_is_not_lost(book: SmallBook) -> None:
    old = state(book)
    book.change("index.md", "The first sentence. The second sentence.\n\n", "")
    book.sync(speaks_chinese())
    assert "第一句话" not in book.target("index.md")
    assert told(compared(book, old)) == []
    later = state(book, "later")
    without_attic(book)
    assert {line for _, line, _ in told(compared(book, later))} == {0}


def test_codes_that_follow_the_source_are_counted_apart(book: SmallBook) -> None:
    old = state(book)
    book.change("index.md", "$x$", "$y$")
    book.sync(speaks_chinese())
    assert "第三句有 $y$ 和" in book.target("index.md")
    assert compared(book, old).recoded == 0  # the old spelling is in the attic
    without_attic(book)
    survival = compared(book, old)
    assert (survival.recoded, survival.changed) == (1, 0)
    assert survival.line() == "people's sentences 4, files of their own 0, changed 0 (1 with other inline codes)"


def test_a_changed_sentence_is_not_taken_for_another_with_other_codes(book: SmallBook) -> None:
    lines = book.target("index.md").split("\n")
    lines[2] = "其中 $a$。我们 $b$。"
    lines[4] = "其中 $c$。"
    book.set_target("index.md", "\n".join(lines))
    old = state(book)
    book.edit("index.md", "其中 $c$。", "其余 $c$。")
    assert told(compared(book, old)) == [("index.md", 5, "其中 $c$。")]


def test_white_space_and_the_width_of_punctuation_are_no_change(book: SmallBook) -> None:
    old = state(book)
    book.edit("index.md", "第一句话在这里。第二句话在这里。", "第一句话在这里.\n第二句话\n在这里。")
    assert told(compared(book, old)) == []


def test_a_sentence_may_move_to_another_document(book: SmallBook) -> None:
    old = state(book)
    book.edit("index.md", "第二句话在这里。", "")
    book.set_target("more.md", "第二句话在这里。\n")
    assert told(compared(book, old)) == []


def test_a_translators_note_is_a_sentence_too(book: SmallBook) -> None:
    book.edit("index.md", "```{code-block}", "> 译者注：这是一个说明。\n\n```{code-block}")
    book.sync(speaks_chinese())
    old = state(book)
    book.edit("index.md", "> 译者注：这是一个说明。\n\n", "")
    assert told(compared(book, old)) == [("index.md", 7, "> 译者注：这是一个说明。")]


def test_files_without_a_manifest_may_grow_and_nothing_else(book: SmallBook) -> None:
    book.set_target("refs.bib", "@book{one}\n@book{two}\n")
    book.set_target("notes.md", "我的笔记\n")
    old = state(book)
    book.set_target("refs.bib", "@book{one}\n@book{two}\n@book{three}\n")
    (book.locale / "notes.md").rename(book.locale / "moved.md")
    survival = compared(book, old)
    assert (survival.files, told(survival)) == (2, [])
    book.set_target("refs.bib", "@book{one}\n@book{three}\n")
    (book.locale / "moved.md").unlink()
    assert told(compared(book, old)) == [("notes.md", 0, ""), ("refs.bib", 2, "")]


def test_the_command_says_it_in_one_line(book: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    old = state(book).root
    assert main(["verify", "--people", str(old), str(book.locale)]) == 0
    assert capsys.readouterr() == ("people's sentences 4, files of their own 0, changed 0\n", "")
    book.edit("index.md", "第二句话在这里。", "")
    assert main(["verify", "--people", str(old), str(book.locale), "--json", "-"]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["changed"] == 1
    assert "index.md:3: a person wrote this" in err
    assert main(["verify", "--people", str(old / "index.md"), str(book.locale / "index.md")]) == 2
