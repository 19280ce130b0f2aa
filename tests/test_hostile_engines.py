"""The law of failing closed: whatever an engine answers, no file gets worse, and the sync says so."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from book import Engine, SmallBook, chinese, real_book

from sphinx_amts.engines import Answer, Status
from sphinx_amts.engines.pseudo import pseudo
from sphinx_amts.errors import EngineError
from sphinx_amts.masked import TAG
from sphinx_amts.model import Request, Subtype

Say = Callable[[str], str]


def with_tag(change: Say) -> Say:
    """Spoils what has inline codes, and translates the rest."""
    return lambda masked: change(chinese(masked)) if TAG.search(masked) else chinese(masked)


def with_words(change: Say) -> Say:
    """Spoils every answer that has words."""
    return lambda masked: change(chinese(masked)) if re.search(r"\w", masked) else masked


def without_tags(text: str) -> str:
    return TAG.sub("", text)


def translated_codes(masked: str) -> str:
    """What an engine without protection does: the words of codes are words to it."""
    return re.sub(r"<(\d+)/>", "代码", chinese(masked))


WRONG: dict[str, Say] = {
    "drops a code": with_tag(lambda text: TAG.sub("", text, count=1)),
    "drops all codes": with_tag(without_tags),
    "doubles a code": with_tag(lambda text: text + next(TAG.finditer(text))[0]),
    "doubles the sentence": with_tag(lambda text: text + text),
    "adds a code": with_words(lambda text: text + "<7/>"),
    "adds a pair": with_words(lambda text: f"<8>{text}</8>"),
    "nests codes wrongly": with_tag(lambda text: re.sub(r"<(\d+)>(.*?)</\1>(.*)", r"<\1>\2\3</\1>", text) + "<1>"),
    "opens and never closes": with_tag(lambda text: re.sub(r"</\d+>", "", text)),
    "closes before it opens": with_tag(lambda text: re.sub(r"<(\d+)>", r"</\1>", text)),
    "translates codes": with_tag(translated_codes),
    "translates tags": with_tag(lambda text: re.sub(r"<(\d+)/>", r"＜\1／＞", text)),
    "spaces tags": with_tag(lambda text: re.sub(r"<(\d+)/>", r"< \1 / >", text)),
    "escapes tags": with_tag(lambda text: text.replace("<", "&lt;").replace(">", "&gt;")),
    "garbles": with_words(lambda text: "\x00\x1b[31m" + text),
    "breaks the decoding": with_words(lambda text: text[:1] + "\ufffd" + text[1:]),
    "turns the text around": with_words(lambda text: "\u202e" + text),
    "says nothing": with_words(lambda text: ""),
    "says blanks": with_words(lambda text: " \n "),
    "says punctuation": lambda masked: "。。。" if len(re.findall(r"\w+", masked)) > 3 else chinese(masked),
    "says the codes alone": with_words(lambda text: "".join(tag[0] for tag in TAG.finditer(text))),
    "answers in HTML": with_words(lambda text: f"<p>{text}</p>"),
    "answers in entities": with_words(lambda text: f"&#39;{text}&nbsp;"),
    "wraps in a fence": with_words(lambda text: f"```markdown\n{text}\n```"),
    "opens a fence": with_words(lambda text: f"{text}\n```"),
    "opens a colon fence": with_words(lambda text: f":::{{note}}\n{text}"),
    "leaks a stand-in": with_words(lambda text: f"{text}DNT_GEBK1"),
    "writes a novel": with_words(lambda text: text * 500),
    "answers in another language": lambda masked: "Le renard brun saute par-dessus le chien paresseux " + masked,
    "raises": lambda masked: 1 / 0,  # type: ignore[return-value]
    "answers no text": lambda masked: None,  # type: ignore[return-value]
}
"""What no answer may be; each of these is wrong for at least one sentence of the books."""

ODD: dict[str, Say] = {
    "begins a heading": lambda masked: f"# {chinese(masked)}",
    "begins a list": lambda masked: f"- {chinese(masked)}",
    "begins a numbered list": lambda masked: f"1. {chinese(masked)}",
    "begins a quotation": lambda masked: f"> {chinese(masked)}",
    "begins a table": lambda masked: f"| {chinese(masked)} | a |",
    "begins a field": lambda masked: f":field: {chinese(masked)}",
    "begins a directive": lambda masked: f".. note:: {chinese(masked)}",
    "begins a comment": lambda masked: f"% {chinese(masked)}",
    "begins a definition": lambda masked: f"{chinese(masked)}\n: 定义",
    "begins a label": lambda masked: f"(label)= {chinese(masked)}",
    "begins indented": lambda masked: f"      {chinese(masked)}",
    "begins a line block": lambda masked: f"| {chinese(masked)}",
    "ends in a colon": lambda masked: f"{chinese(masked)}::",
    "ends in a backslash": lambda masked: f"{chinese(masked)}\\",
    "ends in an underscore": lambda masked: f"{chinese(masked)}_",
    "underlines": lambda masked: f"{chinese(masked)}\n===",
    "draws a rule": lambda masked: f"{chinese(masked)}\n\n---\n\n",
    "floods with line ends": lambda masked: "\n\n\n".join(chinese(masked)),
    "carriage returns": lambda masked: f"{chinese(masked)}\r\n\r",
    "other line ends": lambda masked: f"{chinese(masked)}\u2028\x0b\x0c\u0085甲",
    "emphasises": lambda masked: f"**{chinese(masked)}*_`",
    "mathematics": lambda masked: f"${chinese(masked)}$ $$",
    "links": lambda masked: f"[{chinese(masked)}](javascript:x) ![a](b)",
    "references": lambda masked: f"{chinese(masked)}[^note] |x|_ `y`_ [1]_",
    "roles": lambda masked: f"{chinese(masked)}{{ref}}`x` :ref:`x`",
    "substitutes": lambda masked: f"{chinese(masked)}{{{{ project }}}} |name|",
    "attributes": lambda masked: f"{chinese(masked)}{{#id .class}}",
    "quotes": lambda masked: f"\"{chinese(masked)}' : # {{ [",
    "dashes": lambda masked: f"---\n{chinese(masked)}\n...",
    "pipes": lambda masked: f"{chinese(masked)} | 甲 \\| 乙",
    "astral": lambda masked: f"{chinese(masked)}𠀀😀\u200b\u00ad",
    "swaps codes": lambda masked: _swapped(chinese(masked)),
    "glues": lambda masked: re.sub(r"\s", "", masked) if TAG.search(masked) else chinese(masked),
    "a line a character": lambda masked: "\n".join(chinese(masked)),
}
"""What may be written if there is a way to write it that reads as what it is."""


def _swapped(masked: str) -> str:
    """The placeholders in another order: that is allowed within a sentence."""
    numbers = re.findall(r"<(\d+)/>", masked)[::-1]
    return re.sub(r"<\d+/>", lambda _: f"<{numbers.pop(0)}/>", masked)


MD = """---
title: The front matter
---

(label)=
# A title with $x$

A paragraph with `code`, a [link](https://example.org) and *emphasis*. It has {ref}`two sentences <label>`[^note].

- An item with {math}`y`

| A cell | $z$ is another |
|--------|----------------|
| short  | `a` or `b`     |

```{figure} cat.png
:alt: A cat that sits

The caption of the figure
```

:::{admonition} The title of a box
The text of the box.
:::

```{glossary}
A term
  Its definition.
```

A word
: Its meaning.

:A field: Its body

[^note]: The note.

```{toctree}
:caption: All pages

The first page <index>
```
"""
RST = """.. _label:

A title with :math:`x`
======================

A paragraph with ``code``, a `link <https://example.org>`_ and *emphasis*.  It has :ref:`two sentences <label>` [#]_.

* An item with :math:`y`

.. list-table::

   * - A cell
     - :math:`z` is another

.. figure:: cat.png
   :alt: A cat that sits

   The caption of the figure

.. admonition:: The title of a box

   The text of the box.

.. glossary::

   A term
      Its definition.

A word
   Its meaning.

:A field: Its body

| A line of verse
| and another one

.. [#] The note.

.. toctree::
   :caption: All pages

   The first page <index>
"""


@pytest.fixture(params=["index.md", "index.rst"])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> SmallBook:
    """A page that has a unit of every kind which is written in its own way."""
    return SmallBook(tmp_path, {request.param: MD if request.param == "index.md" else RST})


def holds_up(book: SmallBook) -> None:
    """Sphinx reads the tree as it reads the book, without a new warning."""
    if any(text != book.read(path) for path, text in book.targets().items()):
        assert book.new_warnings() == []
        assert book.differences() == []


@pytest.mark.parametrize("kind", sorted(WRONG))
def test_what_is_wrong_is_refused_and_the_source_stands(book: SmallBook, kind: str) -> None:
    result = book.sync(Engine(WRONG[kind], pseudo=False))
    assert result.segments["refused"] > 0
    assert result.new_findings
    assert Subtype.REFUSED in {finding.subtype for finding in result.findings}
    holds_up(book)


EACH = ["says nothing", "garbles", "answers in HTML", "wraps in a fence", "adds a code", "raises", "writes a novel"]


@pytest.mark.parametrize("kind", EACH)
def test_what_is_wrong_for_every_sentence_leaves_the_book_as_it_is(book: SmallBook, kind: str) -> None:
    result = book.sync(Engine(WRONG[kind], pseudo=False))
    assert book.targets() == {path: book.read(path) for path in book.targets()}
    assert set(result.segments) <= {"refused", "kept"}


def test_an_engine_that_repeats_the_source_is_believed_for_names_alone(book: SmallBook) -> None:
    result = book.sync(Engine(lambda masked: masked, pseudo=False))
    assert result.segments["refused"] == 2
    assert book.targets() == {path: book.read(path) for path in book.targets()}


@pytest.mark.parametrize("first", range(0, len(ODD), 5))
def test_what_is_odd_is_written_so_that_it_reads_as_its_source_or_not_at_all(book: SmallBook, first: int) -> None:
    """Each sentence gets another oddity; over the runs, every sentence many of them."""
    says = itertools.cycle([ODD[kind] for kind in [*sorted(ODD)[first:], *sorted(ODD)[:first]]])
    result = book.sync(Engine(lambda masked: next(says)(masked), pseudo=True))
    assert (result.segments["refused"] > 0) == result.new_findings
    holds_up(book)


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(ODD))
def test_no_oddity_harms_any_kind_of_unit(book: SmallBook, kind: str) -> None:
    result = book.sync(Engine(ODD[kind], pseudo=True))
    assert (result.segments["refused"] > 0) == result.new_findings
    holds_up(book)


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted({**WRONG, **ODD}))
@pytest.mark.parametrize("name", ["test-laws-myst", "test-laws-rst", "test-laws-nb"])
def test_no_engine_harms_a_real_book(name: str, kind: str, tmp_path: Path) -> None:
    book = real_book(name, tmp_path)
    book.sync(Engine({**WRONG, **ODD}[kind], pseudo=kind in ODD))
    holds_up(book)


PAGE = """# A title

First sentence with $x$. Second *sentence* here.

- An item with [a link](https://example.org)
"""


@pytest.fixture
def translated(tmp_path: Path) -> SmallBook:
    """A translated page, every sentence of which has changed since."""
    book = SmallBook(tmp_path, {"index.md": PAGE})
    book.sync(Engine(chinese, pseudo=False))
    book.write("index.md", PAGE.replace("A title", "The title").replace("sentence", "phrase").replace("An item", "One"))
    return book


@pytest.mark.parametrize("kind", EACH)
def test_the_earlier_target_stays_where_the_new_one_is_refused(translated: SmallBook, kind: str) -> None:
    before = translated.target("index.md")
    result = translated.sync(Engine(WRONG[kind], pseudo=False))
    assert translated.target("index.md") == before
    assert result.segments == {"refused": 4}
    assert result.new_findings
    assert {finding.path for finding in result.findings} == {"index.md"}
    settled = translated.sync(Engine(chinese, pseudo=False))
    assert settled.segments == {"translated": 4}
    assert translated.target("index.md") == fresh(translated).target("index.md")


def fresh(book: SmallBook) -> SmallBook:
    other = SmallBook(book.folder / "fresh", {"index.md": book.read("index.md")})
    other.sync(Engine(chinese, pseudo=False))
    return other


def test_a_refusal_is_news_once(translated: SmallBook) -> None:
    wrong = Engine(WRONG["says nothing"], pseudo=False)
    assert translated.sync(wrong).new_findings
    again = translated.sync(wrong)
    assert (again.segments, again.new_findings, again.files_written) == ({"refused": 4}, False, 0)
    assert len(again.findings) == 4


def test_one_wrong_answer_takes_no_other_with_it(translated: SmallBook) -> None:
    def say(masked: str) -> str:
        return chinese(masked).replace("<1/>", "") if "<1/>" in masked else chinese(masked)

    result = translated.sync(Engine(say, pseudo=False))
    assert result.segments == {"translated": 3, "refused": 1}
    (finding,) = result.findings
    assert (finding.subtype, finding.line, finding.source) == (Subtype.REFUSED, 3, "First phrase with $x$.")
    assert "<1/> is missing" in finding.message
    assert fresh(translated).target("index.md").splitlines()[0] == translated.target("index.md").splitlines()[0]


# Engines that do not keep to the protocol


class Protocol(Engine):
    """An engine whose whole way to answer is a test's."""

    def __init__(self, answers: Callable[[Sequence[Request]], Any]) -> None:
        super().__init__(chinese, pseudo=False)
        self.answers = answers

    def translate(self, requests: Sequence[Request], *_: object) -> Iterator[Answer]:
        self.asked += requests
        return self.answers(requests)  # type: ignore[no-any-return]


def done(request: Request) -> Answer:
    return Answer(request.id, Status.DONE, chinese(request.source))


def raises_midway(requests: Sequence[Request]) -> Iterator[Answer]:
    yield done(requests[0])
    raise RuntimeError("the line went dead")


def fails_midway(requests: Sequence[Request]) -> Iterator[Answer]:
    yield done(requests[0])
    raise EngineError("the budget is spent", hint="Pay the bill.")


@pytest.mark.parametrize(
    ("answers", "refused"),
    [
        (lambda requests: iter(()), 4),
        (lambda requests: [done(requests[0])], 3),
        (lambda requests: [*map(done, requests), Answer("99", Status.DONE, "甲")], 0),
        (lambda requests: [done(request) for request in requests for _ in range(2)], 0),
        (lambda requests: [Answer(request.id, Status.DONE, chinese(requests[0].source)) for request in requests], 3),
        (lambda requests: [Answer(str(int(request.id) + 1), Status.DONE, "甲") for request in requests], 4),
        (lambda requests: [Answer(request.id, "perhaps", "甲") for request in requests], 4),
        (lambda requests: [None, 3, "text"], 4),
        (lambda requests: None, 4),
        (raises_midway, 3),
        (fails_midway, 3),
        (lambda requests: [Answer(request.id, Status.REFUSED, "甲", "no") for request in requests], 4),
    ],
    ids=[
        "no answer", "too few", "too many", "each twice", "the same for all", "shifted", "no status", "no answers",
        "nothing", "raises midway", "fails midway", "refuses",
    ],
)  # fmt: skip
def test_answers_that_do_not_fit_the_requests_are_refused(tmp_path: Path, answers: Any, refused: int) -> None:
    book = SmallBook(tmp_path, {"index.md": PAGE})
    result = book.sync(Protocol(answers))
    assert (result.segments["refused"], result.segments["translated"]) == (refused, 4 - refused)
    assert result.new_findings is (refused > 0)
    holds_up(book)


def test_an_engine_that_cannot_work_at_all_changes_nothing(translated: SmallBook) -> None:
    def says(requests: Sequence[Request]) -> Iterator[Answer]:
        raise EngineError("no account")

    before = translated.tree()
    with pytest.raises(EngineError, match="no account"):
        translated.sync(Protocol(says))
    assert translated.tree() == before


def test_what_an_engine_still_works_on_waits_and_comes_later(translated: SmallBook) -> None:
    before = translated.target("index.md")
    result = translated.sync(Protocol(lambda requests: [Answer(one.id, Status.WAITING) for one in requests]))
    assert (result.segments, result.new_findings) == ({"waiting": 4}, False)
    assert translated.target("index.md") == before
    assert translated.sync(Engine(chinese, pseudo=False)).segments == {"translated": 4}


def test_what_an_engine_does_not_know_is_untranslated_and_no_failure(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": PAGE})
    result = book.sync(Protocol(lambda requests: [Answer(request.id, Status.NONE) for request in requests]))
    assert (result.segments, result.new_findings) == ({"untranslated": 4}, False)
    assert book.target("index.md") == PAGE


def test_a_wrong_answer_for_a_person_s_sentence_is_no_proposal(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": PAGE})
    book.sync()
    book.edit("index.md", pseudo("A title"), "标题")
    book.sync()
    book.change("index.md", "A title", "The title")
    book.sync(Engine(lambda masked: "", pseudo=False))
    group = book.group("index.md", "The title")
    assert (group.origin, group.stale, group.proposal, "".join(group.target)) == ("human", True, None, "标题")
