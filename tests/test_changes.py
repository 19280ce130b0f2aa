"""How a text became another: what stands on both sides is found where it stands, words, lines and paragraphs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinx_amts.merge import changes as module
from sphinx_amts.merge.changes import alike_ends, changes


def shown(before: str, current: str) -> list[tuple[str, str]]:
    """What each change takes out and puts in."""
    return [(before[a:b], current[c:d]) for a, b, c, d in changes(before, current)]


texts = st.lists(st.sampled_from(["one ", "two ", "甲", "乙。", ". ", "\n", "\n\n", "  ", "x", "```\n"]), max_size=12)


@given(texts, texts)
def test_what_stands_between_changes_is_the_same(one: list[str], other: list[str]) -> None:
    before, current = "".join(one), "".join(other)
    at, rebuilt = 0, ""
    for a, b, c, d in changes(before, current):
        assert a < b or c < d
        rebuilt += before[at:a]
        assert len(rebuilt) == c
        rebuilt += current[c:d]
        at = b
    assert rebuilt + before[at:] == current


@given(texts)
def test_a_text_that_nobody_touched_has_no_changes(text: list[str]) -> None:
    assert changes("".join(text), "".join(text)) == []


FIRST, SECOND, THIRD = "The sun shines here.", "Rain falls on the roof.", "Wind comes from the sea."


@pytest.mark.parametrize(
    ("before", "current", "expected"),
    [
        ("a word here", "a term here", [("word", "term")]),
        ("甲乙丙丁", "甲人丁", [("乙丙", "人")]),
        (  # blank lines are alike: the words say which one is gone
            f"{FIRST}\n\n{SECOND}\n\n{THIRD}",
            f"{FIRST} and {SECOND}\n\nStorm comes from the sea.",
            [("\n\n", " and "), ("Wind", "Storm")],
        ),
        (
            f"{FIRST}\n\n{SECOND}\n\n{THIRD}",
            f"The star shines here.\n\nA note.\n\n{SECOND} {THIRD}",
            [("un", "tar"), ("", "A note.\n\n"), ("\n\n", " ")],
        ),
        (  # no word stands in its place: the blank lines do
            "The sun shines here\n\nRain falls on the roof\n\nWind comes from the sea",
            "Every morning the roof\n\nThere is a sea\n\nNobody knows my name",
            [
                ("The sun shines here", "Every morning the roof"),
                ("Rain falls on the roof", "There is a sea"),
                ("Wind comes from the sea", "Nobody knows my name"),
            ],
        ),
        ("1. Take one. Take two.\n1. End.", "1. Take two.\n1. End.", [("Take one. ", "")]),
        ("```\n$$\n```\n", "```\n$$\n$$\n```\n", [("", "$$\n")]),
    ],
)
def test_what_was_changed(before: str, current: str, expected: list[tuple[str, str]]) -> None:
    assert shown(before, current) == expected


def test_of_very_many_words_the_line_ends_hold_the_rest_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST", 0)
    assert shown("one two\n\nthree four\n", "two six\n\nseven three\n") == [
        ("one two", "two six"),
        ("three four", "seven three"),
    ]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("", "", (0, 0)), ("aa", "aaa", (2, 0)), ("abc", "adc", (1, 1)), ("ab", "ba", (0, 0)), ("aba", "a", (1, 0))],
)
def test_what_two_sequences_share_at_their_ends(one: str, other: str, expected: tuple[int, int]) -> None:
    assert alike_ends(one, other) == expected
