"""Files of parallel data: what a reader sees of a sentence, what Amazon takes, and the same bytes every time."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sphinx_amts.model import InlineCode
from sphinx_amts.pairs.parallel_data import LONGEST, ParallelDataFile, as_csv, as_tmx, told
from sphinx_amts.pairs.tmx import read
from sphinx_amts.plain import plain

Pairs = list[tuple[str, str]]


def read_back(folder: Path, file: ParallelDataFile, suffix: str, target: str = "zh") -> Pairs:
    path = folder / f"pairs.{suffix}"
    path.write_bytes(file.content)
    return list(read(path, "en", target))


# What a reader sees


@pytest.mark.parametrize(
    ("kind", "opening", "seen"),
    [
        ("literal", "`x`", "x"),
        ("literal", "`` a`b ``", "a`b"),
        ("literal", "``x``\\ ", "x"),
        ("literal", "`x`{.python}", "x"),
        ("math", "$x^2$", "x^2"),
        ("math", "$$x$$", "x"),
        ("math", "{math}`x`", "x"),
        ("math", ":math:`x`", "x"),
        ("role", "{func}`~os.path.join`", "join"),
        ("role", ":class:`!Book`", "Book"),
        ("role", "{own}`a title <target>`", "a title"),
        ("role", "{ref}`label`", "label"),
        ("citation", "{cite}`key`", "key"),
        ("citation", "[Cit2002]_", "Cit2002"),
        ("substitution", "{{ name }}", "name"),
        ("substitution", "|name|", "name"),
        ("substitution", "%s", ""),
        ("url", "<https://example.org>", "https://example.org"),
        ("url", "https://example.org", "https://example.org"),
        ("link", "`<https://example.org>`_", "https://example.org"),
        ("link", "[](#label)", ""),
        ("image", "![](picture.png)", ""),
        ("footnote", "[^1]", ""),
        ("entity", "&amp;", "&"),
        ("escape", "\\*", "*"),
        ("escape", "\\ ", ""),
        ("html", "<b>bold &lt;</b>", "bold <"),
        ("html", "<br/>", ""),
        ("target", "_`here`", "here"),
        ("mark", "::", ":"),
        ("literal-tag", "<1/>", "<1/>"),
    ],
)
def test_a_placeholder_is_what_its_reader_sees(kind: str, opening: str, seen: str) -> None:
    assert plain("a<1/>b", (InlineCode(kind, opening),)) == f"a{seen}b"


def test_the_tags_of_pairs_vanish_and_white_space_is_one_blank() -> None:
    codes = (InlineCode("strong", "**", "**"), InlineCode("literal", "`f`"), InlineCode("break", "\\\n"))
    assert plain(" The <1>call\n <2/></1>\u3000is<3/>short. ", codes) == "The call f is short."


def test_a_tag_without_a_code_is_nothing() -> None:
    assert plain("a<7/> b", ()) == "a b"


# Which pairs stand in a file


def test_the_same_pairs_give_the_same_bytes_in_any_order(tmp_path: Path) -> None:
    pairs = [("Two.", "二。"), ("One.", "一。")]
    file = as_tmx(pairs, "en", "zh")
    assert file == as_tmx(reversed(pairs), "en", "zh")
    assert (file.pairs, file.left_out) == (2, {})
    assert read_back(tmp_path, file, "tmx") == [("One.", "一。"), ("Two.", "二。")]


def test_the_file_is_what_amazon_reads() -> None:
    assert as_tmx([("a < b & c", '"d" > e')], "en", "zh-TW").content.decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<tmx version="1.4">\n'
        '<header creationtool="sphinx-amts" creationtoolversion="1" segtype="sentence" o-tmf="sphinx-amts"'
        ' adminlang="en" srclang="en" datatype="plaintext"/>\n'
        "<body>\n"
        '<tu><tuv xml:lang="en"><seg>a &lt; b &amp; c</seg></tuv>'
        '<tuv xml:lang="zh-TW"><seg>"d" &gt; e</seg></tuv></tu>\n'
        "</body>\n</tmx>\n"
    )


def test_a_table_has_every_field_in_quotes() -> None:
    assert as_csv([('Say "hi",\nplease', "说“hi”")], "en", "zh").content.decode() == (
        '"en","zh"\n"Say ""hi"", please","说“hi”"\n'
    )


@pytest.mark.parametrize("first", "+-=@")
def test_a_field_that_would_begin_a_formula_is_left_out_of_tables_alone(first: str) -> None:
    pairs = [(f"{first}1", "a"), ("b", f"\n{first}2"), ("c", "d")]
    assert as_csv(pairs, "en", "zh").left_out == {"beginning with + - = or @": 2}
    assert as_csv(pairs, "en", "zh").content == b'"en","zh"\n"c","d"\n'
    assert as_tmx(pairs, "en", "zh").pairs == 3


def test_a_side_may_have_a_thousand_bytes_and_no_more() -> None:
    assert LONGEST == 1000
    fits, too_long = "字" * 333 + "a", "字" * 333 + "ab"
    file = as_tmx([("a", fits), (fits, "a"), ("b", too_long), (too_long, "b")], "en", "zh")
    assert (file.pairs, file.left_out) == (2, {"longer than 1,000 bytes": 2})


def test_empty_sides_and_control_characters_are_left_out() -> None:
    file = as_tmx([("", "a"), ("a", " \n"), ("b\0", "b"), ("c", "\ud800"), ("\uffff", "d")], "en", "zh")
    assert (file.pairs, file.left_out) == (0, {"empty": 2, "with a control character": 3})


def test_of_several_translations_the_most_frequent_stays() -> None:
    pairs = [("a", "x"), ("a", "y"), ("a", "y"), ("b", "q"), ("b", "p"), (" a ", "z")]
    file = as_tmx(pairs, "en", "zh")
    assert file == as_tmx(sorted(pairs), "en", "zh")
    assert b"<seg>y</seg>" in file.content
    assert b"<seg>p</seg>" in file.content
    assert (file.pairs, file.left_out) == (2, {"repeated": 1, "with another translation of the same text": 3})


def test_the_digest_tells_pairs_and_languages_apart_and_nothing_else() -> None:
    pairs = [("a", "b"), ("c", "d")]
    digest = as_tmx(pairs, "en", "zh").digest
    assert digest == as_csv(pairs, "en", "zh").digest == as_tmx([*pairs, ("a", " b"), ("", "")], "en", "zh").digest
    others = [as_tmx(pairs, "en", "zh-TW"), as_tmx(pairs[:1], "en", "zh"), as_tmx([("a", "bc"), ("", "d")], "en", "zh")]
    assert digest not in {other.digest for other in others}
    assert len(digest) == 32


def test_what_was_left_out_is_told_in_a_sentence() -> None:
    assert told({"empty": 2, "repeated": 1000}) == "1,002 pairs left out: 2 empty; 1,000 repeated"
    assert told({}) == ""


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(["a", "b", "+a", "<x>"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TEXTS, TEXTS)), st.randoms(use_true_random=False))
def test_every_pair_is_kept_or_counted_and_the_order_does_not_matter(
    tmp_path: Path, pairs: Pairs, random: object
) -> None:
    shuffled = list(pairs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    for write, suffix in ((as_tmx, "tmx"), (as_csv, "csv")):
        file = write(pairs, "en", "zh")
        assert file == write(shuffled, "en", "zh")
        assert file.pairs + sum(file.left_out.values()) == len(pairs)
        assert len(read_back(tmp_path, file, suffix)) == file.pairs
    rows = list(csv.reader(io.StringIO(as_csv(pairs, "en", "zh").content.decode()), strict=True))
    assert not any(field.startswith(tuple("+-=@")) for row in rows[1:] for field in row)
