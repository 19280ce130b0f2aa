"""Inline codes of real books go out and come back, and glued answers can be written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from markdown_it.token import Token
from test_inline import GRAMMARS, MYST, RST, nesting, parser

from sphinx_amts.document.inline import protect, restore
from sphinx_amts.model import Masked


def _paragraphs(path: Path) -> Iterator[str]:
    """The blocks of a file between blank lines, outside fences."""
    text = re.sub(r"(?ms)^\s*(```+|~~~+)(?!.*\1.*$).*?^\s*\1\s*$", "", path.read_text(encoding="utf-8"))
    yield from filter(None, re.split(r"\n\s*\n", text.strip("\n")))


def _corpus(folder: Path, pattern: str) -> list[str]:
    return [text for path in sorted(folder.rglob(pattern)) for text in _paragraphs(path)]


def _tokens(tokens: list[Token] | None) -> Iterator[Token]:
    for token in tokens or ():
        yield token
        yield from _tokens(token.children)


PARSED = {
    "em_open": "emphasis",
    "strong_open": "strong",
    "code_inline": "literal",
    "math_inline": "math",
    "image": "image",
    "hardbreak": "break",
    "footnote_ref": "footnote",
}


@pytest.mark.corpora
def test_every_paragraph_of_a_myst_book_comes_back(corpora: Path) -> None:
    md = parser()
    for text in (_corpus(corpora / "d2l-zh", "*.md") + _corpus(corpora / "quantecon-zh", "*.md"))[::3]:
        masked = protect(text, MYST)
        assert restore(masked.text, masked.codes, MYST) == text
        parsed = Counter(PARSED[token.type] for token in _tokens(md.parseInline(text)) if token.type in PARSED)
        found = Counter(code.kind for code in masked.codes if code.kind in parsed)
        assert (text, parsed) == (text, found)


@pytest.mark.corpora
def test_every_paragraph_of_a_rst_book_comes_back(corpora: Path) -> None:
    for text in _corpus(corpora / "sphinx-doc", "*.rst"):
        masked = protect(text, RST)
        assert restore(masked.text, masked.codes, RST) == text


def _pretended(masked: str, random: Random) -> str:
    """The same tags between Chinese words that stick to them."""
    words = ["中文", "的", "（强调）", "，词", " word ", "é"]
    parts = re.split(r"(</?[1-9][0-9]*/?>)", masked.replace("\n", " "))
    return "".join(
        part if index % 2 else re.sub(r" *[A-Za-z]+ *", lambda _: random.choice(words), part)
        for index, part in enumerate(parts)
    )


@pytest.mark.corpora
@pytest.mark.parametrize(
    ("folder", "pattern", "name"), [("nbsphinx-doc", "*.md", "myst"), ("sphinx-doc", "*.rst", "rst")]
)
def test_an_answer_glued_to_its_codes_can_be_written(corpora: Path, folder: str, pattern: str, name: str) -> None:
    grammar, random = GRAMMARS[name], Random(1)
    for text in _corpus(corpora / folder, pattern)[::8]:
        masked = protect(text, grammar)
        answer = _pretended(masked.text, random)
        restored = protect(restore(answer, masked.codes, grammar), grammar)
        assert nesting(restored, grammar) == nesting(Masked(answer, masked.codes), grammar)
