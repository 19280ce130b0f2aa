"""Masked text in, masked text out: whatever Apertium does to a sentence, its tags are there afterwards."""

from __future__ import annotations

import queue
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TypeVar

from sphinx_amts.engines.apertium.installed import Mode
from sphinx_amts.engines.apertium.marking import Node, marked, nodes, unmarked
from sphinx_amts.engines.apertium.pipe import Pipe
from sphinx_amts.masked import problem, strip_tags

__all__ = ["Drafter", "side_by_side"]

_FIRST = re.compile(r"(?:<[1-9][0-9]*>|[^\w<])*(?P<word>[^\W\d_]\w*)")
"""The first word, behind signs and tags that open a pair."""
_LOOSE = re.compile(r" +(?=[.,;:!?])")
_Item = TypeVar("_Item")
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class Drafter:
    """Translates with one pipe, with terms that stand in for their sources."""

    pipe: Pipe
    terms: Mapping[str, str] = field(default_factory=dict)
    """By their sources in small letters; the same in all cases."""
    pattern: re.Pattern[str] | None = None
    """Finds the terms."""

    def draft(self, masked: str) -> str:
        """The translation of a sentence, with the same tags in the same pairs; raises Broken where there is none."""
        if not any(map(str.isalpha, strip_tags(masked))):
            return masked
        mode = self.pipe.mode
        stream = marked(masked, mode.source, mode.target, self.terms, self.pattern)
        text = _like(masked, unmarked(self.pipe.translate(stream.text), stream))
        return text if problem(masked, text) is None else self.in_pieces(masked)

    def has_terms(self, source: str, target: str) -> bool:
        """Whether the target has every term that stands for one of the source, in whatever case."""
        found = {hit[0].lower() for hit in self.pattern.finditer(source)} if self.pattern else set()
        return all(self.terms[term].lower() in target.lower() for term in found if term in self.terms)

    def in_pieces(self, masked: str) -> str:
        """The same, each text between two tags by itself: worse, but its tags stand as they do in the source."""
        return self._pieces(nodes(masked))

    def _pieces(self, parts: Iterable[str | Node]) -> str:
        pieces = []
        for part in parts:
            if isinstance(part, str):
                text = part.strip()
                start = part.index(text)
                # A word may have no translation of its own: "will" is the end of a Spanish verb.
                pieces.append(f"{part[:start]}{self.draft(text) or text}{part[start + len(text) :]}")
            elif part.inside is None:
                pieces.append(f"<{part.number}/>")
            else:
                pieces.append(f"<{part.number}>{self._pieces(part.inside)}</{part.number}>")
        return "".join(pieces)


def _like(source: str, target: str) -> str:
    """The target written as its source is: no blank before a full stop, a capital or a small letter in front.

    Only where both begin with a word.
    """
    if not _LOOSE.search(source):
        target = _LOOSE.sub("", target)
    first, other = _FIRST.match(source), _FIRST.match(target)
    if first is None or other is None:
        return target
    word, at = other["word"], other.start("word")
    if first["word"][0].isupper():
        return f"{target[:at]}{word[0].upper()}{target[at + 1 :]}"
    is_name = any(map(str.isupper, word[1:]))
    return target if is_name else f"{target[:at]}{word[0].lower()}{target[at + 1 :]}"


def side_by_side(
    mode: Mode,
    timeout: float,
    jobs: int,
    items: Sequence[_Item],
    work: Callable[[Pipe, _Item], _Made],
) -> Iterator[_Made]:
    """What ``work`` makes of each item, in order, with so many pipes at once; the processes end with the last item."""
    with ExitStack() as stack:
        free: queue.SimpleQueue[Pipe] = queue.SimpleQueue()
        for _ in range(max(1, min(jobs, len(items)))):
            free.put(stack.enter_context(Pipe(mode, timeout)))
        pool = ThreadPoolExecutor(max(1, min(jobs, len(items))))
        # What is still to do is dropped before the pipes close.
        stack.callback(pool.shutdown, cancel_futures=True)

        def one(item: _Item) -> _Made:
            pipe = free.get()
            try:
                return work(pipe, item)
            finally:
                free.put(pipe)

        yield from pool.map(one, items)
