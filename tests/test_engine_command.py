"""A program as an engine: what it gets, what it may say, and what happens when it fails."""

from __future__ import annotations

import importlib
import json
import os
import re
import select
import subprocess
import sys
import textwrap
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sphinx_amts.engines import Answer, Engine, Status, checked, command, create
from sphinx_amts.errors import EngineError
from sphinx_amts.locales import language
from sphinx_amts.model import InlineCode, Match, Request

EN, ES, ZH = language("en"), language("es"), language("zh")
GUIDE = Path(__file__).resolve().parent.parent / "docs" / "how-to" / "own-engine.md"


def requests(*sources: str) -> list[Request]:
    return [Request(str(number), source) for number, source in enumerate(sources, 1)]


# The command


def program(text: str, **options: Any) -> Engine:
    """A program that has every request in ``asked`` and writes with ``say``."""
    start = """
        import json, os, signal, sys, threading
        asked = [json.loads(line) for line in sys.stdin]
        def say(**answer): print(json.dumps(answer), flush=True)
    """
    return create(
        "command", {"command": [sys.executable, "-c", textwrap.dedent(start) + textwrap.dedent(text)], **options}
    )


def test_a_program_gets_all_that_is_known_of_a_request() -> None:
    codes = (InlineCode("math", "$x$"), InlineCode("link", "[", "](a.md)"))
    request = Request("7", "é <1/> <2>b</2>", codes, "vor", "nach", "doc", (Match("a", "á", 0.8),))
    engine = program('say(id="7", target=asked[0]["source"] + json.dumps(asked[0], ensure_ascii=False))')
    (answer,) = engine.translate([request], EN, ZH)
    assert answer.target.startswith(request.source)
    assert json.loads(answer.target.removeprefix(request.source)) == {
        "id": "7",
        "source": "é <1/> <2>b</2>",
        "codes": [{"tag": 1, "kind": "math", "text": "$x$"}, {"tag": 2, "kind": "link", "text": "[…](a.md)"}],
        "before": "vor",
        "after": "nach",
        "document": "doc",
        "source_language": "en",
        "target_language": "zh",
        "matches": [{"source": "a", "target": "á", "score": 0.8}],
    }


def test_a_program_may_refuse_and_let_wait() -> None:
    engine = program("""
        say(id="2", waiting=True)
        print()
        say(id="1", refused="too hard")
        say(id="3")
        say(id="4", target="x", refused="y")
        say(id="5", target=7)
        say(id="6", waiting=False)
        say(id="7", target="siete", cost=3)
    """)
    answers = {answer.id: answer for answer in checked(engine, requests(*"abcdefg"), EN, ES)}
    assert answers.pop("1") == Answer("1", Status.REFUSED, reason="too hard")
    assert answers.pop("2") == Answer("2", Status.WAITING)
    assert answers.pop("7") == Answer("7", Status.DONE, "siete")
    why = "it needs one of: a text 'target', a text 'refused', 'waiting': true"
    assert answers == {id: Answer(id, Status.REFUSED, reason=why) for id in "3456"}


def test_a_command_may_be_one_line() -> None:
    script = 'import sys; print(sys.stdin.read() and \'{\\"id\\": \\"1\\", \\"target\\": \\"uno\\"}\')'
    engine = create("command", {"command": f'"{sys.executable}" -c "{script}"'})
    assert list(engine.translate(requests("one"), EN, ES)) == [Answer("1", Status.DONE, "uno")]


def test_large_inputs_and_outputs_do_not_block_each_other() -> None:
    """The program writes before it reads on, far more than a pipe holds."""
    engine = create("command", {"command": [sys.executable, "-c", "import sys\nfor line in sys.stdin: print(line)"]})
    many = [Request(str(number), "word " * 200) for number in range(3000)]
    answers = list(checked(engine, many, EN, ES))
    assert {answer.reason for answer in answers} == {
        "it needs one of: a text 'target', a text 'refused', 'waiting': true"
    }
    assert len(answers) == 3000


def test_answers_are_given_while_the_program_still_works(tmp_path: Path) -> None:
    go = tmp_path / "go"
    engine = program(f"""
        say(id="1", target="uno")
        while not os.path.exists({str(go)!r}): threading.Event().wait(0.01)
        say(id="2", target="dos")
    """)
    answers = engine.translate(requests("one", "two"), EN, ES)
    assert next(answers) == Answer("1", Status.DONE, "uno")
    go.touch()
    assert list(answers) == [Answer("2", Status.DONE, "dos")]


def test_no_program_is_started_for_nothing() -> None:
    assert list(create("command", {"command": "no-such-program-at-all"}).translate([], EN, ES)) == []


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("no-such-program-at-all", "the program 'no-such-program-at-all' cannot be started: No such file or directory"),
        ("a\0b", "the program 'a\\x00b' cannot be started: embedded null byte"),
    ],
)
def test_a_missing_program_is_an_error_that_shows_no_argument(name: str, why: str) -> None:
    engine = create("command", {"command": [name, "--key", "hush-hush"]})
    with pytest.raises(EngineError) as raised:
        list(checked(engine, requests("one"), EN, ES))
    assert raised.value.message == why
    assert "hush" not in f"{raised.value}{engine!r}"


NAME = Path(sys.executable).name


@pytest.mark.parametrize(
    ("does", "why"),
    [
        (
            "print('Loading...')",
            f"line 2 of what the program '{NAME}' wrote is not a JSON object with an id: 'Loading...'",
        ),
        ("print('{\"id\": 1}')", "is not a JSON object with an id"),
        ("print('[' * 100000)", "is not a JSON object with an id"),
        ("print('9' * 100000)", "is not a JSON object with an id"),
        ('sys.stdout.buffer.write(b\'{"id": "2", "target": "\\xff"}\\n\')', "is not a JSON object with an id"),
        ("print('x' * 3000000)", f"the program '{NAME}' wrote a line of more than 1000000 bytes"),
        ("while True: print(' ' * 100000)", f"the program '{NAME}' wrote more than 16000000 bytes"),
        ("sys.exit('no credit left')", f"the program '{NAME}' ended with status 1: no credit left"),
        ("sys.exit(3)", f"the program '{NAME}' ended with status 3"),
        ("os.kill(os.getpid(), signal.SIGKILL)", f"the program '{NAME}' was ended by signal 9"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_what_came_before_a_failure_counts(does: str, why: str) -> None:
    engine = program(f'say(id="1", target="uno")\n{does}')
    first, second = checked(engine, requests("one", "two"), EN, ES)
    assert first == Answer("1", Status.DONE, "uno")
    assert (second.id, second.status) == ("2", Status.REFUSED)
    assert why in second.reason


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_a_silent_program_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    """A pipe ends when nobody holds its other end any more."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    child = f"import os, threading; os.write(os.open({str(pipe)!r}, os.O_WRONLY), b'x'); threading.Event().wait(60)"
    engine = program(
        f"""
        import subprocess
        child = subprocess.Popen([sys.executable, "-c", {child!r}])
        while not os.path.exists({str(tmp_path / "go")!r}):
            threading.Event().wait(0.01)
        say(id="1", target="uno")
        child.wait()
        """,
        timeout=3,
    )
    answers = checked(engine, requests("one", "two"), EN, ES)
    with ThreadPoolExecutor() as pool:
        both = pool.submit(list, answers)
        assert select.select([reader], [], [], 30)[0]
        assert os.read(reader, 9) == b"x"
        (tmp_path / "go").touch()
        first, second = both.result()
    assert first == Answer("1", Status.DONE, "uno")
    assert second.reason == (
        f"the engine failed: the program '{NAME}' was silent for 3 seconds. A larger 'timeout' waits longer."
    )
    assert select.select([reader], [], [], 30)[0]
    assert os.read(reader, 9) == b""
    os.close(reader)


def test_a_program_that_closes_its_output_and_stays_is_ended() -> None:
    engine = program('say(id="1", target="uno"); os.close(1); threading.Event().wait(60)', timeout=2)
    told: list[str] = []
    assert list(checked(engine, requests("one"), EN, ES, lambda said: told.append(said.text))) == [
        Answer("1", Status.DONE, "uno")
    ]
    assert told == [f"engine 'command': the engine failed: the program '{NAME}' closed its output and did not end"]


def test_no_message_shows_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEP_API_KEY", "swordfish")
    engine = program('sys.exit("bad key " + os.environ["DEEP_API_KEY"])')
    with pytest.raises(EngineError, match=r"ended with status 1: bad key \*\*\*$"):
        list(checked(engine, requests("one"), EN, ES))
    arguments = ["x", "--token", "squeamish", "--password=ossifrage", "--size", "largest", "tokenizer"]
    assert command._secrets(arguments, {"A_SECRET": "magic words", "PATH": "/usr/bin"}) == {
        "squeamish",
        "ossifrage",
        "magic words",
    }


# The guide


def blocks(language: str) -> list[str]:
    """The code blocks of the guide, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_the_program_of_the_guide_works(tmp_path: Path) -> None:
    file = tmp_path / "two_words.py"
    file.write_text(blocks("python")[0], encoding="utf-8")
    (session,) = blocks("console")
    shown = re.fullmatch(r"\$ echo '(.*)' \| python two_words\.py\n(.*)\n", session)
    assert shown is not None
    ran = subprocess.run([sys.executable, file], input=shown[1], check=True, capture_output=True, text=True)
    assert ran.stdout == f"{shown[2]}\n"
    engine = create("command", {"command": [sys.executable, str(file)]})
    assert list(checked(engine, requests("Hello <1>world</1>!", "Bye"), EN, ES)) == [
        Answer("1", Status.DONE, "Hola <1>mundo</1>!"),
        Answer("2", Status.REFUSED, reason="no word of it is known"),
    ]


def test_the_request_of_the_guide_is_what_a_program_gets() -> None:
    (shown,) = (json.loads(block) for block in blocks("json"))
    codes = (InlineCode("math", "$x$"), InlineCode("link", "[", "](manual.md)"))
    match = Match("See <1/>.", "见 <1/>。", 0.8)
    request = Request("7", "See <1/> and <2>the manual</2>.", codes, "Open the door.", "", "intro", (match,))
    assert json.loads(command._line(request, EN, ZH)) == shown


def test_the_class_of_the_guide_works(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "sphinx_shout.py").write_text(blocks("python")[1], encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    (group,) = tomllib.loads(blocks("toml")[0])["project"]["entry-points"].items()
    assert group == ("sphinx_amts.engines", {"shout": "sphinx_shout:Shout"})
    module = importlib.import_module("sphinx_shout")
    code = InlineCode("math", "$x$")
    asked = [*requests("quiet"), Request("2", "<1/>", (code,))]
    assert list(checked(module.Shout(marks=2), asked, EN, ES)) == [
        Answer("1", Status.DONE, "QUIET!!"),
        Answer("2", Status.REFUSED, reason="markup cannot be shouted"),
    ]
