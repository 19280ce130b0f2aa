"""The plan: what stays, what moves, what is new, and which group stood where something changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinx_amts.model import Group, Kind, Segment, Span, State, Unit
from sphinx_amts.pairs.manifest import UnitPiece
from sphinx_amts.sync.plan import NewUnit, Planned, Slot, joined, old_units, plan


def split(text: str) -> list[Segment]:
    return [Segment(part, part) for part in re.findall(r"[^.]+\.?\s*", text)]


def new(*texts: str, kind: Kind = Kind.PARAGRAPH) -> list[NewUnit]:
    return [NewUnit(Unit(kind, Span(0, len(text)), text), tuple(split(text))) for text in texts]


def group(source: str, origin: str = "mt:x", state: State = State.TRANSLATED, *, stale: bool = False) -> Group:
    """A group whose target is its source in capitals."""
    parts = tuple(part.text for part in split(source))
    return Group(parts, tuple(part.upper() for part in parts), origin, state, stale)


def old(*units: str | Sequence[Group], kind: Kind = Kind.PARAGRAPH) -> list[UnitPiece]:
    pieces = []
    for unit in units:
        groups = tuple(group(part.text) for part in split(unit)) if isinstance(unit, str) else tuple(unit)
        source = "".join(part for one in groups for part in one.source)
        pieces.append(UnitPiece(kind, source, source.upper(), groups))
    return pieces


def planned(before: Sequence[UnitPiece], after: Sequence[NewUnit]) -> list[Planned]:
    return plan(after, old_units(before, split))


def told(slot: Slot) -> str:
    """``kept``, ``new``, or what stood there before; with the sentences."""
    text = slot.segment.text.strip()
    if slot.kept is not None:
        return f"{text} = {''.join(slot.kept.group.target).strip()}"
    if slot.previous is not None:
        return f"{text} < {''.join(slot.previous.group.target).strip()}"
    return f"{text} new"


def story(before: Sequence[UnitPiece], after: Sequence[NewUnit]) -> list[list[str]]:
    return [[told(slot) for slot in one.slots] for one in planned(before, after)]


def test_without_a_manifest_everything_is_new() -> None:
    assert story([], new("a b. c d.", "e.")) == [["a b. new", "c d. new"], ["e. new"]]


def test_nothing_changed_nothing_to_do() -> None:
    assert story(old("a b. c d.", "e."), new("a b. c d.", "e.")) == [["a b. = A B.", "c d. = C D."], ["e. = E."]]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (["a b c. d."], ["a b x. d."], [["a b x. < A B C.", "d. = D."]]),
        (["a b c. d."], ["d."], [["d. = D."]]),
        (["a b c. d."], ["a b c. n n. d."], [["a b c. = A B C.", "n n. new", "d. = D."]]),
        (["a b. c d. e f."], ["c d. a b. e f."], [["c d. = C D.", "a b. = A B.", "e f. = E F."]]),
        (["a b. c d."], ["a b.", "c d."], [["a b. = A B."], ["c d. = C D."]]),
        (["a b.", "c d."], ["a b. c d."], [["a b. = A B.", "c d. = C D."]]),
        (["a.", "b.", "c."], ["c.", "a.", "b."], [["c. = C."], ["a. = A."], ["b. = B."]]),
        (["a.", "b."], ["n n n.", "a.", "b."], [["n n n. new"], ["a. = A."], ["b. = B."]]),
        (["a.", "b.", "c."], ["c."], [["c. = C."]]),
        (["a b. c d."], ["a b.  c\nd."], [["a b. = A B.", "c\nd. = C D."]]),
        (["a. a. a."], ["a. a."], [["a. = A.", "a. = A."]]),
        (["a."], ["a. a.", "a."], [["a. = A.", "a. = A."], ["a. = A."]]),
        (["one two three four."], ["completely other words."], [["completely other words. new"]]),
    ],
)
def test_sentences_are_kept_moved_or_new(before: list[str], after: list[str], expected: list[list[str]]) -> None:
    assert story(old(*before), new(*after)) == expected


def test_a_title_does_not_take_the_place_of_a_paragraph() -> None:
    before = old("the same words here now.", kind=Kind.TITLE)
    assert story(before, new("the same words here then.")) == [["the same words here then. new"]]
    assert story(before, new("the same words here now.")) == [["the same words here now. = THE SAME WORDS HERE NOW."]]


def test_a_person_s_sentence_is_found_before_a_machine_s() -> None:
    before = old([group("a b.")], [replace(group("a b.", "human"), target=("人。",))])
    assert story(before, new("a b.", "a b.", "a b.")) == [["a b. = A B."], ["a b. = 人。"], ["a b. = 人。"]]


def test_a_group_of_several_sentences_is_kept_only_as_a_whole() -> None:
    before = old([group("a b. c d. "), group("e f.")])
    assert story(before, new("a b. c d. e f.")) == [["a b. c d. = A B. C D.", "e f. = E F."]]
    assert story(before, new("n n. a b. c d. e f.")) == [["n n. new", "a b. c d. = A B. C D.", "e f. = E F."]]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("a b. x d. e f. g.", ["a b. x d. e f. < A B. C D. E F.", "g. = G."]),
        ("a x. c d. e f. g.", ["a x. c d. e f. < A B. C D. E F.", "g. = G."]),
        ("a b. c d. e x. g.", ["a b. c d. e x. < A B. C D. E F.", "g. = G."]),
        ("a b. c d. g.", ["a b. c d. < A B. C D. E F.", "g. = G."]),
        ("a b. n n. c d. e f. g.", ["a b. n n. c d. e f. < A B. C D. E F.", "g. = G."]),
        ("a x. c x. e x. g.", ["a x. c x. e x. < A B. C D. E F.", "g. = G."]),
        ("c d. a b. e f. g.", ["c d. a b. e f. < A B. C D. E F.", "g. = G."]),
        ("g.", ["g. = G."]),
    ],
)
@pytest.mark.parametrize("origin", ["human", "mt:x"])
def test_where_one_of_its_sentences_changes_a_group_is_replaced_as_a_whole(
    origin: str, after: str, expected: list[str]
) -> None:
    assert story(old([group("a b. c d. e f. ", origin), group("g.")]), new(after)) == [expected]


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (group("a b.", state=State.INITIAL), "a b. < A B."),
        (group("a b.", stale=True), "a b. < A B."),
        (group("a b.", "human", stale=True), "a b. = A B."),
        (group("a b.", "source"), "a b. = A B."),
    ],
)
def test_what_is_untranslated_or_a_machine_s_and_stale_is_tried_again(one: Group, expected: str) -> None:
    assert story(old([one]), new("a b.")) == [[expected]]


def test_a_better_splitter_joins_the_groups_that_it_cuts_no_more() -> None:
    first, second = group("a b. "), replace(group("c d."), origin="human")
    before = old([first, second])

    def whole(text: str) -> list[Segment]:
        return [Segment(text, text)]

    (unit,) = old_units(before, whole)
    (one,) = unit.groups
    assert (one.group.origin, one.group.target, one.keys) == ("human", ("A B. ", "C D."), ("a b. c d.",))


def test_a_better_splitter_keeps_a_group_that_it_cuts_in_two() -> None:
    one = Group(("a b. c d.",), ("A B. C D.",), "human", State.TRANSLATED)
    assert story(old([one]), new("a b. c d.")) == [["a b. c d. = A B. C D."]]


def test_joined_sentences_number_their_tags_through() -> None:
    from sphinx_amts.model import InlineCode

    code = InlineCode("math", "$x$")
    other = InlineCode("emphasis", "*", "*")
    one, two = Segment("a $x$. ", "a <1/>. ", (code,)), Segment("*b*.", "<1>b</1>.", (other,))
    assert joined((one, two)) == Segment("a $x$. *b*.", "a <1/>. <2>b</2>.", (code, other))
    assert joined((one,)) is one


sentence = st.sampled_from(["a b c.", "d e f.", "g h i.", "j k.", "l.", "a b x.", "d e x."])
paragraph = st.lists(sentence, min_size=1, max_size=4).map(" ".join)


@given(st.lists(paragraph, max_size=5), st.lists(paragraph, max_size=5))
def test_every_new_sentence_has_one_slot_and_every_known_one_is_kept(before: list[str], after: list[str]) -> None:
    known = {part.text.strip() for text in before for part in split(text)}
    for unit, one in zip(new(*after), planned(old(*before), new(*after)), strict=True):
        assert one.new == unit
        assert [part for slot in one.slots for part in slot.segments] == list(unit.segments)
        for slot in one.slots:
            text = slot.segment.text.strip()
            assert (slot.kept is not None) == (text in known)
            if slot.kept is not None:
                assert "".join(slot.kept.group.target).strip() == text.upper()
    taken = [one.old for one in planned(old(*before), new(*after)) if one.old is not None]
    assert len(taken) == len(set(taken))


@given(st.lists(st.lists(sentence, min_size=1, max_size=3), min_size=1, max_size=3), paragraph)
def test_a_group_s_target_stands_for_no_two_places_of_a_unit(before: list[list[str]], after: str) -> None:
    groups = [group(" ".join(parts) + " ") for parts in before]
    (one,) = planned(old(groups), new(after))
    used = [id(slot.previous) for slot in one.slots if slot.previous is not None]
    assert len(used) == len(set(used))
    assert [part for slot in one.slots for part in slot.segments] == split(after)
