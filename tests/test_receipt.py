"""The receipt of a sync: people's sentences first, then what was done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from book import SmallBook

from sphinx_amts.cli import main

PAGE = "# Title\n\nThe first sentence. The second sentence.\n"
MORE = "---\norphan: true\n---\n\nAnother sentence.\n"


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallBook:
    monkeypatch.chdir(tmp_path)
    return SmallBook(tmp_path, {"index.md": PAGE, "more.md": MORE}, conf='extensions = ["myst_parser"]\n')


def sync(book: SmallBook, *arguments: str) -> str:
    """What a sync says in its summary."""
    Path("summary.md").unlink(missing_ok=True)
    main(["sync", str(book.source), "-l", "zh", "--engine", "pseudo", "--summary", "summary.md", *arguments])
    return Path("summary.md").read_text(encoding="utf-8")


def test_a_first_sync_has_nobody_to_change(book: SmallBook) -> None:
    assert sync(book) == (
        "## zh\n\n"
        "People's sentences 0, files of their own 0, changed 0.\n\n"
        "2 documents: kept 0, translated 4. 61 characters sent.\n\n"
        "| document | translated | characters |\n|---|--:|--:|\n"
        "| `index.md` | 3 | 44 |\n| `more.md` | 1 | 17 |\n"
    )


def test_a_later_one_counts_peoples_sentences_and_lists_what_is_stale(book: SmallBook) -> None:
    sync(book)
    book.set_target("index.md", "# 题目\n\n第一句。第二句。\n")
    sync(book)
    book.change("index.md", "second sentence", "second sentence, changed")
    said = sync(book)
    assert said.startswith(
        "## zh\n\nPeople's sentences 3, files of their own 0, changed 0.\n\n"
        "2 documents: kept 2, translated 0, stale 2. 49 characters sent.\n\n"
        "| document | stale | characters |\n|---|--:|--:|\n| `index.md` | 2 | 49 |\n\n````text\n"
    )
    assert "the source of a sentence that a person wrote has changed" in said
    assert said.endswith("[amts.stale]\n````\n")


def test_a_summary_is_appended_and_json_has_the_same(book: SmallBook) -> None:
    Path("steps.md").write_text("# Steps\n", encoding="utf-8")
    command = ["sync", str(book.source), "-l", "zh", "-l", "es", "--engine", "pseudo", "--summary", "steps.md"]
    assert main([*command, "--json", "result.json"]) == 0
    said = Path("steps.md").read_text(encoding="utf-8")
    assert [line for line in said.splitlines() if line.startswith("#")] == ["# Steps", "## zh", "## es"]
    languages = json.loads(Path("result.json").read_text(encoding="utf-8"))["languages"]
    assert [one["people"]["changed"] for one in languages.values()] == [0, 0]


def test_a_loss_is_a_failure(book: SmallBook, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a sync ever loses a sentence, its own receipt says so."""
    sync(book)
    book.set_target("index.md", "# 题目\n\n第一句。第二句。\n")
    sync(book)
    from sphinx_amts import session

    real = session.sync

    def careless(*arguments: object) -> object:
        result = real(*arguments)  # type: ignore[arg-type]
        book.edit("index.md", "第二句。", "")
        return result

    monkeypatch.setattr("sphinx_amts.session.sync", careless)
    said = sync(book)
    assert "People's sentences 3, files of their own 0, changed 1." in said
    assert "a person wrote this, and it is neither in the new tree nor in its attic" in said
    book.set_target("index.md", "# 题目\n\n第一句。第二句。\n")
    command = ["sync", str(book.source), "-l", "zh", "--engine", "pseudo", "--summary", "summary.md"]
    assert main(command) == 1


def test_documents_that_have_moved_are_named(book: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    sync(book)
    book.write("guide/other.md", book.read("more.md"))
    (book.source / "more.md").unlink()
    said = sync(book)
    assert "\n2 documents: kept 4, translated 0. 0 characters sent.\n\nMoved: `more.md` to `guide/other.md`.\n" in said
    assert "\nmoved: more.md -> guide/other.md\n" in capsys.readouterr().out
