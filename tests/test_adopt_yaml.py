"""A translation's own table of contents and configuration are taken over, and follow the source's line by line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from book import SmallBook, speaks_chinese, untouched_registries

from sphinx_amts.adopt import adopt, editions_of
from sphinx_amts.adopt.editions import Side
from sphinx_amts.adopt.yaml_files import yaml_links
from sphinx_amts.document.flat import flatten
from sphinx_amts.document.reader import yaml_document
from sphinx_amts.locales import language

TOC = """format: jb-book
root: index
parts:
- caption: "First steps"   # of 1.10
  numbered:  true
  chapters:
  - file: bread
  - file: soup
    title: Hot soup
- caption: Later
  chapters:
  - file: tea
"""
THEIRS = """format: jb-book
root: index
parts:
- caption: 第一步   # of 1.10
  numbered:  true
  chapters:
  - file: bread
  - file: soup
    title: 热汤
- caption: 之后
  chapters:
  - file: tea
  - file: translators
"""
# The extension calls what docutils has replaced.
pytestmark = pytest.mark.filterwarnings("ignore:nodes.Node.traverse")
PAGES = {name: f"# {name.title()}\n" for name in ("index.md", "bread.md", "soup.md", "tea.md", "cake.md")}
CONF = 'extensions = ["myst_parser", "sphinx_external_toc", "sphinx_amts"]\n'


@pytest.fixture
def book(tmp_path: Path) -> SmallBook:
    pytest.importorskip("sphinx_external_toc")
    book = SmallBook(tmp_path, {**PAGES, "_toc.yml": TOC}, conf=CONF)
    book.sync(speaks_chinese())
    (book.locale / ".amts/_toc.yml.json").unlink()
    book.set_target("_toc.yml", THEIRS)
    book.set_target("translators.md", "# 译者\n")
    return book


def taken_over(book: SmallBook) -> SmallBook:
    languages = (language("en"), language("zh"))
    with untouched_registries():
        adopt(book.source, book.locale, editions_of(book.locale, book.source), languages)
    return book


def links(source: str, target: str) -> list[tuple[int, int]]:
    sides = [Side(yaml_document("_toc.yml", flatten(text, ".yml")), ((),) * text.count("caption"), ())
             for text in (source, target)]  # fmt: skip
    return [(link.sources[0], link.targets[0]) for link in yaml_links(*sides)]


def test_it_is_left_alone_until_it_is_taken_over(book: SmallBook) -> None:
    result = book.sync(speaks_chinese())
    assert book.target("_toc.yml") == THEIRS
    assert [finding.message.rpartition("; ")[2] for finding in result.findings] == ["adopt it to keep it in sync"]


def test_captions_and_titles_are_people_s_and_no_byte_changes(book: SmallBook) -> None:
    taken_over(book)
    captions = [(group.source, group.target, group.origin) for group in book.groups("_toc.yml")]
    assert captions == [
        (("First steps",), ("第一步",), "human"),
        (("Hot soup",), ("热汤",), "human"),
        (("Later",), ("之后",), "human"),
    ]
    result = book.sync(speaks_chinese())
    assert (result.files_written, result.findings, book.target("_toc.yml")) == (0, [], THEIRS)


def test_new_entries_come_removed_ones_go_and_theirs_stay(book: SmallBook) -> None:
    taken_over(book)
    book.change("_toc.yml", "  - file: bread\n", "  - file: cake\n  - file: bread\n")
    book.change("_toc.yml", "  - file: tea\n", "")
    book.change("_toc.yml", "- caption: Later\n  chapters:\n", "- caption: Later\n  chapters:\n  - file: tea.md\n")
    result = book.sync(speaks_chinese())
    assert book.target("_toc.yml") == THEIRS.replace("  - file: bread\n", "  - file: cake\n  - file: bread\n").replace(
        "  - file: tea\n", "  - file: tea.md\n"
    )
    assert (result.characters_sent, result.findings) == (0, [])


def test_a_caption_that_changes_is_stale_and_a_part_that_is_new_is_translated(book: SmallBook) -> None:
    taken_over(book)
    book.change("_toc.yml", '"First steps"', '"The first steps"')
    book.write("_toc.yml", book.read("_toc.yml") + "- caption: Sweets\n  chapters:\n  - file: cake\n")
    engine = speaks_chinese()
    book.sync(engine)
    assert engine.sources == ["The first steps", "Sweets"]
    assert book.group("_toc.yml", "The first steps").stale
    assert "- caption: 第一步   # of 1.10\n" in book.target("_toc.yml")
    assert book.target("_toc.yml").endswith("  chapters:\n  - file: cake\n")
    assert "  - file: translators\n" in book.target("_toc.yml")


def test_a_caption_that_the_translation_lacks_is_left_out(book: SmallBook) -> None:
    book.set_target("_toc.yml", THEIRS.replace("    title: 热汤\n", ""))
    before = book.target("_toc.yml")
    engine = speaks_chinese()
    taken_over(book).sync(engine)
    assert (engine.sources, book.target("_toc.yml")) == ([], before)


def test_captions_belong_together_by_the_entries_around_them() -> None:
    parts = "- caption: One\n  chapters:\n  - file: a\n- caption: Two\n  chapters:\n  - file: b\n"
    theirs = "- caption: 零\n  chapters:\n  - file: z\n- caption: 二\n  chapters:\n  - file: b\n"
    assert links(parts, parts) == [(0, 0), (1, 1)]
    assert (1, 1) in links(parts, theirs)


def test_the_configuration_of_a_jupyter_book_keeps_what_its_translators_set(tmp_path: Path) -> None:
    pytest.importorskip("jupyter_book")
    config = "title: A book\nlogo: logo.png\nexecute:\n  execute_notebooks: 'off'\nlatex:\n  latex_engine: xelatex\n"
    theirs = (
        config.replace("A book", "一本书").replace("logo.png", "logo.zh.png") + "sphinx:\n  config:\n    language: zh\n"
    )
    files = {"_config.yml": config, "_toc.yml": "format: jb-book\nroot: index\n", "index.md": "# I\n"}
    book = SmallBook(tmp_path, files, conf="")
    book.set_target("_config.yml", theirs)
    command = [sys.executable, "-m", "sphinx_amts", "adopt", str(book.source), str(book.locale), "-l", "zh"]
    subprocess.run(command, check=True, env={**os.environ, "XDG_CACHE_HOME": str(tmp_path)})
    book.sync(speaks_chinese())
    assert book.target("_config.yml") == theirs
    book.change("_config.yml", "'off'", "force")
    book.sync(speaks_chinese())
    assert book.target("_config.yml") == theirs.replace("'off'", "force")


def test_a_toctree_is_merged_like_a_table_of_contents(tmp_path: Path) -> None:
    toctree = "# Book\n\n```{toctree}\n:caption: Lectures\n\nbread\nThe soup <soup>\n```\n"
    book = SmallBook(tmp_path, {**PAGES, "index.md": toctree})
    book.set_target("index.md", "# 书\n\n```{toctree}\n:caption: 讲座\n\nbread\n汤 <soup>\ntranslators\n```\n")
    book.set_target("translators.md", "# 译者\n")
    taken_over(book)
    book.change("index.md", "\nbread\n", "\ncake\nbread\n")
    book.change("index.md", "<soup>\n", "<soup>\ntea\n")
    result = book.sync(speaks_chinese())
    assert "\ncake\nbread\n汤 <soup>\n" in book.target("index.md")
    assert set(book.target("index.md").split("\n汤 <soup>\n")[1].split()) == {"tea", "translators", "```"}
    assert result.findings == []
