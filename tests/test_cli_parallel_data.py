"""``sphinx-amts parallel-data``: what it sends, what it says, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from book import SmallBook

from sphinx_amts.cli import main
from sphinx_amts.emulator import Clock, Fault, Rule
from sphinx_amts.emulator.server import Emulator

CONF = """extensions = ["myst_parser"]
amts_amazon = {"bucket": "bucket", "project": "novel"}
amts_languages = ["zh", "es"]
"""
PAGE = "# Title\n\nThe **first** sentence. The `second` sentence.\n"
CLOCK = Clock()
EXTRA = "en,zh,es\nOne.,一。,Uno.\nTwo.,二。,Dos.\n=1+1,算,sumar\n"

Run = Callable[..., int]


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    with Emulator(clock=CLOCK, region="us-west-2") as emulator:
        yield emulator


@pytest.fixture
def emulator(server: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """Empty, with a bucket; whoever waits makes its clock go on."""
    server.application.reset()
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    server.bucket("bucket")
    return server


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """For how long the command has waited."""
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        CLOCK.advance(min(seconds, 2))

    monkeypatch.setattr("sphinx_amts.cli.parallel_data.sleep", sleep)
    return waited


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallBook:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "extra.csv").write_text(EXTRA, encoding="utf-8")
    return SmallBook(tmp_path, {"index.md": PAGE}, conf=CONF)


@pytest.fixture
def run(small: SmallBook, emulator: Emulator, pauses: list[float]) -> Run:
    """Do something with the parallel data of the small book."""

    def run(action: str, *arguments: str) -> int:
        return main(["parallel-data", action, str(small.source), *arguments])

    return run


def sent(emulator: Emulator) -> str:
    """The file that was uploaded last."""
    client = emulator.client("s3")
    objects = client.list_objects_v2(Bucket="bucket")["Contents"]
    newest = max((one for one in objects if one["Key"].endswith(".tmx")), key=lambda one: one["LastModified"])
    return str(client.get_object(Bucket="bucket", Key=newest["Key"])["Body"].read().decode())


def test_what_people_translated_is_pushed_and_waited_for(
    small: SmallBook, run: Run, emulator: Emulator, pauses: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    small.sync("pseudo")
    small.edit("index.md", small.group("index.md", "The **first** sentence.").target[0].strip(), "**第一**句话。")
    small.sync("memory")
    assert run("push", "-l", "zh") == 0
    out, err = capsys.readouterr()
    assert out == "zh  amts-novel-en-zh  ready  1  pairs\n"
    assert err == ""
    assert "<seg>The first sentence.</seg>" in sent(emulator)
    assert "<seg>第一句话。</seg>" in sent(emulator)
    assert pauses == [5.0, 7.5]


def test_pairs_of_files_are_pushed_for_each_language(
    run: Run, emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    """Amazon imports one language after the other, in one loop."""
    assert run("push", "extra.csv") == 0
    assert capsys.readouterr().out.splitlines() == [
        "zh  amts-novel-en-zh  ready  3  pairs",
        "es  amts-novel-en-es  ready  3  pairs",
    ]
    assert emulator.ledger.calls["CreateParallelData"] == 2
    assert "<seg>=1+1</seg>" in sent(emulator)


def test_pairs_of_files_that_the_book_names_are_pushed_too(
    small: SmallBook, run: Run, emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    small.write("ours.csv", "en,zh\nThree.,三。\n")
    small.write("conf.py", CONF.replace('"project"', '"parallel_data": ["ours.csv"], "project"'))
    assert run("push", "-l", "zh", "extra.csv") == 0
    assert capsys.readouterr().out == "zh  amts-novel-en-zh  ready  4  pairs\n"
    assert "<seg>三。</seg>" in sent(emulator)


def test_a_second_push_has_nothing_to_do(run: Run, emulator: Emulator, pauses: list[float]) -> None:
    run("push", "-l", "zh", "extra.csv")
    emulator.ledger.calls.clear()
    pauses.clear()
    assert run("push", "-l", "zh", "extra.csv") == 0
    assert (dict(emulator.ledger.calls), pauses) == ({"GetParallelData": 1}, [])


def test_without_waiting_the_next_push_goes_on(
    run: Run, pauses: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("push", "--no-wait", "extra.csv") == 0
    out, err = capsys.readouterr()
    assert [line.split()[2] for line in out.splitlines()] == ["importing", "importing"]
    assert err.splitlines() == [
        "zh: Amazon imports amts-novel-en-zh",
        "es: Amazon imports amts-novel-en-zh first, one at a time",
    ]
    assert pauses == []
    CLOCK.advance(5)
    assert run("push", "extra.csv") == 0
    assert [line.split()[2] for line in capsys.readouterr().out.splitlines()] == ["ready", "ready"]


def test_nothing_to_push_is_no_failure(run: Run, emulator: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("push", "-l", "zh") == 0
    assert capsys.readouterr().out == "zh  amts-novel-en-zh  nothing to push  0  pairs\n"
    assert dict(emulator.ledger.calls) == {}


def test_the_result_of_a_push_for_programs(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "twice.csv").write_text("en,zh\nOne.,一。\nOne.,一。\nOne.,壹。\n", encoding="utf-8")
    assert run("push", "-l", "zh", "twice.csv", "--json") == 0
    out, err = capsys.readouterr()
    left_out = {"repeated": 1, "with another translation of the same text": 1}
    assert json.loads(out) == {
        "languages": {
            "zh": {"name": "amts-novel-en-zh", "state": "ready", "pairs": 1, "left_out": left_out, "notices": []}
        }
    }
    assert err == "zh: 2 pairs left out: 1 repeated; 1 with another translation of the same text\n"


def test_an_import_that_fails_is_told_and_the_other_language_goes_on(
    run: Run, emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    emulator.faults.set(Rule(Fault.IMPORT_FAILED, only="*-zh"))
    assert run("push", "extra.csv") == 1
    out, err = capsys.readouterr()
    assert [line.split()[2] for line in out.splitlines()] == ["failed", "ready"]
    assert err.splitlines() == [
        "zh: Amazon could not import the parallel data amts-novel-en-zh: The import failed.",
        "zh: Mend the pairs and push them again: sphinx-amts parallel-data push BOOK -l LANG",
    ]


def test_a_push_tries_once_more_what_failed_before(
    run: Run, emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    emulator.faults.set(Rule(Fault.IMPORT_FAILED, times=2))
    assert [run("push", "-l", "zh", "extra.csv") for _ in range(3)] == [1, 1, 0]
    assert capsys.readouterr().err.splitlines()[-1] == "zh: It is tried once more."


def test_show_tells_what_amazon_has(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("push", "-l", "zh", "extra.csv")
    capsys.readouterr()
    assert run("show") == 0
    zh, es = capsys.readouterr().out.splitlines()
    assert zh.split()[:4] == ["amts-novel-en-zh", "ready", "3", "pairs"]
    assert es.split() == ["amts-novel-en-es", "none"]
    assert run("show", "--json") == 0
    shown = json.loads(capsys.readouterr().out)["languages"]
    assert (shown["zh"]["state"], shown["zh"]["pairs"], shown["es"]) == ("ready", 3, None)


def test_list_tells_of_the_whole_project(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list") == 0
    assert capsys.readouterr().out == "Amazon has no parallel data of this project\n"
    run("push", "extra.csv")
    capsys.readouterr()
    assert run("list", "-l", "fr") == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "amts-novel-en-es",
        "amts-novel-en-zh",
    ]
    assert run("list", "--json") == 0
    listed = json.loads(capsys.readouterr().out)["parallel_data"]
    assert [one["target"] for one in listed] == ["es", "zh"]


def test_delete_waits_until_it_is_gone(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("push", "-l", "zh", "extra.csv")
    capsys.readouterr()
    assert run("delete", "-l", "zh", "--no-wait") == 0
    assert capsys.readouterr() == ("zh  amts-novel-en-zh  deleting\n", "zh: Amazon deletes amts-novel-en-zh\n")
    assert run("delete", "-l", "zh", "--json") == 0
    assert json.loads(capsys.readouterr().out)["languages"]["zh"]["state"] == "deleted"
    assert run("show", "-l", "zh") == 0
    assert capsys.readouterr().out.split() == ["amts-novel-en-zh", "none"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("show", "extra.csv"), "parallel-data show takes no files"),
        (("push", "-l", "eo", "extra.csv"), "Amazon Translate does not have Esperanto (eo)"),
        (("push", "-l", "pt", "extra.csv"), "Choose pt_BR or pt_PT"),
        (("push", "-l", "fr", "extra.csv"), "has no pair of 'en' and 'fr'"),
        (("push", "missing.tmx"), "cannot be read: No such file"),
        (("push", "-l", "zh", "extra.csv", "-D", "amts_amazon.bucket=no/bucket"), "the option 'bucket' must be"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_sent(
    run: Run, emulator: Emulator, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    assert run(*arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert dict(emulator.ledger.calls) == {}


def test_what_aws_refuses_is_said(run: Run, emulator: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    emulator.faults.set(Rule(Fault.WRONG_REGION))
    assert run("push", "-l", "zh", "extra.csv") == 2
    assert "NotAuthorizedException" in capsys.readouterr().err


def test_the_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["parallel-data", "--help"])
    out = capsys.readouterr().out
    for word in ("push", "show", "list", "delete", "amts-PROJECT-SOURCE-TARGET", "exit status:"):
        assert word in out


@pytest.fixture
def collection(small: SmallBook) -> SmallBook:
    """A book, and files of pairs on its subject and on others."""
    rows = ["en,zh", "The first title.,第一个标题。", "Markets fell.,市场下跌。", "The second sentence.,第二句。"]
    Path("web.csv").write_text("\n".join([*rows, "The second sentence.,第二个句子。"]), encoding="utf-8")
    pairs = [{"source": "A first sentence.", "target": "第一句。"}, {"source": "A title. " * 200, "target": "标题"}]
    Path("web.jsonl").write_text("".join(f"{json.dumps(pair)}\n" for pair in pairs), encoding="utf-8")
    return small


def select(book: SmallBook, *arguments: str) -> int:
    return main(["parallel-data", "select", "--for", str(book.source), "-l", "zh", *arguments])


def test_the_pairs_that_are_like_the_book_are_selected(
    collection: SmallBook, capsys: pytest.CaptureFixture[str]
) -> None:
    assert select(collection, "web.csv", "web.jsonl", "-o", "best.tmx", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["given"], data["pairs"]) == (6, 3)
    assert data["left_out"] == {
        "longer than 1,000 bytes": 1,
        "of a source that another pair has": 1,
        "with nothing of the book": 1,
    }
    assert [best["source"] for best in data["best"]] == [
        "The second sentence.",
        "The first title.",
        "A first sentence.",
    ]
    content = Path("best.tmx").read_text(encoding="utf-8")
    assert 'srclang="en"' in content
    assert "第二个句子。" in content
    assert "Markets" not in content


def test_the_best_of_them_are_selected_and_the_same_ones_every_time(
    collection: SmallBook, capsys: pytest.CaptureFixture[str]
) -> None:
    assert select(collection, "web.csv", "web.jsonl", "-o", "best.csv", "--most", "1") == 0
    shown = capsys.readouterr().out
    assert "left out: less like the book than --most     2\n" in shown
    content = Path("best.csv").read_bytes()
    assert content.decode().splitlines() == ['"en","zh"', '"The second sentence.","第二个句子。"']
    assert select(collection, "web.jsonl", "web.csv", "-o", "best.csv", "--most", "1") == 0
    assert Path("best.csv").read_bytes() == content


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("web.csv",), "-o names no .tmx or .csv file"),
        (("web.csv", "-o", "best.doc"), "-o names no .tmx or .csv file"),
        (("web.csv", "-o", "no/best.csv"), "no/best.csv: the result cannot be written here"),
        (("web.csv", "-o", "best.csv", "--most", "0"), "--most 0 is not a number of pairs"),
        (("web.csv", "-o", "best.csv", "-l", "es"), "pairs are selected for one language"),
        (("gone.jsonl", "-o", "best.csv"), "gone.jsonl: cannot be read"),
        (("bad.jsonl", "-o", "best.csv"), "bad.jsonl:1: no object with a source and a target"),
    ],
)
def test_what_cannot_be_selected_is_one_message(
    collection: SmallBook, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    Path("bad.jsonl").write_text('{"source": 1}\n', encoding="utf-8")
    assert select(collection, *arguments) == 2
    assert message in capsys.readouterr().err
    assert not list(Path().glob("best.*"))


def test_a_selection_is_for_a_book(collection: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parallel-data", "select", "web.csv", "-o", "best.csv"]) == 2
    assert "--for is missing" in capsys.readouterr().err
