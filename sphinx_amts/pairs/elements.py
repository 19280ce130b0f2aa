"""The inline elements of a TMX segment as inline codes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sphinx_amts.masked import TAG, renumber
from sphinx_amts.model import InlineCode, Masked

__all__ = ["ORDERED", "Item", "Side", "in_numbers_of", "masked_of"]

ORDERED = "-ordered"
"""Ends the type of a code that must keep its order."""


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of a segment: a text (no name), or an inline element with the text in it."""

    text: str
    name: str = ""
    number: str = ""
    """``i`` of ``bpt`` and ``ept``, ``x`` of the others."""
    x: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """A segment with what its codes are recognised by on the other side."""

    masked: Masked
    names: tuple[str, ...]


def masked_of(items: Sequence[Item]) -> Side:
    """A segment as masked text: ``bpt`` and ``ept`` are a pair where they nest, every other element a placeholder."""
    partner = dict(_partners(items))
    closes = {end: begin for begin, end in partner.items()}
    numbers: dict[int, int] = {}
    codes: list[InlineCode] = []
    names: list[str] = []
    text: list[str] = []

    def open_(place: int, item: Item, closing: str | None) -> int:
        kind, ordered = item.kind.removesuffix(ORDERED), item.kind.endswith(ORDERED)
        codes.append(InlineCode(kind or "html", item.text, closing, ordered))
        names.append(item.x)
        numbers[place] = len(codes)
        return len(codes)

    for place, item in enumerate(items):
        if not item.name:
            text += _literal(item.text, codes, names)
        elif place in partner:
            text.append(f"<{open_(place, item, items[partner[place]].text)}>")
        elif place in closes:
            text.append(f"</{numbers[closes[place]]}>")
        else:
            text.append(f"<{open_(place, item, None)}/>")
    return Side(Masked("".join(text).strip(), tuple(codes)), tuple(names))


def _literal(text: str, codes: list[InlineCode], names: list[str]) -> Iterator[str]:
    """A text in which what looks like a tag is a placeholder."""
    at = 0
    for tag in TAG.finditer(text):
        codes.append(InlineCode("literal-tag", tag[0]))
        names.append("")
        yield text[at : tag.start()]
        yield f"<{len(codes)}/>"
        at = tag.end()
    yield text[at:]


def _partners(items: Sequence[Item]) -> Iterator[tuple[int, int]]:
    """The places of each ``bpt`` and its ``ept``; those that cross another pair stand alone."""
    path: list[int] = []
    for place, item in enumerate(items):
        if item.name == "bpt":
            path.append(place)
        elif item.name == "ept":
            begin = next((at for at in reversed(path) if items[at].number == item.number), None)
            if begin is not None:
                del path[path.index(begin) :]
                yield begin, place


def in_numbers_of(source: Side, target: Side) -> Masked:
    """The target with the numbers of the source, where each code has one that is the same: by ``x``, or by what it holds."""
    free = list(range(len(source.names)))
    numbers: dict[int, int] = {}
    for number, code in enumerate(target.masked.codes):
        same = next((other for other in free if _is_same(source, other, target, number)), None)
        if same is None or code.is_pair != source.masked.codes[same].is_pair:
            return target.masked
        free.remove(same)
        numbers[number + 1] = same + 1
    if free:
        return target.masked
    codes = {numbers[number]: code for number, code in enumerate(target.masked.codes, 1)}
    return Masked(renumber(target.masked.text, numbers), tuple(codes[number] for number in sorted(codes)))


def _is_same(source: Side, one: int, target: Side, other: int) -> bool:
    if source.names[one] and target.names[other]:
        return source.names[one] == target.names[other]
    return source.masked.codes[one].opening == target.masked.codes[other].opening
