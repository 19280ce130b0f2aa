"""What a person has read: marked, never replaced, and marked no more when it changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from book import SmallBook, speaks_chinese
from settling import (
    PAGE,
    PATH,
    reviewed,
    stale_book,
    synced,
)

from sphinx_amts.errors import ConfigError
from sphinx_amts.model import State


@pytest.fixture
def book(tmp_path: Path) -> SmallBook:
    """A synced page that a person wrote anew, whose second sentence and item have changed since."""
    return stale_book(tmp_path)


def test_a_review_marks_what_stands_and_says_what_it_could_not_mark(book: SmallBook) -> None:
    before = book.target(PATH)
    result = reviewed(book)
    assert result.documents == {PATH: {"reviewed": 3, "stale": 2}}
    assert book.target(PATH) == before
    states = {(group.state, group.reviewer) for group in book.groups(PATH) if not group.stale}
    assert states == {(State.REVIEWED, "Li Hua")}
    tree = book.tree()
    assert reviewed(book, by="Wang").documents == {PATH: {"already": 3, "stale": 2}}
    assert book.tree() == tree


@pytest.mark.parametrize("on_human", ["propose", "keep", "replace"])
def test_a_reviewed_machine_sentence_is_stale_when_its_source_changes_and_the_others_stay_reviewed(
    tmp_path: Path, on_human: str
) -> None:
    book = SmallBook(tmp_path, {PATH: PAGE})
    synced(book)
    reviewed(book)
    before = book.target(PATH)
    for word in ("phrase", "saying"):
        book.write(PATH, PAGE.replace("First sentence", f"First {word}"))
        assert synced(book, on_human=on_human).segments["stale"] == 1
        assert book.target(PATH) == before
        group = book.group(PATH, f"First {word}.")
        assert (group.state, group.stale, group.reviewer) == (State.TRANSLATED, True, "Li Hua")
        assert {other.state for other in book.groups(PATH) if not other.stale} == {State.REVIEWED}
    engine = speaks_chinese()
    assert book.sync(engine, on_human=on_human).files_written == 0
    assert engine.asked == []
    book.write(PATH, PAGE)
    book.sync(engine, on_human=on_human)
    assert (engine.asked, {other.state for other in book.groups(PATH)}) == ([], {State.REVIEWED})


def test_an_edit_of_a_reviewed_sentence_takes_its_mark_away_alone(book: SmallBook) -> None:
    reviewed(book)
    book.edit(PATH, "第三句。", "人写的第三句。")
    synced(book)
    group = book.group(PATH, "Third sentence.")
    assert (group.state, group.reviewer) == (State.TRANSLATED, "")
    assert book.group(PATH, "First sentence.").state is State.REVIEWED


@pytest.mark.parametrize("by", ["", "  ", "a\nb"])
def test_a_reviewer_has_a_name(book: SmallBook, by: str) -> None:
    with pytest.raises(ConfigError, match="is no name"):
        reviewed(book, by=by)
