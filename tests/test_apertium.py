"""The engine ``apertium``: codes survive, no segment knows another, and whatever dies or hangs, the run goes on."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinx_amts.engines import Answer, Engine, Notice, Receipt, Status, checked, create
from sphinx_amts.engines.apertium.drafting import Drafter
from sphinx_amts.engines.apertium.drafts import edits_of, remembered
from sphinx_amts.engines.apertium.grammar import noun, stand_in
from sphinx_amts.engines.apertium.installed import Mode, mode, modes
from sphinx_amts.engines.apertium.marking import marked, nodes, unmarked, written
from sphinx_amts.engines.apertium.pipe import LONGEST, Broken, Pipe
from sphinx_amts.errors import ConfigError
from sphinx_amts.locales import language
from sphinx_amts.masked import TAG, key, problem, strip_tags
from sphinx_amts.model import InlineCode, Match, Origin, Request

EN, ES, ZH = language("en"), language("es"), language("zh")
DRAFT = "What Apertium translated from en to es is a draft: people have to read it before it is published."


def _is_installed() -> bool:
    try:
        return {"eng-spa", "spa-eng"} <= set(modes())
    except ConfigError:
        return False


installed = pytest.mark.skipif(not _is_installed(), reason="apertium and apertium-eng-spa are not installed")

SENTENCES = (
    "The method calls the model.",
    "I have known a lot of included files.",
    "The JSON document being parsed",
    "Specify the amount of extra space to add around the outside of the notebook.",
    "See <1/> for the <2>first <3/> value</2> of <4/>.",
    "Press <1>Enter</1>, and call <2/> or <3/>-based ~/bin [x] {y} ^z$ @w a\\b 5 % <a>.",
    "Those handlers parsed the URL of Guido van Rossum.",
    "Return the largest item in an iterable or the largest of two or more arguments.",
)


@pytest.fixture(autouse=True)
def _no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def requests(sources: Sequence[str]) -> list[Request]:
    return [
        Request(str(number), source, tuple(InlineCode("literal", "`x`") for _ in TAG.findall(source)))
        for number, source in enumerate(sources, 1)
    ]


def answers(engine: Engine, sources: Sequence[str]) -> dict[str, str]:
    """What the gate lets through, by source."""
    given = {answer.id: answer for answer in checked(engine, requests(sources), EN, ES)}
    assert {answer.status for answer in given.values()} <= {Status.DONE}, given
    return {source: given[str(number)].target for number, source in enumerate(sources, 1)}


# Streams


def as_it_came(masked: str, **terms: str) -> str:
    """A text marked and unmarked, where the programs change nothing."""
    pattern = re.compile("|".join(terms), re.IGNORECASE) if terms else None
    stream = marked(masked, "eng", "spa", terms, pattern)
    return unmarked(stream.text, stream)


MASKED = st.recursive(
    st.sampled_from(["one", "the", "of", "a~b", "[x]", "{y}", "^z$", "@w/\\", "<b>", "&amp;", "·", "~", ",", "ñ漢"]),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=4).map(lambda parts: f"<2>{' '.join(parts)}</2>") | st.just("<1/>")
    ),
    max_leaves=8,
)


@given(st.lists(MASKED, min_size=1, max_size=5))
def test_what_no_program_changes_comes_back_with_its_words_in_its_pairs(parts: list[str]) -> None:
    """A sign at the edge of a pair has no mark, and may stand outside of it."""
    masked = _numbered(" ".join(parts))
    back = as_it_came(masked)
    assert (strip_tags(back, "·"), problem(masked, back)) == (strip_tags(masked, "·"), None)
    assert written(nodes(masked)) == masked


def _numbered(masked: str) -> str:
    """The text with each tag's own number."""
    stack: list[int] = []
    count = iter(range(1, 1000))

    def number(tag: re.Match[str]) -> str:
        if tag["close"]:
            return f"</{stack.pop()}>"
        new = next(count)
        if not tag["alone"]:
            stack.append(new)
        return f"<{new}{tag['alone']}>"

    return TAG.sub(number, masked)


def test_a_code_stands_as_a_name_where_a_noun_is_expected() -> None:
    stream = marked("The <1/> method calls <2/>; <3/>-based", "eng", "spa", {}, None)
    assert stream.text == ("The [[t:k:0]]London[[/]] method calls [[t:k:1]]XPH1X[[/]]; [[t:k:2]]XPH2X[[/]]-based")
    assert stand_in("kaz", "", 7) == "XPH7X"


def test_a_term_stands_as_a_noun_of_its_gender_and_number() -> None:
    genders = {"method": "m", "city": "f", "methods": "mp", "cities": "fp"}
    terms = (
        "pérdida modelo redes árboles problema problemas forma funciones matriz matrices hipótesis clases capas".split()
    )
    found = [genders[noun("eng", "spa", term, 0)] for term in terms]
    assert found == "f m fp mp m mp f fp f fp f fp fp".split()
    assert noun("eng", "spa", "el conjunto de datos", 0) == "method"
    assert noun("kaz", "eng", "loss", 3) == "XPH3X"


def test_words_that_came_between_those_of_a_pair_are_inside_of_it() -> None:
    stream = marked("<1>the house</1> big", "eng", "spa", {}, None)
    assert unmarked("[[t:b:1]]la[[/]] grande [[t:b:1]]casa[[/]]", stream) == "<1>la grande casa</1>"


def test_a_stand_in_that_was_doubled_counts_once() -> None:
    stream = marked("of <1/>", "eng", "spa", {}, None)
    assert unmarked("de [[t:k:0]]Gran[[/]] [[t:k:0]]Londres[[/]]", stream) == "de <1/>"


# Processes, played by small programs


def playing(*stages: tuple[str, ...], name: str = "eng-spa") -> Mode:
    return Mode(name, stages, "0")


def test_a_segment_that_no_pipe_can_hold_goes_through() -> None:
    with Pipe(playing(("cat",), ("cat",), ("cat",))) as pipe:
        assert pipe.translate("á " * (LONGEST // 2)) == "á " * (LONGEST // 2)


def test_a_segment_that_is_too_long_is_refused() -> None:
    with Pipe(playing(("cat",))) as pipe, pytest.raises(Broken, match=r"^longer than 50,000 characters$"):
        pipe.translate("a" * (LONGEST + 1))


def test_a_program_that_hangs_is_given_up_at_the_deadline() -> None:
    moments = iter(range(0, 1000, 40))
    with Pipe(playing(("sleep", "1000")), 60.0, lambda: next(moments)) as pipe:
        with pytest.raises(Broken, match=r"^it takes too long$"):
            pipe.translate("a")
        assert pipe.processes == ()


def test_a_program_that_ends_is_started_again_but_not_for_ever() -> None:
    with Pipe(playing(("cat",), ("true",))) as pipe, pytest.raises(Broken):
        pipe.translate("a")


def test_an_answer_without_its_end_is_none() -> None:
    with Pipe(playing(("sed", "-uz", "s/amts/x/"))) as pipe, pytest.raises(Broken):
        pipe.translate("b")


def test_each_process_may_die_and_the_run_goes_on() -> None:
    with Pipe(playing(("cat",), ("cat",), ("cat",))) as pipe:
        for number in range(3):
            assert pipe.translate(f"before {number}") == f"before {number}"
            _kill(pipe, number)
            assert pipe.translate(f"after {number}") == f"after {number}"


def _kill(pipe: Pipe, number: int) -> None:
    """Kill a process, and wait until it is dead."""
    pid = pipe.processes[number]
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


def test_each_process_may_hang_and_the_run_goes_on() -> None:
    moments = [0.0]
    with Pipe(
        playing(("cat",), ("cat",), ("cat",)), 60.0, lambda: moments.pop() if len(moments) > 1 else moments[0]
    ) as pipe:
        for number in range(3):
            assert pipe.translate(f"before {number}") == f"before {number}"
            os.kill(pipe.processes[number], signal.SIGSTOP)
            # The deadline is set at 0, the next look at the clock is at 100.
            moments[:] = [100.0, 100.0, 0.0]
            assert pipe.translate(f"after {number}") == f"after {number}"


def test_no_process_is_left_behind() -> None:
    with Pipe(playing(("cat",), ("cat",))) as pipe:
        pipe.translate("a")
        pids = pipe.processes
    assert len(pids) == 2
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []


def test_a_text_without_words_is_not_sent() -> None:
    with Pipe(playing(("false",))) as pipe:
        assert Drafter(pipe).draft("<1/> = 5 %") == "<1/> = 5 %"


def test_a_draft_begins_as_its_source_does() -> None:
    with Pipe(playing(("sed", "-uz", "s/the/El/;s/See/ve/;s/^a/NumPy/"))) as pipe:
        drafter = Drafter(pipe)
        assert [drafter.draft(text) for text in ("the dog", "<1>See</1> it", "a b")] == [
            "el dog",
            "<1>Ve</1> it",
            "NumPy b",
        ]


def test_a_pair_that_lost_its_words_is_translated_in_pieces() -> None:
    with Pipe(playing(("sed", "-uz", "s/\\[\\[t:b:1\\]\\]\\(\\w*\\)\\[\\[\\/\\]\\] /\\1 /"))) as pipe:
        assert Drafter(pipe).draft("press <1>Enter</1> now") == "press <1>Enter</1> now"


# What was drafted before


def test_a_draft_is_made_once(tmp_path: Path) -> None:
    asked: list[list[str]] = []

    def translate(texts: Sequence[str]) -> list[str]:
        asked.append(list(texts))
        return [text.upper() for text in texts]

    for texts in (["b", "a", "b"], ["a", "c"], ["c", "b"]):
        assert remembered(texts, playing(), translate, tmp_path) == [text.upper() for text in texts]
    assert asked == [["a", "b"], ["c"]]


def test_the_same_rows_are_learnt_from_once(tmp_path: Path) -> None:
    rows = [("La mesa", "La tabla"), ("Una mesa", "Una tabla")]
    wanted = edits_of(rows, tmp_path)
    (file,) = (tmp_path / "apertium").iterdir()
    assert edits_of(rows[::-1], tmp_path) == wanted
    file.write_text('{"mesa": "silla"}', encoding="utf-8")
    assert edits_of(rows, tmp_path).apply("mesa") == "silla"
    file.write_text('{"mesa": ', encoding="utf-8")
    assert edits_of(rows, tmp_path) == wanted
    assert len(wanted) > 0


def test_a_damaged_cache_is_made_anew(tmp_path: Path) -> None:
    for _ in range(2):
        assert remembered(["a"], playing(), lambda texts: ["A"], tmp_path) == ["A"]
        (file,) = (tmp_path / "apertium").iterdir()
        file.write_bytes(b"damaged" * 1000)


def test_a_cache_that_cannot_be_written_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "apertium").write_text("a file", encoding="utf-8")
    assert remembered(["a"], playing(), lambda texts: ["A"], tmp_path) == ["A"]


# What is installed


def test_without_apertium_the_message_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(ConfigError) as raised:
        list(checked(create("apertium", {}), requests(["a"]), EN, ES))
    assert str(raised.value) == (
        "engine 'apertium': Apertium is not installed\n  On Debian and Ubuntu: apt-get install apertium apertium-eng-spa"
    )


@installed
def test_a_pair_that_is_missing_is_named_with_those_that_are_there() -> None:
    with pytest.raises(ConfigError) as raised:
        list(checked(create("apertium", {}), requests(["a"]), EN, ZH))
    assert str(raised.value).startswith("engine 'apertium': no pair from 'en' to 'zh' is installed\n  Installed: ")
    assert "eng-spa" in str(raised.value)


@installed
@pytest.mark.parametrize(
    ("source", "target", "name"),
    [("en", "es", "eng-spa"), ("es", "en", "spa-eng"), ("es", "en_US", "spa-eng_US"), ("en_GB", "es_MX", "eng-spa")],
)
def test_our_codes_find_apertiums_pairs(source: str, target: str, name: str) -> None:
    assert mode(language(source), language(target)).name == name


@installed
def test_modes_may_stand_elsewhere_and_have_short_names(tmp_path: Path) -> None:
    (tmp_path / "pt-ca.mode").write_text("cat -x | cat $1 '/a b' | cat $2\n", encoding="utf-8")
    assert modes(str(tmp_path)) == ("pt-ca",)
    found = mode(language("pt_BR"), language("ca"), str(tmp_path))
    assert [word for stage in found.stages for word in stage if word != "-z"] == [
        "cat",
        "-x",
        "cat",
        "-n",
        "/a b",
        "cat",
    ]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"timeout": 0}, "the option 'timeout' must be a positive number of seconds"),
        ({"jobs": 0}, "the option 'jobs' must be 1 or more"),
        ({"memory": "maybe"}, "the option 'memory' must be bool, not str"),
    ],
)
def test_options_are_checked(options: dict[str, Any], why: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(f"engine 'apertium': {why}")):
        create("apertium", options)


# Apertium itself


@installed
def test_a_sentence_is_translated_with_its_codes() -> None:
    given = answers(create("apertium", {"jobs": 1}), SENTENCES)
    assert given[SENTENCES[0]] == "El método llama el modelo."
    assert [source for source, target in given.items() if problem(key(source), target)] == []
    assert not re.search(r"[*#]|XPH|London|Londres|\[\[|amts", " ".join(given.values()))
    assert "~/" in given[SENTENCES[5]]


@installed
def test_the_same_comes_out_in_any_order_on_any_number_of_workers() -> None:
    sentences = [f"{sentence} {number}" for number in range(8) for sentence in SENTENCES]
    shuffled = random.Random(1).sample(sentences, len(sentences))
    assert answers(create("apertium", {"jobs": 3}), shuffled) == answers(create("apertium", {"jobs": 1}), sentences)


@installed
def test_a_warm_pipe_says_what_the_cold_command_says() -> None:
    """Those words change the tagger: it would translate what follows in another way."""
    sentences = [sentence for sentence in SENTENCES if "<" not in sentence]
    cold = [
        subprocess.run(["apertium", "-u", "eng-spa"], input=text, capture_output=True, text=True, check=True).stdout
        for text in sentences
    ]
    with Pipe(mode(EN, ES)) as pipe:
        for _ in range(2):
            assert [" ".join(pipe.translate(text).split()) for text in sentences] == [
                " ".join(text.split()) for text in cold
            ]


@installed
def test_each_of_apertiums_processes_may_die() -> None:
    with Pipe(mode(EN, ES)) as pipe:
        wanted = pipe.translate(SENTENCES[0])
        assert len(pipe.processes) > 10
        for number in range(len(pipe.processes)):
            _kill(pipe, number)
            assert pipe.translate(SENTENCES[0]) == wanted


@installed
def test_people_are_told_that_it_is_a_draft() -> None:
    said: list[Notice | Receipt] = []
    list(checked(create("apertium", {}), requests(["A dog."]), EN, ES, said.append))
    assert said == [Notice(DRAFT)]


@installed
def test_terms_are_kept_and_what_stands_around_them_agrees(tmp_path: Path) -> None:
    (tmp_path / "terms.csv").write_text("en,es\nloss,pérdida\nneural network,red neuronal\n", encoding="utf-8")
    engine = create("apertium", {"terminology": str(tmp_path / "terms.csv")})
    given = answers(engine, ["The loss of the neural network is small.", "Loss is not glossy."])
    assert given["The loss of the neural network is small."] == "La pérdida de la red neuronal es pequeña."
    assert given["Loss is not glossy."].startswith("Pérdida ")


PEOPLE = [(f"The {word} is on the table.", f"{spanish} está en la tabla.") for word, spanish in
          (("cat", "El gato"), ("dog", "El perro"), ("book", "El libro"))]  # fmt: skip


def taught(pairs: Callable[[], Iterator[tuple[str, str]]], **options: Any) -> Engine:
    engine = create("apertium", options)
    assert list(engine.learn(pairs, EN, ES)) == []  # type: ignore[attr-defined]
    return engine


@installed
def test_it_corrects_what_people_would_correct() -> None:
    source = "Three apples are on the table in the kitchen."
    assert "mesa" in answers(create("apertium", {}), [source])[source]
    assert "tabla" in answers(taught(lambda: iter(PEOPLE)), [source])[source]
    assert "mesa" in answers(taught(lambda: iter(PEOPLE), parallel_data=False), [source])[source]


@installed
def test_a_term_is_not_corrected_away(tmp_path: Path) -> None:
    (tmp_path / "terms.csv").write_text("en,es\ntable,mesa\n", encoding="utf-8")
    source = "Three apples are on the table in the kitchen."
    assert "mesa" in answers(taught(lambda: iter(PEOPLE), terminology=str(tmp_path / "terms.csv")), [source])[source]


@installed
def test_text_that_looks_like_a_tag_teaches_nothing() -> None:
    odd = [("a </1> b <1>", "c"), ("<1/>", "<1/>")]
    assert answers(taught(lambda: iter(odd)), ["A dog."]) == {"A dog.": "Un perro."}


def test_learning_costs_nothing_until_there_is_something_to_translate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert list(taught(lambda: iter(PEOPLE)).translate([], EN, ES)) == []


@installed
def test_files_of_parallel_data_teach_too(tmp_path: Path) -> None:
    rows = "".join(f'"{source}","{target}"\n' for source, target in PEOPLE)
    (tmp_path / "pairs.csv").write_text(f"en,es\n{rows}", encoding="utf-8")
    source = "Three apples are on the table in the kitchen."
    engine = taught(lambda: iter(()), parallel_data=[str(tmp_path / "pairs.csv")])
    assert "tabla" in answers(engine, [source])[source]


@installed
def test_what_people_wrote_for_a_similar_sentence_is_taken_over_unless_that_is_switched_off() -> None:
    source = "The cat is on a table."
    assert answers(taught(lambda: iter(PEOPLE)), [source])[source] == "El gato está en la tabla."
    assert answers(taught(lambda: iter(PEOPLE), memory=False), [source])[source] != "El gato está en la tabla."


@installed
def test_a_match_that_came_with_the_request_is_taken_over() -> None:
    request = Request("1", "Open the <1/>.", (InlineCode("literal", "`x`"),), matches=(
        Match("Open a <1/>.", "Abra un <1/>.", 0.8, origin=Origin.HUMAN),))  # fmt: skip
    assert list(checked(create("apertium", {}), [request], EN, ES)) == [Answer("1", Status.DONE, "Abra un <1/>.")]
