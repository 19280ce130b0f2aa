from __future__ import annotations

import numpy as np
import pytest
from test_align_spoiling import passages, rows

from sphinx_amts.align.evidence import Evidence
from sphinx_amts.align.trial import Judged, judged_documents, judged_halves, judged_passages


def hold(judged: list[Judged]) -> None:
    """The mean score is the share that is right."""
    assert len(judged) > 300
    mean = np.mean([each.score for each in judged])
    assert mean == pytest.approx(np.mean([each.right for each in judged]), abs=0.02)


def test_scores_say_how_many_are_right_on_documents_that_they_were_not_made_from() -> None:
    hold(judged_documents([rows(seed, 60) for seed in range(20)]))


def test_scores_of_sentences_do() -> None:
    hold(judged_passages([passages(seed) for seed in range(20)]))


def half(text: Evidence) -> Evidence:
    return Evidence(text.tokens[: len(text.tokens) // 2], text.length // 2, text.kind)


def test_half_a_translation_is_told_from_a_full_one() -> None:
    documents = [[(one, other, half(other)) for one, other in rows(seed, 60)] for seed in range(10)]
    judged = judged_halves(documents)
    assert len(judged) == 300
    assert np.mean([short < 0.5 for _, short, _ in judged]) > 0.95
    assert np.mean([full > 0.5 for full, _, _ in judged]) > 0.95
