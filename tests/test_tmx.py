"""Reading pairs that others made: every common form, and no hostile one."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sphinx_amts.errors import ConfigError
from sphinx_amts.pairs import tmx


def read(folder: Path, name: str, text: str | bytes, source: str = "en", target: str = "zh") -> list[tuple[str, str]]:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(tmx.read(file, source, target))


def failure(folder: Path, name: str, text: str | bytes, source: str = "en", target: str = "zh") -> tuple[int, str]:
    """Line and message of the error."""
    with pytest.raises(ConfigError) as raised:
        read(folder, name, text, source, target)
    assert raised.value.path == folder / name
    return raised.value.line, raised.value.message


def unit(**texts: str) -> str:
    variants = (f'<tuv xml:lang="{code.replace("_", "-")}"><seg>{text}</seg></tuv>' for code, text in texts.items())
    return f"<tu>{''.join(variants)}</tu>\n"


def document(*units: str, head: str = "") -> str:
    return (
        f'<?xml version="1.0"?>\n{head}<tmx version="1.4"><header srclang="en"/><body>\n{"".join(units)}</body></tmx>'
    )


# TMX


def test_pairs_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = document(unit(en="One", zh_CN="一"), unit(zh="二", en="Two\n two"), unit(en="One", zh="壹"))
    assert read(tmp_path, "a.tmx", text) == [("One", "一"), ("Two\n two", "二"), ("One", "壹")]


@pytest.mark.parametrize(
    ("wanted", "given_"),
    [("zh", "zh-CN"), ("zh", "ZH_cn"), ("zh_CN", "zh"), ("zh_CN", "zh-Hans"), ("zh_TW", "zh-Hant"), ("es", "es-AR")],
)
def test_a_language_is_found_under_its_other_codes(tmp_path: Path, wanted: str, given_: str) -> None:
    text = document(f'<tu><tuv lang="en-GB"><seg>a</seg></tuv><tuv lang="{given_}"><seg>b</seg></tuv></tu>')
    assert read(tmp_path, "a.tmx", text, "en", wanted) == [("a", "b")]


def test_of_several_regions_the_nearest_is_taken(tmp_path: Path) -> None:
    text = document(unit(en="a", zh_TW="t", zh_CN="c"), unit(en="b", pt_PT="p", pt_BR="r", pt="x"))
    assert read(tmp_path, "a.tmx", text, "en", "zh") == [("a", "c")]
    assert read(tmp_path, "a.tmx", text, "en", "zh_TW") == [("a", "t")]
    assert read(tmp_path, "a.tmx", text, "en", "pt_BR") == [("b", "r")]


def test_markup_inside_a_segment_is_kept_as_text(tmp_path: Path) -> None:
    markup = (
        'See <bpt i="1">**</bpt>the <hi>manual</hi><ept i="1">**</ept>, <ph x="1">`a &lt; b`</ph>'
        '<it pos="begin">$</it><ut>x</ut> &amp; <![CDATA[<b>]]>'
    )
    assert read(tmp_path, "a.tmx", document(unit(en=markup, zh="见"))) == [
        ("See **the manual**, `a < b`$x & <b>", "见")
    ]


def test_notes_and_properties_are_no_text(tmp_path: Path) -> None:
    text = document(
        "<tu><note>n</note><prop type='x'>p</prop><tuv xml:lang='en'><prop type='y'>q</prop><seg>a</seg></tuv>"
        "<tuv xml:lang='zh'><note>m</note><seg>b</seg></tuv></tu>"
    )
    assert read(tmp_path, "a.tmx", text) == [("a", "b")]


def test_units_with_an_empty_or_missing_side_are_skipped(tmp_path: Path) -> None:
    text = document(unit(en="a", zh=" "), unit(en="", zh="b"), unit(en="c"), unit(en="d", zh="e"))
    assert read(tmp_path, "a.tmx", text) == [("d", "e")]


def test_a_file_without_units_has_no_pairs(tmp_path: Path) -> None:
    assert read(tmp_path, "a.tmx", document()) == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_file_may_have_any_encoding_that_xml_knows(tmp_path: Path, encoding: str) -> None:
    text = document(unit(en="a", es="señal")).replace('"1.0"', f'"1.0" encoding="{encoding.removesuffix("-sig")}"')
    assert read(tmp_path, "a.TMX", text.encode(encoding), "en", "es") == [("a", "señal")]


def test_the_usual_document_type_is_welcome_and_never_fetched(tmp_path: Path) -> None:
    (tmp_path / "tmx14.dtd").write_text("<!ELEMENT broken", encoding="utf-8")
    text = document(unit(en="a", zh="b"), head='<!DOCTYPE tmx SYSTEM "tmx14.dtd">')
    assert read(tmp_path, "a.tmx", text) == [("a", "b")]


BOMB = '<!DOCTYPE tmx [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (document(unit(en="&b;", zh="x"), head=BOMB), 2, "declares a document type inside the file"),
        (
            document(unit(en="&x;", zh="x"), head='<!DOCTYPE tmx [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
            2,
            "declares a document type inside the file",
        ),
        (
            document(unit(en="a&nbsp;b", zh="x"), head='<!DOCTYPE tmx SYSTEM "tmx14.dtd">'),
            3,
            "uses the XML entity 'nbsp', which is not defined",
        ),
        (document(unit(en="a&nbsp;b", zh="x")), 3, "damaged XML: undefined entity"),
        (document(unit(en="<hi>" * 100_000, zh="x")), 3, "elements are nested more than 50 deep"),
        (document(unit(en="x" * 100_001, zh="x")), 3, "a text is longer than 100000 characters"),
        (document("<tu><tuv xml:lang='en'><seg>a", "</tuv></tu>"), 3, "damaged XML: mismatched tag"),
        (document(unit(en="a", zh="b"))[: -len("</body></tmx>")], 4, "damaged XML: no element found"),
        ("", 1, "damaged XML: no element found"),
        ("id,en\n", 1, "damaged XML: syntax error"),
        ("<html/>", 1, "is not TMX: its first element is 'html'"),
        (document(unit(en="a", zh="b")).encode().replace(b"a<", b"\xff<"), 3, "damaged XML: not well-formed"),
        ('<?xml version="1.0" encoding="klingon"?><tmx/>', 1, "its encoding is not known: unknown encoding: klingon"),
        (document(unit(en="a", de="b"), unit(en="a", fr="b")), 0, "has no pair of 'en' and 'zh'"),
        (document(f"<tu a='{'x' * 2_000_000}'/>"), 3, "a tag or comment is longer than 1048576 bytes"),
        (document(f"<!--{'x' * 2_000_000}-->"), 3, "a tag or comment is longer than 1048576 bytes"),
    ],
    ids=lambda value: value[-30:] if isinstance(value, str) else None,
)
def test_a_damaged_or_hostile_file_is_refused_with_its_line(
    tmp_path: Path, text: str | bytes, line: int, message: str
) -> None:
    where, why = failure(tmp_path, "a.tmx", text)
    assert why.startswith(message)
    assert where == line


def test_without_a_pair_the_languages_of_the_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        read(tmp_path, "a.tmx", document(unit(en="a", fr_CA="b")))
    assert raised.value.hint == "Its languages: en, fr-CA"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(*[st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1)] * 2)))
def test_what_is_written_is_read(tmp_path: Path, pairs: list[tuple[str, str]]) -> None:
    """In TMX and in CSV, apart from white space at the ends."""
    expected = [(a.strip(), b.strip()) for a, b in pairs if a.strip() and b.strip()]
    text = document(*(unit(en=escape(a), zh=escape(b)) for a, b in pairs))
    if expected or not pairs:
        assert read(tmp_path, "a.tmx", text) == expected
    table = io.StringIO()
    csv.writer(table).writerows([("en", "zh"), *pairs])
    assert read(tmp_path, "a.csv", table.getvalue()) == expected


# Tables


def test_a_table_has_the_languages_first_and_the_source_left(tmp_path: Path) -> None:
    text = '\ufeffen-US,fr,zh-CN\r\nOne,un,一\r\n"Two, ""two""\nlines",deux, 二 \r\n,rien,无\r\nThree,trois,\r\n\r\n'
    assert read(tmp_path, "a.csv", text) == [("One", "一"), ('Two, "two"\nlines', "二")]
    assert read(tmp_path, "a.csv", text, target="fr")[1:] == [('Two, "two"\nlines', "deux"), ("Three", "trois")]


def test_a_table_may_be_separated_by_tabs(tmp_path: Path) -> None:
    assert read(tmp_path, "a.tsv", "en\tzh\nOne, two\t一\n") == [("One, two", "一")]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 0, "is empty"),
        ("\n\n", 0, "is empty"),
        ("zh,en\na,b\n", 1, "the first column must hold the source language 'en', not 'zh'"),
        ("One,一\n", 1, "the first column must hold the source language 'en', not 'One'"),
        ("en,fr\na,b\n", 0, "has no pair of 'en' and 'zh'"),
        ("en,zh\na,b\nc\n", 3, "damaged table: 1 columns where the first row has 2"),
        ("en,zh\na,b,c\n", 2, "damaged table: 3 columns where the first row has 2"),
        ('en,zh\n"a"b,c\n', 2, "damaged table: ',' expected after '\"'"),
        ('en,zh\n"a,b\n', 2, "damaged table: unexpected end of data"),
        ("en,zh\na\0,b\n", 1, "damaged table: it contains NUL"),
        (b"en,zh\na,b\nc,\xff\n", 3, "not UTF-8"),
        ("en,zh\na,b\n".encode("utf-16"), 1, "not UTF-8"),
        (f"en,zh\n{'x' * 100_001},b\n", 2, "damaged table: a text is longer than 100000 characters"),
        (f'en,zh\n"{"x" * 200_000}",b\n', 2, "damaged table: field larger than field limit (131072)"),
        ("en,zh\n" + "x" * 3_000_000, 1, "damaged table: a line is longer than 2000000 characters"),
    ],
    ids=lambda value: value[-30:] if isinstance(value, str) else None,
)
def test_a_damaged_table_is_refused_with_its_line(tmp_path: Path, text: str | bytes, line: int, message: str) -> None:
    assert failure(tmp_path, "a.csv", text) == (line, message)


# Files


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not a kind of file that pairs are read from") as raised:
        list(tmx.read(tmp_path / "a.xlsx", "en", "zh"))
    assert raised.value.hint == "Known: .tmx, .csv, .tsv"


@pytest.mark.parametrize("name", ["a.tmx", "a.csv"])
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file or directory"):
        list(tmx.read(tmp_path / name, "en", "zh"))
    (tmp_path / name).mkdir()
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        list(tmx.read(str(tmp_path / name), "en", "zh"))
