"""What people wrote and what the rules would write: measured, never applied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from test_inline import parser

from sphinx_amts.d2lbook.plugin import d2lbook_plugin
from sphinx_amts.document.inline import protect
from sphinx_amts.document.inline.myst import MystGrammar
from sphinx_amts.locales import language
from sphinx_amts.typography import typeset

WIDE, HALF = "，：；？！。（）“”", ',:;?!.()""'
CHINESE = language("zh")


def paragraphs(file: Path) -> Iterator[str]:
    """The Chinese paragraphs of a file as masked text of one line, without code and math."""
    md = parser()
    d2lbook_plugin(md)
    grammar = MystGrammar(md)
    text = re.sub(r"(?s)\A---\n.*?\n---\n", "", file.read_text(encoding="utf-8"))
    text = re.sub(r"(?ms)^ *(```+|~~~+|\$\$).*?^ *\1 *$", "", text)
    for block in re.split(r"\n\s*\n", text):
        joined = "".join(line.strip() for line in block.splitlines())
        if re.search("[\u4e00-\u9fff]", joined) and not joined.startswith(("|", "%", ":")):
            yield protect(joined, grammar).text


def changes(before: str, after: str) -> int:
    return sum(code[0] != "equal" for code in SequenceMatcher(None, before, after, autojunk=False).get_opcodes())


def halved(text: str) -> str:
    """The text as an engine may write it: half-width, with a blank behind each mark."""
    text = re.sub(f"[{WIDE[:6]}](?=.)", lambda mark: HALF[WIDE.index(mark[0])] + " ", text)
    return re.sub(f"[{WIDE}]", lambda mark: HALF[WIDE.index(mark[0])], text)


@pytest.mark.corpora
@pytest.mark.parametrize(("folder", "step"), [("d2l-zh", 3), ("quantecon-zh/zh", 2)])
def test_the_rules_agree_with_people(corpora: Path, folder: str, step: int) -> None:
    """They change few of the marks that people set, and from half-width ones they make what people set."""
    english = ("_origin", "GUIDE", "LOGY")
    files = [file for file in sorted((corpora / folder).rglob("*.md")) if not file.stem.endswith(english)]
    changed = marks = back = 0
    for text in (text for file in files[::step] for text in paragraphs(file)):
        set_ = [mark for mark in text if mark in WIDE]
        marks += len(set_)
        changed += changes(text, typeset(text, CHINESE))
        words, again = text.replace(" ", ""), typeset(halved(text), CHINESE).replace(" ", "")
        back += sum(one == other for one, other in zip(words, again, strict=True) if one in WIDE)
    print(f"{folder}: {marks} marks of people, {changed} places changed, {back} marks come back from half-width")
    assert changed / marks < 0.06
    assert back / marks > 0.9
