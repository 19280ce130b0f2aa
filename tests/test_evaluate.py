"""Tables of BLEU: small books of which people translated every page, and engines that are told what they say."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import pytest

from sphinx_amts import engines
from sphinx_amts.cli import main
from sphinx_amts.engines import Answer, Notice, Status
from sphinx_amts.errors import EngineError
from sphinx_amts.evaluate import scores
from sphinx_amts.evaluate.articles import _names
from sphinx_amts.evaluate.tables import _number
from sphinx_amts.evaluate.variants import Learnt, fewer
from sphinx_amts.locales import Language, language
from sphinx_amts.model import Request

PAGES = {
    "cats": [
        ("Cats", "Gatos"),
        ("The cat sleeps on the warm roof of the old house.", "El gato duerme en el techo caliente de la casa vieja."),
        ("It wakes up when `night` comes to the quiet town.", "Se despierta cuando `night` llega al pueblo tranquilo."),
    ],
    "dogs": [
        ("Dogs", "Perros"),
        ("The dog runs along the river every morning of the year.", "El perro corre por el río cada mañana del año."),
        ("It comes home when the sun is high in the sky.", "Vuelve a casa cuando el sol está alto en el cielo."),
    ],
    "birds": [
        ("Birds", "Pájaros"),
        ("The bird sings in the garden behind the old house.", "El pájaro canta en el jardín detrás de la casa vieja."),
        ("It flies away when the winter comes to the garden.", "Se va volando cuando el invierno llega al jardín."),
    ],
}


class Dictionary:
    """Knows some sentences, and those that it learns; leaves all others as they are."""

    name = "dictionary"
    translates = True
    knows: Mapping[str, str] = {}
    fails: Mapping[str, str] = {}
    calls: ClassVar[list[list[str]]] = []

    def __init__(self) -> None:
        self.learnt: dict[str, str] = {}

    def learn(
        self, pairs: Callable[[], Iterable[tuple[str, str]]], source: Language, target: Language
    ) -> Iterator[Notice]:
        self.learnt.update(pairs())
        yield from ()

    def translate(self, requests: Sequence[Request], source: Language, target: Language) -> Iterator[Answer]:
        if why := self.fails.get(target.code):
            raise EngineError(why)
        self.calls.append([request.source for request in requests])
        for request in requests:
            known = {**self.knows, **self.learnt}.get(request.source)
            yield (
                Answer(request.id, Status.DONE, known)
                if known
                else Answer(request.id, Status.REFUSED, reason="unknown")
            )


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three pages in English and in Spanish, and an engine that knows the first of them."""
    monkeypatch.chdir(tmp_path)
    for folder, side in (("en", 0), ("es", 1)):
        Path(folder).mkdir()
        for name, rows in PAGES.items():
            title, *texts = (row[side] for row in rows)
            Path(folder, f"{name}.md").write_text(f"# {title}\n\n" + "\n\n".join(texts) + "\n", encoding="utf-8")
    Dictionary.calls, Dictionary.fails = [], {}
    Dictionary.knows = {
        source.replace("`night`", "<1/>"): target.replace("`night`", "<1/>") for source, target in PAGES["cats"]
    }
    monkeypatch.setattr(engines, "create", lambda name, options: Dictionary())


def evaluated(*more: str, status: int = 0) -> dict[str, object]:
    arguments = ["evaluate", "en", "es", "-s", "en", "-t", "es", "-o", "out", "--samples", "50", "--jobs", "1"]
    assert main([*arguments, *more]) == status
    found: dict[str, object] = json.loads(Path("out/evaluation.json").read_text(encoding="utf-8"))
    return found


def variants(found: object, direction: str = "en-es") -> list[dict[str, object]]:
    return found["directions"][direction]["variants"]  # type: ignore[index, no-any-return]


@pytest.mark.usefixtures("book")
def test_what_people_would_have_written_scores_100() -> None:
    (cell,) = variants(evaluated("--article", "cats"))
    assert cell["bleu"] == {"cats": pytest.approx(100.0)}
    assert cell["refused"] == []
    assert Path("out/en-es/variant-1.txt").read_bytes() == Path("out/en-es/reference.txt").read_bytes()


@pytest.mark.usefixtures("book")
def test_the_table_has_the_layout_of_the_published_ones(capsys: pytest.CaptureFixture[str]) -> None:
    evaluated("--article", "cats", "--both", "--variant", "none", "--variant", "sentence,name=taught", status=1)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["BLEU, 0 to 1; en to es / es to en", "", "| article | no parallel data | taught |"]
    assert lines[4:6] == ["| cats | 1 / - | 1 / - |", "| average | 1 / - | 1 / - |"]


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [(55.3, 3, "0.553"), (77.0, 3, "0.77"), (72.04, 4, "0.7204"), (0.0, 3, "0"), (None, 3, "-")],
)
def test_numbers_are_written_as_published(value: float | None, digits: int, shown: str) -> None:
    assert _number(value, digits) == shown


@pytest.mark.usefixtures("book")
def test_pairs_of_the_evaluated_articles_are_held_out() -> None:
    learnt = variants(evaluated("--article", "cats", "--variant", "sentence"))[0]
    assert (learnt["learnt"], learnt["held_out"], learnt["leaks"]) == (6, 3, [])
    kept = variants(evaluated("--article", "cats", "--variant", "sentence", "--keep-own"))[0]
    assert (kept["learnt"], kept["held_out"]) == (9, 0)


@pytest.mark.usefixtures("book")
def test_a_planted_leak_is_named_and_held_out() -> None:
    """It is written a little differently, and cut in another way, as leaks are."""
    leak = (
        '"the cat sleeps on the warm roof,  of the old house"',
        '"El gato duerme en el techo caliente de la casa vieja"',
    )
    innocent = (
        '"The dog sleeps on the warm roof of the old house."',
        '"El perro duerme en el techo de la casa vieja."',
    )
    Path("more.csv").write_text(f"en,es\n{','.join(leak)}\n{','.join(innocent)}\n", encoding="utf-8")
    (cell,) = variants(evaluated("--article", "cats", "--variant", "more.csv"))
    assert cell["learnt"] == 1
    assert [(each["article"], each["line"]) for each in cell["leaks"]] == [("cats", 3)]  # type: ignore[attr-defined]
    assert "The cat sleeps" not in json.dumps(cell["leaks"])
    assert "1 pairs from elsewhere give evaluated paragraphs away" in Path("out/evaluation.md").read_text("utf-8")


@pytest.mark.usefixtures("book")
def test_what_was_answered_is_not_asked_again() -> None:
    evaluated("--article", "cats")
    assert len(Dictionary.calls) == 1
    evaluated("--article", "cats")
    assert len(Dictionary.calls) == 1
    (answers,) = Path("out/.answers").iterdir()
    lines = answers.read_text("utf-8").splitlines()
    answers.write_text("\n".join([*lines[:-1], lines[-1][:10]]), "utf-8")  # as an interruption leaves it
    (cell,) = variants(evaluated("--article", "cats"))
    assert [len(call) for call in Dictionary.calls] == [3, 1]
    assert cell["bleu"] == {"cats": pytest.approx(100.0)}


@pytest.mark.usefixtures("book")
def test_an_engine_that_has_changed_is_asked_again() -> None:
    evaluated("--article", "cats")
    Dictionary.knows = {**Dictionary.knows, "Cats": "Mininos"}
    evaluated("--article", "cats", "--fresh")
    assert [len(call) for call in Dictionary.calls] == [3, 3]
    assert Path("out/en-es/variant-1.txt").read_text("utf-8").splitlines()[0] == "Mininos"
    evaluated("--article", "cats")
    assert len(Dictionary.calls) == 2
    assert Path("out/en-es/variant-1.txt").read_text("utf-8").splitlines()[0] == "Mininos"


@pytest.mark.usefixtures("book")
def test_no_variant_learns_more_than_the_most() -> None:
    arguments = ("--article", "cats", "--variant", "sentence")
    assert variants(evaluated(*arguments))[0]["learnt"] == 6
    assert variants(evaluated(*arguments, "--most", "4"))[0]["learnt"] == 4
    assert variants(evaluated(*arguments, "--most", "100"))[0]["learnt"] == 6


@pytest.mark.usefixtures("book")
def test_an_article_of_which_nothing_is_translated_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    Path("locale").mkdir()
    Path("locale/cats.po").write_text(head + 'msgid "Cats"\nmsgstr "Gatos"\n', encoding="utf-8")
    Path("locale/fish.po").write_text(head + 'msgid "Fish"\nmsgstr ""\n', encoding="utf-8")
    arguments = ["evaluate", "locale", "-s", "en", "-t", "es", "-o", "out", "--jobs", "1"]
    assert main([*arguments, "--article", "cats"]) == 0
    assert main(arguments) == 1
    assert "locale/fish.po: no paragraph of it has a reference" in capsys.readouterr().err


def test_articles_are_named_by_as_little_as_tells_them_apart() -> None:
    names = _names(["book/faq/index.po", "book/tutorial/index.po", "book/tutorial/errors.po", "index.po"])
    assert list(names.values()) == ["faq/index", "tutorial/index", "errors", "index"]


def test_fewer_pairs_are_always_the_same_ones() -> None:
    pairs = tuple((f"House {number}", f"Casa {number}") for number in range(100))
    some = fewer(Learnt(pairs, 3, ()), 10)
    assert len(some.pairs) == 10
    assert set(fewer(Learnt(tuple(reversed(pairs)), 3, ()), 10).pairs) == set(some.pairs)
    assert set(fewer(some, 5).pairs) <= set(some.pairs)
    assert some.held_out == 3


@pytest.mark.usefixtures("book")
def test_a_catalogue_is_an_article_and_the_others_teach() -> None:
    for name, rows in PAGES.items():
        messages = (f'#: {name}.md:1\nmsgid "{source}"\nmsgstr "{target}"\n' for source, target in rows)
        head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'
        Path("locale").mkdir(exist_ok=True)
        Path("locale", f"{name}.po").write_text("\n".join([head, *messages]), encoding="utf-8")
    arguments = ["evaluate", "locale", "-s", "en", "-t", "es", "-o", "out", "--samples", "50", "--jobs", "1"]
    assert main([*arguments, "--article", "cats", "--variant", "sentence"]) == 0
    found = json.loads(Path("out/evaluation.json").read_text(encoding="utf-8"))
    (cell,) = variants(found)
    assert cell["bleu"] == {"cats": pytest.approx(100.0)}
    assert (cell["learnt"], cell["held_out"]) == (6, 3)
    assert "The cat sleeps on the warm roof" in Path("out/index.html").read_text("utf-8")


@pytest.mark.usefixtures("book")
def test_a_memory_is_taken_as_it_is() -> None:
    Path("old.csv").write_text('"en","es"\n"Dogs","Canes"\n', encoding="utf-8")
    (cell,) = variants(evaluated("--article", "dogs", "--variant", "none,memory=old.csv"))
    assert (cell["from_memory"], len(cell["refused"])) == (1, 2)  # type: ignore[arg-type]
    assert Path("out/en-es/variant-1.txt").read_text("utf-8").splitlines()[0] == "Canes"


@pytest.mark.usefixtures("book")
def test_an_engine_without_a_direction_leaves_the_other_one_its_table(capsys: pytest.CaptureFixture[str]) -> None:
    Dictionary.fails = {"en": "nobody translates into English here"}
    found = evaluated("--article", "cats", "--both", status=1)
    assert variants(found)[0]["bleu"] == {"cats": pytest.approx(100.0)}
    assert variants(found, "es-en")[0]["error"] == "nobody translates into English here"
    assert "no parallel data, es-en: nobody translates into English here" in capsys.readouterr().err


@pytest.mark.usefixtures("book")
def test_an_article_that_is_missing_or_has_no_reference_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    Path("en/fish.md").write_text("# Fish\n", encoding="utf-8")
    found = evaluated("--article", "cats", "--article", "fish", "--article", "mice", status=1)
    assert list(variants(found)[0]["bleu"]) == ["cats"]  # type: ignore[call-overload]
    told = capsys.readouterr().err.splitlines()
    assert told == [
        "sphinx-amts: en/fish.md: has no translation: there is no file es/fish.md",
        "sphinx-amts: no article is called 'fish'",
        "sphinx-amts: no article is called 'mice'",
    ]


@pytest.mark.usefixtures("book")
def test_an_empty_hypothesis_is_an_error_of_its_cell(capsys: pytest.CaptureFixture[str]) -> None:
    found = evaluated("--article", "dogs", "--variant", "none", status=1)
    assert variants(found)[0]["error"] == "the hypothesis is empty: all of 3 sentences were refused (unknown)"
    assert "the hypothesis is empty" in capsys.readouterr().err


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--variant", "both"], "--variant both: 'both' is not understood"),
        (["--variant", "none,engin=x"], "--variant none,engin=x: 'engin=x' is not understood"),
        (["--variant", "gone.tmx"], "gone.tmx: there is no such file of pairs"),
        (["--article", "mice"], "no article is called 'mice'"),
        (["-D", "engine=x"], "-D engine is no option of an engine"),
        (["--samples", "0"], "--samples 0 is not a number of samples"),
        (["--most", "0"], "--most 0 is not a number of pairs"),
    ],
)
def test_what_cannot_be_done_is_said(more: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "en", "es", "-s", "en", "-t", "es", "-o", "out", "--jobs", "1", *more]) == 2
    assert message in capsys.readouterr().err
    assert not Path("out").exists()


@pytest.mark.usefixtures("book")
def test_a_dry_run_asks_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [
        "evaluate",
        "en",
        "es",
        "-s",
        "en",
        "-t",
        "es",
        "-o",
        "out",
        "--jobs",
        "1",
        "--dry-run",
        "--article",
        "cats",
    ]
    assert main([*arguments, "--variant", "none", "--variant", "sentence"]) == 0
    assert Dictionary.calls == []
    assert not Path("out").exists()
    size = sum(len(source.replace("`night`", "<1/>")) for source, _ in PAGES["cats"])
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["sentence", "pairs", "en-es", str(size), "0.00", "0"] in rows


def test_a_language_without_a_tokenizer_is_named() -> None:
    with pytest.raises(Exception, match="no tokenizer for 'th'"):
        scores.metrics_for(language("th"))
    assert scores.metrics_for(language("th"), "char")["BLEU"].tokenizer.signature() == "char"


HYPOTHESES = ["The cat sat on a mat.", "Dogs run.", "It rains in the morning.", "A house is old."]
OTHERS = ["The cat sat on the mat.", "The dogs are running.", "It rained in the morning.", "The house is old."]
REFERENCES = ["The cat sat on the mat.", "The dogs are running.", "It rained this morning.", "The house is old."]


def command(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "sacrebleu", "reference.txt", *arguments, "-w", "10"],
        cwd=folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def test_scores_are_those_of_the_sacrebleu_command(tmp_path: Path) -> None:
    """Digit by digit, intervals and significance too."""
    texts = {"reference": REFERENCES, "one": HYPOTHESES, "two": OTHERS}
    for name, rows in texts.items():
        (tmp_path / f"{name}.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    metrics = scores.metrics_for(language("en"))
    ours = {
        system.name: system.scores
        for system in scores.compared({"one": HYPOTHESES, "two": OTHERS}, REFERENCES, metrics, samples=100)
    }
    alone = json.loads(command(tmp_path, "-i", "one.txt", "-m", "bleu", "chrf", "ter"))
    assert [(each["name"], each["score"]) for each in alone] == [
        (name, round(ours["one"][which].score, 10))
        for name, which in (("BLEU", "BLEU"), ("chrF2", "chrF"), ("TER", "TER"))
    ]
    pair = (
        "-i",
        "one.txt",
        "two.txt",
        "-m",
        "bleu",
        "chrf",
        "ter",
        "--paired-bs",
        "--paired-bs-n",
        "100",
        "-f",
        "text",
    )
    told = " ".join(command(tmp_path, *pair).split())
    for own in ours["two"].values():
        assert f"{own.score:.10f} ({own.mean:.10f} ± {own.half:.10f})" in told
        assert f"(p = {own.p:.4f})" in told


def test_a_copy_does_not_differ_from_the_first() -> None:
    metrics = scores.metrics_for(language("en"))
    found = scores.compared({"one": OTHERS, "copy": list(OTHERS)}, REFERENCES, metrics, samples=20)
    assert [system.scores["BLEU"].p for system in found] == [None, 1.0]
