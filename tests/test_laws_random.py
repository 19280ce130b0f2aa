"""The laws on documents and edits that nobody thought of: built from a bank of sentences, codes and blocks."""

from __future__ import annotations

import itertools
import re
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from book import Engine, SmallBook, chinese, opened
from hypothesis import given, settings
from hypothesis import strategies as st

from sphinx_amts.document.segments import segments
from sphinx_amts.engines.pseudo import pseudo
from sphinx_amts.masked import TAG, key

WORDS = [
    "The first words are here.",
    "We write <1/> for it.",
    "See <1>the linked words</1> and <2/> there.",
    "All of <1>this is</1> known.",
    "Is <1/> the same as <2/>?",
    "It ends with <1/>.",
    "Nothing else (or so) was said: never!",
    "They call it <1>a <2/> thing</1> today.",
    "它在这里写着 <1/> 和别的。",
    "No. 5 of Fig. 3 shows it, e.g. here.",
    "<1/> comes first.",
    "100 % of it is a_b * c and #7.",
]
ALONE = {
    ".md": ["$x_{n}$", "`lit{n}`", "{{math}}`y^{n}`", "<https://example.org/{n}?a=b#c>", "{{eq}}`eq-{n}`", "``a`{n}``"],
    ".rst": [":math:`x_{n}`", "``lit{n}``", ":eq:`eq-{n}`", "|name|", ":file:`{n}.py`"],
}
AROUND = {
    ".md": [("*", "*"), ("**", "**"), ("[", "](https://example.org/{n})"), ("{{ref}}`", " <lab{n}>`"), ("_", "_")],
    ".rst": [("*", "*"), ("**", "**"), ("`", " <https://example.org/{n}>`__"), (":ref:`", " <lab{n}>`")],
}
BLOCKS = {
    ".md": {
        "paragraph": "{}", "heading": "## {}", "item": "- {}", "number": "1. {}", "quotation": "> {}",
        "note": ":::{{note}}\n{}\n:::", "titled": "```{{admonition}} {}\n---\nclass: tip\n---\nText.\n```",
        "cell": "| {} | x |\n|---|---|\n| y | z |", "definition": "term\n: {}", "nested": "- a\n\n  > {}",
    },
    ".rst": {
        "paragraph": "{}", "item": "* {}", "number": "#. {}", "quotation": "    {}", "note": ".. note:: {}",
        "titled": ".. admonition:: {}\n\n   Text.", "definition": "term\n   {}", "nested": "* a\n\n     {}",
        "field": ":field: {}",
    },
}  # fmt: skip
FIXED = {
    ".md": ["```python\n# {n}\n## no title\n```", "$$\nx = {n}\n$$", "% comment {n}", "(lab{n})=", "---"],
    ".rst": [".. code-block:: python\n\n   # {n}", ".. math::\n\n   x = {n}", ".. comment {n}", "::\n\n   code {n}"],
}
MARKED = re.compile(r"<(\d+)>")


@dataclass(frozen=True)
class Sentence:
    """Words, the choice of each code, a number that makes the codes different, and words of its own."""

    words: int
    codes: tuple[int, ...]
    number: int
    own: str = ""

    def text(self, suffix: str) -> str:
        words = WORDS[self.words]
        for tag in sorted({int(tag["number"]) for tag in TAG.finditer(words)}):
            choice = self.codes[tag % len(self.codes)]
            opening, closing = AROUND[suffix][choice % len(AROUND[suffix])]
            alone = ALONE[suffix][choice % len(ALONE[suffix])]
            if re.search(rf"<{tag}>.*<[12]/>", words):  # reST has no markup in markup, and Markdown none in roles
                opening, closing = AROUND[suffix][choice % 2] if suffix == ".md" else ("", "")
            for mark, spelled in [(f"<{tag}/>", alone), (f"<{tag}>", opening), (f"</{tag}>", closing)]:
                words = words.replace(mark, spelled.format(n=self.number * 10 + tag))
        return f"{self.own} {words}".strip()


@dataclass(frozen=True)
class Block:
    """A kind with sentences, or a block without words."""

    kind: str
    sentences: tuple[Sentence, ...] = ()
    number: int = 0

    def text(self, suffix: str) -> str:
        if not self.sentences:
            fixed = FIXED[suffix]
            return fixed[self.number % len(fixed)].format(n=self.number)
        one_line = " ".join(sentence.text(suffix) for sentence in self.sentences)
        if self.kind == "cell":
            one_line = one_line.replace("|", "\\|")
        return BLOCKS[suffix].get(self.kind, "{}").format(one_line)


def page(blocks: tuple[Block, ...], suffix: str) -> str:
    head = "# Title\n\n" if suffix == ".md" else "Title\n=====\n\n.. |name| replace:: a name\n\n"
    return head + "\n\n".join(block.text(suffix) for block in blocks) + "\n"


sentence = st.builds(
    Sentence, st.integers(0, len(WORDS) - 1), st.tuples(st.integers(0, 5), st.integers(0, 5)), st.integers(0, 3)
)
kinds = st.sampled_from(sorted(BLOCKS[".md"]) + sorted(BLOCKS[".rst"]))
block = st.one_of(
    st.builds(Block, kinds, st.lists(sentence, min_size=1, max_size=4).map(tuple)),
    st.builds(Block, st.just("fixed"), st.just(()), st.integers(0, 40)),
)
documents = st.lists(block, min_size=1, max_size=6).map(tuple)
suffixes = st.sampled_from([".md", ".rst"])


@st.composite
def edits(draw: st.DrawFn, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The document after a few edits, as people make them."""
    result = list(blocks)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(len(result) - 1, 0)))
        match draw(st.sampled_from(["insert", "delete", "move", "reword", "code", "split", "join", "kind"])):
            case "insert":
                result.insert(at, draw(block))
            case "delete" if len(result) > 1:
                del result[at]
            case "move" if result:
                result.insert(draw(st.integers(0, len(result) - 1)), result.pop(at))
            case "kind" if result:
                result[at] = replace(result[at], kind=draw(kinds))
            case "split" if len(result[at].sentences) > 1:
                one = result[at]
                cut = draw(st.integers(1, len(one.sentences) - 1))
                result[at : at + 1] = [
                    replace(one, sentences=part) for part in (one.sentences[:cut], one.sentences[cut:])
                ]
            case "join" if at + 1 < len(result):
                both = result[at].sentences + result[at + 1].sentences
                result[at : at + 2] = [replace(result[at], sentences=both)]
            case "reword" | "code" as what if result[at].sentences:
                sentences = list(result[at].sentences)
                place = draw(st.integers(0, len(sentences) - 1))
                old = sentences[place]
                sentences[place] = (
                    replace(old, own=draw(st.sampled_from(["Well,", "Now", "又"])))
                    if what == "reword"
                    else replace(old, number=old.number + 1)
                )
                result[at] = replace(result[at], sentences=tuple(sentences))
    return tuple(result)


def keys(book: SmallBook, path: str) -> set[str]:
    """The masked sentences of the source as it is."""
    with opened(book) as read:
        document = read.document(path)
        grammar = read.grammar(document)
        parts = [part for unit in document.units for part in segments(unit.text, grammar, "en")]
        return {key(part.masked) for part in parts}


def check_a_changed_document(blocks: tuple[Block, ...], suffix: str, data: st.DataObject, say: str) -> None:
    path = f"index{suffix}"
    with tempfile.TemporaryDirectory() as folder:
        book = SmallBook(Path(folder) / "x", {path: page(blocks, suffix)})
        speak = {"pseudo": pseudo, "chinese": chinese}[say]
        book.sync(Engine(speak))
        known = keys(book, path)
        for _ in range(2):
            blocks = data.draw(edits(blocks))
            book.write(path, page(blocks, suffix))
            engine = Engine(speak)
            result = book.sync(engine)
            assert known.isdisjoint(engine.sources), "a known sentence was sent again"
            assert len(engine.sources) == len(set(engine.sources)), "a sentence was sent twice"
            assert [finding.message for finding in result.findings] == []
            assert book.differences() == []
            known = keys(book, path)
            before = book.tree()
            again = Engine(speak)
            assert book.sync(again).files_written == 0
            assert (again.asked, book.tree()) == ([], before)
        fresh = SmallBook(Path(folder) / "fresh", {path: book.read(path)})
        fresh.sync(Engine(speak))
        assert words(book.target(path)) == words(fresh.target(path))


def words(text: str) -> str:
    """A text without white space: that may be another where a sentence moved to another line."""
    return "".join(text.split())


@settings(max_examples=20)
@given(documents, suffixes, st.data(), st.sampled_from(["pseudo", "chinese"]))
def test_any_edit_of_any_source(blocks: tuple[Block, ...], suffix: str, data: st.DataObject, say: str) -> None:
    """The skeleton stays its source's, only new sentences are sent, and all is as if it were synced for the first time."""
    check_a_changed_document(blocks, suffix, data, say)


@pytest.mark.slow
@settings(max_examples=150)
@given(documents, suffixes, st.data(), st.sampled_from(["pseudo", "chinese"]))
def test_any_edit_of_any_source_at_length(
    blocks: tuple[Block, ...], suffix: str, data: st.DataObject, say: str
) -> None:
    check_a_changed_document(blocks, suffix, data, say)


def check_people(blocks: tuple[Block, ...], suffix: str, data: st.DataObject) -> None:
    path = f"index{suffix}"
    numbers = itertools.count(1)
    with tempfile.TemporaryDirectory() as folder:
        book = SmallBook(Path(folder) / "x", {path: page(blocks, suffix)})
        book.sync()
        written: list[str] = []
        for _ in range(2):
            target = book.target(path)
            groups = [group for group in book.groups(path) if target.count("".join(group.target).strip()) == 1]
            for group in data.draw(st.lists(st.sampled_from(groups), max_size=3, unique=True)) if groups else []:
                old = "".join(group.target).strip()
                if old not in target:
                    continue
                codes = " ".join(re.findall(r"`[^`]*`|\$[^$]*\$", old))[:0]
                written = [text for text in written if text not in old]
                mark = f"人写的第{next(numbers)}句{codes}"
                target = target.replace(old, mark)
                written.append(mark)
            if data.draw(st.booleans()):
                mark = f"译者注{next(numbers)}说明"
                target = target.rstrip("\n") + f"\n\n{mark}\n"
                written.append(mark)
            book.set_target(path, target)
            blocks = data.draw(edits(blocks))
            book.write(path, page(blocks, suffix))
            book.sync()
            attic = "\n".join(text for group in book.manifest(path).attic for text in group.target)
            for mark in written:
                assert mark in book.target(path) or mark in attic, f"{mark} is lost"
            before = book.tree()
            assert book.sync().files_written == 0
            assert book.tree() == before
            assert book.manifest(path).target == book.target(path)


@settings(max_examples=20)
@given(documents, suffixes, st.data())
def test_nothing_that_a_person_wrote_is_ever_lost(blocks: tuple[Block, ...], suffix: str, data: st.DataObject) -> None:
    """It stands in the tree or lies in the attic, whatever becomes of the source."""
    check_people(blocks, suffix, data)


@pytest.mark.slow
@settings(max_examples=150)
@given(documents, suffixes, st.data())
def test_nothing_that_a_person_wrote_is_ever_lost_at_length(
    blocks: tuple[Block, ...], suffix: str, data: st.DataObject
) -> None:
    check_people(blocks, suffix, data)


@settings(max_examples=25)
@given(documents, suffixes)
def test_any_document_is_its_own_translation(blocks: tuple[Block, ...], suffix: str) -> None:
    path = f"index{suffix}"
    with tempfile.TemporaryDirectory() as folder:
        book = SmallBook(Path(folder) / "x", {path: page(blocks, suffix)})
        result = book.sync("identity")
        assert book.target(path) == book.read(path)
        assert [finding.message for finding in result.findings] == []
