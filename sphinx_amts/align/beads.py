"""The most likely way through two sequences of texts, by dynamic programming.

A *bead* takes so many texts of the source and so many of the target: 1-1, 1-0, 0-1, 1-2, 2-1, 2-2 and longer merges.
Many pairs of sequences of one shape go through at once.  Only cells in a band are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

__all__ = ["GAPS", "MERGES", "SHAPES", "Bead", "Lattice"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MERGES = 3
"""So many texts on one side of a bead at most."""
SHAPES = ((1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (3, 1))
GAPS = ((1, 0), (0, 1))
_NEVER = -1e9


@dataclass(frozen=True, slots=True, order=True)
class Bead:
    """The texts from ``source`` to ``source_end`` and from ``target`` to ``target_end`` belong together."""

    source: int
    source_end: int
    target: int
    target_end: int
    posterior: float = 1.0
    score: float = 0.0
    """Its log-likelihood ratio with its prior."""
    moved: bool = False
    apart: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    """Texts of either side that stand between those of the bead, and are not of it."""

    @property
    def shape(self) -> tuple[int, int]:
        """How many texts it has of either side."""
        return (
            self.source_end - self.source - len(self.apart[0]),
            self.target_end - self.target - len(self.apart[1]),
        )

    @property
    def sources(self) -> tuple[int, ...]:
        """Its source texts."""
        return tuple(text for text in range(self.source, self.source_end) if text not in self.apart[0])

    @property
    def targets(self) -> tuple[int, ...]:
        """Its target texts."""
        return tuple(text for text in range(self.target, self.target_end) if text not in self.apart[1])

    def shifted(self, down: int, right: int) -> Bead:
        """The same bead where more texts stand before it."""
        return replace(
            self,
            source=self.source + down,
            source_end=self.source_end + down,
            target=self.target + right,
            target_end=self.target_end + right,
            apart=(tuple(text + down for text in self.apart[0]), tuple(text + right for text in self.apart[1])),
        )

    @classmethod
    def of(cls, sources: Sequence[int], targets: Sequence[int], bead: Bead, posterior: float) -> Bead:
        """A bead of these texts, otherwise like another one."""
        ranges = [range(min(texts), max(texts) + 1) for texts in (sources, targets)]
        apart = [tuple(sorted({*all_} - {*texts})) for all_, texts in zip(ranges, (sources, targets), strict=True)]
        return cls(
            ranges[0].start, ranges[0].stop, ranges[1].start, ranges[1].stop,
            posterior, bead.score, bead.moved, (apart[0], apart[1]),
        )  # fmt: skip


@dataclass(slots=True, eq=False)
class Lattice:
    """Scores of all beads that begin at each cell.

    ``scores[a, b]`` has the shape (sequences, source texts, width): the score of the bead that takes ``a`` source texts
    from row *i* on and ``b`` target texts from ``low[i] + column`` on.  ``gaps`` are the scores of 1-0 and 0-1.
    """

    low: Ints
    targets: int
    scores: Mapping[tuple[int, int], Floats]
    gaps: tuple[float, float]
    _states: list[tuple[int, int]] = field(init=False)
    """Of each row: from how many to how many target texts may be taken before it."""

    def __post_init__(self) -> None:
        self._states = list(self._all_bounds())

    def ways(self) -> Iterator[list[Bead]]:
        """The best way through each pair of sequences, with how likely each of its beads is among all ways."""
        ahead = self._sweep(np.maximum)
        sums = self._sweep(np.logaddexp)
        mirror = self._mirrored()
        behind = mirror._sweep(np.logaddexp)
        for number in range(len(sums[-1])):
            whole = sums[-1][number, self.targets - self._states[len(self.low)][0]]
            yield [self._judged(bead, number, sums, behind, whole) for bead in self._trace(ahead, number)]

    def _all_bounds(self) -> Iterator[tuple[int, int]]:
        width, low = self._width(), self.low.tolist()
        yield 0, low[0] + width if low else self.targets
        for before, here in pairwise(low):
            yield min(before, here), here + width
        if low:
            yield low[-1], self.targets

    def _width(self) -> int:
        return int(self.scores[1, 1].shape[2])

    def _sweep(self, join: np.ufunc) -> list[Floats]:
        """For every row and state: the score of the best way to it, or of all ways, from the start."""
        rows = len(self.low)
        count = self.scores[1, 1].shape[0]
        table: list[Floats] = []
        for row in range(rows + 1):
            low, high = self._states[row]
            here = np.full((count, high - low + 1), _NEVER)
            if row == 0:
                here[:, 0] = 0.0
            for (a, b), score in (*self.scores.items(), ((1, 0), None)):
                if a <= row:
                    self._step(here, low, table[row - a], row - a, b, score, join)
            table.append(self._along(here, join))
        return table

    def _along(self, here: Floats, join: np.ufunc) -> Floats:
        """Take target texts that have no source."""
        slope = np.arange(here.shape[1]) * self.gaps[1]
        return np.asarray(join.accumulate(here - slope, axis=1) + slope)

    def _step(
        self, here: Floats, low: int, before: Floats, row: int, b: int, score: Floats | None, join: np.ufunc
    ) -> None:
        """Add the ways that end with one kind of bead, which begins in ``row``."""
        base = self._states[row][0]
        if score is None:
            first, after, values = base, base + before.shape[1], None
        else:
            first = max(base, int(self.low[row]))
            after = min(base + before.shape[1], int(self.low[row]) + self._width())
            values = score[:, row]
        first = max(first, low - b)
        after = min(after, low + here.shape[1] - b)
        if first >= after:
            return
        step = before[:, first - base : after - base]
        gain = self.gaps[0] if values is None else values[:, first - int(self.low[row]) : after - int(self.low[row])]
        place = here[:, first + b - low : after + b - low]
        join(place, step + gain, out=place)

    def _mirrored(self) -> Lattice:
        """The same lattice, read from its end: beads begin where they ended."""
        rows, width = len(self.low), self._width()
        low = (self.targets - self.low - width)[::-1].copy()
        scores = {}
        for (a, b), score in self.scores.items():
            turned = np.full_like(score, _NEVER)
            if rows >= a:
                # The bead from row and column is, mirrored, the one from rows - row - a and targets - column - b.
                mirror = np.arange(rows - a + 1)
                row = rows - mirror - a
                column = self.targets - b - low[mirror, None] - np.arange(width) - self.low[row, None]
                inside = (column >= 0) & (column < width)
                found = score[:, row[:, None], np.where(inside, column, 0)]
                turned[:, : rows - a + 1] = np.where(inside, found, _NEVER)
            scores[a, b] = turned
        return Lattice(low, self.targets, scores, self.gaps)

    def _trace(self, ahead: list[Floats], number: int) -> list[Bead]:
        """The beads of the best way, from the first on."""
        row, column = len(self.low), self.targets
        way: list[Bead] = []
        while row or column:
            a, b = self._last(ahead, number, row, column)
            way.append(Bead(row - a, row, column - b, column))
            row, column = row - a, column - b
        return way[::-1]

    def _last(self, ahead: list[Floats], number: int, row: int, column: int) -> tuple[int, int]:
        """The shape of the bead by which the best way came here."""
        best, shape = -np.inf, (0, 1) if column else (1, 0)
        for a, b in (*self.scores, *GAPS):
            if a <= row and b <= column:
                value = self._value(ahead, number, row - a, column - b, (a, b))
                if value > best + 1e-9:
                    best, shape = value, (a, b)
        return shape

    def _value(self, ahead: list[Floats], number: int, row: int, column: int, shape: tuple[int, int]) -> float:
        low, _ = self._states[row]
        if not 0 <= column - low < ahead[row].shape[1]:
            return 2 * _NEVER
        gain = self._score(number, row, column, shape)
        return float(ahead[row][number, column - low]) + gain

    def _score(self, number: int, row: int, column: int, shape: tuple[int, int]) -> float:
        if shape in GAPS:
            return self.gaps[shape[1]]
        place = column - int(self.low[row])
        return float(self.scores[shape][number, row, place]) if 0 <= place < self._width() else 2 * _NEVER

    def _judged(self, bead: Bead, number: int, sums: list[Floats], behind: list[Floats], whole: float) -> Bead:
        rows = len(self.low)
        mirror = self._mirror_low(rows - bead.source_end)
        score = self._score(number, bead.source, bead.target, bead.shape)
        value = (
            sums[bead.source][number, bead.target - self._states[bead.source][0]]
            + score
            + behind[rows - bead.source_end][number, self.targets - bead.target_end - mirror]
        )
        likely = float(np.exp(min(value - whole, 0.0)))
        return replace(bead, posterior=likely, score=score)

    def _mirror_low(self, row: int) -> int:
        """The first state of a row of the mirrored lattice."""
        return 0 if row == 0 else self.targets - int(self.low[len(self.low) - row]) - self._width()
