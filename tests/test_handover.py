"""Requests and answers as files: a sync here, its engine elsewhere, and the same result as in one place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from book import SmallBook

from sphinx_amts import engines
from sphinx_amts.cli import main
from sphinx_amts.engines import Answer, Notice, Receipt, Status
from sphinx_amts.engines.handover import Handover, read_requests, write_answers
from sphinx_amts.errors import EngineError
from sphinx_amts.locales import language
from sphinx_amts.model import InlineCode, Match, Request

PAGE = "# Title\n\nThe first *sentence*. The second sentence with $x$.\n"
ENGLISH, CHINESE = language("en"), language("zh")
ONE = Request("0", "With <1/>.", (InlineCode("math", "$x$"),), "Before.", "", "a.md", (Match("With.", "有。", 0.8),))
TWO = Request("1", "With <1/>.", (InlineCode("math", "$y$"),))


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def ask(asked: list[Request], **options: Path) -> list[Answer | Notice | Receipt]:
    return list(Handover(**options).translate(asked, ENGLISH, CHINESE))


def test_what_is_asked_is_written_and_waits(tmp_path: Path) -> None:
    file = tmp_path / "requests.jsonl"
    said = ask([ONE, TWO], requests=file)
    assert said == [Answer(name, Status.WAITING, sent=False) for name in ("0", "1")]
    (asked,) = read_requests(file).values()
    assert [(one.source, one.codes, one.before, one.document, one.matches) for one in asked.requests] == [
        (ONE.source, ONE.codes, "Before.", "a.md", ONE.matches),
        (TWO.source, TWO.codes, "", "", ()),
    ]
    assert len({one.id for one in asked.requests}) == 2


def test_the_same_question_is_asked_once(tmp_path: Path) -> None:
    file = tmp_path / "requests.jsonl"
    ask([ONE], requests=file)
    ask([ONE], requests=file)
    assert [len(asked.requests) for asked in read_requests(file).values()] == [1]


def test_peoples_pairs_come_with_the_questions_and_not_without(tmp_path: Path) -> None:
    file = tmp_path / "requests.jsonl"
    engine = Handover(requests=file)
    assert list(engine.learn(lambda: [("A word.", "一个词。")], ENGLISH, CHINESE)) == []
    assert not file.exists()
    list(engine.translate([ONE], ENGLISH, CHINESE))
    assert read_requests(file)["en", "zh"].pairs == [("A word.", "一个词。")]


@pytest.mark.parametrize(
    "answer",
    [
        Answer("", Status.DONE, "有 <1/>。"),
        Answer("", Status.DONE, "有 <1/>。", sent=False),
        Answer("", Status.REFUSED, reason="no"),
        Answer("", Status.WAITING),
        Answer("", Status.NONE),
    ],
)
def test_an_answer_comes_back_as_it_was_given(tmp_path: Path, answer: Answer) -> None:
    requests, answers = tmp_path / "requests.jsonl", tmp_path / "answers.jsonl"
    ask([ONE], requests=requests)
    (asked,) = read_requests(requests)["en", "zh"].requests
    given = Answer(asked.id, answer.status, answer.target, answer.reason, answer.sent)
    receipt = Receipt("job", 3, 4, 0.5)
    write_answers(answers, Handover(), [Notice("be careful"), receipt, given])
    assert ask([ONE], answers=answers) == [
        Notice("be careful"),
        receipt,
        Answer("0", answer.status, answer.target, answer.reason, answer.sent),
    ]


@pytest.mark.parametrize(
    "line",
    ["no JSON", "[]", "1", '{"id": 1}', '{"id": "x", "target": "y"}', '{"receipt": {"name": "x"}}', "[" * 99_999],
)
def test_a_file_of_something_else_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    file = tmp_path / "answers.jsonl"
    file.write_text(f'{{"engine": "x", "pseudo": false}}\n{line}\n', encoding="utf-8")
    with pytest.raises(EngineError, match=r"answers\.jsonl:2"):
        ask([ONE], answers=file)
    with pytest.raises(EngineError, match=r"answers\.jsonl:1"):
        read_requests(file)


def test_three_steps_do_what_one_sync_does(tmp_path: Path) -> None:
    files = {"index.md": PAGE, "more.md": f"---\norphan: true\n---\n\n{PAGE}And more.\n"}
    conf = 'extensions = ["myst_parser"]\nmyst_enable_extensions = ["dollarmath"]\n'
    whole, parts = SmallBook(tmp_path / "whole", files, conf=conf), SmallBook(tmp_path / "parts", files, conf=conf)
    assert main(["sync", str(whole.source), "-l", "zh", "--engine", "pseudo"]) == 0

    def sync(*options: str) -> int:
        given = [argument for option in options for argument in ("-D", f"amts_engine_options.{option}")]
        return main(["sync", str(parts.source), "-l", "zh", "--engine", "handover", *given])

    assert sync("requests=requests.jsonl") == 0
    assert parts.target("index.md") == PAGE
    assert main(["translate", "requests.jsonl", "-o", "answers.jsonl", "--engine", "pseudo"]) == 0
    assert sync("answers=answers.jsonl", "requests=again.jsonl") == 0
    assert parts.tree() == whole.tree()
    assert not Path("again.jsonl").exists()


def test_options_come_from_the_tree_and_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ask([ONE], requests=tmp_path / "requests.jsonl")
    (tmp_path / "amts.toml").write_text('engine = "amazon"\n[amazon]\nbucket = "mine"\n', encoding="utf-8")
    command = ["translate", "requests.jsonl", "-o", "answers.jsonl", "--tree", "."]
    assert main([*command, "-D", "amts_amazon.colour=red"]) == 2
    assert "there is no option 'colour'" in capsys.readouterr().err
    assert main([*command, "--engine", "pseudo", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out) == {"done": 1}
    (tmp_path / "amts.toml").write_text('[engine_options]\ncommand = "touch pwned"\n', encoding="utf-8")
    assert main([*command, "--engine", "command"]) == 2
    assert not Path("pwned").exists()


class Slow:
    """Answers when it was looked at twice."""

    name = "told"
    translates = True
    pseudo = True
    wait = None

    def __init__(self) -> None:
        self.looks = 0

    @property
    def pending(self) -> str:
        return "" if self.looks == 2 else "a job"

    def is_ready(self) -> bool:
        self.looks += 1
        return self.looks == 2

    def translate(self, requests: list[Request], source: object, target: object) -> list[Answer]:
        done = self.looks == 2
        return [Answer(one.id, Status.DONE if done else Status.WAITING, one.source if done else "") for one in requests]


@pytest.mark.parametrize(("options", "status"), [([], "done"), (["--no-wait"], "waiting")])
def test_an_engine_that_answers_later_is_waited_for(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    status: str,
) -> None:
    make: Callable[[], Slow] = Slow
    monkeypatch.setitem(engines._OURS, "told", "book:_told")
    monkeypatch.setattr("book._told", make)
    monkeypatch.setattr("sphinx_amts.cli.translate.sleep", lambda seconds: None)
    ask([ONE], requests=tmp_path / "requests.jsonl")
    command = ["translate", "requests.jsonl", "-o", "answers.jsonl", "--engine", "told", "--json", "-", *options]
    assert main(command) == 0
    assert json.loads(capsys.readouterr().out) == {status: 1}
