"""What is a unit: the fixtures hold, for every kind of block, the texts that are found in it, each in its exact place."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pytest
from book import CONF, SmallBook, opened
from cases import cases
from hypothesis import given
from hypothesis import strategies as st

from sphinx_amts.document.encodings import decode, encode
from sphinx_amts.document.places import Places
from sphinx_amts.document.reader import Document
from sphinx_amts.document.units import Message, compose, extract, pieces
from sphinx_amts.model import Kind, Span, Unit

OPTIONAL = ("sphinx_exercise", "sphinx_proof")


@dataclass(frozen=True)
class Case:
    name: str
    title: str
    source: str
    expected: str


def read_cases(suffix: str, name: str) -> Iterator[Case]:
    """``⏎`` in what is expected stands for a line end."""
    for number, (title, source, expected) in enumerate(cases(name, 3)):
        yield Case(f"{suffix[1:]}{number:03}{suffix}", title, source + "\n", expected)


CASES = [*read_cases(".md", "units-myst.txt"), *read_cases(".rst", "units-rst.txt")]


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Document]:
    """Every case as a document of one book."""
    installed = [name for name in ("sphinx_design", *OPTIONAL) if importlib.util.find_spec(name)]
    conf = CONF.replace('"sphinx_amts"]', f'"sphinx_amts", {str(installed)[1:-1]}]')
    files = {case.name: case.source for case in CASES} | {"index.md": "# Index\n"}
    with opened(SmallBook(tmp_path_factory.mktemp("units"), files, conf=conf)) as book:
        return {case.name: book.document(case.name) for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_these_are_the_units_of(case: Case, documents: dict[str, Document]) -> None:
    if case.title == "Exercises and theorems":
        for name in OPTIONAL:
            pytest.importorskip(name)
    document = documents[case.name]
    found = [f"{unit.kind.value}: {unit.text}".replace("\n", "⏎") for unit in document.units]
    assert "\n".join(found) == case.expected
    assert [message.text for message in document.missing] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_nothing_is_lost_and_everything_can_be_written_back(case: Case, documents: dict[str, Document]) -> None:
    document = documents[case.name]
    text = document.flat.text
    assert "".join(text[piece.span.start : piece.span.end] for piece in pieces(text, document.units)) == text
    assert compose(text, document.units, [unit.text for unit in document.units]) == text
    for unit in document.units:
        raw = text[unit.span.start : unit.span.end]
        assert decode(raw, unit.encoding, unit.prefix) == unit.text
        assert raw.strip() == raw or unit.encoding == "rst-title"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_other_words_are_found_again_in_the_place_where_they_were_written(
    case: Case, documents: dict[str, Document]
) -> None:
    """Every container writes a text so that it reads it back, as long as it is."""
    document = documents[case.name]
    for unit in document.units:
        for words in ("译文", 'It\'s "quoted": 1 | 2 # 3, and longer than all that stood here before'):
            raw = encode(words, unit.encoding, unit.prefix)
            assert decode(raw, unit.encoding, unit.prefix) == words


def test_ids_and_names_of_titles_and_terms_are_noted(documents: dict[str, Document]) -> None:
    named = {unit.text: unit.ids for document in documents.values() for unit in document.units if unit.ids}
    assert set(named["Two `code`"]) == {"a-label", "two-code"}
    assert named["one term"] == ("term-one-term",)


# The search for a place


def found(text: str, *messages: Message, syntax: str = "markdown", closed: tuple[Span, ...] = ()) -> list[str | None]:
    extracted = extract(text, syntax, messages, closed=closed)
    return [f"{unit.line}: {unit.text}" for unit in extracted.units] + [None] * len(extracted.missing)


def message(text: str, line: int, kind: Kind = Kind.PARAGRAPH, **others: object) -> Message:
    return Message(kind, text, line, "a.md", **others)  # type: ignore[arg-type]


def test_each_place_is_given_out_once_and_the_nearest_first() -> None:
    text = "Same\n\nSame\n\nSame\n"
    assert found(text, message("Same", 3), message("Same", 3), message("Same", 3), message("Same", 3)) == [
        "1: Same", "3: Same", "5: Same", None,
    ]  # fmt: skip


def test_a_text_that_is_part_of_a_block_is_no_place() -> None:
    text = "An exercise in style.\n\nexercise\n"
    assert found(text, message("exercise", 1)) == ["3: exercise"]
    assert found("An exercise.\n", message("exercise", 1)) == [None]


def test_a_line_number_that_is_far_off_still_leads_to_the_text() -> None:
    text = "".join(f"Paragraph {number}\n\n" for number in range(200))
    assert found(text, message("Paragraph 7", 390)) == ["15: Paragraph 7"]
    assert found(text, message("Paragraph 150", 0)) == ["301: Paragraph 150"]


def test_in_closed_regions_nothing_is_found_or_missed() -> None:
    text = "One\n\nTwo\n"
    assert found(text, message("One", 1), message("Two", 3), closed=(Span(0, 4),))[0] == "3: Two"


def test_what_is_generated_is_left_out_and_no_defect() -> None:
    extracted = extract("Text\n", "markdown", [message("Solution to", 1, Kind.TITLE, generated="by a directive")])
    assert [one.generated for one in extracted.left_out] == ["by a directive"]
    assert (extracted.units, extracted.missing) == ((), ())


def test_what_another_file_shows_is_not_looked_for() -> None:
    assert extract("Text\n", "markdown", [message("Text", 1)], own=lambda path: path == "b.md").units == ()


@pytest.mark.parametrize("syntax", ["markdown", "rst"])
@pytest.mark.parametrize(
    "line",
    ["-" * 90, "-- " * 40, ": " * 60, ":a: " * 40, "> " * 60, "| " * 60, "a: " * 50, "1. " * 50, ".. a:: " * 30, '"' * 80,
     "-a, --all, " * 20, " : x" * 50, "(a)= " * 40, "<a> " * 50, "# " * 60, ":::" * 40, "[^a]:" * 30],
)  # fmt: skip
def test_no_line_takes_long(syntax: str, line: str) -> None:
    started = time.process_time()
    places = Places(f"{line}x y\n{line}word {line}\n", syntax)
    for shape in ("block", "cell", "field"):
        places.find("y", 1, shape)
        places.find("word", 2, shape)
    assert time.process_time() - started < 0.5


# Containers

line = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=30).map(str.strip)


@given(line.filter(bool), st.sampled_from(["", "  ", "> ", ">   "]))
def test_any_line_survives_any_container(text: str, prefix: str) -> None:
    text = " ".join(text.split())
    assert decode(encode(text, "lines", prefix), "lines", prefix) == text
    assert decode(encode(text, "quoted", prefix), "quoted", prefix) == text
    if "\\|" not in text and not text.endswith("\\"):
        assert decode(encode(text, "cell"), "cell") == text


@given(line.filter(bool), st.sampled_from(["", "'", '"']))
def test_any_line_survives_as_a_value_in_yaml(text: str, quote: str) -> None:
    text = " ".join(text.split())
    raw = encode(text, "yaml", quote)
    assert "\n" not in raw
    assert decode(raw, "yaml", quote) == text


def test_a_value_that_a_person_broke_is_its_characters() -> None:
    assert decode('"half a quotation', "yaml", '"') == '"half a quotation'
    assert decode("1.10", "yaml", "") == "1.10"
    assert decode("[a](b)", "yaml", "") == "[a](b)"


def test_a_title_has_an_adornment_as_wide_as_it_is() -> None:
    assert encode("中文标题", "rst-title", "=") == "中文标题\n========"
    assert encode("中文", "rst-title", "== ") == "======\n 中文\n======"
    assert encode("é", "rst-title", "-") == "é\n----"


def test_units_stand_in_their_order_and_do_not_overlap(documents: dict[str, Document]) -> None:
    for document in documents.values():
        spans = [unit.span for unit in document.units]
        assert spans == sorted(spans)
        assert all(one.end <= other.start for one, other in pairwise(spans))


def test_two_units_are_equal_wherever_they_stand() -> None:
    assert Unit(Kind.TITLE, Span(0, 1), "T", 1) == Unit(Kind.TITLE, Span(5, 6), "T", 9)
