"""``accept``, ``reject``, ``review`` and ``status --stale`` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from book import CONF, SmallBook
from settling import (
    ITEM,
    PAGE,
    PATH,
    PHRASE,
    stale_book,
)

from sphinx_amts.cli import main


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallBook:
    monkeypatch.chdir(tmp_path)
    return stale_book(tmp_path)


def test_without_a_place_is_shown_what_would_be_taken(place: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    before = place.tree()
    assert main(["accept", "book", "-l", "zh"]) == 2
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "locale/zh/index.md:4",
        "  was       Second sentence with $x$.",
        "  is        Second phrase with $y$.",
        "  target    第二句有 $x$。",
        f"  proposal  {PHRASE}",
        "locale/zh/index.md:7",
        "  was       An item",
        "  is        One item",
        "  target    一项",
        f"  proposal  {ITEM}",
        "would be taken: 2 sentences",
    ]
    assert err == "sphinx-amts: nothing was written: name what to accept, or give --all\n"
    assert place.tree() == before


def test_accept_and_reject_end_well_and_say_what_they_did(place: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["accept", "book", "-l", "zh", "locale/zh/index.md:4"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "taken: 1 sentence"
    assert main(["reject", "book", "-l", "zh", "--all", "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)["languages"]["zh"]["sentences"]
    assert (one["line"], one["former"], one["proposal"]) == (7, "An item", ITEM)
    assert main(["accept", "book", "-l", "zh"]) == 0
    assert capsys.readouterr().out == "would be taken: 0 sentences\n"
    assert PHRASE in place.target(PATH)


def test_status_lists_stale_sentences_and_counts_reviewed_ones(
    place: SmallBook, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["review", "book", "-l", "zh", "index", "--by", "Li Hua"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "zh        reviewed  already  stale  untranslated",
        "index.md         3        0      2             0",
    ]
    assert main(["status", "book", "-l", "zh", "--stale"]) == 0
    assert "  target    第二句有 $x$。" in capsys.readouterr().out.splitlines()
    assert main(["status", "book", "-l", "zh", "--stale", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)["languages"]["zh"]
    assert (result["segments"]["reviewed"], [one["line"] for one in result["stale"]]) == (3, [4, 7])


def test_sentences_are_settled_in_one_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    SmallBook(tmp_path, {PATH: PAGE}, conf=CONF)
    assert main(["reject", str(tmp_path / "book"), "-l", "zh", "-l", "es", "--all"]) == 2
    assert "sentences are settled in one language, and several were given" in capsys.readouterr().err
