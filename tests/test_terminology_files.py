"""Files of terms: tables and glossaries as people write them, and what Amazon takes of them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from sphinx_amts.errors import ConfigError
from sphinx_amts.pairs import terminology
from sphinx_amts.pairs.terminology import Term, as_csv, read


def terms(
    folder: Path, text: str, source: str = "en", target: str = "zh", name: str = "terms.md"
) -> list[tuple[str, str]]:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return [(term.source, term.target) for term in read(file, source, target)]


# Glossaries

EXCERPT = """## 英汉术语对照

鞍点，saddle point

长短期记忆网络，long short-term memory (LSTM)

动量法，momentum (method)

独立同分布，independent and identically distributed (i.i.d.)

softmax回归，softmax regression

齐普夫定律，Zipf's law

实例/示例，instance
"""
EXPECTED = [
    ("saddle point", "鞍点"),
    ("long short-term memory", "长短期记忆网络"),
    ("LSTM", "长短期记忆网络"),
    ("momentum", "动量法"),
    ("momentum method", "动量法"),
    ("independent and identically distributed", "独立同分布"),
    ("i.i.d.", "独立同分布"),
    ("softmax regression", "softmax回归"),
    ("Zipf's law", "齐普夫定律"),
    ("instance", "实例"),
]


def test_lines_of_a_glossary_are_read_with_abbreviations_and_alternatives(tmp_path: Path) -> None:
    assert terms(tmp_path, EXCERPT) == EXPECTED


def test_a_glossary_serves_the_other_direction_too(tmp_path: Path) -> None:
    assert terms(tmp_path, EXCERPT, "zh", "en")[-2:] == [("实例", "instance"), ("示例", "instance")]


@pytest.mark.parametrize("mark", [" - ", " – ", " — ", ": ", "：", ", ", "，", "\t", " -> ", "→", " = "])
def test_a_line_is_cut_at_the_mark_that_the_glossary_uses(tmp_path: Path, mark: str) -> None:
    text = f"# Terms\n\n* **saddle point**{mark}鞍点\n* end-to-end{mark}`端到端`\n* [batch](#batch){mark}批量\n"
    assert terms(tmp_path, text) == [("saddle point", "鞍点"), ("end-to-end", "端到端"), ("batch", "批量")]


def test_prose_code_headings_and_quotations_are_no_terms(tmp_path: Path) -> None:
    text = (
        "# Epoch - 轮\n\nThese terms, chosen by us, are final.\n\n> epoch - 轮\n\n```\nepoch - 轮\n```\n\n"
        "We agreed on this, as you know.\n\nbatch - 批量\n"
    )
    assert terms(tmp_path, text) == [("batch", "批量")]


def test_a_table_is_read_without_its_head(tmp_path: Path) -> None:
    text = "| Term | Translation |\n|:--|---|\n| `epoch` | 轮 |\n| a \\| b | 或 |\n| empty | |\n\nbatch: 批量\n"
    assert terms(tmp_path, text) == [("epoch", "轮"), ("a | b", "或"), ("batch", "批量")]


def test_a_table_without_outer_bars_and_with_the_target_first(tmp_path: Path) -> None:
    assert terms(tmp_path, "Chinese | English\n--- | ---\n轮 | epoch\n") == [("epoch", "轮")]


@pytest.mark.parametrize("head", ["en | de | es", "English | Deutsch | Español", "EN | DE | Español (ES)"])
def test_the_head_of_a_table_names_its_columns(tmp_path: Path, head: str) -> None:
    text = f"{head}\n---|---|---\nweight | Gewicht | peso\n-- | |\n"
    assert terms(tmp_path, text, "en", "es") == [("weight", "peso")]
    assert terms(tmp_path, text, "de", "en") == [("Gewicht", "weight")]


def test_a_table_that_does_not_say_which_language_is_which_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not say which column is which language") as raised:
        terms(tmp_path, "A | B | C\n---|---|---\nweight | Gewicht | peso\n", "en", "es")
    assert raised.value.path == tmp_path / "terms.md"
    assert raised.value.hint == "Write 'en' and 'es' above their columns."


def test_languages_of_one_script_stand_source_first(tmp_path: Path) -> None:
    text = "1. mean square error (MSE) - error cuadrático medio (ECM)\n2. weight - peso; ponderación\n"
    assert terms(tmp_path, text, "en", "es") == [
        ("mean square error", "error cuadrático medio"),
        ("MSE", "ECM"),
        ("weight", "peso"),
    ]


def test_a_slash_on_both_sides_and_between_capitals_is_part_of_the_term(tmp_path: Path) -> None:
    text = "input/output - 输入/输出\nTCP/IP - 协议\ncolour/color - 颜色\nI/O - 出入\n"
    assert terms(tmp_path, text) == [
        ("input/output", "输入/输出"),
        ("TCP/IP", "协议"),
        ("colour", "颜色"),
        ("color", "颜色"),
        ("I/O", "出入"),
    ]


def test_a_name_that_stays_as_it_is_is_a_term(tmp_path: Path) -> None:
    assert terms(tmp_path, "PyTorch, PyTorch\nepoch, 轮\n") == [("PyTorch", "PyTorch"), ("epoch", "轮")]


@pytest.mark.corpora
def test_a_real_glossary_is_read_whole(corpora: Path) -> None:
    file = corpora / "d2l-zh" / "TERMINOLOGY.md"
    if not file.is_file():
        pytest.skip("the glossary is missing in the corpora")
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if "，" in line]
    found = [(term.source, term.target) for term in read(file, "en", "zh")]
    # Each line is a term; five have an abbreviation, one a word in parentheses.
    assert (len(lines), len(found)) == (138, 144)
    assert set(EXPECTED) <= set(found)
    assert not any(mark in "".join(pair) for pair in found for mark in "，/()（）")
    written = as_csv(read(file, "en", "zh"), "en", "zh")
    assert (written.terms, written.left_out) == (144, {})


# Tables and TMX


def test_terms_are_read_from_tables_and_tmx(tmp_path: Path) -> None:
    expected = [("epoch", "轮"), ("a (b)", "c/d")]
    assert terms(tmp_path, "en,zh\nepoch,轮\na (b),c/d\n", name="a.csv") == expected
    assert terms(tmp_path, "en\tzh\nepoch\t轮\na (b)\tc/d\n", name="a.tsv") == expected
    unit = "<tu><tuv xml:lang='en'><seg>epoch</seg></tuv><tuv xml:lang='zh-CN'><seg>轮</seg></tuv></tu>"
    assert terms(tmp_path, f"<tmx><body>{unit}</body></tmx>", name="a.tmx") == expected[:1]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("terms.xlsx", b"", "not a kind of file that terms are read from"),
        ("terms.md", b"# Only a title\n", "holds no term from 'en' to 'zh'"),
        ("terms.md", b"\xff\xfe", "not UTF-8"),
        ("terms.csv", b"en,zh\n", "holds no term from 'en' to 'zh'"),
        ("terms.csv", b"en,fr\na,b\n", "has no pair of 'en' and 'zh'"),
    ],
)
def test_a_file_without_terms_is_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigError, match=message) as raised:
        read(tmp_path / name, "en", "zh")
    assert raised.value.path == tmp_path / name


def test_a_missing_glossary_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        read(tmp_path / "terms.md", "en", "zh")


# What Amazon takes


def test_terms_are_written_sorted_with_a_capital_for_the_start_of_a_sentence() -> None:
    file = as_csv([Term("weight", "peso"), Term("MSE", "ECM"), Term("i.i.d.", "i.i.d.")], "en", "es")
    assert file.content.decode() == '"en","es"\n"MSE","ECM"\n"Weight","Peso"\n"i.i.d.","i.i.d."\n"weight","peso"\n'
    assert (file.terms, file.left_out) == (3, {})
    assert file == as_csv([Term("i.i.d.", "i.i.d."), Term("weight", "peso"), Term("MSE", "ECM")], "en", "es")


def test_a_term_with_its_own_capital_form_keeps_it() -> None:
    file = as_csv([Term("python", "serpiente"), Term("Python", "Python")], "en", "es")
    assert file.content.decode() == '"en","es"\n"Python","Python"\n"python","serpiente"\n'


def test_what_amazon_refuses_is_left_out_and_counted() -> None:
    fits = "字" * 66 + "ab"
    given = [
        Term("a", "x"),
        Term("a", "x"),
        Term("a", "y"),
        Term("A", "z"),
        Term("b", fits),
        Term("c", f"{fits}c"),
        Term("", "x"),
        Term("=d", "x"),
    ]
    file = as_csv(given, "en", "zh")
    assert file.terms == 3
    assert file.left_out == {
        "beginning with + - = or @": 1,
        "empty": 1,
        "longer than 200 bytes": 1,
        "repeated": 1,
        "with another translation of the same term": 1,
    }
    assert [row[0] for row in csv.reader(io.StringIO(file.content.decode()))] == ["en", "A", "B", "a", "b"]


def test_a_file_ends_before_ten_megabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert terminology.LARGEST == 10 * 1024 * 1024
    monkeypatch.setattr(terminology, "LARGEST", 60)
    file = as_csv([Term(letter, "字") for letter in "abcdefgh"], "en", "zh")
    assert len(file.content) <= 60
    assert (file.terms, file.left_out) == (2, {"beyond the 10 MB that a file may have": 6})


def test_the_digest_tells_terms_and_languages_apart() -> None:
    one, other = [Term("a", "b")], [Term("a", "c")]
    assert as_csv(one, "en", "zh").digest == as_csv([*one, *other], "en", "zh").digest
    assert len({as_csv(one, "en", "zh").digest, as_csv(one, "en", "fr").digest, as_csv(other, "en", "zh").digest}) == 3
