"""PO catalogues: what they bring along, what stays, and a locale tree as a catalogue."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from book import SmallBook, chinese, opened_job, speaks_chinese
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from importing import catalogue, counts, entry, fresh_book, imported

from sphinx_amts.errors import ConfigError
from sphinx_amts.model import State
from sphinx_amts.pairs import catalogues
from sphinx_amts.pairs.catalogues import Message
from sphinx_amts.upkeep.exporting import messages


@pytest.fixture
def book(tmp_path: Path) -> SmallBook:
    return fresh_book(tmp_path)


def as_messages(book: SmallBook) -> list[Message]:
    with opened_job(book) as job:
        return list(messages(job))


# Import of catalogues


def test_a_message_fills_its_unit_as_a_person_s(book: SmallBook) -> None:
    file = catalogue(
        book,
        entry("A title", "标题")
        + entry(
            "First sentence. Second sentence with $x$ and `code`. Third one.", "第一句。第二句有`code`和$x$。第三句。"
        ),
    )
    result = imported(book, file)
    assert counts(result) == (2, 0, 0, 3, 0)
    assert book.target("index.md").splitlines()[:3] == ["# 标题", "", "第一句。第二句有`code`和$x$。第三句。"]
    assert [group.origin for group in book.groups("index.md")][:4] == ["human"] * 4
    assert book.group("index.md", "Third one.").target == ("第三句。",)
    assert book.differences() == []


def test_an_import_can_be_repeated_and_a_sync_after_it_keeps_all(book: SmallBook) -> None:
    file = catalogue(book, entry("A title", "标题") + entry("All of it", "全部", flags="fuzzy"))
    imported(book, file)
    before = book.tree()
    result = imported(book, file)
    assert (counts(result), book.tree()) == ((0, 1, 1, 3, 0), before)
    engine = speaks_chinese()
    book.sync(engine)
    assert book.target("index.md").startswith("# 标题\n")
    assert "A title" not in engine.sources
    assert "All of it" in engine.sources


def test_a_target_that_is_there_is_never_overwritten(book: SmallBook) -> None:
    book.sync(speaks_chinese())
    before = book.tree()
    result = imported(book, catalogue(book, entry("A title", "标题") + entry("Text", "文")))
    assert (book.tree(), result.sync.files_written) == (before, 0)
    assert counts(result) == (0, 2, 0, 0, 0)


def test_a_stale_target_is_a_target(book: SmallBook) -> None:
    book.sync(speaks_chinese())
    book.edit("index.md", chinese("A title"), "题目")
    book.change("index.md", "# A title", "# A new title")
    result = imported(book, catalogue(book, entry("A new title", "新标题")))
    assert book.target("index.md").startswith("# 题目\n")
    assert counts(result)[:2] == (0, 1)


def test_where_sentences_are_not_as_many_they_become_one_group(book: SmallBook) -> None:
    text = "First sentence. Second sentence with $x$ and `code`. Third one."
    imported(book, catalogue(book, entry(text, "第一句，第二句有$x$和`code`。第三句。")))
    (group,) = (group for group in book.groups("index.md") if len(group.source) > 1)
    assert "".join(group.source) == text
    assert (group.origin, "".join(group.target)) == ("human", "第一句，第二句有$x$和`code`。第三句。")
    before = book.tree()
    assert book.sync("memory").files_written == 0
    assert book.tree() == before


def test_where_codes_stand_in_other_sentences_they_become_one_group(book: SmallBook) -> None:
    text = "First sentence. Second sentence with $x$ and `code`. Third one."
    imported(book, catalogue(book, entry(text, "第一句有$x$。第二句。第三句有`code`。")))
    assert any(len(group.source) == 3 for group in book.groups("index.md"))
    assert book.differences() == []


def test_a_translation_with_other_codes_is_refused_with_the_reason(book: SmallBook) -> None:
    text = "First sentence. Second sentence with $x$ and `code`. Third one."
    result = imported(book, catalogue(book, entry(text, "第一句。第二句有$y$。第三句。") + entry("A title", "标题")))
    assert result.documents["index.md"].refused == [(text, "the translation has other inline codes")]
    assert counts(result) == (1, 0, 0, 3, 1)
    assert "First sentence." in book.target("index.md")


def test_a_translation_that_breaks_the_document_is_refused(book: SmallBook) -> None:
    result = imported(book, catalogue(book, entry("Text", "文 *斜") + entry("A title", "标题")))
    (refused,) = result.documents["index.md"].refused
    assert refused == ("Text", "* stands in the text")
    assert book.target("index.md").startswith("# 标题\n")
    assert "| Text | 3 |" in book.target("index.md")
    assert book.differences() == []


def test_a_fuzzy_message_is_a_proposal_that_stays(book: SmallBook) -> None:
    result = imported(book, catalogue(book, entry("A title", "题", flags="fuzzy")))
    assert counts(result)[:3] == (0, 0, 1)
    for _ in range(2):
        group = book.group("index.md", "A title")
        assert (group.proposal, group.state, group.target) == ("题", State.INITIAL, ("A title",))
        book.sync("memory")


def test_obsolete_and_empty_messages_and_the_header_are_ignored(book: SmallBook) -> None:
    result = imported(book, catalogue(book, entry("A title", "") + '#~ msgid "Text"\n#~ msgstr "文"\n'))
    assert counts(result) == (0, 0, 0, 5, 0)
    assert result.unplaced == 0


def test_white_space_does_not_matter(book: SmallBook) -> None:
    text = "One sentence. Another\nwith :math:`x`:"
    imported(book, catalogue(book, entry(text, "一句。另一句有 :math:`x`："), "other.po"))
    assert "一句。另一句有 :math:`x`" in book.target("other.rst")


def test_a_message_that_is_marked_up_as_a_whole_finds_its_unit(book: SmallBook) -> None:
    assert counts(imported(book, catalogue(book, entry("**All of it**", "**全部**"))))[0] == 1
    assert "- **全部**" in book.target("index.md")


def test_of_several_translations_the_one_of_the_document_counts(tmp_path: Path) -> None:
    text = "# Home\n\n```{toctree}\nguide/index\n```\n"
    book = SmallBook(tmp_path, {"index.md": text, "guide/index.md": "# Home\n\nWords.\n\n- Words.\n"})
    catalogue(book, entry("Home", "首页", "../../index.md:1"), "index.po")
    catalogue(book, entry("Home", "主页", "../../guide/index.md:1") + entry("Words.", "词。"), "guide/index.po")
    catalogue(book, entry("Home", "家", flags="fuzzy") + entry("Words.", "字。"), "a.po")
    result = imported(book, book.folder / "catalogues")
    assert book.target("index.md").startswith("# 首页\n")
    assert book.target("guide/index.md") == "# 主页\n\n词。\n\n- 词。\n"
    assert result.unplaced == 0


def test_what_stands_in_no_document_is_counted(book: SmallBook) -> None:
    assert imported(book, catalogue(book, entry("Elsewhere", "别处") + entry("Text", "文"))).unplaced == 1


def test_a_file_of_people_without_manifest_is_left(book: SmallBook) -> None:
    book.set_target("index.md", "# 人的\n")
    result = imported(book, catalogue(book, entry("A title", "标题")))
    assert book.target("index.md") == "# 人的\n"
    assert [finding.subtype for finding in result.sync.findings] == ["people"]


def test_a_dry_run_counts_and_writes_nothing(book: SmallBook) -> None:
    file = catalogue(book, entry("A title", "标题"))
    assert counts(imported(book, file, dry_run=True))[0] == 1
    assert book.tree() == {}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.po", "<html>\n", "damaged catalogue"),
        (
            "a.po",
            b'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "a"\nmsgstr "\xff"\n',
            "damaged catalogue",
        ),
        (
            "a.po",
            'msgid ""\nmsgstr "Content-Type: text/plain; charset=no-such\\n"\n\nmsgid "a"\nmsgstr "b"\n',
            "damaged catalogue",
        ),
        ("a.txt", "", "not a kind of file that is imported"),
        ("a.tmx", "<tmx><body>", "damaged XML"),
        ("missing.po", None, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_stops_it_before_anything_is_written(
    book: SmallBook, name: str, text: str | bytes | None, message: str
) -> None:
    file = book.folder / name
    if text is not None:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError, match=message) as raised:
        imported(book, catalogue(book, entry("A title", "标题")), file)
    assert (raised.value.path, book.tree()) == (file, {})


def test_catalogues_of_another_language_are_refused_and_one_wrong_header_is_not(book: SmallBook) -> None:
    file = catalogue(book, entry("A title", "Un título"))
    wrong = file.with_name("io.po")
    wrong.write_text(file.read_text(encoding="utf-8").replace("zh_CN", "io"), encoding="utf-8")
    with pytest.raises(ConfigError, match="is a catalogue of 'io', not of 'zh'"):
        imported(book, wrong)
    assert book.tree() == {}
    assert counts(imported(book, file, wrong))[0] == 1


# PO and back


def test_a_tree_that_is_exported_as_po_is_imported_as_it_was(book: SmallBook, tmp_path: Path) -> None:
    book.sync(speaks_chinese())
    book.edit("index.md", chinese("First sentence."), "第一句。")
    file = tmp_path / "book.po"
    file.write_bytes(catalogues.as_po(as_messages(book), "zh_CN"))
    other = fresh_book(tmp_path / "other")
    result = imported(other, file)
    assert other.targets() == book.targets()
    assert (result.unplaced, counts(result, "index.md"), counts(result, "other.rst")) == (
        0,
        (5, 0, 0, 0, 0),
        (3, 0, 0, 0, 0),
    )
    assert {group.origin for group in other.groups("other.rst")} == {"mt:told"}


_MESSAGES = st.builds(
    Message,
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30),
    st.booleans(),
    st.lists(st.tuples(st.sampled_from(["a.md", "b/c.rst"]), st.integers(1, 99)), max_size=2, unique=True)
    .map(sorted)
    .map(tuple),
    st.just("a"),
    st.sampled_from(["human", "mt:amazon"]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_MESSAGES, max_size=5, unique_by=lambda message: message.source))
def test_law_what_is_written_as_po_is_read_as_it_was(tmp_path: Path, given_: list[Message]) -> None:
    file = tmp_path / "a.po"
    file.write_bytes(catalogues.as_po(given_, "zh_CN"))
    assert list(catalogues.read(file).messages) == given_


def test_what_is_stale_is_fuzzy_and_what_is_untranslated_is_empty(book: SmallBook) -> None:
    book.sync(speaks_chinese())
    book.edit("index.md", chinese("A title"), "题目")
    book.change("index.md", "# A title", "# A new title")
    book.change("index.md", "- **All of it**", "- **All of it**\n- More")
    book.sync("memory")
    found = {message.source: message for message in as_messages(book)}
    assert (found["A new title"].target, found["A new title"].is_fuzzy) == ("题目", True)
    assert (found["More"].target, found["More"].is_fuzzy) == ("", False)
    assert found["Text"].places == (("index.md", 10),)


@pytest.mark.corpora
def test_the_catalogues_of_a_whole_documentation_are_read(corpora: Path) -> None:
    folder = corpora / "python-docs-es"
    if not folder.is_dir():
        pytest.skip("python-docs-es is missing")
    begin = time.monotonic()
    found = [m for file in sorted(folder.rglob("*.po")) for m in catalogues.read(file, base=folder).messages]
    assert time.monotonic() - begin < 30
    translated = [message for message in found if message.target]
    assert len(translated) > 40_000
    assert any(message.is_fuzzy for message in found)
    assert {message.domain for message in found} >= {"tutorial/controlflow", "glossary"}
