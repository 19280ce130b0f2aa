"""Where documents stand: what ``status`` says after what happened to a book and to its translation."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from book import SmallBook

from sphinx_amts.cli import main
from sphinx_amts.upkeep.status import STATES

PAGE = "# Title\n\nThe first sentence. The second sentence.\n\n3.14\n"
RST = ":orphan:\n\nBread\n=====\n\nKnead the *dough* well.\n"
CONF = 'extensions = ["myst_parser"]\namts_engine = "pseudo"\n'


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def small(tmp_path: Path) -> SmallBook:
    return SmallBook(tmp_path, {"index.md": PAGE, "bread.rst": RST, "figure.svg": "<svg>one</svg>"}, conf=CONF)


def sync(*arguments: str) -> int:
    return main(["sync", "book", "-l", "zh", *arguments])


@pytest.fixture
def status(capsys: pytest.CaptureFixture[str]) -> Callable[[], Any]:
    """What ``status --json`` says of the one language."""

    def status() -> Any:
        capsys.readouterr()
        assert main(["status", "book", "-l", "zh", "--json", "-"]) == 0
        return json.loads(capsys.readouterr().out)["languages"]["zh"]

    return status


Status = Callable[[], Any]


def flags(result: Any) -> dict[str, list[str]]:
    return {path: document["flags"] for path, document in result["documents"].items()}


def counts(segments: dict[str, int]) -> dict[str, int]:
    return {name: number for name, number in segments.items() if number}


def test_a_book_that_was_never_synced_is_missing(small: SmallBook, status: Status) -> None:
    result = status()
    assert flags(result) == {"bread.rst": ["missing"], "index.md": ["missing"]}
    assert counts(result["segments"]) == {}
    assert not small.locale.exists()


def test_a_synced_book_has_nothing_to_say(small: SmallBook, status: Status) -> None:
    sync()
    result = status()
    assert flags(result) == {"bread.rst": [], "index.md": []}
    assert counts(result["documents"]["index.md"]["segments"]) == {"total": 4, "machine": 3, "verbatim": 1}
    assert counts(result["segments"]) == {"total": 6, "machine": 5, "verbatim": 1}
    assert result["root"] == str(small.locale)


def test_the_counts_of_a_document_sum_to_its_total(small: SmallBook, status: Status) -> None:
    sync("--engine", "memory", "bread")
    sync("index")
    for document in status()["documents"].values():
        assert sum(document["segments"][name] for name in STATES) == document["segments"]["total"] > 0


def test_what_has_no_translation_yet_is_untranslated(small: SmallBook, status: Status) -> None:
    sync("--engine", "memory")
    assert counts(status()["segments"]) == {"total": 6, "verbatim": 1, "untranslated": 5}


def test_a_source_that_moved_on_is_outdated(small: SmallBook, status: Status) -> None:
    sync()
    small.change("index.md", "first", "earlier")
    assert flags(status()) == {"bread.rst": [], "index.md": ["outdated"]}


def test_a_target_that_people_changed_is_edited_until_the_next_sync(small: SmallBook, status: Status) -> None:
    sync()
    small.set_target("bread.rst", ":orphan:\n\nBrot\n====\n\nKnete den *Teig* gut.\n")
    assert flags(status())["bread.rst"] == ["edited"]
    sync()
    result = status()
    assert flags(result)["bread.rst"] == []
    assert counts(result["documents"]["bread.rst"]["segments"]) == {"total": 2, "human": 2}


def test_a_persons_sentence_whose_source_changed_is_stale(small: SmallBook, status: Status) -> None:
    sync()
    small.set_target("bread.rst", ":orphan:\n\nBrot\n====\n\nKnete den *Teig* gut.\n")
    sync()
    small.change("bread.rst", "well", "gently")
    sync()
    assert counts(status()["documents"]["bread.rst"]["segments"]) == {"total": 2, "human": 1, "stale": 1}


def test_a_target_that_was_removed_is_missing(small: SmallBook, status: Status) -> None:
    sync()
    (small.locale / "bread.rst").unlink()
    assert flags(status())["bread.rst"] == ["missing"]


def test_a_target_without_manifest_is_unadopted(small: SmallBook, status: Status) -> None:
    small.set_target("bread.rst", "Brot\n====\n")
    assert flags(status()) == {"bread.rst": ["unadopted"], "index.md": ["missing"]}


def test_a_target_without_source_is_extra(small: SmallBook, status: Status) -> None:
    small.write("old.rst", RST)
    sync()
    (small.source / "old.rst").unlink()
    small.set_target("stray.md", "# Stray\n")
    found = flags(status())
    assert (found["old.rst"], found["stray.md"]) == (["extra"], ["extra", "unadopted"])


def test_an_excluded_document_is_not_listed(small: SmallBook, status: Status) -> None:
    small.write("conf.py", f"{CONF}amts_exclude = ['bread']\n")
    sync()
    assert list(flags(status())) == ["index.md"]


def test_status_does_not_read_the_documents(small: SmallBook, status: Status, monkeypatch: pytest.MonkeyPatch) -> None:
    sync()
    monkeypatch.setattr("sphinx.application.Sphinx.build", lambda self: 1 / 0)
    assert flags(status()) == {"bread.rst": [], "index.md": []}


def test_people_get_a_table(small: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    sync()
    small.change("index.md", "first", "earlier")
    capsys.readouterr()
    assert main(["status", "book", "-l", "zh"]) == 0
    assert capsys.readouterr().out == (
        "zh         segments  reviewed  human  machine  memory  verbatim  left out  unsure  stale  untranslated  changed\n"
        "index.md          4         0      0        3       0         1         0       0      0             0       42  outdated\n"
        "bread.rst         2         0      0        2       0         0         0       0      0             0        0\n"
        "total             6         0      0        5       0         1         0       0      0             0       42\n"
        "translated 100.0 %, of which 100.0 % not stale\n"
    )


def test_what_no_sync_has_seen_is_counted(small: SmallBook, status: Status) -> None:
    """A document that is missing counts whole, a changed one by its new lines."""
    assert status()["changed"] == len(PAGE) + len(RST)
    sync()
    assert status()["changed"] == 0
    small.change("index.md", "3.14", "3.14\n\nAnother.")
    assert status()["documents"]["index.md"]["changed"] == len("Another.")


# Localised files.


def test_a_localised_file_is_behind_when_its_source_changes(
    small: SmallBook, status: Status, capsys: pytest.CaptureFixture[str]
) -> None:
    small.set_target("figure.svg", "<svg>yi</svg>")
    sync()
    assert status()["localised"] == {"figure.svg": {"outdated": False}}
    small.write("figure.svg", "<svg>two</svg>")
    assert status()["localised"] == {"figure.svg": {"outdated": True}}
    assert main(["status", "book", "-l", "zh"]) == 0
    assert "figure.svg: localised, and its source has changed since" in capsys.readouterr().out
    assert sync() == 0
    message = "the source of this localised file has changed since it was made"
    assert capsys.readouterr().err == f"locale/zh/figure.svg: {message} [amts.local]\n"
    assert status()["localised"] == {"figure.svg": {"outdated": True}}


def test_a_localised_file_that_people_renewed_is_up_to_date(small: SmallBook, status: Status) -> None:
    small.set_target("figure.svg", "<svg>yi</svg>")
    sync()
    small.write("figure.svg", "<svg>two</svg>")
    small.set_target("figure.svg", "<svg>er</svg>")
    assert status()["localised"] == {"figure.svg": {"outdated": False}}
    sync()
    small.write("figure.svg", "<svg>three</svg>")
    assert status()["localised"] == {"figure.svg": {"outdated": True}}


def test_the_record_of_localised_files_goes_with_the_last_of_them(small: SmallBook) -> None:
    small.set_target("figure.svg", "<svg>yi</svg>")
    sync()
    record = small.locale / ".amts" / ".localised"
    once = record.read_bytes()
    sync()
    assert record.read_bytes() == once
    (small.locale / "figure.svg").unlink()
    sync()
    assert not record.exists()


def test_a_tree_without_localised_files_has_no_record(small: SmallBook) -> None:
    sync()
    assert sorted(small.tree()) == [".amts/bread.rst.json", ".amts/index.md.json", "bread.rst", "index.md"]


def test_a_link_to_the_books_own_file_is_not_localised(small: SmallBook, status: Status) -> None:
    sync()
    (small.locale / "figure.svg").symlink_to(small.source / "figure.svg")
    assert status()["localised"] == {}
    assert sync() == 0


def test_effort_says_what_people_edited_and_stands_beside_the_aim(
    small: SmallBook, capsys: pytest.CaptureFixture[str]
) -> None:
    sync()
    sentence = small.group("bread.rst", "Bread").target[0].strip()
    small.set_target("bread.rst", small.target("bread.rst").replace(sentence, "Pan"))
    capsys.readouterr()
    assert main(["status", "book", "-l", "zh", "--effort"]) == 0
    assert capsys.readouterr().out.splitlines()[-3:] == [
        "of 5 machine sentences 0 reviewed, 1 edited",
        "edits per word (HTER) 500.0 %, words kept 88.0 %",
        "work saved 0.0 %, aim 80.0 %",
    ]
