from __future__ import annotations

import functools
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sphinx_amts.align.beads import GAPS, SHAPES, Bead, Lattice

GAP = (-4.0, -4.0)


def lattice(rows: int, columns: int, seed: int, sequences: int = 1) -> Lattice:
    """Random scores for all shapes; a bead that would not fit scores nothing."""
    chance = np.random.default_rng(seed)
    scores = {}
    for a, b in SHAPES:
        score = chance.normal(-3 if a + b > 2 else 0, 5, (sequences, rows, columns))
        score[:, rows - a + 1 :, :] = -1e9
        score[:, :, columns - b + 1 :] = -1e9
        scores[a, b] = score
    return Lattice(np.zeros(rows, np.int64), columns, scores, GAP)


def best_of_all(lattice: Lattice, number: int = 0) -> tuple[float, float]:
    """The score of the best way, and of all ways together, by looking at all."""
    rows, columns = len(lattice.low), lattice.targets

    @functools.cache
    def to(row: int, column: int) -> tuple[float, float]:
        if (row, column) == (0, 0):
            return 0.0, 0.0
        best, total = -np.inf, -np.inf
        for a, b in (*SHAPES, *GAPS):
            if a <= row and b <= column:
                gain = GAP[b] if (a, b) in GAPS else lattice.scores[a, b][number, row - a, column - b]
                before = to(row - a, column - b)
                best, total = max(best, before[0] + gain), np.logaddexp(total, before[1] + gain)
        return best, total

    return to(rows, columns)


def score(lattice: Lattice, way: list[Bead], number: int = 0) -> float:
    return sum(
        GAP[bead.shape[1]] if 0 in bead.shape else lattice.scores[bead.shape][number, bead.source, bead.target]
        for bead in way
    )


def check_law(way: list[Bead], rows: int, columns: int) -> None:
    """Monotone, and every text exactly once."""
    assert [text for bead in way for text in bead.sources] == list(range(rows))
    assert [text for bead in way for text in bead.targets] == list(range(columns))
    assert all(0 <= bead.posterior <= 1 for bead in way)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 1000))
@settings(max_examples=60)
def test_the_way_is_the_best_of_all(rows: int, columns: int, seed: int) -> None:
    grid = lattice(rows, columns, seed)
    (way,) = grid.ways()
    check_law(way, rows, columns)
    assert score(grid, way) == pytest.approx(best_of_all(grid)[0])


@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 1000))
@settings(max_examples=30)
def test_a_way_alone_is_as_likely_as_its_share_of_all_ways(rows: int, columns: int, seed: int) -> None:
    grid = lattice(rows, columns, seed)
    (way,) = grid.ways()
    share = np.exp(score(grid, way) - best_of_all(grid)[1])
    assert all(bead.posterior >= share - 1e-9 for bead in way)


def test_many_sequences_go_through_as_each_alone() -> None:
    grid = lattice(4, 5, 3, sequences=7)
    for number, way in enumerate(grid.ways()):
        alone = Lattice(grid.low, 5, {shape: each[number : number + 1] for shape, each in grid.scores.items()}, GAP)
        assert way == next(alone.ways())


@given(st.integers(0, 1000), st.integers(3, 9))
@settings(max_examples=40)
def test_a_band_gives_a_way_within_it(seed: int, width: int) -> None:
    rows, columns = 10, 9
    low = np.minimum(np.arange(rows) * columns // rows, columns - width)
    low = np.maximum(low - width // 2, 0)
    full = lattice(rows, columns, seed)
    cells = low[:, None] + np.arange(width)
    scores = {shape: np.take_along_axis(each, cells[None], axis=2) for shape, each in full.scores.items()}
    (way,) = Lattice(low, columns, scores, GAP).ways()
    check_law(way, rows, columns)
    for bead in way:
        if 0 not in bead.shape:
            assert low[bead.source] <= bead.target < low[bead.source] + width


def test_a_band_as_wide_as_the_target_is_no_band() -> None:
    grid = lattice(6, 6, 1)
    assert [*grid.ways()] == [*Lattice(np.zeros(6, np.int64), 6, grid.scores, GAP).ways()]


def test_a_bead_may_have_a_hole() -> None:
    bead = Bead.of((2, 4), (1,), Bead(2, 5, 1, 2), 0.7)
    assert (bead.sources, bead.targets, bead.shape) == ((2, 4), (1,), (2, 1))
    assert bead.shifted(10, 20).sources == (12, 14)
    assert list(itertools.chain(*bead.apart)) == [3]
