"""Stale sentences: listed with what is proposed, accepted, rejected, and never lost."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from book import Engine, SmallBook, chinese, opened, speaks_chinese
from hypothesis import given, settings
from hypothesis import strategies as st
from settling import (
    ITEM,
    PAGE,
    PATH,
    PHRASE,
    TARGET,
    accepted,
    attic,
    listed,
    rejected,
    reviewed,
    stale_book,
    synced,
    texts,
)

from sphinx_amts.config import Settings
from sphinx_amts.engines import Answer, Status
from sphinx_amts.errors import ConfigError
from sphinx_amts.model import State, Subtype
from sphinx_amts.session import people_pairs
from sphinx_amts.sync.tree import LocaleTree


@pytest.fixture
def book(tmp_path: Path) -> SmallBook:
    """A synced page that a person wrote anew, whose second sentence and item have changed since."""
    return stale_book(tmp_path)


def test_a_stale_sentence_is_listed_with_its_line_and_all_its_texts(book: SmallBook) -> None:
    assert book.target(PATH) == TARGET
    assert listed(book) == [
        (4, "Second sentence with $x$.", "Second phrase with $y$.", "第二句有 $x$。", PHRASE),
        (7, "An item", "One item", "一项", ITEM),
    ]


def test_a_finding_names_the_line_of_the_target(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {PATH: PAGE})
    synced(book)
    book.set_target(PATH, TARGET)
    synced(book)
    book.edit(PATH, "# 标题", "# 标题\n\n一个注释。")
    book.change(PATH, "Third sentence.", "Third phrase.")
    (finding,) = synced(book).findings
    assert (finding.path, finding.line) == (str(book.locale / PATH), 7)
    assert (finding.source, finding.target) == ("Third phrase.", "第三句。")


def test_an_accepted_proposal_stands_in_its_sentence_s_place_and_nothing_else_moves(book: SmallBook) -> None:
    result = accepted(book, "index:4")
    assert [(one.line, one.target) for one in result.sentences] == [(4, "第二句有 $x$。")]
    assert book.target(PATH) == TARGET.replace("第二句有 $x$。", PHRASE)
    group = book.group(PATH, "Second phrase with $y$.")
    assert (group.origin, group.state, group.stale, group.proposal) == ("human", State.TRANSLATED, False, None)
    assert attic(book) == ["第二句有 $x$。"]
    assert book.group(PATH, "One item").stale


@pytest.mark.parametrize("names", [(), ("index",), (PATH,)])
def test_accepting_all_leaves_nothing_to_do(book: SmallBook, names: Sequence[str]) -> None:
    result = accepted(book, *names)
    assert (len(result.sentences), result.findings) == (2, [])
    assert book.target(PATH) == TARGET.replace("第二句有 $x$。", PHRASE).replace("一项", ITEM)
    before = book.tree()
    engine = speaks_chinese()
    assert book.sync(engine).files_written == 0
    assert (engine.asked, book.tree()) == ([], before)


def test_a_target_s_path_with_a_line_can_be_pasted_from_a_finding(book: SmallBook) -> None:
    assert len(accepted(book, f"{book.locale / PATH}:7").sentences) == 1


def test_a_dry_run_shows_the_same_and_writes_nothing(book: SmallBook) -> None:
    before = book.tree()
    planned = accepted(book, dry_run=True)
    assert book.tree() == before
    assert accepted(book).as_json() == planned.as_json()


@pytest.mark.parametrize(
    ("name", "said"),
    [("indx", "Did you mean index?"), ("index:3", "Stale sentences begin on: 4, 7."), ("index:99", "begin on: 4, 7.")],
)
def test_a_place_without_a_stale_sentence_is_an_error_before_anything_is_written(
    book: SmallBook, name: str, said: str
) -> None:
    before = book.tree()
    with pytest.raises(ConfigError, match=said):
        accepted(book, "index:4", name)
    assert book.tree() == before


def test_a_proposal_that_breaks_the_document_is_refused_and_the_others_are_taken(book: SmallBook) -> None:
    file = book.locale / ".amts" / f"{PATH}.json"
    file.write_text(file.read_text("utf-8").replace(f'"{ITEM}"', '"一项 $z$"'), encoding="utf-8")
    result = accepted(book)
    (finding,) = result.findings
    assert (finding.subtype, finding.line, result.is_whole) == (Subtype.REFUSED, 7, False)
    assert book.target(PATH) == TARGET.replace("第二句有 $x$。", PHRASE)
    assert book.group(PATH, "One item").stale


def test_a_proposal_is_written_into_a_title_and_a_quotation(tmp_path: Path) -> None:
    page = "A title\n=======\n\n    Quoted words\n    go on. Here, too.\n"
    book = SmallBook(tmp_path, {"index.rst": page})
    synced(book)
    book.set_target("index.rst", "标题\n====\n\n    引用的\n    话。 这里也是。\n")
    synced(book)
    book.change("index.rst", "A title\n=======", "Another title\n=============")
    book.change("index.rst", "go on.", "went on.")
    synced(book)
    assert accepted(book).findings == []
    title, quoted = chinese("Another title"), chinese("Quoted words went on.")
    assert book.target("index.rst") == f"{title}\n{'=' * 2 * len(title)}\n\n    {quoted} 这里也是。\n"
    assert book.differences() == []


def test_a_rejected_proposal_is_gone_until_the_source_changes_again(book: SmallBook) -> None:
    assert [one.line for one in rejected(book, "index:4").sentences] == [4]
    assert book.target(PATH) == TARGET
    group = book.group(PATH, "Second phrase with $y$.")
    assert (group.stale, group.proposal, group.former) == (False, None, ())
    before = book.tree()
    engine = speaks_chinese()
    assert book.sync(engine).files_written == 0
    assert (engine.asked, book.tree()) == ([], before)
    book.change(PATH, "Second phrase", "Second saying")
    synced(book)
    assert [one[:3] for one in listed(book)] == [
        (4, "Second phrase with $y$.", "Second saying with $y$."),
        (7, "An item", "One item"),
    ]


def test_an_edit_equal_to_the_proposal_accepts_it(book: SmallBook) -> None:
    book.edit(PATH, "第二句有 $x$。", PHRASE)
    assert synced(book).segments["stale"] == 1
    group = book.group(PATH, "Second phrase with $y$.")
    assert (group.origin, group.stale, group.proposal) == ("human", False, None)


def test_an_edit_equal_to_the_proposal_accepts_it_where_only_punctuation_differs(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {PATH: "A sentence here.\n"})
    synced(book)
    book.set_target(PATH, "一句.\n")
    book.change(PATH, "A sentence here.", "A phrase here.")
    book.sync(Engine(lambda _: "一句。", pseudo=False))
    book.set_target(PATH, "一句。\n")
    assert synced(book).segments == {"kept": 1}
    assert not book.group(PATH, "A phrase here.").stale


def test_an_edit_of_a_stale_sentence_makes_it_fresh(book: SmallBook) -> None:
    book.edit(PATH, "第二句有 $x$。", "第二句现在有 $y$。")
    assert synced(book).segments["stale"] == 1
    assert not book.group(PATH, "Second phrase with $y$.").stale
    with pytest.raises(ConfigError, match="no stale sentence stands here"):
        rejected(book, "index:4")


def test_an_edit_that_no_sync_has_seen_is_kept_by_accept_reject_and_review(book: SmallBook) -> None:
    book.edit(PATH, "第三句。", "人写的第三句。")
    accepted(book, "index:4")
    assert book.group(PATH, "Third sentence.").target[0].strip() == "人写的第三句。"
    book.edit(PATH, "第一句。", "人写的第一句。")
    rejected(book)
    book.edit(PATH, "标题", "人写的标题")
    reviewed(book)
    expected = TARGET.replace("第二句有 $x$。", PHRASE)
    for text in ("第三句。", "第一句。", "标题"):
        expected = expected.replace(text, f"人写的{text}")
    assert book.target(PATH) == expected
    assert synced(book).segments == {"kept": 5}


def test_a_target_that_somebody_writes_meanwhile_stays_theirs(book: SmallBook, monkeypatch: pytest.MonkeyPatch) -> None:
    write = LocaleTree.write

    def written(tree: LocaleTree, manifest: Any, before: str | None) -> bool:
        book.edit(PATH, "第三句。", "刚写的第三句。")
        return write(tree, manifest, before)

    monkeypatch.setattr(LocaleTree, "write", written)
    result = accepted(book)
    (finding,) = result.findings
    assert (finding.subtype, result.sentences, result.is_whole) == (Subtype.PEOPLE, [], False)
    assert book.target(PATH) == TARGET.replace("第三句。", "刚写的第三句。")
    assert len(listed(book)) == 2


def test_a_target_that_was_removed_is_not_written(book: SmallBook) -> None:
    (book.locale / PATH).unlink()
    assert [finding.subtype for finding in accepted(book).findings] == [Subtype.PEOPLE]
    assert not (book.locale / PATH).exists()


# What an engine's answer is to a person's sentence


def test_replace_writes_the_answer_and_keeps_the_person_s_wording_in_the_attic(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {PATH: PAGE})
    synced(book)
    book.set_target(PATH, TARGET)
    book.change(PATH, "Second sentence with $x$.", "Second phrase with $y$.")
    result = synced(book, on_human="replace")
    assert book.target(PATH) == TARGET.replace("第二句有 $x$。", PHRASE)
    assert (result.segments["stale"], result.segments["translated"], attic(book)) == (0, 1, ["第二句有 $x$。"])
    (finding,) = result.findings
    assert (finding.subtype, finding.line, finding.target) == (Subtype.STALE, 4, "第二句有 $x$。")
    assert finding.message.endswith("the sentence was replaced, and lies in the attic")


@pytest.mark.parametrize("status", [Status.REFUSED, Status.WAITING, Status.NONE])
def test_replace_keeps_the_person_s_sentence_where_there_is_no_answer(tmp_path: Path, status: Status) -> None:
    book = SmallBook(tmp_path, {PATH: PAGE})
    synced(book)
    book.set_target(PATH, TARGET)
    book.change(PATH, "Second sentence with $x$.", "Second phrase with $y$.")
    book.sync(Silent(status), on_human="replace", wait=False)
    assert book.target(PATH) == TARGET
    assert listed(book) == [(4, "Second sentence with $x$.", "Second phrase with $y$.", "第二句有 $x$。", None)]


class Silent(Engine):
    """An engine that has no answer."""

    def __init__(self, status: Status) -> None:
        super().__init__(str, pseudo=False)
        self.status = status

    def translate(self, requests: Any, source: Any, target: Any) -> Any:
        self.asked += requests
        yield from (Answer(request.id, self.status, reason="it says no") for request in requests)


def test_a_proposal_that_was_not_ready_comes_with_a_later_sync(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {PATH: PAGE})
    synced(book)
    book.set_target(PATH, TARGET)
    book.change(PATH, "An item", "One item")
    assert len(book.sync(Silent(Status.WAITING), wait=False).findings) == 1
    assert synced(book).findings == []
    assert listed(book) == [(7, "An item", "One item", "一项", ITEM)]


def test_a_refused_proposal_is_not_asked_for_again(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {PATH: PAGE})
    synced(book)
    book.set_target(PATH, TARGET)
    book.change(PATH, "An item", "One item")
    book.sync(Silent(Status.REFUSED))
    engine = speaks_chinese()
    book.sync(engine)
    assert (engine.asked, book.group(PATH, "One item").refused) == ([], "it says no")


def test_a_source_that_is_as_it_was_makes_its_sentence_fresh_without_an_engine(book: SmallBook) -> None:
    book.change(PATH, "Second phrase with $y$.", "Second sentence with $z$.")
    engine = speaks_chinese()
    book.sync(engine)
    assert (engine.asked, [one[2] for one in listed(book)]) == ([], ["One item"])
    assert book.target(PATH) == TARGET.replace("$x$", "$z$")


def test_a_changed_code_changes_in_the_proposal_without_an_engine(book: SmallBook) -> None:
    book.change(PATH, "$y$", "$z$")
    engine = speaks_chinese()
    book.sync(engine)
    assert engine.asked == []
    assert listed(book)[0][2:] == ("Second phrase with $z$.", "第二句有 $x$。", PHRASE.replace("$y$", "$z$"))


def test_a_stale_sentence_that_moves_takes_its_target_along(tmp_path: Path) -> None:
    book = stale_book(tmp_path, on_human="keep")
    book.change(PATH, "Second phrase with $y$.\n", "")
    book.write(PATH, f"{book.read(PATH)}\nA new paragraph. Second phrase with $y$.\n")
    engine = speaks_chinese()
    book.sync(engine, on_human="keep")
    assert engine.sources == ["A new paragraph."]
    assert book.target(PATH).endswith(f"\n{chinese('A new paragraph.')}第二句有 $x$。\n")


# The loop closes


def test_a_corrected_machine_sentence_is_memory_and_parallel_data_of_the_next_sync(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {PATH: "# Title\n\nKnead the dough.\n"})
    synced(book)
    book.edit(PATH, chinese("Knead the dough."), "揉面团。")
    book.change(PATH, "dough.\n", "dough.\n\nRest. Knead the dough.\n")
    engine = speaks_chinese()
    book.sync(engine)
    assert engine.sources == ["Rest."]
    assert book.target(PATH).count("揉面团。") == 2
    with opened(book) as read:
        pairs = set(people_pairs(read, Settings(), "zh", base=book.source))
    assert ("Knead the dough.", "揉面团。") in pairs


# Any order of it


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), st.integers(0, 3)),
        st.tuples(st.just("source"), st.integers(0, 3)),
        st.tuples(st.sampled_from(["sync", "replace", "accept", "reject", "review"]), st.just(0)),
    ),
    min_size=3,
    max_size=9,
)


@settings(max_examples=12)
@given(STEPS)
def test_in_any_order_all_that_people_wrote_is_in_the_tree_or_in_the_attic(steps: list[tuple[str, int]]) -> None:
    """Laws 4 and 10.  A person who writes over a person's words is not held back."""
    with tempfile.TemporaryDirectory() as folder:
        book = SmallBook(Path(folder), {PATH: "".join(f"Words {n} number 0.\n\n" for n in range(4))})
        synced(book)
        wrote: dict[int, str] = {}
        replaced: list[str] = []
        sentences = dict.fromkeys(range(4), 0)
        for number, (step, which) in enumerate(steps):
            if step == "edit":
                lines = book.target(PATH).split("\n")
                lines[2 * which] = wrote[which] = f"人写的{chinese(f'w{number}')}。"
                book.set_target(PATH, "\n".join(lines))
            elif step == "source":
                old, sentences[which] = sentences[which], number + 1
                book.change(PATH, f"Words {which} number {old}.", f"Words {which} number {number + 1}.")
            elif step == "accept":
                replaced += [one.target for one in accepted(book).sentences]
            elif step == "reject":
                rejected(book)
            elif step == "review":
                reviewed(book)
            else:
                synced(book, on_human="replace" if step == "replace" else "propose")
            kept = texts((*book.groups(PATH), *book.manifest(PATH).attic)) | set(book.target(PATH).split("\n"))
            assert {*wrote.values(), *replaced} <= kept
        synced(book)
        before, engine = book.tree(), speaks_chinese()
        assert (book.sync(engine).files_written, engine.asked, book.tree()) == (0, [], before)
