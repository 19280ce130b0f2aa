"""Pairs whose inline codes are kept, to and from TMX 1.4b.

A placeholder is ``<ph x="n">``, a pair ``<bpt i="n" x="n">`` and ``<ept i="n">``; each holds the code as it stands in a file.
Law: what ``as_tmx`` writes, ``read`` reads as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from sphinx_amts.masked import TAG, problem
from sphinx_amts.model import InlineCode, Masked, Origin, State
from sphinx_amts.pairs.elements import ORDERED, in_numbers_of, masked_of
from sphinx_amts.pairs.tmx import Tu, units

__all__ = ["Pair", "as_tmx", "read", "unwritable"]

_NAME = "sphinx-amts"
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that no XML file may hold."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A source and its target as masked texts whose tags have the same numbers.

    ``before`` and ``after`` are the masked sources beside it, empty where that is not known.
    """

    source: Masked
    target: Masked
    origin: str = Origin.TM
    state: State = State.TRANSLATED
    before: str = ""
    after: str = ""
    document: str = ""


def read(path: Path, source: str, target: str) -> Iterator[tuple[Pair, tuple[str, str]]]:
    """Each pair of a TMX file with codes, and the same pair as texts in which codes are written out.

    Only a file of ours is believed what it says of origin and state.  Codes of files from elsewhere are recognised by
    their number, then by what they hold; a pair whose codes do not correspond is still given.  Raises ConfigError as
    ``tmx.read`` does.
    """
    for unit in units(path, source, target):
        one, other = masked_of(unit.source), masked_of(unit.target)
        known = unit.properties if unit.tool == _NAME else {}
        yield (
            Pair(
                one.masked,
                in_numbers_of(one, other),
                origin=known.get("x-origin", Origin.TM),
                state=_state(known.get("x-state", "")),
                before=known.get("x-context-pre", ""),
                after=known.get("x-context-post", ""),
                document=known.get("x-document", ""),
            ),
            _texts(unit),
        )


def _texts(unit: Tu) -> tuple[str, str]:
    return "".join(item.text for item in unit.source).strip(), "".join(item.text for item in unit.target).strip()


def _state(text: str) -> State:
    return State(text) if text in {state.value for state in State} else State.TRANSLATED


def unwritable(pair: Pair) -> str:
    """Why a pair may not stand in TMX, as people read it; empty where it may."""
    sides = (pair.source, pair.target)
    if not all(side.text.strip() for side in sides):
        return "empty"
    texts = [pair.before, pair.after, pair.document, pair.origin, *(side.text for side in sides)]
    texts += [part or "" for side in sides for code in side.codes for part in (code.kind, code.opening, code.closing)]
    if any(_FORBIDDEN.search(text) for text in texts):
        return "with a control character"
    if problem(pair.source.text, pair.target.text):
        return "with other inline codes than the source"
    return ""


def as_tmx(pairs: Iterable[Pair], source: str, target: str) -> bytes:
    """The pairs as TMX 1.4b, between two languages; none of them may be unwritable."""
    return "".join(_lines(pairs, quoteattr(source), quoteattr(target))).encode("utf-8")


def _lines(pairs: Iterable[Pair], source: str, target: str) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n'
    yield f'<header creationtool="{_NAME}" creationtoolversion="1" segtype="sentence" o-tmf="{_NAME}"'
    yield f' adminlang="en" srclang={source} datatype="unknown"/>\n<body>\n'
    for pair in pairs:
        yield "<tu>"
        for name, value in (
            ("x-document", pair.document),
            ("x-origin", pair.origin),
            ("x-state", pair.state.value),
            ("x-context-pre", pair.before),
            ("x-context-post", pair.after),
        ):
            if value:
                yield f'<prop type="{name}">{_escaped(value)}</prop>'
        yield f"\n<tuv xml:lang={source}><seg>{_segment(pair.source)}</seg></tuv>"
        yield f"\n<tuv xml:lang={target}><seg>{_segment(pair.target)}</seg></tuv></tu>\n"
    yield "</body>\n</tmx>\n"


def _segment(side: Masked) -> str:
    parts, at = [], 0
    for tag in TAG.finditer(side.text):
        parts += [_escaped(side.text[at : tag.start()]), _element(tag, side.codes[int(tag["number"]) - 1])]
        at = tag.end()
    return "".join([*parts, _escaped(side.text[at:])])


def _element(tag: re.Match[str], code: InlineCode) -> str:
    number = tag["number"]
    kind = quoteattr(code.kind + (ORDERED if code.ordered else ""))
    if tag["alone"]:
        return f'<ph x="{number}" type={kind}>{_escaped(code.opening)}</ph>'
    if tag["close"]:
        return f'<ept i="{number}">{_escaped(code.closing or "")}</ept>'
    return f'<bpt i="{number}" x="{number}" type={kind}>{_escaped(code.opening)}</bpt>'


def _escaped(text: str) -> str:
    return escape(text, {"\r": "&#13;"})
