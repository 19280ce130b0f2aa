"""The law that people win: what a person wrote stands in the tree, waits in the manifest, or lies in its attic."""

from __future__ import annotations

from pathlib import Path

import pytest
from book import Engine, SmallBook, speaks_chinese

from sphinx_amts.engines.pseudo import pseudo
from sphinx_amts.model import Origin, State, Subtype

TEXT = {
    "index.md": """# A title

First sentence. Second sentence with $x$. Third sentence.

- An item

The last paragraph.
""",
    "index.rst": """A title
=======

First sentence.  Second sentence with :math:`x`.  Third sentence.

* An item

The last paragraph.
""",
}


@pytest.fixture(params=sorted(TEXT))
def page(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def book(page: str, tmp_path: Path) -> SmallBook:
    """A synced book of one page, whose second sentence a person wrote."""
    book = SmallBook(tmp_path, {page: TEXT[page]})
    book.sync()
    book.edit(page, second(page), human(page))
    return book


def second(page: str) -> str:
    return pseudo("Second sentence with <1/>.").replace("<1/>", code(page))


def human(page: str) -> str:
    return f"人写的 {code(page)} 第二句。"


def code(page: str, name: str = "x") -> str:
    return f"${name}$" if page.endswith("md") else f":math:`{name}`"


def origins(book: SmallBook, page: str) -> list[str]:
    return [group.origin for group in book.groups(page)]


def test_an_edited_sentence_becomes_its_person_s_and_its_neighbours_do_not(book: SmallBook, page: str) -> None:
    result = book.sync()
    assert (result.characters_sent, result.files_written, result.segments) == (0, 0, {"kept": 6})
    assert origins(book, page) == ["mt:pseudo", "mt:pseudo", "human", "mt:pseudo", "mt:pseudo", "mt:pseudo"]
    assert human(page) in book.target(page)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("First sentence.", "The very first sentence."),
        ("Third sentence.", "Third sentence. And a fourth."),
        ("First sentence.", ""),
        ("The last paragraph.", "Another last paragraph."),
        ("The last paragraph.\n", ""),
        ("The last paragraph.", "Something before it.\n\nThe last paragraph."),
        ("A title", "Another title"),
    ],
)
def test_an_edited_sentence_stays_whatever_changes_around_it(book: SmallBook, page: str, old: str, new: str) -> None:
    book.change(page, old, new)
    book.sync()
    assert human(page) in book.target(page)
    assert origins(book, page).count("human") == 1
    assert book.differences(page) == []


def test_where_the_source_of_a_person_s_sentence_changes_it_stays_and_is_stale(book: SmallBook, page: str) -> None:
    book.change(page, "Second sentence with", "Second phrase with")
    before = book.target(page)
    engine = Engine(pseudo)
    result = book.sync(engine)
    assert book.target(page) == before
    assert engine.sources == ["Second phrase with <1/>."]
    group = book.group(page, f"Second phrase with {code(page)}.")
    assert (group.origin, group.stale, "".join(group.target).strip()) == (Origin.HUMAN, True, human(page))
    assert group.proposal is not None
    assert group.proposal.strip() == pseudo("Second phrase with <1/>.").replace("<1/>", code(page))
    assert result.segments["stale"] == 1
    (finding,) = (finding for finding in result.findings if finding.subtype is Subtype.STALE)
    assert finding.target == human(page)


def test_a_stale_sentence_is_not_sent_again_and_stays(book: SmallBook, page: str) -> None:
    book.change(page, "Second sentence with", "Second phrase with")
    book.sync()
    before = book.tree()
    result = book.sync()
    assert (result.characters_sent, result.segments["stale"], result.files_written) == (0, 1, 0)
    assert book.tree() == before


def test_with_on_human_keep_nobody_is_asked_for_a_proposal(book: SmallBook, page: str) -> None:
    book.change(page, "Second sentence with", "Second phrase with")
    result = book.sync(on_human="keep")
    assert (result.characters_sent, result.engine_calls, result.segments["stale"]) == (0, 0, 1)
    group = book.group(page, f"Second phrase with {code(page)}.")
    assert (group.stale, group.proposal) == (True, None)
    assert human(page) in book.target(page)


def test_the_neighbours_of_a_stale_sentence_still_sync(book: SmallBook, page: str) -> None:
    book.change(page, "Second sentence with", "Second phrase with")
    book.change(page, "Third sentence.", "Third phrase.")
    book.sync()
    assert human(page) in book.target(page)
    assert pseudo("Third phrase.") in book.target(page)
    assert pseudo("Third sentence.") not in book.target(page)


def test_a_person_who_looks_after_a_stale_sentence_settles_it(book: SmallBook, page: str) -> None:
    book.change(page, "Second sentence with", "Second phrase with")
    book.sync()
    newer = human(page).replace("第二句", "第二个短语")
    book.edit(page, human(page), newer)
    result = book.sync()
    group = book.group(page, f"Second phrase with {code(page)}.")
    assert (group.origin, group.stale, group.proposal) == (Origin.HUMAN, False, None)
    assert (result.segments["stale"], result.characters_sent) == (0, 0)
    assert newer in book.target(page)


def test_a_stale_sentence_whose_source_goes_back_still_stands(book: SmallBook, page: str) -> None:
    book.change(page, "Second sentence with", "Second phrase with")
    book.sync()
    book.change(page, "Second phrase with", "Second sentence with")
    book.sync()
    assert human(page) in book.target(page)
    assert origins(book, page).count("human") == 1


def test_a_new_code_goes_into_a_person_s_sentence(book: SmallBook, page: str) -> None:
    book.change(page, code(page), code(page, "y^2"))
    result = book.sync()
    assert human(page).replace(code(page), code(page, "y^2")) in book.target(page)
    assert (result.characters_sent, origins(book, page).count("human")) == (0, 1)
    assert result.segments == {"kept": 6}


def test_a_person_s_sentence_without_the_code_stays_and_waits_for_a_person(book: SmallBook, page: str) -> None:
    book.sync()
    book.edit(page, f" {code(page)} ", "")
    result = book.sync()
    assert "人写的第二句。" in book.target(page)
    book.change(page, code(page), code(page, "y"))
    result = book.sync()
    assert "人写的第二句。" in book.target(page)
    assert result.characters_sent == 0
    assert book.group(page, f"Second sentence with {code(page, 'y')}.").stale


def test_a_paragraph_that_is_gone_leaves_a_person_s_words_in_the_attic(book: SmallBook, page: str) -> None:
    paragraph = book.read(page).split("\n\n")[1]
    book.change(page, f"{paragraph}\n\n", "")
    result = book.sync()
    assert human(page) not in book.target(page)
    (finding,) = result.findings
    assert finding.message == "the source of what a person wrote is gone; their text lies in the attic"
    assert (finding.subtype, finding.target) == (Subtype.ATTIC, human(page))
    assert book.sync().findings == []
    (kept,) = book.manifest(page).attic
    assert "".join(kept.target).strip() == human(page)
    assert "".join(kept.source).strip() == f"Second sentence with {code(page)}."


def test_a_paragraph_that_goes_and_comes_back_loses_no_words_of_a_person(book: SmallBook, page: str) -> None:
    before = book.read(page)
    for text in (before.replace(before.split("\n\n")[1] + "\n\n", ""), before, before.replace("First", "Another")):
        book.write(page, text)
        book.sync()
        attic = "".join(text for group in book.manifest(page).attic for text in group.target)
        assert human(page) in book.target(page) + attic


def test_a_person_s_group_of_sentences_is_kept_as_a_whole(tmp_path: Path) -> None:
    """Three sentences became two: none of them can be replaced alone, and none may stand twice."""
    book = SmallBook(tmp_path, {"index.md": "# T\n\nOne is here. Two is here. Three is here.\n\nThe end.\n"})
    book.sync()
    book.set_target("index.md", "# ⟦Ŧ ·⟧\n\n一和二都在这里。三也在。\n\n⟦Ŧħḗ ḗƞḓ. ··⟧\n")
    book.sync()
    before = book.target("index.md")
    for old, new in [
        ("Two is here.", "Two was here."),
        ("One is", "One was"),
        ("Three is here.", "Three is there. Four."),
    ]:
        book.change("index.md", old, new)
        result = book.sync()
        assert book.target("index.md") == before
        assert result.segments["stale"] == sum(result.segments.values()) - 2
    group = book.groups("index.md")[1]
    assert (group.origin, group.stale, "".join(group.target)) == ("human", True, "一和二都在这里。三也在。")
    assert "".join(group.source) == "One was here. Two was here. Three is there. Four."


def test_a_moved_paragraph_takes_a_person_s_words_along(book: SmallBook, page: str) -> None:
    paragraph = book.read(page).split("\n\n")[1]
    book.change(page, f"{paragraph}\n\n", "")
    book.write(page, f"{book.read(page)}\n{paragraph}\n")
    result = book.sync()
    assert (result.characters_sent, book.manifest(page).attic) == (0, ())
    assert book.target(page).rstrip().endswith(pseudo("Third sentence."))
    assert human(page) in book.target(page)


def test_a_person_s_sentence_is_found_again_in_another_document(book: SmallBook, page: str) -> None:
    """Memory trusts people more than machines."""
    book.sync()
    other = f"other.{page.rpartition('.')[2]}"
    book.write(other, TEXT[page].replace("A title", "One title").replace("First", "Zeroth"))
    engine = Engine(pseudo)
    book.sync(engine)
    assert human(page) in book.target(other)
    assert f"Second sentence with {code(page)}." not in engine.sources


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("⟧⟦", "⟧ ⟦"),
        (", ", "，"),
        (". ·", "。·"),
        ("⟦Ŧ", "⟦\u3000Ŧ"),
    ],
)
def test_white_space_and_the_width_of_punctuation_make_no_person(tmp_path: Path, old: str, new: str) -> None:
    book = SmallBook(tmp_path, {"index.md": "# Title\n\nThe first, I say. Is second.\n"})
    book.sync()
    book.set_target("index.md", book.target("index.md").replace(old, new, 1))
    edited = book.target("index.md")
    result = book.sync()
    assert book.target("index.md") == edited
    assert origins(book, "index.md") == ["mt:pseudo"] * 3
    assert result.segments == {"kept": 3}
    book.change("index.md", "Title", "Another title")
    book.sync()
    assert book.target("index.md").partition("\n")[2] == edited.partition("\n")[2]


def test_a_reviewed_sentence_is_never_replaced(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": TEXT["index.md"]})
    book.sync()
    file = book.locale / ".amts" / "index.md.json"
    file.write_text(file.read_text("utf-8").replace('"translated"', '"reviewed"'), encoding="utf-8")
    before = book.target("index.md")
    book.change("index.md", "First sentence.", "First phrase.")
    book.sync()
    assert book.target("index.md") == before
    group = book.group("index.md", "First phrase.")
    assert (group.stale, group.origin, "".join(group.target).strip()) == (True, "mt:pseudo", pseudo("First sentence."))
    assert group.proposal is not None
    assert book.group("index.md", "Third sentence.").state is State.REVIEWED


# What stands between the units


CODE = """# Title

A paragraph.

```python
x = 1  # a comment
font = "Serif"
```

See <https://example.org/en>.

The end.
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# a comment", "# 注释"),
        ('font = "Serif"', 'font = "Source Han Serif"\nplt.rc(font)'),
        ("```python\n", "```{note}\n译者注：这里的代码用到了字体。\n```\n\n```python\n"),
        ("<https://example.org/en>", "<https://example.org/zh>"),
        ("```\n\n", "```\n\n译者补充了一段。它有两句。\n\n"),
        ("```python\nx = 1  # a comment\n", "```python\n"),
    ],
    ids=["comment", "font block", "note", "url", "paragraph", "line taken out"],
)
@pytest.mark.parametrize(
    ("change", "by"),
    [("The end.", "It ends."), ("A paragraph.", "A paragraph. More."), ("# Title\n", "# Title\n\nNew first one.\n")],
)
def test_what_a_person_localised_survives_any_change_around_it(
    tmp_path: Path, old: str, new: str, change: str, by: str
) -> None:
    book = SmallBook(tmp_path, {"index.md": CODE})
    book.sync(speaks_chinese())
    book.edit("index.md", old, new)
    edited = book.target("index.md")
    result = book.sync(speaks_chinese())
    assert (book.target("index.md"), result.characters_sent, result.segments["refused"]) == (edited, 0, 0)
    book.change("index.md", change, by)
    result = book.sync(speaks_chinese())
    assert new in book.target("index.md")
    assert result.segments["refused"] == 0
    assert book.sync(speaks_chinese()).files_written == 0


def test_localised_code_is_kept_and_takes_the_change_of_its_source(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": CODE})
    book.sync()
    book.edit("index.md", "# a comment", "# 注释")
    book.change("index.md", "x = 1 ", "x = 2 ")
    result = book.sync()
    assert "x = 2  # 注释" in book.target("index.md")
    assert result.findings == []


def test_a_translator_s_paragraph_stays_where_its_neighbours_are_gone(tmp_path: Path) -> None:
    """In the tree or in the attic: nothing that a person wrote is lost."""
    book = SmallBook(tmp_path, {"index.md": CODE})
    book.sync()
    book.edit("index.md", "```python", "译者注。\n\n```python")
    book.sync()
    book.write("index.md", "# Title\n\nOther words altogether.\n")
    book.sync()
    attic = "".join(text for group in book.manifest("index.md").attic for text in group.target)
    assert "译者注。" in book.target("index.md") + attic


# Whole files


def test_a_target_without_a_manifest_is_left_alone_byte_for_byte(book: SmallBook, page: str) -> None:
    manifest = book.locale / ".amts" / f"{page}.json"
    manifest.unlink()
    before = book.tree()
    result = book.sync()
    assert book.tree() == before
    assert [finding.subtype for finding in result.findings] == [Subtype.PEOPLE]
    assert (result.characters_sent, result.files_written, result.documents) == (0, 0, 0)
    assert not manifest.exists()


def test_a_source_that_stands_in_the_tree_untranslated_is_nobody_s(tmp_path: Path) -> None:
    """A copy of the source is what a first sync without an engine leaves."""
    book = SmallBook(tmp_path, {"index.md": CODE})
    book.set_target("index.md", CODE)
    assert book.sync().segments == {"translated": 4}


def test_a_target_that_a_person_deleted_is_written_again(book: SmallBook, page: str) -> None:
    book.sync()
    before = book.target(page)
    (book.locale / page).unlink()
    result = book.sync()
    assert (book.target(page), result.characters_sent, result.files_written) == (before, 0, 1)


def test_the_target_of_a_deleted_source_goes_where_it_is_ours_alone(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": "# Index\n", "ours.md": CODE, "theirs.md": CODE})
    book.sync()
    book.edit("theirs.md", pseudo("The end."), "结束。")
    for name in ("ours.md", "theirs.md"):
        (book.source / name).unlink()
    theirs = book.target("theirs.md")
    result = book.sync()
    assert sorted(book.tree()) == [".amts/index.md.json", ".amts/theirs.md.json", "index.md", "theirs.md"]
    assert book.target("theirs.md") == theirs
    assert [finding.subtype for finding in result.findings] == [Subtype.PEOPLE]
    assert book.sync().files_written == 0


def test_the_target_of_a_deleted_source_stays_where_a_gap_of_it_is_a_person_s(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": "# Index\n", "theirs.md": CODE})
    book.sync()
    book.edit("theirs.md", "# a comment", "# 注释")
    book.sync()
    (book.source / "theirs.md").unlink()
    result = book.sync()
    assert "# 注释" in book.target("theirs.md")
    assert [finding.subtype for finding in result.findings] == [Subtype.PEOPLE]


def test_a_file_that_is_nobody_s_target_is_left_alone(book: SmallBook, page: str) -> None:
    book.set_target("README.md", "我们的说明。\n")
    book.sync()
    assert book.target("README.md") == "我们的说明。\n"


def test_an_edit_during_a_sync_is_not_overwritten(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": CODE})
    book.sync()
    book.change("index.md", "The end.", "It ends.")

    def edits_meanwhile(masked: str) -> str:
        book.edit("index.md", pseudo("A paragraph."), "有人刚刚改了。")
        return pseudo(masked)

    result = book.sync(Engine(edits_meanwhile))
    assert [finding.subtype for finding in result.findings] == [Subtype.PEOPLE]
    assert "有人刚刚改了。" in book.target("index.md")
    book.sync()
    assert "有人刚刚改了。" in book.target("index.md")
    assert pseudo("It ends.") in book.target("index.md")


def test_a_command_is_told_the_closest_pairs(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": "# T\n\nThe red apple falls from the old tree today.\n"})
    book.sync()
    book.write("more.md", "# M\n\nThe red apple falls from the old tree now.\n")
    engine = Engine(pseudo)
    engine.wants_matches = True  # type: ignore[attr-defined]
    book.sync(engine)
    asked = [request for request in engine.asked if "now" in request.source]
    assert [match.source for request in asked for match in request.matches] == [
        "The red apple falls from the old tree today."
    ]
