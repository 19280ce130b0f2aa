"""Engines that answer later: they are waited for side by side, and nothing is written before they have answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from book import Engine, SmallBook

from sphinx_amts.config import Settings, for_language, settings
from sphinx_amts.engines import Answer, Notice, Receipt, Status
from sphinx_amts.engines.pseudo import pseudo
from sphinx_amts.errors import ConfigError
from sphinx_amts.model import Request, State, Subtype

PAGE = "# A title\n\nFirst sentence. Second sentence with $x$.\n"


class Slow:
    """Answers when it has been asked so many times whether it is ready."""

    name, translates, pseudo = "slow", True, True

    def __init__(self, looks: int, *, wait: bool = True) -> None:
        self.wait, self.looks, self.pending = wait, looks, ""
        self.calls = 0

    def translate(self, requests: Sequence[Request], source: object, target: object) -> Iterator[object]:
        self.calls += 1
        yield Notice("the service is slow today")
        first, self.pending = not self.pending, "" if self.looks <= 0 else "a job is at work"
        if self.pending:
            yield from (Answer(one.id, Status.WAITING, sent=first) for one in requests)
            return
        yield from (Answer(one.id, Status.DONE, pseudo(one.source), sent=False) for one in requests)
        yield Receipt("a job", 40, 41, 0.5)

    def is_ready(self) -> bool:
        self.looks -= 1
        return self.looks <= 0


def test_nothing_is_written_before_the_engine_has_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = SmallBook(tmp_path, {"index.md": PAGE})
    engine, pauses = Slow(3), []

    def look(seconds: float) -> None:
        pauses.append(seconds)
        assert not (book.locale / "index.md").exists()

    result = book.sync(engine, sleep=look)
    assert (result.segments["translated"], result.segments["waiting"]) == (3, 0)
    assert pauses == [2.0, 2.4]
    assert engine.calls == 2


def test_what_was_sent_is_counted_once_however_often_it_is_asked_for(tmp_path: Path) -> None:
    result = SmallBook(tmp_path, {"index.md": PAGE}).sync(Slow(2), sleep=lambda seconds: None)
    assert result.characters_sent == len("A titleFirst sentence.Second sentence with $x$.")
    assert result.engine_calls == 1
    assert [finding.message for finding in result.findings] == ["the service is slow today"]
    assert [finding.subtype for finding in result.findings] == [Subtype.ENGINE]
    assert result.as_json()["receipts"] == [{"name": "a job", "predicted": 40, "charged": 41, "price": 0.5}]


def test_who_does_not_wait_gets_what_is_there(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": PAGE})
    engine = Slow(1, wait=False)
    assert book.sync(engine).segments["waiting"] == 3
    assert book.target("index.md") == PAGE
    engine.looks = 0
    assert book.sync(engine).segments["translated"] == 3


def test_memory_proposes_the_closest_sentence_and_does_not_write_it(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": "One two three four five six $x$.\n"})
    book.sync("pseudo")
    book.change("index.md", "six $x$.\n", "six $x$.\n\nOne two three four five seven $y$.\n")
    result = book.sync("memory")
    new = "One two three four five seven $y$."
    assert result.segments["untranslated"] == 1
    assert new in book.target("index.md")
    group = book.group("index.md", new)
    assert group.state is State.INITIAL
    assert group.proposal == pseudo("One two three four five six <1/>.").replace("<1/>", "$y$")
    before = book.tree()
    assert book.sync("memory").files_written == 0
    assert book.tree() == before


def test_an_option_of_one_language_stands_in_overrides_or_among_the_languages() -> None:
    base = settings({"amts_languages": ["zh", "es"], "amts_overrides": {"zh": {"engine": "pseudo"}}})
    assert for_language(base, "zh").engine == "pseudo"
    assert for_language(base, "es").engine == "memory"
    both = Settings(languages={"zh": {"engine": "identity"}}, overrides={"zh": {"amts_engine": "pseudo"}})
    assert for_language(both, "zh").engine == "pseudo"
    with pytest.raises(ConfigError, match=r"amts_overrides\['zh'\] must be a dictionary"):
        for_language(Settings(overrides={"zh": "pseudo"}), "zh")  # type: ignore[dict-item]


def test_two_processes_verify_as_one(tmp_path: Path) -> None:
    files = {f"page{number}.md": PAGE.replace("First", f"Sentence {number}") for number in range(5)}
    files["index.md"] = "# Index\n\n```{toctree}\n:glob:\npage*\n```\n"
    one = SmallBook(tmp_path / "one", files)
    two = SmallBook(tmp_path / "two", files)
    results = [one.sync("pseudo"), two.sync("pseudo", processes=2)]
    assert one.tree() == two.tree()
    assert results[0].segments == results[1].segments


def test_who_writes_a_target_during_a_sync_keeps_it_and_the_rest_goes_on(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": PAGE, "other.md": "Another sentence.\n"})

    def meddle(masked: str) -> str:
        book.set_target("index.md", "# Theirs\n")
        return pseudo(masked)

    result = book.sync(Engine(meddle))
    assert book.target("index.md") == "# Theirs\n"
    assert book.target("other.md") == pseudo("Another sentence.") + "\n"
    (finding,) = result.findings
    assert (finding.subtype, Path(finding.path).name) == (Subtype.PEOPLE, "index.md")
    assert finding.message.startswith("somebody wrote this target during the sync")
