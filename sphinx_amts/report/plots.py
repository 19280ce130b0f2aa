"""Plots as SVG, by matplotlib; the only module that draws, and it is used only where matplotlib is installed.

The same numbers give the same bytes.  Letters and lines are grey on nothing, which can be read on white paper and in the dark.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sphinx_amts.report.history import Entry
from sphinx_amts.sync.effort import AIM
from sphinx_amts.sync.status import STATES

__all__ = ["Plot", "coverage_plot", "history_plots"]

_GREY = "#7d8590"
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
    figure, axes = _figure(0.8 + 0.4 * len(counts))
    codes = list(counts)[::-1]
    starts = [0.0] * len(codes)
    for state in STATES:
        totals = (max(counts[code]["total"], 1) for code in codes)
        shares = [100 * counts[code][state] / total for code, total in zip(codes, totals, strict=True)]
        axes.barh(codes, shares, left=starts, color=_COLORS[state], label=state.replace("_", " "))
        starts = [start + share for start, share in zip(starts, shares, strict=True)]
    axes.set(xlim=(0, 100), xlabel="% of the sentences")
    axes.legend(ncols=5, loc="lower left", bbox_to_anchor=(0, 1), frameon=False, labelcolor=_GREY)
    return Plot("coverage.svg", "How the sentences of each language stand; the table has the numbers.", _svg(figure))


def history_plots(history: Sequence[Entry], codes: Sequence[str]) -> list[Plot]:
    """How shares went on over time, a line for each of some languages; nothing where there are not two days to compare."""
    drawn = []
    for name, title in _LINES.items():
        points = {code: list(_points(history, code, name)) for code in codes}
        if len(history) < 2 or not any(points.values()):
            continue
        figure, axes = _figure(2.8)
        for code, known in points.items():
            if known:
                axes.plot(*zip(*known, strict=True), marker=".", label=code)
        if name == "saved":
            axes.axhline(100 * AIM, color=_GREY, linestyle="--", label="aim")
        axes.set(ylim=(0, 101), ylabel=f"{title}, %")
        axes.legend(frameon=False, labelcolor=_GREY)
        figure.autofmt_xdate()
        drawn.append(Plot(f"history-{name}.svg", f"{title} over time; the table has the newest numbers.", _svg(figure)))
    return drawn


def _points(history: Sequence[Entry], code: str, name: str) -> Iterator[tuple[date, float]]:
    for entry in history:
        if name in entry.languages.get(code, {}):
            yield entry.day, 100 * entry.languages[code][name]


def _figure(height: float) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, height), layout="constrained")
    axes = figure.add_subplot()
    axes.set_facecolor("none")
    axes.tick_params(colors=_GREY)
    axes.xaxis.label.set_color(_GREY)
    axes.yaxis.label.set_color(_GREY)
    for spine in axes.spines.values():
        spine.set_color(_GREY)
    return figure, axes


def _svg(figure: Any) -> bytes:
    import matplotlib as mpl

    stream = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "sphinx-amts"}):
        figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return stream.getvalue()
