from __future__ import annotations

import numpy as np
import pytest
from test_align_blocks import corpus_of, texts

from sphinx_amts.align.evidence import Evidence
from sphinx_amts.align.judging import judged_documents
from sphinx_amts.align.scores import damaged, fitted, joined, shortened


def rows(seed: int, size: int) -> list[tuple[Evidence, Evidence]]:
    source, target = corpus_of(seed, size)
    return list(zip(texts(*source), texts(*target), strict=True))


def test_a_regression_gives_the_share_of_what_is_right() -> None:
    chance = np.random.default_rng(1)
    x = chance.normal(size=(4000, 1))
    labels = (chance.random(4000) < 1 / (1 + np.exp(-2 * x[:, 0]))).astype(float)
    likely = fitted(x, labels)(x)
    for low in (0.1, 0.3, 0.5, 0.7):
        these = (likely >= low) & (likely < low + 0.2)
        assert float(labels[these].mean()) == pytest.approx(float(likely[these].mean()), abs=0.05)


def test_a_regression_stays_finite_where_there_is_no_doubt() -> None:
    x = np.array([[-1.0], [-2.0], [1.0], [2.0]])
    assert np.isfinite(fitted(x, np.array([0.0, 0.0, 1.0, 1.0]))(x)).all()


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


def test_scores_say_how_many_are_right_on_documents_that_they_were_not_made_from() -> None:
    scored = judged_documents([rows(seed, 60) for seed in range(20)])
    assert len(scored) > 400
    assert np.mean([score for score, _ in scored]) == pytest.approx(np.mean([right for _, right in scored]), abs=0.02)
