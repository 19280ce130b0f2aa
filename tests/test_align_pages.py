"""The text of web pages, and pairs of them."""

from __future__ import annotations

import importlib.util
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sphinx_amts.align import pages
from sphinx_amts.align.bilingual import pairs_of_files, pairs_of_trees
from sphinx_amts.align.reading import read
from sphinx_amts.errors import ConfigError

pytest.importorskip("trafilatura")

PAGE = """<!doctype html><html><head><title>{title}</title></head><body>
<nav><ul><li><a href="/">{home}</a></li><li><a href="/b">{home}</a></li></ul></nav>
<main><article><h1>{title}<a class="headerlink" href="#x">¶</a></h1>
<p>{first} <code>grow(tree)</code>\n {second} \\(x + 1\\).</p>
<pre><code>x = 1\ny = 2</code></pre>
<h2>{deeper}</h2><ul><li>{item}</li></ul>
<table><tr><td>{cell}</td></tr></table></article></main>
<footer><p>Copyright</p></footer></body></html>"""
ENGLISH = PAGE.format(
    title="Trees", home="Home page", first="A tree has 10 branches. Call", second="to see it grow by",
    deeper="Forests", item="A forest has many trees.", cell="Oak",
)  # fmt: skip
SPANISH = PAGE.format(
    title="Árboles", home="Inicio", first="Un árbol tiene 10 ramas. Llama a", second="para verlo crecer en",
    deeper="Bosques", item="Un bosque tiene muchos árboles.", cell="Roble",
)  # fmt: skip


@pytest.fixture
def trees(tmp_path: Path) -> tuple[Path, Path]:
    for name, text in (("en", ENGLISH), ("es", SPANISH)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.html").write_text(text, encoding="utf-8")
        (tmp_path / name / "b.HTM").write_text(text, encoding="utf-8")
    return tmp_path / "en", tmp_path / "es"


def test_a_page_is_its_main_text_without_menus_and_footers() -> None:
    found = list(pages.texts(ENGLISH.encode()))
    assert [(each.kind, each.text) for each in found] == [
        ("title1", "Trees"),
        ("paragraph", "A tree has 10 branches. Call grow(tree) to see it grow by \\(x + 1\\)."),
        ("title2", "Forests"),
        ("item", "A forest has many trees."),
        ("cell", "Oak"),
    ]
    paragraph = found[1]
    assert [(each.kind, paragraph.text[each.start : each.end]) for each in paragraph.codes] == [
        ("literal", "grow(tree)"),
        ("math", "\\(x + 1\\)"),
    ]
    assert (paragraph.after, found[2].before) == ("x = 1\ny = 2",) * 2


def test_the_sentences_of_a_page_have_their_codes() -> None:
    paragraph = list(pages.texts(ENGLISH.encode()))[1]
    assert [each.masked for each in pages.sentences(paragraph, "en")] == [
        "A tree has 10 branches. ",
        "Call <1/> to see it grow by <2/>.",
    ]


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252"])
def test_a_page_that_is_not_utf8_is_read_as_it_says(charset: str) -> None:
    page = SPANISH.replace("<head>", f'<head><meta charset="{charset}">')
    assert next(pages.texts(page.encode(charset))).text == "Árboles"


@pytest.mark.parametrize("raw", [b"no page at all", b"<html></html>", b"<" * 1000])
def test_what_is_no_page_has_no_text(raw: bytes) -> None:
    assert list(pages.texts(raw)) == []


def test_pages_are_paired_where_they_are_asked_for(trees: tuple[Path, Path]) -> None:
    assert pairs_of_trees(*trees) == ([], [])
    files, problems = pairs_of_trees(*trees, suffixes=pages.SUFFIXES)
    assert [(each.source, each.target) for each in files] == [("a.html", "a.html")]
    assert problems == []
    assert [pages.is_page(Path(name)) for name in ("a.html", "b.HTM", "c.md")] == [True, True, False]


def test_pages_are_read_the_same_with_and_without_an_executor(trees: tuple[Path, Path]) -> None:
    files = [
        *pairs_of_trees(*trees, suffixes=pages.SUFFIXES)[0],
        *pairs_of_files(trees[0] / "b.HTM", trees[1] / "b.HTM"),
    ]
    with ThreadPoolExecutor(2) as executor:
        several = read(files, "en", "es", executor=executor)
    assert several == read(files, "en", "es")
    bitexts, problems = several
    assert problems == []
    assert [len(each.source.blocks) for each in bitexts] == [5, 5]
    assert "\x01lgrow(tree)" in bitexts[0].target.blocks[1].evidence.tokens
    assert "\x01ax=1" in bitexts[0].target.blocks[1].evidence.tokens
    assert bitexts[0].target.path == str(trees[1] / "a.html")


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "is empty"),
        (b"<html>\0", "is no text; give the text that it was made from"),
        (b"<p>\n" * 1_300_000, "has 5,200,000 bytes: too large; cut it into chapters"),
        (b"<html></html>", "has no text that could be found; give its text instead"),
        (
            b"<html><main><p>" + b"word " * 50_000 + b"</main>",
            "has a paragraph of 249,999 characters: too long; break it with blank lines",
        ),
    ],
    ids=["empty", "binary", "large", "no text", "one long paragraph"],
)
def test_a_damaged_page_is_one_clear_line(trees: tuple[Path, Path], raw: bytes, message: str) -> None:
    (trees[1] / "a.html").write_bytes(raw)
    bitexts, problems = read(pairs_of_trees(*trees, suffixes=pages.SUFFIXES)[0], "en", "es")
    assert bitexts == []
    assert [(each.path, each.message) for each in problems] == [(str(trees[1] / "a.html"), message)]


def test_without_the_extra_it_is_named(trees: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="HTML pages need trafilatura") as error:
        read(pairs_of_files(trees[0] / "a.html", trees[1] / "a.html"), "en", "es")
    assert "sphinx-amts[html]" in (error.value.hint or "")
