"""Requests as HTML that Amazon Translate reads, and its answers as masked text.

1. ``documents`` writes each segment as a block of its own, ``<p id="s-ID">``, the blocks of a source document one behind
   the other.  ``segment_id`` is the ID: the same for two requests that would be paid for twice for nothing.
2. ``masked_texts`` reads an answer by these ids.  What is damaged becomes a ``Fault``, never an exception.

Every inline code is a ``<span>`` with an id of its own: ``s-``, the beginning of the segment's id, and its number; short,
as nobody says that tags are free.  ``<span translate="no">`` is the one inline element in Amazon's documentation.  A
``<span>`` means nothing, so it adds no meaning to the words in a pair; it may stand in itself, which a link may not; and
parsers of HTML neither repeat it where tags cross, as they do with ``<b>`` or ``<a>``, nor end the sentence at it, as
they may with an element that they do not know.  Only its id tells which code it is: without ids, or with too few or too
many tags, an answer is not understood and nothing is guessed.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from json import dumps

from sphinx_amts.engines.amazon.reading import END, ID, Damage, masked_text
from sphinx_amts.engines.amazon.shown import shown
from sphinx_amts.masked import TAG, key, problem
from sphinx_amts.model import Request

__all__ = ["Fault", "HtmlDocument", "documents", "masked_texts", "segment_id", "segment_ids"]

_CLOSED = "</p>"
_TAIL = "</body></html>"

_BLOCK = re.compile(rf"<p\s(?:[^<>]*?\s)?{ID}(?P<id>[0-9a-f]{{20}}){END}[^<>]*>", re.IGNORECASE)
_CLOSE = re.compile(r"</p\s*>", re.IGNORECASE)
_NOTHING = re.compile(r"\s*(?:</body\s*>\s*)?(?:</html\s*>\s*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why the segment ``id`` cannot be sent, or what is wrong with its answer."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class HtmlDocument:
    """A document for Amazon: segments of one source document, in their order."""

    name: str
    """A file name: ASCII, without folders, and no other document's, whatever the file system thinks of case."""
    text: str
    ids: tuple[str, ...]
    """The ids of its segments."""
    characters: int
    """What it is expected to cost: the characters that a reader sees, blanks and protected text included."""


@dataclass(frozen=True, slots=True)
class _Block:
    id: str
    html: str
    characters: int
    size: int


def segment_id(request: Request) -> str:
    """What makes two requests one to a service that is paid by character: their words, and what their codes are."""
    codes = [(code.kind, code.opening, code.closing) for code in request.codes]
    return sha256(dumps([key(request.source), codes]).encode("ascii")).hexdigest()[:20]


def segment_ids(html: str) -> tuple[str, ...]:
    """The ids of the blocks of a document, in their order."""
    return tuple(block["id"].lower() for block in _BLOCK.finditer(html))


def documents(
    requests: Iterable[Request], *, language: str, most_characters: int, most_bytes: int
) -> Iterator[HtmlDocument | Fault]:
    """The requests as HTML documents in ``language``, Amazon's code for it; none is longer than a limit allows.

    Every segment comes once: in a document, or as the fault for which it cannot be sent.
    """
    head = f'<!DOCTYPE html><html lang="{escape(language)}"><head><meta charset="utf-8"></head><body>'
    room = most_bytes - len(head.encode()) - len(_TAIL)
    numbers = itertools.count(1)
    for source, asked in _by_document(requests).items():
        blocks: list[_Block] = []
        for id, request in asked.items():
            if why := _unfit(block := _block(id, request), request, most_characters, room):
                yield Fault(id, why)
            else:
                blocks.append(block)
        for run in _runs(blocks, most_characters, room):
            yield HtmlDocument(
                _name(next(numbers), source),
                head + "".join(block.html for block in run) + _TAIL,
                tuple(block.id for block in run),
                sum(block.characters for block in run),
            )


def _by_document(requests: Iterable[Request]) -> dict[str, dict[str, Request]]:
    """The requests of each source document by their segments' ids, each id once."""
    found: dict[str, dict[str, Request]] = {}
    seen: set[str] = set()
    for request in requests:
        id = segment_id(request)
        if id not in seen:
            found.setdefault(request.document, {})[id] = request
        seen.add(id)
    return found


def _runs(blocks: Sequence[_Block], most_characters: int, most_bytes: int) -> Iterator[list[_Block]]:
    """Neighbours as far as they fit together."""
    run: list[_Block] = []
    characters = size = 0
    for block in blocks:
        if run and (characters + block.characters > most_characters or size + block.size > most_bytes):
            yield run
            run, characters, size = [], 0, 0
        run.append(block)
        characters += block.characters
        size += block.size
    if run:
        yield run


def _name(number: int, source: str) -> str:
    """``0001-chapter_intro-index.html``: the number tells documents apart, the rest is for people."""
    plain = unicodedata.normalize("NFKD", re.sub(r"\.\w+$", "", source)).encode("ascii", "ignore").decode()
    words = "-".join(re.findall(r"[A-Za-z0-9_]+", plain))[:60]
    return f"{number:04}-{words}.html" if words else f"{number:04}.html"


def _block(id: str, request: Request) -> _Block:
    """A segment as HTML."""
    source = key(request.source)
    html, characters, done = [f'<p id="s-{id}">'], 0, 0
    for tag in TAG.finditer(source):
        words = source[done : tag.start()]
        text = shown(request.codes, int(tag["number"])) if tag["alone"] else ""
        html += [escape(words, quote=False), _span(id, tag, text)]
        characters += len(words) + len(text)
        done = tag.end()
    block = "".join([*html, escape(source[done:], quote=False), _CLOSED])
    return _Block(id, block, characters + len(source) - done, len(block.encode("utf-8", "surrogatepass")))


def _unfit(block: _Block, request: Request, most_characters: int, most_bytes: int) -> str | None:
    """Why a block cannot be sent."""
    if bad := next((char for char in block.html if unicodedata.category(char) in ("Cc", "Cs")), None):
        return f"it contains the character U+{ord(bad):04X}, which cannot be sent"
    if block.characters > most_characters:
        return f"it has {block.characters:,} characters, and at most {most_characters:,} can be sent at once"
    if block.size > most_bytes:
        return f"as HTML it has {block.size:,} bytes, and at most {most_bytes:,} can be sent at once"
    return problem(request.source, request.source)


def _span(id: str, tag: re.Match[str], text: str) -> str:
    if tag["close"]:
        return "</span>"
    own = f"s-{id[:6]}-{tag['number']}"
    return (
        f'<span translate="no" id="{own}">{escape(text, quote=False)}</span>' if tag["alone"] else f'<span id="{own}">'
    )


def masked_texts(html: str, requests: Iterable[Request]) -> dict[str, str | Fault]:
    """What an answer says to each segment that was asked: its masked text, or what is wrong with its block.

    Never raises, whatever the answer is.  A block counts when it is whole: begun once, closed, and with nothing behind
    it that could belong to it.  The text of protected spans is the source's own and is not looked at, unless words
    moved into it.  Words are handed on as they are: whether a text is a translation is for the gate to say.

    Law: the documents of requests, read as answers, give the keys of their sources.
    """
    asked = {segment_id(request): request for request in requests}
    starts = list(_BLOCK.finditer(html))
    found: dict[str, str | Fault] = {}
    for start, following in itertools.zip_longest(starts, starts[1:]):
        id = start["id"].lower()
        if id in found:
            found[id] = Fault(id, "it came back twice")
        elif id in asked:
            found[id] = _masked(id, html[start.end() : following.start() if following else None], asked[id])
    return {id: found.get(id, Fault(id, "it is missing in the answer")) for id in asked}


def _masked(id: str, html: str, request: Request) -> str | Fault:
    """The masked text of what stands between the begin of a block and the next."""
    close = _CLOSE.search(html)
    if close is None:
        return Fault(id, "it came back cut off")
    if not _NOTHING.fullmatch(html, close.end()):
        return Fault(id, "it came back in pieces")
    try:
        return masked_text(id, html[: close.start()], request)
    except Damage as why:
        return Fault(id, str(why))
