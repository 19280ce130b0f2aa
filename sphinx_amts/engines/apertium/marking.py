"""Masked text as a stream of Apertium's that keeps codes and terms, and back.

A word between ``[[t:k:1]]`` and ``[[/]]`` keeps that mark through all programs, wherever the grammar moves it.  What must
not be translated is kept outside, and a stand-in goes through in its place; the words of a pair are all marked with
its number.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sphinx_amts.engines.apertium.grammar import noun, stand_in
from sphinx_amts.masked import TAG

__all__ = ["Node", "Stream", "marked", "nodes", "unmarked", "written"]

_SPECIAL = re.compile(r"[\\\[\]{}^$/<>@]")
_HIDDEN = re.compile(r"[~\x00-\x1f\x7f\ue000-\uf8ff]")
"""What Apertium swallows; it stands between brackets, which no program looks into."""
_MARKED = re.compile(
    r"\[\[(?P<marks>[^\]]*)\]\](?P<words>(?:\\.|[^\[\\])*)\[\[/\]\]"
    r"|\[(?P<hidden>[^\[\]]*)\]|\\(?P<escaped>.)|(?P<text>[^\\\[]+)|(?P<stray>\[)",
    re.DOTALL,
)
_MARK = re.compile(r"t:(?P<kind>[kb]):(?P<number>[0-9]+)")
_WORD = re.compile(r"[^\W_]+")
_ANGLES = re.compile(r"</?[a-zA-Z][^<>]*(?:>|$)|&#?\w+;")
"""What would be markup if its words were moved."""
_FREE = re.compile(r"$|[\s.,;:!?)]")
"""What may follow a name; in one word with something else it would be read as another."""
_CODE = "XPH"
"""Stands for a word that asks for no name behind it."""


class Node(NamedTuple):
    """A tag: a placeholder where ``inside`` is ``None``, else a pair with what stands inside."""

    number: int
    inside: tuple[str | Node, ...] | None


def nodes(masked: str) -> tuple[str | Node, ...]:
    """A masked text, whose tags are as they should be, as texts and tags."""
    stack: list[tuple[int, list[str | Node]]] = [(0, [])]
    done = 0
    for tag in TAG.finditer(masked):
        if tag.start() > done:
            stack[-1][1].append(masked[done : tag.start()])
        done = tag.end()
        if tag["alone"]:
            stack[-1][1].append(Node(int(tag["number"]), None))
        elif tag["close"]:
            number, inside = stack.pop()
            stack[-1][1].append(Node(number, tuple(inside)))
        else:
            stack.append((int(tag["number"]), []))
    if done < len(masked):
        stack[-1][1].append(masked[done:])
    return tuple(stack[0][1])


def written(parts: Sequence[str | Node]) -> str:
    """The masked text of texts and tags."""

    def one(part: str | Node) -> str:
        if isinstance(part, str):
            return part
        if part.inside is None:
            return f"<{part.number}/>"
        return f"<{part.number}>{written(part.inside)}</{part.number}>"

    return "".join(map(one, parts))


@dataclass(slots=True)
class Stream:
    """A text to translate, and what its stand-ins stand for."""

    text: str = ""
    kept: list[str] = field(default_factory=list)
    """Masked text, by the number of its mark."""
    pairs: list[int] = field(default_factory=list)
    """The numbers of the pairs whose words are marked, outer ones first."""


@dataclass(slots=True)
class _Writer:
    """Writes a stream from left to right."""

    source: str
    target: str
    terms: Mapping[str, str]
    pattern: re.Pattern[str] | None
    stream: Stream = field(default_factory=Stream)
    before: str = ""
    """The last word."""

    def write(self, parts: Sequence[str | Node], path: tuple[int, ...] = ()) -> None:
        for at, part in enumerate(parts):
            if isinstance(part, str):
                self._text(part, path)
            elif part.inside is None or not _has_words(part.inside):
                behind = next(iter(parts[at + 1 : at + 2]), "")
                is_joined = not isinstance(behind, str) or not _FREE.match(behind)
                before = _CODE if is_joined else self.before
                self._keep(written([part]), stand_in(self.source, before, len(self.stream.kept)), path)
            else:
                self.stream.pairs.append(part.number)
                self.write(part.inside, (*path, part.number))

    def _text(self, text: str, path: tuple[int, ...]) -> None:
        done = 0
        for found in _ANGLES.finditer(text):
            self._words(text[done : found.start()], path)
            self._keep(found[0], stand_in(self.source, _CODE, len(self.stream.kept)), path)
            done = found.end()
        self._words(text[done:], path)

    def _words(self, text: str, path: tuple[int, ...]) -> None:
        done = 0
        for found in self.pattern.finditer(text) if self.pattern else ():
            # A few letters match others in another case without becoming them.
            if found[0].lower() not in self.terms:
                continue
            self._plain(text[done : found.start()], path)
            term = self.terms[found[0].lower()]
            term = term[:1].upper() + term[1:] if found[0][:1].isupper() else term
            self._keep(term, noun(self.source, self.target, term, len(self.stream.kept)), path)
            done = found.end()
        self._plain(text[done:], path)

    def _keep(self, text: str, word: str, path: tuple[int, ...]) -> None:
        marks = [*(f"t:b:{number}" for number in path), f"t:k:{len(self.stream.kept)}"]
        self.stream.kept.append(text)
        self.stream.text += f"[[{'; '.join(marks)}]]{word}[[/]]"
        self.before = word

    def _plain(self, text: str, path: tuple[int, ...]) -> None:
        words = _WORD.findall(text)
        self.before = words[-1] if words else self.before
        escaped = _HIDDEN.sub(lambda found: f"[{found[0]}]", _SPECIAL.sub(r"\\\g<0>", text))
        if not path or not words:
            self.stream.text += escaped
            return
        marks = "; ".join(f"t:b:{number}" for number in path)
        # What is hidden has no mark, so that a mark holds words alone.
        for piece in re.split(r"(\s+$|^\s+|(?<!\\)\[.\])", escaped, flags=re.DOTALL):
            is_marked = piece.strip() and not piece.startswith("[")
            self.stream.text += f"[[{marks}]]{piece}[[/]]" if is_marked else piece


def marked(masked: str, source: str, target: str, terms: Mapping[str, str], pattern: re.Pattern[str] | None) -> Stream:
    """The stream of a masked text between two languages by Apertium's codes.

    ``pattern`` finds the ``terms``, which are lower-case, in whatever case they stand.
    """
    writer = _Writer(source, target, terms, pattern)
    writer.write(nodes(masked))
    writer.stream.text = re.sub(r"[ \t]{2,}", " ", writer.stream.text)
    return writer.stream


def _has_words(parts: Sequence[str | Node]) -> bool:
    """Whether a mark would find a word to stay with: not in a pair around a code alone."""
    return any(
        bool(_WORD.search(part)) if isinstance(part, str) else part.inside is not None and _has_words(part.inside)
        for part in parts
    )


class _Token(NamedTuple):
    text: str
    pairs: frozenset[int]


def unmarked(answer: str, stream: Stream) -> str:
    """The masked text of an answer.  Its tags are what they should be only if no word was lost: ask ``masked.problem``.

    Where words of others came between the words of a pair, they are inside of it now.
    """
    tokens = list(_tokens(answer, stream))
    opened: dict[int, list[int]] = {}
    closed: dict[int, list[int]] = {}
    for number in stream.pairs:
        places = [place for place, token in enumerate(tokens) if number in token.pairs]
        if places:
            opened.setdefault(places[0], []).append(number)
            closed.setdefault(places[-1], []).insert(0, number)
    pieces: list[str] = []
    for place, token in enumerate(tokens):
        pieces += [f"<{number}>" for number in opened.get(place, ())]
        pieces.append(token.text)
        pieces += [f"</{number}>" for number in closed.get(place, ())]
    return re.sub(r" {2,}", " ", "".join(pieces)).strip()


def _tokens(answer: str, stream: Stream) -> Iterator[_Token]:
    """Words with their pairs; each stand-in once, by what it stands for."""
    seen: set[int] = set()
    for found in _MARKED.finditer(answer):
        if found["marks"] is None:
            text = next(part for part in found.group("hidden", "escaped", "text", "stray") if part is not None)
            yield _Token(text, frozenset())
            continue
        marks = [(mark["kind"], int(mark["number"])) for mark in _MARK.finditer(found["marks"])]
        pairs = frozenset(number for kind, number in marks if kind == "b")
        kept = [number for kind, number in marks if kind == "k" and number < len(stream.kept)]
        if not kept:
            yield _Token(re.sub(r"\\(.)", r"\1", found["words"]), pairs)
        for number in itertools.filterfalse(seen.__contains__, kept):
            seen.add(number)
            yield _Token(stream.kept[number], pairs)
