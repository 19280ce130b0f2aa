from __future__ import annotations

import numpy as np
import pytest

from sphinx_amts.align.scores import fitted


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
