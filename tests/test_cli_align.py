from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from sphinx_amts.cli import main

ENGLISH = "# Trees\n\nThere are 10 trees. See {ref}`forest`.\n\nThere is $x$ too.\n"
CHINESE = "# 树\n\n有10棵树。参见{ref}`forest`。\n\n也有$x$。\n"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    monkeypatch.chdir(tmp_path)
    Path("en.md").write_text(ENGLISH, encoding="utf-8")
    Path("zh.md").write_text(CHINESE, encoding="utf-8")
    return "en.md", "zh.md"


def test_jsonl_has_an_object_for_each_pair(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["align", *files, "-s", "en", "-t", "zh", "-o", "pairs.jsonl"]) == 0
    rows = [json.loads(line) for line in Path("pairs.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(row["source"], row["target"]) for row in rows] == [
        ("Trees", "树"),
        ("There are 10 trees.", "有10棵树。"),
        ("See {ref}`forest`.", "参见{ref}`forest`。"),
        ("There is $x$ too.", "也有$x$。"),
    ]
    assert [(row["source_units"], row["target_units"]) for row in rows] == [
        ([0], [0]),
        ([1], [1]),
        ([1], [1]),
        ([2], [2]),
    ]
    assert {(row["source_file"], row["target_file"], row["granularity"]) for row in rows} == {
        ("en.md", "zh.md", "sentence")
    }
    assert all(0.5 <= row["score"] <= 1 and 0 <= row["complete"] <= 1 for row in rows)
    shown = capsys.readouterr().out
    assert "sentences of the source  4" in shown
    assert "pairs in pairs.jsonl     4" in shown


def test_csv_is_what_amazon_takes(files: tuple[str, str]) -> None:
    assert main(["align", *files, "-s", "en", "-t", "zh", "-o", "pairs.csv", "--granularity", "paragraph"]) == 0
    lines = Path("pairs.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == '"en","zh"'
    assert '"There is x too.","也有x。"' in lines


def test_tmx_is_what_amazon_takes(files: tuple[str, str]) -> None:
    assert main(["align", *files, "-s", "en", "-t", "zh", "-o", "pairs.tmx"]) == 0
    texts = [seg.text for seg in ET.parse("pairs.tmx").iter("seg")]
    assert {"There are 10 trees.", "有10棵树。"} <= set(texts)


def test_trees_origins_and_tables_are_ways_to_name_files(files: tuple[str, str]) -> None:
    for name, text in (("a/x.md", ENGLISH), ("b/x.md", CHINESE), ("c/y_origin.md", ENGLISH), ("c/y.md", CHINESE)):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    Path("table.csv").write_text("en.md,zh.md\n", encoding="utf-8")
    for way in (["a", "b"], ["c", "--origin-suffix", "_origin"], ["--pairs", "table.csv"]):
        assert main(["align", *way, "-s", "en", "-t", "zh", "-o", "pairs.jsonl"]) == 0
        assert len(Path("pairs.jsonl").read_text(encoding="utf-8").splitlines()) == 4


def test_json_has_the_counts_and_what_was_left_out(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    Path("table.csv").write_text("en.md,zh.md\nen.md,gone.md\n", encoding="utf-8")
    options = ["-s", "en", "-t", "zh", "-o", "pairs.jsonl", "--score", "1", "--json"]
    assert main(["align", "--pairs", "table.csv", *options]) == 1
    data = json.loads(capsys.readouterr().out)
    assert data["files"] == 1
    assert data["found"] == 4
    assert data["pairs"] + sum(data["left_out"].values()) == 4
    assert data["left_out"]["score"] == 4
    assert data["problems"] == [{"path": "gone.md", "message": "there is no such file"}]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["en.md", "zh.md", "-o", "pairs.doc"], "pairs.doc: not a kind of file that pairs are written to"),
        (["en.md", "zh.md", "-o", "no/pairs.csv"], "no/pairs.csv: the result cannot be written here"),
        (["en.md", "gone.md", "-o", "pairs.csv"], "gone.md: there is no such file or directory"),
        (["en.md", "-o", "pairs.csv"], "SOURCE and TARGET are missing"),
        ([".", ".", "-o", "pairs.csv"], ".: SOURCE and TARGET are the same"),
        (["--pairs", "gone.csv", "-o", "pairs.csv"], "gone.csv: this table of pairs cannot be read"),
        (["en.md", "zh.md", "-o", "pairs.csv", "--jobs", "0"], "--jobs 0 is not a number of processes"),
        (["en.md", "zh.md", "-o", "pairs.csv", "--score", "2"], "--score 2.0 is not between 0 and 1"),
        (["en.md", "zh.md", "-o", "pairs.csv", "-t", "pt"], "Amazon Translate has no language 'pt'"),
        (["en.md", "zh.md", "-o", "pairs.csv", "-t", "xx"], "the language 'xx' is not known"),
        (["en.md", "zh.md", "-o", "pairs.csv", "-t", "en"], "SOURCE and TARGET have the same language"),
    ],
)
def test_what_cannot_be_done_is_one_message(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(["align", "-s", "en", "-t", "zh", *arguments]) == 2
    assert capsys.readouterr().err.startswith(f"sphinx-amts: {message}")
    assert not list(Path().glob("pairs.*"))


def test_where_no_file_has_a_pair_the_first_reason_is_told(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("table.csv").write_text("en.md;zh.md\n", encoding="utf-8")
    assert main(["align", "--pairs", "table.csv", "-s", "en", "-t", "zh", "-o", "pairs.csv"]) == 2
    assert capsys.readouterr().err == (
        "sphinx-amts: there is no pair of files here\n"
        "  table.csv:1: 1 columns, not 2; a row has a source file and a target file\n"
    )


def test_the_help_shows_every_way_to_name_files(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["align", "--help"])
    shown = capsys.readouterr().out
    for word in (
        "--origin-suffix _origin",
        "--pairs files.csv",
        "book/en book/zh",
        ".jsonl",
        "nine out of ten",
        "complete",
    ):
        assert word in shown


def test_pages_are_aligned_beside_texts(files: tuple[str, str]) -> None:
    pytest.importorskip("trafilatura")
    for name, text in (("a/x.html", ENGLISH), ("b/x.html", CHINESE), ("a/y.md", ENGLISH), ("b/y.md", CHINESE)):
        Path(name).parent.mkdir(exist_ok=True)
        lines = [line for line in text.replace("# ", "").splitlines() if line]
        body = "".join(f"<p>{line}</p>" for line in lines).replace("10", "12")
        page = f"<html><body><nav>Menu</nav><main>{body}</main></body></html>"
        Path(name).write_text(page if name.endswith("html") else text, encoding="utf-8")
    assert main(["align", "a", "b", "-s", "en", "-t", "zh", "-o", "pairs.jsonl", "--jobs", "2"]) == 0
    rows = [json.loads(line) for line in Path("pairs.jsonl").read_text(encoding="utf-8").splitlines()]
    found = {(row["source_file"], row["source"], row["target"]) for row in rows}
    assert {("a/x.html", "There are 12 trees.", "有12棵树。"), ("a/y.md", "There are 10 trees.", "有10棵树。")} <= found
    assert {row["target_file"] for row in rows} == {"b/x.html", "b/y.md"}


def test_a_bad_row_is_told_the_rest_is_aligned_and_the_exit_status_says_so(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("table.csv").write_text("en.md,zh.md\nalone.md\n", encoding="utf-8")
    assert main(["align", "--pairs", "table.csv", "-s", "en", "-t", "zh", "-o", "pairs.jsonl", "--jobs", "1"]) == 1
    first = capsys.readouterr().out.splitlines()[0]
    assert first == "table.csv:2: 1 columns, not 2; a row has a source file and a target file"
    assert len(Path("pairs.jsonl").read_text(encoding="utf-8").splitlines()) == 4
