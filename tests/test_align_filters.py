from __future__ import annotations

from dataclasses import replace

import pytest

from sphinx_amts.align.filters import CHECKS, filtered
from sphinx_amts.align.mining import Pair, Text
from sphinx_amts.model import InlineCode


def pair(source: str, target: str, *, score: float = 0.9, codes: tuple[str, str] = ("", "")) -> Pair:
    one, other = ((InlineCode("math", f"${code}$"),) if code else () for code in codes)
    return Pair(Text(source, source, one, (0,)), Text(target, target, other, (0,)), "sentence", score, 0.8, "a", "b")


GOOD = pair("A tensor is an array of numbers.", "张量是一个数组。")


@pytest.mark.parametrize(
    ("reason", "bad"),
    [
        ("empty", pair("...", "张量。")),
        ("empty", pair("x", "设 x", codes=("x", "x"))),
        ("identical", pair("PyTorch", "PYTORCH")),
        ("long", pair("A tensor " * 120, "张量是一个数组" * 40)),
        ("ratio", pair("A tensor is an array of numbers, and so on and on and on, as we have seen.", "张量")),
        ("ratio", pair("A tensor is an array.", "张量是一个数组，" * 20)),
        ("language", pair("A tensor is an array of numbers.", "A tensor is an array!")),
        ("language", pair("张量是一个数组张量是。", "张量是一个数组。")),
        ("score", replace(GOOD, score=0.2)),
        ("codes", pair("Let x be a number here.", "设 y 为数。", codes=("x", "y"))),
        ("codes", pair("Let x be a number here.", "设它为数。", codes=("x", ""))),
    ],
)
def test_each_filter_leaves_out_what_it_is_for_and_counts_it(reason: str, bad: Pair) -> None:
    result = filtered(
        [GOOD, bad, replace(GOOD, source=Text("Good too, it is.", "Good too, it is.", (), (1,)))], "en", "zh"
    )
    assert {name: count for name, count in result.counts.items() if count} == {reason: 1}
    assert GOOD in result.pairs
    assert bad not in result.pairs


def test_what_is_not_translated_between_two_latin_languages_is_the_wrong_language() -> None:
    bad = pair("Install the package before using this module.", "Install the package before using this module, please.")
    good = pair("Install the package before using this module.", "Instale el paquete antes de usar este módulo.")
    assert filtered([good, bad], "en", "es").counts["language"] == 1


def test_a_formula_with_other_blanks_is_the_same_formula() -> None:
    same = pair("Let x be a number here.", "设 x 为数。", codes=("x + 1", "x+1"))
    assert filtered([same], "en", "zh").pairs == (same,)


def test_of_equal_pairs_the_surest_stays() -> None:
    better = replace(GOOD, score=0.99, source_file="c")
    result = filtered([GOOD, better, GOOD], "en", "zh")
    assert result.pairs == (better,)
    assert result.counts["duplicates"] == 2


def test_of_several_targets_the_usual_one_stays_and_the_others_are_listed() -> None:
    rare = replace(pair(GOOD.source.plain, "张量乃数之阵列。"), score=0.95)
    result = filtered([rare, GOOD, GOOD], "en", "zh")
    assert result.pairs == (GOOD,)
    assert [(each.kept, each.others) for each in result.contradictions] == [(GOOD, (rare,))]
    assert result.counts["contradictions"] == 1


def test_pairs_and_counts_together_are_all_pairs() -> None:
    pairs = [
        GOOD,
        GOOD,
        replace(GOOD, score=0.1),
        pair("PyTorch", "PyTorch"),
        pair("Why?", "为什么？"),
        pair("Why?", "何故？"),
    ]
    result = filtered(pairs, "en", "zh")
    assert len(result.pairs) + sum(result.counts.values()) == len(pairs)


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_check_says_in_its_first_line_why(check: object) -> None:
    first = (check.__doc__ or "").partition("\n")[0]
    assert first.endswith(".")
    assert len(first) < 100
    assert "ratio" not in first
