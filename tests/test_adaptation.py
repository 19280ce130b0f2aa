"""What people's translations teach: rewrites that hold up, and sentences that are nearly the same."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinx_amts.engines import Answer, Status, checked
from sphinx_amts.locales import language
from sphinx_amts.masked import TAG, problem
from sphinx_amts.model import InlineCode, Match, Origin, Request
from sphinx_amts.pairs.adaptation import Edits, Similar, learn, similar, with_names_masked

EN, ES = language("en"), language("es")
WORDS = st.sampled_from(["una", "el", "mesa", "tabla", "cubo", "uso", ",", "Red", "3"])
TEXTS = st.lists(WORDS, min_size=1, max_size=8).map(" ".join)
MASKED = st.lists(WORDS | st.just("<1/>") | st.just("<2>uso</2>"), max_size=8).map(" ".join)

TABLE = [
    ("La mesa es grande.", "La tabla es grande."),
    ("Una mesa de manzanas", "Una tabla de manzanas"),
    ("Ve la otra mesa", "Mire la otra tabla"),
]


def test_what_people_write_again_and_again_is_learnt() -> None:
    assert learn(TABLE).apply("Sobre la mesa hay una mesa.") == "Sobre la tabla hay una tabla."


def test_neighbours_that_both_changed_are_learnt_one_by_one() -> None:
    pairs = [("La mesa es grande.", "La tabla es grande."), ("Una mesa es aquí.", "Una tabla está aquí.")]
    assert learn(pairs).apply("otra mesa") == "otra tabla"


def test_what_was_seen_once_is_not_learnt() -> None:
    assert learn(TABLE[:1]).apply("Sobre la mesa") == "Sobre la mesa"
    assert learn(TABLE).apply("Ve la casa") == "Ve la casa"


def test_what_people_more_often_leave_alone_is_not_learnt() -> None:
    same = [(f"La mesa {number}", f"La mesa {number}") for number in range(4)]
    assert learn([*TABLE, *same]).apply("Toda mesa") == "Toda mesa"


def test_what_is_seldom_right_is_not_learnt() -> None:
    others = [(f"Cada mesa {word}", f"Cada {word}za {word}") for word in ("a", "b", "c", "d", "e", "f", "g", "h")]
    assert learn([*TABLE, *others]).apply("Toda mesa") == "Toda mesa"


def test_the_longest_rewrite_wins() -> None:
    pairs = [*TABLE, *((f"La mesa redonda {n}", f"El debate {n}") for n in "abc")]
    assert learn(pairs).apply("La mesa redonda y la mesa") == "El debate y la tabla"


def test_a_rewrite_may_depend_on_where_a_sentence_begins_and_ends() -> None:
    starts = [(f"Cuándo {word}", f"Cuando {word}") for word in ("llueve", "nieva")]
    ends = [(f"{word} Cuándo", f"{word} Cuándo") for word in ("Dime", "Di", "Sé")]
    edits = learn([*starts, *ends])
    assert edits.apply("Cuándo truena") == "Cuando truena"
    assert edits.apply("Dime Cuándo") == "Dime Cuándo"


def test_a_tag_is_neither_touched_nor_crossed() -> None:
    pairs = [("la una mesa", "la tabla"), ("esa una mesa", "esa tabla"), ("otra una mesa", "otra tabla")]
    edits = learn(pairs)
    assert edits.apply("la una mesa") == "la tabla"
    assert edits.apply("la una <1/> mesa") == "la una <1/> mesa"
    assert edits.apply("la <1>una mesa</1>") == "la <1>tabla</1>"


def test_nothing_is_rewritten_to_nothing() -> None:
    pairs = [(f"muy grande {word}", f"grande {word}") for word in ("a", "b", "c")]
    assert learn(pairs).apply("muy") == "muy"


def test_no_blank_before_a_full_stop_is_learnt() -> None:
    pairs = [(f"Ve {word} ahora.", f"Ve {word} .") for word in ("a", "b", "c")]
    assert learn(pairs).apply("Ve ahora.") == "Ve ahora."


def test_nothing_is_learnt_from_empty_texts() -> None:
    assert len(learn([("", "a"), ("b", ""), ("", "a")])) == 0


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=12), MASKED)
def test_every_text_keeps_its_tags(pairs: list[tuple[str, str]], masked: str) -> None:
    masked = _once(masked)
    assert problem(masked, learn([*pairs, *pairs, *TABLE]).apply(masked)) is None


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_the_pairs_does_not_matter(pairs: list[tuple[str, str]], chance: random.Random) -> None:
    shuffled = list(pairs)
    chance.shuffle(shuffled)
    assert learn(shuffled) == learn(pairs)


@given(TEXTS)
def test_without_rewrites_a_text_stays(text: str) -> None:
    assert Edits().apply(text) == text


def _once(masked: str) -> str:
    """The text with its tags numbered, each once."""
    number = 0
    pieces = []
    for word in masked.split():
        number += bool(TAG.search(word))
        pieces.append(word.replace("<1", f"<{number}").replace("<2", f"<{number}").replace("</2", f"</{number}"))
    return " ".join(pieces)


def test_what_is_not_translated_becomes_a_tag() -> None:
    pair = ("Call os.open() in Python 3.", "Llame a os.open() en Python 3.")
    assert with_names_masked(*pair) == ("Call <1/> in <2/> 3.", "Llame a <1/> en <2/> 3.")
    assert with_names_masked("set a set", "set") == ("set a set", "set")
    assert with_names_masked("the <1/> error", "el <1/> error") == ("the <1/> error", "el <1/> error")


@given(TEXTS, TEXTS)
def test_both_texts_of_a_pair_get_the_same_tags(source: str, target: str) -> None:
    masked, other = with_names_masked(source, target)
    assert problem(masked, other) is None


# Similar sentences


MATCH = Match("Open the file <1/>.", "Abra el archivo <1/>.", 0.8, origin=Origin.HUMAN)


@pytest.mark.parametrize(
    ("masked", "match", "found"),
    [
        ("Open a file <1/>.", MATCH, "Abra el archivo <1/>."),
        ("Open a file.", MATCH, None),
        ("Open 2 files <1/>.", MATCH, None),
        ("Open a file <1/>.", Match(MATCH.source, MATCH.target, 0.7, origin=Origin.HUMAN), None),
        ("Open a file <1/>.", Match(MATCH.source, MATCH.target, 0.8, origin="mt:apertium"), None),
    ],
    ids=["similar", "other tags", "other numbers", "not similar", "a machine's"],
)
def test_a_similar_sentence_is_taken_over_only_where_it_can_stand(masked: str, match: Match, found: str | None) -> None:
    assert similar(masked, [match]) == found


LITERAL = (InlineCode("literal", "`open()`"),)


def test_a_code_takes_the_place_that_its_text_has() -> None:
    known = Similar([("Call open() to read the file.", "Llame a open() para leer el archivo.")])
    assert known.find("Call <1/> to read a file.", LITERAL) == "Llame a <1/> para leer el archivo."


def test_a_code_whose_place_cannot_be_told_is_not_guessed() -> None:
    known = Similar([("Call open() now.", "Llame a open() y open()."), ("Use open() here.", "Use la función aquí.")])
    assert known.find("Call <1/> now.", LITERAL) is None
    assert known.find("Use <1/> here.", LITERAL) is None
    assert known.find("Call <1>open</1> now.", (InlineCode("strong", "**", "**"),)) is None
    assert Similar().find("Call open() now.", ()) is None


def test_the_engine_of_the_guide_learns() -> None:
    guide = Path(__file__).resolve().parent.parent / "docs" / "how-to" / "own-engine.md"
    scope: dict[str, Any] = {}
    exec(re.findall(r"^```python\n(.*?)^```$", guide.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)[-1], scope)
    engine = scope["Corrected"]()
    people = [(f"The table is {word}", f"La tabla es {word}") for word in "AB"]
    assert list(engine.learn(lambda: iter(people), EN, ES)) == []
    request = Request("1", "The table is <1/>", (InlineCode("literal", "`C`"),))
    assert list(checked(engine, [request], EN, ES)) == [Answer("1", Status.DONE, "La tabla es <1/>")]
