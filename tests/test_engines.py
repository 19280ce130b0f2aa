"""Engines, and the gate that each of their answers passes."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
import textwrap
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from saying import EN, ES, ZH, Saying, done, requests

from sphinx_amts import engines
from sphinx_amts.engines import Answer, Status, checked, create, names
from sphinx_amts.engines.pseudo import pseudo
from sphinx_amts.errors import ConfigError, EngineError
from sphinx_amts.model import Request

# The registry


def test_importing_the_registry_imports_no_engine_and_no_heavy_library() -> None:
    program = """
        import sys
        import sphinx_amts.engines
        sphinx_amts.engines.names()
        ours = {"command", "identity", "memory", "pseudo"}
        print(sorted(name for name in ours if f"sphinx_amts.engines.{name}" in sys.modules))
        print(sorted({"boto3", "sphinx", "docutils"} & set(sys.modules)))
    """
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        cwd=Path(__file__).parent.parent,
        check=True,
        capture_output=True,
        text=True,
    )
    assert ran.stdout.split("\n") == ["[]", "[]", ""]


@pytest.mark.parametrize("name", ["identity", "memory", "pseudo"])
def test_an_engine_is_created_by_its_name(name: str) -> None:
    engine = create(name, {})
    assert engine.name == name
    assert engine.translates is (name != "memory")
    assert name in names()


def test_an_unknown_engine_is_answered_with_the_known_ones_the_nearest_first() -> None:
    with pytest.raises(ConfigError) as raised:
        create("psuedo", {})
    assert raised.value.message == "no engine is called 'psuedo'"
    known = raised.value.hint.removeprefix("Known engines: ").split(", ")
    assert known[0] == "pseudo"
    assert sorted(known) == list(names())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"command": ["x"], "timeuot": 3},
            "engine 'command': there is no option 'timeuot'; did you mean 'timeout'? (options: command, timeout)",
        ),
        ({"command": ["x"], "timeout": "soon"}, "engine 'command': the option 'timeout' must be float, not str"),
        ({"command": ["x"], "timeout": True}, "engine 'command': the option 'timeout' must be float, not bool"),
        ({"command": ["x", 1]}, "engine 'command': the option 'command' must be list[str] | str, not list"),
        ({}, "engine 'command': the option 'command' (list[str] | str) is missing"),
        ({"command": " "}, "engine 'command': the option 'command' is empty"),
        ({"command": "a 'b"}, "engine 'command': the option 'command' cannot be split: No closing quotation"),
        (
            {"command": "a", "timeout": 0},
            "engine 'command': the option 'timeout' must be a positive number of seconds",
        ),
        (
            {"command": "a", "timeout": float("nan")},
            "engine 'command': the option 'timeout' must be a positive number of seconds",
        ),
    ],
)
def test_a_wrong_option_is_named_with_its_type(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as raised:
        create("command", options)
    assert raised.value.message == message


def test_an_engine_without_options_says_so() -> None:
    with pytest.raises(ConfigError, match=r"there is no option 'loud' \(options: none\)"):
        create("identity", {"loud": True})


def entry_point(monkeypatch: pytest.MonkeyPatch, folder: Path, name: str, module: str, text: str) -> None:
    """Install a distribution with one engine."""
    (folder / f"{module}.py").write_text(text, encoding="utf-8")
    info = folder / f"{module}-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1\n", encoding="utf-8")
    attribute = re.findall(r"^class (\w+)", text, flags=re.MULTILINE)[-1]
    (info / "entry_points.txt").write_text(f"[{engines.GROUP}]\n{name} = {module}:{attribute}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    importlib.invalidate_caches()


SHOUT = """
from sphinx_amts.engines import Answer, Status


class Shout:
    name = "shout"
    translates = True

    def __init__(self, marks: int = 1):
        self.marks = marks

    def translate(self, requests, source, target):
        for request in requests:
            yield Answer(request.id, Status.DONE, request.source.upper() + "!" * self.marks)
"""


def test_another_distribution_adds_an_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    entry_point(monkeypatch, tmp_path, "shout", "sphinx_loud", SHOUT)
    assert "shout" in names()
    engine = create("shout", {"marks": 2})
    assert list(checked(engine, requests("quiet"), EN, ES)) == [Answer("1", Status.DONE, "QUIET!!")]
    with pytest.raises(ConfigError, match="the option 'marks' must be int, not str"):
        create("shout", {"marks": "two"})


def test_nobody_takes_over_the_name_of_one_of_our_engines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    entry_point(monkeypatch, tmp_path, "identity", "thief", "class Thief:\n    name = 'thief'\n")
    assert create("identity", {}).name == "identity"


def test_an_engine_that_cannot_be_imported_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    entry_point(monkeypatch, tmp_path, "lame", "lame_engine", "import no_such_library\n\n\nclass Lame:\n    pass\n")
    with pytest.raises(ConfigError, match="engine 'lame' cannot be loaded: No module named 'no_such_library'"):
        create("lame", {})


def test_an_engine_may_take_anything_and_use_types_that_do_not_exist(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = """
        from __future__ import annotations

        class Open:
            name = "open"

            def __init__(self, level: Nowhere = 1, **others: Nowhere):
                self.options = {"level": level, **others}
                if level == 2:
                    raise ValueError("two is too much")
    """
    entry_point(monkeypatch, tmp_path, "open", "open_engine", textwrap.dedent(text))
    engine: Any = create("open", {"level": "high", "colour": "red"})
    assert engine.options == {"level": "high", "colour": "red"}
    with pytest.raises(ConfigError, match="engine 'open': two is too much"):
        create("open", {"level": 2})


# The simple engines


def test_identity_answers_with_the_source() -> None:
    """Line breaks and white space at the ends included."""
    sources = ["Hello\nworld. ", "<1/>", " a <2>b</2>"]
    answers = list(checked(create("identity", {}), requests(*sources), EN, ZH))
    assert answers == list(done(*sources))


def test_memory_has_nothing_and_that_is_no_refusal() -> None:
    answers = list(checked(create("memory", {}), requests("a", "b"), EN, ZH))
    assert answers == [Answer("1", Status.NONE), Answer("2", Status.NONE)]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Read <1>the book</1>.", "⟦Řḗȧḓ <1>ŧħḗ ƀǿǿķ</1>. ···⟧"),
        ("<1/> is small", "⟦<1/> īş şḿȧŀŀ ··⟧"),
        ("<1/> = <2/>, 12.5", "<1/> = <2/>, 12.5"),
        ("Example::", "⟦Ḗẋȧḿƥŀḗ ··⟧::"),
        (" No. ", " ⟦Ƞǿ. ·⟧ "),
        ("中文", "⟦中文 ·⟧"),
        ("", ""),
    ],
)
def test_pseudo_accents_lengthens_and_brackets(source: str, target: str) -> None:
    assert pseudo(source) == target


def test_pseudo_letters_are_single_characters_that_stay_as_they_are() -> None:
    """A normalising editor or file system does not change them, and no two letters become the same."""
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    accented = pseudo(letters)[1:53]
    assert unicodedata.normalize("NFC", accented) == accented
    assert len(set(accented)) == 52
    assert not set(accented) & set(letters)


def test_pseudo_is_a_third_longer() -> None:
    source = "The quick brown fox jumps over the lazy dog and runs away"
    assert 1.25 < len(pseudo(source)) / len(source) < 1.4


# The gate: who answers


def test_without_requests_no_engine_is_asked() -> None:
    def explode(_: object) -> Iterator[Answer]:
        raise AssertionError

    assert list(checked(Saying(explode), [], EN, ES)) == []


def test_two_requests_with_one_id_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="two requests have the same id"):
        list(checked(Saying(lambda _: done("a")), [Request("1", "a"), Request("1", "b")], EN, ES))


def test_answers_come_one_by_one_and_in_any_order() -> None:
    asked: list[str] = []

    def slowly(requests: Sequence[Request]) -> Iterator[Answer]:
        for request in reversed(requests):
            asked.append(request.id)
            yield Answer(request.id, Status.DONE, "x")

    answers = checked(Saying(slowly), requests("a", "b"), EN, ES)
    assert next(answers) == Answer("2", Status.DONE, "x")
    assert asked == ["2"]
    assert list(answers) == [Answer("1", Status.DONE, "x")]


@pytest.mark.parametrize(
    "says", [lambda _: iter(()), lambda _: [], lambda _: done()], ids=["iterator", "list", "generator"]
)
def test_too_few_answers_are_refusals(says: Callable[[object], Any]) -> None:
    answers = list(checked(Saying(says), requests("a", "b"), EN, ES))
    assert answers == [Answer(id, Status.REFUSED, reason="no answer") for id in "12"]


def test_stray_answers_are_ignored_and_reported() -> None:
    def says(_: object) -> Iterator[Any]:
        yield Answer("1", Status.DONE, "uno")
        yield Answer("1", Status.DONE, "dos")
        yield Answer("9\n", Status.DONE, "nueve")
        yield ("3", "tres")
        yield Answer("3", Status.DONE, "tres")

    told: list[str] = []
    answers = list(checked(Saying(says), requests(*"abcd"), EN, ES, lambda said: told.append(said.text)))
    assert answers == [
        Answer("1", Status.DONE, "uno"),
        Answer("3", Status.DONE, "tres"),
        Answer("2", Status.REFUSED, reason="no answer"),
        Answer("4", Status.REFUSED, reason="no answer"),
    ]
    assert told == [
        "engine 'saying': a second answer for '1' was ignored",
        "engine 'saying': an answer for '9\\n', which was not asked",
        "engine 'saying': it gave a tuple in place of an Answer",
    ]


@pytest.mark.parametrize("id", ["1", "7", None, ["1"]])
def test_an_engine_that_never_stops_is_left(id: Any) -> None:
    closed: list[bool] = []

    def forever(_: object) -> Iterator[Answer]:
        try:
            while True:
                yield Answer(id, Status.DONE, "x")
        finally:
            closed.append(True)

    answers = list(checked(Saying(forever), requests("a", "b"), EN, ES))
    assert sorted(answer.id for answer in answers) == ["1", "2"]
    assert answers[-1] == Answer("2", Status.REFUSED, reason="no answer, but many that were not asked for")
    assert closed == [True]


def test_a_failure_in_the_middle_refuses_what_is_open() -> None:
    def says(_: object) -> Iterator[Answer]:
        yield Answer("2", Status.DONE, "dos")
        raise RuntimeError("out of\nwords\x1b[0m")

    answers = list(checked(Saying(says), requests("a", "b", "c"), EN, ES))
    assert answers == [
        Answer("2", Status.DONE, "dos"),
        Answer("1", Status.REFUSED, reason="the engine failed: out of words [0m"),
        Answer("3", Status.REFUSED, reason="the engine failed: out of words [0m"),
    ]


def test_a_failure_after_the_last_answer_is_reported() -> None:
    def says(_: object) -> Iterator[Answer]:
        yield Answer("1", Status.DONE, "uno")
        raise EngineError("the bill was not paid")

    told: list[str] = []
    assert list(checked(Saying(says), requests("a"), EN, ES, lambda said: told.append(said.text))) == [
        Answer("1", Status.DONE, "uno")
    ]
    assert told == ["engine 'saying': the engine failed: the bill was not paid"]


def test_an_engine_that_cannot_work_at_all_stops_the_sync() -> None:
    def says(_: object) -> Iterator[Answer]:
        raise EngineError("no account")

    with pytest.raises(EngineError, match="no account"):
        list(checked(Saying(says), requests("a"), EN, ES))


@pytest.mark.parametrize("says", [lambda _: None, lambda _: 1 / 0], ids=["nothing", "failure"])
def test_an_engine_with_a_defect_refuses_everything(says: Callable[[object], Any]) -> None:
    (answer,) = checked(Saying(says), requests("a"), EN, ES)
    assert answer.status == Status.REFUSED
    assert answer.reason.startswith("the engine failed: ")


def test_a_reader_that_leaves_early_stops_the_engine() -> None:
    closed: list[bool] = []

    def says(_: object) -> Iterator[Answer]:
        try:
            yield from done("uno", "dos")
        finally:
            closed.append(True)

    answers = checked(Saying(says), requests("a", "b"), EN, ES)
    next(answers)
    answers.close()  # type: ignore[attr-defined]
    assert closed == [True]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer("1", Status.WAITING, "half", "job 7"), Answer("1", Status.WAITING, reason="job 7")),
        (Answer("1", Status.NONE, "half"), Answer("1", Status.NONE)),
        (Answer("1", Status.REFUSED, "half", "no\nway"), Answer("1", Status.REFUSED, reason="no way")),
        (Answer("1", Status.REFUSED), Answer("1", Status.REFUSED, reason="the engine gave no reason")),
        (Answer("1", "done", "uno"), Answer("1", Status.DONE, "uno")),  # type: ignore[arg-type]
        (Answer("1", "fine", "uno"), Answer("1", Status.REFUSED, reason="'fine' is not a status")),  # type: ignore[arg-type]
        (Answer("1", Status.DONE, None), Answer("1", Status.REFUSED, reason="its target is not a text")),  # type: ignore[arg-type]
    ],
)
def test_only_what_is_done_has_a_target(answer: Answer, expected: Answer) -> None:
    assert list(checked(Saying(lambda _: [answer]), requests("one"), EN, ES)) == [expected]
