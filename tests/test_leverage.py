"""What a dry run says of the work to come: words by what memory knows of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from book import SmallBook

from sphinx_amts.cli import main
from sphinx_amts.pairs.words import count
from sphinx_amts.sync.leverage import BANDS, Leverage

PAGE = """# Bread

Knead the dough for ten long minutes on a clean board. Let it rest.

Bake it.
"""


def waiting(book: SmallBook) -> Leverage:
    found = book.sync(dry_run=True).exchange.leverage
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Knead the dough.", 3),
        ("It's well-known -- isn't it?", 4),
        ("<1/> and <2>two words</2>", 3),
        ("面团要揉十分钟。", 7),
        ("用 Sphinx 写", 3),
        ("... !", 0),
        ("", 0),
        ("-" * 200_000, 0),
    ],
)
def test_words_are_what_a_person_would_count(text: str, words: int) -> None:
    assert count(text) == words


def test_a_book_that_was_never_translated_is_new_and_saves_nothing(tmp_path: Path) -> None:
    found = waiting(SmallBook(tmp_path, {"index.md": PAGE}))
    assert +found.words == {"new": 17}
    assert (found.total, found.whole, found.saved) == (17, 17, 0.0)


def test_a_sentence_that_changed_is_all_that_waits_and_is_close_to_what_it_was(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": PAGE})
    book.sync()
    book.change("index.md", "ten", "twelve")
    found = waiting(book)
    assert +found.words == {"fuzzy_85": 11}
    assert +found.characters == {"fuzzy_85": len("Knead the dough for twelve long minutes on a clean board.")}
    assert (found.paragraphs, found.whole) == (14, 17)
    assert found.saved == 1 - 11 / 17


def test_a_known_sentence_is_exact_and_one_between_its_neighbours_is_in_context(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": PAGE})
    book.sync()
    book.write("other.md", "# Toast\n\nBake it.\n")
    assert +waiting(book).words == {"new": 1, "exact": 2}
    book.write("other.md", "---\norphan: true\n---\n\n# Bread\n\n" + PAGE.partition("\n\n")[2])
    assert +waiting(book).words == {"in_context": 17}


def test_what_stands_twice_is_new_once_and_then_a_repetition(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": "# Bread\n\nBake it.\n\nBake it.\n"})
    assert +waiting(book).words == {"new": 3, "repetitions": 2}


def test_where_nothing_waits_nothing_is_said_of_work(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": PAGE})
    book.sync()
    found = waiting(book)
    assert found.as_json() == {
        "words": dict.fromkeys(BANDS, 0),
        "characters": dict.fromkeys(BANDS, 0),
        "total": 0,
        "paragraphs": 0,
        "whole": 0,
        "saved": None,
    }


def test_a_dry_run_shows_the_bands_that_hold_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = SmallBook(tmp_path, {"index.md": PAGE}, conf='extensions = ["myst_parser"]\namts_engine = "pseudo"\n')
    book.sync()
    book.change("index.md", "ten", "twelve")
    assert main(["sync", str(book.source), "-l", "zh", "--dry-run"]) == 0
    lines = [re.split(r"  +(?=\S+(?: %)?$)", line, maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    shown = {title.strip(): value for title, value in (line for line in lines if len(line) > 1)}
    assert shown["words, fuzzy 85-94 %"] == "11"
    assert "words, new" not in shown
    assert (shown["words to look at"], shown["words of these documents"], shown["work saved"]) == ("11", "17", "35.2 %")
