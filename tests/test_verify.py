from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from cases import cases
from docutils import nodes
from docutils.core import publish_doctree
from hypothesis import given, settings
from hypothesis import strategies as st
from myst_parser.parsers.docutils_ import Parser
from sphinx.config import Config
from sphinx.testing.util import SphinxTestApp

from sphinx_amts.document import verify
from sphinx_amts.document.verify import CHECKS, Difference, compare

CONF = """
extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "dollarmath", "replacements", "smartquotes", "substitution"]
myst_heading_anchors = 3
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
myst_substitutions = {"project": "Some project"}
"""
VERBATIM = {"fence", "math"}
Trees = dict[str, nodes.document]


@dataclass(frozen=True)
class Case:
    name: str
    suffix: str
    title: str
    source: str
    target: str
    expected: str


def read_cases(suffix: str, name: str) -> Iterator[Case]:
    for number, (title, source, target, expected) in enumerate(cases(name, 4)):
        yield Case(f"case{number:03}{suffix[1:]}", suffix, title.strip(), source + "\n", target + "\n", expected)


CASES = [
    *read_cases(".md", "verify-myst.txt"),
    *read_cases(".rst", "verify-rst.txt"),
]


def read_tree(folder: Path, texts: Mapping[str, str], language: str = "en", conf: str = CONF) -> Trees:
    """The doctrees of these files, as Sphinx pickles them."""
    folder.mkdir(parents=True)
    (folder / "conf.py").write_text(f"{conf}\nlanguage = {language!r}\n", "utf-8")
    for name, text in {"index.rst": "Index\n=====\n", **texts}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    suffixes = dict(Config.config_values["source_suffix"].default)
    app = SphinxTestApp("dummy", srcdir=folder, status=io.StringIO(), warning=io.StringIO())
    try:
        app.builder.read()
        return {docname: app.env.get_doctree(docname) for docname in app.env.found_docs}
    finally:
        app.cleanup()
        # What an extension adds to the default would stay for the next application.
        Config.config_values["source_suffix"].default.clear()
        Config.config_values["source_suffix"].default.update(suffixes)


def parse(text: str, markup: str = "myst") -> nodes.document:
    """The doctree of a text without Sphinx."""
    quiet = {"report_level": 5, "halt_level": 6, "doctitle_xform": False, "warning_stream": io.StringIO()}
    if markup == "rst":
        return publish_doctree(text, settings_overrides=quiet)
    return publish_doctree(
        text, parser=Parser(), settings_overrides={**quiet, "myst_enable_extensions": ["dollarmath"]}
    )


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Trees:
    return read_tree(tmp_path_factory.mktemp("source") / "en", {case.name + case.suffix: case.source for case in CASES})


@pytest.fixture(scope="module")
def targets(tmp_path_factory: pytest.TempPathFactory) -> Trees:
    texts = {case.name + case.suffix: case.target for case in CASES}
    return read_tree(tmp_path_factory.mktemp("target") / "zh", texts, language="zh_CN")


def shown(differences: Iterator[Difference], lines: bool = True) -> str:
    return "\n".join(
        f"{d.check} {f'{d.source_line}/{d.target_line}' if lines else '?/?'} {d.message}" for d in differences
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.suffix[1:]}: {case.title}")
def test_each_difference_is_told_once_and_where(case: Case, sources: Trees, targets: Trees) -> None:
    """``?/?`` in a case: parsers do not agree on these lines."""
    found = compare(sources[case.name], targets[case.name])
    assert shown(found, lines="?/?" not in case.expected) == case.expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.suffix[1:]}: {case.title}")
def test_a_document_does_not_differ_from_itself(case: Case, sources: Trees, targets: Trees) -> None:
    for tree in sources[case.name], targets[case.name]:
        assert shown(compare(tree, tree, translate=False)) == ""


def test_comparing_changes_neither_document(sources: Trees, targets: Trees) -> None:
    before = [tree.pformat() for trees in (sources, targets) for tree in trees.values()]
    for name in sources:
        list(compare(sources[name], targets[name]))
    assert [tree.pformat() for trees in (sources, targets) for tree in trees.values()] == before


def test_what_must_not_be_translated_keeps_its_text() -> None:
    source, same, other = parse("One two *three*.\n"), parse("One\ntwo *three*.\n"), parse("One two *drei*.\n")
    assert shown(compare(source, same, translate=False)) == ""
    assert shown(compare(source, other, translate=False)) == "same_text 1/1 the text of the paragraph differs"
    assert shown(compare(source, other)) == ""


def test_a_difference_names_the_files_that_hold_it(tmp_path: Path) -> None:
    trees = {}
    for name, word in ("en", "part *one*\n"), ("zh", "部分\n"):
        page = "Words.\n\n.. include:: part.txt\n"
        trees[name] = read_tree(tmp_path / name, {"page.rst": page, "part.txt": word}, conf="")["page"]
    (difference,) = compare(trees["en"], trees["zh"])
    assert Path(difference.source_path).parts[-2:] == ("en", "part.txt")
    assert Path(difference.target_path).parts[-2:] == ("zh", "part.txt")
    assert (difference.source_line, difference.target_line) == (1, 1)


def test_a_complaint_of_the_parser_is_told_unless_the_source_has_it() -> None:
    broken = "A :nonsense:`role`.\n\nMore.\n"
    assert shown(compare(parse(broken, "rst"), parse(broken, "rst"))) == ""
    checks = {difference.check for difference in compare(parse("A *role*.\n\nMore.\n", "rst"), parse(broken, "rst"))}
    assert checks == {"complaints", "inline_codes"}


def test_an_attribute_that_nobody_has_heard_of_counts() -> None:
    source, target = parse("One.\n"), parse("一。\n")
    for tree, value in (source, "left"), (target, "right"):
        next(tree.findall(nodes.paragraph))["turned"] = value
    assert shown(compare(source, target)) == "attributes 1/1 turned of the paragraph: left became right"


def test_a_caption_in_the_options_of_a_code_cell_is_text() -> None:
    source, target = parse("One.\n"), parse("一。\n")
    for tree, caption in (source, "A figure"), (target, "图"):
        options = {"mystnb": {"figure": {"caption": caption, "name": "fig"}}}
        tree += nodes.container("", classes=["cell"], nb_element="cell_code", cell_metadata=options, cell_index=1)
    assert shown(compare(source, target)) == ""
    target[-1]["cell_metadata"]["mystnb"]["figure"]["name"] = "图"
    assert [difference.check for difference in compare(source, target)] == ["attributes"]


def test_one_lost_paragraph_in_a_long_document_is_one_difference() -> None:
    source = [f"Paragraph *number* $x_{{{n}}}$." if n % 3 else f"Plain {n}." for n in range(300)]
    target = [text for n, text in enumerate(source) if n != 100]
    found = list(compare(parse("\n\n".join(source)), parse("\n\n".join(target))))
    assert [(d.check, d.message, d.source_line) for d in found] == [("structure", "the paragraph is missing", 201)]


def test_a_difference_that_no_check_knows_is_told_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "CHECKS", ())
    assert shown(compare(parse("One *two*.\n"), parse("一。\n"))) == "structure 1/1 a difference that no check can name"
    assert shown(compare(parse("One *two*.\n"), parse("一 *二*。\n"))) == ""


def test_each_check_says_what_it_wants_and_what_is_bad_and_good() -> None:
    for check in CHECKS:
        first, _, rest = (check.__doc__ or "").partition("\n")
        assert first.endswith((".", ":")), check.__name__
        assert "Bad: " in rest, check.__name__
        assert "Good: " in rest, check.__name__


# Laws

CODES = ("$x_{}$", "`name_{}`", "[word](https://example.org/{})", "**word{}**", "*word{}*", "![](image-{}.png)")
CODED = st.tuples(st.sampled_from(CODES), st.integers(0, 9)).map(lambda pick: pick[0].format(pick[1]))
PARAGRAPH = st.lists(CODED, max_size=4).map(tuple)
KINDS = ("paragraph", "heading", "item", "quotation", "fence", "math")
BLOCK = st.tuples(st.sampled_from(KINDS), PARAGRAPH)
DOCUMENT = st.lists(BLOCK, min_size=1, max_size=8).map(tuple)
Blocks = tuple[tuple[str, tuple[str, ...]], ...]


def written(blocks: Blocks, word: str) -> nodes.document:
    """A Markdown document of these blocks; ``word`` is the only word of its language."""
    lines = []
    for kind, codes in blocks:
        text = " ".join([word, *(piece for code in codes for piece in (code, word))])
        match kind:
            case "heading":
                lines.append(f"## {text}")
            case "item":
                lines.append(f"- {text}")
            case "quotation":
                lines.append(f"> {text}")
            case "fence":
                lines.append("```\n" + "\n".join(codes) + "\n```")
            case "math":
                lines.append("$$\nx" + "".join(filter(str.isalnum, "".join(codes))) + "\n$$")
            case _:
                lines.append(text)
        lines.append("<!-- -->" if kind in {"item", "quotation"} else "")
        lines.append("")
    return parse("\n".join(lines))


@given(DOCUMENT, st.randoms(use_true_random=False))
def test_other_words_in_another_order_are_no_difference(blocks: Blocks, random: Random) -> None:
    shuffled = [(kind, codes if kind in VERBATIM else random.sample(codes, len(codes))) for kind, codes in blocks]
    assert shown(compare(written(blocks, "word"), written(tuple(shuffled), "词"))) == ""


@given(DOCUMENT, st.data())
def test_no_change_of_a_code_goes_unseen(blocks: Blocks, data: st.DataObject) -> None:
    kind, codes = data.draw(st.sampled_from(blocks))
    number = blocks.index((kind, codes))
    how = data.draw(st.sampled_from(["drop", "double", "garble"] if codes else ["double"]))
    code = data.draw(st.sampled_from(codes)) if codes else "$new$"
    changed = list(codes)
    if how == "double":
        changed.append(code)
    else:
        changed[codes.index(code)] = code.replace("x", "y").replace("name", "Name").replace("w", "v")
        if how == "drop" or changed == list(codes) or (kind not in VERBATIM and code.startswith("*")):
            changed.remove(changed[codes.index(code)])
    target = (*blocks[:number], (kind, tuple(changed)), *blocks[number + 1 :])
    found = list(compare(written(blocks, "word"), written(target, "词")))
    assert found != []
    assert {d.check for d in found} <= {"inline_codes", "code_blocks"}


@given(DOCUMENT, st.data())
def test_no_lost_block_goes_unseen(blocks: Blocks, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(blocks) - 1))
    found = list(compare(written(blocks, "word"), written((*blocks[:number], *blocks[number + 1 :]), "词")))
    assert "structure" in {d.check for d in found}


@given(DOCUMENT, st.data())
def test_no_changed_kind_of_a_block_goes_unseen(blocks: Blocks, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(blocks) - 1))
    kind, codes = blocks[number]
    other = data.draw(st.sampled_from([name for name in KINDS if name != kind]))
    target = (*blocks[:number], (other, codes), *blocks[number + 1 :])
    assert list(compare(written(blocks, "word"), written(target, "词"))) != []


@settings(max_examples=40)
@given(DOCUMENT, DOCUMENT)
def test_two_documents_differ_both_ways_or_not_at_all(one: Blocks, other: Blocks) -> None:
    there = list(compare(written(one, "word"), written(other, "词")))
    back = list(compare(written(other, "词"), written(one, "word")))
    assert bool(there) == bool(back)


# Real books

LECTURES = """
extensions = ["myst_nb", "sphinx_exercise", "sphinx_proof", "sphinxcontrib.bibtex"]
nb_execution_mode = "off"
myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath", "html_image", "replacements",
                          "smartquotes", "substitution", "tasklist"]
bibtex_bibfiles = []
root_doc = "intro"
source_suffix = {".md": "myst-nb", ".rst": "restructuredtext"}
"""


@pytest.mark.corpora
@pytest.mark.slow
def test_human_translations_of_lectures_differ_where_people_changed_them(corpora: Path, tmp_path: Path) -> None:
    """Nothing but localised code, links and math, joined and split paragraphs; no options, labels or places."""
    for package in "myst_nb", "sphinx_exercise", "sphinx_proof", "sphinxcontrib.bibtex":
        pytest.importorskip(package)
    trees = {}
    for language in "en", "zh":
        texts = {path.name: path.read_text("utf-8") for path in (corpora / "quantecon-zh" / language).glob("*.md")}
        trees[language] = read_tree(tmp_path / language, texts, conf=LECTURES)
    del trees["en"]["index"], trees["zh"]["index"]
    assert len(trees["en"]) == 26
    for name, tree in trees["en"].items():
        assert shown(compare(tree, tree, translate=False)) == "", name
    found = {name: list(compare(tree, trees["zh"][name])) for name, tree in trees["en"].items()}
    assert found["fitting_distributions"] == []
    assert {d.check for differences in found.values() for d in differences} == {
        "code_blocks",
        "inline_codes",
        "leaks",
        "structure",
    }
    leaked = [d.message for differences in found.values() for d in differences if d.check == "leaks"]
    assert leaked == ["** stands in the text"] * 2
    assert sum(len(differences) for differences in found.values()) < 600


@pytest.mark.corpora
@pytest.mark.parametrize("book", ["sphinx-doc/usage/restructuredtext", "nbsphinx-doc"])
def test_real_pages_do_not_differ_from_themselves(book: str, corpora: Path, tmp_path: Path) -> None:
    folder = corpora / book
    texts = {str(path.relative_to(folder)): path.read_text("utf-8") for path in sorted(folder.rglob("*.rst"))}
    once, again = (read_tree(tmp_path / name, texts, conf="") for name in ("once", "again"))
    assert len(once) >= len(texts) > 1
    for name, tree in once.items():
        assert shown(compare(tree, again[name], translate=False)) == "", name
