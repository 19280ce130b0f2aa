"""Plots of where the languages stand, and of how they came there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sphinx_amts.report.drawing import INK, svg
from sphinx_amts.report.history import Entry
from sphinx_amts.upkeep.effort import AIM
from sphinx_amts.upkeep.status import STATES

__all__ = ["Plot", "coverage_plot", "history_plots"]

_LINES = {"coverage": "Translated", "freshness": "Not stale", "saved": "Work saved"}
_COLORS = {
    "reviewed": "#1a7f37",
    "human": "#56a868",
    "machine": "#4184e4",
    "memory": "#8ab4f0",
    "verbatim": "#7d8590",
    "left_out": "#a8adb3",
    "unsure": "#e3c26b",
    "stale": "#c69026",
    "untranslated": "#e5534b",
}


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot's file, what it shows in words, and its SVG."""

    name: str
    words: str
    svg: bytes


def coverage_plot(counts: Mapping[str, Mapping[str, int]]) -> Plot:
    """How the segments of each language stand, as bars of 100 %."""
    words = "How the sentences of each language stand; the table has the numbers."
    return Plot("coverage.svg", words, svg(partial(_bars, counts), (7.2, 0.8 + 0.4 * len(counts))))


def _bars(counts: Mapping[str, Mapping[str, int]], axes: Any) -> None:
    codes = list(counts)[::-1]
    starts = [0.0] * len(codes)
    for state in STATES:
        totals = (max(counts[code]["total"], 1) for code in codes)
        shares = [100 * counts[code][state] / total for code, total in zip(codes, totals, strict=True)]
        axes.barh(codes, shares, left=starts, color=_COLORS[state], label=state.replace("_", " "))
        starts = [start + share for start, share in zip(starts, shares, strict=True)]
    axes.set(xlim=(0, 100), xlabel="% of the sentences")
    axes.legend(ncols=5, loc="lower left", bbox_to_anchor=(0, 1))


def history_plots(history: Sequence[Entry], codes: Sequence[str]) -> list[Plot]:
    """How shares went on over time, a line for each of some languages; nothing where there are not two days to compare."""
    drawn = []
    for name, title in _LINES.items():
        points = {code: list(_points(history, code, name)) for code in codes}
        if len(history) >= 2 and any(points.values()):
            picture = svg(partial(_lines, points, title, AIM if name == "saved" else None), (7.2, 2.8))
            drawn.append(Plot(f"history-{name}.svg", f"{title} over time; the table has the newest numbers.", picture))
    return drawn


def _lines(points: Mapping[str, Sequence[tuple[date, float]]], title: str, aim: float | None, axes: Any) -> None:
    for code, known in points.items():
        if known:
            axes.plot(*zip(*known, strict=True), marker=".", label=code)
    if aim is not None:
        axes.axhline(100 * aim, color=INK, linestyle="--", label="aim")
    axes.set(ylim=(0, 101), ylabel=f"{title}, %")
    axes.legend()
    axes.figure.autofmt_xdate()


def _points(history: Sequence[Entry], code: str, name: str) -> Iterator[tuple[date, float]]:
    for entry in history:
        if name in entry.languages.get(code, {}):
            yield entry.day, 100 * entry.languages[code][name]
