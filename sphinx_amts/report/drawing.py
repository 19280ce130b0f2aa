"""A plot as SVG, by matplotlib; the only module that knows it, and it is used only where matplotlib is installed.

The same numbers give the same bytes.  Letters and lines are grey on nothing, which can be read on white paper and in the dark.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from typing import Any

__all__ = ["INK", "svg"]

INK = "#7a828c"
_SETTINGS: dict[Any, Any] = {
    "svg.hashsalt": "sphinx-amts",
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.family": "sans-serif",
    "legend.frameon": False,
    **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), INK),
}


def svg(draw: Callable[..., None], size: tuple[float, float], columns: int = 1) -> bytes:
    """A picture of some inches; ``draw`` gets the axes of each of its columns."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    file = io.BytesIO()
    with mpl.rc_context(_SETTINGS), warnings.catch_warnings():
        # The font that measures lacks some scripts; the one that draws is the reader's own.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from")
        figure = Figure(figsize=size, layout="constrained")
        draw(*figure.subplots(1, columns, sharey=True, squeeze=False)[0])
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return file.getvalue()
