from __future__ import annotations

from test_align_blocks import corpus_of, texts

from sphinx_amts.align.evidence import ANCHOR, Evidence
from sphinx_amts.align.spoiling import Passage, damaged, damaged_passages, frame, joined, shortened


def rows(seed: int, size: int) -> list[tuple[Evidence, Evidence]]:
    source, target = corpus_of(seed, size)
    return list(zip(texts(*source), texts(*target), strict=True))


def passages(seed: int, size: int = 60) -> list[tuple[Passage, Passage]]:
    """Passages of three sentences, and of one."""
    sure, around = rows(seed, size), Evidence((f"{ANCHOR}bx",), 0, "item")
    cuts = [cut for start in range(0, size, 4) for cut in (sure[start : start + 3], sure[start + 3 : start + 4])]
    return [(Passage(around, tuple(a for a, _ in cut)), Passage(around, tuple(b for _, b in cut))) for cut in cuts]


def test_damage_is_the_same_for_the_same_seed_and_says_what_is_true() -> None:
    documents = [rows(1, 200)]
    one, other = damaged(documents, 3), damaged(documents, 3)
    assert one == other
    sources, targets, truths = one
    assert sources[0] == [source for source, _ in documents[0]]
    for numbers, (place,) in truths[0]:
        expected = documents[0][numbers[0]][1]
        for number in numbers[1:]:
            expected = joined(expected, documents[0][number][1])
        assert targets[0][place] == expected
    assert damaged(documents, 4) != one


def test_what_was_shortened_has_lost_a_part_of_one_side() -> None:
    one = Evidence(tuple(f"a{n}" for n in range(10)), 100)
    other = Evidence(tuple(f"b{n}" for n in range(10)), 100)
    found, labels = shortened([(one, other)] * 50)
    assert [float(pair == (one, other)) for pair in found] == list(labels)
    assert 10 < labels.sum() < 40


def test_a_passage_is_its_sentences_and_its_frame() -> None:
    passage = passages(1)[0][0]
    assert passage.whole.tokens[0] == f"{ANCHOR}bx"
    assert passage.whole.length == sum(each.length for each in passage.sentences)
    assert passage.whole.kind == "item"
    assert frame(passage.whole) == passage.frame


def test_passages_are_damaged_and_what_is_right_is_said_of_their_sentences() -> None:
    documents = [passages(seed) for seed in range(5)]
    spoiled = damaged_passages(documents, 3)
    assert spoiled == damaged_passages(documents, 3)
    for document, each in zip(documents, spoiled, strict=True):
        assert list(each.sources) == [one for one, _ in document]
        sure = [pair for _, other in document for pair in other.sentences]
        found = [text for passage in each.targets for text in passage.sentences]
        assert 0.6 * len(sure) < len(each.truth) < len(sure)
        for numbers, (place,) in each.truth:
            expected = sure[numbers[0]]
            for number in numbers[1:]:
                expected = joined(expected, sure[number])
            assert found[place] == expected


def test_what_is_cut_short_keeps_what_stands_around_it() -> None:
    around = f"{ANCHOR}bcode"
    text = Evidence((*(f"a{n}" for n in range(10)), f"{ANCHOR}mx", f"{ANCHOR}my", around), 100)
    cut = [one for one, _ in shortened([(text, text)] * 50)[0] if one != text]
    assert cut
    for one in cut:
        words = [token for token in one.tokens if not token.startswith(ANCHOR)]
        assert words == [f"a{n}" for n in range(len(words))]
        assert around in one.tokens
        assert f"{ANCHOR}my" not in one.tokens


def test_a_single_word_is_complete() -> None:
    word = Evidence(("a", f"{ANCHOR}mx"), 3)
    found, labels = shortened([(word, word)] * 20)
    assert found == [(word, word)] * 20
    assert set(labels) == {1.0}
