"""What people did to a target: every character has one owner, an edited sentence is a person's, no other is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sphinx_amts.document.encodings import decode
from sphinx_amts.model import Group, Kind, Origin, State
from sphinx_amts.pairs.manifest import GapPiece, Manifest, UnitPiece
from sphinx_amts.sync.people import fold, regroup


def sentences(text: str) -> list[str]:
    """A splitter of one line: white space belongs to the sentence before it."""
    return re.findall(r"[^.。!]+[.。!]*\s*|[.。!]+\s*", text) if text else []


def machine(*targets: str, number: int = 0) -> tuple[Group, ...]:
    return tuple(
        Group((f"S{number + index}. ",), (target,), "mt:x", State.TRANSLATED) for index, target in enumerate(targets)
    )


def shown(groups: Sequence[Group]) -> list[tuple[str, str, str]]:
    """Source, target and origin of each group."""
    return [("".join(group.source), "".join(group.target), group.origin) for group in groups]


THREE = machine("甲。", "乙。", "丙。")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲。乙。丙。", [("S0. ", "甲。", "mt:x"), ("S1. ", "乙。", "mt:x"), ("S2. ", "丙。", "mt:x")]),
        ("甲。丁。丙。", [("S0. ", "甲。", "mt:x"), ("S1. ", "丁。", "human"), ("S2. ", "丙。", "mt:x")]),
        ("丁。乙。丙。", [("S0. ", "丁。", "human"), ("S1. ", "乙。", "mt:x"), ("S2. ", "丙。", "mt:x")]),
        ("甲。乙。丙丁。", [("S0. ", "甲。", "mt:x"), ("S1. ", "乙。", "mt:x"), ("S2. ", "丙丁。", "human")]),
        ("甲。丙。", [("S0. ", "甲。", "mt:x"), ("S1. ", "", "human"), ("S2. ", "丙。", "mt:x")]),
        ("甲。丁乙。丙。", [("S0. ", "甲。", "mt:x"), ("S1. ", "丁乙。", "human"), ("S2. ", "丙。", "mt:x")]),
        ("甲。乙。丁。丙。", [("S0. ", "甲。", "mt:x"), ("S1. ", "乙。丁。", "human"), ("S2. ", "丙。", "mt:x")]),
        ("丁。甲。乙。丙。", [("S0. ", "丁。甲。", "human"), ("S1. ", "乙。", "mt:x"), ("S2. ", "丙。", "mt:x")]),
        ("甲乙。丙。", [("S0. ", "甲", "human"), ("S1. ", "乙。", "mt:x"), ("S2. ", "丙。", "mt:x")]),
        ("丁戊。丙。", [("S0. S1. ", "丁戊。", "human"), ("S2. ", "丙。", "mt:x")]),
        ("甲。丁。戊。丙。", [("S0. ", "甲。", "mt:x"), ("S1. ", "丁。戊。", "human"), ("S2. ", "丙。", "mt:x")]),
        ("甲。 乙 。\n丙.", [("S0. ", "甲。 ", "mt:x"), ("S1. ", "乙 。\n", "mt:x"), ("S2. ", "丙.", "mt:x")]),
        ("丁。戊。己。", [("S0. ", "丁。", "human"), ("S1. ", "戊。", "human"), ("S2. ", "己。", "human")]),
        ("", [("S0. S1. S2. ", "", "human")]),
    ],
)
def test_who_owns_which_sentence(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert shown(regroup(THREE, text, sentences)) == expected


def test_two_target_sentences_of_one_source_stay_a_machine_s_where_another_is_edited() -> None:
    """An engine makes two sentences of one: that is nobody's edit."""
    groups = machine("甲。一。", "乙。", "丙！丁。")
    edited = regroup(groups, "甲。一。人。丙！丁。", sentences)
    assert shown(edited) == [("S0. ", "甲。一。", "mt:x"), ("S1. ", "人。", "human"), ("S2. ", "丙！丁。", "mt:x")]
    assert (edited[0], edited[2]) == (groups[0], groups[2])


def test_a_group_that_ends_where_no_sentence_does_stays_a_machine_s() -> None:
    groups = machine("⟦甲. ··⟧", "⟦乙. ··⟧", "⟦丙. ··⟧")
    assert shown(regroup(groups, "⟦甲. ··⟧人写的⟦丙. ··⟧", sentences)) == [
        ("S0. ", "⟦甲. ··⟧", "mt:x"),
        ("S1. ", "人写的", "human"),
        ("S2. ", "⟦丙. ··⟧", "mt:x"),
    ]


def test_a_stale_group_that_a_person_looked_after_is_stale_no_more() -> None:
    stale = replace(THREE[1], origin="human", stale=True, proposal="新。")
    edited = regroup((THREE[0], stale, THREE[2]), "甲。新的。丙。", sentences)
    assert (edited[1].stale, edited[1].proposal, edited[1].target) == (False, None, ("新的。",))
    assert regroup((THREE[0], stale, THREE[2]), "丁。乙。丙。", sentences)[1] == stale


def test_a_group_whose_target_is_gone_may_get_one_again() -> None:
    groups = (replace(THREE[0], target=()),)
    assert shown(regroup(groups, "人。", sentences)) == [("S0. ", "人。", "human")]


def test_a_unit_without_groups_stays_without() -> None:
    assert regroup((), "人。", sentences) == ()


words = st.sampled_from("甲乙丙丁一二 ")
sentence = st.builds(
    lambda text, end: f"{text}{end}", st.text(words, min_size=1, max_size=4), st.sampled_from(["。", ". ", ""])
)
group = st.lists(sentence, min_size=0, max_size=3)


@given(st.lists(group, max_size=4), st.lists(sentence, max_size=8).map("".join))
def test_every_character_has_an_owner_and_every_source_stays_in_its_place(old: list[list[str]], text: str) -> None:
    groups = tuple(
        Group((f"S{number}.",), tuple(target), "mt:x", State.TRANSLATED) for number, target in enumerate(old)
    )
    new = regroup(groups, text, sentences)
    if groups:
        assert "".join(part for one in new for part in one.target) == text
    assert [part for one in new for part in one.source] == [part for one in groups for part in one.source]


@given(st.lists(group.filter(lambda targets: "".join(targets).strip()), min_size=2, max_size=4), st.data())
def test_an_edit_of_one_group_is_an_edit_of_that_group_alone(old: list[list[str]], data: st.DataObject) -> None:
    """Its words are unlike any others, and it still ends where it ended."""
    groups = tuple(
        Group((f"S{number}.",), tuple(target), "mt:x", State.TRANSLATED) for number, target in enumerate(old)
    )
    edited = data.draw(st.integers(0, len(groups) - 1))
    targets = ["".join(one.target) for one in groups]
    targets[edited] = "人写的。"
    new = regroup(groups, "".join(targets), sentences)
    assert [one.origin for one in new] == ["human" if number == edited else "mt:x" for number in range(len(groups))]
    assert ["".join(one.target).strip() for one in new] == [target.strip() for target in targets]


@given(st.lists(group, min_size=1, max_size=4), st.data())
def test_white_space_makes_nobody_an_author(old: list[list[str]], data: st.DataObject) -> None:
    groups = tuple(
        Group((f"S{number}.",), tuple(target), "mt:x", State.TRANSLATED) for number, target in enumerate(old)
    )
    text = "".join(part for one in groups for part in one.target)
    at = data.draw(st.integers(0, len(text)))
    new = regroup(groups, text[:at] + " " + text[at:], sentences)
    if text.strip():
        assert {one.origin for one in new} == {"mt:x"}


# Whole files


def manifest(*parts: str | tuple[str, ...]) -> Manifest:
    """Gaps are texts, units are the sentences of their targets."""
    pieces: list[GapPiece | UnitPiece] = []
    for number, part in enumerate(parts):
        if isinstance(part, str):
            pieces.append(GapPiece(part, part))
        else:
            groups = machine(*part, number=number * 10)
            source = "".join(text for one in groups for text in one.source)
            pieces.append(UnitPiece(Kind.PARAGRAPH, source, "".join(part), groups))
    return Manifest("a.md", tuple(pieces), reader="1", splitter="s")


BOOK = manifest("# ", ("题。",), "\n\n", ("甲。", "乙。"), "\n\n```\ncode\n```\n\n- ", ("条。",), "\n")


def pieces(folded: Manifest) -> list[str]:
    return [piece.target for piece in folded.pieces]


def humans(folded: Manifest) -> list[str]:
    return ["".join(one.target) for unit in folded.units for one in unit.groups if one.origin == Origin.HUMAN]


@pytest.mark.parametrize(
    ("old", "new", "expected", "written"),
    [
        ("甲。", "人。", ["# ", "题。", "\n\n", "人。乙。", "\n\n```\ncode\n```\n\n- ", "条。", "\n"], ["人。"]),
        ("甲。乙。", "甲。乙。人。", ["# ", "题。", "\n\n", "甲。乙。人。", "\n\n```\ncode\n```\n\n- ", "条。", "\n"], ["乙。人。"]),
        ("code", "代码", ["# ", "题。", "\n\n", "甲。乙。", "\n\n```\n代码\n```\n\n- ", "条。", "\n"], []),
        ("题。", "人题", ["# ", "人题", "\n\n", "甲。乙。", "\n\n```\ncode\n```\n\n- ", "条。", "\n"], ["人题"]),
        ("```\n\n", "```\n\n人加的。\n\n", ["# ", "题。", "\n\n", "甲。乙。", "\n\n```\ncode\n```\n\n人加的。\n\n- ", "条。", "\n"], []),
        ("甲。乙。\n\n", "甲。乙。\n\n人加的。\n\n", ["# ", "题。", "\n\n", "甲。乙。", "\n\n人加的。\n\n```\ncode\n```\n\n- ", "条。", "\n"], []),
        ("条。\n", "条。\n\n人。\n", ["# ", "题。", "\n\n", "甲。乙。", "\n\n```\ncode\n```\n\n- ", "条。", "\n\n人。\n"], []),
        ("# ", "人。\n\n# ", ["人。\n\n# ", "题。", "\n\n", "甲。乙。", "\n\n```\ncode\n```\n\n- ", "条。", "\n"], []),
        ("\n\n甲。", "\n甲。", ["# ", "题。", "\n", "甲。乙。", "\n\n```\ncode\n```\n\n- ", "条。", "\n"], []),
        ("- ", "* ", ["# ", "题。", "\n\n", "甲。乙。", "\n\n```\ncode\n```\n\n* ", "条。", "\n"], []),
        ("甲。", "甲。\n", ["# ", "题。", "\n\n", "甲。\n乙。", "\n\n```\ncode\n```\n\n- ", "条。", "\n"], []),
    ],
)  # fmt: skip
def test_what_is_edited_is_found_in_its_piece(old: str, new: str, expected: list[str], written: list[str]) -> None:
    current = BOOK.target.replace(old, new, 1)
    folded = fold(BOOK, current, sentences)
    assert pieces(folded) == expected
    assert humans(folded) == written
    assert folded.source == BOOK.source


def test_an_untouched_target_gives_the_manifest_itself() -> None:
    assert fold(BOOK, BOOK.target, sentences) is BOOK


def test_a_file_that_was_emptied_is_a_person_s_work_too() -> None:
    folded = fold(BOOK, "", sentences)
    assert folded.target == ""
    assert folded.source == BOOK.source


ONE, TWO, THREE_MORE, LAST = (
    "⟦Rain falls.⟧",
    "⟦The sun shines on the roof.⟧",
    "⟦Wind comes from the sea.⟧",
    "⟦It ends.⟧",
)
PARAGRAPHS = manifest("", (ONE,), "\n\n", (TWO,), "\n\n", (THREE_MORE,), "\n\n", (LAST,), "\n")


@pytest.mark.parametrize(
    "expected",
    [
        [ONE, "人所写 ", TWO, "\n\n", "⟦人 comes from the sea.⟧", "\n\n", LAST],
        [ONE, "人所写 ", "⟦人 sun shines on the roof.⟧", "\n\n", THREE_MORE, "\n\n", LAST],
        ["⟦Rain 人.⟧", "\n\n", TWO, "人所写 ", THREE_MORE, "\n\n", "⟦人 ends.⟧"],
        ["⟦Rain 人.⟧", "\n\n人所写。\n\n", "⟦The sun 人 on the roof.⟧", " ", "⟦Wind 人 from the sea.⟧", "\n\n", LAST],
        ["一二三四。", "\n\n", "五六七。", "\n\n", "八九十。", "\n\n", LAST],
    ],
)
def test_joined_and_rewritten_paragraphs_take_no_word_of_another(expected: list[str]) -> None:
    current = "".join(["", *expected, "\n"])
    assert pieces(fold(PARAGRAPHS, current, sentences)) == ["", *expected, "\n"]


ENGLISH = "the of model data we learn from a loss and train gradient on each step that is small".split()
CHINESE = "的一是在不了有和这中大为上个我以要他时来用们到作地于出就分对成会可主年动同工也能下过子说产种面"
GAPS = ["\n\n"] * 4 + ["\n- ", "\n\n$$\nx = 1\n$$\n\n", "\n\n```\n# a comment\nplt.show()\n```\n\n"]


def written(random: Random) -> str:
    return "".join(random.choices("人译者改写", k=random.randint(1, 6)))


def paragraph(random: Random) -> list[str]:
    """The sentences of one that shares many of its words with others, or of one that stands in many places."""
    if random.random() < 0.2:
        return [random.choice(["See above.", "同上。", "Note:"])]
    count = random.randint(3, 5)
    if random.random() < 0.5:
        return ["".join(random.choices(CHINESE, k=random.randint(8, 25))) + "。" for _ in range(count)]
    texts = (" ".join(random.choices(ENGLISH, k=random.randint(6, 14))) for _ in range(count))
    return [*(f"{text}. " for text in texts), "That is all."]


def edited_inside(texts: Sequence[str], random: Random) -> str:
    """A paragraph whose first and last words stay: a sentence more or less, other words, another line end."""
    first, *inner, last = texts
    words = re.findall(r"[a-z]+ |.", "".join(inner))
    match random.randrange(4):
        case 0:
            del inner[random.randrange(len(inner))]
        case 1:
            inner.insert(random.randint(0, len(inner)), f"{written(random)}。")
        case 2:
            inner = [f"{written(random)} " if random.random() < 0.3 else word for word in words]
        case 3:
            inner = ["".join(inner).replace(" ", "\n", 1)]
    return "".join([first, *inner, last])


def edited_gap(gap: str, can_join: bool, random: Random) -> str:
    """A gap that joins the paragraphs beside it, or has a note more or other words in its code."""
    if gap == "\n\n" and can_join and random.random() < 0.5:
        return random.choice([" ", f"{written(random)} "])
    if "# a comment" in gap and random.random() < 0.5:
        return gap.replace("a comment", written(random))
    return f"\n\n*{written(random)}。*{gap}" if gap.startswith("\n\n") else gap


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6])
@pytest.mark.parametrize("seed", range(15))
def test_what_is_edited_inside_of_pieces_leaves_their_ends_where_they_are(seed: int, share: float) -> None:
    random = Random(seed)
    paragraphs = [paragraph(random) for _ in range(40)]
    parts, expected = ["# "], ["# "]
    for texts, following in pairwise(paragraphs):
        text, gap = "".join(texts), random.choice(GAPS)
        parts += [text, gap]
        expected.append(edited_inside(texts, random) if len(texts) > 1 and random.random() < share else text)
        can_join = min(len(texts), len(following)) > 1
        expected.append(edited_gap(gap, can_join, random) if random.random() < share else gap)
    book = manifest(*(part if number % 2 == 0 else (part,) for number, part in enumerate(parts)))
    assert pieces(fold(book, "".join(expected), sentences)) == expected


parts = st.lists(st.lists(sentence, min_size=1, max_size=3).map(tuple), min_size=1, max_size=4)


@settings(max_examples=60)
@given(parts, st.data())
def test_the_manifest_of_a_target_as_it_stands_has_that_target(
    units: list[tuple[str, ...]], data: st.DataObject
) -> None:
    between = [part for unit in units for part in ("\n\n", unit)]
    book = manifest(*between, "\n")
    target = book.target
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(target)))
        end = data.draw(st.integers(start, min(len(target), start + 6)))
        target = target[:start] + data.draw(st.text("甲。\n人 ", max_size=6)) + target[end:]
    folded = fold(book, target, sentences)
    assert folded.target == target
    assert folded.source == book.source
    for before, after in zip(book.units, folded.units, strict=True):
        assert "".join(part for one in after.groups for part in one.target) == decode(after.target, "lines")
        if before.target == after.target:
            assert before == after
