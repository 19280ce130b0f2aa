"""Which code of a target is which code of its source."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable

from sphinx_amts.document.inline import Grammar, shown
from sphinx_amts.masked import TAG, renumber
from sphinx_amts.model import InlineCode, Segment

__all__ = ["in_source_numbers"]


def in_source_numbers(source: Segment, target: Segment, grammar: Grammar) -> tuple[str, dict[int, InlineCode]] | None:
    """The target's masked text with its tags numbered as the source's, and the codes that differ from the source's.

    Codes are the same where the grammar says that they mean the same; what is left is paired in order where both sides
    have as many codes of a kind (somebody localised a link).  Escapes that only the target needs go back to text.
    ``None`` where the codes do not correspond.
    """
    wanted: dict[Hashable, deque[int]] = defaultdict(deque)
    for number, code in enumerate(source.codes, 1):
        wanted[grammar.meaning(code)].append(number)
    numbers: dict[int, int] = {}
    left: list[int] = []
    for number, code in enumerate(target.codes, 1):
        same = wanted.get(grammar.meaning(code))
        if same:
            numbers[number] = same.popleft()
        else:
            left.append(number)
    free = sorted(number for rest in wanted.values() for number in rest)
    local: dict[int, InlineCode] = {}
    written: dict[str, str] = {}
    for number in left:
        code = target.codes[number - 1]
        match = next((n for n in free if _alike(source.codes[n - 1], code)), None)
        if match is not None:
            free.remove(match)
            numbers[number] = match
            local[match] = code
        elif code.kind == "escape":
            written[f"<{number}/>"] = shown(code)
        else:
            return None
    if free:
        return None
    text = TAG.sub(lambda tag: written.get(tag[0], tag[0]), target.masked) if written else target.masked
    return renumber(text, numbers), local


def _alike(one: InlineCode, other: InlineCode) -> bool:
    return one.kind == other.kind and one.is_pair == other.is_pair and one.kind not in ("escape", "literal-tag")
