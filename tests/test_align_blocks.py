"""Small documents, one for each kind of evidence: nothing else could tell which block belongs to which."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sphinx_amts.align.beads import Bead
from sphinx_amts.align.blocks import Aligned, aligned
from sphinx_amts.align.evidence import Evidence, evidence, lines_between
from sphinx_amts.align.lexicon import Vocabulary, corpus, learn
from sphinx_amts.align.spoiling import damaged
from sphinx_amts.model import InlineCode


def texts(*written: str, kind: str = "paragraph") -> list[Evidence]:
    return [evidence(text, (), kind=kind) for text in written]


def links(found: Aligned, document: int = 0) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return [(bead.sources, bead.targets) for bead in found.beads[document] if 0 not in bead.shape]


def test_formulas_and_code_say_where_the_added_block_is() -> None:
    codes = [InlineCode("math", "$x$"), InlineCode("literal", "`f`"), InlineCode("role", ":ref:`a`")]
    source = [evidence("aaa <1/> bbb", (code,)) for code in codes]
    target = [*(evidence("ccc <1/> ddd", (code,)) for code in codes)]
    target.insert(1, evidence("eeeeeee", ()))
    assert links(aligned([source], [target])) == [((0,), (0,)), ((1,), (2,)), ((2,), (3,))]


def test_numbers_say_it() -> None:
    found = aligned(
        [texts("aa 17 bb", "aa 23 bb", "aa 31 bb")], [texts("cc 17 dd", "eeeee fff gggggg", "cc 23 dd", "cc 31 dd")]
    )
    assert links(found) == [((0,), (0,)), ((1,), (2,)), ((2,), (3,))]


def test_latin_words_in_a_chinese_text_say_it() -> None:
    source = texts("the Hessian of it", "the Jacobian of it", "the Laplacian of it")
    target = texts("它的Hessian矩阵", "这是译者注释", "它的Jacobian矩阵", "它的Laplacian算子")
    assert links(aligned([source], [target])) == [((0,), (0,)), ((1,), (2,)), ((2,), (3,))]


def test_a_term_in_parentheses_says_it() -> None:
    source = texts("about entropy here", "about perplexity here")
    target = texts("这里是译者说明", "关于熵（entropy）", "关于困惑度（perplexity）")
    assert links(aligned([source], [target])) == [((0,), (1,)), ((1,), (2,))]


def test_code_between_the_blocks_says_it() -> None:
    def block(text: str, line: str) -> Evidence:
        return evidence(text, (), more=lines_between(f"\n{line}\n", "b"))

    source = [block("aaa bbb", "x = net(X)"), block("ccc ddd", "y = loss(x)")]
    target = [block("eee fff", "x = net(X)"), block("ggg hhh", "print(x)"), block("iii jjj", "y = loss(x)")]
    assert links(aligned([source], [target])) == [((0,), (0,)), ((1,), (2,))]


def test_kinds_say_it() -> None:
    source = [*texts("aaaa bbbb", kind="title1"), *texts("cccc dddd"), *texts("eeee ffff", kind="title2")]
    target = [
        *texts("gggg hhhh", kind="title1"),
        *texts("iiii jjjj"),
        *texts("kkkk llll"),
        *texts("mmmm", kind="title2"),
    ]
    found = links(aligned([source], [target]))
    assert ((0,), (0,)) in found
    assert ((2,), (3,)) in found


def test_lengths_say_it() -> None:
    source = texts("a" * 400, "b" * 20, "c" * 300)
    target = texts("d" * 410, "e" * 100, "f" * 21, "g" * 290)
    assert links(aligned([source], [target])) == [((0,), (0,)), ((1,), (2,)), ((2,), (3,))]


_SOUNDS = ["".join(each) for each in itertools.product("bdfgklmnprst", "aeiou")]
_WORDS = {f"{sound}{sound[::-1]}an": f"qu{sound[::-1]}{sound}" for sound in _SOUNDS}
"""An invented language, and its translation."""


def corpus_of(seed: int, size: int = 120) -> tuple[list[str], list[str]]:
    """Texts of sixty words, with their translations."""
    chance = np.random.default_rng(seed)
    rows = [list(chance.choice(list(_WORDS), int(chance.integers(4, 9)), replace=False)) for _ in range(size)]
    return [" ".join(row) for row in rows], [" ".join(_WORDS[word] for word in row) for row in rows]


def test_a_lexicon_is_learned_from_the_whole_corpus() -> None:
    source, target = corpus_of(1)
    vocabulary = Vocabulary()
    for side, those in ((1, source), (2, target)):
        for text in texts(*those):
            for token in text.tokens:
                vocabulary.add(token, side)
    pairs = np.repeat(np.arange(len(source))[:, None], 2, axis=1)
    to_target, _ = learn(corpus([texts(*source)], vocabulary), corpus([texts(*target)], vocabulary), pairs, vocabulary)
    names = list(vocabulary.numbers)
    best = {names[word]: names[to_target.other[to_target.starts[word]]] for word in range(len(_WORDS))}
    assert best == {word[:6]: other[:6] for word, other in _WORDS.items() if word[:6] in best}


@pytest.fixture(scope="module")
def spoiled() -> Aligned:
    """Ten documents of twelve texts; of the last, a text was dropped, one added, two merged, one moved."""
    source, target = corpus_of(2)
    sources = [texts(*source[at : at + 12]) for at in range(0, 120, 12)]
    targets = [target[at : at + 12] for at in range(0, 120, 12)]
    last = targets[9]
    targets[9] = [
        last[0],
        last[2],
        last[9],
        "veni vidi vici semper",
        last[3],
        f"{last[4]} {last[5]}",
        *last[6:9],
        *last[10:],
    ]
    return aligned(sources, [texts(*each) for each in targets])


def test_what_was_dropped_and_added_stands_alone(spoiled: Aligned) -> None:
    alone = [(bead.sources, bead.targets) for bead in spoiled.beads[9] if 0 in bead.shape]
    assert alone == [((1,), ()), ((), (3,))]


def test_what_was_merged_is_one_bead(spoiled: Aligned) -> None:
    assert ((4, 5), (5,)) in links(spoiled, 9)


def test_what_was_moved_is_found(spoiled: Aligned) -> None:
    moved = [(bead.sources, bead.targets) for bead in spoiled.beads[9] if bead.moved]
    assert moved == [((9,), (2,))]


def test_what_was_left_as_it_was_is_in_its_place(spoiled: Aligned) -> None:
    assert links(spoiled, 0) == [((at,), (at,)) for at in range(12)]


def test_source_and_target_swapped_give_the_same_pairs() -> None:
    documents = [list(zip(*(texts(*side) for side in corpus_of(seed, 40)), strict=True)) for seed in range(10)]
    sources, targets, _ = damaged(documents)
    forth, back = aligned(sources, targets), aligned(targets, sources)
    for number in range(len(documents)):
        assert {(one, other) for other, one in links(back, number)} == set(links(forth, number))


def test_texts_of_a_merge_need_not_be_neighbours() -> None:
    source, target = corpus_of(3)
    spoiled = [*target[:50], f"{target[50]} {target[52]}", *target[53:]]
    found = aligned([texts(*source)], [texts(*spoiled)])
    assert ((50, 52), (50,)) in links(found)


def test_a_long_document_is_aligned_in_a_band() -> None:
    source, target = corpus_of(4, size=400)
    found = links(aligned([texts(*source)], [texts(*target[:150], *target[200:])]))
    true = {((at,), (at if at < 150 else at - 50,)) for at in (*range(150), *range(200, 400))}
    assert len(true & set(found)) >= 0.97 * len(true)


@pytest.mark.parametrize("sides", [([], []), (["a"], []), ([], ["b", "c"])])
def test_an_empty_side_has_no_pairs(sides: tuple[list[str], list[str]]) -> None:
    found = aligned([texts(*sides[0])], [texts(*sides[1])])
    assert links(found) == []
    assert len(found.beads[0]) == len(sides[0]) + len(sides[1])


def every_text_once(beads: Sequence[Bead], rows: int, columns: int) -> None:
    assert sorted(text for bead in beads for text in bead.sources) == list(range(rows))
    assert sorted(text for bead in beads for text in bead.targets) == list(range(columns))


def monotone(beads: Sequence[Bead]) -> bool:
    kept = [bead for bead in beads if 0 not in bead.shape and not bead.moved]
    return all(a.sources < b.sources and a.targets < b.targets for a, b in itertools.pairwise(kept))


_TEXT = st.text(alphabet="ab 1梯度é\n.$`", max_size=30)


@given(st.lists(st.tuples(st.lists(_TEXT, max_size=7), st.lists(_TEXT, max_size=7)), max_size=3))
@settings(max_examples=60)
def test_whatever_the_texts_every_one_is_used_once_and_the_result_is_the_same_again(
    documents: list[tuple[list[str], list[str]]],
) -> None:
    sides = [texts(*one) for one, _ in documents], [texts(*other) for _, other in documents]
    found = aligned(*sides)
    for way, (one, other) in zip(found.beads, documents, strict=True):
        every_text_once(way, len(one), len(other))
        assert monotone(way)
    assert aligned(*sides).beads == found.beads
