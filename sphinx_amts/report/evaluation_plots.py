"""Plots of an evaluation, where matplotlib is installed; the only module that knows it.

A plot is an SVG picture in an address of its own: what stands in it cannot run, whatever an article is called.
"""

from __future__ import annotations

import base64
import importlib.util
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sphinx_amts.evaluate import METRICS, Cell, Evaluation, Side

__all__ = ["Plot", "plots"]

_INK = "#7a828c"
"""Read on white as well as on black."""
_SETTINGS: dict[Any, Any] = {
    "svg.hashsalt": "sphinx-amts",
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.family": "sans-serif",
    **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), _INK),
}
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
    with _drawing() as figure:
        yield Plot("Each variant over all articles, with its 95 % interval.", _intervals(figure, cells))
        if len(cells[0].bleu) > 1:
            yield Plot("BLEU of each article, a dot for each variant.", _articles(figure, cells))


@contextmanager
def _drawing() -> Iterator[Any]:
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    def figure(columns: int, rows: float) -> Any:
        """A figure that belongs to nobody else: it is not in pyplot's list."""
        made = Figure(figsize=(9, rows), layout="constrained")
        FigureCanvasSVG(made)
        return made, made.subplots(1, columns, sharey=True, squeeze=False)[0]

    with mpl.rc_context(_SETTINGS), warnings.catch_warnings():
        # The font that measures lacks some scripts; the one that draws is the reader's own.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from")
        yield figure


def _intervals(figure: Any, cells: list[Cell]) -> str:
    made, axes = figure(len(METRICS), 1.0 + 0.35 * len(cells))
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
        own.set_title(metric, color=_INK, fontsize="medium")
        own.grid(axis="x", alpha=0.3)
    axes[0].set_yticks(range(len(cells)), [_shown(cell.variant.name) for cell in cells])
    axes[0].set_ylim(len(cells) - 0.5, -0.5)
    return _address(made)


def _articles(figure: Any, cells: list[Cell]) -> str:
    names = list(cells[0].bleu)
    made, (axes,) = figure(1, 1.2 + 0.25 * len(names))
    for at, cell in enumerate(cells):
        places = [place for place, name in enumerate(names) if name in cell.bleu]
        values = [cell.bleu[names[place]] / 100 for place in places]
        # A name that begins with _ would be left out of the legend.
        axes.plot(values, places, "o", color=_COLOURS[at % len(_COLOURS)], label=" " + _shown(cell.variant.name))
    axes.set_yticks(range(len(names)), [_shown(name) for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlabel("BLEU")
    axes.grid(alpha=0.3)
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    return _address(made)


_LONGEST = 40


def _shown(name: str) -> str:
    """A name without what no picture can hold."""
    text = "".join(letter for letter in name if letter.isprintable())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _address(figure: Any) -> str:
    file = io.BytesIO()
    figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    return f"data:image/svg+xml;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"
