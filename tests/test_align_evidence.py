from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinx_amts.align.evidence import anchors, evidence, is_anchor, lines_between, words
from sphinx_amts.model import InlineCode


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The Gradients vanish.", ["the", "gradie", "vanish"]),
        ("Función y EFECTO", ["funcio", "y", "efecto"]),
        ("神经网络", ["神经", "经网", "网络"]),
        ("图", ["图"]),
        ("経路をたどる", ["経路", "路を", "をた", "たど", "どる"]),
        ("기울기가 사라진다", ["기울", "사라"]),
        ("học sâu", ["hoc", "sau"]),
        ("یادگیری عمیق", ["یادگیر"[:6], "عمیق"]),
        ("การเรียน", ["การ", "ารเ", "รเร", "เรี", "รีย", "ียน"]),
    ],
)
def test_words_are_what_a_lexicon_can_learn(text: str, found: list[str]) -> None:
    assert list(words(text)) == found


def test_a_latin_word_in_a_chinese_text_is_the_word_of_the_english_text() -> None:
    assert "hessia" in list(words("海森矩阵（Hessian）"))
    assert "hessia" in list(words("the Hessian matrix"))


@pytest.mark.parametrize("written", ["1,000", "1.000", "1000", "١٠٠٠", "０１０００"])
def test_a_number_is_the_same_however_it_is_written(written: str) -> None:
    assert list(words(written)) == ["\x01n1000"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (InlineCode("math", "$x_1, y$"), InlineCode("math", "${x_1,y}$".replace("{", "").replace("}", ""))),
        (InlineCode("math", r"$\text{dog} + 1$"), InlineCode("math", r"$\text{狗} + 1$")),
        (InlineCode("role", ":numref:`fig_a`"), InlineCode("role", "{numref}`fig_a`")),
        (InlineCode("link", "[", "](a_origin.md)"), InlineCode("link", "[", "](a.md)")),
        (InlineCode("role", ":ref:`", " <label>`"), InlineCode("role", ":ref:`", " <label>`")),
        (InlineCode("literal", "`a b`"), InlineCode("literal", "``a  b``")),
    ],
)
def test_codes_that_mean_the_same_are_the_same_anchor(one: InlineCode, other: InlineCode) -> None:
    assert list(anchors([one])) == list(anchors([other])) != []


def test_emphasis_is_no_anchor() -> None:
    assert list(anchors([InlineCode("emphasis", "*", "*")])) == []


def test_the_nearest_lines_of_code_tell_where_a_block_stands() -> None:
    code = "\n```python\nx = net(X)\n# 注释\ny = 2 * x\n```\n\n"
    assert list(lines_between(code, "b")) == ["\x01b```python", "\x01bx=net(X)", "\x01by=2*x"]
    assert list(lines_between("\n\n", "a")) == []


def test_wide_characters_count_twice_and_codes_a_little() -> None:
    assert evidence("ab c", ()).length == 3
    assert evidence("中文", ()).length == 4
    assert evidence("<1/>", (InlineCode("math", "$x$"),)).length == 3


@given(st.text())
def test_any_text_gives_tokens_each_once(text: str) -> None:
    found = evidence(text, ())
    assert len(set(found.tokens)) == len(found.tokens)
    assert found.length >= 0
    assert not any(is_anchor(token) and len(token) < 3 for token in found.tokens)
