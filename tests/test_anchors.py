"""Labels above translated headings keep links alive where a locale tree is built without the extension."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import myst_parser
import pytest
from book import SmallBook, _messages, untouched_registries
from hypothesis import given
from hypothesis import strategies as st
from sphinx.application import Sphinx

from sphinx_amts.cli import main
from sphinx_amts.model import Kind, Origin, Subtype
from sphinx_amts.pairs.anchors import anchored_line, blanked, with_anchors, without_anchors
from sphinx_amts.pairs.manifest import GapPiece, Manifest, UnitPiece, dump, parse

MYST = {
    "index.md": "# The book\n\nSee [there](#second-heading) and [below](page.md#c-and-more).\n\n"
    "## Second heading\n\nText.\n\n## Overview\n\n```{toctree}\npage\n```\n",
    "page.md": "# A page\n\n## Overview\n\nWords.\n\n(mine)=\n## C and more\n\nSee [this](#mine).\n\n"
    "## Nobody links here\n\nEnd.\n",
}
CONF = 'extensions = ["myst_parser"]\nmyst_heading_anchors = 3\nexclude_patterns = ["_build"]\n'
RST = {
    "index.rst": "The book\n========\n\nSee `Second heading`_ and `there <page.html#a-c-title>`_ and :ref:`page:Alone`.\n\n"
    "Second heading\n--------------\n\nText.\n\n.. toctree::\n\n   page\n",
    "page.rst": "A page\n======\n\nA c title\n---------\n\nWords.\n\n=====\nAlone\n=====\n\nEnd.\n",
}
OLD_MYST = int(myst_parser.__version__.partition(".")[0]) < 5
"""It says that a label of another page is not there, and links to it."""
RST_CONF = 'extensions = ["sphinx.ext.autosectionlabel"]\nautosectionlabel_prefix_document = True\n'


def myst(folder: Path, **settings: object) -> SmallBook:
    return SmallBook(folder, MYST, conf=CONF, **{"anchors": True, **settings})


def rst(folder: Path, **settings: object) -> SmallBook:
    return SmallBook(folder, RST, conf=RST_CONF, **{"anchors": True, **settings})


Root = Callable[[Path], SmallBook]


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.ids.add(values.get("id") or "")
        if tag == "a" and values.get("href"):
            self.links.append(values["href"] or "")


def built(source: Path, out: Path, **overrides: str) -> tuple[dict[str, Page], list[str]]:
    """The pages of a book as plain Sphinx builds it, and its warnings."""
    warnings = io.StringIO()
    with untouched_registries():
        app = Sphinx(source, source, out, out / "d", "html", overrides, None, warnings, freshenv=True)
        app.build()
    return {name: Page((out / f"{name}.html").read_text("utf-8")) for name in app.env.found_docs}, _messages(
        warnings.getvalue()
    )


def broken(pages: Mapping[str, Page]) -> list[str]:
    """The links to a place of a page that is not there."""
    found = []
    for name, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.fragment and not parts.scheme:
                target = pages[parts.path.removesuffix(".html") or name]
                found += [link] * (unquote(parts.fragment) not in target.ids)
    return found


def alone(book: SmallBook) -> tuple[dict[str, Page], list[str]]:
    """The locale tree as a book of its own."""
    (book.locale / "conf.py").write_text((book.source / "conf.py").read_text("utf-8"), "utf-8")
    try:
        return built(book.locale, book.folder / "html")
    finally:
        (book.locale / "conf.py").unlink()


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if re.match(r"\(.*\)=$|\.\. _.*:$", line)]


def test_labels_stand_above_the_headings_that_are_linked(tmp_path: Path) -> None:
    book = myst(tmp_path)
    book.sync()
    assert lines(book.target("index.md")) == ["(second-heading)="]
    assert lines(book.target("page.md")) == ["(mine)=", "(c-and-more)="]
    assert re.search(r"\n\n\(mine\)=\n\(c-and-more\)=\n## ", book.target("page.md"))


def test_rest_labels_are_the_names_by_which_their_headings_are_called(tmp_path: Path) -> None:
    book = rst(tmp_path)
    book.sync()
    assert lines(book.target("index.rst")) == [".. _`second heading`:"]
    assert lines(book.target("page.rst")) == [".. _a-c-title:", ".. _`page:alone`:"]
    assert "\n.. _a-c-title:\n\n" in book.target("page.rst")


@pytest.mark.parametrize("kind", [myst, rst])
def test_every_link_of_a_tree_built_alone_resolves(kind: Root, tmp_path: Path) -> None:
    book = kind(tmp_path)
    book.sync(anchors=False)
    assert broken(alone(book)[0])
    book.sync()
    pages, warnings = alone(book)
    assert broken(pages) == []
    known = ["local id not found in doc 'page': 'c-and-more'"] if OLD_MYST and kind is myst else []
    assert [re.sub(r"WARNING: | \[.*", "", line) for line in warnings] == known


@pytest.mark.parametrize("kind", [myst, rst])
def test_a_second_sync_writes_nothing_and_one_without_the_option_takes_them_out(kind: Root, tmp_path: Path) -> None:
    book = kind(tmp_path)
    book.sync(anchors=False)
    before = book.tree()
    assert book.sync().files_written == 2
    written = book.tree()
    assert written != before
    again = book.sync()
    assert (again.files_written, again.exchange.engine_calls, book.tree()) == (0, 0, written)
    assert book.sync(anchors=False).files_written == 2
    assert book.tree() == before


@pytest.mark.parametrize("kind", [myst, rst])
def test_titles_that_are_not_translated_have_no_label(kind: Root, tmp_path: Path) -> None:
    book = kind(tmp_path)
    book.sync(engine="identity")
    assert book.targets() == {path: book.read(path) for path in book.targets()}


@pytest.mark.parametrize("kind", [myst, rst])
def test_a_build_with_the_extension_and_verify_see_no_difference(kind: Root, tmp_path: Path) -> None:
    book = kind(tmp_path)
    book.sync()
    conf = book.source / "conf.py"
    text = conf.read_text("utf-8").replace("extensions = [", 'extensions = ["sphinx_amts", ')
    conf.write_text(text + 'amts_languages = ["zh"]\namts_sync_on_build = False\n', "utf-8")
    pages, warnings = built(book.source, tmp_path / "html", language="zh")
    assert (broken(pages), warnings) == ([], [])
    with untouched_registries():
        assert main(["verify", str(book.source), str(book.locale)]) == 0


def test_a_label_comes_moves_and_goes_with_the_links_and_the_heading(tmp_path: Path) -> None:
    book = myst(tmp_path)
    book.sync()
    page = book.target("page.md")
    book.change("index.md", "## Overview", "[End](page.md#nobody-links-here)\n\n## Overview")
    assert book.sync().files_written == 2, "the page changes although neither its source nor its target did"
    more = book.target("page.md")
    assert set(lines(more)) - set(lines(page)) == {"(nobody-links-here)="}
    book.change("page.md", "## Nobody links here\n\nEnd.\n", "")
    book.change("page.md", "(mine)=", "## Nobody links here\n\nEnd.\n\n(mine)=")
    book.sync()
    assert lines(book.target("page.md")) == ["(nobody-links-here)=", "(mine)=", "(c-and-more)="]
    assert Counter(book.target("page.md").split()) == Counter(more.split())
    book.change("index.md", "[End](page.md#nobody-links-here)\n\n", "")
    book.sync()
    assert lines(book.target("page.md")) == ["(mine)=", "(c-and-more)="]


def test_a_persons_own_label_stays_and_what_they_write_beside_ours(tmp_path: Path) -> None:
    book = myst(tmp_path)
    book.sync(anchors=False)
    title = next(line for line in book.target("index.md").splitlines() if line.startswith("## "))
    book.edit("index.md", title, f"(second-heading)=\n{title}")
    theirs = book.target("index.md")
    book.sync()
    assert book.target("index.md") == theirs
    book.edit("page.md", "(c-and-more)=\n", "(their-own)=\n(c-and-more)=\n")
    book.sync()
    book.sync(anchors=False)
    assert book.target("index.md") == theirs
    assert lines(book.target("page.md")) == ["(mine)=", "(their-own)="]


def test_an_edited_title_keeps_its_label(tmp_path: Path) -> None:
    book = myst(tmp_path)
    book.sync()
    title = next(line for line in book.target("index.md").splitlines() if line.startswith("## "))
    book.edit("index.md", title, "## 第二个标题")
    edited = book.target("index.md")
    book.sync()
    assert book.target("index.md") == edited
    assert "(second-heading)=\n## 第二个标题\n" in edited
    assert book.group("index.md", "Second heading").origin == Origin.HUMAN
    (gap,) = (piece for piece in book.manifest("index.md").pieces if isinstance(piece, GapPiece) and piece.anchor)
    assert gap.target == gap.source.removesuffix("## ") + "(second-heading)=\n## "


def test_headings_that_can_have_no_label_are_listed(tmp_path: Path) -> None:
    book = myst(tmp_path)
    book.write("page.md", book.read("page.md") + "\n[Over](#overview)\n")
    result = book.sync()
    (finding,) = (each for each in result.findings if each.subtype is Subtype.ANCHORS)
    assert (finding.path, finding.line) == ("page.md", 3)
    assert "'overview'" in finding.message
    assert "other headings of the book have the same id" in finding.message
    assert "(overview)=" not in book.target("page.md")


def test_a_source_that_is_gone_takes_its_labels_along(tmp_path: Path) -> None:
    book = myst(tmp_path)
    book.sync()
    book.change("index.md", " and [below](page.md#c-and-more)", "")
    book.change("index.md", "```{toctree}\npage\n```\n", "End.\n")
    (book.source / "page.md").unlink()
    book.sync()
    assert "page.md" not in book.targets()


def test_a_notebook_that_is_read_as_myst_has_labels_in_its_cells(tmp_path: Path) -> None:
    pytest.importorskip("myst_nb")
    cells = [["# A notebook\n", "\n", "See [this](#some-part)."], ["## Some part\n", "\n", "Words."]]
    data = {
        "cells": [
            {"cell_type": "markdown", "id": f"c{n}", "metadata": {}, "source": each} for n, each in enumerate(cells)
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    conf = CONF.replace("myst_parser", "myst_nb") + 'nb_execution_mode = "off"\n'
    files = {"index.ipynb": json.dumps(data, indent=1) + "\n"}
    book = SmallBook(tmp_path, files, conf=conf, anchors=True)
    book.sync()
    source = json.loads(book.target("index.ipynb"))["cells"][1]["source"]
    assert source[0] == "(some-part)=\n"
    pages, warnings = alone(book)
    assert (broken(pages), warnings) == ([], [])
    before = book.tree()
    assert (book.sync().files_written, book.tree()) == (0, before)


def test_the_line_of_a_conflict_counts_the_labels_above_it(tmp_path: Path) -> None:
    book = myst(tmp_path)
    book.change("page.md", "End.\n", "```python\nfirst = 1\nx = 1\n```\n")
    book.sync()
    book.edit("page.md", "x = 1", "x = 2")
    book.change("page.md", "x = 1", "x = 3")
    (finding,) = (each for each in book.sync().findings if each.subtype is Subtype.LOCAL)
    assert book.target("page.md").splitlines()[finding.line - 1] == "x = 2"


def test_a_list_of_contents_wants_no_labels(tmp_path: Path) -> None:
    text = "The book\n========\n\n.. contents::\n\nOne part\n--------\n\nSee `Two parts`_.\n\nTwo parts\n---------\n\nEnd.\n"
    book = SmallBook(tmp_path, {"index.rst": text}, conf=RST_CONF, anchors=True)
    book.sync()
    assert lines(book.target("index.rst")) == [".. _`two parts`:"]
    pages, warnings = alone(book)
    assert (broken(pages), warnings) == ([], [])


def test_a_heading_of_an_included_file_has_its_label_there(tmp_path: Path) -> None:
    book = myst(tmp_path)
    book.write("shared/part.md", "## A shared part\n\nIts text.\n")
    book.change(
        "index.md", "## Overview\n", "See [it](#a-shared-part).\n\n```{include} shared/part.md\n```\n\n## Overview\n"
    )
    conf = book.source / "conf.py"
    conf.write_text(conf.read_text("utf-8").replace('"_build"', '"_build", "shared"'), "utf-8")
    book.sync()
    assert book.target("shared/part.md").startswith("(a-shared-part)=\n## ")
    assert "(a-shared-part)=" not in book.target("index.md")
    assert broken(alone(book)[0]) == []


def test_a_review_leaves_the_labels_ours(tmp_path: Path) -> None:
    book = myst(tmp_path)
    book.sync()
    before = book.targets()
    tree = ["-l", "zh", "--target", str(book.locale)]
    with untouched_registries():
        assert main(["review", str(book.source), "index", "page", "--by", "Ann", *tree]) == 0
    assert book.sync().files_written == 0
    assert book.targets() == before
    book.sync(anchors=False)
    assert not any("(c-and-more)=" in text or "(second-heading)=" in text for text in book.targets().values())


LABELS = {"one": ("one",), "two": ("two", "a two")}


@given(
    st.sampled_from(("a.md", "a.rst")),
    st.lists(
        st.tuples(
            st.sampled_from(("", "x", "\n", "(one)=\n", "\n\n## ", "\n# ", "\n> ## ", ".. _two:\n\n")),
            st.sampled_from(("T", "Ü\n==", "")),
            st.sampled_from(((), ("one",), ("one", "two"))),
        ),
        max_size=5,
    ),
)
def test_labels_are_taken_out_as_they_were_put_in(path: str, parts: list[tuple[str, str, tuple[str, ...]]]) -> None:
    pieces: list[GapPiece | UnitPiece] = []
    for gap, target, ids in parts:
        pieces += [GapPiece(gap, gap), UnitPiece(Kind.TITLE, "T", target, (), ids=ids)]
    manifest = Manifest(path, (*pieces, GapPiece("\n", "\n")))
    anchored = with_anchors(manifest, LABELS)
    assert without_anchors(anchored) == manifest
    assert without_anchors(parse(dump(anchored), Path("a.json"))) == manifest
    assert len(blanked(anchored.target, anchored)) == len(anchored.target)
    for number, line in enumerate(manifest.target.split("\n"), 1):
        assert anchored.target.split("\n")[anchored_line(anchored, number) - 1] == line
