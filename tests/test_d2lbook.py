"""d2lbook's dialect: its rules, the doctrees that Sphinx makes of it, and the books that have no ``conf.py``."""

from __future__ import annotations

import io
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from docutils import nodes
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from sphinx_amts.d2lbook import default_configuration
from sphinx_amts.d2lbook.plugin import d2lbook_plugin
from sphinx_amts.errors import BookError

ROOT = Path(__file__).parent / "roots" / "test-d2lbook"


@dataclass(frozen=True)
class Built:
    """A built book: its application, what Sphinx complained about, and where its pages are."""

    app: Sphinx
    warnings: str
    pages: Path

    def doctree(self, docname: str) -> nodes.document:
        return self.app.env.get_doctree(docname)


def build(book: Path, out: Path, builder: str) -> Built:
    warnings = io.StringIO()
    with docutils_namespace(), patch_docutils():
        app = Sphinx(
            srcdir=book,
            confdir=None,
            outdir=out / "pages",
            doctreedir=out / "doctrees",
            buildername=builder,
            confoverrides=default_configuration(book),
            status=None,
            warning=warnings,
        )
        app.build()
    return Built(app, warnings.getvalue(), out / "pages")


@pytest.fixture(scope="module")
def bread(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The book of ``roots/test-d2lbook`` as HTML."""
    return build(ROOT, tmp_path_factory.mktemp("bread"), "html")


@pytest.fixture(scope="module")
def dough(bread: Built) -> nodes.document:
    return bread.doctree("chapter_bread/dough")


def parser() -> MarkdownIt:
    config = MdParserConfig(enable_extensions={"dollarmath", "deflist"}, dmath_double_inline=True)
    md = create_md_parser(config, RendererHTML)
    d2lbook_plugin(md)
    return md


def inline(text: str) -> list[Token]:
    """The tokens of a paragraph, without empty ones."""
    return [token for token in parser().parseInline(text)[0].children or [] if token.type != "text" or token.content]


def shape(text: str) -> str:
    """A paragraph's tokens as a line: roles as ``<name label>``, marks as their brackets, halves as ``{half}``."""
    parts = []
    for token in inline(text):
        if token.type == "d2l_role":
            parts.append(f"<{token.meta['name']} {token.content}>")
        elif token.type.startswith("d2l_mark"):
            parts.append(f"«{token.markup}»")
        elif token.type == "d2l_halfmark":
            parts.append(f"{{{token.markup}}}")
        else:
            parts.append(token.content or {"softbreak": "\n"}.get(token.type, f"<{token.type}>"))
    return "".join(parts)


def blocks(text: str) -> list[tuple[str, list[int] | None]]:
    """The block tokens of a text with their lines, from 0."""
    return [(token.type, token.map) for token in parser().parse(text) if not token.type.endswith("_close")]


def one(node: nodes.Element, kind: type[nodes.Element]) -> nodes.Element:
    found = list(node.findall(kind))
    assert len(found) == 1
    return found[0]


def labelled(document: nodes.document, label: str) -> nodes.Element:
    found = [node for node in document.findall(nodes.Element) if label in node.get("labels", ())]
    assert len(found) == 1
    return found[0]


class TestInline:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("see :numref:`fig_a`.", "see <numref fig_a>."),
            (":eqref:`a`, :cite:`b,c`:citet:`d`", "<eqref a>, <cite b,c><citet d>"),
            ("参见:numref:`fig_a`。", "参见<numref fig_a>。"),
            (":py:func:`f` at 12:30: `x`", "<py:func f> at 12:30: x"),
            (":ref:``x`` :ref:``y`", "<ref x> :ref:``y`"),
            (":cite:`a,\nb`", "<cite a,\nb>"),
            (r"\:ref:`x`", ":ref:x"),
            ("`:ref:` is `x`", ":ref: is x"),
        ],
    )
    def test_a_role_is_one_token(self, text: str, expected: str) -> None:
        assert shape(text) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("[**a**] (**b**)", "«[**»a«**]» «(**»b«**)»"),
            ("[~~a~~] (~~b~~)", "«[~~»a«~~]» «(~~»b«~~)»"),
            ("文(**加粗**)字", "文«(**»加粗«**)»字"),
            ("[**see :numref:`x`\nand $y$**]", "«[**»see <numref x>\nand y«**]»"),
            ("(**$$x$$**)", "«(**»x«**)»"),
            ("(**the `**` operator**)", "«(**»the ** operator«**)»"),
            ("[**of *shape***]", "«[**»of <em_open>shape<em_close>«**]»"),
            ("[**a (**b**) c**]", "«[**»a «(**»b«**)» c«**]»"),
            ("[**a **b** c**]", "«[**»a <strong_open>b<strong_close> c«**]»"),
            ("[**a**](~~b~~)", "«[**»a«**]»«(~~»b«~~)»"),
        ],
    )
    def test_a_mark_is_a_pair_around_what_stands_inside(self, text: str, expected: str) -> None:
        assert shape(text) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("(**a** and **b**)", "(<strong_open>a<strong_close> and <strong_open>b<strong_close>)"),
            ("(**a** b)", "(<strong_open>a<strong_close> b)"),
            ("(a **b**)", "(a <strong_open>b<strong_close>)"),
            ("[**a**](https://example.org)", "<link_open><strong_open>a<strong_close><link_close>"),
            ("`(**a**)`", "(**a**)"),
            (r"\[**a**]", "[<strong_open>a<strong_close>]"),
            ("(****)", "(****)"),
        ],
    )
    def test_strong_text_in_brackets_is_no_mark(self, text: str, expected: str) -> None:
        assert shape(text) == expected

    def test_a_mark_across_blocks_is_a_placeholder_at_each_end(self) -> None:
        assert shape("so [**we label $a$ as") == "so {[**}we label a as"
        assert shape("**)\nwhere") == "{**)}\nwhere"

    @given(
        st.lists(
            st.sampled_from(
                ["a b", "文。", ":ref:`x`", "[**c**]", "(~~d~~)", "$e$", "`f`", "*g*", "(h)", "[**:cite:`i`**]"]
            ),
            min_size=1,
        )
    )
    def test_constructs_in_a_row_are_each_found(self, parts: list[str]) -> None:
        """What a row of constructs is parsed to is the row of what each is parsed to."""
        assert shape(" ".join(parts)) == " ".join(shape(part) for part in parts)

    @given(st.text(alphabet="a *~[]():`$_\n文", max_size=30))
    def test_any_text_is_parsed_with_its_marks_in_pairs(self, text: str) -> None:
        path = []
        for token in inline(text):
            if token.type == "d2l_mark_open":
                path.append(token.markup)
            elif token.type == "d2l_mark_close":
                opening = path.pop()
                assert token.markup == opening[1:] + {"[": "]", "(": ")"}[opening[0]]
        assert path == []


class TestBlocks:
    def test_a_tab_holds_blocks_and_their_lines(self) -> None:
        text = "Text\n:begin_tab:`a, b` \n# T\n- i\n:end_tab:\nText"
        tab = next(token for token in parser().parse(text) if token.type == "d2l_tab_open")
        assert tab.meta == {"tabs": ["a", "b"]}
        assert [item for item in blocks(text) if item[0] not in {"inline", "list_item_open"}] == [
            ("paragraph_open", [0, 1]),
            ("d2l_tab_open", [1, 5]),
            ("heading_open", [2, 3]),
            ("bullet_list_open", [3, 4]),
            ("paragraph_open", [3, 4]),
            ("paragraph_open", [5, 6]),
        ]

    def test_a_tab_that_is_not_closed_ends_where_the_next_begins(self) -> None:
        found = blocks(":begin_tab:`a`\nA\n\n:begin_tab:`b`\nB")
        assert [item for item in found if item[0] == "d2l_tab_open"] == [
            ("d2l_tab_open", [0, 3]),
            ("d2l_tab_open", [3, 5]),
        ]

    def test_labels_end_a_paragraph_and_a_table_but_do_not_split_a_paragraph(self) -> None:
        assert blocks("![a](b)\n:width:`1px`\n:label:`c`\n")[2:] == [("d2l_label", [1, 2]), ("d2l_label", [2, 3])]
        assert blocks("|a|\n|-|\n|b|\n:label:`c`\n")[-1] == ("d2l_label", [3, 4])
        assert blocks("a\n:label:`c`\nb") == [("paragraph_open", [0, 3]), ("inline", [0, 3])]

    def test_a_line_with_a_colon_is_a_caption_only_above_a_table(self) -> None:
        table = "\n\n| a |\n|---|\n| b |\n"
        assert blocks(":Caption\n:label:`c`" + table)[:3] == [
            ("d2l_caption_open", [0, 1]),
            ("inline", [0, 1]),
            ("d2l_label", [1, 2]),
        ]
        assert blocks(": Caption" + table)[0] == ("d2l_caption_open", [0, 1])
        assert blocks(":no caption\n\nText")[0] == ("paragraph_open", [0, 1])
        assert blocks(":ref:`x`" + table)[0] == ("paragraph_open", [0, 1])

    def test_code_stays_code(self) -> None:
        assert blocks("```\n:begin_tab:`a`\n:label:`b`\n```\n\n    :label:`c`") == [
            ("fence", [0, 4]),
            ("code_block", [5, 6]),
        ]


class TestDoctree:
    def test_a_book_is_read_without_a_warning(self, bread: Built) -> None:
        assert bread.warnings == ""
        assert bread.app.env.found_docs == {
            "index",
            "chapter_bread/index",
            "chapter_bread/dough",
            "chapter_bread/loose",
            "chapter_bread/loose_origin",
        }

    def test_sphinx_knows_the_tree_of_documents(self, bread: Built) -> None:
        assert bread.app.env.toctree_includes == {"index": ["chapter_bread/index", "chapter_bread/dough"]}
        assert bread.app.env.toc_secnumbers["chapter_bread/dough"][""] == (2,)

    def test_cells_are_code_and_nothing_runs(self, dough: nodes.document) -> None:
        assert [
            (node["language"], node.line, node.astext().splitlines()[0]) for node in dough.findall(nodes.literal_block)
        ] == [
            ("python", 1, "%load_ext d2lbook.tab"),
            ("python", 49, "%%tab machine"),
            ("bash", 74, "knead --help"),
        ]

    def test_a_block_of_restructuredtext_is_code(self, bread: Built) -> None:
        assert one(bread.doctree("index"), nodes.literal_block)["language"] == "rst"

    @pytest.mark.parametrize(
        ("label", "tag", "id_"),
        [
            ("sec_dough", "section", "sec-dough"),
            ("subsec_Hydration", "section", "subsec-hydration"),
            ("eq_hydration", "math_block", "eq-hydration"),
            ("eq_water", "math_block", "eq-water"),
            ("fig_loaf", "figure", "fig-loaf"),
            ("tab_flours", "table", "tab-flours"),
            ("tab_uses", "table", "tab-uses"),
            ("inline_place", "target", "inline-place"),
        ],
    )
    def test_a_label_names_what_stands_before_it(self, dough: nodes.document, label: str, tag: str, id_: str) -> None:
        node = labelled(dough, label)
        assert (node.tagname, id_ in node["ids"], label.lower() in node["names"]) == (tag, True, True)

    def test_references_carry_their_labels(self, dough: nodes.document) -> None:
        found = [(node["reftype"], node["reftarget"]) for node in dough.findall(addnodes.pending_xref)]
        assert found == [
            ("cite", "Pliny.77,Cato.160"),
            ("numref", "fig_loaf"),
            ("eqref", "eq_hydration"),
            ("numref", "tab_flours"),
            ("citet", "Pliny.77"),
            ("citet", "Cato.160"),
        ]

    def test_an_image_alone_is_a_figure_whose_caption_is_its_alternative_text(self, dough: nodes.document) -> None:
        figure = one(dough, nodes.figure)
        caption = one(figure, nodes.caption)
        assert one(figure, nodes.image)["width"] == "400px"
        assert caption.rawsource == "![A loaf with $n$ cuts, after\n:citet:`Pliny.77`.](../img/loaf.svg)"
        assert (caption.line, caption.astext()) == (56, "A loaf with n cuts, after\nPliny.77.")

    def test_a_caption_is_the_title_of_its_table(self, dough: nodes.document) -> None:
        title = labelled(dough, "tab_flours")[0]
        assert isinstance(title, nodes.title)
        assert (title.rawsource, title.line) == ("Flours of :citet:`Cato.160`", 61)

    def test_cells_of_tables_know_their_lines(self, dough: nodes.document) -> None:
        found = [(node[0].astext(), node[0].line) for node in labelled(dough, "tab_flours").findall(nodes.entry)]
        assert found == [("Name", 64), ("Ash in %", 64), ("405", 66), ("0.50", 66), ("550", 67), ("0.55", 67)]

    def test_tabs_are_containers_and_their_headings_no_sections(self, dough: nodes.document) -> None:
        found = [node for node in dough.findall(nodes.container) if "d2l-tab" in node["classes"]]
        assert [node["tabs"] for node in found] == [["hand", "machine"], ["machine"]]
        assert (one(found[1], nodes.rubric).astext(), one(found[1], nodes.rubric).line) == ("Speed", 45)

    def test_marks_leave_their_text_and_no_trace_in_it(self, dough: nodes.document) -> None:
        found = [
            (node["classes"][1], node.astext()) for node in dough.findall(nodes.inline) if "d2l-mark" in node["classes"]
        ]
        assert found == [
            ("region-plain", "Weigh the flour"),
            ("aside", "then"),
            ("region", "w = h f"),
            ("region-plain", "a bag"),
            ("opens", ""),
            ("closes", ""),
        ]

    def test_every_text_stands_in_the_file_where_its_node_says(self, dough: nodes.document) -> None:
        lines = (ROOT / "chapter_bread" / "dough.md").read_text(encoding="utf-8").splitlines()
        for node in dough.findall(
            lambda node: isinstance(node, nodes.paragraph | nodes.title | nodes.caption | nodes.rubric)
        ):
            assert isinstance(node, nodes.TextElement)
            assert node.rawsource.splitlines()[0] in lines[(node.line or 0) - 1]

    def test_a_comment_is_no_text(self, dough: nodes.document) -> None:
        assert one(dough, nodes.comment).astext() == ", and salt"

    def test_links_show_numbers_and_lead_to_their_labels(self, bread: Built) -> None:
        page = (bread.pages / "chapter_bread" / "dough.html").read_text(encoding="utf-8")
        links = re.findall(r'<a class="reference internal" href="(#[^"]+)"><span class="d2l-ref">([^<]*)</span>', page)
        assert links == [("#fig-loaf", "Fig. 2.1"), ("#eq-hydration", "(1)"), ("#tab-flours", "Table 2.1")]
        basics = (bread.pages / "chapter_bread" / "index.html").read_text(encoding="utf-8")
        assert 'href="dough.html#dough"><span class="d2l-ref">Section 2</span>' in basics

    def test_what_refers_to_another_book_stays_as_it_is(self, bread: Built) -> None:
        page = (bread.pages / "chapter_bread" / "loose.html").read_text(encoding="utf-8")
        assert 'href="dough.html#dough"><span class="d2l-ref">Dough</span>' in page
        assert ">sec_nowhere</span>" in page

    def test_a_document_that_is_gone_takes_its_labels_along(self, tmp_path: Path) -> None:
        book = tmp_path / "book"
        shutil.copytree(ROOT, book)
        before = build(book, tmp_path / "out", "dummy").app.env.get_domain("d2l").data["labels"]
        assert sorted(before["sec_loose"]) == ["chapter_bread/loose", "chapter_bread/loose_origin"]
        (book / "chapter_bread" / "loose.md").unlink()
        (book / "chapter_bread" / "dough.md").unlink()
        after = build(book, tmp_path / "out", "dummy").app.env.get_domain("d2l").data["labels"]
        assert {label: sorted(places) for label, places in after.items()} == {
            "chap_basics": ["chapter_bread/index"],
            "sec_loose": ["chapter_bread/loose_origin"],
        }


class TestConfiguration:
    def test_a_book_says_its_own_title_and_what_it_leaves_out(self) -> None:
        found = default_configuration(ROOT)
        assert (found["project"], found["author"], found["copyright"], found["release"], found["root_doc"]) == (
            "Bread at 100 % Hydration",
            "A. Baker",
            "2023, A. Baker",
            "1.2",
            "index",
        )
        assert found["exclude_patterns"][-2:] == ["README.md", "contrib/*md"]
        assert found["myst_enable_extensions"] == ["dollarmath"]

    def test_a_plain_folder_is_read_with_markdown_and_restructuredtext(self, tmp_path: Path) -> None:
        book = tmp_path / "notes"
        (book / "_build").mkdir(parents=True)
        (book / "_build" / "old.md").write_text("# Old\n", encoding="utf-8")
        (book / "b.md").write_text("# B\n\n```{note}\nText of {doc}`a`.\n```\n\nTerm\n: Definition\n", encoding="utf-8")
        (book / "a.rst").write_text("A\n=\n\nText.\n", encoding="utf-8")
        built = build(book, tmp_path / "out", "html")
        assert (built.warnings, built.app.env.found_docs, built.app.config.root_doc) == ("", {"a", "b"}, "a")
        assert built.app.config.project == "notes"
        assert one(built.doctree("b"), nodes.note).astext() == "Text of a."
        assert one(built.doctree("b"), nodes.term).astext() == "Term"

    @pytest.mark.parametrize(
        ("paths", "root"),
        [
            (["b/index.md", "README.md", "c.md"], "README"),
            (["b/index.md", "b/a.md", "c/a.md"], "b/index"),
            (["_drafts/index.md", "x.rst"], "x"),
            (["z.md", "index.rst"], "index"),
            ([], "index"),
        ],
    )
    def test_a_folder_without_an_index_begins_with_its_first_document(
        self, tmp_path: Path, paths: list[str], root: str
    ) -> None:
        for path in paths:
            (tmp_path / path).parent.mkdir(exist_ok=True)
            (tmp_path / path).touch()
        assert default_configuration(tmp_path)["root_doc"] == root

    def test_a_damaged_configuration_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "config.ini").write_text("title = no section\n", encoding="utf-8")
        with pytest.raises(BookError, match=r"config\.ini: this is no configuration of d2lbook"):
            default_configuration(tmp_path)


_LEFTOVERS = re.compile(
    r":(?:\w*ref|cite\w*|\w*label|width):|:(?:begin|end)_tab:|[\[(](?:\*\*|~~)|(?:\*\*|~~)[\])]|\$\$|```|\{\.python"
)


def leftovers(document: nodes.document) -> Iterator[str]:
    """Markup of the dialect that readers would see as text."""
    for text in document.findall(nodes.Text):
        if not isinstance(text.parent, (nodes.FixedTextElement, nodes.literal, nodes.math)):
            yield from _LEFTOVERS.findall(text)


@pytest.mark.corpora
class TestRealBooks:
    """Counts come from the files: how often a construct stands in them outside of code."""

    def test_the_chinese_book_is_read_whole(self, corpora: Path, tmp_path: Path) -> None:
        book = corpora / "d2l-zh"
        files = {path.relative_to(book).with_suffix("").as_posix() for path in book.rglob("*.md")} - {"STYLE_GUIDE"}
        built = build(book, tmp_path, "dummy")
        assert (built.warnings, built.app.env.found_docs) == ("", files)
        counted, expected = self._counts(built, book)
        assert counted == expected

    @pytest.mark.slow
    def test_the_english_book_is_read_whole(self, bundle: Callable[[str], Path], tmp_path: Path) -> None:
        book = bundle("d2l-en")
        built = build(book, tmp_path / "out", "dummy")
        assert built.warnings == ""
        counted, expected = self._counts(built, book)
        assert counted == expected

    @staticmethod
    def _counts(built: Built, book: Path) -> tuple[Counter[str], Counter[str]]:
        counted: Counter[str] = Counter()
        expected: Counter[str] = Counter()
        for docname in built.app.env.found_docs:
            document = built.doctree(docname)
            assert list(leftovers(document)) == [], docname
            text = (book / f"{docname}.md").read_text(encoding="utf-8")
            cells = len(re.findall(r"^ *```\{\.python \.input", text, re.MULTILINE))
            prose = re.sub(r"^( *)```.*?^ *```[ ]*$", "\n", text, flags=re.DOTALL | re.MULTILINE)
            expected.update(
                cells=cells,
                headings=len(re.findall(r"^(?:#{1,6} .*|[^\n#]+\n=====+)$", prose, re.MULTILINE)),
                labels=len(re.findall(r":(?:eq)?label:`", prose)),
                references=len(re.findall(r":(?:numref|ref|eqref|cite\w*):`", prose)),
                marks=len(re.findall(r"(?:\*\*|~~)[\])]", prose)),
                tabs=len(re.findall(r"^:begin_tab:", prose, re.MULTILINE)),
            )
            counted.update(
                cells=sum(
                    node["language"] == "python" and "force" in node for node in document.findall(nodes.literal_block)
                ),
                headings=sum(1 for _ in document.findall(nodes.section))
                + sum(1 for _ in document.findall(nodes.rubric)),
                labels=sum(len(node.get("labels", ())) for node in document.findall(nodes.Element)),
                references=sum(node["refdomain"] == "d2l" for node in document.findall(addnodes.pending_xref)),
                marks=sum(
                    "d2l-mark" in node["classes"] and "opens" not in node["classes"]
                    for node in document.findall(nodes.inline)
                ),
                tabs=sum("d2l-tab" in node["classes"] for node in document.findall(nodes.container)),
            )
        return counted, expected
