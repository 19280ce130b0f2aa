"""Files of parallel data and terms: what is imported, skipped and failed."""

from __future__ import annotations

import pytest

from sphinx_amts.emulator.records import Imported, NotImportable, import_records


def table(text: str, format_: str = "CSV", most: int = 1_000) -> Imported:
    return import_records(text.encode(), format_, most)


def counts(done: Imported) -> tuple[int, int, int]:
    """Imported, failed, skipped."""
    return len(done.records), done.failed, done.skipped


def tmx(units: str, head: str = "", srclang: str = "en") -> str:
    return f'<?xml version="1.0"?>{head}<tmx version="1.4"><header srclang="{srclang}"/><body>{units}</body></tmx>'


def unit(source: str, target: str, changed: str = "") -> str:
    date = f' changedate="{changed}"' if changed else ""
    return (
        f'<tu><tuv xml:lang="en"{date}><seg>{source}</seg></tuv><tuv xml:lang="zh"{date}><seg>{target}</seg></tuv></tu>'
    )


def test_the_first_row_holds_the_languages_and_the_first_column_the_source() -> None:
    done = table("en,zh,es\nHello,你好,Hola\n")
    assert done.source == "en"
    assert done.targets == ["es", "zh"]
    assert done.records == {"Hello": {"en": "Hello", "zh": "你好", "es": "Hola"}}
    assert done.size == len("Hello你好Hola".encode())


def test_quotes_hold_delimiters_and_doubled_quotes() -> None:
    assert table('en,zh\n"One, ""two""","一，二"\n').records == {'One, "two"': {"en": 'One, "two"', "zh": "一，二"}}


def test_tabs_separate_the_fields_of_tsv() -> None:
    assert list(table("en\tzh\nOne, two\t一，二\n", "TSV").records) == ["One, two"]


def test_a_byte_order_mark_and_empty_lines_are_nothing() -> None:
    assert counts(table("\ufeffen,zh\n\nHello,你好\n\n")) == (1, 0, 0)


def test_the_codes_of_languages_are_written_as_amazon_writes_them() -> None:
    assert table("EN,ZH-tw\nHello,你好\n").targets == ["zh-TW"]


@pytest.mark.parametrize("sign", "+-=@")
@pytest.mark.parametrize("quote", ["", '"'])
def test_a_field_that_starts_like_a_formula_fails_even_in_quotes(sign: str, quote: str) -> None:
    done = table(f"en,zh\nGood,好\n{quote}{sign}bad{quote},坏\nBad,{quote}{sign}坏{quote}\n")
    assert counts(done) == (1, 2, 0)
    assert done.messages[0] == {"content": f"{sign}bad,坏", "message": "A field starts with one of + - = @"}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Only one field", "The record has 1 fields where 2 are expected"),
        ("One,two,three", "The record has 3 fields where 2 are expected"),
        ('"A line\nbreak",断', "A field holds a line break"),
        ('"A quote"s end,尾', "The record cannot be read: ',' expected after '\"'"),
    ],
)
def test_a_record_that_cannot_be_read_fails(row: str, reason: str) -> None:
    done = table(f"en,zh\nGood,好\n{row}\n")
    assert counts(done) == (1, 1, 0)
    assert done.messages[0]["message"] == reason


def test_an_empty_or_oversized_source_skips_the_record() -> None:
    assert counts(table("en,zh\nGood,好\n ,空\nMuch too long,长\n", most=5)) == (1, 0, 2)


def test_the_size_of_a_text_is_counted_in_bytes() -> None:
    assert counts(table("en,zh\nGood,好\nFine,好好\n", most=5)) == (1, 0, 1)


def test_an_empty_or_oversized_target_leaves_out_that_language_alone() -> None:
    done = table("en,zh,es\nHello,你好你好你好,Hola\nBye,,\n", most=10)
    assert done.records == {"Hello": {"en": "Hello", "es": "Hola"}}
    assert counts(done) == (1, 0, 1)


def test_the_last_of_two_equal_sources_wins() -> None:
    done = table("en,zh\nHello,喂\nHello,你好\n")
    assert done.records["Hello"]["zh"] == "你好"
    assert counts(done) == (1, 0, 1)


def test_the_report_counts_and_tells() -> None:
    report = table("en,zh\nGood,好\n=1,一\n,二\n").report
    assert report["summary"] == {"record_error_count": 1, "record_skipped_count": 1}
    assert [entry["content"] for entry in report["messages"]] == ["=1,一", ",二"]


def test_the_report_on_a_file_tells_why_before_what() -> None:
    with pytest.raises(NotImportable) as caught:
        table("en,zh\n=1,一\n")
    assert caught.value.report["summary"] == {"record_error_count": 1, "record_skipped_count": 0}
    told = [entry["message"] for entry in caught.value.report["messages"]]
    assert told == ["The file has no valid record", "A field starts with one of + - = @"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "The file is empty"),
        ("en\nHello\n", "The first row must hold a source language and other languages, each once"),
        ("en,zh,zh\nHello,你,好\n", "The first row must hold a source language and other languages, each once"),
        ("en,eu\nHello,Kaixo\n", "Amazon Translate does not know the language 'eu'"),
        ("en,zh\n", "The file has no valid record"),
        ("en,zh\n=1,一\n", "The file has no valid record"),
    ],
)
def test_a_table_without_languages_or_records_is_not_imported(text: str, reason: str) -> None:
    with pytest.raises(NotImportable) as caught:
        table(text)
    assert str(caught.value) == reason


def test_a_file_in_another_encoding_is_not_imported() -> None:
    with pytest.raises(NotImportable, match="not encoded in UTF-8"):
        import_records("en,es\nyear,año\n".encode("latin-1"), "CSV", 1_000)


def test_units_of_tmx_are_records_and_may_start_with_any_sign() -> None:
    done = table(tmx(unit("+ plus", "+ 加") + unit("A<ph>x</ph> <hi>b</hi> &amp; c", "甲")), "TMX")
    assert {source: record["zh"] for source, record in done.records.items()} == {"+ plus": "+ 加", "A b & c": "甲"}
    assert done.targets == ["zh"]


def test_the_newest_unit_wins_and_without_dates_the_last() -> None:
    units = unit("Hello", "新", "20240102T000000Z") + unit("Hello", "旧", "20230102T000000Z")
    done = table(tmx(units + unit("Bye", "甲") + unit("Bye", "乙")), "TMX")
    assert {source: record["zh"] for source, record in done.records.items()} == {"Hello": "新", "Bye": "乙"}
    assert counts(done) == (2, 0, 2)


def test_a_unit_without_its_source_or_without_a_target_fails() -> None:
    lonely = '<tu><tuv xml:lang="en"><seg>Alone</seg></tuv></tu>'
    others = '<tu><tuv xml:lang="de"><seg>Haus</seg></tuv><tuv xml:lang="zh"><seg>房</seg></tuv></tu>'
    assert counts(table(tmx(unit("Good", "好") + lonely + others), "TMX")) == (1, 2, 0)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("no XML", "syntax error"),
        ("<tmx version='1.4'><body/></tmx>", "it has no header with a srclang"),
        (tmx(unit("Hello", "你好"), srclang="*all*"), r"Amazon Translate does not know the language '\*all\*'"),
        (tmx(unit("&a;", "甲"), '<!DOCTYPE tmx [<!ENTITY a "aaaa">]>'), "its document type declares something"),
    ],
)
def test_a_file_that_is_no_plain_tmx_is_not_imported(text: str, reason: str) -> None:
    with pytest.raises(NotImportable, match=reason):
        table(text, "TMX")


def test_the_usual_document_type_is_not_opened() -> None:
    head = '<!DOCTYPE tmx SYSTEM "file:///etc/passwd">'
    assert list(table(tmx(unit("Hello", "你好"), head), "TMX").records) == ["Hello"]
