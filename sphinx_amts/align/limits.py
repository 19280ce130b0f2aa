"""What is too large to align, or no text at all: the reason, and what to do, in words that follow a file's name."""

from __future__ import annotations

import re
from pathlib import Path

from sphinx_amts.align.pages import is_page
from sphinx_amts.document.flat import flatten
from sphinx_amts.errors import BookError

__all__ = ["EMPTY", "too_many", "too_much", "unreadable"]

_LARGEST = 5_000_000
_LARGEST_READ = 20 * _LARGEST
"""Bytes of a file that may hold pictures, as notebooks do."""
_MOST_LINES = 200_000
_LONGEST_PARAGRAPH = 200_000
MOST_BLOCKS = 5_000
"""Two documents of so many blocks with nothing in common but words take half a minute and 1 GB."""
_CUT = "cut it into chapters"
_AGAIN = "save it with Jupyter again"
EMPTY = "is empty"


def unreadable(path: Path) -> str | None:
    """Why a file is left out, if it is: nothing of it would be worth aligning, or reading it would take for ever."""
    if not path.is_file():
        return "is a directory, not a file" if path.is_dir() else "there is no such file"
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= _LARGEST_READ else b""
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if size > _LARGEST_READ or (is_page(path) and size > _LARGEST):
        return f"has {size:,} bytes: too large; {_CUT}"
    if not raw.strip():
        return EMPTY
    if b"\0" in raw:
        return "is no text; give the text that it was made from"
    if is_page(path):
        return None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return f"is not UTF-8 (line {line}); save it as UTF-8"
    if path.suffix == ".ipynb":
        return _unreadable_notebook(text)
    lines = text.count("\n")
    if size > _LARGEST or lines > _MOST_LINES:
        return f"has {lines:,} lines and {size:,} bytes: too large; {_CUT}"
    return too_much(text)


def _unreadable_notebook(text: str) -> str | None:
    try:
        return too_much(flatten(text, ".ipynb").prose())
    except BookError as error:
        return f"{error.message} (line {error.line}); {_AGAIN}" if error.line else f"{error.message}; {_AGAIN}"


def too_much(text: str) -> str | None:
    """Why a text is left out, if its paragraphs are too long or too many: time grows faster than they do."""
    paragraphs = re.split(r"\n[ \t]*\n\s*", text)
    longest = max(map(len, paragraphs))
    if longest > _LONGEST_PARAGRAPH:
        return f"has a paragraph of {longest:,} characters: too long; break it with blank lines"
    if len(paragraphs) > 4 * MOST_BLOCKS:  # most may be code
        return f"has {len(paragraphs):,} paragraphs: too many; {_CUT}"
    return None


def too_many(blocks: int) -> str | None:
    """Why a document is left out, if it has too many blocks."""
    return f"has {blocks:,} paragraphs: too many; {_CUT}" if blocks > MOST_BLOCKS else None
