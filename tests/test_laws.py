"""The laws of a sync that nobody disturbs: identity, extraction, idempotence, locality, reuse, economy, determinism."""

from __future__ import annotations

import difflib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from book import Engine, SmallBook, opened, real_book, speaks_chinese

from sphinx_amts.document.flat import unflatten
from sphinx_amts.document.units import pieces
from sphinx_amts.engines.pseudo import pseudo
from sphinx_amts.model import Subtype

BOOKS = ["test-laws-myst", "test-laws-rst", "test-laws-nb"]
MD = """# A title

First sentence. Second sentence with $x$. Third *sentence* here.

## Another title

- An item with `code`
- Another item

A last paragraph. It ends.
"""
RST = """A title
=======

First sentence.  Second sentence with :math:`x`.  Third *sentence* here.

Another title
-------------

* An item with ``code``
* Another item

A last paragraph.  It ends.
"""


@pytest.fixture(params=BOOKS)
def whole(request: pytest.FixtureRequest, tmp_path: Path) -> SmallBook:
    """A real small book that holds every kind of block."""
    return real_book(request.param, tmp_path)


@pytest.fixture(params=["index.md", "index.rst"])
def small(request: pytest.FixtureRequest, tmp_path: Path) -> SmallBook:
    """A book of one page, in Markdown and in reStructuredText."""
    return SmallBook(tmp_path, {request.param: MD if request.param.endswith("md") else RST})


def page(book: SmallBook) -> str:
    return "index.md" if (book.source / "index.md").exists() else "index.rst"


def changed_lines(before: str, after: str) -> list[str]:
    """The lines of ``before`` that are not as they were."""
    return [line[2:] for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line.startswith("- ")]


# Law 1: extraction loses nothing


def test_gaps_and_units_joined_are_the_file(whole: SmallBook) -> None:
    with opened(whole) as book:
        for path in book.paths():
            document = book.document(path)
            text = document.flat.text
            joined = "".join(text[piece.span.start : piece.span.end] for piece in pieces(text, document.units))
            assert joined == text
            assert unflatten(joined, document.flat.style) == book.raw(path)


def test_every_text_of_a_real_book_has_its_place(whole: SmallBook) -> None:
    result = whole.sync("identity")
    assert [finding for finding in result.findings if finding.subtype is Subtype.UNIT] == []


# Law 2: identity


def test_with_the_identity_engine_the_tree_is_the_book(whole: SmallBook) -> None:
    result = whole.sync("identity")
    assert {path: whole.read(path) for path in whole.targets()} == whole.targets()
    assert result.files_written == result.documents == len(whole.targets())
    assert not result.new_findings


@pytest.mark.parametrize("style", ["crlf", "bom", "bom crlf", "no line end", "blank lines", "tabs"])
def test_line_ends_byte_order_mark_and_white_space_survive(small: SmallBook, style: str) -> None:
    text = small.read(page(small))
    if "crlf" in style:
        text = text.replace("\n", "\r\n")
    if "bom" in style:
        text = "\ufeff" + text
    if style == "no line end":
        text = text.rstrip("\n")
    if style == "blank lines":
        text = "\n\n" + text.replace("\n\n", "\n \n\n") + "\n\n\n"
    if style == "tabs":
        text = text.replace("First sentence. ", "First sentence.\t")
    small.write(page(small), text)
    assert small.sync("identity").files_written == 1
    assert small.target(page(small)) == text
    small.edit(page(small), "First", "Premiere")
    assert small.sync("identity").files_written == 0
    assert small.target(page(small)) == text.replace("First", "Premiere")


# Law 4: idempotence


@pytest.mark.parametrize("engine", ["identity", "pseudo", "chinese"])
def test_the_next_sync_calls_no_engine_and_writes_no_file(whole: SmallBook, engine: str) -> None:
    first = whole.sync(speaks_chinese() if engine == "chinese" else engine)
    assert first.segments["refused"] == 0
    before = whole.tree()
    times = {path: (whole.locale / path).stat().st_mtime_ns for path in before}
    second = whole.sync(speaks_chinese() if engine == "chinese" else engine)
    assert (second.engine_calls, second.characters_sent, second.files_written) == (0, 0, 0)
    assert second.segments == {"kept": sum(first.segments.values())}
    assert whole.tree() == before
    assert {path: (whole.locale / path).stat().st_mtime_ns for path in before} == times


def test_a_synced_tree_is_read_as_its_book_is(whole: SmallBook) -> None:
    whole.sync(speaks_chinese())
    assert whole.new_warnings() == []
    assert whole.differences() == []


def test_without_an_engine_the_tree_is_the_book_and_says_untranslated(small: SmallBook) -> None:
    for _ in range(2):
        result = small.sync("memory")
        assert result.segments == {"untranslated": 9}
        assert result.characters_sent == 0
        assert small.target(page(small)) == small.read(page(small))
    assert small.sync().segments == {"translated": 9}


def test_a_dry_run_counts_and_neither_asks_nor_writes(small: SmallBook) -> None:
    engine = speaks_chinese()
    planned = small.sync(engine, dry_run=True)
    assert engine.asked == []
    assert small.tree() == {}
    assert planned.characters_sent == small.sync(engine).characters_sent


def test_one_document_alone_can_be_synced(whole: SmallBook) -> None:
    path = min(path for path in whole._sources() if path.startswith("index."))
    result = whole.sync(only=["index"])
    assert (result.documents, list(whole.targets())) == (1, [path])
    assert whole.sync().files_written == len(whole.targets()) - 1


# Law 5: locality


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("Second sentence", "Two sentences", 1),
        ("Another item", "Some other item", 1),
        ("It ends.", "It stops.", 1),
        ("A last paragraph.", "A last paragraph. Well, nearly.", 1),
    ],
)
def test_a_changed_sentence_changes_only_its_own_line(small: SmallBook, old: str, new: str, lines: int) -> None:
    small.sync()
    before = small.target(page(small))
    small.change(page(small), old, new)
    small.sync()
    assert len(changed_lines(before, small.target(page(small)))) == lines
    assert small.differences(page(small)) == []


def test_in_a_changed_paragraph_the_other_lines_stay(tmp_path: Path) -> None:
    """Semantic line breaks: a sentence a line, in the target as well, where the target's sentences are people's."""
    book = SmallBook(tmp_path, {"index.md": "# T\n\nOne is here.\nTwo is here.\nThree is here.\n"}, language="es")
    book.sync()
    book.set_target("index.md", "# ⟦Ŧ ·⟧\n\nUno.\nDos.\nTres.\n")
    book.sync()
    book.change("index.md", "Two is here.", "Two was here.")
    book.sync("memory")
    assert book.target("index.md") == "# ⟦Ŧ ·⟧\n\nUno.\nDos.\nTres.\n"


def test_an_added_paragraph_adds_its_own_lines_alone(small: SmallBook) -> None:
    small.sync()
    before = small.target(page(small))
    small.change(page(small), "A last paragraph.", "Something new.\n\nA last paragraph.")
    small.sync()
    after = small.target(page(small))
    assert changed_lines(before, after) == []
    assert after == before.replace("⟦Ȧ ŀȧşŧ", f"{pseudo('Something new.')}\n\n⟦Ȧ ŀȧşŧ")


# Law 6: masked reuse


def unchanged_cost(book: SmallBook, old: str, new: str) -> str:
    """Change a source after a first sync, and sync again: nothing may be sent."""
    book.sync(speaks_chinese())
    book.change(page(book), old, new)
    engine = speaks_chinese()
    result = book.sync(engine)
    assert (result.characters_sent, result.engine_calls, engine.asked) == (0, 0, [])
    assert (result.segments["refused"], result.segments["stale"], result.findings) == (0, 0, [])
    assert book.differences(page(book)) == []
    return book.target(page(book))


CODES_MD = """# Title with $a$

See [the text](https://example.org/old?x=1#y) and `literal` and {math}`b` and {ref}`this <old>` there.

Look at {doc}`index`, ![alt](old.png) and {eq}`eq-old`[^old] now. Or <https://old.example.org> then.

(old)=
## Sub

[^old]: Note.
"""


@pytest.mark.parametrize(
    ("old", "new", "stands"),
    [
        ("$a$", "$a^2$", "$a^2$"),
        ("https://example.org/old?x=1#y", "https://example.com/new", "](https://example.com/new)"),
        ("`literal`", "`other`", "`other`"),
        ("`literal`", "``with ` tick``", "``with ` tick``"),
        ("{math}`b`", "{math}`b_1 * c_2`", "{math}`b_1 * c_2`"),
        ("<old>", "<index>", "<index>`"),
        ("(old.png)", "(new.png)", "](new.png)"),
        ("eq-old", "eq-new", "{eq}`eq-new`"),
        ("https://old.", "https://new.", "<https://new.example.org>"),
    ],
)
def test_a_change_inside_an_inline_code_alone_costs_nothing(tmp_path: Path, old: str, new: str, stands: str) -> None:
    book = SmallBook(tmp_path, {"index.md": CODES_MD})
    target = unchanged_cost(book, old, new)
    assert target.count(stands) == 1
    assert old not in target.replace(new, "")


CODES_RST = """Title with :math:`a`
====================

See `the text <https://example.org/old?x=1#y>`_ and ``literal`` and :math:`b` and :ref:`this <old>` there.

Look at :doc:`index` and |old| now.

.. _old:

Sub
---

.. |old| replace:: text
.. |new| replace:: text
"""


@pytest.mark.parametrize(
    ("old", "new", "stands"),
    [
        (":math:`a`\n====================", ":math:`a^2`\n======================", ":math:`a^2`"),
        ("https://example.org/old?x=1#y", "https://example.com/new", "<https://example.com/new>`_"),
        ("``literal``", "``other``", "``other``"),
        (":math:`b`", r":math:`b_1 \cdot c`", r":math:`b_1 \cdot c`"),
        ("this <old>", "this <index>", "<index>`"),
        ("|old| now", "|new| now", r"|new|\ "),
    ],
)
def test_the_same_in_rst(tmp_path: Path, old: str, new: str, stands: str) -> None:
    book = SmallBook(tmp_path, {"index.rst": CODES_RST})
    assert unchanged_cost(book, old, new).count(stands) == 1


STRUCTURE_MD = """# Title

One paragraph.

Another paragraph. With two sentences.

## Section

1. First item
2. Second item
3. Third item

```python
x = 1  # old
```

$$
y = 1
$$

> Quoted text.

## Last section

The end.
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "One paragraph.\n\nAnother paragraph. With two sentences.",
            "Another paragraph. With two sentences.\n\nOne paragraph.",
        ),
        ("## Section", "### Section"),
        ("## Last section", "# Last section"),
        ("1. First item\n2. Second item\n3. Third item", "1. Third item\n2. First item\n3. Second item"),
        ("1. First item\n2. Second item\n3. Third item", "- First item\n- Second item\n- Third item"),
        ("1. First item\n2. Second item\n3. Third item", "1. First item\n1. Second item\n1. Third item"),
        ("x = 1  # old", "x = 2  # new\n## not a title\ny = 3"),
        ("y = 1", "y = 2 \\text{ if so}"),
        ("> Quoted text.", "Quoted text."),
        ("Another paragraph. With two sentences.", "With two sentences. Another paragraph."),
        ("One paragraph.\n\nAnother paragraph.", "One paragraph.  Another paragraph."),
        ("Another paragraph. With", "Another paragraph.\n\nWith"),
        ("Another paragraph. With", "Another paragraph.\nWith"),
        ("One paragraph.\n\n", ""),
        ("## Section\n", "(label)=\n## Section\n"),
        ("## Section\n\n", "## Section\n\n```{note}\n```\n\n"),
        ("> Quoted text.", ":::{note}\nQuoted text.\n:::"),
        ("# Title\n", "---\nkey: 1.10\n---\n\n# Title\n"),
        ("## Section", "Section\n-------"),
    ],
)
def test_moves_levels_orders_and_code_cost_nothing(tmp_path: Path, old: str, new: str) -> None:
    book = SmallBook(tmp_path, {"index.md": STRUCTURE_MD})
    target = unchanged_cost(book, old, new)
    fresh = SmallBook(tmp_path / "fresh", {"index.md": book.read("index.md")})
    fresh.sync(speaks_chinese())
    assert target == fresh.target("index.md")


def test_a_renamed_document_costs_nothing(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": "# Index\n\n```{toctree}\nold\n```\n", "old.md": MD})
    book.sync(speaks_chinese())
    before = book.target("old.md")
    (book.source / "old.md").rename(book.source / "new.md")
    book.change("index.md", "old", "new")
    result = book.sync(speaks_chinese())
    assert (result.characters_sent, book.target("new.md")) == (0, before)
    assert sorted(book.targets()) == ["index.md", "new.md"]


def test_a_paragraph_moves_to_another_document_for_nothing(tmp_path: Path) -> None:
    book = SmallBook(
        tmp_path, {"index.md": "# I\n\n```{toctree}\na\nb\n```\n", "a.md": MD, "b.md": "# Other\n\nText.\n"}
    )
    book.sync(speaks_chinese())
    translated = book.target("a.md").splitlines()[-1]
    book.change("a.md", "A last paragraph. It ends.\n", "")
    book.change("b.md", "Text.\n", "Text.\n\nA last paragraph. It ends.\n")
    result = book.sync(speaks_chinese())
    assert (result.characters_sent, result.engine_calls, result.segments["translated"]) == (0, 0, 0)
    assert book.target("b.md").splitlines()[-1] == translated


# Law 7: sentence economy


def test_only_the_changed_sentence_is_sent_with_its_codes(small: SmallBook) -> None:
    small.sync()
    small.change(page(small), "Second sentence", "Two sentences")
    engine = Engine(pseudo)
    result = small.sync(engine)
    code = "$x$" if page(small).endswith("md") else ":math:`x`"
    assert engine.sources == ["Two sentences with <1/>."]
    assert result.characters_sent == len(f"Two sentences with {code}.")
    assert result.segments == {"kept": 8, "translated": 1}


def test_what_an_engine_is_told_of_a_sentence_are_its_neighbours(small: SmallBook) -> None:
    engine = Engine(pseudo)
    small.sync(engine)
    second = next(request for request in engine.asked if request.source.startswith("Second"))
    assert (second.before, second.after) == ("First sentence.", "Third <1>sentence</1> here.")
    assert second.document == page(small)
    assert [code.kind for code in second.codes] == ["math"]


def test_a_sentence_that_occurs_many_times_is_sent_once(tmp_path: Path) -> None:
    text = "# T\n\nThe same words.\n\n- The same words.\n- The same words. Other words.\n"
    book = SmallBook(
        tmp_path, {"index.md": text, "b.md": text.replace("# T", "# U"), "c.rst": "V\n=\n\nThe same words.\n"}
    )
    engine = Engine(pseudo)
    result = book.sync(engine)
    assert sorted(engine.sources) == ["Other words.", "T", "The same words.", "U", "V"]
    assert result.characters_sent == len("".join(engine.sources))
    assert result.segments == {"translated": 12}


def test_white_space_and_line_breaks_make_no_other_sentence(small: SmallBook) -> None:
    small.sync()
    small.change(page(small), "A last paragraph.", "A   last\nparagraph.")
    result = small.sync()
    assert (result.characters_sent, result.segments) == (0, {"kept": 9})


def test_a_person_s_neighbours_keep_their_wording(small: SmallBook) -> None:
    small.sync()
    small.edit(page(small), pseudo("First sentence."), "人写的第一句。")
    small.change(page(small), "Third *sentence* here.", "Third *sentence* there.")
    engine = Engine(pseudo)
    small.sync(engine)
    assert engine.sources == ["Third <1>sentence</1> there."]
    assert "人写的第一句。" in small.target(page(small))


def test_split_and_joined_paragraphs_send_nothing_and_keep_a_person_s_words(small: SmallBook) -> None:
    small.sync()
    small.edit(page(small), pseudo("It ends."), "人写的结尾。")
    before = small.read(page(small))
    gap = " " if page(small).endswith("md") else "  "
    small.change(page(small), f"paragraph.{gap}It", "paragraph.\n\nIt")
    assert small.sync().characters_sent == 0
    assert f"{pseudo('A last paragraph.')}\n\n人写的结尾。\n" in small.target(page(small))
    small.write(page(small), before)
    assert small.sync().characters_sent == 0
    assert small.target(page(small)).endswith("人写的结尾。\n")


# Law 13: determinism

SYNC = """
import sys
from pathlib import Path
from book import real_book
book = real_book(sys.argv[1], Path(sys.argv[2]))
book.sync()
"""


def in_another_process(name: str, folder: Path, seed: str) -> Iterator[tuple[str, bytes]]:
    here = Path(__file__).parent
    paths = os.pathsep.join([str(here), str(here.parent)])
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": paths}
    subprocess.run([sys.executable, "-c", SYNC, name, str(folder)], check=True, env=environment, capture_output=True)
    locale = folder / "locale" / "zh"
    for file in sorted(file for file in locale.rglob("*.*") if file.is_file()):
        yield file.relative_to(locale).as_posix(), file.read_bytes()


def test_two_fresh_syncs_give_the_same_bytes(whole: SmallBook, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    whole.sync()
    other = real_book(request.node.callspec.params["whole"], tmp_path / "a" / "longer" / "path")
    other.sync()
    assert other.tree() == whole.tree()
    assert str(tmp_path) not in str(whole.tree())


@pytest.mark.slow
@pytest.mark.parametrize("name", BOOKS[:2])
def test_the_seed_of_hashes_does_not_matter(name: str, tmp_path: Path) -> None:
    one = dict(in_another_process(name, tmp_path / "one", "1"))
    assert dict(in_another_process(name, tmp_path / "two", "2")) == one
    assert len(one) > 4
