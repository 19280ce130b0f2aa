"""Who translates: a protocol, and a pseudo-translator that shows what it was given.

A text to translate holds *marks*: one character of a private area for each tag and for each span that must not be
translated.  A translator keeps them, each once.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sphinx_amts.emulator.examples import Example, Examples, tokens
from sphinx_amts.emulator.languages import FORMALITY, letters
from sphinx_amts.emulator.placing import MARK, placed, plain

__all__ = ["PseudoTranslator", "Task", "Translated", "Translator"]

_END = re.compile(rf"(?:[.!?…]+[\"'”’»)\]{MARK}]*(?=\s)|[。！？]+[”’」）{MARK}]*)\s*")
_KEPT = r"\w+://[^\s<>]+|&#?\w+;|\\\w+|[\w.+-]+@[\w.-]+"
_WORD = r"[^\W\d_]+(?:['’][^\W\d_]+)*"
_TOGETHER = 10
"""Sentences that an example may hold."""
_WIDE = "\u3040-\u30ff\u3400-\u9fff"
_SIGNS = {"FORMAL": "\u207d\u1da0\u207e", "INFORMAL": "\u207d\u2071\u207e"}
"""Small letters in parentheses."""


@dataclass(frozen=True, slots=True)
class Task:
    """What there is to know beside the text."""

    source: str
    target: str
    examples: Examples = field(default_factory=Examples)
    terms: Mapping[str, str] = field(default_factory=dict)
    formality: str = ""


@dataclass(frozen=True, slots=True)
class Translated:
    """A text with its marks, and the terms that were applied."""

    text: str
    terms: Mapping[str, str] = field(default_factory=dict)


class Translator(Protocol):
    """Translates a paragraph."""

    def __call__(self, text: str, marks: Mapping[str, str], task: Task) -> Translated:
        """``marks`` has for each mark of ``text`` what it stands for in a sentence: "" for a tag."""


@dataclass(frozen=True, slots=True)
class PseudoTranslator:
    """Writes words in the letters of the target language, always the same for the same word.

    A sentence that is an example of the parallel data becomes the example's target.  One that is near an example
    becomes its target, with the numbers and names that differ exchanged and other words that differ in ``⟨ ⟩``.
    Elsewhere terms are applied, and numbers, acronyms, addresses and entities stay.  Formality shows as a small letter
    in parentheses.
    """

    def __call__(self, text: str, marks: Mapping[str, str], task: Task) -> Translated:
        """Translate sentence by sentence."""
        done: list[str] = []
        terms: dict[str, str] = {}
        for piece in _sentences(text, marks, task.examples):
            start = len(piece) - len(piece.lstrip())
            end = max(start, len(piece.rstrip()))
            sentence = self._sentence(piece[start:end], marks, task)
            terms.update(sentence.terms)
            done.append(f"{piece[:start]}{sentence.text}{piece[end:]}")
        return Translated("".join(done), terms)

    def _sentence(self, text: str, marks: Mapping[str, str], task: Task) -> Translated:
        source = plain(text, marks)
        if not any(map(str.isalpha, source)):
            return Translated(text)
        if example := task.examples.exact(source):
            return Translated(placed(example.target, text, marks))
        if example := task.examples.near(source):
            return Translated(placed(_adapted(source, example, task.target), text, marks))
        return _pseudo(text, task)


def _sentences(text: str, marks: Mapping[str, str], examples: Examples) -> Iterator[str]:
    """Pieces that make up the text; sentences that together are an example stay together."""
    ends = [match.end() for match in _END.finditer(text)]
    ends += [len(text)] if not ends or ends[-1] < len(text) else []
    start, first = 0, 0
    while first < len(ends):
        several = range(min(first + _TOGETHER, len(ends)) - 1, first, -1)
        last = next((last for last in several if examples.exact(plain(text[start : ends[last]], marks))), first)
        yield text[start : ends[last]]
        start, first = ends[last], last + 1


def _pseudo(text: str, task: Task) -> Translated:
    """Word by word."""
    applied = {}
    longest_first = sorted(task.terms, key=len, reverse=True)
    terms = "|".join(rf"(?<!\w){re.escape(term)}(?!\w)" for term in longest_first) or "(?!)"

    def word(match: re.Match[str]) -> str:
        if match["term"]:
            applied[match["term"]] = task.terms[match["term"]]
            return task.terms[match["term"]]
        if match["kept"] or (len(match[0]) > 1 and match[0].isupper()):
            return match[0]
        return letters(match[0], task.target)

    done = re.sub(rf"(?P<term>{terms})|(?P<kept>{_KEPT})|{_WORD}", word, text)
    if task.target in {"zh", "zh-TW", "ja"}:
        done = re.sub(f"(?<=[{_WIDE}]) (?=[{_WIDE}])", "", done)
    if task.formality and task.target in FORMALITY:
        done += _SIGNS[task.formality]
    return Translated(done, applied)


def _adapted(source: str, example: Example, target: str) -> str:
    """The example's target, with what differs exchanged where it can be found there, else added in ``⟨ ⟩``."""
    text, added = example.target, []
    before, after = tokens(example.source), tokens(source)
    for kind, start, end, new_start, new_end in difflib.SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        if kind in {"replace", "insert"}:
            old, new = " ".join(before[start:end]), " ".join(after[new_start:new_end])
            if old and text.count(old) == 1:
                text = text.replace(old, new)
            elif any(map(str.isalnum, new)):
                added.append(_pseudo(new, Task("", target)).text)
    return f"{text}⟨{' '.join(added)}⟩" if added else text
