"""Which of many texts are most like a book."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sphinx_amts.align.select import ranked

BOOK = ["Trees grow in a forest.", "A forest has many trees; an old forest has old trees."]


def order(sources: list[str], book: list[str] = BOOK) -> list[str]:
    return [sources[each.number] for each in ranked(sources, book)]


def test_subject_matters_and_what_has_nothing_of_the_book_does_not_come() -> None:
    sources = ["Interest rates rose.", "The forest has old trees.", "A market grows.", "Many old trees grow there."]
    assert order(sources)[:2] == ["The forest has old trees.", "Many old trees grow there."]
    assert "Interest rates rose." not in order(sources)


def test_words_that_every_text_has_tell_little() -> None:
    common = [f"A dog has a bone number {number}." for number in ("one", "two", "three", "four")]
    assert order([*common, "Trees."], ["A tree has a root. Trees have roots."])[0] == "Trees."


def test_what_was_shown_already_is_worth_less() -> None:
    sources = ["Old trees grow.", "Old trees grow here.", "Birds sing."]
    assert order(sources, ["Old trees grow.", "Old trees grow.", "Birds sing."]) == [
        "Old trees grow.",
        "Birds sing.",
        "Old trees grow here.",
    ]


def test_text_without_blanks_is_ranked_by_its_pairs_of_characters() -> None:
    assert order(["今天天气很好。", "森林里有很多树。"], ["树木生长在森林里。"]) == ["森林里有很多树。"]


def test_nothing_is_like_an_empty_book() -> None:
    assert order(["A text."], []) == []
    assert order([], BOOK) == []


@given(st.lists(st.text("abc 树.", max_size=12), max_size=8, unique=True), st.randoms(use_true_random=False))
def test_the_order_in_which_texts_are_given_changes_nothing(sources: list[str], chance: object) -> None:
    shuffled = list(sources)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert order(sources, ["a b c ab 树树", "a a"]) == order(shuffled, ["a b c ab 树树", "a a"])


@given(st.lists(st.text("ab ", max_size=9), max_size=8))
def test_likeness_never_rises_and_no_text_comes_twice(sources: list[str]) -> None:
    found = list(ranked(sources, ["a b a", "b b a b"]))
    assert [each.likeness for each in found] == sorted((each.likeness for each in found), reverse=True)
    assert len({each.number for each in found}) == len(found)
