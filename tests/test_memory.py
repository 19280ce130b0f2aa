"""The translation memory: the right pair, the same one whatever the order of additions, and fast."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinx_amts.masked import key, problem
from sphinx_amts.model import Match, Origin
from sphinx_amts.pairs.memory import TranslationMemory
from sphinx_amts.pairs.words import Distance, words


def memory(*pairs: tuple[str, str] | tuple[str, str, dict[str, Any]]) -> TranslationMemory:
    """A memory of pairs; a person's unless said otherwise."""
    filled = TranslationMemory()
    for source, target, *more in pairs:
        filled.add(source, target, **({"origin": Origin.HUMAN} | (more[0] if more else {})))
    return filled


def found(filled: TranslationMemory, source: str, **context: str) -> str | None:
    match = filled.look_up(source, **context)
    return match and match.target


# Exact


def test_the_same_masked_text_is_found_whatever_its_white_space() -> None:
    filled = memory(("See  <1/>\nnow. ", "Vea <1/>\nahora."))
    assert filled.look_up("See <1/> now.") == Match("See <1/> now.", "Vea <1/>\nahora.", 1.0, origin="human")
    assert len(filled) == 1


@pytest.mark.parametrize("source", ["see <1/> now.", "See <1/> now", "See <1/>, now.", "See <2/> now.", "See now.", ""])
def test_case_punctuation_and_tags_count(source: str) -> None:
    assert memory(("See <1/> now.", "Vea <1/> ahora.")).look_up(source) is None


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("See <1/>", "Vea"),
        ("See", "Vea <1/>"),
        ("<1>See</1>", "<1/>Vea"),
        ("<1>See <2/></1>", "<1>Vea</1> <2/>"),
        ("<1>See", "<1>Vea"),
        ("See", " \n"),
        (" ", "Vea"),
    ],
)
def test_a_pair_that_may_not_be_reused_is_dropped(source: str, target: str) -> None:
    filled = memory((source, target))
    assert len(filled) == 0
    assert filled.look_up(source) is None
    assert filled.fuzzy("See", threshold=0.1) == []


def test_the_same_neighbours_come_before_everything_else() -> None:
    filled = memory(
        ("Right", "Derecha", {"priority": 9, "document": "a"}),
        ("Right", "Correcto", {"before": "Is  it?", "after": "Go.", "origin": "mt:x"}),
        ("Right", "Cierto", {"before": "Is it?"}),
    )
    match = filled.look_up("Right", before="Is it? ", after="Go.", document="a")
    assert match == Match("Right", "Correcto", 1.0, True, "mt:x")
    assert filled.look_up("Right", before="Is it?", after="Stop.") == Match("Right", "Derecha", 1.0, False, "human")


def test_text_without_neighbours_is_never_in_context() -> None:
    match = memory(("Right", "Derecha")).look_up("Right")
    assert match is not None
    assert not match.in_context


def test_each_criterion_decides_where_those_before_it_do_not() -> None:
    """Priority, document, origin, frequency, text: add one better pair at a time."""
    steps: list[tuple[str, dict[str, Any]]] = [
        ("z", {"origin": Origin.SOURCE}),
        ("y", {"origin": "mt:x"}),
        ("x", {"origin": "mt:x"}),  # by text
        ("xx", {"origin": "mt:x", "document": "b"}),
        ("xx", {"origin": "mt:x", "document": "c"}),  # more frequent
        ("v", {"origin": Origin.TM}),
        ("u", {"origin": Origin.HUMAN}),
        ("t", {"origin": "mt:x", "document": "a"}),
        ("s", {"origin": Origin.SOURCE, "priority": 1}),
    ]
    best = ["z", "y", "x", "x", "xx", "v", "u", "t", "s"]
    for count, target in enumerate(best, 1):
        filled = memory(*(("Right", each, how) for each, how in steps[:count]))
        assert found(filled, "Right", document="a") == target


def test_frequency_counts_a_target_in_all_its_spellings() -> None:
    filled = memory(("a b", "x y"), ("a b", "x\ny"), ("a b", "x\ny"), ("a b", "p q"), ("a b", "p q"))
    assert found(filled, "a b") == "x\ny"


sources = st.sampled_from(["a", "a b", "a b c", "A b c", "a <1/> c", "c a b", "中文字", "中文"])
uses = st.fixed_dictionaries(
    {
        "before": st.sampled_from(["", "a"]),
        "after": st.sampled_from(["", "b"]),
        "origin": st.sampled_from(["human", "tm", "mt:x", "source"]),
        "document": st.sampled_from(["", "d", "e"]),
        "priority": st.integers(0, 1),
    }
)
pairs = st.lists(st.tuples(sources, st.sampled_from(["x", "y", "x <1/>", "<1/> y", "y "]), uses), max_size=12)


@given(pairs, sources, uses, st.randoms(use_true_random=False))
def test_what_is_found_does_not_depend_on_the_order_of_additions(
    added: list[Any], source: str, use: dict[str, Any], chance: Any
) -> None:
    context = {name: use[name] for name in ("before", "after", "document")}
    one = memory(*added)
    chance.shuffle(added)
    other = memory(*added)
    assert one.look_up(source, **context) == other.look_up(source, **context)
    assert one.fuzzy(source, threshold=0.3) == other.fuzzy(source, threshold=0.3)


@given(pairs, sources)
def test_only_pairs_with_the_same_tags_are_given(added: list[Any], source: str) -> None:
    filled = memory(*added)
    exact = filled.look_up(source)
    given_ = filled.fuzzy(source, limit=20, threshold=0.1)
    assert all(problem(match.source, match.target) is None for match in [*given_, *filter(None, [exact])])
    assert exact is None or exact.source == key(source)


# Fuzzy


@pytest.mark.parametrize(
    ("one", "other", "score"),
    [
        ("the cat sat", "the cat sat", 1.0),
        ("the cat sat down", "the cat sat up", 0.75),
        ("the cat sat down", "the cat sat", 0.75),
        ("The cat sat", "the cat sat", 0.99),
        ("see <1/> now", "see <2/> now", 0.99),
        ("see <1/> now", "see x now", 2 / 3),
        ("don't", "don t", 2 / 3),
        ("机器学习", "机器学会", 0.75),
        ("a b c d", "d c b a", None),
    ],
)
def test_the_score_is_the_share_of_words_that_need_no_edit(one: str, other: str, score: float | None) -> None:
    target = "".join(re.findall("<./>", one)) or "x"
    filled = memory((one.replace("<2/>", "<1/>"), target))
    scores = [match.score for match in filled.fuzzy(other, threshold=0.3)]
    assert scores == ([] if score is None else [pytest.approx(score)])


def test_the_closest_come_first_and_not_more_than_asked_for() -> None:
    filled = memory(
        ("one two three four six", "B"),
        ("one two three four", "A"),
        ("one two three four five six", "C"),
        ("one two three four five", "D", {"origin": "mt:x"}),
        ("ten eleven twelve", "E"),
    )
    matches = filled.fuzzy("one two three four five")
    assert [(match.target, match.score, match.origin) for match in matches] == [
        ("D", 1.0, "mt:x"),
        ("C", pytest.approx(5 / 6), "human"),
        ("A", 0.8, "human"),
    ]
    assert filled.fuzzy("one two three four five", limit=1) == matches[:1]
    assert filled.fuzzy("one two three four five", threshold=0.82) == matches[:2]
    assert filled.fuzzy("nothing of the kind") == []
    assert filled.fuzzy("\u3000") == []


def test_pairs_added_after_a_search_are_found_too() -> None:
    filled = memory(("one two three", "A"))
    assert [match.target for match in filled.fuzzy("one two three")] == ["A"]
    filled.add("one two three !", "B", origin="tm")
    assert [match.target for match in filled.fuzzy("one two three")] == ["A", "B"]


@pytest.mark.parametrize("threshold", [0, -1, 1.5])
def test_a_threshold_that_means_nothing_is_an_error(threshold: float) -> None:
    with pytest.raises(ValueError, match="a threshold is over 0 and up to 1"):
        memory().fuzzy("a", threshold=threshold)


def slow_distance(one: list[str], other: list[str]) -> int:
    """The edit distance as the textbook has it."""
    row = list(range(len(other) + 1))
    for i, word in enumerate(one, 1):
        above, row = row, [i]
        for j, there in enumerate(other, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (word != there)))
    return row[-1]


bags = st.lists(st.sampled_from("abcd"), max_size=12)


@given(bags, bags)
def test_the_distance_is_the_edit_distance(one: list[str], other: list[str]) -> None:
    assert Distance(one).to(other) == slow_distance(one, other)


@given(st.lists(bags.map(" ".join), max_size=20), bags.map(" ".join), st.sampled_from([0.3, 0.5, 0.7, 0.75, 0.9, 1.0]))
def test_the_index_misses_nothing(known: list[str], source: str, threshold: float) -> None:
    """The same as comparing with every pair."""
    filled = memory(*((each, "x") for each in known))
    expected = set()
    for each in filter(None, known):
        there, here = list(words(each)), list(words(source))
        score = 1 - slow_distance(here, there) / max(len(here), len(there))
        score = 1.0 if each == source else min(score, 0.99)
        if score >= threshold - 1e-12:
            expected.add((each, round(score, 9)))
    given_ = filled.fuzzy(source, limit=100, threshold=threshold)
    assert {(match.source, round(match.score, 9)) for match in given_} == expected


@pytest.mark.corpora
@pytest.mark.slow
def test_fifty_thousand_pairs_are_searched_fast(corpora: Path) -> None:
    """Two hundred sentences of the Python documentation against all the others, within a few seconds."""
    known: dict[str, str] = {}
    for catalogue in sorted((corpora / "python-docs-es").rglob("*.po")):
        text = re.sub(r'"\n"', "", catalogue.read_text(encoding="utf-8"))
        known.update(re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', text, re.MULTILINE))
    assert len(known) > 30_000
    filled = TranslationMemory()
    for source, target in known.items():
        filled.add(source, target, origin="human")
    assert len(filled) > 30_000
    filled.fuzzy("warm up")
    asked = list(known)[:: len(known) // 200]
    start = time.process_time()
    matches = [filled.fuzzy(f"{source} indeed") for source in asked]
    assert time.process_time() - start < 20
    assert sum(1 for each in matches if each) > 100
