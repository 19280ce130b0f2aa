"""Plots of an evaluation, where matplotlib is installed.

A plot is an SVG picture in an address of its own: what stands in it cannot run, whatever an article is called.
"""

from __future__ import annotations

import base64
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from sphinx_amts.evaluate import METRICS, Cell, Evaluation, Side
from sphinx_amts.report.drawing import svg

__all__ = ["Plot", "plots"]

_COLOURS = ("#0969da", "#d4791f", "#2da44e", "#a475f9", "#d1446f", "#6e7781")


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture, and what it shows for those who do not see it."""

    caption: str
    address: str


def plots(evaluation: Evaluation, side: Side) -> list[Plot] | None:
    """The plots of a direction; ``None`` where matplotlib is missing."""
    if importlib.util.find_spec("matplotlib") is None:
        return None
    cells = [cell for cell in evaluation.cells if cell.direction == side.direction and cell.system is not None]
    return list(_plots(cells)) if cells else []


def _plots(cells: list[Cell]) -> Iterator[Plot]:
    picture = svg(partial(_intervals, cells), (9, 1.0 + 0.35 * len(cells)), len(METRICS))
    yield Plot("Each variant over all articles, with its 95 % interval.", _address(picture))
    names = list(cells[0].bleu)
    if len(names) > 1:
        picture = svg(partial(_articles, cells, names), (9, 1.2 + 0.25 * len(names)))
        yield Plot("BLEU of each article, a dot for each variant.", _address(picture))


def _intervals(cells: list[Cell], *axes: Any) -> None:
    for metric, own in zip(METRICS, axes, strict=True):
        for at, cell in enumerate(cells):
            assert cell.system is not None
            score, scale = cell.system.scores[metric], 100 if metric == "BLEU" else 1
            own.errorbar(
                score.score / scale,
                at,
                xerr=score.half / scale,
                fmt="o",
                capsize=3,
                color=_COLOURS[at % len(_COLOURS)],
            )
        own.set_title(metric, fontsize="medium")
        own.grid(axis="x", alpha=0.3)
    axes[0].set_yticks(range(len(cells)), [_shown(cell.variant.name) for cell in cells])
    axes[0].set_ylim(len(cells) - 0.5, -0.5)


def _articles(cells: list[Cell], names: list[str], axes: Any) -> None:
    for at, cell in enumerate(cells):
        places = [place for place, name in enumerate(names) if name in cell.bleu]
        values = [cell.bleu[names[place]] / 100 for place in places]
        # A name that begins with _ would be left out of the legend.
        axes.plot(values, places, "o", color=_COLOURS[at % len(_COLOURS)], label=" " + _shown(cell.variant.name))
    axes.set_yticks(range(len(names)), [_shown(name) for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlabel("BLEU")
    axes.grid(alpha=0.3)
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))


_LONGEST = 40


def _shown(name: str) -> str:
    """A name without what no picture can hold."""
    text = "".join(letter for letter in name if letter.isprintable())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _address(picture: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(picture).decode('ascii')}"
