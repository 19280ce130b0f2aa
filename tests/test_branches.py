"""Branches of a translation repository: git merges what it can, and the next sync heals the rest."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from book import Engine, SmallBook, chinese

from sphinx_amts.sync.tree import LocaleTree
from sphinx_amts.upkeep.survival import lost, peoples

PAGE = "# Title\n\nThe first sentence. The second sentence.\n\nAnother paragraph.\n\nThe last one.\n"
MANIFEST = ".amts/index.md.json"


def git(book: SmallBook, *arguments: str, check: bool = True) -> int:
    command = ["git", *arguments]
    return subprocess.run(
        command, cwd=book.locale, check=check, capture_output=True, stdin=subprocess.DEVNULL
    ).returncode


@pytest.fixture
def book(tmp_path: Path) -> SmallBook:
    """A book whose translation is a repository with a branch ``machine``, checked out, beside ``main``."""
    book = SmallBook(tmp_path, {"index.md": PAGE})
    book.sync(Engine(chinese, pseudo=False))
    git(book, "init", "--quiet", "--initial-branch=main")
    commit(book)
    git(book, "checkout", "--quiet", "-b", "machine")
    return book


def commit(book: SmallBook) -> None:
    git(book, "add", "--all")
    git(book, "commit", "--quiet", "-m", "A state")


def rewrite(book: SmallBook, line: int, text: str) -> None:
    """Be a person who writes a line of the translation anew."""
    lines = book.target("index.md").split("\n")
    lines[line] = text
    book.set_target("index.md", "\n".join(lines))


def heal(book: SmallBook) -> list[str]:
    """Sync until nothing is left to do; what the engine was asked."""
    before = peoples(LocaleTree(book.locale))
    engine = Engine(chinese, pseudo=False)
    book.sync(engine)
    assert lost(before, LocaleTree(book.locale)).findings == []
    assert book.manifest("index.md").target == book.target("index.md")
    after = book.tree()
    again = Engine(chinese, pseudo=False)
    assert book.sync(again).files_written == 0
    assert (again.asked, book.tree()) == ([], after)
    return engine.sources


def test_two_branches_that_change_different_paragraphs_merge(book: SmallBook) -> None:
    book.change("index.md", "The last one", "The very last one")
    book.sync(Engine(chinese, pseudo=False))
    commit(book)
    git(book, "checkout", "--quiet", "main")
    rewrite(book, 2, "我写的第一句。我写的第二句。")
    book.change("index.md", "The very last one", "The last one")
    book.sync(Engine(chinese, pseudo=False))
    commit(book)
    git(book, "merge", "--quiet", "machine")
    book.change("index.md", "The last one", "The very last one")
    assert heal(book) == []
    assert book.target("index.md").split("\n")[2] == "我写的第一句。我写的第二句。"
    assert [group.origin for group in book.groups("index.md")][1] == "human"


def test_an_edit_without_a_sync_is_taken_up_after_the_merge(book: SmallBook) -> None:
    book.change("index.md", "The last one", "The very last one")
    book.sync(Engine(chinese, pseudo=False))
    commit(book)
    git(book, "checkout", "--quiet", "main")
    rewrite(book, 4, "这一段是我写的。")
    commit(book)
    git(book, "checkout", "--quiet", "machine")
    git(book, "merge", "--quiet", "main")
    assert heal(book) == []
    assert book.group("index.md", "Another paragraph.").origin == "human"


def test_a_manifest_that_is_older_than_its_target_loses_nothing(book: SmallBook) -> None:
    """The targets are merged, and of the manifest an older one is left: what it does not know counts as people's."""
    older = book.tree()[MANIFEST].decode("utf-8")
    rewrite(book, 4, "这一段是我写的。")
    book.change("index.md", "The last one", "The very last one")
    book.sync(Engine(chinese, pseudo=False))
    newer = book.target("index.md")
    (book.locale / MANIFEST).write_text(older, encoding="utf-8")
    heal(book)
    assert book.target("index.md") == newer


def test_manifests_in_conflict_are_healed_from_one_side(book: SmallBook) -> None:
    book.change("index.md", "The last one", "The very last one")
    book.sync(Engine(chinese, pseudo=False))
    commit(book)
    git(book, "checkout", "--quiet", "main")
    book.change("index.md", "The very last one", "The last one of all")
    book.sync(Engine(chinese, pseudo=False))
    commit(book)
    git(book, "checkout", "--quiet", "machine")
    assert git(book, "merge", "--quiet", "main", check=False) == 1
    with pytest.raises(Exception, match="marks of a merge"):
        book.sync(Engine(chinese, pseudo=False))
    git(book, "checkout", "--ours", "--", MANIFEST)
    git(book, "checkout", "--theirs", "--", "index.md")
    heal(book)
