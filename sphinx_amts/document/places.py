"""Where the text of a node stands in its file.

Sphinx keeps the source text of a node (``rawsource``) with white space as its parser saw it, and a line number that is
right within a few lines.  A place is an occurrence of that text, white space and line prefixes aside, that fills a block:
nothing but structure stands before it on its first line and behind it on its last one.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from sphinx_amts.model import Span

__all__ = ["Places"]

_LIST = r"[-*+•‣⁃]|(?:\d+|[A-Za-z]|[ivxlcdmIVXLCDM]+|\#)[.)]|\((?:\d+|[A-Za-z]|[ivxlcdm]+|\#)\)"
_DASH = r"(?<![-—])(?:---?|—)(?![-—])"
_BEFORE = {
    "markdown": re.compile(
        rf"""(?:\s | > | (?:{_LIST})(?=\s) | \#{{1,6}}(?=\s) | :(?=\s) | \[\^[^\]\s]+\]: | \[[ xX]\](?=\s)
        | (?:`{{3,}}|:{{3,}}|~{{3,}})\s*\{{[^}}\n]*\}} | :[^:\s][^:\n]*:(?=\s) | \.\.\s\S+:: | \([^()\n]*\)=
        | [\w-]+:(?=\s) | ["'](?=.) | (?<=:\s)["'] | [|] | {_DASH} )*\Z""",
        re.VERBOSE,
    ),
    "rst": re.compile(
        rf"""(?:\s | (?:{_LIST})(?=\s) | \.\.\s\|[^|\n]+\|\s[\w:.+-]+:: | \.\.\s\[[^\]\n]+\] | \.\.\s[\w:.+-]+::
        | \.\.\s__: | __(?=\s) | :(?:[^:\\\n]|\\.|:(?!\s))+:(?=\s) | \|(?=\s) | ["'](?=.) | > | {_DASH}
        | (?:(?>(?:--?|/)[\w-]++(?:[ =]<?[\w-]++>?)?)(?:,\s|(?=\s\s)))+\s\s )*\Z""",
        re.VERBOSE,
    ),
}
_AFTER = {
    "markdown": re.compile(r"(?:\s+\#+)?(?:\s*\{[^}\n]*\})?(?:\s*<[^<>\n]+>)?\s*[\"']?\s*\Z"),
    "rst": re.compile(r"(?:\s*::)?(?:\s*<[^<>\n]+>)?(?:\s:\s.*)?\s*[\"']?\s*\Z"),
}
_CELL_BEFORE = re.compile(r"(?:\A|.*[^\\]\|)[\s>]*\Z|[\s>]*\|?[\s>]*\Z")
_CELL_AFTER = re.compile(r"\s*(?:\|.*)?\Z")
_WORD = re.compile(r"\S+")
_WINDOW = 40
"""How many lines around a node's line are searched first: its line number is seldom off by more than three."""
_MARGIN = {"markdown": re.compile(r"[ \t>]*"), "rst": re.compile(r"[ \t]*")}


class Places:
    """The places of one file's text; ``syntax`` is ``markdown`` or ``rst``.

    Every span is given out once: a text that occurs five times has five places.
    """

    def __init__(self, text: str, syntax: str) -> None:
        self.text = text
        self.syntax = syntax
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self._taken: list[Span] = []
        self._starts: list[int] = []
        self._folded, self._folded_starts, self._raw_starts = _fold(text, _MARGIN[syntax])

    def line(self, offset: int) -> int:
        """The number of the line, from 1, that holds an offset."""
        return bisect_right(self._lines, offset)

    def line_start(self, number: int) -> int:
        """The offset at which a line starts."""
        return self._lines[min(max(number, 1), len(self._lines)) - 1]

    def find(self, message: str, line: int, shape: str = "block") -> Span | None:
        """The free place of a text nearest to a line, marked as taken; ``None`` where there is none.

        ``shape`` says what it must fill: a ``block``, a ``cell`` of a table, the name of a ``field``, a ``classifier``,
        the alternative text of an ``image``.
        """
        wanted = " ".join(message.split())
        if not wanted:
            return None
        near = self._nearest(wanted, line, shape, line - _WINDOW, line + _WINDOW) if line else None
        span = near or self._nearest(wanted, line, shape, 0, len(self._lines))
        if span is not None:
            self.take(span)
        return span

    def _nearest(self, wanted: str, line: int, shape: str, first: int, last: int) -> Span | None:
        best: Span | None = None
        distance = len(self._lines)
        at = self._folded.find(wanted, self._fold(self.line_start(first)))
        while at >= 0:
            span = Span(self._raw(at), self._raw(at + len(wanted) - 1) + 1)
            here = self.line(span.start)
            if here > last or here - line > distance:
                break
            if abs(here - line) < distance and self._free(span) and self._fills(span, shape):
                best, distance = span, abs(here - line)
            at = self._folded.find(wanted, at + 1)
        return best

    def take(self, span: Span) -> None:
        """Mark a span as somebody's place."""
        index = bisect_right(self._starts, span.start)
        self._starts.insert(index, span.start)
        self._taken.insert(index, span)

    def _free(self, span: Span) -> bool:
        index = bisect_right(self._starts, span.start)
        before = index == 0 or self._taken[index - 1].end <= span.start
        return before and (index == len(self._taken) or self._taken[index].start >= span.end)

    def _fold(self, offset: int) -> int:
        word = bisect_left(self._raw_starts, offset)
        return self._folded_starts[word] if word < len(self._folded_starts) else len(self._folded)

    def _raw(self, folded: int) -> int:
        word = bisect_right(self._folded_starts, folded) - 1
        return self._raw_starts[word] + folded - self._folded_starts[word]

    def _fills(self, span: Span, shape: str) -> bool:
        start = self.text.rfind("\n", 0, span.start) + 1
        end = self.text.find("\n", span.end)
        before = self.text[start : span.start]
        after = self.text[span.end : end if end >= 0 else len(self.text)]
        if shape == "field":
            return before.endswith(":") and after.startswith(":")
        if shape == "classifier":
            return before.endswith(" : ") and (not after.strip() or after.startswith(" : "))
        if shape == "image" and before.endswith("![") and after.startswith("]("):
            return True
        if _BEFORE[self.syntax].match(before) and _AFTER[self.syntax].match(after):
            return True
        return shape == "cell" and bool(_CELL_BEFORE.match(before) and _CELL_AFTER.match(after))


def _fold(text: str, margin: re.Pattern[str]) -> tuple[str, list[int], list[int]]:
    """The words of a text, one blank between, line prefixes dropped; where each starts there, and in the text."""
    words: list[str] = []
    folded_starts: list[int] = []
    raw_starts: list[int] = []
    offset = at = 0
    for line in text.splitlines(keepends=True) if "\n" in text else [text]:
        prefix = margin.match(line)
        assert prefix is not None  # the pattern matches the empty string
        for word in _WORD.finditer(line, prefix.end()):
            words.append(word[0])
            folded_starts.append(at)
            raw_starts.append(offset + word.start())
            at += len(word[0]) + 1
        offset += len(line)
    return " ".join(words), folded_starts, raw_starts
