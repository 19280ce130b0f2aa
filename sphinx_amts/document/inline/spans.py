r"""Spans beside each other: the words between them, and the glue at their edges.

Glue gives a construct the edge that its grammar wants and readers nothing: ``\ `` in reST, ``&#8203;`` in Markdown.
It belongs to the construct beside it, so that masked text has none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from sphinx_amts.document.inline import InlineSpan

__all__ = ["attached", "disjoint", "gaps", "glued", "moved", "unglued"]


def gaps(spans: Sequence[InlineSpan], start: int, end: int) -> Iterator[tuple[int, int]]:
    """The ranges between two offsets that no span covers."""
    for span in spans:
        if start < span.start:
            yield start, span.start
        start = span.end
    if start < end:
        yield start, end


def disjoint(spans: Sequence[InlineSpan]) -> list[InlineSpan]:
    """The spans, with those that overlap (a rule that reads beyond its bounds) as one placeholder."""
    result: list[InlineSpan] = []
    for span in spans:
        if result and span.start < result[-1].end:
            last = result.pop()
            span = InlineSpan(last.kind, last.start, max(last.end, span.end))
        result.append(span)
    return result


def moved(span: InlineSpan, by: int) -> InlineSpan:
    """The same span in a text that begins ``by`` characters earlier."""
    inner = None if span.inner is None else (span.inner[0] + by, span.inner[1] + by)
    children = tuple(moved(child, by) for child in span.children)
    return replace(span, start=span.start + by, end=span.end + by, inner=inner, children=children)


def attached(text: str, spans: Sequence[InlineSpan], glue: str, fixed: Collection[str]) -> Iterator[InlineSpan]:
    """The spans, with glue that touches one as part of it, unless its kind is ``fixed``: such a code needs no edge."""
    if glue not in text:
        yield from spans
        return
    done: list[InlineSpan] = []
    pending: list[InlineSpan] = []
    for span in spans:
        touches = bool(pending) and pending[-1].end == span.start
        if pending and not touches:
            done += pending
            pending = []
        if text[span.start : span.end] == glue and span.inner is None:
            if not pending and done and done[-1].end == span.start and done[-1].kind not in fixed:
                done[-1] = replace(done[-1], end=span.end)
            else:
                pending.append(span)
        elif pending and span.kind not in fixed:
            done.append(replace(span, start=pending[0].start))
            pending = []
        else:
            done += [*pending, span]
            pending = []
    yield from [*done, *pending]


def glued(bare: str, glue: str) -> Iterator[str]:
    """A construct as it is, then with glue behind it, before it, on both sides."""
    yield bare
    yield bare + glue
    yield glue + bare
    yield glue + bare + glue


def unglued(markup: str, glue: str) -> str:
    """Markup without the glue at its edges."""
    while markup.startswith(glue):
        markup = markup[len(glue) :]
    while markup.endswith(glue):
        markup = markup[: -len(glue)]
    return markup
