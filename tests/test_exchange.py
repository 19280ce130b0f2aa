"""Work that was done elsewhere, and for elsewhere: TMX with inline codes, PO catalogues, import and export."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from book import Engine, SmallBook, chinese, opened_job, speaks_chinese
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from importing import catalogue, counts, entry, fresh_book, imported

from sphinx_amts.cli import main
from sphinx_amts.engines.pseudo import pseudo
from sphinx_amts.masked import problem
from sphinx_amts.model import InlineCode, Masked, State
from sphinx_amts.pairs import exchange, tmx
from sphinx_amts.pairs.exchange import Pair
from sphinx_amts.upkeep.exporting import pairs


@pytest.fixture
def book(tmp_path: Path) -> SmallBook:
    return fresh_book(tmp_path)


def exported(book: SmallBook) -> tuple[list[Pair], Counter[str]]:
    left_out: Counter[str] = Counter()
    with opened_job(book) as job:
        return list(pairs(job, left_out)), left_out


# TMX: what is written is read as it was


_CHARACTERS = st.characters(
    codec="utf-8", exclude_categories=["Cs", "Cc"], include_characters="\n\t\r", exclude_characters="\ufffe\uffff"
)
_TEXT = st.text(_CHARACTERS, max_size=8).map(lambda text: text.replace("/>", "").replace(">", "&>"))
_KINDS = st.sampled_from(["math", "literal", "link", "footnote", "strong"])


@st.composite
def masked_pairs(draw: st.DrawFn) -> tuple[Masked, Masked]:
    """Two texts with the same tags in different places: pairs are not nested in each other's order."""
    sides: list[list[str]] = [["a" + draw(_TEXT)], ["b" + draw(_TEXT)]]
    codes: list[InlineCode] = []
    for number in range(1, draw(st.integers(0, 4)) + 1):
        alone = draw(st.booleans())
        closing = None if alone else draw(_TEXT)
        codes.append(InlineCode(draw(_KINDS), draw(_TEXT), closing, draw(st.booleans())))
        for side in sides:
            text = draw(_TEXT)
            side.insert(draw(st.integers(1, len(side))), f"<{number}/>" if alone else f"<{number}>{text}</{number}>")
            side.insert(draw(st.integers(1, len(side))), draw(_TEXT))
    one, other = ("".join([*side, "z"]) for side in sides)
    return _in_order(one, other, codes)


def _in_order(one: str, other: str, codes: Sequence[InlineCode]) -> tuple[Masked, Masked]:
    """Numbers in the order in which the source's codes open, as every masked text has them."""
    from sphinx_amts.masked import TAG, renumber

    order = list(dict.fromkeys(int(tag["number"]) for tag in TAG.finditer(one)))
    numbers = {number: index for index, number in enumerate(order, 1)}
    sorted_ = tuple(codes[number - 1] for number in order)
    return Masked(renumber(one, numbers), sorted_), Masked(renumber(other, numbers), sorted_)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.builds(
            lambda sides, origin, state, before, after: Pair(*sides, origin, state, before, after, "a/b.md"),
            masked_pairs(),
            st.sampled_from(["human", "mt:amazon", "tm"]),
            st.sampled_from(list(State)),
            _TEXT,
            _TEXT,
        ).filter(lambda pair: not exchange.unwritable(pair)),
        max_size=4,
    )
)
def test_law_what_is_written_as_tmx_is_read_as_it_was(tmp_path: Path, given_: list[Pair]) -> None:
    file = tmp_path / "a.tmx"
    file.write_bytes(exchange.as_tmx(given_, "en", "zh"))
    assert [pair for pair, _ in exchange.read(file, "en", "zh")] == given_


def test_what_xml_cannot_hold_is_unwritable() -> None:
    good, bad = Masked("a"), Masked("a\x00")
    assert exchange.unwritable(Pair(good, good)) == ""
    assert exchange.unwritable(Pair(good, bad)) == "with a control character"
    code = InlineCode("math", "$\x01$")
    assert exchange.unwritable(Pair(Masked("<1/>", (code,)), Masked("<1/>", (code,)))) == "with a control character"
    assert exchange.unwritable(Pair(Masked("<1/>", (code,)), good)) == "with a control character"
    assert exchange.unwritable(Pair(good, Masked(" "))) == "empty"


# TMX from elsewhere


def foreign(tmp_path: Path, source: str, target: str) -> Pair:
    file = tmp_path / "a.tmx"
    text = (
        '<tmx version="1.4"><header srclang="en" creationtool="Other"/><body><tu><prop type="x-origin">human</prop>'
        f'<tuv xml:lang="en"><seg>{source}</seg></tuv><tuv xml:lang="zh"><seg>{target}</seg></tuv></tu></body></tmx>'
    )
    file.write_text(text, encoding="utf-8")
    ((pair, _),) = exchange.read(file, "en", "zh")
    return pair


@pytest.mark.parametrize(
    ("source", "target", "masked"),
    [
        (
            'Press <bpt i="1">{\\b </bpt>OK<ept i="1">}</ept>.',
            '按<bpt i="1">{\\b </bpt>好<ept i="1">}</ept>。',
            ("Press <1>OK</1>.", "按<1>好</1>。"),
        ),
        (
            '<ph x="1">A</ph> and <ph x="2">B</ph>',
            '<ph x="2">B</ph>与<ph x="1">A</ph>',
            ("<1/> and <2/>", "<2/>与<1/>"),
        ),
        ("<ph>A</ph> and <ph>B</ph>", "<ph>B</ph>与<ph>A</ph>", ("<1/> and <2/>", "<2/>与<1/>")),
        (
            'a<it pos="begin">&lt;b></it> <hi>b</hi>',
            '甲<it pos="begin">&lt;b></it><hi>乙</hi>',
            ("a<1/> b", "甲<1/>乙"),
        ),
        ("a<ph>x<sub>note</sub></ph>", "甲<ph>x<sub>note</sub></ph>", ("a<1/>", "甲<1/>")),
        ("like &lt;1/&gt;", "像&lt;1/&gt;", ("like <1/>", "像<1/>")),
        ('<bpt i="1">x</bpt>a', '<bpt i="1">x</bpt>甲', ("<1/>a", "<1/>甲")),
        ("plain", "普通", ("plain", "普通")),
    ],
)
def test_tmx_from_elsewhere_is_read_with_its_codes(
    tmp_path: Path, source: str, target: str, masked: tuple[str, str]
) -> None:
    pair = foreign(tmp_path, source, target)
    assert (pair.source.text, pair.target.text) == masked
    assert (pair.origin, problem(pair.source.text, pair.target.text)) == ("tm", None)  # it is not believed


def test_pairs_that_cross_are_placeholders(tmp_path: Path) -> None:
    crossed = '<bpt i="1">a</bpt><bpt i="2">b</bpt>x<ept i="1">/a</ept><ept i="2">/b</ept>'
    pair = foreign(tmp_path, crossed, crossed)
    assert pair.source.text == "<1><2/>x</1><3/>"
    assert problem(pair.source.text, pair.target.text) is None


def test_a_pair_whose_codes_do_not_correspond_is_given_with_its_own_numbers(tmp_path: Path) -> None:
    pair = foreign(tmp_path, '<ph x="1">A</ph> b', '<ph x="9">C</ph>')
    assert (pair.source.text, pair.target.text) == ("<1/> b", "<1/>")
    assert problem(pair.source.text, pair.target.text) is None
    assert pair.target.codes == (InlineCode("html", "C"),)


# Export


def test_every_sentence_with_a_target_is_exported_with_its_codes_and_context(book: SmallBook) -> None:
    book.sync(speaks_chinese())
    found, left_out = exported(book)
    assert left_out == Counter()
    second = next(pair for pair in found if pair.source.text.startswith("Second"))
    assert second.source.text == "Second sentence with <1/> and <2/>."
    assert second.target.text == chinese(second.source.text)
    assert [code.opening for code in second.source.codes] == ["$x$", "`code`"]
    assert (second.before, second.after) == ("First sentence.", "Third one.")
    assert (second.document, second.origin, second.state) == ("index.md", "mt:told", State.TRANSLATED)
    texts = [pair.source.text for pair in found if pair.document == "index.md"]
    assert texts == ["A title", "First sentence.", second.source.text, "Third one.", "All of it", "Cell", "Text"]


def test_an_edit_that_no_sync_has_seen_is_exported_as_a_person_s(book: SmallBook) -> None:
    book.sync(speaks_chinese())
    book.edit("index.md", chinese("A title"), "题目")
    title = exported(book)[0][0]
    assert (title.target.text, title.origin) == ("题目", "human")


def test_what_is_stale_or_untranslated_is_left_out_and_counted(book: SmallBook) -> None:
    book.sync(speaks_chinese())
    book.edit("index.md", chinese("First sentence."), "第一句。")
    book.change("index.md", "First sentence.", "The first sentence.")
    book.change("index.md", "Third one.", "Another text is here.")
    book.sync("memory")
    left_out = exported(book)[1]
    assert left_out == {"stale": 2}


def test_an_exported_memory_fills_another_tree_without_an_engine(book: SmallBook, tmp_path: Path) -> None:
    book.sync(speaks_chinese())
    book.edit("index.md", chinese("Third one."), "第三句。")
    found, _ = exported(book)
    other = fresh_book(tmp_path / "other")
    (other.source / "book.tmx").write_bytes(exchange.as_tmx(found, "en", "zh"))
    engine = Engine(pseudo)
    other.sync(engine, memory=["book.tmx"])
    assert (engine.asked, other.targets()) == ([], book.targets())
    assert other.group("index.md", "Third one.").origin == "human"


# Import of pairs


def test_importing_tmx_fills_what_has_no_target(book: SmallBook, tmp_path: Path) -> None:
    book.sync(speaks_chinese())
    file = tmp_path / "book.tmx"
    file.write_bytes(exchange.as_tmx(exported(book)[0], "en", "zh"))
    other = fresh_book(tmp_path / "other")
    result = imported(other, file)
    assert other.targets() == book.targets()
    assert counts(result) == (5, 0, 0, 0, 0)
    before = other.tree()
    imported(other, file)
    assert other.tree() == before


# The commands


Run = Callable[..., int]


@pytest.fixture
def run(book: SmallBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    return lambda command, *arguments: main([command, str(book.source), "-l", "zh", *arguments])


def test_import_prints_a_table_and_what_was_refused(
    run: Run, book: SmallBook, capsys: pytest.CaptureFixture[str]
) -> None:
    file = catalogue(book, entry("A title", "标题"))
    assert run("import", str(file)) == 0
    out = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert out[0] == ["zh", "filled", "already", "there", "proposed", "unknown", "refused"]
    assert out[1:4] == [
        ["index.md", "1", "0", "0", "4", "0"],
        ["other.rst", "0", "0", "0", "3", "0"],
        ["total", "1", "0", "0", "7", "0"],
    ]
    assert run("import", str(catalogue(book, entry("Text", "文 *斜")))) == 1
    assert capsys.readouterr().err == "index.md: * stands in the text: Text\n"


def test_export_writes_a_file_that_import_reads(
    run: Run, book: SmallBook, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("sync", "--engine", "pseudo") == 0
    capsys.readouterr()
    for name, what in (("book.tmx", "11 pairs\n"), ("book.po", "8 messages\n")):
        assert run("export", "-o", name) == 0
        assert capsys.readouterr().out == what
        assert run("import", name, "--json", "result.json") == 0
        data = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))["languages"]["zh"]
        assert (data["unplaced"], data["files_written"]) == (0, 0)
        capsys.readouterr()
    assert len(list(tmx.read(tmp_path / "book.tmx", "en", "zh"))) == 11


def test_export_says_which_files_it_writes(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("export", "-o", "book.txt") == 2
    assert "not a kind of file that is exported" in capsys.readouterr().err


def test_a_tree_without_manifests_has_nothing_to_export(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "book.tmx"
    assert run("export", "-o", str(file), "--target", str(tmp_path / "nowhere")) == 2
    assert "nowhere: there is nothing to export: no document has a manifest" in capsys.readouterr().err
    assert not file.exists()


@pytest.mark.parametrize(
    "sentences",
    [
        "第一句。第二句。第三句。",
        "第一句。第二句有$x$和`code`。第三 *句。",
        "第 *一句。第二句有$x$和`code`。第三句。",
        "第一句，第二句有$x$和`code`，第三 *句。",
        "第一句。第二句有$x$和`code`。第三句。",
    ],
    ids=["other codes", "the last is broken", "the first is broken", "joined and broken", "good"],
)
def test_a_second_import_changes_nothing_and_says_the_same(
    run: Run, book: SmallBook, capsys: pytest.CaptureFixture[str], sentences: str
) -> None:
    """Of a title, a text whose markup is broken, several sentences, a fuzzy message, and one of no document."""
    file = catalogue(
        book,
        entry("A title", "标题")
        + entry("Text", "文 *斜")
        + entry("First sentence. Second sentence with $x$ and `code`. Third one.", sentences)
        + entry("All of it", "全部", flags="fuzzy")
        + entry("Nowhere", "无处"),
    )
    said, left = [], []
    for _ in range(3):
        assert run("import", str(file), "--json", "result.json") == 1
        data = json.loads(Path("result.json").read_text(encoding="utf-8"))["languages"]["zh"]
        said.append((data, capsys.readouterr().err))
        left.append({path: path.read_bytes() for path in (book.folder / "locale").rglob("*") if path.is_file()})
    first, second, third = (each for each, _ in said)
    assert left[1] == left[0]
    assert left[2] == left[1]
    assert (second, said[1][1]) == (third, said[2][1])
    assert said[1][1] == said[0][1]
    assert (first.pop("files_written"), second.pop("files_written")) == (2, 0)
    for document in first["documents"].values():
        document["there"], document["filled"] = document["there"] + document["filled"], 0
    assert second == first
