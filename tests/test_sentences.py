"""Sentence splitting: its laws on made-up texts, and what is right on hard ones."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sphinx_amts.document import sentences
from sphinx_amts.document.sentences import VERSION, split, version
from sphinx_amts.errors import ConfigError
from sphinx_amts.masked import TAG, key, renumber

CORPORA = Path(os.environ.get("AMTS_CORPORA") or Path(__file__).parents[1] / "../shared/corpora")
LANGUAGES = ["en", "zh", "ja", "de", "es", "fr", "ru", "ko", "pt_BR", "ar", "hi", "el", "th"]

# A block: language and title, the source, its sentences, one a line; `.` alone on a line parts them.
CASES = (Path(__file__).parent / "fixtures" / "sentences.txt").read_text(encoding="utf-8")


def cases() -> list[object]:
    blocks = [block.strip("\n") for block in re.split(r"(?m)^\.$", CASES)]
    triples = zip(blocks[0::3], blocks[1::3], blocks[2::3], strict=False)
    return [
        pytest.param(title.split(": ")[0], source, expected.split("|\n"), id=title)
        for title, source, expected in triples
    ]


@pytest.mark.parametrize(("language", "source", "expected"), cases())
def test_hard_texts_are_cut_where_a_reader_would_cut_them(language: str, source: str, expected: list[str]) -> None:
    assert split(source, language) == tuple(expected)


WORDS = ["We", "go", "a", "A", "e.g", "Fig", "Dr", "<1", "2", "12.5", "文", "그것", "नमस्ते", "x\u00a0y", "\u3000", "1)"]
MARKS = [
    ". ",
    ".",
    "! ",
    "?",
    "...",
    "… ",
    "。",
    "！",
    "」",
    "「",
    "“",
    "”",
    "(",
    ")",
    '"',
    "'",
    "؟ ",
    "; ",
    " ",
    "\n",
    "  ",
]
plain = st.lists(st.sampled_from(WORDS + MARKS) | st.text(max_size=3), max_size=12).map("".join)
plain = plain.filter(lambda text: not TAG.search(text))
nested = st.recursive(
    plain.map(lambda text: [text]) | st.just(["<0/>"]),
    lambda inner: st.lists(inner, max_size=4).map(
        lambda parts: [piece for part in parts for piece in ("<0>", *part, "</0>", " ")]
    ),
    max_leaves=6,
)


@st.composite
def masked_texts(draw: st.DrawFn) -> str:
    """Masked text as the reader makes it: numbers in the order of opening, pairs well nested."""
    pieces = [piece for part in draw(st.lists(nested, max_size=5)) for piece in part]
    number, opened, text = 0, [], []
    for piece in pieces:
        if piece in ("<0>", "<0/>"):
            number += 1
            text.append(piece.replace("0", str(number)))
            if piece == "<0>":
                opened.append(number)
        else:
            text.append(f"</{opened.pop()}>" if piece == "</0>" else piece)
    joined = "".join(text)
    return joined if len(TAG.findall(joined)) == sum(piece in ("<0>", "</0>", "<0/>") for piece in pieces) else ""


languages = st.sampled_from(LANGUAGES)


@settings(max_examples=150, deadline=None)
@given(st.text() | plain | masked_texts(), languages)
def test_sentences_joined_are_the_text(text: str, language: str) -> None:
    found = split(text, language)
    assert "".join(found) == text
    assert all(found)


@settings(max_examples=150, deadline=None)
@given(masked_texts(), languages)
def test_white_space_follows_its_sentence(text: str, language: str) -> None:
    assert [sentence for sentence in split(text, language)[1:] if re.match(r"[ \t\r\n\f\v]", sentence)] == []


@settings(max_examples=150, deadline=None)
@given(masked_texts(), languages)
def test_pairs_are_never_cut(text: str, language: str) -> None:
    for sentence in split(text, language):
        opening = [tag["number"] for tag in TAG.finditer(sentence) if not tag["close"] and not tag["alone"]]
        closing = [tag["number"] for tag in TAG.finditer(sentence) if tag["close"]]
        assert sorted(opening) == sorted(closing)


@settings(max_examples=150, deadline=None)
@given(masked_texts(), languages, st.integers(min_value=1, max_value=999))
def test_numbers_of_tags_do_not_matter(text: str, language: str, more: int) -> None:
    numbers = {number: number + more for number in range(1, 100)}
    assert split(renumber(text, numbers), language) == tuple(
        renumber(sentence, numbers) for sentence in split(text, language)
    )


@settings(max_examples=150, deadline=None)
@given(masked_texts(), languages, st.sampled_from(["\n", "  ", " \r\n\t"]))
def test_line_breaks_do_not_matter(text: str, language: str, space: str) -> None:
    wrapped = re.sub(r"[ \t\r\n\f\v]+", space, text)
    assert [key(sentence) for sentence in split(wrapped, language)] == [
        key(sentence) for sentence in split(text, language)
    ]


@settings(max_examples=150, deadline=None)
@given(masked_texts(), languages)
def test_a_sentence_alone_is_not_cut_any_further(text: str, language: str) -> None:
    for sentence in split(text, language):
        assert split(sentence, language) == (sentence,)


def test_the_empty_text_has_no_sentences() -> None:
    assert split("", "en") == ()


def test_white_space_before_the_first_sentence_belongs_to_it() -> None:
    assert split("  \n One. Two.\n", "en") == ("  \n One. ", "Two.\n")


def test_white_space_alone_is_one_sentence() -> None:
    assert split(" \n", "en") == (" \n",)


def test_all_white_space_between_sentences_belongs_to_the_first_of_them() -> None:
    assert split("One. </1> \n <2>Two</2>.", "en") == ("One. </1> \n ", "<2>Two</2>.")


def test_a_pair_that_opens_before_the_white_space_forbids_the_cut() -> None:
    assert split("One.<1> Two</1>.", "en") == ("One.<1> Two</1>.",)


def test_pairs_that_cross_are_both_left_whole() -> None:
    assert split("<1>A b. <2>C d.</1> E f.</2> Go on.", "en") == ("<1>A b. <2>C d.</1> E f.</2> ", "Go on.")


def test_every_code_of_a_language_cuts_alike() -> None:
    text = "第一句。第二句。"
    assert split(text, "zh") == split(text, "zh_CN") == split(text, "zh-TW") == ("第一句。", "第二句。")


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ConfigError, match="'xx' is not known"):
        split("One. Two.", "xx")


@pytest.mark.parametrize(
    "unit",
    [". ", ".", '"a. B ', "'a. B ", "(a. B ", "a) b) c) ", "a. b. c. ", "a! B? ", ".[1,1-1", "「。", ".<1/> ", "1 "],
)
def test_no_text_takes_long(unit: str) -> None:
    """The library alone needs minutes for some of these; the time of a test run shows it, no clock is read."""
    text = unit * (8_000 // len(unit))
    assert "".join(split(text, "en")) == text


def test_a_library_that_loses_text_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentences, "_library", lambda _: lambda window: [window[:-1]])
    assert split("It loses texts. Really so lost.", "en") == ("It loses texts. ", "Really so lost.")


def test_a_library_that_fails_on_a_text_is_not_believed() -> None:
    """The library builds a regular expression out of ``e?g`` and fails."""
    assert split("Here is one e?g. Really so.", "en") == ("Here is one e?g. ", "Really so.")


def test_the_version_names_the_library_and_the_rules() -> None:
    assert re.fullmatch(r"pysbd \d[\d.]*, rules \d+", VERSION)
    assert version("en") == version("zh_CN") == VERSION
    assert re.fullmatch(r"sentencex \d[\d.]*, rules \d+", version("ko"))


@pytest.mark.corpora
@pytest.mark.parametrize(
    ("pattern", "language", "least"),
    [
        ("d2l-zh/**/*[!n].md", "zh", 3_000),
        ("d2l-zh/**/*_origin.md", "en", 4_000),
        ("quantecon-zh/zh/*.md", "zh_CN", 2_000),
        ("quantecon-zh/en/*.md", "en", 2_000),
    ],
)
def test_real_books_are_cut_without_loss(pattern: str, language: str, least: int) -> None:
    if not CORPORA.is_dir():
        pytest.skip(f"no corpora at {CORPORA}: set AMTS_CORPORA")
    paragraphs = [
        paragraph
        for path in sorted(CORPORA.glob(pattern))
        for paragraph in re.split(r"\n\n+", re.sub(r"(?ms)^```.*?^```", "", path.read_text(encoding="utf-8")))
    ]
    found = [split(paragraph, language) for paragraph in paragraphs]
    assert ["".join(cut) for cut in found] == paragraphs
    assert sum(map(len, found)) > least
