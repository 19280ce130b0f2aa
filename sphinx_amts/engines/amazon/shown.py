"""What Amazon sees of an inline code that it must not touch: short, and what a reader sees."""

from __future__ import annotations

from collections.abc import Sequence

from sphinx_amts.model import InlineCode
from sphinx_amts.plain import readable

__all__ = ["shown"]

_LONGEST = 30
"""Protected text is paid for too, and the start of a long address or formula tells enough."""


def shown(codes: Sequence[InlineCode], number: int) -> str:
    """The text of a placeholder as in parallel data, but never empty, on one line, without ``<``, ``>`` and ``&``."""
    text = readable(codes[number - 1]) if 0 < number <= len(codes) else ""
    text = "".join(char if char.isprintable() and char not in "<>&" else " " for char in text)
    return " ".join(text.split())[:_LONGEST].rstrip() or "·"
