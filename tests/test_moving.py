"""Documents that were renamed, moved, split or joined take their targets along."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from book import SmallBook, chinese, speaks_chinese

from sphinx_amts.model import State, Subtype
from sphinx_amts.pairs.manifest import dump
from sphinx_amts.sync import tree
from sphinx_amts.sync.tree import LocaleTree

INDEX = "# Book\n\n```{toctree}\n:glob:\n\n*\nguide/*\n```\n"
BREAD = """# Bread

Knead the dough well. Let it rest for an hour.

```python
print("A loaf")
```

## Baking

Bake it at a high heat. See [the soup](soup.md) for what goes with it.

## Eating

Let it cool down before you cut it.
"""
SOUP = "# Soup\n\nBoil the water first. Then add the vegetables.\n"
HUMAN = "好好揉面团。"


@pytest.fixture
def book(tmp_path: Path) -> SmallBook:
    book = SmallBook(tmp_path, {"index.md": INDEX, "bread.md": BREAD, "soup.md": SOUP})
    book.sync(speaks_chinese())
    by_hand(book, "bread.md", "Knead the dough well.", HUMAN)
    return book


def by_hand(book: SmallBook, path: str, source: str, target: str) -> None:
    """Be a person who writes a sentence anew."""
    book.edit(path, "".join(book.group(path, source).target).strip(), target)


def reviewed(book: SmallBook, path: str, source: str) -> None:
    """Be a person who reviewed a sentence."""
    manifest = book.manifest(path)
    pieces = [
        replace(
            piece,
            groups=tuple(
                replace(group, state=State.REVIEWED) if "".join(group.source).strip() == source else group
                for group in piece.groups
            ),
        )
        if hasattr(piece, "groups")
        else piece
        for piece in manifest.pieces
    ]
    text = dump(replace(manifest, pieces=tuple(pieces)))
    (book.locale / ".amts" / f"{path}.json").write_text(text, encoding="utf-8")


def rename(book: SmallBook, old: str, new: str) -> None:
    book.write(new, book.read(old))
    (book.source / old).unlink()


def remains(book: SmallBook, path: str) -> bool:
    return any(name in (path, f".amts/{path}.json") for name in book.tree())


class TestRenamed:
    def test_a_renamed_document_takes_its_target_and_its_manifest_along(self, book: SmallBook) -> None:
        target, engine = book.target("bread.md"), speaks_chinese()
        rename(book, "bread.md", "loaf.md")
        result = book.sync(engine)
        assert (result.characters_sent, result.moved, result.findings) == (0, {"loaf.md": "bread.md"}, [])
        assert book.target("loaf.md") == target
        assert book.group("loaf.md", "Knead the dough well.").origin == "human"
        assert not remains(book, "bread.md")

    def test_the_next_sync_has_nothing_to_do(self, book: SmallBook) -> None:
        rename(book, "bread.md", "loaf.md")
        book.sync(speaks_chinese())
        before = book.tree()
        result = book.sync(speaks_chinese())
        assert (result.files_written, result.moved, book.tree()) == (0, {}, before)

    def test_relative_links_follow_the_source_s(self, book: SmallBook) -> None:
        rename(book, "bread.md", "guide/bread.md")
        book.change("guide/bread.md", "(soup.md)", "(../soup.md)")
        assert book.sync(speaks_chinese()).characters_sent == 0
        assert "](../soup.md)" in book.target("guide/bread.md")
        assert HUMAN in book.target("guide/bread.md")
        assert book.new_warnings() == []

    def test_a_sentence_that_changed_on_the_way_is_the_only_one_sent(self, book: SmallBook) -> None:
        rename(book, "bread.md", "loaf.md")
        book.change("loaf.md", "Let it cool down", "Let it cool completely")
        book.change("loaf.md", "Knead the dough well.", "Knead the dough gently.")
        engine = speaks_chinese()
        result = book.sync(engine)
        assert engine.sources == ["Knead the dough gently.", "Let it cool completely before you cut it."]
        assert book.group("loaf.md", "Knead the dough gently.").stale
        assert [finding.subtype for finding in result.findings] == [Subtype.STALE]
        assert HUMAN in book.target("loaf.md")

    def test_states_proposals_and_the_attic_come_along(self, book: SmallBook) -> None:
        reviewed(book, "bread.md", "Let it rest for an hour.")
        book.change("bread.md", "Knead the dough well. ", "")
        book.sync(speaks_chinese())
        attic = book.manifest("bread.md").attic
        rename(book, "bread.md", "loaf.md")
        book.sync(speaks_chinese())
        assert [group.target[0].strip() for group in attic] == [HUMAN]
        assert book.manifest("loaf.md").attic == attic
        assert book.group("loaf.md", "Let it rest for an hour.").state is State.REVIEWED

    def test_localised_code_and_notes_come_along(self, book: SmallBook) -> None:
        book.edit("bread.md", '"A loaf"', '"一条面包"')
        book.set_target("bread.md", book.target("bread.md") + "\n译注：冷却。\n")
        target = book.target("bread.md")
        rename(book, "bread.md", "loaf.md")
        book.sync(speaks_chinese())
        assert book.target("loaf.md") == target

    def test_a_target_that_people_renamed_themselves_is_theirs_still(self, book: SmallBook) -> None:
        rename(book, "bread.md", "loaf.md")
        (book.locale / "bread.md").rename(book.locale / "loaf.md")
        target = book.target("loaf.md")
        result = book.sync(speaks_chinese())
        assert (result.characters_sent, result.findings, book.target("loaf.md")) == (0, [], target)
        assert book.group("loaf.md", "Knead the dough well.").origin == "human"
        assert not remains(book, "bread.md")

    def test_another_document_that_is_new_takes_nothing(self, book: SmallBook) -> None:
        (book.source / "bread.md").unlink()
        book.write("tea.md", "# Tea\n\nPour hot water over the leaves.\n")
        result = book.sync(speaks_chinese())
        assert result.moved == {}
        assert HUMAN in book.target("bread.md")
        assert [finding.subtype for finding in result.findings] == [Subtype.PEOPLE]

    def test_two_documents_that_changed_names_keep_each_its_own(self, book: SmallBook) -> None:
        bread, soup = book.target("bread.md"), book.target("soup.md")
        rename(book, "bread.md", "guide/first.md")
        rename(book, "soup.md", "guide/second.md")
        result = book.sync(speaks_chinese())
        assert result.moved == {"guide/first.md": "bread.md", "guide/second.md": "soup.md"}
        assert (book.target("guide/first.md"), book.target("guide/second.md")) == (bread, soup)

    def test_one_that_is_synced_alone_does_not_take_what_may_be_another_s(self, book: SmallBook) -> None:
        rename(book, "bread.md", "loaf.md")
        book.write("oven.md", BREAD[: BREAD.index("## Eating")])
        assert book.sync(speaks_chinese(), only=["oven"]).moved == {}
        assert book.sync(speaks_chinese(), only=["loaf"]).moved == {"loaf.md": "bread.md"}
        assert HUMAN in book.target("loaf.md")

    def test_a_dry_run_moves_nothing_and_says_that_nothing_is_to_be_sent(self, book: SmallBook) -> None:
        rename(book, "bread.md", "loaf.md")
        before = book.tree()
        result = book.sync(speaks_chinese(), dry_run=True)
        assert (result.characters_sent, result.moved, book.tree()) == (0, {"loaf.md": "bread.md"}, before)


class Killed(BaseException):
    """The process died here."""


def killed_at(book: SmallBook, step: int) -> None:
    """A sync whose process dies at this step: each file that is written, put in place or removed is one."""
    steps = 0

    def dies(original: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **options: Any) -> Any:
            nonlocal steps
            steps += 1
            if steps == step:
                raise Killed
            return original(*arguments, **options)

        return wrapped

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tree, "_put", dies(tree._put))
        patch.setattr(os, "replace", dies(os.replace))
        patch.setattr(LocaleTree, "remove", dies(LocaleTree.remove))
        with pytest.raises(Killed):
            book.sync(speaks_chinese())


@pytest.mark.parametrize("step", [1, 3, 4, 5, 6])
def test_whoever_dies_while_a_document_moves_loses_nothing(book: SmallBook, step: int) -> None:
    target = book.target("bread.md")
    rename(book, "bread.md", "loaf.md")
    killed_at(book, step)
    engine = speaks_chinese()
    result = book.sync(engine)
    assert (engine.sources, result.findings) == ([], [])
    assert book.target("loaf.md") == target
    assert book.group("loaf.md", "Knead the dough well.").origin == "human"
    assert not remains(book, "bread.md")


@pytest.mark.parametrize("step", [2, 5, 6, 9])
def test_whoever_dies_while_a_document_is_split_pays_for_nothing_twice(book: SmallBook, step: int) -> None:
    book.write("bread.md", TestSplit.SECOND)
    book.write("zwieback.md", TestSplit.FIRST)
    killed_at(book, step)
    engine = speaks_chinese()
    book.sync(engine)
    assert engine.sources == []
    assert HUMAN in book.target("zwieback.md")
    assert book.group("zwieback.md", "Knead the dough well.").origin == "human"


class TestSplit:
    FIRST = BREAD[: BREAD.index("## Baking")]
    SECOND = "# Baking\n\n" + BREAD[BREAD.index("Bake it") :]

    def test_the_second_half_takes_its_sentences_along(self, book: SmallBook) -> None:
        by_hand(book, "bread.md", "Let it cool down before you cut it.", "切之前先放凉。")
        reviewed(book, "bread.md", "Bake it at a high heat.")
        book.write("bread.md", self.FIRST)
        book.write("oven.md", self.SECOND)
        engine = speaks_chinese()
        result = book.sync(engine)
        assert (engine.sources, result.moved, result.findings) == ([], {}, [])
        assert HUMAN in book.target("bread.md")
        assert book.group("oven.md", "Let it cool down before you cut it.").target[0].strip() == "切之前先放凉。"
        assert book.group("oven.md", "Let it cool down before you cut it.").origin == "human"
        assert book.group("oven.md", "Bake it at a high heat.").state is State.REVIEWED
        assert book.manifest("oven.md").attic == ()

    def test_localised_code_goes_where_its_section_goes(self, book: SmallBook) -> None:
        book.edit("bread.md", '"A loaf"', '"一条面包"')
        book.write("oven.md", "# Dough\n\n" + BREAD[BREAD.index("Knead") : BREAD.index("## Baking")])
        book.write("bread.md", "# Bread\n\n" + BREAD[BREAD.index("## Baking") :])
        engine = speaks_chinese()
        result = book.sync(engine)
        assert (engine.sources, result.findings) == (["Dough"], [])
        assert HUMAN in book.target("oven.md")
        assert '"一条面包"' in book.target("oven.md")

    def test_a_note_goes_where_its_paragraph_goes_and_nowhere_else(self, book: SmallBook) -> None:
        """Notes of translators stand behind a paragraph that goes and behind one that stays."""
        for source in ("See [the soup](soup.md) for what goes with it.", "Let it cool down before you cut it."):
            behind = "".join(book.group("bread.md", source).target)
            book.edit("bread.md", behind, f"{behind}\n\n译者注：小心。")
        book.write("bread.md", self.FIRST + BREAD[BREAD.index("## Eating") :])
        book.write("oven.md", "# Baking\n\n" + BREAD[BREAD.index("Bake it") : BREAD.index("## Eating")])
        result = book.sync(speaks_chinese())
        assert [book.target(path).count("译者注：小心。") for path in ("bread.md", "oven.md")] == [1, 1]
        assert result.findings == []
        before = book.tree()
        assert (book.sync(speaks_chinese()).files_written, book.tree()) == (0, before)

    def test_a_document_that_became_two_is_lost_to_neither(self, book: SmallBook) -> None:
        by_hand(book, "bread.md", "Let it cool down before you cut it.", "切之前先放凉。")
        (book.source / "bread.md").unlink()
        book.write("dough.md", self.FIRST)
        book.write("oven.md", self.SECOND)
        engine = speaks_chinese()
        result = book.sync(engine)
        assert (engine.sources, result.moved, result.findings) == ([], {"oven.md": "bread.md"}, [])
        assert HUMAN in book.target("dough.md")
        assert book.group("dough.md", "Knead the dough well.").origin == "human"
        assert "切之前先放凉。" in book.target("oven.md")
        assert not remains(book, "bread.md")


class TestJoined:
    def test_a_document_that_joined_another_stays_people_s_there(self, book: SmallBook) -> None:
        reviewed(book, "bread.md", "Let it rest for an hour.")
        book.write("soup.md", SOUP + "\n" + BREAD.replace("# Bread", "## Bread").replace("## ", "### "))
        (book.source / "bread.md").unlink()
        engine = speaks_chinese()
        result = book.sync(engine)
        assert (engine.sources, result.findings) == ([], [])
        assert book.group("soup.md", "Knead the dough well.").origin == "human"
        assert book.group("soup.md", "Let it rest for an hour.").state is State.REVIEWED
        assert not remains(book, "bread.md")

    def test_the_file_stays_while_something_of_people_s_stands_nowhere_else(self, book: SmallBook) -> None:
        book.write("soup.md", SOUP + "\nLet it rest for an hour.\n")
        (book.source / "bread.md").unlink()
        result = book.sync(speaks_chinese())
        assert HUMAN in book.target("bread.md")
        assert [finding.subtype for finding in result.findings] == [Subtype.PEOPLE]

    def test_a_paragraph_that_moved_to_another_document_goes_as_it_is(self, book: SmallBook) -> None:
        book.change("bread.md", "Knead the dough well. Let it rest for an hour.\n\n", "")
        book.write("soup.md", SOUP + "\nKnead the dough well. Let it rest for an hour.\n")
        engine = speaks_chinese()
        book.sync(engine)
        assert engine.sources == []
        assert book.group("soup.md", "Knead the dough well.").origin == "human"
        assert book.target("soup.md").rstrip().endswith(HUMAN + chinese("Let it rest for an hour."))


class TestNewDocuments:
    def test_they_are_only_listed_where_that_is_asked_for(self, book: SmallBook) -> None:
        book.write("tea.md", "# Tea\n\nPour hot water over the leaves.\n")
        engine = speaks_chinese()
        result = book.sync(engine, new_documents="list")
        assert (engine.sources, remains(book, "tea.md"), result.documents) == ([], False, 3)
        assert [(finding.subtype, finding.path) for finding in result.findings] == [(Subtype.MISSING, "tea.md")]

    def test_one_that_is_named_is_translated_and_in_sync_from_then_on(self, book: SmallBook) -> None:
        book.write("tea.md", "# Tea\n\nPour hot water over the leaves.\n")
        book.sync(speaks_chinese(), new_documents="list", only=["tea"])
        book.change("tea.md", "Pour hot water", "Pour boiling water")
        engine = speaks_chinese()
        result = book.sync(engine, new_documents="list")
        assert (engine.sources, result.findings) == (["Pour boiling water over the leaves."], [])

    def test_a_renamed_one_is_not_new(self, book: SmallBook) -> None:
        rename(book, "bread.md", "loaf.md")
        result = book.sync(speaks_chinese(), new_documents="list")
        assert (result.moved, result.findings) == ({"loaf.md": "bread.md"}, [])


class TestAttic:
    def test_a_sentence_that_comes_back_elsewhere_is_people_s_again(self, book: SmallBook) -> None:
        book.change("bread.md", "Knead the dough well. ", "")
        book.sync(speaks_chinese())
        assert HUMAN not in book.target("bread.md")
        book.write("soup.md", SOUP + "\nKnead the dough well.\n")
        engine = speaks_chinese()
        book.sync(engine)
        assert engine.sources == []
        assert book.group("soup.md", "Knead the dough well.").origin == "human"
        assert HUMAN in book.target("soup.md")

    def test_one_that_comes_back_where_it_was_is_people_s_again(self, book: SmallBook) -> None:
        page = book.read("bread.md")
        book.change("bread.md", "Knead the dough well. ", "")
        book.sync(speaks_chinese())
        book.write("bread.md", page)
        engine = speaks_chinese()
        book.sync(engine)
        assert engine.sources == []
        assert HUMAN in book.target("bread.md")


def test_a_renamed_page_is_built_with_its_translation(book: SmallBook) -> None:
    rename(book, "bread.md", "guide/loaf.md")
    book.change("guide/loaf.md", "(soup.md)", "(../soup.md)")
    book.sync(speaks_chinese())
    assert book.differences() == []
