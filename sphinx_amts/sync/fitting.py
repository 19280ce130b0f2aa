"""Target sentences beside each other: the white space between them, and what keeps them from beginning another block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sphinx_amts.document.inline import CannotRestore, Grammar, guard
from sphinx_amts.locales import Language
from sphinx_amts.model import Group, Kind, Unit

__all__ = ["fitted", "guarded"]


def fitted(groups: Sequence[Group], unit: Unit, grammar: Grammar, language: Language) -> tuple[list[Group], str]:
    """The groups with white space between their targets as the language has it, and the text of their unit."""
    last = len(groups) - 1
    result = [
        replace(group, target=_spaced(group, language, last=number == last)) for number, group in enumerate(groups)
    ]
    if unit.kind is Kind.PARAGRAPH and unit.encoding == "lines" and _text(result) != unit.text:
        result = guarded(result, grammar)
    return result, _text(result)


def _text(groups: Sequence[Group]) -> str:
    return "".join(target for group in groups for target in group.target)


def _spaced(group: Group, language: Language, *, last: bool) -> tuple[str, ...]:
    if not group.target:
        return ()
    *first, end = group.target
    if not end:
        return group.target
    words = end.rstrip()
    if words.endswith("\\") and words != end:  # an escaped blank is markup: it keeps reST's markup and words apart
        words = end[: len(words) + 1]
    space = end[len(words) :]
    if last:
        return (*first, words + (space if group.source[-1][-1:].isspace() else ""))
    behind = group.source[-1][len(group.source[-1].rstrip()) :]
    if end == group.source[-1] or not language.spaced:
        return group.target
    return (*first, words + (space or behind or " "))


def guarded(groups: Sequence[Group], grammar: Grammar) -> list[Group]:
    """The groups of a paragraph, the first with what keeps their text from beginning another block."""
    text = _text(groups)
    try:
        safe = guard(text, grammar)
    except CannotRestore:
        safe = text
    if safe == text or not groups:
        return list(groups)
    first = groups[0].target[0]
    begin = safe[: len(safe) - len(text) + len(first)]
    return [replace(groups[0], target=(begin, *groups[0].target[1:])), *groups[1:]]
