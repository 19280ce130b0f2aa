"""Amazon Translate in real time: over HTTP, against a stand-in; what was paid for is never paid for twice."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
import pytest

from sphinx_amts.emulator import Clock, Fault, PseudoTranslator, Rule, ServiceError, Task, Translated
from sphinx_amts.emulator.server import Emulator
from sphinx_amts.engines import Answer, Notice, Status, checked, checks
from sphinx_amts.engines.amazon.client import AmazonError, Connection
from sphinx_amts.engines.amazon.html import documents
from sphinx_amts.engines.amazon.options import Options
from sphinx_amts.engines.amazon.realtime import Calls, Realtime
from sphinx_amts.engines.options import fault_of
from sphinx_amts.errors import ConfigError, EngineError
from sphinx_amts.locales import Language, language
from sphinx_amts.model import InlineCode, Request

EN, ES, ZH = language("en"), language("es"), language("zh")
MATH, LINK = InlineCode("math", "$x_1$"), InlineCode("link", "[", "](https://example.org/a)")
DAY = 24 * 3600
SHAPES = [
    ("The model number {} learns from data.", ()),
    ("We write <1/> for the case {}.", (MATH,)),
    ("See <1>the manual</1> of <2/>, part {}.", (LINK, MATH)),
    ("If <1/> < {} & so on, then <2>the rest <3/> follows</2>.", (MATH, LINK, MATH)),
]


def sentences(number: int, *, per_document: int = 10_000) -> list[Request]:
    """Different sentences, with inline codes and without, of one document or of several."""
    return [
        Request(
            str(index), SHAPES[index % 4][0].format(index), SHAPES[index % 4][1], document=f"{index // per_document}.md"
        )
        for index in range(number)
    ]


class Translator(PseudoTranslator):
    """The stand-in's, which keeps the tasks that it had and cannot translate what is marked as bad."""

    tasks: list[Task]

    def __call__(self, text: str, marks: Mapping[str, str], task: Task) -> Translated:
        self.tasks.append(task)
        if "bad" in text:
            raise ServiceError("InvalidRequestException", "this cannot be translated")
        return super().__call__(text, marks, task)


@pytest.fixture(scope="module")
def running() -> Iterator[Emulator]:
    Translator.tasks = []
    with Emulator(translator=Translator(), clock=Clock()) as emulator:
        yield emulator


@pytest.fixture
def amazon(running: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """Amazon Translate, as good as new, and an empty cache."""
    running.application.reset()
    running.faults.set()
    Translator.tasks.clear()
    for name, value in {**running.environment, "XDG_CACHE_HOME": str(tmp_path / "cache")}.items():
        monkeypatch.setenv(name, value)
    return running


@dataclasses.dataclass
class Engine:
    """The engine with a clock and a sleep of our own."""

    target: Language = ES
    options: Options = dataclasses.field(default_factory=Realtime)
    now: float = 1_700_000_000.0
    slept: list[float] = dataclasses.field(default_factory=list)

    name = "amazon-realtime"
    translates = True

    @property
    def calls(self) -> Calls:
        return Calls(self.options, Connection(self.options, sleep=self.slept.append), EN, self.target, lambda: self.now)

    def translate(self, requests: Sequence[Request], source: Language, target: Language) -> Iterator[Any]:
        return self.calls.translate(requests)

    def ask(self, requests: Sequence[Request]) -> dict[str, Answer]:
        """The answers that pass the gate, by their request's id."""
        return {answer.id: answer for answer in checked(self, requests, EN, self.target)}


def statuses(answers: Mapping[str, Answer]) -> set[Status]:
    return {answer.status for answer in answers.values()}


def sent(amazon: Emulator) -> int:
    """Calls that reached Amazon, those that were refused too."""
    return amazon.ledger.calls["TranslateText"]


# Answers


@pytest.mark.parametrize("target", [ES, ZH], ids=["es", "zh"])
def test_sentences_come_back_with_their_codes(amazon: Emulator, target: Language) -> None:
    asked = sentences(40)
    answers = Engine(target).ask(asked)
    assert statuses(answers) == {Status.DONE}
    assert all(answers[one.id].target != one.source and answers[one.id].sent for one in asked)
    assert all(checks.fault(one, answers[one.id].target) is None for one in asked)
    assert [(task.source, task.target) for task in Translator.tasks] == [("en", target.amazon)] * 40


def test_calls_are_as_full_as_they_may_be(amazon: Emulator) -> None:
    asked = sentences(400)
    answers = Engine().ask(asked)
    assert statuses(answers) == {Status.DONE}
    packed = list(documents(asked, language="en", most_characters=10_000, most_bytes=10_000))
    assert sent(amazon) == len(packed) > 4
    assert all(len(document.text.encode()) > 9_500 for document in packed[:-1])
    assert dict(amazon.ledger.errors) == {}


def test_a_call_holds_sentences_of_one_document(amazon: Emulator) -> None:
    assert statuses(Engine().ask(sentences(40, per_document=10))) == {Status.DONE}
    assert sent(amazon) == 4


def test_the_same_sentence_is_paid_for_once(amazon: Emulator) -> None:
    asked = [
        Request("1", "The same  words."),
        Request("2", " The same words."),
        Request("3", "The same words.", document="b"),
    ]
    answers = Engine().ask(asked)
    assert {answer.target for answer in answers.values()} == {answers["1"].target}
    assert (sent(amazon), len(Translator.tasks)) == (1, 1)


def test_an_estimate_needs_no_network_and_is_never_too_low(amazon: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [*sentences(200), dataclasses.replace(sentences(1)[0], id="again")]
    with monkeypatch.context() as offline:
        offline.setattr(boto3, "Session", None)
        estimate = Realtime(price={"realtime": 20.0}).estimate(asked, EN, ES)
    text = sum(one.characters for one in documents(asked, language="en", most_characters=10_000, most_bytes=10_000))
    assert (estimate.characters, estimate.jobs) == (text, 0)
    Engine().ask(asked)
    assert estimate.calls == sent(amazon)
    assert estimate.price == pytest.approx(amazon.ledger.characters["realtime"] * 20 / 1_000_000)
    assert Engine().calls.estimate(asked).calls == 0


def test_what_is_too_long_is_refused_and_nothing_is_sent_for_it(
    amazon: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boto3, "Session", None)
    answers = Engine().ask([Request("1", "word " * 2_000)])
    assert answers["1"] == Answer("1", Status.REFUSED, reason=answers["1"].reason, sent=False)
    assert "as HTML it has 10,034 bytes" in answers["1"].reason


def test_formality_is_asked_for_where_the_language_has_it(amazon: Emulator) -> None:
    polite = Realtime(formality="FORMAL")
    for target in (ES, ZH):
        assert statuses(Engine(target, polite).ask(sentences(1))) == {Status.DONE}
    assert [(task.target, task.formality) for task in Translator.tasks] == [("es", "FORMAL"), ("zh", "")]


# Terms


def test_terms_are_imported_once_and_applied(amazon: Emulator, tmp_path: Path) -> None:
    terms = tmp_path / "terms.csv"
    terms.write_text("en,es\nmodel,MODELO\n", encoding="utf-8")
    engine = Engine(options=Realtime(terminology=str(terms)))
    assert "MODELO" in engine.ask(sentences(1))["0"].target
    assert statuses(engine.ask(sentences(8))) == {Status.DONE}
    assert amazon.ledger.calls["ImportTerminology"] == 1
    terms.write_text("en,es\nmodel,PATRON\n", encoding="utf-8")
    assert "PATRON" in engine.ask(sentences(1))["0"].target


def test_an_estimate_with_terms_imports_nothing(amazon: Emulator, tmp_path: Path) -> None:
    (terms := tmp_path / "terms.csv").write_text("en,es\nmodel,MODELO\n", encoding="utf-8")
    assert Realtime(terminology=str(terms)).estimate(sentences(4), EN, ES).calls == 1
    assert not amazon.ledger.calls


# What goes wrong


def test_throttling_is_waited_for(amazon: Emulator) -> None:
    amazon.faults.set(Rule(Fault.THROTTLED, 0.5))
    engine = Engine()
    assert statuses(engine.ask(sentences(400))) == {Status.DONE}
    assert len(engine.slept) == amazon.ledger.errors["TooManyRequestsException"] > 4


def test_a_service_that_is_down_is_not_asked_for_ever(amazon: Emulator) -> None:
    amazon.faults.set(Rule(Fault.SERVICE_UNAVAILABLE))
    answers = Engine().ask(sentences(40, per_document=1))
    assert statuses(answers) == {Status.REFUSED}
    assert {answer.sent for answer in answers.values() if "the engine failed" not in answer.reason} == {False}
    assert sum("the engine failed" in answer.reason for answer in answers.values()) == 32
    assert all("ServiceUnavailableException" in answer.reason for answer in answers.values())
    assert sent(amazon) <= 16 * 12


def test_a_call_that_fails_refuses_its_own_sentences(amazon: Emulator) -> None:
    asked = sentences(30, per_document=5)
    asked[7] = dataclasses.replace(asked[7], source="Something bad.", codes=())
    answers = Engine().ask(asked)
    refused = [id for id, answer in answers.items() if answer.status is Status.REFUSED]
    assert sorted(refused, key=int) == ["5", "6", "7", "8", "9"]
    why = "could not translate: InvalidRequestException (this cannot be translated)."
    assert {answers[id].reason for id in refused} == {why}
    assert not any(answers[id].sent for id in refused)


@pytest.mark.parametrize(
    ("rule", "code"),
    [(Fault.ACCESS_DENIED, "AccessDeniedException"), (Fault.WRONG_REGION, "NotAuthorizedException")],
)
def test_what_would_fail_for_every_call_ends_it_before_any_answer(amazon: Emulator, rule: Fault, code: str) -> None:
    amazon.faults.set(Rule(rule))
    too_long = Request("x", "word " * 3_000)
    with pytest.raises(AmazonError, match=code) as raised:
        Engine().ask([too_long, *sentences(400)])
    assert raised.value.code == code
    assert raised.value.hint
    assert sent(amazon) <= 8


def test_answers_that_are_known_do_not_hide_that_access_is_denied(amazon: Emulator) -> None:
    Engine().ask(sentences(4))
    amazon.faults.set(Rule(Fault.ACCESS_DENIED))
    with pytest.raises(AmazonError, match="AccessDenied"):
        Engine().ask(sentences(8))


def test_a_pair_that_amazon_does_not_have_is_an_error(amazon: Emulator) -> None:
    with pytest.raises(AmazonError, match="UnsupportedLanguagePairException") as raised:
        Engine(dataclasses.replace(ES, amazon="xx")).ask(sentences(1))
    assert raised.value.hint == "Choose another engine for this language: Amazon Translate does not have the pair."


@pytest.mark.parametrize(
    ("missing", "code"),
    [(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"], "NoCredentials"), (["AWS_DEFAULT_REGION"], "NoRegion")],
)
def test_without_credentials_or_region_it_says_what_to_do(
    amazon: Emulator, monkeypatch: pytest.MonkeyPatch, missing: list[str], code: str
) -> None:
    for name in missing:
        monkeypatch.delenv(name)
    with pytest.raises(AmazonError) as raised:
        Engine().ask(sentences(1))
    assert (raised.value.code, bool(raised.value.hint), sent(amazon)) == (code, True, 0)


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        ("en", "gl", "Amazon Translate does not have Galego (gl)\n  Choose another engine for this language."),
        ("en", "pt", "Amazon Translate does not have Português (pt)\n  Choose pt_BR or pt_PT."),
        ("eo", "es", "Amazon Translate does not have Esperanto (eo)\n  Choose another engine for this language."),
        ("en", "en_GB", "to Amazon Translate, 'en' and 'en_GB' are the same language"),
    ],
)
def test_a_language_without_a_code_is_named(amazon: Emulator, source: str, target: str, message: str) -> None:
    for method in (Realtime().estimate, lambda *what: list(Realtime().translate(*what))):
        with pytest.raises(EngineError) as raised:
            method(sentences(1), language(source), language(target))
        assert str(raised.value) == message
    assert sent(amazon) == 0


HARMLESS = {Fault.SPACES_ADDED, Fault.ENTITIES_UNESCAPED}
DAMAGE = [
    Fault.UNTRANSLATED,
    Fault.TAGS_MOVED,
    Fault.TAGS_DOUBLED,
    Fault.TAGS_LOST,
    Fault.PLACEHOLDER_LEAKED,
    *HARMLESS,
]


@pytest.mark.parametrize("damage", sorted(DAMAGE))
def test_a_damaged_answer_is_refused_or_mended_and_the_next_sync_has_it(amazon: Emulator, damage: Fault) -> None:
    asked = sentences(40)
    whole = {id: answer.target for id, answer in Engine(ZH).ask(asked).items()}
    engine = Engine(ZH, now=1_700_000_000.0 + 31 * DAY)
    amazon.faults.set(Rule(damage, 0.5))
    spoilt = engine.ask(asked)
    refused = {id for id, answer in spoilt.items() if answer.status is Status.REFUSED}
    assert bool(refused) is (damage not in HARMLESS)
    assert all(checks.fault(one, spoilt[one.id].target) is None for one in asked if one.id not in refused)
    if damage in HARMLESS:
        assert {id: answer.target for id, answer in spoilt.items()} == whole
    amazon.faults.set()
    Translator.tasks.clear()
    mended = engine.ask(asked)
    assert statuses(mended) == {Status.DONE}
    assert {id for id, answer in mended.items() if answer.sent} == refused
    assert len(Translator.tasks) == len(refused)


# What was paid for


def test_what_was_answered_and_not_written_costs_nothing(amazon: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Engine().ask(sentences(100))
    monkeypatch.setattr(boto3, "Session", None)
    again = Engine().ask(sentences(100))
    assert {id: answer.target for id, answer in again.items()} == {id: answer.target for id, answer in first.items()}
    assert not any(answer.sent for answer in again.values())
    assert Engine().calls.estimate(sentences(100)).price == 0


def test_only_what_is_new_is_sent(amazon: Emulator) -> None:
    Engine().ask(sentences(100))
    Translator.tasks.clear()
    assert statuses(Engine().ask(sentences(110))) == {Status.DONE}
    assert len(Translator.tasks) == 10


@pytest.mark.parametrize(
    "other",
    [
        Engine(ZH),
        Engine(options=Realtime(formality="INFORMAL")),
    ],
    ids=["language", "formality"],
)
def test_another_translation_is_not_the_same(amazon: Emulator, other: Engine) -> None:
    Engine().ask(sentences(8))
    other.ask(sentences(8))
    assert sent(amazon) == 2


def test_answers_are_kept_for_thirty_days(amazon: Emulator, tmp_path: Path) -> None:
    engine = Engine()
    engine.ask(sentences(8))
    Engine(ZH).ask(sentences(8))
    engine.now += 29 * DAY
    engine.ask(sentences(8))
    assert sent(amazon) == 2
    engine.now += 2 * DAY
    assert engine.calls.estimate(sentences(8)).calls == 1
    engine.ask(sentences(8))
    assert sent(amazon) == 3
    kept = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert [path.name.partition("-")[0] for path in kept] == [str(int(engine.now))]
    assert [path.suffix for path in kept] == [".html"]


def test_who_stops_listening_has_what_was_in_flight(amazon: Emulator) -> None:
    asked = sentences(40, per_document=2)
    answers = Engine().calls.translate(asked)
    next(answers)
    answers.close()  # type: ignore[attr-defined]
    before = sent(amazon)
    assert 1 <= before <= 8
    assert statuses(Engine().ask(asked)) == {Status.DONE}
    assert sent(amazon) == 20


def test_after_a_kill_at_most_the_calls_in_flight_are_paid_again(amazon: Emulator) -> None:
    program = """
        import os, sys
        sys.path.insert(0, sys.argv[1])
        from test_amazon_realtime import Engine, sentences
        for number, answer in enumerate(Engine().calls.translate(sentences(40, per_document=1))):
            if number == 5:
                os._exit(9)
    """
    command = [sys.executable, "-c", textwrap.dedent(program), str(Path(__file__).parent)]
    assert subprocess.run(command, cwd=Path(__file__).parent.parent, check=False).returncode == 9
    before = sent(amazon)
    assert before >= 6
    answers = Engine().ask(sentences(40, per_document=1))
    assert statuses(answers) == {Status.DONE}
    assert sum(not answer.sent for answer in answers.values()) >= 6
    assert 40 <= sent(amazon) <= 44


def test_a_damaged_cache_costs_money_but_no_answer(amazon: Emulator, tmp_path: Path) -> None:
    Engine().ask(sentences(8))
    (file,) = (tmp_path / "cache").rglob("*.html")
    whole = file.read_bytes()
    (file.parent / "junk.html").write_bytes(b"\xff\x00<p id=")
    (file.parent / "1700000000-00.html").mkdir()
    file.write_bytes(whole[: len(whole) // 2])
    answers = Engine().ask(sentences(8))
    assert statuses(answers) == {Status.DONE}
    assert 0 < sum(answer.sent for answer in answers.values()) < 8


def test_a_cache_that_cannot_be_written_is_said_once(amazon: Emulator, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    said = list(Engine().calls.translate(sentences(40, per_document=10)))
    notices = [one.text for one in said if isinstance(one, Notice)]
    assert len(notices) == 1
    assert notices[0].startswith(
        "answers cannot be kept; a sync that is cut short would pay for them twice (Not a directory"
    )
    assert sum(isinstance(one, Answer) and one.status is Status.DONE for one in said) == 40


# Options


def test_the_options_are_those_of_amazon() -> None:
    assert fault_of(Realtime, {"formality": "FORMAL", "price": {"realtime": 1.0}}) is None
    assert "did you mean 'region'" in str(fault_of(Realtime, {"regoin": "us-west-2"}))
    assert str(fault_of(Realtime, {"large": "1"})) == "the option 'large' must be int, not str"
    assert "'FORMAL'" in str(fault_of(Realtime, {"formality": "VERY"}))
    with pytest.raises(ConfigError, match="'region' must look like us-west-2"):
        Realtime(region="mars")
    assert (Realtime().name, Realtime().translates) == ("amazon-realtime", True)
