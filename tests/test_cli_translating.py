"""The emulator translates with an engine, which learns from the parallel data of each job."""

from __future__ import annotations

import pytest

from sphinx_amts import engines
from sphinx_amts.cli.translating import EngineTranslator
from sphinx_amts.emulator.examples import Examples
from sphinx_amts.emulator.translator import PseudoTranslator, Task
from sphinx_amts.errors import ConfigError

OPEN, CLOSE, CODE = chr(0xF0001), chr(0xF0002), chr(0xF0003)
MARKS = {OPEN: "", CLOSE: "", CODE: "x = 1"}


class Upper:
    """Says it louder, and what it was taught."""

    name = "upper"
    translates = True
    pseudo = True

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def learn(self, pairs, source, target):
        self.known.update(pairs())
        return iter(())

    def translate(self, requests, source, target):
        for request in requests:
            if "quiet" in request.source:
                yield engines.Answer(request.id, engines.Status.REFUSED, reason="quiet")
            else:
                text = self.known.get(request.source, request.source.upper())
                yield engines.Answer(request.id, engines.Status.DONE, text)


@pytest.fixture
def upper(monkeypatch: pytest.MonkeyPatch) -> EngineTranslator:
    monkeypatch.setattr(engines, "create", lambda name, options: Upper())
    return EngineTranslator("upper")


def test_tags_and_white_space_stay_around_what_the_engine_says(upper: EngineTranslator) -> None:
    done = upper(f" The {OPEN}apples{CLOSE} there.\n", MARKS, Task("en", "es"))
    assert done.text == f" THE {OPEN}APPLES{CLOSE} THERE.\n"
    assert upper(" ", {}, Task("en", "es")).text == " "


def test_the_engine_learns_from_the_examples_of_each_job(upper: EngineTranslator) -> None:
    jobs = [Task("en", "es", Examples(pairs)) for pairs in ({"one": "uno"}, {"one": "un"}, {})]
    assert [upper("one", {}, task).text for task in jobs] == ["uno", "un", "ONE"]


def test_where_the_engine_has_no_answer_words_become_other_letters(upper: EngineTranslator) -> None:
    for text, task in (("be quiet", Task("en", "es")), ("one", Task("en", "xx"))):
        assert upper(text, {}, task) == PseudoTranslator()(text, {}, task)


def test_an_engine_that_is_not_known_is_refused_when_the_emulator_starts() -> None:
    with pytest.raises(ConfigError, match="no engine is called 'aperitum'"):
        EngineTranslator("aperitum")
