"""Documents of the two types that the emulator translates, paragraph by paragraph, with the faults of paragraphs."""

from __future__ import annotations

import re

from sphinx_amts.emulator import html
from sphinx_amts.emulator.faults import Fault, Faults
from sphinx_amts.emulator.html import Kind, Mark, Paragraph
from sphinx_amts.emulator.translator import Task, Translated, Translator

__all__ = ["translate_html", "translate_plain"]

_LEAK = "DNT_GEBK0"


def translate_plain(source: str, task: Task, translator: Translator, faults: Faults, name: str = "") -> Translated:
    """A text: each of its lines is a paragraph."""
    terms: dict[str, str] = {}

    def line(match: re.Match[str]) -> str:
        if faults.strikes(Fault.UNTRANSLATED, name):
            return match[0]
        done = translator(match[0], {}, task)
        terms.update(done.terms)
        return done.text

    return Translated(re.sub(r"[^\r\n]*\w[^\r\n]*", line, source), terms)


def translate_html(source: str, task: Task, translator: Translator, faults: Faults, name: str = "") -> Translated:
    """A document in HTML, or a fragment of one: each block is a paragraph."""
    terms: dict[str, str] = {}

    def paragraph(part: Paragraph) -> str:
        if faults.strikes(Fault.UNTRANSLATED, name):
            return html.written(part.text, part.marks)
        done = translator(part.text, {letter: mark.text for letter, mark in part.marks.items()}, task)
        terms.update(done.terms)
        return _spoilt(done.text, part.marks, faults, name)

    return Translated(html.translated(source, paragraph), terms)


def _spoilt(text: str, marks: dict[str, Mark], faults: Faults, name: str) -> str:
    """A translated paragraph as HTML, with what goes wrong with it."""
    elements = _elements(text, marks)
    protected = [letter for letter in text if letter in marks and marks[letter].is_protected]
    if elements:
        first, last = elements[0], elements[-1]
        if faults.strikes(Fault.TAGS_MOVED, name):
            text = "".join(last) + _without(text, last)
        if faults.strikes(Fault.TAGS_DOUBLED, name):
            text = text.replace(first[-1], first[-1] + "".join(first), 1)
        if faults.strikes(Fault.TAGS_LOST, name):
            text = _without(text, first)
    if protected:
        if faults.strikes(Fault.SPACES_ADDED, name):
            text = "".join(f" {letter} " if letter in protected else letter for letter in text)
        if faults.strikes(Fault.PLACEHOLDER_LEAKED, name):
            text = text.replace(protected[0], _LEAK, 1)
    is_escaped = not ("&" in text or "<" in text) or not faults.strikes(Fault.ENTITIES_UNESCAPED, name)
    return html.written(text, marks, is_escaped=is_escaped)


def _elements(text: str, marks: dict[str, Mark]) -> list[tuple[str, ...]]:
    """The inline elements of a paragraph: single marks, and pairs of an opening and a closing tag."""
    found: list[tuple[str, ...]] = []
    opened: list[str] = []
    for letter in text:
        mark = marks.get(letter)
        if mark is None or mark.kind is Kind.OTHER:
            continue
        if mark.is_protected or mark.kind is Kind.EMPTY:
            found.append((letter,))
        elif mark.kind is Kind.OPENING:
            opened.append(letter)
        elif opened:
            found.append((opened.pop(), letter))
    return found


def _without(text: str, element: tuple[str, ...]) -> str:
    return "".join(letter for letter in text if letter not in element)
